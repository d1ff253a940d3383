"""The checks of lesson 01 accept what is right, name what is wrong, and never raise."""

import numpy as np
import pytest

from helpers.exercises.lesson01 import check_count, check_latch, check_parity, check_step

NOT_ANSWERED = [None, ..., [...], "three", [1, 2], np.zeros((2, 2, 2)), float("nan"), {}, object()]


def right_step(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x @ W_xh + h_prev @ W_hh + b_h)


def parity(K):
    return [[K, K]], [[K / 2, K / 2], [-K / 2, -K / 2]], [-K / 2, -3 * K / 2], [0.5, -0.5], -0.5


def right_count(V, H, T):
    return 2 * V * H + H * H + H + V


@pytest.mark.parametrize("check, answer", [
    (check_step, (right_step,)),
    (check_step, (lambda x, h, W_xh, W_hh, b: (np.tanh(x @ W_xh + h @ W_hh + b)).tolist(),)),
    (check_latch, ([6, 0, 0, 0], 3, -1)),
    (check_latch, (np.array([9.0, 0.1, -0.1, 0.0]), 4.0, -1.5)),
    (check_count, (right_count,)),
    (check_count, (lambda V, H, T: float(right_count(V, H, T)),)),
    (check_parity, parity(6.0)),
    (check_parity, parity(12.0)),
])
def test_a_right_answer_is_accepted(check, answer, capsys):
    check(*answer)
    assert capsys.readouterr().out.startswith("Right")


@pytest.mark.parametrize("step, word", [
    (lambda x, h, W_xh, W_hh, b: ..., "Not yet"),
    (lambda x, h, W_xh, W_hh, b: x @ W_xh + h @ W_hh + b, "tanh"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + b), "no memory"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(h @ W_hh + b), "input is left out"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh), "bias b_h is left out"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh) + b, "inside the tanh"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + W_hh @ h + b), "wrong way round"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(W_xh @ x + h @ W_hh + b), "x @ W_xh"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + h @ W_hh + b)[None], "shape (1, 3)"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(np.add(x @ W_xh + h @ W_hh, b, out=b)), "an argument was changed"),
    (lambda x, h, W_xh, W_hh, b: np.tanh(x @ W_xh + 0.5 * h @ W_hh + b), "term by term"),
    (lambda: 0, "TypeError"),
])
def test_a_wrong_step_is_told_what_is_wrong(step, word, capsys):
    check_step(step)
    out = capsys.readouterr().out
    assert word in out and "Right" not in out


@pytest.mark.parametrize("answer, word", [
    (([6, 0, 0, 0], 0.5, -1), "Forgotten"),
    (([6, 0, 0, 0], 3, 0), "Undecided"),
    (([2, 0, 0, 0], 3, -1), "missed"),
    (([6, 0, 0, 0], 3, 1), "false memory"),
    (([6, 0, 0], 3, -1), "4 numbers"),
    (([6, 0, 0, 0], [3, 3], -1), "one number each"),
])
def test_a_unit_that_does_not_remember_is_told_why(answer, word, capsys):
    check_latch(*answer)
    out = capsys.readouterr().out
    assert word in out and "Right" not in out


@pytest.mark.parametrize("count, word", [
    (lambda V, H, T: T * right_count(V, H, T), "changes with T"),
    (lambda V, H, T: right_count(V, H, T) - H - V, "Both biases"),
    (lambda V, H, T: right_count(V, H, T) - H, "b_h is missing"),
    (lambda V, H, T: right_count(V, H, T) - V, "b_y is missing"),
    (lambda V, H, T: right_count(V, H, T) - V * H - V, "read-out is missing"),
    (lambda V, H, T: right_count(V, H, T) - H * H, "W_hh"),
    (lambda V, H, T: V, "one by one"),
    (lambda V, H: 0, "TypeError"),
])
def test_a_wrong_count_is_told_what_is_missing(count, word, capsys):
    check_count(count)
    out = capsys.readouterr().out
    assert word in out and "Right" not in out


def test_a_network_that_loses_count_is_shown_where(capsys):
    check_parity(*parity(1.0))
    out = capsys.readouterr().out
    assert "ones, the score should be clearly" in out and "Right" not in out


def test_a_wrong_shape_is_named(capsys):
    W_xh, W_hh, b_h, w_y, b_y = parity(6.0)
    check_parity(np.transpose(W_xh), W_hh, b_h, w_y, b_y)
    assert "W_xh should have shape (1, 2), but yours has shape (2, 1)" in capsys.readouterr().out


@pytest.mark.parametrize("nothing", NOT_ANSWERED, ids=repr)
def test_no_answer_raises_or_passes(nothing, capsys):
    check_step(lambda *args: nothing)
    check_latch(nothing, nothing, nothing)
    check_count(lambda *args: nothing)
    check_parity(nothing, nothing, nothing, nothing, nothing)
    out = capsys.readouterr().out
    assert "Right" not in out and len(out.splitlines()) >= 4


@pytest.mark.parametrize("nothing", [None, ...])
def test_the_starter_is_met_with_a_friendly_word(nothing, capsys):
    check_step(lambda *args: nothing)
    check_latch(nothing, nothing, nothing)
    check_count(lambda *args: nothing)
    check_parity(nothing, nothing, nothing, nothing, nothing)
    assert capsys.readouterr().out.count("Not yet: replace the dots") == 4
