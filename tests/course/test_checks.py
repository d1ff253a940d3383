"""What all checks have in common: parts, named mistakes, sentences that help more each time, safe calls.

That each check accepts its worked solution and refuses what is no answer is asked in the solutions' kernels
(tests/support/lesson_items.py); the mistakes of each check stand beside it in the lesson's `mistakes`.
"""

import linecache
import math
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.checks import Mistake, answer_of, check, compare, further, numbers_of, part, several_of, wait_for
from helpers.checks.boxes import result_html


@check
def check_sum(add) -> str:
    """Try ``add(2, 3)``."""
    with further("Which sign?", "Write a + b."):
        answer = answer_of(add, 2, 3)
        if answer == 6:
            raise Mistake("product", "That is the product.")
    if answer == 0:
        raise ValueError("a fault of the check")
    return "Correct: 5."


@check("one", "two", "sum")
def check_three(one, two, total) -> str:
    """Say whether the answers are 1, 2 and their sum."""
    for name, answer, wanted in (("one", one, 1), ("two", two, 2)):
        with part(name):
            compare(numbers_of(answer, (), "It"), wanted, {Mistake("too-large", "One less."): wanted + 1},
                    Mistake("another", "Another."))
    with part("sum"):
        wait_for("one", "two")
        compare(numbers_of(total, (), "It"), 3, {}, Mistake("no-sum", "Not this."))
    return "Correct: all three."


def product(a, b):
    return a * b


@pytest.mark.parametrize(("answers", "found", "sign"), [
    ((1, 2, 3), [None, None, None], "✓"), ((..., ..., ...), ["not-yet", "not-yet", "waits"], "…"),
    ((2, 3, 3), ["too-large", "too-large", "waits"], "✗"), ((1, 9, 3), [None, "another", "waits"], "✗"),
    ((1, 2, 4), [None, None, "no-sum"], "✗"), ((1, 2, ...), [None, None, "not-yet"], "…")])
def test_every_part_is_judged_and_a_part_waits_for_what_it_needs(answers, found, sign, capsys):
    result = check_three.result(*answers)
    assert capsys.readouterr().out == "", "asked for its result, a check shows nothing"
    assert result.mistakes == dict(zip(("one", "two", "sum"), found, strict=True))
    assert result.text[0] == sign and result.points(6) == 2 * found.count(None)
    assert check_three(*answers) == result and capsys.readouterr().out == result.text + "\n"


def test_who_makes_a_mistake_again_reads_one_sentence_more_each_time():
    said = [check_sum(product).said for _ in range(4)]
    assert said[0] == "That is the product." and said[3] == said[2]
    assert said[1] == said[0] + "\nWhich sign?" and said[2] == said[1] + "\nWrite a + b."
    check_sum(lambda a, b: a + b)
    assert check_sum(product).said == said[0], "after a right answer it begins anew"
    check_sum.tries.clear()


def test_a_fault_of_the_check_is_not_blamed_on_the_reader():
    with pytest.raises(ValueError, match="a fault of the check"):
        check_sum.result(lambda a, b: 0)
    result = check_sum(lambda a, b: 0)
    assert result.text.startswith("! This check crashed") and result.mistake == "check-failed"
    assert not result.right and result.points(2) == 0


def test_a_box_shows_what_a_reader_wrote_as_text_and_names_its_signs():
    page = result_html("✗ 1 of 2 done.\n  ✓ a\n  ✗ b: <script>alert('x')</script> & more")
    assert "<script" not in page and "&lt;script&gt;" in page and 'role="status"' in page
    assert re.findall(r'aria-label="([^"]+)"', page) == ["not right", "right", "not right"]


# --- mistakes that have nothing to do with the task ---

@check
def check_sums(sums) -> str:
    for numbers in ([2, 3], [3, 4, 6]):
        total, square = answer_of(sums, numbers, read=lambda answer: several_of(answer, ("s", "q"), "It"))
        if total != sum(numbers) or square != sum(numbers) ** 2:
            raise Mistake("another", "Add them up, and square it.")
    return "Correct."


def early(numbers):
    total = 0
    for number in numbers:
        total += number
        return total, total**2


def with_caret(numbers):
    total = sum(numbers)
    return total, 0 + total^2 + 0


def turned(numbers):
    total = sum(numbers)
    return total**2, total


def forgetful(numbers):
    sum(numbers)


def changes_its_argument(numbers):
    numbers.append(0)
    return sum(numbers), sum(numbers)**2


@pytest.mark.parametrize(("sums", "mistake"), [
    (lambda numbers: (sum(numbers), sum(numbers)**2), None), (early, "return-in-loop"),
    (with_caret, "caret"), (turned, "other-order"), (forgetful, "not-yet"), (3, "no-function"),
    (lambda numbers: np.array([1, 2]), "wrong-count"), (lambda numbers: numbers[7], "stops"),
    (lambda numbers: math.tanh(np.ones(2)), "math-of-array"), (changes_its_argument, None)])
def test_a_slip_in_python_is_named_whatever_is_asked(sums, mistake):
    assert check_sums.result(sums).mistake == mistake


def mistake_of(function, *given, **options) -> str:
    with pytest.raises(Mistake) as caught:
        function(*given, **options)
    return caught.value.name


@pytest.mark.parametrize(("value", "shape", "mistake"), [
    ("three", (), "no-number"), ([1, 2], (), "no-number"), (float("nan"), (), "not-finite"),
    (..., (), "not-yet"), ([[1], [2, 3]], (2,), "no-numbers"), ({}, (2,), "no-numbers"),
    (np.zeros((2, 3)), (3, 2), "wrong-shape"), (np.zeros(3), (None, 2), "wrong-shape"),
    ([1.0, np.nan], (2,), "not-finite")])
def test_what_are_no_numbers_of_a_shape(value, shape, mistake):
    assert mistake_of(numbers_of, value, shape, "the state") == mistake


def test_a_function_gets_copies_and_is_told_where_it_must_not_write_into_them():
    def spoil(x):
        x[:] = 0
        return 1

    x, buffer = np.ones(3), np.zeros(1)
    assert answer_of(spoil, x) == 1 and x.all()
    assert mistake_of(answer_of, spoil, x, keeps=True) == "changed-argument"
    assert mistake_of(answer_of, lambda x: x[1:], x, own=True) == "shares-argument"
    assert mistake_of(answer_of, lambda x: buffer, x, own=True) == "shares-answer"


def test_a_cell_that_python_could_not_read_is_told_even_if_an_older_one_is_right(monkeypatch):
    def said_after(*cells):
        shell = SimpleNamespace(user_ns={"In": ["", *cells, "check_sums(sums)"]})
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))

        def sums(numbers):
            return sum(numbers), sum(numbers)**2
        return check_sums.result(sums)

    right, cut = "def sums(numbers):\n    return 1", "def sums(numbers):\n    return sum((numbers)\n"
    assert said_after(cut, right).right
    result = said_after(right, cut)
    assert result.mistake == "not-yet" and "Line 2" in result.said and "'(' was never closed" in result.said


# --- a shape that does not fit ---

GIVEN = {"x": np.ones(4), "h": np.ones(3), "W": np.ones((4, 3)), "grads": {"b": np.zeros(3)}}


@pytest.mark.parametrize(("body", "words"), [
    ("return np.tanh(W @ x + h)", ["W, has shape (4, 3)", "x, has shape (4,)"]),
    ("return np.tanh(x @ W + W[:, :2])", ["x @ W, has shape (3,)", "W[:, :2], has shape (4, 2)"]),
    ("grads['b'] += np.outer(x, h)", ["grads['b'], has shape (3,)", "np.outer(x, h), has shape (4, 3)"]),
    ("return (x\n            * h)", ["x, has shape (4,)", "h, has shape (3,)"]),
    ("raise ValueError('of my own')", ["of my own"])])
def test_of_two_shapes_that_do_not_fit_both_are_named_with_their_operands(body, words):
    source, name = f"def step(x, h, W, grads):\n    {body}\n", "<shape cell>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    names = {"np": np}
    exec(compile(source, name, "exec"), names)
    with pytest.raises(Mistake) as caught:
        answer_of(names["step"], *GIVEN.values())
    assert caught.value.name == "stops" and all(word in caught.value.said for word in words)
