"""The toy tasks: what they show, what they ask, and that nobody does better than chance without memory."""

import itertools
import math

import numpy as np
import pytest

from helpers.data import (
    RECALL_CHANCE,
    adding_chance,
    adding_sequences,
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


def test_echo_chance_is_that_of_a_coin_until_the_memory_reaches_back():
    x, answers = echo_sequences(np.random.default_rng(0), lag=2, length=60_000, batch=1)
    last_two = (2 * x[1:-1] + x[2:]).ravel()
    assert conditional_entropy(last_two, answers.ravel()) == pytest.approx(math.log(2), abs=1e-3)
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
