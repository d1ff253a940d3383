"""The checks of lesson 02 say what is wrong with an answer, and never raise."""

import math

import numpy as np
import pytest

from helpers.exercises import lesson02
from helpers.exercises.lesson02 import (
    check_first_loss,
    check_lengths,
    check_race,
    check_rnn_step,
    check_shifts,
)
from helpers.runs import load_runs


@pytest.fixture
def said(capsys):
    """What a check prints."""
    def of(check, *answers) -> str:
        check(*answers)
        return capsys.readouterr().out
    return of


def test_the_starters_are_told_not_yet(said):
    rates = dict.fromkeys(("SGD", "Adagrad", "RMSProp", "Adam"), ...)
    for check, *answers in (
        (check_first_loss, lambda vocabulary_size, length: ...),
        (check_shifts, dict.fromkeys("ABCD", ...)),
        (check_race, ..., rates),
        (check_race, 0.1, rates),
        (check_lengths, {1: ..., 25: ..., 100: ...}, ..., ..., ...),
    ):
        assert said(check, *answers).startswith("Not yet")


@pytest.mark.parametrize(("answer", "word"), [
    (lambda V, T: T * math.log(V), "Right"),
    (lambda V, T: math.log(V), "one character"),
    (lambda V, T: T * math.log2(V), "bits"),
    (lambda V, T: T * math.log10(V), "base 10"),
    (lambda V, T: -T * math.log(V), "sign"),
    (lambda V, T: 1 / V, "probability"),
    (lambda V, T: V * math.log(T), "not to the length"),
    (lambda V, T: T * math.log(V) + 1, "should be 102.3586"),
    (lambda V, T: "much", "one number"),
    (lambda V, T: V / 0, "ZeroDivisionError"),
    (lambda V: V, "TypeError"),
])
def test_a_first_loss_is_judged_by_its_slip(said, answer, word):
    assert word in said(check_first_loss, answer)


def test_shifted_programs_are_told_apart_by_their_symptoms(said):
    right = {"A": 2, "B": 0, "C": 1, "D": -1}
    assert said(check_shifts, right).startswith("Right")
    swapped = said(check_shifts, {**right, "B": -1, "D": 0})
    assert "B does not fit" in swapped and "D does not fit" in swapped and "A does" not in swapped
    assert "dictionary" in said(check_shifts, [2, 0, 1, -1])


def test_the_shipped_shifts_are_in_the_order_that_the_check_expects():
    assert [run.settings["shift"] for run in load_runs("shifts")] == list(lesson02.SHIFTS.values())


def test_a_race_wants_each_optimiser_at_its_best(said):
    runs = load_runs("optimizers")
    best = {name: lesson02.best_of(runs, name)[0] for name in ("SGD", "Adagrad", "RMSProp", "Adam")}
    assert said(check_race, 0.1, best).startswith("Right")
    assert said(check_race, 0.01, best).strip().endswith("too small.")
    assert said(check_race, 1.0, best).strip().endswith("too large.")
    assert "another rate is better" in said(check_race, 0.1, {**best, "Adam": 0.001})
    assert "was not tried" in said(check_race, 0.1, {**best, "SGD": 7})
    assert "was not tried" in said(check_race, 0.1, {**best, "SGD": [0.3]})


def step(i, h_prev, W_xh, W_hh, b_h, W_hy, b_y):
    h = np.tanh(W_xh[i] + h_prev @ W_hh + b_h)
    return h, h @ W_hy + b_y


def starter(i, h_prev, W_xh, W_hh, b_h, W_hy, b_y):
    h = np.tanh(W_xh[i] + W_hh @ h_prev + b_h)
    return h, W_hy @ h + b_y


def half_mended(i, h_prev, W_xh, W_hh, b_h, W_hy, b_y):
    h = np.tanh(W_xh[i] + W_hh @ h_prev + b_h)
    return h, h @ W_hy + b_y


def without_bias(i, h_prev, W_xh, W_hh, b_h, W_hy, b_y):
    h = np.tanh(W_xh[i] + h_prev @ W_hh + b_h)
    return h, h @ W_hy


def without_memory(i, h_prev, W_xh, W_hh, b_h, W_hy, b_y):
    h = np.tanh(W_xh[i] + b_h)
    return h, h @ W_hy + b_y


def one_row(i, h_prev, W_xh, W_hh, b_h, W_hy, b_y):
    h = np.tanh(W_xh[i] + h_prev @ W_hh + b_h)[None]
    return h, h @ W_hy + b_y


@pytest.mark.parametrize(("answer", "word"), [
    (step, "Right"), (starter, "ValueError"), (half_mended, "the wrong way round"),
    (without_bias, "y is not h @ W_hy + b_y"), (without_memory, "compare term by term"), (one_row, "(1, 4)"),
    (lambda *everything: None, "TypeError"),
])
def test_a_step_is_judged_by_its_fault(said, answer, word):
    assert word in said(check_rnn_step, answer)


def test_lengths_are_judged_by_the_shipped_runs(said):
    made = {1: 200_000, 25: 8_000, 100: 2_000}
    assert said(check_lengths, made, 100, 25, "b").startswith("Right")
    assert said(check_lengths, made, 100, 25, " B ").startswith("Right")
    assert "how many updates" in said(check_lengths, {**made, 25: 200_000}, 100, 25, "b")
    assert "After 2,000 updates, length 25" in said(check_lengths, made, 25, 25, "b")
    assert "After 200,000 characters, length 100" in said(check_lengths, made, 100, 100, "b")
    assert "not one of the lengths" in said(check_lengths, made, 99, 25, "b")
    for letter in "acd":
        assert f"Not {letter}" in said(check_lengths, made, 100, 25, letter)
    assert "one of the letters" in said(check_lengths, made, 100, 25, "everything")
    assert "dictionary" in said(check_lengths, ..., 100, 25, "b")
