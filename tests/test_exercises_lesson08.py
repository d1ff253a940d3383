"""The checks of lesson 08 name the fault, accept what is right, and never raise."""

import numpy as np
import pytest

from helpers.exercises.lesson08 import (
    check_control,
    check_depth,
    check_dropout,
    check_parameters,
    check_patience,
)


@pytest.fixture
def said(capsys):
    """What a check says about an answer."""
    def ask(check, *answers):
        check(*answers)
        return capsys.readouterr().out

    return ask


def count(cell, V, H, read_out=True, own=True, biases=True, b_y=True, blocks=None):
    k = blocks or {"RNN": 1, "GRU": 3, "LSTM": 4}[cell]
    inner = k * (V * H + H * H + H * biases) + H * (cell == "GRU") * own
    return inner + (H * V + V * b_y) * read_out


def depth(text, open_=1, close=1):
    return np.cumsum([open_ * (c == "(") - close * (c == ")") for c in text])


def stop_at(losses, patience, last=False):
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best]:
            best = look
        elif look - best >= patience:
            return look if last else best
    return len(losses) - 1 if last else best


def largest(cells, feature, shifts, best=lambda r: np.abs(r).max(), move=np.roll):
    return [best(np.array([np.corrcoef(c, move(feature, s))[0, 1] for c in cells.T])) for s in shifts]


def read_out(h, kept, share, W_hy, b_y, targets, scale=True, back=True, mean=True, seen_back=True,
             back_scale=True):
    mask = kept / (1 - share) if scale else kept * 1.0
    seen = h * mask
    scores = seen @ W_hy + b_y
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(h))
    loss = -np.log(p[rows, targets]).mean()
    p[rows, targets] -= 1
    p /= len(h) if mean else 1
    on_way_back = (mask if back_scale else kept) if back else 1
    return loss, (seen if seen_back else h).T @ p, (p @ W_hy.T) * on_way_back


@pytest.mark.parametrize(("check", "answer"), [
    (check_parameters, count), (check_depth, depth), (check_patience, stop_at), (check_control, largest),
    (check_dropout, read_out),
])
def test_right_answers_are_right_and_others_never_raise(said, check, answer):
    assert said(check, answer).startswith("Right")
    assert said(check, lambda *given: ...).startswith("Not yet")
    assert "ZeroDivisionError" in said(check, lambda *given: 1 / 0)
    for nonsense in ("words", [], [[1], [2, 3]], float("nan"), {"a": 1}, (1, 2, 3), np.zeros((2, 2))):
        words = said(check, lambda *given, nonsense=nonsense: nonsense)
        assert words and not words.startswith("Right")


def test_starters_are_told_not_yet(said):
    assert said(check_dropout, lambda *given: (..., ..., ...)).startswith("Not yet")


@pytest.mark.parametrize(("slip", "words"), [
    ({"read_out": False}, "read-out is left out"), ({"own": False}, "b_hn"), ({"b_y": False}, "bias b_y"),
    ({"biases": False}, "biases b_h are left out"), ({"blocks": 1}, "LSTM has 4 blocks"),
])
def test_counts_are_judged_by_what_is_left_out(said, slip, words):
    assert words in said(check_parameters, lambda *given: count(*given, **slip))


@pytest.mark.parametrize(("answer", "words"), [
    (lambda text: np.append(0, depth(text)[:-1]), "one off in time"),
    (lambda text: depth(text, close=0), "Closing brackets are not counted"),
    (lambda text: np.minimum(depth(text), 1), "how many"),
    (lambda text: np.diff(depth(text), prepend=0), "add up all changes"),
    (lambda text: depth(text) + np.array([c == ")" for c in text]), "')' counts one character too late"),
    (lambda text: 3, "should give 13 numbers"),
])
def test_a_feature_off_in_time_is_told(said, answer, words):
    assert words in said(check_depth, answer)


@pytest.mark.parametrize(("answer", "words"), [
    (lambda losses, patience: stop_at(losses, patience, last=True), "where you stop"),
    (lambda losses, patience: int(np.argmin(losses)), "into the future"),
    (lambda losses, patience: stop_at(losses, patience - 1), "too early"),
    (lambda losses, patience: stop_at(losses, patience + 1), "too late"),
])
def test_impatience_and_foresight_are_told(said, answer, words):
    assert words in said(check_patience, answer)


@pytest.mark.parametrize(("change", "words"), [
    ({"best": np.max}, "take |r|"), ({"best": lambda r: np.abs(r).mean()}, "mean of all cells"),
    ({"move": lambda feature, shift: feature}, "not moved"), ({"best": lambda r: (r**2).max()}, "r squared"),
])
def test_a_weak_control_is_told(said, change, words):
    assert words in said(check_control, lambda *given: largest(*given, **change))


@pytest.mark.parametrize(("change", "words"), [
    ({"scale": False}, "divided by 1 - share"), ({"back": False}, "not through the mask"),
    ({"mean": False}, "divide the gradient"), ({"seen_back": False}, "made with h"),
    ({"back_scale": False}, "not divided by 1 - share as on the way there"),
])
def test_a_mask_forgotten_on_the_way_is_told(said, change, words):
    assert words in said(check_dropout, lambda *given: read_out(*given, **change))
