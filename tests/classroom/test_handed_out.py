"""What is handed out is what the lessons ask, made from the lessons and their solutions."""

import ast
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from course import LESSONS, ROOT

from helpers.classroom.assignment import source_notebook
from helpers.classroom.tasks import (
    defined,
    functions,
    lesson_tasks,
    used,
)
from helpers.data import POINTS
from helpers.lessons.staging import CHECK

GIVEN = {"exercise-9-1": 4 / 12}        # points for what stands in the starter: one line of twelve
NUMBERS = [path.name[:2] for path in LESSONS]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_task_has_an_open_answer_a_solution_and_its_check(number):
    lesson = lesson_tasks(number)
    assert lesson.tasks
    for task in lesson.tasks:
        assert set(task.names) & defined(task.starter) and set(task.names) <= defined(task.solution), task.id
        assert task.starter != task.solution and CHECK.match(task.check), task.id
        assert "check_" not in task.starter and "<details>" not in task.text and len(task.text) > 40, task.id
        assert task.points in POINTS.values() and task.minutes > 0
        assert "](" not in task.text or "](http" in task.text, "a link into a folder that is not handed out"
        text = re.sub(r"^- \w\)", "", task.text, flags=re.MULTILINE)
        assert text.count("(") == text.count(")"), "nor what is left of such a link"


@pytest.mark.parametrize("number", NUMBERS)
def test_all_that_answers_and_checks_need_is_imported_or_given(number):
    lesson = lesson_tasks(number)
    there = defined(lesson.imports) | defined(lesson.given)
    for task in lesson.tasks:
        for code in (task.solution, task.check, task.after):
            assert used(code) - defined(task.solution) <= there, task.id
        there |= defined(task.solution)
    assert not any(isinstance(node, ast.Import | ast.ImportFrom)
                   for node in ast.walk(ast.parse(lesson.given or "0")))


@pytest.mark.parametrize("number", [pytest.param(number, marks=[pytest.mark.torch] * (number == "10"))
                                    for number in NUMBERS])
def test_an_undone_and_a_raising_answer_get_no_points_and_the_check_a_plain_number(number):
    """nbgrader gives all points to a cell whose last output is neither a number nor an error."""
    lesson = lesson_tasks(number)
    for task in lesson.tasks:
        space = {"__name__": "__main__"}
        exec(f"{lesson.imports}\n{lesson.given}\n", space)
        exec(task.starter, space)
        undone = eval(f"{task.check}.points({task.points})", space)
        raising = dict(space)
        for name in task.names:
            raising[name] = _raising if name in functions(task.starter) else ...
        wrong = _points(f"{task.check}.points({task.points})", raising)
        assert type(undone) is float and undone <= GIVEN.get(task.id, 0), task.id
        assert wrong in (0.0, "KeyError"), task.id
        eval(task.check.partition("(")[0], space).tries.clear()     # or another test here would be told more


def _raising(*given, **named):
    raise KeyError("an answer that raises")


def _points(call: str, space: dict) -> float | str:
    """What the last line of a check's cell gives: points, or the name of its error."""
    try:
        return eval(call, space)
    except KeyError as error:
        return type(error).__name__


def test_without_nbgrader_it_is_said_what_to_install(tmp_path):
    code = ("import sys; sys.modules['nbgrader'] = None; from helpers.classroom.__main__ import main; "
            f"sys.exit(main(['make', '02', '--into', {str(tmp_path / 'course')!r}]))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and "pip install -e '.[class]'" in done.stderr
    assert not (tmp_path / "course").exists()


def test_a_copy_has_for_each_task_its_text_an_open_cell_and_a_locked_check():
    lesson = lesson_tasks("05")
    made = source_notebook(lesson)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in made.cells}
    roles = {name: tuple(cell.metadata.nbgrader[key] for key in ("grade", "solution", "locked", "task"))
             for name, cell in cells.items()}
    for task in lesson.tasks:
        assert [roles[f"{task.id}{part}"] for part in ("-text", "", "-check")] == [
            (False, False, True, False), (False, True, False, False), (True, False, True, False)]
        assert cells[f"{task.id}-check"].metadata.nbgrader.points == task.points
        assert f"*{task.points} points, {task.minutes} minutes*" in cells[f"{task.id}-text"].source
    assert roles["written-1"] == (True, True, False, False)
    assert cells["written-1"].metadata.nbgrader.points == 2 and len(cells) == len(made.cells)
    assert {cell.metadata.nbgrader.schema_version for cell in made.cells} == {3}
    assert made.cells[0].source.startswith(f"# {lesson.title}: to hand in") and lesson.title[:1] not in "# "
    edition = made.metadata.course["edition"]
    assert len(edition.rpartition("-")[2]) == 8 and made == source_notebook(lesson)
    assert source_notebook(replace(lesson, imports="")).metadata.course["edition"] != edition
