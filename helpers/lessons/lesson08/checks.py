"""The checks of lesson 08's exercises: equal sizes, a feature of text, patience, a control, and dropout."""

from collections.abc import Iterator
from operator import eq

import numpy as np

from helpers.checks import Function, Part, Symptom, against
from helpers.lessons.lesson08 import mistakes
from helpers.networks import CELLS, CharModel


def count(cell: str, V: int, H: int) -> int:
    """The parameters of a character model with this cell."""
    return CharModel(CELLS[cell](V, H), np.random.default_rng(0)).params.vector.size


def models() -> Iterator[tuple[str, int, int]]:
    rng = np.random.default_rng(81)
    yield from (("RNN", 61, 204), ("LSTM", 61, 96), ("GRU", 61, 113))
    yield from ((name, *rng.integers(3, 40, 2).tolist()) for name in mistakes.GATES)


check_parameters = against(
    "check_parameters",
    Function(count, models, mistakes.COUNT, Symptom(
        "another-count", "Add up W_xh, W_hh, b_h, {b_hn}W_hy and b_y one by one.",
        "Write down the shape of each array. In the {cell}, W_xh has the shape {W_xh}.",
        "With k blocks the number is k * (V * H + H * H + H) + H * V + V, and the GRU has H more."),
        told="With V = {V} and H = {H} the {cell} has {right:,} parameters, but count returns {found:,.0f}. ",
        part_of=lambda cell, V, H: cell, same=eq,
        also=lambda cell, V, H: {"k": (k := mistakes.GATES[cell]), "W_xh": (V, k * H), "W_hh": (H, k * H),
                                 "b_hn": "b_hn, " * (cell == "GRU")}),
    right="Correct: your count is right for all three cells, at the sizes of the race and at others.")


def depth(text: str) -> np.ndarray:
    """How many round brackets are open after each character; shape (N,)."""
    return mistakes.changes(text).cumsum()


check_depth = against(
    "check_depth",
    Function(depth, [(text,) for text in ("a (b (c) d) e", "no brackets", "(()())",
                                          "[a (b) [c]] (d [e (f (g))], h)", "((x) (y (z)")],
             mistakes.DEPTH, Symptom(
        "another-depth", "Go through the text with a counter. Add 1 at '(' and subtract 1 at ')'.",
        "The depths of that text are {depths}.",
        "np.cumsum adds up all changes so far: +1 at '(', -1 at ')', and 0 elsewhere."),
        told="In {text!r}, after the {text_at!r} at index {at}, the depth is {right_at}, but yours is "
             "{found_at:g}. ",
        also=lambda text: {"depths": ", ".join(map(str, depth(text)))}),
    right="Correct: your depths are right for five texts. One has square brackets, and one has brackets that "
          "never close.")


def stop_at(losses: list[float], patience: int) -> int:
    """The index of the best loss before training stops."""
    return mistakes.stop_early(losses, patience)[0]


def curves() -> Iterator[tuple[list[float], int]]:
    rng = np.random.default_rng(83)
    yield from (([3.0, 2.0, 1.5, 1.6, 1.7, 1.8, 1.9, 1.0], 3), ([3.0, 2.0, 2.5, 1.9, 2.0, 2.2, 2.4], 2),
                ([3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 1.8, 1.9, 2.0, 2.1, 1.0], 3),
                ([2.0, 1.8, 1.9, 1.8, 1.9, 1.7, 1.8, 1.7, 1.8, 1.9, 1.9, 1.0], 3), ([3.0, 2.0, 1.0], 5))
    for _ in range(4):
        yield (2 + 0.3 * rng.normal(size=30)).round(2).tolist(), int(rng.integers(2, 6))


check_patience = against(
    "check_patience",
    Function(stop_at, curves, mistakes.PATIENCE, Symptom(
        "another-look", "Go through the losses and remember the index of the best so far.",
        "If a loss is lower than the best so far, it becomes the best. If it is not, count the losses since "
        "the best one, and compare that number with the patience.",
        "The loop stops when n - best >= patience, where n is the index of the loss and best that of the "
        "best so far. The function returns best."),
        told="For the losses {losses} and a patience of {patience}, the best loss before the stop has the "
             "index {right}, but yours is {found:g}. "),
    right="Correct: your rule keeps the right loss on nine curves. Some of them would have fallen lower "
          "later, but nobody could have known.")


def largest(cells: np.ndarray, feature: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """The largest |r| of any unit for each shift; shape (S,)."""
    return mistakes.over_units(cells, feature, shifts)


def units() -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Random walks of units; one unit falls as the moved feature rises."""
    rng = np.random.default_rng(84)
    for N, H in ((200, 5), (90, 12)):
        feature = np.sign(np.sin(np.arange(N) / 7)) + 0.1 * rng.normal(size=N)
        cells = rng.normal(size=(N, H)).cumsum(axis=0)
        cells[:, 1] = 3 - 2 * np.roll(feature, 15) + 0.3 * rng.normal(size=N)
        yield cells, feature, np.array([11, 15, N // 2, N - 20])


check_control = against(
    "check_control",
    Function(largest, units, mistakes.CONTROL, Symptom(
        "another-r", "For a shift of {shifts_at} the largest |r| is {right_at:.3f}, but yours is "
                     "{found_at:.3f}. Shift the feature, correlate it with every unit, and take the "
                     "largest |r|.",
        "For one unit, r is np.corrcoef(cells[:, unit], moved)[0, 1].",
        "For one shift, moved is np.roll(feature, shift). Return the largest abs(r) of all units.")),
    right="Correct: your control is right for two sets of units. In each set one unit falls as the feature "
          "rises, so |r| was needed.")


def read_out(h, kept, share, W_hy, b_y, targets):
    """The loss, d_W_hy and d_h of an output layer with dropout."""
    return mistakes.passes(h, mistakes.mask_of(kept, share), W_hy, b_y, targets)


def layers() -> Iterator[tuple]:
    rng = np.random.default_rng(85)
    for N, H, V, share in ((6, 5, 4, 0.4), (3, 8, 6, 0.25)):
        h, W_hy, b_y = rng.normal(size=(N, H)), rng.normal(size=(H, V)), rng.normal(size=V)
        kept, targets = rng.random((N, H)) >= share, rng.integers(V, size=N)
        kept[0] = np.arange(H) % 2
        yield h, kept, share, W_hy, b_y, targets


GRADIENT = Part(
    Symptom("another-gradient", "Compare it with finite differences of the loss.",
            "Both gradients come from d_scores, which is (p - one_hot(targets)) / N.",
            "d_W_hy is (h * mask).T @ d_scores, and d_h is (d_scores @ W_hy.T) * mask."),
    told="Entry {at} should be {right_at:.4f}, but yours is {found_at:.4f}. ", needs=("loss",))
check_dropout = against(
    "check_dropout",
    Function(read_out, layers, mistakes.DROPOUT, parts={
        "loss": Part(
            Symptom("another-loss", "The loss is the mean of -ln p[target], where p is the softmax over each "
                                    "row of scores, and the scores are (h * mask) @ W_hy + b_y.",
                    "Compare shapes. Scores and p have shape {scores}, and -ln p[target] has {rows}.",
                    "p[np.arange(N), targets] takes the target's probability from each row, and mask is kept "
                    "/ (1 - share)."),
            told="It should be {right:.4f}, but yours is {found:.4f}. "),
        "d_W_hy": GRADIENT, "d_h": GRADIENT},
        also=lambda h, kept, share, W_hy, b_y, targets: {"scores": (len(h), len(b_y)), "rows": (len(h),)}),
    right="Correct: the loss and both gradients are right for two sizes and two shares.")
