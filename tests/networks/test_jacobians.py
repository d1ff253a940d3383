"""How far gradients reach: norms by lag and Jacobians, against differences and against what theory says."""

import numpy as np
import pytest
from common import CELLS

from helpers.networks import LSTM, factor_per_step, gradient_norms, running_jacobians, singular_values

MADE = [make(3, 5) for make in CELLS.values()]
every_cell = pytest.mark.parametrize("cell", MADE, ids=repr)


def a_sequence(cell, steps=6, batch=1, seed=0):
    rng = np.random.default_rng(seed)
    p = cell.init(rng, scale=0.5)
    state = tuple(rng.uniform(0.1, 0.6, (batch, cell.hidden_size)) for _ in cell.state_names)
    return p, rng.standard_normal((steps, batch, cell.input_size)), state


@pytest.mark.parametrize(("cell", "by"), [(cell, by) for cell in MADE for by in cell.state_names], ids=repr)
def test_jacobians_agree_with_differences_at_every_lag(cell, by):
    p, x, state = a_sequence(cell)
    lags = [0, 1, 4, 6] if by == "h" else [1, 4, 6]
    found = running_jacobians(cell, p, x, lags, state, by)
    assert found.shape == (len(lags), 5, 5)
    which, eps = cell.state_names.index(by), 1e-6
    for lag, J in zip(lags, found, strict=True):
        earlier = state if lag == 6 else cell.forward(p, x[: 6 - lag], state)[1]
        for j in range(5):
            ends = []
            for moved in (eps, -eps):
                parts = [part.copy() for part in earlier]
                parts[which][0, j] += moved
                ends.append(parts[0] if lag == 0 else cell.forward(p, x[6 - lag :], tuple(parts))[0][-1])
            assert np.allclose((ends[0] - ends[1])[0] / (2 * eps), J[j], atol=1e-7)


@every_cell
def test_norms_are_those_of_the_gradient_carried_by_the_jacobians(cell):
    p, x, state = a_sequence(cell)
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
