"""The mistakes that the checks of lesson 05 know, each with a wrong answer and what the check says to it.

Tests try each check on its RIGHT and WRONG answers.
"""

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks import Mutant
from helpers.lessons.lesson05.experiments import angle_between
from helpers.networks import sigmoid

Gradient = Mapping[str, np.ndarray]
DIAGNOSES = {"A": "c", "B": "b", "C": "e", "D": "d", "E": "a"}

CLIPPED = (             # of the gradient as one vector
    Mutant("one-sided", np.minimum,
           "Large negative entries are still there. What counts is the absolute value of an entry, not its "
           "sign."),
    Mutant("signs-lost", lambda before, limit: np.minimum(np.abs(before), limit),
           "The signs are lost. A large negative entry becomes minus the limit."),
    Mutant("by-norm", lambda before, limit: before * min(1, limit / np.linalg.norm(before)),
           "That is clipping by norm. By value, each entry is cut on its own."),
    Mutant("zeroed", lambda before, limit: np.where(np.abs(before) > limit, 0, before),
           "Entries that are too large became 0. They should become the limit."),
)
ANGLE = (               # of the right angle
    Mutant("cosine", lambda angle: np.cos(np.radians(angle)),
           "That is the cosine. np.arccos turns it into an angle."),
    Mutant("other-angle", lambda angle: 180 - angle,
           "That is 180° minus the angle. What sign does your cosine have?"),
    Mutant("radians", np.radians, "That is in radians. Use np.degrees."),
)


def largest_stretch(matrix: np.ndarray) -> float:
    """The largest singular value."""
    return np.linalg.norm(matrix, 2)


def radius(matrix: np.ndarray) -> float:
    """The largest absolute value of an eigenvalue."""
    return np.abs(np.linalg.eigvals(matrix)).max()


BOUND = (
    Mutant("eigenvalue", lambda W, slope, steps: (slope * radius(W)) ** steps,
           "Some gradients grow more than that at first, because eigenvalues decide only in the long run. "
           "How much can one step stretch at most?"),
    Mutant("frobenius", lambda W, slope, steps: (slope * np.linalg.norm(W)) ** steps,
           "That is a bound, but a loose one. The root of the sum of all squared entries is usually larger "
           "than the largest stretch."),
    Mutant("no-slope", lambda W, slope, steps: largest_stretch(W) ** steps,
           "The steepest slope is a factor at every step, too."),
    Mutant("slope-once", lambda W, slope, steps: slope * largest_stretch(W) ** steps,
           "The slope is a factor at every step, not just once."),
    Mutant("no-slopes-between",
           lambda W, slope, steps: slope**steps * largest_stretch(np.linalg.matrix_power(W, steps)),
           "You multiply the matrices first, as if there were no slope between them. How much can one step "
           "stretch at most?"),
    Mutant("added", lambda W, slope, steps: slope * largest_stretch(W) * steps,
           "The factors of the steps multiply. They do not add up."),
)
WALL_B = (
    Mutant("sign", lambda w, start: w * sigmoid(start) - start,
           "The new state is w times the sigmoid, plus b."),
    Mutant("no-weight", lambda w, start: start - sigmoid(start),
           "Before b is added, the sigmoid is multiplied by w."),
    Mutant("no-sigmoid", lambda w, start: start - w * start, "The state goes through the sigmoid first."),
)
WALL_FACTOR = (
    Mutant("value-for-slope", lambda w, start: w * sigmoid(start),
           "That is what a step does to the state, not to a small change of it."),
    Mutant("weight-left-out", lambda w, start: sigmoid(start) * sigmoid(-start),
           "The change is multiplied by w as well."),
    Mutant("tanh-slope", lambda w, start: w * (1 - np.tanh(start) ** 2),
           "That has the slope of tanh, not of the sigmoid."),
)


# Answers to the checks, most of them wrong.


def join(grads: Gradient) -> np.ndarray:
    """All arrays as one vector."""
    return np.concatenate([array.ravel() for array in grads.values()])


def scale(grads: Gradient, factor: float) -> Gradient:
    return {name: factor * array for name, array in grads.items()}


def factor_of(grads: Gradient, max_norm: float) -> float:
    """By what clipping by norm multiplies a gradient."""
    return min(1, max_norm / np.linalg.norm(join(grads)))


def clip_by_norm(grads: Gradient, max_norm: float) -> Gradient:
    return scale(grads, factor_of(grads, max_norm))


def clip_in_place(grads: Gradient, max_norm: float) -> Gradient:
    factor = factor_of(grads, max_norm)
    for array in grads.values():
        array *= factor
    return grads


def clip_with(cut: Callable = lambda before, limit: before.clip(-limit, limit),
              turn: Callable = angle_between) -> Callable:
    """An answer to `check_clip_value` that cuts the whole gradient with `cut` and measures with `turn`."""
    def clip_value(grads, limit):
        before = join(grads)
        after = cut(before, limit)
        ends = np.cumsum([array.size for array in grads.values()])
        arrays = {name: part.reshape(grads[name].shape)
                  for name, part in zip(grads, np.split(after, ends[:-1]), strict=True)}
        return arrays, turn(before, after)

    return clip_value


def measure_in_single(before: np.ndarray, after: np.ndarray) -> float:
    return np.float32(angle_between(np.float32(before), np.float32(after)))


def without_bracket(before: np.ndarray, after: np.ndarray) -> float:
    with np.errstate(invalid="ignore"):
        return np.degrees(np.arccos(before @ after / np.linalg.norm(before) * np.linalg.norm(after)))


def nan_if_unclipped(before: np.ndarray, after: np.ndarray) -> float:
    """nan if nothing was cut, as if rounding had made the cosine larger than 1."""
    return np.nan if np.array_equal(before, after) else angle_between(before, after)


TAME = [[0.5, 2.0], [0.0, 0.5]]


def explode(bound: Callable = lambda W, slope, steps: (slope * np.linalg.svd(W)[1][0]) ** steps, tame=TAME,
            b: Callable = lambda w, start: start - w * sigmoid(start),
            factor: Callable = lambda w, start: w * sigmoid(start) * sigmoid(-start)) -> tuple:
    """The answers to `check_explosion`, right but for those that are given."""
    return bound, tame, lambda w, start: (b(w, start), factor(w, start))


RIGHT = {
    "check_clip_norm": [(clip_by_norm,), (lambda grads, max_norm: {
        name: np.float32(array) for name, array in clip_by_norm(grads, max_norm).items()},)],
    "check_clip_value": [(clip_with(),), (clip_with(
        lambda before, limit: np.float32(before.clip(-limit, limit)), measure_in_single),)],
    "check_threshold": [(lambda norms: np.quantile(norms, 0.95),),
                        (lambda norms: np.float32(np.percentile(norms, 97)),)],
    "check_diagnosis": [(DIAGNOSES,),
                        ({run: f" ({letter.upper()}). " for run, letter in DIAGNOSES.items()},)],
    "check_explosion": [explode(), explode(tame=np.array([[0.0, 3.0], [0.0, 0.0]]))],
}
WRONG = {
    "check_clip_norm": [
        ("too-long", (lambda grads, max_norm: grads,)),
        ("short-scaled", (lambda grads, max_norm: scale(grads, max_norm / np.linalg.norm(join(grads))),)),
        ("too-short", (lambda grads, max_norm: scale(
            grads, min(1, max_norm / np.linalg.norm(join(grads)) ** 2)),)),
        ("turned", (lambda grads, max_norm: scale(grads, -factor_of(grads, max_norm)),)),
        ("array-by-array", (lambda grads, max_norm: {
            name: array * factor_of({name: array}, max_norm) for name, array in grads.items()},)),
        ("changed-argument", (clip_in_place,)),
    ],
    "check_clip_value": [
        *((mutant.name, (clip_with(mutant.wrong),)) for mutant in CLIPPED),
        ("another-entry", (clip_with(lambda before, limit: before.clip(-2 * limit, 2 * limit)),)),
        *((mutant.name, (clip_with(turn=lambda *both, wrong=mutant.wrong: wrong(angle_between(*both))),))
          for mutant in ANGLE),
        ("another-angle", (clip_with(turn=lambda before, after: angle_between(before[:9], after[:9])),)),
        ("no-cosine", (clip_with(turn=without_bracket),)),
        ("cosine-over-one", (clip_with(turn=nan_if_unclipped),)),
        ("changed-argument", (lambda grads, limit: (clip_in_place(grads, limit), 0),)),
    ],
    "check_threshold": [
        ("not-from-record", (lambda norms: 1.0,)),
        ("wrong-end", (lambda norms: np.percentile(norms, 0.95),)),
        ("clips-half", (np.median,)),
        ("never-clips", (np.max,)),
        ("clips-often", (lambda norms: 1.25 * np.median(norms),)),
        ("moved-by-spikes", (lambda norms: np.mean(norms) + 2 * np.std(norms),)),
    ],
    "check_diagnosis": [
        *(("wrong-diagnosis", ({**DIAGNOSES, run: "b" if letter == "a" else "a"},))
          for run, letter in DIAGNOSES.items()),
        ("no-letter", ({**DIAGNOSES, "A": "b or c"},)),
    ],
    "check_explosion": [
        *((mutant.name, explode(mutant.wrong)) for mutant in BOUND),
        ("another-bound", explode(lambda W, slope, steps: 7.0)),
        ("no-stretch", explode(tame=np.eye(2) / 2)),
        ("not-tame", explode(tame=[[1.2, 0], [0, 0.1]])),
        *((mutant.name, explode(b=mutant.wrong)) for mutant in WALL_B),
        ("another-b", explode(b=lambda w, start: 0.0)),
        *((mutant.name, explode(factor=mutant.wrong)) for mutant in WALL_FACTOR),
        ("another-factor", explode(factor=lambda w, start: w)),
    ],
}
