"""Do the checks of the lessons bite? Eight kinds of faults, twenty of each, are planted in copies.

    python benchmarks/planted_in_lessons.py                     # all 160
    python benchmarks/planted_in_lessons.py controls 12         # those with one of these words
    python benchmarks/planted_in_lessons.py --sound             # no fault: the same checks must be green
    python benchmarks/planted_in_lessons.py --tree ../other     # plant them in another copy of the course

The faults are in `lesson_faults.py`. What must notice a kind is in CHECKS: steps, each a selection of tests.
Faults whose failures can be told apart, because they are in other cells, other lessons or other pictures, are
planted together in one copy, so that a lesson runs once for many of them. A fault that a step misses goes on
to the next step. Prints a Markdown table, the processor time, which test noticed each fault, and what was
missed; how many, is the exit status.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lesson_faults import FAULTS, Fault, code_cell, notebook_of, plant_of
from planting import ROOT

LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv*", "build", "__pycache__", ".pytest_cache", ".hypothesis",
                                     ".ipynb_checkpoints", "node_modules")
LONGEST = 1800          # seconds that one run of pytest may take


class Step(NamedTuple):
    """A selection of tests, and how a failed one is known to be due to a fault.

    Attributes:
        arguments: of pytest; {notebooks} stands for the notebooks of the faults, {lessons} for their names,
            as -k takes them.
        by: "cell" if the id of the failed test has the notebook and the number of the code cell, "said" if it
            has the notebook's name and its report the number of the cell, "lesson" if it has the notebook's
            name, "words" if it has the fault's own words, or the notebook's name where it has
            none, "alone" if it doesn't tell.
        ends: whether the lesson may end with the last cell that has a fault, which saves the rest of its run.
    """

    arguments: tuple[str, ...]
    by: str
    ends: bool = False


LESSONS_RUN = Step(("{notebooks}",), "cell")
# For each kind the steps by which the tests may notice a fault.
CHECKS: dict[str, tuple[Step, ...]] = {
    "printed text": (
        LESSONS_RUN,
        Step(("tests/course/test_notebooks.py", "tests/course/test_prose_numbers.py",
              "tests/course/test_claims.py", "-k", "({lessons}) and not solutions"), "lesson")),
    "HTML and alt texts": (
        LESSONS_RUN,
        Step(("tests/course/test_notebooks.py", "tests/course/test_questions.py", "-k",
              "({lessons}) and not solutions"), "lesson")),
    "pictures": (
        Step(("tests/pictures/test_shown.py",), "words"),
        Step(("{notebooks}",), "lesson")),
    "controls": (
        Step(("{notebooks}", "-k", "controls"), "said", True),
        LESSONS_RUN,
        Step(("tests/widgets/test_widgets.py", "tests/widgets/test_dashboards.py",
              "tests/widgets/test_text_view.py"), "alone")),
    "buttons": (
        Step(("{notebooks}", "-m", "slow or not slow", "-k", "buttons"), "lesson", True),
        Step(("tests/widgets/test_buttons.py",), "alone")),
    "order of cells": (
        Step(("tests/course/test_any_order.py", "-m", "slow or not slow", "-k",
              "(after_run_all or second_day) and ({lessons}) and not solutions"), "said"),
        Step(("tests/course/test_any_order.py", "-m", "slow or not slow", "-k",
              "every_section and ({lessons})"), "said")),
    "browser-only Python": (
        Step(("tests/course/test_without_a_kernel.py", "-m", "slow or not slow", "-k",
              "every_cell and ({lessons}) and not solutions"), "lesson", True),),
    "solutions": (
        Step(("tests/course/test_without_a_kernel.py", "tests/course/test_solutions.py", "-k",
              "({lessons}) or solution"), "words"),),
}


class Failure(NamedTuple):
    """A failed test, and what pytest reports of it."""

    name: str
    report: str


class Mark(NamedTuple):
    """What the name of a failed test has, and its report, if a fault is why it fails."""

    name: str
    report: str = ""

    def fits(self, failure: Failure) -> bool:
        return bool(re.search(self.name, failure.name) and re.search(self.report, failure.report))


def mark(fault: Fault, by: str, tree: Path) -> Mark | None:
    """By what a failure is known to be due to a fault; None if any may be, so that it is planted alone."""
    number, stem = code_cell(fault, tree), Path(notebook_of(fault, tree)).stem
    if by == "words" and fault.words:
        return Mark(re.escape(fault.words))
    if by in ("lesson", "words"):
        return Mark(stem)
    if by == "said" and number is not None:
        return Mark(stem, rf"\bcell {number}\b|'{number}': ")
    if by == "cell" and number is not None:
        return Mark(rf"{re.escape(notebook_of(fault, tree))}::Cell {number}(?!\d)")
    return None


def batches(faults: Sequence[Fault], by: str, tree: Path) -> Iterator[dict[Fault, Mark | None]]:
    """Faults that can be told apart, as many as possible together, each with its mark."""
    left = {fault: mark(fault, by, tree) for fault in faults}
    while left:
        batch: dict[Fault, Mark | None] = {}
        for fault, known in left.items():
            if known and known not in batch.values():
                batch[fault] = known
        batch = batch or dict([next(iter(left.items()))])
        yield batch
        left = {fault: known for fault, known in left.items() if fault not in batch}


def filled(arguments: Sequence[str], faults: Sequence[Fault], tree: Path) -> list[str]:
    """The arguments of pytest for these faults."""
    notebooks = sorted({notebook_of(fault, tree) for fault in faults
                        if not fault.words or fault.file.startswith("solutions/")})
    lessons = " or ".join(sorted({Path(notebook_of(fault, tree)).stem for fault in faults}))
    found: list[str] = []
    for word in arguments:
        found += notebooks if word == "{notebooks}" else [word.replace("{lessons}", lessons)]
    return found


def failures(copy: Path, arguments: Sequence[str], first: bool) -> list[Failure]:
    """The tests that fail in a copy, or the first one."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-vv", "-rfE", "-p", "no:cacheprovider", *["-x"] * first,
         *arguments], cwd=copy, capture_output=True, text=True, timeout=LONGEST,
        env={**os.environ, "PYTHONPATH": str(copy), "CI": "true"})  # so that pytest shortens no report
    parts = re.split(r"^_+ ([^_ ].*?) _+$", done.stdout, flags=re.MULTILINE)
    reports = dict(zip(parts[1::2], parts[2::2], strict=True))
    names = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
    if done.returncode not in (0, 1) and not (first and names):
        raise RuntimeError(f"pytest {' '.join(arguments)} did not run:\n{done.stdout[-3000:]}"
                           f"{done.stderr[-2000:]}")
    return [Failure(name, reports.get(name.partition("::")[2]) or reports.get(name.rpartition("/")[2], ""))
            for name in names]


def copied(tree: Path, folder: str) -> Path:
    """The course in a folder of its own."""
    return shutil.copytree(tree, Path(folder) / "course", ignore=LEFT_BEHIND)


def end(copy: Path, faults: Sequence[Fault]) -> None:
    """Let each notebook in a copy end with the last of its cells that has a fault."""
    for path in {copy / notebook_of(fault, copy) for fault in faults if fault.cell}:
        content = json.loads(path.read_text("utf-8"))
        ids = [cell["id"] for cell in content["cells"]]
        last = max(ids.index(fault.cell) for fault in faults
                   if fault.cell and copy / notebook_of(fault, copy) == path)
        path.write_text(json.dumps(content | {"cells": content["cells"][:last + 1]}), encoding="utf-8")


def looked_at(faults: Sequence[Fault], step: Step, tree: Path) -> dict[Fault, str]:
    """Those of some faults that a step notices, each with the id of the test that fails."""
    noticed = {}
    for batch in batches(faults, step.by, tree):
        with tempfile.TemporaryDirectory() as folder:
            copy = copied(tree, folder)
            for fault in batch:
                plant_of(fault, copy)(copy)
            if step.ends:
                end(copy, list(batch))
            failed = failures(copy, filled(step.arguments, list(batch), tree), None in batch.values())
        for fault, known in batch.items():
            for failure in failed:
                if known is None or known.fits(failure):
                    noticed.setdefault(fault, failure.name)
        told = ", ".join(fault.name for fault in batch if fault not in noticed) or "nothing"
        print(f"{len(batch)} planted together, {len(failed)} tests failed; missed: {told}", file=sys.stderr,
              flush=True)
    return noticed


def sound(faults: Sequence[Fault], tree: Path) -> list[str]:
    """What fails without any fault, in all that is asked for these."""
    with tempfile.TemporaryDirectory() as folder:
        copy, found = copied(tree, folder), []
        for kind in dict.fromkeys(fault.kind for fault in faults):
            some = [fault for fault in faults if fault.kind == kind]
            for step in CHECKS[kind]:
                found += [one.name for one in failures(copy, filled(step.arguments, some, tree), False)]
    return list(dict.fromkeys(found))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sound", action="store_true")
    parser.add_argument("--tree", type=Path, default=ROOT)
    parser.add_argument("words", nargs="*")
    wanted = parser.parse_args()
    tree = wanted.tree.resolve()
    chosen = [fault for fault in FAULTS if not wanted.words or any(
        word.lower() in f"{fault.kind}: {fault.name}".lower() for word in wanted.words)]
    if wanted.sound:
        red = sound(chosen, tree)
        print("\n".join(red) or "Without a fault all is green.")
        return len(red)
    ways = {fault: CHECKS[fault.kind] for fault in chosen}
    caught: dict[Fault, str] = {}
    for place in range(max(map(len, ways.values()), default=0)):
        left = [fault for fault in chosen if fault not in caught and len(ways[fault]) > place]
        for step in dict.fromkeys(ways[fault][place] for fault in left):
            caught |= looked_at([fault for fault in left if ways[fault][place] == step], step, tree)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    missed = [fault for fault in chosen if fault not in caught]
    print("| kind | planted | caught | missed |\n|---|---|---|---|")
    for kind in dict.fromkeys(fault.kind for fault in chosen):
        of_kind = [fault for fault in chosen if fault.kind == kind]
        lost = sum(fault in missed for fault in of_kind)
        print(f"| {kind} | {len(of_kind)} | {len(of_kind) - lost} | {lost} |")
    print(f"\n{(used.ru_utime + used.ru_stime) / 60:.1f} minutes of processor time.")
    print("\nCaught, each with the first test that failed:\n")
    print("\n".join(f"- {fault.kind}: {fault.name}: {name}" for fault, name in caught.items()))
    print(f"\nMissed, {len(missed)} of {len(chosen)}:\n")
    print("\n".join(f"- {fault.kind}: {fault.name} ({fault.file} {fault.cell})" for fault in missed))
    return len(missed)


if __name__ == "__main__":
    sys.exit(main())
