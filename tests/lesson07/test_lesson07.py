"""What lesson 07 shows: one cell that stores a sign, gates and paths in pictures, runs under buttons."""

import asyncio
import re

import numpy as np
import pytest
from common import turns, until
from looks import assert_words_are_clear

from helpers.lessons.lesson00 import fading_memory
from helpers.lessons.lesson07 import (
    adding_race,
    adding_results,
    correct_steps,
    gru_cell,
    latch_steps,
    lstm_cell,
    lstm_gradients,
    parse_gates,
    parse_task,
    paths_by_lag,
    plain_lstm,
    run_cell,
    train_store_and_ask,
    trained_latch,
    updates_by_bias,
)
from helpers.lessons.lesson07.drawings import gradient_highway
from helpers.lessons.lesson07.latch import TOLD, latch_sequences
from helpers.lessons.lesson07.other_seeds import gradient_paths, latch_gates, suspect_loss
from helpers.lessons.lesson07.plain_lstm import lstm_step_back
from helpers.networks import LSTM
from helpers.runs import adding_curve, adding_run, load_run, table
from helpers.widgets import Switches, explore, live_runs

TASK = "+s - + -? - -s + - -? +"


@pytest.fixture(scope="module")
def learnt():
    return table(load_run("07/forget_bias_and_lag"), "forget_bias", "lag", "updates")


def ideal(task):
    store, ask = task.store[:, 0], task.ask[:, 0]
    return store, 1 - store, ask


def test_what_is_wanted_is_the_sign_stored_last_and_silence_if_not_asked():
    targets = parse_task("+s - +? -s? +?").targets[:, 0]
    assert targets == pytest.approx([0, 0, TOLD, -TOLD, -TOLD])
    assert not parse_task("-? +?").targets.any()


def test_random_sequences_store_their_first_value_and_are_asked_for_values_stored():
    task = latch_sequences(np.random.default_rng(0), length=30, batch=50)
    assert task.x.shape == (30, 50, 3) and task.store[0].all()
    assert set(np.unique(task.values)) == {-1, 1}
    assert (np.abs(task.targets) == TOLD * task.ask).all()


@pytest.mark.parametrize("marks", ["", "+a", "s+", "+? x"])
def test_a_sequence_written_otherwise_is_refused(marks):
    with pytest.raises(ValueError, match="Write each step"):
        parse_task(marks)


def test_one_cell_is_the_cell_of_helpers():
    rng = np.random.default_rng(0)
    cell = LSTM(2, 1)
    h, (_, c), cache = cell.forward(cell.init(rng), rng.normal(size=(9, 1, 2)))
    gates = {name: gate[:, 0, 0] for name, gate in cell.gates(cache).items()}
    memory, shown = run_cell(gates["g"], gates["i"], gates["f"], gates["o"])
    assert np.allclose(shown, h[:, 0, 0]) and np.isclose(memory[-1], c.item())
    with pytest.raises(ValueError, match="rows of the same length"):
        run_cell([1, 2], [1], [1, 1], [1, 1])


def test_the_right_gates_solve_every_sequence():
    for seed in range(5):
        task = latch_sequences(np.random.default_rng(seed), length=40, batch=1)
        _, h = run_cell(task.values[:, 0], *ideal(task))
        assert correct_steps(h, task.targets[:, 0]).all()


def test_the_four_stages_of_the_lesson_get_the_scores_it_tells():
    task = parse_task(TASK)
    store, ask = task.store[:, 0], task.ask[:, 0]
    on, scores = np.ones(10), []
    for i, f, o in ((on, on, on), (store, on, on), (store, 1 - store, on), (store, 1 - store, ask)):
        _, h = run_cell(task.values[:, 0], i, f, o)
        scores.append(correct_steps(h, task.targets[:, 0]).sum())
    assert scores == [1, 5, 2, 10]


def test_the_shipped_cell_has_learnt_the_task_and_shares_the_work_between_i_and_g():
    cell, p = trained_latch()
    task = latch_sequences(np.random.default_rng(5), length=100, batch=200)
    h, _, cache = cell.forward(p, task.x)
    assert correct_steps(h[..., 0], task.targets).mean() > 0.9999
    gate = {name: values[..., 0] for name, values in cell.gates(cache).items()}
    noise = task.store == 0
    assert (gate["f"][noise] > 0.98).all() and (gate["f"][~noise] < 0.1).all()
    assert gate["i"][noise & (task.values == -1)].min() > 0.2
    assert np.abs(gate["i"] * gate["g"])[noise].max() < 0.06


def test_switches_turn_at_a_click_and_are_read_as_gates():
    grid = Switches({"i": "10", "f": "0½"})
    assert parse_gates(grid.value).tolist() == [[1, 0], [0, 0.5]]
    seen = []

    def draw(gates):
        seen.append(gates)
        return fading_memory()

    explore(draw, gates=grid)
    first = grid.children[0].children[1]
    for expected in ("00 0½", "½0 0½", "10 0½"):
        first.click()
        assert grid.value == seen[-1] == expected


@pytest.mark.parametrize("rows", [{}, {"i": "10", "f": "1"}, {"i": "12"}])
def test_switches_refuse_other_rows(rows):
    with pytest.raises(ValueError, match="0, ½ and 1"):
        Switches(rows)


def test_a_button_runs_its_run_and_the_picture_holds_its_points():
    drawn = []

    def draw(points):
        drawn.append({name: list(found) for name, found in points.items()})
        return fading_memory()

    runs = {"a": lambda: iter([(0, 1), None, (25, 2)]), "b": lambda: iter([])}
    dashboard = live_runs(runs, draw, fading_memory())
    assert list(dashboard.controls) == ["a", "b", "Stop"]
    dashboard.controls["Stop"].click()
    assert drawn == []
    dashboard.controls["a"].click()
    dashboard.controls["b"].click()
    assert drawn[-1] == {"a": [(0, 1), (25, 2)], "b": []}


def test_a_run_that_is_stopped_may_end_what_it_has_begun_and_its_old_points_leave_the_picture():
    ended, drawn = [], []

    def slow_to_begin():
        try:
            yield from [None] * len(ended) * 1_000_000      # the second time there is nothing to tell
            while True:
                yield 1
        finally:
            ended.append(True)

    def draw(points):
        drawn.append(len(points["a"]))
        return fading_memory()

    async def cell():
        dashboard = live_runs({"a": slow_to_begin}, draw, fading_memory())
        for number in (1, 2):
            drawn.clear()
            dashboard.controls["a"].click()
            await until(lambda: drawn)
            dashboard.controls["Stop"].click()
            await until(lambda: len(ended) == number)  # noqa: B023
        assert drawn[0] == 0
        dashboard.controls["a"].click()
        await until(lambda: dashboard.task.running)
        await turns()
        dashboard.close()
        assert len(ended) == 3

    asyncio.run(cell())


def test_latch_steps_tells_the_score_and_the_first_mistake():
    task = parse_task(TASK)
    assert latch_steps(task, *ideal(task)).sentence == "10 of 10 steps are right."
    i, f, o = ideal(task)
    sentence = latch_steps(task, i, f, np.ones(10), beside={"i": i, "f": f, "o": o}).sentence
    assert sentence.startswith("2 of 10") and "step 1, where h is 0.76 and the target is 0.00" in sentence


def test_marks_of_neighbouring_steps_do_not_run_into_each_other():
    task = parse_task("-s? +s? -s? +s? -s? +s? -s? +s? -s? +s?")
    figure = latch_steps(task, *ideal(task)).figure
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if text.get_text()]
    assert len(boxes) == 3 * 10 + 1
    assert not any(one.overlaps(other) for k, one in enumerate(boxes) for other in boxes[:k])


def test_pictures_refuse_what_they_cannot_show(learnt):
    two = latch_sequences(np.random.default_rng(0), 4, 2)
    for draw, words in (
        (lambda: latch_steps(two, *np.ones((3, 4))), "Give one"),
        (lambda: latch_steps(parse_task("+s -?"), [1], [1, 1], [1, 1]), "rows of the same length"),
        (lambda: paths_by_lag({"a": np.ones(3)}, {"b": "c"}, "x"), "same names"),
        (lambda: updates_by_bias(learnt, 41), "Choose one of 5, 10"),
        (lambda: adding_race({"tanh": []}), "RNN, GRU and LSTM"),
        (lambda: lstm_cell(gates=4), "gates"),
        (lambda: lstm_cell(g=np.nan), "g is nan"),
        (lambda: gru_cell(z="open"), "z is"),
        (lambda: lstm_gradients(line=0), "line"),
    ):
        with pytest.raises(ValueError, match=words):
            draw()


ODD = -123.4, 0.55, 0.55, 0.55, -0.99
EXTREMES = [
    *((lstm_cell, (gates, *numbers)) for gates in (0, 1, 2, 3) for numbers in [(), (-3.45, 1, 0, 1, 0), ODD]),
    *((lstm_gradients, (line,)) for line in (1, 2, 3, 4)),
    (gradient_highway, ()),
    *((gru_cell, numbers) for numbers in [(), (-1.0, 0.0, 1.0, -2.0), (1.0, 1.0, 0.0, 2.0)]),
]


@pytest.mark.parametrize(("draw", "arguments"), EXTREMES, ids=lambda value: getattr(value, "__name__", None))
def test_words_in_the_diagrams_are_clear_of_everything(draw, arguments):
    assert_words_are_clear(draw(*arguments))


def test_the_diagrams_compute_what_they_draw():
    assert "= 1.17, and the state h it shows is 0.70 × tanh(1.17) = 0.58" in lstm_cell().sentence
    assert "0.80 + 1.00 × 0.50 = 1.30" in lstm_cell(gates=0).sentence
    assert "0.59 of it is left" in gradient_highway().sentence
    assert "−0.00" not in lstm_cell(c_prev=-2.0, f=0.0, i=0.0, g=-1.0, o=0.0).sentence
    texts = gru_cell(1.0, z=0.25, r=0.5, x=-50.0).figure.axes[0].texts
    shown = [text.get_text().replace("−", "-") for text in texts]
    assert {"-1.00", "0.25", "-0.75", "-0.50", "1 - z = 0.75"} <= set(shown)


def test_the_way_back_in_the_picture_is_that_of_the_backward_pass():
    c_prev, (i, f, o, g), dh, dc_later = 0.8, (0.9, 0.9, 0.7, 0.5), 1.0, 0.5
    c = f * c_prev + i * g

    class Weights:
        W_hh = np.zeros((1, 4))

    one = [np.full((1, 1), value) for value in (c_prev, c, i, f, o, g, dh, dc_later)]
    da = lstm_step_back(Weights, *one[:2], one[2:6], *one[6:])[0][0]
    sentence = lstm_gradients().sentence
    assert "da of i, f, o, g " + ", ".join(f"{value:.2f}" for value in da) in sentence
    assert "da of" not in lstm_gradients(2).sentence and len(lstm_gradients(4).sentence) < 195  # two lines


def test_the_shipped_runs_say_of_the_forget_bias_what_the_lesson_says(learnt):
    def solved(lag):
        return np.isfinite(learnt.values[:, learnt.columns.index(lag)]).sum(axis=1).tolist()
    assert solved(10) == [20] * 6
    assert solved(40) == [0, 2, 17, 20, 20, 20]
    assert solved(160)[:2] == [0, 0]
    sentence = updates_by_bias(learnt, 40).sentence
    assert "0 at forget bias 0, 2 at 1, 17 at 2 (median " in sentence and "20 at 3 (40)" in sentence
    assert sentence.startswith("Of 20 runs, this many learnt")
    assert sentence.count("median") == 1
    assert all(len(updates_by_bias(learnt, lag).sentence) < 195 for lag in learnt.columns)  # two lines, large


def test_the_shipped_runs_solve_the_adding_problem_but_for_the_plain_network():
    results = load_run("07/adding")
    curves = adding_results(results)
    assert {cell: len(runs) for cell, runs in curves.items()} == {"GRU": 20, "LSTM": 20, "RNN": 20}
    ends = {cell: [(updates[-1], errors[-1]) for updates, errors in runs] for cell, runs in curves.items()}
    assert all(error < 0.01 and update <= 500 for update, error in ends["GRU"])
    assert all(error < 0.01 and 500 < update <= 2000 for update, error in ends["LSTM"])
    assert all(error > 0.15 and update == 3000 for update, error in ends["RNN"])
    at_500 = [errors[updates.index(500)] for updates, errors in curves["LSTM"]]
    assert min(at_500) > 0.15  # the plateau
    assert re.search(r"RNN, 20 runs, 0\.15\d to 0\.1\d\d after 3,000", adding_race(curves).sentence)


def test_of_many_runs_a_race_tells_the_least_and_the_most():
    curves = {"GRU": [([0, 25 * n], [0.2, 0.001 * n]) for n in range(1, 13)], "RNN": [([0, 50], [0.2, 0.17])]}
    assert adding_race(curves).sentence.endswith(
        ": GRU, 12 runs, 0.001 to 0.012 after 25 to 300; RNN 0.170 after 50 updates.")


def test_other_seeds_are_measured_as_the_lesson_measures_its_own():
    shut, wide = (gradient_paths(np.random.default_rng(1), bias) for bias in (0, 5))
    assert shut["total_by_direct"] > 50 * wide["total_by_direct"] > 50 and shut["total"] < 1e-15
    start = train_store_and_ask(plain_lstm.backward, 0, np.random.default_rng(1))[-1]
    assert start != train_store_and_ask(plain_lstm.backward, 0)[-1]
    assert suspect_loss(np.random.default_rng(1), 0) == start
    untrained = latch_gates(np.random.default_rng(1), 1)
    assert untrained["wrong"] > 0.1 and 0 < untrained["let_in"] < 1


def test_adding_is_learnt_by_a_gru_over_a_short_stretch_and_the_curve_ends_there():
    settings = {"cell": "GRU", "length": 10, "updates": 1500}
    curve = adding_curve(np.random.default_rng(0), **settings)
    assert curve["updates"][-1] <= 1500 and len(curve["errors"]) == len(curve["updates"])
    assert curve["errors"][0] > 0.1 and min(curve["errors"][:-1]) >= 0.01 > curve["errors"][-1]
    first = list(adding_run(np.random.default_rng(0), cell="RNN", length=10, updates=25))
    assert [test is None for test in first] == [False, *[True] * 25, False, True]
    assert first[0][0] == 0
