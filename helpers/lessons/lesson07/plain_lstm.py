"""The LSTM of lesson 07 as the solutions have it: what its stages ask for, in the words of the lesson."""

import numpy as np

from helpers.networks import numerical_gradient, relative_error, sigmoid
from helpers.networks.cells.plain import lstm_forward as forward
from helpers.networks.cells.plain import lstm_step_back

__all__ = ["backward", "check", "forward", "lstm_step", "lstm_step_back", "sigmoid"]


def check(name, derived, loss, array):
    """Says whether a gradient is what central differences of loss() say."""
    error = relative_error(derived, numerical_gradient(loss, array))
    print(f"{name:7} {'right' if error < 1e-7 else 'WRONG'}")


def lstm_step(p, x, h_prev, c_prev):
    """The four gates, and the next states c and h."""
    a = x @ p.W_xh + h_prev @ p.W_hh + p.b_h
    a_i, a_f, a_o, a_g = np.split(a, 4, axis=1)
    o = sigmoid(a_o)
    f = sigmoid(a_f)
    i = sigmoid(a_i)
    g = np.tanh(a_g)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return i, f, o, g, c, h


def backward(p, x, h, c, gates, d_h):
    """The gradients of the weights, and da (T, B, 4H), those of the pre-activations at every step."""
    grads, da = p.zeros_like(), np.zeros((*d_h.shape[:2], len(p.b_h)))
    dh_next, dc_next = np.zeros_like(h[-1]), np.zeros_like(c[-1])
    for t in reversed(range(len(x))):
        dh = d_h[t] + dh_next
        da[t], dh_next, dc_next = lstm_step_back(p, c[t - 1], c[t], gates[t], dh, dc_next)
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
    return grads, da
