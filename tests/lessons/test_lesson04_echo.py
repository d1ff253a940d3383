"""The runs of lesson 04: what they do, and that the shipped ones show what the lesson says about them."""

import numpy as np
import pytest

from helpers.lessons.lesson04 import adding_with_window, echo_accuracy, echo_stream


def test_the_stream_asks_for_every_bit_after_the_lag_across_chunks():
    pieces = list(echo_stream(np.random.default_rng(0), lag=5, window=4, updates=6, batch=3))
    inputs = np.concatenate([chunk.inputs for chunk in pieces])
    targets = np.concatenate([chunk.targets for chunk in pieces])
    assert inputs.shape == (24, 3) and np.array_equal(targets[5:], inputs[:-5])
    assert [chunk.starts_over for chunk in pieces] == [True] + 5 * [False]


def test_a_window_beyond_the_lag_learns_and_the_lag_alone_does_not():
    right = {window: echo_accuracy(np.random.default_rng(0), 2, window, scale=0.01, updates=1000)["accuracy"]
             for window in (2, 3)}
    assert right[3] > 0.95 and right[2] < 0.8


def test_a_frozen_network_with_small_weights_stays_at_chance():
    right = echo_accuracy(np.random.default_rng(0), 3, 4, scale=0.01, frozen=True, updates=300)["accuracy"]
    assert right == pytest.approx(0.5, abs=0.02)


def test_adding_is_measured_before_training_and_every_hundred_updates():
    found = adding_with_window(np.random.default_rng(0), length=10, window=10, updates=200)
    assert found["updates"] == [0, 100, 200] and len(found["update_gate"]) == 3
    assert found["errors"][2] < 0.1 < found["errors"][0]
    assert found["update_gate"][0] == pytest.approx(0.5, abs=0.05)
    assert found["update_gate"][2] > 0.6, "what is not marked is let stand"
