"""The checks of lesson 02 say what is wrong with an answer, and never raise."""

import math

import numpy as np
from answers import AlwaysRight, alone, broken, complete, mistakes, no_answers, printed, right, stops

from helpers.lessons.lesson02 import check_first_loss, check_lengths, check_race, check_shifts
from helpers.lessons.lesson02 import checks as lesson02
from helpers.lessons.lesson02.broken import broken_midway
from helpers.lessons.lesson02.shipped import best_without_memory
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

test_the_starters_are_told_not_yet = mistakes(
    (check_first_loss, (lambda vocabulary_size, length: ...,), "not-yet"),
    (check_shifts, (dict.fromkeys("ABCD", ...),), "not-yet"),
    (check_race, (..., dict.fromkeys(OPTIMIZERS, ...)), "not-yet"),
    (check_race, (0.1, dict.fromkeys(OPTIMIZERS, ...)), "not-yet"),
    (check_lengths, ({1: ..., 25: ..., 100: ...}, ..., ..., ...), "not-yet"),
)

test_a_first_loss_is_judged = mistakes(*((check_first_loss, (answer,), *told) for answer, *told in (
    (lambda V, T: math.log(V), "one-character"),
    (lambda V, T: T * math.log2(V), "bits"),
    (lambda V, T: T * math.log10(V), "base-10"),
    (lambda V, T: -T * math.log(V), "sign"),
    (lambda V, T: 1 / V, "probability"),
    (lambda V, T: V * math.log(T), "log-of-length"),
    (lambda V, T: T + math.log(V), "added"),
    (lambda V, T: 25 * math.log(60), "arguments-not-used", "first_loss(27, 40) gives 102.3586"),
    (lambda V, T: T * math.log(60), "arguments-not-used"),
    (lambda V, T: 25 * math.log(V), "arguments-not-used"),
    (lambda V, T: T * math.log(V) + 1, "another-loss", "102.3586", "103.3586"),
    (lambda V, T: "much", "no-number"),
    (lambda V, T: V / 0, "stops", "60 characters and length 25", "ZeroDivisionError: division by zero"),
    (lambda V, T: math.inf, "not-finite", "inf"),
    (lambda V: V, "stops", "TypeError"),
)))

test_a_wrong_shift_and_a_wrong_rate_are_told = mistakes(
    (check_shifts, ({**RIGHT_SHIFTS, "B": -1, "D": 0},), "wrong-shift"),
    (check_shifts, ([2, 0, 1, -1],), "no-dictionary"),
    (check_race, (0.01, BEST), "too-small", "0.01"),
    (check_race, (1.0, BEST), "too-large", "1.0"),
    (check_race, ("fast", BEST), "no-number", "fast"),
    (check_race, (0.1, ...), "not-yet"),
    (check_race, (0.1, 0.1), "no-dictionary", "SGD, Adagrad, RMSProp and Adam"),
    (check_race, (0.1, {**BEST, "Adam": 0.001}), "not-the-best", "Adam: at rate 0.001"),
    (check_race, (0.1, {**BEST, "SGD": 7}), "not-tried", "SGD: 7"),
    (check_race, (0.1, {**BEST, "SGD": "quick"}), "no-number", "quick"),
)


def test_of_shifted_programs_those_that_are_wrong_are_spoken_of():
    result = check_shifts.result({**RIGHT_SHIFTS, "B": -1, "D": 0})
    assert [line[:6] for line in result.said.splitlines()] == ["2 of 4", "  ✓ A,", "  ✗ B:", "  ✗ D:"]
    assert result.mistakes == {"A": None, "B": "wrong-shift", "C": None, "D": "wrong-shift"}


def test_the_shipped_shifts_are_in_the_order_that_the_check_expects():
    assert [run.settings["shift"] for run in load_run("02/shifts")] == list(lesson02.SHIFTS.values())


test_lengths_are_judged_by_the_shipped_runs = mistakes(
    (check_lengths, ({**MADE, 25: 200_000}, 100, 25, "b"), "updates-made", "Length 25: 200000 is wrong"),
    (check_lengths, (MADE, 25, 25, "b"), "best-per-update", "length 25"),
    (check_lengths, (MADE, 100, 100, "b"), "best-per-character", "length 100"),
    (check_lengths, (MADE, 99, 25, "b"), "no-such-length", "99"),
    *((check_lengths, (MADE, 100, 25, letter), f"not-{letter}") for letter in "acd"),
    *((check_lengths, (MADE, 100, 25, said), "no-letter", said, "the letter alone, one of a, b, c, d")
      for said in ("everything", "abcd", "b or c", "b) more learnt", "e", "")),
    (check_lengths, (MADE, 100, 25, AlwaysRight("a")), "not-a"),
    (check_lengths, (3, 100, 25, "b"), "no-dictionary"),
    (check_lengths, ({}, 100, 25, "b"), "no-dictionary", "1, 25 and 100"),
    (check_lengths, ({7: 3}, 100, 25, "b"), "no-dictionary", "1, 25 and 100"),
    (check_lengths, (..., 100, 25, "b"), "not-yet", "3 of 4 done", "… updates_made: not yet"),
)

test_no_answer_raises_or_passes = no_answers(
    (check_first_loss, lambda nothing: (lambda *given: nothing,)),
    (check_shifts, lambda nothing: (nothing,)),
    (check_shifts, lambda nothing: (dict.fromkeys("ABCD", nothing),)),
    (check_race, lambda nothing: (nothing, nothing)),
    (check_race, lambda nothing: (0.1, dict.fromkeys(OPTIMIZERS, nothing))),
    (check_lengths, lambda nothing: (nothing,) * 4),
    (check_lengths, lambda nothing: (dict.fromkeys(MADE, nothing), 100, 25, nothing)),
)

test_each_part_counts_alone = alone(
    (check_shifts, {name: ({**dict.fromkeys("ABCD", ...), name: shift},)
                    for name, shift in RIGHT_SHIFTS.items()}),
    (check_race, {"best_rate": (0.1, dict.fromkeys(OPTIMIZERS, ...)),
                  **{name: (0.5, {**dict.fromkeys(OPTIMIZERS, ...), name: BEST[name]})
                     for name in OPTIMIZERS}}),
    (check_lengths, {"updates_made": (MADE, ..., ..., ...), "best_per_update": (..., 100, ..., "a"),
                     "best_per_character": (..., 25, 25, ...), "buys": ({}, 25, ..., "b")}),
)

test_an_error_in_an_answer_is_told_and_not_raised = stops(
    (check_first_loss, (broken,)))

test_what_is_printed_is_what_is_said = printed(
    (check_first_loss, (broken,)), (check_shifts, ({**RIGHT_SHIFTS, "B": -1, "D": 0},)),
    (check_race, (1.0, BEST)), (check_lengths, (MADE, 100, 25, "a")))

test_every_mistake_is_made = complete(lesson02, test_each_part_counts_alone)


def test_what_is_broken_midway_shows_in_the_loss_and_without_memory_it_still_learns():
    def run(fault):
        return broken_midway(np.random.default_rng(0), fault, updates=300)
    shifted, fast, sound = map(run, ("targets not shifted", "rate times ten", "no clipping"))
    assert shifted["before"] == fast["before"] == sound["before"]
    assert shifted["end"] < sound["end"] < fast["end"] and fast["highest"] > fast["before"]
    assert 2.4 < best_without_memory(np.random.default_rng(0), 300) < 3
