"""A cell of a reader's own, from its two steps: it is right, learns, is saved, and its mistakes are said."""

from itertools import islice

import numpy as np
import pytest

from helpers.data import chunks
from helpers.networks import GRU, Adam, CharModel, PlainCell, relative_error, train
from helpers.networks.cells import plain
from helpers.networks.functions import sigmoid
from helpers.runs import Checkpoint, CheckpointError, restore, save


class Gated(PlainCell):
    """`GRU`, by its two steps: a fourth value beside its gates, and two sums."""

    gate_names = ("r", "z", "n")

    @property
    def shapes(self):
        return {**super().shapes, "b_hn": (self.hidden_size,)}

    def step(self, p, x, h_prev):
        h, gates = plain.gru_step(p, x, h_prev)
        return h, *gates

    def step_back(self, p, grads, h_prev, h, r, z, n, h_n, dh):
        return plain.gru_step_back(p, grads, h_prev, (r, z, n, h_n), dh)


class First(PlainCell):
    """The LSTM of 1997, without a forget gate, as a reader would write it."""

    state_names, gate_names = ("h", "c"), ("i", "o", "g")

    def step(self, p, x, h_prev, c_prev):
        a_i, a_o, a_g = np.split(x @ p.W_xh + h_prev @ p.W_hh + p.b_h, 3, axis=1)
        i, o, g = sigmoid(a_i), sigmoid(a_o), np.tanh(a_g)
        c = c_prev + i * g
        return o * np.tanh(c), c, i, o, g

    def step_back(self, p, grads, h_prev, c_prev, h, c, i, o, g, dh, dc):
        dc = dc + dh * o * (1 - np.tanh(c) ** 2)
        da = np.hstack([dc * g * i * (1 - i), dh * np.tanh(c) * o * (1 - o), dc * i * (1 - g**2)])
        return da, da @ p.W_hh.T, dc


OWN = (Gated, First)


def with_biases(cell, dtype=np.float64):
    p, rng = cell.init(np.random.default_rng(0), dtype=dtype), np.random.default_rng(1)
    p.vector[:] = 0.4 * rng.standard_normal(p.vector.shape)
    return p, rng


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("symbols", [False, True], ids=["floats", "symbols"])
def test_it_is_the_fast_cell_but_for_rounding(symbols, dtype):
    own, fast = Gated(5, 4), GRU(5, 4)
    p, rng = with_biases(fast, dtype)
    x = rng.integers(5, size=(6, 3)) if symbols else rng.standard_normal((6, 3, 5))
    state = tuple(rng.standard_normal((3, 4)).astype(dtype) for _ in fast.state_names)
    found, expected = [], []
    for cell, noted in ((own, found), (fast, expected)):
        h, last, cache = cell.forward(p, x, state)
        grads, d_x, d_first = cell.backward(p, np.ones_like(h), cache, last)
        noted += [h, *last, *cell.gates(cache).values(), *grads.values(), *d_first]
        noted += [] if symbols else [d_x]
    assert own.shapes == fast.shapes
    assert [(a.shape, a.dtype) for a in found] == [(a.shape, dtype) for a in expected]
    assert max(map(relative_error, found, expected)) < 50 * np.finfo(dtype).eps


@pytest.mark.parametrize("own", OWN)
def test_it_learns_writes_is_saved_and_goes_on_to_the_bit(own, tmp_path):
    ids = np.tile(np.arange(4), 60)
    run = Checkpoint(CharModel(own(4, 6), np.random.default_rng(0)), Adam(0.03))
    *_, last = train(run.model, islice(chunks(ids, 9), 60), run.optimizer)
    assert last.loss < 0.5 * np.log(4), "it counts, and so beats an even guess"
    assert run.model.sample([0], 8, np.random.default_rng(3), temperature=0.01).tolist() == [1, 2, 3, 0] * 2

    run.state, file = last.state, save(tmp_path / "run.npz", run)
    again = restore(file, cells=[own])
    assert type(again.model.cell) is own
    losses = [[step.loss for step in train(it.model, islice(chunks(ids, 9), 9), it.optimizer, state=it.state)]
              for it in (run, again)]
    assert losses[0] == losses[1]
    with pytest.raises(CheckpointError, match=rf"its cell is a '{own.__name__}'.*cells=\[MyCell\]"):
        restore(file)


def test_a_saved_cell_needs_a_name_and_a_class_of_its_own(tmp_path):
    class LSTM(First):
        pass

    with pytest.raises(CheckpointError, match="another cell with the name LSTM"):
        save(tmp_path / "run.npz", Checkpoint(CharModel(LSTM(4, 6), np.random.default_rng(0)), Adam(0.03)))


def step(change) -> tuple:
    return "step", lambda self, *a: change(*First.step(self, *a))


def step_back(change) -> tuple:
    return "step_back", lambda self, *a: change(*First.step_back(self, *a))


WRONG = {          # what is wrong, the method that is, and words of the error
    "h of another size": (step(lambda h, *rest: (h[:, :2], *rest)), "h from Mine.step has shape"),
    "a gate is missing": (step(lambda *all: all[:4]), "Mine.step returned 4 instead of 5 arrays"),
    "words": (step(lambda h, *rest: ("h", *rest)), "h from Mine.step must be an array of numbers"),
    "da of one gate": (step_back(lambda da, *rest: (np.ones((2, 3)), *rest)),
                       "da from Mine.step_back has shape"),
    "too much": (step_back(lambda *all: (*all, 0)), "returned 4 instead of 3"),
    "it writes into c": (("step", lambda self, p, x, h, c: np.add(c, 1, out=c)), "read-only"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_a_step_returns_wrongly_is_said(wrong):
    method, words = WRONG[wrong]
    mine = type("Mine", (First,), dict([method]))
    model, x = CharModel(mine(5, 3), np.random.default_rng(0)), np.array([[1, 2], [3, 4]])
    before = model.params.vector.copy()
    with pytest.raises((ValueError, TypeError), match=words):
        model.loss_and_grads(x, x)
    assert np.array_equal(model.params.vector, before)
