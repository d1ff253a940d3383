"""The results of a sweep: the file that `sweep` keeps them in, and the table that lessons make of them."""

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers.runs.files import append_line, hint, named, reason, regular, writable

FORMAT = 2


class Result(NamedTuple):
    """How one run ended.

    Attributes:
        status: "finished"; "diverged", if numbers were no longer finite; "failed", if it raised an error.
        value: what the function returned; None unless finished.
        message: one line about what went wrong, else empty.
        done, total: how many runs of the sweep have ended, this one included, of how many.
    """

    parameters: dict
    seed: int
    status: str
    value: float | dict | None
    message: str
    done: int
    total: int


def load_results(path: str | os.PathLike) -> list[Result]:
    """The results in a file of `sweep`; those that the course ships are loaded by name, with `load_run`."""
    lines = list(_read(path)[1].values())
    return [Result(**line, done=len(lines), total=len(lines)) for line in lines]


class Table(NamedTuple):
    """Results of a grid over two parameters.

    Attributes:
        rows, columns, seeds: their values, ascending.
        values: (R, C, S); NaN where there is none.
        statuses: (R, C, S) strings: "finished", "diverged", "failed", or "" for a run that has not ended.
            A run that is finished but has no value did not get there: its function returned None.
    """

    row_name: str
    column_name: str
    value_name: str
    rows: list
    columns: list
    seeds: list[int]
    values: np.ndarray
    statuses: np.ndarray


def table(
    results: Iterable[Result], rows: str, columns: str, value: str | None = None,
    grid: Mapping[str, Sequence] | None = None,
) -> Table:
    """Results as a table over two of their parameters, the same whatever the order they came in.

    Args:
        rows, columns: names of two parameters; any others must be the same in all results.
        value: the entry to take where the function returned a dict.
        grid: of the sweep, to lay out the whole table before all results are there.
    """
    results = list(results)
    if not results and grid is None:
        raise ValueError("results is empty: wait for the first result, or pass the grid of the sweep")
    for result in results:
        for name in (rows, columns):
            if name not in result.parameters:
                raise ValueError(f"{name!r} is not a parameter here. Choose one of "
                                 f"{', '.join(result.parameters)}.")
        for name, setting in result.parameters.items():
            if name not in (rows, columns) and setting != results[0].parameters[name]:
                raise ValueError(f"{name} varies too. Use only the results with one value of it.")

    def axis(name):
        found = [result.parameters[name] for result in results]
        return _ascending(found if grid is None else [*grid[name], *found])

    row_values, column_values = axis(rows), axis(columns)
    seeds = _ascending(result.seed for result in results)
    shape = len(row_values), len(column_values), len(seeds)
    values, statuses = np.full(shape, np.nan), np.full(shape, "", dtype="U8")
    for result in results:
        where = (row_values.index(result.parameters[rows]), column_values.index(result.parameters[columns]),
                 seeds.index(result.seed))
        statuses[where], found = result.status, result.value
        if isinstance(found, dict):
            if value not in found:
                raise ValueError(f"value is {value!r}. Choose one of {', '.join(found)}.")
            found = found[value]
        values[where] = np.nan if found is None else found
    return Table(rows, columns, value or "value", row_values, column_values, seeds, values, statuses)


def _ascending(values: Iterable) -> list:
    """Distinct values, numbers by size and before words."""
    return sorted(set(values), key=lambda v: (1, 0, v) if isinstance(v, str) else (0, v or 0, str(v)))


def run_key(parameters: Mapping, seed: int) -> str:
    """A text that is the same for equal parameters and seed, and for no others."""
    return json.dumps([parameters, seed], sort_keys=True)


def open_lines(path: str | os.PathLike, name: str) -> tuple[Path, dict[str, dict]]:
    """The file of the sweep of `name`, and what it holds so far, by key; it is made if need be.

    Any number of processes may open it and add to it at once. A line that a killed process left unfinished
    counts for nothing.
    """
    file, begin = writable(path), {"sweep": name, "format": FORMAT}
    try:
        if not file.exists() or file.stat().st_size == 0:
            append_line(file, json.dumps(begin), first=True)
    except OSError as error:
        raise ValueError(f"{named(path)} cannot be written ({reason(error)}): {hint(error)}") from None
    head, lines = _read(file)
    if head["sweep"] != name:
        raise ValueError(f"{named(path)} has results of {head['sweep']}, not of {name}. Choose another path.")
    return file, lines


def add_line(path: Path, line: dict) -> None:
    """Add a result to the file that `open_lines` gave, and bring it to the disk."""
    append_line(path, json.dumps(line), first=False)


def _whole(text: bytes) -> dict | None:
    """A line of the file; None if it was left unfinished."""
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) and len(line) > 1 else None


def _read(path: str | os.PathLike) -> tuple[dict, dict[str, dict]]:
    """The first line of a sweep's file, and the last line for each run by key."""
    try:
        file = Path(regular(path))
    except (OSError, ValueError) as error:
        raise ValueError(f"{named(path)} cannot be read ({reason(error)}). Check its name and its folder."
                         ) from None
    try:
        data = file.read_bytes()
        first, *others = (gzip.decompress(data) if file.suffix == ".gz" else data).splitlines()
        head = json.loads(first)        # a second one is from where files cannot be locked
        lines = [line for text in others if (line := _whole(text)) not in (None, head)]
        if head["format"] != FORMAT or any(line.keys() != set(Result._fields[:5]) for line in lines):
            raise ValueError
        return head, {run_key(line["parameters"], line["seed"]): line for line in lines}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, gzip.BadGzipFile, zlib.error,
            EOFError):
        raise ValueError(f"{named(path)} is not a sweep's file, or it is damaged. Choose another path."
                         ) from None
    except OSError as error:
        raise ValueError(f"{named(path)} cannot be read ({reason(error)}). Check its permissions.") from None
