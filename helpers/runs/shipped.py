"""Runs that were made before and are shipped with the course, so that they are the same on every computer.

They lie in ``data``, by lesson: curves and samples as JSON, a trained network as a checkpoint.
`data/README.md` says which script makes which again.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from helpers.data import Vocabulary, data_folder
from helpers.networks import CharModel
from helpers.runs.checkpoint import CheckpointError, restore
from helpers.runs.history import History


def shipped(name: str, ending: str) -> Path:
    """The file of the course called `name`: lesson and stem, for example "06/near_and_far".

    Args:
        ending: of the format: ".json", ".jsonl" for a sweep, ".npz" for a trained network.

    Raises ValueError, with the names there are, for another name.
    """
    files = {f"{path.parent.name.removeprefix('lesson')}/{path.stem}": path
             for path in sorted(data_folder().glob(f"lesson*/*{ending}"))}
    if name not in files:
        raise ValueError(f"the course has no {ending} file called {name!r}: take one of {', '.join(files)}")
    return files[name]


def load_runs(name: str) -> list[History]:
    """The shipped runs called `name`, for example "02/settings", in the order in which they were made.

    Raises ValueError, with the names there are, for another name.
    """
    return [History.of(run) for run in json.loads(shipped(name, ".json").read_text(encoding="utf-8"))]


def load_model(name: str) -> tuple[CharModel, Vocabulary]:
    """The shipped trained network called `name`, such as "02/long_run", in float64, and the vocabulary it was
    trained with.

    Raises ValueError, with the names there are, for another name, CheckpointError if the file is damaged.
    """
    run = restore(shipped(name, ".npz"))
    if run.vocabulary is None:
        raise CheckpointError(f"the file of {name!r} has no vocabulary: it was not made for the course")
    model = CharModel(run.model.cell, np.random.default_rng(0))
    model.params.vector = run.model.params.vector
    return model, run.vocabulary


def pick(runs: Iterable[History], **settings) -> History:
    """The first of `runs` that was made with these settings, for example ``hidden_size=100``.

    Raises ValueError if there is none.
    """
    for run in runs:
        if all(run.settings.get(name) == value for name, value in settings.items()):
            return run
    raise ValueError(f"no shipped run was made with {settings}")
