"""Clipping tried out: spikes, training, the shipped results, and what lesson 05 says of them."""

import numpy as np
import pytest

from helpers.lessons.lesson05 import (
    RATES,
    THRESHOLDS,
    angle_between,
    cliff_race,
    clipped_training,
    neighbours,
    spike_steps,
    threshold_losses,
    turned_dial,
)
from helpers.lessons.lesson05.spikes_and_runs import BINS, gradient_lengths, share_above_first_median
from helpers.networks import Parameters, clip_norm, clip_value
from helpers.runs import load_run
from helpers.widgets import laboratory

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


def test_rmsprop_bounds_the_throw_and_creeps_afterwards():
    for spike in (1e2, 1e4, 1e8):
        steps = spike_steps("RMSProp", spike)
        assert steps.max() <= 1 / np.sqrt(0.1) + 1e-9
    assert spike_steps("RMSProp", 1000.0)[21] < 0.01 < 0.9 < spike_steps("RMSProp", 1000.0, "before")[60]


@pytest.mark.parametrize(("given", "words"), [
    ({"optimizer": "Newton"}, "Newton"), ({"clip": "never"}, "never"), ({"spike": 0.0}, "spike"),
])
def test_a_spike_that_does_not_fit_is_named(given, words):
    with pytest.raises(ValueError, match=words):
        spike_steps(**{"optimizer": "Adam", "spike": 10.0, **given})


# The runs that are swept, small.

def test_clipped_training_counts_what_it_clipped():
    def run(limit):
        return clipped_training(np.random.default_rng(0), 0.3, limit, hidden_size=8, updates=50)
    free, all_clipped = run(None), run(1e-3)
    assert free["clipped"] == 0 and all_clipped["clipped"] == 1
    assert sum(free["norms"]) == sum(all_clipped["norms"]) == 50 and len(free["norms"]) == len(BINS) - 1
    assert len(free["losses"]) == 5 and free["end"] < all_clipped["end"]      # so low a clip is a brake
    assert run(None) == free


def test_races_and_neighbours_count_every_start_once():
    race = cliff_race(np.random.default_rng(0), "near", starts=4, updates=300)
    assert race["max_norm"] == [0.01, 0.1, 1.0, 10.0, None] and len(race["solved"]) == 5
    assert all(0 <= n <= 4 for n in (*race["solved"], race["acted"]))
    ends = neighbours(np.random.default_rng(0), 5.0, -2.58, starts=3, updates=300)
    assert ends["low"] + ends["high"] + ends["solved"] + ends["elsewhere"] == 3 and ends["low"] == 3


def test_the_first_median_is_exceeded_by_a_share_of_the_last_norms():
    norms = gradient_lengths(np.random.default_rng(0), 400)
    above = sum(norm > np.median(norms[:200]) for norm in norms[200:])
    assert share_above_first_median(np.random.default_rng(0), 400) == above / 200 > 0.5


def test_a_turned_dial_holds_from_the_next_update_on(monkeypatch):
    monkeypatch.setattr("helpers.lessons.lesson05.spikes_and_runs.TURN", 100)
    same, low = (turned_dial(np.random.default_rng(0), threshold) for threshold in (0.3, 1e-3))
    assert same["losses"][:2] == low["losses"][:2] and len(same["losses"]) == 6
    assert same["losses"][3] < low["losses"][3] and low["clipped"][1] == 1


# What is shipped, and what the lesson says of it.

def ends(rate, limit) -> np.ndarray:
    return np.array([r.value["end"] for r in load_run("05/thresholds")
                     if r.parameters == {"learning_rate": rate, "max_norm": limit}])


def test_the_clip_decides_at_rate_3_and_matters_little_below_it():
    assert ends(3.0, None).min() > CHANCE and ends(3.0, 3.0).min() > CHANCE
    others = [np.median(ends(rate, limit)) for rate in (0.3, 1.0) for limit in THRESHOLDS]
    assert ends(3.0, 0.3).max() < min(others)
    for rate in (0.3, 1.0):
        assert max(abs(np.median(ends(rate, limit)) - np.median(ends(rate, None)))
                   for limit in (1.0, 3.0, 10.0)) < 0.1
    assert all(ends(rate, 0.01).min() > 3 for rate in RATES)


def test_rate_times_threshold_is_the_step_where_every_update_is_clipped():
    for settings in (((3.0, 0.01), (1.0, 0.03), (0.3, 0.1)), ((3.0, 0.1), (1.0, 0.3))):
        medians = [np.median(ends(*setting)) for setting in settings]
        assert max(medians) - min(medians) < 0.05


def test_the_balls_fare_as_the_lesson_says():
    near, away = ([r.value for r in load_run("05/race") if r.parameters["region"] == region]
                  for region in ("near", "away"))
    (near_low, _, near_at_one, _, near_free), (away_low, _, away_at_one, _, away_free) = (
        np.array([v["solved"] for v in some]).T for some in (near, away))
    assert near_free.max() < 30 < 50 < near_at_one.min()
    assert (away_free == away_at_one).all()
    assert sum(v["acted"] for v in away) <= 30
    assert (near_low < 0.6 * near_at_one).all() and (away_low < 0.6 * away_at_one).all()
    close = [r.value for r in load_run("05/neighbours")]
    assert sum(v["clipped"] for v in close) == 800 and 0.1 < sum(v["solved"] for v in close) / 800 < 0.4


def test_the_dial_brakes_below_and_destroys_above_and_repair_is_slow():
    def losses(threshold):
        return np.array([r.value["losses"] for r in load_run("05/dial")
                         if r.parameters["threshold"] == threshold])
    alone, low, high = losses(0.3), losses(0.01), losses(10.0)
    assert (low[:, 39] < CHANCE / 1.5).all() and (low[:, 39] > alone[:, 39]).all()
    assert (high[:, 39] > CHANCE).all() and (losses(3.0)[:, 39] > CHANCE).all()
    assert (alone[:, 59] + 1 < high[:, 59]).all() and (high[:, 59] < CHANCE).all()
    assert (losses(1.0)[:, 59] < alone[:, 59]).all()


@pytest.mark.parametrize("seed", range(5))
def test_what_the_lesson_asks_for_in_the_laboratory_can_be_done(seed):
    lab = laboratory(view="norms", optimizer="SGD", learning_rate=1.0, clip="by norm", threshold=0.32,
                     seed=seed)
    held = []
    for threshold, updates in ((0.32, 300), (0.01, 50), (0.32, 50), (10.0, 300), (0.32, 1200)):
        lab.controls["threshold"].value = threshold
        before = lab.training.updates
        lab.run(updates)
        if lab.training.updates < before + updates:        # it has stopped, as the lesson says it may
            assert threshold == 10.0 and "diverged" in lab.said
        held.append(lab.training.history.heldout[-1])
    start, low, back, high, repaired = held
    assert back < low < start < CHANCE < high           # a brake goes on falling, the high clip leaps
    assert back + 0.3 < repaired < CHANCE               # turned back it is under chance again, and no more


def test_a_sentence_counts_the_runs_of_each_rate_and_calls_none_best_where_many_are_as_good():
    results = load_run("05/thresholds")
    more = [r._replace(seed=99) for r in results if r.parameters["learning_rate"] == 3.0]
    before, after = threshold_losses(results).sentence, threshold_losses([*results, *more[::20]]).sentence
    assert "(20, 20 and 20 runs per threshold)" in before and "(20, 20 and 21 runs per threshold)" in after
    assert "at rate 1 a threshold of 1 or more ends as low as no clip (1.80)" in before
    assert "at rate 3 a threshold of 0.3 ends lowest (1.67" in before


def test_the_record_of_norms_rises_and_has_the_quantiles_of_the_lesson():
    norms = np.array(load_run("05/norms"))
    assert norms.shape == (2000,) and np.median(norms[-200:]) > 1.3 * np.median(norms[:200])
    assert np.quantile(norms, [0.5, 0.9, 0.99]) == pytest.approx([1.73, 2.31, 2.85], abs=0.01)


def test_each_patient_has_its_one_fault():
    patients = load_run("05/patients")
    first = {name: run["losses"][0] for name, run in patients.items()}
    last = {name: np.mean(run["losses"][-20:]) for name, run in patients.items()}
    clipped = {name: run["clipped"] for name, run in patients.items()}
    assert all(first[name] == pytest.approx(CHANCE, abs=0.1) for name in "ABCDE")
    assert clipped["A"] == 1 and clipped["B"] == clipped["C"] == 0 and clipped["D"] > 0.5
    assert 0 < clipped["E"] < 0.1
    assert last["B"] > CHANCE and last["D"] > CHANCE and last["E"] < 2 < 3 < min(last["A"], last["C"])
