"""The checks of lesson 03 accept what is right, name what is wrong, and never raise."""

import numpy as np
from answers import alone, broken, complete, no_answers, printed, right, slips, stops

from helpers.lessons.lesson03 import check_in_place, check_mended, check_step_back, checks
from helpers.lessons.lesson03.checks import right_step, way_back


def right_forward(params, symbols):
    h, states, scores = np.zeros(len(params.b_h)), [], []
    for symbol in symbols:
        h = np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h)
        states.append(h)
        scores.append(h @ params.W_hy + params.b_y)
    return states, scores


def in_place(params, symbols):
    h, states, scores = np.zeros(len(params.b_h)), [], []
    for symbol in symbols:
        np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h, out=h)
        states.append(h)
        scores.append(h @ params.W_hy + params.b_y)
    return states, scores


def no_memory(params, symbols):
    states = [np.tanh(params.W_xh[symbol] + params.b_h) for symbol in symbols]
    return states, [h @ params.W_hy + params.b_y for h in states]


def into_the_parameters(params, symbols):
    params.vector += 1
    return right_forward(params, symbols)


def copies_in_place(params, symbols):
    h, states, scores = np.zeros(len(params.b_h)), [], []
    for symbol in symbols:
        np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h, out=h)
        states.append(h.copy())
        scores.append(h @ params.W_hy + params.b_y)
    return states, scores


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


def single_precision(*given):
    return [one.astype(np.float32) for one in right_step(*given)]


def by_loops(dy, h, dh_next, W_hy, W_hh):
    units, scores = range(len(h)), range(len(dy))
    dh = [sum(dy[k] * W_hy[i, k] for k in scores) + dh_next[i] for i in units]
    da = [(1 - h[i] * h[i]) * dh[i] for i in units]
    return dh, da, [sum(da[j] * W_hh[i, j] for j in units) for i in units]


def within_its_own_arrays(dy, h, dh_next, W_hy, W_hh):
    dh = W_hy @ dy
    dh += dh_next
    da = dh.copy()
    da *= 1 - np.square(h)
    return [dh, da, np.dot(W_hh, da)]


def right_backward(params, symbols, targets, states, p):
    return dict(way_back(right_step, params, symbols, targets, states, p).items())


def at_once(params, symbols, targets, states, p):
    """The sweep for dh alone; then every gradient as one product, in single precision."""
    dy = p.astype(np.float32)
    dy[range(len(symbols)), targets] -= 1
    da, carried = np.zeros_like(states), 0
    for t in range(len(symbols))[::-1]:
        da[t] = (dy[t] @ params.W_hy.T + carried) * (1 - states[t] ** 2)
        carried = params.W_hh @ da[t]
    before = np.vstack([np.zeros(len(params.b_h)), states[:-1]])
    x = np.eye(len(params.W_xh))[symbols]
    return {"W_xh": x.T @ da, "W_hh": before.T @ da, "b_h": da.sum(axis=0), "W_hy": states.T @ dy,
            "b_y": dy.sum(axis=0).tolist()}


def in_place_of_p(params, symbols, targets, states, p):
    grads = params.zeros_like()
    dh_next = np.zeros(len(params.b_h))
    for t in reversed(range(len(symbols))):
        dy = p[t]
        dy[targets[t]] -= 1
        dh_next += dy @ params.W_hy.T
        dh_next *= 1 - states[t] ** 2
        grads.W_xh[symbols[t]] += dh_next
        grads.b_h += dh_next
        if t > 0:
            grads.W_hh += states[t - 1][:, None] * dh_next
        grads.W_hy += states[t][:, None] * dy
        grads.b_y += dy
        dh_next = dh_next @ params.W_hh.T
    return grads


def multiplied(factor):
    """All right but for a factor, which depends on how many steps there are."""
    def backward(*given):
        return {name: factor(len(given[1])) * array for name, array in right_backward(*given).items()}
    return backward


def last_state_before_the_first(*given):
    return way_back(right_step, *given, h_0=given[3][-1])


def mean_and_not_transposed(params, symbols, *given):
    return {name: array / len(symbols) for name, array in no_transpose(params, symbols, *given).items()}


def all_wrong(*given):
    return {name: array + 1 for name, array in right_backward(*given).items()}


def no_transpose(params, symbols, targets, states, p):
    def step(*given):
        dh, da, _ = right_step(*given)
        return dh, da, da @ params.W_hh
    return way_back(step, params, symbols, targets, states, p)


def state_after(params, symbols, targets, states, p):
    grads = way_back(right_step, params, symbols, targets, states, p)
    grads["W_hh"] = grads["W_hh"] + np.outer(states[-1], states[0])
    return grads


def changed(change):
    """A step with all of it made by another formula, which carries what is right unless it says otherwise."""
    def step(*given):
        dh, da, carry = change(*given)
        return dh, da, right_step(*given)[2] if dh is not da else carry
    return step


def wrong_part(part, wrong):
    """A step that is right but for one of its three parts."""
    def step(*given):
        answer = list(right_step(*given))
        answer[part] = wrong(*given, *answer[:2])
        return tuple(answer)
    return step


def into_the_state(dy, h, dh_next, W_hy, W_hh):
    answer = right_step(dy, h, dh_next, W_hy, W_hh)
    h *= 0
    return answer


test_right_answers_are_accepted = right(
    *((check_step_back, (step,)) for step in (right_step, single_precision, by_loops, within_its_own_arrays)),
    *((check_in_place, (names, right_forward)) for names in (
        {"b_y"}, "b_y", ["b_y"], ("b_y",), np.array(["b_y"]), frozenset({"b_y"}))),
    *((check_in_place, ({"b_y"}, one)) for one in (copies_in_place, into_rows, as_lists)),
    (check_mended, (right_backward, right_backward)),
    (check_mended, (at_once, in_place_of_p)),
)

FROM_LATER = "the gradients of W_xh, W_hh and b_h; those of W_hy and b_y are right"
test_a_wrong_step_is_named_with_its_time_and_its_harm = slips(
    *((check_step_back, (changed(change),), *told) for change, *told in (
        (lambda dy, h, n, W_hy, W_hh: (dy @ W_hy.T, (1 - h**2) * (dy @ W_hy.T), None),
         "no-dh-next", "✗ dh: wrong at step 3 of 4", "… da: waits for dh", "✓ carry"),
        (lambda dy, h, n, W_hy, W_hh: (n.copy(), n.copy(), n.copy()), "no-own-loss",
         "✗ dh: wrong at step 4, the last one", "… da: waits for dh", "✓ carry"),
        (lambda dy, h, n, W_hy, W_hh: (dy @ W_hy.T + n,) * 3, "no-slope", "✓ dh", "✗ da"),
        (lambda dy, h, n, W_hy, W_hh: ((1 - h**2) * (dy @ W_hy.T + n),) * 3, "slope-in-dh", "✓ da", "✗ dh"),
    )))

test_a_slip_is_recognised = slips(
    *((check_step_back, (wrong_part(part, wrong),), *told) for part, wrong, *told in (
        (1, lambda dy, h, n, W_hy, W_hh, dh, da: (1 - np.tanh(h) ** 2) * dh, "tanh-twice"),
        (1, lambda dy, h, n, W_hy, W_hh, dh, da: (1 - h) ** 2 * dh, "square-of-difference"),
        (1, lambda dy, h, n, W_hy, W_hh, dh, da: (1 - dh**2) * h, "slope-of-gradient"),
        (1, lambda dy, h, n, W_hy, W_hh, dh, da: h * (1 - h) * dh, "logistic-slope"),
        (1, lambda dy, h, n, W_hy, W_hh, dh, da: 2 * da, "another-number", "✗ da"),
        (2, lambda dy, h, n, W_hy, W_hh, dh, da: da @ W_hh, "w-hh-not-transposed", FROM_LATER),
        (2, lambda dy, h, n, W_hy, W_hh, dh, da: dh @ W_hh.T, "dh-carried", FROM_LATER),
        (2, lambda dy, h, n, W_hy, W_hh, dh, da: dh @ W_hh, "dh-carried-not-transposed", FROM_LATER),
        (2, lambda dy, h, n, W_hy, W_hh, dh, da: da, "no-w-hh", FROM_LATER),
        (2, lambda dy, h, n, W_hy, W_hh, dh, da: 0.5 * da @ W_hh.T, "another-number", "✗ carry", FROM_LATER),
        (0, lambda dy, h, n, W_hy, W_hh, dh, da: dy @ W_hy.T - n, "subtracted", "✗ dh: wrong at step 3 of 4"),
        (0, lambda dy, h, n, W_hy, W_hh, dh, da: dy @ W_hy + n if len(dy) == len(h) else dh,
         "w-hy-not-transposed"),
        (0, lambda dy, h, n, W_hy, W_hh, dh, da: 2 * dh, "another-number", "✗ dh"),
        (0, lambda dy, h, n, W_hy, W_hh, dh, da: dh[None], "wrong-shape", "(1, 3)"),
        (0, lambda dy, h, n, W_hy, W_hh, dh, da: "dh", "no-numbers", "dh"),
    )),
    (check_step_back, (into_the_state,), "changed-argument"),
    (check_step_back, (lambda *given: right_step(*given)[:2],), "wrong-count", "dh, da and carry"),
    (check_step_back, (lambda dy, h, n, W_hy, W_hh: (n, n, n),), "shares-argument", "n itself"),
    (check_step_back, (lambda *given: (..., *right_step(*given)[1:]),), "not-yet", "2 of 3", "… dh: not yet"),
    (check_step_back, (lambda *given: (..., ..., ...),), "not-yet"),
    (check_step_back, (broken,), "stops", "W_hy (3, 5)"),
)

test_what_is_written_over_is_named = slips(
    (check_in_place, (..., right_forward), "not-yet"),
    (check_in_place, ({"W_hy", "b_y"}, right_forward), "written-over", "Not W_hy"),
    (check_in_place, ({"W_xh"}, right_forward), "written-over", "Not W_xh"),
    (check_in_place, (set(), right_forward), "one-survives"),
    (check_in_place, ({"b_y"}, in_place), "one-array"),
    (check_in_place, ({"b_y"}, no_memory), "wrong-state", "step 2"),
    (check_in_place, ({"b_y"}, with_scores(lambda scores: [0 * one for one in scores])), "wrong-scores",
     "step 1"),
    (check_in_place, ({"b_y"}, with_scores(lambda scores: [*scores[:-1], scores[0]])), "wrong-scores",
     "step 4"),
    (check_in_place, ({"b_y"}, with_scores(lambda scores: [None for _ in scores])), "wrong-shape", "scores"),
    (check_in_place, ({"b_y"}, lambda params, symbols: 1 / 0), "stops", "ZeroDivisionError"),
    (check_in_place, ({"b_y"}, lambda params, symbols: ([], [])), "wrong-shape"),
    (check_in_place, ({"b_y"}, into_the_parameters), "changed-argument", "params was changed"),
    (check_in_place, ({"h"}, right_forward), "no-names"),
)

A_WRONG = "✗ backward_a: the gradients of W_xh, W_hh and b_h are wrong; W_hy and b_y are right."
test_symptoms_point_to_the_fault = slips(
    (check_mended, (no_transpose, right_backward), "carried", A_WRONG, "backward_b"),
    (check_mended, (no_transpose, state_after), "carried", A_WRONG,
     "✗ backward_b: the gradient of W_hh is wrong; W_xh, b_h, W_hy and b_y are right.",
     "single step W_hh is wrong already"),
    (check_mended, (right_backward, state_after), "single-step", "✓ backward_a",
     "✗ backward_b: the gradient of W_hh"),
    (check_mended, (right_backward, all_wrong), "single-step", "W_hy and b_y are wrong; none is right.",
     "b_y are wrong already"),
    (check_mended, (right_backward, multiplied(lambda T: 1 / T)), "mean", "✓ backward_a"),
    (check_mended, (mean_and_not_transposed, right_backward), "mean", "✗ backward_a", "✓ backward_b"),
    (check_mended, (right_backward, multiplied(float)), "times-steps"),
    (check_mended, (right_backward, multiplied(lambda T: -1)), "sign"),
    (check_mended, (right_backward, last_state_before_the_first), "state-before-the-first", "states[-1]"),
    (check_mended, (right_backward, broken), "stops", "✗ backward_b: broken stops"),
    (check_mended, (right_backward, lambda *given: {**right_backward(*given), "b_h": np.zeros(3)}),
     "wrong-shape", "b_h should be numbers of shape (4,)"),
)

test_each_part_counts_alone = alone(
    (check_step_back, {name: (lambda *given, n=n: tuple(
        part if n == m else ... for m, part in enumerate(right_step(*given))),)
        for n, name in enumerate(("dh", "da", "carry"))}),
    (check_in_place, {"still_right": ({"b_y"}, in_place), "forward_pass": ({"W_xh"}, right_forward)}),
    (check_mended, {"backward_a": (right_backward, broken), "backward_b": (broken, right_backward)}),
)

test_no_answer_makes_a_check_raise = no_answers(
    (check_step_back, lambda nothing: (lambda *given: nothing,)),
    (check_step_back, lambda nothing: (nothing,)),
    (check_in_place, lambda nothing: (nothing, right_forward)),
    (check_in_place, lambda nothing: ({"b_y"}, nothing)),
    (check_in_place, lambda nothing: ({"b_y"}, lambda *given: nothing)),
    (check_mended, lambda nothing: (nothing, lambda *given: nothing)),
)

test_an_error_in_an_answer_is_told_and_not_raised = stops(
    (check_step_back, (broken,)), (check_in_place, ({"b_y"}, broken)), (check_mended, (broken, broken)))

test_what_is_printed_is_what_is_said = printed(
    (check_step_back, (wrong_part(2, lambda *given: given[-1] @ given[4]),)), (check_step_back, (broken,)),
    (check_in_place, ({"b_y"}, right_forward)), (check_mended, (no_transpose, state_after)))

test_every_slip_is_made = complete(checks, test_each_part_counts_alone)
