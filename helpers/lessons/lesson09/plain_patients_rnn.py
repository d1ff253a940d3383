"""Backward passes of a plain network, each with one bug. Don't fix them: they are the patients.

``backward(p, x, y, h, q) -> (grads, da)``: the parameters; inputs and targets (T, B, V), one-hot; the
states h[t] (B, H), from h[-1]; the probabilities q (T, B, V). The loss is the mean over all T B
predictions. Returned are the gradients and da (T, B, H), those with respect to the pre-activations.
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
