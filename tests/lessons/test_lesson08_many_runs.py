"""What lesson 08 shows: tales and their floor, many runs, races, cells found and broken, memorising."""

import asyncio
import multiprocessing
import re

import numpy as np
import pytest
from common import until
from course import LESSONS, cells

from helpers.lessons.lesson08 import (
    correlations,
    features,
    fix_gate,
    rate_and_size,
    read_states,
    saliency,
    shifted_control,
    sum_by_kind,
    tales_loss,
    text_nll,
)
from helpers.lessons.lesson08.probes import FEATURES
from helpers.lessons.lesson08.tales import reading
from helpers.networks import (
    LSTM,
    CharModel,
    numerical_gradient,
    relative_error,
)
from helpers.runs import load_results, sweep, text_losses
from helpers.widgets import live_runs


@pytest.fixture(scope="module")
def small():
    """An LSTM of six cells and a text for it."""
    model = CharModel(LSTM(7, 6), np.random.default_rng(0))
    return model, np.random.default_rng(1).integers(7, size=40)


def test_a_text_read_in_pieces_costs_what_it_costs_at_once(small):
    model, ids = small
    ids = np.tile(ids, 200)[:7000]
    length = (len(ids) - 1) // 6
    places = length * np.arange(6) + np.arange(length)[:, None]
    assert tales_loss(model, ids) == pytest.approx(model.loss(ids[places], ids[places + 1])[0], rel=1e-12)
    assert tales_loss(model, ids, 10) == pytest.approx(model.loss(ids[places[:10]], ids[places[:10] + 1])[0])
    assert [loss is None for loss in reading(model, ids)] == [True] * 5 + [False]


def test_dropout_hides_on_the_way_there_and_back_and_its_gradient_is_right():
    class Same(np.random.Generator):
        """Draws the same mask every time, so that the loss is one function of the weights."""

        def random(self, shape, dtype=np.float64):
            return np.random.default_rng(5).random(shape, dtype)

    model = CharModel(LSTM(5, 4), Same(np.random.PCG64(0)), dropout=0.4)
    inputs, targets = np.random.default_rng(1).integers(5, size=(2, 6, 3))
    grads = model.loss_and_grads(inputs, targets)[1].copy()
    for name, array in model.params.items():
        measured = numerical_gradient(lambda: model.loss_and_grads(inputs, targets)[0], array)
        assert relative_error(grads[name], measured) < 1e-6, name
    plain = CharModel(LSTM(5, 4), np.random.default_rng(0))
    none = CharModel(LSTM(5, 4), np.random.default_rng(0), dropout=0.0)
    (mine, my_grads, _), (theirs, their_grads, _) = (
        each.loss_and_grads(inputs, targets) for each in (none, plain))
    assert mine == pytest.approx(theirs, rel=1e-12) and np.allclose(my_grads.vector, their_grads.vector)
    model = CharModel(LSTM(5, 4), np.random.default_rng(0), dropout=0.4)
    assert len({round(model.loss_and_grads(inputs, targets)[0], 9) for _ in range(5)}) == 5
    assert model.loss(inputs, targets)[0] == model.loss(inputs, targets)[0]
    for wrong in (-0.1, 1.0):
        with pytest.raises(ValueError, match="dropout"):
            CharModel(LSTM(5, 4), np.random.default_rng(0), dropout=wrong)


def test_what_is_read_is_what_the_cell_did(small):
    model, ids = small
    h, (_, c), _ = model.cell.forward(model.params, ids[:, None])
    found = read_states(model, ids)
    assert np.allclose(found["h"], h[:, 0]) and np.allclose(found["c"][-1], c[0])
    assert np.allclose(found["o"] * np.tanh(found["c"]), found["h"])
    assert text_nll(model, ids).mean() == pytest.approx(model.loss(ids[:-1, None], ids[1:, None])[0])


def test_features_are_those_after_the_character():
    text = 'Ab (c [d] e)\n  - "f"\n==\n'
    found = features(text)
    assert tuple(found) == FEATURES
    rows = {name: "".join(f"{value:.0f}" for value in values) for name, values in found.items()}
    assert rows["inside a quotation"] == "0000000000000" + "00001100" + "000"
    assert rows["depth of round brackets"] == "0001111111100" + "0" * 11
    assert rows["depth of square brackets"] == "0000001100000" + "0" * 11
    assert rows["indentation"] == "0000000000000" + "12222220" + "000"
    assert rows["inside an underline"] == "0" * 21 + "110"
    assert found["position in the line"].tolist() == [*range(1, 13), 0, *range(1, 8), 0, 1, 2, 0]


def test_shares_by_kind_add_up_to_the_loss():
    text = 'He said, "No (not)!"\n====\n'
    values = np.random.default_rng(0).random(len(text))
    shares = sum_by_kind(text, values)
    assert sum(shares.values()) == pytest.approx(values.mean())
    ones = sum_by_kind(text, np.ones(len(text)))
    assert ones["the underline of a title"] * len(text) == 4
    assert ones["quotation marks and brackets"] * len(text) == 4
    assert ones["first letters of words"] * len(text) == 3      # s, N, n: the first of all has none before it


def test_a_search_finds_what_is_there_and_its_control_what_is_not():
    rng = np.random.default_rng(0)
    feature = np.repeat(rng.integers(2, size=200), 20) * 1.0        # moved, it is another one
    cells = rng.normal(size=(4000, 30))
    cells[:, 7] -= 3 * feature
    r = correlations(cells, feature)
    assert np.abs(r).argmax() == 7 and r[7] < -0.7
    chance = shifted_control(cells, feature, np.random.default_rng(1), shifts=5)
    assert chance.shape == (5,) and chance.max() < 0.25
    assert correlations(np.ones((10, 2)), np.arange(10)).tolist() == [0, 0]
    with pytest.raises(ValueError, match="rows"):
        correlations(cells[:-1], feature)


@pytest.mark.parametrize("gate", ["i", "f", "o"])
@pytest.mark.parametrize("value", [0, 1])
def test_a_fixed_gate_stays_and_the_others_of_the_cell_answer_as_before(small, gate, value):
    model, ids = small
    before, found = read_states(model, ids), read_states(fix_gate(model, gate, 2, value), ids)
    assert np.allclose(found[gate][:, 2], value, atol=1e-9)
    assert np.allclose(found[gate][0, [0, 1, 3]], before[gate][0, [0, 1, 3]])
    assert np.array_equal(read_states(model, ids)["h"], before["h"]), "the model itself is left alone"
    if (gate, value) == ("o", 0):
        assert np.abs(found["h"][:, 2]).max() < 1e-9


def test_saliency_is_the_slope_of_the_surprise(small):
    model, ids = small
    slopes = saliency(model, ids[:10])
    x = np.eye(7)[ids[:9]][:, None]

    def surprise(t, by):
        moved = x.copy()
        moved[t, 0, ids[t]] += by
        h, _, _ = model.cell.forward(model.params, moved)
        scores = h[-1, 0] @ model.params.W_hy + model.params.b_y
        return np.log(np.exp(scores).sum()) - scores[ids[9]]

    measured = [(surprise(t, 1e-5) - surprise(t, -1e-5)) / 2e-5 for t in range(9)]
    assert slopes == pytest.approx(measured, abs=1e-8)


# What was shipped, and what the lesson says of it.


# Many runs

def values(results):
    """By setting and seed, whatever the order."""
    return {str((run.parameters, run.seed)): run.value for run in results}


SMALL = {"cell": ["RNN"], "hidden_size": [4, 8], "learning_rate": [0.01, 0.1], "updates": [20]}


def test_under_a_button_two_processes_fill_the_map_and_stop_ends_them_and_its_file_goes_on(tmp_path):
    path, beats = tmp_path / "runs", []
    grid = {**SMALL, "learning_rate": [0.01, 0.02, 0.05, 0.1], "updates": [100]}

    def begin():
        return sweep(text_losses, grid, range(3), path=path, processes=2, patience=0.01)

    def grown(points):
        return rate_and_size(points["Start"], grid=grid)

    async def beat(dashboard):
        while True:
            beats.append(len(dashboard.points["Start"]))
            await asyncio.sleep(0.01)

    async def cell():
        dashboard = live_runs({"Start": begin}, grown, grown({"Start": []}))
        beating = asyncio.create_task(beat(dashboard))
        dashboard.controls["Start"].click()
        await until(lambda: len(dashboard.points["Start"]) >= 4, seconds=120)
        assert beats.count(0) > 10, "the loop has been free while the processes started"
        assert 1 <= len(multiprocessing.active_children()) <= 2
        dashboard.controls["Stop"].click()
        await until(lambda: not dashboard.task.running)
        assert multiprocessing.active_children() == []
        kept = len(dashboard.points["Start"])
        assert 4 <= kept < 24 and dashboard.said.startswith(
            f"The sweep has finished {kept} of 24 runs.")
        dashboard.controls["Start"].click()
        await until(lambda: dashboard.said.startswith("The sweep has finished 24 of 24"), seconds=120)
        await until(lambda: not dashboard.task.running)
        beating.cancel()
        dashboard.close()

    asyncio.run(cell())
    assert len(path.read_text().splitlines()) == 25, "no run was made twice"
    assert values(load_results(path)) == values(sweep(text_losses, grid, range(3), processes=1))


@pytest.mark.dask
def test_the_lines_for_a_cluster_give_the_same_results(tmp_path, monkeypatch):
    (notebook,) = [path for path in LESSONS if path.name.startswith("08")]
    prose = "\n".join(cell["source"] for cell in cells(notebook, "markdown"))
    (block,) = re.findall(r"```python\n(from distributed .+?)```", prose, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names = {"sweep": sweep, "text_losses": text_losses, "grid": SMALL}
    exec(block, names)
    expected = values(sweep(text_losses, SMALL, [100, 101, 102], processes=1))
    assert values(names["runs"]) == values(load_results(tmp_path / "my_sweep.jsonl")) == expected
    assert len(expected) == 12
