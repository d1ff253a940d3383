"""Networks with other seeds, on which sentences of lesson 04 are measured."""

from itertools import cycle, islice

import numpy as np

from helpers.data import Chunk, chunks, course_corpus
from helpers.networks import LSTM, RNN, Adam, CharModel, GradientParts, compare, train


def loss_of_layout(rng: np.random.Generator, layout: str) -> float:
    """The training loss of 64 units over the last epoch of 600 updates on the play, in nats per character.

    Args:
        layout: "streams", "dealt" for chunks that are dealt to the rows like cards, or "shuffled" for streams
            whose rows change places at each update.
    """
    text, length, batch = course_corpus(), 10, 4
    updates = (len(text.ids) - 1) // (length * batch)
    inputs, targets = (text.ids[n : n + updates * length * batch].reshape(updates, batch, length)
                       for n in (0, 1))
    dealt = cycle([Chunk(inputs[n].T, targets[n].T, n == 0) for n in range(updates)])
    model = CharModel(RNN(len(text.vocabulary), 64), rng)
    orders = (rng.permutation(batch) for _ in cycle([0]))
    shuffled = (Chunk(chunk.inputs[:, order], chunk.targets[:, order], chunk.starts_over)
                for chunk, order in zip(chunks(text.ids, length, batch), orders, strict=False))
    pieces = {"streams": chunks(text.ids, length, batch), "dealt": dealt, "shuffled": shuffled}[layout]
    steps = train(model, islice(pieces, 600), Adam(0.003), clip_norm=1.0)
    return float(np.mean([step.loss for step in steps][-updates:]))


def fresh_gradient(rng: np.random.Generator, cell: str) -> dict[str, float]:
    """The gradient of W_hh of 64 units that have learnt nothing, over 100 steps of the play.

    Args:
        cell: "RNN", or "LSTM" with a forget bias of 5.

    Returns:
        "1", "2", "8" and "60": the part of that lag, against that of lag 0; "cosine": in chunks of 10.
    """
    text = course_corpus()
    model = CharModel({"RNN": RNN, "LSTM": LSTM}[cell](len(text.vocabulary), 64), rng)
    if cell == "LSTM":
        model.params.b_h[64:128] = 5
    play = next(chunks(text.ids, length=100, batch=4))
    parts = GradientParts(model, play.inputs, play.targets)
    recurrent = parts.full.zeros_like()
    recurrent.W_hh = 1
    sizes = np.linalg.norm(parts.by_lag()[:, recurrent.vector == 1], axis=1)
    return {**{str(lag): float(sizes[lag] / sizes[0]) for lag in (1, 2, 8, 60)},
            "cosine": compare(parts.truncated(10, 10), parts.full).cosine}
