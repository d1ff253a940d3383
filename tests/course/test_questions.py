"""The questions: one store, one right answer each, and nothing on the page gives it away."""

import ast
import html
import re
from collections import Counter

import pytest
from course import LESSONS, cells, name
from minutes import VIEW

from helpers.checks import names
from helpers.data import Question, question, questions
from helpers.widgets.rounds import at_first, needs

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)
ALL = [one for path in LESSONS for kind in ("predict", "review", "before")
       for one in getattr(questions(path.name[:2]), kind).values()]


def calls(source: str, wanted: str) -> list[str]:
    """The first arguments of the calls of a function in a cell."""
    return [ast.literal_eval(call.args[0]) for name, call in names.calls(source) if name == wanted]


@every_lesson
def test_each_question_is_asked_once_in_its_section_and_in_its_order(path):
    found, section = {"predict": [], "reflect": [], "warm_up": [], "review": []}, 0
    for cell in cells(path):
        if cell["cell_type"] == "markdown":
            if heading := re.search(r"^## (?:(\d+) · )?", cell["source"], re.MULTILINE):
                section = int(heading[1] or 0)
        else:
            for call, asked in found.items():
                asked += [(one, section) for one in calls(cell["source"], call)]
            above = {one for one, _ in found["predict"]}
            assert set(re.findall(r'after="([^"]+)"', cell["source"])) <= above, "asked further down"
    own, lesson = questions(path.name[:2]), path.name[:2]
    for call, wanted in (("predict", own.predict), ("reflect", own.see)):
        assert found[call] == [(one.id, one.section) for one in wanted.values()]
    assert [one for one, _ in found["warm_up"]] == [lesson] * (lesson in needs())
    assert [one for one, _ in found["review"]] == [lesson] and len(own.review) == 5


@every_lesson
def test_neither_a_question_nor_what_stands_beside_it_shows_the_answer(path):
    """The output above it, its own before it is unfolded, and the dashboard that answers it, as it opens."""
    code = cells(path, "code")
    for before, cell, after in zip([None, *code], code, [*code[1:], None], strict=False):
        for asked in map(question, calls(cell["source"], "predict")):
            page, fold, folded = cell["outputs"][0]["data"]["text/html"].partition("<details>")
            right = r"<b>[a-d] is right\.</b>"
            assert fold and re.search(right, folded) and not re.search(right, page), asked.id
            beside = [before] if before else []
            if after and any(VIEW in output["data"] for output in after["outputs"]):
                beside.append(after)
            told = [shown(one)[:200] for one in beside if tells(shown(one), asked)]
            assert not told, f"{asked.id}: its right option stands in {told}"


def shown(cell: dict) -> str:
    return " ".join(output["text"] or output["data"].get("text/plain", "") for output in cell["outputs"])


def plain(text: str) -> str:
    return re.sub(r"[$*`\\{}]", "", html.unescape(text)).strip().lower()


def tells(text: str, asked: Question) -> bool:
    """Whether the text has the right option in it, as a phrase, or all of its numbers that were not given."""
    text, right, ask = plain(text), plain(asked.options[asked.right]), plain(asked.ask)
    numbers = [n for n in re.findall(r"\d[\d.,]*\d", right) if n not in ask]
    whole = len(right.split()) > 3 and right in text
    return whole or (len(numbers) > 0 and all(re.search(rf"(?<![\d.]){re.escape(n)}(?![\d.])", text)
                                              for n in numbers))


def test_neither_a_letter_nor_the_longest_option_is_a_good_guess():
    for options, low, high in ((4, 15, 35), (3, 25, 42)):
        found = Counter(one.answer for one in ALL if len(one.options) == options)
        assert all(low <= 100 * found[letter] / found.total() <= high for letter in "abcd"[:options]), found
    lengths = [([len(option.split()) for option in one.options], one.right) for one in ALL]
    longest = [counts[right] == max(counts) and counts.count(max(counts)) == 1 for counts, right in lengths]
    assert sum(longest) <= 0.35 * len(ALL)


@pytest.mark.parametrize("asked", ALL, ids=lambda one: one.id)
def test_every_row_of_numbers_fills_every_place(asked):
    for row in range(max(1, len(asked.numbers))):
        one = asked.with_numbers(row)
        whole = re.sub(r"\$[^$]*\$", "", " ".join([one.ask, *one.options, *one.because]))
        assert not re.search(r"\{[a-z_]+\}", whole) and len(set(one.options)) == len(one.options)


@pytest.mark.parametrize("lesson", needs())
def test_an_opening_asks_three_different_questions_the_last_of_them_harder(lesson):
    three = at_first(lesson)
    assert len({one.id for one in three}) == 3 and three[-1].harder and not three[0].harder


GOOD = {"id": "02.some-question", "ask": "Which?", "options": ("x", "y", "z"), "answer": "b",
        "because": ("1", "2", "3")}


@pytest.mark.parametrize("change", [{"options": ("a", "b")}, {"answer": "e"}, {"because": ("one",)},
                                    {"options": ("x", "x", "y")}, {"talk": 101}])
def test_a_question_that_is_none_is_refused_by_its_id(change):
    assert Question(**GOOD).right == 1
    with pytest.raises(ValueError, match=r"02\.some-question"):
        Question(**{**GOOD, **change})


@pytest.mark.parametrize("second", ["02.which-one", "03.which-one", "02.3", "02.r1", "02.Which-One"])
def test_a_question_without_a_name_of_its_own_is_refused(second, tmp_path, monkeypatch):
    (tmp_path / "questions.toml").write_text("".join(
        f'[[predict]]\nid = "{one}"\nask = "Which?"\noptions = ["x", "y", "z"]\nanswer = "b"\n'
        'because = ["1", "2", "3"]\n' for one in ("02.which-one", second)), encoding="utf-8")
    monkeypatch.setitem(questions.__wrapped__.__globals__, "lesson_folder", lambda _: tmp_path)
    with pytest.raises(ValueError, match=re.escape(second)):
        questions.__wrapped__("02")
