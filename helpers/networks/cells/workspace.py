"""What the fast cells work in: arrays that are made once, views of each step by name, and products.

Nothing here is about a cell's equations. Each function says what it buys; `benchmarks/README.md` has
the times.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from helpers.networks.parameters import aligned

CACHE_BYTES = 2**18      # the work on a block of about this size stays in the second-level cache
SMALL_PRODUCT = 10**6    # multiplications: up to here OpenBLAS multiplies without copying the matrices first
KEPT_STEPS = 512         # views of so many steps are kept for the next call; those of a text fill memory
Made = TypeVar("Made")


class Sizes(Protocol):
    """What a workspace has to know of a cell."""

    gate_count: int
    hidden_size: int


class Cache:
    """What `forward` leaves for `backward`, and the workspace of both.

    Arrays and views are made when they are first asked for and used again from then on, as long as the
    cache is given back to `forward` with the same cell, dtype and size of input.
    """

    x: np.ndarray                # the inputs of the last `forward`
    kept: Any                    # what a cell that works without these arrays leaves for `backward`
    blocks: list[slice]          # time steps, so many that an array as wide as all gates stays in the cache

    def __init__(self, cell: Sizes, steps: int, batch: int, dtype: np.dtype):
        self.key = cell, steps, batch, dtype
        self.cell, self.steps, self.batch, self.dtype = self.key
        width = cell.gate_count * cell.hidden_size
        self.blocks = time_blocks(steps, batch * width * dtype.itemsize)
        self.block = self.blocks[0].stop         # steps of the longest
        self._arrays: dict[str, np.ndarray] = {}
        self._made: dict[Callable, Any] = {}

    def array(self, name: str, *shape: int) -> np.ndarray:
        """The array called `name`: new and not filled at first, then the same again, cut to shape[0]."""
        if name not in self._arrays or len(self._arrays[name]) < shape[0]:
            self._arrays[name] = aligned(shape, self.dtype)
        return self._arrays[name][: shape[0]]

    def once(self, make: Callable[["Cache"], Made]) -> Made:
        """``make(self)``, called the first time only: for views, which take longer to make than to use."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]

    def __repr__(self) -> str:
        return f"Cache({self.cell}, T={self.steps}, B={self.batch}, {self.dtype})"


class Buffers(Generic[Made]):
    """For every block of time steps its slice, and for each of its steps an object of the class `kind`.

    The fields of `kind` are views of one step of the arrays that have the same names in `work`. An array
    there is (T, ..., B, N), or as long as a block of steps, and then every block works in it anew.
    """

    def __init__(self, kind: type[Made], cache: Cache, work: object):
        self._kind, self._steps, self._blocks = kind, cache.steps, cache.blocks
        self._arrays = [getattr(work, name) for name in kind.__annotations__]
        short = cache.steps <= KEPT_STEPS
        self._kept = [self._block(times) for times in cache.blocks] if short else None

    def _block(self, times: slice) -> tuple[slice, list[Made]]:
        arrays = (squeezed(a[times] if len(a) == self._steps else a) for a in self._arrays)
        return times, list(map(self._kind, *arrays))

    def __iter__(self) -> Iterator[tuple[slice, list[Made]]]:
        return iter(self._kept) if self._kept else map(self._block, self._blocks)

    def __reversed__(self) -> Iterator[tuple[slice, list[Made]]]:
        return reversed(self._kept) if self._kept else map(self._block, reversed(self._blocks))


def flat(a: np.ndarray) -> np.ndarray:
    """A (T, B, N) array as (T * B, N): all steps of all sequences under one another."""
    return a.reshape(-1, a.shape[-1])


def squeezed(a: np.ndarray) -> np.ndarray:
    """An array (..., B, N) for the loop over time: as it is, or (..., N) if B is 1.

    NumPy handles vectors quicker than matrices of one row, and the loop reads the same.
    """
    return a[..., 0, :] if a.shape[-2] == 1 else a


def by_gate(a: np.ndarray, gates: int) -> list[np.ndarray]:
    """The blocks of an array (..., gates * H), one per gate, as views (..., H)."""
    H = a.shape[-1] // gates
    return [a[..., k * H : (k + 1) * H] for k in range(gates)]


def time_blocks(steps: int, bytes_per_step: int) -> list[slice]:
    """The steps 0 to `steps` in slices whose work arrays stay in the processor's cache."""
    length = max(1, CACHE_BYTES // bytes_per_step)
    return [slice(start, min(start + length, steps)) for start in range(0, steps, length)]


def multiplier(W: np.ndarray, batch: int) -> Callable[[np.ndarray, np.ndarray], Any]:
    """A function (a, out) that sets out = a W; a and out have `batch` rows, or are vectors if that is 1.

    A product of up to a million multiplications OpenBLAS does at once; for a larger one it first copies
    both matrices to a packed form at every step. So a larger one is cut into small ones, blocks of
    columns of W, where the sizes allow it.
    """
    K, N = W.shape
    if batch == 1:
        return W.T.dot                           # a W = W^T a, and a method is called quicker than np.dot
    W = np.ascontiguousarray(W)                  # a product with the view W_hh^T takes twice the time
    # Blocks of 64 columns fill OpenBLAS' inner loops; of 32, where 64 would not divide or not be small.
    columns = next((n for n in (64, 32) if N % n == 0 and batch * K * n <= SMALL_PRODUCT), N)
    if columns == N or batch * K * N <= SMALL_PRODUCT:
        return lambda a, out: np.dot(a, W, out)
    pieces = np.ascontiguousarray(W.reshape(K, -1, columns).swapaxes(0, 1))      # (pieces, K, columns)
    # Each piece is multiplied into its own columns of out, seen as (pieces, batch, columns).
    return lambda a, out: np.matmul(a, pieces, out.reshape(batch, -1, columns).swapaxes(0, 1))


def gate_product(W: np.ndarray, gates: int, batch: int) -> Callable[[np.ndarray, np.ndarray], Any]:
    """As `multiplier`, but out is (gates, batch, H): NumPy goes quicker through a gate in one piece.

    With one sequence out is (gates * H,), in which each gate is that already.
    """
    if batch == 1:
        return multiplier(W, batch)
    blocks = np.ascontiguousarray(W.reshape(len(W), gates, -1).swapaxes(0, 1))
    return lambda a, out: np.matmul(a, blocks, out)


def input_product(
    cache: Cache, W_xh: np.ndarray, b_h: np.ndarray, x_W: np.ndarray
) -> Callable[[slice], None]:
    """A function that fills the beginning of x_W (steps, B, N) with x W_xh + b_h of a block of time steps."""
    x = cache.x
    if x.ndim == 3:
        def multiply(times: slice) -> None:
            part = x_W[: times.stop - times.start]
            np.dot(flat(x[times]), W_xh, flat(part))
            part += b_h

        return multiply
    table = np.add(W_xh, b_h, cache.array("table", *W_xh.shape))

    def look_up(times: slice) -> None:           # a one-hot row times W_xh is a row of W_xh
        # Symbols are checked, mode "raise" would make a copy, and NumPy 2.0 takes no uint64.
        table.take(x[times].astype(np.intp, copy=False), 0, x_W[: times.stop - times.start], "clip")

    return look_up


def input_gradients(
    x: np.ndarray, W_xh: np.ndarray, d_a: np.ndarray, d_W_xh: np.ndarray, d_b: np.ndarray
) -> np.ndarray | None:
    """Fill d_W_xh = x^T d_a and d_b, the sum of d_a; return d_x = d_a W_xh^T, or None for symbols.

    d_a is (T, B, N). For symbols row k of d_W_xh is the sum of the rows of d_a where x is k.
    """
    d_a = flat(d_a)
    if x.ndim == 3:
        np.dot(flat(x).T, d_a, d_W_xh)
        np.dot(np.ones(len(d_a), d_a.dtype), d_a, d_b)
        return (d_a @ W_xh.T).reshape(x.shape)
    symbols = x.ravel()
    if symbols.size < 256 > len(W_xh):
        # A product with one-hot columns: few enough multiplications to be quicker than a loop over symbols.
        one_hot = np.zeros((len(W_xh), symbols.size), d_a.dtype)
        one_hot[symbols, np.arange(symbols.size)] = 1
        np.dot(one_hot, d_a, d_W_xh)
    else:
        # One sum a symbol over its rows of d_a; np.add.at, which needs no loop, takes 28 times as long.
        d_W_xh[...] = 0
        order = np.argsort(symbols, kind="stable")
        present, starts = np.unique(symbols[order], return_index=True)
        for symbol, places in zip(present, np.split(order, starts[1:]), strict=True):
            np.add.reduce(d_a[places], axis=0, out=d_W_xh[symbol])
    # Every row of d_a has gone into one row of d_W_xh, so both have the same sum: take the shorter.
    shorter = d_a if len(d_a) <= len(d_W_xh) else d_W_xh
    np.dot(np.ones(len(shorter), d_a.dtype), shorter, d_b)
    return None
