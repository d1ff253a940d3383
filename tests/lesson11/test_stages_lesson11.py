"""The stages of lesson 11: right in any spelling, each mistake in three sentences, and what goes on."""

import numpy as np
from answers import alone, broken, complete, goes_on, mistakes, no_answers, printed, right, stops, three_times

from helpers.lessons.lesson11 import check_look_up_back, check_masked_loss, plain, use_if_correct
from helpers.lessons.lesson11 import stage_checks as checks
from helpers.lessons.lesson11 import stage_mutants as mutants
from helpers.lessons.lesson11.stages import STAGES
from helpers.lessons.stages import with_changes
from helpers.networks import softmax


def loss_of_the_places_alone(scores, targets, mask):
    """Padding taken out, and put back as zeros."""
    there = mask == 1
    p, k = softmax(scores[there]), np.arange(int(there.sum()))
    d_scores = np.zeros_like(scores)
    p_less = p.copy()
    p_less[k, targets[there]] -= 1
    d_scores[there] = p_less / len(k)
    return [-np.log(p[k, targets[there]]).mean(), d_scores]


def loss_by_loops(scores, targets, mask):
    T, B, V = scores.shape
    loss, d_scores = 0.0, np.zeros((T, B, V))
    for t, b in np.ndindex(T, B):
        p = softmax(scores[t, b])
        loss += mask[t, b] * -np.log(p[targets[t, b]]) / np.sum(mask)
        for v in range(V):
            d_scores[t, b, v] = mask[t, b] * (p[v] - (v == targets[t, b])) / np.sum(mask)
    return loss, d_scores.tolist()


def loss_in_single(scores, targets, mask):
    loss, d_scores = plain.masked_loss(scores.astype(np.float32), targets, mask)
    return np.float32(loss), d_scores.astype(np.float32)


def back_by_loops(q, keys, values, weights, d_answer):
    T = len(keys)
    d_weights = [float(values[t] @ d_answer) for t in range(T)]
    mean = sum(weights[t] * d_weights[t] for t in range(T))
    d_scores = [weights[t] * (d_weights[t] - mean) for t in range(T)]
    d_q = sum(d_scores[t] * keys[t] for t in range(T))
    return [d_q, [d_scores[t] * q for t in range(T)], [weights[t] * d_answer for t in range(T)]]


def back_by_a_jacobian(q, keys, values, weights, d_answer):
    J = np.diag(weights) - np.outer(weights, weights)
    d_scores = J @ values @ d_answer
    return keys.T @ d_scores, d_scores[:, None] * q, weights[:, None] * d_answer


def loss_with(change):
    return lambda *given: change(*plain.masked_loss(*given))


def back_with(change):
    return lambda *given: change(*plain.look_up_back(*given))


test_a_right_answer_is_accepted = right(
    *((check_masked_loss, (answer,)) for answer in (
        plain.masked_loss, loss_of_the_places_alone, loss_by_loops, loss_in_single)),
    *((check_look_up_back, (answer,)) for answer in (
        plain.look_up_back, back_by_loops, back_by_a_jacobian)))

LOSS = [
    *((with_changes(plain.masked_loss, mutant.changes), mutant.name, "✗ loss") for mutant in mutants.LOSS),
    *((with_changes(plain.masked_loss, mutant.changes), mutant.name, "✗ d_scores", "✓ loss")
      for mutant in mutants.SCORES),
    (loss_with(lambda loss, d: (loss + 1, d)), "another-loss", "✓ d_scores"),
    (loss_with(lambda loss, d: (loss, 2 * d)), "another-gradient", "It is 0 at the padded positions"),
    (loss_with(lambda loss, d: (loss, d + 1)), "another-gradient", "not 0 at the padded positions"),
]
BACK = [
    *((with_changes(plain.look_up_back, mutant.changes), mutant.name) for mutant in mutants.LOOKED_UP),
    (back_with(lambda d_q, d_keys, d_values: (2 * d_q, d_keys, d_values)), "another-d-q", "2 of 3",
     "✗ d_q: It is wrong, although d_keys and d_values are right."),
    (back_with(lambda d_q, d_keys, d_values: (d_q, 2 * d_keys, d_values)), "another-d-keys"),
    (back_with(lambda d_q, d_keys, d_values: (d_q, d_keys, 2 * d_values)), "another-d-values"),
    (back_with(lambda d_q, d_keys, d_values: (2 * d_q, 2 * d_keys, d_values)), "another-d-q",
     "✗ d_q: It is wrong, although d_values is right.", "… d_keys: waits for d_q"),
    (back_with(lambda d_q, d_keys, d_values: (2 * d_q, ..., ...)), "another-d-q", "✗ d_q: It is wrong.\n"),
]
TABLES = {check_masked_loss: LOSS, check_look_up_back: BACK}

test_a_mistake_is_told_in_three_sentences = three_times(*(
    (check, (answer,), *told) for check, table in TABLES.items() for answer, *told in table))

test_what_is_no_gradient_at_all_is_told = mistakes(
    (check_masked_loss, (lambda *a: ...,), "not-yet"),
    (check_masked_loss, (loss_with(lambda loss, d: loss),), "wrong-count", "loss and d_scores"),
    (check_masked_loss, (loss_with(lambda loss, d: (loss, d[0])),), "wrong-shape", "(5, 3, 4)"),
    (check_masked_loss, (loss_with(lambda loss, d: (..., d)),), "not-yet", "✓ d_scores"),
    (check_masked_loss, (lambda scores, targets, mask: plain.masked_loss(
        scores, targets, np.multiply(mask, 1, out=mask)) if mask.fill(1) else None,), "not-yet"),
    (check_look_up_back, (back_with(lambda *gradients: [2 * one for one in gradients]),), "another-d-q",
     "✗ d_q, d_values: All three gradients are wrong.\n", "… d_keys: waits for d_q"),
    (check_look_up_back, (back_with(lambda *g: g[:2]),), "wrong-count", "d_q, d_keys and d_values"),
    (check_look_up_back, (back_with(lambda a, b, c: (a, b.T, c)),), "wrong-shape", "(5, 4)", "(4, 5)"),
    (check_look_up_back, (lambda q, keys, values, weights, d: keys @ values,), "stops", "ValueError",
     "keys (5, 4)"),
)

test_each_part_counts_alone = alone(
    (check_masked_loss, {"loss": (loss_with(lambda loss, d: (loss, ...)),),
                         "d_scores": (loss_with(lambda loss, d: (..., d)),)}),
    (check_look_up_back, {"d_q": (back_with(lambda a, b, c: (a, ..., ...)),),
                          "d_keys": (back_with(lambda a, b, c: (..., b, ...)),),
                          "d_values": (back_with(lambda a, b, c: (..., ..., c)),)}))

test_what_is_no_answer_is_met_with_a_word = no_answers(
    *((check, lambda nothing: (lambda *given: nothing,)) for check in TABLES))
test_an_error_in_an_answer_is_told = stops(*((check, (broken,)) for check in TABLES))
test_what_is_printed_is_what_is_said = printed(
    (check_masked_loss, (plain.masked_loss,)), (check_look_up_back, (broken,)))
test_the_lesson_goes_on = goes_on(
    use_if_correct, STAGES, quick=[("masked_loss", loss_of_the_places_alone)],
    slow=[("masked_loss", loss_by_loops)],
    wrong=[("look_up_back", with_changes(plain.look_up_back, mutants.LOOKED_UP[0].changes))])
test_every_mistake_is_made = complete(checks, test_each_part_counts_alone)
