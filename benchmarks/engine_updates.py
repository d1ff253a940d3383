"""How many updates a second does the engine of the site make, and does the page still answer meanwhile?

    python benchmarks/engine_updates.py [--seconds 5]

The class network (60 characters, 100 units, 25 steps) and the same with other cells, in a Web Worker of
Chromium, beside NumPy in float32 on one core. The last column is the longest that a page which draws nothing
had to wait for a frame. Needs Chromium and playwright.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

import helpers.runs
from helpers.data import chunks, course_corpus
from helpers.networks import CELLS, Adagrad, CharModel, train

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
from lab import Browser

ENGINE = Path(helpers.runs.__file__).with_name("engine.js").read_text(encoding="utf-8")
LEARN = """async ({text, heldout, cell, seconds}) => {
    const learner = courseLearner(), told = [];
    learner.onmessage = ({data}) => told.push([performance.now(), data.updates]);
    const set = {optimizer: 'Adagrad', learning_rate: 0.1, clip: 'by value', threshold: 0.2};
    learner.postMessage({make: {text, heldout, cell}, set, run: true});
    let longest = 0, before = performance.now();
    const end = before + 1000 * (seconds + 1);
    while (performance.now() < end) {
        const now = await new Promise(requestAnimationFrame);
        longest = Math.max(longest, now - before);
        before = now;
    }
    learner.terminate();
    const warm = told.findIndex(([at]) => at > end - 1000 * seconds), last = told.at(-1);
    return [(last[1] - told[warm][1]) / (last[0] - told[warm][0]) * 1000, longest];
}"""


def of_numpy(cell: str, seconds: float) -> float:
    """Updates a second of NumPy, in float32."""
    corpus = course_corpus()
    make = CELLS[cell](len(corpus.vocabulary), 100)
    model = CharModel(make, np.random.default_rng(0), scale=0.01, dtype=np.float32)
    steps = train(model, chunks(corpus.ids, 25), Adagrad(0.1), clip_value=0.2)
    for _ in range(100):
        next(steps)
    start, made = time.perf_counter(), 0
    while time.perf_counter() < start + seconds:
        next(steps)
        made += 1
    return made / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5)
    seconds = parser.parse_args().seconds
    text, heldout = course_corpus().texts()
    print("| cell | engine, updates/s | NumPy, updates/s | ratio | longest wait for a frame, ms |")
    print("|---|---|---|---|---|")
    with Browser(1280, 800) as browser:
        for cell in ("RNN", "GRU", "LSTM"):
            page = browser.page()
            page.add_script_tag(content=ENGINE)
            given = {"text": text, "heldout": heldout, "cell": cell, "seconds": seconds}
            rate, longest = page.evaluate(LEARN, given)
            page.close()
            numpy = of_numpy(cell, seconds)
            print(f"| {cell} | {rate:.0f} | {numpy:.0f} | {rate / numpy:.2f} | {longest:.0f} |", flush=True)


if __name__ == "__main__":
    main()
