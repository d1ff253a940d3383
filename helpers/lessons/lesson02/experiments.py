"""Runs in which something changes midway: the one that the README shows, and those of replication."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from helpers.data import course_corpus
from helpers.runs import CorpusTraining, write_json

SETTINGS = {"cell": "GRU", "hidden_size": 100, "length": 25}
CLIP, TEMPERATURE = 0.2, 0.5
RATES = {0: 0.1, 1000: 0.7, 1050: 0.1}       # the learning rate, by the update before which it is set
UPDATES, EVERY = 5000, 25
MOMENTS = (1, 60, 300, 1000, 1050, 1300, 2000, 3200, 5000)       # at which it writes
LETTERS = 64


def steered(seed: int, updates: int = UPDATES) -> dict[str, Any]:
    """A run whose learning rate is turned up too far and down again, and what a reader could see of it.

    Returns "settings"; "rates", pairs of an update and the learning rate set after it; "curve", pairs of an
    update and the smoothed loss in nats per character; "moments", with the "text" written and the "loss".
    """
    training = CorpusTraining(course_corpus(), seed=seed, **SETTINGS)
    training.steps.clip_value, optimizer = CLIP, training.steps.optimizer
    curve, moments = [], []
    for update in range(1, updates + 1):
        optimizer.learning_rate = RATES.get(update - 1, optimizer.learning_rate)
        training.update()
        if update % EVERY == 0 or update == 1:
            curve.append([update, round(training.history.smoothed, 3)])
        if update in MOMENTS:
            training.written = ""
            training.write(LETTERS, TEMPERATURE)
            moments.append({"update": update, "loss": round(training.history.smoothed, 2),
                            "text": training.written})
    return {"settings": {**SETTINGS, "clip_value": CLIP, "temperature": TEMPERATURE, "seed": seed},
            "rates": list(RATES.items()), "curve": curve, "moments": moments}


def steered_run(path: Path, seeds: Sequence[int]) -> None:
    """Write that run; there is one seed."""
    write_json(path, steered(*seeds))


RATE = 0.1


def broken_midway(rng: np.random.Generator, fault: str, updates: int = 3000) -> dict[str, float]:
    """Smoothed losses of a run that goes well for so many updates, and for as many with a fault.

    They are the loss "before" the fault, the "highest" within 500 updates of it, and that at the "end".
    """
    training = CorpusTraining(course_corpus(), "RNN", 100, 25, seed=int(rng.integers(2**31)))
    training.steps.clip_value = CLIP
    for _ in range(updates):
        training.update()
    before = training.history.smoothed
    training.shifted, training.carried = fault != "targets not shifted", fault != "state not carried"
    training.steps.clip_value = None if fault == "no clipping" else CLIP
    training.steps.optimizer.learning_rate = RATE * (10 if fault == "rate times ten" else 1)
    losses = []
    for _ in range(updates):
        training.update()
        losses.append(training.history.smoothed)
    return {"before": before, "highest": max(losses[:500]), "end": losses[-1]}
