"""The mistakes that the checks of lesson 12 know, and answers that are RIGHT or WRONG, by check."""

import numpy as np

from helpers.checks import Mutant
from helpers.checks.stages import with_changes
from helpers.lessons.lesson12 import plain
from helpers.lessons.lesson12.experiments import distinguishing_string

COMBINE = (
    Mutant("factors-added", lambda first, second: (first[0] + second[0], second[0] * first[1] + second[1]),
           "You added the factors. Multiply them.", of=("f",)),
    Mutant("u-not-multiplied", lambda first, second: (first[0] * second[0], first[1] + second[1]),
           "What the first step added is also multiplied by the second step's f.", of=("u",)),
    Mutant("other-way-round",
           lambda first, second: (first[0] * second[0], first[0] * second[1] + first[1]),
           "It is the other way round: the first step's u is multiplied by the second step's f.", of=("u",)),
)

STEPS, ACCEPTS = [[0, 1], [0, 2], [2, 2]], [True, True, False]      # strings without two 1s in a row
SIX_STATES = [[3, 1], [0, 2], [4, 2], [3, 1], [2, 4]], [1, 1, 0, 1, 0]


def search_with(old: str, new: str, search=distinguishing_string):
    """A search for a string that separates two automata, with a change of its code."""
    return with_changes(search, ((old, new),))


def search_noting_late(one, other):
    """It notes a pair of states when it goes on from it, so the pair may be in the list several times."""
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


def turned(angle: float, size: float = 1.0) -> np.ndarray:
    return size * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


THIRD = 2 * np.pi / 3


def two_units(first=(20, -20, 0), second=(0, 20, -20), gates=20.0):
    """Two units with these columns of g, and these biases of i, i, f, f, o and o."""
    W_xh, b_h = np.zeros((3, 8)), np.zeros(8)
    b_h[:6] = gates
    W_xh[:, 6], W_xh[:, 7] = first, second
    return lambda: (W_xh, np.zeros((2, 8)), b_h)


def unit(b=(20, 20, 20, 0), a_row=(0, 0, 0, 20), b_row=(0, 0, 0, -20), W_hh=(0, 0, 0, 0)):
    """One unit with these biases, rows of W_xh and W_hh, in the order i, f, o, g."""
    return lambda: (np.array([a_row, b_row], float), np.array([W_hh], float), np.array(b, float))


def scores(w_b, w_end, b_b, b_end):
    """A readout with these weights and biases of b and of the end."""
    return lambda: (np.array([[w_b, w_end]], float), np.array([b_b, b_end], float))


RIGHT = {
    "check_no_pair": [(np.array(STEPS), np.array(ACCEPTS)), SIX_STATES],
    "check_told_apart": [(distinguishing_string,), (search_noting_late,),
                         (search_with("(0, 1)", "(1, 0)"),)],       # finds other strings, which are as short
    "check_turn": [(turned(THIRD),), ([[0, 1], [-1, -1]],)],        # the second changes lengths on the way
    "check_two_counters": [(two_units(),), (two_units(gates=25.0),)],
    "check_counter": [(plain.counter,), (unit(W_hh=(1, 2, 0, 3)),),
                      (lambda: ([[20, 20, 20, 20], [20, 20, 20, -20]], [[0, 0, 0, 0]], [0, 0, 0, 0]),)],
    "check_read_out": [(plain.read_out,), (scores(0.2, 0, 0, 0.1),), (lambda: ([[4, 1]], [0, 1]),)],
}
WRONG = {
    "check_no_pair": [
        ("unequal-rows", (STEPS, ACCEPTS[:2])),
        ("no-such-state", ([[0, 1], [0, 3], [2, 2]], ACCEPTS)),
        ("empty-string", (STEPS, [False, True, False])),
        ("words", (STEPS, ("yes", "yes", "no"))),
        ("too-lenient", ([[0, 1], [0, 2], [0, 2]], ACCEPTS)),
        ("too-strict", ([[0, 1], [1, 2], [2, 2]], ACCEPTS)),
    ],
    "check_told_apart": [
        ("none-found", (lambda one, other: None,)),
        ("no-string", (lambda one, other: 7,)),
        ("same-answer", (lambda one, other: "",)),
        ("not-shortest", (search_with("popleft()", "pop()"),)),
        ("read-backwards", (search_with("pairs[a, b] + str(symbol)", "str(symbol) + pairs[a, b]"),)),
        ("first-pair-left-out",
         (search_with("if one.accepts[a] != other", "if pairs[a, b] and one.accepts[a] != other"),)),
        ("pair-again", (search_with("met.add((a, b))", "met.add((0, 0))", search_noting_late),)),
    ],
    "check_turn": [
        ("stands-still", (np.eye(2),)),
        ("another-count", (-np.eye(2),)),
        ("fades", (turned(THIRD, 0.9),)),
        ("grows", (turned(THIRD, 1.1),)),
        ("rounded", ([[-0.5, 0.866], [-0.866, -0.5]],)),
        ("never-back", (turned(120),)),
    ],
    "check_two_counters": [
        ("other-unit", (two_units(first=(0, 20, -20), second=(20, -20, 0)),)),
        ("wrong-g", (two_units(first=(20, 20, 0)),)),
        ("miscounted", (two_units(gates=0.0),)),
        ("not-shown", (two_units(gates=(20, 20, 20, 20, 20, 0)),)),
    ],
    "check_counter": [
        ("half-open", (unit(b=(20, 0, 20, 0)),)),
        ("shut", (unit(b=(20, 20, -20, 0)),)),
        ("one-symbol-only", (unit(b=(0, 20, 20, 0), a_row=(20, 0, 0, 20)),)),
        ("not-open", (unit(b=(20, 2, 20, 0)),)),
        ("down-for-up", (unit(a_row=(0, 0, 0, -20), b_row=(0, 0, 0, 20)),)),
        ("up-for-both", (unit(b_row=(0, 0, 0, 20)),)),
        ("nothing-added", (unit(a_row=(0, 0, 20, 0), b_row=(0, 0, -20, 0), b=(20, 20, 60, 0)),)),
        ("less-than-one", (unit(a_row=(0, 0, 0, 1), b_row=(0, 0, 0, -1)),)),
        ("another-g", (unit(b_row=(0, 0, 0, 0)),)),
        ("leaks", (unit(b=(20, 10, 20, 0)),)),
        ("comes-short", (unit(b=(4.8, 20, 20, 0)),)),
    ],
    "check_read_out": [
        ("turned-round", (scores(-10, 0, 5, 0),)),
        ("always-end", (scores(0, 0, 0, 5),)),
        ("never-end", (scores(10, 0, 5, 0),)),
        ("too-close", (scores(10, 0, 0, 7.6),)),
    ],
}
