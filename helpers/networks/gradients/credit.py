"""Credit assignment: the gradient of the loss of every step by the state after every step.

Lessons 03 and 04 draw it. Backpropagation through time adds these gradients up over the losses and goes on
with the sum. Here the losses are kept apart, and go back side by side as the rows of one block.
"""

import numpy as np

from helpers.networks.blas import one_blas_thread
from helpers.networks.cells.cell import State
from helpers.networks.functions import softmax
from helpers.networks.model import CharModel


def credit_matrix(model: CharModel, inputs, targets, state=None, by: str = "h") -> np.ndarray:
    """Size of the gradient of the loss of step t by the state after step s, for every pair.

    Args:
        inputs, targets: (T, B) symbols.
        state: before the first step; None means zeros.
        by: which array of the state, a name in `model.cell.state_names`; the other one is held.

    Returns:
        (T, T): at [t, s] the norm of dL_t / dh_s over all sequences and units, NaN for s > t: a state moves
        no earlier loss. L_t is in nats per character, the mean of the B sequences at step t alone.
    """
    names = model.cell.state_names
    if by not in names:
        raise ValueError(f"by is {by!r}, but the state of {model.cell} has only {' and '.join(names)}")
    by_state = loss_by_state_gradients(model, inputs, targets, state)[names.index(by)]
    norms = np.linalg.norm(by_state, axis=(2, 3))
    return np.where(np.tri(len(norms), dtype=bool), norms, np.nan)


def loss_by_state_gradients(model: CharModel, inputs, targets, state=None) -> list[np.ndarray]:
    """The gradients of which `credit_matrix` gives the norms, as whole vectors.

    Returns:
        for each array of the state (h; for an LSTM h and c) an array (T, T, B, H), at [t, s] the gradient of
        L_t by it after step s, zero for s > t. Summed over t, that is T times the gradient of the mean loss
        with respect to this state, as backpropagation through time computes it.
    """
    model.loss(inputs, targets, state)                               # checks them all
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    cell, p, (T, B), H = model.cell, model.params, inputs.shape, model.cell.hidden_size
    with one_blas_thread(), np.errstate(all="ignore"):
        states = all_states(model, inputs, state)
        d_scores = by_scores(model, states[0][1:], targets)
        by_state = [np.zeros((T, T, B, H), p.vector.dtype) for _ in states]      # at [s, t] for now
        by_state[0][np.arange(T), np.arange(T)] = d_scores @ p.W_hy.T / B    # a loss sees its own h

        grads = p.zeros_like()                                       # not needed, so always the same
        for s in range(T - 1, 0, -1):
            rows = T - s                                             # the losses of step s and later
            before = tuple(np.tile(a[s], (rows, 1)) for a in states)
            _, _, cache = cell.forward(p, np.tile(inputs[s], (1, rows)), before)
            d_state = tuple(gradient[s, s:].reshape(-1, H) for gradient in by_state)
            _, _, d_before = cell.backward(p, np.zeros((1, rows * B, H)), cache, d_state, grads=grads)
            for gradient, d in zip(by_state, d_before, strict=True):
                gradient[s - 1, s:] = d.reshape(rows, B, H)
    return [gradient.swapaxes(0, 1) for gradient in by_state]


def by_scores(model: CharModel, h: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Gradient (T, B, V) of each step's and sequence's loss by its own scores: softmax - one-hot target."""
    probabilities = softmax(h @ model.params.W_hy + model.params.b_y)
    return probabilities - np.eye(probabilities.shape[-1], dtype=h.dtype)[targets]


def all_states(model: CharModel, inputs: np.ndarray, state: State | None) -> list[np.ndarray]:
    """Every array of the state, (T + 1, B, H), before the first step and after each."""
    cell, p = model.cell, model.params
    states = [cell.zero_state(inputs.shape[1], p.vector.dtype) if state is None else state]
    for x in inputs:
        states.append(cell.forward(p, x[None], states[-1])[1])
    return [np.stack(arrays) for arrays in zip(*states, strict=True)]
