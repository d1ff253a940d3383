"""Lesson 07: one cell that stores a sign, and the way back through it."""

import numpy as np
import pytest

from helpers.lessons.lesson00 import fading_memory
from helpers.lessons.lesson07 import correct_steps, lstm_gradients, parse_gates, parse_task, run_cell
from helpers.lessons.lesson07.latch import TOLD, latch_sequences
from helpers.lessons.lesson07.plain_lstm import lstm_step_back
from helpers.networks import LSTM
from helpers.widgets import Switches, explore


def test_what_is_wanted_is_the_sign_stored_last_and_silence_if_not_asked():
    targets = parse_task("+s - +? -s? +?").targets[:, 0]
    assert targets == pytest.approx([0, 0, TOLD, -TOLD, -TOLD])
    assert not parse_task("-? +?").targets.any()


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
        store, ask = task.store[:, 0], task.ask[:, 0]
        _, h = run_cell(task.values[:, 0], store, 1 - store, ask)
        assert correct_steps(h, task.targets[:, 0]).all()


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


def test_the_way_back_in_the_picture_is_that_of_the_backward_pass():
    c_prev, (i, f, o, g), dh, dc_later = 0.8, (0.9, 0.9, 0.7, 0.5), 1.0, 0.5
    c = f * c_prev + i * g

    class Weights:
        W_hh = np.zeros((1, 4))

    one = [np.full((1, 1), value) for value in (c_prev, c, i, f, o, g, dh, dc_later)]
    da = lstm_step_back(Weights, *one[:2], one[2:6], *one[6:])[0][0]
    said = "da of i, f, o, g " + ", ".join(f"{value:.2f}" for value in da)
    assert said in lstm_gradients().sentence
