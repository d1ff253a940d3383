"""What the three cells share: sizes, initial weights, checks, and the shape of their loops."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.parameters import Parameters, aligned, check_generator, check_positive, check_size, float_dtype

CACHE_BYTES = 2**18      # work on blocks of about this size stays in the second-level cache
SMALL_PRODUCT = 10**6    # multiplications


class Trace:
    """What `forward` leaves for `backward`, and the workspace of both.

    Arrays are made when they are first asked for and used again from then on, as long as the trace
    is given back to `forward` with the same cell, dtype and size of input.
    """

    def __init__(self, cell: "Cell", steps: int, batch: int, dtype: np.dtype):
        self.key = cell, steps, batch, dtype
        self.x: np.ndarray | None = None
        self._arrays: dict[str, np.ndarray] = {}

    def array(self, name: str, *shape: int) -> np.ndarray:
        """The array called `name`: new and not filled at first, then the same again, cut to shape[0]."""
        if name not in self._arrays or len(self._arrays[name]) < shape[0]:
            self._arrays[name] = aligned(shape, self.key[3])
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
        TypeError, ValueError: a size is not a whole number of at least 1.
    """

    gate_count = 1                           # blocks of H columns in W_xh and W_hh
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
        for name in ("W_xh", "W_hh"):
            p[name] = random_weights(rng, self.shapes[name], self.hidden_size, scale)
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
        """Check the arguments of `forward`; returns the arrays of the first state and a trace that fits."""
        self._check_parameters("p", p)
        dtype = p.vector.dtype
        x = self._check_input(x, dtype)
        T, B = x.shape[:2]
        state = self._check_state("state", state, B)
        if trace is None or trace.key != (self, T, B, dtype):
            trace = Trace(self, T, B, dtype)
        trace.x = x
        return state, trace

    def _begin_backward(self, p: Parameters, d_h, trace: Trace, d_state, grads: Parameters | None):
        """Check the arguments of `backward`; returns d_h, copies of d_state, room for gradients."""
        if not isinstance(trace, Trace) or trace.key[0] is not self:
            raise ValueError(f"trace must be what forward of this cell returned, got {trace!r}")
        _, T, B, dtype = trace.key
        self._check_parameters("p", p, dtype)
        if grads is not None:
            self._check_parameters("grads", grads, dtype)
        d_h = self._check_array("d_h", d_h, (T, B, self.hidden_size))
        working = np.empty((len(self.state_names), B, self.hidden_size), dtype)
        for mine, given in zip(working, self._check_state("d_state", d_state, B), strict=True):
            mine[...] = given
        return d_h, working, Parameters(self.shapes, dtype=dtype) if grads is None else grads

    def _check_parameters(self, name: str, p: Parameters, dtype: np.dtype | None = None) -> None:
        if not isinstance(p, Parameters):
            raise TypeError(f"{name} must be Parameters as cell.init makes them, got {type(p).__name__}")
        for array, shape in self.shapes.items():
            if p.shapes.get(array) != shape:
                found = f"has shape {p.shapes[array]}" if array in p else "is missing"
                raise ValueError(f"{name} belongs to another cell: its {array} {found}, expected {shape}")
        if dtype is not None and dtype != p.vector.dtype:
            raise TypeError(f"{name} is {p.vector.dtype}, expected {dtype}, that of the forward pass")

    def _check_input(self, x, dtype: np.dtype) -> np.ndarray:
        x, D = np.asarray(x), self.input_size
        if x.dtype.kind in "iu":
            if x.ndim != 2 or x.size == 0:
                raise ValueError(f"x of integers has shape {x.shape}, expected (T, B), neither of them 0")
            if x.astype(np.uint64).max() >= D:  # a negative one becomes very large
                raise ValueError(f"x has symbols from {x.min()} to {x.max()}, expected 0 to {D - 1}")
            return x
        if x.dtype.kind != "f":
            raise TypeError(f"x must be an array of integers (T, B) or floats (T, B, {D}), got {x.dtype}")
        if x.ndim != 3 or x.shape[2] != D or x.size == 0:
            raise ValueError(f"x of floats has shape {x.shape}, expected (T, B, {D}), none of them 0")
        if not np.isfinite(x).all():
            raise ValueError("x has values that are not finite, expected numbers")
        return x.astype(dtype, copy=False)

    def _check_array(self, name: str, a, shape: tuple[int, ...]) -> np.ndarray:
        a = np.asarray(a)
        if a.dtype.kind not in "fiu":
            raise TypeError(f"{name} must be an array of numbers, got {a.dtype}")
        if a.shape != shape:
            raise ValueError(f"{name} has shape {a.shape}, expected {shape}")
        return a

    def _check_state(self, name: str, state, batch: int) -> list[np.ndarray | float]:
        """The arrays of a state, or a zero for each where there is none."""
        names, shape = self.state_names, (batch, self.hidden_size)
        if state is None:
            return [0.0] * len(names)
        if not isinstance(state, tuple | list) or len(state) != len(names):
            raise TypeError(f"{name} must be a tuple of {len(names)} ({', '.join(names)}), arrays {shape}, "
                            f"got {type(state).__name__}")
        state = [self._check_array(name, a, shape) for a in state]
        for a in state:
            if not np.isfinite(a).all():
                raise ValueError(f"{name} has values that are not finite, expected numbers")
        return state

    def _stepper_state(self, p: Parameters, state) -> list[np.ndarray]:
        """Copies of the arrays of `state`, or zeros (1, H)."""
        if state is None:
            return list(self.zero_state(1, p.vector.dtype))
        batch = len(state[0]) if isinstance(state, tuple | list) and state else 1
        return [np.array(a, p.vector.dtype) for a in self._check_state("state", state, batch)]

    def _input_to_step(self, p: Parameters) -> Callable[[np.ndarray], np.ndarray]:
        """For a stepper: a function that turns x, (B,) symbols or (B, D) floats, into x W_xh + b_h."""
        D, W_xh, b_h, table = self.input_size, p.W_xh, p.b_h, p.W_xh + p.b_h

        def from_x(x) -> np.ndarray:
            x = np.asarray(x)
            if x.dtype.kind in "iu" and x.ndim == 1:
                symbols = x.tolist()
                if min(symbols) < 0 or max(symbols) >= D:
                    raise ValueError(f"x is {symbols}, expected symbols from 0 to {D - 1}")
                return table.take(x, axis=0)
            if x.dtype.kind == "f" and x.ndim == 2 and x.shape[1] == D:
                return x.astype(W_xh.dtype, copy=False) @ W_xh + b_h
            raise ValueError(f"x is {x.dtype} {x.shape}, expected integers (B,) or floats (B, {D})")

        return from_x


def random_weights(rng: np.random.Generator, shape: tuple[int, ...], hidden_size: int, scale: float | None):
    """Normal numbers of standard deviation `scale`; without it uniform ones within 1/sqrt(hidden_size)."""
    check_generator(rng)
    if scale is None:
        bound = hidden_size**-0.5
        return rng.uniform(-bound, bound, shape)
    return check_positive("scale", scale) * rng.standard_normal(shape)


def flat(a: np.ndarray) -> np.ndarray:
    """A (T, B, N) array as (T * B, N): all steps of all sequences under one another."""
    return a.reshape(-1, a.shape[-1])


def rows(a: np.ndarray) -> np.ndarray:
    """An array (..., B, N) for the loop over time: as it is, or (..., N) if B is 1.

    NumPy handles vectors quicker than matrices of one row, and the loop reads the same.
    """
    return a[..., 0, :] if a.shape[-2] == 1 else a


def by_gate(a: np.ndarray, gates: int) -> list[np.ndarray]:
    """The blocks of an array (..., gates * H), one a gate, as views (..., H)."""
    H = a.shape[-1] // gates
    return [a[..., k * H : (k + 1) * H] for k in range(gates)]


def time_blocks(steps: int, bytes_per_step: int) -> list[slice]:
    """The steps 0 to `steps` in slices whose work arrays stay in the processor's cache."""
    length = max(1, CACHE_BYTES // bytes_per_step)
    return [slice(start, min(start + length, steps)) for start in range(0, steps, length)]


def product(W: np.ndarray, batch: int) -> Callable:
    """A function (a, out) that sets out = a W; a and out have `batch` rows, or are vectors if that is 1.

    OpenBLAS does small products, of up to a million multiplications, without first copying the
    matrices to a packed form. A larger one is cut into such pieces, blocks of columns of W, where
    the sizes allow it.
    """
    K, N = W.shape
    if batch == 1:
        return W.T.dot                           # a W = W^T a
    W = np.ascontiguousarray(W)                  # a product with a transposed view takes twice the time
    columns = next((n for n in (64, 32) if N % n == 0 and batch * K * n <= SMALL_PRODUCT), N)
    if columns == N or batch * K * N <= SMALL_PRODUCT:
        return lambda a, out: np.dot(a, W, out=out)
    pieces = np.ascontiguousarray(W.reshape(K, -1, columns).swapaxes(0, 1))
    return lambda a, out: np.matmul(a, pieces, out=out.reshape(batch, -1, columns).swapaxes(0, 1))


def input_blocks(trace: Trace, W_xh: np.ndarray, b_h: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Slices of time steps, each with x W_xh + b_h for its steps, (steps, B, N), computed at once."""
    x, (_, T, B, dtype), N = trace.x, trace.key, len(b_h)
    if x.ndim == 2:
        table = np.add(W_xh, b_h, out=trace.array("table", *W_xh.shape))
    for block in time_blocks(T, B * N * dtype.itemsize):
        from_x = trace.array("from_x", block.stop - block.start, B, N)
        if x.ndim == 2:
            # x has been checked, and mode="raise" would make a copy
            np.take(table, x[block], axis=0, out=from_x, mode="clip")
        else:
            np.matmul(flat(x[block]), W_xh, out=flat(from_x))
            from_x += b_h
        yield block, from_x


def input_gradients(x: np.ndarray, W_xh: np.ndarray, d_a: np.ndarray, d_W_xh: np.ndarray, d_b: np.ndarray):
    """Fill d_W_xh = x^T d_a and d_b, the sum of d_a; return d_x = d_a W_xh^T, or None for symbols.

    d_a is (T, B, N). For symbols row k of d_W_xh is the sum of the rows of d_a where x is k.
    """
    d_a = flat(d_a)
    if x.ndim == 3:
        np.matmul(flat(x).T, d_a, out=d_W_xh)
        np.dot(np.ones(len(d_a), d_a.dtype), d_a, out=d_b)
        return (d_a @ W_xh.T).reshape(x.shape)
    symbols = x.ravel()
    if symbols.size < 256 > len(W_xh):  # a product with one-hot columns is quicker than a loop over symbols
        one_hot = np.zeros((len(W_xh), symbols.size), d_a.dtype)
        one_hot[symbols, np.arange(symbols.size)] = 1
        np.matmul(one_hot, d_a, out=d_W_xh)
    else:
        d_W_xh[...] = 0
        order = np.argsort(symbols, kind="stable")
        present, starts = np.unique(symbols[order], return_index=True)
        for symbol, places in zip(present, np.split(order, starts[1:]), strict=True):
            np.add.reduce(d_a[places], axis=0, out=d_W_xh[symbol])
    # Every row of d_a has gone into one row of d_W_xh, so both have the same sum: take the shorter.
    shorter = min(d_a, d_W_xh, key=len)
    np.dot(np.ones(len(shorter), d_a.dtype), shorter, out=d_b)
    return None
