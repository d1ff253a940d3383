"""A linear recurrence as a cell: each unit multiplies its state by a factor that the input chooses."""

import numpy as np
from numpy.typing import DTypeLike

from helpers.networks import Cell, Parameters, sigmoid

RANGES = {"(0, 1)": (sigmoid, lambda f: f * (1 - f)), "(-1, 1)": (np.tanh, lambda f: 1 - f**2)}


class LinearRecurrence(Cell):
    """h = f h_prev + u, where f and u are functions of the input alone (Martin and Cundy 2018).

        a_f, u = the two halves of x W_xh + b_h
        f = sigmoid(a_f), between 0 and 1, or tanh(a_f), between -1 and 1 (Grazzi et al. 2025)

    It has no W_hh: a unit sees no other unit, and its own state only through the factor.

    Args:
        input_size: D, the number of symbols.
        hidden_size: H, the number of units.
        factors: where they lie, "(0, 1)" or "(-1, 1)".

    Raises:
        TypeError, ValueError: an argument is none of these.
    """

    gate_count = 2

    def __init__(self, input_size: int, hidden_size: int, factors: str = "(0, 1)"):
        super().__init__(input_size, hidden_size)
        if factors not in RANGES:
            raise ValueError(f"factors is {factors!r}. Take '(0, 1)' or '(-1, 1)'.")
        self.factors = factors

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters."""
        return {"W_xh": (self.input_size, 2 * self.hidden_size), "b_h": (2 * self.hidden_size,)}

    def init(
        self, rng: np.random.Generator, scale: float | None = None, dtype: DTypeLike = np.float64
    ) -> Parameters:
        """Fresh parameters: uniform between -1 and 1, or normal with standard deviation `scale`."""
        p = Parameters(self.shapes, dtype=dtype)
        shape = p.W_xh.shape
        p.W_xh = rng.uniform(-1, 1, shape) if scale is None else scale * rng.standard_normal(shape)
        return p

    def forward(self, p, x, state=None, cache=None):
        """As `Cell.forward`, for symbols; the state is (h,)."""
        (h_first,), cache = self._begin(p, x, state, cache)
        a_f, u = np.split(p.W_xh[cache.x] + p.b_h, 2, axis=-1)
        f, h = RANGES[self.factors][0](a_f), np.empty((len(u) + 1, *u.shape[1:]), u.dtype)
        h[0] = h_first
        for t in range(len(u)):
            h[t + 1] = f[t] * h[t] + u[t]
        cache.kept = f, h
        return h[1:], (h[-1].copy(),), cache

    def backward(self, p, d_h, cache, d_state=None, grads=None):
        """As `Cell.backward`."""
        d_h, (dh,), grads = self._begin_backward(p, d_h, cache, d_state, grads)
        f, h = cache.kept
        da = np.empty((*d_h.shape[:2], 2 * self.hidden_size), d_h.dtype)
        da_f, du = np.split(da, 2, axis=-1)
        for t in reversed(range(len(f))):
            dh = dh + d_h[t]
            da_f[t], du[t] = dh * h[t], dh
            dh = dh * f[t]
        da_f *= RANGES[self.factors][1](f)
        for symbol in range(self.input_size):
            grads.W_xh[symbol] = da[cache.x == symbol].sum(axis=0)
        grads.b_h[...] = da.sum(axis=(0, 1))
        return grads, None, (dh,)

    def gates(self, cache):
        """The factors, (T, B, H)."""
        return {"f": cache.kept[0]}

    def step_fn(self, p, state):
        """None: nothing is drawn from this cell."""
        raise NotImplementedError("A linear recurrence in this lesson cannot generate text.")

    def plain(self):
        """None: `forward` and `backward` are plain."""
        raise NotImplementedError("This cell has no separate plain form, because forward and backward "
                                  "are plain already.")
