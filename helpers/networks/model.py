"""A model: a recurrent cell and a readout; and the character model, which predicts the next character."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from helpers.networks.blas import one_blas_thread
from helpers.networks.cells.cell import Cell, State, largest_symbol, random_weights
from helpers.networks.cells.workspace import Cache
from helpers.networks.checks import check_generator, check_positive, check_size
from helpers.networks.functions import softmax
from helpers.networks.output_layers import OutputLayer, Softmax
from helpers.networks.parameters import Parameters

PLACES = 2**13     # targets whose scores `loss` holds at a time
STEPS = 2**8       # and steps that it reads at a time
DRAWS = 2**8       # characters for which `sample` draws its noise at a time


class Model:
    """A recurrent cell, and a readout that makes scores and a loss of its states.

    Args:
        cell: one of `CELLS`, or your own, a `PlainCell`.
        output_layer: `Softmax`, `Linear` or `NoOutputLayer`.
        rng: draws the initial weights, and the masks of dropout.
        scale: standard deviation of normal initial weights; if left out they are uniform between
            -1/sqrt(H) and 1/sqrt(H). Biases start at 0, the forget gate's of an LSTM at 1.
        start: the cell's parameters to begin with, instead of fresh ones; their dtype is the model's.

    Attributes:
        params: `Parameters` of cell and readout together: the cell's, then W_hy (H, K) and b_y (K,) if
            the readout has them.
    """

    def __init__(
        self, cell: Cell, output_layer: OutputLayer, rng: np.random.Generator, dtype: DTypeLike = np.float64,
        scale: float | None = None, start: Parameters | None = None,
    ):
        if not isinstance(cell, Cell):
            raise TypeError(f"cell must be a cell such as RNN(60, 100), got {cell!r}")
        if not isinstance(output_layer, OutputLayer):
            raise TypeError(f"output_layer must be an output layer such as Softmax(60), got {output_layer!r}")
        self.cell, self.output_layer, H = cell, output_layer, cell.hidden_size
        start = cell.init(rng, scale=scale, dtype=dtype) if start is None else start
        self.params = Parameters({**cell.shapes, **output_layer.shapes(H)}, dtype=start.vector.dtype)
        for name, array in start.items():
            self.params[name] = array
        if "W_hy" in self.params:
            self.params.W_hy = random_weights(rng, self.params.W_hy.shape, H, scale)
        self._rng = rng
        self._grads: Parameters | None = None
        self._tape: Cache | None = None

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_grads": None, "_tape": None}  # a copy makes its own work arrays

    def __repr__(self) -> str:
        p = self.params.vector
        return f"Model({self.cell!r}, {self.output_layer!r}, {p.size:,} parameters, {p.dtype})"

    def loss_and_grads(
        self, inputs: ArrayLike, targets: ArrayLike, state: State | None = None
    ) -> tuple[float, Parameters, State]:
        """Mean loss over all targets, its gradients by backpropagation through time, and the last state.

        The next call uses the memory of the gradients again: copy them to keep them. Where numbers overflow
        the loss is inf or nan, without a warning.

        Args:
            inputs: (T, B) symbols or (T, B, D) floats, as the cell takes them.
            targets: as the readout takes them: for each state or for the last one, symbols or numbers.
            state: carried from the chunk before, arrays (B, H); None means zeros.
        """
        wanted, _, _ = self._check(inputs, targets)
        p = self.params
        if self._grads is None:
            self._grads = p.zeros_like()
        grads = self._grads
        with one_blas_thread(), np.errstate(all="ignore"):
            h, state, cache = self.cell.forward(p, inputs, state, self._tape)
            self._tape = cache
            loss, d_h = self.output_layer.loss_and_grads(p, h, wanted, grads, cache, self._rng)
            # No d_state: the gradient ends with the chunk, while the state goes on. That is the truncation.
            self.cell.backward(p, d_h, cache, grads=grads)
        return loss, grads, state

    def loss(
        self, inputs: ArrayLike, targets: ArrayLike, state: State | None = None
    ) -> tuple[float, State]:
        """Mean loss and the last state, without dropout; memory does not grow with T."""
        wanted, T, B = self._check(inputs, targets)
        inputs, last = np.asarray(inputs), self.output_layer.last
        pieces = math.ceil(T / min(STEPS, max(1, PLACES // B)))
        total, cache, length = 0.0, None, math.ceil(T / pieces)  # all alike, so that one cache serves them
        with one_blas_thread(), np.errstate(all="ignore"):
            for start in range(0, T, length):
                end = min(start + length, T)
                h, state, cache = self.cell.forward(self.params, inputs[start:end], state, cache)
                if not last:
                    total += self.output_layer.loss(self.params, h, wanted[..., start * B : end * B])
                elif end == T:
                    total += self.output_layer.loss(self.params, h, wanted)
                if not math.isfinite(total):
                    break
        assert state is not None, "there is one step at least"
        return total / (B if last else T * B), state

    def scores(self, inputs: ArrayLike, state: State | None = None) -> np.ndarray:
        """The readout's outputs after each step, (T, B, K), or (B, K) if asked after the last only."""
        with one_blas_thread(), np.errstate(all="ignore"):
            h, _, _ = self.cell.forward(self.params, inputs, state)
            scores = self.output_layer.scores(self.params, self.output_layer.select(h)).T
        return scores.reshape(*(h.shape[1:2] if self.output_layer.last else h.shape[:2]), -1)

    def _check(self, inputs: ArrayLike, targets: ArrayLike) -> tuple[np.ndarray, int, int]:
        """The targets as the readout takes them, and T and B. The cell checks the rest of the inputs."""
        inputs = np.asarray(inputs)
        if inputs.ndim not in (2, 3) or inputs.size == 0:
            raise ValueError(f"inputs has shape {inputs.shape}, expected (T, B) or (T, B, D), "
                             "each at least 1")
        T, B = inputs.shape[:2]
        return self.output_layer.check(targets, T, B, self.params.vector.dtype), T, B


class CharModel(Model):
    """p(next character) = softmax(h W_hy + b_y), where h is what `cell` made of the characters so far.

    The cell's input_size V is the number of characters. `dropout` is the share of h that is hidden from the
    readout at each update; the other arguments are those of a `Model`.
    """

    def __init__(
        self, cell: Cell, rng: np.random.Generator, dtype: DTypeLike = np.float64, scale: float | None = None,
        dropout: float = 0.0,
    ):
        if not isinstance(cell, Cell):
            raise TypeError(f"cell must be a cell such as RNN(60, 100), got {cell!r}")
        super().__init__(cell, Softmax(cell.input_size, dropout=dropout), rng, dtype, scale)

    def __repr__(self) -> str:
        return f"CharModel({self.cell!r}, {self.params.vector.size:,} parameters, {self.params.vector.dtype})"

    def probabilities(self, prompt_ids, temperature: float = 1.0) -> np.ndarray:
        """Distribution (V,) of the character that follows a prompt, with its scores over the temperature."""
        temperature = check_positive("temperature", temperature)
        prompt = self._prompt(prompt_ids)
        with one_blas_thread(), np.errstate(all="ignore"):
            _, (h, *_), _ = self.cell.forward(self.params, prompt[:, None])
            scores = np.nan_to_num(h @ self.params.W_hy + self.params.b_y)
            return softmax((scores - scores.max()) / temperature)[0]

    def sample(self, prompt_ids, length: int, rng: np.random.Generator, temperature: float = 1.0):
        """Draw `length` characters after a prompt, each of which becomes the next input.

        The prompt, of at least one symbol, is not part of the result. Scores are divided by the temperature
        before the softmax: 1 draws from the model as it is, near 0 the most probable character is taken.
        """
        temperature = check_positive("temperature", temperature)
        if length != 0:
            check_size("length", length)
        check_generator(rng)
        p, prompt, ids = self.params, self._prompt(prompt_ids), np.empty(length, np.intp)
        state = tuple(array[0] for array in self.cell.zero_state(1, p.vector.dtype))
        move, width = self.cell.step_fn(p, state), p.W_hh.shape[1]
        x_W, W, b_y = p.W_xh + p.b_h, np.hstack((p.W_hh, p.W_hy)), p.b_y      # both products of h in one
        with one_blas_thread(), np.errstate(all="ignore"):
            h_W = state[0].dot(W)
            for symbol in prompt:
                h_W = move(x_W[symbol], h_W[:width]).dot(W)
            for start in range(0, length, DRAWS):
                # Of scores s, the largest s / temperature - ln E with E exponentially distributed is a
                # draw from their softmax: no exponential function that overflows, no sum.
                block = ids[start : start + DRAWS]
                noise = np.log(rng.standard_exponential((len(block), len(b_y))))
                for i, noise_i in enumerate(b_y - temperature * noise):
                    block[i] = drawn = (h_W[width:] + noise_i).argmax()
                    h_W = move(x_W[drawn], h_W[:width]).dot(W)
        return ids

    def _prompt(self, prompt_ids: Sequence[int] | np.ndarray) -> np.ndarray:
        """The symbols of a prompt, (n,), if it is one."""
        prompt, V = np.asarray(prompt_ids), self.cell.input_size
        if prompt.ndim != 1 or prompt.size == 0:
            raise ValueError(f"prompt_ids has shape {prompt.shape}, expected (n,) with at least one symbol")
        if prompt.dtype.kind not in "iu":
            raise TypeError(f"prompt_ids must be integer symbols, got {prompt.dtype}; encode the text first")
        if largest_symbol(prompt) >= V:
            raise ValueError(f"prompt_ids has symbols from {prompt.min()} to {prompt.max()}, expected 0 to "
                             f"{V - 1}")
        return prompt

    def _check(self, inputs: ArrayLike, targets: ArrayLike) -> tuple[np.ndarray, int, int]:
        inputs = np.asarray(inputs)
        if inputs.dtype.kind not in "iu":
            raise TypeError(f"inputs must be integers, got {inputs.dtype}")
        return super()._check(inputs, targets)
