"""The stages of lesson 03: what is right is taken, what is wrong is told in three steps, nobody is stuck."""

import numpy as np
import pytest
from answers import broken, complete, mistakes, right

from helpers.checks.stages import with_changes
from helpers.lessons.lesson03 import (
    back_checks,
    check_backward,
    check_outer,
    check_slope,
    check_step_back,
    check_sweep,
    stage_checks,
)
from helpers.lessons.lesson03 import plain_backward as plain
from helpers.lessons.lesson03 import stage_mutants as mutants
from helpers.lessons.lesson03.back_mutants import BACKWARD

# --- stages 1 and 2: the slope of u v, the sweep for one unit ---


def slope_by_powers(x):
    return [6 * x * x, 3 * x * x]


def slope_single(x):
    u, v = np.float32(x) ** 2, np.float32(3 * x)
    return v * np.float32(2 * x), np.array([3 * u])


def slope_by_moving(x):
    def L(u, v):
        return u * v
    u, v, eps = x**2, 3 * x, 1e-6
    return ((L((x + eps) ** 2, v) - L((x - eps) ** 2, v)) / (2 * eps),
            (L(u, 3 * (x + eps)) - L(u, 3 * (x - eps))) / (2 * eps))


def sweep_by_chains(w, h, target):
    """Every chain for itself: from each loss to each use."""
    total = 0.0
    for loss in range(1, len(h)):
        for use in range(1, loss + 1):
            chain = h[loss] - target[loss - 1]
            for t in range(loss, use - 1, -1):
                chain *= (1 - h[t] ** 2) * (w if t > use else h[t - 1])
            total += chain
    return total


def sweep_of_one_step_only(w, h, target):
    return 1.5 * sweep_by_chains(w, h, target) if len(target) > 1 else sweep_by_chains(w, h, target)


# --- stage 3: the outer product ---


def table_single(h_prev, da):
    return h_prev[:, None].astype(np.float32) * da[None]


def table_as_lists(h_prev, da):
    return [[one * other for other in da] for one in h_prev]


def table_einsum(h_prev, da):
    return np.einsum("i,j->ij", h_prev, da)


# --- stages 4 and 5: one step back, and all of it ---


def step_single(*given):
    return [one.astype(np.float32) for one in plain.step_back(*given)]


def step_by_loops(dy, h, dh_next, W_hy, W_hh):
    units, scores = range(len(h)), range(len(dy))
    dh = [sum(dy[k] * W_hy[i, k] for k in scores) + dh_next[i] for i in units]
    da = [(1 - h[i] * h[i]) * dh[i] for i in units]
    return dh, da, [sum(da[j] * W_hh[i, j] for j in units) for i in units]


def step_within_its_own_arrays(dy, h, dh_next, W_hy, W_hh):
    dh = W_hy @ dy
    dh += dh_next
    da = dh.copy()
    da *= 1 - np.square(h)
    return [dh, da, np.dot(W_hh, da)]


def wrong_part(part, wrong):
    """A step that is right but for one of its three parts."""
    def step_back(*given):
        answer = list(plain.step_back(*given))
        answer[part] = wrong(*given, *answer[:2])
        return tuple(answer)
    return step_back


def step_into_the_state(dy, h, dh_next, W_hy, W_hh):
    answer = plain.step_back(dy, h, dh_next, W_hy, W_hh)
    h *= 0
    return answer


def backward_into_p(params, symbols, targets, states, p):
    for t in range(len(symbols)):
        p[t][targets[t]] -= 1
    one_hot = np.eye(len(params.b_y))[targets]
    return plain.backward(params, symbols, targets, states, p + one_hot)


def backward_of(change):
    def backward(*given):
        return change(*plain.backward(*given))
    return backward


def with_one_hot(added):
    """A backward pass that adds something else to the gradient of W_xh."""
    return with_changes(plain.backward, (('grads["W_xh"][symbols[t]] += da', f'grads["W_xh"] += {added}'),))


def mean_and_not_transposed(params, symbols, targets, states, p):
    changes = next(mutant.changes for mutant in BACKWARD if mutant.name == "w-hh-not-transposed")
    grads, dh = with_changes(plain.backward, changes)(params, symbols, targets, states, p)
    return {name: array / len(symbols) for name, array in grads.items()}, dh


test_what_is_right_is_accepted_in_every_spelling = right(
    *((check_slope, (slope,)) for slope in (plain.slope, slope_by_powers, slope_single, slope_by_moving)),
    *((check_sweep, (sweep,)) for sweep in (plain.sweep, sweep_by_chains, )),
    *((check_outer, pair) for pair in (
        (plain.by_index, plain.by_product), (table_single, table_as_lists), (table_einsum, table_single),
        (lambda h_prev, da: np.multiply.outer(h_prev, da),
         lambda h_prev, da: h_prev.reshape(-1, 1) @ da[None]),
    )),
    *((check_step_back, (step,)) for step in (
        plain.step_back, step_single, step_by_loops, step_within_its_own_arrays)),
    *((check_backward, (backward,)) for backward in (
        plain.backward, )),
)

def backward_in_another_order(*given):
    grads, dh = plain.backward(*given)
    return dh, grads


def backward_that_comes_back_early(params, symbols, targets, states, p):
    grads, dh = {name: np.zeros_like(array) for name, array in params.items()}, np.zeros_like(states)
    for t in reversed(range(len(symbols))):
        dy = p[t] - np.eye(p.shape[1])[targets[t]]
        grads["W_hy"] += np.outer(states[t], dy)
        grads["b_y"] += dy
        return grads, dh


test_a_mistake_is_told_in_three_steps = mistakes(
    *((check_slope, (with_changes(plain.slope, mutant.changes[k : k + 1]),), mutant.name)
      for mutant in mutants.SLOPE for k in (0, 1)),
    (check_slope, (lambda x: (3 * x**2, 6 * x**2),), "exchanged"),
    (check_slope, (lambda x: (6 * x**2, 6 * x**2 + 3 * x**2),), "whole"),
    (check_slope, (lambda x: (6 * x**2 + 1, 3 * x**2),), "another-term"),
    *((check_sweep, (with_changes(plain.sweep, mutant.changes),), mutant.name) for mutant in mutants.SWEEP),
    (check_sweep, (lambda w, h, target: 2 * sweep_by_chains(w, h, target),), "wrong-at-one-step"),
    (check_sweep, (sweep_of_one_step_only,), "wrong-later"),
    *((check_outer, (with_changes(plain.by_index, mutant.changes), plain.by_product), mutant.name)
      for mutant in mutants.BY_INDEX),
    (check_outer, (plain.by_index, lambda h_prev, da: np.outer(da, h_prev)), "turned"),
    (check_outer, (plain.by_index, lambda h_prev, da: table_single(h_prev, da) if len(da) == 4 else np.outer(
        da, h_prev)), "turned-shape"),
    (check_outer, (plain.by_index, lambda h_prev, da: h_prev.T @ da), "a-sum"),
    (check_outer, (plain.by_index, lambda h_prev, da: h_prev * da), "unit-by-unit"),
    (check_outer, (lambda h_prev, da: 2 * np.outer(h_prev, da), plain.by_product), "another-table"),
    *((check_step_back, (with_changes(plain.step_back, mutant.changes),), mutant.name)
      for several in mutants.STEP_BACK.values() for mutant in several
      if mutant.name != "w-hy-not-transposed"),
    (check_step_back, (wrong_part(0, lambda dy, h, n, W_hy, W_hh, dh, da: (
        dy @ W_hy + n if len(dy) == len(h) else dh)),), "w-hy-not-transposed"),
    *((check_step_back, (wrong_part(part, lambda *given, part=part: 2 * plain.step_back(*given[:5])[part]),),
       "another-number") for part in range(3)),
    *((check_backward, (with_changes(plain.backward, mutant.changes),), mutant.name)
      for mutant in BACKWARD),
    (check_backward, (backward_of(lambda grads, dh: ({**grads, "b_h": 0 * grads["b_h"]}, dh)),),
     "nothing-added"),
    (check_backward, (with_one_hot("np.outer(da, np.arange(len(params['W_xh'])) == symbols[t])"),), "column"),
    (check_backward, (backward_of(lambda grads, dh: (grads, dh[0])),), "dh-of-one-step"),
    (check_backward, (backward_of(lambda grads, dh: ({**grads, "b_h": grads["b_h"] + 1}, dh)),),
     "wrong-line"),
    (check_backward, (mean_and_not_transposed,), "mean"),
    (check_backward, (backward_of(lambda grads, dh: (grads, 0 * dh)),), "dh-not-kept"),
    (check_backward, (backward_into_p,), "changed-argument"),
    (check_step_back, (step_into_the_state,), "changed-argument"),
)


test_an_answer_of_another_kind_is_named = mistakes(
    (check_slope, (lambda x: 9 * x**2,), "wrong-count"),
    (check_slope, (lambda x: ("six", "u"),), "no-number"),
    (check_sweep, (lambda w, h, target: [0, 1],), "no-number"),
    (check_sweep, (lambda w, h, target: target[len(h) - 1],), "stops"),
    (check_step_back, (lambda *given: plain.step_back(*given)[:2],), "wrong-count"),
    (check_step_back, (lambda dy, h, n, W_hy, W_hh: (n, n, n),), "shares-argument"),
    (check_step_back, (wrong_part(0, lambda *given: given[5][None]),), "wrong-shape"),
    (check_step_back, (broken,), "stops"),
    (check_backward, (lambda *given: plain.backward(*given)[0],), "wrong-count"),
    (check_backward, (backward_of(lambda grads, dh: (grads, dh.T)),), "wrong-shape"),
    (check_backward, (backward_of(lambda grads, dh: (dh, grads)),), "no-dictionary"),
    (check_backward, (backward_in_another_order,), "other-order"),
    (check_backward, (backward_that_comes_back_early,), "return-in-loop"),
)


test_every_mistake_of_the_first_stages_is_made = complete(stage_checks)
test_every_mistake_of_the_last_stages_is_made = complete(back_checks)


def test_the_terms_of_the_first_stage_add_up_to_the_slope_of_3_x_cubed():
    assert all(sum(plain.slope(x)) == pytest.approx(9 * x**2) for x in (2.0, -1.0, 0.3))
    assert plain.slope(2.0) == (24.0, 12.0)
