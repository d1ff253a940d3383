"""The one-unit network whose error surface has a cliff (Pascanu, Mikolov and Bengio 2013, figure 6).

    h_t = w σ(h_{t-1}) + b  from  h_0 = 0.5,  and after 50 steps  loss = (σ(h_50) - 0.7)²

σ is the sigmoid, h the state (the paper writes x); there is no input. There are two numbers to
learn, so all of the surface can be seen.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers.networks import check_positive, sigmoid

START, TARGET, STEPS = 0.5, 0.7, 50
SIGMA = 1 / (1 + math.exp(-START))      # σ(0.5) = 0.622459


def states(w: float, b: float, steps: int = STEPS) -> np.ndarray:
    """h_0 to h_steps (steps + 1,)."""
    h = [START]
    for _ in range(steps):
        h.append(w * sigmoid(h[-1], math.tanh) + b)
    return np.array(h)


def surface(w: np.ndarray, b: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """The loss (B, W) at every pair of `w` (W,) and `b` (B,)."""
    w, b = np.asarray(w, float)[None, :], np.asarray(b, float)[:, None]
    h = START
    for _ in range(steps):
        h = w * sigmoid(h) + b
    return (sigmoid(h) - TARGET) ** 2


def loss_and_gradient(w, b, steps: int = STEPS, tanh=np.tanh):
    """The loss and its derivatives to w and b; numbers, or arrays whose shapes fit each other.

    The derivatives of the state are carried forward beside it, which for two weights is as good as
    going back. With ``tanh=math.tanh`` single numbers are ten times faster.
    """
    h, dh_dw, dh_db = START, 0.0, 0.0
    for _ in range(steps):
        s = sigmoid(h, tanh)
        factor = w * s * (1 - s)                # dh_t / dh_{t-1}
        dh_dw = s + factor * dh_dw
        dh_db = 1 + factor * dh_db
        h = w * s + b
    s = sigmoid(h, tanh)
    d_h = 2 * (s - TARGET) * s * (1 - s)
    return (s - TARGET) ** 2, d_h * dh_dw, d_h * dh_db


def wall_bias(w):
    """The b of the cliff's wall above w: there h stays at its start, on the edge between two ways to go.

    With 50 steps the steepest place is 4.5e-5 beside this line at w = 5, and nearer for larger w. Where the
    edge does not push away, w σ'(0.5) < 1, that is for w < 4.26, the wall is beside the line. It ends near
    w = 4, below which there are no two fixed points.
    """
    return START - SIGMA * w


def steepest_place(w: float, steps: int = STEPS) -> tuple[float, float]:
    """The b near the line of `wall_bias` at which the gradient at this w is longest, and its length there."""
    middle, reach, number = wall_bias(w), 0.05, 401
    while True:
        b = middle + np.linspace(-reach, reach, number)
        lengths = np.hypot(*loss_and_gradient(w, b, steps)[1:])
        middle = b[lengths.argmax()]
        if reach < 1e-14:
            return float(middle), float(lengths.max())
        reach *= 0.03


def wall_gradient(w, steps: int = STEPS):
    """Length of the gradient on the wall, in closed form: a geometric series in m = w σ'(0.5)."""
    m = w * SIGMA * (1 - SIGMA)
    d_h = 2 * (TARGET - SIGMA) * SIGMA * (1 - SIGMA)
    return d_h * math.hypot(SIGMA, 1) * (m**steps - 1) / (m - 1)


class Descent(NamedTuple):
    """Where gradient descent went.

    Attributes:
        path: (n + 1, 2), w and b before the first update and after each.
        losses: (n + 1,).
        norms: (n + 1,), the gradient's length at each of these places, before clipping.
    """

    path: np.ndarray
    losses: np.ndarray
    norms: np.ndarray

    def solved(self, below: float = 1e-3) -> int | None:
        """After how many updates the loss is below this and stays there; None if it is not at the end."""
        above = np.flatnonzero(~(self.losses < below))
        first = 0 if above.size == 0 else int(above[-1]) + 1
        return first if first < len(self.losses) else None


@lru_cache(maxsize=8)      # a page draws what it shows for a wide screen and for a narrow one
def descend(
    w: float, b: float, learning_rate: float, updates: int, max_norm: float | None = None
) -> Descent:
    """Gradient descent from (w, b); with `max_norm`, longer gradients are shortened to it.

    Ends early where numbers are no longer finite.

    Raises ValueError or TypeError if an argument is no number, or not above 0.
    """
    check_positive("learning_rate", learning_rate)
    if max_norm is not None:
        check_positive("max_norm", max_norm)
    if updates < 1:
        raise ValueError(f"updates is {updates!r}. Give a whole number of at least 1.")
    w, b, rows = float(w), float(b), []
    for _ in range(updates + 1):
        loss, dw, db = loss_and_gradient(w, b, tanh=math.tanh)
        norm = math.hypot(dw, db)
        if not math.isfinite(loss + norm):
            break
        rows.append((w, b, loss, norm))
        step = learning_rate if max_norm is None or norm <= max_norm else learning_rate * max_norm / norm
        w, b = w - step * dw, b - step * db
    if not rows:
        raise ValueError(f"w is {w!r} and b is {b!r}. Both must be finite numbers.")
    rows = np.array(rows)
    return Descent(rows[:, :2], rows[:, 2], rows[:, 3])
