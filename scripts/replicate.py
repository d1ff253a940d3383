"""Train with new seeds what the lessons' sentences about networks rest on, and say which hold.

    python scripts/replicate.py [--lesson 12] [--seeds 1000:1020] [--quick] [--write]

Prints a Markdown table: each claim and where it is, how many of the shipped seeds support it, how many of the
new ones, and the verdict. Each lesson lists such claims in ``REPLICATED`` of its ``claims.py``; other
sentences speak of one network, of the clock or of what follows by calculation, and tests hold them to that.

Results are kept in ``--folder``; stopped and called again, it goes on where it was. A full run takes hours.
With --quick only the shortest sweeps are run, which together take ten minutes on two processors. With --write
the table goes into docs/replication.md as well.
"""

import argparse
import datetime
import importlib
import math
import platform
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
from ship import lists

from helpers.data.lessons import lesson_names
from helpers.lessons.prose_facts import Facts
from helpers.lessons.replication import RULE, Outcome, Replicated, judge
from helpers.runs import Shipped, load_results, load_run

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "replication.md"
QUICK = 10.0            # minutes


class ClaimedSweep(NamedTuple):
    """A shipped sweep, with the claims of a lesson that rest on it.

    Attributes:
        lesson: two digits.
        entry: of `SHIPPED`; its maker is a `Sweep`.
        claims: of the lesson.
    """

    lesson: str
    entry: Shipped
    claims: list[Replicated]

    def minutes(self, seeds: int) -> float:
        """How long so many new seeds take on two processors, about."""
        return self.entry.minutes / len(self.entry.seeds) * seeds


def claimed_sweeps(lesson: str | None = None) -> list[ClaimedSweep]:
    """What the claims of all lessons rest on, or those of one.

    Raises ValueError for a lesson that isn't there or has none.
    """
    entries = {entry.name: entry for entries in lists().values() for entry in entries}
    found = []
    for number in [name[:2] for name in lesson_names()]:
        claims = getattr(importlib.import_module(f"helpers.lessons.lesson{number}.claims"), "REPLICATED", ())
        for run in dict.fromkeys(claim.run for claim in claims):
            found.append(ClaimedSweep(number, entries[run], [claim for claim in claims if claim.run == run]))
    chosen = [sweep for sweep in found if lesson in (None, sweep.lesson)]
    if not chosen:
        there = ", ".join(dict.fromkeys(sweep.lesson for sweep in found))
        raise ValueError(f"Lesson {lesson!r} has no claims to replicate: choose one of {there}.")
    return chosen


def shortest(sweeps: Sequence[ClaimedSweep], seeds: int) -> list[ClaimedSweep]:
    """The shortest of them that together take no more than `QUICK` minutes."""
    by_length = sorted(sweeps, key=lambda sweep: sweep.minutes(seeds))
    ends = accumulate(sweep.minutes(seeds) for sweep in by_length)
    return [sweep for sweep, end in zip(by_length, ends, strict=True) if end <= QUICK]


def new_seeds(text: str) -> range:
    """Seeds from "1000:1020", the last one left out. Raises ArgumentTypeError for anything else."""
    if not (match := re.fullmatch(r"(\d+):(\d+)", text)) or int(match[1]) >= int(match[2]):
        raise argparse.ArgumentTypeError(
            f"{text!r} are no seeds: give the first and one more than the last, such as 1000:1020")
    return range(int(match[1]), int(match[2]))


def replicated(sweep: ClaimedSweep, seeds: range, folder: Path) -> Iterator[tuple[Replicated, Outcome]]:
    """Run the sweep with new seeds, or go on with it, and judge its claims."""
    path = folder / sweep.entry.file
    path.parent.mkdir(parents=True, exist_ok=True)
    with redirect_stdout(sys.stderr):
        sweep.entry.maker(path, seeds)
    new = [run for run in load_results(path) if run.seed in seeds]
    for claim in sweep.claims:
        yield claim, judge(claim, load_run(claim.run), new)


def row(lesson: str, claim: Replicated, outcome: Outcome) -> str:
    """A claim as a row of the table."""
    (notebook,) = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
    section, sentence = Facts(notebook).place(claim.words)
    where, sentence = section.partition(" · ")[0], sentence.replace("|", "\\|")
    said, found = ("{} of {}".format(*counted) for counted in (outcome.said, outcome.found))
    if claim.between:
        said = "{:g} to {:g}".format(*claim.between)
        there = [value for value in outcome.values if value is not None] or [math.nan]
        found += f" inside; {min(there):.3g} to {max(there):.3g}"
    return f"| {lesson}, {where} | {sentence} | {said} | {found} | {outcome.verdict} |"


def page(rows: Sequence[str], seeds: range) -> str:
    """The page with the table."""
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    return "\n".join([
        "# Do the claims replicate?", "",
        "Sentences of the lessons about networks in general, measured again with seeds that were not used "
        "while the course was written. `python scripts/replicate.py --write` makes this page.", "",
        f"{RULE}", "",
        f"Seeds {seeds[0]} to {seeds[-1]}, {datetime.date.today()}, {versions}, {platform.machine()}.", "",
        "| lesson, section | what the text says | shipped seeds, or the interval | new seeds | verdict |",
        "|---|---|---|---|---|", *rows, ""])


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", help="its two digits; all by default")
    parser.add_argument("--seeds", type=new_seeds, default=range(1000, 1020), help="such as 1000:1020")
    parser.add_argument("--quick", action="store_true", help="ten minutes on two processors")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "replication")
    parser.add_argument("--write", action="store_true", help="write docs/replication.md")
    given = parser.parse_args(arguments)
    try:
        sweeps = claimed_sweeps(given.lesson)
    except ValueError as error:
        parser.error(str(error))
    if given.quick:
        sweeps = shortest(sweeps, len(given.seeds))
    for sweep in sweeps:
        if used := sorted({*given.seeds} & {*sweep.entry.seeds}):
            parser.error(f"{sweep.entry.name} was shipped with seed {used[0]}: choose others.")
    minutes = sum(sweep.minutes(len(given.seeds)) for sweep in sweeps)
    print(f"{len(sweeps)} sweeps, about {minutes:.0f} minutes on two processors", file=sys.stderr)
    rows = [row(sweep.lesson, claim, outcome) for sweep in sweeps
            for claim, outcome in replicated(sweep, given.seeds, given.folder)]
    print(page(rows, given.seeds))
    if given.write:
        PAGE.write_text(page(rows, given.seeds), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
