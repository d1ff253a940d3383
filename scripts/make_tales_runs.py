"""Make the shipped results of lesson 08: ``python scripts/make_tales_runs.py [part ...]``.

Writes data/lesson08, in parts that build on each other:

    rates     rates.jsonl: six learning rates for each cell on one seed, and the best two of them on two
              seeds more; none of these seeds is used again
    networks  rnn.npz, gru.npz, lstm.npz: each cell trained for 10,000 updates, and snapshots.npz, what
              the LSTM was on the way, in half precision
    updates   updates.jsonl: five seeds of each cell, 3,000 updates each
    seconds   seconds.jsonl: five seeds of each cell, with 1, 3 and 9 seconds of processor time each
    dropout   dropout.jsonl: an LSTM that learns 10,000 characters by heart, with and without dropout
    damage    damage.json: what it costs to fix each gate of each cell of the LSTM at 0 or 1

About twenty minutes of processor time. Sweeps that were stopped go on where they were; delete a file
to make it anew. Training is chaotic, and seconds depend on the machine, so another computer finds other
digits and the same picture. After making them anew, run the notebook again; tests/lessons/test_lesson08.py
says whether its prose still holds.
"""

import json
import sys

import numpy as np
from shipping import in_order

from helpers.data import chunks, data_folder
from helpers.lessons.lesson08 import (
    BATCH,
    CELLS,
    LENGTH,
    MAX_NORM,
    SIZES,
    every_gate,
    load_network,
    load_tales,
    memorise,
    tales_curve,
    tales_loss,
)
from helpers.networks import Adam, CharModel, train
from helpers.runs import Run, load_results, pack, save, sweep, write_file

FOLDER = data_folder() / "lesson08"
SEEDS, GRID_SEEDS = range(5), (100, 101, 102)
RATES = [0.003, 0.006, 0.012, 0.024, 0.048, 0.096]
UPDATES, SECONDS = 3000, [1.0, 3.0, 9.0]
LONG, LONG_RATES = 10_000, {"RNN": 0.003, "GRU": 0.006, "LSTM": 0.012}     # a longer run wants a lower rate
SNAPSHOTS = [0, 10, 30, 100, 200, 400, 700, 1000, 1500, 2500, 4000, 7000]


def run(name: str, function, settings: list[dict], seeds) -> None:
    """Run `function` with each of `settings` and seed, and keep the lines in a fixed order."""
    path = FOLDER / f"{name}.jsonl"
    for grid in settings:
        one = {key: [value] for key, value in grid.items()}
        for result in sweep(function, one, seeds, path=path, processes=1, name=f"08/{name}"):
            print(name, result.parameters, result.seed, result.status, flush=True)
    in_order(path)


def by_rate(cell: str, seeds: int) -> list[float]:
    """The rates of the grid that were run with so many seeds, from the lowest median held-out loss on."""
    losses: dict[float, list[float]] = {}
    for result in load_results(FOLDER / "rates.jsonl"):
        if result.parameters["cell"] == cell:
            loss = result.value["heldout"][-1] if result.status == "done" else np.inf
            losses.setdefault(result.parameters["learning_rate"], []).append(loss)
    enough = [rate for rate in losses if len(losses[rate]) >= seeds]
    return sorted(enough, key=lambda rate: np.median(losses[rate]))


def best_rates() -> dict[str, float]:
    """For each cell the rate with the lowest median held-out loss over the seeds of the grid."""
    return {cell: by_rate(cell, len(GRID_SEEDS))[0] for cell in CELLS}


def make_rates() -> None:
    grid = {"updates": 1500, "looks": 2}
    coarse = [{"cell": cell, "learning_rate": rate, **grid} for cell in CELLS for rate in RATES]
    run("rates", tales_curve, coarse, GRID_SEEDS[:1])
    finer = [{"cell": cell, "learning_rate": rate, **grid} for cell in CELLS for rate in by_rate(cell, 1)[:2]]
    run("rates", tales_curve, finer, GRID_SEEDS[1:])


def make_networks() -> None:
    tales = load_tales()
    for cell, rate in LONG_RATES.items():
        rng, optimizer, snapshots = np.random.default_rng(1), Adam(rate), {}
        model = CharModel(CELLS[cell](len(tales.vocabulary), SIZES[cell]), rng, dtype=np.float32)
        steps = train(model, chunks(tales.ids, LENGTH, BATCH), optimizer, clip_norm=MAX_NORM)
        for update in range(LONG):
            if update in SNAPSHOTS:
                snapshots[str(update)] = model.params.vector.astype(np.float16)
            optimizer.learning_rate = rate * (1 - update / LONG)
            next(steps)
        run = Run(model, Adam(rate), updates=LONG, vocabulary=tales.vocabulary)
        save(FOLDER / f"{cell.lower()}.npz", run)
        print(cell, f"held out {tales_loss(model, tales.heldout_ids):.4f}", flush=True)
        if cell == "LSTM":
            write_file(FOLDER / "snapshots.npz", pack("updates of the LSTM", snapshots))


def race_settings(**budget) -> list[dict]:
    return [{"cell": cell, "learning_rate": rate, **budget} for cell, rate in best_rates().items()]


def make_updates() -> None:
    run("updates", tales_curve, race_settings(updates=UPDATES), SEEDS)


def make_seconds() -> None:
    for seconds in SECONDS:
        run("seconds", tales_curve, race_settings(seconds=seconds), SEEDS)


def make_dropout() -> None:
    run("dropout", memorise, [{"dropout": share} for share in (0.0, 0.25, 0.5)], SEEDS)


def make_damage() -> None:
    model, ids = load_network("LSTM"), load_tales().heldout_ids
    before, damage = tales_loss(model, ids, 2000), {}
    for name, fixed in every_gate(model):
        damage.setdefault(name, []).append(round(tales_loss(fixed, ids, 2000) - before, 5))
    (FOLDER / "damage.json").write_text(json.dumps(damage) + "\n", encoding="ascii", newline="\n")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for part in sys.argv[1:] or ["rates", "networks", "updates", "seconds", "dropout", "damage"]:
        {"rates": make_rates, "networks": make_networks, "updates": make_updates, "seconds": make_seconds,
         "dropout": make_dropout, "damage": make_damage}[part]()
