"""A check, asked in a process of its own.

The processes are forked from one that has run nothing but the course: whatever an answer has redefined or
patched in the kernel of its submission stays there, and what it patches while asked ends with its process.
Where a system can't fork, each process starts from nothing, which takes longer.
"""

import json
import multiprocessing
import os
import signal
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module

from helpers.classroom.kernel_export import STOPPED, STUCK
from helpers.classroom.limits import limit
from helpers.lessons.checks import OPEN
from helpers.old_names import accept

GIGABYTES = 3.0
WATCHED = ("builtins", "math", "random", "numpy", "helpers")      # PyTorch, for one, changes inspect


@dataclass(frozen=True)
class Verdict:
    """What came of a check.

    Attributes:
        said: its sentences.
        mistakes: of each part the mistake's name, None where it is right; empty if the check couldn't judge
            it.
        earned: the share of the points.
    """

    said: str
    mistakes: dict[str, str | None] = field(default_factory=dict)
    earned: float = 0.0


class Judge:
    """Asks checks of one lesson, each for at most so many seconds; of answers in old names, if so asked."""

    def __init__(self, lesson: str, seconds: float, old: bool = False) -> None:
        self.lesson, self.seconds, self.old = lesson, seconds, old
        fork = "forkserver" in multiprocessing.get_all_start_methods()
        self._context = multiprocessing.get_context("forkserver" if fork else "spawn")
        if fork:
            self._context.set_forkserver_preload([_module(lesson), __name__])

    def not_answered(self, check: str) -> Verdict:
        """The verdict where the starter of an answer is as it was given out."""
        return _all(self._parts(check), OPEN[0], "… Not answered: the cell is as it was given out.")

    def _parts(self, check: str) -> tuple[str, ...]:
        return getattr(import_module(_module(self.lesson)), check).parts

    def ask(self, check: str, written: bytes | None, folder: str = ".") -> Verdict:
        """Ask a check about what a kernel has handed over; None where nothing came.

        `folder` holds the submission: its own modules are found there.
        """
        parts = self._parts(check)
        if written is None:
            return _all(parts, "too-long", "There is no answer: the cell ran into the limit of time or "
                                           "memory, or its kernel has died.")
        if written[:1] == STOPPED:
            return _all(parts, "stops", f"The answer stops with {written[1:].decode('utf-8', 'replace')}")
        if written[:1] == STUCK:
            return Verdict("The answer needs something that can't be taken out of its notebook "
                           f"({written[1:].decode('utf-8', 'replace')}). To be marked by hand.")
        mine, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_asked, daemon=True,
                                        args=(theirs, self.lesson, check, written[1:], folder, self.old))
        process.start()
        theirs.close()
        try:
            if not mine.poll(self.seconds):
                return _all(parts, "too-long", f"The answer was stopped after {self.seconds:g} seconds.")
            return Verdict(**json.loads(mine.recv_bytes(2_000_000)))
        except (EOFError, OSError, ValueError, TypeError):
            return _all(parts, "dies", "The process in which the answer was tried has ended: perhaps it "
                                       "needs more memory than there is, or calls exit.")
        finally:
            mine.close()
            _end(process)


def _module(lesson: str) -> str:
    return f"helpers.lessons.lesson{lesson}"


def _all(parts: tuple[str, ...], mistake: str, said: str) -> Verdict:
    """The same mistake for all parts of a check."""
    return Verdict(said, dict.fromkeys(parts, mistake))


def _end(process) -> None:
    """End a process and what it has started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
    process.close()


def _asked(wire, lesson: str, check: str, written: bytes, folder: str, old: bool) -> None:
    """In the process of its own: ask, and send the verdict as text."""
    if hasattr(os, "setsid"):
        os.setsid()
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    limit(GIGABYTES)
    os.chdir(folder)
    sys.path.append(folder)
    if old:
        accept()
    asked = getattr(import_module(_module(lesson)), check)
    send, shown = wire.send_bytes, json.dumps
    before = _as_it_is()
    verdict = _verdict(asked, written)
    changed = sorted(name for name, (owner, kept, code) in before.items()
                     if vars(owner).get(name.rpartition(".")[2]) is not kept
                     or getattr(kept, "__code__", None) is not code)
    if changed:
        names = ", ".join(changed[:3])
        verdict = _all(asked.parts, "patched", f"The answer changes {names} while it is asked.")
    send(shown(asdict(verdict)).encode())
    os._exit(0)


def _as_it_is() -> dict[str, tuple]:
    """By its whole name each function, class and method of what a check works with: in what, it, its code."""
    owners = {name: module for name, module in list(sys.modules.items()) if name.partition(".")[0] in WATCHED}
    owners |= {f"{name}.{key}": thing for name, module in owners.items() if name.startswith("helpers")
               for key, thing in list(vars(module).items())
               if isinstance(thing, type) and thing.__module__ == name}
    return {f"{name}.{key}": (owner, thing, getattr(thing, "__code__", None))
            for name, owner in owners.items() for key, thing in list(vars(owner).items())
            if callable(thing) or isinstance(thing, property)}


def _verdict(asked, written: bytes) -> Verdict:
    import linecache

    import cloudpickle

    try:
        (given, named), cells = cloudpickle.loads(written)
    except Exception as error:
        return _all(asked.parts, "cannot-be-read",
                    f"The check cannot take the answer ({type(error).__name__}: {error})")
    linecache.cache.update(cells)
    try:
        result = asked.result(*given, **named)
    except Exception as error:
        return Verdict(f"The check crashed, not the answer ({type(error).__name__}: {error}). "
                       "Mark it by hand.")
    return Verdict(result.text, result.mistakes, result.points(1.0))
