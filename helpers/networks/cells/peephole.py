"""An LSTM with peepholes, and an example of a cell that is added by its two steps."""

from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from helpers.networks.cells.cell import random_weights
from helpers.networks.cells.plain_cell import PlainCell
from helpers.networks.checks import check_finite
from helpers.networks.functions import sigmoid
from helpers.networks.parameters import Parameters

PEEPHOLES = "p_i", "p_f", "p_o"


class PeepholeLSTM(PlainCell):
    """An LSTM whose gates see the memory of their own cell (Gers and Schmidhuber 2000).

    The peepholes p_i, p_f and p_o are (H,) each: one weight for each unit. The blocks of H columns in
    W_xh (D, 4H), W_hh (H, 4H) and b_h (4H,) belong to i, f, o, g in this order; ONNX has i, o, f, g there
    and one array P (3H,) of p_i, p_o, p_f. The state is (h, c). With peepholes of 0 it is an LSTM.
    """

    state_names = ("h", "c")
    gate_names = ("i", "f", "o", "g")

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters."""
        return {**super().shapes, **dict.fromkeys(PEEPHOLES, (self.hidden_size,))}

    def init(
        self, rng: np.random.Generator, scale: float | None = None, dtype: DTypeLike = np.float64,
        forget_bias: float = 1.0,
    ) -> Parameters:
        """As `LSTM.init`; the peepholes are random as the other weights."""
        p = super().init(rng, scale, dtype)
        p.b_h[self.hidden_size : 2 * self.hidden_size] = check_finite("forget_bias", forget_bias)
        for name in PEEPHOLES:
            p[name] = random_weights(rng, self.shapes[name], self.hidden_size, scale)
        return p

    def step(self, p, x, h_prev, c_prev):
        """The next states h and c, and the gates."""
        a_i, a_f, a_o, a_g = np.split(x @ p.W_xh + h_prev @ p.W_hh + p.b_h, 4, axis=1)
        i = sigmoid(a_i + p.p_i * c_prev)
        f = sigmoid(a_f + p.p_f * c_prev)
        g = np.tanh(a_g)
        c = f * c_prev + i * g
        o = sigmoid(a_o + p.p_o * c)                             # o sees the new c, so it is the last
        h = o * np.tanh(c)
        return h, c, i, f, o, g

    def step_back(self, p, grads, h_prev, c_prev, h, c, i, f, o, g, dh, dc_next):
        """From dh and dc_next to da, and to the gradients with respect to h_prev and c_prev."""
        tanh_c = np.tanh(c)
        do = dh * tanh_c
        da_o = do * o * (1 - o)
        dc = dc_next + dh * o * (1 - tanh_c**2) + da_o * p.p_o
        di, df, dg = dc * g, dc * c_prev, dc * i
        da_i = di * i * (1 - i)
        da_f = df * f * (1 - f)
        da_g = dg * (1 - g**2)
        da = np.hstack([da_i, da_f, da_o, da_g])
        grads.p_i += (da_i * c_prev).sum(axis=0)
        grads.p_f += (da_f * c_prev).sum(axis=0)
        grads.p_o += (da_o * c).sum(axis=0)
        dh_prev = da @ p.W_hh.T
        dc_prev = dc * f + da_i * p.p_i + da_f * p.p_f
        return da, dh_prev, dc_prev
