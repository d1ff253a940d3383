"""The gated recurrent unit: one state, two gates and a candidate."""

import numpy as np

from helpers.cells.cell import (
    Cell,
    Trace,
    by_gate,
    flat,
    input_blocks,
    input_gradients,
    product,
    rows,
    time_blocks,
)
from helpers.parameters import Parameters


class GRU(Cell):
    """GRU (Cho et al. 2014) in the form of cuDNN and PyTorch, which resets after the product.

        r, z = sigmoid(x W_xr + h_prev W_hr + b_r), sigmoid(x W_xz + h_prev W_hz + b_z)
        n = tanh(x W_xn + b_n + r (h_prev W_hn + b_hn))
        h = (1 - z) n + z h_prev

    The blocks of H columns in W_xh (D, 3H), W_hh (H, 3H) and b_h (3H,) belong to r, z, n in this
    order; b_hn (H,) is the second bias of n. Cho's own form resets h_prev before the product.
    """

    gate_count = 3

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters."""
        return {**super().shapes, "b_hn": (self.hidden_size,)}

    def gates(self, trace: Trace) -> dict[str, np.ndarray]:
        """Activations of r, z and n, (T, B, H) each, views of the trace."""
        _, T, B, _ = trace.key
        r, z, n = trace.array("gates", T, 3, B, self.hidden_size).swapaxes(0, 1)
        return {"r": r, "z": z, "n": n}

    def forward(self, p: Parameters, x, state=None, trace: Trace | None = None):
        """As `RNN.forward`."""
        (h_first,), trace = self._begin(p, x, state, trace)
        (_, T, B, dtype), H = trace.key, self.hidden_size
        h = trace.array("h", T + 1, B, H)                        # h[t + 1] is the state after step t
        h_n = trace.array("h_n", T, B, H)                        # h_prev W_hn + b_hn, what r lets through
        gates = trace.array("gates", T, 3, B, H)                 # each gate in one piece
        h[0] = h_first

        half = np.array(0.5, dtype)                              # sigmoid(a) = 1/2 + 1/2 tanh(a/2)
        times_W_hh, b_hn = product(p.W_hh, B), p.b_hn
        a = np.empty((B, 3 * H), dtype)
        a_by_gate = rows(a.reshape(B, 3, H).swapaxes(0, 1)[:2])
        a_rz, a_n, a = rows(a[:, : 2 * H]), rows(a[:, 2 * H :]), rows(a)
        h_prev = rows(h)[0]
        for block, from_x in input_blocks(trace, p.W_xh, p.b_h):
            rzn = gates[block]
            for h_t, h_n_t, rz, r, z, n, rz_from_x, n_from_x in zip(*map(rows, (
                h[1:][block], h_n[block], rzn[:, :2], *rzn.swapaxes(0, 1),
                from_x[..., : 2 * H], from_x[..., 2 * H :],
            )), strict=True):
                times_W_hh(h_prev, out=a)
                np.add(a_rz, rz_from_x, out=a_rz)
                np.multiply(a_rz, half, out=a_rz)
                np.tanh(a_by_gate, out=rz)
                np.multiply(rz, half, out=rz)
                np.add(rz, half, out=rz)
                np.add(a_n, b_hn, out=h_n_t)
                np.multiply(r, h_n_t, out=n)
                np.add(n, n_from_x, out=n)
                np.tanh(n, out=n)
                np.subtract(h_prev, n, out=h_t)                  # (1 - z) n + z h_prev = z (h_prev - n) + n
                np.multiply(h_t, z, out=h_t)
                np.add(h_t, n, out=h_t)
                h_prev = h_t
        return h[1:], (h[-1].copy(),), trace

    def backward(self, p: Parameters, d_h, trace: Trace, d_state=None, grads: Parameters | None = None):
        """As `RNN.backward`."""
        d_h, (dh,), grads = self._begin_backward(p, d_h, trace, d_state, grads)
        (_, T, B, _), H = trace.key, self.hidden_size
        h, h_n = trace.array("h", T + 1, B, H), trace.array("h_n", T, B, H)
        gates = trace.array("gates", T, 3, B, H)
        d_a = trace.array("d_a", T, B, 3 * H)                    # by h_prev W_hh, in the order r, z, n
        d_n = trace.array("d_n", T, B, H)                        # by x W_xn + b_n

        times_W_hh_T = product(p.W_hh.T, B)
        dh_t = rows(dh)
        kept = np.empty_like(dh_t)
        for block in reversed(time_blocks(T, gates[0].nbytes)):
            r, z, n = gates[block].swapaxes(0, 1)
            slope = trace.array("slope", *gates[block].shape)
            to_r, to_z, to_h_n = slope.swapaxes(0, 1)
            to_n = trace.array("to_n", *h_n[block].shape)
            np.subtract(1, gates[block], out=slope)
            np.square(n, out=to_n)
            np.subtract(1, to_n, out=to_n)
            to_n *= to_z                                         # dh / da_n = (1 - z) (1 - n^2)
            slope *= gates[block]
            to_r *= h_n[block]
            to_r *= to_n                                         # dh / da_r = (dh / da_n) h_n r (1 - r)
            np.subtract(h[:-1][block], n, out=to_h_n)
            to_z *= to_h_n                                       # dh / da_z = (h_prev - n) z (1 - z)
            np.multiply(to_n, r, out=to_h_n)                     # dh / dh_n = (dh / da_n) r
            for d_h_t, to_n_t, to_r_t, to_z_t, to_h_n_t, z_t, d_n_t, d_a_t, d_r, d_z, d_h_n in zip(*(
                rows(array)[::-1] for array in
                (d_h[block], to_n, to_r, to_z, to_h_n, z, d_n[block], d_a[block], *by_gate(d_a[block], 3))
            ), strict=True):
                np.add(dh_t, d_h_t, out=dh_t)
                np.multiply(dh_t, to_n_t, out=d_n_t)
                np.multiply(dh_t, to_r_t, out=d_r)
                np.multiply(dh_t, to_z_t, out=d_z)
                np.multiply(dh_t, to_h_n_t, out=d_h_n)
                np.multiply(dh_t, z_t, out=kept)
                times_W_hh_T(d_a_t, out=dh_t)
                np.add(dh_t, kept, out=dh_t)

        np.matmul(flat(h[:-1]).T, flat(d_a), out=grads.W_hh)
        np.dot(np.ones(T * B, h.dtype), flat(d_a)[:, 2 * H :], out=grads.b_hn)
        d_a[..., 2 * H :] = d_n                                  # from here on by x W_xh + b_h
        d_x = input_gradients(trace.x, p.W_xh, d_a, grads.W_xh, grads.b_h)
        return grads, d_x, (dh,)

    def stepper(self, p: Parameters, state=None):
        """As `RNN.stepper`."""
        H, from_x, W_hh, b_hn = self.hidden_size, self._input_to_step(p), p.W_hh, p.b_hn
        h, = self._stepper_state(p, state)

        def step(x) -> np.ndarray:
            nonlocal h
            a, recurrent = from_x(x), h.dot(W_hh)
            rz = a[:, : 2 * H] + recurrent[:, : 2 * H]
            rz *= 0.5
            np.tanh(rz, out=rz)
            rz *= 0.5
            rz += 0.5
            n = np.tanh(a[:, 2 * H :] + rz[:, :H] * (recurrent[:, 2 * H :] + b_hn))
            h = n + rz[:, H:] * (h - n)
            return h

        return step
