"""Functions of numbers that several parts of the course need."""

import numpy as np


def sigmoid(a, tanh=np.tanh):
    """1 / (1 + exp(-a)), by a tanh, which cannot overflow; `tanh` is math.tanh where `a` is one number."""
    return 0.5 + 0.5 * tanh(0.5 * a)


def relu(a, out: np.ndarray | None = None) -> np.ndarray:
    """max(a, 0), into `out` if it is given."""
    return np.maximum(a, 0, out=out)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities from scores (..., V), over the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def nll(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """-ln softmax(scores) at each target, in nats: (...) from scores (..., V) and targets (...), integers."""
    scores = scores - scores.max(axis=-1, keepdims=True)
    wanted = np.take_along_axis(scores, targets[..., None], axis=-1)[..., 0]
    return np.log(np.exp(scores).sum(axis=-1)) - wanted
