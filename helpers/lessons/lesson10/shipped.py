"""What lesson 10 ships, and what makes it for `scripts/ship.py`. PyTorch has to be there."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from helpers.lessons.lesson10.experiments import FAULTS, HEALTHY
from helpers.networks import GRU, LSTM, RNN
from helpers.runs import Shipped, write_json

SIZES = {"small": (1, 25, 100), "medium": (16, 32, 128), "large": (32, 50, 256)}  # B, T, H


def speed(path: Path, seeds: Sequence[int]) -> None:
    """Updates per second of our cells and of PyTorch's; on a quiet machine."""
    from helpers.lessons.lesson10.pytorch import updates_per_second

    write_json(path, [
        {"cell": kind.__name__, "size": size,
         **{name: round(rate, 1) for name, rate in updates_per_second(kind(60, H), B, T, 3).items()}}
        for kind in (RNN, GRU, LSTM) for size, (B, T, H) in SIZES.items()
    ])


def faults(path: Path, seeds: Sequence[int]) -> None:
    """Programs that are right, and with one bug each."""
    from helpers.lessons.lesson10.lines import faulty_run

    letters = {HEALTHY: "right", **{name: fault.letter for name, fault in FAULTS.items()}}
    runs = []
    for fault, letter in letters.items():
        for seed in seeds:
            losses = {name: np.round(values, 4).tolist() for name, values in faulty_run(seed, fault).items()}
            runs.append({"program": letter, "seed": seed, **losses})
    write_json(path, runs)


def what_it_says(rng: np.random.Generator, fault: str = HEALTHY) -> dict[str, float]:
    """A program's held-out loss after its four rounds, as it reports it, and the true loss, "rightly"."""
    from helpers.lessons.lesson10.lines import faulty_run

    run = faulty_run(int(rng.integers(2**31)), fault)
    return {name: round(float(run[name][-1]), 4) for name in ("heldout", "rightly")}


SHIPPED = (
    Shipped("lesson10/speed.json",
            "updates per second of our cells and of PyTorch's, by size",
            speed, seeds=(), minutes=0.5, shown_in=("section 5",)),
    Shipped("lesson10/faults.json",
            "the program of section 7, without a bug and with each of seven: its losses as it reports "
            "them, measured again, loaded again, and measured correctly",
            faults, seeds=range(20), minutes=8, shown_in=("section 8", "exercise 10.4")),
)
