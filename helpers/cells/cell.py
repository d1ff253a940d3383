"""What the three cells share: sizes, initial weights, checks, and the input's side of a product."""

from typing import Any

import numpy as np

from helpers.parameters import Parameters, float_dtype


CACHE_BYTES = 2**18  # work on blocks of about this size stays in the second-level cache


class Trace:
    """What `forward` leaves for `backward`, and the workspace of both.

    Arrays are made when they are first asked for and used again from then on, as long as the trace
    is given back to `forward` with the same cell, dtype and size of input.
    """

    def __init__(self, cell: "Cell", steps: int, batch: int, dtype: np.dtype):
        self.key = cell, steps, batch, dtype
        self._arrays: dict[str, np.ndarray] = {}

    def array(self, name: str, *shape: int) -> np.ndarray:
        """The array called `name`: new and not filled at first, then the same again, cut to shape[0]."""
        if name not in self._arrays or len(self._arrays[name]) < shape[0]:
            self._arrays[name] = np.empty(shape, self.key[3])
        return self._arrays[name][: shape[0]]

    def __repr__(self) -> str:
        cell, steps, batch, dtype = self.key
        return f"Trace({cell}, T={steps}, B={batch}, {dtype})"


class Cell:
    """Base of the cells. A cell knows sizes and equations; the numbers are in a `Parameters`.

    Args:
        input_size: D, the length of an input row, or the number of symbols.
        hidden_size: H, the number of hidden units.

    Raises:
        ValueError, TypeError: a size is not a whole number of at least 1.
    """

    gate_count = 1                       # blocks of H columns in W_xh and W_hh
    state_names: tuple[str, ...] = ("h",)

    def __init__(self, input_size: int, hidden_size: int):
        self.input_size = check_size("input_size", input_size)
        self.hidden_size = check_size("hidden_size", hidden_size)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters."""
        width = self.gate_count * self.hidden_size
        return {"W_xh": (self.input_size, width), "W_hh": (self.hidden_size, width), "b_h": (width,)}

    def init(self, rng: np.random.Generator, scale: float | None = None, dtype=np.float64) -> Parameters:
        """Fresh parameters: random weights, zero biases.

        Args:
            rng: where the numbers come from.
            scale: standard deviation of normal weights; if left out, weights are uniform between
                -1/sqrt(H) and 1/sqrt(H).
            dtype: float64 or float32.
        """
        p = Parameters(self.shapes, dtype=dtype)
        for name, array in p.items():
            if name.startswith("W"):
                array[...] = random_weights(rng, array.shape, self.hidden_size, scale)
        return p

    def zero_state(self, batch: int, dtype=np.float64) -> tuple[np.ndarray, ...]:
        """The state before anything was read: zeros (B, H), one for each name in `state_names`."""
        shape = check_size("batch", batch), self.hidden_size
        return tuple(np.zeros(shape, float_dtype(dtype)) for _ in self.state_names)

    def gates(self, trace: Trace) -> dict[str, np.ndarray]:
        """Gate activations by name, (T, B, H) each; a plain RNN has none."""
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.input_size}, {self.hidden_size})"

    def _begin(self, p: Parameters, x, state, trace: Trace | None):
        """Check the arguments of `forward`; returns x, the first state and a trace that fits."""
        x = self._check_input(x)
        T, B = x.shape[:2]
        state = self._check_state("state", state, B)
        dtype = p.vector.dtype
        if trace is None or trace.key != (self, T, B, dtype):
            trace = Trace(self, T, B, dtype)
        trace.x = x
        return x, state, trace

    def _check_input(self, x) -> np.ndarray:
        x = np.asarray(x)
        D = self.input_size
        if x.dtype.kind in "iu":
            if x.ndim != 2 or x.size == 0:
                raise ValueError(f"x of integers has shape {x.shape}, expected (T, B) with T and B at least 1")
            if x.min() < 0 or x.max() >= D:
                raise ValueError(f"x has symbols from {x.min()} to {x.max()}, expected 0 to {D - 1}")
        elif x.dtype.kind == "f":
            if x.ndim != 3 or x.shape[2] != D or x.size == 0:
                raise ValueError(f"x of floats has shape {x.shape}, expected (T, B, {D}) with T and B at least 1")
            if not np.isfinite(x).all():
                raise ValueError("x has values that are not finite, expected numbers")
        else:
            raise TypeError(f"x must be an array of integers (T, B) or floats (T, B, {D}), got {x.dtype}")
        return x

    def _check_rows(self, name: str, a, shape: tuple[int, ...]) -> np.ndarray:
        a = np.asarray(a)
        if a.dtype.kind not in "fiu":
            raise TypeError(f"{name} must be an array of floats, got {a.dtype}")
        if a.shape != shape:
            raise ValueError(f"{name} has shape {a.shape}, expected {shape}")
        return a

    def _check_state(self, name: str, state, batch: int) -> tuple[np.ndarray | float, ...]:
        """The arrays of a state, or zeros where there is none."""
        names, shape = self.state_names, (batch, self.hidden_size)
        if state is None:
            return (0.0,) * len(names)
        if not isinstance(state, tuple | list) or len(state) != len(names):
            raise TypeError(f"{name} must be a tuple of {len(names)} arrays {shape} ({', '.join(names)}), "
                            f"got {type(state).__name__}")
        return tuple(self._check_rows(f"{name}[{i}]", a, shape) for i, a in enumerate(state))


def check_size(name: str, value: Any) -> int:
    """`value` as an int of at least 1.

    Raises:
        TypeError: it is not a whole number. ValueError: it is below 1.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number of at least 1, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return int(value)


def random_weights(rng: np.random.Generator, shape: tuple[int, ...], hidden_size: int, scale: float | None):
    """Normal numbers of standard deviation `scale`, or uniform ones within 1/sqrt(hidden_size)."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator such as np.random.default_rng(0), got {rng!r}")
    if scale is None:
        bound = hidden_size**-0.5
        return rng.uniform(-bound, bound, shape)
    if not 0 <= scale < np.inf:
        raise ValueError(f"scale must be a finite number of at least 0, got {scale!r}")
    return scale * rng.standard_normal(shape)


def rows(a: np.ndarray) -> np.ndarray:
    """An array (..., B, N) for the loop over time: unchanged, or without the axis B where B is 1.

    NumPy handles vectors quicker than matrices of one row, and the loop reads the same.
    """
    return a[..., 0, :] if a.shape[-2] == 1 else a


def by_gate(a: np.ndarray, gates: int) -> np.ndarray:
    """A view (..., gates, B, H) of an array (..., B, gates * H)."""
    return a.reshape(*a.shape[:-1], gates, -1).swapaxes(-3, -2)


def flat(a: np.ndarray) -> np.ndarray:
    """A (T, B, N) array as (T * B, N): all steps of all sequences under one another."""
    return a.reshape(-1, a.shape[-1])


def transposed(W: np.ndarray, batch: int) -> np.ndarray:
    """W^T; for a batch as a copy, because a product with the transposed view takes twice the time."""
    return W.T if batch == 1 else W.T.copy()


def time_blocks(steps: int, bytes_per_step: int) -> list[slice]:
    """The steps 0 to `steps` in slices whose work arrays stay in the processor's cache."""
    length = max(1, CACHE_BYTES // bytes_per_step)
    return [slice(start, min(start + length, steps)) for start in range(0, steps, length)]


def project_input(x: np.ndarray, W_xh: np.ndarray, b_h: np.ndarray, out: np.ndarray) -> None:
    """out[t] = x[t] W_xh + b_h for all steps of x at once; out is (T, B, N)."""
    if x.ndim == 2:
        np.take(W_xh, x, axis=0, out=out, mode="clip")  # "raise" would copy; x has been checked
    else:
        np.matmul(flat(x), W_xh, out=flat(out))
    np.add(out, b_h, out=out)


def input_gradients(x: np.ndarray, W_xh: np.ndarray, d_a: np.ndarray, d_W_xh: np.ndarray, d_b: np.ndarray):
    """Fill d_W_xh = x^T d_a and d_b, the sum of d_a; return d_x = d_a W_xh^T or None for symbols.

    d_a is (T, B, N). For symbols row k of d_W_xh is the sum of the rows of d_a where x is k.
    """
    d_a = flat(d_a)
    if x.ndim == 3:
        np.matmul(flat(x).T, d_a, out=d_W_xh)
        np.sum(d_a, axis=0, out=d_b)
        return (d_a @ W_xh.T).reshape(x.shape)
    symbols = x.ravel()
    if symbols.size < 256:  # a product with one-hot columns is quicker than a loop over symbols
        one_hot = np.equal(np.arange(len(W_xh))[:, None], symbols).astype(d_a.dtype)
        np.matmul(one_hot, d_a, out=d_W_xh)
    else:
        d_W_xh[...] = 0
        order = np.argsort(symbols, kind="stable")
        present, starts = np.unique(symbols[order], return_index=True)
        for symbol, places in zip(present, np.split(order, starts[1:]), strict=True):
            np.add.reduce(d_a[places], axis=0, out=d_W_xh[symbol])
    np.add.reduce(d_W_xh, axis=0, out=d_b)  # each row of d_a went into one row of d_W_xh
    return None
