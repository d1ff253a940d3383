"""The gated recurrent unit: one state, two gates and a candidate."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from helpers.networks.cells.cell import Cell, State
from helpers.networks.cells.plain import gru_backward, gru_forward
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
from helpers.networks.parameters import Parameters


class GRU(Cell):
    """The fast form of `helpers.networks.cells.plain.gru_forward` and `gru_backward`: the GRU of Cho et al.
    (2014) as cuDNN and PyTorch have it, which reset after the product.

        r, z = sigmoid(x W_xr + h_prev W_hr + b_r), sigmoid(x W_xz + h_prev W_hz + b_z)
        n = tanh(x W_xn + b_n + r (h_prev W_hn + b_hn))
        h = (1 - z) n + z h_prev

    The blocks of H columns in W_xh (D, 3H), W_hh (H, 3H) and b_h (3H,) belong to r, z, n in this
    order; b_hn (H,) is the second bias of n. Cho's own form resets h_prev before the product.
    """

    gate_count = 3

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters."""
        return {**super().shapes, "b_hn": (self.hidden_size,)}

    def plain(self):
        """As `Cell.plain`."""
        return gru_forward, gru_backward

    def gates(self, cache: Cache) -> dict[str, np.ndarray]:
        """Outputs of r, z and n, (T, B, H) each, views of the cache."""
        w = cache.once(ForwardWork)
        return {"r": w.r, "z": w.z, "n": w.n}

    def forward(self, p: Parameters, x, state: State | None = None, cache: Cache | None = None):
        """As `Cell.forward`; the state is (h,)."""
        (h_first,), cache = self._begin(p, x, state, cache)
        w = cache.once(ForwardWork)
        w.h_prev[0] = h_first

        fill_minus_x_W = input_product(cache, -p.W_xh, -p.b_h, w.minus_x_W)
        times_W_hh, a, a_rz, a_n = gate_product(p.W_hh, 3, cache.batch), w.a, w.a_rz, w.a_n
        add, subtract, multiply, exp, tanh = np.add, np.subtract, np.multiply, np.exp, np.tanh
        b_hn, one, reciprocal = p.b_hn, w.one, np.reciprocal
        with np.errstate(over="ignore"):                         # 1 / (1 + inf) is the 0 that it should be
            for times, steps in w.blocks:
                fill_minus_x_W(times)
                for s in steps:
                    times_W_hh(s.h_prev, a)
                    subtract(s.minus_x_W_rz, a_rz, s.rz)         # sigmoid(a) = 1 / (1 + exp(-a))
                    exp(s.rz, s.rz)
                    add(s.rz, one, s.rz)
                    reciprocal(s.rz, s.rz)
                    add(a_n, b_hn, s.h_n)
                    multiply(s.r, s.h_n, s.n)
                    subtract(s.n, s.minus_x_W_n, s.n)
                    tanh(s.n, s.n)
                    subtract(s.h_prev, s.n, s.h)                 # (1 - z) n + z h_prev = z (h_prev - n) + n,
                    multiply(s.h, s.z, s.h)                      # one multiplication less
                    add(s.h, s.n, s.h)
        return w.h, (w.h[-1].copy(),), cache

    def backward(
        self, p: Parameters, d_h: np.ndarray, cache: Cache, d_state: State | None = None,
        grads: Parameters | None = None,
    ):
        """As `Cell.backward`."""
        d_h, (dh_first,), grads = self._begin_backward(p, d_h, cache, d_state, grads)
        v, w = cache.once(ForwardWork), cache.once(BackwardWork)

        times_W_hh_T, add, multiply = multiplier(p.W_hh.T, cache.batch), np.add, np.multiply
        dh, past_the_gates = squeezed(dh_first), w.past_the_gates
        for times, steps in reversed(w.blocks):
            # What does not need dh, for all steps of the block in one go.
            slope, dh_da_n = w.slope[: len(steps)], w.dh_da_n[: len(steps)]
            dh_da_r, dh_da_z, dh_dh_n = slope.swapaxes(0, 1)
            np.subtract(1, v.rzn[times], slope)
            np.square(v.n[times], dh_da_n)
            np.subtract(1, dh_da_n, dh_da_n)
            dh_da_n *= dh_da_z                                   # (1 - z) (1 - n^2); dh_da_z is 1 - z so far
            slope *= v.rzn[times]
            dh_da_r *= v.h_n[times]
            dh_da_r *= dh_da_n                                   # dh_da_n h_n r (1 - r)
            np.subtract(v.h_prev[times], v.n[times], dh_dh_n)
            dh_da_z *= dh_dh_n                                   # (h_prev - n) z (1 - z)
            np.multiply(dh_da_n, v.r[times], dh_dh_n)            # dh_da_n r
            for s, d_h_t in zip(reversed(steps), squeezed(d_h[times])[::-1], strict=True):
                add(dh, d_h_t, dh)
                multiply(dh, s.dh_da_n, s.da_n)
                multiply(dh, s.dh_da_r, s.da_r)
                multiply(dh, s.dh_da_z, s.da_z)
                multiply(dh, s.dh_dh_n, s.dh_n)
                multiply(dh, s.z, past_the_gates)
                times_W_hh_T(s.da_h, dh)
                add(dh, past_the_gates, dh)

        da_h = flat(w.da_h)
        np.dot(flat(v.h_prev).T, da_h, grads.W_hh)
        np.dot(np.ones(len(da_h), da_h.dtype), by_gate(da_h, 3)[2], grads.b_hn)
        da = w.da_h                                              # from here on by x W_xh + b_h:
        by_gate(da, 3)[2][...] = w.da_n                          # the two differ in the block of n alone
        d_x = input_gradients(cache.x, p.W_xh, da, grads.W_xh, grads.b_h)
        return grads, d_x, (dh_first,)

    def step_fn(self, p: Parameters, state: State):
        """As `Cell.step_fn`."""
        (h,), both, b_hn = state, 2 * self.hidden_size, p.b_hn

        def move(x_W, h_W):
            nonlocal h
            rz = x_W[..., :both] + h_W[..., :both]
            rz *= 0.5
            np.tanh(rz, out=rz)
            rz *= 0.5
            rz += 0.5
            r, z = by_gate(rz, 2)
            n = np.tanh(x_W[..., both:] + r * (h_W[..., both:] + b_hn))
            h = n + z * (h - n)
            return h

        return move


@dataclass(slots=True)
class ForwardStep:
    h_prev: np.ndarray
    minus_x_W_rz: np.ndarray     # -(x W_xh + b_h): the blocks of r and z, that of n
    minus_x_W_n: np.ndarray
    rz: np.ndarray               # both gates, for what is done to them alike
    r: np.ndarray
    z: np.ndarray
    h_n: np.ndarray              # h_prev W_hn + b_hn, what r lets through
    n: np.ndarray
    h: np.ndarray


@dataclass(slots=True)
class BackwardStep:
    z: np.ndarray
    dh_da_r: np.ndarray
    dh_da_z: np.ndarray
    dh_da_n: np.ndarray
    dh_dh_n: np.ndarray
    da_r: np.ndarray
    da_z: np.ndarray
    da_n: np.ndarray             # by x W_xn + b_n
    dh_n: np.ndarray             # by h_prev W_hn + b_hn
    da_h: np.ndarray             # by h_prev W_hh: da_r, da_z and dh_n side by side


class ForwardWork:
    """Arrays of the forward pass, and views of each step."""

    def __init__(self, cache: Cache):
        T, B, H = cache.steps, cache.batch, cache.cell.hidden_size
        h = cache.array("h", T + 1, B, H)
        self.h_prev, self.h = h[:-1], h[1:]
        self.h_n = cache.array("h_n", T, B, H)
        self.rzn = cache.array("rzn", T, 3, B, H)                # each gate in one piece
        self.rz, (self.r, self.z, self.n) = self.rzn[:, :2], self.rzn.swapaxes(0, 1)
        self.minus_x_W, a = cache.array("x_W", cache.block, B, 3 * H), cache.array("a", 3, B, H)
        minus_x_W = self.minus_x_W.reshape(-1, B, 3, H).swapaxes(1, 2)
        self.minus_x_W_rz, self.minus_x_W_n = minus_x_W[:, :2], minus_x_W[:, 2]
        self.a, self.a_rz, self.a_n = a.ravel() if B == 1 else a, squeezed(a[:2]), squeezed(a[2])
        self.one = np.array(1, cache.dtype)                      # a Python number takes NumPy twice the time
        self.blocks = Buffers(ForwardStep, cache, self)


class BackwardWork:
    """Arrays of the backward pass, and views of each step."""

    def __init__(self, cache: Cache):
        T, B, H = cache.steps, cache.batch, cache.cell.hidden_size
        self.z = cache.once(ForwardWork).z
        self.da_h = cache.array("da_h", T, B, 3 * H)
        self.da_r, self.da_z, self.dh_n = by_gate(self.da_h, 3)
        self.da_n = cache.array("da_n", T, B, H)
        self.slope = cache.array("slope", cache.block, 3, B, H)
        self.dh_da_r, self.dh_da_z, self.dh_dh_n = self.slope.swapaxes(0, 1)
        self.dh_da_n = cache.array("dh_da_n", cache.block, B, H)
        self.past_the_gates = squeezed(cache.array("past_the_gates", B, H))
        self.blocks = Buffers(BackwardStep, cache, self)
