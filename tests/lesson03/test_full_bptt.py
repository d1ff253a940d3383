"""The pictures of the way back, what it costs, and what lesson 03 says about the shipped measurements."""

import numpy as np
import pytest

from helpers.lessons.hello import hello_gradients
from helpers.lessons.lesson03 import (
    GRADIENTS,
    backward_hello,
    bptt_costs,
    bptt_race,
    credit_map,
    load_full_bptt,
    scalar_chain,
    timed_training,
)
from helpers.lessons.lesson03.cost import Cost, update_cost
from helpers.lessons.lesson03.drawings import START, WISHES, X, chain_table, credit_guide
from helpers.lessons.lesson03.microscope_pictures import SHAPES, explain
from helpers.networks import RNN, CharModel
from helpers.pictures import frame_key
from helpers.runs import History, load_run

INPUTS, TARGETS = np.array([[0], [1], [2], [2]]), np.array([[1], [2], [2], [3]])      # hell, ello


def hello_model(seed=0):
    return CharModel(RNN(4, 3), np.random.default_rng(seed), scale=0.8)


def scalar_loss(weights):
    h, loss = START, []
    for t in range(3):
        h = np.tanh(weights[t] * h + X[t])
        loss.append((h - WISHES[t]) ** 2 / 2)
    return np.array(loss)


@pytest.mark.parametrize("w", [0.8, 0.0, -1.7, 2.0])
def test_the_six_chains_are_the_derivatives_by_each_use_of_the_weight(w):
    table, eps = chain_table(w), 1e-6
    for s in range(3):
        up, down = ([w + sign * eps * (s == i) for i in range(3)] for sign in (1, -1))
        np.testing.assert_allclose(table[:, s], (scalar_loss(up) - scalar_loss(down)) / (2 * eps), atol=1e-8)


def test_the_chain_picture_says_its_factors():
    sentence = scalar_chain(3, 1, 0.8).sentence
    assert "7 factors" in sentence and "0.0926" in sentence and "−0.1413" in sentence
    assert "lag 0" in credit_guide().sentence
    for arguments, words in (((3, 4), "use"), ((4, 1), "loss"), ((3, 1, np.nan), "weight")):
        with pytest.raises(ValueError, match=words):
            scalar_chain(*arguments)


@pytest.mark.parametrize("seed", range(3))
def test_the_microscope_shows_the_gradients_of_the_model(seed):
    model = hello_model(seed)
    loss, grads, _ = model.loss_and_grads(INPUTS, TARGETS)
    seen = hello_gradients(model.params)
    assert seen["losses"].mean() == pytest.approx(loss)
    for name, shape in SHAPES.items():
        for index in np.ndindex(shape):
            _, _, value = explain(model.params, seen, f"{name} [{', '.join(map(str, index))}]", 1)
            assert value == pytest.approx(4 * grads[name][index], abs=1e-12)
    np.testing.assert_allclose(seen["dh_from"].sum(axis=0), seen["dh"], atol=1e-14)
    for t in range(3):
        carried = seen["da"][t + 1] @ model.params.W_hh.T + seen["dy"][t] @ model.params.W_hy.T
        np.testing.assert_allclose(seen["dh"][t], carried, atol=1e-12)


def test_the_microscope_knows_a_gradient_only_when_the_way_back_has_got_there():
    params = hello_model().params
    assert "not known yet" in backward_hello(params, 5, "dh 3 [0]").sentence
    assert "not known yet" not in backward_hello(params, 6, "dh 3 [0]").sentence
    assert "so far" in backward_hello(params, 6, "W_hh [0, 2]").sentence
    whole = backward_hello(params, 8, "W_hh [0, 2]").sentence
    assert "so far" not in whole


@pytest.mark.parametrize("gradient", GRADIENTS[::7])
def test_the_microscope_is_drawn_of_lines_and_words_that_do_not_collide(gradient):
    params = hello_model().params
    picture = backward_hello(params, 8, gradient, ("W_hh", (0, 2), 0.5))
    assert frame_key(picture.figure) == frame_key(backward_hello(params, 1).figure) is not None
    picture.figure.canvas.draw()
    renderer = picture.figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in picture.figure.axes[0].texts if text.get_text()]
    for i, box in enumerate(boxes):
        assert box.x0 >= 0 and box.x1 <= 1000, picture.figure.axes[0].texts[i].get_text()
        for other in boxes[:i]:
            assert not (box.x0 < other.x1 - 1 and other.x0 < box.x1 - 1
                        and box.y0 < other.y1 - 6 and other.y0 < box.y1 - 6)


def test_the_microscope_shows_the_weight_that_may_be_moved():
    params = hello_model().params
    for change, words in ((0.0, f"W_hh[0, 2] = {params.W_hh[0, 2]:.2f}"), (0.5, "changed: W_hh[0, 2]")):
        picture = backward_hello(params, 8, "dh 2 [1]", ("W_hh", (0, 2), change))
        said = [text.get_text().replace("\N{MINUS SIGN}", "-") for text in picture.figure.axes[0].texts]
        assert any(text.startswith(words) for text in said)


def test_the_microscope_refuses_what_is_not_there():
    params = hello_model().params
    for arguments, words in (((0,), "moment"), ((8, "dz 1 [0]"), "gradient")):
        with pytest.raises(ValueError, match=words):
            backward_hello(params, *arguments)
    with pytest.raises(ValueError, match="“hello” network"):
        backward_hello(CharModel(RNN(4, 2), np.random.default_rng(0)).params)


def test_a_credit_map_is_redrawn_without_a_new_frame():
    def drawn(step, T=12):
        lag = np.subtract.outer(np.arange(T), np.arange(T))
        credit = np.where(lag >= 0, 0.5 ** np.abs(lag), np.nan)
        return credit_map(credit, "a b\nc" * 3, " b\ncd" * 3, step, "Test") if T == 15 else credit_map(
            credit, "abcdefghijkl", "bcdefghijkl.", step, "Test")
    assert frame_key(drawn(3).figure) == frame_key(drawn(12).figure) is not None
    assert "5·10⁻⁴ to the state 11 steps back" in drawn(12).sentence and drawn(9, 15)
    assert "0.5 to the state 1 step back" in drawn(2).sentence and "back" not in drawn(1).sentence
    for arguments in ((np.ones((3, 3)), "ab", "abc", 1, ""), (np.ones((3, 2)), "abc", "abc", 1, "")):
        with pytest.raises(ValueError, match="credit has shape"):
            credit_map(*arguments)
    with pytest.raises(ValueError, match="step is 4"):
        credit_map(np.ones((3, 3)), "abc", "abc", 4, "")


def test_an_update_is_measured():
    short, long = update_cost(20, 1), update_cost(2000, 1)
    assert short.steps == 20 and short.seconds > 0
    assert 10 * short.bytes < long.bytes < 100 * 2000 * 8 * 20
    assert "2,000 steps" in bptt_costs([short, long], "here").sentence
    with pytest.raises(ValueError, match="300,287 characters"):
        update_cost(400_000)
    with pytest.raises(ValueError, match="needs at least two"):
        bptt_costs([Cost(1, 1.0, 1)], "here")


def test_training_by_the_clock_stops_in_time():
    run = timed_training(25, 0.03, 0.2, looks=5)
    assert 0.2 <= run.seconds[-1] < 1 and run.updates[-1] == run.settings["updates"] > 10
    assert len(run.train) == len(run.heldout) == len(run.seconds)


def test_the_shipped_measurements_say_what_the_lesson_says():
    costs, race = load_full_bptt()
    bytes_of = {cost.steps: cost.bytes for cost in costs}
    assert 90e6 < bytes_of[30_000] < 100e6
    assert 3000 < bytes_of[30_000] / 30_000 < 3500
    seconds = {cost.steps: cost.seconds for cost in costs}
    assert 5 < seconds[30_000] / seconds[3000] < 15
    runs = {run.settings["length"]: run for run in race}
    assert list(runs) == [5, 25, 100, 500, 4213]
    last = {length: run.train[-1] for length, run in runs.items()}
    best = {length: min(run.heldout) for length, run in runs.items()}
    assert sorted(last, key=last.get)[2:] == [4213, 5, 500]
    assert best[4213] - min(best.values()) < 0.05
    assert 30 < runs[100].settings["updates"] / runs[4213].settings["updates"] < 45
    for loss in (2.0, 1.0):
        when = {length: next(s for s, found in zip(run.seconds, run.train, strict=True) if found < loss)
                for length, run in runs.items()}
        assert 4.5 < when[4213] / when[100] < 6.5
    settings = {length: (run.settings["optimizer"], run.settings["learning_rate"])
                for length, run in runs.items()}
    assert settings[4213] == ("Adam", 0.01) and settings[5] == settings[25] == ("Adam", 0.001)
    assert f"4,213 steps {last[4213]:.2f}" in bptt_race(race, {"chance": 4.09}).sentence


def test_each_length_is_shown_with_the_best_of_its_seven_settings():
    runs = [History.of(run) for run in load_run("03/full_bptt")["race"]]
    assert len(runs) == 35 and all(run.seconds[-1] >= 12 for run in runs if len(run.train))
    whole = load_full_bptt("Adagrad").race[-1]
    assert (whole.settings["length"], whole.settings["optimizer"]) == (4213, "Adagrad")
    assert whole.train[-1] == pytest.approx(1.10, abs=0.005)
    for shown in load_full_bptt().race:
        same = [run for run in runs if run.settings["length"] == shown.settings["length"]]
        assert shown.train[-1] == min(run.train[-1] for run in same if len(run.train))


def test_bad_settings_of_a_race_are_refused():
    with pytest.raises(ValueError, match="optimizer is 'Sgd'"):
        timed_training(25, 0.03, 0.1, "Sgd")
    with pytest.raises(ValueError, match="runs is empty"):
        bptt_race([], {})
