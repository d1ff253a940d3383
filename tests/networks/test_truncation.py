"""The gradient in parts: the parts add up to the whole, and a truncated one is what chunks would give."""

import numpy as np
import pytest
from common import CELLS, every_cell

from helpers.networks import CharModel, GradientParts, compare


def example(kind, T=13, B=3, seed=0):
    """A model with memory, a sequence, and a state to start from."""
    rng = np.random.default_rng(seed)
    model = CharModel(CELLS[kind](5, 7), rng, scale=0.4)
    symbols = rng.integers(5, size=(T + 1, B))
    state = tuple(rng.uniform(-0.5, 0.5, a.shape) for a in model.cell.zero_state(B))
    return model, symbols[:-1], symbols[1:], state


def error(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


@every_cell
def test_the_parts_by_lag_add_up_to_the_gradient_of_bptt(kind):
    model, inputs, targets, state = example(kind)
    parts = GradientParts(model, inputs, targets, state)
    loss, grads, _ = model.loss_and_grads(inputs, targets, state)
    assert parts.loss == loss
    by_lag = parts.by_lag()
    assert error(by_lag.sum(axis=0), grads.vector) < 1e-12
    assert all(np.linalg.norm(row) > 0 for row in by_lag)
    readout = model.params.W_hy.size + model.params.b_y.size
    assert not by_lag[1:, -readout:].any()          # the readout belongs to lag 0


@every_cell
@pytest.mark.parametrize(("k1", "k2"), [(1, 1), (5, 5), (40, 40), (1, 4), (3, 5), (4, 9), (5, 2), (2, 100)])
def test_any_two_numbers_give_the_gradient_of_windows_done_one_by_one(kind, k1, k2):
    model, inputs, targets, state = example(kind)
    parts = GradientParts(model, inputs, targets, state)
    total = np.zeros_like(model.params.vector)
    T = len(inputs)
    for end in range(k1, T + k1, k1):                # steps end - k1 to end - 1 make a block
        first, last = max(0, end - k2), min(end, T)  # the window
        if first >= last:
            continue
        before = model.loss(inputs[:first], targets[:first], state)[1] if first else state
        h, _, cache = model.cell.forward(model.params, inputs[first:last], before)
        scores = h @ model.params.W_hy + model.params.b_y
        p = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
        d = (p - np.eye(5)[targets[first:last]]) / targets.size
        d[: max(0, end - k1 - first)] = 0            # losses of earlier blocks had their turn
        grads = model.params.zeros_like()
        model.cell.backward(model.params, d @ model.params.W_hy.T, cache, grads=grads)
        grads.W_hy, grads.b_y = np.einsum("tbh,tbv->hv", h, d), d.sum(axis=(0, 1))
        total += grads.vector
    assert error(parts.truncated(k1, k2).vector, total) < 1e-12


def test_the_window_as_long_as_the_text_is_the_full_gradient():
    model, inputs, targets, _ = example("LSTM")
    parts = GradientParts(model, inputs, targets)
    same = compare(parts.truncated(1, 13), parts.full)
    assert same.cosine == pytest.approx(1) and same.length == pytest.approx(1)


def test_sliding_windows_are_the_sum_of_the_short_lags():
    model, inputs, targets, _ = example("GRU")
    parts = GradientParts(model, inputs, targets)
    short = parts.by_lag()[:4].sum(axis=0)
    assert error(parts.truncated(1, 4).vector, short) < 1e-12
