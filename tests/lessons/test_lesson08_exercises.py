"""The checks of lesson 08 name the fault, accept what is right, and never raise."""

from itertools import accumulate

import numpy as np
from answers import complete, mistakes, right

from helpers.lessons.lesson08 import (
    check_control,
    check_depth,
    check_dropout,
    check_parameters,
    check_patience,
    checks,
)
from helpers.networks import GRU, LSTM, RNN, CharModel


def count(cell, V, H, read_out=True, own=True, biases=True, b_y=True, blocks=None):
    k = blocks or {"RNN": 1, "GRU": 3, "LSTM": 4}[cell]
    inner = k * (V * H + H * H + H * biases) + H * (cell == "GRU") * own
    return inner + (H * V + V * b_y) * read_out


def count_of_small_letters(cell, V, H):
    if cell == "rnn":
        return count("RNN", V, H)


def depth(text, open_=1, close=1):
    return np.cumsum([open_ * (c == "(") - close * (c == ")") for c in text])


def stop_at(losses, patience, last=False):
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best]:
            best = look
        elif look - best >= patience:
            return look if last else best
    return len(losses) - 1 if last else best


def largest(cells, feature, shifts, best=lambda r: np.abs(r).max(), move=np.roll):
    return [best(np.array([np.corrcoef(c, move(feature, s))[0, 1] for c in cells.T])) for s in shifts]


def read_out(h, kept, share, W_hy, b_y, targets, scale=True, back=True, mean=True, seen_back=True,
             back_scale=True):
    mask = kept / (1 - share) if scale else kept * 1.0
    seen = h * mask
    scores = seen @ W_hy + b_y
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(h))
    loss = -np.log(p[rows, targets]).mean()
    p[rows, targets] -= 1
    p /= len(h) if mean else 1
    on_way_back = (mask if back_scale else kept) if back else 1
    return loss, (seen if seen_back else h).T @ p, (p @ W_hy.T) * on_way_back


ANSWERS = {check_parameters: count, check_depth: depth, check_patience: stop_at, check_control: largest,
           check_dropout: read_out}

OTHERS = {              # right, and written in other ways, with other types of numbers
    check_parameters: (lambda *given: np.float32(count(*given)), lambda *given: np.array(count(*given)),
                       lambda cell, V, H: float(CharModel(CELLS[cell](V, H), RNG).params.vector.size)),
    check_depth: (lambda text: [text[:t].count("(") - text[:t].count(")") for t in range(1, len(text) + 1)],
                  lambda text: depth(text).astype(np.float32),
                  lambda text: tuple(accumulate((c == "(") - (c == ")") for c in text))),
    check_patience: (lambda losses, patience: np.int64(stop_at(losses, patience)),
                     lambda *given: best_of_seen(*given), lambda *given: float(stop_at(*given))),
    check_control: (lambda cells, feature, shifts: np.array(largest(cells, feature, shifts), np.float32),
                    lambda *given: standard(*given), lambda *given: tuple(standard(*given, roll=by_hand))),
    check_dropout: (lambda *given: in_place(*given), lambda *given: by_loops(*given),
                    lambda *given: [np.float32(read_out(*given)[0]), *read_out(*given)[1:]]),
}
CELLS, RNG = {"RNN": RNN, "GRU": GRU, "LSTM": LSTM}, np.random.default_rng(0)


def best_of_seen(losses, patience):
    """Patience by pops: the losses are taken away from the front of the list that was given."""
    seen = []
    while losses and len(seen) - np.argmin(seen or [0]) <= patience:
        seen.append(losses.pop(0))
    return int(np.argmin(seen))


def by_hand(feature, shift):
    return np.append(feature[-shift:], feature[:-shift])


def standard(cells, feature, shifts, roll=np.roll):
    cells -= cells.mean(axis=0)
    cells /= cells.std(axis=0)
    feature = (feature - feature.mean()) / feature.std()
    return np.abs(np.array([roll(feature, shift) for shift in shifts]) @ cells / len(cells)).max(axis=1)


def in_place(h, kept, share, W_hy, b_y, targets):
    """A read-out that writes into what it is given."""
    h *= kept / (1 - share)
    p = np.exp(h @ W_hy + b_y)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(h)), targets]))
    p[np.arange(len(h)), targets] -= 1
    p /= len(h)
    return loss, h.T @ p, p @ W_hy.T * kept / (1 - share)


def by_loops(h, kept, share, W_hy, b_y, targets):
    """Character by character."""
    loss, d_W_hy, d_h = 0.0, np.zeros_like(W_hy), []
    for row, stays, target in zip(h, kept, targets, strict=True):
        seen = np.where(stays, row / (1 - share), 0)
        p = np.exp(seen @ W_hy + b_y) / np.exp(seen @ W_hy + b_y).sum()
        loss -= np.log(p[target]) / len(h)
        d = (p - np.eye(len(p))[target]) / len(h)
        d_W_hy += np.outer(seen, d)
        d_h.append(list(np.where(stays, W_hy @ d / (1 - share), 0)))
    return loss, d_W_hy.tolist(), d_h


test_a_right_answer_is_accepted = right(
    *((check, (answer,)) for check, answer in ANSWERS.items()),
    *((check, (answer,)) for check, answers in OTHERS.items() for answer in answers))


test_the_starters_are_told_not_yet = mistakes(
    *((check, (lambda *given: ...,), "not-yet") for check in ANSWERS),
    (check_dropout, (lambda *given: (..., ..., ...),), "not-yet"),
)


def summed(*given):
    """A loss that is a sum, with gradients that are of its mean."""
    loss, *grads = read_out(*given)
    return loss * len(given[0]), *grads


def put(check, *cases):
    """Cases of one check: what is changed in the right answer, the mistake, and facts."""
    return ((check, (lambda *given, change=change: ANSWERS[check](*given, **change),), *told)
            for change, *told in cases)


test_counts_are_judged_by_what_is_left_out = mistakes(
    *put(check_parameters,
         ({"read_out": False}, "no-read-out"), ({"own": False}, "no-b-hn"),
         ({"b_y": False}, "no-b-y"),
         ({"biases": False}, "no-b-h"), ({"blocks": 1}, "one-block")),
    (check_parameters, (lambda cell, V, H: count(cell, V, H) - H * H,), "no-w-hh"),
    (check_parameters, (lambda cell, V, H: 7,), "another-count"),
    (check_parameters, (lambda cell, V, H: [V, H],), "no-number"),
)

test_a_branch_that_is_never_met_is_told = mistakes(
    (check_parameters, (count_of_small_letters,), "returns-none"))

test_a_feature_off_in_time_is_told = mistakes(*((check_depth, (answer,), *told) for answer, *told in (
    (lambda text: np.append(0, depth(text)[:-1]), "one-off"),
    (lambda text: depth(text, close=0), "no-closing"),
    (lambda text: np.minimum(depth(text), 1), "only-whether"),
    (lambda text: np.diff(depth(text), prepend=0), "not-added-up"),
    (lambda text: depth(text) + np.array([c == ")" for c in text]), "closing-late"),
    (lambda text: depth(text) - np.array([c == "(" for c in text]), "opening-late"),
    (lambda text: 3 * depth(text), "another-depth"),
    (lambda text: depth(text.replace("[", "(").replace("]", ")")), "square-brackets"),
    (lambda text: 3, "wrong-shape"),
    (lambda text: list(text), "no-numbers"),
)))

def tie_is_better(losses, patience):
    best = 0
    for look, loss in enumerate(losses):
        if loss <= losses[best]:
            best = look
        elif look - best >= patience:
            return best
    return best


def with_the_one_before(losses, patience):
    bad = 0
    for look in range(1, len(losses)):
        bad = bad + 1 if losses[look] >= losses[look - 1] else 0
        if bad == patience:
            return int(np.argmin(losses[: look + 1]))
    return int(np.argmin(losses))


test_impatience_and_foresight_are_told = mistakes(*((check_patience, (answer,), *told) for answer, *told in (
    (lambda losses, patience: stop_at(losses, patience, last=True), "last-look"),
    (lambda losses, patience: int(np.argmin(losses)), "foresight"),
    (lambda losses, patience: stop_at(losses, patience - 1), "too-early"),
    (lambda losses, patience: stop_at(losses, patience + 1), "too-late"),
    (tie_is_better, "tie-taken"),
    (with_the_one_before, "with-the-one-before"),
    (lambda losses, patience: losses[stop_at(losses, patience)], "loss-itself"),
    (lambda losses, patience: 0, "another-look"),
    (lambda losses, patience: losses, "no-number"),
)))

test_a_weak_control_is_told = mistakes(
    *put(check_control,
         ({"best": np.max}, "no-absolute-value"), ({"best": lambda r: np.abs(r).mean()}, "mean"),
         ({"move": lambda feature, shift: feature}, "not-moved"),
         ({"move": lambda feature, shift: np.roll(feature, -shift)}, "other-direction"),
         ({"best": lambda r: (r**2).max()}, "squared"), ({"best": lambda r: 7}, "another-r"),
         ({"best": lambda r: r[np.abs(r).argmax()]}, "signed")),
    (check_control, (lambda cells, feature, shifts: 1,), "wrong-shape"),
    (check_control, (lambda cells, feature, shifts: largest(cells, feature, np.cumsum(shifts)),),
     "shifts-add-up"),
    (check_control, (lambda cells, feature, shifts: [largest(np.roll(cells, shift, axis=0), feature, [0])[0]
                                                     for shift in shifts],), "other-direction"),
)

test_a_mask_forgotten_on_the_way_is_told = mistakes(
    *put(check_dropout,
         ({"scale": False}, "not-scaled"),
         ({"back": False}, "not-masked-back"),
         ({"mean": False}, "d-w-hy-summed"),
         ({"seen_back": False}, "not-masked"),
         ({"back_scale": False}, "not-scaled-back")),
    (check_dropout, (summed,), "loss-summed"),
    (check_dropout, (lambda *given: (*read_out(*given)[:2], read_out(*given, mean=False)[2]),), "d-h-summed"),
    (check_dropout, (lambda *given: (*read_out(*given)[:2], ...),), "not-yet"),
    (check_dropout, (lambda h, kept, *rest: read_out(h, True, 0, *rest[1:]),), "nothing-hidden"),
    (check_dropout, (lambda h, kept, share, *rest: read_out(h, kept, 1 - share, *rest),), "divided-by-share"),
    (check_dropout, (lambda h, kept, *rest: read_out(h, ~kept, *rest),), "mask-swapped"),
    (check_dropout, (lambda *given: tuple(2 * part for part in read_out(*given)),), "another-loss"),
    (check_dropout, (lambda *given: (read_out(*given)[0], *(3 * part for part in read_out(*given)[1:])),),
     "another-gradient"),
    (check_dropout, (lambda *given: read_out(*given)[:2],), "wrong-count"),
)


test_every_mistake_is_made = complete(checks)
