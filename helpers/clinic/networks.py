"""Three small networks with a softmax read-out, written line by line, and their right backward passes.

They read one-hot rows, so that every gradient is a plain product, and their loss is the mean over all
steps and sequences. The backward passes are those of lessons 02 and 07 and, for the GRU, of project 9.7:
a patient of the clinic is one of them with a fault.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from helpers.cells import GRU, LSTM, RNN
from helpers.model import CharModel
from helpers.parameters import Parameters

CELLS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}
SUMS = {"RNN": ("a",), "LSTM": ("i", "f", "o", "g"), "GRU": ("r", "z", "n")}    # blocks of b_h


class Forward(NamedTuple):
    """What a forward pass leaves behind: the loss, and all that the way back needs.

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


def sigmoid(a: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-a)), without overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * a)


def parameters(kind: str, V: int, H: int, rng: np.random.Generator) -> Parameters:
    """Fresh weights of an "RNN", "LSTM" or "GRU" that reads V symbols, with its read-out."""
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
        from_x = x[t] @ p.W_xh + (p.b_h if nudge is None else p.b_h + nudge[t])
        recurrent = h[t - 1] @ p.W_hh
        if kind == "RNN":
            h[t] = np.tanh(from_x + recurrent)
        elif kind == "LSTM":
            a_i, a_f, a_o, a_g = np.split(from_x + recurrent, 4, axis=1)
            i, f, o, g = gates[t] = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), np.tanh(a_g)
            c[t] = f * c[t - 1] + i * g
            h[t] = o * np.tanh(c[t])
        else:
            r, z = np.split(sigmoid(from_x[:, : 2 * H] + recurrent[:, : 2 * H]), 2, axis=1)
            h_n = recurrent[:, 2 * H :] + p.b_hn
            n = np.tanh(from_x[:, 2 * H :] + r * h_n)
            gates[t] = r, z, n, h_n
            h[t] = (1 - z) * n + z * h[t - 1]
    scores = np.array([h[t] for t in range(T)]) @ p.W_hy + p.b_y
    scores -= scores.max(axis=2, keepdims=True)
    e = np.exp(scores)
    total = e.sum(axis=2, keepdims=True)
    loss = float(((np.log(total) - scores) * y).sum() / (T * B))
    return Forward(loss, h, c, gates, e / total)


def gradients(
    kind: str, backward: Callable, p: Parameters, x: np.ndarray, y: np.ndarray
) -> tuple[float, Parameters, np.ndarray]:
    """The loss, the gradients of all parameters, and da (T, B, len(b_h)), made by `backward`.

    That of an RNN is called as ``backward(p, x, y, h, q)`` and does everything. Those of an LSTM,
    ``backward(p, x, h, c, gates, d_h)``, and a GRU, ``backward(p, x, h, gates, d_h)``, start from d_h, the
    gradient by the states that the read-out sends; the read-out's own is made here. Each returns
    (grads, da).
    """
    loss, h, c, gates, q = forward(kind, p, x, y)
    if kind == "RNN":
        grads, da = backward(p, x, y, h, q)
        return loss, grads, np.array(da)
    dy = (q - y) / (x.shape[0] * x.shape[1])
    d_h = dy @ p.W_hy.T
    grads, da = backward(p, x, h, c, gates, d_h) if kind == "LSTM" else backward(p, x, h, gates, d_h)
    grads.W_hy = sum(h[t].T @ dy[t] for t in range(len(x)))
    grads.b_y = dy.sum(axis=(0, 1))
    return loss, grads, np.array(da)


def rnn_backward(p, x, y, h, q):
    """The right way back through a plain network."""
    grads, da = p.zeros_like(), np.zeros((*x.shape[:2], len(p.b_h)))
    dh_next = np.zeros_like(h[-1])
    for t in reversed(range(len(x))):
        dy = (q[t] - y[t]) / (x.shape[0] * x.shape[1])
        dh = dy @ p.W_hy.T + dh_next
        da[t] = dh * (1 - h[t] ** 2)
        dh_next = da[t] @ p.W_hh.T
        grads.W_hy += h[t].T @ dy
        grads.b_y += dy.sum(axis=0)
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
    return grads, da


def lstm_backward(p, x, h, c, gates, d_h):
    """The right way back through an LSTM: lesson 07."""
    grads, da = p.zeros_like(), np.zeros((*d_h.shape[:2], len(p.b_h)))
    dh_next, dc_next = np.zeros_like(h[-1]), np.zeros_like(c[-1])
    for t in reversed(range(len(x))):
        i, f, o, g = gates[t]
        dh = d_h[t] + dh_next
        dc = dh * o * (1 - np.tanh(c[t]) ** 2) + dc_next
        di, df, do, dg = dc * g, dc * c[t - 1], dh * np.tanh(c[t]), dc * i
        da[t] = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
        dh_next, dc_next = da[t] @ p.W_hh.T, dc * f
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
    return grads, da


def gru_backward(p, x, h, gates, d_h):
    """The right way back through a GRU."""
    grads, da = p.zeros_like(), np.zeros((*d_h.shape[:2], len(p.b_h)))
    dh_next = np.zeros_like(h[-1])
    for t in reversed(range(len(x))):
        r, z, n, h_n = gates[t]
        dh = d_h[t] + dh_next
        dn = dh * (1 - z) * (1 - n**2)
        dz = dh * (h[t - 1] - n) * z * (1 - z)
        dr = dn * h_n * r * (1 - r)
        da[t] = np.hstack([dr, dz, dn])                     # by x W_xh + b_h
        da_h = np.hstack([dr, dz, dn * r])                  # by h_prev W_hh
        dh_next = dh * z + da_h @ p.W_hh.T
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da_h
        grads.b_h += da[t].sum(axis=0)
        grads.b_hn += (dn * r).sum(axis=0)
    return grads, da


RIGHT = {"RNN": rnn_backward, "LSTM": lstm_backward, "GRU": gru_backward}
