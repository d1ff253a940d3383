"""What does it cost to watch? Updates per second of `fit` and of the bare training loop.

    python benchmarks/live_training.py [--rounds 5] [--updates 4000]

Both train the class's network (H = 100, T = 25, B = 1, Adagrad 0.1) on the course's text, in turn.
`fit` also draws its curve ten times a second, measures the held-out loss about thirty times and
draws four samples of 200 characters. Prints a Markdown table; the share is the median of the rounds.
"""

import argparse
import contextlib
import io
import math
import statistics
import time
from itertools import islice

import numpy as np

from helpers.cells import RNN
from helpers.data import Vocabulary, chunks, load_text
from helpers.model import CharModel
from helpers.optim import Adagrad
from helpers.train import train
from helpers.widgets import fit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--updates", type=int, default=4000)
    options = parser.parse_args()
    text = load_text("input")
    vocabulary = Vocabulary(text)
    ids, heldout = vocabulary.encode(text), vocabulary.encode(load_text("heldout"))

    def fresh() -> tuple:
        model = CharModel(RNN(len(vocabulary), 100), np.random.default_rng(0), scale=0.01)
        return model, chunks(ids, 25), Adagrad(0.1)

    def bare() -> None:
        for _ in islice(train(*fresh(), clip_value=0.2), options.updates):
            pass

    def watched() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            fit(*fresh(), updates=options.updates, clip_value=0.2, heldout=heldout, vocabulary=vocabulary,
                rng=np.random.default_rng(1), lines={"chance": math.log(len(vocabulary))})

    rates: dict[str, list[float]] = {"bare": [], "fit": []}
    for _ in range(options.rounds):
        for name, run in (("bare", bare), ("fit", watched)):
            began = time.perf_counter()
            run()
            rates[name].append(options.updates / (time.perf_counter() - began))
    share = statistics.median(f / b for f, b in zip(rates["fit"], rates["bare"], strict=True))
    print("| | updates per second |\n|---|---|")
    for name, values in rates.items():
        print(f"| {name} | {statistics.median(values):,.0f} |")
    print(f"\n`fit` keeps {share:.2f} of the bare loop.")


if __name__ == "__main__":
    main()
