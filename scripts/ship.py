"""Make shipped files again: ``python scripts/ship.py 05 thresholds``, or all of a lesson: ``... ship.py 05``.

Without a lesson it says what there is. Each lesson lists its own in ``helpers/lessons/lessonNN/shipped.py``.
A sweep that was stopped goes on where it was, from the file ``.unfinished`` beside it; delete that to begin
anew. Until the new file is whole, the old one stays.

Training is chaotic and seconds depend on the machine, so another computer finds other digits and the same
picture. The lessons take their numbers from these files: the notebooks that show one are run, without being
saved, and the sentences that name a number that has changed are printed. The sums of all files stand in
``data/SHA256SUMS`` (``sha256sum --check SHA256SUMS`` in that folder); making one notes its own, ``--table``
notes all.
"""

import argparse
import gzip
import hashlib
import importlib
import inspect
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import run_notebooks
from threadpoolctl import threadpool_limits

from helpers import lessons
from helpers.data import data_folder
from helpers.runs import Shipped, Sweep, write_file

SUMS = "SHA256SUMS"
BY_HAND = ("texts/input.txt", "texts/heldout.txt")      # no maker: written for the course
BEGIN, END = "<!-- This table is written by: python scripts/ship.py --table -->", "<!-- End of the table. -->"


def lists() -> dict[str, tuple[Shipped, ...]]:
    folders = sorted(file.parent.name for file in Path(lessons.__file__).parent.glob("lesson*/shipped.py"))
    modules = {folder: importlib.import_module(f"helpers.lessons.{folder}.shipped") for folder in folders}
    return {folder.removeprefix("lesson"): module.SHIPPED for folder, module in modules.items()}


def ship(entry: Shipped, data: Path) -> Path:
    """Make the file of `entry` in the folder `data`; the old one stays until the new one is whole."""
    path = data / entry.file
    unfinished = path.with_name(path.name.partition(".")[0] + ".unfinished")
    path.parent.mkdir(parents=True, exist_ok=True)
    with threadpool_limits(1):
        entry.maker(unfinished, entry.seeds)
    if path.suffix == ".gz":
        write_file(unfinished, gzip.compress(unfinished.read_bytes(), mtime=0))     # the same whenever made
    os.replace(unfinished, path)
    return path


def chosen(lesson: str, names: Sequence[str]) -> list[Shipped]:
    """The entries of a lesson with these names, or all.

    Raises ValueError, with the names there are, if one is misspelt.
    """
    if lesson not in lists():
        raise ValueError(f"no lesson {lesson!r} ships anything: take one of {', '.join(lists())}")
    entries = {short(entry): entry for entry in lists()[lesson]}
    for name in names:
        if name not in entries:
            raise ValueError(f"lesson {lesson} ships no {name!r}: take one of {', '.join(entries)}")
    return [entries[name] for name in names or entries]


def short(entry: Shipped) -> str:
    """Its name without the lesson, "thresholds"."""
    return entry.name.partition("/")[2]


def maker_name(entry: Shipped) -> str:
    """The function that makes it, or that the sweep calls."""
    maker = entry.maker
    if isinstance(maker, Sweep):
        return maker.function.__name__
    return getattr(maker, "func", maker).__name__       # what is inside of a partial


def in_words(seeds: Sequence[int]) -> str:
    """Seeds as "0 to 4", "1, 1, 0", or "none"."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))):
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds)) or "none"


def table() -> str:
    rows = [f"| `{entry.file}` | {entry.about} | `{maker_name(entry)}` | {in_words(entry.seeds)} | "
            f"{entry.minutes:g} | {'; '.join(entry.shown_in)} |"
            for entries in lists().values() for entry in entries]
    head = "| file | what it holds | maker | seeds | minutes | shown in |\n|---|---|---|---|---|---|\n"
    return head + "\n".join(rows)


def with_table(page: str) -> str:
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def sums(data: Path) -> dict[str, str]:
    """The SHA-256 of each shipped file in the folder `data`, by its path there."""
    files = [*BY_HAND, *(entry.file for entries in lists().values() for entry in entries)]
    return {file: hashlib.sha256((data / file).read_bytes()).hexdigest() for file in files}


def noted_sums(data: Path) -> dict[str, str]:
    return {file: digest for _, digest, file in noted(data)}


def commands() -> dict[str, str]:
    """By file the command that makes it, with its maker's defaults, so that a change of these is noticed."""
    return {entry.file: f"# python scripts/ship.py {lesson} {short(entry)}" + (
                f"  # with {with_defaults}" if (with_defaults := defaults(entry)) else "")
            for lesson, entries in lists().items() for entry in entries}


def defaults(entry: Shipped) -> str:
    """The defaults of the function that makes it, or that the sweep calls, but for what the sweep varies."""
    maker, given = entry.maker, set()
    if isinstance(maker, Sweep):
        grids = [maker.grid] if isinstance(maker.grid, Mapping) else maker.grid
        maker, given = maker.function, set.intersection(*map(set, grids))
    return ", ".join(f"{one.name}={one.default!r}" for one in inspect.signature(maker).parameters.values()
                     if one.default is not one.empty and one.name not in given)


def noted_commands(data: Path) -> dict[str, str]:
    return {file: command for command, _, file in noted(data)}


def noted(data: Path) -> list[tuple[str, str, str]]:
    """What was noted in the folder `data` of each file: the command that makes it, its sum and its path."""
    lines = (data / SUMS).read_text(encoding="utf-8").splitlines()
    return [(above, *line.split("  ", 1)) for above, line in pairwise(lines) if line[0] != "#"]


def note_sums(data: Path, made: Sequence[str] | None = None) -> None:
    """Note the sums of these files of the folder `data`, or of all, each below the command that makes it."""
    found, said = sums(data), commands()
    if made is not None:            # a file that somebody has changed keeps the sum that it should have
        for now, noted in ((found, noted_sums(data)), (said, noted_commands(data))):
            now |= {file: noted[file] for file in now if file in noted and file not in made}
    lines = [f"{said.get(file, '# written by hand')}\n{digest}  {file}\n" for file, digest in found.items()]
    (data / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def read_again(lesson: str, entries: Sequence[Shipped]) -> None:
    """Run the notebooks that show these entries, and print the sentences whose numbers have changed."""
    numbers = {lesson} | {other for entry in entries for place in entry.shown_in
                          for other in re.findall(r"lesson (\d\d)", place)}
    for path in sorted(path for number in numbers for folder in ("", "solutions/")
                       for path in run_notebooks.NOTEBOOKS.glob(f"{folder}{number}_*.ipynb")):
        print(path.relative_to(run_notebooks.NOTEBOOKS),
              run_notebooks.run(path, save=False) or "No number has changed.", flush=True)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lesson", nargs="?", help="its two digits")
    parser.add_argument("names", nargs="*", help="which files of the lesson, all by default")
    parser.add_argument("--into", type=Path, default=data_folder(), help="another folder, to compare")
    parser.add_argument("--table", action="store_true", help="write data/README.md's table, and the sums")
    given = parser.parse_args(arguments)
    if given.table:
        page = data_folder() / "README.md"
        page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
        note_sums(data_folder())
    elif given.lesson is None:
        for lesson, entries in lists().items():
            for entry in entries:
                print(f"{lesson} {short(entry):20} {entry.minutes:4g} min, seeds "
                      f"{in_words(entry.seeds)}; {', '.join(entry.shown_in)}")
    else:
        try:
            entries = chosen(given.lesson, given.names)
        except ValueError as error:
            sys.exit(str(error))
        for entry in entries:
            started = time.monotonic()
            print(entry.name, end="", flush=True)
            try:
                ship(entry, given.into)
            except RuntimeError as error:
                sys.exit(f"\n{error}. Nothing is shipped of it; what did end is not run again.")
            print(f", {time.monotonic() - started:.0f} s")
        if given.into == data_folder():
            note_sums(given.into, [entry.file for entry in entries])
            read_again(given.lesson, entries)


if __name__ == "__main__":
    main(sys.argv[1:])
