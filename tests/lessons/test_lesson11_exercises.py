"""The checks of lesson 11 accept what is right and say what is wrong with what is not."""

import numpy as np
from answers import complete, mistakes, right

from helpers.lessons.lesson11 import (
    check_beam_step,
    check_mask_of,
    check_masked_look_up,
    check_own_ends,
    check_reverse_own,
    checks,
)
from helpers.lessons.lesson11.search import beam_step
from helpers.networks import softmax


def mask_by_loops(lengths, T):
    return [[int(t < n) for n in lengths] for t in range(T)]


def mask_of(lengths, T):
    return np.arange(T)[:, None] < lengths


def last(h, lengths):
    return h[lengths - 1, np.arange(len(lengths))]


def back(d_last, lengths, T, at=lambda ends: ends - 1):
    d_h = np.zeros((T, *d_last.shape))
    d_h[at(lengths), np.arange(len(lengths))] = d_last
    return d_h


def last_by_a_loop(h, lengths):
    return [h[n - 1, b].tolist() for b, n in enumerate(lengths)]


def back_by_a_mask(d_last, lengths, T):
    return (np.arange(T)[:, None] == lengths - 1)[:, :, None] * d_last


def looked_up(q, keys, values, mask):
    weights = softmax(np.where(mask == 1, keys @ q, -np.inf))
    return weights @ values, weights


def looked_up_on_a_part(q, keys, values, mask):
    n = int(mask.sum())
    weights = np.zeros(len(mask))
    weights[:n] = softmax(keys[:n] @ q)
    return [sum(w * value for w, value in zip(weights, values, strict=True)), weights.tolist()]


def with_weights(make):
    """A look-up whose weights are made of scores and mask by `make`."""
    def look_up(q, keys, values, mask):
        weights = make(keys @ q, mask)
        return weights @ values, weights
    return look_up


def another_answer(q, keys, values, mask):
    return looked_up(q, keys, values, mask)[0] + 1, looked_up(q, keys, values, mask)[1]


def turned(x, lengths, late=0):
    new = x.copy()
    for b, n in enumerate(lengths):
        new[: n + late, b] = x[: n + late, b][::-1]
    return new


def turned_at_once(x, lengths):
    t = np.arange(len(x))[:, None]
    return np.take_along_axis(x, np.where(t < lengths, lengths - 1 - t, t), axis=0).tolist()


def step_by_argsort(kept, log_p, width):
    totals = np.array([total for total, _ in kept])[:, None] + log_p
    best = np.argsort(-totals, axis=None)[:width]
    return [[totals.flat[n], [*kept[n // log_p.shape[1]][1], n % log_p.shape[1]]] for n in best]


def ordered(value, reverse=True):
    """A step that takes all ways on in the order of ``value(total, log p)``."""
    def step(kept, log_p, width):
        longer = [(value(total, log_p[k, v]), (*symbols, v)) for k, (total, symbols) in enumerate(kept)
                  for v in range(log_p.shape[1])]
        return sorted(longer, reverse=reverse)[:width]
    return step


def sliced(to, from_, turn=1):
    """Sequences reversed one by one, with these places of the result and of x."""
    def other(x, lengths):
        result = x.copy()
        for b, n in enumerate(lengths):
            result[to(b, n)] = x[from_(b, n)][::turn]
        return result
    return other


def best_of_each(kept, log_p, width):
    return sorted((max((total + log_p[k, v], (*symbols, v)) for v in range(log_p.shape[1]))
                   for k, (total, symbols) in enumerate(kept)), reverse=True)[:width]


test_a_right_answer_is_accepted = right(
    *((check_mask_of, (answer,)) for answer in (mask_of, mask_by_loops)),
    *((check_own_ends, answers) for answers in ((last, back), (last_by_a_loop, back_by_a_mask))),
    *((check_masked_look_up, (answer,)) for answer in (
        looked_up, looked_up_on_a_part,
        with_weights(lambda scores, mask: softmax(np.where(mask == 1, scores, -1e9))),
        with_weights(lambda scores, mask: mask * softmax(scores) / (mask * softmax(scores)).sum()))),
    *((check_reverse_own, (answer,)) for answer in (turned, turned_at_once)),
    *((check_beam_step, (answer,)) for answer in (beam_step, step_by_argsort)))

test_masks = mistakes(*((check_mask_of, (answer,), *told) for answer, *told in (
    (lambda lengths, T: ..., "not-yet"),
    (lambda lengths, T: np.arange(T) < lengths, "stops"),
    (lambda lengths, T: mask_of(lengths, T).T, "transposed"),
    (lambda lengths, T: np.arange(T)[:, None] <= lengths, "one-too-many"),
    (lambda lengths, T: np.arange(T)[:, None] < lengths - 1, "one-too-few"),
    (lambda lengths, T: ~mask_of(lengths, T), "turned-round"),
    (lambda lengths, T: mask_of(lengths, T)[::-1], "padding-in-front"),
    (lambda lengths, T: np.ones((T, len(lengths))), "another-mask"),
    (lambda lengths, T: mask_of(lengths, T)[:-1], "wrong-shape"),
)))

test_own_ends = mistakes(*((check_own_ends, answers, *told) for answers, *told in (
    ((lambda *a: ..., lambda *a: ...), "not-yet"),
    ((lambda h, n: h[-1], back), "end-of-the-rectangle"),
    ((lambda h, n: h[n, np.arange(len(n))], back), "one-too-late"),
    ((lambda h, n: h[0], back), "first-states"),
    ((lambda h, n: h.mean(axis=0), back), "mean"),
    ((lambda h, n: -last(h, n), back), "another-state"),
    ((last, lambda d, n, T: back(d, n, T, lambda n: 0 * n + T - 1)), "back-at-the-end"),
    ((last, lambda d, n, T: back(d, n, T, lambda n: n)), "back-too-late"),
    ((last, lambda d, n, T: np.broadcast_to(d, (T, *d.shape))), "everywhere"),
    ((last, lambda d, n, T: -back(d, n, T)), "another-back"),
    ((last, lambda d, n, T: d), "wrong-shape"),
)))

test_masked_look_up = mistakes(*((check_masked_look_up, (answer,), *told) for answer, *told in (
    (lambda *a: ..., "not-yet"),
    (with_weights(lambda scores, mask: softmax(scores)), "no-mask"),
    (with_weights(lambda scores, mask: mask * softmax(scores)), "masked-too-late"),
    (with_weights(lambda scores, mask: softmax(mask * scores)), "score-of-0"),
    (with_weights(lambda scores, mask: softmax(np.where(mask == 0, scores, -np.inf))), "turned-round"),
    (with_weights(lambda scores, mask: softmax(np.where(mask == 1, -scores, -np.inf))), "other-weights"),
    (with_weights(lambda scores, mask: softmax(np.where(mask == 1, scores, -10))), "padding-weighs"),
    (another_answer, "another-answer"),
    (lambda *a: looked_up(*a)[0], "wrong-count"),
)))

test_reversing = mistakes(*((check_reverse_own, (answer,), *told) for answer, *told in (
    (lambda x, n: ..., "not-yet"),
    (lambda x, n: x[::-1], "padding-first"), (lambda x, n: x[:, ::-1], "other-way"),
    (lambda x, n: x, "not-turned"), (lambda x, n: turned(x, n, 1), "one-place-too-far"),
    (lambda x, n: turned(x, n, -1), "one-place-too-few"),
    (sliced(lambda b, n: (slice(n), b), lambda b, n: (slice(n, 0, -1), b)), "from-the-padding"),
    (sliced(lambda b, n: (b, slice(n)), lambda b, n: (b, slice(n)), turn=-1), "exchanged-axes"),
    (lambda x, n: turned(x, n) + 1, "another-order"),
    (lambda x, n: turned(x, n) * mask_of(n, len(x)), "padding-lost"),
    (lambda x, n: turned(x, n)[1:], "wrong-shape"),
)))

test_beams = mistakes(*((check_beam_step, (answer,), *told) for answer, *told in (
    (lambda *a: ..., "not-yet"), (lambda *a: 7, "no-pairs"),
    (best_of_each, "best-of-each"),
    (ordered(lambda total, log_p: total + log_p, reverse=False), "worst-first"),
    (lambda *a: beam_step(*a)[::-1], "worst-last"),
    (lambda kept, log_p, width: beam_step(kept, log_p, 99), "all-kept"),
    (ordered(lambda total, log_p: log_p), "only-the-last"),
    (ordered(lambda total, log_p: total * log_p), "multiplied"),
    (lambda *a: [(total + 1, symbols) for total, symbols in beam_step(*a)], "other-strings"),
)))


test_every_mistake_is_made = complete(checks)
