"""Ways to start, the task with a near and a far part, and what lesson 06 says of the shipped results."""

import re

import numpy as np
import pytest
from effects import sees

from helpers.data import RECALL_CHANCE, adding_chance
from helpers.lessons.lesson06 import (
    REMEDIES,
    adding_plateau,
    adding_plateaus,
    near_and_far,
    near_and_far_chunk,
    reach_of_text,
    recurrent_weights,
    remedies_by_lag,
    start_parameters,
)
from helpers.lessons.lesson06.remedies import QUESTION, STARTS, factors_by_radius
from helpers.networks import RNN, eigenvalues, factor_per_step, gradient_norms, nll, spectral_radius
from helpers.runs import load_run


def rng(seed=0):
    return np.random.default_rng(seed)


# How weights start.

@sees(("weights a tenth too large", recurrent_weights, "0.01 * W", "0.011 * W"))
def test_each_way_to_start_is_what_it_is_called():
    H = 50
    W = {start: recurrent_weights(rng(), H, start) for start in STARTS}
    assert np.abs(W["uniform"]).max() <= 1 / np.sqrt(H) and W["uniform"].std() == pytest.approx(
        1 / np.sqrt(3 * H), rel=0.05)
    assert W["small"].std() == pytest.approx(0.01, rel=0.05)
    assert spectral_radius(W["scaled"]) == pytest.approx(1)
    assert np.allclose(W["orthogonal"] @ W["orthogonal"].T, np.eye(H))
    assert (W["identity"] == np.eye(H)).all()


@pytest.mark.parametrize("start", ["scaled", "orthogonal", "identity"])
def test_the_radius_is_that_of_the_eigenvalues(start):
    W = recurrent_weights(rng(), 30, start, radius=1.7)
    assert spectral_radius(W) == pytest.approx(1.7) and eigenvalues(W).shape == (30,)


@sees(("a fifth too large", start_parameters, "scale=0.01", "scale=0.012"))
def test_small_weights_have_small_input_weights_too():
    cell = RNN(40, 30)
    small, usual = (start_parameters(rng(), cell, start) for start in ("small", "orthogonal"))
    assert small.W_xh.std() == pytest.approx(0.01, rel=0.1) and usual.W_xh.std() > 0.05


@pytest.mark.parametrize("call", [
    lambda: recurrent_weights(rng(), 5, "best"), lambda: recurrent_weights(rng(), 5, "scaled", radius=0.0),
    lambda: recurrent_weights(rng(), 0, "small"),
])
def test_a_start_that_does_not_exist_is_refused(call):
    with pytest.raises(ValueError, match=r"start is 'best'|radius|hidden_size"):
        call()


def factor(start, inputs=1.0, nonlinearity="tanh", lags=200):
    cell, generator = RNN(64, 64, nonlinearity), rng()
    p = start_parameters(generator, cell, start)
    return factor_per_step(gradient_norms(cell, p, inputs * generator.standard_normal((lags, 8, 64))), 5)


def test_a_spectral_radius_of_one_and_an_orthogonal_matrix_lose_a_quarter_a_step_with_usual_inputs():
    for start in ("scaled", "orthogonal"):
        assert factor(start, 0.01) == pytest.approx(1, abs=0.01)
        assert factor(start, 1.0) == pytest.approx(0.75, abs=0.05)


def test_relu_does_not_mind_the_size_of_its_inputs_and_keeps_all_with_the_identity():
    assert factor("uniform", 0.01, "relu") == pytest.approx(factor("uniform", 2.0, "relu"))
    assert factor("identity", 1.0, "relu") == pytest.approx(1, abs=0.01)


@sees(("a factor a third too large", recurrent_weights, "0.01 * W", "0.0133 * W"))
def test_small_weights_multiply_by_their_size_times_the_root_of_their_number():
    assert factor("small") == pytest.approx(0.01 * np.sqrt(64), abs=0.015)


# The task of section 4.

def test_near_answers_are_one_step_back_and_the_far_one_is_the_first_symbol():
    chunk = near_and_far_chunk(rng(), lag=7, batch=200)
    x, y = chunk.inputs, chunk.targets
    assert x.shape == y.shape == (8, 200) and chunk.starts_over
    assert (x[-1] == QUESTION).all() and set(x[0]) == {0, 1, 2, 3} and set(x[1:-1].ravel()) == {4, 5, 6, 7}
    assert (y[0] == x[0]).all() and (y[1:-1] == x[:-2]).all() and (y[-1] == x[0]).all()


def test_a_surprise_is_minus_the_log_of_the_probability():
    scores = rng().normal(size=(3, 2, 5)) + 1000
    targets = rng(1).integers(5, size=(3, 2))
    p = np.exp(scores - 1000) / np.exp(scores - 1000).sum(axis=2, keepdims=True)
    wanted = np.take_along_axis(p, targets[..., None], axis=2)[..., 0]
    assert np.allclose(nll(scores, targets), -np.log(wanted))


def test_a_short_lag_is_learnt_both_near_and_far():
    run = near_and_far(rng(), lag=3, updates=400)
    assert run["updates"] == [0, 10, 30, 60, 100, 200, 400]
    assert run["short_term_loss"][0] > 2 and run["short_term_loss"][-1] < 0.1 > run["long_term_loss"][-1]
    assert near_and_far(rng(), lag=3, updates=10) == near_and_far(rng(), lag=3, updates=10)


@pytest.mark.parametrize("remedy", REMEDIES)
def test_every_remedy_runs(remedy):
    run = near_and_far(rng(), lag=2, remedy=remedy, batch=4, updates=10)
    assert np.isfinite([*run["short_term_loss"], *run["long_term_loss"]]).all()


def test_the_runs_that_the_lesson_repeats_give_what_their_pictures_need():
    adding = adding_plateau(rng(), length=10, updates=200)
    assert adding["updates"] == [0, 100, 200] and len(adding["errors"]) == 3
    text = reach_of_text(rng(), hidden_size=10, updates=10)
    assert text["updates"] == [0, 1, 3, 10] and all(len(values) == 4 for values in text.values())
    assert text["loss"][0] == pytest.approx(np.log(60), abs=0.02) and text["factor"][0] < 0.1


def test_a_larger_radius_makes_the_same_network_lose_less():
    small, large = factors_by_radius(rng(), 32)
    assert 0.7 < small < large < 1.3


# What is shipped, and what the lesson says of it.

def ends(remedy, lag, term):
    return np.array([r.value[f"{term}_term_loss"][-1] for r in load_run("06/near_and_far")
                     if r.parameters == {"remedy": remedy, "lag": lag} and r.status == "finished"])


def learnt(remedy, lag):
    return int(((ends(remedy, lag, "short") < 0.1) & (ends(remedy, lag, "long") < 0.1)).sum())


def test_the_plain_network_learns_the_near_and_misses_the_far_from_lag_20_on():
    for lag in (5, 10):
        assert learnt("none", lag) == 20
    assert learnt("none", 20) == 1
    for lag in (30, 40, 80, 160):
        near, far = ends("none", lag, "short"), ends("none", lag, "long")
        assert near.max() < 0.05 and np.abs(far - RECALL_CHANCE).max() < 0.15
        assert np.median((lag * near + far) / (lag + 1)) < 0.1          # and the mean loss hides it


def test_no_optimiser_moves_the_border_and_the_identity_does():
    assert all(learnt(remedy, 20) <= 1 for remedy in ("none", "SGD", "RMSProp"))
    assert learnt("orthogonal", 20) == 18 and learnt("orthogonal", 40) == 0
    assert learnt("IRNN", 80) == 19 and learnt("IRNN", 20) == 16
    assert sum(r.status == "diverged" for r in load_run("06/near_and_far")) > 0
    assert ends("IRNN, slowly", 20, "short").min() > 0.5 > ends("IRNN, slowly", 20, "long").max()


def test_the_sentence_tells_the_gaps_and_counts_each_length():
    runs = load_run("06/near_and_far")
    said = remedies_by_lag(runs, {key: key for key in REMEDIES}).sentence
    for key in REMEDIES:
        told = said.split(f" {key}, ", 1)[1].split(";")[0]
        up_to, *beyond = map(int, re.findall(r"\d+", told.replace("nowhere", "0")))
        lags = [lag for lag in (5, 10, 15, 20, 30, 40, 80, 160) if learnt(key, lag) >= 18]
        assert lags == [lag for lag in (5, 10, 15, 20, 30, 40, 80, 160) if lag <= up_to] + beyond, key
    plateaus = load_run("06/adding_plateau")
    more = adding_plateaus([*plateaus, plateaus[0]._replace(parameters={"length": 20})]).sentence
    assert "20 of 20 at 10 steps" in more and " of 21 at 20 steps" in more


def test_the_adding_problem_has_a_plateau_at_a_sixth_that_is_left_up_to_30_steps():
    runs = load_run("06/adding_plateau")
    for length, stay in ((10, 0), (20, 0), (30, 1)):
        assert sum(min(r.value["errors"]) > 0.05 for r in runs if r.parameters["length"] == length) == stay
    for run in runs:
        if run.parameters["length"] == 100:
            assert np.abs(np.array(run.value["errors"][5:]) - adding_chance(100)).max() < 0.02


def test_a_radius_far_above_one_does_not_explode_after_training():
    fast = [r.value for r in load_run("06/reach_of_text") if r.parameters["learning_rate"] == 0.1]
    assert min(v["radius"][-1] for v in fast) > 4 and max(v["factor"][-1] for v in fast) < 1
    assert max(v["slope"][-1] for v in fast) < 0.2
    for run in fast:                                    # one update makes a factor of 0.1 one of nearly 1
        assert run["factor"][0] < 0.15 and run["factor"][1] > 0.7 and run["radius"][1] < 1.4
