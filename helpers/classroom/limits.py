"""Limits of a submission: of its processes, and of a cell whose code is read.

``python -m helpers.classroom.limits GIGABYTES MODULE ARGUMENT ...`` starts a process with limits. Where the
system has no such limits (Windows) there are none, but for the time that others watch.
"""

import ctypes
import os
import re
import sys
from contextlib import suppress
from itertools import groupby
from unicodedata import combining

import psutil

PROCESSES = 64                  # more than are there already
FILE = 50_000_000               # bytes, of each file
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)     # of code that can't be parsed
LONGEST = 200_000       # letters of a cell that is parsed
OUTSIDE = re.compile(r"^[ \t]*[!%]|\?[ \t]*$", re.MULTILINE)  # a line that is IPython's and not Python's
ACCENTS = 30            # in a row, the most in Stream-Safe Text (UAX 15): to read more takes their square
MOST_OUTSIDE = 200      # of a cell: IPython takes the square of their number to read them


def limit(gigabytes: float) -> None:
    """Limit the memory of this process, the size of the files that it writes, and how many it starts."""
    try:
        import resource
    except ImportError:
        return
    wanted = {resource.RLIMIT_AS: int(gigabytes * 2**30), resource.RLIMIT_FSIZE: FILE,
              resource.RLIMIT_CORE: 0, resource.RLIMIT_NPROC: _running() + PROCESSES}
    for kind, value in wanted.items():
        with suppress(ValueError, OSError):             # a stricter limit is there already
            hard = resource.getrlimit(kind)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, value))


def adopt() -> None:
    """From here on, on Linux, what a child of this process leaves behind becomes its own child."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)         # PR_SET_CHILD_SUBREAPER


def children() -> set[int]:
    """The numbers of the processes that this one has started, and they, and so on."""
    return {process.pid for process in psutil.Process().children(recursive=True)}


def end_all(but: set[int]) -> int:
    """End all children but these; returns how many there were that did not end by themselves in a second."""
    ended = set()
    for _ in range(50):                 # they may start others meanwhile
        left = [process for process in psutil.Process().children(recursive=True) if process.pid not in but]
        left = psutil.wait_procs(left, timeout=0 if ended else 1)[1]
        if not left:
            break
        ended |= {process.pid for process in left}
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=1)
    return len(ended)


def spent(pid: int) -> float:
    """Seconds that a process and its children have used a processor."""
    total = 0.0
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.Error):
                total += sum(process.cpu_times()[:2])       # of the user, of the system
    return total


def unreadable(source: str) -> str:
    """Why a cell is neither read nor run, "" for all others: it would take minutes to look at."""
    if len(source) > LONGEST:
        return f"it has more than {LONGEST:,} letters"
    if len(OUTSIDE.findall(source)) > MOST_OUTSIDE:
        return f"it has more than {MOST_OUTSIDE} lines with !, % or ?"
    if not source.isascii() and any(accents and sum(1 for _ in run) > ACCENTS for accents, run in groupby(
            source, lambda letter: combining(letter) > 0)):
        return f"it has more than {ACCENTS} accents on one letter"
    return ""


def _running() -> int:
    """How many threads the user of this process has, as the system counts them."""
    return sum(process.info["num_threads"] or 0 for process in psutil.process_iter(["uids", "num_threads"])
               if process.info["uids"] and process.info["uids"].real == os.getuid()) or 1000


if __name__ == "__main__":
    limit(float(sys.argv[1]))
    os.execv(sys.executable, [sys.executable, "-m", *sys.argv[2:]])
