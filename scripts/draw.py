"""Draw the pictures of ideas in img/ again: ``python scripts/draw.py [folder]``.

Each file is drawn by the function of its name, called without arguments: those that the list DRAWINGS names
in a lesson's drawings and in helpers.pictures.through_time. `cover` needs a measured run and is drawn where
one is shipped.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np

from helpers import lessons
from helpers.data import data_folder
from helpers.lessons.lesson00 import cover
from helpers.pictures import Picture, through_time

RUN = data_folder() / "lesson02" / "cover.npz"


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


def redraw(folder: Path, run: Path = RUN) -> list[Path]:
    """Draw every picture of ideas into `folder`, and the cover if its `run` exists; the paths written.

    The run holds `updates`, `loss`, `sample_updates` and `samples`. Raises ValueError if there is no
    such folder.
    """
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}: start at the top of the course or name a folder")
    pictures = {name: draw() for name, draw in drawings().items()}
    if run.exists():
        with np.load(run) as data:
            samples = list(zip(data["sample_updates"].tolist(), data["samples"].tolist(), strict=True))
            pictures["cover"] = cover(data["updates"], data["loss"], samples)
    for name, picture in pictures.items():
        save(picture, folder / f"{name}.svg")
    return [folder / f"{name}.svg" for name in pictures]


if __name__ == "__main__":
    for path in redraw(Path(sys.argv[1] if len(sys.argv) > 1 else "img")):
        print(path)
