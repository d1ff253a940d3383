"""The character model: its loss, its probabilities, and what it writes."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest
from common import char_model, every_cell

from helpers.networks import CharModel

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


def test_equal_scores_cost_exactly_ln_v():
    loss, grads, _ = fixed_scores(0.0).loss_and_grads(*a_chunk())
    assert loss == pytest.approx(np.log(V), rel=1e-15)
    assert not grads.W_xh.any() and grads.b_y.sum() == pytest.approx(0, abs=1e-15)


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


@every_cell
def test_the_whole_prompt_is_read_and_every_draw_is_fed_back(kind):
    """Under one generator, the second half of a sample is what follows the first half as a prompt."""
    model = a_model(kind, scale=1.0)
    ids = model.sample([1, 2, 3], 20, np.random.default_rng(5), 1e-9)
    again = model.sample([1, 2, 3, *ids[:8]], 12, np.random.default_rng(6), 1e-9)
    assert np.array_equal(ids[8:], again)


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
    twin.params.vector += 1
    twin.loss_and_grads(*a_chunk(seed=8))
    assert model.loss_and_grads(*chunk)[0] == pytest.approx(loss, rel=1e-13)
