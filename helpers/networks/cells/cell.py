"""The contract of a cell: sizes, parameters, forward, backward and step_fn; and the checks they share."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from helpers.networks.cells.workspace import Cache
from helpers.networks.checks import check_generator, check_positive, check_size
from helpers.networks.parameters import Parameters, float_dtype

State = tuple[np.ndarray, ...]                   # one array (B, H) for each of a cell's state_names


class Cell(ABC):
    """Base of the cells. A cell knows sizes and equations; the numbers are in a `Parameters`.

    A new cell says `gate_count`, `state_names` and, if it has more parameters, `shapes` and `init`, and
    writes `forward`, `backward`, `step_fn`, `gates` and `plain`. It is one file, of which `peephole` is an
    example, and one line in `helpers.networks.CELLS`: what is there the tests hold to all that stands here.

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

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters."""
        width = self.gate_count * self.hidden_size
        return {"W_xh": (self.input_size, width), "W_hh": (self.hidden_size, width), "b_h": (width,)}

    def init(
        self, rng: np.random.Generator, scale: float | None = None, dtype: DTypeLike = np.float64
    ) -> Parameters:
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

    def zero_state(self, batch: int, dtype: DTypeLike = np.float64) -> State:
        """The state before anything was read: zeros (B, H), one for each name in `state_names`."""
        shape = check_size("batch", batch), self.hidden_size
        return tuple(np.zeros(shape, float_dtype(dtype)) for _ in self.state_names)

    @abstractmethod
    def forward(
        self, p: Parameters, x: ArrayLike, state: State | None = None, cache: Cache | None = None
    ) -> tuple[np.ndarray, State, Cache]:
        """Run over a sequence.

        Args:
            p: parameters with at least this cell's names; their dtype is that of the computation.
            x: (T, B, D) floats or (T, B) integer symbols.
            state: the state before the first step, (B, H) for each of `state_names`; None means zeros.
            cache: from an earlier call, to be used again: what that call returned as h is overwritten.

        Returns:
            h (T, B, H), the state after each step; the last state, copies; the cache for `backward`.

        Raises:
            ValueError, TypeError: a shape, a type or a symbol does not fit; nothing is changed.
        """

    @abstractmethod
    def backward(
        self, p: Parameters, d_h: np.ndarray, cache: Cache, d_state: State | None = None,
        grads: Parameters | None = None,
    ) -> tuple[Parameters, np.ndarray | None, State]:
        """Backpropagation through time, over the sequence of `forward`.

        Args:
            p: the parameters that `forward` used.
            d_h: (T, B, H), gradient with respect to each state, without what comes through later states.
            cache: from `forward`; what it holds of the forward pass is left as it is.
            d_state: gradient with respect to the returned state, (B, H) for each of `state_names`; None means
                zero.
            grads: where to write, `Parameters` with at least this cell's names; made if left out.

        Returns:
            gradients by name; d_x (T, B, D), None for symbols; the gradient with respect to the first
                state.

        Raises:
            ValueError, TypeError: a shape or type does not fit; nothing is changed.
        """

    @abstractmethod
    def step_fn(self, p: Parameters, state: State) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        """A function move(x_W, h_W) -> h that moves on by one time step, for sampling: all but the products.

        x_W is x W_xh + b_h, h_W is h_prev W_hh, which it may overwrite, both (..., G*H); h is (..., H). It
        begins at `state`, arrays (..., H), which it does not check. Make a new one when the parameters have
        changed.
        """

    @abstractmethod
    def gates(self, cache: Cache) -> dict[str, np.ndarray]:
        """Outputs of the gates by name, (T, B, H) each, views of the cache; a plain RNN has none."""

    @abstractmethod
    def plain(self) -> tuple[Callable, Callable]:
        """The cell's equations one a line, as in `helpers.networks.cells.plain`, which the tests compare.

        Returns:
            forward(p, x, *state): all states, a dictionary by step for each of `state_names`; then the gates
            by step, in the order of `gates`, if it has any.

            backward(p, x, *what_forward_returned, d_h, *d_state): grads, d_x, d_state, da.
        """

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.input_size}, {self.hidden_size})"

    def _begin(
        self, p: Parameters, x: ArrayLike, state: State | None, cache: Cache | None
    ) -> tuple[list[np.ndarray | float], Cache]:
        """Check the arguments of `forward`; returns the arrays of the first state and a cache that fits."""
        self._check_parameters("p", p)
        dtype = p.vector.dtype
        x = self._check_input(x, dtype)
        T, B = x.shape[:2]
        first = self._check_state("state", state, B)
        if cache is None or cache.key != (self, T, B, dtype):
            cache = Cache(self, T, B, dtype)
        cache.x = x
        return first, cache

    def _begin_backward(
        self, p: Parameters, d_h: ArrayLike, cache: Cache, d_state: State | None, grads: Parameters | None
    ) -> tuple[np.ndarray, np.ndarray, Parameters]:
        """Check the arguments of `backward`; returns d_h, copies of d_state, room for gradients."""
        if not isinstance(cache, Cache) or cache.cell is not self:
            raise ValueError(f"cache must be one that this cell's forward returned, got {cache!r}")
        T, B, dtype = cache.steps, cache.batch, cache.dtype
        self._check_parameters("p", p, dtype)
        if grads is not None:
            self._check_parameters("grads", grads, dtype)
        d_h = self._check_array("d_h", d_h, (T, B, self.hidden_size))
        working = np.zeros((len(self.state_names), B, self.hidden_size), dtype)
        if d_state is not None:
            for mine, given in zip(working, self._check_state("d_state", d_state, B), strict=True):
                mine[...] = given
        return d_h, working, Parameters(self.shapes, dtype=dtype) if grads is None else grads

    def _check_parameters(self, name: str, p: Parameters, dtype: np.dtype | None = None) -> None:
        if not isinstance(p, Parameters):
            raise TypeError(f"{name} must be a Parameters object, such as cell.init returns, "
                            f"got {type(p).__name__}")
        if not p.shapes.items() >= self.shapes.items():
            array, shape = next(pair for pair in self.shapes.items() if pair not in p.shapes.items())
            found = f"has shape {p.shapes[array]}" if array in p else "is missing"
            raise ValueError(f"{name} belongs to another cell: its {array} {found}, expected {shape}")
        if dtype is not None and dtype != p.vector.dtype:
            raise TypeError(f"{name} is {p.vector.dtype}, expected {dtype}, as in the forward pass")

    def _check_input(self, x: ArrayLike, dtype: np.dtype) -> np.ndarray:
        x, D = np.asarray(x), self.input_size
        if x.dtype.kind in "iu":
            if x.ndim != 2 or x.size == 0:
                raise ValueError(f"x of integers has shape {x.shape}, expected (T, B), each at least 1")
            if largest_symbol(x) >= D:
                raise ValueError(f"x has symbols from {x.min()} to {x.max()}, expected 0 to {D - 1}")
            return x
        if x.dtype.kind != "f":
            raise TypeError(f"x must be an array of integers (T, B) or floats (T, B, {D}), got {x.dtype}")
        if x.ndim != 3 or x.shape[2] != D or x.size == 0:
            raise ValueError(f"x of floats has shape {x.shape}, expected (T, B, {D}), each at least 1")
        if not np.isfinite(x).all():
            raise ValueError("x has values that are infinite or not a number")
        return x.astype(dtype, copy=False)

    def _check_array(self, name: str, a: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
        a = np.asarray(a)
        if a.dtype.kind not in "fiu":
            raise TypeError(f"{name} must be an array of numbers, got {a.dtype}")
        if a.shape != shape:
            raise ValueError(f"{name} has shape {a.shape}, expected {shape}")
        return a

    def _check_state(self, name: str, state: State | None, batch: int) -> list[np.ndarray | float]:
        """The arrays of a state, or a zero for each where there is none."""
        names, shape = self.state_names, (batch, self.hidden_size)
        if state is None:
            return [0.0] * len(names)
        if not isinstance(state, tuple | list) or len(state) != len(names):
            raise TypeError(f"{name} must be a tuple of length {len(names)} ({', '.join(names)}), with "
                            f"arrays of shape {shape}, but this {type(state).__name__} is not")
        arrays = [self._check_array(name, a, shape) for a in state]
        for a in arrays:
            # The sum of squares is finite for all that occurs, and takes a fifth of the time of isfinite.
            if not np.isfinite(np.vdot(a, a)) and not np.isfinite(a).all():
                raise ValueError(f"{name} has values that are infinite or not a number")
        return [*arrays]


def largest_symbol(x: np.ndarray) -> int:
    """The largest of some integers; a negative one counts as very large, so that one pass sees both ends."""
    return int(np.maximum.reduce(x.astype(np.uint64), axis=None))


def random_weights(
    rng: np.random.Generator, shape: tuple[int, ...], hidden_size: int, scale: float | None
) -> np.ndarray:
    """Normal numbers of standard deviation `scale`; without it uniform ones within 1/sqrt(hidden_size)."""
    check_generator(rng)
    if scale is None:
        bound = hidden_size**-0.5
        return rng.uniform(-bound, bound, shape)
    return check_positive("scale", scale) * rng.standard_normal(shape)
