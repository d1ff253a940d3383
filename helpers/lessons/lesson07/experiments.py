"""Lesson 07: a memory of one cell, how long a symbol is carried, backward passes tried out, and a small LSTM.

The notebook calls these functions, `shipped` repeats some over seeds, and `scripts/replication` measures for
other seeds what the lesson says of one network (`gradient_paths`, `suspect_loss`, `latch_gates`).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from helpers.data import Chunk, recall_sequences
from helpers.lessons.lesson07.mistakes import SUSPECT
from helpers.lessons.lesson07.plain_lstm import forward, lstm_step
from helpers.networks import (
    CELLS,
    LSTM,
    Adam,
    Model,
    NoOutputLayer,
    Parameters,
    Softmax,
    check_size,
    clip_norm,
    gradient_norms,
    numerical_gradient,
    relative_error,
    train,
)

FULL = float(np.tanh(1.0))      # the output h = o tanh(c) of a cell with o = 1 and c = 1


class Latch(NamedTuple):
    """One or more sequences of a task: store a sign, keep it through noise, and output it when asked.

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
        sign, targets = np.zeros(self.values.shape[1]), np.empty(self.values.shape)
        for t, (value, store, ask) in enumerate(zip(*self, strict=True)):
            sign = np.where(store, value, sign)
            targets[t] = ask * FULL * sign + 0.0  # no negative zeros
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

    Raises ValueError if a step is written in another way.
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
    """c = f c_prev + i g and h = o tanh(c) over time, from c = 0, for one cell whose gates (T,) are given.

    Returns c and h, (T,) each. Raises ValueError if the gates are not of one length.
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


def trained_cell(rng: np.random.Generator, updates: int) -> tuple[LSTM, Parameters]:
    """Train one unit to store a sign, on 64 sequences of 20 steps per update, Adam 0.03, clip 1."""
    model = Model(LSTM(3, 1), NoOutputLayer(1), rng)                # h itself is the output
    sequences = (latch_sequences(rng, 20, 64) for _ in range(updates))
    stream = (Chunk(latch.x, latch.targets, starts_over=True) for latch in sequences)
    for _ in train(model, stream, Adam(0.03), clip_norm=1.0):
        pass
    return model.cell, model.params


def latch_gates(rng: np.random.Generator, updates: int) -> dict[str, float]:
    """Train the cell that stores a sign, and try it on 1,000 sequences of 200 steps.

    Returns:
        "wrong", the share of wrong steps; "let_in", the mean input gate at noise of one sign, that at which
        it is wider open; "added", the mean of |i g| there.
    """
    cell, p = trained_cell(rng, updates)
    task = latch_sequences(rng, 200, 1000)
    h, _, cache = cell.forward(p, task.x)
    i, g = (cell.gates(cache)[name][..., 0] for name in "ig")
    noise = [(task.store == 0) & (task.values == sign) for sign in (-1, 1)]
    wider = max(noise, key=lambda there: i[there].mean())
    wrong = ~correct_steps(h[..., 0], task.targets)
    return {"wrong": float(wrong.mean()), "let_in": float(i[wider].mean()),
            "added": float(np.abs(i * g)[wider].mean())}


def updates_to_recall(
    rng: np.random.Generator, lag: int, forget_bias: float = 1.0, cell: str = "LSTM", hidden_size: int = 24,
    learning_rate: float = 0.003, batch: int = 32, updates: int = 1500,
) -> dict[str, float | None]:
    """How long a network needs to learn to carry one symbol over `lag` steps, and at most `updates`.

    Every ten updates it is asked about 200 new sequences; at least 99 % right counts as learnt.
    `forget_bias` is where the biases of an LSTM's forget gate start; other cells have none.

    Returns "updates" until it was learnt, None if never; and "accuracy" in the last test.
    """
    network = CELLS[cell](8, hidden_size)
    start = network.init(rng, forget_bias=forget_bias) if isinstance(network, LSTM) else None
    model = Model(network, Softmax(4, last=True), rng, start=start)
    stream = (Chunk(*recall_sequences(rng, lag, batch), starts_over=True) for _ in range(updates))
    right = 0.0
    for step in train(model, stream, Adam(learning_rate), clip_norm=1.0):
        if step.index % 10 == 0:
            x, answers = recall_sequences(rng, lag, 200)
            right = float(np.mean(model.scores(x).argmax(axis=1) == answers))
            if right >= 0.99:
                return {"updates": step.index, "accuracy": right}
    return {"updates": None, "accuracy": right}


def gradient_paths(rng: np.random.Generator, forget_bias: float) -> dict[str, float]:
    """What is left of a gradient along c in an untrained LSTM of 32 units with weights of the usual size.

    Returns:
        "total_by_direct", the total gradient after 40 steps, divided by the direct one; "total", how much of
        the total gradient is left after 100.
    """
    cell = LSTM(16, 32)
    x, d_h = rng.normal(size=(100, 16, 16)), rng.normal(size=(16, 32))
    p = cell.init(rng, forget_bias=forget_bias)
    _, (_, c), cache = cell.forward(p, x)
    gate = cell.gates(cache)
    d_c = d_h * gate["o"][-1] * (1 - np.tanh(c) ** 2)
    direct = np.linalg.norm(d_c * gate["f"][-1:-41:-1].prod(axis=0))
    total = gradient_norms(cell, p, x, d_h, by="c") * np.linalg.norm(d_h)
    return {"total_by_direct": float(total[40] / direct), "total": float(total[100] / np.linalg.norm(d_c))}


def train_store_and_ask(
    backward: Callable, updates: int = 400, rng: np.random.Generator | None = None
) -> list[float]:
    """The losses of four cells, whose outputs are added up, while they learn the store-and-ask task.

    `backward` is like `plain_lstm.backward`; it may return a dictionary of gradients. Without `rng`, for the
    first weights and the sequences, these are always the same.

    Returns the mean squared error before each update and at the end, ``updates + 1`` numbers.
    """
    rng, losses = rng or np.random.default_rng(0), []
    p, optimizer = LSTM(3, 4).init(rng), Adam(0.02)
    for _ in range(updates + 1):
        task = latch_sequences(rng, length=10, batch=32)
        h, c, gates = forward(p, task.x, np.zeros((32, 4)), np.zeros((32, 4)))
        error = np.array([h[t].sum(axis=1) for t in range(10)]) - task.targets
        losses.append(float(np.mean(error**2)))
        d_h = np.repeat(2 * error[..., None] / error.size, 4, axis=2)
        derived, _ = backward(p, task.x, h, c, gates, d_h)
        grads = p.zeros_like()
        for name in p:
            grads[name] = derived[name]
        clip_norm(grads, 1.0)
        optimizer.update(p, grads)
    return losses


def suspect_loss(rng: np.random.Generator, updates: int) -> float:
    """The loss of the backward pass whose line of dc comes too late, after so many updates."""
    return train_store_and_ask(SUSPECT, updates, rng)[-1]


def print_wrong_steps(backward: Callable) -> None:
    """Print for each gate and step whether the gradient with respect to the sums a is right.

    The true one is measured: the bias is changed a little at one step only, and central differences say how
    the loss changes. There are four cells, and two sequences of five steps.
    """
    T, B, D, H = 5, 2, 3, 4
    rng = np.random.default_rng(0)
    p = LSTM(D, H).init(rng)
    x, (h_first, c_first) = rng.normal(size=(T, B, D)), rng.normal(size=(2, B, H))
    R = rng.normal(size=(T, B, H))          # the gradient with respect to each h, from its own loss alone
    nudge = np.zeros((T, 4 * H))

    def loss() -> float:
        h, c, total = h_first, c_first, 0.0
        for t in range(T):
            moved = p.copy()
            moved.b_h = p.b_h + nudge[t]
            *_, c, h = lstm_step(moved, x[t], h, c)
            total += np.sum(R[t] * h)
        return total

    measured = np.split(numerical_gradient(loss, nudge), 4, axis=1)
    _, da = backward(p, x, *forward(p, x, h_first, c_first), R)
    derived = np.split(np.sum(da, axis=1), 4, axis=1)
    print("step", *(f"{t:5}" for t in range(T)), sep="  ")
    for gate, mine, true in zip("ifog", derived, measured, strict=True):
        words = ["right" if relative_error(mine[t], true[t]) < 1e-7 else "wrong" for t in range(T)]
        print(f"   {gate}", *words, sep="  ")


def small_lstm(rng: np.random.Generator | None = None) -> dict[str, np.ndarray]:
    """What an exercise starts from: four inputs of 50 numbers, and weights that all four gates share.

    Without `rng` they are those of the program "Simple LSTM", which seeds its generator again for every
    array, so that all gates start alike, and whose results can be met to the digit.

    Returns W_xh (50, 400), W_hh (100, 400), b_h (400,), inputs (4, 50) and targets (4,).
    """
    W = 0.2 * (rng or np.random.RandomState(0)).random((100, 150)) - 0.1
    source = rng or np.random.RandomState(0)
    b = 0.2 * source.random(100) - 0.1
    return {"W_xh": np.tile(W[:, :50].T, 4), "W_hh": np.tile(W[:, 50:].T, 4), "b_h": np.tile(b, 4),
            "inputs": source.random((4, 50)), "targets": np.array([-0.5, 0.2, 0.1, -0.5])}
