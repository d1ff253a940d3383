"""The plain recurrent network: h = phi(x W_xh + h_prev W_hh + b_h)."""

import numpy as np

from helpers.cells.cell import Cell, Trace, flat, input_gradients, project_input, rows, time_blocks, transposed
from helpers.parameters import Parameters


class RNN(Cell):
    """h[t] = phi(x[t] W_xh + h[t-1] W_hh + b_h), phi = tanh or relu (Elman 1990).

    Args:
        input_size: D, the length of an input row, or the number of symbols.
        hidden_size: H, the number of hidden units.
        nonlinearity: "tanh" or "relu".
    """

    def __init__(self, input_size: int, hidden_size: int, nonlinearity: str = "tanh"):
        super().__init__(input_size, hidden_size)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
        self.nonlinearity = nonlinearity

    def forward(self, p: Parameters, x, state=None, trace: Trace | None = None):
        """Run over a sequence.

        Args:
            p: parameters; their dtype is the dtype of the whole computation.
            x: (T, B, D) floats or (T, B) integer symbols.
            state: (h,) with h (B, H), the state before the first step; None means zeros.
            trace: of an earlier call, to be used again; what that call returned as h is overwritten.

        Returns:
            h (T, B, H), all states; the last state (h,), a copy; the trace for `backward`.

        Raises:
            ValueError, TypeError: a shape, a type or a symbol does not fit; nothing is changed.
        """
        x, (h_first,), trace = self._begin(p, x, state, trace)
        T, B, H = *x.shape[:2], self.hidden_size
        h = trace.array("h", T + 1, B, H)                        # h[t + 1] is the state after step t
        h[0] = h_first
        W_hh, phi = p.W_hh, np.tanh if self.nonlinearity == "tanh" else relu
        h_prev = rows(h)[0]
        a_t = np.empty_like(h_prev)
        for block in time_blocks(T, h[0].nbytes):
            from_x = trace.array("from_x", block.stop - block.start, B, H)
            project_input(x[block], p.W_xh, p.b_h, out=from_x)
            for from_x_t, h_t in zip(rows(from_x), rows(h[1:][block]), strict=True):
                np.dot(h_prev, W_hh, out=a_t)
                np.add(a_t, from_x_t, out=a_t)
                phi(a_t, out=h_t)
                h_prev = h_t
        return h[1:], (h[-1].copy(),), trace

    def backward(self, p: Parameters, d_h, trace: Trace, d_state=None, grads: Parameters | None = None):
        """Backpropagation through time over the sequence of `forward`.

        Args:
            p: the parameters that `forward` used.
            d_h: (T, B, H), gradient of the loss by h, as far as it does not come through later states.
            trace: from `forward`; left as it is, so a second call gives the same.
            d_state: (d_h_last,), gradient by the returned state; None means zero.
            grads: where to write the gradients, a `Parameters` with at least this cell's names.

        Returns:
            gradients by name; d_x (T, B, D) or None for symbols; gradient by the first state (d_h,).
        """
        _, T, B, dtype = trace.key
        H = self.hidden_size
        d_h = self._check_rows("d_h", d_h, (T, B, H))
        (d_h_last,) = self._check_state("d_state", d_state, B)
        grads = Parameters(self.shapes, dtype=dtype) if grads is None else grads
        h = trace.array("h", T + 1, B, H)
        d_a = trace.array("d_a", T, B, H)
        W_hh_T = transposed(p.W_hh, B)
        dh = np.empty((B, H), dtype)
        dh[...] = d_h_last
        dh = dh[0] if B == 1 else dh
        for block in reversed(time_blocks(T, h[0].nbytes)):
            slope = trace.array("slope", block.stop - block.start, B, H)
            if self.nonlinearity == "tanh":
                np.square(h[1:][block], out=slope)
                np.subtract(1, slope, out=slope)
            else:
                np.greater(h[1:][block], 0, out=slope)
            steps = zip(rows(d_h[block])[::-1], rows(slope)[::-1], rows(d_a[block])[::-1], strict=True)
            for d_h_t, slope_t, d_a_t in steps:
                np.add(dh, d_h_t, out=dh)
                np.multiply(dh, slope_t, out=d_a_t)
                np.dot(d_a_t, W_hh_T, out=dh)

        np.matmul(flat(h[:-1]).T, flat(d_a), out=grads.W_hh)
        d_x = input_gradients(trace.x, p.W_xh, d_a, grads.W_xh, grads.b_h)
        return grads, d_x, (dh.reshape(B, H),)

    def stepper(self, p: Parameters, state=None):
        """A function step(x) -> h that moves one time step on, for sampling.

        x is (B,) symbols or (B, D) floats, h (B, H) a new array. The state given is left alone.
        """
        phi = np.tanh if self.nonlinearity == "tanh" else relu
        W_xh, W_hh, b_h = p.W_xh, p.W_hh, p.b_h
        h = np.zeros((1, self.hidden_size), p.vector.dtype) if state is None else np.array(state[0], p.vector.dtype)

        def step(x):
            nonlocal h
            a = h.dot(W_hh)
            a += W_xh[x] if x.dtype.kind in "iu" else x @ W_xh
            a += b_h
            h = phi(a)
            return h

        return step


def relu(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """max(a, 0)."""
    return np.maximum(a, 0, out=out)
