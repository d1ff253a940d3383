"""What every lesson keeps to: one contract, asked of each notebook. What its cells show is nbval's."""

import ast
import html
import re
from importlib import import_module

import facts
import minutes
import pytest
from course import LESSONS, NOTEBOOKS, ROOT, SOLUTIONS, Tags, broken_links, cells, links, markdown, name

from helpers.checks import names
from helpers.data import Question, question, questions
from helpers.data.questions import Sight
from helpers.widgets.rounds import needs
from helpers.widgets.view import VIEW

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)
EXERCISE = re.compile(r"### Exercise (\d+)\.(\d+) (★{1,3}) (\S.*) \((\d+) minutes?\)")


def calls(source: str, wanted: str) -> list[str]:
    """The first arguments of the calls of a function in a cell."""
    return [ast.literal_eval(call.args[0]) for name, call in names.calls(source) if name == wanted]


def checks(source: str) -> set[str]:
    return {name for name, _ in names.calls(source) if name.startswith("check_")}


def exercises(path) -> dict[str, list[dict]]:
    """By its heading, the cells of each exercise."""
    found: dict[str, list[dict]] = {}
    here = None
    for cell in cells(path):
        if cell["source"].startswith("#") and cell["cell_type"] == "markdown":
            heading = re.search(r"^### Exercise .*", cell["source"], re.MULTILINE)
            here = found.setdefault(heading[0], []) if heading else None
        if here is not None:
            here.append(cell)
    return found


@every_lesson
def test_an_exercise_has_starter_check_hint_and_solution(path):
    own, lesson, numbers = exercises(path), path.name[:2], []
    for heading, (_, *rest) in own.items():
        match = EXERCISE.fullmatch(heading)
        assert match, f"not in the form '### Exercise N.M ★ Title (n minutes)': {heading}"
        numbers.append((int(match[1]), int(match[2])))
        code = next((n for n, cell in enumerate(rest) if cell["cell_type"] != "code"), len(rest))
        assert code >= 2, f"{heading}: a starter cell and a check cell come next"
        assert checks(rest[code - 1]["source"]) & set(vars(import_module(f"helpers.lessons.lesson{lesson}")))
        assert re.findall(r"<summary>(\w+)", rest[code]["source"]) == ["Hint", "Solution"], heading
        assert f"](solutions/{path.name}" in rest[code]["source"], f"{heading}: no link to the solution"
    assert numbers == [(int(lesson), n) for n in range(1, len(numbers) + 1)]
    solutions = path.parent / "solutions" / path.name
    assert list(exercises(solutions) if solutions.exists() else {}) == list(own)


@pytest.mark.parametrize("path", SOLUTIONS, ids=name)
def test_a_solution_passes_the_check_of_its_exercise(path):
    for heading, part in exercises(path).items():
        *_, last = (cell for cell in part if cell["cell_type"] == "code" and checks(cell["source"]))
        said = [output["data"]["text/plain"] for output in last["outputs"]
                if "course-check" in output["data"].get("text/html", "")]
        assert said and said[-1].startswith("✓ Correct"), f"{heading}: {said}"


@pytest.mark.parametrize("path", [
    pytest.param(path, id=name(path), marks=[pytest.mark.torch] * ("import torch" in path.read_text("utf-8")))
    for path in LESSONS])
def test_exercises_need_no_cell_above_them_if_a_cell_under_their_heading_says_so(path, monkeypatch, capsys):
    """As on another day: where they need more than imports, the first cell under their heading brings it."""
    monkeypatch.chdir(ROOT / "notebooks")
    found = cells(path)
    start = next((n for n, cell in enumerate(found) if cell["source"].startswith("## Exercises")), None)
    if start is None or found[start + 1]["cell_type"] != "code":
        return
    values: dict = {"__name__": "__main__"}
    for cell in found[start + 1:]:
        if cell["source"].startswith("## "):
            break
        if cell["cell_type"] == "code":
            exec(cell["source"], values)
    for word, check in vars(import_module(f"helpers.lessons.lesson{path.name[:2]}")).items():
        if word.startswith("check_"):
            check.tries.clear()


@every_notebook
def test_its_links_lead_somewhere_and_to_the_lesson_that_their_words_name(path):
    assert [bad for cell in cells(path, "markdown") for bad in broken_links(path, cell["source"])] == []
    of_lessons = [(words, file[:2]) for words, file, anchor in links(path)
                  if not anchor and re.match(r"\d\d_\w+\.ipynb", file)]
    named = [(re.search(r"(?<![\d.])\d\d(?![\d.])", words), number) for words, number in of_lessons]
    assert [(found.string, number) for found, number in named if found and found[0] != number] == []


@every_notebook
def test_every_image_and_every_saved_dashboard_says_what_it_shows(path):
    """On a page where nothing runs, too: there a dashboard is its picture and its sentence."""
    texts = [markdown(cell["source"]) for cell in cells(path, "markdown")]
    alts = [alt for text in texts for alt in re.findall(r"!\[([^\]]*)\]\([^)\s]+\)", text)]
    for output in (output for cell in cells(path, "code") for output in cell["outputs"]):
        texts.append(output["data"].get("text/html", ""))
        if any(mime.startswith("image/") for mime in output["data"]):
            assert "<img" in texts[-1], "an image without alt text"
        if VIEW in output["data"] and texts[-1]:
            assert len(output["data"]["text/plain"].split()) > 5
    alts += [a.get("alt", "") for text in texts for tag, a in Tags(text).found if tag == "img"]
    assert [alt for alt in alts if len(alt.split()) < 5] == []


@every_notebook
def test_it_was_run_in_order_without_a_warning_and_all_of_it_is_compared(path):
    code = cells(path, "code")
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1)), (
        "run it with scripts/run_notebooks.py")
    outputs = [output for cell in code for output in cell["outputs"]]
    assert [one for one in outputs if one["output_type"] == "error" or one.get("name") == "stderr"] == []
    tags = {tag for cell in cells(path) for tag in cell["metadata"].get("tags", [])}
    assert not {tag for tag in tags if tag.startswith("nbval") or tag == "raises-exception"}
    assert not any("NBVAL_" in cell["source"] for cell in code)
    assert path.stat().st_size < 1_000_000


@every_lesson
def test_each_objective_is_taught_in_a_section_and_tested_by_something_that_can_be_marked(path):
    lesson = facts.lesson(path.name[:2])
    for aim in lesson.objectives:
        assert aim.taught and set(aim.taught) <= {section.id for section in lesson.sections}, aim.words
        assert aim.tests or aim.own_words, f"tested by nothing: {aim.words}"
        assert all(isinstance(question(one), Sight) for one in aim.own_words), aim.own_words
        for test in aim.tests:
            assert test.startswith("page ") or facts.task(test)
        where = {int(facts.number(section, lesson.number)) for section in aim.taught}
        for one in map(question, aim.asked):
            assert not one.section or (one.id[:2] == lesson.number and one.section in where), one.id


@every_lesson
def test_it_takes_as_long_as_it_promises_and_there_is_something_to_do_before_long(path):
    ruled, promised, _ = minutes.core(path)
    assert 0.8 * promised <= ruled <= 1.2 * promised
    assert [stretch for stretch in minutes.stretches(path) if stretch[0] > minutes.LONGEST] == []
    assert max(taken for *_, taken in facts.lesson(path.name[:2]).sittings) <= 50


# --- questions ---

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
