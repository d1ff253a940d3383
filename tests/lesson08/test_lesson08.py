"""What lesson 08 shows: tales and their floor, many runs, races, cells found and broken, memorising."""

import asyncio
import multiprocessing
import re

import numpy as np
import pytest
from common import until
from course import LESSONS, cells
from effects import sees

from helpers.data import Vocabulary
from helpers.lessons.lesson08 import (
    SIZES,
    cell_race,
    correlations,
    features,
    fix_gate,
    learn_tales,
    load_snapshots,
    load_tales,
    memorise,
    plot_equal_seconds,
    plot_loss_and_entropy,
    plot_memorising,
    plot_nll_by_kind,
    race_curves,
    rate_and_size,
    read_states,
    saliency,
    shifted_control,
    sum_by_kind,
    tales_loss,
    text_nll,
    time_machine,
)
from helpers.lessons.lesson08.probes import FEATURES
from helpers.lessons.lesson08.shipped import SHIPPED, reach_at_first
from helpers.lessons.lesson08.tales import reading
from helpers.networks import (
    GRU,
    LSTM,
    RNN,
    CharModel,
    PeepholeLSTM,
    numerical_gradient,
    relative_error,
)
from helpers.networks.output_layers import OutputLayer
from helpers.runs import load_results, load_run, sweep, text_losses
from helpers.widgets import live_runs

LINES = {"entropy": 0.2142, "5-gram": 0.5974}


@pytest.fixture(scope="module")
def tales():
    return load_tales()


@pytest.fixture(scope="module")
def small():
    """An LSTM of six cells and a text for it."""
    model = CharModel(LSTM(7, 6), np.random.default_rng(0))
    return model, np.random.default_rng(1).integers(7, size=40)


def test_the_three_of_the_race_have_equally_many_parameters():
    cells = {"RNN": RNN, "GRU": GRU, "LSTM": LSTM}
    rng = np.random.default_rng(0)
    counts = [CharModel(cells[name](61, H), rng).params.vector.size for name, H in SIZES.items()]
    assert max(counts) < 1.01 * min(counts)


def test_a_text_read_in_pieces_costs_what_it_costs_at_once(small):
    model, ids = small
    ids = np.tile(ids, 200)[:7000]
    length = (len(ids) - 1) // 6
    places = length * np.arange(6) + np.arange(length)[:, None]
    assert tales_loss(model, ids) == pytest.approx(model.loss(ids[places], ids[places + 1])[0], rel=1e-12)
    assert tales_loss(model, ids, 10) == pytest.approx(model.loss(ids[places[:10]], ids[places[:10] + 1])[0])
    assert [loss is None for loss in reading(model, ids)] == [True] * 5 + [False]


def test_a_race_runs_to_its_budget_and_looks_on_the_way():
    run = learn_tales(np.random.default_rng(0), "LSTM", 0.01, 8, updates=30, looks=4, characters=50)
    looks = [look for look in run if look]
    updates, seconds, losses = zip(*looks, strict=True)
    assert updates[-1] == 30 and len(looks) == 4 and list(seconds) == sorted(seconds)
    assert losses[-1] < losses[0]
    *_, last = learn_tales(np.random.default_rng(0), "RNN", 0.01, hidden_size=8, seconds=0.05, characters=50)
    assert last[1] >= 0.05
    with pytest.raises(ValueError, match="give just one"):
        next(learn_tales(np.random.default_rng(0), "RNN", 0.01))


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


@sees(("what is not hidden is not scaled up", OutputLayer.loss_and_grads, "mask /= 1 - self.dropout", "pass"))
def test_dropout_keeps_the_mean_of_what_the_read_out_sees():
    inputs, targets = np.random.default_rng(1).integers(5, size=(2, 1, 1))
    model = CharModel(LSTM(5, 4), np.random.default_rng(0), dropout=0.5)
    plain = CharModel(LSTM(5, 4), np.random.default_rng(0))
    plain.params.vector = model.params.vector
    grads = np.mean([model.loss_and_grads(inputs, targets)[1].b_y.copy() for _ in range(3000)], axis=0)
    assert np.allclose(grads, plain.loss_and_grads(inputs, targets)[1].b_y, atol=0.001)


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


@sees(("the control is not shifted", shifted_control, "np.roll(", "(lambda values, *_, **__: values)("))
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


@pytest.mark.parametrize(("arguments", "words"), [
    (("g", 0, 0), "choose 'i', 'f' or 'o'"), (("i", 6, 0), "0 to 5"), (("f", 0, 0.5), "0 or at 1"),
])
def test_what_cannot_be_fixed_is_named(small, arguments, words):
    with pytest.raises(ValueError, match=words):
        fix_gate(small[0], *arguments)


def test_a_gate_with_a_peephole_is_not_called_fixed():
    model = CharModel(PeepholeLSTM(7, 6), np.random.default_rng(0))
    with pytest.raises(ValueError, match="of an LSTM"):
        fix_gate(model, "f", 0, 1)


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


def test_the_reach_of_another_network_shrinks_at_first():
    found = reach_at_first(np.random.default_rng(0), updates=30)
    assert list(found) == ["0", "10", "30"] and max(found["10"], found["30"]) < found["0"] > 10


# What was shipped, and what the lesson says of it.

def network(name):
    return load_run(f"08/{name.lower()}")[0]


def test_every_run_is_there_with_every_seed():
    for name, settings in (("updates", 3), ("seconds", 9), ("dropout", 3)):
        results = load_run(f"08/{name}")
        seeds = next(entry.seeds for entry in SHIPPED if entry.name == f"08/{name}")
        assert {r.status for r in results} == {"finished"}, name
        assert sorted((repr(r.parameters), r.seed) for r in results) == sorted(
            (setting, seed) for setting in {repr(r.parameters) for r in results} for seed in seeds)
        assert len(results) == settings * len(seeds)


def test_snapshots_end_with_the_network_and_lose_nothing_by_half_of_their_digits(tales):
    snapshots, (last, _) = load_snapshots(), load_run("08/lstm")
    assert min(snapshots) == 0 and list(snapshots) == sorted(snapshots)
    assert np.array_equal(list(snapshots.values())[-1].params.vector, last.params.vector)
    rounded = CharModel(last.cell, np.random.default_rng(0))
    rounded.params.vector = last.params.vector.astype(np.float16)
    ids = tales.heldout_ids
    assert tales_loss(rounded, ids, 500) == pytest.approx(tales_loss(last, ids, 500), abs=0.001)


def test_networks_are_above_the_floor_and_below_counting(tales):
    for name in SIZES:
        assert load_run("08/entropy")["entropy"] < tales_loss(network(name), tales.heldout_ids) < 0.49


def test_a_small_text_is_learnt_by_heart():
    run = memorise(np.random.default_rng(0), hidden_size=16, updates=60, every=30)
    assert run["updates"] == [30, 60] and run["train"][-1] < run["heldout"][-1]
    for result in load_run("08/dropout"):
        heldout = result.value["heldout"]
        if result.parameters["dropout"] == 0:
            assert heldout[-1] > min(heldout) + 0.1, "the turn of section 10"


def test_pictures_say_their_numbers():
    left = plot_loss_and_entropy({1: 3.0, 2: 2.0, 3: 2.5}, 0.2142, {1: 3.0, 2: 1.8, 3: 1.7, 4: 1.6})
    for words in ("lowest 2.00 at n = 2, 2.50 at n = 3", "20 times as much text, lowest 1.70 at n = 3",
                  "entropy of the language is 0.2142"):
        assert words in left.sentence
    curves = {"LSTM": [([10, 100], [2.0, 1.0]), ([12, 100], [2.0, 0.8]), ([10, 100], [2.0, 0.9])]}
    assert "LSTM 0.900 (0.800 to 1.000 in 3 runs)" in cell_race(curves, LINES).sentence
    with pytest.raises(ValueError, match="CNN"):
        cell_race({"CNN": curves["LSTM"]}, LINES)
    with pytest.raises(ValueError, match="at least one"):
        cell_race({}, LINES)
    results = load_run("08/seconds")
    for budget in (1, 3, 9):
        assert f"after {budget} s" in plot_equal_seconds(results, LINES).sentence
    assert set(race_curves(results, "seconds", seconds=3.0)) == set(SIZES)
    assert "RNN 0.300" in plot_nll_by_kind({"RNN": {"a": 0.1, "b": 0.2}}).sentence
    with pytest.raises(ValueError, match="no run"):
        plot_memorising([], 0.1)
    reach = {0: np.ones(5), 10: 0.1 ** np.arange(5)}
    assert "after 10 updates" in time_machine({0: 4.0, 10: 3.0}, reach, 10, "", 0.2).sentence.lower()
    with pytest.raises(ValueError, match="choose one of 0, 10"):
        time_machine({0: 4.0, 10: 3.0}, reach, 5, "", 0.2)


def test_a_vocabulary_of_the_tales_is_that_of_the_shipped_networks(tales):
    assert tales.vocabulary.characters == Vocabulary(tales.text + tales.heldout).characters
    assert network("GRU").cell.input_size == len(tales.vocabulary)


def test_the_race_was_run_at_the_rates_of_the_grid():
    rates, grid = {}, {}
    for result in load_run("08/rates"):
        cell, rate = result.parameters["cell"], result.parameters["learning_rate"]
        grid.setdefault(cell, {}).setdefault(rate, []).append(result.value["heldout"][-1])
    for cell, losses in grid.items():
        rates[cell] = min((np.median(found), rate) for rate, found in losses.items() if len(found) == 3)[1]
    for name in ("updates", "seconds"):
        raced = {tuple(map(r.parameters.get, ("cell", "learning_rate")))
                 for r in load_run(f"08/{name}")}
        assert raced == set(rates.items()), name


# Many runs

def values(results):
    """By setting and seed, whatever the order."""
    return {str((run.parameters, run.seed)): run.value for run in results}


SMALL = {"cell": ["RNN"], "hidden_size": [4, 8], "learning_rate": [0.01, 0.1], "updates": [20]}


@pytest.fixture(scope="module")
def practice():
    return load_run("08/rate_and_size")


def test_the_map_says_which_setting_is_best_and_how_wide_the_valley_is(practice):
    assert rate_and_size(practice).sentence == (
        "Loss on held-out text, median of 20 seeds: the lowest is 2.23 nats per character, at 32 units and "
        "rate 0.003; of the rest (34 in all), 4 are within 0.1 of it.")
    alone = rate_and_size([run for run in practice if run.seed == 2], "training").sentence
    assert alone.startswith("Loss on the training text, seed 2 alone: the lowest is 0.62")
    assert "at 128 units and rate 0.01; of the rest (34 in all), none is" in alone
    with pytest.raises(ValueError, match="choose one of held out, training"):
        rate_and_size(practice, "both")


def test_the_map_of_a_sweep_that_goes_on_is_laid_out_as_a_whole_and_counts():
    grid = {**SMALL, "hidden_size": [4, 0]}
    results = list(sweep(text_losses, grid, seeds=[0], processes=1))
    assert "no run has finished yet" in rate_and_size([], grid=grid).sentence
    assert rate_and_size(results[:1], grid=grid).sentence.startswith(
        "The sweep has finished 1 of 4 runs. Loss on")
    words = [text.get_text() for text in rate_and_size(results, grid=grid).figure.axes[0].texts]
    assert words.count("F") == 2 and len(words) == 4
    failed = [run for run in results if run.status == "failed"]
    assert "at least half of them gave none" in rate_and_size(failed, grid=grid).sentence


def test_what_is_said_of_seeds_and_of_the_winner_is_so(practice):
    losses: dict[tuple, np.ndarray] = {}
    for run in practice:
        key = run.parameters["hidden_size"], run.parameters["learning_rate"]
        losses.setdefault(key, np.full(20, np.inf))[run.seed] = run.value["heldout"] if run.value else np.inf
    first, second = losses[32, 0.003], losses[16, 0.01]
    assert 0 < np.median(second) - np.median(first) < 0.01
    assert [round(np.ptp(both), 2) for both in (first, second)] == [0.07, 0.09]
    assert np.count_nonzero(second < first) == 7
    excess = []
    for seed in range(20):
        best = min(losses.values(), key=lambda both: both[seed])
        excess.append(np.delete(best, seed).mean() - best[seed])
    assert sum(more > 0 for more in excess) == 17 and round(np.mean(excess), 3) == 0.014
    assert min(losses, key=lambda key: losses[key][2]) == (16, 0.01)
    assert f"{losses[16, 0.01][2]:.2f}" == "2.20"
    assert f"{np.median(losses[128, 0.01]):.2f}" == "3.13"


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
