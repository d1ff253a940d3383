"""Named arrays that are views of one flat vector.

The mathematics speaks of ``W_hh`` and ``b_h``; an optimiser, a norm and a copy want one long
vector. `Parameters` is both at once: every named array is a window onto the same memory.

>>> p = Parameters({"W": (2, 3), "b": (3,)})
>>> p.b = [1, 2, 3]
>>> p.vector
array([0., 0., 0., 0., 0., 0., 1., 2., 3.])
"""

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import DTypeLike


class Parameters:
    """Arrays by name, `p["W_hh"]` or `p.W_hh`, all of them views of the flat `p.vector`.

    Assignment writes through: ``p.W_hh = a`` copies `a`, an array of that shape or a single number,
    into place. `shapes` are in the order in which the arrays lie in the vector. Without a `vector`
    there is a new one, all zeros.
    """

    shapes: dict[str, tuple[int, ...]]
    vector: np.ndarray
    _arrays: dict[str, np.ndarray]

    def __init__(
        self, shapes: Mapping[str, tuple[int, ...]], vector: np.ndarray | None = None,
        dtype: DTypeLike = np.float64,
    ):
        shapes = {name: tuple(shape) for name, shape in shapes.items()}
        size = sum(math.prod(shape) for shape in shapes.values())
        if vector is None:
            vector = aligned((size,), float_dtype(dtype))
            vector[:] = 0
        if not isinstance(vector, np.ndarray) or float_dtype(vector.dtype) != vector.dtype:
            raise TypeError(f"vector must be a float32 or float64 array, got {type(vector).__name__}")
        if vector.shape != (size,) or not vector.flags.c_contiguous:
            raise ValueError(f"vector has shape {vector.shape}, expected ({size},), contiguous")
        arrays, start = {}, 0
        for name, shape in shapes.items():
            if not name.isidentifier() or name in dir(type(self)) or name in ("vector", "shapes"):
                raise ValueError(f"{name!r} cannot name an array; use a plain name such as W_xh")
            arrays[name] = vector[start : start + math.prod(shape)].reshape(shape)
            start += math.prod(shape)
        self.__dict__.update(arrays, shapes=shapes, vector=vector, _arrays=arrays)

    def __getitem__(self, name: str) -> np.ndarray:
        try:
            return self._arrays[name]
        except (KeyError, TypeError):
            raise KeyError(f"no array named {name!r}; there are {', '.join(self)}") from None

    def __setitem__(self, name: str, value) -> None:
        array = self.vector if name == "vector" else self[name]
        value = np.asarray(value)
        if value.dtype.kind not in "fiu":
            raise TypeError(f"{name} holds real numbers, got an array of {value.dtype}")
        if value.shape not in ((), array.shape):
            raise ValueError(f"{name} has shape {array.shape}, got {value.shape}; give its own shape or one "
                             "number")
        array[...] = value

    def __getattr__(self, name: str) -> np.ndarray:
        names = self.__dict__.get("shapes", {})  # empty while an object is being rebuilt
        raise AttributeError(f"no array named {name!r}; there are {', '.join(names)}")

    def __setattr__(self, name: str, value) -> None:
        if name != "vector" and name not in self._arrays:
            raise AttributeError(f"no array named {name!r}; there are {', '.join(self)}")
        self[name] = value

    def __iter__(self) -> Iterator[str]:
        return iter(self.shapes)

    def __len__(self) -> int:
        return len(self.shapes)

    def __contains__(self, name: object) -> bool:
        return name in self.shapes

    def keys(self):
        """The names, in the order of the vector."""
        return self._arrays.keys()

    def values(self):
        """The arrays, views of the vector."""
        return self._arrays.values()

    def items(self):
        """Pairs of name and array."""
        return self._arrays.items()

    def copy(self) -> "Parameters":
        """The same names over a copy of the numbers."""
        twin = self.zeros_like()
        twin.vector = self.vector
        return twin

    def zeros_like(self) -> "Parameters":
        """The same names over zeros, for gradients and for the optimiser state."""
        return Parameters(self.shapes, dtype=self.vector.dtype)

    def __copy__(self) -> "Parameters":
        return self.copy()

    def __deepcopy__(self, memo: dict) -> "Parameters":
        return self.copy()

    def __reduce__(self):
        return Parameters, (self.shapes, self.vector)

    def __repr__(self) -> str:
        arrays = ", ".join(f"{name} {shape}" for name, shape in self.shapes.items())
        return f"Parameters({arrays}; {self.vector.size:,} numbers, {self.vector.dtype})"


def float_dtype(dtype: DTypeLike) -> np.dtype:
    """`dtype` as a NumPy dtype if it is float32 or float64."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if dtype is None or found not in (np.float32, np.float64):
        raise TypeError(f"dtype must be float32 or float64, got {dtype!r}")
    return found


def aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """A new array, not filled, that begins on a cache line: sums and products over it take half the time."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.empty(size + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + size].view(dtype).reshape(shape)
