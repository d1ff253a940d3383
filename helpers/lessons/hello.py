"""The network that spells hello, for lessons 01 to 03: its letters, its weights, every number of a pass."""

from collections.abc import Iterator, Sequence

import numpy as np

from helpers.networks import RNN, CharModel, Parameters, softmax

LETTERS, INPUTS, TARGETS = "helo", "hell", "ello"
READ, WANTED = ([LETTERS.index(letter) for letter in word] for word in (INPUTS, TARGETS))
# Three units trained on hello until the loss was 0.04, then rounded to one decimal; no biases.
W_XH = np.array([[1.1, -1.3, 0.8], [-0.8, -0.3, -0.2], [-0.9, 0.3, -0.1], [0.0, 0.0, 0.0]])
W_HH = np.array([[0.2, -0.6, -0.3], [0.6, 0.5, 1.7], [0.3, -0.5, 0.0]])
W_HY = np.array([[0.7, 1.7, -1.7, -0.7], [0.2, -1.5, -0.2, 1.4], [-0.3, 1.2, -2.5, 1.6]])
FLOOR = np.log(2) / 2  # 2 ln 2 / 4: the least mean loss on hello without memory, in nats per character


def example_scores(letters: str) -> np.ndarray:
    """The scores (T, 4) that a small trained network gives h, e, l, o after each of T letters."""
    h, states = np.zeros(3), []
    for letter in letters:
        h = np.tanh(W_XH[LETTERS.index(letter)] + h @ W_HH)
        states.append(h)
    return np.array(states) @ W_HY


def forward(params: Parameters, symbols: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """States (T, H) and scores (T, V) of a network that reads T symbols, from a state of zero."""
    h, states = np.zeros(len(params.b_h)), []
    for symbol in symbols:
        h = np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h)
        states.append(h)
    return np.array(states), np.array(states) @ params.W_hy + params.b_y


def learning(memory: bool = True, rate: float = 0.3, seed: int = 0) -> Iterator[tuple[CharModel, float]]:
    """A new network before each update on hello, without end, with its mean loss in nats per character.

    Without memory, W_hh stays 0.
    """
    model = CharModel(RNN(4, 3), np.random.default_rng(seed), scale=0.1)
    while True:
        if not memory:
            model.params.W_hh = 0
        loss, grads, _ = model.loss_and_grads(np.array(READ)[:, None], np.array(WANTED)[:, None])
        yield model, loss
        model.params.vector -= rate * grads.vector


def hello_gradients(p: Parameters) -> dict[str, np.ndarray]:
    """Every number of a pass through the hello network and back; L is the sum of the four losses.

    Returns:
        h (4, 3), probabilities p (4, 4), losses (4,) in nats; the gradients of L with respect to scores,
        states and pre-activations, dy (4, 4), dh (4, 3), da (4, 3); dh_from (4, 4, 3), whose [t, s] is the
        part of dh at s that comes from loss t.
    """
    h, scores = forward(p, READ)
    probabilities = softmax(scores)
    dy = probabilities - np.eye(4)[WANTED]
    dh_from = np.zeros((4, 4, 3))
    for t in range(4):
        carried = dy[t] @ p.W_hy.T
        for s in range(t, -1, -1):
            dh_from[t, s] = carried
            carried = ((1 - h[s] ** 2) * carried) @ p.W_hh.T
    dh = dh_from.sum(axis=0)
    losses = -np.log(np.maximum(probabilities[range(4), WANTED], 1e-300))
    return {"h": h, "p": probabilities, "losses": losses, "dy": dy, "dh": dh, "da": (1 - h**2) * dh,
            "dh_from": dh_from}
