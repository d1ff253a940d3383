"""Make the runs that are shipped with the course: ``python scripts/make_runs.py [name ...]``.

Writes data/lesson02: for each name a JSON file of curves and samples; with "class_run" also long_run.npz,
the network at the end of its last run, and cover.npz for the picture on the README. Without names all
are made, in about ten minutes on two cores.

Training is chaotic at the rates used here, so another computer makes runs that differ in every
digit after some hundred updates and agree in what they teach. Sentences in the lessons take their
numbers from these files: after making them anew, run the notebooks again.
"""

import itertools
import json
import math
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.data import Chunk, Vocabulary, chunks, data_folder, load_text
from helpers.networks import OPTIMIZERS, RNN, Adagrad, CharModel, Diverged, train
from helpers.runs import History, Run, save

POINTS = 40                      # losses kept of a run
CLASS = {"hidden_size": 100, "length": 25, "optimizer": "Adagrad", "learning_rate": 0.1}
HIDDEN_SIZES, LENGTHS, RATES = (10, 25, 50, 100, 200), (1, 5, 25, 100), (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
RACE = {"SGD": (0.03, 0.1, 0.3, 1.0), "Adagrad": (0.003, 0.01, 0.03, 0.1, 0.3),
        "RMSProp": (0.0003, 0.001, 0.003, 0.01, 0.03), "Adam": (0.0003, 0.001, 0.003, 0.01, 0.03)}
SMOOTHED = ("class_run", "shifts")     # files whose smoothed loss is shown, and kept
CHARACTERS = 200_000             # that the runs over sequence lengths read, each

# For each file: settings of its runs, in order.
FILES = {
    "class_run": [
        {**CLASS, "updates": 20_000, "seed": 1, "samples_at": (0, 100, 1000, 3000, 20_000)},
        {**CLASS, "updates": 20_000, "seed": 1, "frozen": ("W_hh",)},
        {**CLASS, "learning_rate": 0.03, "updates": 40_000, "seed": 0, "temperature": 0.5,
         "samples_at": (0, 100, 1000, 40_000)},
    ],
    "settings": [
        {**CLASS, "hidden_size": h, "length": t, "learning_rate": rate, "updates": 8000, "seed": 0}
        for h, t, rate in itertools.product(HIDDEN_SIZES, LENGTHS, RATES)
    ],
    "optimizers": [
        {**CLASS, "optimizer": name, "learning_rate": rate, "updates": 2000, "seed": seed}
        for name, rates in RACE.items() for rate in rates for seed in range(3)
    ],
    "lengths": [
        {**CLASS, "learning_rate": 0.03, "length": t, "updates": CHARACTERS // t, "seed": seed}
        for t in (1, 2, 5, 10, 25, 50, 100) for seed in range(3)
    ],
    "shifts": [
        {**CLASS, "learning_rate": 0.03, "shift": shift, "updates": 3000, "seed": 0, "prompt": "B",
         "samples_at": (3000,)}
        for shift in (2, 0, 1, -1)
    ],
}


def shifted_chunks(ids: np.ndarray, length: int, shift: int):
    """Chunks whose targets are the inputs `shift` characters later; 1 is right."""
    for right, wrong in zip(chunks(ids, length), chunks(np.roll(ids, 1 - shift), length), strict=True):
        yield Chunk(right.inputs, wrong.targets, right.starts_over)


def make_run(settings: dict) -> tuple[dict, CharModel]:
    """One run as it is written to the file, and the network at its end."""
    text = load_text("input")
    vocabulary = Vocabulary(text)
    ids, heldout = vocabulary.encode(text), vocabulary.encode(load_text("heldout"))
    frozen, samples_at = settings.get("frozen", ()), settings.get("samples_at", ())
    rng = np.random.default_rng(settings["seed"])
    model = CharModel(RNN(len(vocabulary), settings["hidden_size"]), rng, scale=0.01)
    for name in frozen:
        model.params[name] = 0
    optimizer = OPTIMIZERS[settings["optimizer"]](settings["learning_rate"])
    stream = shifted_chunks(ids, settings["length"], settings.get("shift", 1))

    updates = settings["updates"]
    looks = {0, *np.geomspace(1, updates, POINTS).round().astype(int).tolist(), *samples_at}
    history = History(start=math.log(len(vocabulary)))

    def look(at: int) -> None:
        train_loss, heldout_loss = (model.loss(a[:-1, None], a[1:, None])[0] for a in (ids, heldout))
        history.look(train=train_loss, heldout=heldout_loss)
        if at in samples_at:
            prompt = vocabulary.encode(settings.get("prompt", "\n"))
            drawn = model.sample(prompt, 200, np.random.default_rng(at), settings.get("temperature", 1.0))
            history.samples.append((at, vocabulary.decode(drawn)))

    look(0)
    try:
        for step in islice(train(model, stream, optimizer, clip_value=5 / 25, frozen=frozen), updates):
            history.add(step.loss)
            if step.index in looks:
                look(step.index)
    except Diverged:
        settings = {**settings, "diverged": True}
    settings = {name: value for name, value in settings.items() if name not in ("samples_at", "prompt")}
    return {"settings": settings, **history.kept(), "samples": history.samples}, model


def main(names: list[str]) -> None:
    for name in names or FILES:
        with ProcessPoolExecutor(initializer=threadpool_limits, initargs=(1,)) as executor:
            runs, models = zip(*executor.map(make_run, FILES[name]), strict=True)
        if name not in SMOOTHED:
            for run in runs:
                del run["smoothed_loss"]
        folder = data_folder() / "lesson02"
        folder.mkdir(exist_ok=True)
        lines = ",\n".join(json.dumps(run) for run in runs)
        (folder / f"{name}.json").write_text(f"[{lines}]\n", encoding="utf-8", newline="\n")
        if name == "class_run":
            long, model = runs[-1], models[-1]
            network = CharModel(model.cell, np.random.default_rng(0), dtype=np.float32)
            network.params.vector = model.params.vector
            vocabulary = Vocabulary(load_text("input"))
            save(folder / "long_run.npz", Run(network, Adagrad(), vocabulary=vocabulary))
            sample_updates, samples = zip(*long["samples"], strict=True)
            np.savez_compressed(folder / "cover.npz", updates=long["updates"], loss=long["train"],
                                sample_updates=sample_updates, samples=samples)
        print(f"{name}: {len(runs)} runs")


if __name__ == "__main__":
    main(sys.argv[1:])
