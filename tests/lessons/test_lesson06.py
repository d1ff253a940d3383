"""Lesson 06: ways to start, and the task with a near and a far part."""

import numpy as np
import pytest

from helpers.lessons.lesson06 import near_and_far_chunk, recurrent_weights, start_parameters
from helpers.lessons.lesson06.experiments import QUESTION, STARTS
from helpers.networks import RNN, eigenvalues, factor_per_step, gradient_norms, nll, spectral_radius


def rng(seed=0):
    return np.random.default_rng(seed)


def test_each_way_to_start_is_what_it_is_called():
    H = 50
    W = {start: recurrent_weights(rng(), H, start) for start in STARTS}
    assert np.abs(W["uniform"]).max() <= 1 / np.sqrt(H) and W["uniform"].std() == pytest.approx(
        1 / np.sqrt(3 * H), rel=0.05)
    assert W["small"].std() == pytest.approx(0.01, rel=0.05)
    assert spectral_radius(W["scaled"]) == pytest.approx(1)
    assert np.allclose(W["orthogonal"] @ W["orthogonal"].T, np.eye(H))
    assert (W["identity"] == np.eye(H)).all()


@pytest.mark.parametrize("start", ["scaled", "orthogonal", "identity"])
def test_the_radius_is_that_of_the_eigenvalues(start):
    W = recurrent_weights(rng(), 30, start, radius=1.7)
    assert spectral_radius(W) == pytest.approx(1.7) and eigenvalues(W).shape == (30,)


def test_small_weights_have_small_input_weights_too():
    cell = RNN(40, 30)
    small, usual = (start_parameters(rng(), cell, start) for start in ("small", "orthogonal"))
    assert small.W_xh.std() == pytest.approx(0.01, rel=0.1) and usual.W_xh.std() > 0.05


def factor(start, inputs=1.0, nonlinearity="tanh", lags=200):
    cell, generator = RNN(64, 64, nonlinearity), rng()
    p = start_parameters(generator, cell, start)
    return factor_per_step(gradient_norms(cell, p, inputs * generator.standard_normal((lags, 8, 64))), 5)


def test_a_spectral_radius_of_one_and_an_orthogonal_matrix_lose_a_quarter_a_step_with_usual_inputs():
    for start in ("scaled", "orthogonal"):
        assert factor(start, 0.01) == pytest.approx(1, abs=0.01)
        assert factor(start, 1.0) == pytest.approx(0.75, abs=0.05)


def test_relu_does_not_mind_the_size_of_its_inputs_and_keeps_all_with_the_identity():
    assert factor("uniform", 0.01, "relu") == pytest.approx(factor("uniform", 2.0, "relu"))
    assert factor("identity", 1.0, "relu") == pytest.approx(1, abs=0.01)


def test_small_weights_multiply_by_their_size_times_the_root_of_their_number():
    assert factor("small") == pytest.approx(0.01 * np.sqrt(64), abs=0.015)


def test_near_answers_are_one_step_back_and_the_far_one_is_the_first_symbol():
    chunk = near_and_far_chunk(rng(), lag=7, batch=200)
    x, y = chunk.inputs, chunk.targets
    assert x.shape == y.shape == (8, 200) and chunk.starts_over
    assert (x[-1] == QUESTION).all() and set(x[0]) == {0, 1, 2, 3} and set(x[1:-1].ravel()) == {4, 5, 6, 7}
    assert (y[0] == x[0]).all() and (y[1:-1] == x[:-2]).all() and (y[-1] == x[0]).all()


def test_a_surprise_is_minus_the_log_of_the_probability():
    scores = rng().normal(size=(3, 2, 5)) + 1000
    targets = rng(1).integers(5, size=(3, 2))
    p = np.exp(scores - 1000) / np.exp(scores - 1000).sum(axis=2, keepdims=True)
    wanted = np.take_along_axis(p, targets[..., None], axis=2)[..., 0]
    assert np.allclose(nll(scores, targets), -np.log(wanted))
