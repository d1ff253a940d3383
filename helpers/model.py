"""A character model: a recurrent cell with a softmax read-out of the next character."""

import numpy as np

from helpers.cells.cell import Cell, flat, random_weights
from helpers.parameters import Parameters, float_dtype


class CharModel:
    """p(next character) = softmax(h W_hy + b_y), h from `cell` over the characters so far.

    Args:
        cell: an RNN, LSTM or GRU; its input_size V is the number of characters.
        rng: where the initial weights come from.
        dtype: float64 or float32, of parameters and of all computation.
        scale: standard deviation of normal initial weights; if left out they are uniform between
            -1/sqrt(H) and 1/sqrt(H). Biases start at 0, an LSTM's forget bias at 1.

    Attributes:
        params: `Parameters` of cell and read-out together; its names are the cell's, W_hy (H, V), b_y (V,).
    """

    def __init__(self, cell: Cell, rng: np.random.Generator, dtype=np.float64, scale: float | None = None):
        self.cell = cell
        H, V = cell.hidden_size, cell.input_size
        shapes = {**cell.shapes, "W_hy": (H, V), "b_y": (V,)}
        self.params = Parameters(shapes, dtype=float_dtype(dtype))
        for name, array in cell.init(rng, scale=scale, dtype=dtype).items():
            self.params[name] = array
        self.params.W_hy = random_weights(rng, (H, V), H, scale)
        self._grads, self._trace = None, None

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_grads": None, "_trace": None}  # work arrays are not worth a copy

    def __repr__(self) -> str:
        return f"CharModel({self.cell!r}, {self.params.vector.size:,} parameters, {self.params.vector.dtype})"

    def loss_and_grads(self, inputs, targets, state=None):
        """Mean loss in nats per character, its gradients by backpropagation through time, the last state.

        Args:
            inputs, targets: (T, B) symbols; targets are the characters that follow.
            state: carried from the chunk before; None means zeros.

        Returns:
            loss, a float; gradients, a `Parameters` whose memory the next call uses again (copy it
            to keep it); the state after the last step, for the next chunk.

        Raises:
            ValueError, TypeError: shapes, types or symbols do not fit; nothing is changed.
        """
        p = self.params
        targets = self._check_targets(inputs, targets)
        with np.errstate(all="ignore"):  # a run that diverges is reported by `train`, in words
            h, state, self._trace = self.cell.forward(p, inputs, state, self._trace)
            d_scores, losses = self._softmax(h, targets)
            index = np.arange(targets.size), targets.ravel()
            d_scores[index] -= 1
            d_scores /= targets.size
            if self._grads is None:
                self._grads = p.zeros_like()
            grads = self._grads
            np.matmul(flat(h).T, d_scores, out=grads.W_hy)
            np.sum(d_scores, axis=0, out=grads.b_y)
            d_h = np.matmul(d_scores, p.W_hy.T).reshape(h.shape)
            self.cell.backward(p, d_h, self._trace, grads=grads)
        return float(losses.mean()), grads, state

    def loss(self, inputs, targets, state=None):
        """Mean loss in nats per character and the last state, nothing more."""
        targets = self._check_targets(inputs, targets)
        with np.errstate(all="ignore"):
            h, state, _ = self.cell.forward(self.params, inputs, state)
            _, losses = self._softmax(h, targets)
        return float(losses.mean()), state

    def _softmax(self, h, targets):
        scores = flat(h) @ self.params.W_hy
        scores += self.params.b_y
        scores -= scores.max(axis=1, keepdims=True)
        target_scores = scores[np.arange(targets.size), targets.ravel()]
        e = np.exp(scores, out=scores)
        total = e.sum(axis=1, keepdims=True)
        e /= total
        return e, np.log(total[:, 0]) - target_scores

    def _check_targets(self, inputs, targets) -> np.ndarray:
        inputs, targets = np.asarray(inputs), np.asarray(targets)
        if inputs.dtype.kind not in "iu" or targets.dtype.kind not in "iu":
            raise TypeError(f"inputs and targets must be integer symbols, got {inputs.dtype} and {targets.dtype}")
        if targets.shape != inputs.shape:
            raise ValueError(f"targets has shape {targets.shape}, expected that of inputs, {inputs.shape}")
        V = self.cell.input_size
        if targets.size and (targets.min() < 0 or targets.max() >= V):
            raise ValueError(f"targets has symbols from {targets.min()} to {targets.max()}, expected 0 to {V - 1}")
        return targets

    def probabilities(self, prompt_ids, temperature: float = 1.0) -> np.ndarray:
        """Distribution (V,) of the character after a prompt.

        Args:
            prompt_ids: at least one symbol.
            temperature: above 0; scores are divided by it before the softmax.
        """
        h, _ = self._read(prompt_ids)
        temperature = check_temperature(temperature)
        e = _exp_scores(h @ self.params.W_hy + self.params.b_y, temperature)
        return (e / e.sum())[0]

    def sample(self, prompt_ids, length: int, rng: np.random.Generator, temperature: float = 1.0) -> np.ndarray:
        """Draw `length` characters after a prompt, each fed back as the next input.

        Args:
            prompt_ids: at least one symbol, read before the first draw and not part of the result.
            length: how many to draw, 0 or more.
            rng: where the draws come from; one number is taken for each character.
            temperature: above 0; scores are divided by it before the softmax. Near 0 the most
                probable character is always taken, 1 draws from the model as it is.

        Returns:
            (length,) symbols.
        """
        temperature = check_temperature(temperature)
        h, state = self._read(prompt_ids)
        p = self.params
        step = self.cell.stepper(p, state)
        ids = np.empty(length, np.intp)
        for i, u in enumerate(rng.random(length)):
            edges = np.cumsum(_exp_scores(h.dot(p.W_hy) + p.b_y, temperature), dtype=np.float64)
            ids[i] = edges.searchsorted(u * edges[-1], side="right")
            h = step(ids[i : i + 1])
        return ids

    def _read(self, prompt_ids):
        prompt = np.asarray(prompt_ids)
        if prompt.ndim != 1 or prompt.size == 0:
            raise ValueError(f"prompt_ids has shape {prompt.shape}, expected at least one symbol, (n,)")
        h, state, _ = self.cell.forward(self.params, prompt[:, None])
        return h[-1], state


def check_temperature(temperature: float) -> float:
    """`temperature` if it is a finite number above 0."""
    if not isinstance(temperature, int | float | np.number) or isinstance(temperature, bool):
        raise TypeError(f"temperature must be a number above 0, got {temperature!r}")
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature must be a finite number above 0, got {temperature!r}")
    return float(temperature)


def _exp_scores(scores, temperature):
    with np.errstate(all="ignore"):
        return np.exp((scores - scores.max()) / temperature)
