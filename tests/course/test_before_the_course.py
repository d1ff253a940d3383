"""The ten questions before the course, and the refreshers: each is right, short, and found."""

import doctest
import math
import re
from collections import Counter

import minutes
import numpy as np
import pytest
from course import ROOT, cells

from helpers.data import questions
from helpers.widgets import self_test
from helpers.widgets.question import told

PAGE = (ROOT / "docs" / "refreshers.md").read_text(encoding="utf-8")
PARTS = dict(part.split("\n", 1) for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:])
CODE = re.compile(r"```pycon\n(.*?)```", re.DOTALL)
TEN = questions("00").before
TO_TRY = 2          # minutes
every_part = pytest.mark.parametrize("name", PARTS)
every_question = pytest.mark.parametrize("asked", TEN.values(), ids=list(TEN))


def test_there_are_ten_and_each_has_a_refresher_of_its_own():
    assert [one.number for one in TEN.values()] == [f"00.b{number}" for number in range(1, 11)]
    assert [one.refresher for one in TEN.values()] == list(PARTS)
    rows = re.findall(r"^\| (\d+) \| \[(.+?)\]\(#(.+?)\) \|", PAGE, re.MULTILINE)
    assert [(int(number), name) for number, name, _ in rows] == list(enumerate(PARTS, 1))
    assert [anchor for *_, anchor in rows] == [re.sub(r"[^\w ]", "", name.lower()).replace(" ", "-")
                                               for name in PARTS]


@every_part
def test_a_refresher_takes_about_five_minutes_and_has_something_to_try(name):
    body = PARTS[name]
    counted = Counter(minutes.in_prose(body))
    lines = sum(len(code.splitlines()) for code in CODE.findall(body))
    taken = minutes.minutes(counted) + lines * minutes.SECONDS["lines"] / 60 + TO_TRY
    assert 3.5 <= taken <= 5.5 and counted["tries"] == 1 and lines > 0


@every_part
def test_its_example_prints_what_stands_there(name):
    for code in CODE.findall(PARTS[name]):
        found = doctest.DocTestParser().get_doctest(code, {}, name, None, None)
        printed = []
        outcome = doctest.DocTestRunner(verbose=False).run(found, out=printed.append)
        assert outcome.attempted > 0 and outcome.failed == 0, "".join(printed)


def slope(f, x, eps=1e-5):
    return (f(x + eps) - f(x - eps)) / (2 * eps)


# Words of a refresher in which numbers stand, and what each comes to.
NUMBERS = {
    "its logarithm is just $-230$": [100 * math.log(0.1)],
    "a probability of 0.9 has a surprise of 0.105 nats": [0.9, -math.log(0.9)],
    "with a probability of 0.5 the surprise is 0.693, and with 0.01 it is 4.605":
        [0.5, -math.log(0.5), 0.01, -math.log(0.01)],
    "$e = 2.718\\ldots$": [math.e],
    "the inner function is $u = 2$, with slope $2x = 2$": [1**2 + 1, 2, 2 * 1],
    "has the slope $3u^2 = 12$": [3, 3 * 2**2],
    "has the slope $12 \\cdot 2 = 24$": [12, 2, slope(lambda x: (x**2 + 1)**3, 1)],
    "5 times $2x$, which is 30. Together they give 32": [5, 2, 5 * 2 * 3, 2 + 30],
    "has the slope $2 + 10x = 32$": [2, 10, slope(lambda x: 2 * x + 5 * x**2, 3)],
    "the slope is $1 - 0.64 = 0.36$": [1, 0.8**2, slope(np.tanh, np.arctanh(0.8))],
    "at $h = 0.99$ it is 0.0199": [0.99, slope(np.tanh, np.arctanh(0.99))],
}


@pytest.mark.parametrize("words", NUMBERS)
def test_a_number_in_a_sentence_is_right(words):
    assert words.lower() in PAGE.lower(), "these words stand there no more"
    found = re.findall(r"(?<![\w^])(-?)(\d+(?:\.\d+)?)", re.sub(r"\^\d", "", words))
    numbers = [(float(sign + digits), digits) for sign, digits in found]
    assert len(numbers) == len(NUMBERS[words])
    for (number, digits), value in zip(numbers, NUMBERS[words], strict=True):
        half = 0.5 * 10.0 ** -len(digits.partition(".")[2])
        assert abs(value) == pytest.approx(abs(number), abs=half + 1e-6)


def test_a_product_of_shapes_has_the_shape_that_is_said():
    products = re.findall(r"`(\([\d, ]+\)) @ (\([\d, ]+\))`.*?`(\([\d, ]+\))`", PAGE)
    assert len(products) == 2
    for left, right, said in products:
        assert (np.ones(eval(left)) @ np.ones(eval(right))).shape == eval(said)


def grown():
    def grow(h):
        return 2 * h + 1

    h = 0
    for _ in range(3):
        h = grow(h)
    return h


def softmax(y):
    return np.exp(y) / np.exp(y).sum()


def after_adding() -> str:
    y = np.array([1.0, 2.0, 3.0])
    return "nothing" if np.allclose(softmax(y), softmax(y + 10)) else "something"


ROW, W = np.array([1, 2]), np.array([[3, 0, 1], [1, 4, 2]])
RIGHT = {           # the right option of each, worked out
    "00.function-in-loop": str(grown()),
    "00.slice-of-matrix": f"`{np.arange(12).reshape(3, 4)[1:, -1].tolist()}`",
    "00.matrix-plus-row": f"`{(np.zeros((5, 3)) + np.arange(3)).shape}`: `b` is added to each row",
    "00.row-times-matrix": f"`{(ROW @ W).tolist()}`",
    "00.outer-product": f"`{np.outer([1, 2], [3, 4, 5]).tolist()}`",
    "00.log-of-product": f"{-np.log(0.5 * 0.25):.2f}",
    "00.softmax-plus-ten": after_adding(),
    "00.slope-of-square": f"{slope(lambda x: (3 * x + 1)**2, 1):.0f}",
    "00.slope-through-two-paths": f"{slope(lambda x: 3 * (2 * x) + 4 * (-x), 0):.0f} times as far",
    "00.slope-of-tanh": f"{0.01 * slope(np.tanh, np.arctanh(0.6)):.4f}",
}


@every_question
def test_the_right_option_is_what_comes_out(asked):
    assert asked.options[asked.right] == RIGHT[asked.id]


@every_question
def test_whoever_is_wrong_is_told_what_to_read_and_whoever_is_right_is_not(asked):
    for letter in asked.letters:
        chosen = told(asked, letter).partition("</p>")[0]
        assert chosen.startswith(f'<p class="course-because"><b>{letter}')
        assert (f"Read the refresher <em>{asked.refresher}</em>" in chosen) == (letter != asked.answer)


def test_wrong_ideas_about_products_give_the_wrong_options():
    b4, b5 = TEN["00.row-times-matrix"].options, TEN["00.outer-product"].options
    assert b4[0] == f"`{(ROW[:, None] * W).tolist()}`" and b4[1] == f"`{W.sum(axis=0).tolist()}`"
    assert b5[1] == f"`{np.outer([3, 4, 5], [1, 2]).tolist()}`"
    with pytest.raises(ValueError):
        W @ ROW


def test_they_stand_in_the_first_lesson_and_only_there():
    path = ROOT / "notebooks" / "00_start_here.ipynb"
    assert [cell["source"] for cell in cells(path, "code")].count("self_test()") == 1
    heading = next(cell["source"] for cell in cells(path, "markdown") if "Ten questions" in cell["source"])
    assert "optional" in heading.partition("\n")[0] and "](../docs/refreshers.md)" in heading
    assert self_test().in_turn == list(TEN.values())
