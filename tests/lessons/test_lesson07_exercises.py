"""The checks of the exercises of lesson 07 say which gate is wrong and what was done, and never raise."""

import numpy as np
import pytest
from answers import complete, mistakes, right
from course import ROOT, cells

from helpers.lessons.lesson07 import (
    check_biases,
    check_peepholes,
    check_program,
    check_small_lstm,
    checks,
    simple_lstm_check,
    small_lstm,
)
from helpers.lessons.lesson07.simple_lstm_check import train_small
from helpers.networks import sigmoid


def peephole(x, h_prev, c_prev, W_xh, W_hh, b_h, p_i, p_f, p_o, new=True):
    a_i, a_f, a_o, a_g = np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1)
    c = sigmoid(a_f + p_f * c_prev) * c_prev + sigmoid(a_i + p_i * c_prev) * np.tanh(a_g)
    return c, sigmoid(a_o + p_o * (c if new else c_prev)) * np.tanh(c)


def in_another_order(*given):
    c, h = peephole(*given)
    return h, c


def with_blocks(order, x, h_prev, c_prev, W_xh, W_hh, b_h, p_i, p_f, p_o, seen=None, of_g=False):
    seen = c_prev if seen is None else seen
    a = dict(zip(order, np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1), strict=True))
    a["g" if of_g else "i"] = a["g" if of_g else "i"] + p_i * seen
    c = sigmoid(a["f"] + p_f * seen) * c_prev + sigmoid(a["i"]) * np.tanh(a["g"])
    return c, sigmoid(a["o"] + p_o * c) * np.tanh(c)


OPEN, SHUT = {"i": 15, "f": 15, "o": 15}, {"i": 15, "f": -15, "o": 15}
DOTS = {"i": ..., "f": ..., "o": ...}

test_a_right_answer_is_accepted = right(
    (check_biases, (OPEN, SHUT)),
    (check_biases, ({name: np.float32(30) for name in "ifo"}, {"i": 20.0, "f": np.array(-20), "o": [12][0]})),
    (check_biases, (dict.fromkeys("oif", 1000), {"f": -1000, "i": np.int64(40), "o": np.array([40.0])})),
    (check_peepholes, (peephole,)),
    (check_small_lstm, (lambda **given: train_small(**given),)),
    (check_small_lstm, (lambda **given: [float(loss) for loss in train_small(**given)],)),
    (check_small_lstm, (lambda **given: tuple(map(np.float32, train_small(**given))),)),
)


test_biases_are_told_which_gate_does_not_stay = mistakes(
    (check_biases, (SHUT, SHUT), "wrong-sign"),
    (check_biases, ({**OPEN, "i": 2}, SHUT), "too-weak"),
    (check_biases, (3, SHUT), "no-dictionary"),
    (check_biases, ({**OPEN, "o": "wide"}, SHUT), "no-number"),
    (check_biases, (DOTS, SHUT), "not-yet"),
)

test_peepholes_are_judged = mistakes(*((check_peepholes, (answer,), *told) for answer, *told in (
    (lambda *a: peephole(*a, new=False), "o-sees-old-c"),
    (lambda *a: peephole(*a[:6], 0, 0, 0), "no-peepholes"),
    (lambda *a: peephole(*a[:8], 0), "o-does-not-look"),
    (lambda *a: peephole(*a[:6], a[7], a[6], a[8]), "peepholes-swapped"),
    (lambda *a: (peephole(*a)[0], 0 * a[2]), "wrong-h"),
    (lambda *a: (0 * a[2], peephole(*a)[1]), "wrong-c"),
    (lambda *a: peephole(*a)[0], "wrong-count"),
    (in_another_order, "other-order"),
    (lambda *a: with_blocks("ifgo", *a), "another-block-order"),
    (lambda *a: with_blocks("ifog", *a, seen=np.tanh(a[2])), "tanh-of-c"),
    (lambda *a: with_blocks("ifog", *a, seen=a[1]), "sees-h"),
    (lambda *a: with_blocks("ifog", *a, of_g=True), "peephole-of-g"),
    (lambda *a: (*peephole(*a), 0)[1:], "wrong-shape"),
    (lambda *a: 1 / 0, "stops"),
)))


def test_the_small_lstm_goes_as_the_published_program():
    losses = train_small(**small_lstm())
    assert losses[:2] == pytest.approx([0.7535, 0.5991], abs=1e-4)
    assert losses[99] == pytest.approx(2.61e-6, rel=0.01)


test_a_small_lstm_is_judged_by_its_losses = mistakes(
    *((check_small_lstm, (lambda options=options, **given: train_small(**given, **options),), *told)
      for options, *told in (
        ({"squashed": True}, "squashed"), ({"mean": True}, "mean"), ({"factor": 1.0}, "no-factor-two"),
        ({"rate": -0.1}, "sign"), ({"rate": 0.01}, "another-rate"),
        ({"rate": 0.2}, "gradient"), ({"updates": 98}, "wrong-shape"), ({"updates": 99}, "one-too-few"))),
    (check_small_lstm, (lambda **given: train_small(**given) / len(given["inputs"]),), "mean-told"),
    (check_small_lstm, (lambda **given: 1 / 0,), "stops"),
    (check_small_lstm, (lambda **given: "done",), "no-numbers"),
    (check_small_lstm, (lambda **given: train_small(**given) * np.nan,), "not-finite"),
    (check_small_lstm, (lambda **given: 1 + train_small(**given),), "first-loss"),
)

SOLVED = cells(ROOT / "notebooks" / "solutions" / "07_lstm.ipynb", "code")
WRITTEN = "\n".join(cell["source"] for cell in SOLVED if cell["source"].startswith((
    "def initial(", "def my_forward(", "def step_back(", "def my_backward(", "def update(")))


def program(old="", new=""):
    """The program of the worked solution, with other words at one place."""
    space = {"np": np, "sigmoid": sigmoid}
    assert old in WRITTEN
    exec(WRITTEN.replace(old, new), space)
    return tuple(space[name] for name in ("initial", "my_forward", "my_backward", "update", "sample"))


test_a_state_that_is_not_carried_is_named = mistakes(
    (check_program, program("h[t - 1], c[t - 1])\n", "h[t - 1], c[-1])\n"), "state-not-carried"),
    (check_program, program("return da, da @ W_hh.T, dc * f", "return da, da @ W_hh.T, dc * i"),
     "wrong-carry"),
)


test_every_mistake_is_made = complete(checks)
test_every_mistake_of_the_small_lstm_is_made = complete(simple_lstm_check)
