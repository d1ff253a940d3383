"""A check, asked in a process of its own, about an answer that stays in the process of its submission.

The process of a check has run nothing but the course. What it knows of an answer comes as plain data over a
pipe (`crossing`); dots, names of arguments and lines of code are read from the notebook's text.
"""

import ast
import builtins
import functools
import json
import linecache
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from multiprocessing import forkserver
from multiprocessing.connection import Listener
from typing import Any

from helpers.checks.results import OPEN, Mistake
from helpers.classroom.crossing import MOST, Crossing, Strange
from helpers.classroom.limits import UNREADABLE, limit, spent, unreadable

GIGABYTES = 3.0
LATE = 30.0             # seconds of a processor for a check itself, and five times as long by the clock
OPENED = 5.0            # seconds in which the process of a check says so, when its answer has ended
STOPS = "The answer stops with"


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check."""

    said: str               # its sentences
    # Of each part the mistake's name, None where it is right; empty if the check couldn't judge it.
    mistakes: dict[str, str | None] = field(default_factory=dict)
    earned: float = 0.0     # share of the points


class Judge:
    """Asks checks of one lesson, each for at most so many seconds."""

    def __init__(self, lesson: str, seconds: float) -> None:
        self.lesson, self.seconds = lesson, seconds
        fork = "forkserver" in multiprocessing.get_all_start_methods()
        self._context = multiprocessing.get_context("forkserver" if fork else "spawn")
        if fork:
            self._context.set_forkserver_preload([f"helpers.lessons.lesson{lesson}", __name__])
            forkserver.ensure_running()         # so that it is there before the submission is

    def not_answered(self, check: str) -> Verdict:
        """The verdict where the starter of an answer is as it was given out."""
        return _all(self.parts(check), OPEN[0], "… Not answered: the cell is as it was given out.")

    def too_long(self, check: str, said: str = "There is no answer to check: the cell ran out of time or "
                                               "memory, or its kernel died.") -> Verdict:
        """The verdict on an answer that was stopped, or whose cell was."""
        return _all(self.parts(check), "too-long", said)

    def parts(self, check: str) -> tuple[str, ...]:
        return _check(self.lesson, check).parts

    def ask(self, check: str, cells: Sequence[str], run: Callable[[str, str], None]) -> Verdict:
        """Ask a check about an answer.

        `cells` are the code of the submission so far. `run`, called with an address and a key, has the
        submission `answering.answer` there, and comes back when that has ended or was stopped.
        """
        mine, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_asked, daemon=True, args=(
            theirs, self.lesson, check, [*cells], self.seconds))
        process.start()
        theirs.close()
        try:
            run(*json.loads(mine.recv_bytes()))
            if not mine.poll(OPENED):
                return _all(self.parts(check), "dies", "The submission's process didn't answer the check: it "
                                                       "has ended, or its time ran out.")
            mine.recv_bytes()           # that the pipe was opened
            ends = time.monotonic() + 5 * LATE
            while not mine.poll(0.5):
                if spent(process.pid) > LATE or time.monotonic() > ends:
                    return _all(self.parts(check), "too-long", "The check was stopped: the answer gives it "
                                                               "too much to do.")
            return Verdict(**json.loads(mine.recv_bytes(2_000_000)))
        except (EOFError, OSError, ValueError, TypeError):
            return _all(self.parts(check), "dies", "The process of the check has ended: perhaps the answer "
                                                   "needs more memory than there is.")
        finally:
            mine.close()
            process.kill()
            process.join()
            process.close()


def _check(lesson: str, name: str) -> Any:
    return getattr(import_module(f"helpers.lessons.lesson{lesson}"), name)


def _all(parts: tuple[str, ...], mistake: str, said: str) -> Verdict:
    return Verdict(said, dict.fromkeys(parts, mistake))


class Ended(BaseException):
    """An answer that came to its end; no check takes it for an error of the answer."""

    def __init__(self, mistake: str, said: str) -> None:
        super().__init__(mistake, said)
        self.mistake, self.said = mistake, said


class Asking(Crossing):
    """The side of a check, which knows the code of the submission, and how long its answer may take."""

    def __init__(self, wire, cells: Sequence[str], seconds: float) -> None:
        super().__init__(wire.send_bytes, self._next, "check", "answer")
        self._wire, self._cells, self.ends = wire, cells, time.monotonic() + seconds
        self._seconds, self._raised, self._files = seconds, None, {}

    def _next(self) -> bytes:
        left = self.ends - time.monotonic()         # what floods the pipe is late, too
        if left < 0 or not self._wire.poll(left):
            raise Ended("too-long", f"The answer was stopped after {self._seconds:g} seconds.")
        try:
            return self._wire.recv_bytes(MOST)
        except (EOFError, ConnectionError):
            raise Ended("dies", "The process in which the answer was tried has ended: perhaps it needs more "
                                "memory than there is, or calls exit.") from None
        except OSError:
            raise Ended("cannot-be-read", "The answer could not be read: it is damaged, or larger than "
                                          f"{MOST // 1_000_000} MB.") from None

    def told(self, function: Callable, error: Exception) -> tuple[str, str, int | None]:
        self._raised = error                    # and if the answer does not catch it, it comes back
        return super().told(function, error)

    def error(self, number: int, kind: str, said: str, line: int | None) -> BaseException:
        kind, said = str(kind), str(said)
        if not kind and self._raised:
            return self._raised
        if kind.startswith("Mistake "):
            return Mistake(kind.removeprefix("Mistake ") or "stops", said)
        known = getattr(builtins, kind, None)
        known = known if isinstance(known, type) and issubclass(known, Exception) else Exception
        error = type(kind if kind.isidentifier() else "Exception", (known,), {
            "__init__": lambda self: None, "__str__": lambda self: said})()
        if isinstance(line, int) and number in self._files and 0 < line < 100_000:
            try:        # with the line of the cell in its traceback
                exec(compile("\n" * (line - 1) + "raise error", self._files[number], "exec"),
                     {"error": error})
            except Exception as raised:
                return raised
        return error

    def look_alike(self, name: str, number: int, function: Callable) -> Callable:
        """With the name and the arguments that the function has in the text, and its text for `inspect`."""
        defined = [(k, node) for k, cell in enumerate(self._cells) if (node := _definition(cell, name))]
        if not defined:
            function.__name__ = function.__qualname__ = name if name.isidentifier() else "answer"
            return function
        place, node = defined[-1]
        cell = self._cells[place]
        file = self._files[number] = f"<cell {place}>"
        linecache.cache[file] = (len(cell), None, cell.splitlines(keepends=True), file)
        node.decorator_list, node.returns, node.body = [], None, [ast.copy_location(ast.Pass(), node)]
        everything = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg,
                      node.args.kwarg]
        for argument in filter(None, everything):
            argument.annotation = None
        node.args.defaults = [ast.Constant(...) for _ in node.args.defaults]
        node.args.kw_defaults = [one and ast.Constant(...) for one in node.args.kw_defaults]
        made: dict[str, Any] = {"__builtins__": {}}
        exec(compile(ast.fix_missing_locations(ast.Module([node], [])), file, "exec"), made)
        return functools.wraps(made[name])(function)


def _definition(cell: str, name: str) -> ast.FunctionDef | None:
    """The last function of this name that a cell defines at its top level."""
    try:
        found = [node for node in (() if unreadable(cell) else ast.parse(cell).body)
                 if isinstance(node, ast.FunctionDef) and node.name == name]
    except UNREADABLE:
        return None
    return found[-1] if found else None


def _asked(wire, lesson: str, check: str, cells: list[str], seconds: float) -> None:
    """In the process of its own: wait for the submission, ask, and send the verdict as text."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    limit(GIGABYTES)
    asked = _check(lesson, check)
    key = os.urandom(32).hex()
    with Listener(authkey=key.encode()) as listener:
        wire.send_bytes(json.dumps([listener.address, key]).encode())
        with listener.accept() as answers:
            wire.send_bytes(b"opened")
            verdict = _verdict(asked, Asking(answers, cells, seconds))
    wire.send_bytes(json.dumps(asdict(verdict)).encode())


def _verdict(asked, side: Asking) -> Verdict:
    try:
        kind, *parts = side.hear()
        if kind == "stops":
            return _all(asked.parts, "stops", f"{STOPS} {parts[0]}: {parts[1]}")
        given, named = parts
        result = asked.result(*given, **named)
        return Verdict(result.text, result.mistakes, result.points(1.0))
    except Ended as ended:
        return _all(asked.parts, ended.mistake, ended.said)
    except Strange:
        return _all(asked.parts, "cannot-be-read", "The check cannot read the data that the answer returns.")
    except Exception as error:
        return Verdict(f"The check crashed, not the answer ({type(error).__name__}: {error}). "
                       "Mark it by hand.")
