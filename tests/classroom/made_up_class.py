"""A class that is made up: hand-ins as they really come, each wrong in its own way."""

import json
import signal
import tomllib
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_raw_cell
from PIL import Image

CELLS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ROSTER = "\ufeff" + CELLS["roster"]        # as a spreadsheet begins it
OWN = "Because a mean is taken over all steps, and the sum would grow with the length."


def picture() -> str:
    """A picture as a notebook keeps it."""
    held = BytesIO()
    Image.new("RGB", (2, 2)).save(held, "PNG")
    return b64encode(held.getvalue()).decode()


def hand_ins(course: Path, lesson: str, of: tuple[str, ...] = ()) -> dict[str, bytes]:
    """By the path that a learning platform would give it, each hand-in of a lesson, or only of some."""
    given, solved = (nbformat.reads((course / kind / f"lesson{lesson}" / f"lesson{lesson}.ipynb").read_text(
        encoding="utf-8"), as_version=4) for kind in ("release", "source"))
    solutions = {name(cell): cell.source for cell in solved.cells if is_answer(cell)}
    tasks = [one for one in solutions if not one.startswith("written")]
    made = {}

    def hand_in(path: str, change: Callable) -> None:
        if of and not path.startswith(of):
            return
        notebook = deepcopy(given)
        change(notebook)
        made[path] = nbformat.writes(notebook).encode()

    def answer(notebook, some=tasks) -> None:
        for cell in notebook.cells:
            if name(cell) in some:
                cell.source = solutions[name(cell)]
            elif name(cell).startswith("written") and is_answer(cell):
                cell.source = OWN

    def half(notebook) -> None:
        """Half of the answers; pipes, named as what the marker writes; and programs, shown and written."""
        answer(notebook, tasks[: len(tasks) // 2])
        notebook.cells.append(new_code_cell(CELLS["pipes"]))
        cell_of(notebook, "written-1").source = "<script>alert(4)</script><img src=x onerror=alert(5)> a < b"

    def retyped(notebook) -> None:
        """Nothing that nbgrader knows is left; one answer is split, one stands twice, one lost its check."""
        answer(notebook)
        cells = []
        for cell in notebook.cells:
            if name(cell) == f"{tasks[0]}-check":
                continue
            if name(cell) == tasks[1]:
                cells.append(new_code_cell("first_try = 1"))
                cells.append(new_code_cell(next(one for one in given.cells if name(one) == tasks[1]).source))
            fresh = deepcopy(cell)
            fresh.metadata.pop("nbgrader", None)
            cells.append(fresh)
        notebook.cells = cells

    def endless(notebook) -> None:
        answer(notebook)
        cell_of(notebook, tasks[0]).source = ("while True:\n    try:\n        while True: pass\n"
                                              "    except BaseException: pass")

    def leaves(notebook) -> None:
        """Processes that outlive her, more output than is kept, and a look for what a check expects."""
        answer(notebook)
        notebook.cells.append(new_code_cell(CELLS["leaves"]))
        cell_of(notebook, "exercise-5-4").source = CELLS["looks"]

    hand_in("Ada Right_101_assignsubmission_file_/lesson.ipynb", answer)
    hand_in("Bo Half_102_assignsubmission_file_/Untitled3.ipynb", half)
    hand_in("mail/flo@example.org/my homework.ipynb", borrowed_of(tasks, solutions))
    hand_in("Gus Retyped_107_assignsubmission_file_/Gus.ipynb", retyped)
    hand_in("Jo Endless_110_assignsubmission_file_/lesson.ipynb", endless)
    hand_in("Pia Leaves_116_assignsubmission_file_/lesson.ipynb", leaves)
    for person, (code, words, attached) in harmful(course.parent / "home").items():
        hand_in(f"{person}/lesson05.ipynb", partial(harm, code=code, words=words, attached=attached,
                                                    right=solutions.get("exercise-5-2")))
    if not of:
        made["Mo Missing_113_assignsubmission_file_/lesson.pdf"] = b"%PDF-1.7 not a notebook"
        made["Mo Missing_113_assignsubmission_file_/lesson.ipynb"] = b"<html>Sign in</html>"
    return {path.replace("/", f"/{lesson} ", 1): data for path, data in made.items()}


def harmful(home: Path) -> dict[str, tuple[str, str, dict]]:
    """Code, words and attached pictures of two who mean harm, and of one who looks what they have left."""
    acts = CELLS["attributes"].replace("PNG", repr(picture())) + CELLS["by_hand"]
    return {"a-terminal": (CELLS["terminal"] + CELLS["persists"], "In words.", {}),
            "g-acts": (acts, CELLS["words"], {"evil.svg": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+"}}),
            "z-honest": (CELLS["shows"].replace("HOME", repr(str(home))), CELLS["picture"],
                         {"my sketch (2).png": {"image/png": picture()}})}


def harm(notebook, code: str, words: str, attached: dict, right: str) -> None:
    """One answer is right, and another does harm."""
    cell_of(notebook, "exercise-5-1").source = code
    cell_of(notebook, "exercise-5-2").source = right
    written = cell_of(notebook, "written-1")
    written.source = words
    if attached:
        written.attachments = attached
    notebook.cells += [new_raw_cell("<script>alert(9)</script>", metadata={"raw_mimetype": "text/html"}),
                       new_code_cell("!true\n" * 300)]


def borrowed_of(tasks: list[str], solutions: dict[str, str]) -> Callable:
    """All right, but for two answers of lesson 05, which hand the work on to the course's own."""
    def change(notebook) -> None:
        for cell in notebook.cells:
            if name(cell) in tasks:
                cell.source = {**solutions, **CELLS["borrowed"]}[name(cell)]
    return change


def name(cell) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_answer(cell) -> bool:
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def cell_of(notebook, wanted: str):
    return next(cell for cell in notebook.cells if name(cell) == wanted)


def as_zip(path: Path, made: dict[str, bytes]) -> Path:
    """The files of hand-ins in an archive, as a platform gives them."""
    with zipfile.ZipFile(path, "w") as archive:
        for inside, data in made.items():
            archive.writestr(inside, data)
    return path


@contextmanager
def in_time(seconds: int = 30) -> Iterator[None]:
    """What waits for a pipe fails its test here, and does not stop all tests."""
    def late(*_) -> None:
        pytest.fail("it waits, perhaps for a pipe")

    if not hasattr(signal, "SIGALRM"):          # nor are there pipes
        yield
        return
    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def results(course: Path, person: str, lesson: str) -> dict[str, dict]:
    """What was marked, by task."""
    path = course / "autograded" / person / f"lesson{lesson}" / "results.json"
    return {row["id"]: row for row in json.loads(path.read_text(encoding="utf-8"))}
