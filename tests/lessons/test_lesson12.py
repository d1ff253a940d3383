"""Lesson 12: automata, what is drawn from networks, and counters."""

import re
from itertools import product

import numpy as np
import pytest

from helpers.lessons.lesson12 import (
    ORDERS,
    RULES,
    SIGNS,
    TOMITA,
    LinearRecurrence,
    agreement,
    answers,
    automaton,
    counter,
    counter_path,
    distinguishing_string,
    minimise,
    parity_strings,
    run_unit,
    strings_to,
)
from helpers.lessons.lesson12.experiments import (
    BEGIN,
    grammar_strings,
    live_states,
    permutation_strings,
    signalled_end,
)
from helpers.networks import Model, Softmax, numerical_gradient, relative_error

BELONGS = {         # in other words than the automata
    1: lambda s: "0" not in s,
    2: lambda s: re.fullmatch("(10)*", s) is not None,
    3: lambda s: not any(len(ones) % 2 and len(zeros) % 2 for ones, zeros in re.findall("(1+)(0+)", s)),
    4: lambda s: "000" not in s,
    5: lambda s: s.count("0") % 2 == s.count("1") % 2 == 0,
    6: lambda s: (s.count("0") - s.count("1")) % 3 == 0,
    7: lambda s: re.fullmatch("0*1*0*1*", s) is not None,
}


def strings(longest: int) -> list[str]:
    return ["".join(bits) for n in range(longest + 1) for bits in product("01", repeat=n)]


@pytest.mark.parametrize("grammar", TOMITA)
def test_the_automata_of_tomita_say_what_their_rules_say(grammar):
    said = np.concatenate(answers(TOMITA[grammar], 9))
    wanted = [BELONGS[grammar](string) for string in strings(9)]
    assert said.tolist() == wanted == [TOMITA[grammar].says(string) for string in strings(9)]
    assert len(minimise(TOMITA[grammar]).accepts) == len(TOMITA[grammar].accepts), "it is the smallest"
    assert RULES[grammar]


@pytest.mark.parametrize("seed", range(20))
def test_minimised_says_the_same_and_no_two_of_its_states_do(seed):
    rng = np.random.default_rng(seed)
    S = int(rng.integers(1, 9))
    made = automaton(rng.integers(S, size=(S, 2)), rng.integers(2, size=S))
    small = minimise(made)
    assert distinguishing_string(made, small) is None and len(small.accepts) <= S
    for a, b in product(range(len(small.accepts)), repeat=2):
        if a != b:
            assert distinguishing_string(_from(small, a), _from(small, b)) is not None
    assert minimise(small).steps.tolist() == small.steps.tolist()


def _from(made, state):
    """The automaton that begins at another state."""
    order = [state, *(n for n in range(len(made.accepts)) if n != state)]
    place = np.argsort(order)
    return automaton(place[made.steps[order]], made.accepts[order])


@pytest.mark.parametrize("seed", range(20))
def test_told_apart_finds_the_shortest_string_there_is(seed):
    rng = np.random.default_rng(seed)
    one, other = (automaton(rng.integers(3, size=(3, 2)), rng.integers(2, size=3)) for _ in range(2))
    different = [string for string in strings(9) if one.says(string) != other.says(string)]
    found = distinguishing_string(one, other)
    assert (found is None) == (not different)
    assert found is None or (found in different and len(found) == len(different[0]))


def test_agreement_leaves_the_empty_string_out():
    everything, nothing = automaton([[0, 0]], [1]), automaton([[0, 0]], [0])
    assert agreement(answers(everything, 12), answers(everything, 12)) == 8190
    assert agreement(answers(everything, 12), answers(nothing, 12)) == 0


def test_strings_to_learn_from_begin_and_are_told_right():
    for grammar, made in TOMITA.items():
        x, wanted = grammar_strings(np.random.default_rng(0), made, 9, 8)
        assert x.shape == wanted.shape == (10, 8) and (x[0] == BEGIN).all()
        for string, told in zip(x[1:].T, wanted.T, strict=True):
            for n in range(10):
                assert told[n] == BELONGS[grammar]("".join(map(str, string[:n])))
    assert live_states(TOMITA[4]).tolist() == [True, True, True, False]


@pytest.mark.parametrize("factors", ["(0, 1)", "(-1, 1)"])
def test_the_gradient_of_a_linear_recurrence_is_that_of_differences(factors):
    rng = np.random.default_rng(0)
    model = Model(LinearRecurrence(3, 4, factors), Softmax(2), rng)
    x, wanted = rng.integers(3, size=(6, 2)), rng.integers(2, size=(6, 2))
    state = (rng.normal(size=(2, 4)),)
    grads = model.loss_and_grads(x, wanted, state)[1].copy()
    for name, array in model.params.items():
        found = numerical_gradient(lambda: model.loss(x, wanted, state)[0], array)
        assert relative_error(grads[name], found) < 1e-7, name


def test_orders_follow_each_other_as_swaps_do():
    x, orders = permutation_strings(np.random.default_rng(0), 12, 5)
    for string, told in zip(x.T, orders.T, strict=True):
        cups = np.arange(3)
        for symbol, order in zip(string, told, strict=True):
            cups = ORDERS[symbol][cups]
            assert cups.tolist() == ORDERS[order].tolist()
    assert np.array_equal(np.cumprod(SIGNS[x], axis=0), SIGNS[orders]), "signs multiply"
    bits, odd = parity_strings(np.random.default_rng(0), 9, 4)
    assert np.array_equal(odd[-1], bits.sum(axis=0) % 2)


def test_the_unit_set_by_hand_counts_to_a_thousand_and_its_path_is_that_of_the_picture():
    x, ns = strings_to(60)
    h, c = run_unit(*counter(), x)
    assert np.allclose(c[:120, -1], counter_path(60, 60, 20)[1:])
    assert np.allclose(h, np.tanh(c))
    assert np.abs(c[2 * ns - 1, np.arange(60)]).max() < 0.01
    assert [signalled_end(counter_path(n, n, 10), n) == 2 * n for n in (99, 100)] == [True, False]
