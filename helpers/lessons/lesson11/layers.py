"""Two recurrent layers, one on the other, and what can be read from the states of each."""

from collections.abc import Generator

import numpy as np

from helpers.data import Vocabulary, chunks, load_text
from helpers.networks import (
    GRU,
    Adam,
    Parameters,
    Softmax,
    clip_norm,
    one_blas_thread,
)
from helpers.runs import HowFar, stepwise

LAGS = 9                # how many symbols back are asked for, 0 the present one
LENGTH, BATCH, RATE = 50, 16, 0.01
STEPS, WATCHED, TESTED = 200, 60, 20      # of the text, in so many rows, that are read for the probes


class TwoLayers:
    """Two GRUs of which the second reads the states of the first, and a softmax on the second.

    Args:
        symbols: V. hidden_size: H, of both layers. rng: where the weights come from.

    Attributes:
        params: all of it, `Parameters`; those of the layers begin with ``one_`` and ``two_``.
    """

    def __init__(self, symbols: int, hidden_size: int, rng: np.random.Generator):
        H = hidden_size
        self.cells, self.output_layer = (GRU(symbols, H), GRU(H, H)), Softmax(symbols)
        names = [{f"{layer}_{name}": shape for name, shape in cell.shapes.items()}
                 for layer, cell in zip(("one", "two"), self.cells, strict=True)]
        self.params = Parameters({**names[0], **names[1], **self.output_layer.shapes(H)}, dtype=np.float32)
        for part, cell in zip(self.parts(self.params), self.cells, strict=False):
            part.vector = cell.init(rng, dtype=np.float32).vector
        self.params.W_hy = rng.uniform(-1, 1, (H, symbols)) / np.sqrt(H)
        self._grads = self.params.zeros_like()

    def parts(self, all_of_it: Parameters) -> list[Parameters]:
        """The parameters of the two layers and of the readout, windows on the same memory."""
        found, start = [], 0
        last = self.output_layer.shapes(self.cells[1].hidden_size)
        for shapes in (*(cell.shapes for cell in self.cells), last):
            size = sum(int(np.prod(shape)) for shape in shapes.values())
            found.append(Parameters(shapes, all_of_it.vector[start : start + size]))
            start += size
        return found

    def forward(self, inputs: np.ndarray, states=(None, None)) -> tuple:
        """States of both layers (T, B, H), the last ones, and the caches."""
        one, two, _ = self.parts(self.params)
        h_one, last_one, tape_one = self.cells[0].forward(one, inputs, states[0])
        h_two, last_two, tape_two = self.cells[1].forward(two, h_one, states[1])
        return h_one, h_two, (last_one, last_two), (tape_one, tape_two)

    def loss_and_grads(self, inputs, targets, states=(None, None)) -> tuple:
        """Mean loss, its gradients, which the next call uses again, and the last states."""
        T, B = inputs.shape
        (one, two, out), (g_one, g_two, g_out) = self.parts(self.params), self.parts(self._grads)
        with one_blas_thread():
            _, h_two, last, caches = self.forward(inputs, states)
            wanted = self.output_layer.check(targets, T, B, np.float32)
            loss, d_h = self.output_layer.loss_and_grads(out, h_two, wanted, g_out, caches[1])
            _, d_h_one, _ = self.cells[1].backward(two, d_h, caches[1], grads=g_two)
            self.cells[0].backward(one, d_h_one, caches[0], grads=g_one)
        return loss, self._grads, last


@stepwise
def read_from_layers(
    rng: np.random.Generator, hidden_size: int = 32, updates: int = 1000,
) -> Generator[HowFar, None, dict[str, list[float]]]:
    """Train two layers to predict the next character, then read from each what came before.

    A linear probe by least squares is made for each layer and each lag, on some rows of the held-out
    text, and tested on others.

    Returns:
        "one" and "two", shares of characters read correctly by lag, 0 to 8; "next", the shares of next
        characters that are read correctly from the first and the second layer; "often", the share of the
        commonest character.
    """
    text, heldout = load_text("input"), load_text("heldout")
    vocabulary = Vocabulary(text)
    network, optimizer, states = TwoLayers(len(vocabulary), hidden_size, rng), Adam(RATE), (None, None)
    for update, chunk in enumerate(chunks(vocabulary.encode(text), LENGTH, BATCH)):
        if update == updates:
            break
        states = (None, None) if chunk.starts_over else states
        _, grads, states = network.loss_and_grads(chunk.inputs, chunk.targets, states)
        clip_norm(grads, 1.0)
        optimizer.learning_rate = RATE * (1 - update / (updates + 1))
        optimizer.update(network.params, grads)
        if update % 10 == 0:
            yield update, updates
    ids = vocabulary.encode(heldout)
    starts = rng.integers(len(ids) - STEPS - 1, size=WATCHED + TESTED)
    rows = np.stack([ids[start : start + STEPS + 1] for start in starts], axis=1)
    h_one, h_two, _, _ = network.forward(rows[:-1])
    known = slice(LAGS, None)                        # steps of which all earlier symbols are there
    found = {name: [_read(h[known], rows[LAGS - lag : STEPS - lag], len(vocabulary)) for lag in range(LAGS)]
             for name, h in (("one", h_one), ("two", h_two))}
    following = rows[LAGS + 1 :]
    often = np.bincount(following.ravel()).max() / following.size
    return {**found, "next": [_read(h[known], following, len(vocabulary)) for h in (h_one, h_two)],
            "often": float(often)}


def _read(h: np.ndarray, symbols: np.ndarray, V: int) -> float:
    """Share of symbols (T, B) that a linear probe of h (T, B, H) names, fitted on other rows."""
    def rows(part):
        states = h[:, part].reshape(-1, h.shape[2]).astype(float)
        return np.hstack([states, np.ones((len(states), 1))]), symbols[:, part].ravel()

    (x, y), (x_new, y_new) = rows(slice(WATCHED)), rows(slice(WATCHED, None))
    weights = np.linalg.solve(x.T @ x + 1e-3 * np.eye(x.shape[1]), x.T @ np.eye(V)[y])
    return float(np.mean((x_new @ weights).argmax(axis=1) == y_new))
