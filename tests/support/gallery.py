"""Every picture of numbers, drawn once from data whose curves and fields are told apart, and what it means.

GALLERY has for each picture how it is drawn, and in words of its own what it must show: which name stands for
which numbers, along which axis they lie, what a colour says. test_shown.py holds each picture to that, and to
the text in tests/lessonNN/described.txt.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

import facts
import numpy as np
from writers import pictures

from helpers.data import typeset
from helpers.lessons import lesson00 as l00
from helpers.lessons import lesson01 as l01
from helpers.lessons import lesson02 as l02
from helpers.lessons import lesson03 as l03
from helpers.lessons import lesson04 as l04
from helpers.lessons import lesson05 as l05
from helpers.lessons import lesson06 as l06
from helpers.lessons import lesson07 as l07
from helpers.lessons import lesson08 as l08
from helpers.lessons import lesson09 as l09
from helpers.lessons import lesson10 as l10
from helpers.lessons import lesson11 as l11
from helpers.lessons import lesson12 as l12
from helpers.lessons import lesson13 as l13
from helpers.lessons.lesson03.cost import Cost
from helpers.lessons.lesson05 import cliff
from helpers.lessons.lesson05.spikes_and_runs import BINS, RATES, THRESHOLDS, spike_steps
from helpers.lessons.lesson09.failures import FailingRun
from helpers.lessons.lesson09.pictures import examination, training
from helpers.lessons.lesson09.ward import WARD, Findings
from helpers.lessons.lesson12.extraction import Look
from helpers.lessons.lesson12.pictures import crossing_sum
from helpers.networks import Comparison
from helpers.pictures import (
    NARROW,
    STAGE,
    ColouredText,
    Picture,
    bptt,
    coloured_text,
    for_lecture,
    heat_map,
    laboratory_frame,
    loss_curve,
    race,
    recurrent_cell,
    run_curve,
    set_curves,
    truncated_bptt,
)
from helpers.pictures.style import Stage
from helpers.runs import History, Result, Table

# What a picture must show.

class Curve(NamedTuple):
    """Numbers that are drawn: what names them in the picture (nothing: ""), what lies along which axis.

    `across` and `up` are words of the axes' labels; where an axis has no label, of the title.
    `kind` is the quantity whose colour they have.
    """

    name: str
    x: Sequence[float] | np.ndarray
    y: Sequence[float] | np.ndarray
    across: str
    up: str
    kind: str = ""


class At(NamedTuple):
    """Places of an axis with words at their ticks, and what stands there: a number along the other axis."""

    axis: str
    label: str
    other: str
    values: Mapping[str, float]


class Cells(NamedTuple):
    """Fields in rows and columns by the words at their ticks: what is written, and the number in colour.

    `light` is the end of the numbers that is light, "low" or "high"; "signed" where orange is positive.
    """

    across: str
    up: str
    values: Mapping[tuple[str, str], tuple[str, float]]
    light: str


class Shades(NamedTuple):
    """Colours of an axes (by words of its title) at places (x, y), and the numbers that they stand for.

    `scale` are places on the bar of the colours: (x, y), and what its words say there.
    """

    title: str
    values: Sequence[tuple[float, float, float]]
    light: str
    scale: Sequence[tuple[float, float, float]] = ()


class Entry:
    """A picture of the gallery, drawn when it is first asked for, and then kept.

    `means` is what it must show; `make` draws it where its function alone does not.
    """

    def __init__(self, function: Callable, *arguments, means: Sequence = (),
                 make: Callable[[], Picture] | None = None, **options):
        self.function, self.arguments, self.options = function, arguments, options
        self.means, self._make = tuple(means), make

    @cached_property
    def picture(self) -> Picture | ColouredText:
        return self._make() if self._make else self.function(*self.arguments, **self.options)


def room_of(name: str) -> str:
    """The file of descriptions that a picture belongs to: its lesson, or "pictures"."""
    module = GALLERY[name].function.__module__.split(".")
    return module[2] if module[1] == "lessons" else module[1]


# Data that can be told apart: no two curves end alike, none is symmetrical.

def falling(start: float, end: float, number: int = 5, bend: float = 2.0) -> np.ndarray:
    return np.round(end + (start - end) * (1 - np.linspace(0, 1, number)) ** bend, 3)


X = np.array([0, 10, 40, 200, 1000])
T5 = np.arange(1, 6)
SETTINGS = {"hidden_size": 37, "length": 25, "learning_rate": 0.1, "optimizer": "Adagrad", "seed": 0}


def history(train: Sequence[float], heldout: Sequence[float], seconds: float = 0.0, **settings) -> History:
    """A run with five looks, the last after 1,000 updates and so many seconds."""
    return History.of({"settings": {**SETTINGS, **settings}, "updates": X, "train": train, "heldout": heldout,
                       "smoothed_loss": np.add(train, 0.11), "seconds": np.linspace(0.3, seconds, 5)})


def live(number: int = 60) -> History:
    """A run as it is made: noisy losses, norms that rise beyond the axis, some clipped, two looks."""
    run = History(start=4.0)
    for n in range(number):
        run.add(3.9 - 0.03 * n + 0.2 * (-1) ** n, 0.05 * 1.15**n, clipped=n % 3 == 0)
        if n in (20, 50):
            run.record(heldout=3.7 - 0.01 * n)
    return run


def results(made: Mapping[tuple, Any], names: Sequence[str]) -> list[Result]:
    """Results by settings and seed; None for a run that diverged."""
    return [Result(dict(zip(names, settings, strict=True)), seed, "diverged" if value is None else "finished",
                   value, "", len(made), len(made)) for (*settings, seed), value in made.items()]


def a_table(row: str, rows: list, column: str, columns: list, values: np.ndarray, value="loss") -> Table:
    """(R, C, S) values as a table; where there is none the run diverged."""
    statuses = np.where(np.isnan(values), "diverged", "finished")
    return Table(row, column, value, rows, columns, list(range(values.shape[2])), values, statuses)


def around(middle, spread=(-0.02, 0.0, 0.05)) -> np.ndarray:
    """(..., S) runs whose median is `middle`."""
    return np.asarray(middle, float)[..., None] + np.asarray(spread)


GOOD, WORSE = history(falling(4.09, 1.02), [4.09, 3.1, 2.61, 2.3, 2.94]), history(
    falling(4.09, 2.52), [4.1, 3.6, 3.33, 3.1, 2.8], hidden_size=10)
LIVE = live()
LAGS = np.arange(8)
FADING = {"usual": 0.61 ** LAGS, "large": 1.23 ** LAGS}
GRID = np.array([[2.2, 1.9, 2.6], [1.7, 1.3, 3.4]])
FOUR = (-0.02, 0.0, 0.0, 0.05)      # as many runs as no table has rows or columns
MAP = a_table("units", [8, 64], "rate", [0.01, 0.1, 1.0], around(GRID, FOUR))
LOST = MAP._replace(values=np.where(np.arange(4) == [[[2], [0], [0]], [[0], [0], [4]]], MAP.values, np.nan),
                    statuses=MAP.statuses)
CREDIT = np.tril(np.fromfunction(lambda t, s: 0.9 * 10.0 ** (-0.9 * (t - s)) * (1 + 0.1 * s), (6, 6)))
FARTHER = np.tril(np.fromfunction(lambda t, s: 4 * 10.0 ** (-0.6 * (t - s)) * (1 + 0.1 * s), (12, 12)))
HELLO = l03.half_trained_hello()[0].params
FORGETFUL = HELLO.copy()
FORGETFUL.W_hh = 0
STATES, SCORES = l01.forward(HELLO, [0, 1, 2, 2])
WORDS = {"dog bites": np.array([[0.9, -0.7], [0.2, 0.5]]), "man": np.array([[-0.4, 0.1], [0.3, -0.6]])}
PULSES = np.array([0, 0, 1.5, 0, 0, 0, -0.6, 0.8, 0, -0.3])
INFLUENCE = np.array([12.0, 9.0, 3.0, -2.0, -5.5, -6.0])
ESTIMATES = np.array([3.0, 9.0, 1.0, 7.0, 5.5, 4.5])
PARTS = {"small": 3 * 0.7 ** np.arange(70), "usual": 2 * 0.9 ** np.arange(70)}
PLACES = {"carried": falling(2.6, 2.0), "from zero": falling(4.0, 3.2), "shuffled": falling(3.4, 2.6)}
ECHO = {name: a_table("lag", [1, 2], "window", [1, 2, 4], around(middle, (0, 0, 0, 0)))
        for name, middle in {"small": [[0.51, 0.97, 0.99], [0.55, 0.57, 0.88]],
                             "usual": [[0.62, 0.93, 0.95], [0.52, 0.66, 0.79]]}.items()}
STILL = {"small": a_table("lag", [1, 2], "window", [4], around([[0.83], [0.71]], (0, 0, 0, 0))),
         "usual": a_table("lag", [1, 2], "window", [4], around([[0.75], [0.64]], (0, 0, 0, 0)))}
WINDOWS = {10: around(falling(0.2, 0.3)).T, 50: around(falling(0.21, 0.05), (-0.002, 0, 0.01)).T,
           100: around(falling(0.22, 0.003), (-0.0002, 0, 0.001)).T}
CLIPS = [0.1, 1.0, None]
FROM = results({(region, seed): {"max_norm": CLIPS, "solved": [n + seed for n in solved]}
                for region, solved in (("near", [50, 31, 12]), ("away", [58, 55, 40])) for seed in range(3)},
               ["region"])


def clipped_run(rate: float, limit: float | None, seed: int) -> dict:
    """A run of `clipped_training` that is known: the end rises with the rate, and with the threshold."""
    end = round(1.4 + 0.5 * RATES.index(rate) + 0.13 * THRESHOLDS.index(limit) * rate / 3 + 0.02 * seed, 3)
    return {"losses": falling(4.1, end, 4).tolist(), "end": end, "clipped": 0.0 if limit is None else 0.31,
            "norms": [10 if 12 <= n < 15 + seed else 0 for n in range(len(BINS) - 1)]}


CLIPPED = results({(rate, limit, seed): clipped_run(rate, limit, seed) for rate in RATES
                   for limit in THRESHOLDS for seed in range(3)}, ["learning_rate", "max_norm"])
TURNED = results({(limit, seed): {"losses": [*falling(4.0, 2.5, 4), *falling(middle, middle, 4),
                                             *falling(middle, end, 4) + 0.01 * seed]}
                  for limit, middle, end in ((0.01, 2.4, 2.2), (0.3, 1.9, 1.4), (10.0, 20.0, 6.0))
                  for seed in range(3)}, ["threshold"])
PATIENTS = {"A": {"losses": [4.1, 3.0, 2.0, 1.5] * 10, "norms": [1.0, 2.0, 3.0, 0.5] * 10, "clipped": 0.25},
            "B": {"losses": [4.1, 9.0, 5.0, 11.0] * 10, "norms": [9.0, 80.0, 40.0, 7.0] * 10, "clipped": 0.0}}
NEAR, FAR = falling(2.1, 0.12), falling(2.0, 1.43)
RECALLED = results({("tanh", 4, seed): {"updates": X.tolist(), "short_term_loss": (NEAR + d).tolist(),
                                        "long_term_loss": (FAR + 2 * d).tolist()}
                    for seed, d in enumerate((-0.02, 0.0, 0.03))}, ["remedy", "lag"])


def recall(ends: Mapping[tuple[str, int], int], seeds: int = 5, lost: Sequence = ()) -> list[Result]:
    """So many of the seeds learnt both, by remedy and lag; the last seed of the `lost` settings diverged."""
    made = {}
    for (remedy, lag), learnt in ends.items():
        for seed in range(seeds):
            loss = 0.01 if seed < learnt else 1.5
            gone = (remedy, lag) in lost and seed == seeds - 1
            made[remedy, lag, seed] = None if gone else {"short_term_loss": [loss], "long_term_loss": [loss]}
    return results(made, ["remedy", "lag"])


REMEDIES = {("plain", 5): 3, ("plain", 20): 1, ("gates", 5): 5, ("gates", 20): 2}
PLATEAUS = results({(length, seed): {"updates": [0, 1000, 3000],
                                     "errors": [0.2 + 0.001 * length, 0.17, 0.03 if seed < left else 0.165]}
                    for length, left in ((10, 3), (20, 2), (30, 1), (50, 0), (100, 0)) for seed in range(3)},
                   ["length"])
W_HH = np.array([[0.9, -0.5], [0.3, 0.2]])
REACH = results({(0.1, seed): {"updates": [0, 1, 10, 1000], "loss": [4.1 + d, 3.9, 3.0, 1.5],
                               "radius": [0.6 + d, 0.9, 1.7, 5.1], "factor": [0.07 + d / 10, 0.3, 0.6, 0.85]}
                 for seed, d in enumerate((-0.02, 0.0, 0.05))}, ["learning_rate"])
LATCH = l07.parse_task("+s - -? +s -?")
GATES = {"i": [1, 0, 0, 0.9, 0.2], "f": [0, 1, 1, 0.1, 0.7], "o": [0.3, 0, 1, 0, 0.8]}
TRAINED = {"i": [0.8, 0.1, 0.1, 0.7, 0.4], "f": [0.2, 0.9, 0.8, 0.3, 0.9], "o": [0.1, 0.2, 0.9, 0.1, 0.6]}
BIASES = a_table("forget_bias", [0, 1, 3], "lag", [5, 40], np.array(
    [[[20, 25, 25, 30], [np.nan, np.nan, np.nan, 900]], [[40, 50, 50, 60], [300, 400, 400, np.nan]],
     [[90, 70, 80, 80], [150, 160, 160, 170]]]))
ADDING = {"RNN": [([0, 1500, 3000], [0.21, 0.17, 0.16])], "GRU": [([0, 300, 500], [0.2, 0.1, 0.008])],
          "LSTM": [([0, 900, 1400], [0.23, 0.15, 0.009])]}
PULSED = np.array([[1, -1], [0, 0], [-1, 0], [0, 0], [0, 1], [0, 0]])
SAID = np.array([[0.9, -1.1], [1.0, -0.9], [-0.8, 0.2], [-0.9, -0.7], [-1.0, 0.8], [-1.1, 0.6]])
H_NOW = np.linspace(-1.3, 1.3, 261)
STARTS = [10, 30, 100, 300]
SEARCHED = results({(64, 0): {"starts": STARTS, "visited": [4, 6, 7, 8], "means": [9, 14, 20, 24],
                              "both": [11, 17, 25, 27], "signs": [-2, 3, 4, 2], "all signs": [7, 5, 3, 1]}},
                   ["units"])
PLACED = {"corner": np.array([[-1.0, -0.9, 0.8], [1.0, 1.1, -1.2], [0.9, -1.0, 1.0]]),
          "edge": np.array([[0.1, 0.9, -1.0]])}
KEPT = {"attractor": np.array([1, 0.9, 0.8, 0.6, 0.5]), "highway": np.array([1, 1, 0.97, 0.9, 0.7])}
LEFT = {"attractor": 0.5 ** LAGS, "highway": np.ones(8)}
PARTING = results({(gain, 100, 0.5, seed): {"exponents": [value + 0.05 * seed]}
                   for gain, value in ((1.0, -0.3), (1.5, -0.02), (2.0, 0.1)) for seed in range(2)},
                  ["gain", "units", "noise"])
TOLD = {"random": [0.6 ** LAGS], "orthogonal": [0.9 ** LAGS]}
NGRAMS, MORE = {1: 3.2, 2: 2.2, 3: 1.1, 4: 0.6, 5: 0.7}, {2: 2.1, 3: 1.0, 4: 0.45, 5: 0.4}
TALES = {cell: [(X[1:], losses), (X[1:], losses * 1.06), (X[1:], losses * 1.02)] for cell, losses in {
    "RNN": falling(3.4, 1.1, 4), "GRU": falling(3.3, 0.62, 4), "LSTM": falling(3.5, 0.38, 4)}.items()}
SECONDS = results({(cell, budget, seed): {"seconds": [budget], "heldout": [end / budget**0.3 + 0.01 * seed]}
                   for cell, end in (("RNN", 1.4), ("GRU", 0.9), ("LSTM", 0.6)) for budget in (1.0, 9.0)
                   for seed in range(3)}, ["cell", "seconds"])
SHARES = {"8-gram": {"letters": 0.31, "line ends": 0.12}, "RNN": {"letters": 0.27, "line ends": 0.22},
          "LSTM": {"letters": 0.19, "line ends": 0.04}}
HEART = results({(dropout, seed): {"updates": X.tolist(), "train": (falling(4, low) + d).tolist(),
                                   "heldout": (np.array([4.0, 2.5, best, best + 0.3, high]) + d).tolist()}
                 for dropout, low, best, high in ((0.0, 0.11, 1.4, 2.9), (0.5, 0.42, 1.2, 1.7))
                 for seed, d in enumerate((-0.01, 0.0, 0.02))}, ["dropout"])
FEATURES = {"quotation": (57, 0.9, -0.83), "indent": (12, 0.7, 0.61), "title": (3, 0.5, 0.42)}
R, DAMAGE = np.array([-0.1, -0.8, 0.35, 0.55]), np.array([0.002, 0.09, 0.0004, 0.7])
FALL = {0: 4.1, 10: 3.2, 100: 2.1, 1000: 0.9}
REACHES = {at: (0.4 + 0.1 * n) ** np.arange(9) for n, at in enumerate(FALL)}
VALUES = results({(units, rate, seed): {"heldout": GRID[r, c] + 0.01 * seed, "train": GRID[r, c] - 0.3}
                  for r, units in enumerate((8, 64)) for c, rate in enumerate((0.01, 0.1, 1.0))
                  for seed in range(3)}, ["hidden_size", "learning_rate"])
RACE = results({(idea, seed): {"seconds": [1.0, 2.0], "heldout": [end + 0.6, end + 0.1 * seed]}
                for idea, end in (("none", 1.4), ("better start", 1.15), ("all", 0.8)) for seed in range(3)},
               ["idea"])
PATIENT = next(one for one in WARD.values() if one.kind == "LSTM")
FOUND = Findings({"W_xh": 1e-9, "W_hh": 0.42, "b_h": 0.13}, {"f": np.array([1e-9, 0.31, 1e-9]),
                 "o": np.array([0.27, 1e-8, 1e-8])}, {"W_xh": 1, "W_hh": 1.2, "b_h": 1.1},
                 {"W_xh": 0, "W_hh": 23.0, "b_h": 8.0})
LEARNS, RIGHT = around(falling(4.0, 2.9)).T, around(falling(3.9, 2.1)).T


def failing(train, heldout, places=(), samples=()) -> FailingRun:
    run = FailingRun.of({"updates": [10, 200, 600], "train": list(train), "heldout": list(heldout),
                         "samples": samples})
    run.places = places
    return run


HEALTHY = failing((3.9, 2.6, 1.9), (3.95, 2.8, 2.2), np.linspace(3.0, 1.8, 25))
ILL = failing((4.0, 5.5, 7.7), (4.1, 5.9, 8.4), np.linspace(3.9, 2.5, 25), [(600, "an example")])
SEEDS = {"usual": around(falling(3.3, 2.1, 21), (0, 0.03)).T,
         "clipped": around(falling(3.2, 2.15, 21), (0, 0.02)).T,
         "smaller": around(falling(3.1, 2.2, 21), (0, 0.04)).T}
SPEEDS = [{"cell": "RNN", "size": "small", "NumPy": 900.0, "PyTorch": 300.0},
          {"cell": "RNN", "size": "large", "NumPy": 20.0, "PyTorch": 50.0},
          {"cell": "GRU", "size": "small", "NumPy": 400.0, "PyTorch": 320.0}]
COPIED = {updates: a_table("hidden_size", [16, 32, 64], "length", [2, 8, 16, 32], around(
    np.array([[0.8, 0.3, 0.15], [0.95, 0.5, 0.2], [0.99, 0.7, 0.28]])[:, [0, 1, 1, 2]] + more,
    (-0.02, 0, 0, 0, 0.01)))
    for updates, more in ((3000, 0.0), (15000, 0.005))}
PROGRAMS = [{"program": name, "seed": seed, "training": [end + seed / 100 for end in training],
             "heldout": heldout, "again": heldout[-1] - 0.1, "loaded": heldout[-1], "rightly": [9.0, rightly]}
            for name, training, heldout, rightly in (("right", [4, 3, 2.5], [3.2, 2.6], 2.6),
                                                     ("A", [4, 2, 1], [2.0, 1.0], 3.0),
                                                     ("B", [4, 3.9, 3.8], [3.9, 3.7], 10.0))
            for seed in (-1, 0, 1)]
WEIGHTS = np.array([0.05, 0.6, 0.1, 0.25])
COSTS = [Cost(10, 0.002, 3_000_000), Cost(100, 0.011, 12_000_000), Cost(1000, 0.1, 95_000_000)]
TIMED = [history(falling(4.09, end), falling(4.1, end), seconds, length=length, updates=updates)
         for length, updates, seconds, end in ((10, 9000, 12.0, 2.02), (100, 1200, 12.2, 1.21),
                                               (4213, 40, 11.0, 3.03))]
OTHERS = "abcdefghijklmnop"
LIKELY = np.array([0.3, 0.04, 0.2, 0.1, 0.08, 0.06, 0.05, 0.03, 0.028, 0.025, 0.022, 0.02, 0.018, 0.013,
                   0.009, 0.005])
SHARPER = np.array([0.5, 0.01, 0.3, 0.05, 0.04, 0.03, 0.02, 0.015, 0.01, 0.008, 0.006, 0.004, 0.003, 0.002,
                    0.0015, 0.0005])
TRIED = np.array([3.8, 3.4, 3.1, 2.8] * 15)


def laboratory(view: str, clipping: bool = True) -> Picture:
    """The picture of a training that goes on, with two runs before it."""
    earlier = [np.array([[1, 50], [4.0, 3.1]]), np.array([[1, 80], [4.0, 2.2]])]
    figure = laboratory_frame(100, {"chance": 4.0, "bigram": 2.4}, earlier, view)
    set_curves(figure, LIVE, 0.7 if clipping else None, clipping)
    return Picture(figure, "A run of 60 updates, after two before it.")


def _above(values: np.ndarray, least: float = 1) -> np.ndarray:
    return np.maximum(values, least)


def _medians(runs: Mapping) -> dict:
    return {name: np.median(values, axis=0) for name, values in runs.items()}


@cache
def _fast():
    return spike_steps("Adam", 100.0), spike_steps("Adam", 1.0)


def _grid(values: np.ndarray, digits: int) -> Cells:
    """The fields of MAP and VALUES, with these numbers."""
    found = {(f"{rate:g}", f"{units}"): (f"{values[r, c]:.{digits}f}", values[r, c])
             for r, units in enumerate((8, 64)) for c, rate in enumerate((0.01, 0.1, 1.0))}
    return Cells("rate", "units", found, "low")


KEPT_PARITY = results({
    (kind, seed): {"updates": 200 * (seed + 1), "right": right, "at": [40, 256, 4096], "breaks": None}
    for kind, runs in {"LSTM": [[1, 1, 1], [1, 0.99, 0.98]], "RNN": [[1, 0.9, 0.8], [0.97, 0.7, 0.6]]}.items()
    for seed, right in enumerate(runs)}, ["kind"])
COUNTING = results({
    (cell, seed): {"updates": [500, 1000], "reach": [0, reach]}
    for cell, reached in {"LSTM": (25, 22), "GRU": (0, 9)}.items()
    for seed, reach in enumerate(reached)}, ["cell"])
LOSS, UPDATES = "loss (nats per character)", "updates"
SHIFTED = np.arange(1, 61)
LAYERS = {"one": np.array([[0.9, 0.6, 0.35], [0.8, 0.5, 0.3], [0.95, 0.7, 0.4]]),
          "two": np.array([[0.5, 0.4, 0.3], [0.4, 0.35, 0.25], [0.55, 0.45, 0.32]])}
LOOKED = np.array([[0.1, 0.2, 0.7], [0.3, 0.6, 0.1], [0.5, 0.4, 0.1]])
REVERSED = {"with": [(0, 0.1, LOOKED, "abc", "aaa"), (500, 0.6, LOOKED, "abc", "cba"),
                     (1000, 0.95, LOOKED, "abc", "cbb")],
            "without": [(0, 0.15, None, "abc", "aaa"), (500, 0.2, None, "abc", "cba"),
                        (1000, 0.4, None, "abc", "cbb")]}
BACKWARDS = results({(attention, length, seed): {"accuracy": share + 0.01 * seed, "told": share + 0.02}
                     for (attention, length), share in {(True, 5): 0.89, (True, 9): 0.79, (False, 5): 0.59,
                                                        (False, 9): 0.29}.items() for seed in range(3)},
                    ["attention", "length"])
GALLERY: dict[str, Entry] = {
    # What two lessons or more use.
    "loss_curve": Entry(loss_curve, LIVE, {"bigram": 2.4}, "A title", means=(
        Curve("smoothed", LIVE.curves()[0], LIVE.curves()[2], UPDATES, LOSS, "loss"),
        Curve("each update", LIVE.curves()[0], LIVE.curves()[1], UPDATES, LOSS, "quiet"),
        Curve("held out", LIVE.updates, LIVE.heldout, UPDATES, LOSS, "heldout"),
        Curve("chance 4.00", [0, 1], [4, 4], UPDATES, LOSS, "quiet"),
        Curve("bigram 2.40", [0, 1], [2.4, 2.4], UPDATES, LOSS, "quiet"))),
    "run_curve": Entry(run_curve, GOOD, {"chance": 4.09, "trigram": 2.2}, beside=WORSE, means=(
        Curve("training text", _above(X), GOOD.train, UPDATES, LOSS, "loss"),
        Curve("held out", _above(X), GOOD.heldout, UPDATES, LOSS, "heldout"),
        Curve("grey: 10 units", _above(X), WORSE.train, UPDATES, LOSS, "quiet"),
        Curve("best 2.30", [200], [2.3], UPDATES, LOSS, "heldout"),
        Curve("trigram 2.20", [0, 1], [2.2, 2.2], UPDATES, LOSS, "quiet"))),
    "run_curve, by characters": Entry(
        run_curve, WORSE, beside=GOOD, count="characters read", smoothed=True, means=(
        Curve("training, smoothed", _above(X) * 25, WORSE.smoothed_loss, "characters read", LOSS, "loss"),
        Curve("held out", _above(X) * 25, WORSE.heldout, "characters read", LOSS, "heldout"),
        Curve("grey: 37 units", _above(X) * 25, GOOD.smoothed_loss, "characters read", LOSS, "quiet"))),
    "run_curve, given up": Entry(
        run_curve, history([4.09, 30, 90, 300, 1234], falling(4.1, 9), diverged=True)),
    "race": Entry(race, {"slow": (X, falling(4, 2.5)), "fast": (X, falling(4.1, 1)),
                         "middle": (X, falling(4.2, 1.7))}, {"chance": 4.1}, means=(
        Curve("slow 2.50", _above(X), falling(4, 2.5), UPDATES, LOSS),
        Curve("fast 1.00", _above(X), falling(4.1, 1), UPDATES, LOSS),
        Curve("middle 1.70", _above(X), falling(4.2, 1.7), UPDATES, LOSS))),
    "race, one stops early": Entry(
        race, {"short": (X[:3], [4, 3.5, 3]), "long": (X, falling(4, 1.5))}, means=(
        Curve("short", _above(X[:3]), [4, 3.5, 3], UPDATES, LOSS),
        Curve("long", _above(X), falling(4, 1.5), UPDATES, LOSS))),
    "heat_map": Entry(heat_map, MAP, "A title", "units", "rate", "loss", digits=1, means=(_grid(GRID, 1),)),
    "heat_map, some lost": Entry(heat_map, LOST, logarithmic=True, highest=3.0),
    "laboratory_frame": Entry(laboratory_frame, make=lambda: laboratory("run"), means=(
        Curve("smoothed", LIVE.curves()[0], LIVE.curves()[2], "", "nats / character", "loss"),
        Curve("held out", LIVE.updates, LIVE.heldout, "", "nats / character", "heldout"),
        Curve("clip at 0.7", [0, 100], [0.7, 0.7], "", "", "loss"),
        Curve("", LIVE.curves()[0], LIVE.curves()[3].clip(max=100), "", "", "gradient"),
        Curve("bigram 2.40", [0, 1], [2.4, 2.4], "", "nats / character", "quiet"))),
    "laboratory_frame, norms": Entry(laboratory_frame, make=lambda: laboratory("norms"), means=(
        Curve("", [0.7, 0.7], [0, 1], "", "", "loss"),)),
    "laboratory_frame, loss": Entry(laboratory_frame, make=lambda: laboratory("loss", False)),
    "recurrent_cell": Entry(recurrent_cell, 4, 3, 5),
    "bptt": Entry(bptt, 3),
    "truncated_bptt": Entry(truncated_bptt, 2),
    "coloured_text": Entry(coloured_text, "abcd", [0.1, 0.9, 0.4, 0.7], (0, 1), "gate"),
    "coloured_text, signed": Entry(coloured_text, "ab c", [-0.9, 0.2, 0.8, -1.4], (-1, 1), "cell"),

    # 00
    "fading_memory": Entry(l00.fading_memory, -0.8, 5, means=(
        Curve("−0.328", np.arange(6), (-0.8) ** np.arange(6), "step t", "memory h", "h"),)),
    "cover": Entry(l00.cover, X, falling(4.1, 1.2), [(0, "xq"), (200, "the la"), (1000, "the lamp")]),

    # 01
    "hello_step": Entry(l01.hello_step, HELLO, 3, ("W_hh", (0, 2))),
    "hello_step, without memory": Entry(
        l01.hello_step, FORGETFUL, 2, ("b_y", (1,))),
    "hello_losses": Entry(l01.hello_losses, falling(1.4, 0.05), falling(1.38, 0.36), means=(
        Curve("with memory 0.050", T5, falling(1.4, 0.05), UPDATES, "loss (nats per letter)", "loss"),
        Curve("$W_{hh} = 0$ 0.360", T5, falling(1.38, 0.36), UPDATES, "loss (nats per letter)", "loss"))),
    "hello_training": Entry(l01.hello_training, STATES, SCORES, 3),
    "hello_training, all steps": Entry(l01.hello_training, STATES, SCORES),
    "sampling_feedback": Entry(l01.sampling_feedback, "helo"),
    "unrolled_network": Entry(l01.unrolled_network, 3),
    "page_hello": Entry(l01.page_hello, filled=True),
    "state_map": Entry(l01.state_map, WORDS, {"dog bites": ["dog", "bites"], "man": ["one", "man"]}, means=(
        Cells("dog bites", "", {(word, f"unit {unit}"): (typeset(f"{WORDS['dog bites'][t, unit]:.2f}"),
                                                          WORDS["dog bites"][t, unit])
                                for t, word in enumerate(("dog", "bites")) for unit in range(2)}, "signed"),
        Cells("man", "", {(word, ""): (typeset(f"{WORDS['man'][t, 0]:.2f}"), WORDS["man"][t, 0])
                          for t, word in enumerate(("one", "man"))}, "signed"))),
    "one_unit": Entry(l01.one_unit, PULSES, 1.4, 0.1, means=(
        Curve("", np.linspace(-1.08, 1.08, 201), np.tanh(1.4 * np.linspace(-1.08, 1.08, 201) + 0.1),
              "state h before", "state h after", "h"),)),
    "two_units": Entry(l01.two_units, 30, 1.1),

    # 02
    "next_characters": Entry(l02.plot_next_characters, SHARPER, OTHERS, LIKELY, title="A title", means=(
        At("x", "", "probability", {letter: SHARPER[n] for n, letter in enumerate(OTHERS[:14])}),
        At("x", "", "probability", {letter: LIKELY[n] for n, letter in enumerate(OTHERS[:14])}),
        At("x", "", "probability", {"2|more": SHARPER[14:].sum()}))),
    "surprise": Entry(l02.plot_nll, 0.25, means=(
        Curve("", np.geomspace(0.003, 1, 300), -np.log(np.geomspace(0.003, 1, 300)), "probability", "loss",
              "loss"), Curve("", [0.25], [np.log(4)], "probability", "loss (nats)", "y"))),
    "first_guess": Entry(
        l02.plot_first_guess, np.array([0.95, -0.95, 0.97, -0.1]), np.array([0.6, 0.1, 0.3]), 1.5, 0.3,
        means=(
            Curve("", np.repeat(range(3), 3), [0, 0.6, np.nan, 0, 0.1, np.nan, 0, 0.3, np.nan],
                  "character (its number)", "probability", "y"),)),
    "plot_losses_by_hand": Entry(l02.plot_losses_by_hand, TRIED, TRIED[::-1], 4.0),

    # 03
    "scalar_chain": Entry(l03.scalar_chain, 3, 1, 0.9),
    "backward_hello": Entry(l03.backward_hello, HELLO, 6, "W_hh [0, 2]", ("W_hh", (0, 2), 0.5)),
    "backward_hello, forward": Entry(l03.backward_hello, HELLO, 2),
    "backward_hello, a state": Entry(l03.backward_hello, HELLO, 8, "dh 2 [1]"),
    "backward_hello, a sum": Entry(l03.backward_hello, HELLO, 7, "da 3 [0]"),
    "credit_map": Entry(l03.credit_map, FARTHER, "abcdefghijkl", "bcdefghijklm", 5, "Trained", means=(
        Curve("", np.arange(5), FARTHER[4, :5][::-1], "lag", "The framed row", "gradient"),
        Shades("Trained", [(s + 1, t + 1, FARTHER[t, s]) for t in range(12) for s in range(t + 1)], "high",
               [(0.52 * 12 + 0.46 * 12 * (p + 6) / 8, 3, 10.0**p) for p in (-5.9, -3, -1, 0, 1.9)]))),
    "bptt_costs": Entry(l03.bptt_costs, COSTS, "here", means=(
        Curve("", [10, 100, 1000], [2, 11, 100], "steps back", "ms per update", "heldout"),
        Curve("", [10, 100, 1000], [3, 12, 95], "steps back", "MB per update", "h"))),
    "bptt_race": Entry(l03.bptt_race, TIMED, {"chance": 4.09}, means=(
        Curve("T = 10: 2.02 (9,000", TIMED[0].seconds, TIMED[0].train, "seconds", LOSS),
        Curve("T = 100: 1.21 (1,200", TIMED[1].seconds, TIMED[1].train, "seconds", LOSS),
        Curve("the whole text: 3.03 (40", TIMED[2].seconds, TIMED[2].train, "seconds", LOSS))),
    "page_backward": Entry(l03.page_backward, filled=True),

    # 04
    "k1_k2": Entry(l04.k1_k2, 3, 5),
    "k1_k2, some are lost": Entry(l04.k1_k2, 4, 2),
    "k1_k2, equal": Entry(l04.k1_k2, 4, 4),
    "text_streams": Entry(l04.text_streams, "dealt chunks", 2, 3),
    "text_streams, running": Entry(l04.text_streams, "streams", 3, 4),
    "influence_window": Entry(l04.influence_window, INFLUENCE, 3, np.array([0.0, 0.4, 0.9, 2.0]), means=(
        Curve("", np.arange(1, 7), INFLUENCE, "window k", "influence", "gradient"),
        Curve("", [3], [3.0], "window k", "influence", "loss"),
        Curve("", np.arange(4), [0, 0.4, 0.9, 2], UPDATES, "θ", "gradient"))),
    "running_means": Entry(l04.running_means, ESTIMATES, 6.0, 2.4, 3.0, 0.75, 4.0, means=(
        Curve("cut at random", np.arange(1, 7), np.cumsum(ESTIMATES) / np.arange(1, 7) / 6,
              "estimates averaged", "mean / true", "gradient"),
        Curve("the truth", [0, 1], [1, 1], "estimates", "mean", "loss"),
        Curve("fixed time", [0, 1], [0.4, 0.4], "estimates", "mean", "quiet"))),
    "truncation_lab": Entry(l04.truncation_lab, CREDIT, 2, 3, Comparison(0.9, 0.77), {
        "sliding": np.linspace(0.3, 1, 6), "blocks": np.linspace(-0.3, 0.7, 6)}, "trained", means=(
        Curve("sliding", np.arange(1, 7), np.linspace(0.3, 1, 6), "window k2", "cosine", "gradient"),
        Curve("blocks", np.arange(1, 7), np.linspace(-0.3, 0.7, 6), "window k2", "cosine", "gradient"),
        Curve("", [3], [0.9], "window k2", "cosine", "loss"))),
    "lag_sizes": Entry(l04.lag_sizes, PARTS, means=(
        Curve("small", np.arange(61), 0.7 ** np.arange(61), "lag", "length", "quiet"),
        Curve("usual", np.arange(61), 0.9 ** np.arange(61), "lag", "length", "h"))),
    "place_losses": Entry(l04.place_losses, PLACES, means=[
        Curve(name, T5, PLACES[name], "position in the chunk", "loss (nats)", kind)
        for name, kind in (("carried", "h"), ("from zero", "y"), ("shuffled", "gradient"))]),
    "echo_map": Entry(l04.echo_map, ECHO, STILL, means=[
        Cells(name, "", {**{(f"{k}", f"{d}"): (f"{100 * found[r, c]:.0f}", found[r, c])
                            for r, d in enumerate((1, 2)) for c, k in enumerate((1, 2, 4))},
                         ("frozen", "1"): (f"{100 * still:.0f}", still)}, "high")
        for name, still in (("small", 0.83), ("usual", 0.75))
        for found in [np.median(ECHO[name].values, axis=2)]]),
    "window_race": Entry(l04.window_race, WINDOWS, 100, 1 / 6, means=[
        Curve(f"window {window}", 100 * T5, np.median(runs, axis=0), UPDATES, "mean squared error")
        for window, runs in WINDOWS.items()]),

    # 05
    "cliff_grows": Entry(l05.cliff_grows, 20, 5.2, means=(
        Curve("", np.linspace(-4.5, -1.5, 601), cliff.surface([5.2], np.linspace(-4.5, -1.5, 601), 20)[:, 0],
              "b", "loss", "loss"),
        Shades("The loss", [(w, b, cliff.surface([w], [b], 20)[0, 0])
                            for w, b in ((4.1, -1.6), (4.1, -4.4), (6.9, -1.6), (6.9, -4.4), (5.4, -3.3))],
               "high"))),
    "two_sides": Entry(l05.two_sides, 5.5, 0.01, means=[
        Curve(name, np.arange(51), cliff.states(5.5, cliff.wall_bias(5.5) + d), "step t", "state h", "h")
        for name, d in (("above the wall", 0.01), ("below", -0.01))]),
    "two_balls": Entry(l05.two_balls, 5.0, -2.58, 0.1, 0.5, means=[
        Curve(name, None, cliff.descend(5.0, -2.58, 0.1, 600, limit).losses, UPDATES, "loss", kind)
        for name, limit, kind in (("clipped", 0.5, "h"), ("not clipped", None, "gradient"))]),
    "plot_cliff_race": Entry(l05.plot_cliff_race, FROM, means=(
        At("x", "threshold", "starts that converge", {"0.1": 51, "1.0": 32, "no clip": 13}),
        At("x", "threshold", "starts that converge", {"0.1": 59, "1.0": 56, "no clip": 41}),
        Curve("near the wall", [0, 1, 2], [51, 32, 13], "threshold", "starts", "gradient"),
        Curve("away from the wall", [0, 1, 2], [59, 56, 41], "threshold", "starts", "heldout"))),
    "norms_and_threshold": Entry(l05.norms_and_threshold, np.array([1.0, 2, 3, 2, 5, 1, 1]), 2.5, means=(
        Curve("", np.arange(7), [1, 2, 3, 2, 5, 1, 1], UPDATES, "gradient norm", "gradient"),)),
    "threshold_view": Entry(l05.threshold_view, CLIPPED, 1.0, 0.3, means=[
        Curve("", [5, 15, 25, 35], clipped_run(1.0, 0.3, 1)["losses"], UPDATES, LOSS, "loss")]),
    "threshold_view, without a clip": Entry(l05.threshold_view, CLIPPED, 3.0, None),
    "threshold_losses": Entry(l05.threshold_losses, CLIPPED, means=[
        *(Curve(f"rate {rate:g}", np.arange(8), [clipped_run(rate, limit, 1)["end"] for limit in THRESHOLDS],
                "threshold", "loss after 400", kind)
          for rate, kind in zip(RATES, ("x", "heldout", "gradient"), strict=True)),
        At("x", "threshold", "loss", {f"{limit:g}" if limit else "none": clipped_run(3.0, limit, 1)["end"]
                                      for limit in THRESHOLDS})]),
    "plot_threshold_changes": Entry(l05.plot_threshold_changes, TURNED, means=[
        Curve(name, (np.arange(12) + 0.5) * 250, np.median([run.value["losses"] for run in TURNED
                                                           if run.parameters["threshold"] == limit], axis=0),
              UPDATES, LOSS, kind)
        for name, limit, kind in (("left alone", 0.3, "loss"), ("to 0.01 and back", 0.01, "heldout"),
                                  ("to 10 and back", 10.0, "gradient"))]),
    "plot_spike": Entry(l05.plot_spike, "Adam", 100.0, "no clip", means=(
        Curve("", np.arange(1, len(_fast()[0]) + 1), _fast()[0], UPDATES, "length of the step", "gradient"),
        Curve("without spike", np.arange(1, len(_fast()[0]) + 1), _fast()[1], UPDATES, "length", "quiet"))),
    "patients_chart": Entry(l05.patients_chart, PATIENTS, means=(
        Curve("", np.arange(40), PATIENTS["A"]["losses"], "", "loss", "loss"),
        Curve("", np.arange(40), PATIENTS["B"]["losses"], "", "B", "loss"),
        Curve("", np.arange(40), PATIENTS["A"]["norms"], UPDATES, "gradient norm", "gradient"),
        Curve("", np.arange(40), PATIENTS["B"]["norms"], UPDATES, "", "gradient"))),
    "repeated_factor": Entry(l05.repeated_factor, 1.3, 9, means=(
        Curve("11", np.arange(10), 1.3 ** np.arange(10), "steps back", "size of the gradient", "gradient"),)),
    "repeated_matrix": Entry(l05.repeated_matrix, 0.8, 2.0, 12, means=(
        Curve("", np.arange(13), 2.0 ** np.arange(13), "steps back", "largest stretch", "quiet"),)),
    "clip_plane": Entry(l05.clip_plane, 20.0, 3.0, 1.0, means=(
        Curve("", [0, 3 * np.cos(np.radians(20))], [0, 3 * np.sin(np.radians(20))], "first entry",
              "second entry", "gradient"),)),
    "page_clipping": Entry(l05.page_clipping, filled=True),

    # 06
    "gradient_along_time": Entry(l06.gradient_along_time, 0.7, 5),
    "gradient_by_lag": Entry(l06.gradient_by_lag, FADING, means=[
        Curve("", LAGS, FADING[name], "lag", "norm", kind)
        for name, kind in (("usual", "gradient"), ("large", "heldout"))]),
    "gradient_by_lag, one": Entry(l06.gradient_by_lag, {"usual": FADING["usual"]}),
    "near_and_far_curves": Entry(l06.near_and_far_curves, RECALLED, means=(
        Curve("near ones 0.12", X, NEAR, UPDATES, "loss (nats per answer)", "h"),
        Curve("the far one 1.43", X, FAR, UPDATES, "loss (nats per answer)", "gradient"),
        Curve("mean 0.38", X, (4 * NEAR + FAR) / 5, UPDATES, "loss (nats per answer)", "loss"))),
    "remedies_by_lag": Entry(
        l06.remedies_by_lag, recall(REMEDIES, lost=[("plain", 20)]),
        {"plain": "nothing done", "gates": "an LSTM"}, means=(
            Cells("lag", "", {("5", "nothing done"): ("3", 3), ("20", "nothing done"): ("1, 1✕", 1),
                              ("5", "an LSTM"): ("5", 5), ("20", "an LSTM"): ("2", 2)}, "high"),)),
    "adding_plateaus": Entry(l06.adding_plateaus, PLATEAUS, means=[
        Curve("", [0, 1, 3], [0.2 + 0.001 * length, 0.17, end],
              "thousands of updates" if length == 30 else "", "mean squared error" if length == 10 else
              f"{length} steps", "loss")
        for length, end in ((10, 0.03), (30, 0.03), (100, 0.165))]),
    "eigenvalues_and_jacobians": Entry(
        l06.eigenvalues_and_jacobians, W_HH, [0, 1, 2, 3], np.array([1, 0.5, 0.2, 0.01]),
        0.1 ** np.arange(5.0), means=(
            Curve("stretch", [0, 1, 2, 3], [1, 0.5, 0.2, 0.01], "lag", "factor", "loss"),
            Curve("gradient", np.arange(5), 0.1 ** np.arange(5.0), "lag", "factor", "gradient"),
            Curve("", np.linalg.eigvals(W_HH).real, np.linalg.eigvals(W_HH).imag, "real part",
                  "imaginary part", "heldout"))),
    "reach_while_learning": Entry(l06.reach_while_learning, REACH, means=[
        Curve("", [0.4, 1, 10, 1000], values, "updates" if title == "Spectral" else "", title, kind)
        for title, values, kind in (("Loss", [4.1, 3.9, 3.0, 1.5], "loss"),
                                    ("Spectral", [0.6, 0.9, 1.7, 5.1], "heldout"),
                                    ("Gradient", [0.07, 0.3, 0.6, 0.85], "gradient"))]),

    # 07
    "lstm_cell": Entry(l07.lstm_cell, 3, 0.8, 0.9, 0.6, 0.7, -0.5),
    "lstm_cell, begun": Entry(l07.lstm_cell, 0, 0.8, g=-0.5),
    "gru_cell": Entry(l07.gru_cell, 0.8, 0.7, 0.5, -1.0),
    "lstm_gradients": Entry(l07.lstm_gradients, 4),
    "page_lstm": Entry(l07.page_lstm, filled=True),
    "latch_steps": Entry(l07.latch_steps, LATCH, **GATES, beside=TRAINED, means=(
        Curve("memory c", np.arange(1, 6), l07.run_cell(LATCH.values[:, 0], **GATES)[0], "step", "", "c"),
        Curve("shown h", np.arange(1, 6), l07.run_cell(LATCH.values[:, 0], **GATES)[1], "step", "", "h"),
        Curve("○ target", np.arange(1, 6), LATCH.targets[:, 0], "step", ""),
        *(Curve(name, np.arange(1, 6), 1.3 * row + np.array(TRAINED[name[0]]), "", "", "c")
          for row, name in enumerate(("o  show?", "f  keep?", "i  add?"))))),
    "paths_by_lag": Entry(
        l07.paths_by_lag, {"along c": 0.95 ** LAGS, "all": 0.7 ** LAGS, "plain": 0.4 ** LAGS},
        {"along c": "-c", "all": "gradient", "plain": "quiet"}, "A sentence.", "A title", means=[
        Curve(name, LAGS, base ** LAGS, "lag", "share of the gradient", kind)
        for name, base, kind in (("along c", 0.95, "c"), ("all", 0.7, "gradient"), ("plain", 0.4, "quiet"))]),
    "updates_by_bias": Entry(l07.updates_by_bias, BIASES, 40, means=(
        At("x", "forget bias", "updates until learnt", {"0": 900, "1": 400, "3": 170}),)),
    "adding_race": Entry(l07.adding_race, ADDING, means=[
        Curve(name, *ADDING[name][0], UPDATES, "mean squared error", kind)
        for name, kind in (("RNN", "quiet"), ("GRU", "h"), ("LSTM", "c"))]),

    # 08
    "plot_loss_and_entropy": Entry(l08.plot_loss_and_entropy, NGRAMS, 0.25, MORE, means=(
        Curve("0.70", list(NGRAMS), list(NGRAMS.values()), "characters counted", LOSS, "quiet"),
        Curve("counted on 20 times", list(MORE), list(MORE.values()), "characters counted", LOSS, "quiet"),
        Curve("entropy of the language 0.2500", [0, 1], [0.25, 0.25], "", LOSS, "loss"))),
    "cell_race": Entry(l08.cell_race, TALES, {"entropy": 0.22, "5-gram": 0.6}, means=[
        Curve(f"{cell} ", X[1:], runs[2][1], UPDATES, LOSS, kind)
        for (cell, runs), kind in zip(TALES.items(), ("quiet", "h", "c"), strict=True)]),
    "cell_race, on the way": Entry(
        l08.cell_race, {"GRU": [(X[1:], falling(3.3, 1.6, 4))]}, {}, "seconds", "A title", (0.1, 3.0), TALES),
    "equal_seconds": Entry(l08.plot_equal_seconds, SECONDS, {"entropy": 0.22}, means=(
        At("x", "processor time", LOSS, {"1 s": 0.91, "9 s": 0.9 / 9**0.3 + 0.01}),)),
    "plot_nll_by_kind": Entry(l08.plot_nll_by_kind, SHARES, means=[
        At("y", "", "share of the loss", dict(of)) for of in SHARES.values()]),
    "by_heart": Entry(l08.plot_memorising, HEART, 0.5, 0.2, means=(
        Curve("held out 1.70", X, [4.0, 2.5, 1.2, 1.5, 1.7], UPDATES, LOSS, "heldout"),
        Curve("training 0.42", X, falling(4, 0.42), UPDATES, LOSS, "loss"),
        Curve("", X, [4.0, 2.5, 1.4, 1.7, 2.9], UPDATES, LOSS, "quiet"))),
    "plot_best_correlations": Entry(
        l08.plot_best_correlations, FEATURES, {"quotation": 0.31, "indent": 0.22, "title": 0.12},
        {"quotation": 0.5, "indent": 0.28, "title": 0.33}, means=(
            At("y", "", "strength of the correlation", {"quotation": 0.83, "indent": 0.61, "title": 0.42}),
            At("y", "", "strength of the correlation", {"quotation": 0.31, "indent": 0.22, "title": 0.12}),
            At("y", "", "strength of the correlation", {"quotation": 0.5, "indent": 0.28, "title": 0.33}))),
    "damage_by_correlation": Entry(l08.damage_by_correlation, R, DAMAGE, "quotation", "o = 0", [1], means=(
        Curve("", np.abs(R), DAMAGE, "|r| of the unit", "rise of the loss", "c"),
        Curve("unit 1", [0.8], [0.09], "|r|", "rise", "gradient"))),
    "time_machine": Entry(l08.time_machine, FALL, REACHES, 100, "a text", 0.2, means=(
        Curve("", [100], [2.1], UPDATES, "held-out loss", "heldout"),
        Curve("", [5, 10, 100, 1000], list(FALL.values()), UPDATES, "held-out loss", "heldout"),
        Curve("update 100", np.arange(9), REACHES[100], "lag", "norm", "gradient"))),
    "rate_and_size": Entry(l08.rate_and_size, VALUES, means=(_grid(GRID + 0.01, 2),)),
    "plot_speedups": Entry(l08.plot_speedups, RACE, 2.0, 0.85, means=(
        At("y", "", "loss on held-out", {"none": 1.5, "better start": 1.25, "all": 0.9}),
        At("y", "", "loss on held-out", {"none": 1.4, "better start": 1.15, "all": 0.8}),
        Curve("counts alone", [0.85, 0.85], [0, 1], "loss on held-out", "", "loss"))),

    # 09
    "patient_file": Entry(
        l09.patient_file, PATIENT.number, l09.LOOKS[1], {PATIENT.number: LEARNS, "LSTM": RIGHT}, means=(
            Curve(f"patient {PATIENT.number} 2.90", None, np.median(LEARNS, axis=0), UPDATES, LOSS, "loss"),
            Curve("right 2.10", None, np.median(RIGHT, axis=0), UPDATES, LOSS, "h"))),
    "training": Entry(training, PATIENT, LEARNS),
    "examination": Entry(examination, PATIENT, FOUND, means=(
        At("y", "", "relative error", FOUND.parameters),
        Cells("step t", "", {("1", "f"): ("0.31", 0), ("0", "o"): ("0.27", 0), ("2", "f"): ("right", 0)},
              ""))),
    "failure_chart": Entry(l09.failure_chart, ILL, HEALTHY, "Run X", "too fast", means=(
        Curve("training", [10, 200, 600], ILL.train, UPDATES, LOSS, "loss"),
        Curve("held out", [10, 200, 600], ILL.heldout, UPDATES, LOSS, "heldout"),
        Curve("a healthy run", [10, 200, 600], HEALTHY.train, UPDATES, LOSS, "quiet"),
        Curve("", range(1, 26), ILL.places, "position in the chunk", "Final loss by position", "loss"))),
    "seed_view": Entry(l09.seed_view, SEEDS, 2, 1, means=(
        At("y", "", "loss after 200", {f"{name}|({style})": SEEDS[name][1, -1] for name, style in (
            ("usual", "dotted"), ("clipped", "solid"), ("smaller", "dashed"))}),
        Curve("", 10 * np.arange(21), SEEDS["clipped"][1], UPDATES, "held-out loss", "loss"))),
    "seeds_so_far": Entry(l09.seeds_so_far, {"usual": [(0, 0, 3.3), (0, 10, 3.0)], "clipped": [(1, 0, 3.2)],
                                             "smaller": []}),

    # 10
    "speeds": Entry(l10.speeds, SPEEDS, means=(
        At("y", "", "PyTorch: times faster", {"RNN, small": np.log2(3), "RNN, large": np.log2(0.4),
                                         "GRU, small": np.log2(1.25)}),)),
    "same_curve": Entry(l10.same_curve, falling(4, 2), falling(4, 2) + 1e-3, means=(
        Curve("NumPy", T5, falling(4, 2), UPDATES, LOSS, "h"),
        Curve("PyTorch", T5, falling(4, 2) + 1e-3, UPDATES, LOSS, "y"))),
    "plot_program": Entry(l10.plot_program, PROGRAMS, "B", means=(
        Curve("training", [4, 8, 12], [4, 3.9, 3.8], UPDATES, LOSS, "loss"),
        Curve("held out", [6, 12], [3.9, 3.7], UPDATES, LOSS, "heldout"),
        Curve("correct program", [4, 8, 12], [4, 3, 2.5], UPDATES, LOSS, "quiet"),
        At("y", "", LOSS, {"held out": 3.7, "measured again": 3.6, "loaded again": 3.7,
                           "true loss": 6}))),

    # 11
    "two_layers": Entry(l11.two_layers, 3),
    "padded_batch": Entry(l11.padded_batch, ["abc", "d"], np.array([[4.0, 2.0], [1.0, 1.0], [0.5, 3.0]]), 4),
    "plot_layer_probes": Entry(l11.plot_layer_probes, LAYERS, 1, means=(
        Curve("first layer", [0, 1, 2], [0.9, 0.6, 0.35], "how far back", "share read", "h"),
        Curve("second layer", [0, 1, 2], [0.5, 0.4, 0.3], "how far back", "share read", "c"))),
    "plot_reversal_accuracy": Entry(l11.plot_reversal_accuracy, COPIED, 32, 15000, means=(
        Curve("", [2, 8, 16, 32], [0.955, 0.505, 0.505, 0.205], "length of the string", "share copied", "h"),
        Curve("", [2, 8, 16, 32], [0.95, 0.5, 0.5, 0.2], "length of the string", "share copied", "h"))),
    "look_up_weights": Entry(l11.look_up_weights, WEIGHTS, "them", 1),
    "look_up_weights, and its gradient": Entry(
        l11.look_up_weights, WEIGHTS, "them", 1, np.array([0.1, -0.2, -0.03, 0.07])),
    "reversal_live": Entry(l11.reversal_live, REVERSED, means=(
        Curve("with", [0, 500, 1000], [0.1, 0.6, 0.95], "updates", "share of symbols", "h"),
        Curve("without", [0, 500, 1000], [0.15, 0.2, 0.4], "updates", "share of symbols", "quiet"))),
    "reversal_by_length": Entry(l11.reversal_by_length, BACKWARDS, 5, means=(
        Curve("with a", [5, 9], [0.9, 0.8], "length of the string", "share of symbols", "h"),
        Curve("without a", [5, 9], [0.6, 0.3], "length of the string", "share of symbols", "quiet"))),

    # 12
    "plot_factor": Entry(l12.plot_factor, -0.5, means=(
        Curve("", np.arange(13), (-0.5) ** np.arange(13), "1s read", "state h", "h"),
        Curve("", np.arange(13), (-1.0) ** np.arange(13), "1s read", "state h", "loss"))),
    "plot_factor, above zero": Entry(l12.plot_factor, 0.9),
    "crossings": Entry(l12.plot_crossings, 2, means=(
        Curve("", np.arange(17), crossing_sum(2, 16), "1s read", "score of even minus odd", "y"),)),
    "plot_accuracy_beyond": Entry(l12.plot_accuracy_beyond, KEPT_PARITY, "RNN", means=[
        Curve("", [40, 256, 4096], right, "length of the string", "share of answers", "quiet")
        for right in ([1, 0.9, 0.8], [0.97, 0.7, 0.6])]),
    "counted": Entry(l12.plot_counter, 5, 3, means=(
        Curve("counted", np.arange(7), l12.counter_path(3, 3, 5), "step", "memory c", "c"),)),
    "memories": Entry(
        l12.plot_memories, np.array([[0.5, 0.1], [1.4, 0.2], [0.8, 0.2], [-0.3, 0.3]]), 2, True, means=(
            Curve("unit 1", np.arange(1, 5), [0.5, 1.4, 0.8, -0.3], "step", "memory c", "c"),)),
    "reaches": Entry(l12.plot_reach, COUNTING, 1000, means=(
        Curve("", [-0.36, 0.36], [22, 25], "cell", "counts to n", "c"),
        Curve("", [0.64, 1.36], [0, 9], "cell", "counts to n", "h"))),
    "machine": Entry(l12.machine, l12.TOMITA[4], "1001", True),
    "machine, of many states": Entry(l12.machine, l12.automaton(
        [[n + 1, 0] for n in range(9)] + [[9, 9]], [1, 0] * 5)),
    "learning_machine": Entry(l12.learning_machine, [
        Look(1, 0.6, 0.4, l12.TOMITA[1]), Look(400, 0.9, 0.7, l12.TOMITA[5])], 5, means=(
            Curve("network", [1, 400], [0.6, 0.9], UPDATES, "share of strings", "h"),
            Curve("automaton", [1, 400], [0.4, 0.7], UPDATES, "share of strings", "y"))),
    "machine_at": Entry(l12.machine_at, l12.TOMITA[6], 12, 0.3, 0.93, 0.81, means=(
        Curve("", [0, 81], [0, 0], "percent of the strings", "Right on", "y"),
        Curve("", [0, 93], [1, 1], "percent of the strings", "Right on", "h"))),
    "scan_steps": Entry(l12.scan_steps, [2, 8, 64, 256], 8, means=(
        Curve("loop", [2, 8, 64, 256], [2, 8, 64, 256], "length", "rounds", "quiet"),
        Curve("scan", [2, 8, 64, 256], [1, 3, 6, 8], "length", "rounds", "h"))),

    # 13
    "bits_over_time": Entry(l13.bits_over_time, PULSED, SAID, means=[
        Curve("answer", np.arange(1, 7), SAID[:, bit], "step" if bit == 1 else "", f"bit {bit + 1}", "y")
        for bit in range(2)]),
    "resting_unit": Entry(l13.resting_unit, 1.6, 0.2, 1.0, means=(
        Curve("tanh(w h + b)", H_NOW, np.tanh(1.6 * H_NOW + 0.2), "state h now", "one step later", "h"),
        Curve("the same", H_NOW, H_NOW, "state h now", "one step later", "quiet"))),
    "plot_found_by_starts": Entry(l13.plot_found_by_starts, SEARCHED, means=[
        Curve(name, STARTS, SEARCHED[0].value[key], "starts of each kind", "fixed points found", kind)
        for name, key, kind in (("visited and means", "both", "h"), ("means of 2 to 8", "means", "y"),
                                ("visited states", "visited", "quiet"))]),
    "plot_found_by_starts, signs": Entry(l13.plot_found_by_starts, SEARCHED, True, means=[
        Curve(name, STARTS, SEARCHED[0].value[key], "starts of each kind", "sum of the signs", kind)
        for name, key, kind in (("visited and means", "all signs", "h"), ("means of 2 to 8", "signs", "y"))]),
    "cube": Entry(l13.cube, PLACED, 0, 0, means=(
        Curve("", PLACED["corner"][:, 0], PLACED["corner"][:, 2], "readouts", "cube", "h"),)),
    "cube, pushed": Entry(l13.cube, {"corner": PLACED["corner"]}, 30, 40, [PLACED["edge"] + 0.1 * np.eye(3)],
                          "A sentence.", "A title"),
    "plot_noise_and_gradient": Entry(l13.plot_noise_and_gradient, KEPT, LEFT, 0.12, means=(
        Curve("attractor", LAGS, LEFT["attractor"], "lag", "norm of the gradient", "h"),
        Curve("highway", LAGS, LEFT["highway"], "lag", "norm of the gradient", "c"),
        Curve("", np.arange(5), KEPT["attractor"], "steps with noise", "share still right", "h"),
        Curve("", np.arange(5), KEPT["highway"], "steps with noise", "share still right", "c"))),
    "exponents_by_gain": Entry(l13.exponents_by_gain, PARTING, 100, 0.5, means=(
        Curve("theory", np.linspace(1, 2, 49), [l13.predicted_exponent(gain, 0.5) for gain in np.linspace(1,
                                                                                                          2,
                                                                                                          49)],
              "gain", "largest exponent", "loss"),
        Curve("", [1.0, 1.0], [-0.3, -0.25], "gain", "largest exponent", "h"))),
    "memory_by_lag": Entry(l13.memory_by_lag, TOLD, means=(
        Curve("orthogonal", LAGS, TOLD["orthogonal"][0], "lag", "share of the input decoded", "y"),
        Curve("random", LAGS, TOLD["random"][0], "lag", "share of the input decoded", "h"))),
}
# The ideas that have no picture above, as they stand in img.
GALLERY |= {name: Entry(function) for name, function in pictures.drawings().items() if name not in GALLERY}


def _made_for(stage: Stage, name: str) -> Picture:
    with for_lecture(stage):
        return GALLERY[name].picture.again()


# Plots that make room for words: one below another on a narrow page, and in large type.
LARGE = "reversal_live", "latch_steps", "patients_chart", "reach_while_learning"
TALL = (*LARGE, "adding_plateaus", "bits_over_time", "damage_by_correlation", "one_unit", "plot_nll_by_kind",
        "truncation_lab")
ELSEWHERE = {f"{name}, {words}": Entry(GALLERY[name].function, make=partial(_made_for, stage, name))
             for words, stage, names in (("narrow", NARROW, TALL), ("in a lecture", STAGE, LARGE))
             for name in names}
GALLERY |= ELSEWHERE


def _turned(degrees: float, strength: float) -> float:
    """How far from the middle two units are after 40 turns."""
    (cos, sin), h = (part(np.radians(degrees)) for part in (np.cos, np.sin)), np.array([0.5, 0])
    for _ in range(40):
        h = np.tanh(strength * np.array([cos * h[0] - sin * h[1], sin * h[0] + cos * h[1]]))
    return np.hypot(*h)


def _on_the_wall(w: float, steps: int = cliff.STEPS) -> float:
    return np.hypot(*cliff.loss_and_gradient(w, cliff.wall_bias(w), steps)[1:])


# Numbers of a sentence that neither stand nor lie in the picture, and were not given: what they are.
BESIDES: dict[str, dict[str, float]] = {
    "recurrent_cell": {"weights and biases": 4 * 3 + 3 * 3 + 3 + 3 * 5 + 5},
    "two_units": {"far from the middle": _turned(30, 1.1)},
    "first_guess": {"of the four states": 3 / 4},
    "scalar_chain": {"factors": 7},
    "backward_hello": {"moments": 8},
    "backward_hello, forward": {"moments": 8},
    "backward_hello, a sum": {"moments": 8},
    "text_streams, running": {"borders between three updates, in three rows": 6},
    "credit_map": {"median at lag 10, of that at lag 0": np.median(np.diagonal(FARTHER, -10))
                   / np.median(np.diagonal(FARTHER))},
    "text_streams": {"borders between six updates, in two rows": 10},
    "truncation_lab": {"pairs that are cut": 1 - (3 + 5 + 5) / 21},
    "cliff_grows": {"gradient on the wall": _on_the_wall(5.2, 20),
                    "factor": 5.2 * l05.SIGMA * (1 - l05.SIGMA)},
    "norms_and_threshold": {"above": 2 / 7},
    "patients_chart": {"mean loss at the end of A": (4.1 + 3 + 2 + 1.5) / 4, "of B": (4.1 + 9 + 5 + 11) / 4,
                       "median norm of B": (9 + 40) / 2},
    "gradient_by_lag": {"steps to a hundredth": np.log(0.01) / np.log(0.61)},
    "gradient_by_lag, one": {"steps to a hundredth": np.log(0.01) / np.log(0.61)},
    "latch_steps": {"mean distance of the gates":
                    np.mean([np.abs(np.subtract(GATES[gate], TRAINED[gate])) for gate in GATES])},
    "plot_nll_by_kind": {name: sum(of.values()) for name, of in SHARES.items()},
    "damage_by_correlation": {"cells": 4, "the cell that costs the most": 3},
    "rate_and_size": {"other settings": 5},
    "patient_file": {"lines of code": 14},
    "failure_chart": {"from the sixth place on": np.mean(ILL.places[5:])},
    "seeds_so_far": {"seeds": 8},
    "same_curve": {"the next power of ten above the gaps": 1e-2},
    "course_map": {"lessons": len(facts.LESSONS)},
    "padded_batch": {"places": 6, "share at padding": 4 / 11.5},
    "plot_layer_probes": {"networks": 3},
    "reversal_by_length": {"updates": 1000, "networks": 3},
    "plot_factor": {
        f"told right of {n}": l12.parity_by_factor(-0.5, n)[1:].mean() for n in (40, 256)},
    "reaches": {"median of LSTM": 23.5, "median of GRU": 4.5},
    "machine": {"states": 4},
    "machine, of many states": {"states": 10},
    "learning_machine": {"the longest strings": 12},
    "bits_over_time": {"answers": 12},
    "resting_unit": {"steps of Newton's method": 8},
    "exponents_by_gain": {"clearly above 0": 0.005, "from theory": max(
        abs(value + 0.025 - l13.predicted_exponent(gain, 0.5))
        for gain, value in ((1.0, -0.3), (1.5, -0.02), (2.0, 0.1))),
        "edge of theory": next(gain for gain in np.linspace(1, 2, 1001) if l13.predicted_exponent(gain,
                                                                                                  0.5) > 0)},
    "memory_by_lag": {name: np.sum(runs) for name, runs in TOLD.items()},
    "task_shapes": {"picture or verdict": 1, "words": 3, "letters": 4},
    "cliff_edge": {"gradient on the wall": _on_the_wall(5.5)},
    "two_clips": {"length": 3, "angle": 25, "threshold": 1},
    "gradient_highway": {"left in a plain network": 0.6**5},
    "surprise_over_text": {"characters": 317, "nats at first letters": 1.1, "elsewhere": 0.1},
}
