"""The longer text of lesson 08, and cells that learn it under equal conditions."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from helpers.data import Vocabulary, chunks, load_text
from helpers.networks import GRU, LSTM, RNN, Adam, CharModel, train
from helpers.runs import History

CELLS = {"RNN": RNN, "GRU": GRU, "LSTM": LSTM}
SIZES = {"RNN": 204, "GRU": 113, "LSTM": 96}       # hidden units that make about 66,500 parameters each
LENGTH, BATCH, MAX_NORM = 64, 16, 1.0
# Seconds of processor time per update, medians on an idle core. The shipped race counts with them, so that it
# can be run on any machine, beside other work, and comes out the same.
SECONDS = {"RNN": 0.0041, "GRU": 0.0052, "LSTM": 0.0049}
STREAMS = 6                                         # pieces of held-out text that are read side by side
READ = 250                                          # characters of each piece at a time
SLICE = 10_000                                      # characters, few enough to be memorised


class Tales(NamedTuple):
    """The text to train on and the one that is held out, with one vocabulary."""

    text: str
    heldout: str
    vocabulary: Vocabulary

    @property
    def ids(self) -> np.ndarray:
        return self.vocabulary.encode(self.text)

    @property
    def heldout_ids(self) -> np.ndarray:
        return self.vocabulary.encode(self.heldout)


def load_tales() -> Tales:
    """The *Tales of Tern Island*: 300,287 characters to train on, 30,012 held out."""
    text = load_text("tales")
    return Tales(text, load_text("tales_heldout"), Vocabulary(text))


def tales_loss(model: CharModel, ids: np.ndarray, characters: int | None = None) -> float:
    """Loss on a text that is read in six pieces side by side, in nats per character.

    Each piece begins with an empty state, which costs about a thousandth of a nat.

    Args:
        ids: (N,) symbols, at least 7.
        characters: of each piece, at most; all by default.
    """
    return next(loss for loss in reading(model, ids, characters) if loss is not None)


def reading(model: CharModel, ids: np.ndarray, characters: int | None = None) -> Iterator[float | None]:
    """As `tales_loss`, a little at a time, so that controls can be looked at: None, and at last the loss."""
    length = (len(ids) - 1) // STREAMS
    starts, total, state = length * np.arange(STREAMS), 0.0, None
    length = length if characters is None else min(length, characters)
    for start in range(0, length, READ):
        places = starts + np.arange(start, min(start + READ, length))[:, None]
        loss, state = model.loss(ids[places], ids[places + 1], state)
        total += loss * len(places)
        yield None
    yield total / length


def learn_tales(
    rng: np.random.Generator, cell: str, learning_rate: float, hidden_size: int | None = None,
    updates: int | None = None, seconds: float | None = None, looks: int = 10,
    characters: int | None = None, cost: float | None = None,
) -> Iterator[tuple[int, float, float] | None]:
    """Train on the tales until the budget is spent, and look at the held-out loss now and then.

    Adam in float32, 16 streams, 64 steps, the gradient's norm clipped at 1. The learning rate falls
    in a line to zero at the end of the budget.

    Args:
        cell: "RNN", "GRU" or "LSTM".
        hidden_size: by default that of `SIZES`, at which the three have equally many parameters.
        updates, seconds: the budget, one of the two; seconds are of processor time spent on training.
        looks: how often the held-out text is read, at points evenly spaced on a logarithmic axis.
        characters: of each of its six pieces, at most; all by default.
        cost: seconds that each update counts, by default those that it takes.

    Yields:
        at a look the updates made, the seconds spent on them and the held-out loss; else None.

    Raises:
        ValueError: not just one budget is given.
    """
    if (updates is None) == (seconds is None):
        raise ValueError(f"updates is {updates} and seconds is {seconds}: give just one, the budget")
    budget = updates or seconds
    tales = load_tales()
    ids, heldout = tales.ids, tales.heldout_ids
    size = SIZES[cell] if hidden_size is None else hidden_size
    model = CharModel(CELLS[cell](len(tales.vocabulary), size), rng, dtype=np.float32)
    optimizer, spent, made = Adam(learning_rate), 0.0, 0
    steps = train(model, chunks(ids, LENGTH, BATCH), optimizer, clip_norm=MAX_NORM)
    due = [*np.geomspace(budget / 30, budget, looks)[:-1], budget]
    while due:
        used = made if seconds is None else spent
        if used >= due[0]:
            due = [point for point in due if point > used]
            for loss in reading(model, heldout, characters):
                yield None if loss is None else (made, spent, loss)
            continue
        optimizer.learning_rate = learning_rate * max(1 - used / budget, 1e-6)
        began = time.process_time()
        made = next(steps).index
        spent += time.process_time() - began if cost is None else cost
        yield None


def tales_curve(rng: np.random.Generator, cell: str, **settings) -> dict[str, list]:
    """The looks of `learn_tales`: lists of "updates", "seconds" and "heldout" losses.

    Seconds are counted by the cell's `SECONDS`, so the same random numbers give the same curve everywhere.
    """
    history = History()
    for look in learn_tales(rng, cell, cost=SECONDS[cell], **settings):
        if look is not None:
            updates, seconds, heldout = look
            history.record(updates, seconds=seconds, heldout=heldout)
    return history.kept(digits=4)


def memorise(
    rng: np.random.Generator, dropout: float = 0.0, hidden_size: int = 96, learning_rate: float = 0.01,
    batch: int = 8, updates: int = 2000, every: int = 100,
) -> dict[str, list]:
    """Train an LSTM on the first 10,000 characters of the tales only, again and again.

    Args:
        dropout: share of the output layer's inputs that is set to zero at each step while training.

    Returns:
        lists: "updates", and the losses then on the text trained on, "train", and on held-out text of
        6,000 characters, "heldout", in nats per character.
    """
    tales = load_tales()
    ids, heldout = tales.ids[:SLICE], tales.heldout_ids
    model = CharModel(LSTM(len(tales.vocabulary), hidden_size), rng, np.float32, dropout=dropout)
    history = History()
    steps = train(model, chunks(ids, LENGTH, batch), Adam(learning_rate), clip_norm=MAX_NORM)
    for step in islice(steps, updates):
        if step.index % every == 0:
            history.record(step.index, train=tales_loss(model, ids, 1000),
                         heldout=tales_loss(model, heldout, 1000))
    return history.kept(digits=4)
