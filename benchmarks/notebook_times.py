"""How fast a reader sees something: opening, running, moving a slider, in JupyterLab in a real browser.

    python benchmarks/notebook_times.py                                    # opening and Run All, all lessons
    python benchmarks/notebook_times.py 01_introduction_to_rnns            # and the first slider of this one

Needs Chromium and the extra `dev`. "First picture" is the time from going to the notebook's address
to the first image with its pixels on the page; "Run All" ends when the last cell has ended. "Slider to
picture" is the time from a key press on the first slider to the first frame in which its dashboard
shows something new, over 40 presses. Prints Markdown tables; see to it that the machine is otherwise quiet.
"""

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from course import LESSONS, name  # noqa: E402
from lab import SHOWN, Browser, Lab  # noqa: E402

PRESSES = 40
FIRST_PICTURE = """() => Array.from(document.querySelectorAll('.jp-Notebook img')).some(image =>
    image.complete && image.naturalWidth > 0 && image.getBoundingClientRect().width > 0)"""
WATCH = f"""root => {{
    const shown = {SHOWN};
    window.pressed = [];
    addEventListener('keydown', () => {{
        const before = shown(root), began = performance.now();
        const look = () => shown(root) !== before
            ? window.pressed.push(performance.now() - began) : requestAnimationFrame(look);
        requestAnimationFrame(look);
    }}, true);
}}"""


def opening(lab: Lab, browser: Browser, path: str) -> tuple[float, float]:
    """Seconds to the first picture of the notebook at `path`, and of Run All."""
    page = browser.page()
    began = time.perf_counter()
    page.goto(lab.address(path), wait_until="commit")
    page.wait_for_function(FIRST_PICTURE, timeout=90_000)
    first = time.perf_counter() - began
    notebook = lab.ready(page)
    began = time.perf_counter()
    notebook.run_all()
    ran = time.perf_counter() - began
    notebook.shut_down()
    return first, ran


def slider(lab: Lab, browser: Browser, path: str) -> list[float]:
    """Milliseconds from key to picture, for each press, on the first slider of the notebook at `path`."""
    page = browser.page()
    notebook = lab.open(page, path)
    notebook.run_all()
    root = next(d for d in notebook.dashboards() if d.locator(".noUi-handle").count())
    handle = root.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    handle.focus()
    page.wait_for_timeout(1000)
    root.evaluate(WATCH)
    for press in range(PRESSES):
        page.keyboard.press("ArrowLeft" if press % 4 in (1, 2) else "ArrowRight")
        page.wait_for_function("count => window.pressed.length === count", arg=press + 1, timeout=20_000)
        page.wait_for_timeout(150)
    times = page.evaluate("() => window.pressed")
    notebook.shut_down()
    return times


def main(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for part in ("notebooks", "img", "data"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns(".*"))
        with Lab(Path(folder)) as lab, Browser() as browser:
            opening(lab, browser, "notebooks/00_start_here.ipynb")  # warms the caches; not counted
            print("| notebook | first picture, s | Run All, s |\n|---|---|---|")
            for path in LESSONS:
                first, ran = opening(lab, browser, f"notebooks/{path.name}")
                print(f"| {name(path)} | {first:.1f} | {ran:.1f} |", flush=True)
            if wanted:
                print("\n| slider to picture | median, ms | 95 %, ms |\n|---|---|---|")
            for stem in wanted:
                times = slider(lab, browser, f"notebooks/{stem}.ipynb")
                high = statistics.quantiles(times, n=20)[-1]
                print(f"| {stem} | {statistics.median(times):.0f} | {high:.0f} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
