"""Draw the pictures of ideas in img/ again: ``python scripts/draw.py [folder]``.

Each file is drawn by the function of its name, called without arguments: those that the list DRAWINGS names
in a lesson's drawings and in helpers.pictures.through_time. `cover` shows the long training of lesson 02.
"""

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl

from helpers import lessons
from helpers.lessons.lesson00 import cover
from helpers.lessons.lesson02.laboratory_drawings import laboratory_learns
from helpers.pictures import Picture, through_time
from helpers.runs import shipped

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


def save(picture: Picture, path: Path) -> None:
    """Write the picture as SVG, its sentence as title, the same bytes every time."""
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "rnn-course"}):
        about = {"Title": picture.sentence, "Date": None, "Creator": None}
        picture.figure.savefig(path, format="svg", metadata=about)
    path.write_text(moving(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


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


def redraw(folder: Path) -> list[Path]:
    """Draw every picture of ideas, and the cover, into `folder`; the paths written.

    Raises ValueError if there is no such folder.
    """
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}: start at the top of the course or name a folder")
    pictures = {name: draw() for name, draw in drawings().items()}
    run = shipped("02/class_run")[-1]
    pictures["laboratory_learns"] = laboratory_learns(moving=True)
    pictures["cover"] = cover(run.updates, run.train, run.samples)
    for name, picture in pictures.items():
        save(picture, folder / f"{name}.svg")
    return [folder / f"{name}.svg" for name in pictures]


if __name__ == "__main__":
    for path in redraw(Path(sys.argv[1] if len(sys.argv) > 1 else "img")):
        print(path)
