"""What is handed out is what the lessons ask, made from the lessons and their solutions."""

import subprocess
import sys

import pytest
from course import LESSONS, ROOT

from helpers.classroom.tasks import defined, functions, lesson_tasks

GIVEN = {"exercise-9-1": 4 / 12}        # points for what stands in the starter: one line of twelve
NUMBERS = [path.name[:2] for path in LESSONS]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_task_has_an_open_answer_a_solution_and_a_text_that_leads_nowhere(number):
    for task in lesson_tasks(number).tasks:
        assert set(task.names) & defined(task.starter) and set(task.names) <= defined(task.solution), task.id
        assert task.starter != task.solution and "check_" not in task.starter, task.id
        assert "<details>" not in task.text and "](" not in task.text.replace("](http", ""), task.id


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
