"""What lesson 03 ships, with the times of one computer; the lesson says only what holds on any."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

from helpers.lessons.lesson03.experiments import Cost, final_loss, measure, timed_training
from helpers.runs import History, Shipped, load_run, write_json

RACE_LENGTHS, SECONDS = (5, 25, 100, 500, 4213), 12.0
SETTINGS = (("Adagrad", 0.01), ("Adagrad", 0.03), ("Adagrad", 0.1),
            ("Adam", 0.001), ("Adam", 0.003), ("Adam", 0.01), ("Adam", 0.03))


def full_bptt(path: Path, seeds: Sequence[int]) -> None:
    """What an update costs by its length, and a race of lengths at equal processor time."""
    costs = [cost._asdict() for cost in measure()]
    race = [timed_training(length, rate, SECONDS, optimizer, seed=seed)
            for length, (optimizer, rate), seed in product(RACE_LENGTHS, SETTINGS, seeds)]
    write_json(path, {"cost": costs, "race": [{"settings": run.settings, **run.kept()} for run in race]})


SHIPPED = (
    Shipped("lesson03/full_bptt.json",
            "time and memory of an update that goes back over 10 to 30,000 steps; a race of five lengths "
            "with 12 seconds of processor time, two optimisers at several rates",
            full_bptt, seeds=(0,), minutes=8, shown_in=("section 9", "section 10")),
)


class FullBPTT(NamedTuple):
    """What was measured: the costs of updates by length, and the race's best run of each length."""

    costs: list[Cost]
    race: list[History]


def load_full_bptt(optimizer: str | None = None) -> FullBPTT:
    """The shipped measurements. In the race, each length has its setting with the lowest final loss.

    If `optimizer` is "Adagrad" or "Adam", only runs with that one take part.
    """
    measured = load_run("03/full_bptt")
    best: dict[int, History] = {}
    for run in map(History.of, measured["race"]):
        length = run.settings["length"]
        if optimizer in (None, run.settings["optimizer"]) and final_loss(run) < final_loss(best.get(length)):
            best[length] = run
    return FullBPTT([Cost(**cost) for cost in measured["cost"]], [best[length] for length in sorted(best)])
