"""What several test files share: the cells, complete sweeps, and waiting for things without a clock."""

import asyncio
import os
import selectors
import stat
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from helpers import networks
from helpers.networks import RNN, CharModel
from helpers.runs import Result

# Every cell: a new one is tested as soon as it has its line in `helpers.networks.CELLS`.
CELLS = {"tanh": RNN, "relu": partial(RNN, nonlinearity="relu"), **networks.CELLS}
del CELLS["RNN"]                                # it is "tanh" here
every_cell = pytest.mark.parametrize("kind", CELLS)
saturating_cell = pytest.mark.parametrize("kind", [kind for kind in CELLS if kind != "relu"])


# Names under which nothing can be written, once `awkward_folder` was called; words of what is said to each.
AWKWARD_NAMES = {
    "a NUL": ("my\0run.npz", "choose another name"),
    "half a character": ("my\ud800run.npz", "choose another name"),
    "a loop": ("loop.npz", "choose another name"),
    "two names in a loop": ("round/and/run.npz", "choose another name"),
    "a file as a folder": ("note.txt/run.npz", "choose another name"),
    "too long": (300 * "x" + ".npz", "choose a shorter name"),
    "empty": ("", "is not the name of a file: use a name"),
    "a folder": ("runs", "is a folder: give the name of a file in it"),
    "a folder with a stroke": ("runs/", "is a folder: give the name of a file in it"),
    "no folder with a stroke": ("nowhere/", "is not the name of a file: use a name"),
    "home": ("~", "is a folder: give the name of a file in it"),
    "a missing folder": ("nowhere/run.npz", "in a folder that does not exist: create that folder first"),
    "a missing folder at home": ("~/nowhere/run.npz", "in a folder that does not exist: create that folder"),
    "a pipe": ("pipe.npz", "is a pipe or a device and stays as it is: choose another name"),
    "a device": ("/dev/null", "is a pipe or a device and stays as it is: choose another name"),
    "a link that leads nowhere": ("dangling.npz", "a link to a file that is not there: choose another name"),
}
every_awkward_name = pytest.mark.parametrize(("name", "words"), AWKWARD_NAMES.values(), ids=AWKWARD_NAMES)


def awkward_folder(folder: Path, monkeypatch) -> None:
    """Make `folder` the present one, the home too, with what `AWKWARD_NAMES` speaks of."""
    monkeypatch.chdir(folder)
    for home in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(home, str(folder))
    (folder / "runs").mkdir()
    (folder / "note.txt").write_text("Not a run.")
    try:
        (folder / "loop.npz").symlink_to("loop.npz")
        (folder / "round").symlink_to("about")
        (folder / "about").symlink_to("round")
        (folder / "dangling.npz").symlink_to("nothing.npz")
        os.mkfifo(folder / "pipe.npz")
    except (OSError, AttributeError):
        pytest.skip("this system makes no links or pipes")


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


def assert_five_seeds_each(results: Iterable[Result], settings: int) -> None:
    """There are so many settings, and each was run once with each of the seeds 0 to 4."""
    seeds: dict[str, list] = {}
    for result in results:
        seeds.setdefault(repr(result.parameters), []).append(result.seed)
    assert len(seeds) == settings
    assert all(sorted(found) == [0, 1, 2, 3, 4] for found in seeds.values())


def blas_threads() -> list[int]:
    """How many threads each BLAS library of this process uses at present."""
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until `condition()` holds. After so many seconds the test fails: a deadline, not a measurement."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def turns(number: int = 100) -> None:
    """Give whatever is ready so many turns of the loop; what is over does nothing in them."""
    for _ in range(number):
        await asyncio.sleep(0)


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
    for module in ("background", "dashboard", "live_plot", "progress", "throttle", "train_view"):
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
