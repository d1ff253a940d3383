"""A reader's own network under lesson 08's views: from a saved run, of any cell, damaged unit by unit."""

import numpy as np
import pytest

from helpers.data import Vocabulary
from helpers.lessons.lesson08 import cells_inside, loss_without_each, saved_network, text_nll, without_unit
from helpers.networks import CELLS, Adam, CharModel
from helpers.runs import Checkpoint, CheckpointError, save

TEXT = "abracadabra, said the wren. " * 40


def model(cell: str = "GRU", units: int = 5) -> CharModel:
    return CharModel(CELLS[cell](len(Vocabulary(TEXT)), units), np.random.default_rng(0))


@pytest.mark.parametrize("cell", CELLS)
def test_a_saved_run_is_read_with_its_text_whatever_its_cell(tmp_path, cell):
    run = Checkpoint(model(cell), Adam(0.01), vocabulary=Vocabulary(TEXT), text=("mine", TEXT, TEXT[:300]))
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
    whole, ids = model(cell), Vocabulary(TEXT).encode(TEXT[:60])
    damaged, other = without_unit(whole, 2), without_unit(whole, 2)
    assert not np.array_equal(text_nll(whole, ids), text_nll(damaged, ids))
    own = np.arange(other.params.W_xh.shape[1]) % 5 == 2
    other.params.W_xh[:, own] += 1.0
    assert np.allclose(text_nll(damaged, ids), text_nll(other, ids), rtol=0, atol=1e-12)
    assert np.array_equal(whole.params.vector, model(cell).params.vector), "the whole one is as it was"
    with pytest.raises(ValueError, match="choose a whole number from 0 to 4"):
        without_unit(whole, 5)


def test_the_rise_is_the_loss_without_the_unit_less_the_loss_with_it():
    whole, ids = model(), Vocabulary(TEXT).encode(TEXT[:160])
    pieces = ids.reshape(16, 10).T
    rises = list(loss_without_each(whole, ids))
    for unit in (0, 4):
        damaged = without_unit(whole, unit).loss(pieces[:-1], pieces[1:])[0]
        assert rises[unit] == pytest.approx(damaged - whole.loss(pieces[:-1], pieces[1:])[0])
    assert len(rises) == 5
