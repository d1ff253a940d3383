"""The checks of lesson 03 accept what is right, name what is wrong, and never raise."""

import numpy as np
import pytest

from helpers.exercises.lesson03 import check_in_place, check_mended, check_step_back, right_step, way_back

NOT_ANSWERED = [None, ..., [...], "three", [1, 2], np.zeros((2, 2, 2)), float("nan"), {}, object(), 7]


def right_forward(params, symbols):
    h, states, scores = np.zeros(len(params.b_h)), [], []
    for symbol in symbols:
        h = np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h)
        states.append(h)
        scores.append(h @ params.W_hy + params.b_y)
    return states, scores


def in_place(params, symbols):
    h, states, scores = np.zeros(len(params.b_h)), [], []
    for symbol in symbols:
        np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h, out=h)
        states.append(h)
        scores.append(h @ params.W_hy + params.b_y)
    return states, scores


def no_memory(params, symbols):
    states = [np.tanh(params.W_xh[symbol] + params.b_h) for symbol in symbols]
    return states, [h @ params.W_hy + params.b_y for h in states]


def right_backward(params, symbols, targets, states, p):
    return dict(way_back(right_step, params, symbols, targets, states, p).items())


def no_transpose(params, symbols, targets, states, p):
    def step(*given):
        dh, da, _ = right_step(*given)
        return dh, da, da @ params.W_hh
    return way_back(step, params, symbols, targets, states, p)


def state_after(params, symbols, targets, states, p):
    grads = way_back(right_step, params, symbols, targets, states, p)
    grads["W_hh"] = grads["W_hh"] + np.outer(states[-1], states[0])
    return grads


def said(capsys):
    return capsys.readouterr().out


def test_right_answers_are_accepted(capsys):
    check_step_back(right_step)
    assert said(capsys).startswith("Right")
    check_in_place({"b_y"}, right_forward)
    assert said(capsys).startswith("Right")
    check_in_place("b_y", right_forward)
    assert said(capsys).startswith("Right")
    check_mended(right_backward, right_backward)
    assert said(capsys).startswith("Right")


@pytest.mark.parametrize("change, words", [
    (lambda dy, h, n, W_hy, W_hh: (dy @ W_hy.T, (1 - h**2) * (dy @ W_hy.T), None),
     ["At step 3 of 4 dh", "add dh_next"]),
    (lambda dy, h, n, W_hy, W_hh: (n, n, n), ["At step 4, the last one, dh", "own loss is left out"]),
    (lambda dy, h, n, W_hy, W_hh: (dy @ W_hy.T + n,) * 3, ["da is wrong", "slope of tanh is missing"]),
    (lambda dy, h, n, W_hy, W_hh: ((1 - h**2) * (dy @ W_hy.T + n),) * 3, ["dh is wrong", "belongs to da"]),
])
def test_a_wrong_step_is_named_with_its_time_and_its_harm(change, words, capsys):
    def step(*given):
        dh, da, carry = change(*given)
        right = right_step(*given)
        return dh, da, right[2] if dh is not da else carry
    check_step_back(step)
    out = said(capsys)
    assert all(word in out for word in words), out
    assert "Right" not in out


@pytest.mark.parametrize("part, wrong, words", [
    (1, lambda dy, h, n, W_hy, W_hh, dh, da: (1 - np.tanh(h) ** 2) * dh, "without another tanh"),
    (1, lambda dy, h, n, W_hy, W_hh, dh, da: (1 - h) ** 2 * dh, "not (1 - h)**2"),
    (2, lambda dy, h, n, W_hy, W_hh, dh, da: da @ W_hh, "wrong way round"),
    (2, lambda dy, h, n, W_hy, W_hh, dh, da: dh @ W_hh.T, "leaves out tanh"),
    (2, lambda dy, h, n, W_hy, W_hh, dh, da: dh @ W_hh, "Both at once"),
    (2, lambda dy, h, n, W_hy, W_hh, dh, da: 0.5 * da @ W_hh.T, "compare factor by factor"),
    (0, lambda dy, h, n, W_hy, W_hh, dh, da: dh[None], "shape (1, 3)"),
])
def test_a_slip_is_recognised(part, wrong, words, capsys):
    def step(*given):
        answer = list(right_step(*given))
        answer[part] = wrong(*given, *answer[:2])
        return tuple(answer)
    check_step_back(step)
    out = said(capsys)
    assert words in out and "Right" not in out
    if part == 2:
        assert "spoils the gradients of W_xh, W_hh and b_h; those of W_hy and b_y are right" in out


def test_a_step_that_writes_into_the_state_is_found(capsys):
    def step(dy, h, dh_next, W_hy, W_hh):
        answer = right_step(dy, h, dh_next, W_hy, W_hh)
        h *= 0
        return answer
    check_step_back(step)
    assert "an argument was changed" in said(capsys)


@pytest.mark.parametrize("named, forward_pass, words", [
    ({"W_hy", "b_y"}, right_forward, "Not W_hy"),
    ({"W_xh"}, right_forward, "Not W_xh"),
    (set(), right_forward, "One survives"),
    ({"b_y"}, in_place, "one and the same array"),
    ({"b_y"}, no_memory, "the one of step 2 is wrong"),
    ({"b_y"}, lambda params, symbols: 1 / 0, "ZeroDivisionError"),
    ({"h"}, right_forward, "names out of"),
])
def test_what_is_written_over_is_named(named, forward_pass, words, capsys):
    check_in_place(named, forward_pass)
    out = said(capsys)
    assert words in out and "Right" not in out


def test_symptoms_point_to_the_fault(capsys):
    check_mended(no_transpose, state_after)
    out = said(capsys)
    assert "backward_a: the gradient of W_xh, W_hh and b_h is wrong; right are those of W_hy and b_y" in out
    assert "backward_b: the gradient of W_hh is wrong" in out
    assert "what goes from step to step" in out and "single step W_hh is wrong already" in out
    check_mended(right_backward, state_after)
    out = said(capsys)
    assert "backward_a: all five" in out and not out.startswith("Right")


@pytest.mark.parametrize("answer", NOT_ANSWERED, ids=repr)
def test_no_answer_makes_a_check_raise(answer, capsys):
    check_step_back(lambda *given: answer)
    check_step_back(answer)
    check_in_place(answer, right_forward)
    check_in_place({"b_y"}, answer)
    check_in_place({"b_y"}, lambda *given: answer)
    check_mended(answer, lambda *given: answer)
    out = said(capsys)
    assert out.strip() and "Right" not in out
