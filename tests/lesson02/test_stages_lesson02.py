"""The stages of lesson 02: what is right is taken, what is wrong is told in three steps, nobody is stuck."""

import re

import numpy as np
import pytest
from answers import alone, broken, complete, goes_on, mistakes, no_answers, right, stops, three_times

from helpers.lessons.lesson02 import (
    check_adagrad,
    check_forward,
    check_gradient_error,
    check_read_out,
    check_sample,
    check_score_gradient,
    check_train_by_hand,
    loop_checks,
    plain_losses,
    plot_losses_by_hand,
    stage_checks,
    use_if_correct,
)
from helpers.lessons.lesson02 import plain_program as plain
from helpers.lessons.lesson02 import stage_mutants as mutants
from helpers.lessons.lesson02.stages import STAGES
from helpers.lessons.stages import with_changes

# --- stage 1: forward ---


def forward_by_loops(params, inputs, targets, h_prev):
    H, V, h, p, losses = len(h_prev), len(params["b_y"]), {-1: list(h_prev)}, {}, []
    for t, (symbol, wanted) in enumerate(zip(inputs, targets, strict=True)):
        h[t] = np.array([np.tanh(params["W_xh"][symbol, j] + params["b_h"][j] + sum(
            h[t - 1][i] * params["W_hh"][i, j] for i in range(H))) for j in range(H)])
        y = [params["b_y"][k] + sum(h[t][i] * params["W_hy"][i, k] for i in range(H)) for k in range(V)]
        p[t] = np.array([np.exp(one) / sum(map(np.exp, y)) for one in y])
        losses.append(-np.log(p[t][wanted]))
    return sum(losses) / len(losses), h, p


def forward_in_place(params, inputs, targets, h_prev):
    W_xh, W_hh, b_h, W_hy, b_y = params.values()
    h, p, loss = {-1: h_prev}, {}, 0.0
    for t in range(len(inputs)):
        h[t] = W_xh[inputs[t]].copy()
        h[t] += h[t - 1] @ W_hh
        h[t] += b_h
        np.tanh(h[t], out=h[t])
        p[t] = np.exp(h[t] @ W_hy + b_y)
        p[t] /= p[t].sum()
        loss += np.log(1 / p[t][targets[t]]) / len(inputs)
    return loss, h, p


def forward_one_hot(params, inputs, targets, h_prev):
    """With one-hot rows, the other way round, in single precision, in an array and a list."""
    small = {name: np.asarray(array, np.float32) for name, array in params.items()}
    eye, h, p = np.eye(len(small["b_y"]), dtype=np.float32), [], []
    for symbol in inputs:
        before = h[-1] if h else np.asarray(h_prev, np.float32)
        h.append(np.tanh(small["W_hh"].T @ before + small["W_xh"].T @ eye[symbol] + small["b_h"]))
        powers = np.exp(small["W_hy"].T @ h[-1] + small["b_y"])
        p.append(powers / powers.sum())
    return np.mean([-np.log(p[t][k]) for t, k in enumerate(targets)]), np.array([*h, h_prev]), p


def forward_dots(params, inputs, targets, h_prev):
    _W_xh, _W_hh, _b_h, _W_hy, _b_y = params.values()
    h, p, loss = {-1: h_prev}, {}, 0.0
    for t in range(len(inputs)):
        h[t] = ...
        p[t] = ...
        loss -= ...
    return ..., h, p


def forward_too_early(params, inputs, targets, h_prev):
    h = {-1: h_prev}
    for t in range(len(inputs)):
        h[t] = np.tanh(params["W_xh"][inputs[t]] + h[t] @ params["W_hh"] + params["b_h"])   # not there yet
    return 0.0, h, {}


def changed_forward(*changes):
    return with_changes(plain.forward, changes)


def with_returned(change):
    def forward(*given):
        return change(*plain.forward(*given))
    return forward


# --- stages 2 and 3: the gradient of the scores and of the read-out ---


def score_gradient_by_loop(p, target):
    return np.array([p[k] - (1 if k == target else 0) for k in range(len(p))])


def score_gradient_single(p, target):
    return np.float32(p) - np.eye(len(p), dtype=np.float32)[target]


def score_gradient_in_place(p, target):
    p[target] -= 1
    return p


def backward_at_once(params, inputs, targets, h, p):
    T = len(inputs)
    grads = dict(plain.backward(params, inputs, targets, h, p))
    rows = np.array([h[t] for t in range(T)], np.float32)
    dy = (np.array([p[t] for t in range(T)]) - np.eye(len(p[0]))[targets]) / T
    grads["W_hy"], grads["b_y"] = rows.T @ dy.astype(np.float32), dy.sum(axis=0)
    return grads


def backward_by_loops(params, inputs, targets, h, p):
    grads = plain.backward(params, inputs, targets, h, p)
    grads["W_hy"] = np.zeros_like(grads["W_hy"])
    for t in range(len(inputs)):
        for j in range(len(p[t])):
            for i in range(len(h[t])):
                grads["W_hy"][i, j] += h[t][i] * (p[t][j] - (j == targets[t])) / len(inputs)
    return grads


def backward_columns(params, inputs, targets, h, p):
    """An own loop for the read-out, with a product of a column and a row."""
    grads = plain.backward(params, inputs, targets, h, p)
    grads["W_hy"] *= 0
    for t in range(len(inputs)):
        grads["W_hy"] = grads["W_hy"] + h[t][:, None] * plain.score_gradient(p[t], targets[t]) / len(inputs)
    return grads


def backward_spoils_p(params, inputs, targets, h, p):
    grads = plain.backward(params, inputs, targets, h, p)
    p[0][targets[0]] -= 1
    return grads


def with_gradients(change):
    def backward(*given):
        grads = plain.backward(*given)
        change(grads)
        return grads
    return backward


def spoil(*names):
    def change(grads):
        for name in names:
            grads[name] = grads[name] + 1
    return change


def backward_carry(params, inputs, targets, h, p):
    """Wrong in what goes from step to step."""
    grads = plain.backward(params, inputs, targets, h, p)
    if len(inputs) > 1:
        spoil("W_xh", "W_hh", "b_h")(grads)
    return grads


# --- stage 4: the gradient check ---


def error_slow(loss, array, gradient, entries, eps=1e-5):
    """With index pairs, lists and a square root."""
    apart = mine = theirs = 0.0
    for i in entries:
        place = np.unravel_index(i, array.shape)
        array[place] += eps
        above = loss()
        array[place] -= 2 * eps
        below = loss()
        array[place] += eps
        slope = (above - below) / 2 / eps
        apart, mine, theirs = (apart + (gradient[place] - slope) ** 2, mine + gradient[place] ** 2,
                               theirs + slope**2)
    return apart**0.5 / (mine**0.5 + theirs**0.5)


def error_of_view(loss, array, gradient, entries, eps=1e-5):
    flat, found = array.ravel(), []
    for i in entries:
        kept, either = flat[i], []
        for sign in (1, -1):
            flat[i] = kept + sign * eps
            either.append(loss())
        flat[i] = kept
        found.append((either[0] - either[1]) / (2 * eps))
    derived = gradient.ravel()[entries]
    return np.float32(np.linalg.norm(derived - found) / (np.linalg.norm(derived) + np.linalg.norm(found)))


def changed_error(*changes):
    return with_changes(plain.gradient_error, changes)


MEASURED = "array.flat[i] = kept - eps\n        below = loss()"


def error_of_the_whole(loss, array, gradient, entries, eps=1e-5):
    array += eps
    above = loss()
    array -= 2 * eps
    return above - loss()


RETURNED = "np.linalg.norm(derived - measured) / lengths"


# --- stage 5: Adagrad ---


def adagrad_rebinds(params, grads, squares, learning_rate=0.1, clip=0.2):
    for name, gradient in grads.items():
        g = np.maximum(np.minimum(gradient, clip), -clip)
        squares[name] = squares[name] + g * g
        params[name] = params[name] - learning_rate * g / np.sqrt(squares[name] + 1e-10)


def adagrad_by_loops(params, grads, squares, learning_rate=0.1, clip=0.2):
    for name in params:
        for place in np.ndindex(params[name].shape):
            g = min(max(grads[name][place], -clip), clip)
            squares[name][place] += g**2
            params[name][place] -= learning_rate * g / (squares[name][place] ** 0.5 + 1e-10)


def adagrad_out(params, grads, squares, learning_rate=0.1, clip=0.2):
    for name in params:
        np.clip(grads[name], -clip, clip, out=grads[name])
        squares[name] += np.square(grads[name], dtype=np.float32)
        params[name] += -learning_rate * np.divide(grads[name], np.sqrt(squares[name]) + 1e-10)


def adagrad_of_names(params, grads, squares, learning_rate=0.1, clip=0.2):
    for name in params:
        w, s = params[name], squares[name]
        g = np.clip(grads[name], -clip, clip)
        s = s + g**2
        w = w - learning_rate * g / (np.sqrt(s) + 1e-10)


def adagrad_stops_early(params, grads, squares, learning_rate=0.1, clip=0.2):
    first = next(iter(params))
    plain.adagrad({first: params[first]}, grads, squares, learning_rate)


# --- stage 6: sampling ---


def sample_by_sum(params, h, i, length, rng):
    drawn = np.zeros(length, dtype=int)
    for t in range(length):
        h = np.tanh(params["W_xh"][i] + params["W_hh"].T @ h + params["b_h"])
        y = params["W_hy"].T @ h + params["b_y"]
        chances = np.exp(y - y.max())
        i = int(np.searchsorted(np.cumsum(chances / chances.sum()), rng.random()))
        drawn[t] = i
    return drawn


def sample_gumbel(params, h, i, length, rng):
    """The largest of the scores with a noise that makes it a fair draw."""
    drawn = []
    while len(drawn) < length:
        h = np.tanh(params["W_xh"][drawn[-1] if drawn else i] + h @ params["W_hh"] + params["b_h"])
        drawn += [int(np.argmax(h @ params["W_hy"] + params["b_y"] + rng.gumbel(size=len(params["b_y"]))))]
    return tuple(drawn)


def changed_sample(*changes):
    return with_changes(plain.sample, changes)


STEP = "h = np.tanh(W_xh[i] + h @ W_hh + b_h)"
DRAW = "i = rng.choice(len(b_y), p=softmax(h @ W_hy + b_y))"


def sample_once(params, h, i, length, rng):
    h = np.tanh(params["W_xh"][i] + h @ params["W_hh"] + params["b_h"])
    p = plain.softmax(h @ params["W_hy"] + params["b_y"])
    return [rng.choice(len(p), p=p) for _ in range(length)]


def sample_flat(params, h, i, length, rng):
    return plain.sample({**params, "b_y": 0.2 * params["b_y"]}, h, i, length, rng)


def sample_of_weak_scores(params, h, i, length, rng):
    weak = params["W_xh"].shape[1] == 3
    return plain.sample({**params, "W_hy": (0.1 if weak else 1) * params["W_hy"]}, h, i, length, rng)


# --- stage 7: the loop ---


def loop_with_slices(params, ids, length, updates, forward, backward, adagrad):
    squares = {name: 0 * array for name, array in params.items()}
    losses, n, per_pass = np.zeros(updates), 0, (len(ids) - 1) // length
    while n < updates:
        chunk = ids[n % per_pass * length :][: length + 1]
        if n % per_pass == 0:
            h_prev = np.zeros(len(params["b_h"]), np.float32)
        losses[n], h, p = forward(params, chunk[:-1], chunk[1:], h_prev)
        adagrad(params, backward(params, chunk[:-1], chunk[1:], h, p), squares, 0.1)
        h_prev, n = h[len(chunk) - 2], n + 1
    return losses


def loop_named(params, ids, length, updates, forward, backward, adagrad):
    squares = {name: np.zeros_like(array) for name, array in params.items()}
    losses, at, state = (), 0, np.zeros_like(params["b_h"])
    for _n in range(updates):
        x, wanted = ids[at : at + length], ids[at + 1 : at + 1 + length]
        loss, h, p = forward(params, inputs=x, targets=wanted, h_prev=state)
        adagrad(params, backward(params, x, wanted, h, p), squares, learning_rate=0.1)
        losses, at, state = (*losses, loss), at + length, h[length - 1].copy()
        if len(ids) - at < length + 1:
            at, state = 0, 0 * state
    return losses


def changed_loop(*changes):
    return with_changes(plain.train_by_hand, changes)


OVER = "position, h_prev = 0, zero_state\n        inputs"
ON = "position, h_prev = position + length, h[length - 1]"
BACK, UPDATE = "backward(params, inputs, targets, h, p)", "adagrad(params, grads, squares)"
TARGETS = "targets = ids[position + 1 : position + length + 1]"


def loop_with_long_chunks(params, ids, length, updates, forward, backward, adagrad):
    return plain.train_by_hand(params, ids, 25, updates, forward, backward, adagrad)


def loop_with_all_states(params, ids, length, updates, forward, backward, adagrad):
    h, squares = np.zeros_like(params["b_h"]), {name: 0 * array for name, array in params.items()}
    for n in range(updates):
        chunk = ids[n * length :][: length + 1]
        _, h, p = forward(params, chunk[:-1], chunk[1:], h)
        adagrad(params, backward(params, chunk[:-1], chunk[1:], h, p), squares)


def test_a_number_that_is_shown_as_wrong_is_one_that_differs():
    def last_doubled(loss, h, p):
        return loss, {t: h[t] * np.append(np.ones(len(h[t]) - 1), 2) for t in h}, p

    answer = with_returned(last_doubled)
    check_forward.tries.clear()
    said = [check_forward(answer).said for _ in range(3)][2]
    check_forward.tries.clear()
    shown = re.search(r"h\[0\]\[3\] should be (\S+)\. Yours is (\S+)\.", said)
    assert shown[1] != shown[2]


test_what_is_right_is_accepted_in_every_spelling = right(
    *((check_forward, (answer,)) for answer in (plain.forward, forward_by_loops, forward_in_place,
                                                forward_one_hot)),
    *((check_score_gradient, (answer,)) for answer in (plain.score_gradient, score_gradient_by_loop,
                                                       score_gradient_single)),
    *((check_read_out, (answer,)) for answer in (plain.backward, backward_at_once, backward_by_loops,
                                                 backward_columns)),
    *((check_gradient_error, (answer,)) for answer in (plain.gradient_error, error_slow, error_of_view)),
    *((check_adagrad, (answer,)) for answer in (plain.adagrad, adagrad_rebinds, adagrad_by_loops,
                                                adagrad_out)),
    *((check_sample, (answer,)) for answer in (plain.sample, sample_by_sum, sample_gumbel)),
    *((check_train_by_hand, (answer,)) for answer in (plain.train_by_hand, loop_with_slices, loop_named)),
)


def of_mutants(check, function, several):
    return [(check, (with_changes(function, mutant.changes),), mutant.name) for mutant in several]


test_a_mistake_is_told_in_three_steps = three_times(
    *of_mutants(check_forward, plain.forward, mutants.FORWARD),
    (check_forward, (changed_forward(("{-1: h_prev}", "{-1: h_prev.copy()}"),
                                     ("h[t] = ", "h[t] = h_prev[:] = ")),), "changed-argument", "h_prev was"),
    (check_forward, (with_returned(lambda loss, h, p: (loss, {t: h[t] ** 3 for t in h}, p)),), "another-h",
     "With T = 1, h[0] is wrong"),
    (check_forward, (forward_too_early,), "stops", "KeyError: 0"),
    (check_forward, (changed_forward(("softmax(h[t] @ W_hy", "softmax(h[t] @ W_hh")),), "another-p", "✓ h",
     "With T = 1, p[0] is wrong"),
    (check_forward, (with_returned(lambda loss, h, p: (loss, h, {t: p[t] ** 2 for t in p})),), "another-p",
     "With T = 1, p[0] is wrong"),
    (check_forward, (with_returned(lambda loss, h, p: (loss + 1, h, p)),), "another-loss", "it should be"),
    (check_forward, (with_returned(lambda loss, h, p: (loss, 7, p)),), "not-by-step",
     "✗ h: With T = 1: h[t] should be an array for every t in range(1)."),
    *((check_forward, (with_returned(lambda loss, h, p, change=change: (loss, change(h), p)),),
       "no-state-before", "✗ h: With T = 1: the states", "h[-1] should be h_prev")
      for change in (lambda h: [h[t] for t in range(len(h) - 1)],
                     lambda h: {t: h[t] for t in range(len(h) - 1)}, lambda h: {**h, -1: 0 * h[-1]})),
    *of_mutants(check_score_gradient, plain.score_gradient, mutants.SCORE_GRADIENT),
    (check_score_gradient, (score_gradient_in_place,), "changed-argument", "p was changed"),
    (check_score_gradient, (lambda p, target: p**2,), "another-dy", "Your dy["),
    *of_mutants(check_read_out, plain.backward, mutants.BACKWARD),
    (check_read_out, (backward_spoils_p,), "changed-argument", "p was changed"),
    (check_read_out, (with_gradients(spoil("W_hy", "W_xh")),), "wrong-read-out", "W_xh and W_hy are wrong"),
    (check_train_by_hand, (loop_with_all_states,), "all-states", "At update 2"),
    *((check_train_by_hand, (changed_loop((UPDATE, f"{name} = {UPDATE}")),), "adagrad-returns-nothing",
       f"At update 2 {called} is given None instead of {name}.")
      for name, called in (("params", "forward"), ("squares", "adagrad"))),
    (check_read_out, (with_gradients(spoil("W_hy")),), "wrong-read-out-line",
     "the gradient of W_hy is wrong"),
    (check_read_out, (with_gradients(spoil("b_y")),), "wrong-read-out-line",
     "the gradient of b_y is wrong"),
    (check_read_out, (with_changes(plain.backward, ((" / len(inputs)", " / (t + 1)"),)),), "wrong-steps",
     "At T = 1 every gradient is right"),
    (check_read_out, (with_gradients(spoil("W_xh", "W_hh", "b_h")),), "wrong-da", "W_xh, W_hh and b_h"),
    (check_read_out, (with_gradients(spoil("W_hh")),), "wrong-line", "the gradient of W_hh is wrong"),
    (check_read_out, (backward_carry,), "wrong-carry", "At T = 1 every gradient is right"),
    (check_gradient_error, (changed_error(("    for i", "    array = array.copy()\n    for i")),),
     "not-moved", "calls of loss(): 8. No weight had moved"),
    (check_gradient_error, (changed_error(("        array.flat[i] = "
                                           "kept\n", "")),), "not-put-back", "off by"),
    (check_gradient_error, (changed_error(("eps=1e-5", "eps=1e-12")),), "tiny-step", "1e-12"),
    (check_gradient_error, (changed_error(("eps=1e-5", "eps=0.1")),), "large-step", "1e-01"),
    (check_gradient_error, (changed_error(("in entries", "in entries[:1]")),), "not-all-entries",
     "moved 1 of"),
    (check_gradient_error, (changed_error(("in entries", "in range(array.size)")),), "more-entries",
     "and other entries"),
    (check_gradient_error, (changed_error((MEASURED, "array.flat[i] = kept\n        below = loss()"),
                                          ("(2 * eps)", "eps")),), "one-sided", "one direction"),
    (check_gradient_error, (changed_error((" / lengths", "")),), "absolute", "should be"),
    (check_gradient_error, (changed_error(("(2 * eps)", "eps")),), "half-step", "should be"),
    (check_gradient_error, (changed_error(("norm(derived) + np.linalg.norm(measured)", "norm(measured)")),),
     "one-length", "one entry is 1.5 times its right value"),
    (check_gradient_error, (changed_error(("norm(derived) + np.linalg.norm(measured)", "norm(derived)")),),
     "one-length-of-yours"),
    (check_gradient_error, (changed_error((" / lengths", " / (lengths / 2)")),), "mean-of-lengths"),
    (check_gradient_error, (changed_error((RETURNED, RETURNED + " + 0.3")),), "another-error"),
    (check_gradient_error, (error_of_the_whole,), "all-moved"),
    (check_gradient_error, (changed_error(("(above - below)", "(below - above)")),), "nothing-in-common",
     "It is 1.0000"),
    (check_gradient_error, (changed_error(("/ (2 * eps)", "/ 2 * eps")),), "nothing-in-common", "It is "
                                                                                                "1.0000"),
    (check_gradient_error, (changed_error((RETURNED, "abs(np.linalg.norm(derived) - "
                                                     "np.linalg.norm(measured)) / "
                                                     "lengths")),), "difference-of-lengths"),
    (check_gradient_error, (changed_error((RETURNED, RETURNED.replace(
        "lengths", "np.linalg.norm(derived + measured)"))),), "length-of-sum"),
    (check_gradient_error, (changed_error((RETURNED, "((derived - measured)**2).sum() / (derived**2 + "
                                                     "measured**2).sum()")),), "squared"),
    (check_gradient_error, (changed_error((RETURNED, "np.mean(abs(derived - measured) / (abs(derived) + "
                                                     "abs(measured)))")),), "mean-of-errors"),
    (check_gradient_error, (changed_error((RETURNED, RETURNED.replace(
        "lengths", "np.linalg.norm(derived) + np.linalg.norm(measured)"))),), "no-brackets"),
    *of_mutants(check_adagrad, plain.adagrad, mutants.ADAGRAD),
    (check_adagrad, (adagrad_of_names,), "nothing-moves", "no parameter has changed"),
    (check_adagrad, (with_changes(plain.adagrad, (("learning_rate * g", "1.5 * learning_rate * g"),)),),
     "another-step", "At learning rate 0.1, update 1, array W: a weight"),
    (check_adagrad, (with_changes(plain.adagrad, (("1e-10", "1e-5"),)),), "another-step",
     "-0.10000, not -0.09999"),
    (check_adagrad, (adagrad_stops_early,), "not-all-arrays", "b has not changed"),
    (check_adagrad, (with_changes(plain.adagrad, ((" + 1e-10", ""),)),), "divided-by-zero", "so far: +0.00"),
    (check_adagrad, (with_changes(plain.adagrad, (("(np.sqrt(squares[name]) + 1e-10)",
                                                   "np.sqrt(squares[name]) + 1e-10"),)),), "divided-by-zero"),
    (check_adagrad, (with_changes(plain.adagrad, (("g**2", "g"),)),), "root-of-negative",
     "update 1 a weight of W"),
    (check_sample, (changed_sample((DRAW, DRAW.replace("i =", "k =")), ("append(i)", "append(k)")),),
     "not-fed-back", "each symbol leads to the next"),
    (check_sample, (changed_sample((STEP, STEP.replace("h =", "new =")),
                                   (DRAW, DRAW.replace("h @", "new @"))),),
     "state-not-carried", "the state cycles"),
    (check_sample, (sample_once,), "one-row"),
    (check_sample, (changed_sample(("return drawn", "return drawn[::-1]")),), "another-text"),
    (check_sample, (changed_sample((DRAW, "i = int(np.argmax(h @ W_hy + b_y))")),), "largest", "2,000 draws"),
    (check_sample, (changed_sample((DRAW, DRAW.replace(" + b_y", ""))),), "no-b-y", "2,000 draws"),
    (check_sample, (changed_sample((DRAW, "i = rng.choice(len(b_y))")),), "by-chance", "each symbol leads"),
    (check_sample, (changed_sample((" + h @ W_hh", "")),), "state-not-used", "the state cycles"),
    (check_sample, (changed_sample(("h @ W_hh", "W_hh @ h")),), "w-hh-turned", "the state cycles"),
    (check_sample, (changed_sample(("drawn = []", "drawn = [i]"), ("(length)", "(length - 1)")),),
     "given-kept", "[0, 1, 2, 3, 0, 1]"),
    (check_sample, (changed_sample((STEP, f"p = softmax(h @ W_hy + b_y)\n        {STEP}"),
                                   (DRAW, "i = rng.choice(len(b_y), p=p)")),), "drawn-too-early"),
    (check_sample, (changed_sample((DRAW, DRAW.replace("rng.", "np.random.default_rng(0)."))),),
     "dice-made-anew", "2,000 draws"),
    (check_sample, (changed_sample(("drawn = []", "drawn, rng = [], np.random.default_rng(0)")),), "own-rng",
     "Two calls in a row"),
    (check_sample, (changed_sample((" + b_h", "")),), "no-b-h", "2,000 pairs"),
    (check_sample, (changed_sample((STEP, "h = W_xh[i] + h @ W_hh + b_h")),), "no-tanh", "2,000 pairs"),
    (check_sample, (changed_sample(("append(i)", "append(" + DRAW.removeprefix("i = ") + ")")),),
    "kept-another",
     "2,000 pairs"),
    (check_sample, (changed_sample(("return drawn", "return drawn if length != 2 else 2 * drawn[:1]")),),
     "other-pairs", "2,000 pairs"),
    (check_sample, (sample_flat,), "other-chances"),
    (check_sample, (changed_sample(("drawn = []", "drawn, rng = [], np.random.default_rng()")),),
     "other-dice"),
    (check_sample, (sample_of_weak_scores,), "no-hello", "of 100 tries"),
    (check_sample, (changed_sample(("(length)", "(length - 1)")),), "wrong-length",
     "sample should return 6 symbols, not 5."),
    (check_train_by_hand, (changed_loop((TARGETS, "targets = inputs")),), "not-shifted", "at update 1"),
    (check_train_by_hand, (changed_loop((TARGETS, TARGETS.replace("1 :", "2 :").replace("+ 1]", "+ 2]"))),),
     "other-targets"),
    (check_train_by_hand, (changed_loop((ON, "position, h_prev = position + length, zero_state")),),
     "not-carried", "at update 2"),
    (check_train_by_hand, (changed_loop((ON, "position, h_prev = position + length, h[0]")),), "first-state"),
    (check_train_by_hand, (changed_loop((ON, "position, h_prev = position + length, p[0][:2]")),),
     "other-state"),
    (check_train_by_hand, (changed_loop((OVER, "position = 0\n        inputs")),), "not-reset",
     "at update 3"),
    (check_train_by_hand, (changed_loop(("position + length + 1 > len(ids)", "position > len(ids)")),),
     "beyond-the-end"),
    (check_train_by_hand, (changed_loop((ON, "position, h_prev = min(position + length, len(ids) - length - "
                                             "1), "
                                             "h[length - 1]")),), "not-started-over", "at update 3"),
    (check_train_by_hand, (changed_loop(("position + length + 1 > len(ids)", "position + length > "
                                                                             "len(ids)")),),
     "not-started-over", "With 15 characters", "at update 3"),
    (check_train_by_hand, (changed_loop(("position + length + 1 > "
                                         "len(ids)", "position > 0")),), "stands-still"),
    (check_train_by_hand, (changed_loop(("forward(params, inputs, targets", "forward(params, targets, "
                                                                            "inputs")),),
     "other-beginning", "at update 1"),
    (check_train_by_hand, (loop_with_long_chunks,), "other-beginning", "at update 1"),
    (check_train_by_hand, (changed_loop((OVER, "position, h_prev = 0, 0.0\n        inputs")),), "no-state",
     "at update 3"),
    (check_train_by_hand, (changed_loop(("range(updates)", "range(1)")),), "too-few-updates",
     "forward is called once"),
    (check_train_by_hand, (changed_loop(("position + length + 1 > len(ids)",
                                         "position + 2 * length + 1 > len(ids) and position > length")),),
     "over-too-soon"),
    (check_train_by_hand, (changed_loop((ON, ON.replace("position + length,", "position + 1,"))),),
     "other-positions", "at update 2"),
    (check_train_by_hand, (changed_loop(("range(updates)", "range(updates + 1)")),),
     "too-many-updates"),
    (check_train_by_hand, (changed_loop((BACK, "dict.fromkeys(params, 1)")),), "other-number-of-backward"),
    (check_train_by_hand, (changed_loop((UPDATE, "pass")),), "other-number-of-adagrad"),
    (check_train_by_hand, (changed_loop((BACK, "backward(params, targets, inputs, h, p)")),),
     "other-backward"),
    (check_train_by_hand, (changed_loop((UPDATE, "adagrad(params, squares, squares)")),), "other-gradients"),
    (check_train_by_hand, (changed_loop((UPDATE, "adagrad(params, grads, {name: 0 * array for name, array in "
                                                 "params.items()})")),), "squares-made-anew"),
    (check_train_by_hand, (changed_loop(("return losses", "return losses[1:]")),), "other-losses",
     "It returns 5"),
    (check_train_by_hand, (changed_loop(("append(loss)", "append(loss * length)")),), "other-losses", "in "
                                                                                                      "order"),
)

test_a_list_with_which_the_lesson_could_not_go_on_is_named = mistakes(
    (check_forward, (with_returned(lambda loss, h, p: (loss, {t: h[t].tolist() for t in h}, p)),), "no-array",
     "✗ h: With T = 1: h[0] has the right shape, but it is a list"),
    (check_score_gradient, (lambda p, target: plain.score_gradient(p, target).tolist(),), "no-array",
     "it is a list", "np.array(...)"),
)

test_dots_are_not_yet = mistakes(
    (check_forward, (forward_dots,), "not-yet", "dots in forward_dots"),
    (check_forward, (lambda *given: ...,), "not-yet"),
    (check_score_gradient, (lambda p, target: ...,), "not-yet"),
    (check_read_out, (lambda *given: ...,), "not-yet"),
    (check_gradient_error, (lambda *given: ...,), "not-yet"),
    (check_sample, (lambda *given: ...,), "not-yet"),
    (check_train_by_hand, (lambda *given: None,), "not-yet", "return"),
    (check_train_by_hand, (changed_loop((BACK, "backward(params, h, p)")),), "stops",
     "TypeError: backward() missing 2"),
)

test_an_error_is_told_and_not_raised = stops(*((stage.check, (broken,)) for stage in STAGES.values()))

test_what_is_no_answer_is_not_taken_for_one = no_answers(*(
    (stage.check, lambda nothing: (lambda *given, **named: nothing,))
    for name, stage in STAGES.items() if name != "adagrad"))

test_each_part_counts_alone = alone((check_forward, {
    "h": (with_returned(lambda loss, h, p: (loss, h, {t: p[t] ** 2 for t in p})),), "p": None, "loss": None}))

test_every_mistake_of_the_stages_is_made = complete(stage_checks, test_each_part_counts_alone)
test_every_mistake_of_the_loops_is_made = complete(loop_checks)


test_the_lesson_goes_on_with_what_is_right_and_quick = goes_on(use_if_correct, STAGES, slow=(
    ("forward", forward_by_loops), ("backward", backward_by_loops), ("adagrad", adagrad_by_loops)))


def test_what_is_none_of_the_stages_is_refused():
    with pytest.raises(ValueError, match="does not ask for a function broken; it asks for forward, "):
        use_if_correct(broken)


def test_a_right_answer_begins_anew():
    check_score_gradient.tries.clear()
    for _ in range(2):
        check_score_gradient(lambda p, target: p.copy())
    assert check_score_gradient.tries == {"no-one-hot": 2}
    check_score_gradient(plain.score_gradient)
    assert check_score_gradient.tries == {}


def test_the_picture_of_a_training_by_hand_says_whose_it_is():
    rng = np.random.default_rng(0)
    ids = rng.integers(5, size=200)
    made = [plain_losses(stage_checks.program(np.random.default_rng(1), 5, 8, 0.01), ids, 5, 120)
            for _ in range(2)]
    chance = float(np.log(5))
    assert plot_losses_by_hand(*made, chance).sentence.endswith("The reference version has the same losses.")
    other = [loss + 1e-9 for loss in made[0]]
    picture = plot_losses_by_hand(other, made[1], chance)
    assert picture.sentence.endswith("The dashed curve is the reference version, from the same weights.")
    assert picture.figure.axes[0].get_lines()[-1].get_linestyle() == "--"
    with pytest.raises(ValueError, match="the same number of each"):
        plot_losses_by_hand(other[1:], made[1], chance)
