"""The stages of lesson 12: right in any spelling, each mistake in three sentences, and what goes on."""

import numpy as np
from answers import alone, broken, complete, goes_on, mistakes, no_answers, printed, right, stops, three_times

from helpers.lessons.lesson12 import check_counter, check_read_out, stage_checks, use_if_correct
from helpers.lessons.lesson12 import plain_counter as plain
from helpers.lessons.lesson12.stages import STAGES


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
    ((unit(b=(20, 0, 20, 0)),), "half-open", "✗ f", "0.50 and 0.50", "✓ i, g, o"),
    ((unit(b=(0, 20, 20, 0)),), "half-open", "✗ i", "✓ f, g, o", "… c: waits for i"),
    ((unit(b=(20, 20, -20, 0)),), "shut", "✗ o", "✓ f, i, g, c"),
    ((unit(b=(0, 20, 20, 0), a_row=(20, 0, 0, 20)),), "one-symbol-only", "✗ i", "1.00 and 0.50"),
    ((unit(b=(20, 2, 20, 0)),), "not-open", "✗ f", "0.88"),
    ((unit(a_row=(0, 0, 0, -20), b_row=(0, 0, 0, 20)),), "down-for-up", "✗ g", "−1.00 and 1.00"),
    ((unit(b_row=(0, 0, 0, 20)),), "up-for-both", "✗ g"),
    ((unit(a_row=(0, 0, 20, 0), b_row=(0, 0, -20, 0), b=(20, 20, 60, 0)),), "nothing-added", "✗ g"),
    ((unit(a_row=(0, 0, 0, 1), b_row=(0, 0, 0, -1)),), "less-than-one", "✗ g", "0.76"),
    ((unit(a_row=(0, 0, 0, 3), b_row=(0, 0, 0, -3), W_hh=(0, 0, 0, 2)),), "less-than-one",
     "whatever h is, but can be 0.76 and −0.76"),
    ((unit(b_row=(0, 0, 0, 0)),), "another-g", "✗ g", "1.00 and 0.00"),
    ((unit(b=(20, 10, 20, 0)),), "leaks", "✗ c", "−43.", "✓ f, i, g, o"),
    ((unit(b=(4.8, 20, 20, 0)),), "comes-short", "✗ c", "991.84", "✓ f, i, g, o"),
]
READ_OUT = [
    ((scores(-10, 0, 5, 0),), "turned-round", "−2.62 and 5.00"),
    ((scores(0, 0, 0, 5),), "always-end", "−5.00"),
    ((scores(10, 0, 5, 0),), "never-end"),
    ((scores(10, 0, 0, 7.6),), "too-close", "h = 0.76", "near 0.76"),
    ((scores(10, 0, 0, 7.0),), "too-close", "h = 0.70"),            # 15.5 for b_h[1] would be told wrong
    ((scores(10, 0, 0, 0.2),), "too-close", "h = 0.02", "near 0."),
]

test_a_mistake_is_told_in_three_sentences = three_times(*((check_counter, *row) for row in COUNTER),
                                                     *((check_read_out, *row) for row in READ_OUT))

test_what_is_no_unit_at_all_is_told = mistakes(
    (check_counter, (with_dots,), "not-yet", "dots in with_dots"), (check_counter, (...,), "not-yet"),
    (check_read_out, (read_out_with_dots,), "not-yet"),
    (check_counter, (lambda: np.zeros((2, 4)),), "wrong-count"),
    (check_counter, (lambda: (np.zeros((4, 2)), np.zeros((1, 4)), np.zeros(4)),), "wrong-shape", "W_xh"),
    (check_read_out, (lambda: (np.zeros(2), np.zeros(2)),), "wrong-shape", "W_hy"),
)

test_each_part_counts_alone = alone((check_counter, {
    "f": (unit(b=(0, 20, 0, 0), b_row=(0, 0, 0, 20)),), "i": (unit(b=(20, 0, 0, 0), b_row=(0, 0, 0, 20)),),
    "g": (unit(b=(0, 0, 0, 0)),), "o": (unit(b=(0, 0, 20, 0), b_row=(0, 0, 0, 20)),), "c": None}))

test_what_is_no_answer_is_met_with_a_word = no_answers(
    (check_counter, lambda nothing: (lambda: nothing,)), (check_read_out, lambda nothing: (lambda: nothing,)))
test_an_error_in_an_answer_is_told_and_not_raised = stops(
    (check_counter, (broken,)), (check_read_out, (broken,)))
test_what_is_printed_is_what_is_said = printed(
    (check_counter, COUNTER[0][0]), (check_read_out, READ_OUT[0][0]))
test_every_mistake_is_made = complete(stage_checks, test_each_part_counts_alone)


test_the_lesson_goes_on = goes_on(use_if_correct, STAGES, wrong=(
    ("counter", unit(b_row=(0, 0, 0, 20))), ("read_out", scores(0, 0, 0, 5))))
