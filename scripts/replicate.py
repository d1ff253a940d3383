"""Train with new seeds what the lessons' sentences about networks rest on, and say which hold.

    python scripts/replicate.py [--lesson 12] [--seeds 1000:1020] [--quick] [--write]

Prints a Markdown table: each claim and where it is, how many seeds support it according to the text, how
many of the new ones, and the verdict. ``scripts/replication/lessonNN.py`` lists the claims of a lesson in
``REPLICATED``. A second table has what ``NOT_REPLICATED`` lists there: other sentences about networks, and
why no function measures them. A sentence that has been reworded is named, so that its claim is read again.

A sweep gets no more new seeds than the text rests on: a run of more than ten seconds has ten of them.
Results are kept in ``--folder``; stopped and called again, it goes on where it was. A full run takes hours.
With --quick only the shortest sweeps are run, which together take ten minutes on two processors. With --write
the table goes into docs/replication.md as well.
"""

import argparse
import datetime
import importlib
import json
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
from facts import without_links
from replication.verdicts import REASONS, RULE, NotReplicated, Outcome, Replicated, judge
from ship import lists

from helpers.data.lessons import lesson_names
from helpers.runs import Shipped, load_results

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "replication.md"
QUICK = 10.0            # minutes


class ClaimedSweep(NamedTuple):
    """A sweep, of `SHIPPED` or like those, with the claims of a lesson that rest on it."""

    lesson: str
    entry: Shipped
    claims: list[Replicated]

    def seeds(self, new: range) -> range:
        """Those of the new seeds that it is run with: no more than the text rests on."""
        return new[:len(self.entry.seeds)]

    def minutes(self, new: range) -> float:
        """How long they take on two processors, about."""
        return self.entry.minutes / len(self.entry.seeds) * len(self.seeds(new))


def of_lessons(name: str) -> dict[str, tuple]:
    """What the module of each lesson calls `name`, by the lesson's two digits, where there is any."""
    modules = {lesson[:2]: importlib.import_module(f"replication.lesson{lesson[:2]}")
               for lesson in lesson_names()}
    return {lesson: getattr(module, name) for lesson, module in modules.items() if hasattr(module, name)}


def claimed_sweeps(lesson: str | None = None) -> list[ClaimedSweep]:
    """What the claims of all lessons rest on, or those of one.

    Raises ValueError for a lesson that isn't there or has none.
    """
    shipped = {entry.name: entry for entries in lists().values() for entry in entries}
    found: dict[tuple[str, str], ClaimedSweep] = {}
    for number, claims in of_lessons("REPLICATED").items():
        for claim in claims:
            entry = shipped[claim.run] if isinstance(claim.run, str) else claim.run
            found.setdefault((number, entry.name), ClaimedSweep(number, entry, [])).claims.append(claim)
    chosen = [sweep for sweep in found.values() if lesson in (None, sweep.lesson)]
    if not chosen:
        there = ", ".join(dict.fromkeys(sweep.lesson for sweep in found.values()))
        raise ValueError(f"Lesson {lesson!r} has no claims to replicate: choose one of {there}.")
    return chosen


def shortest(sweeps: Sequence[ClaimedSweep], seeds: range) -> list[ClaimedSweep]:
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
    path = folder / sweep.entry.file.removesuffix(".gz")
    path.parent.mkdir(parents=True, exist_ok=True)
    seeds = sweep.seeds(seeds)
    with redirect_stdout(sys.stderr):
        sweep.entry.maker(path, seeds)
    new = [run for run in load_results(path) if run.seed in seeds]
    for claim in sweep.claims:
        yield claim, judge(claim, new)


def place(lesson: str, words: str) -> str:
    """The first two cells of a row: the lesson's section that says these words, and the whole sentence.

    If the lesson doesn't say them any more, the words alone; standard error then says so.
    """
    section, sentence = find_sentence(lesson, words) or ("reworded", words)
    if section == "reworded":
        print(f"Lesson {lesson} no longer says {words!r}: does its new sentence claim the same?",
              file=sys.stderr)
    bare = without_links(sentence).replace("|", "\\|")       # a notebook's link leads elsewhere from the page
    return f"| {lesson}, {section.partition(' · ')[0]} | {bare}"


def find_sentence(lesson: str, words: str) -> tuple[str, str] | None:
    """The heading of the section whose prose has these words, and the sentence that they belong to."""
    (notebook,) = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
    section, words = "", unmarked(words)
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        text = "".join(cell["source"])
        if heading := re.search(r"^## (.*?)(?: \*?\(.*)?$", text, re.MULTILINE):
            section = heading[1]
        for paragraph in map(unmarked, re.split(r"\n\s*\n|(?:^|\n)[-|] ", text)):
            sentences = re.split(r"(?<=[.?!:])(?<!\b[A-Z]\.) (?=[A-Z“])", paragraph)
            for sentence in sentences:
                if words in sentence:
                    return section, sentence
            if words in paragraph:      # they span two sentences
                return section, words
    return None


def unmarked(text: str) -> str:
    """A text without its marks of emphasis, in one line."""
    return " ".join(re.sub(r"[*_`]", "", text).split())


def row(lesson: str, claim: Replicated, outcome: Outcome) -> str:
    found = "{} of {}".format(*outcome.found)
    if claim.between:
        said = "{:g} to {:g}".format(*claim.between)
        there = [value for value in outcome.values if value is not None] or [math.nan]
        found += f" inside; {min(there):.3g} to {max(there):.3g}"
    else:
        said = "{} of {}".format(*outcome.said)
    return f"{place(lesson, claim.words)} | {said} | {found} | {outcome.verdict} |"


def not_replicated(lesson: str | None = None) -> list[str]:
    found: dict[str, tuple[NotReplicated, ...]] = of_lessons("NOT_REPLICATED")
    return [f"{place(number, one.words)} | {REASONS[one.reason]} |"
            for number, listed in found.items() if lesson in (None, number) for one in listed]


def page(rows: Sequence[str], others: Sequence[str], seeds: range) -> str:
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    return "\n".join([
        "# Do the claims replicate?", "",
        "The first table has sentences from the lessons about networks in general. We measured each of them "
        "again with twenty seeds that were not used while the course was written, or with ten where a run "
        "takes more than ten seconds. `python scripts/replicate.py --write` makes this page.", "",
        f"{RULE}", "",
        f"Seeds {seeds[0]} to {seeds[-1]}, {datetime.date.today()}, {versions}, {platform.machine()}.", "",
        "| lesson, section | what the text says | support, or interval, in the text | new seeds | verdict |",
        "|---|---|---|---|---|", *rows, "",
        "## What is not measured again", "",
        "| lesson, section | what the text says | why not |", "|---|---|---|", *others, ""])


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
        sweeps = shortest(sweeps, given.seeds)
    for sweep in sweeps:
        if used := sorted({*given.seeds} & {*sweep.entry.seeds}):
            parser.error(f"{sweep.entry.name} was made with seed {used[0]}: choose others.")
    minutes = sum(sweep.minutes(given.seeds) for sweep in sweeps)
    print(f"{len(sweeps)} sweeps, about {minutes:.0f} minutes on two processors", file=sys.stderr)
    rows = [row(sweep.lesson, claim, outcome) for sweep in sweeps
            for claim, outcome in replicated(sweep, given.seeds, given.folder)]
    text = page(rows, not_replicated(given.lesson), given.seeds)
    print(text)
    if given.write:
        PAGE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
