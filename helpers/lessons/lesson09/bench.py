"""The plain cells with a softmax readout, and their right backward passes.

They read one-hot rows, and their loss is the mean over all steps and sequences. A patient of the clinic is
the backward pass of one of the cells in `helpers.networks.cells.plain`, with a bug; that of an RNN, which is
the whole of lesson 02's, goes through the readout too.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from helpers.networks import CELLS, CharModel, Parameters, nll, softmax
from helpers.networks.cells import plain

SUMS = {"RNN": ("a",), "LSTM": ("i", "f", "o", "g"), "GRU": ("r", "z", "n")}    # blocks of b_h


class Forward(NamedTuple):
    """What a forward pass leaves behind: the loss, and all that the backward pass needs.

    Attributes:
        loss: mean over steps and sequences, in nats.
        h, c: states (B, H) by step, from -1; c is empty but for an LSTM.
        gates: by step: (i, f, o, g) of an LSTM; (r, z, n, h_n) of a GRU, where h_n = h_prev W_hn + b_hn.
        q: probabilities (T, B, V).
    """

    loss: float
    h: dict[int, np.ndarray]
    c: dict[int, np.ndarray]
    gates: dict[int, tuple[np.ndarray, ...]]
    q: np.ndarray


def parameters(kind: str, V: int, H: int, rng: np.random.Generator) -> Parameters:
    """Fresh weights of an "RNN", "LSTM" or "GRU" that reads V symbols, with its readout."""
    return CharModel(CELLS[kind](V, H), rng).params


def forward(
    kind: str, p: Parameters, x: np.ndarray, y: np.ndarray, nudge: np.ndarray | None = None
) -> Forward:
    """Read x (T, B, V), one-hot, and predict y (T, B, V), one-hot.

    `nudge` (T, len(b_h)) is added to the bias at each step: to ask what one step alone does to the loss.
    """
    T, B, H = len(x), x.shape[1], len(p.W_hy)
    h, c, gates = {-1: np.zeros((B, H))}, {-1: np.zeros((B, H))}, {}
    for t in range(T):
        at_t = p if nudge is None else nudged(p, nudge[t])
        if kind == "RNN":
            h[t] = plain.rnn_step(at_t, x[t], h[t - 1])
        elif kind == "LSTM":
            h[t], c[t], gates[t] = plain.lstm_step(at_t, x[t], h[t - 1], c[t - 1])
        else:
            h[t], gates[t] = plain.gru_step(at_t, x[t], h[t - 1])
    scores = np.array([h[t] for t in range(T)]) @ p.W_hy + p.b_y
    loss = float(nll(scores, y.argmax(axis=-1)).mean())
    return Forward(loss, h, c, gates, softmax(scores))


def nudged(p: Parameters, nudge: np.ndarray) -> Parameters:
    """The same parameters with another bias: lesson 07 moves it at one step only."""
    moved = p.copy()
    moved.b_h = p.b_h + nudge
    return moved


def gradients(
    kind: str, backward: Callable, p: Parameters, x: np.ndarray, y: np.ndarray
) -> tuple[float, Parameters, np.ndarray]:
    """The loss, the gradients of all parameters, and da (T, B, len(b_h)), made by `backward`.

    That of an RNN is called as ``backward(p, x, y, h, q)`` and does everything. Those of an LSTM,
    ``backward(p, x, h, c, gates, d_h)``, and a GRU, ``backward(p, x, h, gates, d_h)``, start from d_h, the
    gradient with respect to the states that the readout sends; the readout's own is made here. Each returns
    (grads, da).
    """
    loss, h, c, gates, q = forward(kind, p, x, y)
    if kind == "RNN":
        grads, da = backward(p, x, y, h, q)
        return loss, grads, np.array(da)
    dy, d_h = by_scores_and_states(p, y, q)
    grads, da = backward(p, x, h, c, gates, d_h) if kind == "LSTM" else backward(p, x, h, gates, d_h)
    add_read_out(grads, h, dy)
    return loss, grads, np.array(da)


class OnTheBench(CharModel):
    """A character model for `train` whose backward pass is `backward`, right or wrong.

    Each chunk starts from a state of zeros.
    """

    def __init__(self, kind: str, V: int, H: int, rng: np.random.Generator, backward: Callable):
        super().__init__(CELLS[kind](V, H), rng)
        self._kind, self._backward, self._one_hot = kind, backward, np.eye(V)

    def loss_and_grads(self, inputs, targets, state=None):
        """As of a `CharModel`, by `gradients`; there is no state to carry."""
        x, y = self._one_hot[inputs], self._one_hot[targets]
        loss, grads, _ = gradients(self._kind, self._backward, self.params, x, y)
        return loss, grads, None


def by_scores_and_states(p: Parameters, y: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a backward pass begins: the gradients of the scores, dy (T, B, V), and the states, d_h."""
    dy = (q - y) / (y.shape[0] * y.shape[1])
    return dy, dy @ p.W_hy.T


def add_read_out(grads: Parameters, h: dict[int, np.ndarray], dy: np.ndarray) -> None:
    """The readout's own gradients."""
    grads.W_hy = sum(h[t].T @ dy[t] for t in range(len(dy)))
    grads.b_y = dy.sum(axis=(0, 1))


def rnn_backward(p, x, y, h, q):
    """The right backward pass of a plain network, with its readout."""
    dy, d_h = by_scores_and_states(p, y, q)
    grads, _, _, da = plain.rnn_backward(p, x, h, d_h)
    add_read_out(grads, h, dy)
    return grads, da


def lstm_backward(p, x, h, c, gates, d_h):
    """The right backward pass of an LSTM."""
    grads, _, _, da = plain.lstm_backward(p, x, h, c, gates, d_h)
    return grads, da


def gru_backward(p, x, h, gates, d_h):
    """The right backward pass of a GRU."""
    grads, _, _, da = plain.gru_backward(p, x, h, gates, d_h)
    return grads, da


RIGHT = {"RNN": rnn_backward, "LSTM": lstm_backward, "GRU": gru_backward}
