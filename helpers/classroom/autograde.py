"""`mark`: nbgrader's autograde for all submissions that are not marked yet, several at a time."""

import os
import re
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_all_start_methods, get_context, parent_process
from pathlib import Path
from threading import Thread

import psutil

from helpers.classroom.collect import visible
from helpers.classroom.limits import end_all
from helpers.classroom.plan import RESULTS, clear, plainly, put, read_json, read_plan
from helpers.runs.sweep import processors
from helpers.widgets.progress import how_far

LOGS = "logs"               # of nbgrader, about what could not be marked
SIGNAL = "its process was ended by a signal, perhaps by the submission itself, or because memory ran out"


def mark(course: Path, lessons: Iterable[str] = (), at_once: int | None = None) -> list[str]:
    """Mark what was taken in and is not marked, or came again since; returns what could not be marked.

    An interrupted run is taken up by the next one. The same is done by ``python -m nbgrader autograde
    lesson02``, one submission after the other. By default all `lessons`, and `at_once` one per processor.
    """
    plan = read_plan(course)
    unknown = set(lessons) - set(plan["lessons"])
    if unknown:
        raise ValueError(f"{course} has no lesson {', '.join(sorted(unknown))}; it has "
                         f"{', '.join(plan['lessons'])}.")
    if at_once is not None and at_once < 1:
        raise ValueError(f"--at-once is {at_once}. Give 1 or more, or leave it out.")
    names = [f"lesson{lesson}" for lesson in (lessons or plan["lessons"])]
    waiting = [(name, path.parent.name) for name in names
               for path in sorted((course / "submitted").glob(f"*/{name}")) if not _marked(course, path)]
    # A submission that was being marked when the command ended comes last, because it may have ended it.
    waiting.sort(key=lambda one: (course / "autograded" / one[1] / one[0]).exists())
    for name, person in waiting:        # what an interrupted run has left would be taken for done
        with suppress(OSError):
            clear(course / "autograded" / person / name)
    if not waiting:
        taken = any(any((course / "submitted").glob(f"*/{name}")) for name in names)
        why = "all that was taken in is marked." if taken else (
            f"nothing was taken in. First run:  python -m helpers.classroom take FILES --into {course}")
        print(f"Nothing to mark in {', '.join(names)}: {why}" if lessons else f"Nothing to mark: {why}")
        return []
    failed = _mark_all(course, waiting, at_once or processors())
    print(f"{len(waiting) - len(failed)} marked" + f", {len(failed)} not: {'; '.join(failed)}" * bool(failed))
    return failed


def _mark_all(course: Path, waiting: list[tuple[str, str]], at_once: int) -> list[str]:
    """Mark these submissions, each a lesson's name and a person; returns what could not be marked."""
    began, failed, left = time.monotonic(), [], len(waiting)
    queue, running = iter(waiting), {}
    fork = "forkserver" in get_all_start_methods()
    context = get_context("forkserver" if fork else "spawn")
    if fork:
        context.set_forkserver_preload(["helpers.classroom.nbgrader_config"])       # which takes seconds

    def mark_next() -> None:
        """In a new process, so what a submission does to it reaches no other submission."""
        if submission := next(queue, None):
            worker = ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_the_command)
            running[worker.submit(_autograded, str(course.resolve()), *submission)] = submission
            worker.shutdown(wait=False)

    for _ in range(at_once):
        mark_next()
    while running:
        done, _ = wait(running, timeout=5, return_when=FIRST_COMPLETED)
        _end_stopped()
        for marking in done:
            submission = running.pop(marking)
            try:
                problem = marking.result()
            except BrokenProcessPool:
                problem = SIGNAL
            mark_next()
            left -= 1
            sentence, marked = _outcome(course, *submission, problem)
            if not marked:
                failed.append(f"{submission[1]}, {submission[0]}")
            print(f"{sentence}   ({how_far((len(waiting) - left, len(waiting)), time.monotonic() - began)})")
    return failed


def _end_with_the_command() -> None:
    """In a worker: if the command that it works for is killed, nobody waits for it or for what it started."""
    def end() -> None:
        parent_process().join()
        end_all(but=set())
        os._exit(1)

    Thread(target=end, daemon=True).start()


def _end_stopped() -> None:
    """A submission may stop the process that marks it, which would then never come to an end."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.status() == psutil.STATUS_STOPPED:
                process.kill()


def _marked(course: Path, submitted: Path) -> bool:
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

    with open(os.devnull, "w") as quiet:        # nbgrader's log comes back; nothing else is for the terminal
        for stream in (1, 2):
            os.dup2(quiet.fileno(), stream)
    done = nbgrader_of(Path(course)).autograde(name, person, force=True, create=True)
    return "" if done["success"] else done.get("log") or done["error"]


def _outcome(course: Path, name: str, person: str, problem: str) -> tuple[str, bool]:
    """A sentence on a submission, and whether it is marked; if not, what nbgrader says is kept in a file."""
    try:
        if problem:
            # The last error in a log says what stopped it; where there is none it was a signal.
            errors = re.findall(r"^ *[\w.]+(?:Error|Exception|Exit)\b:? *(.+)", problem, re.MULTILINE)
            raise ValueError(errors[-1] if errors else SIGNAL)
        rows = read_json(course / "autograded" / person / name / RESULTS, list)
        points, of = (sum(row[key] for row in rows) for key in ("points", "of"))
        notes = "; ".join(visible(str(row["said"])) for row in rows if row.get("id") == "")
        return f"{person}, {name}: {points:g} of {of:g}" + f" ({notes})" * bool(notes), True
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        log = course / LOGS / f"{person} {name}.txt"
        put(log, (problem or str(error)).encode("utf-8", "replace"))
        return f"{person}, {name}: could not be marked ({visible(plainly(error))[:300]}), see {log}", False
