"""Runs for the tests of sweeps. Other processes import them from here, and no more than they need."""

import os
import signal
import time
from pathlib import Path

import numpy as np

GRID = {"rate": [0.1, 0.5, 3.0], "size": [3, 4]}


def descend(rng, rate, size):
    """Gradient descent on a random quadratic: it diverges at the largest rate."""
    a = rng.standard_normal((size, size))
    a, x = a @ a.T / size, rng.standard_normal(size)
    for _ in range(3000):
        x = x - rate * a @ x
    return {"loss": float(x @ a @ x), "steps": 3000}


def picky(rng, rate, size):
    if size == 4:
        raise KeyError(f"no size {size}\nat all")
    return np.float32(rate) + rng.integers(3)


def quick(rng, rate):
    return rng.random() + rate


def uneven(rng, rate, size):
    if (rate, size) == (0.1, 4):
        time.sleep(60)
    return 0.0


def suicidal(rng, rate, size):
    """Kills its process the first time that it is run with one of the settings."""
    mark = Path(os.environ["SUICIDE_NOTE"])
    if rate == 0.5 and size == 4 and not mark.exists():
        mark.write_text("gone")
        os.kill(os.getpid(), signal.SIGKILL)
    return rng.random()


def process(rng, rate, size):
    time.sleep(0.05)
    return os.getpid()
