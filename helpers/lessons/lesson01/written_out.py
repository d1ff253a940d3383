"""What sections 7 and 8 of lesson 01 write out, for readers who start in a later section."""

from itertools import islice

from helpers.lessons.hello import READ, WANTED, forward, learning
from helpers.networks import Parameters, softmax

__all__ = ["forward", "target_probabilities", "train_hello"]


def target_probabilities(params: Parameters):
    """The probabilities (4,) of the targets e, l, l and o after h, e, l and l."""
    _, scores = forward(params, READ)
    return softmax(scores)[range(len(WANTED)), WANTED]


def train_hello(updates: int, memory: bool = True, rate: float = 0.3, seed: int = 0
                ) -> tuple[list[Parameters], list[float]]:
    """Train a new network on hello, without memory with W_hh at 0: its weights and losses at each update."""
    history, losses = [], []
    for model, loss in islice(learning(memory, rate, seed), updates + 1):
        history.append(model.params.copy())
        losses.append(loss)
    return history, losses
