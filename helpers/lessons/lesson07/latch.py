"""A memory of one cell: the task of storing a sign, keeping it through noise, and telling it when asked."""

from typing import NamedTuple

import numpy as np

from helpers.networks import check_size

TOLD = float(np.tanh(1.0))  # what a full cell shows: h = o tanh(c) with o = 1 and c = 1


class Latch(NamedTuple):
    """One or more sequences of the task.

    Attributes:
        values: -1 or +1 at every step, (T, B); most of them are noise.
        store: 1 where the value is to be kept from now on, else 0, (T, B).
        ask: 1 where the kept value is to be told, else 0, (T, B).
    """

    values: np.ndarray
    store: np.ndarray
    ask: np.ndarray

    @property
    def x(self) -> np.ndarray:
        """The input of a cell, (T, B, 3): value, store, ask."""
        return np.stack(self, axis=-1).astype(float)

    @property
    def targets(self) -> np.ndarray:
        """The output that should come, (T, B): if asked, tanh(1) with the sign stored last, else 0."""
        kept, targets = np.zeros(self.values.shape[1]), np.empty(self.values.shape)
        for t, (value, store, ask) in enumerate(zip(*self, strict=True)):
            kept = np.where(store, value, kept)
            targets[t] = ask * TOLD * kept + 0.0  # no negative zeros
        return targets


def latch_sequences(rng: np.random.Generator, length: int, batch: int) -> Latch:
    """Random sequences: the first value is to be stored, later ones with probability 0.15, asked with 0.3."""
    shape = check_size("length", length), check_size("batch", batch)
    store = rng.random(shape) < 0.15
    store[0] = True
    return Latch(rng.choice([-1, 1], shape), store.astype(int), (rng.random(shape) < 0.3).astype(int))


def parse_task(marks: str) -> Latch:
    """A sequence from its notation: + or - for each value, followed by s to store it and ? to be asked.

    >>> parse_task("+s - - +?").targets.ravel().round(2).tolist()
    [0.0, 0.0, 0.0, 0.76]

    Raises:
        ValueError: a step is written in another way.
    """
    steps = marks.split()
    if not steps or any(step[0] not in "+-" or step[1:] not in ("", "s", "?", "s?") for step in steps):
        raise ValueError(f"marks is {marks!r}. Write each step as + or -, followed by s, ?, s? or nothing, "
                         "with spaces between the steps.")
    rows = [(1 if step[0] == "+" else -1, "s" in step, "?" in step) for step in steps]
    return Latch(*np.array(rows, dtype=int).T[..., None])


def parse_gates(rows: str) -> np.ndarray:
    """Gates (rows, steps) from the text of `helpers.widgets.Switches`: rows of 0, ½ and 1, spaces between."""
    return np.array([[{"0": 0.0, "½": 0.5, "1": 1.0}[mark] for mark in row] for row in rows.split()])


def run_cell(g, i, f, o) -> tuple[np.ndarray, np.ndarray]:
    """c = f c_prev + i g and h = o tanh(c) over time, from c = 0, for one cell whose gates are given.

    Args:
        g, i, f, o: (T,) numbers.

    Returns:
        c and h, (T,) each.

    Raises:
        ValueError: they are not of one length.
    """
    g, i, f, o = (np.asarray(gate, dtype=float) for gate in (g, i, f, o))
    if g.ndim != 1 or not g.shape == i.shape == f.shape == o.shape:
        raise ValueError(f"g, i, f and o have shapes {g.shape}, {i.shape}, {f.shape} and {o.shape}. "
                         "They must be rows of the same length.")
    c = np.zeros(len(g) + 1)
    for t in range(len(g)):
        c[t + 1] = f[t] * c[t] + i[t] * g[t]
    return c[1:], o * np.tanh(c[1:])


def correct_steps(h: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Where the output is within 0.2 of the targets, booleans of the same shape."""
    return np.abs(np.asarray(h) - targets) < 0.2
