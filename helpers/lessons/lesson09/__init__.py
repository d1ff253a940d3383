"""Lesson 09, the clinic: faulty gradients and failing runs: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson09.bench import RIGHT, forward, gradients, parameters
from helpers.lessons.lesson09.checks import (
    check_first_wrong,
    check_gru,
    check_lines,
    check_names,
    check_repair,
    check_task,
    check_text,
)
from helpers.lessons.lesson09.failures import (
    FAILURES,
    SETTINGS,
    beside,
    count_pairs_won,
    describe_difference,
    difference,
    failing_run,
    seed_runs,
)
from helpers.lessons.lesson09.pictures import (
    LOOKS,
    describe_findings,
    failure_chart,
    patient_file,
    seed_view,
    seeds_so_far,
)
from helpers.lessons.lesson09.shipped import load_curves, load_failures
from helpers.lessons.lesson09.ward import (
    WARD,
    examine,
    gate_difference,
    losses,
    make_gates_alike,
)
