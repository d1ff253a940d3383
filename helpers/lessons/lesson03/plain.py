"""The backward pass in lesson 03 as the solutions have it: what its stages and exercises ask for.

The losses of the steps are added up. `params` has W_xh (V, H), W_hh (H, H), b_h (H,), W_hy (H, V) and
b_y (V,); before the first step the state is zero.
"""

from itertools import islice

import numpy as np

from helpers.lessons.hello import READ, WANTED, learning
from helpers.networks import softmax


def half_trained_hello():
    """The hello network from lesson 01 after 60 updates, what it reads and its targets, both (4, 1)."""
    model, _ = next(islice(learning(), 60, None))
    return model, np.array(READ)[:, None], np.array(WANTED)[:, None]


def forward(params, symbols):
    """The states (T, H) and probabilities (T, V) of a network that reads `symbols`, from a state of zero."""
    h, states, p = np.zeros(len(params["b_h"])), [], []
    for symbol in symbols:
        h = np.tanh(params["W_xh"][symbol] + h @ params["W_hh"] + params["b_h"])
        states.append(h)
        p.append(softmax(h @ params["W_hy"] + params["b_y"]))
    return np.array(states), np.array(p)


def slope(x):
    """dL/dx of L = u v, with u = x**2 and v = 3 x, in two terms."""
    u, v = x**2, 3 * x
    through_u = v * 2 * x
    through_v = u * 3
    return through_u, through_v


def sweep(w, h, target):
    """dL/dw of one unit with the states h[0] to h[T] whose targets, of h[1] to h[T], are in target."""
    dw, dh_next = 0.0, 0.0
    for t in reversed(range(1, len(h))):
        dh = h[t] - target[t - 1] + dh_next
        da = (1 - h[t] ** 2) * dh
        dw += da * h[t - 1]
        dh_next = da * w
    return dw


def by_index(h_prev, da):
    """What one step adds to the gradient of the weights between h_prev and da, weight by weight."""
    dW = np.zeros((len(h_prev), len(da)))
    for i in range(len(h_prev)):
        for j in range(len(da)):
            dW[i, j] = h_prev[i] * da[j]
    return dW


def by_product(h_prev, da):
    """The same in one call."""
    return np.outer(h_prev, da)


def step_back(dy, h, dh_next, W_hy, W_hh):
    """One step of the backward pass: dh, da and what is passed back to the step before."""
    dh = dy @ W_hy.T + dh_next
    da = (1 - h**2) * dh
    carry = da @ W_hh.T
    return dh, da, carry


def backward(params, symbols, targets, states, p):
    """The gradients by the names of the parameters, and dh (T, H); of states (T, H), probabilities (T, V)."""
    grads = {name: np.zeros_like(array) for name, array in params.items()}
    dh, dh_next = np.zeros_like(states), np.zeros(states.shape[1])
    for t in reversed(range(len(symbols))):
        dy = p[t].copy()
        dy[targets[t]] -= 1
        dh[t] = dy @ params["W_hy"].T + dh_next
        da = (1 - states[t] ** 2) * dh[t]
        h_prev = states[t - 1] if t > 0 else np.zeros_like(da)
        grads["W_hy"] += np.outer(states[t], dy)
        grads["b_y"] += dy
        grads["W_xh"][symbols[t]] += da
        grads["W_hh"] += np.outer(h_prev, da)
        grads["b_h"] += da
        dh_next = da @ params["W_hh"].T
    return grads, dh


def other_forward(params, symbols, target, s):
    """The loss of the last step of h_t = h_{t-1} + s tanh(...), and what the backward pass needs."""
    h, z = [np.zeros(len(params["b_h"]))], []
    for symbol in symbols:
        z.append(np.tanh(params["W_xh"][symbol] + h[-1] @ params["W_hh"] + params["b_h"]))
        h.append(h[-1] + s * z[-1])
    p = softmax(h[-1] @ params["W_hy"] + params["b_y"])
    return -np.log(p[target]), (h, z, p)


def other_backward(params, symbols, target, s, kept):
    """The gradients of that loss."""
    h, z, p = kept
    grads = {name: np.zeros_like(array) for name, array in params.items()}
    dy = p.copy()
    dy[target] -= 1
    grads["W_hy"] += np.outer(h[-1], dy)
    grads["b_y"] += dy
    dh = dy @ params["W_hy"].T
    for t in reversed(range(len(symbols))):
        da = s * dh * (1 - z[t] ** 2)
        grads["W_xh"][symbols[t]] += da
        grads["W_hh"] += np.outer(h[t], da)
        grads["b_h"] += da
        dh = dh + da @ params["W_hh"].T
    return grads


def batch_backward(params, symbols, targets, states, p):
    """The gradients of B sequences side by side: symbols (T, B), states (T, B, H), p (T, B, V)."""
    grads = {name: np.zeros_like(array) for name, array in params.items()}
    x, one_hot = np.eye(len(params["W_xh"])), np.eye(len(params["b_y"]))
    dh_next = np.zeros_like(states[0])
    for t in reversed(range(len(symbols))):
        dy = p[t] - one_hot[targets[t]]
        dh = dy @ params["W_hy"].T + dh_next
        da = (1 - states[t] ** 2) * dh
        h_prev = states[t - 1] if t > 0 else np.zeros_like(da)
        grads["W_hy"] += states[t].T @ dy
        grads["b_y"] += dy.sum(axis=0)
        grads["W_xh"] += x[symbols[t]].T @ da
        grads["W_hh"] += h_prev.T @ da
        grads["b_h"] += da.sum(axis=0)
        dh_next = da @ params["W_hh"].T
    return grads
