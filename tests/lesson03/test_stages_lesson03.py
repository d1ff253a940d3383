"""The stages of lesson 03: what is right is taken, what is wrong is told in three steps, nobody is stuck."""

import numpy as np
import pytest
from answers import alone, broken, complete, goes_on, mistakes, no_answers, right, stops, three_times

from helpers.lessons.lesson03 import (
    back_checks,
    check_backward,
    check_outer,
    check_slope,
    check_step_back,
    check_sweep,
    stage_checks,
    use_if_correct,
)
from helpers.lessons.lesson03 import plain_backward as plain
from helpers.lessons.lesson03 import stage_mutants as mutants
from helpers.lessons.lesson03.back_mutants import BACKWARD
from helpers.lessons.lesson03.stages import STAGES
from helpers.lessons.stages import with_changes

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


def slope_half_done(x):
    u, _v = x**2, 3 * x
    through_u = ...
    through_v = u * 3
    return through_u, through_v


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


def sweep_forward(w, h, target):
    """The total derivative along time, as in section 2, in single precision."""
    total, dw = np.float32(0), np.float32(0)
    for before, state, goal in zip(h, h[1:], target, strict=False):
        total = np.float32((1 - state**2) * (before + w * total))
        dw += np.float32(state - goal) * total
    return dw


def sweep_while(w, h, target):
    h, t, dw, carried = list(h), len(h) - 1, [], 0
    while t > 0:
        carried = (carried + h[t] - target[t - 1]) * (1 + h[t]) * (1 - h[t])
        dw += [h[t - 1] * carried]
        carried *= w
        t -= 1
    return np.array([sum(dw)])


def sweep_dots(w, h, target):
    dw, carried = 0.0, 0.0
    for t in reversed(range(1, len(h))):
        dh = ...
        da = dh, carried, t
        ...
        carried = da
    return dw


def sweep_of_one_step_only(w, h, target):
    return 1.5 * sweep_by_chains(w, h, target) if len(target) > 1 else sweep_by_chains(w, h, target)


# --- stage 3: the outer product ---


def table_single(h_prev, da):
    return h_prev[:, None].astype(np.float32) * da[None]


def table_as_lists(h_prev, da):
    return [[one * other for other in da] for one in h_prev]


def table_einsum(h_prev, da):
    return np.einsum("i,j->ij", h_prev, da)


def table_dots(h_prev, da):
    dW = np.zeros((len(h_prev), len(da)))
    for i in range(len(h_prev)):
        for j in range(len(da)):
            dW[i, j] = ...
    return dW


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


def backward_by_attributes(params, symbols, targets, states, p):
    grads, dh = params.zeros_like(), 0 * states
    before = np.vstack([np.zeros(states.shape[1]), states])
    carried = 0
    for t in range(len(symbols))[::-1]:
        dy = p[t] - np.eye(len(params.b_y))[targets[t]]
        dh[t] = params.W_hy @ dy + carried
        da = dh[t] - dh[t] * states[t] ** 2
        grads.W_hy += states[t][:, None] * dy
        grads.b_y += dy
        grads.W_xh[symbols[t]] += da
        grads.W_hh += before[t][:, None] * da
        grads.b_h += da
        carried = params.W_hh @ da
    return grads, dh


def backward_at_once(params, symbols, targets, states, p):
    """The sweep for dh alone; then every gradient as one product, in single precision."""
    dy = p.astype(np.float32)
    dy[range(len(symbols)), targets] -= 1
    dh, da, carried = np.zeros_like(states), np.zeros_like(states), 0
    for t in range(len(symbols))[::-1]:
        dh[t] = dy[t] @ params["W_hy"].T + carried
        da[t] = dh[t] * (1 - states[t] ** 2)
        carried = params["W_hh"] @ da[t]
    before = np.vstack([np.zeros(states.shape[1]), states[:-1]])
    x = np.eye(len(params["W_xh"]))[symbols]
    return {"W_xh": x.T @ da, "W_hh": before.T @ da, "b_h": da.sum(axis=0), "W_hy": states.T @ dy,
            "b_y": dy.sum(axis=0).tolist()}, dh.tolist()


def backward_by_steps(params, symbols, targets, states, p):
    """Stage 4 in its loop."""
    grads = {name: np.zeros_like(array, dtype=np.float32) for name, array in params.items()}
    dh, carried = list(states), np.zeros(states.shape[1])
    for t in reversed(range(len(symbols))):
        dy = p[t].copy()
        dy[targets[t]] = dy[targets[t]] - 1
        dh[t], da, carried = plain.step_back(dy, states[t], carried, params["W_hy"], params["W_hh"])
        grads["W_hy"] += np.outer(states[t], dy)
        grads["b_y"] += dy
        grads["W_xh"] += np.outer(np.arange(len(params["W_xh"])) == symbols[t], da)
        if t:
            grads["W_hh"] += np.outer(states[t - 1], da)
        grads["b_h"] += da
    return [grads, dh]


def backward_by_loops(params, symbols, targets, states, p):
    grads, carried = {name: np.zeros(array.shape) for name, array in params.items()}, [0.0] * len(params.b_h)
    dh, units, letters = np.zeros_like(states), range(len(params.b_h)), range(len(params.b_y))
    for t in reversed(range(len(symbols))):
        dy = [p[t][k] - (k == targets[t]) for k in letters]
        da = []
        for i in units:
            dh[t, i] = sum(dy[k] * params.W_hy[i, k] for k in letters) + carried[i]
            da.append((1 - states[t, i] ** 2) * dh[t, i])
        for k in letters:
            grads["b_y"][k] += dy[k]
        for i in units:
            grads["b_h"][i] += da[i]
            grads["W_xh"][symbols[t], i] += da[i]
            for k in letters:
                grads["W_hy"][i, k] += states[t, i] * dy[k]
            for j in units:
                grads["W_hh"][i, j] += (states[t - 1, i] if t else 0) * da[j]
        carried = [sum(da[j] * params.W_hh[i, j] for j in units) for i in units]
    return grads, dh


def backward_into_p(params, symbols, targets, states, p):
    for t in range(len(symbols)):
        p[t][targets[t]] -= 1
    one_hot = np.eye(len(params.b_y))[targets]
    return plain.backward(params, symbols, targets, states, p + one_hot)


def backward_dots(params, symbols, targets, states, p):
    grads = {name: np.zeros_like(array) for name, array in params.items()}
    dh, carried = np.zeros_like(states), np.zeros(states.shape[1])
    for t in reversed(range(len(symbols))):
        dy = p[t].copy()
        dy[targets[t]] -= 1
        dh[t] = ...
    return grads, dh, carried


def backward_of(change):
    def backward(*given):
        return change(*plain.backward(*given))
    return backward


def with_one_hot(added):
    """A backward pass that adds something else to the gradient of W_xh."""
    return with_changes(plain.backward, (('grads["W_xh"][symbols[t]] += da', f'grads["W_xh"] += {added}'),))


def backward_slope_in_dh(params, symbols, targets, states, p):
    """da is made of dh where it lies."""
    grads, dh = plain.backward(params, symbols, targets, states, p)
    dh *= 1 - states**2
    return grads, dh


def mean_and_not_transposed(params, symbols, targets, states, p):
    changes = next(mutant.changes for mutant in BACKWARD if mutant.name == "w-hh-not-transposed")
    grads, dh = with_changes(plain.backward, changes)(params, symbols, targets, states, p)
    return {name: array / len(symbols) for name, array in grads.items()}, dh


test_what_is_right_is_accepted_in_every_spelling = right(
    *((check_slope, (slope,)) for slope in (plain.slope, slope_by_powers, slope_single, slope_by_moving)),
    *((check_sweep, (sweep,)) for sweep in (plain.sweep, sweep_by_chains, sweep_forward, sweep_while)),
    *((check_outer, pair) for pair in (
        (plain.by_index, plain.by_product), (table_single, table_as_lists), (table_einsum, table_single),
        (lambda h_prev, da: np.multiply.outer(h_prev, da),
         lambda h_prev, da: h_prev.reshape(-1, 1) @ da[None]),
    )),
    *((check_step_back, (step,)) for step in (
        plain.step_back, step_single, step_by_loops, step_within_its_own_arrays)),
    *((check_backward, (backward,)) for backward in (
        plain.backward, backward_by_attributes, backward_at_once, backward_by_steps, backward_by_loops)),
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


LATER = "spoils the gradients of W_xh, W_hh and b_h; those of W_hy and b_y are right"
test_a_mistake_is_told_in_three_steps = three_times(
    *((check_slope, (with_changes(plain.slope, mutant.changes[k : k + 1]),), mutant.name,
       f"✗ through_{'uv'[k]}: At x = 1.5", f"✓ through_{'vu'[k]}")
      for mutant in mutants.SLOPE for k in (0, 1)),
    (check_slope, (lambda x: (3 * x**2, 6 * x**2),), "exchanged", "13.5 and 6.75; yours are 6.75 and 13.5"),
    (check_slope, (lambda x: (6 * x**2, 6 * x**2 + 3 * x**2),), "whole", "20.25"),
    (check_slope, (lambda x: (6 * x**2 + 1, 3 * x**2),), "another-term", "14.5"),
    *((check_sweep, (with_changes(plain.sweep, mutant.changes),), mutant.name,
       "At T = 1 it is right. At T = 3" if mutant.name in {
           "no-carry", "dh-carried", "no-w", "slope-twice", "no-slope-of-h-prev", "carry-piled-up",
           "not-added"}
       else "At T = 1, with w = 0.8") for mutant in mutants.SWEEP),
    (check_sweep, (lambda w, h, target: 2 * sweep_by_chains(w, h, target),), "wrong-at-one-step", "At T = 1"),
    (check_sweep, (sweep_of_one_step_only,), "wrong-later", "At T = 1 it is right."),
    *((check_outer, (with_changes(plain.by_index, mutant.changes), plain.by_product), mutant.name,
       "✗ by_index", "With 4 numbers in h_prev and 4 in da", "✓ by_product") for mutant in mutants.BY_INDEX),
    (check_outer, (plain.by_index, lambda h_prev, da: np.outer(da, h_prev)), "turned", "✗ by_product"),
    (check_outer, (plain.by_index, lambda h_prev, da: table_single(h_prev, da) if len(da) == 4 else np.outer(
        da, h_prev)), "turned-shape", "(3, 2)"),
    (check_outer, (plain.by_index, lambda h_prev, da: h_prev.T @ da), "a-sum", "(4, 4)"),
    (check_outer, (plain.by_index, lambda h_prev, da: h_prev * da), "unit-by-unit", "(4, 4)"),
    (check_outer, (lambda h_prev, da: 2 * np.outer(h_prev, da), plain.by_product), "another-table"),
    *((check_step_back, (with_changes(plain.step_back, mutant.changes),), mutant.name,
       f"✗ {part}: wrong at step", LATER) for part, several in mutants.STEP_BACK.items() for mutant in several
      if mutant.name != "w-hy-not-transposed"),
    (check_step_back, (wrong_part(0, lambda dy, h, n, W_hy, W_hh, dh, da: (
        dy @ W_hy + n if len(dy) == len(h) else dh)),), "w-hy-not-transposed"),
    *((check_step_back, (wrong_part(part, lambda *given, part=part: 2 * plain.step_back(*given[:5])[part]),),
       "another-number", f"✗ {name}") for part, name in enumerate(("dh", "da", "carry"))),
    *((check_backward, (with_changes(plain.backward, mutant.changes),), mutant.name, "At T = 1")
      for mutant in BACKWARD),
    (check_backward, (backward_of(lambda grads, dh: ({**grads, "b_h": 0 * grads["b_h"]}, dh)),),
     "nothing-added", "the gradient of b_h is wrong"),
    (check_backward, (with_one_hot("np.outer(da, np.arange(len(params['W_xh'])) == symbols[t])"),), "column",
     "At T = 1 the gradient of W_xh is wrong"),
    (check_backward, (backward_of(lambda grads, dh: (grads, dh[0])),), "dh-of-one-step", "a single row"),
    (check_backward, (backward_of(lambda grads, dh: ({**grads, "b_h": grads["b_h"] + 1}, dh)),),
     "wrong-line", "the gradient of b_h is wrong"),
    (check_backward, (mean_and_not_transposed,), "mean", "At T = 1 every gradient is right."),
    (check_backward, (backward_of(lambda grads, dh: (grads, 0 * dh)),), "dh-not-kept", "dh[0]"),
    (check_backward, (backward_slope_in_dh,), "dh-not-kept", "at T = 1"),
    (check_backward, (backward_into_p,), "changed-argument", "p was changed"),
    (check_step_back, (step_into_the_state,), "changed-argument", "h was changed"),
)

@pytest.mark.parametrize(("backward", "last"), [
    # it stops at T = 2, and at T = 1 the gradient of W_hh is zero, as it should be
    (with_one_hot("np.outer(da, np.ones(4))"), "A bias gets da, and a matrix"),
    (with_changes(plain.backward, (('        grads["W_hh"] += np.outer(h_prev, da)\n', ""),)),
     "If there is no line, write one"),
    (backward_of(lambda grads, dh: ({**grads, "b_h": 0 * grads["b_h"]}, dh)), "Nothing arrives in b_h."),
])
def test_the_last_sentence_says_no_more_than_the_gradients_show(backward, last):
    check_backward.tries.clear()
    said = [check_backward(backward).said for _ in range(3)][-1]
    check_backward.tries.clear()
    assert said.splitlines()[-1].startswith(last)


@pytest.mark.parametrize("slope", [lambda x: (3 * x * 2, 3 * x**2), lambda x: (2 * x * 3, 3 * x**2)])
def test_two_mistakes_that_come_to_the_same_number_are_told_as_either(slope):
    check_slope.tries.clear()
    said = [check_slope(slope).said for _ in range(3)][-1]
    check_slope.tries.clear()
    assert "Yours comes to 6 x, as 2 x * 3 and v * 2 do." in said


test_where_the_whole_backward_is_wrong_is_told = mistakes(
    *((check_backward, (with_changes(plain.backward, mutant.changes),), mutant.name, told)
      for mutant in BACKWARD for name, told in (
          ("mean", "At T = 1 every gradient is right. At T = 2 and 6 every gradient is wrong."),
          ("w-hh-not-added",
           "At T = 1 every gradient is right. At T = 2 and 6 the gradient of W_hh is wrong"),
          ("w-xh-not-added",
           "At T = 1 and 2 every gradient is right. At T = 6 the gradient of W_xh is wrong"),
          ("state-before-the-first", "At T = 1, 2 and 6 the gradient of W_hh is wrong"),
          ("no-slope", "At T = 2 and 6 the gradients of W_xh, W_hh and b_h are wrong"),
      ) if mutant.name == name))

test_an_answer_of_another_kind_is_named = mistakes(
    (check_slope, (lambda x: 9 * x**2,), "wrong-count", "through_u and through_v"),
    (check_slope, (lambda x: ("six", "u"),), "no-number"),
    (check_sweep, (lambda w, h, target: [0, 1],), "no-number"),
    (check_sweep, (lambda w, h, target: target[len(h) - 1],), "stops", "target[0] is for h[1]"),
    (check_step_back, (lambda *given: plain.step_back(*given)[:2],), "wrong-count", "dh, da and carry"),
    (check_step_back, (lambda dy, h, n, W_hy, W_hh: (n, n, n),), "shares-argument", "n itself"),
    (check_step_back, (wrong_part(0, lambda *given: given[5][None]),), "wrong-shape", "(1, 3)"),
    (check_step_back, (broken,), "stops", "W_hy (3, 5)"),
    (check_backward, (lambda *given: plain.backward(*given)[0],), "wrong-count", "grads and dh"),
    (check_backward, (backward_of(lambda grads, dh: (grads, dh.T)),), "wrong-shape", "dh, one row per step"),
    (check_backward, (backward_of(lambda grads, dh: (dh, grads)),), "no-dictionary"),
    (check_backward, (backward_in_another_order,), "other-order", "Write `return grads, dh`."),
    (check_backward, (backward_that_comes_back_early,), "return-in-loop",
     "`return grads, dh` is inside it"),
    (check_backward, (backward_of(lambda grads, dh: ({**grads, "b_h": dh}, dh)),), "wrong-shape", "b_h"),
)

test_dots_are_not_yet = mistakes(
    (check_slope, (lambda x: (..., ...),), "not-yet"),
    (check_slope, (slope_half_done,), "not-yet", "1 of 2", "… through_u: not yet"),
    (check_sweep, (sweep_dots,), "not-yet", "dots in sweep_dots"),
    (check_outer, (table_dots, lambda h_prev, da: ...), "not-yet"),
    (check_outer, (table_dots, plain.by_product), "not-yet", "1 of 2", "… by_index: not yet"),
    (check_step_back, (lambda *given: (..., ..., ...),), "not-yet"),
    (check_step_back, (lambda *given: (..., *plain.step_back(*given)[1:]),), "not-yet", "… dh: not yet"),
    (check_backward, (backward_dots,), "not-yet", "dots in backward_dots"),
    (check_backward, (lambda *given: None,), "not-yet", "return"),
)

test_an_error_is_told_and_not_raised = stops(
    (check_slope, (broken,)), (check_sweep, (broken,)), (check_outer, (broken, broken)),
    (check_step_back, (broken,)), (check_backward, (broken,)))

test_what_is_no_answer_is_not_taken_for_one = no_answers(
    *((stage.check, lambda nothing: (lambda *given: nothing,)) for stage in STAGES.values()),
    *((stage.check, lambda nothing: (nothing,)) for stage in STAGES.values()),
    (check_slope, lambda nothing: (lambda x: nothing,)),
    (check_slope, lambda nothing: (lambda x: (nothing, nothing),)),
    (check_outer, lambda nothing: (lambda *given: nothing, nothing)),
    (check_backward, lambda nothing: (lambda *given: (plain.backward(*given)[0], nothing),)),
)

test_each_part_counts_alone = alone(
    (check_slope, {"through_u": (lambda x: (6 * x**2, ...),), "through_v": (lambda x: (..., 3 * x**2),)}),
    (check_outer, {"by_index": (plain.by_index, broken), "by_product": (broken, plain.by_product)}),
    (check_step_back, {name: (lambda *given, n=n: tuple(
        part if n == m else ... for m, part in enumerate(plain.step_back(*given))),)
        for n, name in enumerate(("dh", "da", "carry"))}),
)

test_every_mistake_of_the_first_stages_is_made = complete(stage_checks, test_each_part_counts_alone)
test_every_mistake_of_the_last_stages_is_made = complete(back_checks, test_each_part_counts_alone)


test_the_lesson_goes_on_with_what_is_right_and_quick = goes_on(
    use_if_correct, STAGES, slow=(("step_back", step_by_loops), ("backward", backward_by_loops)),
    wrong=((name, with_changes(STAGES[name].plain, mutant.changes)) for name, mutant in (
        ("sweep", mutants.SWEEP[0]), ("step_back", mutants.STEP_BACK["da"][0]), ("backward", BACKWARD[0]))))


def test_the_terms_of_the_first_stage_add_up_to_the_slope_of_3_x_cubed():
    assert all(sum(plain.slope(x)) == pytest.approx(9 * x**2) for x in (2.0, -1.0, 0.3))
    assert plain.slope(2.0) == (24.0, 12.0)
