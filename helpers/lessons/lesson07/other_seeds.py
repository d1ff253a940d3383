"""What lesson 07 shows of one network, measured for others, most of it as runs for `helpers.runs.sweep`."""

import numpy as np

from helpers.lessons.lesson07.latch import correct_steps, latch_sequences
from helpers.lessons.lesson07.mistakes import faulty_sequences
from helpers.lessons.lesson07.shipped import trained_cell
from helpers.lessons.lesson07.suspects import train_store_and_ask
from helpers.networks import LSTM, gradient_norms


def gradient_paths(rng: np.random.Generator, forget_bias: float) -> dict[str, float]:
    """What is left of a gradient along c in an untrained LSTM of 32 units with weights of the usual size.

    Returns:
        "total_by_direct", by how much the total gradient is larger than the direct one after 40 steps;
        "total", how much of the total gradient is left after 100.
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


def suspect_loss(rng: np.random.Generator, updates: int) -> float:
    """The loss of the backward pass whose line of dc comes too late, after so many updates."""
    suspect = next(backward for mutant, backward in faulty_sequences() if mutant.name == "late-dc")
    return train_store_and_ask(suspect, updates, rng)[-1]


def latch_gates(rng: np.random.Generator, updates: int) -> dict[str, float]:
    """Train the cell that stores a sign, and try it on 1,000 sequences of 200 steps.

    Returns:
        "wrong", the share of wrong steps; "let_in", how far the input gate is open at noise, on average
        over the sign at which it is wider open; "added", how much |i g| is there.
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
