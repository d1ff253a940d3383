"""What every lesson has: questions before its controls, exercises with checks, hints and solutions."""

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from course import LESSONS, SOLUTIONS, cells, name

from helpers.checks import names

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)
every_solution = pytest.mark.parametrize("path", SOLUTIONS, ids=name)

VIEW = "application/vnd.jupyter.widget-view+json"
EXERCISE = re.compile(r"### Exercise (\d+)\.(\d+) (★{1,3}) (\S.*) \((\d+) minutes?\)")


def checks(path: Path) -> set[str]:
    """The names of the checks of a notebook's lesson."""
    return {name for name in vars(lesson_of(path)) if name.startswith("check_")}


def lesson_of(path: Path) -> ModuleType:
    """What a notebook imports as its lesson."""
    return import_module(f"helpers.lessons.lesson{path.name[:2]}")


def calls(source: str) -> set[str]:
    """The names that a code cell calls, with or without its lesson before them."""
    return {name for name, _ in names.calls(source)}


def parts(path: Path, start: str) -> list[list[dict]]:
    """The cells of a notebook in parts, each of which begins with a heading that begins with `start`."""
    found: list[list[dict]] = []
    for cell in cells(path):
        if cell["cell_type"] == "markdown" and cell["source"].startswith(start):
            found.append([])
        if found:
            found[-1].append(cell)
    return found


def exercise_headings(path: Path) -> list[str]:
    return [line for cell in cells(path, "markdown") for line in cell["source"].splitlines()
            if line.startswith("### Exercise")]


@every_lesson
def test_an_exercise_has_starter_check_hint_and_solution(path):
    all_cells, numbers = cells(path), []
    for place, cell in enumerate(all_cells):
        if cell["cell_type"] != "markdown" or "### Exercise" not in cell["source"]:
            continue
        match = EXERCISE.search(cell["source"])
        assert match, f"not in the form '### Exercise N.M ★ Title (n minutes)': {cell['source'][:80]}"
        numbers.append((int(match[1]), int(match[2])))
        rest = all_cells[place + 1:]
        code = next((n for n, c in enumerate(rest) if c["cell_type"] != "code"), len(rest))
        assert code >= 2, f"{match[0]}: a starter cell and a check cell come next"
        assert calls(rest[code - 1]["source"]) & checks(path), f"{match[0]}: no check of the lesson"
        folded = rest[code]["source"]
        assert re.findall(r"<details>\s*<summary>(\w+)", folded) == ["Hint", "Solution"], match[0]
        assert f"](solutions/{path.name}" in folded, f"{match[0]}: no link to the worked solution"
    assert numbers == [(int(path.name[:2]), n) for n in range(1, len(numbers) + 1)]


@every_lesson
def test_every_exercise_has_its_worked_solution(path):
    solutions = path.parent / "solutions" / path.name
    wanted = exercise_headings(path)
    assert (exercise_headings(solutions) if solutions.exists() else []) == wanted


@every_solution
def test_a_solution_passes_the_check_of_its_exercise(path):
    for part in parts(path, "### Exercise"):
        checked = [cell for cell in part if cell["cell_type"] == "code"
                   and calls(cell["source"]) & checks(path)]
        assert checked, f"no check: {part[0]['source'][:60]}"
        said = [output["data"]["text/plain"] for output in checked[-1]["outputs"]
                if "course-check" in output["data"].get("text/html", "")]
        assert said and said[-1].startswith("✓ Correct"), f"{part[0]['source'][:60]}: {said}"


NO_ANSWER = {       # what is moved or pressed, and answers no question
    "button", "lecture_mode", "progress", "predict", "reflect", "warm_up", "review", "restore_notebook",
    "course_map",
    "hide_questions", "self_test", "laboratory",
}


@every_lesson
def test_a_reader_is_asked_about_a_control_and_then_notices(path):
    """Or tries it, where a section asks that instead.

    But for an optional section, and for a first one in which the network is seen to learn before anything is
    known of it."""
    for section in parts(path, "## "):
        source = [cell["source"] for cell in section]
        live = [n for n, cell in enumerate(section) if cell["cell_type"] == "code"
                and any(VIEW in output["data"] for output in cell["outputs"])
                and not calls(cell["source"]) & NO_ANSWER]
        if live and "*(optional" not in source[0].partition("\n")[0]:
            before, whole = "".join(source[:live[0]]), "".join(source)
            watched = source[0].startswith("## 1 ·") and "fit(" in source[live[0]]
            asked = "predict(" in before or "**Try it" in whole
            assert watched or asked, f"nothing is asked of the control: {source[0][:60]}"
            assert "**What to notice" in whole, f"no What to notice beside it: {source[0][:60]}"


def test_the_map_in_lesson_00_leads_to_every_other_lesson():
    texts = [cell["source"] for cell in cells(LESSONS[0], "markdown")]
    the_map = next(text for text in texts if "The map of the course" in text)
    assert re.findall(r"^\| (\d\d) \|", the_map, re.MULTILINE) == [path.name[:2] for path in LESSONS]
    assert re.findall(r"\]\((\w+\.ipynb)\)", the_map) == [path.name for path in LESSONS[1:]]
