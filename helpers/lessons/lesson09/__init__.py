"""Lesson 09, the clinic of faulty gradients and failing runs: what its notebook calls as `lesson.…`."""

from helpers.lessons.lesson09.checks import (
    check_first_wrong,
    check_gru,
    check_lines,
    check_names,
    check_repair,
    check_task,
    check_text,
)
from helpers.lessons.lesson09.experiments import (
    FAILURES,
    RIGHT,
    SETTINGS,
    count_pairs_won,
    describe_difference,
    failing_run,
    forward,
    gradients,
    parameters,
    seed_runs,
)
from helpers.lessons.lesson09.experiments_ward import WARD, examine, gate_difference, make_gates_alike
from helpers.lessons.lesson09.pictures import (
    LOOKS,
    describe_findings,
    failure_chart,
    patient_file,
    seed_view,
    seeds_so_far,
)
from helpers.lessons.lesson09.shipped import load_curves, load_failures
