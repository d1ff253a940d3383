"""Long short-term memory: two states, four gates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from helpers.networks.cells.cell import Cell, State
from helpers.networks.cells.plain import lstm_backward, lstm_forward
from helpers.networks.cells.workspace import (
    Buffers,
    Cache,
    by_gate,
    flat,
    gate_product,
    input_gradients,
    input_product,
    multiplier,
    squeezed,
)
from helpers.networks.checks import check_finite
from helpers.networks.parameters import Parameters


class LSTM(Cell):
    """The fast form of `helpers.networks.lstm_forward` and `lstm_backward`: an LSTM with a forget gate
    (Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000).

        a = x W_xh + h_prev W_hh + b_h,  in four blocks
        i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o),  g = tanh(a_g)
        c = f c_prev + i g
        h = o tanh(c)

    The blocks of H columns in W_xh (D, 4H), W_hh (H, 4H) and b_h (4H,) belong to i, f, o, g in this
    order. The state is (h, c).
    """

    gate_count = 4
    state_names = ("h", "c")

    def init(
        self, rng: np.random.Generator, scale: float | None = None, dtype: DTypeLike = np.float64,
        forget_bias: float = 1.0,
    ) -> Parameters:
        """As `Cell.init`, but the bias of the forget gate is `forget_bias` (1: Jozefowicz et al. 2015)."""
        p = super().init(rng, scale, dtype)
        by_gate(p.b_h, 4)[1][...] = check_finite("forget_bias", forget_bias)
        return p

    def plain(self):
        """As `Cell.plain`."""
        return lstm_forward, lstm_backward

    def gates(self, cache: Cache) -> dict[str, np.ndarray]:
        """Outputs of i, f, o and g, (T, B, H) each, views of the cache."""
        w = cache.once(ForwardWork)
        return {"i": w.i, "f": w.f, "o": w.o, "g": w.g}

    def forward(self, p: Parameters, x, state: State | None = None, cache: Cache | None = None):
        """As `Cell.forward`; the state is (h, c)."""
        (h_first, c_first), cache = self._begin(p, x, state, cache)
        w = cache.once(ForwardWork)
        w.h_prev[0], w.c_prev[0] = h_first, c_first

        fill_minus_x_W = input_product(cache, -p.W_xh, -p.b_h, w.minus_x_W)
        times_W_hh, a, a_ifog = gate_product(p.W_hh, 4, cache.batch), w.a, w.a_ifog
        add, subtract, multiply, exp, tanh = np.add, np.subtract, np.multiply, np.exp, np.tanh
        one, i_g, reciprocal = w.one, w.i_g, np.reciprocal
        with np.errstate(over="ignore"):                         # 1 / (1 + inf) is the 0 that it should be
            for times, steps in w.blocks:
                fill_minus_x_W(times)
                for s in steps:
                    times_W_hh(s.h_prev, a)
                    subtract(s.minus_x_W_ifog, a_ifog, s.ifog)   # -a of all gates: sigmoid(a) is
                    exp(s.ifo, s.ifo)                            # 1 / (1 + exp(-a)), and tanh(-a) is -tanh(a)
                    add(s.ifo, one, s.ifo)
                    reciprocal(s.ifo, s.ifo)
                    tanh(s.g, s.g)
                    multiply(s.f, s.c_prev, s.c)
                    multiply(s.i, s.g, i_g)
                    subtract(s.c, i_g, s.c)
                    tanh(s.c, s.tanh_c)
                    multiply(s.o, s.tanh_c, s.h)
                np.negative(w.g[times], w.g[times])              # which is -g so far
        return w.h, (w.h[-1].copy(), w.c[-1].copy()), cache

    def backward(
        self, p: Parameters, d_h: np.ndarray, cache: Cache, d_state: State | None = None,
        grads: Parameters | None = None,
    ):
        """As `Cell.backward`; the gradients with respect to states are those with respect to h and c."""
        d_h, (dh_first, dc_first), grads = self._begin_backward(p, d_h, cache, d_state, grads)
        v, w = cache.once(ForwardWork), cache.once(BackwardWork)

        times_W_hh_T, add, multiply = multiplier(p.W_hh.T, cache.batch), np.add, np.multiply
        dh, dc, through_h = squeezed(dh_first), squeezed(dc_first), w.through_h
        for times, steps in reversed(w.blocks):
            fill_slopes(v, w, times)
            for s, d_h_t in zip(reversed(steps), squeezed(d_h[times])[::-1], strict=True):
                add(dh, d_h_t, dh)
                multiply(dh, s.dh_dc, through_h)
                add(dc, through_h, dc)
                multiply(dc, s.dc_da_i, s.da_i)
                multiply(dc, s.dc_da_f, s.da_f)
                multiply(dh, s.dh_da_o, s.da_o)
                multiply(dc, s.dc_da_g, s.da_g)
                multiply(dc, s.dc_dc_prev, dc)
                times_W_hh_T(s.da, dh)

        np.dot(flat(v.h_prev).T, flat(w.da), grads.W_hh)
        d_x = input_gradients(cache.x, p.W_xh, w.da, grads.W_xh, grads.b_h)
        return grads, d_x, (dh_first, dc_first)

    def step_fn(self, p: Parameters, state: State):
        """As `Cell.step_fn`."""
        _, c = state
        halved = np.repeat(np.array([0.5, 0.5, 0.5, 1], p.W_hh.dtype), self.hidden_size)
        added = 1 - halved

        def move(x_W, h_W):
            nonlocal c
            h_W += x_W
            h_W *= halved
            np.tanh(h_W, out=h_W)
            h_W *= halved
            h_W += added
            i, f, o, g = by_gate(h_W, 4)
            c = f * c + i * g
            return o * np.tanh(c)

        return move


def fill_slopes(v: "ForwardWork", w: "BackwardWork", times: slice) -> None:
    """The part of the backward pass that needs no dh and dc, for all steps of a block in one go."""
    steps = times.stop - times.start
    slope, dh_dc = w.slope[:steps], w.dh_dc[:steps]
    dc_da_i, dc_da_f, dh_da_o, dc_da_g = slope.swapaxes(0, 1)
    ifo = slope[:, :3]
    np.subtract(1, v.ifo[times], ifo)
    ifo *= v.ifo[times]
    dc_da_i *= v.g[times]                                        # g i (1 - i)
    dc_da_f *= v.c_prev[times]                                   # c_prev f (1 - f)
    dh_da_o *= v.tanh_c[times]                                   # tanh(c) o (1 - o)
    np.square(v.g[times], dc_da_g)
    np.subtract(1, dc_da_g, dc_da_g)
    dc_da_g *= v.i[times]                                        # i (1 - g^2)
    np.square(v.tanh_c[times], dh_dc)
    np.subtract(1, dh_dc, dh_dc)
    dh_dc *= v.o[times]                                          # o (1 - tanh(c)^2)


@dataclass(slots=True)
class ForwardStep:
    h_prev: np.ndarray
    c_prev: np.ndarray
    minus_x_W_ifog: np.ndarray   # -(x W_xh + b_h), by gate
    ifog: np.ndarray             # all four gates, and three of them, for what is done to them alike
    ifo: np.ndarray
    i: np.ndarray
    f: np.ndarray
    o: np.ndarray
    g: np.ndarray
    c: np.ndarray
    tanh_c: np.ndarray
    h: np.ndarray


@dataclass(slots=True)
class BackwardStep:
    dh_dc: np.ndarray
    dc_dc_prev: np.ndarray
    dc_da_i: np.ndarray
    dc_da_f: np.ndarray
    dh_da_o: np.ndarray
    dc_da_g: np.ndarray
    da_i: np.ndarray
    da_f: np.ndarray
    da_o: np.ndarray
    da_g: np.ndarray
    da: np.ndarray               # all four


class ForwardWork:
    """Arrays of the forward pass, of which the backward pass reads some, and views of each step."""

    def __init__(self, cache: Cache):
        T, B, H = cache.steps, cache.batch, cache.cell.hidden_size
        h, c = cache.array("h", T + 1, B, H), cache.array("c", T + 1, B, H)
        self.h_prev, self.h, self.c_prev, self.c = h[:-1], h[1:], c[:-1], c[1:]
        self.tanh_c = cache.array("tanh_c", T, B, H)
        self.ifog = cache.array("ifog", T, 4, B, H)              # each gate in one piece
        self.i, self.f, self.o, self.g = self.ifog.swapaxes(0, 1)
        self.ifo = self.ifog[:, :3]
        self.minus_x_W = cache.array("x_W", cache.block, B, 4 * H)
        self.minus_x_W_ifog = self.minus_x_W.reshape(-1, B, 4, H).swapaxes(1, 2)
        a = cache.array("a", 4, B, H)
        self.a, self.a_ifog = (a.ravel() if B == 1 else a), squeezed(a)
        self.i_g = squeezed(cache.array("i_g", B, H))
        self.one = np.array(1, cache.dtype)                      # a Python number takes NumPy twice the time
        self.blocks = Buffers(ForwardStep, cache, self)


class BackwardWork:
    """Arrays of the backward pass, and views of each step."""

    def __init__(self, cache: Cache):
        T, B, H = cache.steps, cache.batch, cache.cell.hidden_size
        self.dc_dc_prev = cache.once(ForwardWork).f              # c goes back through the forget gate alone
        self.da = cache.array("da", T, B, 4 * H)
        self.da_i, self.da_f, self.da_o, self.da_g = by_gate(self.da, 4)
        self.slope = cache.array("slope", cache.block, 4, B, H)
        self.dc_da_i, self.dc_da_f, self.dh_da_o, self.dc_da_g = self.slope.swapaxes(0, 1)
        self.dh_dc = cache.array("dh_dc", cache.block, B, H)
        self.through_h = squeezed(cache.array("through_h", B, H))
        self.blocks = Buffers(BackwardStep, cache, self)
