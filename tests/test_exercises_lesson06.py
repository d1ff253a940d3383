"""The checks of lesson 06 accept what is right, name what is wrong, and never raise."""

import math

import numpy as np
import pytest

from helpers.exercises.lesson06 import check_blow_up, check_horizon, check_memory, check_predicted_factor

NOT_ANSWERED = [None, ..., [...], "three", [1, 2], np.zeros((2, 2, 2)), float("nan"), {}, object()]


def slope(norms):
    return np.polyfit(np.arange(len(norms)), np.log(norms), 1)[0]


def horizon(norms):
    return math.log(0.01) / slope(norms) if slope(norms) < 0 else math.inf


def first_below(norms):
    below = np.flatnonzero(norms < 0.01)
    return below[0] if len(below) else len(norms) - 1


def memory(error, length):
    return length * (1 - 6 * error)


def predicted(h):
    return np.sqrt(np.mean((1 - h**2) ** 2))


def changed(place, by):
    W = np.eye(64)
    W[place] += by
    return W


@pytest.mark.parametrize(("check", "answer"), [
    (check_horizon, horizon),
    (check_horizon, lambda norms: np.float64(horizon(norms))),
    (check_memory, memory),
    (check_memory, lambda error, length: np.array([memory(error, length)])),
    (check_predicted_factor, predicted),
    (check_blow_up, np.eye(64) + 0.01),
    (check_blow_up, (np.eye(64) + 0.009).tolist()),
])
def test_a_right_answer_is_accepted(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out.startswith("Right")


@pytest.mark.parametrize(("check", "answer", "words"), [
    (check_horizon, lambda n: math.log(0.01) / slope(n), "return np.inf"),
    (check_horizon, lambda n: -horizon(n), "The sign"),
    (check_horizon, lambda n: math.log10(0.01) / slope(n) if slope(n) < 0 else math.inf, "same base"),
    (check_horizon, lambda n: 2 * horizon(n), "a hundredth is left after"),
    (check_horizon, first_below, "the first lag with less than a hundredth"),
    (check_horizon, lambda n: horizon(n) if horizon(n) < 50 else math.inf, "don't look for it among"),
    (check_memory, lambda e, T: T - memory(e, T), "does not see"),
    (check_memory, lambda e, T: memory(e, T) / T, "share of the steps"),
    (check_memory, lambda e, T: T * (1 - 12 * e), "falls in a straight line"),
    (check_predicted_factor, lambda h: np.mean(1 - h**2), "squares"),
    (check_predicted_factor, lambda h: 1.0, "what does tanh do?"),
    (check_predicted_factor, lambda h: 0.5, "slope 1 - h²"),
    (check_predicted_factor, lambda h: (1 - h**2).min(), "One unit does not decide"),
    (check_predicted_factor, lambda h: 1 - h**2, "one number"),
    (check_blow_up, np.eye(64), "identity itself"),
    (check_blow_up, 1.01 * np.eye(64), "should be over 1,000"),
    (check_blow_up, np.eye(64) - 0.01, "wrong sign"),
    (check_blow_up, np.eye(64) + 0.02, "at most 0.01"),
    (check_blow_up, changed((3, 4), 1.0), "differs from the identity by 1.0000"),
    (check_blow_up, np.eye(32), "64 × 64"),
    (check_blow_up, changed((0, 0), np.nan), "finite"),
])
def test_a_slip_is_named(check, answer, words, capsys):
    check(answer)
    said = capsys.readouterr().out
    assert words in said and not said.startswith("Right")


def test_random_signs_do_not_blow_up(capsys):
    check_blow_up(np.eye(64) + 0.01 * np.random.default_rng(0).choice([-1, 1], (64, 64)))
    said = capsys.readouterr().out
    assert not said.startswith("Right") and ("cancel" in said or "sign" in said)


@pytest.mark.parametrize("answer", NOT_ANSWERED, ids=repr)
def test_what_is_no_answer_is_met_with_a_word(answer, capsys):
    check_horizon(lambda _: answer)
    check_memory(lambda *_: answer)
    check_predicted_factor(lambda _: answer)
    check_blow_up(answer)
    said = capsys.readouterr().out
    assert len(said.splitlines()) >= 4 and "Right" not in said


def test_an_error_in_an_answer_is_told_and_not_raised(capsys):
    def broken(*_):
        raise RuntimeError("lost")
    for check in (check_horizon, check_memory, check_predicted_factor):
        check(broken)
        assert "RuntimeError: lost" in capsys.readouterr().out


def test_a_reader_s_function_cannot_spoil_what_it_is_given(capsys):
    def spoiling(h):
        answer = predicted(h)
        h[...] = 0
        return answer
    check_predicted_factor(spoiling)
    assert capsys.readouterr().out.startswith("Right")
