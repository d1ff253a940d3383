"""The checks of lesson 01 accept what is right, name what is wrong, and never raise."""

import numpy as np
from answers import complete, mistakes, right

from helpers.lessons.lesson01 import check_count, check_latch, check_parity, check_step, checks


def right_step(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x @ W_xh + h_prev @ W_hh + b_h)


def in_place(x, h_prev, W_xh, W_hh, b_h):
    h = np.dot(W_xh.T, x)
    h += W_hh.T.dot(h_prev)
    h += b_h
    return np.tanh(h, out=h)


def parity(K):
    return [[K, K]], [[K / 2, K / 2], [-K / 2, -K / 2]], [-K / 2, -3 * K / 2], [0.5, -0.5], -0.5


def right_count(V, H, T):
    return 2 * V * H + H * H + H + V


def latch(*answers):
    return check_latch, answers


def into_the_same_array():
    """A right step that returns one and the same array at every call."""
    kept = np.zeros(3)
    return lambda *given: np.copyto(kept, right_step(*given)) or kept


def counted(change):
    """An answer to `check_count` that is wrong by a function of V, H and T."""
    return check_count, (lambda V, H, T: right_count(V, H, T) + change(V, H, T),)


test_a_right_answer_is_accepted = right(
    (check_step, (right_step,)),
    (check_step, (lambda *given: right_step(*given).tolist(),)),
    (check_step, (lambda *given: right_step(*given).astype(np.float32),)),
    (check_step, (lambda x, h, W_xh, W_hh, b: np.tanh(np.hstack([x, h]) @ np.vstack([W_xh, W_hh]) + b),)),
    (check_step, (in_place,)),
    latch([6, 0, 0, 0], 3, -1),
    latch(np.array([9.0, 0.1, -0.1, 0.0]), 4.0, -1.5),
    latch((6, 0, 0, 0), np.float32(3), np.int64(-1)),
    (check_count, (right_count,)),
    (check_count, (lambda V, H, T: float(right_count(V, H, T)),)),
    (check_count, (lambda V, H, T: np.float32(right_count(V, H, T)),)),
    (check_count, (lambda V, H, T: sum(np.prod(shape) for shape in ((V, H), (H, H), (H,), (H, V), (V,))),)),
    (check_parity, (lambda: [np.array(part, dtype=np.float32) for part in parity(8)],)),
    (check_parity, (lambda: parity(20),)),
    (check_parity, (lambda: parity(6.0),)),
    (check_parity, (lambda: list(map(np.array, parity(6.0))),)),
)

test_a_wrong_step_is_told_what_is_wrong = mistakes(*((check_step, (step,), *told) for step, *told in (
    (lambda x, h, W_xh, W_hh, b: ..., "not-yet"),
    (lambda x, h, W_xh, W_hh, b: x @ W_xh + h @ W_hh + b, "not-squashed"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + b), "no-memory"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(h @ W_hh + b), "no-input"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh), "no-bias"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh - b), "bias-sign"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh) + b, "bias-outside"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh) + np.tanh(h @ W_hh) + b, "squashed-apart"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + W_hh @ h + b), "transposed"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(W_xh @ x + h @ W_hh + b), "stops"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh + b)[None], "wrong-shape"),
    (lambda x, h, W_xh, W_hh, b: "three", "no-numbers"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(np.add(x @ W_xh + h @ W_hh, b, out=b)), "changed-argument"),
    (lambda x, h, W_xh, W_hh, b: h, "shares-argument"),
    (into_the_same_array(), "shares-answer"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh + b) * np.nan, "not-finite"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + 0.5 * h @ W_hh + b), "another-state"),
)))

test_a_unit_that_does_not_remember_is_told_why = mistakes(
    (*latch([6, 0, 0, 0], 0.5, -1), "forgotten"),
    (*latch([-6, 0, 0, 0], 3, -1), "missed"),
    (*latch([6, 0, 0, 0], 3, 0), "undecided"),
    (*latch([0, 0, 0, 6], 3, -1), "other-letter"),
    (*latch([6, 0, 0, 0], 3, 1), "false-memory"),
    (*latch([6, 0, 0], 3, -1), "wrong-shape"),
    (*latch([6, 0, 0, 0], [3, 3], -1), "no-number"),
)

test_a_wrong_count_is_told_what_is_missing = mistakes(
    (check_count, (lambda V, H, T: T * right_count(V, H, T),), "counts-steps"),
    (*counted(lambda V, H, T: -H - V), "no-biases"),
    (*counted(lambda V, H, T: -H), "no-b-h"),
    (*counted(lambda V, H, T: -V), "no-b-y"),
    (*counted(lambda V, H, T: -V * H - V), "no-read-out"),
    (*counted(lambda V, H, T: -V * H), "one-matrix"),
    (*counted(lambda V, H, T: -H * H), "no-w-hh"),
    (*counted(lambda V, H, T: 2 * H - H * H), "times-two"),
    (check_count, (lambda V, H, T: V,), "another-count"),
    (check_count, (lambda V, H, T: [V, H],), "no-number"),
    (check_count, (lambda V, H: 0,), "stops"),
)

W_xh, W_hh, b_h, w_y, b_y = parity(6.0)
test_a_network_that_loses_count_is_shown_where = mistakes(
    (check_parity, (lambda: parity(1.0),), "wrong-side"),
    (check_parity, (lambda: parity(6.0)[:3],), "wrong-count"),
    (check_parity, (lambda: None,), "not-yet"),
    (check_parity, (lambda: (np.transpose(W_xh), W_hh, b_h, w_y, b_y),), "wrong-shape"),
    (check_parity, (lambda: (W_xh, W_hh, b_h, "many", b_y),), "no-numbers"),
)


test_every_mistake_is_made = complete(checks)
