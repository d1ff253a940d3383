"""The checks of the exercises of lesson 07 say which gate is wrong and what was done, and never raise."""

import numpy as np
import pytest
from answers import alone, broken, complete, mistakes, no_answers, printed, right, stops, three_times
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
from helpers.lessons.lesson07.simple_lstm import old_stream
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


def peephole_in_place(x, h_prev, c_prev, W_xh, W_hh, b_h, p_i, p_f, p_o):
    h_prev = x @ W_xh + h_prev @ W_hh + b_h
    a_i, a_f, a_o, a_g = np.hsplit(h_prev, 4)
    a_i += p_i * c_prev
    a_f += p_f * c_prev
    c_prev *= sigmoid(a_f)
    c_prev += sigmoid(a_i) * np.tanh(a_g)
    return [c_prev, sigmoid(a_o + p_o * c_prev) * np.tanh(c_prev)]


def peephole_by_loops(x, h_prev, c_prev, W_xh, W_hh, b_h, *peep):
    c, h = np.zeros_like(c_prev), np.zeros_like(c_prev)
    for b, k in np.ndindex(c.shape):
        a_i, a_f, a_o, a_g = (x[b] @ W_xh[:, n] + h_prev[b] @ W_hh[:, n] + b_h[n]
                              for n in range(k, 4 * c.shape[1], c.shape[1]))
        c[b, k] = (sigmoid(a_f + peep[1][k] * c_prev[b, k]) * c_prev[b, k]
                   + sigmoid(a_i + peep[0][k] * c_prev[b, k]) * np.tanh(a_g))
        h[b, k] = sigmoid(a_o + peep[2][k] * c[b, k]) * np.tanh(c[b, k])
    return c.tolist(), h.tolist()


OPEN, SHUT = {"i": 15, "f": 15, "o": 15}, {"i": 15, "f": -15, "o": 15}
DOTS = {"i": ..., "f": ..., "o": ...}

test_a_right_answer_is_accepted = right(
    (check_biases, (OPEN, SHUT)),
    (check_biases, ({name: np.float32(30) for name in "ifo"}, {"i": 20.0, "f": np.array(-20), "o": [12][0]})),
    (check_biases, (dict.fromkeys("oif", 1000), {"f": -1000, "i": np.int64(40), "o": np.array([40.0])})),
    (check_peepholes, (peephole,)), (check_peepholes, (peephole_in_place,)),
    (check_peepholes, (peephole_by_loops,)),
    (check_small_lstm, (lambda **given: train_small(**given),)),
    (check_small_lstm, (lambda **given: [float(loss) for loss in train_small(**given)],)),
    (check_small_lstm, (lambda **given: tuple(map(np.float32, train_small(**given))),)),
)

test_the_starters_are_told_not_yet = mistakes(
    (check_biases, (DOTS, DOTS), "not-yet"),
    (check_peepholes, (lambda *given: (..., ...),), "not-yet"),
    (check_small_lstm, (lambda **given: ...,), "not-yet"),
)

test_biases_are_told_which_gate_does_not_stay = mistakes(
    (check_biases, (SHUT, SHUT), "wrong-sign", "✗ integrator: gate f should stay at 1",
     "A large positive bias opens a gate, and a large negative bias shuts it.", "✓ plain"),
    (check_biases, (OPEN, OPEN), "wrong-sign", "✗ plain: gate f should stay at 0", "✓ integrator"),
    (check_biases, ({**OPEN, "i": 2}, SHUT), "too-weak", "gate i", "2 is too close to 0"),
    (check_biases, (3, SHUT), "no-dictionary"),
    (check_biases, ({**OPEN, "o": "wide"}, SHUT), "no-number", "✗ integrator"),
    (check_biases, (DOTS, SHUT), "not-yet", "✓ plain", "… integrator: not yet"),
)

test_peepholes_are_judged = mistakes(*((check_peepholes, (answer,), *told) for answer, *told in (
    (lambda *a: peephole(*a, new=False), "o-sees-old-c"),
    (lambda *a: peephole(*a[:6], 0, 0, 0), "no-peepholes"),
    (lambda *a: peephole(*a[:8], 0), "o-does-not-look"),
    (lambda *a: peephole(*a[:6], a[7], a[6], a[8]), "peepholes-swapped"),
    (lambda *a: (peephole(*a)[0], 0 * a[2]), "wrong-h"),
    (lambda *a: (0 * a[2], peephole(*a)[1]), "wrong-c"),
    (lambda *a: peephole(*a)[0], "wrong-count", "c and h"),
    (in_another_order, "other-order", "Write `return c, h`."),
    (lambda *a: with_blocks("ifgo", *a), "another-block-order"),
    (lambda *a: with_blocks("ifog", *a, seen=np.tanh(a[2])), "tanh-of-c"),
    (lambda *a: with_blocks("ifog", *a, seen=a[1]), "sees-h"),
    (lambda *a: with_blocks("ifog", *a, of_g=True), "peephole-of-g"),
    (lambda *a: (*peephole(*a), 0)[1:], "wrong-shape", "h should be"),
    (lambda *a: (a[2], peephole(*a)[1]), "wrong-c"),
    (lambda *a: 1 / 0, "stops", "ZeroDivisionError"),
    (lambda *a: a[6] @ a[2], "stops", "p_o are (4,)"),
)))


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


test_a_small_lstm_is_judged_by_its_losses = mistakes(
    *((check_small_lstm, (lambda options=options, **given: train_small(**given, **options),), *told)
      for options, *told in (
        ({"squashed": True}, "squashed"), ({"mean": True}, "mean"), ({"factor": 1.0}, "no-factor-two"),
        ({"rate": -0.1}, "sign"), ({"rate": 0.01}, "another-rate"),
        ({"rate": 0.2}, "gradient", "after update 1"), ({"updates": 98}, "wrong-shape",
         "(99,)"), ({"updates": 99}, "one-too-few", "100 losses"))),
    (check_small_lstm, (lambda **given: train_small(**given) / len(given["inputs"]),), "mean-told"),
    (check_small_lstm, (lambda **given: 1 / 0,), "stops", "ZeroDivisionError"),
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


test_a_state_that_is_not_carried_is_named = three_times(
    (check_program, program("h[t - 1], c[t - 1])\n", "h[t - 1], c[-1])\n"), "state-not-carried",
     "the second step starts from c_prev, as the first one does", "See lesson 07, stage 1."),
    (check_program, program("h[t - 1], c[t - 1])\n", "h[-1], c[t - 1])\n"), "state-not-carried",
     "starts from h_prev"),
    (check_program, program("return da, da @ W_hh.T, dc * f", "return da, da @ W_hh.T, dc * i"),
     "wrong-carry"),
)

test_each_part_counts_alone = alone(
    (check_biases, {"integrator": (OPEN, DOTS), "plain": ({}, SHUT)}),
)

test_what_is_no_answer_is_met_with_a_word = no_answers(
    (check_peepholes, lambda nothing: (lambda *given: nothing,)),
    (check_biases, lambda nothing: (nothing, nothing)),
    (check_biases, lambda nothing: (dict.fromkeys("ifo", nothing),) * 2),
    (check_small_lstm, lambda nothing: (lambda **given: nothing,)),
)

test_an_error_in_an_answer_is_told_and_not_raised = stops(
    (check_peepholes, (broken,)), (check_small_lstm, (broken,)))

test_what_is_printed_is_what_is_said = printed(
    (check_biases, (SHUT, SHUT)), (check_peepholes, (broken,)), (check_small_lstm, (lambda **given: ...,)))

test_every_mistake_is_made = complete(checks, test_each_part_counts_alone)
test_every_mistake_of_the_small_lstm_is_made = complete(simple_lstm_check)
