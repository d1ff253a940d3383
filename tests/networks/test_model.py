"""The character model: its loss, its probabilities, and what it writes."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest
from common import char_model, every_cell, saturating_cell
from effects import sees

from helpers.networks import RNN, CharModel
from helpers.networks.cells.cell import random_weights
from helpers.networks.gradients.check import gradient_check

V, H = 7, 5
a_model = partial(char_model, V, H)
pytestmark = pytest.mark.filterwarnings("error")


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


@sees(("weights start ten times as large", random_weights,
       "rng.uniform(-bound, bound", "rng.uniform(-10 * bound, 10 * bound"))
@every_cell
def test_the_first_loss_is_about_that_of_guessing(kind):
    loss, _ = a_model(kind, scale=0.01).loss(*a_chunk(50, 10))
    assert loss == pytest.approx(np.log(V), abs=1e-3)
    loss, _ = a_model(kind).loss(*a_chunk(50, 10))
    assert loss == pytest.approx(np.log(V), abs=0.5)


def test_equal_scores_cost_exactly_ln_v():
    loss, grads, _ = fixed_scores(0.0).loss_and_grads(*a_chunk())
    assert loss == pytest.approx(np.log(V), rel=1e-15)
    assert not grads.W_xh.any() and grads.b_y.sum() == pytest.approx(0, abs=1e-15)


@every_cell
def test_loss_is_the_mean_of_minus_ln_of_the_softmax(kind):
    model, (inputs, targets) = a_model(kind, scale=1.0), a_chunk()
    h, last, _ = model.cell.forward(model.params, inputs)
    p = softmax(h @ model.params.W_hy + model.params.b_y)
    by_hand = -np.mean([np.log(p[t, b, targets[t, b]]) for t in range(6) for b in range(3)])
    loss, state = model.loss(inputs, targets)
    also, _, also_state = model.loss_and_grads(inputs, targets)
    assert type(loss) is type(also) is float
    assert loss == pytest.approx(by_hand, rel=1e-13) and also == pytest.approx(by_hand, rel=1e-13)
    assert all(map(np.array_equal, state, last)) and all(map(np.array_equal, also_state, last))


@pytest.mark.parametrize("shape", [(1, 1), (5, 1), (5, 3)], ids=str)
@every_cell
def test_gradients_agree_with_central_differences(kind, shape):
    model, rng = a_model(kind), np.random.default_rng(2)
    for array in model.params.values():
        if array.ndim == 1:                     # biases are 0 so far
            array += 0.3 * rng.standard_normal(array.shape)
    state = tuple(0.5 * rng.standard_normal((shape[1], H)) for _ in model.cell.state_names)
    errors = gradient_check(model, *a_chunk(*shape), state)
    assert list(errors) == list(model.params) and max(errors.values()) < 1e-7, errors


@pytest.mark.parametrize("batch", [1, 5])
@every_cell
def test_the_loss_of_a_long_text_equals_that_of_training(kind, batch):
    model, (inputs, targets) = a_model(kind), a_chunk(20_000 // batch, batch)
    loss, state = model.loss(inputs, targets)
    also, _, also_state = model.loss_and_grads(inputs, targets)
    assert loss == pytest.approx(also, rel=1e-12)
    assert all(map(np.allclose, state, also_state))


def test_asking_for_the_loss_changes_nothing():
    model, chunk = a_model(), a_chunk()
    before, inputs = model.params.vector.copy(), chunk.copy()
    _, grads, _ = model.loss_and_grads(*chunk)
    kept = grads.vector.copy()
    model.loss(*a_chunk(seed=9))
    model.sample([0], 5, np.random.default_rng(0))
    assert np.array_equal(model.params.vector, before) and np.array_equal(chunk, inputs)
    assert np.array_equal(grads.vector, kept), "gradients stay until loss_and_grads is called again"


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


@pytest.mark.parametrize("scale", [1e3, 1e10])
@saturating_cell
def test_extreme_weights_leave_loss_and_gradients_finite(kind, scale):
    loss, grads, _ = a_model(kind, scale=scale).loss_and_grads(*a_chunk())
    assert np.isfinite(loss) and np.isfinite(grads.vector).all()


@pytest.mark.parametrize("T", [6, 20_000])
def test_numbers_that_overflow_make_the_loss_nan_or_inf_without_a_warning(T):
    model = a_model("relu")
    model.params.vector[...] = 1e200
    assert not np.isfinite(model.loss_and_grads(*a_chunk(T, 1))[0])
    assert not np.isfinite(model.loss(*a_chunk(T, 1))[0])


@every_cell
def test_probabilities_are_the_softmax_after_the_prompt(kind):
    model, prompt = a_model(kind, scale=1.0), [3, 1, 4]
    h, _, _ = model.cell.forward(model.params, np.array(prompt)[:, None])
    scores = h[-1, 0] @ model.params.W_hy + model.params.b_y
    for temperature in (0.5, 1.0, 3):
        p = model.probabilities(prompt, temperature)
        assert p.shape == (V,) and p.sum() == pytest.approx(1)
        assert np.allclose(p, softmax(scores / temperature), rtol=1e-12, atol=0)


@sees(("a temperature three per cent too high", CharModel.sample,
       "b_y - temperature * noise", "b_y - 1.03 * temperature * noise"))
@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_draws_are_as_frequent_as_the_softmax_says(temperature):
    scores = np.array([0.0, 1, 2, -1, 0.5, -3, 1.5])
    draws = fixed_scores(scores).sample([0], 100_000, np.random.default_rng(0), temperature)
    expected = 100_000 * softmax(scores / temperature)
    chi_square = np.sum((np.bincount(draws, minlength=V) - expected) ** 2 / expected)
    assert chi_square < 22.5      # six degrees of freedom: one honest sampler in a thousand exceeds it


@sees(("one of ten draws repeats the lots of the last", CharModel.sample,
       "(len(block), len(b_y))))",
       "(len(block), len(b_y))))\n            noise[10::10] = noise[9:-1:10]"))
def test_one_draw_does_not_depend_on_the_one_before():
    draws = fixed_scores(np.arange(V) / 3).sample([0], 50_000, np.random.default_rng(1))
    pairs = np.bincount(V * draws[:-1] + draws[1:], minlength=V * V) / 49_999
    p = softmax(np.arange(V) / 3)
    assert np.abs(pairs - np.outer(p, p).ravel()).max() < 0.005


@pytest.mark.parametrize("temperature", [1e-9, 1e-300])
@every_cell
def test_near_temperature_0_the_most_probable_character_is_taken(kind, temperature):
    model, prompt = a_model(kind, scale=1.0), [2]
    for drawn in model.sample(prompt, 30, np.random.default_rng(0), temperature):
        assert drawn == model.probabilities(prompt).argmax()
        prompt.append(drawn)


@every_cell
def test_the_whole_prompt_is_read_and_every_draw_is_fed_back(kind):
    """Under one generator, the second half of a sample is what follows the first half as a prompt."""
    model = a_model(kind, scale=1.0)
    ids = model.sample([1, 2, 3], 20, np.random.default_rng(5), 1e-9)
    again = model.sample([1, 2, 3, *ids[:8]], 12, np.random.default_rng(6), 1e-9)
    assert np.array_equal(ids[8:], again)


@every_cell
def test_the_same_generator_writes_the_same_text(kind):
    model = a_model(kind)
    one, same, other = (model.sample([0, 1], 600, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    assert one.shape == (600,) and one.dtype.kind == "i" and one.min() >= 0 and one.max() < V


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("temperature", [1e-300, 1e-3, 1.0, 1e3, 1e300])
@pytest.mark.parametrize("value", [1e30, -1e30, np.inf, -np.inf, np.nan])
def test_sampling_never_fails_on_extreme_scores(value, temperature, dtype):
    model = a_model(dtype=dtype)
    model.params.b_y[::2] = value
    ids = model.sample([0], 20, np.random.default_rng(0), temperature)
    assert ids.min() >= 0 and ids.max() < V


@every_cell
def test_sampling_never_fails_on_extreme_weights(kind):
    for value in (1e200, -1e200):
        model = a_model(kind)
        model.params.vector[::2] = value
        ids = model.sample([0, 1, 2], 20, np.random.default_rng(0))
        assert ids.min() >= 0 and ids.max() < V


def test_a_sample_of_length_0_is_empty():
    assert a_model().sample([0], 0, np.random.default_rng(0)).tolist() == []


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


@pytest.mark.parametrize("argument, value, error", [
    ("length", -1, ValueError), ("length", 2.5, TypeError), ("length", "5", TypeError),
    ("rng", 0, TypeError), ("rng", None, TypeError), ("rng", np.random.RandomState(0), TypeError),
    ("temperature", 0, ValueError), ("temperature", -1, ValueError),
    ("temperature", float("nan"), ValueError), ("temperature", float("inf"), ValueError),
    ("temperature", "hot", TypeError), ("temperature", True, TypeError),
])
def test_sampling_names_the_argument_that_does_not_fit(argument, value, error):
    arguments = {"prompt_ids": [0], "length": 5, "rng": np.random.default_rng(0), "temperature": 1.0}
    with pytest.raises(error, match=argument):
        a_model().sample(**{**arguments, argument: value})


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))],
                         ids=["deepcopy", "pickle"])
@every_cell
def test_a_copied_model_gives_the_same_and_lives_apart(kind, duplicate):
    model, chunk = a_model(kind), a_chunk()
    loss, grads, _ = model.loss_and_grads(*chunk)
    grads = grads.copy()
    twin = duplicate(model)
    twin_loss, twin_grads, _ = twin.loss_and_grads(*chunk)
    assert twin_loss == pytest.approx(loss, rel=1e-13)
    assert np.allclose(twin_grads.vector, grads.vector, rtol=0, atol=1e-13)
    assert repr(twin) == repr(model)
    twin.params.vector += 1
    twin.loss_and_grads(*a_chunk(seed=8))
    assert model.loss_and_grads(*chunk)[0] == pytest.approx(loss, rel=1e-13)


def test_a_pickled_model_does_not_grow_with_what_was_computed():
    model = a_model()
    before = len(pickle.dumps(model))
    model.loss_and_grads(*a_chunk(100, 10))
    assert len(pickle.dumps(model)) == before


def test_two_models_from_one_generator_differ_and_from_equal_ones_agree():
    rng = np.random.default_rng(0)
    one, two = CharModel(RNN(V, H), rng), CharModel(RNN(V, H), rng)
    assert not np.array_equal(one.params.vector, two.params.vector)
    assert np.array_equal(one.params.vector, CharModel(RNN(V, H), np.random.default_rng(0)).params.vector)


@every_cell
def test_a_model_has_the_cells_parameters_and_the_read_out(kind):
    model = a_model(kind)
    assert model.params.shapes == {**model.cell.shapes, "W_hy": (H, V), "b_y": (V,)}
    assert not model.params.b_y.any() and model.params.W_hy.std() > 0.1
