"""What is shipped with the course, so that it is the same on every computer: loaded by name, made again.

The files lie in ``data``, each with its lesson. A lesson's ``shipped.py`` lists its own, with what makes them
and where they are shown; ``scripts/ship.py`` makes one again, `load_run` loads it.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers.data import Vocabulary, data_folder
from helpers.networks import CharModel, Optimizer
from helpers.runs.checkpoint import FORMAT, Checkpoint, restore, save
from helpers.runs.files import read_file, unpack, write_file
from helpers.runs.history import History
from helpers.runs.results import load_results
from helpers.runs.sweep import sweep


@dataclass(frozen=True)
class Shipped:
    """A file that is shipped with the course.

    Attributes:
        file: where it lies in ``data``, for example "lesson05/thresholds.jsonl"; with ".gz" it is compressed.
        about: what it holds, in a phrase.
        maker: called with a path and with `seeds`, it writes the file there. A sweep's is a `Sweep`.
        minutes: that making it takes on two processors.
        shown_in: where a notebook shows it: "section 3", "exercise 4.2", "lesson 03, section 8".
    """

    file: str
    about: str
    maker: Callable[[Path, Sequence[int]], None]
    seeds: Sequence[int]
    minutes: float
    shown_in: tuple[str, ...]

    @property
    def name(self) -> str:
        """What `load_run` calls it: lesson and stem, "05/thresholds"."""
        return _name(Path(self.file))


@dataclass(frozen=True)
class Sweep:
    """The maker of a sweep: `helpers.runs.sweep` over one grid, or over one after the other.

    Stopped and called again with the same path, it goes on where it was. The lines are put in order at
    the end, so that the same results are the same file. Where runs raised errors it ends with RuntimeError,
    once all have been tried; the next call runs those again. `processes` is 1 where time is measured.
    """

    function: Callable
    grid: Mapping[str, Sequence] | Sequence[Mapping[str, Sequence]]
    processes: int | None = None

    def __call__(self, path: Path, seeds: Sequence[int]) -> None:
        name, failed = _name(path), []
        for grid in [self.grid] if isinstance(self.grid, Mapping) else self.grid:
            for result in sweep(self.function, grid, seeds, path=path, processes=self.processes, name=name):
                print(f"\r{name}: {result.done} of {result.total}", end="", flush=True)
                if result.status == "failed":
                    failed.append(result)
        if failed:
            first = failed[0]
            raise RuntimeError(f"{name}: {len(failed)} of the runs failed, the first at {first.parameters}, "
                               f"seed {first.seed}, with {first.message}")
        head, *lines = path.read_bytes().splitlines(keepends=True)
        write_file(path, head + b"".join(sorted(lines)))


def write_json(path: Path, found: dict | list) -> None:
    """Write a file of JSON, in which each entry has its own line, so that a change can be read."""
    text = _lines(found)
    if isinstance(found, dict):
        text = "{" + ",\n".join(f"{json.dumps(key)}: {_lines(value)}" for key, value in found.items()) + "}"
    write_file(path, f"{text}\n".encode())


def _lines(found) -> str:
    """JSON in one line, or for a list of objects in one line each."""
    if isinstance(found, list) and found and isinstance(found[0], dict):
        return "[" + ",\n".join(map(json.dumps, found)) + "]"
    return json.dumps(found)


def write_network(path: Path, model: CharModel, vocabulary: Vocabulary, optimizer: Optimizer) -> None:
    """Write a trained network as a checkpoint in float32, with a fresh optimiser of the kind it had."""
    small = CharModel(model.cell, np.random.default_rng(0), dtype=np.float32)
    small.params.vector = model.params.vector
    save(path, Checkpoint(small, optimizer, vocabulary=vocabulary))


def load_run(name: str) -> Any:
    """What the shipped file called `name` holds: lesson and stem, for example "05/thresholds".

    Returns:
        for a sweep its results, a list of `Result`; for training runs a list of `History`, in the order
        in which they were made; for a trained network the `CharModel`, in float64, and its `Vocabulary`;
        for packed arrays a dict of them by name; otherwise what the JSON of the file says.

    >>> load_run("05/thresholds")[0].parameters
    {'learning_rate': 0.3, 'max_norm': 0.01}
    """
    files = {_name(path): path for path in sorted(data_folder().glob("lesson*/*")) if _kind(path) in READERS}
    if name not in files:
        near = [other for other in files if other.split("/")[0] == str(name).split("/")[0]] or files
        raise ValueError(f"the course ships no file called {name!r}. Choose one of {', '.join(near)}.")
    return READERS[_kind(files[name])](files[name])


def _name(path: Path) -> str:
    return f"{path.parent.name.removeprefix('lesson')}/{path.name.partition('.')[0]}"


def _kind(path: Path) -> str:
    """All endings of a file, such as ".jsonl.gz"."""
    return "".join(path.suffixes)


def _runs_or_json(path: Path) -> Any:
    data = path.read_bytes()
    found = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    if not (isinstance(found, list) and isinstance(found[0], dict) and "settings" in found[0]):
        return found
    return [History.of(run) for run in found]


def _network_or_arrays(path: Path) -> tuple[CharModel, Vocabulary] | dict[str, np.ndarray]:
    text, arrays = unpack(read_file(path))
    if FORMAT not in text:
        return arrays
    run = restore(path)
    assert run.vocabulary is not None, "`write_network` keeps it"
    model = CharModel(run.model.cell, np.random.default_rng(0))
    model.params.vector = run.model.params.vector
    return model, run.vocabulary


READERS: dict[str, Callable[[Path], Any]] = {
    ".jsonl": load_results, ".jsonl.gz": load_results, ".json": _runs_or_json, ".json.gz": _runs_or_json,
    ".npz": _network_or_arrays}


def select(runs: Iterable[History], **settings) -> History:
    """The first of `runs` that was made with these settings, for example ``hidden_size=100``."""
    for run in runs:
        if all(run.settings.get(name) == value for name, value in settings.items()):
            return run
    raise ValueError(f"no shipped run was made with {settings}")
