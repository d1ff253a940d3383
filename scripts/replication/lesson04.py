"""What lesson 04 says about networks in general, and what judges it on new seeds."""

from collections.abc import Iterable

import numpy as np

from helpers.lessons.lesson04.experiments import fresh_gradient, loss_of_layout
from helpers.runs import Shipped, Sweep
from replication.verdicts import NotReplicated, Replicated, Seed

LAYOUTS = Shipped("lesson04/loss_of_layout.jsonl", "",
                  Sweep(loss_of_layout, {"layout": ["streams", "dealt", "shuffled"]}),
                  range(200, 220), 0.3, ())
FRESH = Shipped("lesson04/fresh_gradient.jsonl", "", Sweep(fresh_gradient, {"cell": ["RNN", "LSTM"]}),
                range(200, 220), 0.2, ())


def solved_by(seed: Seed, scale: float | None, lag: int, windows: Iterable[int]) -> int:
    """With how many windows the network of a seed solves the echo task."""
    return sum(seed(scale=scale, lag=lag, window=window)["accuracy"] > 0.95 for window in windows)


def slower_and_less_exact(seed: Seed) -> bool:
    """Whether a window of 5 needs more updates than one of 100, and ends with a larger error."""
    short, whole = (np.array(seed(window=window)["errors"]) for window in (5, 100))
    return bool(np.argmax(short < 0.05) > np.argmax(whole < 0.05) and short[-1] > whole[-1])


REPLICATED = (
    Replicated("half-a-step", "In the fresh network each step back leaves about half", FRESH,
               lambda seed: all(0.4 < seed(cell="RNN")[str(lag)] ** (1 / lag) < 0.6 for lag in (1, 2, 8)),
               said=(20, 20)),
    Replicated("open-lstm-hardly-fades", "after the first step its gradient hardly fades", FRESH,
               lambda seed: seed(cell="LSTM")["60"] > seed(cell="LSTM")["1"] / 2, said=(20, 20)),
    Replicated("within-ten-degrees",
               "Even in chunks of 10 its gradient is within ten degrees of the full one", FRESH,
               lambda seed: seed(cell="RNN")["cosine"] > np.cos(np.pi / 18), said=(20, 20)),
    Replicated("dealt", "it fell to between 2.01 and 2.06 nats with dealt chunks", LAYOUTS,
               lambda seed: seed(layout="dealt"), (2.01, 2.06)),
    Replicated("in-streams", "to between 1.89 and 1.93 nats with streams", LAYOUTS,
               lambda seed: seed(layout="streams"), (1.89, 1.93)),
    Replicated("shuffled", "a good habit elsewhere, does nearly as much damage", LAYOUTS,
               lambda seed: seed(layout="shuffled") > (seed(layout="streams") + seed(layout="dealt")) / 2,
               said=(20, 20)),
    Replicated("staircase", "every run is solved, but with $k \\le d$", "04/echo", lambda seed: all(
        solved_by(seed, 0.01, lag, range(lag + 1, 9)) == 8 - lag for lag in range(1, 6))),
    Replicated("nothing-below", "only 9 of 280 runs are", "04/echo", lambda seed: not any(
        solved_by(seed, 0.01, lag, range(1, lag + 1)) for lag in range(2, 6))),
    Replicated("by-itself", "one step of memory comes by itself in 157 of 160 runs", "04/echo",
               lambda seed: solved_by(seed, 0.01, 1, range(1, 9)) == 8),
    Replicated("taught", "Frozen networks remember nothing beyond one step", "04/echo_frozen",
               lambda seed: all(seed(scale=0.01, lag=lag)["accuracy"] < 0.7 for lag in range(2, 6))),
    Replicated("frozen-solves", "First, the frozen network solves nearly everything", "04/echo_frozen",
               lambda seed: sum(seed(scale=None, lag=lag)["accuracy"] > 0.95 for lag in range(1, 6)) >= 4),
    Replicated("window-of-one", "most runs with a window of 1 are solved too", "04/echo",
               lambda seed: sum(solved_by(seed, None, lag, [1]) for lag in range(2, 6)) > 2),
    Replicated("destroyed", "destroyed that memory in 176 of 200 runs", "04/echo",
               lambda seed: sum(solved_by(seed, None, lag, range(2, lag + 1)) for lag in range(2, 6)) <= 2),
    Replicated("a-window-of-two", "The other 24 have a window of 2", "04/echo", lambda seed: not any(
        solved_by(seed, None, lag, range(3, lag + 1)) for lag in range(3, 6))),
    Replicated("border-at-eleven", "Shorter windows never teach the lag", "04/echo_ten", lambda seed: not any(
        seed(scale=0.01, window=window)["accuracy"] > 0.95 for window in (5, 9, 10))),
    Replicated("beyond-the-border", "11 or more do so in 73 of 80 runs", "04/echo_ten", lambda seed: sum(
        seed(scale=0.01, window=window)["accuracy"] > 0.95 for window in (11, 12, 15, 20)) >= 3),
    Replicated("a-tenth-of-chance", "the error falls below a tenth of chance in 18 of 20 runs",
               "04/adding_window", lambda seed: seed(window=5)["errors"][-1] < 1 / 60),
    Replicated("keeps-more", "a fresh network keeps half of the state at each step", "04/adding_window",
               lambda seed: seed(window=5)["update_gate"][-1] > 0.7),
    Replicated("slower-and-less-exact", "truncation made learning long lags slower and less exact",
               "04/adding_window", slower_and_less_exact),
)

NOT_REPLICATED = (
    NotReplicated("Its cosine with the full one is 0.56", "one network"),
    NotReplicated("reaches more than five times as far as that of fresh", "one network"),
    NotReplicated("has learnt more than the one called begun, and truncation costs it more", "one network"),
    NotReplicated("The bias of truncation is invisible until there is a memory to lose", "one network"),
    NotReplicated("A direction that is some 50 degrees wrong still goes downhill", "one network"),
    NotReplicated("The sliding curve climbs until the window has 11 steps", "one network"),
    NotReplicated("Chunks of 11 are a good deal worse than a sliding window of 11", "one network"),
    NotReplicated("a short window leaves only a small part", "one network"),
    NotReplicated("chunks of 50 give a better direction than a sliding window of 10", "one network"),
    NotReplicated("A reset costs most at the start, and the network catches up", "one network"),
    NotReplicated("A wrong state costs more than none", "one network"),
    NotReplicated("the one that has learnt more has more to lose", "one network"),
    NotReplicated("what they carry is mostly about this play", "one network"),
    NotReplicated("a short window learns what shows itself, at least sometimes", "these runs"),
    NotReplicated("For every window up to 40 the sign is wrong", "calculated"),
    NotReplicated("The mean of ten thousand is still off by 8 %", "calculated"),
)
