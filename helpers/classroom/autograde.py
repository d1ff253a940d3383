"""`mark`: nbgrader's autograde for all submissions that are not marked yet, several at a time."""

import os
import re
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

from helpers.classroom.collect import visible
from helpers.classroom.plan import RESULTS, clear, plainly, put, read_json, read_plan
from helpers.runs.sweep import processors
from helpers.widgets.progress import how_far

LOGS = "logs"               # of nbgrader, about what could not be marked


def mark(course: Path, lessons: Iterable[str] = (), at_once: int | None = None) -> list[str]:
    """Mark what was taken in and is not marked, or came again since; returns what could not be marked.

    An interrupted run is taken up by the next one. The same is done by ``python -m nbgrader autograde
    lesson02``, one submission after the other.

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
        with suppress(OSError):
            clear(course / "autograded" / person / name)
    if not waiting:
        print("Nothing to mark: all that was taken in is marked.")
        return []
    began, failed = time.monotonic(), []
    workers = at_once or processors()
    left, alone = list(waiting), 0
    while left:
        batch = left[:1] if alone else list(left)
        alone = max(0, alone - 1)
        with ProcessPoolExecutor(min(workers, len(batch)), mp_context=get_context("spawn")) as pool:
            try:
                asked = {pool.submit(_autograded, str(course.resolve()), *one): one for one in batch}
                for done in as_completed(asked):
                    one, problem = asked[done], done.result()
                    left.remove(one)
                    said, marked = _outcome(course, one, problem)
                    if not marked:
                        failed.append(f"{one[1]}, {one[0]}")
                    print(f"{said}   "
                          f"({how_far((len(waiting) - len(left), len(waiting)), time.monotonic() - began)})")
            except BrokenProcessPool:
                if len(batch) > 1:      # it takes the others along; which it was shows one at a time
                    alone = workers
                    continue
                left.remove(batch[0])
                failed.append(f"{batch[0][1]}, {batch[0][0]}")
                print(f"{failed[-1]}: could not be marked, because its process has died. It may need more "
                      "memory than there is, or end what marks it. Mark it by hand.")
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    print(f"{len(waiting) - len(failed)} marked" + f", {len(failed)} not: {'; '.join(failed)}" * bool(failed))
    return failed


def _marked(course: Path, submitted: Path) -> bool:
    """Whether a submission is marked, as it is there now."""
    done = course / "autograded" / submitted.parent.name / submitted.name
    stamps = [folder / "timestamp.txt" for folder in (submitted, done)]
    notebook = done / f"{submitted.name}.ipynb"
    try:
        if not all(path.is_file() for path in (*stamps, done / RESULTS, notebook)):
            return False
        # nbgrader writes the notebook once more when all marks are kept.
        return (stamps[0].read_bytes() == stamps[1].read_bytes()
                and notebook.stat().st_mtime_ns >= (done / RESULTS).stat().st_mtime_ns)
    except OSError:         # a submission may have changed the rights of its folder
        return False


def _autograded(course: str, name: str, person: str) -> str:
    """Have nbgrader mark one submission; what it says if it can't."""
    from helpers.classroom.nbgrader_config import nbgrader_of

    sys.stderr.flush()
    with open(os.devnull, "w") as quiet:        # nbgrader's log comes back; kernels only say what they are
        os.dup2(quiet.fileno(), 2)
    done = nbgrader_of(Path(course)).autograde(name, person, force=True, create=True)
    return "" if done["success"] else done.get("log") or done["error"]


def _outcome(course: Path, one: tuple[str, str], problem: str) -> tuple[str, bool]:
    """A sentence on a submission, and whether it is marked; if not, what nbgrader says is kept in a file."""
    name, person = one
    try:
        if problem:
            # The last error in a log says what stopped it.
            errors = re.findall(r"^ *[\w.]+(?:Error|Exception|Exit)\b:? *(.+)", problem, re.MULTILINE)
            raise ValueError(errors[-1] if errors else "nbgrader stopped without a reason")
        rows = read_json(course / "autograded" / person / name / RESULTS, list)
        points, of = (sum(row[key] for row in rows) for key in ("points", "of"))
        notes = "; ".join(visible(str(row["said"])) for row in rows if row.get("id") == "")
        return f"{person}, {name}: {points:g} of {of:g}" + f" ({notes})" * bool(notes), True
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        log = course / LOGS / f"{person} {name}.txt"
        put(log, (problem or str(error)).encode("utf-8", "replace"))
        return f"{person}, {name}: could not be marked ({visible(plainly(error))[:300]}), see {log}", False
