"""Models: the loss and gradient of every read-out on every cell; what a character model writes."""

import copy
from functools import partial
from itertools import repeat

import numpy as np
import pytest
from common import CELLS, char_model, every_cell

from helpers.data import Chunk
from helpers.networks import (
    LSTM,
    RNN,
    Adam,
    CharModel,
    Linear,
    Model,
    NoOutputLayer,
    Softmax,
    numerical_gradient,
    relative_error,
    train,
)

D, N, K, T, B = 3, 4, 5, 6, 2
READ_OUTS = {
    f"{kind}{', last' * last}{', dropout' * bool(dropout)}": (kind, last, dropout)
    for kind in ("Softmax", "Linear", "NoOutputLayer") for last in (False, True) for dropout in (0.0, 0.4)
}
every_read_out = pytest.mark.parametrize("name", READ_OUTS)
pytestmark = pytest.mark.filterwarnings("error")


def a_network(name, kind="LSTM"):
    layer, last, dropout = READ_OUTS[name]
    output_layer = {"Softmax": Softmax, "Linear": Linear, "NoOutputLayer": NoOutputLayer}[layer]
    outputs = N if layer == "NoOutputLayer" else K
    return Model(CELLS[kind](D, N), output_layer(outputs, last, dropout), np.random.default_rng(0))


def a_task(model):
    """Inputs and targets that the readout takes."""
    rng, output_layer = np.random.default_rng(1), model.output_layer
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
def test_the_loss_is_what_it_says(name, kind):
    model = a_network(name, kind)
    inputs, targets = a_task(model)
    wanted = written_out(model, inputs, targets)
    assert model.loss(inputs, targets)[0] == pytest.approx(wanted, rel=1e-12)
    if not model.output_layer.dropout:
        assert model.loss_and_grads(inputs, targets)[0] == pytest.approx(wanted, rel=1e-12)


@every_cell
@every_read_out
def test_every_gradient_is_that_of_finite_differences(name, kind):
    model = a_network(name, kind)
    inputs, targets = a_task(model)
    state = tuple(np.random.default_rng(2).uniform(-0.5, 0.5, (B, N)) for _ in model.cell.state_names)

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
    model, rng = a_network(name, "GRU"), np.random.default_rng(1)
    inputs = rng.standard_normal((length, B, D))
    shape = (B,) if model.output_layer.last else (length, B)
    outputs = model.output_layer.outputs
    targets = rng.integers(K, size=shape) if name[0] == "S" else rng.standard_normal((*shape, outputs))
    loss, state = model.loss(inputs, targets)
    assert loss == pytest.approx(written_out(model, inputs, targets), rel=1e-12)
    assert all(map(np.allclose, state, model.cell.forward(model.params, inputs)[1]))


@every_read_out
def test_scores_are_those_of_the_states_that_are_asked(name):
    model = a_network(name)
    inputs, _ = a_task(model)
    h = model.cell.forward(model.params, inputs)[0]
    h = h[-1] if model.output_layer.last else h
    wanted = h if name.startswith("NoOutputLayer") else h @ model.params.W_hy + model.params.b_y
    assert np.allclose(model.scores(inputs), wanted, rtol=0, atol=1e-14)
    assert model.scores(inputs).shape == wanted.shape


def test_a_squared_error_has_no_chance_to_be_measured_by():
    model = Model(RNN(D, N, "relu"), Linear(1, last=True), np.random.default_rng(0))
    inputs, targets = np.ones((T, B, D)), np.full(B, 1e30)
    assert next(train(model, repeat(Chunk(inputs, targets, True)), Adam(0.01))).loss > 1e50


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
    model = a_network("Softmax")
    before = copy.deepcopy(model.params.vector)
    with pytest.raises(error, match=word):
        getattr(model, ask)(*spoil(*a_task(model)))
    assert np.array_equal(before, model.params.vector)


V, H = 7, 5
a_model = partial(char_model, V, H)


def a_chunk(T=6, B=3, seed=1):
    return np.random.default_rng(seed).integers(V, size=(2, T, B))


def fixed_scores(scores) -> CharModel:
    """A model that always gives these scores, whatever it reads."""
    model = a_model()
    model.params.W_hy, model.params.b_y = 0, scores
    return model


def softmax(scores):
    e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@every_cell
def test_gradients_do_not_depend_on_what_was_computed_before(kind):
    model, used = a_model(kind), a_model(kind)
    for T, B, seed in [(6, 3, 1), (2, 1, 2), (9, 3, 3), (6, 3, 4)]:
        used.loss_and_grads(*a_chunk(T, B, seed))
    loss, grads, _ = used.loss_and_grads(*a_chunk())
    fresh_loss, fresh_grads, _ = model.loss_and_grads(*a_chunk())
    assert loss == pytest.approx(fresh_loss, rel=1e-13)
    assert np.allclose(grads.vector, fresh_grads.vector, rtol=0, atol=1e-13)


@pytest.mark.parametrize("extreme", [1e4, 1e100, 1e300])
def test_extreme_scores_do_not_overflow(extreme):
    scores = np.linspace(-extreme, extreme, V)
    model = fixed_scores(scores)
    chunk = np.array([[[0]], [[V - 1]]])
    assert model.loss(*chunk)[0] == 0
    assert model.loss(*chunk[::-1])[0] == pytest.approx(2 * extreme)
    loss, grads, _ = model.loss_and_grads(*chunk[::-1])
    assert loss == pytest.approx(2 * extreme) and np.isfinite(grads.vector).all()
    assert model.probabilities([0]).tolist() == [0] * (V - 1) + [1]


@every_cell
def test_probabilities_are_the_softmax_after_the_prompt(kind):
    model, prompt = a_model(kind, scale=1.0), [3, 1, 4]
    h, _, _ = model.cell.forward(model.params, np.array(prompt)[:, None])
    scores = h[-1, 0] @ model.params.W_hy + model.params.b_y
    for temperature in (0.5, 1.0, 3):
        p = model.probabilities(prompt, temperature)
        assert p.shape == (V,) and p.sum() == pytest.approx(1)
        assert np.allclose(p, softmax(scores / temperature), rtol=1e-12, atol=0)


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_draws_are_as_frequent_as_the_softmax_says(temperature):
    scores = np.array([0.0, 1, 2, -1, 0.5, -3, 1.5])
    draws = fixed_scores(scores).sample([0], 100_000, np.random.default_rng(0), temperature)
    expected = 100_000 * softmax(scores / temperature)
    chi_square = np.sum((np.bincount(draws, minlength=V) - expected) ** 2 / expected)
    assert chi_square < 22.5      # six degrees of freedom: one honest sampler in a thousand exceeds it


@pytest.mark.parametrize("temperature", [1e-9, 1e-300])
@every_cell
def test_near_temperature_0_the_most_probable_character_is_taken(kind, temperature):
    model, prompt = a_model(kind, scale=1.0), [2]
    for drawn in model.sample(prompt, 30, np.random.default_rng(0), temperature):
        assert drawn == model.probabilities(prompt).argmax()
        prompt.append(drawn)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("temperature", [1e-300, 1e-3, 1.0, 1e3, 1e300])
@pytest.mark.parametrize("value", [1e30, -1e30, np.inf, -np.inf, np.nan])
def test_sampling_never_fails_on_extreme_scores(value, temperature, dtype):
    model = a_model(dtype=dtype)
    model.params.b_y[::2] = value
    ids = model.sample([0], 20, np.random.default_rng(0), temperature)
    assert ids.min() >= 0 and ids.max() < V


@pytest.mark.parametrize("prompt, error", [
    ([], ValueError), ([[0, 1]], ValueError), (3, ValueError), ([V], ValueError), ([-1], ValueError),
    ([0.5], TypeError), ("hello", (TypeError, ValueError)), ([True], TypeError),
], ids=str)
def test_a_prompt_that_cannot_be_read_is_refused(prompt, error):
    model, rng = a_model(), np.random.default_rng(0)
    state = rng.bit_generator.state
    with pytest.raises(error):
        model.sample(prompt, 5, rng)
    with pytest.raises(error):
        model.probabilities(prompt)
    assert rng.bit_generator.state == state, "and no random number is spent"


@every_cell
def test_a_copied_model_gives_the_same_and_lives_apart(kind):
    model, chunk = a_model(kind), a_chunk()
    loss, grads, _ = model.loss_and_grads(*chunk)
    grads = grads.copy()
    twin = copy.deepcopy(model)
    twin_loss, twin_grads, _ = twin.loss_and_grads(*chunk)
    assert twin_loss == pytest.approx(loss, rel=1e-13)
    assert np.allclose(twin_grads.vector, grads.vector, rtol=0, atol=1e-13)
    twin.params.vector += 1
    twin.loss_and_grads(*a_chunk(seed=8))
    assert model.loss_and_grads(*chunk)[0] == pytest.approx(loss, rel=1e-13)
