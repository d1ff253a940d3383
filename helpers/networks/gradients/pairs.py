"""The gradient of backpropagation through time in parts, one for each pair of times, for lesson 04.

A weight is used at every step s and judged by the loss of every step t >= s. The whole gradient is the
sum over all these pairs. Truncation with two numbers, as in Williams and Peng (1990) and in section
2.8.6 of Sutskever's thesis (2013), keeps some of them: every k1 steps, the losses of the last k1 steps
are passed back over the last k2 steps. A training run, though, cuts where a chunk ends.
"""

from typing import NamedTuple

import numpy as np

from helpers.networks.blas import one_blas_thread
from helpers.networks.checks import check_size
from helpers.networks.gradients.credit import all_states, by_scores, loss_by_state_gradients
from helpers.networks.model import CharModel
from helpers.networks.parameters import Parameters


def kept_pairs(steps: int, k1: int, k2: int) -> np.ndarray:
    """Which pairs of times a truncated gradient keeps: (T, T), true at [t, s] if the loss of t reaches s.

    Blocks of k1 steps end where an update is made; from there the backward pass is k2 steps long. With
    k2 = k1 the text falls into chunks, with k1 = 1 every loss reaches back over k2 steps, itself the
    first of them. With k2 < k1 the first losses of a block are never sent back at all.

    >>> kept_pairs(4, 2, 2).astype(int).tolist()
    [[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 1]]
    """
    steps, k1, k2 = check_size("steps", steps), check_size("k1", k1), check_size("k2", k2)
    t, s = np.arange(steps)[:, None], np.arange(steps)
    end = k1 * (t // k1 + 1) - 1                                 # where the block of t ends
    return (s <= t) & (s > end - k2)


class Comparison(NamedTuple):
    """A gradient beside the full one."""

    cosine: float       # of the angle between them, 1 for the same direction; 0 if one is zero
    length: float       # how long it is, if the full one is 1


def compare(part: Parameters, full: Parameters, names: tuple[str, ...] = ("W_hh",)) -> Comparison:
    """Direction and length of the gradient `part` against `full`, over the arrays in `names`."""
    a, b = (np.concatenate([grads[name].ravel() for name in names]) for grads in (part, full))
    size_a, size_b = np.linalg.norm(a), np.linalg.norm(b)
    return Comparison(float(a @ b / (size_a * size_b)) if size_a and size_b else 0.0,
                      float(size_a / size_b) if size_b else 0.0)


class GradientParts:
    """The gradient of one sequence in parts, computed once, so that any truncation of it is quick.

    It holds the gradient of every loss L_t by every state s, (T, T, B, H) for each array of the state:
    8 MB for T = 128, B = 1 and H = 64, twice that for an LSTM.

    The arguments are those of `model.loss_and_grads`, with symbols (T, B).

    Attributes:
        loss: mean over all steps, in nats per character.
        full: the gradient of backpropagation through time, nothing left out.
    """

    def __init__(self, model: CharModel, inputs, targets, state=None):
        self.loss, full, _ = model.loss_and_grads(inputs, targets, state)
        self.full, self._model = full.copy(), model
        inputs, targets = np.asarray(inputs), np.asarray(targets)
        self.steps, self.batch = inputs.shape
        with one_blas_thread():
            states = all_states(model, inputs, state)
            self._h = states[0][1:]
            self._d_scores = by_scores(model, self._h, targets) / targets.size
            # [s, t]: what the loss of t says about the state after s
            self._by_state = [np.ascontiguousarray(by_state.swapaxes(0, 1)) / self.steps
                           for by_state in loss_by_state_gradients(model, inputs, targets, state)]
            # All steps side by side, as the sequences of a batch: a step and its state need no other.
            before = tuple(a[:-1].reshape(-1, a.shape[-1]) for a in states)
            _, _, self._tape = model.cell.forward(model.params, inputs.reshape(1, -1), before)

    def truncated(self, k1: int, k2: int) -> Parameters:
        """What is left of the gradient if every k1 steps the last k1 losses are sent back over k2 steps.

        As `full`, it is the gradient of the mean over all T steps: with k1 = k2 = T they are equal.
        """
        pairs = kept_pairs(self.steps, k1, k2)
        weights = np.ascontiguousarray(pairs.T, self._h.dtype)[:, None]
        with one_blas_thread():
            d_states = [np.matmul(weights, by_state.reshape(*pairs.shape, -1)) for by_state in self._by_state]
            return self._gradient(d_states, pairs.diagonal())

    def by_lag(self) -> np.ndarray:
        """(T, P): row k is the part of the gradient that went back k steps; all rows add up to `full`.

        Columns are those of ``full.vector``.
        """
        T, rows = self.steps, np.empty((self.steps, self.full.vector.size), self._h.dtype)
        for lag in range(T):
            d_states = [np.zeros((T, *by_state.shape[2:]), by_state.dtype) for by_state in self._by_state]
            for d, by_state in zip(d_states, self._by_state, strict=True):
                d[: T - lag] = by_state[np.arange(T - lag), np.arange(lag, T)]
            with one_blas_thread():
                rows[lag] = self._gradient(d_states, np.full(T, lag == 0)).vector
        return rows

    def _gradient(self, d_states, asked: np.ndarray) -> Parameters:
        """The gradient from that at the state after each step; the readout counts the steps `asked`."""
        model, H, grads = self._model, self._h.shape[-1], self.full.zeros_like()
        d_states = tuple(d.reshape(-1, H) for d in d_states)
        d_h = np.zeros((1, *d_states[0].shape))                  # all there is stands in d_states
        model.cell.backward(model.params, d_h, self._tape, d_states, grads=grads)
        d_scores = self._d_scores[asked]
        grads.W_hy = np.tensordot(self._h[asked], d_scores, axes=((0, 1), (0, 1)))
        grads.b_y = d_scores.sum(axis=(0, 1))
        return grads
