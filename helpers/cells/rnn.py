"""The plain recurrent network."""

import numpy as np

from helpers.cells.cell import Cell, Trace, flat, input_blocks, input_gradients, product, rows, time_blocks
from helpers.parameters import Parameters


class RNN(Cell):
    """h = phi(x W_xh + h_prev W_hh + b_h), where phi is tanh or relu (Elman 1990).

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

    def forward(self, p: Parameters, x, state=None, trace: Trace | None = None):
        """Run over a sequence.

        Args:
            p: parameters with at least this cell's names; their dtype is that of the computation.
            x: (T, B, D) floats or (T, B) integer symbols.
            state: (h,), the state (B, H) before the first step; None means zeros.
            trace: from an earlier call, to be used again: what that call returned as h is overwritten.

        Returns:
            h (T, B, H), the state after each step; the last state (h,), a copy; the trace for `backward`.

        Raises:
            ValueError, TypeError: a shape, a type or a symbol does not fit; nothing is changed.
        """
        (h_first,), trace = self._begin(p, x, state, trace)
        _, T, B, _ = trace.key
        h = trace.array("h", T + 1, B, self.hidden_size)         # h[t + 1] is the state after step t
        h[0] = h_first

        phi = np.tanh if self.nonlinearity == "tanh" else relu
        times_W_hh = product(p.W_hh, B)
        h_prev = rows(h)[0]
        a = np.empty_like(h_prev)
        for block, from_x in input_blocks(trace, p.W_xh, p.b_h):
            for h_t, from_x_t in zip(rows(h[1:][block]), rows(from_x), strict=True):
                times_W_hh(h_prev, out=a)
                np.add(a, from_x_t, out=a)
                phi(a, out=h_t)
                h_prev = h_t
        return h[1:], (h[-1].copy(),), trace

    def backward(self, p: Parameters, d_h, trace: Trace, d_state=None, grads: Parameters | None = None):
        """Backpropagation through time, over the sequence of `forward`.

        Args:
            p: the parameters that `forward` used.
            d_h: (T, B, H), gradient by each state, without what comes through later states.
            trace: from `forward`; what it holds of the forward pass is left as it is.
            d_state: (d_h_last,), gradient by the returned state, (B, H); None means zero.
            grads: where to write, `Parameters` with at least this cell's names; made anew if left out.

        Returns:
            gradients by name; d_x (T, B, D), None for symbols; gradient (d_h_first,) by the first state.

        Raises:
            ValueError, TypeError: a shape or type does not fit; nothing is changed.
        """
        d_h, (dh,), grads = self._begin_backward(p, d_h, trace, d_state, grads)
        _, T, B, _ = trace.key
        h = trace.array("h", T + 1, B, self.hidden_size)
        d_a = trace.array("d_a", T, B, self.hidden_size)         # by a = x W_xh + h_prev W_hh + b_h

        times_W_hh_T = product(p.W_hh.T, B)
        dh_t = rows(dh)
        for block in reversed(time_blocks(T, h[0].nbytes)):
            slope = trace.array("slope", *h[1:][block].shape)    # dh / da
            if self.nonlinearity == "tanh":
                np.square(h[1:][block], out=slope)
                np.subtract(1, slope, out=slope)
            else:
                np.greater(h[1:][block], 0, out=slope)
            for d_h_t, slope_t, d_a_t in zip(
                *(rows(array)[::-1] for array in (d_h[block], slope, d_a[block])), strict=True
            ):
                np.add(dh_t, d_h_t, out=dh_t)
                np.multiply(dh_t, slope_t, out=d_a_t)
                times_W_hh_T(d_a_t, out=dh_t)

        np.matmul(flat(h[:-1]).T, flat(d_a), out=grads.W_hh)
        d_x = input_gradients(trace.x, p.W_xh, d_a, grads.W_xh, grads.b_h)
        return grads, d_x, (dh,)

    def stepper(self, p: Parameters, state=None):
        """A function step(x) -> h that moves on by one time step, for sampling.

        x is (B,) symbols or (B, D) floats; h (B, H), a new array that step reads again, so don't write
        into it. `state` is left as it is. Make a new stepper when the parameters have changed.
        """
        from_x, W_hh = self._input_to_step(p), p.W_hh
        phi = np.tanh if self.nonlinearity == "tanh" else relu
        h, = self._stepper_state(p, state)

        def step(x) -> np.ndarray:
            nonlocal h
            a = from_x(x)
            a += h.dot(W_hh)
            h = phi(a, out=a)
            return h

        return step


def relu(a: np.ndarray, out: np.ndarray) -> np.ndarray:
    """max(a, 0)."""
    return np.maximum(a, 0, out=out)
