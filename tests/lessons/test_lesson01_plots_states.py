"""The pictures of lesson 01 say what their numbers are, and what they say is so."""

import re

import numpy as np
import pytest

from helpers.data import typed
from helpers.lessons.hello import FLOOR, READ, forward
from helpers.lessons.lesson01 import (
    hello_losses,
    hello_step,
    one_unit,
    two_units,
)
from helpers.lessons.lesson01.state_pictures import resting_points
from helpers.networks import RNN, CharModel


def pulses(**at):
    """An input of 40 steps, silent but for the pulses: s5=1.0 is a pulse of 1 at step 5."""
    x = np.zeros(40)
    for step, size in at.items():
        x[int(step[1:]) - 1] = size
    return x


def last_number(sentence):
    return float(re.findall(r"-?\d+\.\d+", typed(sentence))[-1])


def drawn(picture):
    """The texts on a figure."""
    return [text.get_text() for ax in picture.figure.axes for text in ax.texts]


@pytest.fixture
def params():
    return CharModel(RNN(4, 3), np.random.default_rng(5), scale=1.0).params


@pytest.mark.parametrize(
    "weight, bias", [(0.5, 0.0), (0.9, 0.3), (2.0, 0.0), (1.7, 0.2), (-1.5, 0.1), (-0.7, 0.0)]
)
def test_a_resting_state_stays_and_a_stable_one_draws_in(weight, bias):
    roots, slopes = resting_points(weight, bias)
    assert np.allclose(np.tanh(weight * roots + bias), roots, atol=1e-6)
    for root, slope in zip(roots, slopes, strict=True):
        near = np.tanh(weight * (root + 1e-3) + bias)
        assert (abs(near - root) < 1e-3) == (abs(slope) < 1)


def test_a_pulse_flips_the_latch_only_beyond_the_watershed():
    assert last_number(one_unit(pulses(s5=1.0, s20=-1.9), 2.0).sentence) == 0.96
    assert last_number(one_unit(pulses(s5=1.0, s20=-2.0), 2.0).sentence) == -0.96


def test_the_unit_is_the_recurrent_cell_of_the_course():
    x = np.random.default_rng(1).normal(size=30)
    cell = RNN(1, 1)
    p = cell.init(np.random.default_rng(0))
    p.W_xh, p.W_hh, p.b_h = 1.0, 0.9, 0.2
    h, _, _ = cell.forward(p, x[:, None, None])
    line = one_unit(x, 0.9, 0.2).figure.axes[1].lines[1]
    assert np.allclose(line.get_ydata()[1:], h[:, 0, 0])


@pytest.mark.parametrize("stretch", [0.8, 1.0, 1.2, 1.5])
@pytest.mark.parametrize("angle, steps", [(30, "12."), (90, "4.0"), (180, "2.0")])
def test_a_turn_goes_round_in_as_many_steps_as_its_angle_says(angle, steps, stretch):
    assert f"one round takes {steps}" in two_units(angle, stretch).sentence


def test_squashing_shrinks_the_circle_and_stretching_keeps_it():
    assert last_number(two_units(30, 1.0).sentence) < 0.5
    assert last_number(two_units(30, 1.3).sentence) > 0.7


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_the_hello_step_shows_every_weight_and_the_loss_of_the_model(params, step):
    picture = hello_step(params, step)
    texts = drawn(picture)
    for value in params.vector:
        assert f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−") in texts
    _, scores = forward(params, READ)
    target = "helo".index("ello"[step - 1])
    loss = np.log(np.exp(scores[step - 1]).sum()) - scores[step - 1, target]
    assert f"loss is {loss:.2f} nats" in picture.sentence


def test_the_hello_network_spelled_out_is_the_model():
    model = CharModel(RNN(4, 3), np.random.default_rng(5), scale=1.0)
    loss, _ = model.loss(np.array([[0], [1], [2], [2]]), np.array([[1], [2], [2], [3]]))
    assert f"mean over the four steps is {loss:.2f}" in hello_step(model.params, 1).sentence


def test_huge_weights_can_still_be_drawn(params):
    params.W_hy *= 300
    assert hello_step(params, 3).png


def test_the_floor_of_a_network_without_memory():
    assert round(FLOOR, 4) == 0.3466
    assert "0.003 nats" in hello_losses([1.4, 0.003], [1.4, 0.35]).sentence
