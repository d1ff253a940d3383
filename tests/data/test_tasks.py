"""The toy tasks: what they show, what they ask, and that nobody does better than chance without memory."""

import itertools
import math

import numpy as np
import pytest

from helpers.data import (
    RECALL_CHANCE,
    adding_chance,
    adding_sequences,
    copy_sequences,
    echo_sequences,
    recall_sequences,
)


def conditional_entropy(seen: np.ndarray, answers: np.ndarray) -> float:
    """Mean nats of `answers` for one who knows `seen`, both (N,) integers, counted."""
    pairs = np.zeros((seen.max() + 1, answers.max() + 1))
    np.add.at(pairs, (seen, answers), 1)
    given = pairs / pairs.sum(axis=1, keepdims=True).clip(1)
    return float(-(pairs * np.log(given, where=given > 0, out=np.zeros_like(given))).sum() / pairs.sum())


def test_recall_asks_for_the_first_symbol_and_shows_it_nowhere_else():
    x, answers = recall_sequences(np.random.default_rng(0), lag=7, batch=500)
    assert x.shape == (8, 500) and answers.shape == (500,)
    assert (x[0] == answers).all() and set(answers) == {0, 1, 2, 3} and set(x[1:].ravel()) == {4, 5, 6, 7}


def test_recall_chance_holds_for_one_who_saw_all_but_the_first_symbol():
    x, answers = recall_sequences(np.random.default_rng(0), lag=2, batch=200_000)
    assert conditional_entropy(4 * x[1] + x[2], answers) == pytest.approx(RECALL_CHANCE, abs=1e-3)
    assert math.exp(RECALL_CHANCE) == pytest.approx(4)


def test_echo_answers_are_the_symbols_lag_steps_earlier():
    x, answers = echo_sequences(np.random.default_rng(0), lag=3, length=20, batch=4, symbols=5)
    assert x.shape == (20, 4) and answers.shape == (17, 4) and set(x.ravel()) == set(range(5))
    for t in range(3, 20):
        assert (answers[t - 3] == x[t - 3]).all()


@pytest.mark.parametrize("symbols", [2, 3])
def test_echo_chance_is_the_log_of_the_number_of_symbols_until_the_memory_reaches_back(symbols):
    x, answers = echo_sequences(np.random.default_rng(0), lag=2, length=60_000, batch=1, symbols=symbols)
    last_two = (symbols * x[1:-1] + x[2:]).ravel()
    assert conditional_entropy(last_two, answers.ravel()) == pytest.approx(math.log(symbols), abs=1e-3)
    assert conditional_entropy(x[:-2].ravel(), answers.ravel()) == 0


def test_adding_has_one_mark_in_each_half_and_asks_for_the_sum_of_the_marked_values():
    x, sums = adding_sequences(np.random.default_rng(0), length=10, batch=2000)
    assert x.shape == (10, 2000, 2) and x.dtype == float and sums.shape == (2000,)
    assert (x[:5, :, 1].sum(axis=0) == 1).all() and (x[5:, :, 1].sum(axis=0) == 1).all()
    assert set(np.unique(x[..., 1])) == {0, 1} and (0 <= x[..., 0]).all() and (x[..., 0] < 1).all()
    for b in range(20):
        assert sums[b] == pytest.approx(x[x[:, b, 1] == 1, b, 0].sum())
    assert set(x[..., 1].argmax(axis=0)) == set(range(5))          # every place is taken by some mark


@pytest.mark.parametrize("memory", [0, 1, 2, 3, 4, 5, 6])
def test_adding_chance_with_a_short_memory_counted_over_all_places_of_the_marks(memory):
    length, unknown = 6, []
    for first, second in itertools.product(range(3), range(3, 6)):
        unknown.append((first < length - memory) + (second < length - memory))
    assert adding_chance(length, memory) == pytest.approx(np.mean(unknown) / 12)
    assert adding_chance(50) == 1 / 6


@pytest.mark.parametrize(("make", "name"), [
    (lambda rng: recall_sequences(rng, 0, 5), "lag"),
    (lambda rng: echo_sequences(rng, 5, 5, 5), "lag"),
    (lambda rng: adding_sequences(rng, 7, 5), "even"),
    (lambda rng: adding_sequences(rng, 8, 0), "batch"),
    (lambda rng: adding_chance(10, 11), "memory"), (lambda rng: adding_chance(10, -1), "memory"),
    (lambda rng: recall_sequences(rng, 1, 0), "batch"), (lambda rng: echo_sequences(rng, 1, 2, 1, 0), "symb"),
    (lambda rng: copy_sequences(rng, 0, 1), "length"), (lambda rng: copy_sequences(rng, 1, 1, 0), "symbols"),
])
def test_arguments_that_do_not_fit_are_named(make, name):
    with pytest.raises(ValueError, match=name):
        make(np.random.default_rng(0))


@pytest.mark.parametrize("make", [
    lambda rng: recall_sequences(rng, 3, 5), lambda rng: echo_sequences(rng, 3, 9, 5),
    lambda rng: adding_sequences(rng, 8, 5),
])
def test_the_same_generator_gives_the_same_sequences_and_a_seed_is_refused(make):
    for one, other in zip(make(np.random.default_rng(3)), make(np.random.default_rng(3)), strict=True):
        assert (one == other).all()
    with pytest.raises(TypeError, match="rng"):
        make(3)
