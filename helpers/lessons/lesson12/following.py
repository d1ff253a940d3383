"""Strings of symbols, and what a network should say after each: parity, and permutations of three."""

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from helpers.data import Chunk
from helpers.lessons.lesson12.linear import LinearRecurrence
from helpers.networks import CELLS, Adam, Cell, Model, Softmax, train

LINEAR = {"linear (0, 1)": "(0, 1)", "linear (-1, 1)": "(-1, 1)"}
KINDS = ("LSTM", "GRU", "RNN", *LINEAR)
ORDERS = np.array(list(permutations(range(3))))                     # the six permutations of three things
THEN = np.array([[ORDERS.tolist().index(after[before].tolist()) for after in ORDERS] for before in ORDERS])
SIGNS = np.array([round(np.linalg.det(np.eye(3)[order])) for order in ORDERS])


def made(kind: str, symbols: int, units: int) -> Cell:
    """A cell by its name, one of `KINDS`."""
    if kind in LINEAR:
        return LinearRecurrence(symbols, units, LINEAR[kind])
    return CELLS[kind](symbols, units)


def parity_strings(rng: np.random.Generator, length: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Random bits (T, B), and after each whether the number of 1s so far is odd, 0 or 1."""
    bits = rng.integers(2, size=(length, batch))
    return bits, np.cumsum(bits, axis=0) % 2


def orders_after(symbols: np.ndarray) -> np.ndarray:
    """The order of three things after each of the permutations (T, B), one of six."""
    now, orders = np.zeros(symbols.shape[1], int), np.empty(symbols.shape, int)
    for t, symbol in enumerate(symbols):
        orders[t] = now = THEN[now, symbol]
    return orders


def permutation_strings(rng: np.random.Generator, length: int, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Random permutations of three (T, B), and the order after each."""
    symbols = rng.integers(6, size=(length, batch))
    return symbols, orders_after(symbols)


TASKS = {"parity": (parity_strings, 2), "permutations": (permutation_strings, 6)}


def right_by_step(model: Model, x: np.ndarray, wanted: np.ndarray, piece: int = 512) -> np.ndarray:
    """The share of strings whose answer is right, after each step, (T,)."""
    state, right = None, []
    for start in range(0, len(x), piece):
        h, state, _ = model.cell.forward(model.params, x[start : start + piece], state)
        scores = h @ model.params.W_hy + model.params.b_y
        right.append((scores.argmax(axis=2) == wanted[start : start + piece]).mean(axis=1))
    return np.concatenate(right)


def following(
    rng: np.random.Generator, kind: str, task: str = "parity", units: int = 8, length: int = 40,
    learning_rate: float = 0.01, batch: int = 32, updates: int = 2500,
    beyond: Sequence[int] = (64, 128, 256, 512, 1024, 2048, 4096), longer: int = 1000,
) -> dict:
    """Train a network on parity or permutations, and test it on longer strings.

    Every 20 updates it is asked about 200 new strings; 99.9 % of the answers right counts as learnt.

    Args:
        kind: one of `KINDS`.
        task: "parity" or "permutations".
        length: of the strings that it learns from.
        updates: when to give up.
        beyond: lengths of the strings on which it is tested.
        longer: how many updates more it makes once it has learnt.

    Returns:
        "updates" until it was learnt, None if never; by length "right", the share of right answers in
        the last tenth of the string; "breaks", the first step from which less than 90 % are right for 20
        steps, None if there is none.
    """
    draw, symbols = TASKS[task]
    model = Model(made(kind, symbols, units), Softmax(symbols), rng)
    stream = (Chunk(*draw(rng, length, batch), starts_over=True) for _ in range(updates + longer))
    learnt, score = None, 0.0
    for step in train(model, stream, Adam(learning_rate), clip_norm=1.0):
        if learnt is None and step.index % 20 == 0:
            score = right_by_step(model, *draw(rng, length, 200)).mean()
            learnt = step.index if score >= 0.999 else None
        if step.index == (updates if learnt is None else learnt + longer):
            break
    x, wanted = draw(rng, max(beyond), 100)
    right = right_by_step(model, x, wanted)
    found = {n: round(float(right[n - n // 10 : n].mean()), 3) for n in (length, *beyond)}
    smooth = np.convolve(right, np.ones(20) / 20, "valid")
    low = np.flatnonzero(smooth < 0.9)
    return {"updates": learnt, "right": list(found.values()), "at": list(found),
            "breaks": int(low[0]) + 1 if low.size else None}


def permuting(rng: np.random.Generator, kind: str) -> dict:
    """`following`, with permutations of three: 16 units, strings of 20, tested up to 1,024."""
    return following(rng, kind, "permutations", 16, 20, updates=3000, beyond=(32, 64, 128, 256, 512, 1024))
