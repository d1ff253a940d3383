"""What lesson 07 ships, and what makes it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from helpers.lessons.lesson07.experiments import trained_cell, updates_to_recall
from helpers.networks import LSTM, Parameters
from helpers.runs import Shipped, Sweep, adding_curve, load_run, write_json

RATES = {"GRU": 0.01, "LSTM": 0.01, "RNN": 0.003}               # one that suits each cell


def latch(path: Path, seeds: Sequence[int]) -> None:
    """A unit after 3,000 updates."""
    _, p = trained_cell(np.random.default_rng(*seeds), 3000)
    weights = {name: np.round(array, 4).tolist() for name, array in p.items()}
    write_json(path, {"weights": weights})


SHIPPED = (
    Shipped("lesson07/latch.json",
            "the weights of an LSTM of one unit that learnt to store a sign",
            latch, seeds=(0,), minutes=0.1, shown_in=("section 3",)),
    Shipped("lesson07/forget_bias_and_lag.jsonl.gz",
            "the forget bias that an LSTM of 24 units starts with, and the lag over which it has to carry a "
            "symbol: updates until 99 % of the answers are right, at most 1,500",
            Sweep(updates_to_recall, {"forget_bias": [0, 1, 2, 3, 4, 5], "lag": [5, 10, 20, 40, 80, 160]}),
            seeds=range(20), minutes=17, shown_in=("section 8",)),
    Shipped("lesson07/adding.jsonl",
            "adding problem of 100 steps, three cells: test errors until 0.01, at most 3,000 updates",
            Sweep(adding_curve, [{"cell": [cell], "learning_rate": [rate]} for cell, rate in RATES.items()]),
            seeds=range(20), minutes=3.0, shown_in=("section 10",)),
)


def trained_latch() -> tuple[LSTM, Parameters]:
    """An LSTM of one unit that learnt the task of `latch_sequences`, and its parameters."""
    weights, cell = load_run("07/latch")["weights"], LSTM(3, 1)
    p = Parameters(cell.shapes)
    for name in p:
        p[name] = np.array(weights[name])
    return cell, p
