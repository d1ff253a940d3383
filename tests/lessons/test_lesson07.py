"""Lesson 07: one cell that stores a sign, and the way back through it."""

import re

import numpy as np
import pytest
from course import ROOT, cells

from helpers.lessons.lesson00 import fading_memory
from helpers.lessons.lesson07 import (
    check_program,
    check_second_suspect,
    checks,
    correct_steps,
    lstm_gradients,
    parse_gates,
    parse_task,
    plain_lstm,
    run_cell,
    small_lstm,
)
from helpers.lessons.lesson07.experiments import FULL, latch_sequences
from helpers.lessons.lesson07.mistakes import train_small
from helpers.lessons.lesson07.plain_lstm import lstm_step_back
from helpers.lessons.lesson07.stage_checks import sequence
from helpers.lessons.lesson07.stages import STAGES
from helpers.networks import LSTM, sigmoid
from helpers.widgets import Switches, explore

LESSON = cells(ROOT / "notebooks" / "07_lstm.ipynb")
SOLVED = cells(ROOT / "notebooks" / "solutions" / "07_lstm.ipynb", "code")


def test_what_is_wanted_is_the_sign_stored_last_and_silence_if_not_asked():
    targets = parse_task("+s - +? -s? +?").targets[:, 0]
    assert targets == pytest.approx([0, 0, FULL, -FULL, -FULL])
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


def stages():
    """Of each stage: its function, its starter, and the lines of the folded solution."""
    places = [n for n, cell in enumerate(LESSON) if cell["source"].startswith("### Stage")]
    for name, n in zip(STAGES, places, strict=True):
        folded = re.search(r"```python\n(.*?)```", LESSON[n + 3]["source"], re.DOTALL)[1]
        yield name, LESSON[n + 1]["source"], folded.rstrip().split("\n")


@pytest.mark.parametrize(("name", "starter", "lines"), list(stages()))
def test_the_folded_solution_of_a_stage_is_right(name, starter, lines):
    by_name = {line.split(" = ")[0]: line for line in lines}
    whole = starter.replace("    return ...", "\n".join("    " + line for line in lines))
    whole = re.sub(r"(?m)^    (.*) = .*\.\.\..*$", lambda line: "    " + by_name[line[1]], whole)
    space = {"np": np, "sigmoid": sigmoid, "lstm_step_back": lstm_step_back}
    exec(whole, space)
    assert STAGES[name].check.result(space[name]).right, whole


def test_the_plain_backward_pass_is_that_of_helpers():
    p, x, h, c, gates, d_h = sequence(np.random.default_rng(0), 3, 4, 2, 6)
    cell = LSTM(3, 4)
    states, _, cache = cell.forward(p, x, state=(h[-1], c[-1]))
    grads, _, _ = cell.backward(p, d_h, cache)
    assert np.allclose(states, [h[t] for t in range(6)], atol=1e-12)
    assert np.allclose(grads.vector, plain_lstm.backward(p, x, h, c, gates, d_h)[0].vector, atol=1e-12)


def test_the_second_suspect_is_wrong_first_where_the_check_says():
    space = {"np": np}
    exec(next(cell["source"] for cell in LESSON if cell["source"].startswith("def second")), space)
    given = sequence(np.random.default_rng(3), 3, 4, 2, 5)
    wrong = ~np.isclose(space["second"](*given)[1], plain_lstm.backward(*given)[1], rtol=1e-5, atol=1e-7)
    gates = dict(zip("ifog", np.split(wrong[checks.STEP], 4, axis=1), strict=True))
    assert not wrong[checks.STEP + 1 :].any()
    assert "".join(gate for gate, block in gates.items() if block.any()) == checks.WRONG
    assert check_second_suspect.result(3, "ifg", space["second"]).mistake == "still-wrong"


def test_the_small_lstm_goes_as_the_published_program():
    losses = train_small(**small_lstm())
    assert losses[:2] == pytest.approx([0.7535, 0.5991], abs=1e-4)
    assert losses[99] == pytest.approx(2.61e-6, rel=0.01)


@pytest.mark.parametrize(("old", "new", "mistake"), [
    ("h[t - 1], c[t - 1])\n", "h[t - 1], c[-1])\n", "state-not-carried"),
    ("return da, da @ W_hh.T, dc * f", "return da, da @ W_hh.T, dc * i", "wrong-carry")])
def test_a_program_whose_memory_is_not_carried_is_told(old, new, mistake):
    names = ("initial", "my_forward", "step_back", "my_backward", "update")
    written = "\n".join(cell["source"] for cell in SOLVED
                        if cell["source"].startswith(tuple(f"def {name}(" for name in names)))
    space = {"np": np, "sigmoid": sigmoid}
    assert old in written
    exec(written.replace(old, new), space)
    program = (space[name] for name in ("initial", "my_forward", "my_backward", "update", "sample"))
    assert check_program.result(*program).mistake == mistake
