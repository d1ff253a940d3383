"""The same gradient forward in time: real-time recurrent learning (Williams and Zipser 1989).

Instead of sending losses back, it carries along how the state depends on every weight. Nothing of the past
is kept, and every step costs H times the parameters in memory and H * H times in multiplications.
"""

import numpy as np

from helpers.networks.cells.rnn import RNN
from helpers.networks.functions import softmax
from helpers.networks.model import CharModel
from helpers.networks.parameters import Parameters


def rtrl_gradient(model: CharModel, inputs, targets, state=None) -> tuple[float, Parameters]:
    """Mean loss and its gradients, by accumulation in the order of time; for one sequence and an RNN.

    `inputs` and `targets` are (T, 1) symbols. The numbers are those of `model.loss_and_grads`, found another
    way.
    """
    if not isinstance(model.cell, RNN):
        raise TypeError(f"the cell is {model.cell!r}: forward accumulation is written out for an RNN only")
    model.loss(inputs, targets, state)                                # checks them all
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    T, B = inputs.shape
    if B != 1:
        raise ValueError(f"inputs has {B} sequences. Give one, (T, 1).")
    p, cell, H = model.params, model.cell, model.cell.hidden_size
    h = np.zeros(H, p.vector.dtype) if state is None else state[0][0]
    influence = {name: np.zeros((*shape, H), h.dtype) for name, shape in cell.shapes.items()}  # dh / dweight
    grads, total, unit = p.zeros_like(), 0.0, np.arange(H)
    for i, target in zip(inputs[:, 0], targets[:, 0], strict=True):
        h_prev, a = h, p.W_xh[i] + h @ p.W_hh + p.b_h
        h = np.tanh(a) if cell.nonlinearity == "tanh" else np.maximum(a, 0)
        slope = 1 - h**2 if cell.nonlinearity == "tanh" else (a > 0).astype(h.dtype)
        for d in influence.values():
            d[...] = d @ p.W_hh                                       # through the state before
        influence["W_xh"][i, unit, unit] += 1                         # and at this very step
        influence["W_hh"][:, unit, unit] += h_prev[:, None]
        influence["b_h"][unit, unit] += 1
        for d in influence.values():
            d *= slope
        prob = softmax(h @ p.W_hy + p.b_y)
        total -= np.log(prob[target])
        d_y = prob / T
        d_y[target] -= 1 / T
        d_h = p.W_hy @ d_y
        for name, d in influence.items():
            grads[name] += d @ d_h
        grads.W_hy += np.outer(h, d_y)
        grads.b_y += d_y
    return float(total) / T, grads
