"""Read this first: the three cells as the lessons derive them, one equation a line.

A cell is one step forward and one step back. The two loops around them, at the end of the page, serve every
cell. The backward pass begins with d_h, the gradient with respect to the states, which the readout computes
(lesson 02: dy W_hy^T). RNN, LSTM and GRU in `helpers.networks` compute the same, many times as fast, and the
tests compare them with these. `helpers.networks.PlainCell` makes a cell of your own from two such steps.

    T steps, B sequences side by side, D inputs, H units; K blocks of H columns: RNN 1, LSTM 4, GRU 3

    p            parameters: W_xh (D, K H), W_hh (H, K H), b_h (K H,), and b_hn (H,) of a GRU
    x            inputs (T, B, D), or symbols (T, B); of one step (B, D)
    h, c         states (B, H) by step, from h[-1] and c[-1], those before the first step
    gates        (B, H) each, by step
    d_h          gradient with respect to each state (T, B, H), without what comes through later states
    dh, dc       gradient with respect to the state of a step, with it; dh_next, dc_next: from later steps
    da           gradient with respect to the pre-activations x W_xh + h_prev W_hh + b_h, (B, K H) per step

The backward pass through a sequence takes dh_next and dc_next, for what comes after the sequence. It returns
grads, with the names of p; d_x (T, B, D); the gradient with respect to the first state; da (T, B, K H).
"""

import numpy as np

from helpers.networks.functions import relu, sigmoid


def one_hot(x, D: int) -> np.ndarray:
    """Symbols (T, B) as rows (T, B, D) with a 1 at the symbol; rows stay as they are."""
    return np.eye(D)[x] if np.ndim(x) == 2 else x


# The plain network: lessons 02 and 03.


def rnn_step(p, x, h_prev, nonlinearity="tanh"):
    """The next state h."""
    a = x @ p.W_xh + h_prev @ p.W_hh + p.b_h
    return np.tanh(a) if nonlinearity == "tanh" else relu(a)


def rnn_step_back(p, h, dh, nonlinearity="tanh"):
    """From dh to da, and to the gradient with respect to h_prev."""
    slope = 1 - h**2 if nonlinearity == "tanh" else h > 0
    da = dh * slope
    dh_prev = da @ p.W_hh.T
    return da, dh_prev


def rnn_forward(p, x, h_first, nonlinearity="tanh"):
    """All states h."""
    h, _ = forward(lambda p, x, h_prev: (rnn_step(p, x, h_prev, nonlinearity), None), p, x, h_first)
    return h


def rnn_backward(p, x, h, d_h, dh_next=0, nonlinearity="tanh"):
    """Backpropagation through time."""
    return backward(lambda t, grads, dh: rnn_step_back(p, h[t], dh, nonlinearity),
                    p, x, h, d_h, dh_next)


# The LSTM: lesson 07. Its gates are i, f, o and g.


def lstm_step(p, x, h_prev, c_prev):
    """The next states h and c, and the gates."""
    a = x @ p.W_xh + h_prev @ p.W_hh + p.b_h
    a_i, a_f, a_o, a_g = np.split(a, 4, axis=1)
    i = sigmoid(a_i)
    f = sigmoid(a_f)
    o = sigmoid(a_o)
    g = np.tanh(a_g)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c, (i, f, o, g)


def lstm_step_back(p, c_prev, c, gates, dh, dc_next):
    """From dh and dc_next to da, and to the gradients with respect to h_prev and c_prev."""
    i, f, o, g = gates
    do = dh * np.tanh(c)
    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next
    di, df, dg = dc * g, dc * c_prev, dc * i
    da_i = di * i * (1 - i)
    da_f = df * f * (1 - f)
    da_o = do * o * (1 - o)
    da_g = dg * (1 - g**2)
    da = np.hstack([da_i, da_f, da_o, da_g])
    dh_prev = da @ p.W_hh.T
    dc_prev = dc * f
    return da, dh_prev, dc_prev


def lstm_forward(p, x, h_first, c_first):
    """All states h and c, and the gates."""
    return forward(lstm_step, p, x, h_first, c_first)


def lstm_backward(p, x, h, c, gates, d_h, dh_next=0, dc_next=0):
    """Backpropagation through time."""
    return backward(lambda t, grads, dh, dc_next: lstm_step_back(p, c[t - 1], c[t], gates[t], dh, dc_next),
                    p, x, h, d_h, dh_next, dc_next)


# The GRU: lesson 07. Its gates are r, z and n.


def gru_step(p, x, h_prev):
    """The next state h, and the gates with h_n, the part of the sum of n that r lets through."""
    x_r, x_z, x_n = np.split(x @ p.W_xh + p.b_h, 3, axis=1)
    h_r, h_z, h_n = np.split(h_prev @ p.W_hh, 3, axis=1)
    h_n = h_n + p.b_hn
    r = sigmoid(x_r + h_r)
    z = sigmoid(x_z + h_z)
    n = np.tanh(x_n + r * h_n)
    h = (1 - z) * n + z * h_prev
    return h, (r, z, n, h_n)


def gru_step_back(p, grads, h_prev, gates, dh):
    """From dh to da and da_h, and to the gradient with respect to h_prev; grads.b_hn grows by its part."""
    r, z, n, h_n = gates
    dn, dz = dh * (1 - z), dh * (h_prev - n)
    da_n = dn * (1 - n**2)
    da_z = dz * z * (1 - z)
    dr, dh_n = da_n * h_n, da_n * r
    da_r = dr * r * (1 - r)
    da = np.hstack([da_r, da_z, da_n])                      # by x W_xh + b_h
    da_h = np.hstack([da_r, da_z, dh_n])                    # by h_prev W_hh, and its last block by b_hn
    grads.b_hn += dh_n.sum(axis=0)
    dh_prev = dh * z + da_h @ p.W_hh.T
    return (da, da_h), dh_prev


def gru_forward(p, x, h_first):
    """All states h, and the gates."""
    return forward(gru_step, p, x, h_first)


def gru_backward(p, x, h, gates, d_h, dh_next=0):
    """Backpropagation through time."""
    return backward(lambda t, grads, dh: gru_step_back(p, grads, h[t - 1], gates[t], dh),
                    p, x, h, d_h, dh_next)


# Around the steps: one loop forward and one loop back, for all three cells.


def forward(step, p, x, *first):
    """The states and the gates by step: dictionaries, as many as step returns."""
    x, states, gates = one_hot(x, len(p.W_xh)), [{-1: state} for state in first], {}
    for t in range(len(x)):
        *now, gates[t] = step(p, x[t], *(state[t - 1] for state in states))
        for state, at_t in zip(states, now, strict=True):
            state[t] = at_t
    return *states, gates


def backward(step_back, p, x, h, d_h, dh_next, *dc_next):
    """Backpropagation through time: step_back(t, grads, dh, *dc_next) goes back from step t to step t - 1.

    It returns da and the gradients with respect to the states before. If x and h_prev are not in one sum, as
    in a GRU, the pair (da, da_h) takes the place of da.
    """
    x, grads = one_hot(x, len(p.W_xh)), p.zeros_like()
    d_x, da = np.zeros_like(x), np.zeros((*d_h.shape[:2], len(p.b_h)))
    for t in reversed(range(len(x))):
        dh = d_h[t] + dh_next
        found, dh_next, *dc_next = step_back(t, grads, dh, *dc_next)
        da[t], da_h = found if isinstance(found, tuple) else (found, found)
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da_h
        grads.b_h += da[t].sum(axis=0)
        d_x[t] = da[t] @ p.W_xh.T
    return grads, d_x, (dh_next, *dc_next), da
