"""Lesson 05: where the cliff's wall stands and how steep it is; what both clips do to a gradient."""

import math

import numpy as np
import pytest

from helpers.lessons.lesson05 import (
    angle_between,
    descend,
    loss_and_gradient,
    spike_steps,
    steepest_place,
    wall_bias,
    wall_gradient,
)
from helpers.lessons.lesson05.experiments import states, surface
from helpers.lessons.lesson05.pictures import two_by_two
from helpers.networks import Parameters, clip_value


@pytest.mark.parametrize(("w", "aside", "length", "times"), [
    (4.2, -0.0104, 21.7, 13.7), (5.0, -4.5e-5, 6773, 8.7), (5.5, -7.8e-7, 3.89e5, 7.1),
    (6.0, -1.6e-8, 1.96e7, 6.5), (7.0, -1.1e-11, 2.53e10, 5.9)])
def test_the_steepest_place_is_beside_the_line_and_several_times_as_steep(w, aside, length, times):
    b, steepest = steepest_place(w)
    assert b - wall_bias(w) == pytest.approx(aside, rel=0.2)
    assert steepest == pytest.approx(length, rel=0.01)
    assert steepest / wall_gradient(w) == pytest.approx(times, rel=0.05)


@pytest.mark.parametrize(("w", "b", "length"), [
    (5.0, -2.612297, 7.794e2), (5.5, -2.923526, 5.476e4),
    (6.0, -3.234756, 3.029e6), (7.0, -3.857215, 4.284e9)])
def test_the_wall_is_the_line_of_the_paper_s_figure_and_its_gradient_the_closed_form(w, b, length):
    assert wall_bias(w) == pytest.approx(b, abs=1e-6)
    _, dw, db = loss_and_gradient(w, wall_bias(w))
    assert math.hypot(dw, db) == pytest.approx(wall_gradient(w), rel=1e-6)
    assert wall_gradient(w) == pytest.approx(length, rel=1e-3)


def test_on_the_wall_the_state_stays_and_beside_it_goes_two_ways():
    assert states(5.5, wall_bias(5.5), 20) == pytest.approx([0.5] * 21, abs=1e-12)
    assert states(5.5, wall_bias(5.5) + 0.01)[-1] > 1.5
    assert states(5.5, wall_bias(5.5) - 0.01)[-1] < -2


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


def test_a_clipped_step_is_never_longer_than_rate_times_threshold():
    held = descend(5.5, -2.9, 0.1, 300, max_norm=1.0)
    steps = np.linalg.norm(np.diff(held.path, axis=0), axis=1)
    assert steps.max() == pytest.approx(0.1) and held.norms.max() > 10
    free, high = (descend(1.0, 0.0, 0.05, 500, limit) for limit in (None, 1e9))
    assert (free.path == high.path).all(), "a clip that never acts changes nothing"


def test_turned_is_the_angle_in_degrees():
    assert angle_between(np.array([1.0, 0]), np.array([0, 2.0])) == pytest.approx(90)
    assert angle_between(np.array([1.0, 1]), np.array([3.0, 3])) == pytest.approx(0, abs=1e-5)
    assert angle_between(np.array([1.0, 1]), np.array([-1.0, -1])) == pytest.approx(180)


@pytest.mark.parametrize("entries", [2, 10, 10_000])
def test_clipping_by_value_turns_by_up_to_the_angle_of_a_diagonal_and_never_uphill(entries):
    worst = Parameters({"W": (entries,)}, np.array([1e9, *[0.999999] * (entries - 1)]))
    before = worst.vector.copy()
    assert clip_value(worst, 1.0) == pytest.approx(1 / entries)
    assert angle_between(before, worst.vector) == pytest.approx(np.degrees(np.arccos(entries**-0.5)),
                                                                abs=0.01)
    for seed in range(20):
        grads = Parameters({"W": (entries,)}, np.random.default_rng(seed).standard_cauchy(entries))
        before = grads.vector.copy()
        clip_value(grads, 0.1)
        assert np.abs(grads.vector).max() <= 0.1 and angle_between(before, grads.vector) < 90


def test_momentum_still_carries_a_spike_forty_updates_later_unless_it_is_clipped_before():
    free, before, after = (spike_steps("SGD with momentum", 1000.0, clip)
                           for clip in ("no clip", "before", "after"))
    assert free[60] == pytest.approx(24.75, abs=0.01) and before[60] == pytest.approx(10.04, abs=0.01)
    assert after[20:].max() <= 5 * free[19] * (1 + 1e-12)           # the finished step is held at its limit
    assert after[60] == pytest.approx(free[60])                     # but the memory is as full


@pytest.mark.parametrize(("eigenvalue", "singular_value"), [(0.9, 2.0), (0.5, 0.5), (1.2, 2.5)])
def test_the_matrix_has_the_eigenvalues_and_the_singular_value_that_it_is_given(eigenvalue, singular_value):
    W = two_by_two(eigenvalue, singular_value)
    assert np.linalg.eigvals(W) == pytest.approx(eigenvalue, abs=1e-6)
    assert np.linalg.norm(W, 2) == pytest.approx(singular_value)
