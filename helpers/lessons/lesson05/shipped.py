"""What lesson 05 ships, and what makes it.

Training at a high rate, and every descent that meets the wall, is chaotic: another computer finds other
digits and the same picture.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from helpers.data import chunks, course_corpus
from helpers.lessons.lesson05.experiments import (
    RATES,
    THRESHOLDS,
    cliff_race,
    clipped_training,
    gradient_lengths,
    neighbours,
    turned_dial,
)
from helpers.networks import RNN, SGD, CharModel, train
from helpers.runs import Shipped, Sweep, write_json

PATIENTS = {"A": (1.0, 0.01), "B": (3.0, None), "C": (0.01, 1.0), "D": (3.0, 3.0), "E": (1.0, 1.0)}


def patients(path: Path, seeds: Sequence[int]) -> None:
    """Five runs that differ in learning rate and threshold alone; the letters are drawn by hand."""
    (seed,), text, found = seeds, course_corpus(), {}
    for letter, (rate, max_norm) in PATIENTS.items():
        model = CharModel(RNN(len(text.vocabulary), 50), np.random.default_rng(seed))
        stream = chunks(text.ids, 25, 8)
        steps = list(islice(train(model, stream, SGD(rate), clip_norm=max_norm, diverged_at=410), 400))
        found[letter] = {
            "losses": [round(step.loss, 3) for step in steps],
            "norms": [round(step.grad_norm, 3) for step in steps],
            "clipped": sum(step.clipped for step in steps) / len(steps),
        }
    write_json(path, found)


def norms(path: Path, seeds: Sequence[int]) -> None:
    """The first 2,000 updates of the network from lesson 02, without clipping."""
    (seed,) = seeds
    write_json(path, gradient_lengths(np.random.default_rng(seed), 2000))


SHIPPED = (
    Shipped("lesson05/neighbours.jsonl",
            "descents on the cliff's surface from starts a billionth apart",
            Sweep(neighbours, {"w": [5.5], "b": [-2.9]}),
            seeds=range(20), minutes=0.4, shown_in=("section 3",)),
    Shipped("lesson05/race.jsonl",
            "descents on the cliff's surface from random starts, at five thresholds",
            Sweep(cliff_race, {"region": ["near", "away"]}),
            seeds=range(20), minutes=2.4, shown_in=("section 3",)),
    Shipped("lesson05/norms.json",
            "gradient norms of 2,000 updates without a clip",
            norms, seeds=(0,), minutes=0.1, shown_in=("section 5", "exercise 5.3")),
    Shipped("lesson05/thresholds.jsonl.gz",
            "tanh network of 50 units at three rates, eight thresholds of the norm: losses, histogram of "
            "gradient norms, share of clipped updates",
            Sweep(clipped_training, {"learning_rate": RATES, "max_norm": THRESHOLDS}),
            seeds=range(20), minutes=0.8, shown_in=("section 5",)),
    Shipped("lesson05/dial.jsonl",
            "the laboratory's network, its threshold turned from 0.3 to one of five and back: losses",
            Sweep(turned_dial, {"threshold": [0.01, 0.3, 1.0, 3.0, 10.0]}),
            seeds=range(20), minutes=0.8, shown_in=("section 9",)),
    Shipped("lesson05/patients.json",
            "five runs to diagnose: losses and gradient norms",
            patients, seeds=(11,), minutes=0.1, shown_in=("exercise 5.4",)),
)
