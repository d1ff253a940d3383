"""How much is learnt in a given time of one core, and what makes it more?

    python benchmarks/learning.py                                # the course's text, a few seconds
    python benchmarks/learning.py --text tinyshakespeare.txt     # also a longer text, a quarter of an hour

Prints Markdown tables of losses in nats per character, medians of three seeds, after so many seconds
of process CPU time spent on training alone. The last tenth of the longer text is held out, as nanoGPT does
it, and read from its beginning to its end. On it each idea of lesson 08 is measured alone, and all of them
together; seed by seed, so that a busy minute strikes all alike.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.data import Vocabulary, chunks, load_text, ngram_probabilities
from helpers.lessons.lesson08.experiments import ORDER, RACED, Tales, ideas_curve
from helpers.networks import GRU, Adam, CharModel, train

SEEDS = range(3)
MARKS = [0.15, 1.2]


def learn(ids: np.ndarray, V: int, seed: int) -> tuple[list[float], int]:
    """Losses on the text `ids` itself after each of `MARKS` seconds of training on it; the updates."""
    model = CharModel(GRU(V, 128), np.random.default_rng(seed), dtype=np.float32)
    losses, spent, updates = [], 0.0, 0
    steps = train(model, chunks(ids, 16, 16), Adam(0.01), clip_norm=1.0)
    for mark in MARKS:
        while spent < mark:
            began = time.process_time()
            next(steps)
            spent += time.process_time() - began
            updates += 1
        losses.append(model.loss(ids[:-1, None], ids[1:, None])[0])
    return losses, updates


def its_own_text() -> None:
    text = load_text("input")
    vocabulary = Vocabulary(text)
    runs = [learn(vocabulary.encode(text), len(vocabulary), seed) for seed in SEEDS]
    print("\nThe course's text, loss on the text itself (GRU, H 128, B 16, T 16, Adam 0.01, clip 1, "
          f"float32)\n\n| seconds | median of {len(SEEDS)} seeds | each |\n|---|---|---|")
    for number, mark in enumerate(MARKS):
        losses = [losses[number] for losses, _ in runs]
        print(f"| {mark:g} | {statistics.median(losses):.3f} | {in_words(losses)} |")
    updates = statistics.median(updates for _, updates in runs)
    print(f"\n{updates:,.0f} updates in {MARKS[-1]:g} s.", flush=True)


def in_words(losses: list[float]) -> str:
    return ", ".join(f"{x:.3f}" for x in losses)


def ideas(path: Path, marks: list[float], which: list[str], units: int, rate: float, seeds: int) -> None:
    text = path.read_text(encoding="utf-8")
    cut = len(text) * 9 // 10
    text = Tales(text[:cut], text[cut:], Vocabulary(text))
    found: dict[str, list[dict]] = {idea: [] for idea in which}
    for seed in range(seeds):
        for idea, runs in found.items():
            rng = np.random.default_rng(seed)
            runs.append(ideas_curve(rng, idea, text, marks, units, length=32, learning_rate=rate))
            print(f"seed {seed}, {idea}: {in_words(runs[-1]['heldout'])}", file=sys.stderr, flush=True)
    columns = " | ".join(f"{mark:g} s" for mark in marks)
    print(f"\n{path.name}, held-out loss (GRU, H {units}, B 16, T 32, Adam {rate:g} with linear decay, "
          f"clip 1, float32), median of {seeds} seeds, and each\n\n"
          f"| idea | {columns} | updates |\n|---|{'---|' * len(marks)}---|")
    for idea, runs in found.items():
        by_mark = [list(losses) for losses in zip(*(run["heldout"] for run in runs), strict=True)]
        columns = " | ".join(f"{statistics.median(losses):.3f} ({in_words(losses)})" for losses in by_mark)
        print(f"| {idea} | {columns} | {statistics.median(run['updates'][-1] for run in runs):,.0f} |")
    counted = ngram_probabilities(text.text, text.heldout, ORDER, text.vocabulary.characters)[1:]
    print(f"\nThe counts alone, n = {ORDER}: {-np.log(counted).mean():.3f}.", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, help="a longer text, in UTF-8")
    parser.add_argument("--seconds", type=float, nargs="+", default=[5, 30], help="when to measure on it")
    parser.add_argument("--ideas", nargs="+", choices=RACED, default=list(RACED), help="which; all")
    parser.add_argument("--units", type=int, default=128)
    parser.add_argument("--rate", type=float, default=0.01, help="learning rate at the beginning")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many")
    options = parser.parse_args()
    with threadpool_limits(1):
        its_own_text()
        if options.text:
            ideas(options.text, options.seconds, options.ideas, options.units, options.rate, options.seeds)


if __name__ == "__main__":
    main()
