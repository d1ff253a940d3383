"""A submission, put into the form in which it was given out: answers are found again by what they define."""

import re
from collections import ChainMap
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from nbformat.v4 import new_code_cell

from helpers.checks.names import CHECK
from helpers.classroom.assignment import WRITTEN_STUB
from helpers.classroom.plagiarism import CHOICE
from helpers.classroom.plan import squeezed
from helpers.classroom.tasks import defined, functions

GIVEN = ("imports", "given")            # the cells with which a copy begins
GOES_ON = re.compile(rf"(\w+ = )?{CHOICE}\(")


@dataclass
class Found:
    """An answer: its last cell, and in their order those before it: earlier tries, parts, the student's own.

    They stay apart, so that a try that can't be run does not take the others along.
    """

    answer: str = ""
    by_id: bool = False
    before: list[str] = field(default_factory=list)
    tries: int = 0

    def take(self, answer: str, by_id: bool, waiting: Iterable[str] = ()) -> None:
        """A later try is the answer; the earlier one stays before it."""
        if self.answer:
            self.before.append(self.answer)
            self.tries += 1
        self.before += waiting
        self.answer, self.by_id = answer, self.by_id or by_id


def mend(handed_in: Any, release: Any, known: dict) -> tuple[Any, list[str]]:
    """The copy that was given out with the answers of a submission, and what had to be done.

    Cells may have been retyped, split, joined, copied or deleted, and have lost what nbgrader knows them by.
    What is neither an answer nor the course's own is kept, before the answer that follows it. The `release`
    is changed and returned; `known` is what the plan says of the lesson.
    """
    found, given = _sorted(handed_in.cells, release, known)
    said = []
    there = {squeezed(cell.source) for cell in handed_in.cells}
    for task in known["tasks"]:
        here, cell = found[task["id"]], _of(release, task["id"])
        if here.answer:
            cell.source = here.answer
        elif squeezed(cell.source) not in there:
            title = task["title"].partition(" · ")[0]
            said.append(f"{title}: its cell was deleted, and was put back without an answer")
        place = release.cells.index(cell)
        release.cells[place:place] = [new_code_cell(source) for source in here.before]
    place = 1 + max(k for k, cell in enumerate(release.cells) if _name(cell) in GIVEN)
    release.cells[place:place] = [new_code_cell(source, metadata={"course": "given"}) for source in given]
    answered = [here for here in found.values() if here.answer]
    if not answered:
        outputs = str([cell.get("outputs") for cell in handed_in.cells])      # which count for nothing
        claimed = any(sign in outputs for sign in ("✓", "Correct"))
        said.append("untouched: no answer is written in it"
                    + ", though its saved outputs say Correct" * claimed)
    by_name, several = sum(not here.by_id for here in answered), sum(here.tries > 0 for here in answered)
    own = len(given) + sum(len(here.before) - here.tries for here in found.values())
    said += _counted(by_name, "answer", "found by name: the cell had lost its nbgrader id")
    said += _counted(several, "answer", "in several cells, kept in their order")
    said += _counted(_in_their_place(release.cells), "line", "with %matplotlib for a window, made inline")
    said += _counted(own, "cell", "added, kept before the answer that follows")
    said += _checks(handed_in.cells, release, known)
    said += _written(handed_in.cells, release, known)
    return release, said


def _in_their_place(cells: list) -> int:
    """Have pictures drawn where no window can open; returns for how many lines."""
    count = 0
    for cell in cells:
        if cell.cell_type == "code":
            cell.source, here = re.subn(r"^%matplotlib(?! +inline\b).*$", "%matplotlib inline", cell.source,
                                        flags=re.MULTILINE)
            count += here
    return count


def _counted(count: int, what: str, how: str) -> list[str]:
    return [f"{count} {what}{'s' * (count > 1)} {how}"] if count else []


def _name(cell: Any) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _of(notebook: Any, name: str) -> Any:
    return next(cell for cell in notebook.cells if _name(cell) == name)


def _sorted(cells: list, release: Any, known: dict) -> tuple[dict[str, Found], list[str]]:
    """Which cells belong to which task, and those of the beginning that are not as they were given out."""
    starters = {task["id"]: _of(release, task["id"]).source for task in known["tasks"]}
    given = {squeezed(cell.source) for cell in release.cells} | set(known["own"])
    found, waiting, before = {name: Found() for name in starters}, [], []
    for cell in cells:
        source, name = cell.source, _name(cell)
        if cell.cell_type != "code" or not source.strip():
            continue
        if squeezed(source) in given or _only_checks(source):
            continue                    # the course's own, an untouched answer among them
        tasks = [task["id"] for task in known["tasks"] if _answers(source, task, starters[task["id"]])]
        if (name or "").endswith("-after"):
            tasks = []                  # it lets the lesson go on
        elif (name or "").endswith("-check") and not tasks:
            continue                    # a check, written over
        elif name in found:             # its names may be gone, or a copy of another answer stands with it
            tasks = [task for task in tasks if task == name or not found[task].answer] or [name]
        if not tasks:
            (before if name in GIVEN else waiting).append(source)
            continue
        found[tasks[0]].take(source, name == tasks[0], waiting)
        waiting = []
        for other in tasks[1:]:
            found[other].take(f"# The answer stands in the cell of {tasks[0]}.", True)
    if waiting:
        found[known["tasks"][-1]["id"]].before += waiting
    return found, before


def _answers(source: str, task: dict, starter: str) -> bool:
    """Whether code defines what a task asks for: for a function a function, not any thing of that name."""
    wanted = set(task["names"])
    as_function, as_thing = wanted & functions(starter), wanted - functions(starter)
    return bool(as_function & functions(source) or as_thing & defined(source))


def _only_checks(source: str) -> bool:
    """Whether a cell does nothing but ask checks, or let the lesson go on."""
    lines = [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return bool(lines) and all(CHECK.match(line) or GOES_ON.match(line) for line in lines)


def _checks(cells: list, release: Any, known: dict) -> list[str]:
    """What has become of the checks, which stand in the mended copy as they were given out."""
    asked = {squeezed(cell.source) for cell in cells if cell.cell_type == "code"}
    everything = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    changed = gone = 0
    for task in known["tasks"]:
        check = _of(release, f"{task['id']}-check")
        if squeezed(check.source) in asked:
            continue
        overwritten = any(_name(cell) == _name(check) for cell in cells)
        changed += overwritten
        gone += not overwritten and f"{task['check']}(" not in everything
    return [*_counted(changed, "check", "written over, put back as given out"),
            *_counted(gone, "check", "deleted, put back")]


def _written(cells: list, release: Any, known: dict) -> list[str]:
    """Put the answers in words in; found by their cell, or as what stands below their question."""
    said = []
    for question in known["written"]:
        asked = squeezed(_of(release, f"{question['id']}-text").source)
        place = next((k for k, cell in enumerate(cells) if squeezed(cell.source) == asked), len(cells))
        below = takewhile(lambda cell: cell.cell_type != "code" and not cell.source.startswith("## "),
                          cells[place + 1:])
        own = [cell for cell in cells if _name(cell) == question["id"]] or below
        own = [cell for cell in own if cell.source.strip() not in ("", WRITTEN_STUB)]
        if own:
            answer = _of(release, question["id"])
            answer.source = "\n\n".join(cell.source for cell in own)
            attached = (cell.get("attachments") for cell in own)
            if pictures := ChainMap(*(one for one in attached if isinstance(one, dict))):
                answer.attachments = dict(pictures)
        else:
            said.append(f"no answer in words to question {question['id'].rpartition('-')[2]}")
    return said
