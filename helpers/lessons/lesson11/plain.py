"""The reference versions of the stages of lesson 11, and what its sections derive."""

import numpy as np

from helpers.networks import softmax
from helpers.networks.cells.plain import rnn_step, rnn_step_back

__all__ = ["look_up", "look_up_back", "masked_loss", "rnn_step", "rnn_step_back", "two_back", "two_forward"]


def masked_loss(scores, targets, mask):
    """Mean surprise at the targets (T, B) of the places whose mask is 1, and the gradient of the scores."""
    p = softmax(scores)
    one_hot = np.eye(scores.shape[2])[targets]
    surprise = -np.log((p * one_hot).sum(axis=2))
    count = mask.sum()
    loss = (mask * surprise).sum() / count
    d_scores = mask[:, :, None] * (p - one_hot) / count
    return loss, d_scores


def look_up(q, keys, values):
    """What the query q finds among keys (T, H) and values (T, D), and the weights (T,)."""
    weights = softmax(keys @ q)
    return weights @ values, weights


def look_up_back(q, keys, values, weights, d_answer):
    """From the gradient with respect to the answer to those of the query, the keys and the values."""
    d_values = np.outer(weights, d_answer)
    d_weights = values @ d_answer
    d_scores = weights * (d_weights - weights @ d_weights)
    d_q = d_scores @ keys
    d_keys = np.outer(d_scores, q)
    return d_q, d_keys, d_values


def two_forward(p, x, h_first):
    """The states of two layers by step, each begun at `h_first`: the second reads those of the first."""
    one, two = {-1: h_first}, {-1: h_first}
    for t in range(len(x)):
        one[t] = rnn_step(p[0], x[t], one[t - 1])
        two[t] = rnn_step(p[1], one[t], two[t - 1])
    return one, two


def two_back(p, x, one, two, d_two):
    """The gradients of the weights of both layers, from those of the states of the second, (T, B, H)."""
    grads = p[0].zeros_like(), p[1].zeros_like()
    one_next, two_next = np.zeros_like(one[-1]), np.zeros_like(two[-1])
    for t in reversed(range(len(x))):
        da, two_next = rnn_step_back(p[1], two[t], d_two[t] + two_next)
        from_above = da @ p[1].W_xh.T
        add_up(grads[1], one[t], two[t - 1], da)
        da, one_next = rnn_step_back(p[0], one[t], from_above + one_next)
        add_up(grads[0], x[t], one[t - 1], da)
    return grads


def add_up(grads, x, h_prev, da):
    """What one step adds to the gradients of its layer."""
    grads.W_xh += x.T @ da
    grads.W_hh += h_prev.T @ da
    grads.b_h += da.sum(axis=0)
