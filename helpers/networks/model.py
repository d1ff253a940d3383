"""A character model: a recurrent cell with a softmax read-out of the next character."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from helpers.networks.blas import one_blas_thread
from helpers.networks.cells.cell import Cell, State, largest_symbol, random_weights
from helpers.networks.cells.workspace import Trace, flat
from helpers.networks.checks import check_generator, check_positive, check_size
from helpers.networks.parameters import Parameters

PLACES = 2**13     # characters whose scores `loss` holds at a time
STEPS = 2**8       # and steps that it reads at a time
DRAWS = 2**8       # characters for which `sample` draws its noise at a time


class CharModel:
    """p(next character) = softmax(h W_hy + b_y), where h is what `cell` made of the characters so far.

    Args:
        cell: one of `CELLS`, whose input_size V is the number of characters.
        rng: where the initial weights come from.
        dtype: float64 or float32, of the parameters and of all computation.
        scale: standard deviation of normal initial weights; if left out they are uniform between
            -1/sqrt(H) and 1/sqrt(H). Biases start at 0, the forget gate's of an LSTM at 1.

    Attributes:
        params: `Parameters` of cell and read-out together: the cell's, then W_hy (H, V) and b_y (V,).

    Raises:
        TypeError, ValueError: an argument does not fit.
    """

    def __init__(
        self, cell: Cell, rng: np.random.Generator, dtype: DTypeLike = np.float64, scale: float | None = None
    ):
        if not isinstance(cell, Cell):
            raise TypeError(f"cell must be a cell such as RNN(60, 100), got {cell!r}")
        self.cell = cell
        H, V = cell.hidden_size, cell.input_size
        start = cell.init(rng, scale=scale, dtype=dtype)
        self.params = Parameters({**cell.shapes, "W_hy": (H, V), "b_y": (V,)}, dtype=start.vector.dtype)
        for name, array in start.items():
            self.params[name] = array
        self.params.W_hy = random_weights(rng, (H, V), H, scale)
        self._grads: Parameters | None = None
        self._trace: Trace | None = None

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_grads": None, "_trace": None}  # a copy makes its own work arrays

    def __repr__(self) -> str:
        return f"CharModel({self.cell!r}, {self.params.vector.size:,} parameters, {self.params.vector.dtype})"

    def loss_and_grads(
        self, inputs: ArrayLike, targets: ArrayLike, state: State | None = None
    ) -> tuple[float, Parameters, State]:
        """Mean loss, its gradients by backpropagation through time, and the last state.

        Args:
            inputs, targets: (T, B) symbols; targets are the characters that follow.
            state: carried from the chunk before, arrays (B, H); None means zeros.

        Returns:
            the loss, a float, in nats per character; the gradients, `Parameters` with the names of
            `params`, whose memory the next call uses again (copy them to keep them); the state after
            the last step. Where numbers overflow the loss is inf or nan, without a warning.

        Raises:
            ValueError, TypeError: shapes, types or symbols do not fit; nothing is changed.
        """
        wanted = self._check(inputs, targets).ravel()
        p, N = self.params, wanted.size
        if self._grads is None:
            self._grads = p.zeros_like()
        grads = self._grads
        with one_blas_thread(), np.errstate(all="ignore"):
            h, state, trace = self.cell.forward(p, inputs, state, self._trace)
            self._trace = trace
            losses, e, total = self._softmax(flat(h), wanted, trace.array("scores", len(p.b_y), N))
            e *= 1 / (N * total)
            e[wanted, np.arange(N)] -= 1 / N
            d_scores = e                                         # (probability - one-hot target) / N
            np.dot(flat(h).T, d_scores.T, grads.W_hy)
            np.dot(d_scores, np.ones_like(total), grads.b_y)
            d_h = trace.array("d_h", *h.shape)
            np.dot(d_scores.T, p.W_hy.T, flat(d_h))
            # No d_state: the gradient ends with the chunk, while the state goes on. That is the truncation.
            self.cell.backward(p, d_h, trace, grads=grads)
        return float(np.add.reduce(losses)) / N, grads, state

    def loss(
        self, inputs: ArrayLike, targets: ArrayLike, state: State | None = None
    ) -> tuple[float, State]:
        """Mean loss in nats per character and the last state, for a text of any length.

        As `loss_and_grads` without the gradients; memory does not grow with T.
        """
        wanted = self._check(inputs, targets)
        symbols, (T, B) = np.asarray(inputs), wanted.shape
        pieces = math.ceil(T / min(STEPS, max(1, PLACES // B)))
        total, trace, length = 0.0, None, math.ceil(T / pieces)  # all alike, so that one trace serves them
        with one_blas_thread(), np.errstate(all="ignore"):
            for start in range(0, T, length):
                piece = slice(start, start + length)
                h, state, trace = self.cell.forward(self.params, symbols[piece], state, trace)
                losses, _, _ = self._softmax(flat(h), wanted[piece].ravel())
                total += float(losses.sum(dtype=np.float64))
                if not math.isfinite(total):
                    break
        assert state is not None, "there is one step at least"
        return total / wanted.size, state

    def probabilities(self, prompt_ids, temperature: float = 1.0) -> np.ndarray:
        """Distribution (V,) of the character that follows a prompt.

        Args:
            prompt_ids: at least one symbol.
            temperature: above 0; scores are divided by it before the softmax.

        Raises:
            ValueError, TypeError: an argument does not fit.
        """
        temperature = check_positive("temperature", temperature)
        h, _ = self._read(prompt_ids)
        with np.errstate(all="ignore"):
            scores = np.nan_to_num(h @ self.params.W_hy + self.params.b_y)[0]
            e = np.exp((scores - scores.max()) / temperature)
        return e / e.sum()

    def sample(self, prompt_ids, length: int, rng: np.random.Generator, temperature: float = 1.0):
        """Draw `length` characters after a prompt, each fed back as the next input.

        Args:
            prompt_ids: at least one symbol; read first, not part of the result.
            length: how many characters to draw, 0 or more.
            rng: where the draws come from; the same generator gives the same characters.
            temperature: above 0; scores are divided by it before the softmax. 1 draws from the model
                as it is, near 0 the most probable character is always taken.

        Returns:
            (length,) symbols.

        Raises:
            ValueError, TypeError: an argument does not fit.
        """
        temperature = check_positive("temperature", temperature)
        if length != 0:
            check_size("length", length)
        check_generator(rng)
        h, state = self._read(prompt_ids)
        state = tuple(map(np.nan_to_num, state))                 # relu has no bounds
        step, W_hy, b_y = self.cell.stepper(self.params, state), self.params.W_hy, self.params.b_y
        ids = np.empty(length, np.intp)
        with one_blas_thread(), np.errstate(all="ignore"):
            for start in range(0, length, DRAWS):
                # Of scores s, the largest s / temperature - ln E with E exponentially distributed is a
                # draw from their softmax: no exponential function that overflows, no sum.
                block = ids[start : start + DRAWS]
                noise = np.log(rng.standard_exponential((len(block), len(b_y))))
                for i, noise_i in enumerate(b_y - temperature * noise):
                    scores = h.dot(W_hy)[0]
                    block[i] = (scores + noise_i).argmax()
                    h = step(block[i : i + 1])
        return ids

    def _softmax(self, h: np.ndarray, targets: np.ndarray, out: np.ndarray | None = None):
        """Losses (N,) of h (N, H), and e (V, N), total (N,) such that the probabilities are e / total.

        Scores lie one character a row, because NumPy finds the largest of each column quicker.
        """
        scores = np.dot(self.params.W_hy.T, h.T, out)
        scores += self.params.b_y[:, None]
        scores -= np.maximum.reduce(scores, axis=0)              # so that exp can't overflow
        target_scores = scores[targets, np.arange(len(h))]
        e = np.exp(scores, out=scores)
        total = np.dot(np.ones(len(e), e.dtype), e)              # quicker than a sum
        return np.log(total) - target_scores, e, total

    def _read(self, prompt_ids: Sequence[int] | np.ndarray):
        prompt = np.asarray(prompt_ids)
        if prompt.ndim != 1 or prompt.size == 0:
            raise ValueError(f"prompt_ids has shape {prompt.shape}, expected (n,) with at least one symbol")
        if prompt.dtype.kind not in "iu":
            raise TypeError(f"prompt_ids must be integer symbols, got {prompt.dtype}; encode the text first")
        with one_blas_thread(), np.errstate(all="ignore"):
            h, state, _ = self.cell.forward(self.params, prompt[:, None])
        return h[-1], state

    def _check(self, inputs: ArrayLike, targets: ArrayLike) -> np.ndarray:
        inputs, targets = np.asarray(inputs), np.asarray(targets)
        if inputs.dtype.kind not in "iu" or targets.dtype.kind not in "iu":
            raise TypeError(f"inputs and targets must be integers, got {inputs.dtype} and {targets.dtype}")
        if targets.shape != inputs.shape:
            raise ValueError(f"targets has shape {targets.shape}, expected that of inputs, {inputs.shape}")
        if inputs.ndim != 2 or inputs.size == 0:
            raise ValueError(f"inputs has shape {inputs.shape}, expected (T, B), neither of them 0")
        V = self.cell.input_size
        if largest_symbol(targets) >= V:
            raise ValueError(f"targets has {targets.min()} to {targets.max()}, expected 0 to {V - 1}")
        return targets
