"""How long an LSTM needs to learn to carry one symbol, by its forget bias."""

import numpy as np

from helpers.data import Chunk, recall_sequences
from helpers.networks import CELLS, LSTM, Adam, Model, Softmax, train


def updates_to_recall(
    rng: np.random.Generator, lag: int, forget_bias: float = 1.0, cell: str = "LSTM", hidden_size: int = 24,
    learning_rate: float = 0.003, batch: int = 32, updates: int = 1500,
) -> dict[str, float | None]:
    """How long a network needs to learn to carry one symbol over `lag` steps.

    Every ten updates it is asked about 200 new sequences; at least 99 % right counts as learnt.

    Args:
        forget_bias: where the biases of an LSTM's forget gate start; other cells have none.
        updates: when to give up.

    Returns:
        "updates" until it was learnt, None if never; "accuracy" in the last test.
    """
    made = CELLS[cell](8, hidden_size)
    start = made.init(rng, forget_bias=forget_bias) if isinstance(made, LSTM) else None
    model = Model(made, Softmax(4, last=True), rng, start=start)
    stream = (Chunk(*recall_sequences(rng, lag, batch), starts_over=True) for _ in range(updates))
    right = 0.0
    for step in train(model, stream, Adam(learning_rate), clip_norm=1.0):
        if step.index % 10 == 0:
            x, answers = recall_sequences(rng, lag, 200)
            right = float(np.mean(model.scores(x).argmax(axis=1) == answers))
            if right >= 0.99:
                return {"updates": step.index, "accuracy": right}
    return {"updates": None, "accuracy": right}
