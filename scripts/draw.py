"""Draw the pictures of ideas in img/ again: ``python scripts/draw.py [folder]``.

Each file is drawn by the function of its name, called without arguments: those that the list DRAWINGS names
in a lesson's drawings and in helpers.pictures.through_time. `cover` shows the long training of lesson 02.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl

from helpers import lessons
from helpers.lessons.lesson00 import cover
from helpers.pictures import Picture, through_time
from helpers.runs import shipped


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


def redraw(folder: Path) -> list[Path]:
    """Draw every picture of ideas, and the cover, into `folder`; the paths written.

    Raises ValueError if there is no such folder.
    """
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}: start at the top of the course or name a folder")
    pictures = {name: draw() for name, draw in drawings().items()}
    run = shipped("02/class_run")[-1]
    pictures["cover"] = cover(run.updates, run.smooth, run.samples)
    for name, picture in pictures.items():
        save(picture, folder / f"{name}.svg")
    return [folder / f"{name}.svg" for name in pictures]


if __name__ == "__main__":
    for path in redraw(Path(sys.argv[1] if len(sys.argv) > 1 else "img")):
        print(path)
