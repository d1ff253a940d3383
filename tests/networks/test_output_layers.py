"""Read-outs: every state or the last, softmax, linear or none, with dropout or without."""

import copy
from itertools import repeat

import numpy as np
import pytest
from common import CELLS

from helpers.data import Chunk
from helpers.networks import (
    LSTM,
    RNN,
    Adam,
    Diverged,
    Linear,
    Model,
    NoOutputLayer,
    Softmax,
    numerical_gradient,
    relative_error,
    train,
)

D, H, K, T, B = 3, 4, 5, 6, 2
READ_OUTS = {
    f"{kind}{', last' * last}{', dropout' * bool(dropout)}": (kind, last, dropout)
    for kind in ("Softmax", "Linear", "NoOutputLayer") for last in (False, True) for dropout in (0.0, 0.4)
}
every_read_out = pytest.mark.parametrize("name", READ_OUTS)
every_cell = pytest.mark.parametrize("cell", CELLS)
pytestmark = pytest.mark.filterwarnings("error")


def a_model(name, cell="LSTM", seed=0, dtype=np.float64):
    kind, last, dropout = READ_OUTS[name]
    output_layer = {"Softmax": Softmax, "Linear": Linear, "NoOutputLayer": NoOutputLayer}[kind]
    outputs = H if kind == "NoOutputLayer" else K
    return Model(CELLS[cell](D, H), output_layer(outputs, last, dropout), np.random.default_rng(seed), dtype)


def a_task(model, seed=1):
    """Inputs and targets that the readout takes."""
    rng, output_layer = np.random.default_rng(seed), model.output_layer
    shape = (B,) if output_layer.last else (T, B)
    inputs = rng.standard_normal((T, B, D))
    if isinstance(output_layer, Softmax):
        return inputs, rng.integers(K, size=shape)
    return inputs, rng.standard_normal((*shape, output_layer.outputs))


def written_out(model, inputs, targets):
    """The loss by its definition, with the cell's states as they are."""
    h = model.cell.forward(model.params, inputs)[0]
    h = h[-1] if model.output_layer.last else h
    scores = h if isinstance(model.output_layer, NoOutputLayer) else h @ model.params.W_hy + model.params.b_y
    if isinstance(model.output_layer, Softmax):
        p = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
        return -np.log(np.take_along_axis(p, targets[..., None], -1)).mean()
    return np.mean((scores - targets) ** 2)


@every_cell
@every_read_out
def test_the_loss_is_what_it_says(name, cell):
    model = a_model(name, cell)
    inputs, targets = a_task(model)
    wanted = written_out(model, inputs, targets)
    assert model.loss(inputs, targets)[0] == pytest.approx(wanted, rel=1e-12)
    if not model.output_layer.dropout:
        assert model.loss_and_grads(inputs, targets)[0] == pytest.approx(wanted, rel=1e-12)


@every_cell
@every_read_out
def test_every_gradient_is_that_of_finite_differences(name, cell):
    model = a_model(name, cell)
    inputs, targets = a_task(model)
    state = tuple(np.random.default_rng(2).uniform(-0.5, 0.5, (B, H)) for _ in model.cell.state_names)

    def loss():     # with the same masks at each call
        model._rng = np.random.default_rng(3)
        return model.loss_and_grads(inputs, targets, state)[0]

    model._rng = np.random.default_rng(3)
    grads = model.loss_and_grads(inputs, targets, state)[1].copy()
    for parameter, array in model.params.items():
        measured = numerical_gradient(loss, array)
        assert relative_error(grads[parameter], measured) < 1e-6, parameter


@pytest.mark.parametrize("length", [1, 255, 256, 257, 700])
@pytest.mark.parametrize("name", ["Softmax", "Softmax, last", "Linear", "Linear, last", "NoOutputLayer"])
def test_a_long_sequence_read_in_pieces_has_the_loss_of_the_whole(name, length):
    model, rng = a_model(name, "GRU"), np.random.default_rng(1)
    inputs = rng.standard_normal((length, B, D))
    shape = (B,) if model.output_layer.last else (length, B)
    outputs = model.output_layer.outputs
    targets = rng.integers(K, size=shape) if name[0] == "S" else rng.standard_normal((*shape, outputs))
    loss, state = model.loss(inputs, targets)
    assert loss == pytest.approx(written_out(model, inputs, targets), rel=1e-12)
    assert all(map(np.allclose, state, model.cell.forward(model.params, inputs)[1]))


@every_read_out
def test_scores_are_those_of_the_states_that_are_asked(name):
    model = a_model(name)
    inputs, _ = a_task(model)
    h = model.cell.forward(model.params, inputs)[0]
    h = h[-1] if model.output_layer.last else h
    wanted = h if name.startswith("NoOutputLayer") else h @ model.params.W_hy + model.params.b_y
    assert np.allclose(model.scores(inputs), wanted, rtol=0, atol=1e-14)
    assert model.scores(inputs).shape == wanted.shape


def test_a_squared_error_has_no_chance_to_be_measured_by_and_gives_up_where_it_is_not_finite():
    model = Model(RNN(D, H, "relu"), Linear(1, last=True), np.random.default_rng(0))
    inputs, targets = np.ones((T, B, D)), np.full(B, 1e30)
    assert next(train(model, repeat(Chunk(inputs, targets, True)), Adam(0.01))).loss > 1e50
    model.params.b_h = 1e200
    with pytest.raises(Diverged):
        next(train(model, repeat(Chunk(inputs, targets, True)), Adam(0.01)))


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_dropout_hides_that_share_from_the_read_out_and_never_from_the_cell(share):
    model = Model(LSTM(D, 200), Softmax(K, dropout=share), np.random.default_rng(0))
    plain = Model(LSTM(D, 200), Softmax(K), np.random.default_rng(0))
    inputs, targets = np.ones((1, 1, D)), np.zeros((1, 1), int)
    hidden = [np.mean(~model.loss_and_grads(inputs, targets)[1].W_hy.any(axis=1)) for _ in range(50)]
    assert np.mean(hidden) == pytest.approx(share, abs=0.03) and len(set(hidden)) > 1
    assert model.loss_and_grads(inputs, targets)[2][0].tolist() == plain.loss(inputs, targets)[1][0].tolist()
    assert model.loss(inputs, targets)[0] == plain.loss(inputs, targets)[0]


@pytest.mark.parametrize("spoil, error, word", [
    (lambda x, y: (x, y[:-1]), ValueError, "targets has shape"),
    (lambda x, y: (x, y + K), ValueError, "targets has"),
    (lambda x, y: (x, y - K), ValueError, "targets has"),
    (lambda x, y: (x, y * 0.5), TypeError, "targets must be integers"),
    (lambda x, y: (x[0, 0], y), ValueError, "inputs has shape"),
    (lambda x, y: (x[:0], y[:0]), ValueError, "inputs has shape"),
    (lambda x, y: (x * np.nan, y), ValueError, "not a number"),
], ids=["too few", "too large", "below 0", "floats", "one row", "none", "no numbers"])
@pytest.mark.parametrize("ask", ["loss", "loss_and_grads"])
def test_what_does_not_fit_a_softmax_is_refused_in_words(ask, spoil, error, word):
    model = a_model("Softmax")
    before = copy.deepcopy(model.params.vector)
    with pytest.raises(error, match=word):
        getattr(model, ask)(*spoil(*a_task(model)))
    assert np.array_equal(before, model.params.vector)
