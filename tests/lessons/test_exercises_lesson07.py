"""The checks of lesson 07 say which gate, which step and which parameter is wrong, and never raise."""

import numpy as np
import pytest
from answers import alone, broken, complete, no_answers, printed, right, slips, stops

from helpers.lessons.lesson07 import (
    check_backward,
    check_biases,
    check_peepholes,
    check_small_lstm,
    check_step,
    checks,
    simple_lstm_check,
    small_lstm,
)
from helpers.lessons.lesson07.lstm_by_hand import FAULTS, lstm_backward
from helpers.lessons.lesson07.simple_lstm import old_stream
from helpers.lessons.lesson07.simple_lstm_check import train_small
from helpers.networks import LSTM, lstm_forward, sigmoid


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
    states, _, tape = cell.forward(p, x, state=tuple(first))
    grads, _, _ = cell.backward(p, d_h, tape)
    da = lstm_backward(p, x, h, c, gates, d_h)
    assert np.allclose(states, [h[t] for t in range(6)], atol=1e-12)
    for name, gradient in sums(p, x, h, da).items():
        assert np.allclose(grads[name], gradient, atol=1e-12)


def step_with(change):
    """A step whose i, f, o, g, c, h are changed before they are returned."""
    return lambda *given: step(*given, change=change)


def last_only(p, x, h, c, gates, d_h):
    da = lstm_backward(p, x, h, c, gates, d_h)
    return {**sums(p, x, h, da), "W_xh": x[0].T @ da[0]}, da


def same_step(p, x, h, c, gates, d_h):
    da = lstm_backward(p, x, h, c, gates, d_h)
    return {**sums(p, x, h, da), "W_hh": sum(h[t].T @ da[t] for t in range(len(x)))}, da


def peephole(x, h_prev, c_prev, W_xh, W_hh, b_h, p_i, p_f, p_o, new=True):
    a_i, a_f, a_o, a_g = np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1)
    c = sigmoid(a_f + p_f * c_prev) * c_prev + sigmoid(a_i + p_i * c_prev) * np.tanh(a_g)
    return c, sigmoid(a_o + p_o * (c if new else c_prev)) * np.tanh(c)


def in_place(x, h_prev, c_prev, W_xh, W_hh, b_h):
    """A step that writes into what it is given."""
    H = len(W_hh)
    a = b_h + h_prev @ W_hh
    a += x @ W_xh
    a[:, : 3 * H] = 1 / (1 + np.exp(-a[:, : 3 * H]))
    np.tanh(a[:, 3 * H :], out=a[:, 3 * H :])
    i, f, o, g = np.hsplit(a, 4)
    c_prev *= f
    c_prev += i * g
    h_prev[:] = o * np.tanh(c_prev)
    return [i, f, o, g, c_prev, h_prev]


def by_loops(x, h_prev, c_prev, W_xh, W_hh, b_h):
    """A step number by number, in lists."""
    B, H = len(x), len(W_hh)
    rows = [[[b_h[k] + sum(x[b, d] * W_xh[d, k] for d in range(x.shape[1]))
              + sum(h_prev[b, j] * W_hh[j, k] for j in range(H)) for k in range(4 * H)] for b in range(B)]]
    i, f, o = ([[sigmoid(a) for a in row[n * H : (n + 1) * H]] for row in rows[0]] for n in range(3))
    g = [[np.tanh(a) for a in row[3 * H :]] for row in rows[0]]
    c = [[f[b][k] * c_prev[b, k] + i[b][k] * g[b][k] for k in range(H)] for b in range(B)]
    return i, f, o, g, c, [[o[b][k] * np.tanh(c[b][k]) for k in range(H)] for b in range(B)]


def back_in_place(p, x, h, c, gates, d_h):
    """A way back without new names, which writes into what it is given and takes h[-1] away."""
    grads, da = p.zeros_like(), [None] * len(x)
    dc = np.zeros_like(c[-1])
    for t in reversed(range(len(x))):
        i, f, o, g = gates[t]
        dc += d_h[t] * o * (1 - np.tanh(c[t]) ** 2)
        parts = dc * g, dc * c[t - 1], d_h[t] * np.tanh(c[t]), dc * i
        dc *= f
        for gate in (i, f, o):
            gate *= 1 - gate
        g **= 2
        da[t] = np.concatenate([part * slope for part, slope in zip(parts, (i, f, o, 1 - g), strict=True)],
                               axis=1)
        if t:
            d_h[t - 1] += da[t] @ p.W_hh.T
        grads["W_xh"] += np.einsum("bi,bj->ij", x[t], da[t])
        grads["W_hh"] += np.einsum("bi,bj->ij", h.pop(t - 1), da[t])
        grads["b_h"] += da[t].sum(axis=0)
    return grads, da


def back_by_sequence(p, x, h, c, gates, d_h):
    """A way back for one sequence after the other, with the gradients in a plain dictionary of lists."""
    da = np.zeros((*d_h.shape[:2], len(p.b_h)))
    for b in range(x.shape[1]):
        one = [{t: state[t][b : b + 1] for t in state} for state in (h, c)]
        its = {t: [gate[b : b + 1] for gate in gates[t]] for t in gates}
        da[:, b : b + 1] = lstm_backward(p, x[:, b : b + 1], *one, its, d_h[:, b : b + 1])
    return {name: grad.tolist() for name, grad in sums(p, x, h, da).items()}, da.tolist()


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
    (check_step, (step,)), (check_step, (in_place,)), (check_step, (by_loops,)),
    (check_backward, (back(),)), (check_backward, (back_in_place,)), (check_backward, (back_by_sequence,)),
    (check_biases, (OPEN, SHUT)),
    (check_biases, ({name: np.float32(30) for name in "ifo"}, {"i": 20.0, "f": np.array(-20), "o": [12][0]})),
    (check_biases, (dict.fromkeys("oif", 1000), {"f": -1000, "i": np.int64(40), "o": np.array([40.0])})),
    (check_peepholes, (peephole,)), (check_peepholes, (peephole_in_place,)),
    (check_peepholes, (peephole_by_loops,)),
    (check_small_lstm, (lambda **given: train_small(**given),)),
    (check_small_lstm, (lambda **given: [float(loss) for loss in train_small(**given)],)),
    (check_small_lstm, (lambda **given: tuple(map(np.float32, train_small(**given))),)),
)

test_the_starters_are_told_not_yet = slips(
    (check_step, (lambda *given: (..., ..., ..., ..., ..., ...),), "not-yet"),
    (check_backward, (lambda *given: ...,), "not-yet"),
    (check_biases, (DOTS, DOTS), "not-yet"),
    (check_peepholes, (lambda *given: (..., ...),), "not-yet"),
    (check_small_lstm, (lambda **given: ...,), "not-yet"),
)

test_a_step_is_told_which_quantity_is_wrong = slips(*((check_step, (answer,), *told) for answer, *told in (
    (lambda *a: step(*a, order=(0, 1, 3, 2)), "wrong-block", "✗ o: ", "columns of g", "… c: waits for g",
     "… h: waits for o and c", "✓ i, f"),
    (lambda *a: step(*a[:5], 0 * a[5]), "no-bias", "✗ i, f, o, g: ", "b_h", "0 of 6 done"),
    (lambda *a: step(a[0], 0 * a[1], *a[2:]), "no-h-prev", "✗ i, ", "h_prev"),
    (lambda *a: step(0 * a[0], *a[1:]), "no-input", "✗ i, f"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, sigmoid(2 * np.arctanh(g)), c, h)), "another-number",
     "✗ g", "✓ i, f, o, c, h"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, sigmoid(np.arctanh(g)), c, h)), "sigmoid-for-tanh",
     "✗ g"),
    (step_with(lambda i, f, o, g, c, h: (i, f, np.tanh(np.log(o / (1 - o))), g, c, h)), "tanh-for-sigmoid",
     "✗ o"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, np.arctanh(g), c, h)), "not-squashed", "✗ g"),
    (lambda *a: step(*a, change=lambda i, f, o, g, c, h: (i, f, o, g, i * a[2] + f * g, h)),
     "gates-swapped", "✗ c"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, g, i * g, h)), "no-c-prev", "✗ c", "5 of 6"),
    (lambda *a: step(*a, change=lambda i, f, o, g, c, h: (i, f, o, g, a[2] + i * g, h)), "no-f"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, g, c + (1 - i) * g, h)), "no-i"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, g, np.tanh(c), h)), "c-squashed"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, g, c, o * c)), "no-tanh", "✗ h"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, g, c, np.tanh(c))), "no-o", "✗ h"),
    (step_with(lambda i, f, o, g, c, h: (i, f, o, g, c, np.tanh(o * c))), "tanh-of-product"),
    (lambda *a: step(*a, change=lambda i, f, o, g, c, h: (i, f, o, g, c, o * np.tanh(a[2]))), "old-c"),
    (step_with(lambda *parts: parts[:5]), "wrong-count", "i, f, o, g, c and h"),
    (step_with(lambda *parts: [part[0] for part in parts]), "wrong-shape",
     "✗ i, f, o, g, c, h: With 3 inputs", "numbers of shape (1, 2)", "(2,)"),
    (step_with(lambda *parts: [part * np.nan for part in parts]), "not-finite", "✗ i, f, o, g, c, h", "nan"),
    (step_with(lambda *parts: ["wide"] * 6), "no-numbers", "'wide'"),
    (step_with(lambda *parts: (*parts[:5], ...)), "not-yet", "✓ i, f, o, g, c", "… h"),
    (lambda x, h, c, *rest: step(x, h, np.multiply(c, 0, out=c), *rest), "no-c-prev", "✗ c"),
    (lambda *a: 1 / 0, "stops", "3 inputs, 2 units", "ZeroDivisionError"),
)))

test_each_fault_of_a_backward_pass_is_named = slips(
    *((check_backward, (back(fault),), fault.replace(" ", "-"), words) for fault, words in FAULTS.items()))


def test_the_order_of_statements_shows_first_at_the_last_step_and_not_in_o():
    late, carried = (check_backward.result(back(fault)).said for fault in ("late dc", "no dc"))
    assert "✗ da: It is wrong for i, f, g at step 4 (the last" in late and "✓ W_xh, W_hh, b_h" in late
    assert "at step 3 (while step after it is right)" in carried


test_the_sums_over_time_are_checked_by_name = slips(
    *((check_backward, (back(change=change),), *told) for change, *told in (
        (lambda g: {**g, "W_xh": g["W_xh"].T}, "wrong-shape", "✗ W_xh: ", "(3, 16)", "(16, 3)", "3 of 4"),
        (lambda g: {**g, "b_h": g["b_h"] / 2}, "mean-over-sequences", "b_h"),
        (lambda g: {**g, "W_hh": g["W_hh"] / 5}, "mean-over-steps", "W_hh"),
        (lambda g: {**g, "W_hh": -g["W_hh"]}, "another-sum", "W_hh"),
        (lambda g: {"W_xh": g["W_xh"]}, "no-dictionary", "W_xh, W_hh and b_h"),
    )),
    (check_backward, (last_only,), "one-step", "W_xh"),
    (check_backward, (same_step,), "h-of-same-step", "W_hh"),
    (check_backward, (lambda p, *given: (back()(p, *given)[0], np.zeros((5, 2, 4))),), "wrong-shape",
     "da should", "(5, 2, 4)"),
    (check_backward, (lambda p, *given: (back()(p, *given)[0], 3 * back()(p, *given)[1]),), "another-da"),
    (check_backward, (lambda *given: 1 / 0,), "stops", "ZeroDivisionError"),
    (check_backward, (lambda *given: 3,), "wrong-count", "grads and da"),
)

test_biases_are_told_which_gate_does_not_stay = slips(
    (check_biases, (SHUT, SHUT), "wrong-sign", "✗ integrator: gate f should stay at 1", "✓ plain"),
    (check_biases, (OPEN, OPEN), "wrong-sign", "✗ plain: gate f should stay at 0", "✓ integrator"),
    (check_biases, ({**OPEN, "i": 2}, SHUT), "too-weak", "gate i", "2 is too weak"),
    (check_biases, (3, SHUT), "no-dictionary"),
    (check_biases, ({**OPEN, "o": "wide"}, SHUT), "no-number", "✗ integrator"),
    (check_biases, (DOTS, SHUT), "not-yet", "✓ plain", "… integrator: not yet"),
)

test_peepholes_are_judged_by_their_fault = slips(*((check_peepholes, (answer,), *told) for answer, *told in (
    (lambda *a: peephole(*a, new=False), "o-sees-old-c"),
    (lambda *a: peephole(*a[:6], 0, 0, 0), "no-peepholes"),
    (lambda *a: peephole(*a[:8], 0), "o-does-not-look"),
    (lambda *a: peephole(*a[:6], a[7], a[6], a[8]), "peepholes-swapped"),
    (lambda *a: (peephole(*a)[0], 0 * a[2]), "wrong-h"),
    (lambda *a: (0 * a[2], peephole(*a)[1]), "wrong-c"),
    (lambda *a: peephole(*a)[0], "wrong-count", "c and h"),
    (lambda *a: (*peephole(*a), 0)[1:], "wrong-shape", "h should be"),
    (lambda *a: (a[2], peephole(*a)[1]), "wrong-c"),
    (lambda *a: 1 / 0, "stops", "ZeroDivisionError"),
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


test_a_small_lstm_is_judged_by_its_losses = slips(
    *((check_small_lstm, (lambda options=options, **given: train_small(**given, **options),), *told)
      for options, *told in (
        ({"squashed": True}, "squashed"), ({"mean": True}, "mean"), ({"factor": 1.0}, "no-factor-two"),
        ({"rate": -0.1}, "sign"), ({"rate": 0.01}, "another-rate"),
        ({"rate": 0.2}, "gradient", "after update 1"), ({"updates": 99}, "wrong-shape", "(100,)"))),
    (check_small_lstm, (lambda **given: 1 / 0,), "stops", "ZeroDivisionError"),
    (check_small_lstm, (lambda **given: "done",), "no-numbers"),
    (check_small_lstm, (lambda **given: train_small(**given) * np.nan,), "not-finite"),
    (check_small_lstm, (lambda **given: 1 + train_small(**given),), "first-loss"),
)

test_each_part_counts_alone = alone(
    (check_step, {name: (step_with(lambda *parts, n=n: [part if n == m else ... for m, part in
                                                        enumerate(parts)]),)
                  for n, name in enumerate("ifogch")}),
    (check_backward, {"da": (back(change=lambda grads: dict.fromkeys(grads, ...)),),
                      **{name: (back("no f", lambda grads, name=name: {**dict.fromkeys(grads, "none"),
                                                                       name: grads[name]}),)
                         for name in ("W_xh", "W_hh", "b_h")}}),
    (check_biases, {"integrator": (OPEN, DOTS), "plain": ({}, SHUT)}),
)

test_what_is_no_answer_is_met_with_a_word = no_answers(
    *((check, lambda nothing: (lambda *given: nothing,))
      for check in (check_step, check_backward, check_peepholes)),
    (check_biases, lambda nothing: (nothing, nothing)),
    (check_biases, lambda nothing: (dict.fromkeys("ifo", nothing),) * 2),
    (check_small_lstm, lambda nothing: (lambda **given: nothing,)),
)

test_an_error_in_an_answer_is_told_and_not_raised = stops(
    *((check, (broken,)) for check in (check_step, check_backward, check_peepholes, check_small_lstm)))

test_what_is_printed_is_what_is_said = printed(
    (check_step, (step,)), (check_backward, (back("no f"),)), (check_biases, (SHUT, SHUT)),
    (check_peepholes, (broken,)), (check_small_lstm, (lambda **given: ...,)))

test_every_slip_is_made = complete(
    checks, test_each_part_counts_alone,
    also={"check_backward": {fault.replace(" ", "-") for fault in FAULTS}})
test_every_slip_of_the_small_lstm_is_made = complete(simple_lstm_check)
