"""Backward passes of an LSTM and a GRU, each with one bug. Don't fix them: they are the patients.

``backward(p, x, h, c, gates, d_h) -> (grads, da)`` for the LSTM, where gates[t] is (i, f, o, g); the same
without c for the GRU, where gates[t] is (r, z, n, h_n) and h_n = h[t - 1] W_hn + b_hn. h[t] and c[t] are
(B, H), from h[-1] and c[-1]; d_h (T, B, H) is what the readout sends to each state. Returned are the
gradients and da (T, B, 4 H) or (T, B, 3 H), those by the sums x W_xh + h_prev W_hh + b_h.
"""

import numpy as np


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
