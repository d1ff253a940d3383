"""Single runs that answer with numbers, made to be repeated by `helpers.runs.sweep`."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from helpers.data import Chunk, adding_sequences, chunks, course_corpus
from helpers.networks import CELLS, OPTIMIZERS, Adam, CharModel, Linear, Model, train
from helpers.runs.history import History

SOLVED = 0.01       # mean squared error in the adding problem


def text_losses(
    rng: np.random.Generator, learning_rate: float, hidden_size: int, cell: str = "RNN",
    optimizer: str = "Adam", updates: int = 300, length: int = 25, batch: int = 16,
    max_norm: float | None = 1.0,
) -> dict[str, float]:
    """Train a character model on the course's text; its losses over all of "train" and all of "heldout".

    They are in nats per character. `cell` is a name in `CELLS`, `optimizer` one in `OPTIMIZERS`, and
    gradients longer than `max_norm` are clipped to it. Raises Diverged where training becomes unstable.
    """
    _, vocabulary, ids, heldout, _ = course_corpus()
    model = CharModel(CELLS[cell](len(vocabulary), hidden_size), rng)
    stream = islice(chunks(ids, length, batch), updates)
    for _ in train(model, stream, OPTIMIZERS[optimizer](learning_rate), clip_norm=max_norm):
        pass
    return {name: round(model.loss(text[:-1, None], text[1:, None])[0], 5)
            for name, text in (("train", ids), ("heldout", heldout))}


def adding_run(
    rng: np.random.Generator, cell: str = "GRU", length: int = 100, hidden_size: int = 32,
    learning_rate: float = 0.01, batch: int = 32, updates: int = 3000,
) -> Iterator[tuple[int, float] | None]:
    """Train on the adding problem, with Adam in float32, and test on 1,000 sequences kept for it.

    The run ends when the test's error is below `SOLVED`, or after all `updates`.

    Yields:
        after every 25 updates how many were made, and the mean squared error of the test (chance is
        1/6); after any other update None.
    """
    model = Model(CELLS[cell](2, hidden_size), Linear(1, last=True), rng, dtype=np.float32)
    x_test, sums_test = adding_sequences(rng, length, 1000)
    stream = (Chunk(*adding_sequences(rng, length, batch), starts_over=True) for _ in range(updates + 1))
    steps = train(model, stream, Adam(learning_rate), clip_norm=1.0)
    for update in range(updates + 1):
        if update % 25 == 0:
            error = model.loss(x_test, sums_test)[0]
            yield update, error
            if error < SOLVED:
                return
        next(steps)
        yield None


def adding_curve(rng: np.random.Generator, **settings) -> dict[str, list]:
    """The tests of `adding_run`, as lists: "updates", and the "errors" then."""
    history = History()
    for test in adding_run(rng, **settings):
        if test is not None:
            updates, error = test
            history.record(updates, errors=error)
    return history.kept(digits=5)
