"""Long short-term memory: two states, four gates."""

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
from helpers.parameters import Parameters, check_finite


class LSTM(Cell):
    """LSTM with a forget gate (Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000).

        a = x W_xh + h_prev W_hh + b_h,  in four blocks
        i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o),  g = tanh(a_g)
        c = f c_prev + i g
        h = o tanh(c)

    The blocks of H columns in W_xh (D, 4H), W_hh (H, 4H) and b_h (4H,) belong to i, f, o, g in this
    order. The state is (h, c).
    """

    gate_count = 4
    state_names = ("h", "c")

    def init(self, rng, scale=None, dtype=np.float64, forget_bias: float = 1.0) -> Parameters:
        """As `Cell.init`, but the bias of the forget gate is `forget_bias` (1: Jozefowicz et al. 2015)."""
        p = super().init(rng, scale, dtype)
        by_gate(p.b_h, 4)[1][...] = check_finite("forget_bias", forget_bias)
        return p

    def gates(self, trace: Trace) -> dict[str, np.ndarray]:
        """Activations of i, f, o and g, (T, B, H) each, views of the trace."""
        _, T, B, _ = trace.key
        i, f, o, g = trace.array("gates", T, 4, B, self.hidden_size).swapaxes(0, 1)
        return {"i": i, "f": f, "o": o, "g": g}

    def forward(self, p: Parameters, x, state=None, trace: Trace | None = None):
        """As `RNN.forward`; the state is (h, c), (B, H) each."""
        (h_first, c_first), trace = self._begin(p, x, state, trace)
        (_, T, B, dtype), H = trace.key, self.hidden_size
        h = trace.array("h", T + 1, B, H)                        # h[t + 1] is the state after step t
        c = trace.array("c", T + 1, B, H)
        tanh_c = trace.array("tanh_c", T, B, H)
        gates = trace.array("gates", T, 4, B, H)                 # each gate in one piece
        h[0], c[0] = h_first, c_first

        # sigmoid(a) = 1/2 + 1/2 tanh(a/2), so that one tanh serves all gates.
        half = np.array(0.5, dtype)
        halved = np.full(4 * H, half)
        halved[3 * H :] = 1
        times_W_hh = product(p.W_hh, B)
        a = np.empty((B, 4 * H), dtype)
        a_by_gate = rows(a.reshape(B, 4, H).swapaxes(0, 1))
        a, h_prev, c_prev = rows(a), rows(h)[0], rows(c)[0]
        i_g = np.empty_like(c_prev)
        for block, from_x in input_blocks(trace, p.W_xh, p.b_h):
            ifog = gates[block]
            for h_t, c_t, tanh_c_t, ifog_t, ifo, i, f, o, g, from_x_t in zip(*map(rows, (
                h[1:][block], c[1:][block], tanh_c[block], ifog, ifog[:, :3], *ifog.swapaxes(0, 1), from_x
            )), strict=True):
                times_W_hh(h_prev, out=a)
                np.add(a, from_x_t, out=a)
                np.multiply(a, halved, out=a)
                np.tanh(a_by_gate, out=ifog_t)
                np.multiply(ifo, half, out=ifo)
                np.add(ifo, half, out=ifo)
                np.multiply(f, c_prev, out=c_t)
                np.multiply(i, g, out=i_g)
                np.add(c_t, i_g, out=c_t)
                np.tanh(c_t, out=tanh_c_t)
                np.multiply(o, tanh_c_t, out=h_t)
                h_prev, c_prev = h_t, c_t
        return h[1:], (h[-1].copy(), c[-1].copy()), trace

    def backward(self, p: Parameters, d_h, trace: Trace, d_state=None, grads: Parameters | None = None):
        """As `RNN.backward`; the gradients by states are (d_h, d_c)."""
        d_h, (dh, dc), grads = self._begin_backward(p, d_h, trace, d_state, grads)
        (_, T, B, _), H = trace.key, self.hidden_size
        h, c = trace.array("h", T + 1, B, H), trace.array("c", T + 1, B, H)
        tanh_c, gates = trace.array("tanh_c", T, B, H), trace.array("gates", T, 4, B, H)
        d_a = trace.array("d_a", T, B, 4 * H)

        times_W_hh_T = product(p.W_hh.T, B)
        dh_t, dc_t = rows(dh), rows(dc)
        through_h = np.empty_like(dc_t)
        for block in reversed(time_blocks(T, gates[0].nbytes)):
            i, f, o, g = gates[block].swapaxes(0, 1)
            slope = trace.array("slope", *gates[block].shape)
            to_i, to_f, to_o, to_g = slope.swapaxes(0, 1)
            to_c = trace.array("to_c", *tanh_c[block].shape)
            np.subtract(1, gates[block], out=slope)
            slope *= gates[block]
            to_i *= g                                            # dc / da_i = g i (1 - i)
            to_f *= c[block]                                     # dc / da_f = c_prev f (1 - f)
            to_o *= tanh_c[block]                                # dh / da_o = tanh(c) o (1 - o)
            np.square(g, out=to_g)
            np.subtract(1, to_g, out=to_g)
            to_g *= i                                            # dc / da_g = i (1 - g^2)
            np.square(tanh_c[block], out=to_c)
            np.subtract(1, to_c, out=to_c)
            to_c *= o                                            # dh / dc = o (1 - tanh(c)^2)
            for d_h_t, to_c_t, to_i_t, to_f_t, to_o_t, to_g_t, f_t, d_a_t, d_i, d_f, d_o, d_g in zip(*(
                rows(array)[::-1] for array in
                (d_h[block], to_c, to_i, to_f, to_o, to_g, f, d_a[block], *by_gate(d_a[block], 4))
            ), strict=True):
                np.add(dh_t, d_h_t, out=dh_t)
                np.multiply(dh_t, to_c_t, out=through_h)
                np.add(dc_t, through_h, out=dc_t)
                np.multiply(dc_t, to_i_t, out=d_i)
                np.multiply(dc_t, to_f_t, out=d_f)
                np.multiply(dh_t, to_o_t, out=d_o)
                np.multiply(dc_t, to_g_t, out=d_g)
                np.multiply(dc_t, f_t, out=dc_t)
                times_W_hh_T(d_a_t, out=dh_t)

        np.matmul(flat(h[:-1]).T, flat(d_a), out=grads.W_hh)
        d_x = input_gradients(trace.x, p.W_xh, d_a, grads.W_xh, grads.b_h)
        return grads, d_x, (dh, dc)

    def stepper(self, p: Parameters, state=None):
        """As `RNN.stepper`."""
        from_x, W_hh = self._input_to_step(p), p.W_hh
        h, c = self._stepper_state(p, state)
        halved = np.repeat(np.array([0.5, 0.5, 0.5, 1], W_hh.dtype), self.hidden_size)
        added = 1 - halved

        def step(x) -> np.ndarray:
            nonlocal h, c
            a = from_x(x)
            a += h.dot(W_hh)
            a *= halved
            np.tanh(a, out=a)
            a *= halved
            a += added
            i, f, o, g = by_gate(a, 4)
            c = f * c + i * g
            h = o * np.tanh(c)
            return h

        return step
