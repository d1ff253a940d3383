"""The gradient taken apart by lag, by loss and state, by window, and found forward in time."""

import numpy as np
import pytest
from common import CELLS, by_the_plain_cell, every_cell

from helpers.networks import (
    LSTM,
    CharModel,
    GradientParts,
    credit_matrix,
    factor_per_step,
    gradient_norms,
    loss_by_state_gradients,
    relative_error,
    rtrl_gradient,
    running_jacobians,
    singular_values,
)


def a_sequence(kind):
    rng, cell = np.random.default_rng(0), CELLS[kind](3, 5)
    p = cell.init(rng, scale=0.5)
    state = tuple(rng.uniform(0.1, 0.6, (1, 5)) for _ in cell.state_names)
    return cell, p, rng.standard_normal((6, 1, 3)), state


@every_cell
def test_jacobians_agree_with_differences_at_every_lag(kind):
    cell, p, x, state = a_sequence(kind)
    for which, by in enumerate(cell.state_names):
        lags, eps = [0, 1, 4, 6] if by == "h" else [1, 4, 6], 1e-6
        for lag, J in zip(lags, running_jacobians(cell, p, x, lags, state, by), strict=True):
            earlier = state if lag == 6 else cell.forward(p, x[: 6 - lag], state)[1]
            for j in range(5):
                ends = []
                for moved in (eps, -eps):
                    parts = [part.copy() for part in earlier]
                    parts[which][0, j] += moved
                    ends.append(parts[0] if lag == 0 else cell.forward(p, x[6 - lag :], tuple(parts))[0][-1])
                assert np.allclose((ends[0] - ends[1])[0] / (2 * eps), J[j], atol=1e-7)


@every_cell
def test_norms_are_those_of_the_gradient_carried_by_the_jacobians(kind):
    cell, p, x, state = a_sequence(kind)
    d_h = np.random.default_rng(1).standard_normal((1, 5))
    norms = gradient_norms(cell, p, x, d_h, state)
    expected = [np.linalg.norm(d_h @ J.T) for J in running_jacobians(cell, p, x, range(7), state)]
    assert norms.shape == (7,) and norms[0] == 1
    assert np.allclose(norms, expected / np.linalg.norm(d_h))


@pytest.mark.parametrize(("bias", "gate"), [(0, 0.5), (1, 0.731), (2, 0.881)])
def test_small_weights_leave_an_lstm_its_forget_gate_as_factor(bias, gate):
    cell, rng = LSTM(8, 16), np.random.default_rng(0)
    p = cell.init(rng, scale=0.001, forget_bias=bias)
    norms = gradient_norms(cell, p, rng.standard_normal((60, 4, 8)))
    assert factor_per_step(norms, 10) == pytest.approx(gate, abs=0.01)


def test_singular_values_that_rounding_hides_are_not_shown():
    values = singular_values(np.array([np.diag([1.0, 1e-3]), np.diag([1e-30, 1.0])]))
    assert np.allclose(values[0], [1, 1e-3]) and values[1, 0] == 1 and np.isnan(values[1, 1])


def test_the_factor_per_step_takes_the_lags_it_is_told_and_leaves_out_zeros():
    norms = np.concatenate([np.full(5, 7.0), 0.9 ** np.arange(20), [0.0, np.inf]])
    assert factor_per_step(norms, 5) == pytest.approx(0.9)
    assert factor_per_step(norms, 0, 4) == pytest.approx(1)


def setting(kind, T=9, B=1):
    rng, cell = np.random.default_rng(0), CELLS[kind](6, 5)
    model = CharModel(cell, rng, scale=0.5)
    model.params.vector += 0.1 * rng.standard_normal(model.params.vector.size)
    ids = rng.integers(6, size=(T + 1, B))
    state = tuple(rng.uniform(-0.5, 0.5, (B, 5)) for _ in cell.state_names)
    return model, ids[:-1], ids[1:], state


@every_cell
def test_the_matrix_has_norms_below_and_nothing_above_the_diagonal(kind):
    model, inputs, targets, state = setting(kind, B=2)
    before = model.params.vector.copy()
    for which, name in enumerate(model.cell.state_names):
        matrix = credit_matrix(model, inputs, targets, state, by=name)
        by_state = loss_by_state_gradients(model, inputs, targets, state)[which]
        assert np.isnan(matrix[np.triu_indices(9, 1)]).all()
        assert matrix[7, 2] == pytest.approx(np.sqrt((by_state[7, 2] ** 2).sum()))
        assert np.isfinite(matrix[np.tril_indices(9)]).all()
    assert np.array_equal(model.params.vector, before)


@pytest.mark.parametrize("kind", ["tanh", "relu"])
def test_forward_in_time_gives_the_gradient_of_the_sweep_back(kind):
    model, inputs, targets, state = setting(kind)
    loss, swept, _ = model.loss_and_grads(inputs, targets, state)
    again, grads = rtrl_gradient(model, inputs, targets, state)
    assert again == pytest.approx(loss, abs=1e-14)
    for name in swept:
        assert relative_error(swept[name], grads[name]) < 1e-13


@every_cell
@pytest.mark.parametrize("B", [1, 2])
def test_each_pair_is_what_the_plain_cell_sends_back_from_one_loss_to_one_state(kind, B):
    model, inputs, targets, state = setting(kind, T=6, B=B)
    cell = model.cell
    p, by_state = model.params, loss_by_state_gradients(model, inputs, targets, state)
    assert all(one.shape == (6, 6, B, 5) and not one[np.triu_indices(6, 1)].any() for one in by_state)
    for s in range(6):
        _, state, _ = cell.forward(p, inputs[s : s + 1], state)
        for t in range(s, 6):
            x = inputs[s + 1 : t + 1]                            # what lies between the state and the loss
            (h, *_), _, _, back = by_the_plain_cell(cell, p, x, state) if t > s else (state, 0, 0, 0)
            e = np.exp((h[-1] if t > s else h) @ p.W_hy + p.b_y)
            d_last = (e / e.sum(axis=1, keepdims=True) - np.eye(6)[targets[t]]) @ p.W_hy.T / B
            d_h = np.concatenate([np.zeros((max(t - s - 1, 0), B, 5)), d_last[None]])
            d_state = back(d_h)[2] if t > s else (d_last, *(np.zeros((B, 5)) for _ in state[1:]))
            for one, d in zip(by_state, d_state, strict=True):
                np.testing.assert_allclose(one[t, s], d, rtol=0, atol=1e-12)


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


def test_sliding_windows_are_the_sum_of_the_short_lags():
    model, inputs, targets, _ = example("GRU")
    parts = GradientParts(model, inputs, targets)
    short = parts.by_lag()[:4].sum(axis=0)
    assert error(parts.truncated(1, 4).vector, short) < 1e-12
