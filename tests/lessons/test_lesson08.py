"""Lesson 08: what learns faster, the floor of the tales, cells found and broken, a network of one's own."""

import asyncio
import multiprocessing
import re

import numpy as np
import pytest
from common import until
from course import LESSONS, cells

from helpers.data import Vocabulary
from helpers.lessons.lesson08 import (
    cells_inside,
    correlations,
    experiments_grammar,
    features,
    fix_gate,
    init_better,
    load_tales,
    loss_without_each,
    rate_and_size,
    read_states,
    saliency,
    saved_network,
    shifted_control,
    sum_by_kind,
    sum_by_memory,
    tales_loss,
    text_nll,
    true_nll,
)
from helpers.lessons.lesson08.experiments import FADING, FEATURES, average, fade, without_unit
from helpers.networks import CELLS, GRU, LSTM, RNN, Adam, CharModel, Parameters
from helpers.runs import Checkpoint, CheckpointError, load_results, load_run, save, sweep, text_losses
from helpers.widgets import live_runs

TEXT = "the tern said to the crab: I am here, and the crab said: so am I.\n" * 60
VOCABULARY = Vocabulary(TEXT)
IDS = VOCABULARY.encode(TEXT)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("cell", [RNN, GRU, LSTM])
def test_a_better_start_knows_the_frequencies_and_keeps_the_length_of_a_state(cell, dtype):
    model = CharModel(cell(len(VOCABULARY), 12), np.random.default_rng(0), dtype=dtype)
    init_better(model, IDS, np.random.default_rng(1))
    p, counts = model.params, np.bincount(IDS) + 1
    assert np.exp(p.b_y) == pytest.approx(counts / counts.sum(), rel=1e-5)
    h, H = np.random.default_rng(2).standard_normal((5, 12)).astype(dtype), 12
    for start in range(0, p.W_hh.shape[1], H):
        turned = h @ p.W_hh[:, start : start + H]
        assert np.linalg.norm(turned, axis=1) == pytest.approx(np.linalg.norm(h, axis=1), rel=1e-5)
    assert p.vector.dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_weight_that_is_not_learnt_again_fades_by_its_half_life(dtype):
    p = Parameters({"W": (2,)}, np.array([1.0, -4.0], dtype))
    for _ in range(round(np.log(2) / (FADING * 0.1))):
        fade(p, learning_rate=0.1)
    assert p.W == pytest.approx([0.5, -2.0], rel=1e-3) and p.vector.dtype == dtype


@pytest.mark.torch
def test_adam_and_fading_go_where_adamw_of_pytorch_goes():
    """Seconds go into importing PyTorch, where it is the first to do so."""
    import torch

    rng = np.random.default_rng(0)
    p = Parameters({"W": (20,)}, rng.standard_normal(20))
    theirs = torch.tensor(p.vector.copy(), requires_grad=True)
    ours, their_optimizer = Adam(0.01), torch.optim.AdamW([theirs], lr=0.01, weight_decay=FADING)
    grads = p.zeros_like()
    for _ in range(500):
        grads.vector = rng.standard_normal(20)
        theirs.grad = torch.tensor(grads.vector.copy())
        their_optimizer.step()
        ours.update(p, grads)
        fade(p, 0.01)                        # after the step, of which it so takes a ten-thousandth as well
    moved = np.abs(p.vector - theirs.detach().numpy()).max()
    assert moved < 1e-4 < 500 * FADING * 0.01 * np.abs(p.vector).max()


def test_the_average_is_a_mean_that_forgets_how_it_began():
    vectors = np.arange(1, 1001)[:, None] * np.array([1.0, -2.0])
    mean = np.array([1e9, 1e9])
    for made, vector in enumerate(vectors, start=1):
        average(mean, vector, made)
    # weighted by the tenth power of the time, nearly: 10 / 11 of the way
    assert mean == pytest.approx([1000 * 10 / 11, -2000 * 10 / 11], rel=0.01)


TALE = """\
Osk, Edda and the tin drum in the salt house
============================================

Osk said, "In the salt house."

Edda liked the
tin drum. Oskar did not.


"""


@pytest.fixture(scope="module")
def heldout():
    text = load_tales().heldout
    return text, true_nll(text)


def test_the_floor_of_the_held_out_tales_is_the_surprise_of_the_choices_that_made_them(heldout):
    text, floor = heldout
    assert len(floor) == len(text)
    assert floor.mean() == pytest.approx(load_run("08/entropy")["tales_heldout"]["surprise"], abs=1e-6)
    assert floor.min() > -1e-9
    first = text.index("\n")
    assert floor[:first].sum() == pytest.approx(experiments_grammar.title_nats())
    assert floor[first : 2 * first + 3] == pytest.approx(np.zeros(first + 3), abs=1e-9)


def test_what_a_title_announces_is_found_wherever_it_comes_back():
    shares = sum_by_memory(TALE + TALE, np.ones(2 * len(TALE)))
    counts = {kind: round(share * len(TALE)) for kind, share in shares.items()}
    assert counts == {"title and underline": 89, "the two people": len("Osk" + "Edda"),
                      "the place and the thing": len("salt house" + "tin drum"), "ends of full lines": 1,
                      "everything else": len(TALE) - 89 - 7 - 18 - 1}


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


GRID = {"cell": ["RNN"], "hidden_size": [4, 8], "learning_rate": [0.01, 0.1], "updates": [20]}


def test_under_a_button_two_processes_fill_the_map_and_stop_ends_them(tmp_path):
    """Seconds, in which two processes start: nothing else has both a button and processes."""
    grid = {**GRID, "learning_rate": [0.01, 0.02, 0.05, 0.1], "updates": [100]}

    def begin():
        return sweep(text_losses, grid, range(3), path=tmp_path / "runs", processes=2, patience=0.01)

    def grown(points):
        return rate_and_size(points["Start"], grid=grid)

    async def cell():
        dashboard = live_runs({"Start": begin}, grown, grown({"Start": []}))
        dashboard.controls["Start"].click()
        for _ in range(10):
            await asyncio.sleep(0.01)
            assert not dashboard.points["Start"], "the loop is free while the processes start"
        await until(lambda: len(dashboard.points["Start"]) >= 4, seconds=120)
        assert 1 <= len(multiprocessing.active_children()) <= 2
        dashboard.controls["Stop"].click()
        await until(lambda: not dashboard.task.running)
        assert multiprocessing.active_children() == []
        kept = len(dashboard.points["Start"])
        assert 4 <= kept < 24 and dashboard.said.startswith(f"The sweep has finished {kept} of 24 runs.")
        dashboard.close()

    asyncio.run(cell())


@pytest.mark.dask
def test_the_lines_for_a_cluster_give_the_same_results(tmp_path, monkeypatch):
    """Seconds, in which a cluster starts: the lines stand in the prose, where no other test runs them."""
    def values(results):
        return {str((run.parameters, run.seed)): run.value for run in results}

    (notebook,) = [path for path in LESSONS if path.name.startswith("08")]
    prose = "\n".join(cell["source"] for cell in cells(notebook, "markdown"))
    (block,) = re.findall(r"```python\n(from distributed .+?)```", prose, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names = {"sweep": sweep, "text_losses": text_losses, "grid": GRID}
    exec(block, names)
    expected = values(sweep(text_losses, GRID, [100, 101, 102], processes=1))
    assert values(names["runs"]) == values(load_results(tmp_path / "my_sweep.jsonl")) == expected
    assert len(expected) == 12


def model(cell: str = "GRU") -> CharModel:
    return CharModel(CELLS[cell](len(VOCABULARY), 5), np.random.default_rng(0))


@pytest.mark.parametrize("cell", CELLS)
def test_a_saved_run_is_read_with_its_text_whatever_its_cell(tmp_path, cell):
    run = Checkpoint(model(cell), Adam(0.01), vocabulary=VOCABULARY, text=("mine", TEXT, TEXT[:300]))
    network, vocabulary, text = saved_network(save(tmp_path / "run.npz", run), otherwise="not this")
    assert text == TEXT[:300] and np.array_equal(network.params.vector, run.model.params.vector)
    seen = cells_inside(network, vocabulary.encode(text))
    assert "h" in seen and all(values.shape == (300, 5) for values in seen.values())
    if "c / its largest" in seen:
        assert np.abs(seen["c / its largest"]).max(axis=0) == pytest.approx(1)


def test_what_is_no_character_network_is_refused(tmp_path):
    path = save(tmp_path / "run.npz", Checkpoint(model(), Adam(0.01)))
    with pytest.raises(ValueError, match="was saved without its vocabulary"):
        saved_network(path, otherwise=TEXT)
    with pytest.raises(CheckpointError, match="there is no such file"):
        saved_network(tmp_path / "none.npz", otherwise=TEXT)


@pytest.mark.parametrize("cell", CELLS)
def test_a_unit_that_is_taken_out_is_read_by_nothing(cell):
    """Whatever its own weights are, all that the network says stays the same."""
    whole, ids = model(cell), IDS[:60]
    damaged, other = without_unit(whole, 2), without_unit(whole, 2)
    assert not np.array_equal(text_nll(whole, ids), text_nll(damaged, ids))
    own = np.arange(other.params.W_xh.shape[1]) % 5 == 2
    other.params.W_xh[:, own] += 1.0
    assert np.allclose(text_nll(damaged, ids), text_nll(other, ids), rtol=0, atol=1e-12)
    assert np.array_equal(whole.params.vector, model(cell).params.vector), "the whole one is as it was"


def test_the_rise_is_the_loss_without_the_unit_less_the_loss_with_it():
    whole, ids = model(), IDS[:160]
    pieces = ids.reshape(16, 10).T
    rises = list(loss_without_each(whole, ids))
    for unit in (0, 4):
        damaged = without_unit(whole, unit).loss(pieces[:-1], pieces[1:])[0]
        assert rises[unit] == pytest.approx(damaged - whole.loss(pieces[:-1], pieces[1:])[0])
    assert len(rises) == 5
