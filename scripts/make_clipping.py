"""Make the shipped results of lesson 05: ``python scripts/make_clipping.py [name ...]``.

Writes data/lesson05: thresholds.jsonl (training at three rates and eight thresholds), dial.jsonl (the
clip turned in mid-run), race.jsonl and neighbours.jsonl (descents on the cliff's surface), files of
`helpers.runs.sweep` with five seeds each; norms.json, the gradient norms of one run; patients.json, the runs
of exercise 5.4. About four minutes of processor time.

Training at a high rate, and every descent that meets the wall, is chaotic: another computer finds other
digits and the same picture. After making them anew, run the notebook again; tests/lessons/test_clipping.py
says whether its prose still holds.
"""

import json
import sys
from itertools import islice

import numpy as np
from shipping import ship

from helpers.data import Vocabulary, chunks, data_folder, load_text
from helpers.lessons.lesson05 import RATES, THRESHOLDS, cliff_race, clipped_training, neighbours, turned_dial
from helpers.networks import RNN, SGD, Adagrad, CharModel, train

FOLDER = data_folder() / "lesson05"

SWEEPS = {
    "thresholds": (clipped_training, {"learning_rate": RATES, "max_norm": THRESHOLDS}),
    "dial": (turned_dial, {"threshold": [0.01, 0.3, 1.0, 3.0, 10.0]}),
    "race": (cliff_race, {"region": ["near", "away"]}),
    "neighbours": (neighbours, {"w": [5.5], "b": [-2.9]}),
}


def make_sweep(name: str) -> None:
    function, grid = SWEEPS[name]
    ship(f"05/{name}", function, grid, range(5))


def make_patients() -> None:
    """Five runs that differ in learning rate and threshold alone; the letters are drawn by hand."""
    text = load_text("input")
    vocabulary = Vocabulary(text)
    patients = {}
    for name, rate, max_norm in (("A", 1.0, 0.01), ("B", 3.0, None), ("C", 0.01, 1.0), ("D", 3.0, 3.0),
                                 ("E", 1.0, 1.0)):
        model = CharModel(RNN(len(vocabulary), 50), np.random.default_rng(11))
        stream = chunks(vocabulary.encode(text), 25, 8)
        steps = list(islice(train(model, stream, SGD(rate), clip_norm=max_norm, diverged_at=410), 400))
        patients[name] = {
            "losses": [round(step.loss, 3) for step in steps],
            "norms": [round(step.grad_norm, 3) for step in steps],
            "clipped": sum(step.clipped for step in steps) / len(steps),
        }
        print(name, rate, max_norm, patients[name]["losses"][-1], patients[name]["clipped"])
    (FOLDER / "patients.json").write_text(json.dumps(patients) + "\n", encoding="utf-8")


def make_norms() -> None:
    """The network of lesson 02, and its first 2,000 updates with Adagrad at 0.03, without clipping."""
    text = load_text("input")
    vocabulary = Vocabulary(text)
    model = CharModel(RNN(len(vocabulary), 100), np.random.default_rng(0), scale=0.01)
    steps = islice(train(model, chunks(vocabulary.encode(text), 25), Adagrad(0.03)), 2000)
    norms = [round(step.grad_norm, 3) for step in steps]
    (FOLDER / "norms.json").write_text(json.dumps(norms) + "\n", encoding="utf-8")
    print("norms: median", np.median(norms), "99 %", np.quantile(norms, 0.99), "largest", max(norms))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for wanted in sys.argv[1:] or [*SWEEPS, "norms", "patients"]:
        if wanted in SWEEPS:
            make_sweep(wanted)
        else:
            {"norms": make_norms, "patients": make_patients}[wanted]()
