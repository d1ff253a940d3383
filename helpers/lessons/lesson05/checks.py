"""The checks of lesson 05: both clips, a threshold from data, runs to diagnose, a theorem and a wall."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    arrays_of,
    check,
    compare,
    entries_of,
    further,
    letter_of,
    numbers_of,
    part,
    several_of,
    wait_for,
    wrong_answers,
)
from helpers.lessons.lesson05 import mistakes
from helpers.lessons.lesson05.mistakes import DIAGNOSES, join, largest_stretch
from helpers.networks import sigmoid

SHAPES = {"W_xh": (4, 3), "W_hh": (3, 3), "b_h": (3,)}
GIVEN = " Your function is given a dictionary of arrays and a number."


@check
@further("The gradient is one long arrow, made of all arrays together, and it has one norm.",
         "Multiply every array by min(1, max_norm / norm). The norm is the root of the sum of all squares.")
def check_clip_norm(clip_norm: Callable) -> str:
    """Try ``clip_norm(grads, max_norm) -> new grads`` on fresh gradients, long and short."""
    rng = np.random.default_rng(51)
    for length, max_norm in ((8.0, 2.0), (0.5, 2.0), (1e4, 5.0), (2.0, 3.0)):
        grads = _gradient(rng, length)
        answer = answer_of(clip_norm, grads, max_norm, keeps=True, hint=GIVEN,
                           read=lambda answer: arrays_of(answer, SHAPES, "What it returns"))
        before, after = join(grads), join(answer)
        norm = np.linalg.norm(after)
        if length <= max_norm and not np.allclose(after, before):
            raise Mistake("short-scaled",
                          f"A gradient of length {length:g} is within the threshold {max_norm:g} and should "
                          f"come back as it is, but its length is {norm:.3g} now. Shorten a gradient only "
                          "if it is too long.")
        cosine = after @ before / (norm * length) if norm > 0 else 0.0
        if cosine < 1 - 1e-9:
            all_short = all(np.linalg.norm(array) <= max_norm * (1 + 1e-9) for array in answer.values())
            if all_short and not np.isclose(norm, max_norm):
                mistake = Mistake("array-by-array",
                                  "Is each array shortened on its own? There is only one norm, that of all "
                                  "arrays together.")
            else:
                mistake = Mistake("turned", "Multiply all entries by the same number.")
            raise mistake.after(f"The direction has changed by {_degrees(cosine):.0f}°. ")
        if not np.isclose(norm, min(length, max_norm)):
            if norm < max_norm:
                mistake = Mistake("too-short", "The norm is the root of the sum of the squares.")
            else:
                mistake = Mistake("too-long", "The factor is max_norm / norm.")
            raise mistake.after(f"The direction is right, but not the length. It was {length:g} before, the "
                                f"threshold is {max_norm:g}, and your result is {norm:.3g} long. ")
    return ("Correct: long gradients are shortened to the threshold, short ones are left alone, and none "
            "changes its direction.")


@check("clipped", "angle")
def check_clip_value(clip_value: Callable) -> str:
    """Try ``clip_value(grads, limit) -> (new grads, angle in degrees)`` on fresh gradients."""
    rng = np.random.default_rng(52)
    for length, limit in ((6.0, 0.8), (0.3, 1.0), (1e3, 2.0)):
        grads = _gradient(rng, length)
        clipped, angle = answer_of(
            clip_value, grads, limit, keeps=True, hint=GIVEN,
            read=lambda answer: several_of(answer, ("the clipped gradient", "the angle"), "What it returns"))
        before = join(grads)
        right = before.clip(-limit, limit)
        with part("clipped"), further("Each entry on its own is brought into the range from -limit to limit.",
                                      "For one array, write np.clip(array, -limit, limit)."):
            after = join(arrays_of(clipped, SHAPES, "The clipped gradient"))
            n = int(np.argmax(~np.isclose(after, right)))
            compare(after, right, wrong_answers(mistakes.CLIPPED, before, limit), Mistake(
                "another-entry", f"With a limit of {limit:g}, the entry {before[n]:.3f} should "
                                 f"become {right[n]:.3f}, but yours is {after[n]:.3f}."))
        with part("angle"), further("The cosine is the dot product of the gradients before and after, "
                                    "divided by both lengths.",
                                    "Write np.degrees(np.arccos(np.clip(cosine, -1, 1)))."):
            cosine = before @ right / np.linalg.norm(before) / np.linalg.norm(right)
            if _is_nan(angle) and cosine < 1 - 1e-9:
                raise Mistake("no-cosine",
                              f"It is nan, and should be {_degrees(cosine):.2f}°. Your cosine is not between "
                              "-1 and 1. Divide by both lengths: a @ b / (norm(a) * norm(b)).")
            if _is_nan(angle):
                raise Mistake("cosine-over-one",
                              "It is nan. Rounding can make a cosine slightly larger than 1, and no angle "
                              "has such a cosine. Before the arccos, write np.clip(cosine, -1, 1).")
            angle, turn = numbers_of(angle, (), "It"), _degrees(cosine)
            same = partial(np.isclose, atol=0.05)       # as near as float32 comes to 0
            if not same(angle, turn):
                wait_for("clipped")
            compare(angle, turn, wrong_answers(mistakes.ANGLE, turn), Mistake(
                "another-angle", "Its cosine is a @ b / (norm(a) * norm(b)), where a and b are the whole "
                                 "gradients, with all arrays joined into one vector."),
                f"It should be {turn:.2f}°, but yours is {angle:.4g}. ", same)
    return "Correct: you cut entry by entry, and you can say by how much that turned the gradient."


@check("steady gradients", "rare spikes")
def check_threshold(choose: Callable) -> str:
    """Try ``choose(norms) -> threshold`` on records of several networks, quiet and with spikes."""
    rng = np.random.default_rng(53)
    # With these spreads no multiple of the median fits all, and no place in a sorted record does.
    for what, updates, size, spread, spikes in (
            ("a quiet run", 2000, 1.7, 0.3, 0.0), ("a run with small gradients", 500, 0.02, 0.15, 0.0),
            ("a run with large gradients", 20_000, 300.0, 0.6, 0.0),
            ("a run with rare, huge spikes", 2000, 1.0, 0.3, 0.004)):
        norms = size * rng.lognormal(0, spread, updates)
        spiked = rng.random(updates) < spikes
        norms[spiked] *= 1000
        with (part("rare spikes" if spikes else "steady gradients"),
              further("Whatever the record, the same share of its norms should be above your threshold.",
                      "5 % of the norms are above np.quantile(norms, 0.95).")):
            threshold = answer_of(choose, norms, shape=())
            share = float(np.mean(norms > threshold))
            if not 0.01 <= share <= 0.1:
                larger = answer_of(choose, 100 * norms, shape=())
                raise _threshold_mistake(share, spikes > 0, larger > 2 * threshold).after(
                    f"For {what} ({updates:,} updates, median norm {np.median(norms):.3g}) your threshold "
                    f"{threshold:.3g} clips {share:.1%} of the updates, not 1 % to 10 %. ")
    return ("Correct: your threshold fits networks whose gradients differ ten-thousandfold, and spikes do "
            "not move it.")


def _threshold_mistake(share: float, spikes: bool, from_record: bool) -> Mistake:
    """The mistake in a threshold that clips too often or too rarely; `from_record`: it grows with norms."""
    if 0.3 < share < 0.7:
        return Mistake("clips-half", "That is about half of them, but a clip is meant for unusual gradients.")
    if share > 0.7 and from_record:
        return Mistake("wrong-end", "That is most of them, but only a small share should exceed the "
                                    "threshold. (A quantile counts from below, np.quantile from 0 to 1, "
                                    "np.percentile from 0 to 100.)")
    if share > 0.7:
        return Mistake("not-from-record",
                       "Every network has gradients of a different size. Compute the threshold from the "
                       "record of norms.")
    if spikes and from_record:
        return Mistake("moved-by-spikes",
                       "Spikes moved your threshold. An average and a maximum depend on them, but a "
                       "quantile or a median hardly does.")
    if share < 0.01:
        return Mistake("never-clips", "A clip that hardly ever acts does not help. How far unusual norms lie "
                                      "above the usual one is different for each network.")
    return Mistake("clips-often", "A clip is meant for unusual gradients, and how far their norms lie above "
                                  "the usual one is different for each network.")


@check(*DIAGNOSES)
def check_diagnosis(diagnosis: Mapping[str, str]) -> str:
    """Say whether the letters a to e are given to the runs A to E as they should."""
    hints = {
        "A": "Run A learns, but slowly. How many of its updates were clipped, and how long were its "
             "gradients before clipping?",
        "B": "The gradients of run B grow to dozens of times their first size. Was anything clipped?",
        "C": "Run C is slow too, but was anything clipped? If not, the clip is not to blame.",
        "D": "The loss of run D is far above chance although most updates were clipped. A clipped step is "
             "as long as rate times threshold.",
        "E": "Look at the final loss of run E, and at its share of clipped updates.",
    }
    for name, letter in entries_of(diagnosis, DIAGNOSES, "diagnosis").items():
        with part(name), further("First sort the runs by the loss at their end: lost, slow or healthy.",
                                 "Two runs are lost and two are slow. In each pair only one was clipped."):
            letter = letter_of(letter, "abcde")
            if letter != DIAGNOSES[name]:
                raise Mistake("wrong-diagnosis", f"Diagnosis {letter} does not fit. {hints[name]}")
    return "Correct: the loss and the share of clipped updates together tell the five apart."


def _gradient(rng: np.random.Generator, length: float) -> dict[str, np.ndarray]:
    """Arrays of the given length together, no two of which have the same norm."""
    grads = {name: scale * rng.normal(size=shape)
             for scale, (name, shape) in zip((1.0, 4.0, 0.3), SHAPES.items(), strict=True)}
    total = np.linalg.norm(join(grads))
    return {name: array * (length / total) for name, array in grads.items()}


def _is_nan(angle) -> bool:
    """Whether an answer is a number, but nan."""
    return isinstance(angle, float | np.floating | np.ndarray) and bool(np.isnan(angle).all())


def _degrees(cosine: float) -> float:
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


@check("bound", "tame", "wall")
def check_explosion(bound: Callable, tame: np.ndarray, wall_at: Callable) -> str:
    """Try ``bound(W_hh, slope, steps)`` and ``wall_at(w, start) -> (b, factor)``; tame is 2 x 2."""
    rng = np.random.default_rng(55)
    with part("bound"):
        for H, slope, steps in ((4, 1.0, 7), (3, 0.25, 2), (5, 0.25, 6)):
            W = rng.normal(size=(H, H))
            _need_bound(answer_of(bound, W, slope, steps, shape=(), what="What it returns"), W, slope, steps)
    with part("tame"):
        _need_tame(numbers_of(tame, (2, 2), "tame"))
    with part("wall"):
        for w, start in ((5.5, 0.5), (3.0, -1.2), (6.2, 0.1)):
            b, factor = answer_of(wall_at, w, start, read=_b_and_factor)
            _need_wall(b, factor, w, start)
    return ("Correct: your bound holds, your matrix stretches at first but is tame in the end, and on your "
            "wall the state stays.")


def _b_and_factor(answer) -> list[float]:
    return [numbers_of(value, (), "It")
            for value in several_of(answer, ("b", "the factor"), "What it returns")]


@further("A step back does two things to the gradient. How much can each lengthen it at most?",
         "Write (slope * np.linalg.norm(W_hh, 2)) ** steps.")
def _need_bound(answer: float, W: np.ndarray, slope: float, steps: int) -> None:
    right = (slope * largest_stretch(W)) ** steps
    compare(answer, right, wrong_answers(mistakes.BOUND, W, slope, steps),
            Mistake("another-bound", "How much can one step stretch at most?"),
            f"For a {len(W)} × {len(W)} matrix, a slope of {slope} and {steps} steps your bound is "
            f"{answer:.4g}. ",
            same=np.isclose)


@further("In a triangular matrix the diagonal decides in the end. The number beside it stretches at first.",
         "Write 0.5 twice on the diagonal, 2 or more above it, and 0 below it.")
def _need_tame(matrix: np.ndarray) -> None:
    S = largest_stretch(matrix)
    left = largest_stretch(np.linalg.matrix_power(matrix, 100))
    if not S > 1 + 1e-6:
        raise Mistake("no-stretch", f"Its largest singular value is {S:.3g}, so it stretches nothing.")
    if not left < 0.01:
        raise Mistake("not-tame", f"After 100 steps some gradient is {left:.3g} times as long. What do small "
                                  "eigenvalues do in the end?")


@further("With s for the sigmoid of start, a step leads from start to w * s + b.",
         "So b is start - w * s. The factor is the slope of w * s, which is w * s * (1 - s).")
def _need_wall(b: float, factor: float, w: float, start: float) -> None:
    s = sigmoid(start)
    place = f"With w = {w} and start = {start} "
    compare(b, start - w * s, wrong_answers(mistakes.WALL_B, w, start),
            Mistake("another-b", "One step from start should lead back to start."),
            f"{place}your b is {b:.4g}, and a step leads to {w * s + b:.4g}. ", same=np.isclose)
    compare(factor, w * s * (1 - s), wrong_answers(mistakes.WALL_FACTOR, w, start),
            Mistake("another-factor", "Move the state a little. How many times as large is that change after "
                                      "one step?"),
            f"{place}your factor is {factor:.4g}. ", same=np.isclose)
