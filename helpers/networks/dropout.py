"""Dropout on the way from the state to the read-out."""

import numpy as np

from helpers.networks.blas import one_blas_thread
from helpers.networks.cells.cell import Cell
from helpers.networks.cells.workspace import flat
from helpers.networks.model import CharModel
from helpers.networks.optim import check_share


class DropoutModel(CharModel):
    """A CharModel that, while it trains, hides some of h from the read-out (Zaremba et al. 2014).

        scores = (h m) W_hy + b_y,   m = 0 with probability `dropout`, else 1 / (1 - dropout)

    The recurrent path is left alone, so that what the cell remembers is not disturbed. `loss`,
    `probabilities` and `sample` use all of h.

    Args:
        dropout: at least 0 and below 1; the other arguments are those of `CharModel`. `rng` draws the
            masks too.
    """

    def __init__(self, cell: Cell, rng: np.random.Generator, dropout: float, **settings):
        super().__init__(cell, rng, **settings)
        self.dropout, self._rng = check_share("dropout", dropout), rng

    def loss_and_grads(self, inputs, targets, state=None):
        """As in `CharModel`, with a new mask at each call."""
        targets = self._check(inputs, targets).ravel()
        p, N = self.params, targets.size
        grads = p.zeros_like()
        with one_blas_thread(), np.errstate(all="ignore"):
            h, state, self._trace = self.cell.forward(p, inputs, state, self._trace)
            kept = self._rng.random(h.shape, p.vector.dtype) >= self.dropout
            mask = kept.astype(p.vector.dtype) / (1 - self.dropout)
            seen = h * mask                                      # what the read-out sees
            losses, e, total = self._softmax(flat(seen), targets)
            d_scores = (e / total).T
            d_scores[np.arange(N), targets] -= 1
            d_scores /= N
            grads.W_hy, grads.b_y = flat(seen).T @ d_scores, d_scores.sum(axis=0)
            d_h = (d_scores @ p.W_hy.T).reshape(h.shape) * mask  # what was hidden gets no gradient
            self.cell.backward(p, d_h, self._trace, grads=grads)
        return float(losses.sum()) / N, grads, state
