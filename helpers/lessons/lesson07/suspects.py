"""A backward pass that may be wrong, in lesson 07: how it learns, and where it is wrong."""

from collections.abc import Callable

import numpy as np

from helpers.lessons.lesson07.latch import latch_sequences
from helpers.lessons.lesson07.plain_lstm import forward, lstm_step
from helpers.networks import LSTM, Adam, clip_norm, numerical_gradient, relative_error


def train_store_and_ask(
    backward: Callable, updates: int = 400, rng: np.random.Generator | None = None
) -> list[float]:
    """The losses of four cells, whose outputs are added up, while they learn the store-and-ask task.

    Args:
        backward: like `plain_lstm.backward`; it may return a dictionary of gradients.
        rng: for the weights at the start and the sequences, which are always the same without it.

    Returns:
        The mean squared error before each update and at the end, ``updates + 1`` numbers.
    """
    rng, losses = rng or np.random.default_rng(0), []
    p, optimizer = LSTM(3, 4).init(rng), Adam(0.02)
    for _ in range(updates + 1):
        task = latch_sequences(rng, length=10, batch=32)
        h, c, gates = forward(p, task.x, np.zeros((32, 4)), np.zeros((32, 4)))
        error = np.array([h[t].sum(axis=1) for t in range(10)]) - task.targets
        losses.append(float(np.mean(error**2)))
        found, _ = backward(p, task.x, h, c, gates, np.repeat(2 * error[..., None] / error.size, 4, axis=2))
        grads = p.zeros_like()
        for name in p:
            grads[name] = found[name]
        clip_norm(grads, 1.0)
        optimizer.update(p, grads)
    return losses


def print_wrong_steps(backward: Callable) -> None:
    """Print for each gate and step whether the gradient with respect to the sums a is right.

    It is measured: the bias is changed a little at one step only, and central differences of the loss say how
    that answers. The cells are four, the sequences two of five steps.
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
        said = ["right" if relative_error(mine[t], true[t]) < 1e-7 else "wrong" for t in range(T)]
        print(f"   {gate}", *said, sep="  ")
