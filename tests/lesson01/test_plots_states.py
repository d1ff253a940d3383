"""The pictures of lesson 01 say what their numbers are, and what they say is so."""

import re

import numpy as np
import pytest

from helpers.data import typed, typeset
from helpers.lessons.hello import FLOOR, READ, forward
from helpers.lessons.lesson01 import (
    hello_losses,
    hello_step,
    one_unit,
    state_map,
    two_units,
)
from helpers.lessons.lesson01.state_pictures import behaviour, resting_points
from helpers.lessons.lesson01.written_out import try_hello
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


@pytest.mark.parametrize("weight, bias, words", [
    (0.8, 0.0, "leaves 0.80 of the distance, so the unit forgets"),
    (-0.8, 0.0, "on the other side each time"),
    (2.0, 0.0, "two resting states, -0.96 and 0.96"),
    (2.0, 0.55, "one resting state, 0.99"),
    (-1.5, 0.0, "between -0.86 and 0.86 (it oscillates), unless it is at exactly 0.00"),
    (1.0, 0.0, "ever more slowly"),
    (-1.0, 0.0, "ever more slowly"),
])
def test_the_behaviour_of_a_unit_is_named(weight, bias, words):
    assert words in behaviour(weight, bias)


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


def test_the_sentence_tells_the_pulses():
    assert "+1.0 at step 5 and −2.0 at step 20" in one_unit(pulses(s5=1.0, s20=-2.0), 0.5).sentence
    assert "Pulses: none" in one_unit(np.zeros(3), 0.5).sentence


@pytest.mark.parametrize("stretch", [0.8, 1.0, 1.2, 1.5])
@pytest.mark.parametrize("angle, steps", [(30, "12."), (90, "4.0"), (180, "2.0")])
def test_a_turn_goes_round_in_as_many_steps_as_its_angle_says(angle, steps, stretch):
    assert f"one round takes {steps}" in two_units(angle, stretch).sentence


def test_without_an_angle_nothing_goes_round():
    assert "does not go round" in two_units(0, 0.9).sentence


def test_squashing_shrinks_the_circle_and_stretching_keeps_it():
    assert last_number(two_units(30, 1.0).sentence) < 0.5
    assert last_number(two_units(30, 1.3).sentence) > 0.7


def test_the_state_map_shows_every_number_and_ends_with_the_last_state():
    h = np.array([[0.11, -0.22], [0.33, -0.44], [0.55, -0.66]])
    picture = state_map({"abc": h}, {"abc": list("abc")})
    assert drawn(picture) == [typeset(f"{value:.2f}") for value in h.ravel()]
    assert "after “abc” it is 0.55, −0.66" in picture.sentence


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


def test_a_cut_memory_is_told(params):
    params.W_hh = 0
    picture = hello_step(params, 4)
    assert "without memory (W_hh = 0)" in picture.sentence
    assert "all 0" in drawn(picture)


def test_the_changed_weight_is_framed(params):
    def framed(picture):
        ax = picture.figure.axes[0]
        frames = [patch.get_extents().transformed(ax.transData.inverted())
                  for patch in ax.patches if patch.get_label() != "arrow" and not patch.get_fill()]
        return [t.get_text() for t in ax.texts if any(box.contains(*t.get_position()) for box in frames)]
    params.W_hh[1, 2], params.b_y[3] = 1.2345, -2.3456
    assert "1.23" not in framed(hello_step(params, 2))
    assert "1.23" in framed(hello_step(params, 2, changed=("W_hh", (1, 2))))
    assert "−2.35" in framed(hello_step(params, 2, changed=("b_y", (3,))))


def test_huge_weights_can_still_be_drawn(params):
    params.W_hy *= 300
    assert hello_step(params, 3).png


def test_the_floor_of_a_network_without_memory():
    assert round(FLOOR, 4) == 0.3466
    assert "0.003 nats" in hello_losses([1.4, 0.003], [1.4, 0.35]).sentence


@pytest.mark.parametrize("draw", [
    lambda p: state_map({}, {}),
    lambda p: state_map({"a": np.zeros((2, 3))}, {"b": ["a", "b"]}),
    lambda p: state_map({"a": np.zeros((2, 3))}, {"a": ["a"]}),
    lambda p: one_unit(np.zeros((2, 2)), 1.0),
    lambda p: one_unit(np.zeros(0), 1.0),
    lambda p: one_unit(np.zeros(5), np.inf),
    lambda p: two_units(np.nan, 1.0),
    lambda p: hello_step(p, 0),
    lambda p: hello_step(RNN(4, 3).init(np.random.default_rng(0)), 1),
    lambda p: hello_losses([1.0], [1.0, 2.0]),
])
def test_bad_input_is_refused_in_words(draw, params):
    with pytest.raises(ValueError, match=r"Give|must have|needs"):
        draw(params)


def test_another_network_learns_hello_with_memory_alone_and_o_last():
    found = try_hello(np.random.default_rng(0), updates=150)
    assert found["with"] < 0.1 < FLOOR < found["without"]
    assert found["settled"].index(max(found["settled"])) == 3 and found["greedy"].startswith("hel")


@pytest.mark.parametrize(("weight", "bias"), [(-1.5, 0.1), (-0.7, 0.0), (0.5, 0.2), (2.0, 0.0)])
def test_a_place_is_filled_where_it_draws_the_state_in_and_white_where_it_pushes_it_away(weight, bias):
    curves = one_unit(np.zeros(5), weight, bias).figure.axes[2].lines
    marks = [line for line in curves if line.get_marker() == "o" and line.get_markersize() == 11]
    assert len(marks) == (3 if weight > 1 else 1)
    for mark in marks:
        rest = mark.get_xdata()[0] if np.ndim(mark.get_xdata()) else mark.get_xdata()
        near = np.tanh(weight * np.tanh(weight * (rest + 1e-4) + bias) + bias)
        assert (mark.get_markerfacecolor() == "white") == (abs(near - rest) > 1e-4)
