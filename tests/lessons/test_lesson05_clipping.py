"""Clipping tried out: spikes, training, the shipped results, and what lesson 05 says of them."""

import numpy as np
import pytest

from helpers.lessons.lesson05 import (
    angle_between,
    clipped_training,
    spike_steps,
    turned_dial,
)
from helpers.lessons.lesson05.spikes_and_runs import BINS
from helpers.networks import Parameters, clip_norm, clip_value
from helpers.runs import load_run

CHANCE = np.log(60)


def gradient(values) -> Parameters:
    grads = Parameters({"W": (len(values),)})
    grads.W = np.array(values, dtype=float)
    return grads


# The angle, and both clips.

def test_turned_is_the_angle_in_degrees():
    assert angle_between(np.array([1.0, 0]), np.array([0, 2.0])) == pytest.approx(90)
    assert angle_between(np.array([1.0, 1]), np.array([3.0, 3])) == pytest.approx(0, abs=1e-5)
    assert angle_between(np.array([1.0, 1]), np.array([-1.0, -1])) == pytest.approx(180)


@pytest.mark.parametrize("length", [0.5, 1.0, 3.0, 1e6])
def test_clipping_by_norm_keeps_the_direction_and_bounds_the_length(length):
    before = np.random.default_rng(0).normal(size=50)
    before *= length / np.linalg.norm(before)
    grads = gradient(before)
    assert clip_norm(grads, 1.0) == pytest.approx(length)
    assert np.linalg.norm(grads.vector) == pytest.approx(min(1.0, length))
    assert angle_between(before, grads.vector) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("entries", [2, 10, 10_000])
def test_clipping_by_value_turns_by_up_to_the_angle_of_a_diagonal_and_never_uphill(entries):
    worst = gradient([1e9, *[0.999999] * (entries - 1)])
    before = worst.vector.copy()
    assert clip_value(worst, 1.0) == pytest.approx(1 / entries)
    assert angle_between(before, worst.vector) == pytest.approx(np.degrees(np.arccos(entries**-0.5)),
                                                                abs=0.01)
    for seed in range(20):
        grads = gradient(np.random.default_rng(seed).standard_cauchy(entries))
        before = grads.vector.copy()
        clip_value(grads, 0.1)
        assert np.abs(grads.vector).max() <= 0.1 and angle_between(before, grads.vector) < 90


# A spike before, in and after a memory.

def test_momentum_still_carries_a_spike_forty_updates_later_unless_it_is_clipped_before():
    free, before, after = (spike_steps("SGD with momentum", 1000.0, clip)
                           for clip in ("no clip", "before", "after"))
    assert free[60] == pytest.approx(24.75, abs=0.01) and before[60] == pytest.approx(10.04, abs=0.01)
    assert after[20:].max() <= 5 * free[19] * (1 + 1e-12)           # the finished step is held at its limit
    assert after[60] == pytest.approx(free[60])                     # but the memory is as full


def test_adagrad_never_recovers_from_a_spike_that_its_memory_saw():
    free, before, after = (spike_steps("Adagrad", 1000.0, clip) for clip in ("no clip", "before", "after"))
    assert free[19] == pytest.approx(0.224, abs=1e-3)
    assert free[21] == after[21] == pytest.approx(0.001, abs=1e-6)
    assert free[60] == pytest.approx(free[21], rel=1e-3)
    assert before[21] == pytest.approx(0.147, abs=1e-3)


# The runs that are swept, small.

def test_clipped_training_counts_what_it_clipped():
    def run(limit):
        return clipped_training(np.random.default_rng(0), 0.3, limit, hidden_size=8, updates=50)
    free, all_clipped = run(None), run(1e-3)
    assert free["clipped"] == 0 and all_clipped["clipped"] == 1
    assert sum(free["norms"]) == sum(all_clipped["norms"]) == 50 and len(free["norms"]) == len(BINS) - 1
    assert len(free["losses"]) == 5 and free["end"] < all_clipped["end"]      # so low a clip is a brake
    assert run(None) == free


def test_a_turned_dial_holds_from_the_next_update_on(monkeypatch):
    monkeypatch.setattr("helpers.lessons.lesson05.spikes_and_runs.TURN", 100)
    same, low = (turned_dial(np.random.default_rng(0), threshold) for threshold in (0.3, 1e-3))
    assert same["losses"][:2] == low["losses"][:2] and len(same["losses"]) == 6
    assert same["losses"][3] < low["losses"][3] and low["clipped"][1] == 1


# What is shipped, and what the lesson says of it.


def test_each_patient_has_its_one_fault():
    patients = load_run("05/patients")
    first = {name: run["losses"][0] for name, run in patients.items()}
    last = {name: np.mean(run["losses"][-20:]) for name, run in patients.items()}
    clipped = {name: run["clipped"] for name, run in patients.items()}
    assert all(first[name] == pytest.approx(CHANCE, abs=0.1) for name in "ABCDE")
    assert clipped["A"] == 1 and clipped["B"] == clipped["C"] == 0 and clipped["D"] > 0.5
    assert 0 < clipped["E"] < 0.1
    assert last["B"] > CHANCE and last["D"] > CHANCE and last["E"] < 2 < 3 < min(last["A"], last["C"])
