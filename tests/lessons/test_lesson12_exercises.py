"""The checks of the exercises of lesson 12 name the string, the step and the mistake, and never raise."""

import numpy as np
from answers import complete, mistakes, right

from helpers.checks.stages import with_changes
from helpers.lessons.lesson12 import (
    check_combine,
    check_no_pair,
    check_told_apart,
    check_turn,
    check_two_counters,
    checks,
    distinguishing_string,
)

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


def combined(first, second):
    (f1, u1), (f2, u2) = first, second
    return f1 * f2, f2 * u1 + u2


test_a_right_answer_is_accepted = right(
    (check_no_pair, (STEPS, ACCEPTS)), (check_no_pair, (np.array(STEPS), np.array(ACCEPTS))),
    (check_no_pair, LARGER),
    (check_told_apart, (distinguishing_string,)),
    (check_told_apart, (apart_met_when_taken,)),
    (check_told_apart, (apart_by("(0, 1)", "(1, 0)"),)),          # another string, just as short
    (check_turn, (turned(THIRD),)), (check_turn, (turned(-THIRD).tolist(),)),
    (check_turn, (np.array([[0, 1], [-1, -1]]),)),              # a third of a turn on a sheared plane
    (check_two_counters, (two(),)), (check_two_counters, (two(gates=25.0),)),
    (check_combine, (combined,)),
    (check_combine, (lambda one, two: [two[0] * one[0], two[1] + two[0] * one[1]],)),
)

test_a_mistake_is_named = mistakes(
    (check_no_pair, (..., ...), "not-yet"),
    (check_no_pair, (STEPS, ACCEPTS[:2]), "unequal-rows"),
    (check_no_pair, ([[0, 1], [0, 3], [2, 2]], ACCEPTS), "no-such-state"),
    (check_no_pair, (STEPS, [False, True, False]), "empty-string"),
    (check_no_pair, (STEPS, ("yes", "yes", "no")), "words"),
    (check_no_pair, ([[0, 1], [0, 2], [0, 2]], ACCEPTS), "too-lenient"),
    (check_no_pair, ([[0, 1], [1, 2], [2, 2]], ACCEPTS), "too-strict"),
    (check_told_apart, (lambda one, other: ...,), "not-yet"),
    (check_told_apart, (lambda one, other: None,), "none-found"),
    (check_told_apart, (lambda one, other: 7,), "no-string"),
    (check_told_apart, (lambda one, other: "0" * 9 if distinguishing_string(one, other) is None else
                        distinguishing_string(one, other),), "same-answer"),
    (check_told_apart, (apart_by_depth,), "not-shortest"),
    (check_told_apart, (apart_by("pairs[a, b] + str(symbol)", "str(symbol) + pairs[a, b]"),),
     "read-backwards"),
    (check_told_apart, (apart_by("if one.accepts[a] != other",
     "if pairs[a, b] and one.accepts[a] != other"),),
     "first-pair-left-out"),
    (check_told_apart, (apart_without_met,), "pair-again"),
    (check_turn, (...,), "not-yet"),
    (check_turn, (np.eye(2),), "stands-still"),
    (check_turn, (-np.eye(2),), "another-count"),
    (check_turn, (turned(THIRD, 0.9),), "fades"),
    (check_turn, (turned(THIRD, 1.1),), "grows"),
    (check_turn, ([[-0.5, 0.866], [-0.866, -0.5]],), "rounded"),
    (check_turn, (turned(120),), "never-back"),
    (check_turn, (np.eye(3),), "wrong-shape"),
    (check_two_counters, (two(swapped=True),), "other-unit"),
    (check_two_counters, (two(first=(20, 20, 0)),), "wrong-g"),
    (check_two_counters, (two(gates=0.0),), "miscounted"),
    (check_two_counters, (two(gates=(20, 20, 20, 20, 20, 0)),), "not-shown"),
    (check_two_counters, (lambda: np.zeros((3, 8)),), "wrong-count"),
    (check_combine, (lambda first, second: (first[0] + second[0], combined(first, second)[1]),),
     "factors-added"),
    (check_combine, (lambda first, second: (first[0], combined(first, second)[1]),), "another-f"),
    (check_combine, (lambda first, second: (combined(first, second)[0], first[1] + second[1]),),
     "u-not-multiplied"),
    (check_combine, (lambda first, second: combined(second, first),), "other-way-round"),
    (check_combine, (lambda first, second: (combined(first, second)[0], first[1]),), "another-u"),
)


test_every_mistake_is_made = complete(checks)
