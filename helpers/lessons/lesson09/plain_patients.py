"""Backward passes, each with one bug. Don't fix them: they are the patients that `experiments_ward` examines.

Each returns (grads, da): the gradients, and those with respect to the sums x W_xh + h_prev W_hh + b_h, da
(T, B, H), (T, B, 4 H) or (T, B, 3 H). p are the parameters. h[t] and c[t] are states (B, H), from h[-1] and
c[-1].

- plain network: ``backward(p, x, y, h, q)``, with inputs and targets (T, B, V), one-hot, and the
  probabilities q (T, B, V). The loss is the mean over all T B predictions.
- LSTM: ``backward(p, x, h, c, gates, d_h)``, where gates[t] is (i, f, o, g).
- GRU: ``backward(p, x, h, gates, d_h)``, where gates[t] is (r, z, n, h_n) and h_n = h[t - 1] W_hn + b_hn.

d_h (T, B, H) is what the readout sends to each state.
"""

import numpy as np


def patient_1(p, x, y, h, q):
    grads, da = p.zeros_like(), np.zeros((*x.shape[:2], len(p.b_h)))
    for t in reversed(range(len(x))):
        dh_next = np.zeros_like(h[-1])
        dy = (q[t] - y[t]) / (x.shape[0] * x.shape[1])
        dh = dy @ p.W_hy.T + dh_next
        da[t] = dh * (1 - h[t] ** 2)
        dh_next = da[t] @ p.W_hh.T
        grads.W_hy += h[t].T @ dy
        grads.b_y += dy.sum(axis=0)
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
    return grads, da


def patient_2(p, x, y, h, q):
    grads, da = p.zeros_like(), np.zeros((*x.shape[:2], len(p.b_h)))
    dh_next = np.zeros_like(h[-1])
    for t in reversed(range(len(x))):
        dy = (q[t] - y[t]) / (x.shape[0] * x.shape[1])
        grads.W_hy += h[t].T @ dy
        grads.b_y += dy.sum(axis=0)
        dh = (dy @ p.W_hy.T + dh_next) * (1 - h[t] ** 2)
        da[t] = dh * (1 - h[t] ** 2)
        dh_next = da[t] @ p.W_hh.T
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
    return grads, da


def patient_3(p, x, y, h, q):
    grads, T = p.zeros_like(), len(x)
    states = np.array([h[t] for t in range(T)])
    dy = (q - y) / (x.shape[0] * x.shape[1])
    dh, da = dy @ p.W_hy.T, np.zeros_like(states)
    for t in reversed(range(T)):
        da[t] = dh[t] * (1 - states[t] ** 2)
        if t > 0:
            dh[t - 1] += da[t] @ p.W_hh.T
        grads.W_hy += states[t].T @ dy[t]
        grads.b_y += dy[t].sum(axis=0)
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += states[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
    return grads, da


def patient_4(p, x, y, h, q):
    grads, T = p.zeros_like(), len(x)
    dy = (q - y) / (x.shape[0] * x.shape[1])
    da = [np.zeros_like(h[-1])] * T
    dh_next = np.zeros_like(h[-1])
    for t in reversed(range(T)):
        dh = dy[t] @ p.W_hy.T + dh_next
        da[t][:] = dh * (1 - h[t] ** 2)
        dh_next = da[t] @ p.W_hh.T
    grads.W_hy = sum(h[t].T @ dy[t] for t in range(T))
    grads.b_y = dy.sum(axis=(0, 1))
    grads.W_xh = sum(x[t].T @ da[t] for t in range(T))
    grads.W_hh = sum(h[t - 1].T @ da[t] for t in range(T))
    grads.b_h = sum(da[t].sum(axis=0) for t in range(T))
    return grads, da


def patient_5(p, x, y, h, q):
    grads, da = p.zeros_like(), np.zeros((*x.shape[:2], len(p.b_h)))
    dh_next = np.zeros_like(h[-1])
    for t in reversed(range(len(x))):
        dy = (q[t] - y[t]) / (x.shape[0] * x.shape[1])
        dh = dy @ p.W_hy.T + dh_next
        da[t] = dh * (1 - h[t] ** 2)
        dh_next = da[t] @ p.W_hh.T
        grads.W_hy += h[t].T @ dy
        grads.b_y += dy.sum(axis=0)
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=1)
    return grads, da


def patient_6(p, x, y, h, q):
    grads, da = p.zeros_like(), np.zeros((*x.shape[:2], len(p.b_h)))
    dh_next = np.zeros_like(h[-1])
    for t in reversed(range(len(x))):
        dy = q[t] - y[t]
        dh = dy @ p.W_hy.T + dh_next
        da[t] = dh * (1 - h[t] ** 2)
        dh_next = da[t] @ p.W_hh.T
        grads.W_hy += h[t].T @ dy
        grads.b_y += dy.sum(axis=0)
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
    return grads, da


def patient_7(p, x, y, h, q):
    grads, da = p.zeros_like(), np.zeros((*x.shape[:2], len(p.b_h)))
    dh_next, limit = np.zeros_like(h[-1]), 0.002
    for t in reversed(range(len(x))):
        dy = (q[t] - y[t]) / (x.shape[0] * x.shape[1])
        dh = dy @ p.W_hy.T + dh_next
        da[t] = dh * (1 - h[t] ** 2)
        dh_next = da[t] @ p.W_hh.T
        grads.W_hy += h[t].T @ dy
        grads.b_y += dy.sum(axis=0)
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += np.clip(h[t - 1].T @ da[t], -limit, limit)
        grads.b_h += da[t].sum(axis=0)
    return grads, da


def patient_8(p, x, h, c, gates, d_h):
    grads, da = p.zeros_like(), np.zeros((*d_h.shape[:2], len(p.b_h)))
    dh_next = np.zeros_like(h[-1])
    for t in reversed(range(len(x))):
        i, f, o, g = gates[t]
        dh = d_h[t] + dh_next
        dc = dh * o * (1 - np.tanh(c[t]) ** 2)
        di, df, do, dg = dc * g, dc * c[t - 1], dh * np.tanh(c[t]), dc * i
        da[t] = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
        dh_next = da[t] @ p.W_hh.T
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
    return grads, da


def patient_9(p, x, h, c, gates, d_h):
    grads, da = p.zeros_like(), np.zeros((*d_h.shape[:2], len(p.b_h)))
    dh_next, dc_next = np.zeros_like(h[-1]), np.zeros_like(c[-1])
    for t in reversed(range(len(x))):
        i, f, o, g = gates[t]
        dh = d_h[t] + dh_next
        dc = dh * o * (1 - np.tanh(c[t]) ** 2) + dc_next
        di, df, do, dg = dc * g, dc * c[t], dh * np.tanh(c[t]), dc * i
        da[t] = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
        dh_next, dc_next = da[t] @ p.W_hh.T, dc * f
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
    return grads, da


def patient_10(p, x, h, c, gates, d_h):
    grads, da = p.zeros_like(), np.zeros((*d_h.shape[:2], len(p.b_h)))
    dh_next, dc_next = np.zeros_like(h[-1]), np.zeros_like(c[-1])
    for t in reversed(range(len(x))):
        i, f, o, g = gates[t]
        dh = d_h[t] + dh_next
        dc = dh * o * (1 - np.tanh(c[t]) ** 2) + dc_next
        di, df, do, dg = dc * g, dc * c[t - 1], dh * np.tanh(c[t]), dc * i
        da[t] = np.hstack([di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)])
        dh_next, dc_next = da[t] @ p.W_hh.T, dc * f
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da[t]
        grads.b_h += da[t].sum(axis=0)
    return grads, da


def patient_11(p, x, h, gates, d_h):
    grads, da = p.zeros_like(), np.zeros((*d_h.shape[:2], len(p.b_h)))
    dh = np.zeros_like(h[-1])
    for t in reversed(range(len(x))):
        r, z, n, h_n = gates[t]
        dh = dh + d_h[t]
        dn = dh * (1 - z) * (1 - n**2)
        dr = dn * h_n * r * (1 - r)
        dh = dh * z
        dz = dh * (h[t - 1] - n) * z * (1 - z)
        da[t], da_h = np.hstack([dr, dz, dn]), np.hstack([dr, dz, dn * r])
        dh = dh + da_h @ p.W_hh.T
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da_h
        grads.b_h += da[t].sum(axis=0)
        grads.b_hn += (dn * r).sum(axis=0)
    return grads, da


def patient_12(p, x, h, gates, d_h):
    grads, da = p.zeros_like(), np.zeros((*d_h.shape[:2], len(p.b_h)))
    dh_next, (W_r, W_z, W_n) = np.zeros_like(h[-1]), np.split(p.W_hh, 3, axis=1)
    for t in reversed(range(len(x))):
        r, z, n, h_n = gates[t]
        dh = d_h[t] + dh_next
        dn, dz = dh * (1 - z) * (1 - n**2), dh * (h[t - 1] - n) * z * (1 - z)
        dr = dn * h_n * r * (1 - r)
        da[t], da_h = np.hstack([dr, dz, dn]), np.hstack([dr, dz, dn * r])
        dh_next = dh * z + (dn * r) @ W_n.T
        dh_next += dr @ W_r.T
        dh_next += dz @ W_z
        grads.W_xh += x[t].T @ da[t]
        grads.W_hh += h[t - 1].T @ da_h
        grads.b_h += da[t].sum(axis=0)
        grads.b_hn += (dn * r).sum(axis=0)
    return grads, da
