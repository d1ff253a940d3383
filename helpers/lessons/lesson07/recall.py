"""How long an LSTM needs to learn to carry one symbol, by its forget bias."""

import numpy as np

from helpers.data import recall_sequences
from helpers.networks import CELLS, LSTM, Adam, Parameters, clip_norm


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
    cell = CELLS[cell](8, hidden_size)
    shapes = {**cell.shapes, "W_hy": (hidden_size, 4), "b_y": (4,)}
    p, grads = Parameters(shapes), Parameters(shapes)
    start = cell.init(rng, forget_bias=forget_bias) if isinstance(cell, LSTM) else cell.init(rng)
    for name in start:
        p[name] = start[name]
    p.W_hy = rng.uniform(-1, 1, p.W_hy.shape) / np.sqrt(hidden_size)
    optimizer, trace = Adam(learning_rate), None
    for update in range(1, updates + 1):
        x, answers = recall_sequences(rng, lag, batch)
        h, _, trace = cell.forward(p, x, trace=trace)
        scores = h[-1] @ p.W_hy + p.b_y
        probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        d_scores = (probabilities - np.eye(4)[answers]) / batch
        grads.W_hy, grads.b_y = h[-1].T @ d_scores, d_scores.sum(axis=0)
        d_h = np.zeros_like(h)
        d_h[-1] = d_scores @ p.W_hy.T  # only the last state is asked
        cell.backward(p, d_h, trace, grads=grads)
        clip_norm(grads, 1.0)
        optimizer.update(p, grads)
        if update % 10 == 0:
            x, answers = recall_sequences(rng, lag, 200)
            h = cell.forward(p, x)[0]
            right = float(np.mean((h[-1] @ p.W_hy + p.b_y).argmax(axis=1) == answers))
            if right >= 0.99:
                return {"updates": update, "accuracy": right}
    return {"updates": None, "accuracy": right}
