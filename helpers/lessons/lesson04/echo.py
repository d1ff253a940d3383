"""Runs with a truncated gradient on two toy tasks, made to be repeated by `helpers.runs.sweep`."""

from collections.abc import Iterator

import numpy as np

from helpers.data import Chunk, adding_sequences, echo_sequences
from helpers.networks import GRU, RNN, Adam, CharModel, Linear, Model, train


def echo_stream(rng: np.random.Generator, lag: int, window: int, updates: int, batch: int) -> Iterator[Chunk]:
    """`updates` chunks of `window` steps, of `batch` streams in which each bit has to be output again.

    A network should carry its state from chunk to chunk. The first `lag` answers are bits that came
    before it began to read, so nobody can know them.
    """
    bits, answers = echo_sequences(rng, lag, lag + updates * window, batch)
    for start in range(0, updates * window, window):
        yield Chunk(bits[lag + start : lag + start + window], answers[start : start + window], start == 0)


def echo_accuracy(
    rng: np.random.Generator, lag: int, window: int, scale: float | None = None, frozen: bool = False,
    updates: int = 4000, hidden_size: int = 32, batch: int = 32, learning_rate: float = 0.003,
) -> dict[str, float]:
    """Train a tanh network to output each random bit again after `lag` steps, in chunks of `window` steps.

    The streams never end, and the state is carried from chunk to chunk. The gradient is cut at every
    border, so no loss reaches back more than ``window - 1`` steps.

    Args:
        scale: standard deviation of the normal initial weights, or None for uniform within 1/sqrt(H).
        frozen: only the readout is trained, and the recurrent network stays as it was initialised.
        updates: how many, one for each chunk.

    Returns:
        "accuracy", the share of right answers in 1,000 new steps of every stream. Chance is 0.5.
    """
    model = CharModel(RNN(2, hidden_size), rng, scale=scale)
    kept = ("W_xh", "W_hh", "b_h") if frozen else ()
    for _ in train(model, echo_stream(rng, lag, window, updates, batch), Adam(learning_rate), clip_norm=1.0,
                   frozen=kept):
        pass
    bits, answers = echo_sequences(rng, lag, lag + 1000, batch)
    said = model.scores(bits)[lag:].argmax(axis=-1)
    return {"accuracy": float(np.mean(said == answers))}


def adding_with_window(
    rng: np.random.Generator, length: int, window: int, updates: int = 1200, hidden_size: int = 32,
    batch: int = 32, learning_rate: float = 0.01,
) -> dict[str, list]:
    """Train a GRU on the adding problem, where the loss at the end reaches back over `window` steps only.

    Returns:
        lists: "updates", from 0 and every 100; "errors" then, mean squared on 1,000 new sequences (1/6 is
        chance); "update_gate", the mean of the gate z, the share of the state that it keeps, at steps
        without a mark.
    """
    model, before = Model(GRU(2, hidden_size), Linear(1, last=True), rng), length - window
    found: dict[str, list] = {"updates": [], "errors": [], "update_gate": []}

    def ends() -> Iterator[Chunk]:
        """The last steps of new sequences, with the state that the steps before them leave taken as given."""
        while True:
            x, sums = adding_sequences(rng, length, batch)
            steps.state = model.cell.forward(model.params, x[:before])[1] if before else None
            yield Chunk(x[before:], sums, starts_over=False)

    steps = train(model, ends(), Adam(learning_rate), clip_norm=1.0)
    for update in range(updates + 1):
        if update % 100 == 0:
            x, sums = adding_sequences(rng, length, 1000)
            _, _, cache = model.cell.forward(model.params, x)
            found["updates"].append(update)
            found["errors"].append(round(model.loss(x, sums)[0], 5))
            z = model.cell.gates(cache)["z"]
            found["update_gate"].append(round(float(z[x[..., 1] == 0].mean()), 3))
        next(steps)
    return found
