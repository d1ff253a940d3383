"""How long a string a network has learnt to hold in its state."""

import numpy as np

from helpers.data import Chunk, copy_sequences
from helpers.networks import CELLS, Adam, CharModel, nll, train


def copy_accuracy(
    rng: np.random.Generator, length: int, hidden_size: int, cell: str = "GRU",
    learning_rate: float = 0.01, batch: int = 32, updates: int = 3000,
) -> dict[str, float]:
    """Train on copying strings of `length` out of eight symbols, and test on 500 new ones.

    Adam in float32, its rate falling to zero in a line, the gradient's norm clipped at 1.

    Returns:
        "accuracy", the share of symbols written correctly (an eighth by chance), and "loss", nats per symbol.
    """
    model = CharModel(CELLS[cell](9, hidden_size), rng, dtype=np.float32)
    stream = (Chunk(*copy_sequences(rng, length, batch), starts_over=True) for _ in range(updates))
    optimizer = Adam(learning_rate)
    for step in train(model, stream, optimizer, clip_norm=1.0):
        optimizer.learning_rate = learning_rate * (1 - step.index / (updates + 1))
    inputs, targets = copy_sequences(rng, length, 500)
    scores, answers = model.scores(inputs)[length:], targets[length:]
    return {"accuracy": float(np.mean(scores.argmax(axis=2) == answers)),
            "loss": float(nll(scores, answers).mean())}
