"""The stages of lesson 11: right in any spelling, each mistake in three sentences, and what goes on."""

import numpy as np
from answers import complete, mistakes, right

from helpers.checks.stages import with_changes
from helpers.lessons.lesson11 import check_look_up_back, check_masked_loss, plain
from helpers.lessons.lesson11 import stage_checks as checks
from helpers.lessons.lesson11 import stage_mutants as mutants


def loss_in_single(scores, targets, mask):
    loss, d_scores = plain.masked_loss(scores.astype(np.float32), targets, mask)
    return np.float32(loss), d_scores.astype(np.float32)


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
        plain.masked_loss, loss_in_single)),
    *((check_look_up_back, (answer,)) for answer in (
        plain.look_up_back, back_by_a_jacobian)))

LOSS = [
    *((with_changes(plain.masked_loss, mutant.changes), mutant.name) for mutant in mutants.LOSS),
    *((with_changes(plain.masked_loss, mutant.changes), mutant.name)
      for mutant in mutants.SCORES),
    (loss_with(lambda loss, d: (loss + 1, d)), "another-loss"),
    (loss_with(lambda loss, d: (loss, 2 * d)), "another-gradient"),
]
BACK = [
    *((with_changes(plain.look_up_back, mutant.changes), mutant.name) for mutant in mutants.LOOKED_UP),
    (back_with(lambda d_q, d_keys, d_values: (2 * d_q, d_keys, d_values)), "another-d-q"),
    (back_with(lambda d_q, d_keys, d_values: (d_q, 2 * d_keys, d_values)), "another-d-keys"),
    (back_with(lambda d_q, d_keys, d_values: (d_q, d_keys, 2 * d_values)), "another-d-values"),
]
TABLES = {check_masked_loss: LOSS, check_look_up_back: BACK}

test_a_mistake_is_told_in_three_sentences = mistakes(*(
    (check, (answer,), *told) for check, table in TABLES.items() for answer, *told in table))

test_what_is_no_gradient_at_all_is_told = mistakes(
    (check_masked_loss, (lambda *a: ...,), "not-yet"),
    (check_masked_loss, (loss_with(lambda loss, d: loss),), "wrong-count"),
    (check_masked_loss, (loss_with(lambda loss, d: (loss, d[0])),), "wrong-shape"),
    (check_look_up_back, (back_with(lambda *gradients: [2 * one for one in gradients]),), "another-d-q"),
    (check_look_up_back, (back_with(lambda *g: g[:2]),), "wrong-count"),
    (check_look_up_back, (back_with(lambda a, b, c: (a, b.T, c)),), "wrong-shape"),
    (check_look_up_back, (lambda q, keys, values, weights, d: keys @ values,), "stops"),
)


test_every_mistake_is_made = complete(checks)
