"""Make the shipped runs of lesson 09: ``python scripts/make_clinic.py [curves] [failures] [seeds]``.

Writes data/lesson09: curves.json, how the patients and the right backward passes train, five seeds each;
failures.json, eight trainings that went wrong and a healthy one; seeds.json, eight seeds of three settings.
About four minutes of processor time.

Training that goes wrong is chaotic: another computer finds other digits and the same picture. After making
them anew, run the notebook again; tests/lessons/test_clinic.py says whether its prose still holds.
"""

import json
import sys

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.data import data_folder
from helpers.lessons.lesson09 import FAILURES, RIGHT, SEEDS, SETTINGS, WARD, failing_run, losses, seed_runs

FOLDER = data_folder() / "lesson09"
BLOCK = 20                      # updates whose losses are averaged
SEED_OF = {"no clipping": 2}    # at this rate some runs stay whole; this one breaks in the middle


def write(name: str, found: dict) -> None:
    """One line for each entry, so that a change can be read."""
    FOLDER.mkdir(exist_ok=True)
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in found.items())
    (FOLDER / f"{name}.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8", newline="\n")


def make_curves() -> None:
    kinds = {kind: (kind, backward) for kind, backward in RIGHT.items()}
    kinds |= {str(patient.number): (patient.kind, patient.backward) for patient in WARD.values()}
    found = {}
    kinds["alike"] = kinds["LSTM"]
    for name, what in kinds.items():
        runs = [list(losses(*what, np.random.default_rng(seed), alike=name == "alike")) for seed in SEEDS]
        runs = np.reshape(runs, (len(SEEDS), -1, BLOCK)).mean(axis=2)
        found[name] = np.round(runs, 3).tolist()
        print(name, [run[-1] for run in found[name]], flush=True)
    write("curves", found)


def make_failures() -> None:
    found = {}
    runs = {"healthy": ("", 1), **{what.letter: (cause, 1) for cause, what in FAILURES.items()},
            "C, a tenth of the rate": ("rate too high", 10), "D, a tenth of the rate": ("wrong gradient", 10)}
    for letter, (cause, slower) in runs.items():
        rng = np.random.default_rng(SEED_OF.get(cause, 1))
        points = [point for point in failing_run(rng, cause, slower) if point]
        found[letter] = [[p.update, round(p.train, 3), round(p.heldout, 3), p.places and
                          np.round(p.places, 3).tolist(), p.sample] for p in points]
        print(letter, cause, found[letter][-1][:3], flush=True)
    write("failures", dict(sorted(found.items())))


def make_seeds() -> None:
    found = {}
    for number, name in enumerate(SETTINGS):
        points = [point for point in seed_runs(np.random.default_rng(number), name) if point]
        found[name] = [[round(loss, 4) for at, _, loss in points if at == n] for n in range(8)]
        print(name, sorted(run[-1] for run in found[name]), flush=True)
    write("seeds", found)


if __name__ == "__main__":
    makers = {"curves": make_curves, "failures": make_failures, "seeds": make_seeds}
    with threadpool_limits(1):
        for name in sys.argv[1:] or makers:
            makers[name]()
