"""Read-outs: what is made of a cell's states, and how far that is from what was wanted."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from helpers.networks.cells.cell import largest_symbol
from helpers.networks.cells.workspace import Cache, flat
from helpers.networks.checks import check_share, check_size
from helpers.networks.parameters import Parameters


class OutputLayer(ABC):
    """scores = (h m) W_hy + b_y, from every state or from the last one only.

    The mask m hides some of h while the model trains, and only from the readout: with probability
    `dropout` it is 0, else 1 / (1 - dropout) (Zaremba, Sutskever and Vinyals 2014). Measuring and
    sampling use all of h.

    There are K scores, `outputs`. With `last` only the state after the last step of a chunk is asked.
    A new readout says what targets it takes in `check`, and in `losses` what the loss of a score is.
    """

    uniform_loss = float("inf")     # if all outputs are equally likely; infinite if there is no such thing

    def __init__(self, outputs: int, last: bool = False, dropout: float = 0.0):
        self.outputs, self.last = check_size("outputs", outputs), bool(last)
        self.dropout = check_share("dropout", dropout)

    def __repr__(self) -> str:
        settings = ", last=True" * self.last + f", dropout={self.dropout:g}" * bool(self.dropout)
        return f"{type(self).__name__}({self.outputs}{settings})"

    def shapes(self, hidden_size: int) -> dict[str, tuple[int, ...]]:
        """Names and shapes of its parameters."""
        return {"W_hy": (hidden_size, self.outputs), "b_y": (self.outputs,)}

    @abstractmethod
    def check(self, targets: ArrayLike, steps: int, batch: int, dtype: DTypeLike) -> np.ndarray:
        """The targets as `losses` takes them; ValueError or TypeError if they don't fit."""

    @abstractmethod
    def losses(self, scores: np.ndarray, targets: np.ndarray, count: int | None) -> np.ndarray:
        """The loss of each of N columns of `scores` (K, N), which may be overwritten.

        With a `count`, of all columns of which the mean is taken, `scores` becomes the mean's gradient.
        """

    def target_shape(self, steps: int, batch: int) -> tuple[int, ...]:
        """(T, B), or (B,) where the last state alone is asked."""
        return (batch,) if self.last else (steps, batch)

    def select(self, h: np.ndarray) -> np.ndarray:
        """The states that are asked, (N, H), a view."""
        return h[-1] if self.last else flat(h)

    def scores(self, p: Parameters, rows: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Scores (K, N) of states (N, H): a column for each, because NumPy's way down a column is quicker."""
        scores = np.dot(p.W_hy.T, rows.T, out)
        scores += p.b_y[:, None]
        return scores

    def loss(self, p: Parameters, h: np.ndarray, targets: np.ndarray) -> float:
        """Sum of the losses of states (T, B, H), by targets of `check`."""
        return float(self.losses(self.scores(p, self.select(h)), targets, None).sum(dtype=np.float64))

    def loss_and_grads(
        self, p: Parameters, h: np.ndarray, targets: np.ndarray, grads: Parameters, cache: Cache,
        rng: np.random.Generator | None = None,
    ) -> tuple[float, np.ndarray]:
        """Mean loss of states h (T, B, H) and its gradient with respect to them, d_h, which is in `cache`.

        The gradients of the readout's own parameters are written into `grads`; `rng` draws the masks.
        """
        rows, mask = self.select(h), None
        N = len(rows)
        if self.dropout:
            if rng is None:
                raise TypeError(f"rng is None, but {self!r} draws masks. Pass a generator.")
            mask = (rng.random(rows.shape, rows.dtype) >= self.dropout).astype(rows.dtype)
            mask /= 1 - self.dropout
            rows = rows * mask
        d_scores = self.scores(p, rows, cache.array("scores", self.outputs, N))
        losses = self.losses(d_scores, targets, N)               # which makes the gradient of the scores
        d_h = cache.array("d_h", *h.shape)
        d_rows = self.select(d_h)
        if self.last:
            d_h[:-1] = 0                                         # the others are not asked
        self._backward(p, rows, d_scores, d_rows, grads)
        if mask is not None:
            d_rows *= mask                                       # what was hidden gets no gradient
        return float(np.add.reduce(losses)) / N, d_h

    def _backward(self, p, rows, d_scores, d_rows, grads) -> None:
        np.dot(rows.T, d_scores.T, grads.W_hy)
        np.dot(d_scores, np.ones(len(rows), rows.dtype), grads.b_y)    # quicker than a sum
        np.dot(d_scores.T, p.W_hy.T, d_rows)


class Softmax(OutputLayer):
    """Probabilities of K symbols; the loss is -ln p of the one that is wanted, in nats."""

    def __init__(self, outputs: int, last: bool = False, dropout: float = 0.0):
        super().__init__(outputs, last, dropout)
        self.uniform_loss = float(np.log(outputs))

    def check(self, targets: ArrayLike, steps: int, batch: int, dtype: DTypeLike) -> np.ndarray:
        """Symbols, (T, B) or (B,), flat."""
        targets, shape = np.asarray(targets), self.target_shape(steps, batch)
        if targets.dtype.kind not in "iu":
            raise TypeError(f"targets must be integers, got {targets.dtype}")
        if targets.shape != shape:
            raise ValueError(f"targets has shape {targets.shape}, expected {shape}")
        if largest_symbol(targets) >= self.outputs:
            raise ValueError(
                f"targets has {targets.min()} to {targets.max()}, expected 0 to {self.outputs - 1}")
        return targets.ravel()

    def losses(self, scores: np.ndarray, targets: np.ndarray, count: int | None) -> np.ndarray:
        """-ln softmax(scores) at the target; its gradient is (probability - one-hot target) / count."""
        columns = np.arange(scores.shape[1])
        scores -= np.maximum.reduce(scores, axis=0)              # so that exp can't overflow
        target_scores = scores[targets, columns]
        e = np.exp(scores, out=scores)
        total = np.dot(np.ones(len(e), e.dtype), e)              # quicker than a sum
        if count is not None:
            e *= 1 / (count * total)
            e[targets, columns] -= 1 / count
        return np.log(total) - target_scores


class Linear(OutputLayer):
    """K numbers; the loss is the squared error, its mean over all numbers that are wanted."""

    def check(self, targets: ArrayLike, steps: int, batch: int, dtype: DTypeLike) -> np.ndarray:
        """Numbers, (T, B, K) or (B, K), without the last size where K is 1; as (K, N)."""
        targets, shape = np.asarray(targets), self.target_shape(steps, batch)
        if targets.dtype.kind not in "fiu":
            raise TypeError(f"targets must be numbers, got {targets.dtype}")
        if targets.shape != (*shape, self.outputs) and not (self.outputs == 1 and targets.shape == shape):
            raise ValueError(f"targets has shape {targets.shape}, expected {(*shape, self.outputs)}")
        if not np.isfinite(targets).all():
            raise ValueError("targets has values that are infinite or not a number")
        return targets.reshape(-1, self.outputs).T.astype(dtype)

    def losses(self, scores: np.ndarray, targets: np.ndarray, count: int | None) -> np.ndarray:
        """(score - target)^2, its mean over a column; its gradient is 2 (score - target) / (K count)."""
        scores -= targets
        losses = np.square(scores).mean(axis=0)
        if count is not None:
            scores *= 2 / (self.outputs * count)
        return losses


class NoOutputLayer(Linear):
    """The state is what is wanted: K is the number of units, and there is nothing to learn here."""

    def shapes(self, hidden_size: int) -> dict[str, tuple[int, ...]]:
        """None. Raises ValueError if the cell has another number of units."""
        if hidden_size != self.outputs:
            raise ValueError(f"a cell of {hidden_size} units needs as many outputs, got {self.outputs}")
        return {}

    def scores(self, p: Parameters, rows: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """The states themselves, a column for each."""
        if out is None:
            return rows.T.copy()
        out[...] = rows.T
        return out

    def _backward(self, p, rows, d_scores, d_rows, grads) -> None:
        d_rows[...] = d_scores.T
