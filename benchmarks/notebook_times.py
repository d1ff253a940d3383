"""How fast a reader sees something: opening and running each lesson, in JupyterLab in a real browser.

    python benchmarks/notebook_times.py

Needs Chromium and the extra `dev`. "First picture" is the time from going to the notebook's address
to the first image with its pixels on the page; "Run All" ends when the last cell has ended. How soon a plot
follows its slider is measured by slider_latency.py. Prints a Markdown table; see to it that the machine is
otherwise quiet.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from course import LESSONS, name  # noqa: E402
from lab import Browser, Lab  # noqa: E402

FIRST_PICTURE = """() => Array.from(document.querySelectorAll('.jp-Notebook img')).some(image =>
    image.complete && image.naturalWidth > 0 && image.getBoundingClientRect().width > 0)"""


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


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for part in ("notebooks", "img", "data"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns(".*"))
        with Lab(Path(folder)) as lab, Browser() as browser:
            opening(lab, browser, "notebooks/00_start_here.ipynb")  # warms the caches; not counted
            print("| notebook | first picture, s | Run All, s |\n|---|---|---|")
            for path in LESSONS:
                first, ran = opening(lab, browser, f"notebooks/{path.name}")
                print(f"| {name(path)} | {first:.1f} | {ran:.1f} |", flush=True)


if __name__ == "__main__":
    main()
