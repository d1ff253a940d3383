"""How soon does a plot follow its slider? From the key press to the new pixels, in JupyterLab.

    python benchmarks/slider_latency.py [--moves 40]

Needs Chromium or Chrome and playwright. One plot of two lines and three pictures of the lessons that are
drawn anew, each by the course and by `interact`, take turns. Each gets real key presses on its slider, and
the time runs until the first frame of the browser that shows something new. Prints a Markdown table.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from lab import Browser, Lab  # noqa: E402
from live_training import ASK  # noqa: E402

SETUP = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import statistics, time
import ipywidgets as W, matplotlib.pyplot as plt, numpy as np
from helpers.pictures import Picture, new_figure, styled
from helpers.widgets import explore
x = np.linspace(0, 6, 200)
kernel, by_course, by_interact = {{}}, {{}}, {{}}
def timed(name, act, values):
    took = []
    for value in values:
        began = time.thread_time(); act(value); took.append(time.thread_time() - began)
    kernel[name] = 1000 * statistics.median(took)
"""
OURS = """
@styled
def waves(a=1.0):
    figure, ax = new_figure(height=4)
    ax.set(xlim=(0, 6), ylim=(-1.1, 1.1), xlabel="x", title="Two waves")
    ax.plot(x, np.sin(a * x))
    ax.plot(x, np.cos(a * x), linestyle="--")
    return Picture(figure, f"A sine and a cosine wave with a = {a:.2f}.")
ours = explore(waves, a=(0.0, 10.0, 0.05))
ours
"""
INTERACT = """
%matplotlib inline
@W.interact(a=W.FloatSlider(value=1, min=0, max=10, step=0.05))
def show(a):
    figure, ax = plt.subplots(figsize=(10, 4), dpi=100)
    ax.set(xlim=(0, 6), ylim=(-1.1, 1.1), xlabel="x", title="Two waves")
    ax.plot(x, np.sin(a * x))
    ax.plot(x, np.cos(a * x), linestyle="--")
    plt.show()
"""
ANEW = {"heat_maps": """
from helpers.lessons.lesson01 import state_map
states = np.tanh(np.random.default_rng(0).normal(size=(101, 2, 3, 4)))
words = {name: name.split() for name in ("dog bites man", "man bites dog")}
def heat_maps(step):
    return state_map(dict(zip(words, states[step % 101])), words)
""", "diagram": """
from helpers.lessons.lesson01 import unrolled_network
def diagram(step):
    return unrolled_network(1 + step % 6)
""", "longer_axis": """
from helpers.lessons.lesson00 import fading_memory
def longer_axis(step):
    return fading_memory(0.9, 3 + step % 40)
"""}
TIMES = """
timed("ours", lambda a: ours.show(waves(a)), np.linspace(0, 10, 60))
with W.Output():
    timed("interact, inline", lambda a: setattr(show.widget.children[0], "value", a), np.linspace(0, 10, 30))
    for each in (heat_maps, diagram, longer_axis):
        name = each.__name__
        slider = by_interact[name].children[0]
        timed(name, lambda step: by_course[name].show(each(step)), range(30))
        timed(name + " by interact", lambda step: setattr(slider, "value", step), range(30))
import json; print(json.dumps(kernel))
"""
VIEWS = {"ours": OURS, "interact, inline": INTERACT}
for name, code in ANEW.items():
    VIEWS[name] = f"""{code}
by_course["{name}"] = explore({name}, step=(0, 240))
by_course["{name}"]"""
    VIEWS[f"{name} by interact"] = f"""
def displayed(step):
    display({name}(step).figure)
by_interact["{name}"] = W.interactive(displayed, step=(0, 240))
by_interact["{name}"]"""
# What a view shows, in a form that is quick to compare.
WATCH = """() => {
    window.shown = root => {
        const layer = root.querySelector('.course-layer svg'), image = root.querySelector('img');
        if (image && !(image.complete && image.naturalWidth)) return null;
        return (image ? image.src : '') + (layer ? layer.outerHTML : '');
    };
    window.next = root => new Promise((done, fail) => {
        const before = window.shown(root);
        let pressed = null;
        root.addEventListener('keydown', () => { pressed = performance.now(); }, {capture: true, once: true});
        const began = performance.now();
        const look = () => {
            const now = pressed === null ? null : window.shown(root);
            if (now !== null && now !== '' && now !== before) return done(performance.now() - pressed);
            if (performance.now() - began > 8000) return fail('nothing changed');
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moves", type=int, default=40)
    options = parser.parse_args()
    times: dict[str, list[float]] = {name: [] for name in VIEWS}
    with tempfile.TemporaryDirectory() as folder:
        with Lab(Path(folder)) as lab, Browser(height=2400) as browser:
            lab.write("latency.ipynb", (SETUP, *VIEWS.values()))
            opened = lab.open(browser.page(), "latency.ipynb")
            opened.run_all()
            page = opened.page
            page.evaluate(WATCH)
            areas = page.locator(".jp-Cell .jp-Cell-outputArea").all()[-len(VIEWS):]
            for move in range(options.moves + 2):  # the first two of each are practice
                for name, area in zip(VIEWS, areas, strict=True):
                    handle = area.locator(".noUi-handle").first
                    handle.focus()
                    root = area.element_handle()
                    page.evaluate("root => { window.coming = window.next(root); }", root)
                    page.keyboard.press("ArrowRight")
                    took = page.evaluate("() => window.coming")
                    if move >= 2:
                        times[name].append(took)
                    page.wait_for_timeout(120)
            kernel = json.loads(page.evaluate(ASK, TIMES).strip().splitlines()[-1])
    report(times, kernel)


def report(times: dict[str, list[float]], kernel: dict[str, float]) -> None:
    def percentiles(name: str) -> tuple[float, float]:
        return statistics.median(times[name]), statistics.quantiles(times[name], n=20)[-1]

    print("| view | key to pixels, median ms | 95 % ms | in the kernel, ms of processor time, median |")
    print("|---|---|---|---|")
    for name in times:
        median, most = percentiles(name)
        inside = f"{kernel[name]:.1f}" if name in kernel else "-"
        print(f"| {name} | {median:.0f} | {most:.0f} | {inside} |")
    print()
    for name, beside in (("ours", "interact, inline"), *((name, f"{name} by interact") for name in ANEW)):
        (median, most), (by_interact, at_most) = percentiles(name), percentiles(beside)
        print(f"- {name}: {median / by_interact:.2f} of interact's median, {most / at_most:.2f} of its 95 %, "
              f"{median / percentiles('interact, inline')[0]:.2f} of its median for two lines")


if __name__ == "__main__":
    main()
