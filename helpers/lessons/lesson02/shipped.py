"""The precomputed runs of lesson 02, and what makes them.

Training is chaotic at these rates: on another computer the runs differ in every digit after a few hundred
updates, but they teach the same.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice, product
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.data import Chunk, chunks, course_corpus
from helpers.lessons.lesson02.experiments import steered_run
from helpers.networks import OPTIMIZERS, RNN, Adagrad, CharModel, Diverged, train
from helpers.runs import History, Shipped, write_json, write_network

POINTS = 40                      # losses kept per run
CLASS = {"hidden_size": 100, "length": 25, "optimizer": "Adagrad", "learning_rate": 0.1}
HIDDEN_SIZES, LENGTHS, RATES = (10, 25, 50, 100, 200), (1, 5, 25, 100), (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
RACE = {"SGD": (0.03, 0.1, 0.3, 1.0), "Adagrad": (0.003, 0.01, 0.03, 0.1, 0.3),
        "RMSProp": (0.0003, 0.001, 0.003, 0.01, 0.03), "Adam": (0.0003, 0.001, 0.003, 0.01, 0.03)}
CHARACTERS = 200_000             # that each run over sequence lengths reads


# The settings of the runs of each file, in order.

def class_run(seeds: Sequence[int]) -> list[dict]:
    """The network of the lesson, the same without its memory, and a long training; a seed for each."""
    usual, frozen, long = seeds
    return [{**CLASS, "updates": 20_000, "seed": usual, "samples_at": (0, 100, 1000, 3000, 20_000)},
            {**CLASS, "updates": 20_000, "seed": frozen, "frozen": ("W_hh",)},
            long_training(long)]


def long_training(seed: int) -> dict:
    return {**CLASS, "learning_rate": 0.03, "updates": 40_000, "seed": seed, "temperature": 0.5,
            "samples_at": (0, 100, 1000, 40_000)}


def dials(seeds: Sequence[int]) -> list[dict]:
    return [{**CLASS, "hidden_size": h, "length": t, "learning_rate": rate, "updates": 8000, "seed": seed}
            for h, t, rate, seed in product(HIDDEN_SIZES, LENGTHS, RATES, seeds)]


def optimizers(seeds: Sequence[int]) -> list[dict]:
    return [{**CLASS, "optimizer": name, "learning_rate": rate, "updates": 2000, "seed": seed}
            for name, rates in RACE.items() for rate in rates for seed in seeds]


def lengths(seeds: Sequence[int]) -> list[dict]:
    return [{**CLASS, "learning_rate": 0.03, "length": t, "updates": CHARACTERS // t, "seed": seed}
            for t in (1, 2, 5, 10, 25, 50, 100) for seed in seeds]


def shifts(seeds: Sequence[int]) -> list[dict]:
    return [{**CLASS, "learning_rate": 0.03, "shift": shift, "updates": 3000, "seed": seed, "prompt": "B",
             "samples_at": (3000,)}
            for shift in (2, 0, 1, -1) for seed in seeds]


def shifted_chunks(ids: np.ndarray, length: int, shift: int):
    """Chunks whose targets are the inputs `shift` characters later; the right shift is 1."""
    for right, wrong in zip(chunks(ids, length), chunks(np.roll(ids, 1 - shift), length), strict=True):
        yield Chunk(right.inputs, wrong.targets, right.starts_over)


def best_without_memory(rng: np.random.Generator, updates: int) -> float:
    """The lowest held-out loss of the lesson's network without its memory."""
    run, _ = make_run({**CLASS, "updates": updates, "frozen": ("W_hh",)}, rng)
    return min(run["heldout"])


def make_run(settings: dict, rng: np.random.Generator | None = None) -> tuple[dict, CharModel]:
    """One run, as in the file, and the network at its end; with `rng` in place of the seed."""
    _, vocabulary, ids, heldout, _ = course_corpus()
    frozen, samples_at = settings.get("frozen", ()), settings.get("samples_at", ())
    rng = rng or np.random.default_rng(settings["seed"])
    model = CharModel(RNN(len(vocabulary), settings["hidden_size"]), rng, scale=0.01)
    for name in frozen:
        model.params[name] = 0
    optimizer = OPTIMIZERS[settings["optimizer"]](settings["learning_rate"])
    stream = shifted_chunks(ids, settings["length"], settings.get("shift", 1))
    steps = train(model, stream, optimizer, clip_value=5 / settings["length"], frozen=frozen)

    updates = settings["updates"]
    looks = {0, *np.geomspace(1, updates, POINTS).round().astype(int).tolist(), *samples_at}
    history = History(start=math.log(len(vocabulary)))

    def look(at: int) -> None:
        train_loss, heldout_loss = (model.loss(a[:-1, None], a[1:, None])[0] for a in (ids, heldout))
        history.record(train=train_loss, heldout=heldout_loss)
        if at in samples_at:
            prompt = vocabulary.encode(settings.get("prompt", "\n"))
            drawn = model.sample(prompt, 200, np.random.default_rng(at), settings.get("temperature", 1.0))
            history.samples.append((at, vocabulary.decode(drawn)))

    look(0)
    try:
        for step in islice(steps, updates):
            history.add(step.loss)
            if step.index in looks:
                look(step.index)
    except Diverged:
        settings = {**settings, "diverged": True}
    settings = {name: value for name, value in settings.items() if name not in ("samples_at", "prompt")}
    return {"settings": settings, **history.kept(), "samples": history.samples}, model


def make_runs(settings: Callable[[Sequence[int]], list[dict]], path: Path, seeds: Sequence[int],
              smoothed: bool = False) -> None:
    """Make all runs of a file, on all processors; keep their smoothed loss too if it is asked for."""
    from concurrent.futures import ProcessPoolExecutor  # here, because a browser has no processes

    with ProcessPoolExecutor(initializer=threadpool_limits, initargs=(1,)) as executor:
        runs = [run for run, _ in executor.map(make_run, settings(seeds))]
    for run in runs:
        if not smoothed:
            del run["smoothed_loss"]
    write_json(path, runs)


def long_run(path: Path, seeds: Sequence[int]) -> None:
    """The network at the end of that long training run."""
    _, model = make_run(long_training(*seeds))
    write_network(path, model, course_corpus().vocabulary, Adagrad())


SHIPPED = (
    Shipped("lesson02/class_run.json",
            "the network of the lesson, the same without memory, and a long training run: losses and samples",
            partial(make_runs, class_run, smoothed=True), seeds=(1, 1, 0), minutes=0.3,
            shown_in=("section 1", "section 10", "section 14")),
    Shipped("lesson02/long_run.npz",
            "the network at the end of that long training run",
            long_run, seeds=(0,), minutes=0.2, shown_in=(
                "section 12", "lesson 03, section 8", "lesson 04, section 2", "lesson 04, section 6",
                "lesson 06, section 6")),
    Shipped("lesson02/settings.json",
            "losses by units, sequence length and learning rate",
            partial(make_runs, dials), seeds=(0,), minutes=3, shown_in=("section 11",)),
    Shipped("lesson02/shifts.json",
            "four programs whose targets are shifted by 2, 0, 1 and -1 characters",
            partial(make_runs, shifts, smoothed=True), seeds=(0,), minutes=0.1, shown_in=("exercise 2.2",)),
    Shipped("lesson02/optimizers.json.gz",
            "four optimisers at four or five learning rates each",
            partial(make_runs, optimizers), seeds=range(3), minutes=0.5, shown_in=("exercise 2.3",)),
    Shipped("lesson02/lengths.json",
            "seven sequence lengths, 200,000 characters read by each run",
            partial(make_runs, lengths), seeds=range(3), minutes=2, shown_in=("exercise 2.4",)),
    Shipped("lesson02/steered_run.json",
            "a run of the laboratory whose learning rate is turned up too far for a while: loss and samples",
            steered_run, seeds=(1,), minutes=0.2, shown_in=("the README",)),
)
