"""What several test files share: the cells, complete sweeps, and waiting for things without a clock."""

import asyncio
import os
import selectors
import stat
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from helpers import networks
from helpers.networks import RNN, CharModel

# Every cell: a new one is tested as soon as it has its line in `helpers.networks.CELLS`.
CELLS = {"tanh": RNN, "relu": partial(RNN, nonlinearity="relu"), **networks.CELLS}
del CELLS["RNN"]                                # it is "tanh" here
every_cell = pytest.mark.parametrize("kind", CELLS)
saturating_cell = pytest.mark.parametrize("kind", [kind for kind in CELLS if kind != "relu"])


def contents(folder: Path) -> dict[str, tuple]:
    """Everything in a folder: by name what it is, its mode and names, and what is in it or where it leads."""
    found = {}
    for path in sorted(folder.rglob("*")):
        seen = path.lstat()
        inside = (os.readlink(path) if stat.S_ISLNK(seen.st_mode) else
                  path.read_bytes() if stat.S_ISREG(seen.st_mode) else None)
        found[str(path.relative_to(folder))] = oct(seen.st_mode), seen.st_nlink, seen.st_ino, inside
    return found


def by_the_plain_cell(cell, p, x, state) -> tuple[list[np.ndarray], tuple, list[np.ndarray], Callable]:
    """What a cell's plain form makes of a sequence.

    Returns the arrays of the state after each step and the last of each; the gates; and a function of d_h
    and the gradients with respect to the last state, which goes back.
    """
    forward, backward = cell.plain()
    found = forward(p, x, *state)
    found = found if isinstance(found, tuple) else (found,)
    T, states = len(x), found[: len(state)]
    gates = [np.array(gate) for by_step in found[len(state):] for gate in zip(*by_step.values(), strict=True)]
    return ([np.array([s[t] for t in range(T)]) for s in states], tuple(s[T - 1] for s in states), gates,
            partial(backward, p, x, *found))


def char_model(V: int, H: int, kind: str = "LSTM", dtype=np.float64, scale: float | None = None,
               seed: int = 0) -> CharModel:
    """A model of V characters with H units of this kind."""
    return CharModel(CELLS[kind](V, H), np.random.default_rng(seed), dtype, scale)


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until `condition()` holds. After so many seconds the test fails: a deadline, not a measurement."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


class SimulatedTime:
    """A loop whose clock stands still while something runs, and jumps to the next timer when all wait.

    So a test can let seconds pass, and work take milliseconds, by `spend`: the numbers are the same on
    the busiest machine. It has what `helpers.widgets` uses of the module `time`.
    """

    def __init__(self):
        self.now = 0.0

    def loop(self) -> asyncio.AbstractEventLoop:
        """A new loop that goes by this time; who runs it closes it."""
        simulated = self

        class Selector(selectors.DefaultSelector):
            def select(self, timeout=None):
                if timeout is None:             # only another thread can wake it
                    return super().select(None)
                simulated.now += max(0.0, timeout)
                return super().select(0)

        loop = asyncio.SelectorEventLoop(Selector())
        loop.time = self.perf_counter
        return loop

    def perf_counter(self) -> float:
        return self.now

    monotonic = perf_counter

    def spend(self, seconds: float) -> None:
        """What runs now takes so long."""
        self.now += seconds

    def run(self, body: Callable):
        """What the coroutine function `body` returns."""
        with asyncio.Runner(loop_factory=self.loop) as runner:
            return runner.run(body())


def simulated_time(monkeypatch) -> SimulatedTime:
    """Simulated time in which dashboards and tasks live, too, to the end of a test."""
    time = SimulatedTime()
    for module in ("background", "live_plot", "progress", "throttle", "train_view"):
        monkeypatch.setattr(sys.modules[f"helpers.widgets.{module}"], "time", time)
    return time


def stepper(cell, p, state):
    """A function step(x) -> h by the cell's `step_fn`; x is (B,) symbols or (B, D) floats, h is (B, H)."""
    h, move = state[0], cell.step_fn(p, tuple(state))

    def step(x):
        nonlocal h
        h = move((p.W_xh[x] if x.ndim == 1 else x @ p.W_xh) + p.b_h, h @ p.W_hh)
        return h

    return step
