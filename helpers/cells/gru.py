"""The gated recurrent unit: one state, two gates and a candidate."""

import numpy as np

from helpers.cells.cell import Cell, Trace, by_gate, flat, input_gradients, project_input, rows, time_blocks, transposed
from helpers.parameters import Parameters


class GRU(Cell):
    """GRU (Cho et al. 2014) in the form of cuDNN and PyTorch, which resets after the product.

        r, z = sigmoid(x W + h_prev W + b)
        n = tanh(x W_xn + b_n + r (h_prev W_hn + b_hn))
        h = (1 - z) n + z h_prev

    The three blocks of H columns in W_xh (D, 3H), W_hh (H, 3H) and b_h (3H,) belong to r, z, n;
    b_hn (H,) is the second bias of n. Cho's own form resets h_prev before the product.
    """

    gate_count = 3

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters."""
        return {**super().shapes, "b_hn": (self.hidden_size,)}

    def gates(self, trace: Trace) -> dict[str, np.ndarray]:
        """Activations of r, z and n, (T, B, H) each, views of the trace."""
        _, T, B, _ = trace.key
        return dict(zip("rzn", trace.array("gates", T, 3, B, self.hidden_size).swapaxes(0, 1), strict=True))

    def forward(self, p: Parameters, x, state=None, trace: Trace | None = None):
        """As `RNN.forward`."""
        x, (h_first,), trace = self._begin(p, x, state, trace)
        T, B, H = *x.shape[:2], self.hidden_size
        h = trace.array("h", T + 1, B, H)                        # h[t + 1] is the state after step t
        h_n = trace.array("h_n", T, B, H)                        # what r lets through
        gates = trace.array("gates", T, 3, B, H)
        h[0] = h_first
        h_prev, W_hh, b_hn = rows(h)[0], p.W_hh, p.b_hn
        recurrent = np.empty((B, 3 * H), h.dtype)
        to_r, to_z, to_n = rows(by_gate(recurrent, 3))
        to_rz = rows(by_gate(recurrent, 3))[:2]
        recurrent = rows(recurrent)
        half = np.array(0.5, h.dtype)
        for block in time_blocks(T, gates[0].nbytes):
            from_x = trace.array("from_x", block.stop - block.start, B, 3 * H)
            project_input(x[block], p.W_xh, p.b_h, out=from_x)
            for from_x_t, a_t, h_n_t, h_t in zip(
                rows(by_gate(from_x, 3)), rows(gates[block]), rows(h_n[block]), rows(h[1:][block]), strict=True
            ):
                np.dot(h_prev, W_hh, out=recurrent)
                rz = a_t[:2]
                np.add(from_x_t[:2], to_rz, out=rz)
                rz *= half                                       # sigmoid(a) = 1/2 + 1/2 tanh(a/2)
                np.tanh(rz, out=rz)
                rz *= half
                rz += half
                r, z, n = a_t
                np.add(to_n, b_hn, out=h_n_t)
                np.multiply(r, h_n_t, out=n)
                np.add(n, from_x_t[2], out=n)
                np.tanh(n, out=n)
                np.subtract(h_prev, n, out=h_t)                  # (1 - z) n + z h_prev = n + z (h_prev - n)
                np.multiply(h_t, z, out=h_t)
                np.add(h_t, n, out=h_t)
                h_prev = h_t
        return h[1:], (h[-1].copy(),), trace

    def backward(self, p: Parameters, d_h, trace: Trace, d_state=None, grads: Parameters | None = None):
        """As `RNN.backward`."""
        _, T, B, dtype = trace.key
        H = self.hidden_size
        d_h = self._check_rows("d_h", d_h, (T, B, H))
        (d_h_last,) = self._check_state("d_state", d_state, B)
        grads = Parameters(self.shapes, dtype=dtype) if grads is None else grads
        h, h_n = trace.array("h", T + 1, B, H), trace.array("h_n", T, B, H)
        gates = trace.array("gates", T, 3, B, H)
        d_a = trace.array("d_a", T, B, 3 * H)                    # by h_prev W_hh, in the order r, z, h_n
        d_n = trace.array("d_n", T, B, H)
        W_hh_T = transposed(p.W_hh, B)
        dh = np.empty((B, H), dtype)
        dh[...] = d_h_last
        dh = rows(dh)
        kept = np.empty_like(dh)
        for block in reversed(time_blocks(T, gates[0].nbytes)):
            m = block.stop - block.start
            slope, dn_dh = trace.array("slope", m, 3, B, H), trace.array("dn_dh", m, B, H)
            r, z, n = gates[block].swapaxes(0, 1)
            np.subtract(1, gates[block, :2], out=slope[:, :2])
            np.square(n, out=dn_dh)
            np.subtract(1, dn_dh, out=dn_dh)
            dn_dh *= slope[:, 1]                                 # (1 - z) (1 - n^2)
            slope[:, :2] *= gates[block, :2]
            slope[:, 0] *= h_n[block]
            slope[:, 0] *= dn_dh                                 # r (1 - r) h_n (1 - z) (1 - n^2)
            np.subtract(h[:-1][block], n, out=slope[:, 2])
            slope[:, 1] *= slope[:, 2]                           # z (1 - z) (h_prev - n)
            np.multiply(dn_dh, r, out=slope[:, 2])
            for d_h_t, dn_dh_t, slope_t, z_t, d_n_t, d_a_t, d_gates_t in zip(
                rows(d_h[block])[::-1], rows(dn_dh)[::-1], rows(slope)[::-1], rows(z)[::-1], rows(d_n[block])[::-1],
                rows(d_a[block])[::-1], rows(by_gate(d_a[block], 3))[::-1], strict=True,
            ):
                np.add(dh, d_h_t, out=dh)
                np.multiply(dh, dn_dh_t, out=d_n_t)
                for to_gate, d_gate in zip(slope_t, d_gates_t, strict=True):
                    np.multiply(dh, to_gate, out=d_gate)
                np.multiply(dh, z_t, out=kept)
                np.dot(d_a_t, W_hh_T, out=dh)
                np.add(dh, kept, out=dh)

        np.matmul(flat(h[:-1]).T, flat(d_a), out=grads.W_hh)
        np.add.reduce(flat(d_a)[:, 2 * H :], axis=0, out=grads.b_hn)
        d_a[..., 2 * H :] = d_n                                  # by x W_xh + b_h, in the order r, z, n
        d_x = input_gradients(trace.x, p.W_xh, d_a, grads.W_xh, grads.b_h)
        return grads, d_x, (dh.reshape(B, H),)

    def stepper(self, p: Parameters, state=None):
        """As `RNN.stepper`."""
        H = self.hidden_size
        W_xh, W_hh, b_h, b_hn = p.W_xh, p.W_hh, p.b_h, p.b_hn
        h = np.zeros((1, H), p.vector.dtype) if state is None else state[0]

        def step(x):
            nonlocal h
            a = (W_xh[x] if x.dtype.kind in "iu" else x @ W_xh) + b_h
            recurrent = h.dot(W_hh)
            rz = a[:, : 2 * H] + recurrent[:, : 2 * H]
            rz = 0.5 + 0.5 * np.tanh(0.5 * rz)
            n = np.tanh(a[:, 2 * H :] + rz[:, :H] * (recurrent[:, 2 * H :] + b_hn))
            h = n + rz[:, H:] * (h - n)
            return h

        return step
