"""The questions: one store, good options, an answer that no page tells before it is chosen."""

import ast
import hashlib
import html
import re
import tomllib
from collections import Counter
from itertools import groupby

import pytest
from course import LESSONS, cells, name
from minutes import VIEW
from writers import guide

from helpers.data import LETTERS, Question, data_folder, question, questions
from helpers.lessons import staging
from helpers.widgets.question import marked, saved
from helpers.widgets.rounds import at_first, needs

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)
def with_options(lesson: str) -> list[Question]:
    """A lesson's questions with options: predictions, reviews, and of lesson 00 those before the course."""
    found = questions(lesson)
    return [*found.predict.values(), *found.review.values(), *found.before.values()]


def asked_first() -> list[Question]:
    """Every question with options, as with its first numbers."""
    return [one.with_numbers(0) for path in LESSONS for one in with_options(path.name[:2])]


def letters(options: int) -> dict[str, float]:
    """Of the questions with so many options the share of each right letter, in percent."""
    found = Counter(one.answer for one in asked_first() if len(one.options) == options)
    return {letter: 100 * found[letter] / max(1, sum(found.values())) for letter in "abcd"[:options]}


def words(text: str) -> int:
    """Words of a text, a formula counting as one."""
    return len(re.sub(r"\$[^$]+\$", "x", text).split())


def longest() -> float:
    """How often the right option is the longest one, in percent."""
    found = asked_first()
    return 100 * sum(_is_longest(one) for one in found) / len(found)


def _is_longest(one: Question) -> bool:
    counts = [words(option) for option in one.options]
    return counts[one.right] == max(counts) and counts.count(max(counts)) == 1


def runs(lesson: str) -> int:
    """The longest run of one right letter among a lesson's predictions."""
    answers = [one.answer for one in questions(lesson).predict.values()]
    return max((len(list(same)) for _, same in groupby(answers)), default=0)


ALL = [one for path in LESSONS for one in with_options(path.name[:2])]
ROWS = [one.with_numbers(row) for one in ALL for row in range(max(1, len(one.numbers)))]
every_question = pytest.mark.parametrize("asked", ROWS, ids=[
    f"{one.id}-{number}" for number, one in enumerate(ROWS)])
OLD = tomllib.loads((data_folder() / "old_ids.toml").read_text(encoding="utf-8"))
FROZEN = "5cacf24eb75ac6149957a42943ed57114074f0a6f8050d315b839d59ec66639b"
LETTER_TOLD = re.compile(r"\b[Tt]he (?:right )?answer is:? \**([a-d])\b(?! [a-z])|\banswer ([a-d])[.,;:)]")
NUMBER = re.compile(r"(?:about |only )?([\N{MINUS SIGN}-]?\d[\d.,]*)(?: .*)?")


def calls(source: str, wanted: str) -> list[str]:
    """The first arguments of the calls of a function in a cell."""
    return [ast.literal_eval(call.args[0]) for name, call in staging.calls(source) if name == wanted]


@every_lesson
def test_each_question_is_asked_once_in_its_section_and_in_its_order(path):
    found, section = [], 0
    for cell in cells(path):
        if cell["cell_type"] == "markdown":
            if heading := re.search(r"^## (?:(\d+) · )?", cell["source"], re.MULTILINE):
                section = int(heading[1] or 0)
        else:
            found += [(one, section) for call in ("predict", "reflect")
                      for one in calls(cell["source"], call)]
    own = questions(path.name[:2])
    for wanted in (own.predict, own.see):
        assert [one for one in found if one[0] in wanted] == [(q.id, q.section) for q in wanted.values()]
    assert len(found) == len(own.predict) + len(own.see)
    assert sum(one.section > 0 for one in own.see.values()) <= 2


@every_lesson
def test_a_lesson_opens_with_three_and_ends_with_five(path):
    lesson, code = path.name[:2], "\n".join(cell["source"] for cell in cells(path, "code"))
    assert calls(code, "warm_up") == [lesson] * (lesson in needs())
    assert calls(code, "review") == [lesson]
    assert calls(code, "restore_notebook") == [path.stem]
    five = list(questions(lesson).review.values())
    assert len(five) == 5 and any(one.harder for one in five)


@every_lesson
def test_no_answer_stands_in_the_text_of_a_lesson(path):
    for cell in cells(path):
        assert "**Predict.**" not in cell["source"] or path.name[:2] == "00", cell["source"][:80]
        told = LETTER_TOLD.search(cell["source"])
        assert not told, f"a letter is told: {told and told[0]}"
        if cell["cell_type"] == "code" and (asked := calls(cell["source"], "predict")):
            assert cell["source"].strip() == f'predict("{asked[0]}")'
            (output,) = cell["outputs"]
            before, fold, folded = output["data"]["text/html"].partition("<details>")
            right = r"<b>[a-d] is right\.</b>"
            assert fold and re.search(right, folded) and not re.search(right, before)
            assert question(asked[0]).because[0] not in output["data"]["text/plain"]


@every_lesson
def test_what_comes_next_does_not_show_the_answer(path):
    """Neither the output above a question nor the dashboard that answers it, as it opens."""
    code = cells(path, "code")
    for before, cell, after in zip([None, *code], code, [*code[1:], None], strict=False):
        for asked in map(question, calls(cell["source"], "predict")):
            right = plain(asked.options[asked.right])
            texts = [said(before)] if before else []
            if after and any(VIEW in output["data"] for output in after["outputs"]):
                texts.append(said(after))
            told = [text[:200] for text in texts if tells(text, right, plain(asked.ask))]
            assert not told, f"{asked.id}: {right!r} stands in {told}"


def said(cell: dict) -> str:
    return " ".join(output["text"] or output["data"].get("text/plain", "") for output in cell["outputs"])


def plain(text: str) -> str:
    return re.sub(r"[$*`\\{}]", "", html.unescape(text)).strip().lower()


def tells(text: str, right: str, ask: str) -> bool:
    """Whether the text has the option in it, as a phrase, or all of its numbers that were not given."""
    text, numbers = plain(text), [n for n in re.findall(r"\d[\d.,]*\d", right) if n not in ask]
    whole = len(right.split()) > 3 and right in text
    return whole or (len(numbers) > 0 and all(re.search(rf"(?<![\d.]){re.escape(n)}(?![\d.])", text)
                                              for n in numbers))


@every_lesson
def test_a_dashboard_after_a_question_names_one_that_stands_above_it(path):
    asked: list[str] = []
    for cell in cells(path, "code"):
        asked += calls(cell["source"], "predict")
        for after in re.findall(r'after="([^"]+)"', cell["source"]):
            assert after in asked, f"{after} is not asked above {cell['source'][:60]!r}"


@every_question
def test_a_question_is_short_and_its_options_are_in_order(asked):
    assert len(set(asked.options)) == len(asked.options) == len(asked.because)
    for letter, why in zip(asked.letters, asked.because, strict=True):
        assert 3 <= words(why) <= 25, f"{letter}: {words(why)} words"
    values = [NUMBER.fullmatch(option) for option in asked.options]
    if all(values):
        numbers = [float(value[1].replace("\N{MINUS SIGN}", "-").replace(",", "")) for value in values]
        assert numbers == sorted(numbers), "options that are numbers ascend"
    whole = " ".join([asked.ask, *asked.options, *asked.because])
    assert not re.search(r"\{[a-z_]+\}", re.sub(r"\$[^$]*\$", "", whole)), "a number is missing"
    assert whole.count("$") % 2 == 0 and "!" not in re.sub(r"`[^`]*`|\$[^$]*\$", "", whole)
    assert "<script" not in marked(whole)


def test_no_letter_and_no_length_gives_the_answer_away():
    for options, low, high in ((4, 15, 35), (3, 25, 42)):
        shares = letters(options)
        assert all(low <= share <= high for share in shares.values()), shares
    assert all(runs(path.name[:2]) <= 3 for path in LESSONS)
    assert longest() <= 35


@every_lesson
def test_two_to_four_of_a_lesson_are_for_talking(path):
    found = list(questions(path.name[:2]).predict.values())
    talked = [one for one in found if one.talk is not None]
    assert min(2, len(found)) <= len(talked) <= 4
    assert all(one.say for one in found)


@pytest.mark.parametrize("lesson", needs())
def test_an_opening_asks_three_different_questions_the_last_of_them_harder(lesson):
    three = at_first(lesson)
    assert len({one.id for one in three}) == 3 and three[-1].harder and not three[0].harder


def test_every_hour_of_every_plan_has_two_talks():
    hours = [row["sections"] for plan in guide.plans(guide.GUIDE.read_text("utf-8")).values() for row in plan]
    assert len(hours) == 3 + 6 + 12
    assert {hour: guide.talks(hour) for hour in hours if len(guide.talks(hour)) != 2} == {}


BAD = [
    ({"options": ("a", "b")}, "three or four"), ({"answer": "e"}, "the answer is 'e'"),
    ({"because": ("one",)}, "one for each option"),
    ({"options": ("x", "x", "y")}, "two options are the same"),
    ({"talk": 101}, "from 0 to 100"),
]


@pytest.mark.parametrize(("change", "named"), BAD, ids=[named for _, named in BAD])
def test_a_question_that_is_none_is_refused_by_its_id(change, named):
    good = {"id": "02.some-question", "ask": "Which?", "options": ("x", "y", "z"), "answer": "b",
            "because": ("1", "2", "3")}
    assert Question(**good).right == 1
    with pytest.raises(ValueError, match=rf"02\.some-question.*{named}"):
        Question(**{**good, **change})


@pytest.mark.parametrize(("second", "problem"), [
    ("02.which-one", "occurs twice"), ("03.which-one", "belongs to another lesson"),
    *((old, "is not a valid name: give the lesson") for old in ("02.3", "02.r1", "02.s10", "02.b4")),
    *((name, "is not a valid name") for name in ("02.which", "02.Which-One", "02.so-many-words-as-these"))])
def test_a_question_without_a_name_of_its_own_is_refused(second, problem, tmp_path, monkeypatch):
    (tmp_path / "lesson02").mkdir()
    (tmp_path / "lesson02" / "questions.toml").write_text("".join(
        f'[[predict]]\nid = "{one}"\nask = "Which?"\noptions = ["x", "y", "z"]\nanswer = "b"\n'
        'because = ["1", "2", "3"]\n' for one in ("02.which-one", second)), encoding="utf-8")
    monkeypatch.setitem(questions.__wrapped__.__globals__, "lesson_folder", lambda _: tmp_path / "lesson02")
    with pytest.raises(ValueError, match=rf"questions\.toml, predict: '{re.escape(second)}' {problem}"):
        questions.__wrapped__("02")


def test_each_id_of_version_1_0_still_means_the_same_question():
    names = OLD["names"]
    whole = "\n".join(map(" ".join, names.items()))
    assert len(set(names.values())) == len(names) == 225
    assert hashlib.sha256(whole.encode()).hexdigest() == FROZEN, "data/old_ids.toml is frozen"
    today = {one for path in LESSONS for kind in vars(questions(path.name[:2])).values() for one in kind}
    assert set(names.values()) - today == set(OLD["withdrawn"]), "a question is gone: list it as withdrawn"
    for old, new in names.items():
        assert new in OLD["withdrawn"] or question(old) is question(new)


def test_a_number_is_the_place_among_those_of_its_kind():
    found = [[one.number for one in kind.values()] for kind in vars(questions("00")).values()]
    assert found == [[f"00.{letter}{place}" for place in range(1, len(kind) + 1)]
                     for letter, kind in zip(["", "s", "r", "b"], found, strict=True)]


def test_numbers_are_filled_in_row_by_row():
    asked = Question("02.how-much", "How much is {n} and {n}?", ("{n}", "{double}", "{more}"), "b",
                     ("one", "twice {n}", "more"), numbers=({"n": 1, "double": 2, "more": 3},
                                                             {"n": 5, "double": 10, "more": 11}))
    assert asked.with_numbers(0).options == ("1", "2", "3")
    assert [asked.with_numbers(row).ask for row in (2, 3)] == ["How much is 1 and 1?", "How much is 5 and 5?"]
    assert asked.with_numbers(1).because[1] == "twice 5" and asked.with_numbers(1).letters == LETTERS[:3]


def test_marks_become_html_and_nothing_else_does():
    assert marked("*so* `a * b` $x^*_t$ <b>") == "<em>so</em> <code>a * b</code> $x^*_t$ &lt;b&gt;"
    page = saved([ALL[0]], "Predict.")["text/html"]
    assert page.index("<ol") < page.index("<details>")


def test_a_question_of_a_section_that_is_not_there_is_refused(tmp_path, monkeypatch):
    (tmp_path / "questions.toml").write_text(
        '[[see]]\nid = "02.which-one"\nsection = "nowhere"\nask = "Which?"\nmodel = "That."\n', "utf-8")
    monkeypatch.setitem(questions.__wrapped__.__globals__, "lesson_folder", lambda _: tmp_path)
    with pytest.raises(ValueError, match=r"02\.which-one: lesson 02 has no section 'nowhere'"):
        questions.__wrapped__("02")


@pytest.mark.parametrize("wrong", ["02.99", "02.no-such-question", "02", "42.1", "xx"])
def test_an_unknown_question_is_named(wrong):
    with pytest.raises(ValueError, match="question"):
        question(wrong)
