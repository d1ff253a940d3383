"""The reference version of the program in lesson 02, as the solutions have it.

Parameters are a dictionary of W_xh (V, H), W_hh (H, H), b_h (H,), W_hy (H, V) and b_y (V,).
"""

import numpy as np

from helpers.networks import softmax


def initial_parameters(rng, scale=0.01):
    """The parameters of the lesson's network, for 60 characters and 100 units."""
    return {
        "W_xh": scale * rng.standard_normal((60, 100)),
        "W_hh": scale * rng.standard_normal((100, 100)),
        "b_h": np.zeros(100),
        "W_hy": scale * rng.standard_normal((100, 60)),
        "b_y": np.zeros(60),
    }


def forward(params, inputs, targets, h_prev):
    """Mean loss, states by step (with h_prev at -1) and probabilities by step."""
    W_xh, W_hh, b_h, W_hy, b_y = params.values()
    h, p, loss = {-1: h_prev}, {}, 0.0
    for t in range(len(inputs)):
        h[t] = np.tanh(W_xh[inputs[t]] + h[t - 1] @ W_hh + b_h)
        p[t] = softmax(h[t] @ W_hy + b_y)
        loss -= np.log(p[t][targets[t]])
    return loss / len(inputs), h, p


def score_gradient(p, target):
    """The gradient of -ln p[target] with respect to the scores behind p."""
    dy = p.copy()
    dy[target] -= 1
    return dy


def backward(params, inputs, targets, h, p):
    """The gradients of the mean loss, under the names of the parameters."""
    _, W_hh, _, W_hy, _ = params.values()
    grads = {name: np.zeros_like(array) for name, array in params.items()}
    dh_next = np.zeros_like(h[-1])
    for t in reversed(range(len(inputs))):
        dy = score_gradient(p[t], targets[t]) / len(inputs)
        grads["W_hy"] += np.outer(h[t], dy)
        grads["b_y"] += dy
        dh = dy @ W_hy.T + dh_next
        da = (1 - h[t] ** 2) * dh
        grads["W_xh"][inputs[t]] += da
        grads["W_hh"] += np.outer(h[t - 1], da)
        grads["b_h"] += da
        dh_next = da @ W_hh.T
    return grads


def gradient_error(loss, array, gradient, entries, eps=1e-5):
    """The relative error of some entries of a gradient against central differences of loss()."""
    derived, measured = [], []
    for i in entries:
        kept = array.flat[i]
        array.flat[i] = kept + eps
        above = loss()
        array.flat[i] = kept - eps
        below = loss()
        array.flat[i] = kept
        derived.append(gradient.flat[i])
        measured.append((above - below) / (2 * eps))
    derived, measured = np.array(derived), np.array(measured)
    lengths = np.linalg.norm(derived) + np.linalg.norm(measured)
    return np.linalg.norm(derived - measured) / lengths


def adagrad(params, grads, squares, learning_rate=0.1, clip=0.2):
    """One update of params and of the sums of squares, in place."""
    for name in params:
        g = np.clip(grads[name], -clip, clip)
        squares[name] += g**2
        params[name] -= learning_rate * g / (np.sqrt(squares[name]) + 1e-10)


def sample(params, h, i, length, rng):
    """`length` symbols, each drawn after reading the one before, the first after reading i in state h."""
    W_xh, W_hh, b_h, W_hy, b_y = params.values()
    drawn = []
    for _ in range(length):
        h = np.tanh(W_xh[i] + h @ W_hh + b_h)
        i = rng.choice(len(b_y), p=softmax(h @ W_hy + b_y))
        drawn.append(i)
    return drawn


def train_by_hand(params, ids, length, updates, forward, backward, adagrad):
    """Train on ids, chunk by chunk, and return the loss of each update."""
    squares = {name: np.zeros_like(array) for name, array in params.items()}
    zero_state = np.zeros_like(params["b_h"])
    losses, position, h_prev = [], 0, zero_state
    for _ in range(updates):
        if position + length + 1 > len(ids):
            position, h_prev = 0, zero_state
        inputs = ids[position : position + length]
        targets = ids[position + 1 : position + length + 1]
        loss, h, p = forward(params, inputs, targets, h_prev)
        grads = backward(params, inputs, targets, h, p)
        adagrad(params, grads, squares)
        losses.append(loss)
        position, h_prev = position + length, h[length - 1]
    return losses


def plain_losses(params, ids, length, updates):
    """The losses of the reference version, from these parameters."""
    return train_by_hand(params, ids, length, updates, forward, backward, adagrad)
