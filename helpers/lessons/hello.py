"""The network of lesson 01 that spells hello: its letters, its weights, every number of one pass."""

import numpy as np

from helpers.networks import Parameters, softmax

LETTERS, INPUTS, TARGETS = "helo", "hell", "ello"
# Three units trained on hello until the loss was 0.04, then rounded to one decimal; no biases.
W_XH = np.array([[1.1, -1.3, 0.8], [-0.8, -0.3, -0.2], [-0.9, 0.3, -0.1], [0.0, 0.0, 0.0]])
W_HH = np.array([[0.2, -0.6, -0.3], [0.6, 0.5, 1.7], [0.3, -0.5, 0.0]])
W_HY = np.array([[0.7, 1.7, -1.7, -0.7], [0.2, -1.5, -0.2, 1.4], [-0.3, 1.2, -2.5, 1.6]])
FLOOR = np.log(2) / 2  # 2 ln 2 / 4: the least mean loss on hello without memory, in nats per character


def example_scores(letters: str) -> np.ndarray:
    """The scores (T, 4) that a small trained network gives h, e, l, o after each of T letters."""
    hidden, h = [], np.zeros(3)
    for letter in letters:
        h = np.tanh(W_XH[LETTERS.index(letter)] + h @ W_HH)
        hidden.append(h)
    return np.array(hidden) @ W_HY


def spell(p: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """States (4, H) and scores (4, 4) of a network with parameters `p` that reads h, e, l, l."""
    h, states = np.zeros(len(p.W_hh)), []
    for letter in INPUTS:
        h = np.tanh(p.W_xh[LETTERS.index(letter)] + h @ p.W_hh + p.b_h)
        states.append(h)
    return np.array(states), np.array(states) @ p.W_hy + p.b_y


def hello_gradients(p: Parameters) -> dict[str, np.ndarray]:
    """All there is to see of the hello network, step by step; L is the sum of the four losses.

    Returns:
        h (4, 3), p (4, 4) probabilities, losses (4,) in nats; dy (4, 4), dh (4, 3), da (4, 3), gradients of L
        by scores, states and what stands in tanh; dh_from (4, 4, 3), at [t, s] the part of dh at s that loss
        t sent.
    """
    h, scores = spell(p)
    probabilities, wanted = softmax(scores), [LETTERS.index(letter) for letter in TARGETS]
    dy = probabilities - np.eye(4)[wanted]
    dh_from = np.zeros((4, 4, 3))
    for t in range(4):
        carried = dy[t] @ p.W_hy.T
        for s in range(t, -1, -1):
            dh_from[t, s] = carried
            carried = ((1 - h[s] ** 2) * carried) @ p.W_hh.T
    dh = dh_from.sum(axis=0)
    losses = -np.log(np.maximum(probabilities[range(4), wanted], 1e-300))
    return {"h": h, "p": probabilities, "losses": losses, "dy": dy, "dh": dh, "da": (1 - h**2) * dh,
            "dh_from": dh_from}
