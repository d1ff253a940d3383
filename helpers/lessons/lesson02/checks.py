"""The checks of lesson 02: first loss, shifted targets, optimisers raced, a shape error, sequence length."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from helpers.lessons.checking import NOT_YET, Slip, answer_of, check, first_slip, need_answers, number
from helpers.runs import History, load_runs

SHIFTS = dict(zip("ABCD", (2, 0, 1, -1), strict=True))  # in the order of the shipped runs
SWEEP_WINNER = 0.1
LOOK = 2000  # updates after which sequence lengths are compared


@check
def check_first_loss(first_loss: Callable) -> str:
    """Try ``first_loss(vocabulary_size, length)``, the loss of a fresh network summed over a chunk."""
    for V, T in ((60, 25), (27, 40), (65, 25), (2, 1)):
        loss = number(answer_of(first_loss, V, T, stops=f"first_loss({V}, {T}) stops with {{error}}."))
        right = T * math.log(V)
        if loss is None:
            raise Slip("no-number", f"first_loss({V}, {T}) should be one number.")
        slips = {
            Slip("one-character", "That is the loss of one character: the program adds up a whole chunk."):
                math.log(V),
            Slip("bits", "That is in bits. The course counts in nats: take the natural logarithm."):
                T * math.log2(V),
            Slip("base-10", "That is the logarithm to the base 10; take the natural one."): T * math.log10(V),
            Slip("sign", "The sign is turned: a loss is minus the logarithm of a probability."): -right,
            Slip("probability", "That is a probability. The loss is minus its logarithm."): 1 / V,
            Slip("log-of-length",
                 "The logarithm belongs to the number of characters in the vocabulary, not to the length."):
                V * math.log(T),
            Slip("added", "The chunk's characters are each as hard as the first: multiply, don't add."):
                T + math.log(V),
        }
        if not math.isclose(loss, right, rel_tol=1e-4):
            raise first_slip(slips, loss, Slip(
                "another-loss", f"Not this: first_loss({V}, {T}) should be {right:.4f}, but yours is "
                                f"{loss:.4f}."),
                same=partial(math.isclose, rel_tol=1e-4))
    return "Right: 25 ln 60 = 102.3586, and the two other vocabularies fit as well."


@check
def check_shifts(shifts: Mapping[str, int]) -> str:
    """Say whether `shifts` names, for the programs A to D, how far their targets lie from their inputs."""
    if not isinstance(shifts, Mapping) or set(shifts) != set(SHIFTS):
        raise Slip("no-dictionary", "shifts should be a dictionary with the keys A, B, C and D.")
    need_answers(*shifts.values())
    said = {
        "A": "A does not fit: its loss stays the highest, and it seems to skip letters as it writes.",
        "B": "B does not fit: which task is so easy that the loss vanishes? See how it repeats itself.",
        "C": "C does not fit: which of the four writes something like the play?",
        "D": "D does not fit: its task is easy too, but takes a memory of one step. See how it alternates.",
    }
    wrong = [words for name, words in said.items() if shifts[name] != SHIFTS[name]]
    if wrong:
        raise Slip("wrong-shift", "\n".join(wrong))
    return "Right: a lower loss was no better program. Only a loss for the right task can be compared."


@check
def check_race(best_rate: float, best_rates: Mapping[str, float]) -> str:
    """Say whether `best_rate` won the short sweep, and `best_rates` are the best of the shipped runs."""
    runs = load_runs("02/optimizers")
    names = list(dict.fromkeys(run.settings["optimizer"] for run in runs))
    need_answers(best_rate)
    if not isinstance(best_rates, Mapping) or any(best_rates.get(name) in (None, ...) for name in names):
        raise Slip("not-yet", NOT_YET)
    rate = number(best_rate)
    if rate is None or not math.isclose(rate, SWEEP_WINNER):
        slip, how = ("no-rate", ".") if rate is None else (
            ("too-small", ": it is too small.") if rate < SWEEP_WINNER else ("too-large", ": too large."))
        raise Slip(slip, f"The short sweep: {best_rate} is not the power of ten with the lowest loss after "
                         f"1,000 updates{how}")
    for name in names:
        rate, (best, medians) = number(best_rates[name]), best_of(runs, name)
        if rate not in medians:
            tried = ", ".join(f"{r:g}" for r in medians)
            raise Slip("not-tried", f"{name}: {best_rates[name]} was not tried; the rates are {tried}.")
        if rate != best:
            raise Slip("not-the-best",
                       f"{name}: at rate {rate:g} the median loss is {medians[rate]:.2f}; another rate is "
                       "better.")
    return "Right: each at its best rate. The rate moves the loss far more than the choice of optimiser."


def best_of(runs: list[History], optimizer: str) -> tuple[float, dict[float, float]]:
    """The rate with the lowest median loss on the training text at the end, and the medians of all rates."""
    losses: dict[float, list[float]] = {}
    for run in runs:
        if run.settings["optimizer"] == optimizer:
            losses.setdefault(run.settings["learning_rate"], []).append(run.train[-1])
    medians = {rate: float(np.median(values)) for rate, values in losses.items()}
    return min(medians, key=medians.get), medians


@check
def check_rnn_step(step: Callable) -> str:
    """Try ``step(i, h_prev, W_xh, W_hh, b_h, W_hy, b_y) -> (h, y)`` on fresh numbers."""
    rng = np.random.default_rng(4)
    for V, H in ((6, 4), (4, 6), (5, 5)):
        i, h_prev, b_h, b_y = 2, rng.uniform(-0.9, 0.9, H), rng.normal(size=H), rng.normal(size=V)
        W_xh, W_hh, W_hy = rng.normal(size=(V, H)), rng.normal(size=(H, H)), rng.normal(size=(H, V))
        given = f"With V = {V} and H = {H}"
        h, y = answer_of(
            step, i, h_prev, W_xh, W_hh, b_h, W_hy, b_y, unanswered=None, read=_two_arrays,
            stops=f"{given} your step stops with a {{kind}}. h is ({H},), W_hy is ({H}, {V}), "
                  f"and y should be ({V},): which product gives that?")
        right = np.tanh(W_xh[i] + h_prev @ W_hh + b_h)
        if h.shape != (H,) or y.shape != (V,):
            raise Slip("wrong-shape",
                       f"{given}, h should be ({H},) and y ({V},), but yours are {h.shape} and {y.shape}.")
        if np.allclose(h, np.tanh(W_xh[i] + W_hh @ h_prev + b_h)) and not np.allclose(h, right):
            raise Slip("transposed",
                       "No error any more, and every shape fits, but h is still wrong: W_hh is square, so a "
                       "product the wrong way round goes unnoticed.")
        if not np.allclose(h, right):
            raise Slip("wrong-h",
                       f"{given}, h is not tanh(W_xh[i] + h_prev @ W_hh + b_h): compare term by term.")
        if not np.allclose(y, h @ W_hy + b_y):
            raise Slip("wrong-y", f"{given}, h is right, but y is not h @ W_hy + b_y.")
    return "Right: both faults are gone, the loud one and the silent one."


def _two_arrays(answer) -> tuple[np.ndarray, np.ndarray]:
    h, y = (np.asarray(part, dtype=float) for part in answer)
    return h, y


@check
def check_lengths(updates_made: Mapping[int, int], best_per_update: int, best_per_character: int,
                  buys: str) -> str:
    """Say whether the answers fit the shipped runs over sequence lengths."""
    if not isinstance(updates_made, Mapping):
        raise Slip("no-dictionary", "updates_made should be a dictionary from lengths to numbers of updates.")
    need_answers(best_per_update, best_per_character, buys, *updates_made.values())
    runs = load_runs("02/lengths")
    for run in runs:
        length, updates = run.settings["length"], run.settings["updates"]
        if length in updates_made and updates_made[length] != updates:
            raise Slip("updates-made",
                       f"Length {length}: not {updates_made[length]}. Each update reads {length} new "
                       "characters; how many updates do 200,000 characters give?")
    at_update = {length: np.median([loss_at(run, LOOK) for run in some]) for length, some in by_length(runs)}
    at_end = {length: np.median([run.train[-1] for run in some]) for length, some in by_length(runs)}
    for slip, what, answer, medians in (
            ("best-per-update", "after 2,000 updates", best_per_update, at_update),
            ("best-per-character", "after 200,000 characters", best_per_character, at_end)):
        length = number(answer)
        if length not in medians:
            raise Slip("no-such-length",
                       f"{answer!r} is not one of the lengths {', '.join(map(str, medians))}.")
        if length != min(medians, key=medians.get):
            raise Slip(slip,
                       f"{what.capitalize()}, length {answer} has a median loss of {medians[length]:.2f} on "
                       "the training text, and another length is better.")
    slips = {
        "a": Slip("not-a", "Not a: from length 2 on, the medians of the best held-out loss differ by less "
                           "than 0.1."),
        "c": Slip("not-c", "Not c: per character read, length 100 learns less than 25; it makes a quarter of "
                           "the updates."),
        "d": Slip("not-d", "Not d: the state is carried from chunk to chunk at any length; with 1 it reaches "
                           "as far back."),
    }
    answer = str(buys).strip().lower()
    if answer == "b":
        return "Right: a longer sequence buys a better update, and pays for it with fewer of them."
    raise slips.get(answer, Slip("no-letter", "buys should be one of the letters a, b, c, d, but is "
                                              f"{buys!r}."))


def by_length(runs: list[History]) -> list[tuple[int, list[History]]]:
    """The runs of each sequence length, shortest first."""
    lengths = sorted({run.settings["length"] for run in runs})
    return [(length, [run for run in runs if run.settings["length"] == length]) for length in lengths]


def loss_at(run: History, update: int) -> float:
    """Loss on the training text after `update` updates, interpolated between the measured ones."""
    return float(np.interp(np.log(update), np.log(np.maximum(run.updates, 0.5)), run.train))
