"""The one-unit network's cliff: where its wall stands, how steep it is, and how descents end."""

import math

import numpy as np
import pytest

from helpers.lessons.lesson05 import (
    SIGMA,
    descend,
    loss_and_gradient,
    plot_cliff_race,
    steepest_place,
    wall_bias,
    wall_gradient,
)
from helpers.lessons.lesson05.cliff import states, surface
from helpers.runs import load_run


def test_the_wall_is_the_line_of_the_paper_s_figure():
    w = np.array([5.0, 5.5, 6.0, 7.0])
    assert np.allclose(wall_bias(w), 0.5 - 0.622459 * w, atol=1e-5)
    assert np.allclose(wall_bias(w), [-2.612297, -2.923526, -3.234756, -3.857215], atol=1e-6)


@pytest.mark.parametrize(("w", "aside", "length", "times"), [
    (4.2, -0.0104, 21.7, 13.7), (5.0, -4.5e-5, 6773, 8.7), (5.5, -7.8e-7, 3.89e5, 7.1),
    (6.0, -1.6e-8, 1.96e7, 6.5), (7.0, -1.1e-11, 2.53e10, 5.9)])
def test_the_steepest_place_is_beside_the_line_and_several_times_as_steep(w, aside, length, times):
    b, steepest = steepest_place(w)
    assert b - wall_bias(w) == pytest.approx(aside, rel=0.2)
    assert steepest == pytest.approx(length, rel=0.01)
    assert steepest / wall_gradient(w) == pytest.approx(times, rel=0.05)


@pytest.mark.parametrize(("w", "length"), [(5.0, 7.794e2), (5.5, 5.476e4), (6.0, 3.029e6), (7.0, 4.284e9)])
def test_the_gradient_on_the_wall_is_the_closed_form(w, length):
    _, dw, db = loss_and_gradient(w, wall_bias(w))
    assert math.hypot(dw, db) == pytest.approx(wall_gradient(w), rel=1e-6)
    assert wall_gradient(w) == pytest.approx(length, rel=1e-3)


def test_on_the_wall_the_state_stays_and_beside_it_goes_two_ways():
    assert states(5.5, wall_bias(5.5), 20) == pytest.approx([0.5] * 21, abs=1e-12)
    assert states(5.5, wall_bias(5.5) + 0.01)[-1] > 1.5
    assert states(5.5, wall_bias(5.5) - 0.01)[-1] < -2


def test_below_the_edge_the_wall_leaves_the_line_and_gets_lower_down_to_w_4():
    edge = 1 / (SIGMA * (1 - SIGMA))
    assert edge == pytest.approx(4.2553, abs=1e-4)
    places = [steepest_place(w) for w in (4.0, 4.1, 4.2, 4.3, 4.5)]
    aside = [wall_bias(w) - b for w, (b, _) in zip((4.0, 4.1, 4.2, 4.3, 4.5), places, strict=True)]
    assert aside == sorted(aside, reverse=True) and aside[0] > 0.02
    assert [round(length) for _, length in places] == [6, 11, 22, 42, 157]
    low, high = (loss_and_gradient(4.2, places[2][0] + move)[0] for move in (0.01, -0.01))
    assert low == pytest.approx(0.007, abs=0.001) and high == pytest.approx(0.185, abs=0.001)


def test_a_race_counts_the_draws_of_each_region():
    race = load_run("05/race")
    more = [*race, race[0]._replace(parameters={"region": "near"})]
    assert plot_cliff_race(race).sentence.count("in 20 draws") == 2
    assert "away from the wall, in 20 draws" in plot_cliff_race(more).sentence
    assert "near the wall, in 21 draws" in plot_cliff_race(more).sentence


@pytest.mark.parametrize(("w", "b"), [(4.0, -1.5), (5.0, -2.3), (6.5, -4.0), (-2.0, 1.0)])
def test_the_gradient_agrees_with_differences(w, b):
    _, dw, db = loss_and_gradient(w, b)
    eps = 1e-6
    for found, moved in ((dw, (eps, 0)), (db, (0, eps))):
        up, down = (loss_and_gradient(w + s * moved[0], b + s * moved[1])[0] for s in (1, -1))
        assert found == pytest.approx((up - down) / (2 * eps), rel=1e-4, abs=1e-8)


def test_numbers_and_arrays_give_the_same_and_the_surface_is_the_loss():
    w, b = np.array([4.5, 6.0]), np.array([-4.0, -3.0, -2.0])
    heights = surface(w, b)
    assert heights.shape == (3, 2)
    for i in range(3):
        for j in range(2):
            one = loss_and_gradient(w[j], b[i], tanh=math.tanh)
            assert heights[i, j] == pytest.approx(one[0])
            assert np.allclose(one, loss_and_gradient(w[j], b[i]), rtol=1e-6)


def test_an_unclipped_ball_ends_on_the_plateau_and_a_clipped_one_arrives():
    free = descend(5.0, -2.58, 0.1, 1000)
    held = descend(5.0, -2.58, 0.1, 1000, max_norm=1.0)
    assert free.losses[-1] == pytest.approx(0.09, abs=1e-4) and free.solved() is None
    assert abs(free.path[-1]).max() > 10            # far out of the picture
    assert held.solved() is not None and held.losses[-1] < 1e-3


def test_a_clipped_step_is_never_longer_than_rate_times_threshold():
    held = descend(5.5, -2.9, 0.1, 300, max_norm=1.0)
    steps = np.linalg.norm(np.diff(held.path, axis=0), axis=1)
    assert steps.max() == pytest.approx(0.1) and held.norms.max() > 10


def test_a_clip_that_never_acts_changes_nothing_and_a_tiny_one_is_a_brake():
    free, high, low = (descend(1.0, 0.0, 0.05, 500, limit) for limit in (None, 1e9, 0.01))
    assert (free.path == high.path).all()
    assert np.abs(low.path[-1] - low.path[0]).max() < np.abs(free.path[-1] - free.path[0]).max()
