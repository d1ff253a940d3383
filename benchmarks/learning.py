"""How much is learnt in a given time of one core?

    python benchmarks/learning.py                                # the course's text, a few seconds
    python benchmarks/learning.py --text tinyshakespeare.txt     # also a longer text, two minutes

Prints Markdown tables of losses in nats per character, medians of three seeds, after so many seconds
of process CPU time spent on training alone. The last tenth of the longer text is held out.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.data import Vocabulary, chunks, load_text
from helpers.networks import GRU, Adam, CharModel, train

SEEDS = range(3)


def learn(ids: np.ndarray, test: np.ndarray, V: int, length: int, marks: list[float], seed: int, decay: bool):
    """Losses on `test` after each of `marks` seconds of training on `ids`, and the updates made."""
    model = CharModel(GRU(V, 128), np.random.default_rng(seed), dtype=np.float32)
    optimizer = Adam(0.01)
    losses, spent, updates = [], 0.0, 0
    steps = train(model, chunks(ids, length, 16), optimizer, clip_norm=1.0)
    for mark in marks:
        while spent < mark:
            if decay:
                optimizer.learning_rate = 0.01 * max(1e-3, 1 - spent / marks[-1])
            began = time.process_time()
            next(steps)
            spent += time.process_time() - began
            updates += 1
        losses.append(model.loss(test[:-1, None], test[1:, None])[0])
    return losses, updates


def table(name: str, ids, test, V: int, length: int, marks: list[float], decay: bool) -> None:
    runs = [learn(ids, test, V, length, marks, seed, decay) for seed in SEEDS]
    print(f"\n{name}\n\n| seconds | median of {len(SEEDS)} seeds | each |\n|---|---|---|")
    for number, mark in enumerate(marks):
        losses = [losses[number] for losses, _ in runs]
        print(f"| {mark:g} | {statistics.median(losses):.3f} | {', '.join(f'{x:.3f}' for x in losses)} |")
    updates = statistics.median(updates for _, updates in runs)
    print(f"\n{updates:,.0f} updates in {marks[-1]:g} s.", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, help="a longer text, in UTF-8")
    parser.add_argument("--seconds", type=float, nargs="+", default=[5, 30], help="when to measure on it")
    options = parser.parse_args()
    with threadpool_limits(1):
        text = load_text("input")
        vocabulary = Vocabulary(text)
        ids = vocabulary.encode(text)
        table("The course's text, loss on the text itself (GRU, H 128, B 16, T 16, Adam 0.01, clip 1, "
              "float32)", ids, ids, len(vocabulary), 16, [0.15, 1.2], decay=False)
        if options.text:
            text = options.text.read_text(encoding="utf-8")
            vocabulary = Vocabulary(text)
            ids = vocabulary.encode(text)
            cut = len(ids) * 9 // 10
            table(f"{options.text.name}, held-out loss (GRU, H 128, B 16, T 32, Adam 0.01 with linear decay, "
                  "clip 1, float32)", ids[:cut], ids[cut:], len(vocabulary), 32, options.seconds, decay=True)


if __name__ == "__main__":
    main()
