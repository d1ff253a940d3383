"""The gradient taken apart by loss and state, and the same gradient found forward in time."""

import common
import numpy as np
import pytest

from helpers.networks import (
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
    assert all(one.shape == (6, 6, B, 5) and not one[np.triu_indices(6, 1)].any() for one in by_state)
    for s in range(6):
        _, state, _ = cell.forward(p, inputs[s : s + 1], state)
        for t in range(s, 6):
            x = inputs[s + 1 : t + 1]                            # what lies between the state and the loss
            (h, *_), _, _, back = common.by_the_plain_cell(cell, p, x, state) if t > s else (state, 0, 0, 0)
            e = np.exp((h[-1] if t > s else h) @ p.W_hy + p.b_y)
            d_last = (e / e.sum(axis=1, keepdims=True) - np.eye(6)[targets[t]]) @ p.W_hy.T / B
            d_h = np.concatenate([np.zeros((max(t - s - 1, 0), B, 5)), d_last[None]])
            d_state = back(d_h)[2] if t > s else (d_last, *(np.zeros((B, 5)) for _ in state[1:]))
            for one, d in zip(by_state, d_state, strict=True):
                np.testing.assert_allclose(one[t, s], d, rtol=0, atol=1e-12)
