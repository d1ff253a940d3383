"""A network of the reader's own under this lesson's views: read from a file, and damaged unit by unit."""

import os
from collections.abc import Iterator

import numpy as np

from helpers.data import Vocabulary
from helpers.lessons.lesson08.probes import read_states
from helpers.networks import CharModel
from helpers.runs import restore

LEAST = 200             # characters of a text that say something
STREAMS = 16


def saved_network(path: str | os.PathLike, otherwise: str) -> tuple[CharModel, Vocabulary, str]:
    """The network of a run that `helpers.runs.save` or the laboratory has saved, and a text for it to read.

    The text is what the run was tested on, if it was saved with one; else that part of `otherwise` which is
    written in the network's characters.

    Raises:
        CheckpointError: the file is no saved run.
        ValueError: it is no character model, or there is too little text that it can read.
    """
    run = restore(path)
    if run.vocabulary is None:
        raise ValueError(f"{os.fsdecode(path)!r} was saved without its vocabulary: use a run that the "
                         "laboratory saved, or one that was saved with vocabulary=...")
    known = set(run.vocabulary.characters)
    text = "".join(letter for letter in (run.text[2] if run.text else otherwise) if letter in known)
    if len(text) < LEAST:
        raise ValueError(f"only {len(text)} characters of the text are in the network's vocabulary: use a "
                         f"text with at least {LEAST} of them")
    return run.model, run.vocabulary, text


def cells_inside(model: CharModel, ids: np.ndarray) -> dict[str, np.ndarray]:
    """What `read_states` finds, by name, and an LSTM's c as a share of the largest |c| of each unit."""
    found = read_states(model, ids)
    if "c" in found:
        c = found.pop("c")
        found = {"c / its largest": c / np.maximum(np.abs(c).max(axis=0), 1e-12), **found}
    return found


def without_unit(model: CharModel, unit: int) -> CharModel:
    """A copy of a model of any cell in which neither the cell nor the output layer reads one unit's h.

    Raises ValueError if there is no such unit.
    """
    H = model.cell.hidden_size
    if unit not in range(H):
        raise ValueError(f"unit is {unit!r}: choose a whole number from 0 to {H - 1}")
    damaged = CharModel(model.cell, np.random.default_rng(0), dtype=model.params.vector.dtype)
    damaged.params.vector = model.params.vector
    damaged.params.W_hh[unit] = 0
    damaged.params.W_hy[unit] = 0
    return damaged


def loss_without_each(model: CharModel, ids: np.ndarray) -> Iterator[float]:
    """For each unit how much the loss rises without it, nats per character.

    The text (N,) is read in `STREAMS` pieces side by side, each from an empty state.
    """
    length = len(ids) // STREAMS
    pieces = np.asarray(ids)[: STREAMS * length].reshape(STREAMS, length).T
    whole = model.loss(pieces[:-1], pieces[1:])[0]
    for unit in range(model.cell.hidden_size):
        yield without_unit(model, unit).loss(pieces[:-1], pieces[1:])[0] - whole
