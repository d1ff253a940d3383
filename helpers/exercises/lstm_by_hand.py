"""An LSTM as lesson 07 writes it, line by line, and the faults that are easily made in its backward pass."""

import numpy as np

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


def sigmoid(a: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-a)), without overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * a)


def lstm_forward(p, x: np.ndarray, h_first: np.ndarray, c_first: np.ndarray) -> tuple[dict, dict, dict]:
    """The loop of the lesson: h and c by step, from -1, and the gates (i, f, o, g) of each step."""
    h, c, gates = {-1: h_first}, {-1: c_first}, {}
    for t in range(len(x)):
        a_i, a_f, a_o, a_g = np.split(x[t] @ p.W_xh + h[t - 1] @ p.W_hh + p.b_h, 4, axis=1)
        i, f, o, g = gates[t] = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), np.tanh(a_g)
        c[t] = f * c[t - 1] + i * g
        h[t] = o * np.tanh(c[t])
    return h, c, gates


def lstm_backward(p, x, h, c, gates, d_h, fault: str = "") -> np.ndarray:
    """The gradient by the sums a of all steps, (T, B, 4H); `fault` is a name in FAULTS, made on purpose."""
    da = np.empty((*d_h.shape[:2], 4 * d_h.shape[2]))
    dh_next, dc_next = np.zeros_like(h[-1]), np.zeros_like(c[-1])
    for t in reversed(range(len(x))):
        i, f, o, g = gates[t]
        tanh_c = np.tanh(c[t])
        dh = d_h[t] + dh_next
        slope = (1 if fault == "no slope" else 1 - tanh_c**2) * (1 if fault == "no o" else o)
        dc = dc_next if fault == "late dc" else dc_next + dh * slope
        by_gate = dc * g, dc * c[t if fault == "new c" else t - 1], dh * tanh_c, dc * i
        slopes = [1 if fault == "no sigmoid" else s * (1 - s) for s in (i, f, o)]
        slopes.append(1 if fault == "no tanh" else 1 - g**2)
        da[t] = np.concatenate([d * s for d, s in zip(by_gate, slopes, strict=True)], axis=1)
        dh_next = da[t] @ p.W_hh.T * (fault != "no dh")
        dc_next = (dc + dh_next * slope if fault == "late dc" else dc) * (1 if fault == "no f" else f)
        dc_next = dc_next * (fault != "no dc")
    return da
