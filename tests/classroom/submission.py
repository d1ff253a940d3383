"""A process of a submission, as its kernel is: it runs some code, then answers a check."""

import linecache
import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress

from helpers.classroom import answering, closed_book
from helpers.classroom.judge import Judge, Verdict

CONTEXT = multiprocessing.get_context(
    "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
if CONTEXT.get_start_method() == "forkserver":
    CONTEXT.set_forkserver_preload([__name__])


def runner(code: str, given: str, seconds: float, fresh: bool = False) -> Callable[[str, str], None]:
    """For `Judge.ask`: runs `code` in a process of its own, which then hands over what `given` is.

    A `fresh` one starts with nothing loaded, as a kernel does.
    """
    def run(address: str, key: str) -> None:
        context = multiprocessing.get_context("spawn") if fresh else CONTEXT
        process = context.Process(target=_submission, args=(code, given, address, key), daemon=True)
        process.start()
        process.join(seconds)
        process.kill()
        process.join()
    return run


def _submission(code: str, given: str, address: str, key: str) -> None:
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    closed_book.close()
    space = {"__name__": "__main__"}
    linecache.cache["<own>"] = (len(code), None, code.splitlines(keepends=True), "<own>")
    with suppress(Exception):
        exec(compile(code, "<own>", "exec"), space)
        answering.answer(address, key.encode(),
                         lambda: eval(f"(lambda *given, **named: (given, named))({given})", space))


def asked_here(judge: Judge, check: str, cells: list[str], given: str, space: dict) -> Verdict:
    """The verdict on what stays in this process."""
    def run(address: str, key: str) -> None:
        code = f"(lambda *given, **named: (given, named))({given})"
        answering.answer(address, key.encode(), lambda: eval(code, space))
    return judge.ask(check, cells, run)
