"""The checks of the exercises of lesson 02: first loss, shifted targets, optimisers, sequence length."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from helpers.checks import (
    Function,
    Mistake,
    Symptom,
    against,
    check,
    entries_of,
    letter_of,
    numbers_of,
    part,
)
from helpers.lessons.lesson02 import mistakes
from helpers.runs import History, load_run

SHIFTS = mistakes.SHIFTS
OPTIMIZERS = ("SGD", "Adagrad", "RMSProp", "Adam")
SWEEP_WINNER = 0.1
CHARACTERS = 200_000    # that each run over sequence lengths reads
LOOK = 2000             # updates after which sequence lengths are compared


def first_loss(vocabulary_size: int, length: int) -> float:
    """The loss of an untrained network, summed over a chunk."""
    return length * math.log(vocabulary_size)


check_first_loss = against(
    "check_first_loss",
    Function(first_loss, ((60, 25), (27, 40), (65, 25), (2, 1)), mistakes.FIRST_LOSS, Symptom(
        "another-loss", "first_loss({vocabulary_size}, {length}) should be {right:.4f}. Yours is "
                        "{found:.4f}."),
        same=partial(math.isclose, rel_tol=1e-4),
        asked={"place": "With {vocabulary_size} characters and length {length}: "}),
    right="Correct: 25 ln 60 = 102.3586, and the three other cases are right too.")


@check(*SHIFTS)
def check_shifts(shifts: Mapping[str, int]) -> str:
    """Check how far the targets of the programs A to D are shifted from their inputs, by name."""
    hints = {
        "A": "its loss stays the highest, and it seems to skip letters when it writes.",
        "B": "its task is so easy that the loss vanishes. Look at how it repeats itself.",
        "C": "compare what the four write. Which one writes something like the play?",
        "D": "its task is nearly as easy as B's, but needs a memory of one step. Look at how it alternates.",
    }
    for name, shift in entries_of(shifts, SHIFTS, "shifts").items():
        with part(name):
            if numbers_of(shift, (), name) != SHIFTS[name]:
                raise Mistake("wrong-shift", f"{shift} does not fit program {name}: {hints[name]}")
    return "Correct: a lower loss did not mean a better program. Compare losses only for the same task."


@check("best_rate", *OPTIMIZERS)
def check_race(best_rate: float, best_rates: Mapping[str, float]) -> str:
    """Check that `best_rate` won the short sweep, and that `best_rates` are the best precomputed ones."""
    with part("best_rate"):
        rate = numbers_of(best_rate, (), "best_rate")
        no_winner = f"{best_rate} is not the power of ten with the lowest loss after 1,000 updates: "
        if rate < 0.9 * SWEEP_WINNER:
            raise Mistake("too-small", no_winner + "it is too small.")
        if rate > 1.1 * SWEEP_WINNER:
            raise Mistake("too-large", no_winner + "it is too large.")
    runs = load_run("02/optimizers")
    for name, rate in entries_of(best_rates, OPTIMIZERS, "best_rates").items():
        with part(name):
            rate = numbers_of(rate, (), "The rate")
            medians = medians_by((run for run in runs if run.settings["optimizer"] == name), "learning_rate")
            rate = next((tried for tried in medians if math.isclose(tried, rate, rel_tol=1e-6)), rate)
            if rate not in medians:
                tried = ", ".join(f"{r:g}" for r in medians)
                raise Mistake("not-tried", f"{rate:g} was not tried. The rates are {tried}.")
            if rate != min(medians, key=medians.get):
                raise Mistake("not-the-best",
                              f"at rate {rate:g} the median loss is {medians[rate]:.2f}. A different rate is "
                              "better.")
    return "Correct: these are the best rates. The rate changes the loss far more than the optimiser does."


@check("updates_made", "best_per_update", "best_per_character", "buys")
def check_lengths(updates_made: Mapping[int, int], best_per_update: int, best_per_character: int,
                  buys: str) -> str:
    """Check the answers against the precomputed runs over sequence lengths."""
    runs = load_run("02/lengths")
    with part("updates_made"):
        for length, updates in entries_of(updates_made, (1, 25, 100), "updates_made").items():
            if numbers_of(updates, (), f"Length {length}") * length != CHARACTERS:
                raise Mistake("updates-made",
                              f"Length {length}: {updates} is wrong. Each update reads {length} new "
                              f"character{'s' * (length > 1)}, so how many updates does it take to read "
                              "200,000?")
    with part("best_per_update"):
        _need_best("best-per-update", best_per_update, "2,000 updates",
                   medians_by(runs, "length", partial(loss_at, update=LOOK)))
    with part("best_per_character"):
        _need_best("best-per-character", best_per_character, "200,000 characters", medians_by(runs, "length"))
    with part("buys"):
        letter = letter_of(buys, "abcd")
        wrong = {
            "a": Mistake("not-a", "Not a: the lengths' median best held-out losses differ by under 0.1, and "
                                  "short sequences are no worse."),
            "c": Mistake("not-c", "Not c: that holds up to 25, but length 100 learns less from each "
                                  "character than 25, because it makes a quarter of the updates."),
            "d": Mistake("not-d", "Not d: the state is carried from chunk to chunk at any length, so with "
                                  "length 1 it reaches just as far back."),
        }
        if letter != "b":
            raise wrong[letter]
    return "Correct: a longer sequence buys a better update, and pays for it with fewer updates."


def _need_best(mistake: str, answer, when: str, medians: Mapping[int, float]) -> None:
    """Raise a Mistake unless the answer is the length with the lowest median loss."""
    length = numbers_of(answer, (), "It")
    if length not in medians:
        raise Mistake("no-such-length", f"{answer!r} is not one of the lengths "
                                        f"{', '.join(map(str, medians))}.")
    if medians[length] > min(medians.values()):
        raise Mistake(mistake, f"After {when}, length {int(length)} has a median loss of "
                               f"{medians[length]:.2f} on the training text. A different length is better.")


def final_loss(run: History) -> float:
    """The loss on the training text at the end of a run."""
    return run.train[-1]


def medians_by(runs: Iterable[History], setting: str, loss: Callable = final_loss) -> dict[Any, float]:
    """The median loss of the runs with each value of a setting, in the order of the values."""
    losses = defaultdict(list)
    for run in runs:
        losses[run.settings[setting]].append(loss(run))
    return {value: float(np.median(losses[value])) for value in sorted(losses)}


def loss_at(run: History, update: int) -> float:
    """The loss on the training text after so many updates, interpolated between the measured ones."""
    return float(np.interp(np.log(update), np.log(np.maximum(run.updates, 0.5)), run.train))
