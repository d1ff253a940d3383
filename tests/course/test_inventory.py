"""The concept inventory: right answers that come out, wrong ones with a source."""

import math
import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from course import ROOT
from writers import inventory

from helpers.data import LETTERS, questions
from helpers.data.lessons import lesson_names
from helpers.networks import RNN, CharModel, clip_norm, gradient_norms, loss_by_state_gradients
from helpers.networks.parameters import Parameters

ITEMS = inventory.items()
README = (ROOT / "docs" / "inventory" / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
every_item = pytest.mark.parametrize("item", ITEMS, ids=[str(one.number) for one in ITEMS])


def right(number: int) -> str:
    one = ITEMS[number - 1]
    return one.options[LETTERS.index(one.answer)]


def wrong(number: int, letter: str) -> str:
    return ITEMS[number - 1].options[LETTERS.index(letter)]


def test_there_are_fifteen_with_four_options_and_evenly_spread_letters():
    assert len(ITEMS) == 15 and all(len(set(one.options)) == 4 for one in ITEMS)
    letters = [one.answer for one in ITEMS]
    assert set(Counter(letters).values()) <= {3, 4}
    assert all(len(set(three)) > 1 for three in zip(letters, letters[1:], letters[2:], strict=False))
    assert letters[:4] != letters[4:8] and sum(a == b for a, b in pairwise(letters)) <= 3


def test_no_length_gives_the_right_option_away():
    words = [[len(option.split()) for option in one.options] for one in ITEMS]
    for one, lengths in zip(ITEMS, words, strict=True):
        assert max(lengths) <= min(lengths) + 5, f"question {one.number}: {lengths}"
    places = [LETTERS.index(one.answer) for one in ITEMS]
    longest = sum(lengths.count(max(lengths)) == 1 and lengths[place] == max(lengths)
                  for lengths, place in zip(words, places, strict=True))
    shortest = sum(lengths.count(min(lengths)) == 1 and lengths[place] == min(lengths)
                   for lengths, place in zip(words, places, strict=True))
    assert longest <= 4 and shortest <= 4


def test_the_form_has_no_answer_and_no_hint_of_one():
    form = inventory.form()
    for one in ITEMS:
        assert one.ask in form and all(option in form for option in one.options)
        assert one.why not in form and one.about not in form
        assert not any(bad.says in form for bad in one.wrong)
    assert "key" not in form.lower() and "](" not in form and "lesson" not in form


@every_item
def test_each_wrong_option_has_an_idea_with_a_source_and_a_section_that_mends_it(item):
    letters = [bad.option for bad in item.wrong]
    assert letters == sorted(letters), "an idea may stand at another option's letter"
    for bad in item.wrong:
        kind, _, rest = bad.met.partition(" ")
        assert kind in ("question", "guide", "paper:", "code:", "guess"), bad.met
        assert inventory.met(bad.met) and bad.idea and bad.says.endswith(".")
        assert inventory.section(bad.mends)
        if kind == "guide":
            lesson, _, idea = rest.partition(": ")
            part = re.search(rf"^## {lesson} .*?(?=^## )", GUIDE, re.MULTILINE | re.DOTALL)[0]
            assert idea in part, f"the guide says {idea!r} no more"
        if kind == "paper:":
            assert re.search(r"\*.+\*, .+ \d+ \((?:19|20)\d\d\)", rest)


def test_most_ideas_were_met_somewhere_and_each_has_one_name():
    ideas = [bad for one in ITEMS for bad in one.wrong]
    assert len(ideas) == 45 and sum(bad.met == "guess" for bad in ideas) <= 6
    assert len({bad.idea for bad in ideas}) == 45


def test_an_item_without_an_idea_for_each_wrong_option_is_refused():
    one = ITEMS[0]
    with pytest.raises(ValueError, match="question 1: each option"):
        inventory.Item(1, one.about, one.ask, one.options, one.answer, one.why, one.wrong[:2])
    with pytest.raises(ValueError, match="the right one"):
        inventory.met("question 01.what-state-holds a")
    with pytest.raises(ValueError, match="no 'nowhere'"):
        inventory.section("01.nowhere")


@every_item
def test_no_question_of_the_course_has_the_same_figures(item):
    """What is asked again with the numbers of a lesson measures memory."""
    def figures(text: str) -> set[str]:
        return set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"_\{?\w+\}?|h_\d", "", text)))

    mine = figures(item.ask)
    for name in lesson_names():
        for asked in questions(name[:2]).predict.values():
            theirs = figures(asked.ask)
            assert not (len(mine) > 1 and mine == theirs), f"question {item.number} and {asked.id}"


# --- the right answers, worked out ---


def test_1_a_state_has_as_many_numbers_as_units_and_each_word_may_change_it():
    cell = RNN(5, 6)
    p = cell.init(np.random.default_rng(0))
    words = np.random.default_rng(1).integers(5, size=(20, 1))
    short, long = (cell.forward(p, np.tile(words, (times, 1)))[1][0] for times in (1, 50))
    assert short.shape == long.shape == (1, 6)
    for step in range(20):
        other = words.copy()
        other[step] = (other[step] + 1) % 5
        assert not np.array_equal(cell.forward(p, other)[1][0], short)
    assert right(1).startswith("six numbers after each")


def test_2_a_changed_weight_acts_from_the_second_step_on():
    cell = RNN(4, 3)
    p = cell.init(np.random.default_rng(0))
    symbols = np.random.default_rng(1).integers(4, size=(10, 1))
    before = cell.forward(p, symbols)[0].copy()
    p.W_hh[0, 2] += 0.1
    moved = np.abs(cell.forward(p, symbols)[0] - before).max(axis=(1, 2)) > 0
    assert list(1 + np.flatnonzero(moved)) == list(range(2, 11))
    assert right(2) == "in the steps from the second to the tenth"


def test_3_the_sure_and_wrong_one_pays_more():
    a, b = (-np.log(p).mean() for p in ([0.5, 0.5, 0.5], [0.9, 0.9, 0.02]))
    assert a < b and np.mean([0.9, 0.9, 0.02]) > 0.5, "else option c names no mistake"
    assert (f"{-math.log(0.5):.2f}", f"{-math.log(0.9):.2f}", f"{-math.log(0.02):.2f}", f"{b:.2f}") == (
        "0.69", "0.11", "3.91", "1.37")
    assert all(number in ITEMS[2].why for number in ("0.69", "0.11", "3.91", "1.37"))
    assert right(3).startswith("that of A")


def test_4_a_fresh_network_guesses_evenly():
    assert right(4) == f"{math.log(20):.2f}"
    model = CharModel(RNN(20, 10), np.random.default_rng(0), scale=0.01)
    often = np.where(np.arange(100)[:, None] % 2, 0, 1 + np.arange(100)[:, None] // 2 % 19)
    assert model.loss(often[:-1], often[1:])[0] == pytest.approx(math.log(20), abs=0.01)
    assert [wrong(4, letter) for letter in "abc"] == [
        f"{1 / 20:.2f}", f"{19 / 20:.2f}", f"{0.5 * math.log(2) + 0.5 * math.log(38):.2f}"]


def test_5_above_chance_is_possible_and_means_sure_and_wrong():
    chance, held_out = 3.0, 3.9
    even = math.exp(-chance)
    assert math.exp(-held_out) < even, "the right characters get less than an even guess gives them"
    assert right(5).startswith("it has memorised its text")


def test_6_two_uses_add_up():
    def loss(s, t):
        return 2 * s * (3 * t) ** 2

    def slope(f):
        return (f(1 + 1e-6) - f(1 - 1e-6)) / 2e-6

    first, second = slope(lambda s: loss(s, 1)), slope(lambda t: loss(1, t))
    found = [f"{value:.0f}" for value in ((first + second) / 2, max(first, second), first + second,
                                          first * second)]
    assert found == list(ITEMS[5].options) and right(6) == found[2]
    assert f"{slope(lambda s: loss(s, s)):.0f}" == right(6)


def test_7_only_what_came_before_gets_a_gradient():
    model = CharModel(RNN(4, 3), np.random.default_rng(0))
    symbols = np.random.default_rng(1).integers(4, size=(9, 1))
    by_loss = loss_by_state_gradients(model, symbols[:-1], symbols[1:])[0][5, :, 0]      # the loss of step 6
    assert list(1 + np.flatnonzero(np.abs(by_loss).max(axis=1) > 0)) == [1, 2, 3, 4, 5, 6]
    assert right(7) == "those of steps 1 to 6"


def test_8_the_state_crosses_borders_and_the_gradient_does_not():
    model = CharModel(RNN(4, 8), np.random.default_rng(0))
    model.params.W_hh = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0]
    symbols = np.random.default_rng(2).integers(4, size=(81, 1))

    def at_65(symbols):
        state, states = None, []
        for start in range(0, 80, 20):
            h, last, _ = model.cell.forward(model.params, symbols[start:start + 20], state)
            states.append(h.copy())
            state = tuple(part.copy() for part in last)
        return np.concatenate(states)[64]

    other = symbols.copy()
    other[9] = (other[9] + 1) % 4
    assert np.abs(at_65(symbols) - at_65(other)).max() > 1e-9, "step 10 is in the state of 65"
    assert np.allclose(at_65(symbols), model.cell.forward(model.params, symbols)[0][64])
    assert 1 + 64 // 20 * 20 == 61 and "before step 61" in ITEMS[7].why
    assert right(8).startswith("yes: the carried state may hold it")


def test_9_a_share_of_what_is_left():
    assert f"{0.98**200:.3f}" == "0.018" and 1 / 60 < 0.98**200 < 1 / 50
    assert right(9) == "about a fiftieth" and 1 - 50 * 0.02 == 0 and "step 50" in wrong(9, "a")


def test_10_a_bound_that_need_not_be_reached():
    assert f"{1.3**30:,.0f}" == "2,620" and right(10).startswith("it grows at most 2,620-fold")
    rng = np.random.default_rng(0)
    cell = RNN(32, 32)
    p = cell.init(rng)
    W = rng.normal(size=(32, 32))
    p.W_hh = 1.3 * W / np.linalg.norm(W, 2)
    norms = gradient_norms(cell, p, rng.normal(size=(60, 1, 32)))
    assert np.linalg.norm(p.W_hh, 2) == pytest.approx(1.3) and norms[30] < 1e-6, "it may vanish"
    grown = gradient_norms(cell, p_of_identity(cell, 1.3), np.zeros((31, 1, 32)))
    assert 1000 < grown[30] / grown[0] <= 1.3**30 * 1.001, "it may grow, if all slopes are 1"


def p_of_identity(cell, size):
    p = cell.init(np.random.default_rng(0))
    p.vector[:] = 0
    p.W_hh = size * np.eye(len(p.b_h))
    return p


def test_11_the_length_counts():
    def clipped(*entries):
        grads = Parameters({"w": (2,)})
        grads.w = np.array(entries)
        clip_norm(grads, 2.0)
        return grads.w

    unchanged = [entries for entries in ((-5, 0.1), (1.9, 1.9), (0.1, -0.2))
                 if np.allclose(clipped(*entries), entries)]
    assert unchanged == [(0.1, -0.2)] and right(11).startswith("(0.1, −0.2) is left as it is")
    assert [f"{np.hypot(*entries):.2f}" for entries in ((0.1, -0.2), (1.9, 1.9), (-5, 0.1))] == [
        "0.22", "2.69", "5.00"]


def test_12_an_ordinary_norm_with_a_vanished_far_part():
    rng = np.random.default_rng(0)
    W, h, parts = rng.uniform(-1, 1, (32, 32)) / np.sqrt(32), np.zeros((41, 32)), []
    for t in range(1, 41):
        h[t] = np.tanh(rng.normal(size=32) + h[t - 1] @ W)
    dh = rng.normal(size=32)
    for t in range(40, 0, -1):
        da = (1 - h[t] ** 2) * dh
        parts.append(np.outer(h[t - 1], da))
        dh = da @ W.T
    whole, far = (np.linalg.norm(sum(some)) for some in (parts, parts[30:]))
    assert whole > 0.1 and far < 1e-8 * whole and right(12).startswith("nothing")


def test_13_three_steps_of_a_gate():
    c = 10.0
    for _ in range(3):
        c = 0.8 * c + 0 * 0.5
    assert right(13) == f"{c:.2f}"
    assert [wrong(13, letter) for letter in "abd"] == [f"{10 * 0.2**3:.2f}", f"{10 - 3 * 2:.2f}", f"{10:.2f}"]


def test_14_one_run_within_the_spread_of_the_other():
    numbers = list(map(float, re.findall(r"\d\.\d+", ITEMS[13].ask)))
    a, b, low, high = numbers
    assert low < a < b < high and right(14).startswith("that it is open")
    assert f"{b - a:.2f}" in wrong(14, "c")


def test_15_a_loss_falls_with_a_wrong_gradient():
    """The carried gradient is thrown away at every step, and the network learns all the same."""
    rng = np.random.default_rng(0)
    model = CharModel(RNN(4, 8), rng)
    symbols = np.tile([0, 1, 2, 3], 6)[:, None]
    inputs, targets = symbols[:-1], symbols[1:]
    first, exact, _ = model.loss_and_grads(inputs, targets)
    exact = exact.copy()

    def wrong_gradient():
        h = model.cell.forward(model.params, inputs)[0].copy()
        _, grads, _ = model.loss_and_grads(inputs, targets)
        grads = grads.copy()
        scores = h @ model.params.W_hy + model.params.b_y
        p = np.exp(scores) / np.exp(scores).sum(axis=2, keepdims=True)
        da = ((p - np.eye(4)[targets]) / len(inputs)) @ model.params.W_hy.T * (1 - h**2)
        grads.b_h = da.sum(axis=(0, 1))
        grads.W_hh = sum(np.outer(h[t - 1, 0], da[t, 0]) for t in range(1, len(h)))
        grads.W_xh = 0
        np.add.at(grads.W_xh, inputs[:, 0], da[:, 0])
        return grads

    assert not np.allclose(wrong_gradient().W_hh, exact.W_hh, rtol=0.01), "the gradient is wrong"
    for _ in range(300):
        model.params.vector -= 0.5 * wrong_gradient().vector
    assert model.loss(inputs, targets)[0] < 0.2 * first and right(15).startswith("even those")


# --- the page on how to use it ---


def test_the_numbers_of_the_page_are_right():
    one = math.sqrt(0.25 / 20)
    assert f"{100 * one:.0f} percentage points" == "11 percentage points" in README
    assert f"{100 * math.sqrt(2) * one:.0f} points" == "16 points" in README
    assert (70 - 40) / (100 - 40) == (90 - 80) / (100 - 80) == 0.5 and "$30 / 60 = 0.5$" in README
    assert f"{15 / 4}" == "3.75" in README and f"{20 / math.sqrt(20):.1f} points" == "4.5 points" in README
    as_uneven = 2 * sum(math.comb(10, k) for k in (8, 9, 10)) / 2**10
    assert round(1 / as_uneven) == 9 and "one case of nine" in README
    assert round(2**10 / 2) == 512 and "one case in 512" in README


def test_the_page_says_what_it_is_not():
    assert "not been tried on people" in README and "not been tried on people" in inventory.key()
    assert "Do not mark it" in README and "Hake" in README
