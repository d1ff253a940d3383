"""The checks of the exercises of lesson 12 name the string, the step and the mistake, and never raise."""

import numpy as np
import pytest
from answers import alone, broken, complete, mistakes, no_answers, printed, right, stops

from helpers.lessons.lesson12 import (
    check_combine,
    check_no_pair,
    check_told_apart,
    check_turn,
    check_two_counters,
    checks,
    distinguishing_string,
)
from helpers.lessons.stages import with_changes

STEPS, ACCEPTS = [[0, 1], [0, 2], [2, 2]], [True, True, False]
LARGER = [[3, 1], [0, 2], [4, 2], [3, 1], [2, 4]], [1, 1, 0, 1, 0]


def turned(angle: float, size: float = 1.0) -> np.ndarray:
    return size * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


THIRD = 2 * np.pi / 3


def two(first=(20, -20, 0), second=(0, 20, -20), gates=20.0, swapped=False):
    """Two units, with these columns of g."""
    def two_counters():
        W_xh, b_h = np.zeros((3, 8)), np.zeros(8)
        b_h[:6] = gates
        W_xh[:, 6], W_xh[:, 7] = (second, first) if swapped else (first, second)
        return W_xh, np.zeros((2, 8)), b_h
    return two_counters


def apart_in_rounds(one, other):
    """By length, without a queue: right in another way."""
    pairs, met = {(0, 0): ""}, set()
    while pairs:
        for (a, b), string in pairs.items():
            if one.accepts[a] != other.accepts[b]:
                return string
        met |= set(pairs)
        after = {}
        for (a, b), string in pairs.items():
            for symbol in "01":
                pair = int(one.steps[a, int(symbol)]), int(other.steps[b, int(symbol)])
                if pair not in met:
                    after.setdefault(pair, string + symbol)
        pairs = after
    return None


def apart_met_when_taken(one, other):
    """It writes down a pair when it takes it, so that one may come into the list several times."""
    ahead, met = [(0, 0, "")], set()
    while ahead:
        a, b, string = ahead.pop(0)
        if one.accepts[a] != other.accepts[b]:
            return string
        met.add((a, b))
        for symbol in "01":
            pair = one.steps[a][int(symbol)], other.steps[b][int(symbol)]
            if pair not in met:
                ahead.append((*pair, string + symbol))
    return None


def apart_by(old, new):
    return with_changes(distinguishing_string, ((old, new),))


apart_without_met = with_changes(apart_met_when_taken, (("met.add((a, b))", "met.add((0, 0))"),))
# From the end of the list: finds a difference, but not the shortest.
apart_by_depth = with_changes(distinguishing_string, (("popleft()", "pop()"),))


def apart_by_trying(one, other):
    """Every string up to a length at which all pairs have been met."""
    strings = [""]
    while len(strings[0]) < 8:
        for string in strings:
            if one.says(string) != other.says(string):
                return string
        strings = [string + symbol for string in strings for symbol in "01"]
    return None


def combined(first, second):
    (f1, u1), (f2, u2) = first, second
    return f1 * f2, f2 * u1 + u2


test_a_right_answer_is_accepted = right(
    (check_no_pair, (STEPS, ACCEPTS)), (check_no_pair, (np.array(STEPS), np.array(ACCEPTS))),
    (check_no_pair, LARGER),
    (check_told_apart, (distinguishing_string,)), (check_told_apart, (apart_in_rounds,)),
    (check_told_apart, (apart_met_when_taken,)), (check_told_apart, (apart_by_trying,)),
    (check_told_apart, (apart_by("(0, 1)", "(1, 0)"),)),          # another string, just as short
    (check_turn, (turned(THIRD),)), (check_turn, (turned(-THIRD).tolist(),)),
    (check_turn, (np.array([[0, 1], [-1, -1]]),)),              # a third of a turn on a sheared plane
    (check_two_counters, (two(),)), (check_two_counters, (two(gates=25.0),)),
    (check_combine, (combined,)),
    (check_combine, (lambda one, two: [two[0] * one[0], two[1] + two[0] * one[1]],)),
)

test_a_mistake_is_named = mistakes(
    (check_no_pair, (..., ...), "not-yet"),
    (check_no_pair, (STEPS, ACCEPTS[:2]), "unequal-rows", "len(steps) is 3", "len(accepts) is 2"),
    (check_no_pair, ([[0, 1], [0, 3], [2, 2]], ACCEPTS), "no-such-state", "0 to 2"),
    (check_no_pair, (STEPS, [False, True, False]), "empty-string"),
    (check_no_pair, (STEPS, ("yes", "yes", "no")), "words"),
    (check_no_pair, ([[0, 1], [0, 2], [0, 2]], ACCEPTS), "too-lenient", "110 is accepted", "[0, 1, 2, 0]"),
    (check_no_pair, ([[0, 1], [1, 2], [2, 2]], ACCEPTS), "too-strict", "101 is not accepted"),
    (check_told_apart, (lambda one, other: ...,), "not-yet"),
    (check_told_apart, (lambda one, other: None,), "none-found"),
    (check_told_apart, (lambda one, other: 7,), "no-string", "7"),
    (check_told_apart, (lambda one, other: "0" * 9 if distinguishing_string(one, other) is None else
                        distinguishing_string(one, other),), "same-answer", "000000000"),
    (check_told_apart, (apart_by_depth,), "not-shortest"),
    (check_told_apart, (apart_by("symbol in (0, 1)", "symbol in (0,)"),), "not-shortest", "000", "so does 1"),
    (check_told_apart, (apart_by("pairs[a, b] + str(symbol)", "str(symbol) + pairs[a, b]"),),
     "read-backwards", "01 does not"),
    (check_told_apart, (apart_by("if one.accepts[a] != other",
     "if pairs[a, b] and one.accepts[a] != other"),),
     "first-pair-left-out", "so does the empty string"),
    (check_told_apart, (apart_without_met,), "pair-again", "twice", "met"),
    (check_turn, (...,), "not-yet"),
    (check_turn, (np.eye(2),), "stands-still"),
    (check_turn, (-np.eye(2),), "another-count", "after 2 steps"),
    (check_turn, (turned(np.pi / 3),), "another-count", "after 6 steps"),
    (check_turn, (turned(THIRD, 0.9),), "fades", "0.900"),
    (check_turn, (turned(THIRD, 1.1),), "grows", "1.100"),
    (check_turn, ([[-0.5, 0.866], [-0.866, -0.5]],), "rounded", "0.99993"),
    (check_turn, (turned(2.0944),), "rounded", "1.5e-05"),
    (check_turn, (turned(120),), "never-back"),
    (check_turn, (np.eye(3),), "wrong-shape"),
    (check_two_counters, (two(swapped=True),), "other-unit", "n = 1"),
    (check_two_counters, (two(first=(20, 20, 0)),), "wrong-g", "✗ first", "the last is b", "✓ second",
     "The unit's g after an a, a b and a c is 1, 1, 0."),
    (check_two_counters, (two(second=(0, -20, 20)),), "wrong-g", "✗ second", "is 0, −1, 1."),
    (check_two_counters, (two(second=(20, 0, -20)),), "wrong-g", "✗ second", "is 1, 0, −1."),
    (check_two_counters, (two(gates=0.0),), "miscounted"),
    (check_two_counters, (two(gates=(20, 20, 20, 20, 20, 0)),), "not-shown", "✓ first", "✗ second",
     "after 2 symbols h is 0.38, while tanh(c) is 0.76"),
    (check_two_counters, (two(gates=(20, 20, 20, 20, 0, 0)),), "not-shown", "✗ first", "after 1 symbol h"),
    (check_two_counters, (lambda: np.zeros((3, 8)),), "wrong-count"),
    (check_combine, (lambda first, second: (first[0] + second[0], combined(first, second)[1]),),
     "factors-added", "✓ u"),
    (check_combine, (lambda first, second: (first[0], combined(first, second)[1]),), "another-f"),
    (check_combine, (lambda first, second: (combined(first, second)[0], first[1] + second[1]),),
     "u-not-multiplied", "✓ f"),
    (check_combine, (lambda first, second: combined(second, first),), "other-way-round", "✓ f"),
    (check_combine, (lambda first, second: (combined(first, second)[0], first[1]),), "another-u"),
)

test_each_part_counts_alone = alone(
    (check_two_counters, {"first": (two(second=(0, 0, 0)),), "second": (two(first=(0, 0, 0)),)}),
    (check_combine, {"f": (lambda first, second: (first[0] * second[0], first[1]),),
                     "u": (lambda first, second: (first[0], combined(first, second)[1]),)}),
)

test_what_is_no_answer_is_met_with_a_word = no_answers(
    (check_no_pair, lambda nothing: (nothing, nothing)), (check_turn, lambda nothing: (nothing,)),
    (check_two_counters, lambda nothing: (lambda: nothing,)),
    (check_combine, lambda nothing: (lambda first, second: nothing,)),
)

test_an_error_in_an_answer_is_told_and_not_raised = stops(
    (check_told_apart, (broken,)), (check_two_counters, (broken,)), (check_combine, (broken,)))

test_what_is_printed_is_what_is_said = printed(
    (check_no_pair, (STEPS, [False, True, False])), (check_told_apart, (broken,)), (check_turn, (np.eye(2),)))

test_every_mistake_is_made = complete(checks, test_each_part_counts_alone)


@pytest.mark.parametrize("nothing", ["three", [1, 2], float("nan"), {}, object(), 7])
def test_what_is_no_string_is_met_with_a_word(nothing):
    assert check_told_apart.result(lambda one, other: nothing).mistake == "no-string"
