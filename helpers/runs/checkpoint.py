"""Save a run and take it up again, to the last bit.

    save("run.npz", Checkpoint(model, optimizer, step.state, chunks_read=step.index, updates=step.index))
    run = restore("run.npz")
    rest = itertools.islice(chunks(ids, 25), run.chunks_read, None)
    steps = train(run.model, rest, run.optimizer, state=run.state, index=run.updates)

The laboratory saves its runs so, and the course ships its networks so. The file (see `helpers.runs.files`)
has the arrays ``params.W_hh``, ``memory.m``, ``state.0`` and so on, and a header in JSON with the sizes, the
settings, the text and the generator's state.
"""

import hashlib
import itertools
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path

import numpy as np

from helpers.data import Vocabulary
from helpers.networks import CELLS, OPTIMIZERS, Cell, CharModel, Optimizer, PlainCell, float_dtype
from helpers.runs.files import hint, named, pack, read_file, reason, unpack, writable, write_file

FORMAT, VERSION = "recurrent network checkpoint", 3


class CheckpointError(ValueError):
    """A run that cannot be saved, or a file that cannot be used: one sentence that says what to do."""


@dataclass
class Checkpoint:
    """Everything that a run needs to go on as if it had never stopped.

    Attributes:
        state: after the last chunk, arrays (B, H); None before the first.
        chunks_read: how many chunks of the stream to skip when the run goes on.
        smoothed_loss, smoothed_weight: of its `History`, in nats per character.
        rng: the generator that samples are drawn from.
        settings: what else the run was given, such as its seed, by name.
        text: its title, the training text and the held-out text, if they are to be kept as well.
        digest: of the file in which it was saved last; None before.
    """

    model: CharModel
    optimizer: Optimizer
    state: tuple[np.ndarray, ...] | None = field(default=None, repr=False)
    chunks_read: int = 0
    updates: int = 0
    smoothed_loss: float | None = None
    smoothed_weight: float = 1.0
    rng: np.random.Generator | None = None
    vocabulary: Vocabulary | None = None
    settings: dict[str, bool | int | float | str | None] = field(default_factory=dict)
    text: tuple[str, str, str] | None = field(default=None, repr=False)
    digest: str | None = field(default=None, repr=False)


def save(path: str | os.PathLike, run: Checkpoint) -> Path:
    """Write `run` to the file `path`, with ``~`` and links followed; equal runs give equal bytes.

    A saved run that is there is replaced. Whatever happens meanwhile, `path` holds the earlier file or the
    new one, whole.

    Raises:
        CheckpointError: the run has diverged or does not fit together; something else than a saved run is
            at `path`, or nothing can be written there. What was there is unchanged.
    """
    data, file = _packed(run), None
    while file is None:                 # again, if another process has taken the name meanwhile
        place, there = _place(path)
        file = write(path, data, place, new=there is None)
    run.digest = _digest(data)
    return file


def save_apart(path: str | os.PathLike, run: Checkpoint) -> tuple[str, Path]:
    """Like `save`, but never over another run: a file is replaced only if its digest is that of `run`.

    Otherwise the next free name is taken: after run.npz, run_2.npz. Returns that name, written as `path` is,
    and the file.
    """
    data, (root, ending) = _packed(run), os.path.splitext(os.fsdecode(path))
    numbered = (f"{re.sub(r'_[0-9]{1,3}$', '', root)}_{number}{ending}" for number in itertools.count(2))
    name = root + ending
    while True:
        file, there = _place(name)
        if there in (None, run.digest) and write(name, data, file, new=there is None):
            run.digest = _digest(data)
            return name, file
        name = next(name for name in numbered if not os.path.lexists(os.path.expanduser(name)))


def _packed(run: Checkpoint) -> bytes:
    model, optimizer, rng = run.model, run.optimizer, run.rng
    cells = known_cells([type(model.cell)] if isinstance(model.cell, PlainCell) else [])
    if model.output_layer.dropout:
        raise CheckpointError(f"{model!r} cannot be saved; use a CharModel without dropout")
    header = {
        "format": FORMAT,
        "version": VERSION,
        "cell": _settings(model.cell),
        "dtype": str(model.params.vector.dtype),
        "optimizer": _settings(optimizer),
        "memory": sorted(optimizer.memory),
        "optimizer_updates": optimizer.updates,
        "batch": None if run.state is None else len(run.state[0]),
        "chunks_read": int(run.chunks_read),
        "updates": int(run.updates),
        "smoothed_loss": None if run.smoothed_loss is None else float(run.smoothed_loss),
        "smoothed_weight": float(run.smoothed_weight),
        "rng": None if rng is None else rng.bit_generator.state,
        "characters": None if run.vocabulary is None else run.vocabulary.characters,
        "settings": run.settings,
        "text": run.text,
    }
    arrays = {f"params.{name}": array for name, array in model.params.items()}
    arrays |= {f"memory.{name}": array for name, array in optimizer.memory.items()}
    arrays |= {f"state.{i}": array for i, array in enumerate(run.state or ())}
    try:
        data = pack(json.dumps(header, sort_keys=True, ensure_ascii=False, default=np.ndarray.tolist), arrays)
        _run(*unpack(data), cells)  # what restore would refuse is refused now
    except ValueError as error:
        raise CheckpointError(f"this run cannot be saved: {error}") from None
    return data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _place(path: str | os.PathLike) -> tuple[Path, str | None]:
    """The file to save in, and the digest of the run that is there; None if nothing is."""
    file, shown = destination(path), named(path)
    try:
        found, run = file.stat(), _read(file)
    except FileNotFoundError:
        return file, None
    except Exception as error:          # whatever it provokes, it is no run
        raise CheckpointError(f"{shown} is not a saved run ({_because(error)}) and stays as it is: "
                              "choose another name") from None
    if not found.st_mode & 0o222 or not os.access(file, os.W_OK):
        raise CheckpointError(f"{shown} is write-protected and stays as it is: choose another name")
    return file, run.digest


def destination(path: str | os.PathLike) -> Path:
    """The file that is written under this name, or a CheckpointError that says what is in the way."""
    try:
        return writable(path)
    except ValueError as error:
        raise CheckpointError(str(error)) from None


def write(path: str | os.PathLike, data: bytes, file: Path, new: bool) -> Path | None:
    """Put `data` into the file; None if it was to be a new one, and has come to be there meanwhile."""
    try:
        write_file(file, data, new)
    except FileExistsError:
        return None
    except OSError as error:
        raise CheckpointError(f"{named(path)} cannot be written ({reason(error)}) and is unchanged; "
                              f"{hint(error)}") from error
    return file


def restore(path: str | os.PathLike, cells: Iterable[type[Cell]] = ()) -> Checkpoint:
    """The run that `save` wrote to `path`; nothing in the file is ever executed.

    If the run has a cell of your own, give its class in `cells`. Raises CheckpointError if there is no such
    file, or it is not one that `save` wrote, whole and unchanged.
    """
    known = known_cells(cells)
    try:
        return _read(path, known)
    except Exception as error:  # whatever a stranger's file provokes, it is a reason to refuse it
        raise CheckpointError(f"{named(path)} cannot be used as a checkpoint ({_because(error)}); "
                              "use a file that save wrote, or train again") from error


def known_cells(own: Iterable[type[Cell]] = ()) -> dict[str, type[Cell]]:
    """The cells by name: `CELLS`, and your `own`."""
    known: dict[str, type[Cell]] = dict(CELLS)
    for cell in own:
        if not (isinstance(cell, type) and issubclass(cell, Cell)):
            raise TypeError(f"cells must be classes of cells, such as a subclass of PlainCell, got {cell!r}")
        if known.setdefault(cell.__name__, cell) is not cell:
            raise CheckpointError(f"there is another cell with the name {cell.__name__}: give yours a new "
                                  "name")
    return known


def _read(path: str | os.PathLike, cells: Mapping[str, type[Cell]] = CELLS) -> Checkpoint:
    data = read_file(path)
    run = _run(*unpack(data), cells)
    run.digest = _digest(data)
    return run


def _because(error: Exception) -> str:
    """The error in a phrase of one line."""
    if isinstance(error, OSError) or type(error) is ValueError:
        return " ".join(reason(error).split())[:300]
    return f"it has no {error.args[0]}" if type(error) is KeyError else "it is damaged"


def _run(text: str, arrays: dict[str, np.ndarray], cells: Mapping[str, type[Cell]]) -> Checkpoint:
    header = json.loads(text)
    if header["format"] != FORMAT:
        raise ValueError("it holds something other than a run")
    if header["version"] != VERSION:
        raise ValueError(f"its format is version {header['version']}, and this copy of the course reads "
                         f"version {VERSION}")
    dtype = float_dtype(header["dtype"])
    name = header["cell"]["class"]
    if name not in cells:
        raise ValueError(f"its cell is a {name!r}, and only {', '.join(cells)} are known here: "
                         "pass the class of your own cell, as in cells=[MyCell]")
    cell, optimizer = _built(cells, header["cell"]), _built(OPTIMIZERS, header["optimizer"])
    for name, shape in cell.shapes.items():     # before a model of that size is made
        if arrays[f"params.{name}"].shape != shape:
            raise ValueError(f"params.{name} is {arrays[f'params.{name}'].shape}, expected {shape}")
    model = CharModel(cell, np.random.default_rng(0), dtype)
    _check_arrays(arrays, header, model)
    for name in model.params:
        model.params[name] = arrays[f"params.{name}"]
    optimizer.updates = header["optimizer_updates"]
    optimizer.memory = {name: arrays[f"memory.{name}"] for name in header["memory"]}
    state, rng, characters = None, header["rng"], header["characters"]
    if characters is not None and len(Vocabulary(characters)) != cell.input_size:
        raise ValueError(f"the vocabulary has {len(characters)} characters, but the model needs "
                         f"{cell.input_size}")
    if header["batch"] is not None:
        state = tuple(arrays[f"state.{i}"] for i, _ in enumerate(cell.state_names))
    return Checkpoint(model, optimizer, state, header["chunks_read"], header["updates"],
                      header["smoothed_loss"], header["smoothed_weight"],
                      None if rng is None else _generator(rng),
                      None if characters is None else Vocabulary(characters), dict(header["settings"]),
                      None if header["text"] is None else tuple(header["text"]))


def _settings(thing) -> dict:
    """The class of `thing` and its arguments, each of which is an attribute of the same name."""
    cls = type(thing)
    return {"class": cls.__name__, **{name: getattr(thing, name) for name in signature(cls).parameters}}


def _built(classes: Mapping, settings: dict):
    """What `_settings` described; its class checks the values."""
    return classes[settings["class"]](**{k: v for k, v in settings.items() if k != "class"})


def _check_arrays(arrays: dict[str, np.ndarray], header: dict, model: CharModel) -> None:
    """Are these the arrays of the model, the optimiser and the state, and is every number finite?"""
    params, cell, batch = model.params, model.cell, header["batch"]
    shapes = {f"params.{name}": shape for name, shape in params.shapes.items()}
    shapes |= {f"memory.{name}": params.vector.shape for name in header["memory"]}
    if batch is not None:
        shapes |= {f"state.{i}": (batch, cell.hidden_size) for i, _ in enumerate(cell.state_names)}
    if {name: array.shape for name, array in arrays.items()} != shapes:
        raise ValueError(f"its arrays are not those of {model!r}")
    for name, array in {**arrays, "smoothed_loss": header["smoothed_loss"] or 0.0}.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{name} has values that are not finite, so the run has diverged. "
                             "Go back to an earlier checkpoint and lower the learning rate")


def _generator(state: dict) -> np.random.Generator:
    bits = np.random.PCG64(0)
    bits.state = state  # type: ignore[assignment]
    return np.random.Generator(bits)
