"""The stages of lesson 02: what is right is taken, what is wrong is told in three steps, nobody is stuck."""


import numpy as np
from answers import complete, mistakes, right

from helpers.checks.stages import with_changes
from helpers.lessons.lesson02 import (
    check_adagrad,
    check_forward,
    check_gradient_error,
    check_read_out,
    check_sample,
    check_score_gradient,
    check_train_by_hand,
    loop_checks,
    stage_checks,
)
from helpers.lessons.lesson02 import plain_program as plain
from helpers.lessons.lesson02 import stage_mutants as mutants

# --- stage 1: forward ---


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


def changed_loop(*changes):
    return with_changes(plain.train_by_hand, changes)


OVER = "position, h_prev = 0, zero_state\n        inputs"
ON = "position, h_prev = position + length, h[length - 1]"
BACK, UPDATE = "backward(params, inputs, targets, h, p)", "adagrad(params, grads, squares)"
TARGETS = "targets = ids[position + 1 : position + length + 1]"


def loop_with_all_states(params, ids, length, updates, forward, backward, adagrad):
    h, squares = np.zeros_like(params["b_h"]), {name: 0 * array for name, array in params.items()}
    for n in range(updates):
        chunk = ids[n * length :][: length + 1]
        _, h, p = forward(params, chunk[:-1], chunk[1:], h)
        adagrad(params, backward(params, chunk[:-1], chunk[1:], h, p), squares)


test_what_is_right_is_accepted_in_every_spelling = right(
    *((check_forward, (answer,)) for answer in (plain.forward,
                                                )),
    *((check_score_gradient, (answer,)) for answer in (plain.score_gradient, score_gradient_by_loop,
                                                       score_gradient_single)),
    *((check_read_out, (answer,)) for answer in (plain.backward,
                                                 )),
    *((check_gradient_error, (answer,)) for answer in (plain.gradient_error, )),
    *((check_adagrad, (answer,)) for answer in (plain.adagrad, adagrad_rebinds, adagrad_by_loops,
                                                adagrad_out)),
    *((check_sample, (answer,)) for answer in (plain.sample, )),
    *((check_train_by_hand, (answer,)) for answer in (plain.train_by_hand, )),
)


def of_mutants(check, function, several):
    return [(check, (with_changes(function, mutant.changes),), mutant.name) for mutant in several]


test_a_mistake_is_told_in_three_steps = mistakes(
    *of_mutants(check_forward, plain.forward, mutants.FORWARD),
    (check_forward, (changed_forward(("{-1: h_prev}", "{-1: h_prev.copy()}"),
                                     ("h[t] = ", "h[t] = h_prev[:] = ")),), "changed-argument"),
    (check_forward, (with_returned(lambda loss, h, p: (loss, {t: h[t] ** 3 for t in h}, p)),), "another-h"),
    (check_forward, (forward_too_early,), "stops"),
    (check_forward, (changed_forward(("softmax(h[t] @ W_hy", "softmax(h[t] @ W_hh")),), "another-p"),
    (check_forward, (with_returned(lambda loss, h, p: (loss + 1, h, p)),), "another-loss"),
    (check_forward, (with_returned(lambda loss, h, p: (loss, 7, p)),), "not-by-step"),
    *((check_forward, (with_returned(lambda loss, h, p, change=change: (loss, change(h), p)),),
       "no-state-before")
      for change in (lambda h: [h[t] for t in range(len(h) - 1)],
                     lambda h: {t: h[t] for t in range(len(h) - 1)}, lambda h: {**h, -1: 0 * h[-1]})),
    *of_mutants(check_score_gradient, plain.score_gradient, mutants.SCORE_GRADIENT),
    (check_score_gradient, (score_gradient_in_place,), "changed-argument"),
    (check_score_gradient, (lambda p, target: p**2,), "another-dy"),
    *of_mutants(check_read_out, plain.backward, mutants.BACKWARD),
    (check_read_out, (backward_spoils_p,), "changed-argument"),
    (check_read_out, (with_gradients(spoil("W_hy", "W_xh")),), "wrong-read-out"),
    (check_train_by_hand, (loop_with_all_states,), "all-states"),
    *((check_train_by_hand, (changed_loop((UPDATE, f"{name} = {UPDATE}")),), "adagrad-returns-nothing")
      for name in ("params", "squares")),
    (check_read_out, (with_gradients(spoil("W_hy")),), "wrong-read-out-line"),
    (check_read_out, (with_changes(plain.backward, ((" / len(inputs)", " / (t + 1)"),)),), "wrong-steps"),
    (check_read_out, (with_gradients(spoil("W_xh", "W_hh", "b_h")),), "wrong-da"),
    (check_read_out, (with_gradients(spoil("W_hh")),), "wrong-line"),
    (check_read_out, (backward_carry,), "wrong-carry"),
    (check_gradient_error, (changed_error(("    for i", "    array = array.copy()\n    for i")),),
     "not-moved"),
    (check_gradient_error, (changed_error(("        array.flat[i] = "
                                           "kept\n", "")),), "not-put-back"),
    (check_gradient_error, (changed_error(("eps=1e-5", "eps=1e-12")),), "tiny-step"),
    (check_gradient_error, (changed_error(("eps=1e-5", "eps=0.1")),), "large-step"),
    (check_gradient_error, (changed_error(("in entries", "in entries[:1]")),), "not-all-entries"),
    (check_gradient_error, (changed_error(("in entries", "in range(array.size)")),), "more-entries"),
    (check_gradient_error, (changed_error((MEASURED, "array.flat[i] = kept\n        below = loss()"),
                                          ("(2 * eps)", "eps")),), "one-sided"),
    (check_gradient_error, (changed_error((" / lengths", "")),), "absolute"),
    (check_gradient_error, (changed_error(("(2 * eps)", "eps")),), "half-step"),
    (check_gradient_error, (changed_error(("norm(derived) + np.linalg.norm(measured)", "norm(measured)")),),
     "one-length"),
    (check_gradient_error, (changed_error(("norm(derived) + np.linalg.norm(measured)", "norm(derived)")),),
     "one-length-of-yours"),
    (check_gradient_error, (changed_error((" / lengths", " / (lengths / 2)")),), "mean-of-lengths"),
    (check_gradient_error, (changed_error((RETURNED, RETURNED + " + 0.3")),), "another-error"),
    (check_gradient_error, (error_of_the_whole,), "all-moved"),
    (check_gradient_error, (changed_error(("(above - below)", "(below - above)")),), "nothing-in-common"),
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
    (check_adagrad, (adagrad_of_names,), "nothing-moves"),
    (check_adagrad, (with_changes(plain.adagrad, (("learning_rate * g", "1.5 * learning_rate * g"),)),),
     "another-step"),
    (check_adagrad, (adagrad_stops_early,), "not-all-arrays"),
    (check_adagrad, (with_changes(plain.adagrad, ((" + 1e-10", ""),)),), "divided-by-zero"),
    (check_adagrad, (with_changes(plain.adagrad, (("g**2", "g"),)),), "root-of-negative"),
    (check_sample, (changed_sample((DRAW, DRAW.replace("i =", "k =")), ("append(i)", "append(k)")),),
     "not-fed-back"),
    (check_sample, (changed_sample((STEP, STEP.replace("h =", "new =")),
                                   (DRAW, DRAW.replace("h @", "new @"))),),
     "state-not-carried"),
    (check_sample, (sample_once,), "one-row"),
    (check_sample, (changed_sample(("return drawn", "return drawn[::-1]")),), "another-text"),
    (check_sample, (changed_sample((DRAW, "i = int(np.argmax(h @ W_hy + b_y))")),), "largest"),
    (check_sample, (changed_sample((DRAW, DRAW.replace(" + b_y", ""))),), "no-b-y"),
    (check_sample, (changed_sample((DRAW, "i = rng.choice(len(b_y))")),), "by-chance"),
    (check_sample, (changed_sample((" + h @ W_hh", "")),), "state-not-used"),
    (check_sample, (changed_sample(("h @ W_hh", "W_hh @ h")),), "w-hh-turned"),
    (check_sample, (changed_sample(("drawn = []", "drawn = [i]"), ("(length)", "(length - 1)")),),
     "given-kept"),
    (check_sample, (changed_sample((STEP, f"p = softmax(h @ W_hy + b_y)\n        {STEP}"),
                                   (DRAW, "i = rng.choice(len(b_y), p=p)")),), "drawn-too-early"),
    (check_sample, (changed_sample((DRAW, DRAW.replace("rng.", "np.random.default_rng(0)."))),),
     "dice-made-anew"),
    (check_sample, (changed_sample(("drawn = []", "drawn, rng = [], np.random.default_rng(0)")),), "own-rng"),
    (check_sample, (changed_sample((" + b_h", "")),), "no-b-h"),
    (check_sample, (changed_sample((STEP, "h = W_xh[i] + h @ W_hh + b_h")),), "no-tanh"),
    (check_sample, (changed_sample(("append(i)", "append(" + DRAW.removeprefix("i = ") + ")")),),
    "kept-another"),
    (check_sample, (changed_sample(("return drawn", "return drawn if length != 2 else 2 * drawn[:1]")),),
     "other-pairs"),
    (check_sample, (sample_flat,), "other-chances"),
    (check_sample, (changed_sample(("drawn = []", "drawn, rng = [], np.random.default_rng()")),),
     "other-dice"),
    (check_sample, (sample_of_weak_scores,), "no-hello"),
    (check_sample, (changed_sample(("(length)", "(length - 1)")),), "wrong-length"),
    (check_train_by_hand, (changed_loop((TARGETS, "targets = inputs")),), "not-shifted"),
    (check_train_by_hand, (changed_loop((TARGETS, TARGETS.replace("1 :", "2 :").replace("+ 1]", "+ 2]"))),),
     "other-targets"),
    (check_train_by_hand, (changed_loop((ON, "position, h_prev = position + length, zero_state")),),
     "not-carried"),
    (check_train_by_hand, (changed_loop((ON, "position, h_prev = position + length, h[0]")),), "first-state"),
    (check_train_by_hand, (changed_loop((ON, "position, h_prev = position + length, p[0][:2]")),),
     "other-state"),
    (check_train_by_hand, (changed_loop((OVER, "position = 0\n        inputs")),), "not-reset"),
    (check_train_by_hand, (changed_loop(("position + length + 1 > len(ids)", "position > len(ids)")),),
     "beyond-the-end"),
    (check_train_by_hand, (changed_loop((ON, "position, h_prev = min(position + length, len(ids) - length - "
                                             "1), "
                                             "h[length - 1]")),), "not-started-over"),
    (check_train_by_hand, (changed_loop(("position + length + 1 > "
                                         "len(ids)", "position > 0")),), "stands-still"),
    (check_train_by_hand, (changed_loop(("forward(params, inputs, targets", "forward(params, targets, "
                                                                            "inputs")),),
     "other-beginning"),
    (check_train_by_hand, (changed_loop((OVER, "position, h_prev = 0, 0.0\n        inputs")),), "no-state"),
    (check_train_by_hand, (changed_loop(("range(updates)", "range(1)")),), "too-few-updates"),
    (check_train_by_hand, (changed_loop(("position + length + 1 > len(ids)",
                                         "position + 2 * length + 1 > len(ids) and position > length")),),
     "over-too-soon"),
    (check_train_by_hand, (changed_loop((ON, ON.replace("position + length,", "position + 1,"))),),
     "other-positions"),
    (check_train_by_hand, (changed_loop(("range(updates)", "range(updates + 1)")),),
     "too-many-updates"),
    (check_train_by_hand, (changed_loop((BACK, "dict.fromkeys(params, 1)")),), "other-number-of-backward"),
    (check_train_by_hand, (changed_loop((UPDATE, "pass")),), "other-number-of-adagrad"),
    (check_train_by_hand, (changed_loop((BACK, "backward(params, targets, inputs, h, p)")),),
     "other-backward"),
    (check_train_by_hand, (changed_loop((UPDATE, "adagrad(params, squares, squares)")),), "other-gradients"),
    (check_train_by_hand, (changed_loop((UPDATE, "adagrad(params, grads, {name: 0 * array for name, array in "
                                                 "params.items()})")),), "squares-made-anew"),
    (check_train_by_hand, (changed_loop(("return losses", "return losses[1:]")),), "other-losses"),
)

test_a_list_with_which_the_lesson_could_not_go_on_is_named = mistakes(
    (check_forward, (with_returned(lambda loss, h, p: (loss, {t: h[t].tolist() for t in h}, p)),),
     "no-array"),
    (check_score_gradient, (lambda p, target: plain.score_gradient(p, target).tolist(),), "no-array"),
)


test_every_mistake_of_the_stages_is_made = complete(stage_checks)
test_every_mistake_of_the_loops_is_made = complete(loop_checks)
