"""What lesson 09 ships, and what makes it for `scripts/ship.py`.

Training that goes wrong is chaotic: another computer finds other digits and the same picture.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from helpers.lessons.lesson09.experiments import (
    CLIPS,
    FAILURES,
    HEALTHY,
    SETTINGS,
    FailingRun,
    Failure,
    beside,
    failing_run,
    seed_runs,
    training_loss,
)
from helpers.lessons.lesson09.experiments_ward import SEEDS, WARD, in_training, losses
from helpers.runs import Shipped, load_run, write_json

BLOCK = 20                      # updates whose losses are averaged


def curves(path: Path, seeds: Sequence[int]) -> None:
    """How right gradients, the patients' and a right one with gates that start alike train."""
    entries = []
    for name, (kind, backward, alike) in in_training().items():
        runs = [list(losses(kind, backward, np.random.default_rng(seed), alike=alike)) for seed in seeds]
        runs = np.reshape(runs, (len(runs), -1, BLOCK)).mean(axis=2)
        entries.append({"patient": name if name in WARD else None, "cell": kind, "gates_alike": alike,
                        "losses": np.round(runs, 3).tolist()})
    write_json(path, entries)


def failures(path: Path, seeds: Sequence[int]) -> None:
    """Each failure once, as it is and at a tenth of the rate, and the healthy runs beside them."""
    seed, = seeds
    runs: dict[str, tuple[str | Failure, float]] = {"healthy": (HEALTHY, 1)}
    for cause, what in FAILURES.items():
        runs[what.letter], runs[f"{what.letter}, a tenth of the rate"] = (cause, 1), (cause, 10)
        if beside(cause) != HEALTHY:
            runs[f"{what.letter}, healthy"] = beside(cause), 1
    entries = {}
    for letter, (cause, slower) in sorted(runs.items()):
        *_, run = (run for run in failing_run(np.random.default_rng(seed), cause, slower) if run)
        entries[letter] = {**run.kept(), "places": np.round(run.places, 3).tolist(), "samples": run.samples}
    write_json(path, entries)


def clips(path: Path, seeds: Sequence[int]) -> None:
    """Training losses at the end, with a clip and without, for two optimisers; each seed once."""
    write_json(path, {name: [training_loss(np.random.default_rng(seed), what) for seed in seeds]
                      for name, what in CLIPS.items()})


def seed_bands(path: Path, seeds: Sequence[int]) -> None:
    """Eight networks of each setting, one after the other from one seed: held-out losses."""
    losses_of = {}
    for seed, name in zip(seeds, SETTINGS, strict=True):
        points = [point for point in seed_runs(np.random.default_rng(seed), name) if point]
        losses_of[name] = [[round(loss, 4) for at, _, loss in points if at == n] for n in range(8)]
    write_json(path, losses_of)


SHIPPED = (
    Shipped("lesson09/curves.json",
            "training losses of the patients, of networks with right gradients, and of an LSTM whose gates "
            "start alike",
            curves, seeds=SEEDS, minutes=2, shown_in=("section 1",)),
    Shipped("lesson09/failures.json",
            "eight training runs that went wrong, as they are and at a tenth of the rate, and the healthy "
            "ones beside them",
            failures, seeds=(1,), minutes=0.2, shown_in=("section 6", "exercise 9.5")),
    Shipped("lesson09/clips.json",
            "the same training with a clip and without, by Adam and by gradient descent: training losses",
            clips, seeds=range(20), minutes=1.2, shown_in=("section 6",)),
    Shipped("lesson09/seeds.json",
            "eight networks of each of three settings: held-out losses",
            seed_bands, seeds=range(3), minutes=0.1, shown_in=("section 7",)),
)


def load_curves() -> dict[int | str, np.ndarray]:
    """How patients 1 to 12 learn, "RNN", "LSTM" and "GRU" with right gradients, and "alike".

    "alike" is an LSTM with a right gradient whose gates start alike. Losses (20, 20), nats per character: for
    each seed, means over twenty updates.
    """
    return {"alike" if run["gates_alike"] else run["patient"] or run["cell"]: np.array(run["losses"])
            for run in load_run("09/curves")}


def load_failures() -> dict[str, FailingRun]:
    """The shipped runs of `failing_run`: "A", "A, a tenth of the rate" and so on, and "healthy".

    "F, healthy" is the healthy run to compare F with, which uses another optimiser.
    """
    runs = {}
    for letter, entry in load_run("09/failures").items():
        places = entry.pop("places")
        runs[letter] = FailingRun.of(entry)
        runs[letter].places = places
    return runs
