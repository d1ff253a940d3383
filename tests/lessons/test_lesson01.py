"""What lesson 01's sliders set: units that rest, latch and turn, and the network that reads hell."""


import numpy as np
import pytest

from helpers.lessons.hello import READ, forward
from helpers.lessons.lesson01 import hello_step, one_unit, two_units
from helpers.lessons.lesson01.pictures import resting_points
from helpers.networks import RNN, CharModel


@pytest.mark.parametrize(
    "weight, bias", [(0.5, 0.0), (0.9, 0.3), (2.0, 0.0), (1.7, 0.2), (-1.5, 0.1), (-0.7, 0.0)]
)
def test_a_resting_state_stays_and_a_stable_one_draws_in(weight, bias):
    roots, slopes = resting_points(weight, bias)
    assert np.allclose(np.tanh(weight * roots + bias), roots, atol=1e-6)
    for root, slope in zip(roots, slopes, strict=True):
        near = np.tanh(weight * (root + 1e-3) + bias)
        assert (abs(near - root) < 1e-3) == (abs(slope) < 1)


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


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_the_hello_step_has_the_loss_of_the_model(step):
    params = CharModel(RNN(4, 3), np.random.default_rng(5), scale=1.0).params
    _, scores = forward(params, READ)
    target = "helo".index("ello"[step - 1])
    loss = np.log(np.exp(scores[step - 1]).sum()) - scores[step - 1, target]
    assert f"loss is {loss:.2f} nats" in hello_step(params, step).sentence
