"""What sections 7 and 8 of lesson 01 write out, for whoever begins in a later section."""

import numpy as np

from helpers.lessons.hello import INPUTS, LETTERS, TARGETS
from helpers.networks import RNN, CharModel, Parameters, softmax

READ, WANTED = ([LETTERS.index(letter) for letter in word] for word in (INPUTS, TARGETS))


def forward(params: Parameters, symbols) -> tuple[np.ndarray, np.ndarray]:
    """States (T, 3) and scores (T, 4) of a hello network that reads T symbols, from a state of zero."""
    h, hidden, scores = np.zeros(3), [], []
    for symbol in symbols:
        h = np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h)
        hidden.append(h)
        scores.append(h @ params.W_hy + params.b_y)
    return np.array(hidden), np.array(scores)


def chances(params: Parameters) -> np.ndarray:
    """The probabilities (4,) of e, l, l and o, the letters wanted, after h, e, l and l."""
    _, scores = forward(params, READ)
    return softmax(scores)[range(len(WANTED)), WANTED]


def learn(updates: int, memory: bool = True, rate: float = 0.3) -> tuple[list[Parameters], list[float]]:
    """Train a new network on hello, without memory with W_hh at 0: its weights and losses at each update."""
    model = CharModel(RNN(4, 3), np.random.default_rng(0), scale=0.1)
    inputs, targets = np.array(READ)[:, None], np.array(WANTED)[:, None]
    history, losses = [], []
    for _ in range(updates + 1):
        if not memory:
            model.params.W_hh = 0
        loss, grads, _ = model.loss_and_grads(inputs, targets)
        history.append(model.params.copy())
        losses.append(loss)
        model.params.vector -= rate * grads.vector
    return history, losses
