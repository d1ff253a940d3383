"""The checks of lesson 10 accept what is right and say what is wrong with what is not."""

import numpy as np
import pytest
from answers import alone, broken, complete, no_answers, printed, right, slips, stops

from helpers.lessons.lesson10 import check_combine, check_cut, check_gate_order, check_gru_biases, checks


def split(W):
    return np.split(W, 4, axis=1)


def in_order(W, order):
    return np.concatenate([split(W)[n] for n in order], axis=1)


def right_order(W):
    return in_order(W, (0, 1, 3, 2)).T


def right_biases(i, h):
    return np.where(np.arange(len(i)) < 2 * len(i) // 3, i + h, i), h[2 * len(h) // 3 :]


def right_pair(f, s):
    return s[0] * f[0], s[0] * f[1] + s[1]


test_a_right_answer_is_accepted = right(
    (check_gate_order, (right_order,)), (check_gru_biases, (right_biases,)), (check_combine, (right_pair,)))

test_gate_order = slips(*((check_gate_order, (answer,), *told) for answer, *told in (
    (lambda W: ..., "not-yet"),
    (lambda W: W, "not-transposed", "(3, 8)"),
    (lambda W: W.T, "not-reordered"),
    (lambda W: W.reshape(W.shape[::-1]), "reshaped"),
    (lambda W: in_order(W, (1, 0, 3, 2)).T, "wrong-order", "rows of i, f"),
    (lambda W: W[:, :4], "wrong-shape", "(3, 4)"),
    (lambda W: W.no_such_thing, "stops", "AttributeError"),
)))

test_gru_biases = slips(*((check_gru_biases, (answer,), *told) for answer, *told in (
    (lambda i, h: None, "not-yet"),
    (lambda i, h: (i + h, h[2 * len(h) // 3 :]), "added-in-n"),
    (lambda i, h: (right_biases(i, h)[0], i[2 * len(i) // 3 :]), "outer-bias", "✗ b_hn", "✓ b_h"),
    (lambda i, h: (right_biases(i, h)[0], 7 * h[2 * len(h) // 3 :]), "another-b-hn", "✗ b_hn", "✓ b_h"),
    (lambda i, h: (i, h[2 * len(h) // 3 :]), "another-b-h", "✗ b_h", "✓ b_hn"),
    (lambda i, h: (i, h), "wrong-shape", "b_hn should be numbers of shape (1,)", "(3,)"),
    (lambda i, h: 3, "wrong-count", "b_h and b_hn"),
)))

test_combine = slips(*((check_combine, (answer,), *told) for answer, *told in (
    (lambda f, s: ..., "not-yet"),
    (lambda f, s: (s[0] + f[0], f[1]), "factors-added"),
    (lambda f, s: (s[0], f[1]), "another-f", "0 of 2"),
    (lambda f, s: (s[0] * f[0], f[1] + s[1]), "u-not-multiplied"),
    (lambda f, s: (s[0] * f[0], f[0] * s[1] + f[1]), "other-way-round"),
    (lambda f, s: (s[0] * f[0], 7 * f[1]), "another-u"),
    (lambda f, s: 1, "wrong-count", "f and u"),
    (lambda f, s: (s[0] * f[0], "u"), "no-numbers", "✓ f", "✗ u"),
)))

test_each_part_counts_alone = alone(
    (check_gru_biases, {"b_h": (lambda i, h: (right_biases(i, h)[0], i[-len(i) // 3 :]),),
                        "b_hn": (lambda i, h: (i, right_biases(i, h)[1]),)}),
    (check_combine, {"f": (lambda f, s: (s[0] * f[0], ...),),
                     "u": (lambda f, s: (..., right_pair(f, s)[1]),)}),
)

test_what_is_no_answer_is_met_with_a_word = no_answers(
    *((check, lambda nothing: (lambda *given: nothing,))
      for check in (check_gate_order, check_gru_biases, check_combine)))

test_an_error_in_an_answer_is_told_and_not_raised = stops(
    *((check, (broken,)) for check in (check_gate_order, check_gru_biases, check_combine)))

test_what_is_printed_is_what_is_said = printed(
    (check_gate_order, (lambda W: W.T,)), (check_gru_biases, (broken,)), (check_combine, (right_pair,)))


def cut(layer, x1, x2, detach=True, carry=True, times=1):
    for _ in range(times):
        h1, state = layer(x1)
        state = tuple(s.detach() if detach else s for s in state) if carry else None
        (h1.sum() + layer(x2, state)[0].sum()).backward()
    return layer.weight_hh_l0.grad


test_a_cut_that_carries_is_accepted = pytest.mark.torch(right((check_cut, (cut,))))

test_a_graph_is_judged_by_its_gradient = slips(*((check_cut, (answer,), *told) for answer, *told in (
    (lambda *a: ..., "not-yet"),
    (lambda *a: cut(*a, detach=False), "not-cut"),
    (lambda *a: cut(*a, carry=False), "not-carried"),
    (lambda *a: cut(*a, times=2), "factor-two"),
    (lambda *a: cut(*a) / 2, "factor-two"),
    (lambda *a: cut(*a)[:2], "wrong-shape", "(12, 3)", "(2, 3)"),
    (lambda *a: cut(*a) + 1, "another-gradient"),
    (lambda *a: "done", "no-numbers"),
)), mark=pytest.mark.torch)

test_an_error_before_the_cut_is_told = stops((check_cut, (broken,)), mark=pytest.mark.torch)

test_every_slip_is_made = complete(checks, test_each_part_counts_alone)
