"""Lesson 09, the clinic: faulty gradients and failing runs: experiments, pictures, drawings and checks."""

from helpers import old_names
from helpers.lessons.lesson09.bench import RIGHT, forward, gradients, parameters
from helpers.lessons.lesson09.checks import check_first_wrong, check_lines, check_names, check_repair
from helpers.lessons.lesson09.failures import (
    FAILURES,
    SETTINGS,
    beside,
    difference,
    failing_run,
    pairs_won,
    seed_runs,
    told_apart,
)
from helpers.lessons.lesson09.pictures import (
    LOOKS,
    failure_chart,
    findings_in_words,
    patient_file,
    seed_view,
    seeds_so_far,
)
from helpers.lessons.lesson09.project_checks import check_gru, check_task, check_text
from helpers.lessons.lesson09.shipped import load_curves, load_failures
from helpers.lessons.lesson09.ward import (
    WARD,
    examine,
    gate_difference,
    losses,
    make_gates_alike,
)

__getattr__ = old_names.explained_in(__name__)
