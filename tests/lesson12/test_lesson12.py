"""Lesson 12: automata, what is drawn from networks, counters, and the numbers that are shipped."""

import re
from itertools import product

import numpy as np
import pytest

from helpers.lessons.lesson12 import (
    KINDS,
    ORDERS,
    RULES,
    SIGNS,
    TOMITA,
    LinearRecurrence,
    agreement,
    answers,
    automaton,
    counted_strings,
    counter,
    counter_path,
    counting_network,
    distinguishing_string,
    extract_automaton,
    grammar_looks,
    grammar_network,
    learning_machine,
    machine,
    machine_at,
    minimise,
    network_accepts,
    network_answers,
    parity_by_factor,
    parity_strings,
    plot_accuracy_beyond,
    plot_counter,
    plot_crossings,
    plot_factor,
    plot_memories,
    plot_reach,
    reach,
    record_counting,
    run_unit,
    strings_to,
)
from helpers.lessons.lesson12.counter import told_end
from helpers.lessons.lesson12.extraction import BEGIN, grammar_strings, live_states
from helpers.lessons.lesson12.following import following, permutation_strings
from helpers.lessons.lesson12.pictures import crossing_sum
from helpers.networks import CELLS, Model, Softmax, numerical_gradient, relative_error
from helpers.runs import load_run

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


# --- automata ---

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


def test_what_is_no_automaton_and_no_string_is_refused():
    with pytest.raises(ValueError, match="the two states to which 0 and 1 lead"):
        automaton([[0, 2]], [1])
    with pytest.raises(ValueError, match="It may contain only 0 and 1"):
        TOMITA[1].says("102")


def test_agreement_leaves_the_empty_string_out():
    everything, nothing = automaton([[0, 0]], [1]), automaton([[0, 0]], [0])
    assert agreement(answers(everything, 12), answers(everything, 12)) == 8190
    assert agreement(answers(everything, 12), answers(nothing, 12)) == 0


# --- what is drawn from a network ---

def test_strings_to_learn_from_begin_and_are_told_right():
    for grammar, made in TOMITA.items():
        x, wanted = grammar_strings(np.random.default_rng(0), made, 9, 8)
        assert x.shape == wanted.shape == (10, 8) and (x[0] == BEGIN).all()
        for string, told in zip(x[1:].T, wanted.T, strict=True):
            for n in range(10):
                assert told[n] == BELONGS[grammar]("".join(map(str, string[:n])))
    assert live_states(TOMITA[4]).tolist() == [True, True, True, False]


@pytest.mark.parametrize(("key", "right"), [("5", 8190), ("6", 8038)])
def test_the_shipped_networks_are_right_as_often_as_the_lesson_says(key, right):
    network, wanted = grammar_network(int(key)), answers(TOMITA[int(key)], 12)
    said = network_answers(network, 12)
    assert abs(agreement(said, wanted) - right) <= 2
    for string in ("", "0", "01", "1001101"):
        assert network_accepts(network, string) == said[len(string)][int(string or "0", 2)]
    if key == "5":
        drawn = extract_automaton(network, 0.25)
        assert distinguishing_string(drawn.smallest, TOMITA[5]) is None and drawn.closed
        assert distinguishing_string(drawn.machine, drawn.smallest) is None
    else:
        drawn = [extract_automaton(network, distance / 100) for distance in range(60, 10, -5)]
        assert all(one.closed for one in drawn), "no walk of the lesson is cut off"
        assert [len(one.smallest.accepts) for one in drawn] == [7, 11, 10, 10, 15, 15, 15, 17, 19, 24]


def that_knows_the_last_symbol(cell: str) -> Model:
    """One unit whose state is 0 at first, -1 after a 0 and 1 after a 1; of an LSTM c is, and h stays 0."""
    model = Model(CELLS[cell](3, 1), Softmax(2), np.random.default_rng(0))
    p, far = model.params, 40.0
    p.vector[:] = 0
    p.W_xh[:2, -1] = -far, far                  # the block of tanh is the last
    p.b_h[:-1] = {"RNN": [], "GRU": [0, -far], "LSTM": [far, -far, -far]}[cell]
    return model


@pytest.mark.parametrize("cell", ["RNN", "GRU", "LSTM"])
def test_of_every_cell_the_whole_state_tells_states_apart_and_a_string_is_asked_as_one_of_all(cell):
    drawn = extract_automaton(that_knows_the_last_symbol(cell), 0.25)
    assert drawn.machine.steps.tolist() == [[1, 2]] * 3 and drawn.closed
    network = Model(CELLS[cell](3, 4), Softmax(2), np.random.default_rng(18), scale=2.0)
    said = network_answers(network, 5)
    assert len(set(said[5].tolist())) == 2 and all(
        network_accepts(network, string) == said[len(string)][int(string or "0", 2)]
        for length in range(6) for string in map("".join, product("01", repeat=length)))


def test_a_network_is_looked_at_while_it_learns():
    looks = [look for look in grammar_looks(np.random.default_rng(0), 1, every=100, updates=300) if look]
    assert [look.updates for look in looks] == [1, 100, 200, 300]
    assert looks[-1].network == looks[-1].machine_right == 1 and len(looks[-1].machine.accepts) == 2


def test_124_of_140_automata_are_the_grammar():
    results = load_run("12/grammars")
    wrong = [run for run in results if run.value["apart"] is not None]
    assert len(results) == 140 and [run.parameters["grammar"] for run in wrong] == 16 * [6]
    for run in results:
        if run.value["apart"] is None:
            assert run.value["states"] == len(TOMITA[run.parameters["grammar"]].accepts)
            assert run.value["network"] <= run.value["automaton"] == 8190


# --- linear recurrences, parity, permutations ---

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


def test_a_linear_recurrence_refuses_other_factors():
    with pytest.raises(ValueError, match=r"Take '\(0, 1\)'"):
        LinearRecurrence(2, 3, "all")


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


def test_parity_is_learnt_as_the_lesson_says():
    runs = load_run("12/parity")
    learnt = [sum(run.value["updates"] is not None for run in runs if run.parameters["kind"] == kind)
              for kind in KINDS]
    assert learnt == [20, 20, 18, 0, 20]
    breaks = [run.value["breaks"] for run in runs if run.parameters["kind"] == "linear (-1, 1)"]
    assert (min(breaks), max(breaks)) == (168, 1234)
    swaps = load_run("12/permutations")
    learnt = [sum(run.value["updates"] is not None for run in swaps if run.parameters["kind"] == kind)
              for kind in KINDS]
    assert learnt == [20, 20, 5, 0, 0]


def test_a_short_run_learns_parity_and_says_where_it_breaks():
    found = following(np.random.default_rng(0), "linear (-1, 1)", updates=300, longer=0, beyond=(64, 512))
    assert found["at"] == [40, 64, 512] and found["updates"] < 300
    assert found["right"][0] == 1 and found["right"][2] < 0.7 and 40 < found["breaks"] < 512


def test_a_constant_and_decaying_curves_cross_as_often_as_there_are_curves():
    for units in range(1, 7):
        y = crossing_sum(units, 60)
        assert (np.diff(np.sign(y)) != 0).sum() == units
        assert np.allclose(y[: units + 1], (-1.0) ** np.arange(units + 1))


# --- counting ---

def test_the_unit_set_by_hand_counts_to_a_thousand_and_its_path_is_that_of_the_picture():
    x, ns = strings_to(60)
    h, c = run_unit(*counter(), x)
    assert np.allclose(c[:120, -1], counter_path(60, 60, 20)[1:])
    assert np.allclose(h, np.tanh(c))
    assert np.abs(c[2 * ns - 1, np.arange(60)]).max() < 0.01
    assert [told_end(counter_path(n, n, 10), n) == 2 * n for n in (99, 100)] == [True, False]


def test_counted_strings_say_what_follows():
    x, after = counted_strings(np.array([2, 1]), 5)
    assert x.T.tolist() == [[0, 0, 1, 1, 2], [0, 1, 2, 2, 2]]
    assert after.T.tolist() == [[0, 1, 1, 2, 2], [1, 2, 2, 2, 2]]


def test_networks_count_as_far_as_the_lesson_says():
    reached = {cell: [run.value["reach"] for run in load_run("12/counting") if run.parameters["cell"] == cell]
               for cell in ("LSTM", "GRU", "RNN")}
    last = {cell: sorted(after for *_, after in found) for cell, found in reached.items()}
    assert [len(found) for found in last.values()] == [20, 20, 20]
    assert (last["LSTM"][0], last["LSTM"][-2], last["LSTM"][-1], np.median(last["LSTM"])) == (21, 33, 52, 24)
    assert sum(n >= 20 for n in last["GRU"]) == 16 and last["GRU"][-1] == 27 and last["RNN"][-1] == 18
    assert sum(after < before for _, before, after in reached["LSTM"]) == 8
    assert [reach(counting_network(cell)) for cell in ("LSTM", "GRU", "RNN")] == [42, 27, 0]
    held = record_counting(counting_network("LSTM"), 20)
    assert held.shape == (40, 8) and np.abs(held).max() > 10, "c, which is not squashed"
    assert np.abs(record_counting(counting_network("GRU"), 20)).max() <= 1


# --- pictures ---

def test_pictures_say_what_they_show():
    assert "after 28 steps the size falls below 0.05. The readout is right on 85 %" in plot_factor(
        -0.9).sentence
    assert parity_by_factor(-1, 4096).all() and "100 % of 4,096" in plot_factor(-1).sentence
    assert "crosses zero 3 times" in plot_crossings(3).sentence
    assert "0 of 20 runs learn" in plot_accuracy_beyond(load_run("12/parity"), "linear (0, 1)").sentence
    assert "too early, which is wrong" in plot_counter(10, 200).sentence
    assert "which is right." in plot_counter(20, 1000).sentence
    assert "LSTM 21 to 52 (median 24)" in plot_reach(load_run("12/counting"), 2000).sentence
    assert "unit 2 moves by +1.00 at each a and by −1.00" in plot_memories(
        np.array([[0, 1], [0, 2], [0, 3], [0, 2], [0, 1], [0, 0.0]]), 3, True).sentence
    assert "moves by +0.00 over the a's and by +0.80 over the b's, in unequal steps" in plot_memories(
        np.array([[0.9], [0.1], [0.0], [0.0], [0.1], [0.8]]), 3, True, "GRU").sentence
    assert "the empty string ends in state 0 and is accepted, and the network says no" in machine(
        TOMITA[5], "", False).sentence
    assert "nothing is learnt yet" in learning_machine([], 5).sentence
    assert "12 states, and minimising leaves 3 states" in machine_at(TOMITA[6], 12, 0.3, 0.9, 0.8).sentence


@pytest.mark.parametrize(("draw", "given", "words"), [
    (plot_factor, (1.5,), "from -1 to 1"), (plot_crossings, (7,), "from 1 to 6"),
    (plot_counter, (20, 0), "from 1 to"),
    (plot_accuracy_beyond, (load_run("12/parity"), "plain"), "Choose one of"),
    (plot_reach, (load_run("12/counting"), 700), "Choose one of 500, 1000, 2000"),
    (machine, (TOMITA[1], "2"), "only 0 and 1"),
])
def test_pictures_refuse_what_they_cannot_draw(draw, given, words):
    with pytest.raises(ValueError, match=words):
        draw(*given)

