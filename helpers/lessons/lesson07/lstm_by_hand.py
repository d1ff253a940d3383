"""The plain LSTM, which lesson 07 writes by hand, and faults that are easily made in its way back."""

import inspect
from collections.abc import Callable
from functools import cache

import numpy as np

from helpers.networks import lstm_forward, sigmoid
from helpers.networks.cells import plain

__all__ = ["FAULTS", "lstm_backward", "lstm_forward", "sigmoid"]

FAULTS = {
    "late dc": "The gradient by c uses dh after dh was overwritten for the step before: bring dc up to date "
               "first, and only then go on to h_prev.",
    "no dc": "What the steps after it say about c is not carried back: dc_next = dc * f.",
    "no dh": "What the steps after it say about h is not carried back: dh_next = da @ W_hh.T.",
    "no slope": "h = o tanh(c): on the way from h to c the slope 1 - tanh(c)**2 is missing.",
    "no o": "h = o tanh(c): on the way from h to c the factor o is missing.",
    "no sigmoid": "A gate is a sigmoid of its sum: the slope s (1 - s) of i, f and o is missing.",
    "no tanh": "g is a tanh of its sum: its slope 1 - g**2 is missing.",
    "new c": "f multiplies the c of the step before: the gradient by f is dc * c[t - 1], not dc * c[t].",
    "no f": "What goes back to c[t - 1] is dc * f: the factor f is missing.",
}

# Each fault in the code of plain.lstm_step_back: what stands there, and what the fault puts in its place.
CHANGES = {
    "late dc": [("dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next", "dc = dc_next"),
                ("dc_prev = dc * f", "dc_prev = (dc + dh_prev * o * (1 - np.tanh(c) ** 2)) * f")],
    "no dc": [("dc_prev = dc * f", "dc_prev = 0 * c")],
    "no dh": [("dh_prev = da @ p.W_hh.T", "dh_prev = 0 * c")],
    "no slope": [("dh * o * (1 - np.tanh(c) ** 2)", "dh * o")],
    "no o": [("dh * o * (1 - np.tanh(c) ** 2)", "dh * (1 - np.tanh(c) ** 2)")],
    "no sigmoid": [("di * i * (1 - i)", "di"), ("df * f * (1 - f)", "df"), ("do * o * (1 - o)", "do")],
    "no tanh": [("dg * (1 - g**2)", "dg")],
    "new c": [("dc * c_prev", "dc * c")],
    "no f": [("dc_prev = dc * f", "dc_prev = dc")],
}


@cache
def faulty_step_back(fault: str) -> Callable:
    """`plain.lstm_step_back` with a fault in it."""
    code = inspect.getsource(plain.lstm_step_back)
    for right, wrong in CHANGES[fault]:
        assert code.count(right) == 1, f"{right!r} stands {code.count(right)} times in lstm_step_back"
        code = code.replace(right, wrong)
    made: dict = {"np": np}
    exec(code, made)
    return made["lstm_step_back"]


def lstm_backward(p, x, h, c, gates, d_h, fault: str = "") -> np.ndarray:
    """The gradient by the sums a of all steps, (T, B, 4H); `fault` is a name in FAULTS, made on purpose."""
    step_back = faulty_step_back(fault) if fault else plain.lstm_step_back
    da = np.empty((*d_h.shape[:2], 4 * d_h.shape[2]))
    dh_next = dc_next = np.zeros_like(h[-1])
    for t in reversed(range(len(x))):
        da[t], dh_next, dc_next = step_back(p, c[t - 1], c[t], gates[t], d_h[t] + dh_next, dc_next)
    return da
