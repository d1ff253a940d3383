"""The clinic of lesson 09: backward passes with a fault each, and runs that went wrong."""

from helpers.clinic.failures import (
    FAILURES,
    HEALTHY,
    SETTINGS,
    Point,
    failing_run,
    load_failures,
    load_seeds,
    pairs_won,
    seed_runs,
)
from helpers.clinic.networks import RIGHT, forward, gradients, parameters
from helpers.clinic.ward import (
    WARD,
    Findings,
    Patient,
    examine,
    gate_difference,
    load_curves,
    losses,
    make_gates_alike,
)

__all__ = [
    "FAILURES",
    "HEALTHY",
    "RIGHT",
    "SETTINGS",
    "WARD",
    "Findings",
    "Patient",
    "Point",
    "examine",
    "failing_run",
    "forward",
    "gate_difference",
    "gradients",
    "load_curves",
    "load_failures",
    "load_seeds",
    "losses",
    "make_gates_alike",
    "pairs_won",
    "parameters",
    "seed_runs",
]
