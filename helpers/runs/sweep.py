"""Many runs: every combination of settings, several seeds each, on all processors or a cluster.

    grid = {"learning_rate": [0.003, 0.01, 0.03], "hidden_size": [16, 32, 64]}
    for result in sweep(heldout_loss, grid, seeds=range(3), path="my_sweep.jsonl"):
        print(result.done, "of", result.total, result.parameters, result.value)

The results come in the order in which the runs end; each is the same whatever the order and
wherever it ran, for its random numbers depend on its own parameters and seed alone.
"""

import hashlib
import itertools
import json
import math
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import overload

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.networks import Diverged
from helpers.runs.results import Result, add_line, open_lines, run_key
from helpers.runs.stepwise import HowFar, Stepwise, in_turn

AHEAD = 2           # runs for each of our own processes that are handed out at a time


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@overload
def sweep(
    function: Callable, grid: Mapping[str, Sequence], seeds: Iterable[int] = ...,
    executor: Executor | None = ..., path: str | os.PathLike | None = ..., processes: int | None = ...,
    name: str | None = ..., patience: None = ...,
) -> Iterator[Result]: ...


@overload
def sweep(
    function: Callable, grid: Mapping[str, Sequence], seeds: Iterable[int] = ...,
    executor: Executor | None = ..., path: str | os.PathLike | None = ..., processes: int | None = ...,
    name: str | None = ..., *, patience: float,
) -> Iterator[Result | None]: ...


def sweep(
    function: Callable,
    grid: Mapping[str, Sequence],
    seeds: Iterable[int] = range(3),
    executor: Executor | None = None,
    path: str | os.PathLike | None = None,
    processes: int | None = None,
    name: str | None = None,
    patience: float | None = None,
) -> Iterator[Result] | Iterator[Result | None]:
    """Call ``function(rng, **parameters)`` for every combination in `grid` and every seed.

    Args:
        function: returns a number, or a dict of numbers (None for what did not happen). Other
            processes must be able to import it, so it lives in a module, not in a notebook.
        grid: for each parameter the values to try: numbers, strings, booleans or None.
        seeds: whole numbers; all settings are run with the first before any with the second.
        executor: runs the calls: any of `concurrent.futures`, or ``Client.get_executor()`` of
            dask.distributed for a cluster; it is left open. By default, processes on this
            computer, each with one BLAS thread.
        path: a file to which each result is added as it comes. If it exists, the sweep goes on
            from there: what is in it is not run again, except what failed. Several processes may
            sweep into one file.
        processes: how many, without `executor`: by default one per processor; 1 means here, in
            this process, and so does a browser, which has no others.
        name: of the sweep, as its file says it: by default the function's. A file of another name is
            refused.
        patience: seconds to wait for the next run to end; when none has, None comes in its place, and
            the caller can look around before asking again. By default as long as it takes, and so
            where the runs are made in this process.

    Yields:
        a `Result` for each run, first those from the file, then the others as they end. Stop
        whenever you like: runs that have not ended are abandoned.

    Raises:
        ValueError, TypeError: an argument does not fit, or `path` is of another sweep or can't be a file.
        RuntimeError: while running, the processes died; what has ended is in the file.
        OSError: while running, a result can't be added to the file.
    """
    if not hasattr(function, "__qualname__"):
        raise TypeError(f"function must be an ordinary function, got {function!r}")
    name = name or function.__qualname__
    seeds, combinations = list(seeds), _combinations(grid)
    if not seeds or not all(isinstance(seed, int | np.integer) and seed >= 0 for seed in seeds):
        raise ValueError(f"seeds must be whole numbers of at least 0, got {seeds!r}")
    if sys.platform == "emscripten":
        processes = 1
    elif processes is None:
        processes = processors()
    if processes < 1:
        raise ValueError(f"processes must be at least 1, got {processes}")
    if executor is None and processes > 1:
        _check_importable(function)
    runs = [(parameters, int(seed)) for seed in seeds for parameters in combinations]
    return _results(function, name, {run_key(*run): run for run in runs}, executor, path, processes,
                    patience)


def sweep_steps(
    function: Stepwise, grid: Mapping[str, Sequence], seeds: Iterable[int]
) -> Generator[float, None, list[Result]]:
    """The results of a sweep in this process, for work that goes on beside the cells (`button`).

    Args:
        function: made by `stepwise`; grid, seeds: as in `sweep`.

    Yields:
        between two pieces of a run the share of all runs that is done; it returns the results.
    """
    runs = [(parameters, int(seed)) for seed in seeds for parameters in _combinations(grid)]
    lines = yield from in_turn([_run_stepwise(function, *run) for run in runs])
    return [Result(**line, done=done, total=len(runs)) for done, line in enumerate(lines, 1)]


def _run_stepwise(function: Stepwise, parameters: dict, seed: int) -> Generator[HowFar, None, dict]:
    try:
        steps = function.steps(generator(parameters, seed), **parameters)
        while True:
            with np.errstate(all="ignore"):         # around each piece: between two others are at work
                try:
                    far = next(steps)
                except StopIteration as end:
                    return _line(parameters, seed, _plain(end.value))
            yield far
    except Exception as error:
        return _line(parameters, seed, error=error)


def _results(function, name, runs, executor, path, processes, patience) -> Iterator[Result | None]:
    file, old = (None, {}) if path is None else open_lines(path, name)
    old = {key: line for key, line in old.items() if key in runs and line["status"] != "failed"}
    for done, line in enumerate(old.values(), 1):
        yield Result(**line, done=done, total=len(runs))
    waiting = [run for key, run in runs.items() if key not in old]
    with threadpool_limits(1), _workers(executor, processes, len(waiting)) as workers:
        done = len(old)
        ahead = AHEAD * processes if executor is None else len(waiting)     # others may want to plan
        for line in _lines(function, waiting, workers, executor is None, patience, ahead):
            if line is None:
                yield None
                continue
            if file is not None:
                add_line(file, line)
            done += 1
            yield Result(**line, done=done, total=len(runs))


def _lines(
    function: Callable, runs: list[tuple[dict, int]], executor: Executor | None, ours: bool,
    patience: float | None, ahead: int,
) -> Iterator[dict | None]:
    """How each run ended, as they end; without an executor, one after the other.

    None whenever no run of the executor has ended for `patience` seconds. The executor is given so many runs
    `ahead` of what is asked for: where nobody asks any more, as while a page is away, it soon rests.
    """
    if executor is None:
        yield from (_run(function, *run) for run in runs)
        return
    rest, ended = iter(runs), SimpleQueue[Future]()
    futures: dict[Future, tuple[dict, int]] = {}

    def submit(number: int) -> None:
        for run in itertools.islice(rest, number):
            future = executor.submit(_run, function, *run)
            futures[future] = run
            future.add_done_callback(ended.put)

    try:
        submit(ahead)
        for _ in runs:
            while (future := _soon(ended, patience)) is None:
                yield None
            error = future.exception()          # raises CancelledError, for example of a closed cluster
            if isinstance(error, BrokenExecutor):
                raise error
            submit(1)
            parameters, seed = futures.pop(future)
            yield _line(parameters, seed, error=error) if error else future.result()
    except (BrokenExecutor, CancelledError) as error:
        raise RuntimeError(
            "a process of the sweep has died, perhaps for lack of memory, or its cluster was closed: try "
            "processes=1 (and in a script, call sweep under if __name__ == '__main__'); with a path, the "
            "sweep continues where it stopped") from error
    finally:
        for future in futures if not ours else ():  # ours ends anyway
            future.cancel()


def _soon(ended: SimpleQueue[Future], patience: float | None) -> Future | None:
    try:
        return ended.get(timeout=patience)
    except Empty:
        return None


def _run(function: Callable, parameters: dict, seed: int) -> dict:
    """One run, in the process and the thread that it has been given."""
    threadpool_limits(1)  # for good: of two runs in threads, neither could put back what it found
    try:
        with np.errstate(all="ignore"):
            value = function(generator(parameters, seed), **parameters)
        return _line(parameters, seed, _plain(value))
    except Exception as error:
        return _line(parameters, seed, error=error)


def _line(parameters: dict, seed: int, value=None, error: BaseException | None = None) -> dict:
    lost = isinstance(error, Diverged | FloatingPointError | OverflowError)
    status = "finished" if error is None else "diverged" if lost else "failed"
    message = "" if error is None else " ".join(f"{type(error).__name__}: {error}".split())
    return {"parameters": parameters, "seed": seed, "status": status, "value": value, "message": message}


def _plain(value):
    """The value as JSON gives it back, so that a result from a file equals the one that was put in."""
    try:
        return json.loads(json.dumps(value, allow_nan=False, default=lambda array: array.tolist()))
    except ValueError:
        raise FloatingPointError("the result is not finite") from None


def generator(parameters: Mapping, seed: int) -> np.random.Generator:
    """The random numbers of a run: they depend on its parameters and seed and on nothing else."""
    digest = hashlib.sha256(run_key(parameters, seed).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest))


@contextmanager
def _workers(executor: Executor | None, processes: int, runs: int) -> Iterator[Executor | None]:
    """The executor to use: the one given, or processes of our own that end with the sweep."""
    if executor is not None or processes == 1 or runs == 0:
        yield executor
        return
    import multiprocessing  # here, because a browser has none
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")  # starts afresh, so it is the same on every system
    ours, theirs = context.Pipe()
    count = min(processes, runs, 61)  # Windows can wait for no more
    with ours, theirs, ProcessPoolExecutor(count, context, _start_worker, (theirs,)) as pool:
        try:
            yield pool
        except BaseException:  # stopped before its end: nobody waits for what still runs
            ours.close()
            raise


def _start_worker(lifeline) -> None:
    """A worker ends when the other end of the line is closed, be it that the sweep's process was killed."""
    def wait():
        try:
            lifeline.recv()
        except (EOFError, OSError):
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the sweep, which then ends the workers
    threading.Thread(target=wait, daemon=True).start()


def _combinations(grid: Mapping[str, Sequence]) -> list[dict]:
    if not isinstance(grid, Mapping) or not grid:
        raise TypeError(f"grid must map at least one name to a list of values, got {grid!r}")
    values = {}
    for name, choices in grid.items():
        if isinstance(choices, str) or not isinstance(choices, Iterable):
            raise TypeError(f"grid[{name!r}] must be a list of values, got {choices!r}")
        values[name] = [choice.item() if isinstance(choice, np.generic) else choice for choice in choices]
        for choice in values[name]:
            finite = not isinstance(choice, float) or math.isfinite(choice)
            if not (finite and isinstance(choice, str | int | float | None)):
                raise TypeError(f"grid[{name!r}] has {choice!r}; use numbers, strings, True, False or None")
        if not values[name]:
            raise ValueError(f"grid[{name!r}] is empty. It needs at least one value.")
    return [dict(zip(values, choice, strict=True)) for choice in itertools.product(*values.values())]


def _check_importable(function: Callable) -> None:
    """Other processes import the function by its module and name: can they?"""
    try:
        pickle.dumps(function)
        notebook = function.__module__ == "__main__" and not hasattr(sys.modules["__main__"], "__file__")
    except Exception:
        notebook = True
    if notebook:
        raise ValueError(
            f"other processes cannot import {function.__qualname__!r}: put the function into a "
            "module, such as a file my_runs.py beside the notebook, and import it, or pass processes=1"
        )
