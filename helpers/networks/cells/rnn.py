"""The plain recurrent network."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from helpers.networks.cells.cell import Cell, State
from helpers.networks.cells.plain import rnn_backward, rnn_forward
from helpers.networks.cells.workspace import (
    Buffers,
    Cache,
    flat,
    input_gradients,
    input_product,
    multiplier,
    squeezed,
)
from helpers.networks.functions import relu
from helpers.networks.parameters import Parameters


class RNN(Cell):
    """The fast form of `helpers.networks.cells.plain.rnn_forward` and `rnn_backward` (Elman 1990).

        h = phi(x W_xh + h_prev W_hh + b_h),  where phi is tanh or relu

    Args:
        input_size: D, the length of an input row, or the number of symbols.
        hidden_size: H, the number of hidden units.
        nonlinearity: "tanh" or "relu".

    Raises:
        TypeError, ValueError: an argument is none of these.
    """

    def __init__(self, input_size: int, hidden_size: int, nonlinearity: str = "tanh"):
        super().__init__(input_size, hidden_size)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
        self.nonlinearity = nonlinearity

    def __repr__(self) -> str:
        tanh = self.nonlinearity == "tanh"
        return super().__repr__() if tanh else f"RNN({self.input_size}, {self.hidden_size}, 'relu')"

    def plain(self):
        """As `Cell.plain`."""
        return (partial(rnn_forward, nonlinearity=self.nonlinearity),
                partial(rnn_backward, nonlinearity=self.nonlinearity))

    def gates(self, cache: Cache) -> dict[str, np.ndarray]:
        """None: an empty dictionary."""
        return {}

    def forward(self, p: Parameters, x, state: State | None = None, cache: Cache | None = None):
        """As `Cell.forward`; the state is (h,)."""
        (h_first,), cache = self._begin(p, x, state, cache)
        w = cache.once(ForwardWork)
        w.h_prev[0] = h_first

        fill_x_W = input_product(cache, p.W_xh, p.b_h, w.x_W)
        times_W_hh, add, a = multiplier(p.W_hh, cache.batch), np.add, w.a
        phi = np.tanh if self.nonlinearity == "tanh" else relu
        for times, steps in w.blocks:
            fill_x_W(times)
            for s in steps:
                times_W_hh(s.h_prev, a)
                add(a, s.x_W, a)
                phi(a, s.h)
        return w.h, (w.h[-1].copy(),), cache

    def backward(
        self, p: Parameters, d_h: np.ndarray, cache: Cache, d_state: State | None = None,
        grads: Parameters | None = None,
    ):
        """As `Cell.backward`."""
        d_h, (dh_first,), grads = self._begin_backward(p, d_h, cache, d_state, grads)
        v, w = cache.once(ForwardWork), cache.once(BackwardWork)

        times_W_hh_T, add, multiply = multiplier(p.W_hh.T, cache.batch), np.add, np.multiply
        dh = squeezed(dh_first)                                    # dh_next, before d_h of the step is added
        for times, steps in reversed(w.blocks):
            slope = w.dh_da[: len(steps)]
            if self.nonlinearity == "tanh":
                np.square(v.h[times], slope)
                np.subtract(1, slope, slope)
            else:
                np.greater(v.h[times], 0, slope)
            for s, d_h_t in zip(reversed(steps), squeezed(d_h[times])[::-1], strict=True):
                add(dh, d_h_t, dh)
                multiply(dh, s.dh_da, s.da)
                times_W_hh_T(s.da, dh)

        np.dot(flat(v.h_prev).T, flat(w.da), grads.W_hh)
        d_x = input_gradients(cache.x, p.W_xh, w.da, grads.W_xh, grads.b_h)
        return grads, d_x, (dh_first,)

    def step_fn(self, p: Parameters, state: State):
        """As `Cell.step_fn`."""
        phi = np.tanh if self.nonlinearity == "tanh" else relu

        def move(x_W, h_W):
            h_W += x_W
            return phi(h_W, h_W)

        return move


@dataclass(slots=True)
class ForwardStep:
    h_prev: np.ndarray
    x_W: np.ndarray              # x W_xh + b_h
    h: np.ndarray


@dataclass(slots=True)
class BackwardStep:
    dh_da: np.ndarray            # the slope of phi
    da: np.ndarray


class ForwardWork:
    """Arrays of the forward pass, and views of each step."""

    def __init__(self, cache: Cache):
        T, B, H = cache.steps, cache.batch, cache.cell.hidden_size
        h = cache.array("h", T + 1, B, H)
        self.h_prev, self.h = h[:-1], h[1:]
        self.x_W = cache.array("x_W", cache.block, B, H)
        self.a = squeezed(cache.array("a", B, H))
        self.blocks = Buffers(ForwardStep, cache, self)


class BackwardWork:
    """Arrays of the backward pass, and views of each step."""

    def __init__(self, cache: Cache):
        T, B, H = cache.steps, cache.batch, cache.cell.hidden_size
        self.da = cache.array("da", T, B, H)
        self.dh_da = cache.array("dh_da", cache.block, B, H)
        self.blocks = Buffers(BackwardStep, cache, self)
