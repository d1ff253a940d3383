"""The checks of lesson 10 accept what is right and say what is wrong with what is not."""

import numpy as np
import pytest

from helpers.exercises.lesson10 import check_combine, check_cut, check_gate_order, check_gru_biases


def split(W):
    return np.split(W, 4, axis=1)


def in_order(W, order):
    return np.concatenate([split(W)[n] for n in order], axis=1)


@pytest.mark.parametrize(("answer", "words"), [
    (lambda W: in_order(W, (0, 1, 3, 2)).T, "Right"),
    (lambda W: ..., "Not yet"),
    (lambda W: W, "still"),
    (lambda W: W.T, "still in this course's order"),
    (lambda W: W.reshape(W.shape[::-1]), "reshape"),
    (lambda W: in_order(W, (1, 0, 3, 2)).T, "rows of i, f"),
    (lambda W: W[:, :4], "4H rows"),
    (lambda W: W.no_such_thing, "AttributeError"),
])
def test_gate_order(capsys, answer, words):
    check_gate_order(answer)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "words"), [
    (lambda i, h: (np.where(np.arange(len(i)) < 2 * len(i) // 3, i + h, i), h[2 * len(h) // 3 :]), "Right"),
    (lambda i, h: None, "Not yet"),
    (lambda i, h: (i + h, h[2 * len(h) // 3 :]), "reset gate"),
    (lambda i, h: (i, i[2 * len(i) // 3 :]), "in b_hh"),
    (lambda i, h: (i, h[2 * len(h) // 3 :]), "b_h should be"),
    (lambda i, h: (i, h), "shape"),
    (lambda i, h: 3, "two arrays"),
])
def test_gru_biases(capsys, answer, words):
    check_gru_biases(answer)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "words"), [
    (lambda f, s: (s[0] * f[0], s[0] * f[1] + s[1]), "Right"),
    (lambda f, s: ..., "Not yet"),
    (lambda f, s: (s[0] + f[0], f[1]), "don't add"),
    (lambda f, s: (s[0], f[1]), "f of the first"),
    (lambda f, s: (s[0] * f[0], f[1] + s[1]), "also multiplied"),
    (lambda f, s: (s[0] * f[0], f[0] * s[1] + f[1]), "other way round"),
    (lambda f, s: (s[0] * f[0], 7 * f[1]), "Put the first step"),
    (lambda f, s: 1, "pair"),
])
def test_combine(capsys, answer, words):
    check_combine(answer)
    assert words in capsys.readouterr().out


def cut(layer, x1, x2, detach=True, carry=True, times=1):
    for _ in range(times):
        h1, state = layer(x1)
        state = tuple(s.detach() if detach else s for s in state) if carry else None
        (h1.sum() + layer(x2, state)[0].sum()).backward()
    return layer.weight_hh_l0.grad


@pytest.mark.torch
@pytest.mark.parametrize(("answer", "words"), [
    (cut, "Right"),
    (lambda *a: ..., "Not yet"),
    (lambda *a: cut(*a, detach=False), "full gradient"),
    (lambda *a: cut(*a, carry=False), "starts from zero"),
    (lambda *a: cut(*a, times=2), "factor of two"),
    (lambda *a: cut(*a)[:2], "shape"),
    (lambda *a: cut(*a) + 1, "one chunk missing"),
])
def test_cut(capsys, answer, words):
    check_cut(answer)
    assert words in capsys.readouterr().out
