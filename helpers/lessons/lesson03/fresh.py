"""Fresh networks with other seeds, on which sentences of lesson 03 are measured."""

import numpy as np

from helpers.checks.stages import with_changes
from helpers.data import course_corpus
from helpers.lessons.hello import READ, WANTED
from helpers.lessons.lesson03 import plain_backward as plain
from helpers.networks import RNN, CharModel, credit_matrix

FAULTS = {"a": (('da @ params["W_hh"].T', 'da @ params["W_hh"]'),),     # of exercise 3.2
          "b": (("np.outer(h_prev, da)", "np.outer(states[t], da)"),)}


def fresh_credit(rng: np.random.Generator, scale: float | None) -> dict[str, float]:
    """The median size of dL_t / dh_s in 100 steps of the play, by lag, of a network that has learnt nothing.

    Args:
        scale: the standard deviation of the weights; None: uniform within 1/sqrt(H).
    """
    text = course_corpus()
    model, ids = CharModel(RNN(len(text.vocabulary), 100), rng, scale=scale), text.ids[:401, None]
    _, state = model.loss(ids[:300], ids[1:301])
    matrix = credit_matrix(model, ids[300:400], ids[301:401], state)
    return {str(lag): float(np.median(np.diagonal(matrix, -lag))) for lag in (0, 1, 10, 40)}


def loss_with_fault(rng: np.random.Generator, fault: str) -> float:
    """The loss on hello, in nats per letter, after 1,000 updates with one of the `FAULTS`."""
    backward = with_changes(plain.backward, FAULTS[fault])
    params, steps = CharModel(RNN(4, 3), rng, scale=0.1).params, np.arange(4)
    for _ in range(1001):
        states, p = plain.forward(params, READ)
        grads, _ = backward(params, READ, WANTED, states, p)
        for name in params:
            params[name] -= 0.3 / 4 * grads[name]
    return float(-np.log(p[steps, WANTED]).mean())
