"""Make the shipped results of lesson 07: ``python scripts/make_lstm_lesson.py [latch] [adding]``.

Writes data/lesson07: latch.json, the weights of an LSTM of one cell that learnt to store a sign, and
adding.jsonl, a file of `helpers.runs.sweep`: the adding problem at 100 steps for three cells and five seeds.
About three minutes of processor time.

Training is chaotic, so another computer finds other digits and the same picture. After making them anew,
run the notebook again; tests/lessons/test_lesson07.py says whether its prose still holds.
"""

import json
import sys

import numpy as np
from shipping import ship

from helpers.data import data_folder
from helpers.lessons.lesson07 import latch_sequences, right_steps
from helpers.networks import LSTM, Adam, clip_norm
from helpers.runs import adding_curve


def make_latch() -> None:
    """Train one cell: 3,000 updates on 64 sequences of 20 steps, Adam 0.03, clip 1."""
    rng, cell = np.random.default_rng(0), LSTM(3, 1)
    p, optimizer = cell.init(rng), Adam(0.03)
    for _ in range(3000):
        sequences = latch_sequences(rng, 20, 64)
        h, _, tape = cell.forward(p, sequences.x)
        error = h[..., 0] - sequences.wanted
        grads, _, _ = cell.backward(p, 2 * error[..., None] / error.size, tape)
        clip_norm(grads, 1.0)
        optimizer.update(p, grads)
    sequences = latch_sequences(rng, 200, 1000)
    h = cell.forward(p, sequences.x)[0][..., 0]
    print(f"latch: {right_steps(h, sequences.wanted).mean():.4f} of 200,000 steps are right")
    weights = {name: np.round(array, 4).tolist() for name, array in p.items()}
    (data_folder() / "lesson07" / "latch.json").write_text(json.dumps({"weights": weights}, indent=1) + "\n")


def make_adding() -> None:
    """Each cell at a rate that suits it; a run ends when it has solved the task, or after 3,000 updates."""
    rates = {"GRU": 0.01, "LSTM": 0.01, "RNN": 0.003}
    grids = [{"cell": [cell], "learning_rate": [rate]} for cell, rate in rates.items()]
    ship("07/adding", adding_curve, grids, range(5))


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["latch", "adding"]
    (data_folder() / "lesson07").mkdir(exist_ok=True)
    if "latch" in chosen:
        make_latch()
    if "adding" in chosen:
        make_adding()
