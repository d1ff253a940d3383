"""The drawings in img.

Each file of img is drawn by the function of its name, called without arguments: those that the list DRAWINGS
names in a lesson's drawings and in helpers.pictures.through_time. `cover` shows a training run of lesson 02.
Another version of matplotlib draws the same in other bytes: a file is written only if what it shows changed.
"""

import hashlib
import importlib
import io
import re
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl

from helpers import lessons
from helpers.lessons.lesson00 import cover
from helpers.lessons.lesson02.drawings import laboratory_learns
from helpers.pictures import Picture, through_time
from helpers.runs import load_run
from writers import ROOT

IMAGES = ROOT / "img"
STAMP = ROOT / "build" / "pictures-are-fresh"
SECONDS = 5
MOTION = """
@keyframes come { from { opacity: 0 } to { opacity: 1 } }
@keyframes go { from { opacity: 1 } to { opacity: 0 } }
.come { animation: come 1ms both }
.come.go { animation: come 1ms both, go 1ms forwards }
@media (prefers-reduced-motion: reduce) { .come, .come.go { animation: none } }
"""


def drawings() -> dict[str, Callable[[], Picture]]:
    """Every function that draws a picture of ideas, by name: the lessons' and those that several share."""
    files = sorted(Path(lessons.__file__).parent.glob("lesson*/*drawings.py"))
    modules = [importlib.import_module(f"helpers.lessons.{file.parent.name}.{file.stem}") for file in files]
    listed = [draw for module in (through_time, *modules) for draw in getattr(module, "DRAWINGS", ())]
    return {draw.__name__: draw for draw in listed}


def svg(picture: Picture) -> str:
    """The picture as SVG, its sentence as title, the same every time."""
    file = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "rnn-course"}):
        about = {"Title": picture.sentence, "Date": None, "Creator": None}
        picture.figure.savefig(file, format="svg", metadata=about)
    return moving(file.getvalue().decode())


def moving(svg: str) -> str:
    """The same, in which groups with the ids "from-A" and "from-A-to-B" come and go, once, in SECONDS.

    A and B are thousandths of that time. What has gone at its end is not seen where nothing moves, nor where
    less motion is asked for. Five seconds are the longest that need no way to stop it (WCAG 2.2.2).
    """
    found = 0

    def timed(group: re.Match) -> str:
        nonlocal found
        found += 1
        start, end = (SECONDS * int(part) / 1000 if part else None for part in group.groups())
        if end is None:
            return f'<g class="come" style="animation-delay: {start:g}s">'
        return f'<g class="come go" opacity="0" style="animation-delay: {start:g}s, {end:g}s">'

    svg = re.sub(r'<g id="from-(\d+)(?:-to-(\d+))?">', timed, svg)
    return svg.replace("<defs>", f"<style>{MOTION}</style>\n <defs>", 1) if found else svg


def drawn() -> dict[str, Picture]:
    run = load_run("02/class_run")[-1]
    return {name: draw() for name, draw in drawings().items()} | {
        "laboratory_learns": laboratory_learns(moving=True),
        "cover": cover(run.updates, run.train, run.samples)}


def words_and_colours(svg: str) -> tuple[list[str], set[str]]:
    """What two versions of matplotlib draw alike; where exactly each stroke lies, they may not."""
    words = [*re.findall(r"<!-- (.*?) -->", svg), *re.findall(r"<title>(.*?)</title>", svg, re.DOTALL)]
    return sorted(words), set(re.findall(r"#[0-9a-f]{6}\b", svg))


def pages() -> dict[Path, str]:
    """The drawings; none of them where no source has changed since the last run."""
    if STAMP.exists() and STAMP.read_text() == _stamp():
        return {}
    found = {}
    for name, text in ((name, svg(picture)) for name, picture in drawn().items()):
        path = IMAGES / f"{name}.svg"
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        found[path] = before if words_and_colours(before) == words_and_colours(text) else text
    if all(path.exists() and path.read_text(encoding="utf-8") == text for path, text in found.items()):
        STAMP.parent.mkdir(exist_ok=True)
        STAMP.write_text(_stamp())
    return found


def _stamp() -> str:
    files = [*(ROOT / "helpers").rglob("*.py"), *Path(__file__).parent.glob("*.py"),
             *(ROOT / "data").rglob("*.*"), *IMAGES.glob("*.svg")]
    total = hashlib.sha256(mpl.__version__.encode())
    for path in sorted(files):
        total.update(f"{path.relative_to(ROOT)} ".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
