"""The checks of the exercises of lesson 11: masks, own ends, masked look-ups, reversing, a beam."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.checks import (
    Function,
    Mistake,
    Symptom,
    against,
    answer_of,
    check,
    close,
    compare,
    numbers_of,
    several_of,
)
from helpers.lessons.lesson11 import experiments, mistakes
from helpers.networks import softmax


def batches() -> Iterator[tuple[np.ndarray, int]]:
    """The lengths of the sequences in a batch, and how many steps its rectangle has."""
    for lengths in ((5, 2, 3), (4, 1), (3, 6, 6, 1)):
        yield np.array(lengths), max(lengths) + 1


def mask_of(lengths: np.ndarray, T: int) -> np.ndarray:
    """(T, B), 1 at the places that count and 0 at the others."""
    return mistakes.masked(T, lengths).astype(float)


check_mask_of = against(
    "check_mask_of",
    Function(mask_of, batches, mistakes.MASK, Symptom(
        "another-mask", "For lengths {all_lengths} the mask should have {ones} ones, and its first column "
                        "should begin with {lengths[0]} of them."),
        also=lambda lengths, T: {"B": len(lengths), "ones": lengths.sum(),
                                 "all_lengths": ", ".join(map(str, lengths))},
        asked={"keeps": True, "what": "The mask",
               "hint": "\nHere lengths has shape ({B},) and T is {T}, so the mask has {T} rows and {B} "
                       "columns."}),
    right="Correct: each column has as many ones as its sequence has symbols.")


def last_states(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The state (B, H) of each sequence after its last symbol, from all states h (T, B, H)."""
    return mistakes.states_at(h, lengths - 1)


def states_back(d_last: np.ndarray, lengths: np.ndarray, T: int) -> np.ndarray:
    """The gradient (T, B, H) of all states, from that of the last ones (B, H)."""
    return mistakes.gradient_at(d_last, lengths - 1, T)


def states() -> Iterator[tuple]:
    rng = np.random.default_rng(115)
    for lengths, T in batches():
        yield rng.normal(size=(T, len(lengths), 3)), lengths


def gradients() -> Iterator[tuple]:
    rng = np.random.default_rng(119)
    for lengths, T in batches():
        yield rng.normal(size=(len(lengths), 3)), lengths, T


check_own_ends = against(
    "check_own_ends",
    Function(last_states, states, mistakes.LAST, Symptom(
        "another-state", "The state of sequence b should be h[lengths[b] - 1, b]."),
        called="last", asked={"keeps": True}),
    Function(states_back, gradients, mistakes.BACK, Symptom(
        "another-back", "The gradient of sequence b should be d_last[b] at step lengths[b] - 1, and 0 at all "
                        "other steps."),
        called="back", asked={"keeps": True}),
    right="Correct: each state comes after its sequence's last symbol, and its gradient is at that step.")


@check
def check_masked_look_up(masked_look_up: Callable) -> str:
    """Try ``masked_look_up(q, keys, values, mask) -> (answer, weights)``; padded steps weigh nothing."""
    rng = np.random.default_rng(116)
    for T, n in ((5, 3), (4, 4), (6, 1)):
        q, keys, values = rng.normal(size=3), rng.normal(size=(T, 3)), rng.normal(size=(T, 2))
        mask = (np.arange(T) < n).astype(float)
        answer = answer_of(masked_look_up, q, keys, values, mask, keeps=True, read=lambda answer: several_of(
            answer, ("answer", "weights"), "What masked_look_up returns"))
        weights, found = numbers_of(answer[1], (T,), "weights"), numbers_of(answer[0], (2,), "The answer")
        right = softmax(np.where(mask == 1, keys @ q, -np.inf))
        over_all = softmax(keys @ q)
        wrong = {
            Mistake("no-mask", "Padded steps have weight too, because the mask is not used yet."): over_all,
            Mistake("masked-too-late", f"The weights add up to {(mask * over_all).sum():.2f}, because you "
                                       "took the softmax over all steps and then dropped the share of the "
                                       "padding."):
                mask * over_all,
            Mistake("score-of-0", "Padded steps still have weight, because a score of 0 is a score like any "
                                  "other, and exp(0) is 1."): softmax(mask * (keys @ q)),
            Mistake("turned-round", "Only the padding has weight. The mask is 1 at the steps that count."):
                softmax(np.where(mask == 0, keys @ q, -1e9)),
        }
        leak = np.abs(weights[mask == 0]).max(initial=0)
        weighs = Mistake("padding-weighs", f"A padded step still has the weight {leak:.1g}. For a weight of "
                                           "exactly 0, its score has to be -np.inf.")
        compare(weights, right, wrong, weighs if leak else Mistake(
            "other-weights", f"With {n} symbols in {T} steps the first weight should be {right[0]:.4f}, "
                             f"but is {weights[0]:.4f}."))
        if leak:
            raise weighs
        compare(found, right @ values, {}, Mistake(
            "another-answer", "The weights are right, but the answer is not. It should be weights @ values."))
    return "Correct: padded steps have a weight of exactly 0, and the other weights add up to 1."


def reverse_own(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Each sequence of x (T, B) reversed, with its padding where it was."""
    return mistakes.reversed_by(x, lengths)


def symbols() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(117)
    for lengths, T in batches():
        yield rng.integers(1, 50, size=(T, len(lengths))), lengths


def wrong_column(found: np.ndarray, right: np.ndarray) -> dict:
    """The first column that differs: its number, what it should be and what it is."""
    b = int(np.argmax(~np.isclose(found, right).all(axis=0)))
    return {"b": b, "column": right[:, b].tolist(), "your_column": found[:, b].tolist()}


check_reverse_own = against(
    "check_reverse_own",
    Function(reverse_own, symbols, mistakes.REVERSED, Symptom(
        "another-order", "Column {b} should read {column}, its sequence reversed and then its padding, but "
                         "it reads {your_column}."),
        shown=wrong_column, asked={"keeps": True}),
    right="Correct: each sequence is reversed, and its padding is where it was.")


def beam_step(kept: list[tuple], log_p: np.ndarray, width: int) -> list[tuple]:
    """The best `width` of all strings that are one symbol longer than those kept; the best comes first.

    `kept` is a list of pairs (total, symbols), symbols a tuple; log_p (len(kept), V).
    """
    return experiments.beam_step(kept, log_p, width)


def beams() -> Iterator[tuple]:
    rng = np.random.default_rng(118)
    for number, V, width in ((1, 4, 2), (2, 4, 2), (3, 5, 3), (3, 3, 4)):
        kept = [(float(total), tuple(int(s) for s in rng.integers(V, size=3)))
                for total in -np.sort(rng.random(number))]
        yield kept, np.log(softmax(2 * rng.normal(size=(number, V)))), width


def pairs_of(answer) -> list[tuple[float, tuple]]:
    """A reader's list of pairs (total, symbols)."""
    try:
        return [(float(total), tuple(map(int, symbols))) for total, symbols in answer]
    except Exception:
        raise Mistake("no-pairs", "The result should be a list of pairs (total, symbols), where symbols "
                                  "is a tuple.") from None


def same_pairs(found: list[tuple], right: list[tuple]) -> bool:
    return len(found) == len(right) and all(
        mine[1] == its[1] and close(mine[0], its[0]) for mine, its in zip(found, right, strict=True))


check_beam_step = against(
    "check_beam_step",
    Function(beam_step, beams, mistakes.BEAM, Symptom(
        "other-strings", "There should be {width} strings, the first {right[0][1]} with a total of "
                         "{right[0][0]:.3f}."),
        same=same_pairs, also=lambda kept, log_p, width: {"all_strings": log_p.size},
        asked={"keeps": True, "read": pairs_of}),
    right="Correct: these are the best continuations of all, in order, the best first.")
