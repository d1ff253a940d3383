"""Long short-term memory: two states, four gates."""

import numpy as np

from helpers.cells.cell import Cell, Trace, by_gate, flat, input_gradients, project_input, rows, time_blocks, transposed
from helpers.parameters import Parameters


class LSTM(Cell):
    """LSTM with forget gate (Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000).

        i, f, o = sigmoid(x W + h_prev W + b),  g = tanh(x W + h_prev W + b)
        c = f c_prev + i g
        h = o tanh(c)

    The four blocks of H columns in W_xh (D, 4H), W_hh (H, 4H) and b_h (4H,) belong to i, f, o, g.
    The state is (h, c).
    """

    gate_count = 4
    state_names = ("h", "c")

    def init(self, rng, scale=None, dtype=np.float64, forget_bias: float = 1.0) -> Parameters:
        """As `Cell.init`, with the bias of the forget gate at `forget_bias` (1: Jozefowicz et al. 2015)."""
        p = super().init(rng, scale, dtype)
        p.b_h[self.hidden_size : 2 * self.hidden_size] = forget_bias
        return p

    def gates(self, trace: Trace) -> dict[str, np.ndarray]:
        """Activations of i, f, o and g, (T, B, H) each, views of the trace."""
        _, T, B, _ = trace.key
        return dict(zip("ifog", trace.array("gates", T, 4, B, self.hidden_size).swapaxes(0, 1), strict=True))

    def forward(self, p: Parameters, x, state=None, trace: Trace | None = None):
        """As `RNN.forward`; the state is (h, c), (B, H) each."""
        x, (h_first, c_first), trace = self._begin(p, x, state, trace)
        T, B, H = *x.shape[:2], self.hidden_size
        h = trace.array("h", T + 1, B, H)                        # h[t + 1] is the state after step t
        c = trace.array("c", T + 1, B, H)
        tanh_c = trace.array("tanh_c", T, B, H)
        gates = trace.array("gates", T, 4, B, H)
        h[0], c[0] = h_first, c_first
        h_prev, c_prev, W_hh = rows(h)[0], rows(c)[0], p.W_hh
        recurrent = np.empty((B, 4 * H), h.dtype)
        recurrent, recurrent_by_gate = rows(recurrent), rows(by_gate(recurrent, 4))
        i_g = np.empty_like(c_prev)
        half = np.array(0.5, h.dtype)
        for block in time_blocks(T, gates[0].nbytes):
            from_x = trace.array("from_x", block.stop - block.start, B, 4 * H)
            project_input(x[block], p.W_xh, p.b_h, out=from_x)
            for from_x_t, a_t, c_t, tanh_c_t, h_t in zip(
                rows(by_gate(from_x, 4)), rows(gates[block]), rows(c[1:][block]), rows(tanh_c[block]),
                rows(h[1:][block]), strict=True,
            ):
                np.dot(h_prev, W_hh, out=recurrent)
                np.add(from_x_t, recurrent_by_gate, out=a_t)
                ifo = a_t[:3]                                    # sigmoid(a) = 1/2 + 1/2 tanh(a/2):
                ifo *= half                                      # one tanh serves all four gates
                np.tanh(a_t, out=a_t)
                ifo *= half
                ifo += half
                i, f, o, g = a_t
                np.multiply(i, g, out=i_g)
                np.multiply(f, c_prev, out=c_t)
                np.add(c_t, i_g, out=c_t)
                np.tanh(c_t, out=tanh_c_t)
                np.multiply(o, tanh_c_t, out=h_t)
                h_prev, c_prev = h_t, c_t
        return h[1:], (h[-1].copy(), c[-1].copy()), trace

    def backward(self, p: Parameters, d_h, trace: Trace, d_state=None, grads: Parameters | None = None):
        """As `RNN.backward`; gradients of states are (d_h, d_c)."""
        _, T, B, dtype = trace.key
        H = self.hidden_size
        d_h = self._check_rows("d_h", d_h, (T, B, H))
        d_h_last, d_c_last = self._check_state("d_state", d_state, B)
        grads = Parameters(self.shapes, dtype=dtype) if grads is None else grads
        h, c = trace.array("h", T + 1, B, H), trace.array("c", T + 1, B, H)
        tanh_c, gates = trace.array("tanh_c", T, B, H), trace.array("gates", T, 4, B, H)
        d_a = trace.array("d_a", T, B, 4 * H)
        W_hh_T = transposed(p.W_hh, B)
        dh, dc = np.empty((2, B, H), dtype)
        dh[...], dc[...] = d_h_last, d_c_last
        dh, dc = rows(dh), rows(dc)
        through_h = np.empty_like(dc)
        for block in reversed(time_blocks(T, gates[0].nbytes)):
            n = block.stop - block.start
            slope, dc_dh = trace.array("slope", n, 4, B, H), trace.array("dc_dh", n, B, H)
            i, f, o, g = gates[block].swapaxes(0, 1)
            np.subtract(1, gates[block, :3], out=slope[:, :3])
            np.multiply(slope[:, :3], gates[block, :3], out=slope[:, :3])
            slope[:, 0] *= g                                     # dc / da_i = g i (1 - i)
            slope[:, 1] *= c[block]                              # dc / da_f = c_prev f (1 - f)
            slope[:, 2] *= tanh_c[block]                         # dh / da_o = tanh(c) o (1 - o)
            np.square(g, out=slope[:, 3])
            np.subtract(1, slope[:, 3], out=slope[:, 3])
            slope[:, 3] *= i                                     # dc / da_g = i (1 - g^2)
            np.square(tanh_c[block], out=dc_dh)
            np.subtract(1, dc_dh, out=dc_dh)
            dc_dh *= o                                           # dh / dc = o (1 - tanh(c)^2)
            for d_h_t, dc_dh_t, slope_t, f_t, d_a_t, d_gates_t in zip(
                rows(d_h[block])[::-1], rows(dc_dh)[::-1], rows(slope)[::-1], rows(f)[::-1],
                rows(d_a[block])[::-1], rows(by_gate(d_a[block], 4))[::-1], strict=True,
            ):
                np.add(dh, d_h_t, out=dh)
                np.multiply(dh, dc_dh_t, out=through_h)
                np.add(dc, through_h, out=dc)
                (to_i, to_f, to_o, to_g), (d_i, d_f, d_o, d_g) = slope_t, d_gates_t
                np.multiply(dc, to_i, out=d_i)
                np.multiply(dc, to_f, out=d_f)
                np.multiply(dh, to_o, out=d_o)
                np.multiply(dc, to_g, out=d_g)
                np.multiply(dc, f_t, out=dc)
                np.dot(d_a_t, W_hh_T, out=dh)

        np.matmul(flat(h[:-1]).T, flat(d_a), out=grads.W_hh)
        d_x = input_gradients(trace.x, p.W_xh, d_a, grads.W_xh, grads.b_h)
        return grads, d_x, (dh.reshape(B, H), dc.reshape(B, H))

    def stepper(self, p: Parameters, state=None):
        """As `RNN.stepper`."""
        H = self.hidden_size
        half = np.repeat(np.array([0.5, 0.5, 0.5, 1], p.vector.dtype), H)
        W_xh, W_hh, b_h = p.W_xh * half, p.W_hh * half, p.b_h * half
        h, c = (np.zeros((1, H), p.vector.dtype),) * 2 if state is None else state

        def step(x):
            nonlocal h, c
            a = h.dot(W_hh)
            a += W_xh[x] if x.dtype.kind in "iu" else x @ W_xh
            a += b_h
            np.tanh(a, out=a)
            a *= half
            a += 1 - half
            i, f, o, g = a[:, :H], a[:, H : 2 * H], a[:, 2 * H : 3 * H], a[:, 3 * H :]
            c = f * c + i * g
            h = o * np.tanh(c)
            return h

        return step
