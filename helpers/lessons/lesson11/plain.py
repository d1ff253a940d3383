"""The reference versions of the stages of lesson 11; the notebook takes one step of a layer from here too."""

import numpy as np

from helpers.networks import softmax
from helpers.networks.cells.plain import rnn_step, rnn_step_back

__all__ = ["look_up", "look_up_back", "masked_loss", "rnn_step", "rnn_step_back"]


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
