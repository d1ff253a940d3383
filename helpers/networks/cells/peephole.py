"""An LSTM with peepholes: its equations, one a line, and their fast form. Any new cell is one such file."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from helpers.networks.cells.cell import State, random_weights
from helpers.networks.cells.lstm import LSTM, BackwardWork, States, fill_slopes, walk_back
from helpers.networks.cells.plain import one_hot
from helpers.networks.cells.workspace import (
    Blocks,
    Tape,
    by_gate,
    flat,
    input_gradients,
    input_product,
    multiplier,
    squeezed,
)
from helpers.networks.functions import sigmoid
from helpers.networks.parameters import Parameters

# The plain form. What the names mean stands at the head of `helpers.networks.cells.plain`.


def peephole_step(p, x, h_prev, c_prev):
    """The next states h and c, and the gates."""
    a = x @ p.W_xh + h_prev @ p.W_hh + p.b_h
    a_i, a_f, a_o, a_g = np.split(a, 4, axis=1)
    i = sigmoid(a_i + p.p_i * c_prev)
    f = sigmoid(a_f + p.p_f * c_prev)
    g = np.tanh(a_g)
    c = f * c_prev + i * g
    o = sigmoid(a_o + p.p_o * c)
    h = o * np.tanh(c)
    return h, c, (i, f, o, g)


def peephole_step_back(p, c_prev, c, gates, dh, dc_next):
    """From dh and dc_next to da, and to the gradients with respect to h_prev and c_prev."""
    i, f, o, g = gates
    tanh_c = np.tanh(c)
    do = dh * tanh_c
    da_o = do * o * (1 - o)
    dc = dc_next + dh * o * (1 - tanh_c**2) + da_o * p.p_o
    di, df, dg = dc * g, dc * c_prev, dc * i
    da_i = di * i * (1 - i)
    da_f = df * f * (1 - f)
    da_g = dg * (1 - g**2)
    da = np.hstack([da_i, da_f, da_o, da_g])
    dh_prev = da @ p.W_hh.T
    dc_prev = dc * f + da_i * p.p_i + da_f * p.p_f
    return da, dh_prev, dc_prev


def peephole_forward(p, x, h_first, c_first):
    """All states h and c, and the gates."""
    x, h, c, gates = one_hot(x, len(p.W_xh)), {-1: h_first}, {-1: c_first}, {}
    for t in range(len(x)):
        h[t], c[t], gates[t] = peephole_step(p, x[t], h[t - 1], c[t - 1])
    return h, c, gates


def peephole_backward(p, x, h, c, gates, d_h, d_state=(0, 0)):
    """Backpropagation through time."""
    x, grads = one_hot(x, len(p.W_xh)), p.zeros_like()
    d_x, da = np.zeros_like(x), np.zeros((*d_h.shape[:2], len(p.b_h)))
    dh_next, dc_next = d_state
    for t in reversed(range(len(x))):
        dh = d_h[t] + dh_next
        da[t], dh_next, dc_next = peephole_step_back(p, c[t - 1], c[t], gates[t], dh, dc_next)
        da_i, da_f, da_o, _ = np.split(da[t], 4, axis=1)
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
        grads.p_i += (da_i * c[t - 1]).sum(axis=0)
        grads.p_f += (da_f * c[t - 1]).sum(axis=0)
        grads.p_o += (da_o * c[t]).sum(axis=0)
        d_x[t] = da[t] @ p.W_xh.T
    return grads, d_x, (dh_next, dc_next), da


class PeepholeLSTM(LSTM):
    """The fast form of `peephole_forward` and `peephole_backward`: an LSTM whose gates see the memory of
    their own cell (Gers and Schmidhuber 2000).

        a = x W_xh + h_prev W_hh + b_h,  in four blocks
        i, f = sigmoid(a_i + p_i c_prev), sigmoid(a_f + p_f c_prev),  g = tanh(a_g)
        c = f c_prev + i g
        o = sigmoid(a_o + p_o c)
        h = o tanh(c)

    The peepholes p_i, p_f and p_o are (H,) each: one weight for each unit. The blocks of H columns in
    W_xh (D, 4H), W_hh (H, 4H) and b_h (4H,) belong to i, f, o, g in this order; ONNX has i, o, f, g there
    and one array P (3H,) of p_i, p_o, p_f. The state is (h, c). With peepholes of 0 it is an LSTM.
    """

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters."""
        return {**super().shapes, **dict.fromkeys(("p_i", "p_f", "p_o"), (self.hidden_size,))}

    def init(
        self, rng: np.random.Generator, scale: float | None = None, dtype: DTypeLike = np.float64,
        forget_bias: float = 1.0,
    ) -> Parameters:
        """As `LSTM.init`; the peepholes are random as the other weights."""
        p = super().init(rng, scale, dtype, forget_bias)
        for name in ("p_i", "p_f", "p_o"):
            p[name] = random_weights(rng, self.shapes[name], self.hidden_size, scale)
        return p

    def plain(self):
        """As `Cell.plain`."""
        return peephole_forward, peephole_backward

    @property
    def forward_work(self) -> type[States]:
        """What `forward` works in."""
        return ForwardWork

    def forward(self, p: Parameters, x, state: State | None = None, tape: Tape | None = None):
        """As `Cell.forward`; the state is (h, c)."""
        (h_first, c_first), tape = self._begin(p, x, state, tape)
        w = tape.once(ForwardWork)
        w.h_prev[0], w.c_prev[0] = h_first, c_first

        fill_x_W = input_product(tape, p.W_xh, p.b_h, w.x_W)
        times_W_hh, add, multiply, tanh = multiplier(p.W_hh, tape.batch), np.add, np.multiply, np.tanh
        a, a_i, a_f, a_o, a_g, a_i_f = w.a, w.a_i, w.a_f, w.a_o, w.a_g, w.a_i_f
        p_i, p_f, p_o, seen, i_g, half = p.p_i, p.p_f, p.p_o, w.seen, w.i_g, w.half
        for times, steps in w.blocks:
            fill_x_W(times)
            for s in steps:
                times_W_hh(s.h_prev, a)
                add(a, s.x_W, a)
                multiply(s.c_prev, p_i, seen)
                add(a_i, seen, a_i)
                multiply(s.c_prev, p_f, seen)
                add(a_f, seen, a_f)
                tanh(a_g, s.g)
                multiply(a_i_f, half, s.i_f)                     # sigmoid(a) = 1/2 + 1/2 tanh(a/2)
                tanh(s.i_f, s.i_f)
                multiply(s.i_f, half, s.i_f)
                add(s.i_f, half, s.i_f)
                multiply(s.f, s.c_prev, s.c)
                multiply(s.i, s.g, i_g)
                add(s.c, i_g, s.c)
                multiply(s.c, p_o, s.o)                          # o sees the new c, so it is the last
                add(a_o, s.o, s.o)
                multiply(s.o, half, s.o)
                tanh(s.o, s.o)
                multiply(s.o, half, s.o)
                add(s.o, half, s.o)
                tanh(s.c, s.tanh_c)
                multiply(s.o, s.tanh_c, s.h)
        return w.h, (w.h[-1].copy(), w.c[-1].copy()), tape

    def backward(
        self, p: Parameters, d_h: np.ndarray, tape: Tape, d_state: State | None = None,
        grads: Parameters | None = None,
    ):
        """As `Cell.backward`; the gradients with respect to states are those with respect to h and c."""
        d_h, (dh_first, dc_first), grads = self._begin_backward(p, d_h, tape, d_state, grads)
        v, w = tape.once(ForwardWork), tape.once(PeepholeWork)

        times_W_hh_T = multiplier(p.W_hh.T, tape.batch)
        for times, steps in reversed(w.blocks):
            # The peepholes change two factors only, dh_dc and dc_dc_prev: the walk is that of an LSTM.
            fill_slopes(v, w, times)
            slope, dh_dc, dc_dc_prev, seen = (
                a[: len(steps)] for a in (w.slope, w.dh_dc, w.dc_dc_prev, w.seen))
            dc_da_i, dc_da_f, dh_da_o, _ = slope.swapaxes(0, 1)
            dh_dc += np.multiply(dh_da_o, p.p_o, seen)           # o (1 - tanh(c)^2), and through o
            np.multiply(dc_da_i, p.p_i, dc_dc_prev)
            dc_dc_prev += v.f[times]
            dc_dc_prev += np.multiply(dc_da_f, p.p_f, seen)      # f, and through i and f
            walk_back(steps, d_h[times], dh_first, dc_first, w.through_h, times_W_hh_T)

        np.dot(flat(v.h_prev).T, flat(w.da), grads.W_hh)
        for d_p, da, seen in ((grads.p_i, w.da_i, v.c_prev), (grads.p_f, w.da_f, v.c_prev),
                              (grads.p_o, w.da_o, v.c)):
            np.einsum("tbh,tbh->h", da, seen, out=d_p)
        d_x = input_gradients(tape.x, p.W_xh, w.da, grads.W_xh, grads.b_h)
        return grads, d_x, (dh_first, dc_first)

    def mover(self, p: Parameters, state: State):
        """As `Cell.mover`."""
        (_, c), p_i, p_f, p_o = state, p.p_i, p.p_f, p.p_o

        def move(x_W, h_W):
            nonlocal c
            h_W += x_W
            a_i, a_f, a_o, a_g = by_gate(h_W, 4)
            i, f = sigmoid(a_i + p_i * c), sigmoid(a_f + p_f * c)
            c = f * c + i * np.tanh(a_g)
            return sigmoid(a_o + p_o * c) * np.tanh(c)

        return move


@dataclass(slots=True)
class ForwardStep:
    h_prev: np.ndarray
    c_prev: np.ndarray
    x_W: np.ndarray              # x W_xh + b_h
    i_f: np.ndarray              # both gates that see c_prev, for what is done to them alike
    i: np.ndarray
    f: np.ndarray
    o: np.ndarray
    g: np.ndarray
    c: np.ndarray
    tanh_c: np.ndarray
    h: np.ndarray


class ForwardWork(States):
    """Arrays of the forward pass, and views of each step."""

    def __init__(self, tape: Tape):
        super().__init__(tape)
        B, H = tape.batch, tape.cell.hidden_size
        a = tape.array("a", B, 4 * H)
        self.a, (self.a_i, self.a_f, self.a_o, self.a_g) = squeezed(a), map(squeezed, by_gate(a, 4))
        self.a_i_f, self.i_f = squeezed(a.reshape(B, 4, H).swapaxes(0, 1)[:2]), self.ifog[:, :2]
        self.seen = squeezed(tape.array("seen", B, H))
        self.blocks = Blocks(ForwardStep, tape, self)


class PeepholeWork(BackwardWork):
    """Arrays of the backward pass: c goes back through three gates, and there is room for what they see."""

    def __init__(self, tape: Tape):
        B, H = tape.batch, tape.cell.hidden_size
        super().__init__(tape, tape.array("dc_dc_prev", tape.block, B, H))
        self.seen = tape.array("seen_by_gates", tape.block, B, H)
