"""The checks of lesson 04 accept what is right, name what is wrong, and never raise."""

import numpy as np
from answers import complete, mistakes, right

from helpers.checks.stages import with_changes
from helpers.lessons.lesson04 import (
    check_by_lag,
    check_carry,
    check_layout,
    check_never_cut,
    check_reach,
    checks,
)


def window(lag):
    return lag + 1


def share(lag, k):
    return max(0, k - lag) / k


def in_chunks(model, inputs, targets, length):
    total, state = np.zeros_like(model.params.vector), None
    for start in range(0, len(inputs), length):
        x, y = inputs[start : start + length], targets[start : start + length]
        _, grads, state = model.loss_and_grads(x, y, state)
        total += grads.vector * (len(x) / len(inputs))
    return total


def chunks(*change):
    """in_chunks with one of its lines in another way."""
    return with_changes(in_chunks, (change,))


ADDED = "total += grads.vector * (len(x) / len(inputs))"
not_weighed = chunks(ADDED, "total += grads.vector")
weighed_in_place = chunks(ADDED, "grads.vector[:] *= len(x) / len(inputs)\n        total += grads.vector")


def along_the_batch(model, inputs, targets, length):
    total, state = 0, None
    for start in range(0, inputs.shape[1], length):
        x, y = inputs[:, start : start + length], targets[:, start : start + length]
        _, grads, state = model.loss_and_grads(x, y, state)
        total = total + grads.vector * x.size / inputs.size
    return total


def comes_back_early(model, inputs, targets, length):
    total = 0
    for start in range(0, len(inputs), length):
        x, y = inputs[start : start + length], targets[start : start + length]
        total = total + len(x) / len(inputs) * model.loss_and_grads(x, y)[1].vector
        return total


def as_parameters(model, *given):
    total = model.params.zeros_like()
    total.vector += in_chunks(model, *given)
    return total


def streams(ids, batch, length):
    rows = ids.reshape(batch, -1)
    return [rows[:, start : start + length].T for start in range(0, rows.shape[1], length)]


def dealt(ids, batch, length):
    size = batch * length
    return [ids[start : start + size].reshape(batch, length).T for start in range(0, len(ids), size)]


def streams_by_loops(ids, batch, length):
    size = len(ids) // batch
    return [np.array([[float(ids[row * size + start + t]) for row in range(batch)] for t in range(length)])
            for start in range(0, size, length)]


def streams_at_once(ids, batch, length):
    return ids.reshape(batch, -1, length).transpose(1, 2, 0)


def rows_that_change_places(ids, batch, length):
    return [np.roll(piece, n, axis=1) for n, piece in enumerate(streams(ids, batch, length))]


def interleaved(ids, batch, length):
    rows = ids.reshape(-1, batch)
    return [rows[start : start + length] for start in range(0, len(rows), length)]


def by_lag(table):
    return [np.trace(table, offset=-lag) for lag in range(len(table))]


def kept(table, k):
    return sum(table[t, s] for t in range(len(table)) for s in range(t // k * k, t + 1))


def pairs_kept(holds):
    """An answer to the second part of `check_by_lag`: the sum of the entries for which holds(t, s, k, T)."""
    def found(table, k):
        t, s = np.indices(table.shape)
        return table[holds(t, s, k, len(table))].sum()
    return by_lag, found


test_a_right_answer_is_accepted = right(
    (check_by_lag, (by_lag, kept)),
    (check_by_lag, (lambda table: np.array([np.diag(table, -n).sum() for n in range(len(table))]),
                    lambda table, k: sum(table[i:i + k, i:i + k].sum() for i in range(0, len(table), k)))),
    (check_reach, (window, share)),
    (check_reach, (lambda lag: [lag + 1], lambda lag, k: sum(p - 1 >= lag for p in range(1, k + 1)) / k)),
    (check_reach, (lambda lag: np.float32(lag + 1), lambda lag, k: np.float32(share(lag, k)))),
    (check_reach, (lambda lag: len(range(lag + 1)), lambda lag, k: np.mean(np.arange(k) >= lag))),
    *((check_carry, (one,)) for one in (in_chunks, weighed_in_place, as_parameters)),
    (check_never_cut, (lambda n, k: k * n * (n + 1) / 2, lambda n, k: n * k)),
    (check_never_cut, (lambda n, k: sum(k * m for m in range(1, n + 1)), lambda n, k: [k * n])),
    (check_never_cut, (lambda n, k: np.float32(k * np.arange(n + 1).sum()), lambda n, k: np.int32(n * k))),
    *((check_layout, (one,)) for one in (streams, streams_by_loops, streams_at_once)),
    (check_layout, (lambda ids, B, T: [piece.tolist() for piece in streams(ids, B, T)],)),
    (check_layout, (lambda ids, B, T: tuple(np.float32(piece) for piece in streams(ids, B, T)),)),
    (check_layout, (lambda ids, B, T: [piece[:, ::-1] for piece in streams(ids, B, T)],)),
)

test_a_mistake_is_named = mistakes(
    (check_by_lag, (lambda table: [np.trace(table, offset=lag) for lag in range(len(table))], kept),
     "later-steps"),
    (check_by_lag, (lambda table: table.sum(axis=0), kept), "by-step"),
    (check_by_lag, (lambda table: table.sum(axis=1), kept), "by-loss"),
    (check_by_lag, (lambda table: by_lag(table)[::-1], kept), "far-first"),
    (check_by_lag, (lambda table: [np.diag(table, -n) for n in range(len(table))], kept), "no-numbers"),
    (check_by_lag, (lambda table: by_lag(np.tril(table, -1)), kept), "other-parts"),
    (check_by_lag, (lambda table: [np.diag(table, -n).mean() for n in range(len(table))], kept), "mean"),
    (check_by_lag, (lambda table: by_lag(table)[1:], kept), "wrong-shape"),
    (check_by_lag, pairs_kept(lambda t, s, k, T: t - s < k), "window"),
    (check_by_lag, pairs_kept(lambda t, s, k, T: (t < k) & (s < k)), "first-chunk"),
    (check_by_lag, pairs_kept(lambda t, s, k, T: t >= s), "nothing-cut"),
    (check_by_lag, pairs_kept(lambda t, s, k, T: (t // k == s // k) & (t < T // k * k)), "whole-chunks"),
    (check_by_lag, pairs_kept(lambda t, s, k, T: t // k != s // k), "what-is-cut"),
    (check_by_lag, pairs_kept(lambda t, s, k, T: t == s), "lag-0"),
    (check_by_lag, (by_lag, lambda table, k: 99.0), "another-sum"),
    (check_reach, (lambda lag: lag, share), "own-step-left-out"),
    (check_reach, (lambda lag: 2 * lag + 5, share), "another-window"),
    (check_reach, (lambda lag: [lag, lag], share), "no-number"),
    (check_reach, (window, lambda lag, k: max(0, k - lag)), "number"),
    (check_reach, (window, lambda lag, k: (k - lag) / k), "negative"),
    (check_reach, (window, lambda lag, k: max(0, k - lag + 1) / k), "one-too-many"),
    (check_reach, (window, lambda lag, k: max(0, k - lag - 1) / k), "one-too-few"),
    (check_reach, (window, lambda lag, k: float(k > lag)), "all-of-them"),
    (check_reach, (window, lambda lag, k: max(0, k - lag) // k), "whole-numbers"),
    (check_reach, (window, lambda lag, k: 100 * max(0, k - lag) / k), "per-cent"),
    (check_reach, (window, lambda lag, k: 0.123), "another-share"),
    (check_carry, (chunks("loss_and_grads(x, y, state)", "loss_and_grads(x, y)"),), "no-state"),
    (check_carry, (not_weighed,), "not-weighed"),
    (check_carry, (lambda m, x, y, n: n / len(x) * m.loss_and_grads(x[:n], y[:n])[1].vector,), "first-alone"),
    (check_carry, (comes_back_early,), "return-in-loop"),
    (check_carry, (chunks(ADDED, ADDED + "; model.params.vector -= grads.vector"),), "changed-argument"),
    (check_carry, (lambda m, x, y, n: not_weighed(m, x, y, n) / -(-len(x) // n),),
     "equal-weights"),
    (check_carry, (chunks("len(inputs), length)", "len(inputs) - length + 1, length)"),), "last-left-out"),
    (check_carry, (lambda m, x, y, n: m.loss_and_grads(x, y)[1].vector,), "not-cut"),
    (check_carry, (along_the_batch,), "wrong-axis"),
    (check_carry, (lambda m, x, y, n: m.loss_and_grads(x[-n:], y[-n:])[1].vector,), "no-copies"),
    (check_carry, (lambda m, x, y, n: m.loss_and_grads(x, y)[0],), "wrong-shape"),
    (check_carry, (lambda m, x, y, n: 3 * m.params.vector,), "another-gradient"),
    (check_never_cut, (lambda n, k: n * k, lambda n, k: n * k), "cut"),
    (check_never_cut, (lambda n, k: n * n * k, lambda n, k: n * k), "all-of-the-text"),
    (check_never_cut, (lambda n, k: k * n * (n - 1) // 2, lambda n, k: n * k), "own-chunk-left-out"),
    (check_never_cut, (lambda n, k: 7, lambda n, k: n * k), "another-sum"),
    (check_never_cut, (lambda n, k: k * n * (n + 1) // 2, lambda n, k: k), "thrown-away"),
    (check_never_cut, (lambda n, k: k * n * (n + 1) // 2, lambda n, k: n * k + 1), "too-many"),
    (check_never_cut, (lambda n, k: k * n * (n + 1) // 2,) * 2, "counted-again"),
    (check_layout, (dealt,), "dealt"),
    (check_layout, (rows_that_change_places,), "goes-on-elsewhere"),
    (check_layout, (interleaved,), "leaps-inside"),
    (check_layout, (lambda ids, B, T: [p.T for p in streams(ids, B, T)],), "batch-first"),
    (check_layout, (lambda ids, B, T: streams(ids, B, T)[:-1],), "wrong-shape"),
    (check_layout, (lambda ids, B, T: [streams(ids, B, T)[0]] * (len(ids) // B // T),), "not-once"),
)


test_every_mistake_is_made = complete(checks)
