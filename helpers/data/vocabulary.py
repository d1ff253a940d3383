"""How a network reads a text: characters as numbers, and chunks of them."""

from collections.abc import Iterator
from numbers import Integral
from typing import NamedTuple

import numpy as np

from helpers.data.characters import is_seen


class Vocabulary:
    """The distinct characters of a text, sorted, each with its number.

    Sorted, because the order of a Python set changes from run to run and the weights of a trained
    network belong to one order.

    >>> vocabulary = Vocabulary("hello")
    >>> vocabulary.characters, vocabulary.encode("hello").tolist()
    ('ehlo', [1, 0, 2, 2, 3])
    """

    def __init__(self, text: str):
        if not isinstance(text, str):
            raise TypeError(f"text is {type(text).__name__}, not str. Give the text itself.")
        if not text:
            raise ValueError("text is empty. Give a text of at least one character.")
        self.characters = "".join(sorted(set(text)))
        self._code_points = _code_points(self.characters)

    def __len__(self) -> int:
        return len(self.characters)

    def __repr__(self) -> str:
        shown = self.characters if len(self) <= 24 else self.characters[:23] + "…"
        return f"Vocabulary({len(self)} characters: {shown!r})"

    def encode(self, text: str) -> np.ndarray:
        """Numbers (N,) of the characters of `text`; raises ValueError for one outside the vocabulary."""
        if not isinstance(text, str):
            raise TypeError(f"text is {type(text).__name__}, not str. Give the text itself.")
        points = _code_points(text)
        ids = np.minimum(np.searchsorted(self._code_points, points), len(self) - 1)
        unknown = np.flatnonzero(self._code_points[ids] != points)
        if unknown.size:
            stranger = text[unknown[0]]
            named = repr(stranger) if is_seen(stranger) else ascii(stranger)
            raise ValueError(
                f"The character {named} at position {unknown[0]} is not among the {len(self)} "
                "of the vocabulary: replace it, or build the vocabulary from a text that contains it."
            )
        return ids

    def decode(self, ids: np.ndarray) -> str:
        """The text of the numbers `ids` (N,), the inverse of `encode`."""
        ids = np.atleast_1d(ids)
        if ids.size == 0:
            return ""
        if ids.dtype.kind not in "iu":
            raise TypeError(f"ids has dtype {ids.dtype}, but decode takes integers: convert them first.")
        if ids.ndim != 1:
            raise ValueError(f"ids has shape {ids.shape}, but a text is one row: decode one text at a time.")
        if ids.min() < 0 or ids.max() >= len(self):
            raise ValueError(
                f"ids runs from {ids.min()} to {ids.max()}, but the vocabulary has the numbers 0 to "
                f"{len(self) - 1}: decode with the vocabulary that encoded the text."
            )
        return self._code_points[ids].tobytes().decode("utf-32-le", "surrogatepass")


def _code_points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


class Chunk(NamedTuple):
    """One piece of text for one update: targets are the inputs one character later."""

    inputs: np.ndarray          # (T, B) integers
    targets: np.ndarray         # (T, B) integers
    starts_over: bool           # the text begins again here, so the carried state must be reset


def chunks(ids: np.ndarray, length: int, batch: int = 1) -> Iterator[Chunk]:
    """Endless chunks of T = `length` steps through the text, in B = `batch` streams side by side.

    The encoded text `ids` (N,) is cut into B streams of (N - 1) // B characters. All of them are read from
    left to right, so that the state after one chunk is the right start of the next. When a whole chunk no
    longer fits, reading starts over at the beginning; the few characters left at the end are not read.
    Gradients flow within a chunk only: `length` is the truncation.

    The arrays of a chunk are views of `ids`: don't write into them.

    >>> chunk = next(chunks(np.arange(9), length=4, batch=2))
    >>> chunk.inputs.T.tolist(), chunk.targets.T.tolist(), chunk.starts_over
    ([[0, 1, 2, 3], [4, 5, 6, 7]], [[1, 2, 3, 4], [5, 6, 7, 8]], True)
    """
    ids = np.asarray(ids)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"ids has dtype {ids.dtype}, but chunks takes integers: encode the text first.")
    if ids.ndim != 1:
        raise ValueError(f"ids has shape {ids.shape}, but a text is one row. Give an array of shape (N,).")
    for name, value in (("length", length), ("batch", batch)):
        if not isinstance(value, Integral) or value < 1:
            raise ValueError(f"{name} is {value!r}. It must be a whole number of at least 1.")
    steps = (len(ids) - 1) // batch
    if steps < length:
        remedy = f"use a length of at most {steps}" if steps > 0 else "use a longer text"
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
