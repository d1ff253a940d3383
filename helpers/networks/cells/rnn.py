"""The plain recurrent network."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from helpers.networks.cells.cell import Cell, State
from helpers.networks.cells.plain import rnn_backward, rnn_forward
from helpers.networks.cells.workspace import (
    Blocks,
    Tape,
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

    def gates(self, tape: Tape) -> dict[str, np.ndarray]:
        """None: an empty dictionary."""
        return {}

    def forward(self, p: Parameters, x, state: State | None = None, tape: Tape | None = None):
        """As `Cell.forward`; the state is (h,)."""
        (h_first,), tape = self._begin(p, x, state, tape)
        w = tape.once(ForwardWork)
        w.h_prev[0] = h_first

        fill_x_W = input_product(tape, p.W_xh, p.b_h, w.x_W)
        times_W_hh, add, a = multiplier(p.W_hh, tape.batch), np.add, w.a
        phi = np.tanh if self.nonlinearity == "tanh" else relu
        for times, steps in w.blocks:
            fill_x_W(times)
            for s in steps:
                times_W_hh(s.h_prev, a)
                add(a, s.x_W, a)
                phi(a, s.h)
        return w.h, (w.h[-1].copy(),), tape

    def backward(
        self, p: Parameters, d_h: np.ndarray, tape: Tape, d_state: State | None = None,
        grads: Parameters | None = None,
    ):
        """As `Cell.backward`."""
        d_h, (dh_first,), grads = self._begin_backward(p, d_h, tape, d_state, grads)
        v, w = tape.once(ForwardWork), tape.once(BackwardWork)

        times_W_hh_T, add, multiply = multiplier(p.W_hh.T, tape.batch), np.add, np.multiply
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
        d_x = input_gradients(tape.x, p.W_xh, w.da, grads.W_xh, grads.b_h)
        return grads, d_x, (dh_first,)

    def mover(self, p: Parameters, state: State):
        """As `Cell.mover`."""
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

    def __init__(self, tape: Tape):
        T, B, H = tape.steps, tape.batch, tape.cell.hidden_size
        h = tape.array("h", T + 1, B, H)
        self.h_prev, self.h = h[:-1], h[1:]
        self.x_W = tape.array("x_W", tape.block, B, H)
        self.a = squeezed(tape.array("a", B, H))
        self.blocks = Blocks(ForwardStep, tape, self)


class BackwardWork:
    """Arrays of the backward pass, and views of each step."""

    def __init__(self, tape: Tape):
        T, B, H = tape.steps, tape.batch, tape.cell.hidden_size
        self.da = tape.array("da", T, B, H)
        self.dh_da = tape.array("dh_da", tape.block, B, H)
        self.blocks = Blocks(BackwardStep, tape, self)
