"""What lesson 13 ships, and what makes it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from helpers.lessons.lesson13.experiments import (
    exponents,
    memory_curve,
    new_model,
    search,
    train_fully,
    wrong_at_the_end,
)
from helpers.networks import Model
from helpers.runs import Shipped, Sweep, load_run, write_json

GAINS = [0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0]


def flip_flop_network(path: Path, seeds: Sequence[int]) -> None:
    """Train 64 tanh units on the flip-flop, 1,500 updates, and write the weights with four digits."""
    p = train_fully(np.random.default_rng(*seeds)).params
    write_json(path, {name: np.round(array, 4).tolist() for name, array in p.items()})


SHIPPED = (
    Shipped("lesson13/flip_flop.json",
            "the weights of 64 tanh units that learnt a flip-flop of three bits",
            flip_flop_network, seeds=(0,), minutes=0.1, shown_in=("section 1", "exercise 13.1")),
    Shipped("lesson13/searches.jsonl",
            "flip-flop networks: how many of their fixed points Newton's method finds from 10 to 300 visited "
            "states, from as many means of them, and from both, and what the signs of det(I - J) add up to",
            Sweep(search, {"units": [64]}), seeds=range(20), minutes=0.83, shown_in=("section 4",)),
    Shipped("lesson13/distances.jsonl",
            "the flip-flop with pulses all along or only at the first step, asked at every step or only at "
            "the last: the share of bits that are wrong after 50 steps",
            Sweep(wrong_at_the_end, {"often": [0.1, 0.0], "last": [False, True]}),
            seeds=range(20), minutes=4, shown_in=("section 7",)),
    Shipped("lesson13/exponents.jsonl.gz",
            "the largest Lyapunov exponent of random tanh networks, by gain, input noise and size",
            Sweep(exponents, {"units": [100, 400], "gain": GAINS, "noise": [0.0, 0.5]}),
            seeds=range(20), minutes=12, shown_in=("section 8",)),
    Shipped("lesson13/memory.jsonl.gz",
            "what a linear probe decodes of past inputs from 100 untrained units, by matrix, spectral "
            "radius and size of the input",
            Sweep(memory_curve, {"matrix": ["random", "orthogonal"],
                                 "radius": [0.8, 0.9, 0.95, 1.0, 1.1, 1.2], "size": [0.01, 0.1, 1.0]}),
            seeds=range(20), minutes=1.3, shown_in=("section 9",)),
)


def trained_flip_flop() -> Model:
    """The shipped network of 64 tanh units that learnt the flip-flop."""
    weights = load_run("13/flip_flop")
    model = new_model(np.random.default_rng(0), len(weights["b_h"]))
    for name in model.params:
        model.params[name] = np.array(weights[name])
    return model
