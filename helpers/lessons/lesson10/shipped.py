"""What lesson 10 ships, and what makes it."""

from collections.abc import Sequence
from pathlib import Path

from helpers.lessons.lesson10.copying import copy_accuracy
from helpers.networks import GRU, LSTM, RNN
from helpers.runs import Shipped, Sweep, write_json

SIZES = {"small": (1, 25, 100), "medium": (16, 32, 128), "large": (32, 50, 256)}  # B, T, H


def speed(path: Path, seeds: Sequence[int]) -> None:
    """Updates per second of our cells and of PyTorch's, which has to be there; on a quiet machine."""
    from helpers.lessons.lesson10.pytorch import updates_per_second

    write_json(path, [
        {"cell": kind.__name__, "size": size,
         **{name: round(rate, 1) for name, rate in updates_per_second(kind(60, H), B, T, 3).items()}}
        for kind in (RNN, GRU, LSTM) for size, (B, T, H) in SIZES.items()
    ])


SHIPPED = (
    Shipped("lesson10/speed.json",
            "updates per second of our cells and of PyTorch's, by size",
            speed, seeds=(), minutes=0.5, shown_in=("section 5",)),
    Shipped("lesson10/copying.jsonl",
            "a string out of eight symbols copied after it was read, GRU: accuracy and loss after 3,000 "
            "updates, by hidden size and length",
            Sweep(copy_accuracy, {"hidden_size": [8, 16, 32, 64, 128], "length": [2, 4, 8, 16, 32]}),
            seeds=range(3), minutes=6, shown_in=("section 7",)),
    Shipped("lesson10/copying_longer.jsonl",
            "the same after 15,000 updates, of three hidden sizes and three lengths",
            Sweep(copy_accuracy, {"hidden_size": [16, 32, 64], "length": [4, 8, 16], "updates": [15000]}),
            seeds=range(5), minutes=7, shown_in=("section 7",)),
)
