"""The checks of lesson 03 accept what is right, name what is wrong, and never raise."""

import numpy as np
import pytest
from answers import alone, broken, complete, mistakes, no_answers, printed, right, stops, three_times

from helpers.lessons.lesson03 import (
    check_batch,
    check_in_place,
    check_mended,
    check_other_cell,
    checks,
)
from helpers.lessons.lesson03 import plain_backward as plain
from helpers.lessons.lesson03.back_mutants import BATCH, OTHER_BACKWARD
from helpers.lessons.stages import with_changes


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


def carried_in_place(params, symbols, targets, states, p):
    grads = params.zeros_like()
    dh_next = np.zeros(len(params.b_h))
    for t in reversed(range(len(symbols))):
        dy = p[t].copy()
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


def changed(*changes):
    """The plain form with other lines; the gradients alone."""
    def backward(*given):
        return with_changes(plain.backward, changes)(*given)[0]
    return backward


no_transpose = changed(('params["W_hh"].T', 'params["W_hh"]'))
state_after = changed(("states[t - 1] if t > 0 else np.zeros_like(da)", "states[t]"))
last_state_before_the_first = changed(("states[t - 1] if t > 0 else np.zeros_like(da)", "states[t - 1]"))
no_slope = changed(("(1 - states[t] ** 2) * dh[t]", "dh[t].copy()"))


def mean_and_not_transposed(params, symbols, *given):
    return {name: array / len(symbols) for name, array in no_transpose(params, symbols, *given).items()}


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


def other_backward_rows(params, symbols, target, s, kept):
    grads = params.zeros_like()
    dy = np.exp(kept["y"]) / np.exp(kept["y"]).sum() - np.eye(len(kept["y"]))[target]
    grads.W_hy[:], grads.b_y[:] = np.outer(kept["h"][-1], dy), dy
    dh = params.W_hy @ dy
    for t in range(len(symbols))[::-1]:
        da = s * kept["slopes"][t] * dh
        grads.W_xh[symbols[t]] += da
        grads.W_hh += kept["h"][t][:, None] * da
        grads.b_h += da
        dh += params.W_hh @ da
    return grads


def other_backward_from_nothing(params, symbols, target, s, kept):
    """Without what was kept, in single precision."""
    _, kept = plain.other_forward(params, symbols, target, s)
    grads = plain.other_backward(params, symbols, target, s, kept)
    return {name: array.astype(np.float32) for name, array in grads.items()}


def other_with(*changes):
    return with_changes(plain.other_forward, changes), plain.other_backward


def other_dots(params, symbols, target, s):
    h = np.zeros(3)
    for _ in symbols:
        h = ...
    return 0.0, h


# --- a batch ---


def batch_by_sequence(params, symbols, targets, states, p):
    """One sequence after the other."""
    total = {name: np.zeros(array.shape) for name, array in params.items()}
    for b in range(symbols.shape[1]):
        one = plain.backward(params, symbols[:, b], targets[:, b], states[:, b], p[:, b])[0]
        for name in total:
            total[name] += one[name]
    return total


def batch_add_at(params, symbols, targets, states, p):
    grads, carried = params.zeros_like(), 0
    sequences = np.arange(symbols.shape[1])
    for t in range(len(symbols))[::-1]:
        dy = p[t].copy()
        dy[sequences, targets[t]] -= 1
        da = dy @ params.W_hy.T
        da += carried
        da *= 1 - states[t] ** 2
        np.add.at(grads.W_xh, symbols[t], da)
        if t:
            grads.W_hh += np.einsum("bi,bj->ij", states[t - 1], da)
        grads.b_h += np.ones(len(da)) @ da
        grads.W_hy += states[t].T @ dy
        grads.b_y += dy.sum(0)
        carried = da @ params.W_hh.T
    return grads


def batch_at_once(params, symbols, targets, states, p):
    """All steps and sequences in one product, in single precision."""
    dy = (p - np.eye(p.shape[-1])[targets]).astype(np.float32)
    da, carried = np.zeros_like(states, dtype=np.float32), 0
    for t in range(len(symbols))[::-1]:
        da[t] = (dy[t] @ params["W_hy"].T + carried) * (1 - states[t] ** 2)
        carried = da[t] @ params["W_hh"].T
    x, before = np.eye(len(params["W_xh"]))[symbols], np.concatenate([0 * states[:1], states[:-1]])
    both = (0, 1), (0, 1)
    return {"W_xh": np.tensordot(x, da, both), "W_hh": np.tensordot(before, da, both),
            "b_h": da.sum((0, 1)), "W_hy": np.tensordot(states, dy, both), "b_y": dy.sum((0, 1))}


def batch_dots(params, symbols, targets, states, p):
    grads = {name: np.zeros_like(array) for name, array in params.items()}
    for _ in reversed(range(len(symbols))):
        ...
    return grads


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
    (check_mended, (at_once, carried_in_place)),
    (check_other_cell, (plain.other_forward, plain.other_backward)),
    (check_other_cell, (other_forward_rows, other_backward_rows)),
    (check_other_cell, (other_forward_rows, other_backward_from_nothing)),
    (check_other_cell, (lambda *given: (np.float32(plain.other_forward(*given)[0]), None),
                        other_backward_from_nothing)),
    *((check_batch, (one,)) for one in (
        plain.batch_backward, batch_by_sequence, batch_add_at, batch_at_once)),
)

test_what_is_written_over_is_named = mistakes(
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

A_WRONG = ("✗ backward_a: At T = 1 every gradient is right.",
           "At T = 5 the gradients of W_xh, W_hh and b_h are wrong, but those of W_hy and b_y are right.")
B_WRONG = ("✗ backward_b: At T = 1, 2 and 5 the gradient of W_hh is wrong, but those of W_xh, b_h, W_hy "
           "and b_y are right.")
test_symptoms_point_to_the_fault = three_times(
    (check_mended, (no_transpose, right_backward), "wrong-carry", *A_WRONG, "✓ backward_b"),
    (check_mended, (right_backward, state_after), "wrong-line", B_WRONG, "✓ backward_a"),
    (check_mended, (right_backward, no_slope), "wrong-da",
     "At T = 1 the gradients of W_xh and b_h are wrong"),
    (check_mended, (right_backward, all_wrong), "wrong-read-out", "every gradient is wrong"),
    (check_mended, (right_backward, multiplied(lambda T: 1 / T)), "mean", "✓ backward_a"),
    (check_mended, (mean_and_not_transposed, right_backward), "mean", "✗ backward_a", "✓ backward_b"),
    (check_mended, (right_backward, multiplied(float)), "times-steps"),
    (check_mended, (right_backward, multiplied(lambda T: -1)), "sign"),
    (check_mended, (right_backward, last_state_before_the_first), "state-before-the-first"),
)

test_both_ways_back_are_looked_at = mistakes(
    (check_mended, (no_transpose, state_after), "wrong-carry", *A_WRONG, B_WRONG),
    (check_mended, (right_backward, broken), "stops", "✗ backward_b: At T = 1: broken stops"),
    (check_mended, (right_backward, lambda *given: {**right_backward(*given), "b_h": np.zeros(3)}),
     "wrong-shape", "b_h should be numbers of shape (4,)"),
)

test_what_is_wrong_with_another_cell_is_told_in_three_steps = three_times(
    *((check_other_cell, (plain.other_forward, with_changes(plain.other_backward, mutant.changes)),
       mutant.name, "✓ other_forward", "At T = 1") for mutant in OTHER_BACKWARD),
    *((check_other_cell, (plain.other_forward, with_changes(plain.other_backward, changes)), mistake)
      for mistake, changes in (
          ("other-read-out", (("dy[target] -= 1", "dy[target] -= 2"),)),
          ("other-da", (("da = s * dh", "da = 2 * s * dh"),)),
          ("other-outer", (("np.outer(h[t], da)", "np.outer(h[-1], da)"),)),
          ("other-carry", (("dh = dh + da @", "dh = 2 * dh + da @"),)))),
    (check_other_cell, other_with(("h[-1] + s * z[-1]", "h[-1] + z[-1]")), "s-left-out", "At T = 1"),
    (check_other_cell, other_with(("h[-1] + s * z[-1]", "s * z[-1]")), "state-not-kept", "At T = 2"),
    (check_other_cell, other_with(("-np.log(p[target])", "-np.log(p[0])")), "another-loss"),
)

test_an_answer_for_another_cell_is_looked_at = mistakes(
    (check_other_cell, (lambda *given: (..., ...), lambda *given: ...), "not-yet"),
    (check_other_cell, (plain.other_forward, lambda *given: ...), "not-yet", "1 of 2", "✓ other_forward"),
    (check_other_cell, (plain.other_forward, lambda *given: None), "not-yet",
     "other_backward: returns nothing. Does it end with a return?"),
    (check_other_cell, (other_dots, plain.other_backward), "not-yet"),
    (check_other_cell, (lambda *given: plain.other_forward(*given)[0], plain.other_backward), "wrong-count",
     "loss and kept"),
    (check_other_cell, (plain.other_forward, broken), "stops", "✓ other_forward"),
)

test_what_is_wrong_with_a_batch_is_told_in_three_steps = three_times(
    *((check_batch, (with_changes(plain.batch_backward, mutant.changes),), mutant.name, "B = 1")
      for mutant in BATCH),
    (check_batch, (batch_outer,), "outer-of-tables", "At T = 2 (B = 3): batch_backward stops"),
    (check_batch, (batch_one_hot,), "one-hot-of-a-batch", "At T = 1 (B = 1): batch_backward stops"),
    (check_batch, (batch_bias,), "shapes", "b_h is (H,)"),
    (check_batch, (batch_with(("dh = dy @", "dh = 2 * dy @")),), "wrong-da"),
    (check_batch, (batch_with(("h_prev.T @ da", "da.T @ h_prev")),), "wrong-line",
     "At T = 1 (B = 1) every gradient is right."),
)

@pytest.mark.parametrize(("change", "name"), [
    (('grads["b_y"] += dy.sum(axis=0)', 'grads["b_y"] += dy.mean(axis=0)'), "wrong-read-out-line"),
    (('grads["b_h"] += da.sum(axis=0)', 'grads["b_h"] += da.sum()'), "wrong-line"),
])
def test_the_last_sentence_for_a_batch_can_be_followed(change, name):
    check_batch.tries.clear()
    results = [check_batch(batch_with(change)) for _ in range(3)]
    check_batch.tries.clear()
    assert results[-1].mistake == name
    assert results[-1].said.endswith("b_y gets dy.sum(axis=0), and b_h gets da.sum(axis=0).")
    assert "np.outer" not in results[-1].said


test_an_answer_for_a_batch_is_looked_at = mistakes(
    (check_batch, (batch_dots,), "not-yet", "dots in batch_dots"),
    (check_batch, (lambda *given: None,), "not-yet"),
    (check_batch, (lambda *given: {},), "no-dictionary", "W_xh"),
)

test_each_part_counts_alone = alone(
    (check_in_place, {"still_right": ({"b_y"}, in_place), "forward_in_place": ({"W_xh"}, right_forward)}),
    (check_mended, {"backward_a": (right_backward, broken), "backward_b": (broken, right_backward)}),
    (check_other_cell, {"other_forward": (plain.other_forward, broken), "other_backward": None}),
)

test_no_answer_makes_a_check_raise = no_answers(
    (check_in_place, lambda nothing: (nothing, right_forward)),
    (check_in_place, lambda nothing: ({"b_y"}, nothing)),
    (check_in_place, lambda nothing: ({"b_y"}, lambda *given: nothing)),
    (check_mended, lambda nothing: (nothing, lambda *given: nothing)),
    (check_other_cell, lambda nothing: (nothing, nothing)),
    (check_other_cell, lambda nothing: (lambda *given: nothing, lambda *given: nothing)),
    (check_other_cell, lambda nothing: (lambda *given: (nothing, nothing), lambda *given: nothing)),
    (check_other_cell, lambda nothing: (plain.other_forward, lambda *given: nothing)),
    (check_batch, lambda nothing: (nothing,)),
    (check_batch, lambda nothing: (lambda *given: nothing,)),
)

test_an_error_in_an_answer_is_told_and_not_raised = stops(
    (check_in_place, ({"b_y"}, broken)), (check_mended, (broken, broken)),
    (check_other_cell, (broken, plain.other_backward)), (check_batch, (broken,)))

test_what_is_printed_is_what_is_said = printed(
    (check_in_place, ({"b_y"}, right_forward)), (check_mended, (no_transpose, state_after)))

test_every_mistake_is_made = complete(checks, test_each_part_counts_alone)
