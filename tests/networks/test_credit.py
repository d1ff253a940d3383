"""The gradient taken apart by loss and state, and the same gradient found forward in time."""

import common
import numpy as np
import pytest

from helpers.networks import (
    GRU,
    LSTM,
    RNN,
    CharModel,
    credit_matrix,
    loss_by_state_gradients,
    relative_error,
    rtrl_gradient,
)

CELLS = {kind: make(6, 5) for kind, make in common.CELLS.items()}
every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS.keys())


def setting(cell, T=9, B=1, seed=0):
    rng = np.random.default_rng(seed)
    model = CharModel(cell, rng, scale=0.5)
    model.params.vector += 0.1 * rng.standard_normal(model.params.vector.size)
    ids = rng.integers(6, size=(T + 1, B))
    state = tuple(rng.uniform(-0.5, 0.5, (B, 5)) for _ in cell.state_names)
    return model, ids[:-1], ids[1:], state


def gradients_by_state(model, inputs, targets, state):
    """T times the gradient of the mean loss by every state, from the cell's own way back, piece by piece."""
    T, B = inputs.shape
    cell, p, found, steps = model.cell, model.params, [], []
    for t in range(T):
        h, state, cache = cell.forward(p, inputs[t : t + 1], state)
        scores = h[0] @ p.W_hy + p.b_y
        probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        steps.append(((probabilities - np.eye(6)[targets[t]]) @ p.W_hy.T / B, cache))
    d_state = [np.zeros((B, 5)) for _ in cell.state_names]
    for d_h, cache in reversed(steps):
        d_state = [d_state[0] + d_h, *d_state[1:]]
        found.append(d_state)
        _, _, d_state = cell.backward(p, np.zeros((1, B, 5)), cache, tuple(d_state))
        d_state = list(d_state)
    return [np.stack(arrays[::-1]) for arrays in zip(*found, strict=True)]


@every_cell
@pytest.mark.parametrize("B", [1, 3])
def test_all_losses_together_are_what_backpropagation_through_time_gives(cell, B):
    model, inputs, targets, state = setting(cell, B=B)
    right = gradients_by_state(model, inputs, targets, state)
    for by_state, wanted in zip(loss_by_state_gradients(model, inputs, targets, state), right, strict=True):
        assert by_state.shape == (9, 9, B, 5)
        np.testing.assert_allclose(by_state.sum(axis=0), wanted, rtol=0, atol=1e-12)


@every_cell
def test_the_first_state_and_the_whole_gradient_by_it_agree_with_differences(cell):
    model, inputs, targets, state = setting(cell)
    by_state = loss_by_state_gradients(model, inputs, targets, state)
    _, after, _ = model.cell.forward(model.params, inputs[:1], state)
    eps = 1e-6
    for which in range(len(after)):
        for unit in range(5):
            ends = []
            for move in (eps, -eps):
                moved = [a.copy() for a in after]
                moved[which][0, unit] += move
                total = 0.0
                if which == 0:  # the loss of the first step looks at h alone
                    scores = moved[0] @ model.params.W_hy + model.params.b_y
                    total = float(np.log(np.exp(scores).sum()) - scores[0, targets[0, 0]])
                rest, _ = model.loss(inputs[1:], targets[1:], tuple(moved))
                ends.append(total + 8 * rest)
            measured = (ends[0] - ends[1]) / (2 * eps)
            assert by_state[which][:, 0, 0, unit].sum() == pytest.approx(measured, abs=1e-7)


@every_cell
def test_one_loss_alone_is_a_row(cell):
    model, inputs, targets, state = setting(cell)
    whole = loss_by_state_gradients(model, inputs, targets, state)
    start = loss_by_state_gradients(model, inputs[:4], targets[:4], state)
    for by_state, first in zip(whole, start, strict=True):  # later steps change no earlier loss
        np.testing.assert_allclose(by_state[:4, :4], first, rtol=0, atol=1e-14)
        assert not by_state[np.triu_indices(9, 1)].any()


@every_cell
def test_the_matrix_has_norms_below_and_nothing_above_the_diagonal(cell):
    model, inputs, targets, state = setting(cell, B=2)
    before = model.params.vector.copy()
    for which, name in enumerate(cell.state_names):
        matrix = credit_matrix(model, inputs, targets, state, by=name)
        by_state = loss_by_state_gradients(model, inputs, targets, state)[which]
        assert np.isnan(matrix[np.triu_indices(9, 1)]).all()
        assert matrix[7, 2] == pytest.approx(np.sqrt((by_state[7, 2] ** 2).sum()))
        assert np.isfinite(matrix[np.tril_indices(9)]).all()
    assert np.array_equal(model.params.vector, before)


def test_a_small_network_forgets_by_the_same_factor_at_each_step():
    model = CharModel(RNN(6, 50), np.random.default_rng(0), scale=0.01)
    ids = np.random.default_rng(1).integers(6, size=(31, 1))
    matrix = credit_matrix(model, ids[:-1], ids[1:])
    medians = [np.median(np.diagonal(matrix, -lag)) for lag in (1, 6, 11)]
    assert medians[1] / medians[0] == pytest.approx(medians[2] / medians[1], rel=0.3)
    assert medians[1] / medians[0] < 1e-4


def test_float32_stays_float32():
    model = CharModel(LSTM(6, 5), np.random.default_rng(0), dtype=np.float32)
    ids = np.random.default_rng(1).integers(6, size=(8, 1))
    assert loss_by_state_gradients(model, ids[:-1], ids[1:])[0].dtype == np.float32


def test_bad_arguments_are_named():
    model, inputs, targets, state = setting(RNN(6, 5))
    with pytest.raises(ValueError, match="by is 'c'"):
        credit_matrix(model, inputs, targets, state, by="c")
    with pytest.raises(ValueError, match="targets has shape"):
        credit_matrix(model, inputs, targets[:-1], state)
    with pytest.raises(TypeError, match="RNN only"):
        rtrl_gradient(CharModel(GRU(6, 5), np.random.default_rng(0)), inputs, targets)
    with pytest.raises(ValueError, match="2 sequences"):
        rtrl_gradient(model, np.tile(inputs, 2), np.tile(targets, 2))


@pytest.mark.parametrize("cell", [CELLS["tanh"], CELLS["relu"]], ids=["tanh", "relu"])
def test_forward_in_time_gives_the_gradient_of_the_sweep_back(cell):
    model, inputs, targets, state = setting(cell)
    loss, swept, _ = model.loss_and_grads(inputs, targets, state)
    again, grads = rtrl_gradient(model, inputs, targets, state)
    assert again == pytest.approx(loss, abs=1e-14)
    for name in swept:
        assert relative_error(swept[name], grads[name]) < 1e-13


@every_cell
@pytest.mark.parametrize("B", [1, 2])
def test_each_pair_is_what_the_plain_cell_sends_back_from_one_loss_to_one_state(cell, B):
    model, inputs, targets, state = setting(cell, T=6, B=B)
    p, by_state = model.params, loss_by_state_gradients(model, inputs, targets, state)
    for s in range(6):
        _, state, _ = cell.forward(p, inputs[s : s + 1], state)
        for t in range(s + 1, 6):
            x = inputs[s + 1 : t + 1]                            # what lies between the state and the loss
            (h, *_), _, _, back = common.by_the_plain_cell(cell, p, x, state)
            d_h = np.zeros((t - s, B, 5))
            e = np.exp(h[-1] @ p.W_hy + p.b_y)
            d_h[-1] = (e / e.sum(axis=1, keepdims=True) - np.eye(6)[targets[t]]) @ p.W_hy.T / B
            _, _, d_state, _ = back(d_h)
            for one, d in zip(by_state, d_state, strict=True):
                np.testing.assert_allclose(one[t, s], d, rtol=0, atol=1e-12)
