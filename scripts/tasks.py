"""The tasks of the lessons: points, minutes, and the cells that a class is shown.

    python scripts/tasks.py        # per lesson: its tasks, and its sections with their cells

An exercise or a stage has a grade and minutes in its heading; the grade gives the points. A question to be
answered in one's own words has no grade and counts as one of the lowest. What is said here of an exercise
goes into the guide's tables by ``scripts/questions.py --guide``.
"""

import ast
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.data.lessons import HEADING, POINTS

ROOT = Path(__file__).resolve().parents[1]
SECTION = re.compile(r"^## (?:(\d+) · )?.*?(?:(\d+) min\b.*)?$", re.MULTILINE)
SECONDS_A_CELL, CELLS_AN_HOUR = 80, 35          # in front of a class: at least, at most


def points(heading: str) -> int:
    """Points of an exercise or stage, by the stars of its heading; of one without stars, those of one star.

    >>> points("### Exercise 3.4 ★★ A batch (15 minutes)"), points("In your own words")
    (4, 2)
    """
    return POINTS[max(1, heading.count("★"))]


@dataclass(frozen=True)
class Task:
    """An exercise or a stage of a lesson: kind, number ("3.4", or "2" of a stage), points, minutes, section.

    The section is 0 for what stands among the exercises at the end.
    """

    kind: str
    number: str
    points: int
    minutes: int
    section: int


@dataclass
class Section:
    """What a class sees of a section.

    Attributes:
        whole: its minutes, as in its heading.
        minutes: without those of its stages.
        shown: its cells that are shown.
    """

    whole: int
    minutes: int
    shown: int = 0


def notebook(lesson: str) -> Path:
    """The notebook of a lesson, given by its two digits."""
    path, = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
    return path


def _cells(lesson: str) -> list[dict]:
    return json.loads(notebook(lesson).read_text(encoding="utf-8"))["cells"]


@cache
def tasks(lesson: str) -> tuple[Task, ...]:
    """The exercises and stages of a lesson, in their order."""
    found, section = [], 0
    for cell in _cells(lesson):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if heading := SECTION.search(source):
                section = int(heading[1] or 0)
            if match := HEADING.match(source):
                found.append(Task(match["kind"], match["number"], points(match[0]), int(match["minutes"]),
                                  section))
    return tuple(found)


def task(lesson: str, kind: str, number: str) -> Task:
    """One exercise or stage. Raises ValueError for one that the lesson does not have."""
    for one in tasks(lesson):
        if (one.kind, one.number) == (kind, number):
            return one
    raise ValueError(f"lesson {lesson} has no {kind.lower()} {number}")


@cache
def sections(lesson: str) -> dict[int, Section]:
    """The numbered sections of a lesson.

    A cell that is shown is a code cell which is run in front of the class: questions, dashboards and plain
    code alike. Not counted are cells that only import, and those of a stage (its starter and its check),
    which the class writes in the stage's own minutes. Text is not counted either: it is told, not read out.
    """
    found: dict[int, Section] = {}
    section, stage = 0, False
    for cell in _cells(lesson):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if heading := SECTION.search(source):
                section = int(heading[1] or 0)
                if section:
                    found[section] = Section(int(heading[2]), int(heading[2]))
            match = HEADING.match(source)
            stage = match is not None and match["kind"] == "Stage"
            if stage and section:
                found[section].minutes -= int(match["minutes"])
        elif section:
            found[section].shown += not (stage or _only_imports(source))
    return found


def _only_imports(source: str) -> bool:
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(source).body)


def named(words: str) -> list[tuple[str, str, str]]:
    """The tasks named in a cell of a table: lesson, kind and number.

    >>> named("1.1, stages 2 to 4 of 02")
    [('01', 'Exercise', '1.1'), ('02', 'Stage', '2'), ('02', 'Stage', '3'), ('02', 'Stage', '4')]
    """
    found = [(f"{int(number.split('.')[0]):02}", "Exercise", number)
             for number in re.findall(r"\b\d+\.\d+\b", words)]
    for which, lesson in re.findall(r"\bstages? ([\d, and to]+?) of (\d\d)\b", words):
        for part in re.split(r", | and ", which):
            first, _, last = part.partition(" to ")
            found += [(lesson, "Stage", str(number)) for number in range(int(first), int(last or first) + 1)]
    return found


def main() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        lesson = path.name[:2]
        print(f"\n{path.stem}: {sum(one.points for one in tasks(lesson))} points")
        for one in tasks(lesson):
            print(f"  {one.kind} {one.number}: {one.points} points, {one.minutes} minutes")
        for number, section in sections(lesson).items():
            each = f", {60 * section.minutes / section.shown:.0f} s each" if section.shown else ""
            print(f"  section {number}: {section.minutes} minutes without stages, "
                  f"{section.shown} cells shown{each}")


if __name__ == "__main__":
    main()
