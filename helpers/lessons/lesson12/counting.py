"""The strings a^n b^n: learnt by networks, and how far they count."""

from collections.abc import Iterator, Sequence

import numpy as np

from helpers.data import Chunk
from helpers.networks import CELLS, Adam, Model, Softmax, train

A, B, END = 0, 1, 2
MOST = 100              # so far a network is asked


def counted_strings(ns: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Strings a^n b^n, one for each n of `ns`, and after each symbol the one that follows.

    Returns:
        inputs and targets, (length, N) each: 0 is an a, 1 a b, 2 the end, which fills the rest.
    """
    t = np.arange(length + 1)[:, None]
    symbols = np.where(t < ns, A, np.where(t < 2 * ns, B, END))
    return symbols[:-1], symbols[1:]


def reach(model: Model) -> int:
    """The largest n up to which every string a^n b^n is predicted correctly, at most `MOST`.

    A string is, if from its first b on all that follows is predicted: the b's, and the end.
    """
    ns = np.arange(1, MOST + 1)
    x, wanted = counted_strings(ns, 2 * MOST)
    said = model.scores(x).argmax(axis=2)
    t = np.arange(len(x))[:, None]
    asked = (t >= ns) & (t < 2 * ns)
    right = ((said == wanted) | ~asked).all(axis=0)
    return int(MOST if right.all() else np.argmin(right))


def counting(
    rng: np.random.Generator, cell: str, units: int = 8, longest: int = 20, batch: int = 32,
    learning_rate: float = 0.01, updates: int = 2000, looks: Sequence[int] = (500, 1000, 2000),
) -> dict:
    """Train a network on a^n b^n for n from 1 to `longest`, and see how far it counts.

    Returns:
        "updates", those of `looks`, and the "reach" after each.
    """
    model = trained_counter(rng, cell, units, longest, batch, learning_rate)
    found = {}
    for index, network in model:
        if index in looks:
            found[index] = reach(network)
        if index == updates:
            break
    return {"updates": list(found), "reach": list(found.values())}


def trained_counter(
    rng: np.random.Generator, cell: str, units: int = 8, longest: int = 20, batch: int = 32,
    learning_rate: float = 0.01,
) -> Iterator[tuple[int, Model]]:
    """Train the network, an iterator of the number of updates and the model."""
    model = Model(CELLS[cell](3, units), Softmax(3), rng)

    def stream():
        while True:
            yield Chunk(*counted_strings(rng.integers(1, longest + 1, batch), 2 * longest), starts_over=True)

    for step in train(model, stream(), Adam(learning_rate), clip_norm=1.0):
        yield step.index, model


def record_counting(model: Model, n: int) -> np.ndarray:
    """What the units hold over a^n b^n: c of an LSTM, h of another cell, after each symbol (2 n, H)."""
    x, _ = counted_strings(np.array([n]), 2 * n)
    held, state = [], None
    for symbols in x:
        _, state, _ = model.cell.forward(model.params, symbols[None], state)
        held.append(state[-1][0])
    return np.array(held)
