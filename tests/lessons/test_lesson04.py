"""Lesson 04: the stream of echoes, influence balancing, random truncation, and what a window cuts."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from helpers.lessons.lesson04 import (
    bias_of_truncation,
    echo_stream,
    estimate_deviation,
    lag_terms,
    mean_steps_back,
    random_truncations,
    truncation_lab,
)
from helpers.lessons.lesson04.experiments import influence_balancing_system
from helpers.networks import Comparison, kept_pairs


def test_the_stream_asks_for_every_bit_after_the_lag_across_chunks():
    pieces = list(echo_stream(np.random.default_rng(0), lag=5, window=4, updates=6, batch=3))
    inputs = np.concatenate([chunk.inputs for chunk in pieces])
    targets = np.concatenate([chunk.targets for chunk in pieces])
    assert inputs.shape == (24, 3) and np.array_equal(targets[5:], inputs[:-5])
    assert [chunk.starts_over for chunk in pieces] == [True] + 5 * [False]


def test_the_influence_has_the_wrong_sign_up_to_a_window_of_forty():
    seen = bias_of_truncation(400)
    signs = [1] * 10 + [-1] * 13
    exact = Fraction(0)
    for j in range(62):                             # (A^j b)_0 is a sum of binomials over 2^j
        exact += Fraction(sum(comb(j, i) * sign for i, sign in enumerate(signs)), 2**j)
        assert seen[j] == pytest.approx(float(exact), abs=1e-12)
    assert (seen[:40] > 0).all() and (seen[40:] < 0).all()
    assert seen[-1] == pytest.approx(-6, abs=1e-12)


def test_the_true_influence_is_that_of_the_network_at_rest():
    A, b = influence_balancing_system()
    x = np.zeros(23)
    for _ in range(2000):
        x = A @ x - b / 6                           # theta = -1/6
    assert x[0] == pytest.approx(1)


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
    whole = random_truncations(terms, 1.0, 5, np.random.default_rng(0))
    assert np.allclose(whole, terms.sum(), rtol=1e-12)
    assert estimate_deviation(terms, 1.0) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("go_on", [0.5, 0.9, 0.98])
def test_the_average_way_is_that_of_ways_drawn_by_lot(go_on):
    ways = np.minimum(np.random.default_rng(1).geometric(1 - go_on, 100_000), 100)
    assert mean_steps_back(go_on, 100) == pytest.approx(ways.mean(), rel=0.02)
    assert mean_steps_back(go_on, 1) == 1


@pytest.mark.parametrize(("k1", "k2"), [(1, 1), (1, 5), (6, 6), (5, 2), (20, 20)])
def test_the_faded_part_is_what_is_cut(k1, k2):
    curves = {"sliding": np.linspace(0.1, 1, 20), "chunks": np.linspace(-0.2, 1, 20)}
    picture = truncation_lab(np.tri(20), k1, k2, Comparison(0.912, 0.734), curves, "a network")
    faded = picture.figure.axes[0].lines[0].get_xydata()
    ends = faded[1::3, 0]                           # where the faded part of each row ends
    kept = kept_pairs(20, k1, k2)
    for t, end in enumerate(ends):
        assert end - 0.5 == (kept[t].argmax() if kept[t].any() else t + 1)  # or all of it
