"""The stages of lesson 12: right in any spelling, each mistake in three sentences, and what goes on."""

import numpy as np
from answers import complete, mistakes, right

from helpers.lessons.lesson12 import check_counter, check_read_out, stage_checks
from helpers.lessons.lesson12 import plain_counter as plain


def unit(b=(20, 20, 20, 0), a_row=(0, 0, 0, 20), b_row=(0, 0, 0, -20), W_hh=(0, 0, 0, 0)):
    """A unit with these biases, rows of W_xh and W_hh, in the order i, f, o, g."""
    return lambda: (np.array([a_row, b_row], float), np.array([W_hh], float), np.array(b, float))


def scores(w_b, w_end, b_b, b_end):
    return lambda: (np.array([[w_b, w_end]], float), np.array([b_b, b_end], float))


def gates_by_symbol():
    """The gates opened by both symbols, without a bias: right as well."""
    return [[20, 20, 20, 20], [20, 20, 20, -20]], [[0, 0, 0, 0]], [0, 0, 0, 0]


def with_dots():
    W_xh = np.zeros((2, 4))
    W_xh[0, 3] = ...
    return W_xh, np.zeros((1, 4)), np.zeros(4)


def read_out_with_dots():
    return np.array([[..., 0.0]]), np.array([0.0, ...])


test_a_right_answer_is_accepted = right(
    (check_counter, (plain.counter,)), (check_counter, (unit(b=(30, 16, 9, 0)),)),
    (check_counter, (gates_by_symbol,)), (check_counter, (unit(W_hh=(1, 2, 0, 3)),)),
    (check_read_out, (plain.read_out,)), (check_read_out, (scores(0, -10, 0, 4),)),
    (check_read_out, (lambda: ([[4, 1]], [0, 1]),)), (check_read_out, (scores(0.2, 0, 0, 0.1),)),
)

COUNTER = [
    ((unit(b=(20, 0, 20, 0)),), "half-open"),
    ((unit(b=(20, 20, -20, 0)),), "shut"),
    ((unit(b=(0, 20, 20, 0), a_row=(20, 0, 0, 20)),), "one-symbol-only"),
    ((unit(b=(20, 2, 20, 0)),), "not-open"),
    ((unit(a_row=(0, 0, 0, -20), b_row=(0, 0, 0, 20)),), "down-for-up"),
    ((unit(b_row=(0, 0, 0, 20)),), "up-for-both"),
    ((unit(a_row=(0, 0, 20, 0), b_row=(0, 0, -20, 0), b=(20, 20, 60, 0)),), "nothing-added"),
    ((unit(a_row=(0, 0, 0, 1), b_row=(0, 0, 0, -1)),), "less-than-one"),
    ((unit(b_row=(0, 0, 0, 0)),), "another-g"),
    ((unit(b=(20, 10, 20, 0)),), "leaks"),
    ((unit(b=(4.8, 20, 20, 0)),), "comes-short"),
]
READ_OUT = [
    ((scores(-10, 0, 5, 0),), "turned-round"),
    ((scores(0, 0, 0, 5),), "always-end"),
    ((scores(10, 0, 5, 0),), "never-end"),
    ((scores(10, 0, 0, 7.6),), "too-close"),
                # 15.5 for b_h[1] would be told wrong
]

test_a_mistake_is_told_in_three_sentences = mistakes(*((check_counter, *row) for row in COUNTER),
                                                     *((check_read_out, *row) for row in READ_OUT))

test_what_is_no_unit_at_all_is_told = mistakes(
    (check_counter, (with_dots,), "not-yet"),
    (check_read_out, (read_out_with_dots,), "not-yet"),
    (check_counter, (lambda: np.zeros((2, 4)),), "wrong-count"),
    (check_counter, (lambda: (np.zeros((4, 2)), np.zeros((1, 4)), np.zeros(4)),), "wrong-shape"),
    (check_read_out, (lambda: (np.zeros(2), np.zeros(2)),), "wrong-shape"),
)


test_every_mistake_is_made = complete(stage_checks)
