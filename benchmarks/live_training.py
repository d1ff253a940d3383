"""What does it cost to watch? Updates per second of `fit` and of the laboratory, and of the bare loop.

    python benchmarks/live_training.py [--rounds 5] [--updates 4000]
    python benchmarks/live_training.py --browser [--rounds 5]

All train the class's network (H = 100, T = 25, B = 1, Adagrad 0.1, clipped by value) on the course's
text, in turn. `fit` also draws its curve ten times a second, measures the held-out loss about twenty
times and draws four samples of 200 characters. Prints a Markdown table; the share is the median of
the rounds.

With --browser, the laboratory in JupyterLab in headless Chromium (which takes processor time as well),
with the setting `commsOverSubshells` as it comes and disabled: updates per second, against the bare loop
in a cell just before; from a key press on the learning rate while it trains to the first frame with the
new rate in the status sentence, over 40 presses; and the kernel's time for a redraw. Needs the extra `dev`.
"""

import argparse
import contextlib
import io
import math
import statistics
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np

from helpers.data import Vocabulary, chunks, load_text
from helpers.networks import RNN, Adagrad, CharModel, train
from helpers.widgets import fit

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))
from lab import Browser, Lab  # noqa: E402

PRESSES, SECONDS = 40, 3.0


def fresh() -> tuple:
    ids = Vocabulary(load_text("input")).encode(load_text("input"))
    model = CharModel(RNN(60, 100), np.random.default_rng(0), scale=0.01)
    return model, chunks(ids, 25), Adagrad(0.1)


def bare(updates: int) -> float:
    """Updates per second of the plain loop."""
    steps = train(*fresh(), clip_value=0.2)
    began = time.perf_counter()
    for _ in islice(steps, updates):
        pass
    return updates / (time.perf_counter() - began)


def watched(updates: int) -> float:
    """Updates per second of `fit`."""
    vocabulary = Vocabulary(load_text("input"))
    model, stream, optimizer = fresh()
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        fit(model, stream, optimizer, updates=updates, clip_value=0.2, vocabulary=vocabulary,
            heldout=vocabulary.encode(load_text("heldout")), rng=np.random.default_rng(1),
            lines={"chance": math.log(len(vocabulary))})
    return updates / (time.perf_counter() - began)


CELL = """import statistics, sys, time
sys.path.insert(0, {folder!r})
from live_training import bare
from helpers.widgets import laboratory
lab = laboratory(updates=10_000_000)

def redraw_ms():
    times = []
    for _ in range(50):
        began = time.perf_counter()
        lab._redraw(lab.shown.sentence)
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)

lab"""
ASK = """code => new Promise(done => {
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    let said = '';
    const future = kernel.requestExecute({code});
    future.onIOPub = message => { said += message.content.text ?? message.content.evalue ?? ''; };
    future.done.then(() => done(said));
})"""
ANSWER = r"""async ([root, handle, presses]) => {
    const rate = () => root.innerText.match(/Adagrad at ([\d.e-]+)/)?.[1];
    const frame = () => new Promise(requestAnimationFrame);
    const times = [];
    for (let press = 0; press < presses; press++) {
        const before = rate(), began = performance.now();
        const key = press % 2 ? 'ArrowRight' : 'ArrowLeft';
        handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
        while (rate() === before && performance.now() - began < 5000) await frame();
        times.push(performance.now() - began);
        await new Promise(done => setTimeout(done, 150 + 100 * Math.random()));
    }
    return times;
}"""


def in_browser(rounds: int, settings: dict) -> tuple[float, float, list[float], float]:
    """Updates per second bare and in the laboratory, answers and redraw in ms."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        lab, browser = stack.enter_context(Lab(Path(folder), settings)), stack.enter_context(Browser())
        lab.write("a.ipynb", [CELL.format(folder=str(HERE))])
        page = browser.page()
        opened = lab.open(page, "a.ipynb")
        opened.run_all()
        root = opened.dashboards()[0]

        def ask(code: str) -> list[float]:
            return [float(word) for word in page.evaluate(ASK, code).split()]

        def press(words: str) -> None:
            root.locator(f"button:has-text('{words}')").click()

        loops, live = [], []
        for _ in range(rounds):
            loops += ask(f"print(bare({int(1500 * SECONDS)}))")
            press("Train")
            time.sleep(0.5)
            index, began = ask("print(lab.training.updates, time.perf_counter())")
            time.sleep(SECONDS)
            last, ended = ask("print(lab.training.updates, time.perf_counter())")
            press("Pause")
            live.append((last - index) / (ended - began))
            press("Reset")
            time.sleep(0.5)
        press("Train")
        handle = root.locator(".widget-slider:has-text('learning rate') .noUi-handle")
        answers = page.evaluate(ANSWER, [root.element_handle(), handle.element_handle(), PRESSES])
        press("Pause")
        (redraw,) = ask("print(redraw_ms())")
        assert opened.errors() == [], opened.errors()
    share = statistics.median(one / loop for one, loop in zip(live, loops, strict=True))
    return statistics.median(loops), share, answers, redraw


def report_of_browser(rounds: int) -> None:
    print("| subshells | bare loop, updates per second | kept | answer, median | 95 % | redraw |")
    print("|---|---|---|---|---|---|")
    plugin = "@jupyterlab/apputils-extension:kernels-settings"
    for words, settings in (("on", {}), ("off", {plugin: {"commsOverSubshells": "disabled"}})):
        loop, share, answers, redraw = in_browser(rounds, settings)
        typical, late = statistics.median(answers), statistics.quantiles(answers, n=20)[-1]
        print(f"| {words} | {loop:,.0f} | {share:.2f} | {typical:.0f} ms | {late:.0f} ms "
              f"| {redraw:.1f} ms |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--updates", type=int, default=4000)
    parser.add_argument("--browser", action="store_true", help="the laboratory in JupyterLab")
    options = parser.parse_args()
    if options.browser:
        return report_of_browser(options.rounds)
    rates: dict[str, list[float]] = {"bare": [], "fit": []}
    for _ in range(options.rounds):
        for name, run in (("bare", bare), ("fit", watched)):
            rates[name].append(run(options.updates))
    share = statistics.median(f / b for f, b in zip(rates["fit"], rates["bare"], strict=True))
    print("| | updates per second |\n|---|---|")
    for name, values in rates.items():
        print(f"| {name} | {statistics.median(values):,.0f} |")
    print(f"\n`fit` keeps {share:.2f} of the bare loop.")


if __name__ == "__main__":
    main()
