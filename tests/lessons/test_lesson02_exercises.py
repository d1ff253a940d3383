"""The checks of lesson 02 say what is wrong with an answer, and never raise."""

import math

import numpy as np
from answers import AlwaysRight, complete, mistakes, right

from helpers.lessons.lesson02 import check_first_loss, check_lengths, check_race, check_shifts
from helpers.lessons.lesson02 import checks as lesson02
from helpers.runs import load_run

RIGHT_SHIFTS = {"A": 2, "B": 0, "C": 1, "D": -1}
OPTIMIZERS = ("SGD", "Adagrad", "RMSProp", "Adam")
BEST = {name: lesson02.best_of(load_run("02/optimizers"), name)[0] for name in OPTIMIZERS}
MADE = {1: 200_000, 25: 8_000, 100: 2_000}


test_a_right_answer_is_accepted = right(
    (check_first_loss, (lambda V, T: T * math.log(V),)),
    (check_first_loss, (lambda V, T: -T * np.log(1 / V),)),
    (check_first_loss, (lambda V, T: sum(np.log(np.full(T, V))),)),
    (check_first_loss, (lambda V, T: np.float32(T * math.log2(V) * math.log(2)),)),
    (check_shifts, (RIGHT_SHIFTS,)),
    (check_shifts, ({name: np.int64(shift) for name, shift in RIGHT_SHIFTS.items()},)),
    (check_shifts, ({name: float(shift) for name, shift in reversed(RIGHT_SHIFTS.items())},)),
    (check_race, (0.1, BEST)),
    (check_race, (np.float32(0.1), {name: np.float32(rate) for name, rate in BEST.items()})),
    (check_race, (10.0**-1, {**BEST, "SGD": 3 * 0.1, "extra": 1})),
    (check_lengths, ({length: 200_000 / length for length in (1, 2, 5, 25, 100)}, "100", 25.0, "b)")),
    (check_lengths, ({key: np.int64(made) for key, made in MADE.items()}, np.int64(100), np.float32(25),
                     "(B)")),
    (check_lengths, (MADE, 100, 25, "b")),
    (check_lengths, (MADE, 100, 25, " B ")),
)


test_a_first_loss_is_judged = mistakes(*((check_first_loss, (answer,), *told) for answer, *told in (
    (lambda V, T: math.log(V), "one-character"),
    (lambda V, T: T * math.log2(V), "bits"),
    (lambda V, T: T * math.log10(V), "base-10"),
    (lambda V, T: -T * math.log(V), "sign"),
    (lambda V, T: 1 / V, "probability"),
    (lambda V, T: V * math.log(T), "log-of-length"),
    (lambda V, T: T + math.log(V), "added"),
    (lambda V, T: 25 * math.log(60), "arguments-not-used"),
    (lambda V, T: T * math.log(V) + 1, "another-loss"),
    (lambda V, T: "much", "no-number"),
    (lambda V, T: V / 0, "stops"),
    (lambda V, T: math.inf, "not-finite"),
)))

test_a_wrong_shift_and_a_wrong_rate_are_told = mistakes(
    (check_shifts, ({**RIGHT_SHIFTS, "B": -1, "D": 0},), "wrong-shift"),
    (check_shifts, ([2, 0, 1, -1],), "no-dictionary"),
    (check_race, (0.01, BEST), "too-small"),
    (check_race, (1.0, BEST), "too-large"),
    (check_race, ("fast", BEST), "no-number"),
    (check_race, (0.1, ...), "not-yet"),
    (check_race, (0.1, 0.1), "no-dictionary"),
    (check_race, (0.1, {**BEST, "Adam": 0.001}), "not-the-best"),
    (check_race, (0.1, {**BEST, "SGD": 7}), "not-tried"),
)


test_lengths_are_judged_by_the_shipped_runs = mistakes(
    (check_lengths, ({**MADE, 25: 200_000}, 100, 25, "b"), "updates-made"),
    (check_lengths, (MADE, 25, 25, "b"), "best-per-update"),
    (check_lengths, (MADE, 100, 100, "b"), "best-per-character"),
    (check_lengths, (MADE, 99, 25, "b"), "no-such-length"),
    *((check_lengths, (MADE, 100, 25, letter), f"not-{letter}") for letter in "acd"),
    *((check_lengths, (MADE, 100, 25, said), "no-letter") for said in ("everything", "e", "")),
    (check_lengths, (MADE, 100, 25, AlwaysRight("a")), "not-a"),
    (check_lengths, (3, 100, 25, "b"), "no-dictionary"),
    (check_lengths, (..., 100, 25, "b"), "not-yet"),
)


test_every_mistake_is_made = complete(lesson02)
