"""The runs of lesson 04: what they do, and that the shipped ones show what the lesson says about them."""

import numpy as np
import pytest
from effects import sees

from helpers.data import adding_chance, echo_sequences
from helpers.lessons.lesson04 import adding_with_window, echo_accuracy, echo_stream
from helpers.networks import GradientParts, compare
from helpers.runs import load_run, table


def test_the_stream_asks_for_every_bit_after_the_lag_across_chunks():
    pieces = list(echo_stream(np.random.default_rng(0), lag=5, window=4, updates=6, batch=3))
    inputs = np.concatenate([chunk.inputs for chunk in pieces])
    targets = np.concatenate([chunk.targets for chunk in pieces])
    assert inputs.shape == (24, 3) and np.array_equal(targets[5:], inputs[:-5])
    assert [chunk.starts_over for chunk in pieces] == [True] + 5 * [False]


@sees(("the echo comes a step earlier", echo_stream,
       "bits, answers =", "lag = lag - 1\n    bits, answers ="))
def test_a_window_beyond_the_lag_learns_and_the_lag_alone_does_not():
    right = {window: echo_accuracy(np.random.default_rng(0), 2, window, scale=0.01, updates=1000)["accuracy"]
             for window in (2, 3)}
    assert right[3] > 0.95 and right[2] < 0.8


@sees(("it learns", echo_accuracy, "frozen=kept", "frozen=()"))
def test_a_frozen_network_with_small_weights_stays_at_chance():
    right = echo_accuracy(np.random.default_rng(0), 3, 4, scale=0.01, frozen=True, updates=300)["accuracy"]
    assert right == pytest.approx(0.5, abs=0.02)


@sees(("the gate is measured at the marks", adding_with_window, "x[..., 1] == 0", "x[..., 1] == 1"))
def test_adding_is_measured_before_training_and_every_hundred_updates():
    found = adding_with_window(np.random.default_rng(0), length=10, window=10, updates=200)
    assert found["updates"] == [0, 100, 200] and len(found["update_gate"]) == 3
    assert found["errors"][2] < 0.1 < found["errors"][0]
    assert found["update_gate"][0] == pytest.approx(0.5, abs=0.05)
    assert found["update_gate"][2] > 0.6, "what is not marked is let stand"


def by_window(name, scale):
    return table([r for r in load_run(name) if r.parameters["scale"] == scale], "lag", "window", "accuracy")


@pytest.mark.parametrize("scale", [0.01, None])
def test_the_shipped_runs_make_a_staircase(scale):
    runs = by_window("04/echo", scale)
    assert runs.rows == [1, 2, 3, 4, 5] and runs.columns == list(range(1, 9)) and len(runs.seeds) == 20
    lag, window = np.array(runs.rows)[:, None], np.array(runs.columns)
    solved = runs.values > 0.95
    assert solved[window > lag].all()
    assert solved[(window <= lag) & (lag > 1) & (window > 1)].mean() <= 0.15
    one_step = solved[1:, 0].mean()                 # a window of one step leaves a random memory alone
    assert one_step >= 0.6 if scale is None else one_step <= 0.15


def test_the_shipped_controls_show_where_the_memory_came_from():
    assert (np.median(by_window("04/echo_frozen", 0.01).values, axis=2)[1:] < 0.65).all()
    assert (np.median(by_window("04/echo_frozen", None).values, axis=2) > 0.95).all()


def test_lag_ten_needs_eleven_steps():
    runs = by_window("04/echo_ten", 0.01)
    middle = dict(zip(runs.columns, np.median(runs.values[0], axis=1), strict=True))
    assert all((right > 0.95) == (window > 10) for window, right in middle.items())
    learnt = dict(zip(runs.columns, (runs.values[0] > 0.95).sum(axis=1), strict=True))
    assert [learnt[window] for window in (5, 9, 10)] == [0, 0, 0] and sum(learnt.values()) == 73


def test_short_windows_learn_long_sums_more_slowly():
    runs = load_run("04/adding_window")
    last, solved = {}, []
    for window in (5, 10, 25, 50, 100):
        values = [r.value for r in runs if r.parameters["window"] == window]
        assert len(values) == 20
        middle = np.median([value["errors"] for value in values], axis=0)
        last[window] = middle[-1]
        solved.append(values[0]["updates"][int(np.argmax(middle < 0.05))])
        assert all(value["update_gate"][0] == pytest.approx(0.5, abs=0.05) for value in values)
    assert last[5] < adding_chance(100) / 10 and last[5] < adding_chance(100, memory=5) / 10
    assert last[5] > 3 * last[100] and solved[0] > solved[-1] and solved == sorted(solved, reverse=True)


def test_the_shipped_networks_have_begun_to_learn():
    begun, vocabulary = load_run("04/short_run")
    assert (begun.cell.input_size, begun.cell.hidden_size) == (60, 64) and len(vocabulary) == 60
    echo, _ = load_run("04/echo_run")
    bits, answers = echo_sequences(np.random.default_rng(1), 10, 160, 4)
    _, warm = echo.loss(bits[:60], bits[:60])
    parts = GradientParts(echo, bits[60:], answers[50:], warm)
    assert parts.loss < 0.4
    kept = [compare(parts.truncated(1, window), parts.full).cosine for window in (5, 10, 11, 25)]
    assert kept[0] < 0.7 and kept == sorted(kept) and kept[2] > 0.9 and kept[3] > 0.99
