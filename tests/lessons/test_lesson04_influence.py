"""Influence balancing and random truncation: numbers that can be had on paper."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from helpers.lessons.lesson04 import (
    bias_of_truncation,
    descend,
    estimate_deviation,
    lag_terms,
    mean_steps_back,
    random_truncations,
)
from helpers.lessons.lesson04.influence import influence_balancing_system


def test_the_influence_has_the_wrong_sign_up_to_a_window_of_forty():
    seen = bias_of_truncation(400)
    signs = [1] * 10 + [-1] * 13
    exact = Fraction(0)
    for j in range(62):                             # (A^j b)_0 is a sum of binomials over 2^j
        exact += Fraction(sum(comb(j, i) * sign for i, sign in enumerate(signs)), 2**j)
        assert seen[j] == pytest.approx(float(exact), abs=1e-12)
    assert (seen[:40] > 0).all() and (seen[40:] < 0).all()
    assert seen[-1] == pytest.approx(-6, abs=1e-12)
    for window, value in {1: 1, 10: 10, 19: 16.476, 40: 0.566, 50: -4.753, 70: -5.996}.items():
        assert round(float(seen[window - 1]), 3) == value
    assert seen.argmax() + 1 == 19


def test_the_true_influence_is_that_of_the_network_at_rest():
    A, b = influence_balancing_system(23, 10)
    x = np.zeros(23)
    for _ in range(2000):
        x = A @ x - b / 6                           # theta = -1/6
    assert x[0] == pytest.approx(1)


def test_training_goes_towards_the_best_theta_only_with_the_right_sign():
    assert descend(-6, 0.001, 300)[-1] == pytest.approx(-1 / 6, abs=1e-4)
    wrong = np.abs(descend(10, 0.001, 60) + 1 / 6)
    assert (np.diff(wrong) > 0).all() and wrong[0] == pytest.approx(2 / 3)


@pytest.mark.parametrize("a", [0.0, 0.7, 1.0, -0.9])
def test_the_terms_by_lag_add_up_to_the_derivative(a):
    def end(w):
        h = 0.0
        for _ in range(20):
            h = w * h + 1
        return h
    numeric = (end(a + 1e-6) - end(a - 1e-6)) / 2e-6
    assert lag_terms(a, 20).sum() == pytest.approx(numeric, rel=1e-6)
    assert lag_terms(1.0, 100).sum() == 4950


def test_random_truncation_is_right_on_average_and_as_spread_as_computed():
    terms = lag_terms(0.8, 60)
    draws = random_truncations(terms, 0.9, 200_000, np.random.default_rng(0))
    deviation = estimate_deviation(terms, 0.9)
    assert draws.mean() == pytest.approx(terms.sum(), abs=5 * deviation / 200_000**0.5)
    assert draws.std() == pytest.approx(deviation, rel=0.02)
    assert estimate_deviation(lag_terms(1.0, 100), 0.9) == pytest.approx(40_167, abs=1)


@pytest.mark.parametrize("go_on", [0.5, 0.9, 0.98])
def test_the_average_way_is_that_of_ways_drawn_by_lot(go_on):
    ways = np.minimum(np.random.default_rng(1).geometric(1 - go_on, 100_000), 100)
    assert mean_steps_back(go_on, 100) == pytest.approx(ways.mean(), rel=0.02)
    assert mean_steps_back(go_on, 1) == 1


def test_a_way_that_always_goes_on_is_the_whole_gradient():
    terms = lag_terms(1.0, 30)
    assert (random_truncations(terms, 1.0, 5, np.random.default_rng(0)) == terms.sum()).all()
    assert estimate_deviation(terms, 1.0) == pytest.approx(0, abs=1e-6)
