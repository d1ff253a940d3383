"""Functions of numbers that several parts of the course need."""

import numpy as np


def sigmoid(a, tanh=np.tanh):
    """1 / (1 + exp(-a)), by a tanh, which cannot overflow; `tanh` is math.tanh where `a` is one number."""
    return 0.5 + 0.5 * tanh(0.5 * a)


def relu(a, out: np.ndarray | None = None) -> np.ndarray:
    """max(a, 0), into `out` if it is given."""
    return np.maximum(a, 0, out=out)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities from scores, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def surprises(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """-ln p of each target, (T, B), from scores (T, B, V)."""
    scores = scores - scores.max(axis=2, keepdims=True)
    wanted = np.take_along_axis(scores, targets[..., None], axis=2)[..., 0]
    return np.log(np.exp(scores).sum(axis=2)) - wanted
