"""The facts of the lessons, from their ``lesson.toml``: the only place where they are written.

``scripts/pages.py`` writes them wherever they are shown. In a text, ``{§cliff}`` stands for the number of the
section, exercise or stage with that id, and ``{§05.cliff}`` for one of lesson 05. A section may have

- ``sitting``: the name of the sitting that begins with it;
- ``leave_out``: whether a teacher may leave it out; what begins with "optional" is outside the core;
- ``show``: what to move in front of a class, and what is seen; ``note``: words behind its minutes.

An exercise has the wrong answer to ``expect``, a stage the ``lines`` to type, a ``mistake`` and what the
check ``says``. Objectives are ``taught`` in sections, by ids; ``tests`` are exercises, stages and pages to
fill in.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from cells import Kind, kind_of

from helpers.data import FACTS, POINTS, lesson_folder, lesson_names, questions

ROOT = Path(__file__).resolve().parents[1]
LESSONS = [name[:2] for name in lesson_names()]
OPENING = 3             # minutes of the three questions before a lesson that needs another one
OWN_WORDS = 2           # minutes of a question to be answered in one's own words
LINK = re.compile(r"\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)")
TOKEN = re.compile(r"\{§(?:(\d\d)\.)?([\w-]+)\}")


@dataclass(frozen=True)
class Section:
    number: int
    id: str
    name: str
    minutes: int
    sitting: str = ""
    note: str = ""
    leave_out: str = "no"
    show: str = ""

    @property
    def optional(self) -> bool:
        """Whether it is outside the core."""
        return self.leave_out.startswith("optional")

    @property
    def heading(self) -> str:
        """Its heading in the notebook.

        >>> Section(4, "fan", "Fans", 2, leave_out="optional").heading, Section(1, "o", "Order", 5).heading
        ('4 · Fans *(optional, 2 min)*', '1 · Order (5 min)')
        """
        words = ", ".join(["optional"] * self.optional + [f"{self.minutes} min", self.note]).rstrip(", ")
        return f"{self.number} · {self.name} " + (f"*({words})*" if self.optional else f"({words})")


@dataclass(frozen=True)
class Task:
    """An exercise (number "3.4") or a stage ("2")."""

    kind: str
    number: str
    id: str
    name: str
    stars: int
    minutes: int
    expect: str = ""
    lines: str = ""
    mistake: str = ""
    says: str = ""
    in_class: str = ""

    @property
    def points(self) -> int:
        """What it counts in a class."""
        return POINTS[self.stars]

    @property
    def project(self) -> bool:
        """Whether it is a project, which is not counted among the exercises' minutes."""
        return self.name.startswith("Project:")

    @property
    def heading(self) -> str:
        """Its heading in the notebook and in that of the solutions."""
        minutes = f"{self.minutes} minute{'s' * (self.minutes > 1)}"
        return f"{self.kind} {self.number} {'★' * self.stars} {self.name} ({minutes})"


@dataclass(frozen=True)
class Objective:
    """What a reader will be able to do, the sections that teach it, and what tests it and asks for it."""

    words: str
    taught: Sequence[str]
    tests: Sequence[str]
    asked: Sequence[str] = ()
    own_words: Sequence[str] = ()


@dataclass(frozen=True)
class Lesson:
    """A lesson, by its two digits; `answers` is what the guide says after its tables.

    `seconds` are those of *Run All*, kernel start included, measured on two busy cores.
    """

    number: str
    title: str
    notebook: str
    needs: Sequence[str]
    leave_with: str
    seconds: int
    objectives: Sequence[Objective]
    sections: Sequence[Section]
    wrong_ideas: Sequence[Mapping[str, str]]
    exercises: Sequence[Task]
    stages: Sequence[Task] = ()
    in_class: str = ""
    answers: str = ""
    on_paper: int = 0
    on_the_map: Mapping[str, str] | None = None

    @property
    def path(self) -> Path:
        return ROOT / "notebooks" / f"{self.notebook}.ipynb"

    @property
    def solutions(self) -> Path:
        return ROOT / "notebooks" / "solutions" / f"{self.notebook}.ipynb"

    @property
    def full_title(self) -> str:
        return f"{self.number} · {self.title}"

    @property
    def core(self) -> list[Section]:
        return [one for one in self.sections if not one.optional]

    @property
    def sittings(self) -> list[tuple[str, list[Section], int]]:
        """The sittings of the core: name ("" if there is one only), sections, minutes with the opening."""
        found: list[tuple[str, list[Section]]] = []
        for one in self.sections:
            if one.sitting or not found:
                found.append((one.sitting, []))
            if not one.optional:
                found[-1][1].append(one)
        return [(name, parts, sum(one.minutes for one in parts) + OPENING * (place == 0 and bool(self.needs)))
                for place, (name, parts) in enumerate(found)]

    @property
    def exercise_minutes(self) -> int:
        """The exercises, what is done on paper and the answers in one's own words, to five minutes."""
        tasks = sum(one.minutes for one in self.exercises if not one.project)
        return 5 * round((tasks + self.on_paper + self.own_words) / 5)

    @property
    def own_words(self) -> int:
        """The minutes of the questions among the exercises that are answered in one's own words."""
        return OWN_WORDS * sum(not one.section for one in questions(self.number).see.values())


@cache
def _raw(lesson: str) -> dict[str, Any]:
    return tomllib.loads((lesson_folder(lesson) / FACTS).read_text(encoding="utf-8"))


@cache
def numbers(lesson: str) -> dict[str, str]:
    """The number of each section, exercise and stage of a lesson, by its id.

    Raises ValueError for an id that is there twice.
    """
    raw = _raw(lesson)
    found = [(row["id"], str(place)) for kind in ("sections", "stages")
             for place, row in enumerate(raw.get(kind, ()), 1)]
    found += [(row["id"], f"{int(lesson)}.{place}") for place, row in enumerate(raw["exercises"], 1)]
    if len(dict(found)) < len(found):
        raise ValueError(f"lesson {lesson}: {FACTS} has an id twice")
    return dict(found)


def number(name: str, lesson: str = "") -> str:
    """The number of a section, exercise or stage, by its id, such as "cliff" in a lesson, or "05.cliff".

    Raises ValueError for one that is not there.
    """
    before, _, own = name.rpartition(".")
    found = numbers(before or lesson)
    if own not in found:
        raise ValueError(f"lesson {before or lesson} has no {own!r}: take one of {', '.join(found)}")
    return found[own]


def _filled(thing: Any, lesson: str) -> Any:
    """The same with numbers instead of ids."""
    if isinstance(thing, str):
        return TOKEN.sub(lambda found: number(found[2], found[1] or lesson), thing)
    if isinstance(thing, list):
        return [_filled(one, lesson) for one in thing]
    return {key: _filled(one, lesson) for key, one in thing.items()} if isinstance(thing, dict) else thing


@cache
def lesson(of: str) -> Lesson:
    """The facts of a lesson, by its two digits. Raises ValueError for what is wrong in them, by name."""
    raw = _filled(_raw(of), of)
    try:
        return Lesson(of, **raw | {
            "objectives": [Objective(**row) for row in raw["objectives"]],
            "sections": [Section(place, **row) for place, row in enumerate(raw["sections"], 1)],
            "exercises": [Task("Exercise", numbers(of)[row["id"]], **row) for row in raw["exercises"]],
            "stages": [Task("Stage", numbers(of)[row["id"]], **row) for row in raw.get("stages", ())]})
    except (TypeError, KeyError) as wrong:
        raise ValueError(f"lesson {of}: {FACTS}: {wrong}") from None


def lessons() -> list[Lesson]:
    return [lesson(one) for one in LESSONS]


def ranges(numbers: Sequence[int], to: str = "–", last: str = ", ", comma: str = ", ") -> str:
    """Ascending numbers in short.

    >>> ranges([1, 2, 3, 5]), ranges([1, 2, 4, 5, 6], to=" to ", last=" and ")
    ('1–3, 5', '1, 2 and 4 to 6')
    """
    runs: list[list[int]] = []
    for one in numbers:
        if runs and runs[-1][-1] == one - 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    short = 2 if to == "–" else 3
    parts = [part for run in runs for part in (
        [f"{run[0]}{to}{run[-1]}"] if len(run) >= short else map(str, run))]
    return last.join([*([comma.join(parts[:-1])] if len(parts) > 1 else []), parts[-1]])


def without_links(text: str) -> str:
    """Markdown whose links are their words.

    >>> without_links("as in [section 4](03_x.ipynb#4-·-A-cut-(6-min)), too")
    'as in section 4, too'
    """
    return LINK.sub(r"\1", text)


def sections_in_words(numbers: Sequence[int]) -> str:
    """Some sections in words.

    >>> sections_in_words([1, 2, 3, 5]), sections_in_words([4])
    ('sections 1 to 3 and 5', 'section 4')
    """
    return f"section{'s' * (len(numbers) > 1)} {ranges(numbers, ' to ', ' and ')}"


def between(minutes: Sequence[int]) -> str:
    """The least and the most of some minutes, such as "90 to 120"."""
    return " to ".join(map(str, sorted({min(minutes), max(minutes)})))


def task(name: str) -> tuple[str, Task]:
    """The lesson and the exercise or stage of a name such as "stage 02.adagrad" or "exercise 04.lag"."""
    of = name.partition(" ")[2].partition(".")[0]
    found = {f"{one.kind.lower()} {of}.{one.id}": one for one in (*lesson(of).exercises, *lesson(of).stages)}
    return of, found[name]


# What a class is shown of a lesson: from its notebook.

@dataclass(frozen=True)
class Cell:
    """A code cell of a lesson, with the section that it is in, or 0.

    Within the section, `stage` is the number of the stage that it belongs to, and `part` the heading of the
    part that it stands in; both may be "".
    """

    lesson: str
    section: int
    source: str
    outputs: Sequence[Mapping[str, Any]] = ()
    stage: str = ""
    part: str = ""

    @property
    def shown(self) -> bool:
        """Whether a class is shown it: a code cell which is run in front of the class.

        Questions, dashboards and plain code alike. Not counted are cells that only import, and those of a
        stage (its starter and its check), which the class writes in the stage's own minutes. Text is not
        counted either: it is told, not read out.
        """
        return bool(self.section) and not self.stage and self.kind is not Kind.IMPORTS

    @property
    def saved(self) -> Mapping[str, Any]:
        return {"source": self.source, "outputs": self.outputs}

    @cached_property
    def kind(self) -> Kind:
        return kind_of(self.saved)


@cache
def code_cells(of: str) -> list[Cell]:
    """The code cells of a lesson, in order. The section is 0 outside the numbered ones."""
    found = []
    section, stage, part = 0, "", ""
    for cell in json.loads(lesson(of).path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            found.append(Cell(of, section, source, cell.get("outputs", ()), stage, part))
            continue
        if heading := re.search(r"^## (?:(\d+) · )?", source, re.MULTILINE):
            section, part = int(heading[1] or 0), ""
        if heading := re.search(r"^### (.+)", source, re.MULTILINE):
            part = heading[1]
        begun = re.match(r"### Stage (\d+)", source)
        stage = begun[1] if begun and section else ""
    return found


@dataclass
class Shown:
    """What a class sees of a section: its minutes without those of its stages, and the cells shown."""

    minutes: int
    cells: int = 0
    stages: Sequence[str] = ()


@cache
def shown_sections(of: str) -> dict[int, Shown]:
    """The sections of a lesson by number, as they are shown."""
    minutes = {one.number: one.minutes for one in lesson(of).stages}
    found = {one.number: Shown(one.minutes) for one in lesson(of).sections}
    for cell in code_cells(of):
        if cell.section:
            one = found[cell.section]
            one.cells += cell.shown
            if cell.stage and cell.stage not in one.stages:
                one.minutes -= minutes[cell.stage]
                one.stages = [*one.stages, cell.stage]
    return found
