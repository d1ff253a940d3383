"""What sections 7 and 8 of lesson 01 write out, for readers who start later, and a trial on new seeds."""

from itertools import islice

import numpy as np

from helpers.lessons.hello import LETTERS, READ, WANTED, forward, learning
from helpers.networks import Parameters, softmax


def target_probabilities(params: Parameters):
    """The probabilities (4,) of the targets e, l, l and o after h, e, l and l."""
    _, scores = forward(params, READ)
    return softmax(scores)[range(len(WANTED)), WANTED]


def train_hello(updates: int, memory: bool = True, rate: float = 0.3, seed: int = 0
                ) -> tuple[list[Parameters], list[float]]:
    """The weights and losses at each update of a new network that learns hello; without memory W_hh is 0."""
    history, losses = [], []
    for model, loss in islice(learning(memory, rate, seed), updates + 1):
        history.append(model.params.copy())
        losses.append(loss)
    return history, losses


def try_hello(rng: np.random.Generator, updates: int) -> dict:
    """Train with memory, and from the same weights without, to try what the lesson says of its network.

    Returns:
        "with" and "without", the losses at the end; "settled", for each target the update from which it is
        the most probable letter for good; "cut", the probability of o if W_hh becomes 0 after 100 updates;
        "greedy", what the network without memory writes by the largest of its probabilities.
    """
    seed = int(rng.integers(2**32))
    (history, losses), (history_without, losses_without) = (
        train_hello(updates, memory, seed=seed) for memory in (True, False))
    right = np.array([forward(params, READ)[1].argmax(axis=1) == WANTED for params in history])
    cut, word = history[100].copy(), LETTERS[0]
    cut.W_hh = 0
    while len(word) < 10:
        _, scores = forward(history_without[-1], [LETTERS.index(letter) for letter in word])
        word += LETTERS[scores[-1].argmax()]
    settled = [0 if target.all() else int(np.flatnonzero(~target)[-1]) + 1 for target in right.T]
    return {"with": round(losses[-1], 4), "without": round(losses_without[-1], 4), "settled": settled,
            "cut": round(float(target_probabilities(cut)[-1]), 3), "greedy": word}
