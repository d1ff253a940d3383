"""Texts and how a network reads them: vocabulary, the course's texts, a reader's own text, chunks."""

import codecs
import os
import re
import stat
from collections.abc import Iterator
from numbers import Integral
from pathlib import Path
from typing import NamedTuple

import numpy as np

MAX_BYTES = 20_000_000          # of a reader's own text; no network of this course has a use for more


class Vocabulary:
    """The distinct characters of a text, sorted, each with its number.

    Sorted, because the order of a Python set changes from run to run and the weights of a trained
    network belong to one order.

    >>> vocabulary = Vocabulary("hello")
    >>> vocabulary.characters, vocabulary.encode("hello").tolist()
    ('ehlo', [1, 0, 2, 2, 3])

    Raises:
        TypeError: `text` is not a str.
        ValueError: `text` is empty.
    """

    def __init__(self, text: str):
        if not isinstance(text, str):
            raise TypeError(f"text is {type(text).__name__}, not str: give the text itself.")
        if not text:
            raise ValueError("text is empty: give a text of at least one character.")
        self.characters = "".join(sorted(set(text)))
        self._code_points = _code_points(self.characters)

    def __len__(self) -> int:
        return len(self.characters)

    def __repr__(self) -> str:
        shown = self.characters if len(self) <= 24 else self.characters[:23] + "…"
        return f"Vocabulary({len(self)} characters: {shown!r})"

    def encode(self, text: str) -> np.ndarray:
        """Numbers (N,) of the N characters of `text`, integers from 0 to len(self) - 1.

        Raises ValueError for a character outside the vocabulary.
        """
        if not isinstance(text, str):
            raise TypeError(f"text is {type(text).__name__}, not str: give the text itself.")
        points = _code_points(text)
        ids = np.minimum(np.searchsorted(self._code_points, points), len(self) - 1)
        unknown = np.flatnonzero(self._code_points[ids] != points)
        if unknown.size:
            raise ValueError(
                f"The character {text[unknown[0]]!r} at position {unknown[0]} is not among the {len(self)} "
                "of the vocabulary: replace it, or make the vocabulary from a text that contains it."
            )
        return ids

    def decode(self, ids: np.ndarray) -> str:
        """The text of the numbers `ids` (N,), the inverse of `encode`.

        Raises TypeError for numbers that are not integers, ValueError for those out of range.
        """
        ids = np.atleast_1d(ids)
        if ids.size == 0:
            return ""
        if ids.dtype.kind not in "iu":
            raise TypeError(f"ids has dtype {ids.dtype}, but decode takes integers: convert them first.")
        if ids.ndim != 1:
            raise ValueError(f"ids has shape {ids.shape}, but a text is one row: decode one at a time.")
        if ids.min() < 0 or ids.max() >= len(self):
            raise ValueError(
                f"ids runs from {ids.min()} to {ids.max()}, but the vocabulary has the numbers 0 to "
                f"{len(self) - 1}: decode with the vocabulary that encoded the text."
            )
        return self._code_points[ids].tobytes().decode("utf-32-le", "surrogatepass")


def _code_points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def data_folder() -> Path:
    """The folder of the course's texts and shipped results, in a checkout and in an installed wheel."""
    installed = Path(__file__).with_name("corpora")     # where the wheel puts the checkout's data/
    return installed if installed.is_dir() else Path(__file__).parents[1] / "data"


def load_text(name: str) -> str:
    """A text of the course by name, for example "input" (to train on) or "heldout" (kept out of it).

    Raises ValueError, with the names there are, for another name.
    """
    files = {path.stem: path for path in sorted(data_folder().glob("*.txt"))}
    if name not in files:
        raise ValueError(
            f"The course has no text called {name!r}: take one of {', '.join(map(repr, files))}, "
            "or read a file of your own with read_text."
        )
    return files[name].read_text(encoding="utf-8")


class Chunk(NamedTuple):
    """One piece of text for one update: targets are the inputs one character later."""

    inputs: np.ndarray          # (T, B) integers
    targets: np.ndarray         # (T, B) integers
    starts_over: bool           # the text begins again here, so the carried state must be reset


def chunks(ids: np.ndarray, length: int, batch: int = 1) -> Iterator[Chunk]:
    """Endless chunks of T = `length` steps through the text, in B = `batch` streams side by side.

    The text is cut into B streams of (N - 1) // B characters, and all of them are read from left to
    right in steps of `length`, so that the state after one chunk is the right start of the next.
    When a whole chunk no longer fits, reading starts over at the beginning; the few characters left
    over at the end are not read. With one stream the chunks start at 0, T, 2T, ... as long as
    start + T + 1 <= N.

    Args:
        ids: (N,) integers, an encoded text.
        length: T, steps in a chunk. Gradients flow within a chunk only: it is the truncation.
        batch: B, streams.

    Yields:
        Chunk, whose arrays are views of `ids`: don't write into them.

    Raises:
        TypeError: `ids` are not integers.
        ValueError: `ids` is not one row, `length` or `batch` is not a whole number of at least 1, or
            the text is too short for them.

    >>> chunk = next(chunks(np.arange(9), length=4, batch=2))
    >>> chunk.inputs.T.tolist(), chunk.targets.T.tolist(), chunk.starts_over
    ([[0, 1, 2, 3], [4, 5, 6, 7]], [[1, 2, 3, 4], [5, 6, 7, 8]], True)
    """
    ids = np.asarray(ids)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"ids has dtype {ids.dtype}, but chunks takes integers: encode the text first.")
    if ids.ndim != 1:
        raise ValueError(f"ids has shape {ids.shape}, but a text is one row: give an array of shape (N,).")
    for name, value in (("length", length), ("batch", batch)):
        if not isinstance(value, Integral) or value < 1:
            raise ValueError(f"{name} is {value!r}: take a whole number of at least 1.")
    steps = (len(ids) - 1) // batch
    if steps < length:
        remedy = f"take a length of at most {steps}" if steps > 0 else "take a longer text"
        raise ValueError(
            f"length {length} with batch {batch} needs a text of at least {length * batch + 1} characters, "
            f"but this one has {len(ids)}: {remedy}{' or a smaller batch' if batch > 1 else ''}."
        )
    ids = ids.astype(np.intp, copy=False)
    inputs = ids[: steps * batch].reshape(batch, steps).T
    targets = ids[1 : steps * batch + 1].reshape(batch, steps).T

    def sweep() -> Iterator[Chunk]:         # inside, so that bad arguments raise at the call, not at next()
        while True:
            for start in range(0, steps - length + 1, length):
                end = start + length
                yield Chunk(inputs[start:end], targets[start:end], start == 0)

    return sweep()


class TextError(ValueError):
    """A text that cannot be used; the message is one sentence that says why and what to do."""


class Text(NamedTuple):
    """A reader's own text, ready for a Vocabulary, and what was repaired to make it so."""

    text: str
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Text({len(self.text):,} characters, notes={self.notes})"


# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL_CHARACTERS = re.compile(r"[\x01-\x08\x0b-\x1f\x7f-\x9f]")      # all but NUL, tab and line feed
_TOO_LARGE = f"is larger than {MAX_BYTES // 1_000_000} MB: cut out a part, a few megabytes are plenty."
_NOT_TEXT = "is not plain text (a picture, an archive, an office document?): save it as plain text in UTF-8."


def read_text(source: str | os.PathLike | bytes) -> Text:
    """Read any plain text: a file by its path, or the bytes themselves (an upload, an encoded paste).

    UTF-8 is expected. A byte order mark is removed (and UTF-16 or UTF-32 decoded where it says so),
    carriage returns of Windows and old Mac line ends become line feeds, stray control characters are
    removed; `notes` says each repair in words. No more than MAX_BYTES + 1 bytes are ever read.

    Raises:
        TextError: no such file, a folder or device, unreadable, larger than MAX_BYTES, not text, not
            UTF-8, empty, or one character repeated.
        TypeError: `source` is neither a path nor bytes.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        label, raw = "The given text", bytes(source[: MAX_BYTES + 1])
    elif isinstance(source, (str, os.PathLike)):
        name = os.path.expanduser(os.fsdecode(source))
        label = repr(name if len(name) <= 80 else "…" + name[-79:])
        raw = _read_file(name, label)
    else:
        raise TypeError(f"source is {type(source).__name__}: give the path of a text file, or its bytes.")
    if len(raw) > MAX_BYTES:
        raise TextError(f"{label} {_TOO_LARGE}")

    notes = []
    encoding = next((codec for mark, codec in _BYTE_ORDER_MARKS if raw.startswith(mark)), "utf-8")
    if encoding == "utf-8-sig":
        notes.append("removed the byte order mark at the start")
    elif encoding != "utf-8":
        notes.append(f"decoded from {encoding.upper()}")
    elif b"\0" in raw:                  # before decoding: a picture is better called that than bad UTF-8
        raise TextError(f"{label} {_NOT_TEXT}")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise TextError(
            f"{label} is not valid {encoding.removesuffix('-sig').upper()} (near byte {error.start}): "
            "open it in a text editor and save it with the encoding UTF-8."
        ) from None

    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notes.append("turned carriage returns at line ends into line feeds")
    length = len(text)
    text, removed = _CONTROL_CHARACTERS.subn("", text)
    if "\0" in text or removed * 10 > length:
        raise TextError(f"{label} {_NOT_TEXT}")
    if removed:
        notes.append(f"removed {removed} control character{'s' if removed > 1 else ''}")
    if not text:
        raise TextError(f"{label} is empty: take a text of at least a few hundred characters.")
    if text.count(text[0]) == len(text):
        raise TextError(
            f"{label} has only one distinct character, {text[0]!r}, so there is nothing to predict: "
            "take a text with at least two."
        )
    return Text(text, tuple(notes))


def _read_file(name: str, label: str) -> bytes:
    """At most MAX_BYTES + 1 bytes of a regular file; TextError for everything else."""
    try:
        status = os.stat(name)
    except (OSError, ValueError):           # ValueError: a NUL or half a character in the name
        raise TextError(
            f"No file {label} can be found: check the name and the folder; "
            "a relative path starts where the notebook is."
        ) from None
    if stat.S_ISDIR(status.st_mode):
        raise TextError(f"{label} is a folder: give the path of a text file in it.")
    if not stat.S_ISREG(status.st_mode):    # reading a device or a pipe could wait for ever
        raise TextError(f"{label} is a device or a pipe, not a file: give the path of a text file.")
    if status.st_size > MAX_BYTES:
        raise TextError(f"{label} {_TOO_LARGE}")
    try:
        with open(name, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TextError(f"{label} cannot be read ({error.strerror}): check its permissions.") from None
