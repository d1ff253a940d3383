"""The checks of lesson 03 accept what is right, name what is wrong, and never raise."""

import numpy as np
from answers import complete, mistakes, right

from helpers.checks.stages import with_changes
from helpers.lessons.lesson03 import (
    check_batch,
    check_in_place,
    check_mended,
    check_other_cell,
    checks,
)
from helpers.lessons.lesson03 import plain_backward as plain
from helpers.lessons.lesson03.back_mutants import BATCH, OTHER_BACKWARD


def right_forward(params, symbols):
    h, states, scores = np.zeros(len(params.b_h)), [], []
    for symbol in symbols:
        h = np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h)
        states.append(h)
        scores.append(h @ params.W_hy + params.b_y)
    return states, scores


STEP = "h = np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h)"
WRITE = (STEP, STEP.removeprefix("h = ").replace("b_h)", "b_h, out=h)"))
in_place = with_changes(right_forward, (WRITE,))
copies_in_place = with_changes(right_forward, (WRITE, ("states.append(h)", "states.append(h.copy())")))


def no_memory(params, symbols):
    states = [np.tanh(params.W_xh[symbol] + params.b_h) for symbol in symbols]
    return states, [h @ params.W_hy + params.b_y for h in states]


def into_the_parameters(params, symbols):
    params.vector += 1
    return right_forward(params, symbols)


def into_rows(params, symbols):
    states = np.zeros((len(symbols) + 1, len(params.b_h)), np.float32)
    for t, symbol in enumerate(symbols):
        np.tanh(params.W_xh[symbol] + states[t] @ params.W_hh + params.b_h, out=states[t + 1])
    return states[1:], states[1:] @ params.W_hy + params.b_y


def as_lists(params, symbols):
    return tuple([one.tolist() for one in several] for several in right_forward(params, symbols))


def with_scores(change):
    def forward_pass(params, symbols):
        states, scores = right_forward(params, symbols)
        return states, change(scores)
    return forward_pass


# --- two faulty ways back ---


def right_backward(*given):
    return plain.backward(*given)[0]


def multiplied(factor):
    """All right but for a factor, which depends on how many steps there are."""
    def backward(*given):
        return {name: factor(len(given[1])) * array for name, array in right_backward(*given).items()}
    return backward


def changed(*changes):
    """The plain form with other lines; the gradients alone."""
    def backward(*given):
        return with_changes(plain.backward, changes)(*given)[0]
    return backward


no_transpose = changed(('params["W_hh"].T', 'params["W_hh"]'))
state_after = changed(("states[t - 1] if t > 0 else np.zeros_like(da)", "states[t]"))
last_state_before_the_first = changed(("states[t - 1] if t > 0 else np.zeros_like(da)", "states[t - 1]"))
no_slope = changed(("(1 - states[t] ** 2) * dh[t]", "dh[t].copy()"))


def all_wrong(*given):
    return {name: array + 1 for name, array in right_backward(*given).items()}


# --- another cell ---


def other_forward_rows(params, symbols, target, s):
    """All states in one array, and the slopes kept."""
    h, slopes = np.zeros((len(symbols) + 1, len(params.b_h))), []
    for t, symbol in enumerate(symbols):
        z = np.tanh(params.W_xh[symbol] + h[t] @ params.W_hh + params.b_h)
        h[t + 1] = h[t]
        h[t + 1] += s * z
        slopes.append(1 - z * z)
    y = params.W_hy.T @ h[-1] + params.b_y
    return np.log(np.exp(y).sum()) - y[target], {"h": h, "slopes": slopes, "y": y}


def other_backward_from_nothing(params, symbols, target, s, kept):
    """Without what was kept, in single precision."""
    _, kept = plain.other_forward(params, symbols, target, s)
    grads = plain.other_backward(params, symbols, target, s, kept)
    return {name: array.astype(np.float32) for name, array in grads.items()}


def other_with(*changes):
    return with_changes(plain.other_forward, changes), plain.other_backward


# --- a batch ---


def batch_with(*changes):
    return with_changes(plain.batch_backward, changes)


batch_outer = batch_with(("h_prev.T @ da", "np.outer(h_prev, da)"))
batch_one_hot = batch_with(("dy = p[t] - one_hot[targets[t]]",
                            "dy = p[t].copy()\n        dy[targets[t]] -= 1"))
batch_bias = batch_with(('grads["b_h"] += da.sum(axis=0)', 'grads["b_h"] += da'))

test_right_answers_are_accepted = right(
    *((check_in_place, (names, right_forward)) for names in (
        {"b_y"}, "b_y", ["b_y"], ("b_y",), np.array(["b_y"]), frozenset({"b_y"}))),
    *((check_in_place, ({"b_y"}, one)) for one in (copies_in_place, into_rows, as_lists)),
    (check_mended, (right_backward, right_backward)),
    (check_other_cell, (plain.other_forward, plain.other_backward)),
    (check_other_cell, (other_forward_rows, other_backward_from_nothing)),
    (check_other_cell, (lambda *given: (np.float32(plain.other_forward(*given)[0]), None),
                        other_backward_from_nothing)),
    *((check_batch, (one,)) for one in (
        plain.batch_backward, )),
)

test_what_is_written_over_is_named = mistakes(
    (check_in_place, (..., right_forward), "not-yet"),
    (check_in_place, ({"W_hy", "b_y"}, right_forward), "written-over"),
    (check_in_place, (set(), right_forward), "one-survives"),
    (check_in_place, ({"b_y"}, in_place), "one-array"),
    (check_in_place, ({"b_y"}, no_memory), "wrong-state"),
    (check_in_place, ({"b_y"}, with_scores(lambda scores: [0 * one for one in scores])), "wrong-scores"),
    (check_in_place, ({"b_y"}, with_scores(lambda scores: [None for _ in scores])), "wrong-shape"),
    (check_in_place, ({"b_y"}, lambda params, symbols: 1 / 0), "stops"),
    (check_in_place, ({"b_y"}, into_the_parameters), "changed-argument"),
    (check_in_place, ({"h"}, right_forward), "no-names"),
)


test_symptoms_point_to_the_fault = mistakes(
    (check_mended, (no_transpose, right_backward), "wrong-carry"),
    (check_mended, (right_backward, state_after), "wrong-line"),
    (check_mended, (right_backward, no_slope), "wrong-da"),
    (check_mended, (right_backward, all_wrong), "wrong-read-out"),
    (check_mended, (right_backward, multiplied(lambda T: 1 / T)), "mean"),
    (check_mended, (right_backward, multiplied(float)), "times-steps"),
    (check_mended, (right_backward, multiplied(lambda T: -1)), "sign"),
    (check_mended, (right_backward, last_state_before_the_first), "state-before-the-first"),
)


test_what_is_wrong_with_another_cell_is_told_in_three_steps = mistakes(
    *((check_other_cell, (plain.other_forward, with_changes(plain.other_backward, mutant.changes)),
       mutant.name) for mutant in OTHER_BACKWARD),
    *((check_other_cell, (plain.other_forward, with_changes(plain.other_backward, changes)), mistake)
      for mistake, changes in (
          ("other-read-out", (("dy[target] -= 1", "dy[target] -= 2"),)),
          ("other-da", (("da = s * dh", "da = 2 * s * dh"),)),
          ("other-outer", (("np.outer(h[t], da)", "np.outer(h[-1], da)"),)),
          ("other-carry", (("dh = dh + da @", "dh = 2 * dh + da @"),)))),
    (check_other_cell, other_with(("h[-1] + s * z[-1]", "h[-1] + z[-1]")), "s-left-out"),
    (check_other_cell, other_with(("h[-1] + s * z[-1]", "s * z[-1]")), "state-not-kept"),
    (check_other_cell, other_with(("-np.log(p[target])", "-np.log(p[0])")), "another-loss"),
)


test_what_is_wrong_with_a_batch_is_told_in_three_steps = mistakes(
    *((check_batch, (with_changes(plain.batch_backward, mutant.changes),), mutant.name)
      for mutant in BATCH),
    (check_batch, (batch_outer,), "outer-of-tables"),
    (check_batch, (batch_one_hot,), "one-hot-of-a-batch"),
    (check_batch, (batch_bias,), "shapes"),
    (check_batch, (batch_with(("dh = dy @", "dh = 2 * dy @")),), "wrong-da"),
    (check_batch, (batch_with(("h_prev.T @ da", "da.T @ h_prev")),), "wrong-line"),
)


test_every_mistake_is_made = complete(checks)
