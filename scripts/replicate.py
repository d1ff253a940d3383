"""Train with new seeds what the lessons' sentences about networks rest on, and say which hold.

    python scripts/replicate.py [--lesson 12] [--seeds 1000:1020] [--quick] [--write]

Prints a Markdown table: the claim and where it stands, how many of the shipped seeds bear it out, how many of
the new ones, and the verdict. Each lesson lists such claims in ``REPLICATED`` of its ``claims.py``; other
sentences speak of one network, of the clock or of what follows by calculation, and tests hold them to that.

Results are kept in ``--folder``; stopped and called again, it goes on where it was. A full run takes hours.
With --quick only those sweeps are made that together take ten minutes on two processors. With --write the
table goes into docs/replication.md.
"""

import argparse
import datetime
import importlib
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from ship import lists

from helpers.data.lessons import lesson_names
from helpers.lessons.prose_facts import Facts
from helpers.lessons.replication import RULE, Outcome, Replicated, judge
from helpers.runs import Shipped, Sweep, load_results, load_run

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "replication.md"
QUICK = 10.0            # minutes


class Rest(NamedTuple):
    """A shipped sweep, with the claims that rest on it.

    Attributes:
        lesson: two digits.
        entry: of the lesson's `SHIPPED`; its maker is a `Sweep`.
        claims: of the lesson.
        minutes: of two processors that new seeds take, about.
    """

    lesson: str
    entry: Shipped
    claims: list[Replicated]
    minutes: float


def rests(seeds: int, lesson: str | None = None) -> list[Rest]:
    """What the claims of all lessons rest on, or of one, and how long so many `seeds` take.

    Raises ValueError for a lesson that isn't there or has none.
    """
    found = []
    for path in lesson_names():
        number = path[:2]
        claims = importlib.import_module(f"helpers.lessons.lesson{number}.claims")
        groups: dict[str, list[Replicated]] = {}
        for claim in getattr(claims, "REPLICATED", ()):
            groups.setdefault(claim.run, []).append(claim)
        entries = {entry.name: entry for entries in lists().values() for entry in entries}
        for run, group in groups.items():
            entry = entries[run]
            found.append(Rest(number, entry, group, entry.minutes / len(entry.seeds) * seeds))
    chosen = [rest for rest in found if lesson in (None, rest.lesson)]
    if not chosen:
        there = ", ".join(sorted({rest.lesson for rest in found}))
        raise ValueError(f"no claim of a lesson {lesson!r} is replicated: take one of {there}")
    return chosen


def quick(found: Sequence[Rest], minutes: float = QUICK) -> list[Rest]:
    """The cheapest of them that together take no longer, in their old order."""
    cheap, left = [], minutes
    for rest in sorted(found, key=lambda rest: rest.minutes):
        left -= rest.minutes
        if left >= 0:
            cheap.append(rest)
    return [rest for rest in found if rest in cheap]


def replicated(rest: Rest, seeds: Sequence[int], folder: Path) -> Iterator[tuple[Replicated, Outcome]]:
    """Make the sweep with new seeds, or go on with it, and judge its claims."""
    assert isinstance(rest.entry.maker, Sweep), f"{rest.entry.name} is no sweep"
    path = folder / rest.entry.file
    path.parent.mkdir(parents=True, exist_ok=True)
    with redirect_stdout(sys.stderr):
        rest.entry.maker(path, seeds)
    new = [run for run in load_results(path) if run.seed in seeds]
    for claim in rest.claims:
        yield claim, judge(claim, load_run(rest.entry.name), new)


def row(lesson: str, claim: Replicated, outcome: Outcome) -> str:
    """A claim as a row of the table."""
    (notebook,) = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
    section, sentence = Facts(notebook).place(claim.words)
    said = "{} of {}".format(*outcome.said)
    found = "{} of {}".format(*outcome.found)
    if claim.between:
        low, high = claim.between
        said = f"{low:g} to {high:g}"
        found += f" inside; {outcome.values[0]:.3g} to {outcome.values[-1]:.3g}"
    where, sentence = section.partition(" · ")[0], sentence.replace("|", "\\|")
    return f"| {lesson}, {where} | {sentence} | {said} | {found} | {outcome.verdict} |"


def page(rows: Sequence[str], seeds: Sequence[int]) -> str:
    """The table with its head."""
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, matplotlib {mpl.__version__}"
    return "\n".join([
        f"{RULE} Seeds {seeds[0]} to {seeds[-1]}, {datetime.date.today()}, {versions}, "
        f"{platform.machine()} with {os.cpu_count()} processors.", "",
        "| where | what the text says | shipped seeds, or the interval | new seeds | verdict |",
        "|---|---|---|---|---|", *rows, ""])


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", help="its two digits; all by default")
    parser.add_argument("--seeds", default="1000:1020", help="from the first up to, not including, the last")
    parser.add_argument("--quick", action="store_true", help="ten minutes on two processors")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "replication")
    parser.add_argument("--write", action="store_true", help="write docs/replication.md")
    given = parser.parse_args(arguments)
    try:
        first, last = map(int, given.seeds.split(":"))
        seeds = range(first, last)
        if not seeds:
            raise ValueError(f"--seeds {given.seeds} are none: give the first and one more than the last")
        found = rests(len(seeds), given.lesson)
    except ValueError as error:
        sys.exit(str(error))
    if given.quick:
        found = quick(found)
    print(f"{len(found)} sweeps, about {sum(rest.minutes for rest in found):.0f} minutes on two processors",
          file=sys.stderr)
    rows, began = [], time.monotonic()
    for rest in found:
        for claim, outcome in replicated(rest, seeds, given.folder):
            rows.append(row(rest.lesson, claim, outcome))
        print(f" ({time.monotonic() - began:.0f} s)", file=sys.stderr)
    print(page(rows, seeds))
    if given.write:
        before, _, _ = PAGE.read_text(encoding="utf-8").partition("\n## The table\n")
        PAGE.write_text(f"{before}\n## The table\n\n{page(rows, seeds)}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
