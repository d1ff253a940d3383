"""How fast a reader sees something: opening and running each lesson, in JupyterLab in a real browser.

    python benchmarks/notebook_times.py [--keep] [02 08]

Needs Chromium and the extra `dev`. "First picture" is the time from going to the notebook's address
to the first image with its pixels on the page; "Run All" ends when the last cell has ended, and its processor
time is the kernel's, start included. How soon a plot follows its slider is measured by slider_latency.py.
Prints a Markdown table; see to it that the machine is otherwise quiet. With --keep the seconds of Run All go
into each lesson's facts, and by `python scripts/pages.py` into the table of the instructor's guide.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from course import LESSONS, name  # noqa: E402
from lab import Browser, Lab  # noqa: E402
from live_training import ASK  # noqa: E402

from helpers.data.lessons import lesson_folder  # noqa: E402

FIRST_PICTURE = """() => Array.from(document.querySelectorAll('.jp-Notebook img')).some(image =>
    image.complete && image.naturalWidth > 0 && image.getBoundingClientRect().width > 0)"""


def opening(lab: Lab, browser: Browser, path: str) -> tuple[float, float, float]:
    """Seconds to the first picture of the notebook at `path`, of Run All, and of the kernel's processor."""
    page = browser.page()
    began = time.perf_counter()
    page.goto(lab.address(path), wait_until="commit")
    page.wait_for_function(FIRST_PICTURE, timeout=90_000)
    first = time.perf_counter() - began
    notebook = lab.ready(page)
    began = time.perf_counter()
    notebook.run_all()
    ran = time.perf_counter() - began
    worked = float(page.evaluate(ASK, "import time; print(time.process_time())"))
    notebook.shut_down()
    return first, ran, worked


def keep(lesson: str, seconds: float) -> None:
    facts = lesson_folder(lesson) / "lesson.toml"
    text = facts.read_text(encoding="utf-8")
    text = re.sub(r"^seconds = \d+$", f"seconds = {seconds:.0f}", text, flags=re.MULTILINE)
    facts.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="write the seconds into the lessons' facts")
    parser.add_argument("lessons", nargs="*", help="numbers, such as 02; without any, all lessons")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for part in ("notebooks", "img", "data"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns(".*"))
        with Lab(Path(folder)) as lab, Browser() as browser:
            opening(lab, browser, "notebooks/00_start_here.ipynb")  # warms the caches; not counted
            print("| notebook | first picture, s | Run All, s | of the processor, s |\n|---|---|---|---|")
            for path in LESSONS:
                if not wanted.lessons or path.name[:2] in wanted.lessons:
                    first, ran, worked = opening(lab, browser, f"notebooks/{path.name}")
                    print(f"| {name(path)} | {first:.1f} | {ran:.1f} | {worked:.1f} |", flush=True)
                    if wanted.keep:
                        keep(path.name[:2], ran)


if __name__ == "__main__":
    main()
