"""Every worked solution earns all its points where a check asks it over a pipe.

The quick lessons hand over all that can cross: functions of the check and a generator (02), models (04),
PyTorch's layers (10), automata (12), parameters (13).
"""

import pytest
from course import LESSONS
from submission import asked_here

from helpers.classroom.judge import Judge
from helpers.classroom.tasks import lesson_tasks

QUICK = {"02": pytest.mark.classroom, "04": pytest.mark.classroom, "10": pytest.mark.torch,
         "12": pytest.mark.classroom, "13": pytest.mark.classroom}
NUMBERS = [pytest.param(number, marks=QUICK.get(number, pytest.mark.slow))
           for number in (path.name[:2] for path in LESSONS)]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_worked_solution_earns_all_its_points_over_the_pipe(number, capsys):
    lesson, space, cells = lesson_tasks(number), {"__name__": "__main__"}, []
    judge = Judge(number, seconds=60)
    exec(f"{lesson.imports}\n{lesson.given}\n", space)
    for task in lesson.tasks:
        exec(task.solution, space)
        cells.append(task.solution)
        check, _, given = task.check[:-1].partition("(")
        verdict = asked_here(judge, check.rpartition(".")[2], cells, given, space)
        assert verdict.earned == 1, (task.id, verdict.said)
        exec(task.after, space)
