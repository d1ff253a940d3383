"""Play the dashboards of lessons: every picture and sentence that a reader of the site can come to.

    python scripts/site/play.py            # all lessons
    python scripts/site/play.py 02 05      # these

The cells of a lesson run here, then each control of each dashboard is moved (stage.py), and what is on the
page is kept in build/played (states.py): a page of the site or a deck shows it without Python, by
docs/player. A lesson is played again only when a file has changed that it read.
"""

import argparse
import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from site_tools import BUILD, ROOT, Problem

PLAYED = BUILD / "played"
PLAYER = ROOT / "docs" / "player"
VIEW = "application/vnd.jupyter.widget-view+json"
LECTURE = "-lecture"        # behind the number of a lesson in the name of its folder
# Where what the states of a lesson depend on may lie.
READ = ("helpers/", "data/", "notebooks/",
        *(f"scripts/site/{name}.py" for name in ("stage", "states", "dials")))


@dataclass
class Dashboard:
    """A dashboard on a page; its cell by its number among those with code."""

    name: str                   # for links
    cell: int
    html: str
    files: dict[str, str] = field(repr=False)       # the scripts that it loads when it is touched, by name


@dataclass
class Lesson:
    """What a page shows of a lesson that was played; cells by their numbers among those with code."""

    dashboards: list[Dashboard]
    pictures: dict[int, str]            # that stand still, as HTML, drawn for a narrow page or for a lecture
    questions: dict[int, list[str]]     # their ids
    recalled: list[str]                 # whose options are hidden at first
    failed: str                         # which cell could not be run, after which nothing was played


def lectured(number: str, most: int | None = None) -> Lesson:
    """What was kept of a lesson, drawn for the last row of a lecture; played first if it is out of date.

    With `most`, a dashboard that has more settings is not played in full. Raises Problem.
    """
    name = f"{number}{LECTURE}{'' if most is None else most}"
    if not fresh(name):
        print(f"played {_apart(name)}", flush=True)
    return load_played(PLAYED / name)


def load_played(folder: Path) -> Lesson:
    """What was kept of a lesson in its folder. Raises OSError if it never was played."""
    found = json.loads((folder / "lesson.json").read_text(encoding="utf-8"))
    dashboards = [Dashboard(one["name"], one["cell"], one["html"], {
        name: (folder / name).read_text(encoding="utf-8") for name in one["files"]})
        for one in found["dashboards"]]
    return Lesson(dashboards, by_cell(found["pictures"]), by_cell(found["questions"]), found["recalled"],
                  found["failed"])


def by_cell(kept: dict[str, Any]) -> dict[int, Any]:
    return {int(cell): what for cell, what in kept.items()}


def script() -> str:
    return without_comments((PLAYER / "player.js").read_text(encoding="utf-8"))


def without_comments(source: str) -> str:
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def style() -> str:
    """The looks of a dashboard on a page: those that it has in a notebook, and what a page has besides."""
    from helpers.widgets.page import rules

    return rules() + (PLAYER / "player.css").read_text(encoding="utf-8")


# What is up to date.

def digest(path: Path) -> str:
    """What a file says, in 64 letters; of a notebook what its cells with code do."""
    read = path.read_bytes()
    if path.suffix == ".ipynb":
        cells = [[cell["source"], cell["metadata"].get("play")] for cell in json.loads(read)["cells"]
                 if cell["cell_type"] == "code"]
        read = json.dumps(cells).encode()
    return hashlib.sha256(read).hexdigest()


def fresh(name: str) -> bool:
    """Whether the lesson was played, and no file that it read has changed since.

    The name is its number; for a lecture LECTURE follows, and `most` if not all settings were played.
    """
    place = PLAYED / name / "lesson.json"
    if not place.exists():
        return False
    read = json.loads(place.read_text(encoding="utf-8"))["read"]
    return all((ROOT / name).exists() and digest(ROOT / name) == found for name, found in read.items())


def notebook(number: str) -> Path:
    """The notebook of a lesson. Raises Problem if there is none."""
    found = sorted((ROOT / "notebooks").glob(f"{number}_*.ipynb"))
    if len(found) != 1:
        raise Problem(f"no lesson has the number {number!r}: give two digits, for example 02")
    return found[0]


def lessons() -> list[str]:
    """The numbers of all lessons."""
    return [path.name[:2] for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))]


# To play.

def play(numbers: list[str]) -> None:
    """Play these lessons, as many at a time as there are cores, and say how far it is."""
    began = time.perf_counter()
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, 4)) as pool:
        waiting = {pool.submit(_apart, number): number for number in numbers}
        for done, job in enumerate(as_completed(waiting), 1):
            print(f"played {job.result()} ({done} of {len(numbers)}, {time.perf_counter() - began:.0f} s)",
                  flush=True)


def _apart(name: str) -> str:
    """Play a lesson in a process of its own; what it says. Raises Problem."""
    number = name.partition(LECTURE)[0]
    command = [sys.executable, __file__, "--here", notebook(number), PLAYED / name]
    ran = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    if ran.returncode:
        raise Problem(f"lesson {number} could not be played:\n{ran.stderr[-3000:]}")
    return ran.stdout.strip()


def here(path: Path, folder: Path) -> str:
    """Play the lesson of a notebook in this process, and keep it in a folder; what there is of it, in words.

    It is drawn for a lecture, and not all of its settings, if the folder's name says so. An audit hook
    sees which files it opens, so that it is played again when one of them changes.
    """
    gc.set_threshold(200_000, 20, 50)       # figures are many small objects: a sixth of the time went here
    opened: set[str] = set()
    sys.addaudithook(lambda event, details: opened.add(str(details[0])) if event == "open" else None)
    import stage
    import states

    path, folder, began = path.resolve(), folder.resolve(), time.perf_counter()
    new = folder.with_name(f"{folder.name}.{os.getpid()}")      # another process may play it, too
    new.mkdir(parents=True)
    _, lecture, most = folder.name.partition(LECTURE)
    lesson, dashboards, count = stage.Lesson(path, bool(lecture), int(most or stage.MOST)), [], 0
    for one in lesson.played():
        files = one.scripts
        for name, (text, _) in files.items():
            (new / name).write_text(text, encoding="utf-8", newline="\n")
        index = {"dials": [dial.for_page() for dial in one.dials], "full": one.full, "steps": one.steps,
                 "files": [[name, min(held), max(held)] for name, (_, held) in files.items()]}
        if one.narrow:
            index["narrow"] = len(one.shown)        # so far behind are the numbers for a narrow page
        dashboards.append({"name": one.name, "cell": one.cell, "files": list(files),
                           "html": states.page(one.name, index, one.note, one.after, one.start, one.strip)})
        count += len(one.shown)
    modules = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    read = {Path(name).resolve() for name in (opened | modules) - {None}} | {path}
    read = {each.relative_to(ROOT).as_posix(): digest(each) for each in sorted(read)
            if each.is_file() and each.relative_to(ROOT if each.is_relative_to(ROOT) else each.parent)
            .as_posix().startswith(READ)}
    (new / "lesson.json").write_text(json.dumps({
        "dashboards": dashboards, "pictures": lesson.pictures, "questions": lesson.questions,
        "recalled": lesson.recalled, "failed": lesson.failed, "read": read}), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)
    size = sum(each.stat().st_size for each in folder.glob("*.js"))
    missing = f"; {lesson.failed}" if lesson.failed else ""
    return (f"{lesson.number}: {len(dashboards)} dashboards, {count:,} states, {size / 1e6:.1f} MB, "
            f"{time.perf_counter() - began:.0f} s{missing}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", metavar="NN", help="lessons; all without")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        return print(here(*map(Path, given.numbers)))
    try:
        play(given.numbers or lessons())
    except Problem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
