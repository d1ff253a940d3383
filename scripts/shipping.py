"""A sweep for the course: its progress on screen, its file in a fixed order. Used by the other scripts."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from helpers.data import data_folder
from helpers.runs import sweep


def ship(name: str, function: Callable, grids: Mapping | Sequence[Mapping], seeds: Iterable[int], **options):
    """Run the grid, or one grid after the other, and ship the results as `name`, such as "06/near_and_far".

    Stopped and started again it goes on where it was; the lines are put in order at the end, so that
    the same results are the same file.
    """
    lesson, stem = name.split("/")
    path = data_folder() / f"lesson{lesson}" / f"{stem}.jsonl"
    unfinished, started = path.with_suffix(".unfinished"), time.monotonic()
    path.parent.mkdir(exist_ok=True)
    for grid in [grids] if isinstance(grids, Mapping) else grids:
        for result in sweep(function, grid, seeds, path=unfinished, name=name, **options):
            print(f"\r{name}: {result.done} of {result.total}", end="", flush=True)
    in_order(unfinished).replace(path)
    print(f", {time.monotonic() - started:.0f} s")


def in_order(path: Path) -> Path:
    """Sort the lines of the file after its head."""
    head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(head + "".join(sorted(lines)), encoding="utf-8", newline="\n")
    return path
