"""Lesson 03: the chains of one weight, the gradients under the microscope, and what an update costs."""

import numpy as np
import pytest

from helpers.lessons.hello import hello_gradients
from helpers.lessons.lesson03 import plain
from helpers.lessons.lesson03.drawings import START, WISHES, X, chain_table
from helpers.lessons.lesson03.experiments import timed_training, update_cost
from helpers.lessons.lesson03.pictures import SHAPES, explain
from helpers.networks import RNN, CharModel


def scalar_loss(weights):
    h, loss = START, []
    for t in range(3):
        h = np.tanh(weights[t] * h + X[t])
        loss.append((h - WISHES[t]) ** 2 / 2)
    return np.array(loss)


@pytest.mark.parametrize("w", [0.8, 0.0, -1.7, 2.0])
def test_the_six_chains_are_the_derivatives_by_each_use_of_the_weight(w):
    table, eps = chain_table(w), 1e-6
    for s in range(3):
        up, down = ([w + sign * eps * (s == i) for i in range(3)] for sign in (1, -1))
        np.testing.assert_allclose(table[:, s], (scalar_loss(up) - scalar_loss(down)) / (2 * eps), atol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_the_microscope_shows_the_gradients_of_the_model(seed):
    model, hello = CharModel(RNN(4, 3), np.random.default_rng(seed), scale=0.8), [[0], [1], [2], [2], [3]]
    loss, grads, _ = model.loss_and_grads(hello[:-1], hello[1:])
    seen = hello_gradients(model.params)
    assert seen["losses"].mean() == pytest.approx(loss)
    for name, shape in SHAPES.items():
        for index in np.ndindex(shape):
            _, _, value = explain(model.params, seen, f"{name} [{', '.join(map(str, index))}]", 1)
            assert value == pytest.approx(4 * grads[name][index], abs=1e-12)
    np.testing.assert_allclose(seen["dh_from"].sum(axis=0), seen["dh"], atol=1e-14)
    for t in range(3):
        carried = seen["da"][t + 1] @ model.params.W_hh.T + seen["dy"][t] @ model.params.W_hy.T
        np.testing.assert_allclose(seen["dh"][t], carried, atol=1e-12)


def test_an_update_is_measured():
    short, long = update_cost(20, 1), update_cost(2000, 1)
    assert short.steps == 20 and short.seconds > 0
    assert 10 * short.bytes < long.bytes < 100 * 2000 * 8 * 20


def test_training_by_the_clock_stops_in_time():
    run = timed_training(25, 0.03, 0.2, looks=5)
    assert 0.2 <= run.seconds[-1] < 1 and run.updates[-1] == run.settings["updates"] > 10
    assert len(run.train) == len(run.heldout) == len(run.seconds)


def test_the_terms_of_the_first_stage_add_up_to_the_slope_of_3_x_cubed():
    assert all(sum(plain.slope(x)) == pytest.approx(9 * x**2) for x in (2.0, -1.0, 0.3))
    assert plain.slope(2.0) == (24.0, 12.0)


def test_the_reference_versions_go_back_as_the_model_does():
    rng = np.random.default_rng(0)
    model, (symbols, targets) = CharModel(RNN(5, 4), rng, scale=0.8), rng.integers(5, size=(2, 6, 3))
    passages = [plain.forward(model.params, column) for column in symbols.T]
    states, p = (np.stack(several, axis=1) for several in zip(*passages, strict=True))
    side_by_side = plain.batch_backward(model.params, symbols, targets, states, p)
    one_by_one = [plain.backward(model.params, symbols[:, n], targets[:, n], *passages[n])[0]
                  for n in range(3)]
    _, mean, _ = model.loss_and_grads(symbols, targets)
    for name, gradient in mean.items():
        np.testing.assert_allclose(side_by_side[name], symbols.size * gradient)
        np.testing.assert_allclose(sum(grads[name] for grads in one_by_one), symbols.size * gradient)
