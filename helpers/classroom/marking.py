"""`mark`: nbgrader's autograde for all hand-ins that are not marked yet, several at a time."""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from helpers.classroom.making import RESULTS, read_plan
from helpers.runs.sweep import processors
from helpers.widgets.progress import how_far


def mark(course: Path, lessons: Iterable[str] = (), at_once: int | None = None) -> list[str]:
    """Mark what was taken in and is not marked, or came again since; returns what could not be marked.

    An interrupted run is taken up by the next one. The same is done by ``python -m nbgrader autograde
    lesson02``, one hand-in after the other.

    Args:
        lessons: two digits each; all by default.
        at_once: how many; by default one for each processor.

    Raises:
        ValueError: the course is none, or a lesson is not in it.
    """
    plan = read_plan(course)
    unknown = set(lessons) - set(plan["lessons"])
    if unknown:
        raise ValueError(f"{course} has no lesson {', '.join(sorted(unknown))}; it has "
                         f"{', '.join(plan['lessons'])}.")
    names = [f"lesson{lesson}" for lesson in (lessons or plan["lessons"])]
    waiting = [(name, path.parent.name) for name in names
               for path in sorted((course / "submitted").glob(f"*/{name}")) if not _marked(course, path)]
    for name, person in waiting:        # what an interrupted run has left would be taken for done
        shutil.rmtree(course / "autograded" / person / name, ignore_errors=True)
    if not waiting:
        print("Nothing to mark: all that was taken in is marked.")
        return []
    began, failed = time.monotonic(), []
    workers = at_once or processors()
    left = list(waiting)
    while left:         # a process that dies takes those along that wait for it
        with ProcessPoolExecutor(min(workers, len(left)), mp_context=get_context("spawn")) as pool:
            asked = {pool.submit(_autograded, str(course.resolve()), *one): one for one in left}
            try:
                for done in as_completed(asked):
                    one = asked[done]
                    problem = done.result()
                    left.remove(one)
                    if problem:
                        failed.append(f"{one[1]}, {one[0]}")
                    print(f"{_short(course, one, problem)}   "
                          f"({how_far((len(waiting) - len(left), len(waiting)), time.monotonic() - began)})")
            except BrokenProcessPool:
                one = left.pop(0)
                failed.append(f"{one[1]}, {one[0]}")
                print(f"{one[1]}, {one[0]}: could not be marked, its process has died")
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return failed


def _marked(course: Path, submitted: Path) -> bool:
    """Whether a hand-in is marked, as it is there now."""
    done = course / "autograded" / submitted.parent.name / submitted.name
    stamps = [folder / "timestamp.txt" for folder in (submitted, done)]
    same = all(stamp.is_file() for stamp in stamps) and len({stamp.read_text() for stamp in stamps}) == 1
    notebook = done / f"{submitted.name}.ipynb"
    if not same or not (done / RESULTS).is_file() or not notebook.is_file():
        return False
    # nbgrader writes the notebook once more when all marks are kept.
    return notebook.stat().st_mtime_ns >= (done / RESULTS).stat().st_mtime_ns


def _autograded(course: str, name: str, person: str) -> str:
    """Have nbgrader mark one hand-in; what it says if it can't."""
    from helpers.classroom.grading import nbgrader_of

    sys.stderr.flush()
    with open(os.devnull, "w") as quiet:        # nbgrader's log comes back; kernels only say what they are
        os.dup2(quiet.fileno(), 2)
    done = nbgrader_of(Path(course)).autograde(name, person, force=True, create=True)
    return "" if done["success"] else f"{done.get('log', '')}{done.get('error', '')}"


def _short(course: Path, one: tuple[str, str], problem: str) -> str:
    name, person = one
    if problem:
        return f"{person}, {name}: could not be marked\n{problem}"
    rows = json.loads((course / "autograded" / person / name / RESULTS).read_text(encoding="utf-8"))
    return f"{person}, {name}: {sum(row['points'] for row in rows):g} of {sum(row['of'] for row in rows):g}"
