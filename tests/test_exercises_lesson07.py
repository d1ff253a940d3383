"""The checks of lesson 07 say which gate, which step and which parameter is wrong, and never raise."""

import numpy as np
import pytest

from helpers.cells import LSTM
from helpers.exercises.lesson07 import check_backward, check_biases, check_peepholes, check_step
from helpers.exercises.lstm_by_hand import FAULTS, lstm_backward, lstm_forward, sigmoid
from helpers.exercises.small_lstm import check_small_lstm, train_small
from helpers.published import old_stream, small_lstm


@pytest.fixture
def said(capsys):
    """What a check prints."""
    def of(check, *answers) -> str:
        check(*answers)
        return capsys.readouterr().out
    return of


def step(x, h_prev, c_prev, W_xh, W_hh, b_h, change=lambda *parts: parts, order=(0, 1, 2, 3)):
    a = np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1)
    i, f, o = (sigmoid(a[k]) for k in order[:3])
    g = np.tanh(a[order[3]])
    c = f * c_prev + i * g
    return change(i, f, o, g, c, o * np.tanh(c))


def sums(p, x, h, da):
    """The gradients by the weights, given those by the sums."""
    T = len(x)
    return {"W_xh": sum(x[t].T @ da[t] for t in range(T)),
            "W_hh": sum(h[t - 1].T @ da[t] for t in range(T)), "b_h": da.sum(axis=(0, 1))}


def back(fault="", change=lambda grads: grads):
    """A backward pass with one fault, and one change to its gradients."""
    def backward(p, x, h, c, gates, d_h):
        da = lstm_backward(p, x, h, c, gates, d_h, fault)
        return change(sums(p, x, h, da)), da
    return backward


def test_the_loop_of_the_lesson_is_the_lstm_of_helpers():
    rng = np.random.default_rng(0)
    cell = LSTM(3, 4)
    p = cell.init(rng)
    x, d_h, first = rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 2, 4)), rng.normal(size=(2, 2, 4))
    h, c, gates = lstm_forward(p, x, *first)
    states, _, trace = cell.forward(p, x, state=tuple(first))
    grads, _, _ = cell.backward(p, d_h, trace)
    da = lstm_backward(p, x, h, c, gates, d_h)
    assert np.allclose(states, [h[t] for t in range(6)], atol=1e-12)
    for name, gradient in sums(p, x, h, da).items():
        assert np.allclose(grads[name], gradient, atol=1e-12)


def test_the_starters_are_told_not_yet(said):
    dots = {"i": ..., "f": ..., "o": ...}
    for check, *answers in (
        (check_step, lambda *given: (..., ..., ..., ..., ..., ...)),
        (check_backward, lambda *given: ...),
        (check_biases, dots, dots),
        (check_peepholes, lambda *given: (..., ...)),
        (check_small_lstm, lambda **given: ...),
    ):
        assert said(check, *answers).startswith("Not yet")


@pytest.mark.parametrize(("answer", "words"), [
    (step, ["Right"]),
    (lambda *a: step(*a, order=(0, 1, 3, 2)), ["o is wrong", "columns of g", "i, f, o, g"]),
    (lambda *a: step(*a[:5], 0 * a[5]), ["i is wrong", "the bias b_h is left out"]),
    (lambda *a: step(a[0], 0 * a[1], *a[2:]), ["i is wrong", "h_prev is left out"]),
    (lambda *a: step(0 * a[0], *a[1:]), ["i is wrong", "input x is left out"]),
    (lambda *a: step(*a, change=lambda i, f, o, g, c, h: (i, f, o, sigmoid(2 * np.arctanh(g)), c, h)),
     ["g is wrong"]),
    (lambda *a: step(*a, change=lambda i, f, o, g, c, h: (i, f, o, g, i * a[2] + f * g, h)),
     ["c is wrong", "changed places"]),
    (lambda *a: step(*a, change=lambda i, f, o, g, c, h: (i, f, o, g, i * g, h)),
     ["c is wrong", "old memory"]),
    (lambda *a: step(*a, change=lambda i, f, o, g, c, h: (i, f, o, g, c, o * c)), ["h is wrong", "tanh(c)"]),
    (lambda *a: step(*a, change=lambda i, f, o, g, c, h: (i, f, o, g, c, np.tanh(c))), ["o is left out"]),
    (lambda *a: step(*a, change=lambda *parts: parts[:5]), ["six arrays"]),
    (lambda *a: step(*a, change=lambda *parts: [part[0] for part in parts]), ["i has shape (2,)"]),
    (lambda *a: step(*a, change=lambda *parts: [part * np.nan for part in parts]), ["no array of finite"]),
    (lambda *a: 1 / 0, ["ZeroDivisionError"]),
])
def test_a_step_is_told_which_quantity_is_wrong(said, answer, words):
    found = said(check_step, answer)
    assert all(word in found for word in words), found


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_a_backward_pass_is_named(said, fault):
    assert FAULTS[fault] in said(check_backward, back(fault))


def test_the_order_of_statements_shows_first_at_the_last_step_and_not_in_o(said):
    assert said(check_backward, back("late dc")).startswith("da is wrong for i, f, g at step 4 (the last")
    assert "at step 3 (while step after it is right)" in said(check_backward, back("no dc"))


@pytest.mark.parametrize(("change", "words"), [
    (lambda g: g, ["Right"]),
    (lambda g: {**g, "W_xh": g["W_xh"].T}, ["W_xh has shape"]),
    (lambda g: {**g, "b_h": g["b_h"] / 2}, ["b_h", "mean over the sequences"]),
    (lambda g: {**g, "W_hh": g["W_hh"] / 5}, ["W_hh", "mean over the steps"]),
    (lambda g: {**g, "W_hh": -g["W_hh"]}, ["W_hh", "is not"]),
    (lambda g: {"W_xh": g["W_xh"]}, ["W_xh, W_hh and b_h"]),
])
def test_the_sums_over_time_are_checked_by_name(said, change, words):
    found = said(check_backward, back(change=change))
    assert all(word in found for word in words), found


def test_a_gradient_of_one_step_and_one_of_the_wrong_state_are_told(said):
    def last_only(p, x, h, c, gates, d_h):
        da = lstm_backward(p, x, h, c, gates, d_h)
        return {**sums(p, x, h, da), "W_xh": x[0].T @ da[0]}, da

    def same_step(p, x, h, c, gates, d_h):
        da = lstm_backward(p, x, h, c, gates, d_h)
        return {**sums(p, x, h, da), "W_hh": sum(h[t].T @ da[t] for t in range(len(x)))}, da

    assert "W_xh is that of one step" in said(check_backward, last_only)
    assert "W_hh uses h of the same step" in said(check_backward, same_step)
    assert "ZeroDivisionError" in said(check_backward, lambda *given: 1 / 0)
    assert "of shape (T, B, 4H)" in said(check_backward, lambda *given: 3)


def test_biases_are_told_which_gate_does_not_stay(said):
    open_, shut = {"i": 15, "f": 15, "o": 15}, {"i": 15, "f": -15, "o": 15}
    assert said(check_biases, open_, shut).startswith("Right")
    assert "integrator: gate f should stay at 1" in said(check_biases, shut, shut)
    assert "plain: gate f should stay at 0" in said(check_biases, open_, open_)
    assert "too weak" in said(check_biases, {**open_, "i": 2}, shut)
    assert "keys i, f and o" in said(check_biases, 3, shut)
    assert "one finite number" in said(check_biases, {**open_, "o": "wide"}, shut)


def peephole(x, h_prev, c_prev, W_xh, W_hh, b_h, p_i, p_f, p_o, new=True):
    a_i, a_f, a_o, a_g = np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1)
    c = sigmoid(a_f + p_f * c_prev) * c_prev + sigmoid(a_i + p_i * c_prev) * np.tanh(a_g)
    return c, sigmoid(a_o + p_o * (c if new else c_prev)) * np.tanh(c)


@pytest.mark.parametrize(("answer", "word"), [
    (peephole, "Right"),
    (lambda *a: peephole(*a, new=False), "see the new c"),
    (lambda *a: peephole(*a[:6], 0, 0, 0), "No gate sees"),
    (lambda *a: peephole(*a[:8], 0), "o does not look"),
    (lambda *a: peephole(*a[:6], a[7], a[6], a[8]), "changed places"),
    (lambda *a: (peephole(*a)[0], 0 * a[2]), "h is wrong"),
    (lambda *a: peephole(*a)[0], "c and h"),
    (lambda *a: 1 / 0, "ZeroDivisionError"),
])
def test_peepholes_are_judged_by_their_fault(said, answer, word):
    assert word in said(check_peepholes, answer)


def test_the_small_lstm_goes_as_the_published_program():
    losses = train_small(**small_lstm())
    assert losses[:2] == pytest.approx([0.7535, 0.5991], abs=1e-4)
    assert losses[99] == pytest.approx(2.61e-6, rel=0.01)


def test_the_old_stream_is_numpys_old_generator():
    old = np.random.RandomState(5).random_sample(1500)
    assert np.array_equal(old_stream(5).random(1500), old)


def test_all_gates_of_the_small_lstm_start_alike():
    for start in (small_lstm(), small_lstm(np.random.default_rng(1))):
        for name in ("W_xh", "W_hh", "b_h"):
            blocks = np.split(start[name], 4, axis=-1)
            assert all(np.array_equal(block, blocks[0]) for block in blocks)


@pytest.mark.parametrize(("options", "word"), [
    ({}, "Right"), ({"squashed": True}, "without the tanh"), ({"mean": True}, "not their mean"),
    ({"factor": 1.0}, "the 2 is missing"), ({"rate": -0.1}, "sign"),
    ({"rate": 0.2}, "the one after update 1"), ({"updates": 99}, "101 losses"),
])
def test_a_small_lstm_is_judged_by_its_losses(said, options, word):
    assert word in said(check_small_lstm, lambda **given: train_small(**given, **options))


def test_a_small_lstm_that_stops_or_returns_words_is_told(said):
    assert "ZeroDivisionError" in said(check_small_lstm, lambda **given: 1 / 0)
    assert "no finite numbers" in said(check_small_lstm, lambda **given: "done")
    assert "first loss" in said(check_small_lstm, lambda **given: 1 + train_small(**given))
