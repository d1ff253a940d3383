"""The checks of lesson 05 accept what is right, name what is wrong, and never raise."""

import numpy as np
from answers import (
    AlwaysRight,
    broken,
    mistakes,
    right,
)

from helpers.lessons.lesson05 import (
    check_clip_norm,
    check_clip_value,
    check_diagnosis,
    check_explosion,
    check_threshold,
)
from helpers.lessons.lesson05.checks import DIAGNOSES


def norm_of(grads):
    return np.sqrt(sum((array**2).sum() for array in grads.values()))


def scaled(grads, factor):
    return {name: factor * array for name, array in grads.items()}


def by_norm(grads, max_norm):
    return scaled(grads, min(1, max_norm / norm_of(grads)))


def in_place(grads, max_norm):
    factor = min(1, max_norm / norm_of(grads))
    for array in grads.values():
        array *= factor
    return grads


def array_by_array(grads, max_norm):
    return {name: array * min(1, max_norm / np.linalg.norm(array)) for name, array in grads.items()}


def cut(grads, limit):
    return {name: np.clip(array, -limit, limit) for name, array in grads.items()}


def flat(grads):
    return np.concatenate([array.ravel() for array in grads.values()])


def angle(a, b):
    return np.degrees(np.arccos(min(1.0, a @ b / np.linalg.norm(a) / np.linalg.norm(b))))


def by_value(grads, limit, clip=cut, turn=angle):
    clipped = clip(grads, limit)
    return clipped, turn(flat(grads), flat(clipped))


def clipping_by(clip):
    """An answer to `check_clip_value` with another clip, and the angle of that."""
    return (lambda grads, limit: by_value(grads, limit, clip),)


def by_copies(grads, max_norm):
    new = {name: array.copy() for name, array in grads.items()}
    row = np.concatenate([array.ravel() for array in new.values()])
    for array in new.values():
        array *= min(1, max_norm / np.sqrt(row @ row))
    return new


def in_float32(grads, max_norm):
    return {name: np.float32(array) for name, array in by_norm(grads, max_norm).items()}


def by_hand(grads, limit):
    clipped = {name: np.where(array > limit, limit, np.where(array < -limit, -limit, array))
               for name, array in grads.items()}
    a, b = np.float32(flat(grads)), np.float32(flat(clipped))
    cosine = min(1, float((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())))
    return clipped, np.float32(180 / np.pi * np.arccos(cosine))


def without_bracket(a, b):
    with np.errstate(invalid="ignore"):
        return np.degrees(np.arccos(a @ b / np.linalg.norm(a) * np.linalg.norm(b)))


def nan_if_unclipped(grads, limit):
    """As the hint's way comes out where rounding makes the cosine of equal gradients too large."""
    clipped, found = by_value(grads, limit)
    return clipped, np.nan if np.array_equal(flat(clipped), flat(grads)) else found


TAME = [[0.5, 2.0], [0.0, 0.5]]


def bound(W, slope, steps):
    return (slope * np.linalg.svd(W)[1][0]) ** steps


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def wall_at(w, start):
    return start - w * sigmoid(start), w * sigmoid(start) * sigmoid(-start)


def exploding(bound=bound, tame=TAME, b=None, factor=None):
    """An answer to `check_explosion` with another part."""
    def wall(w, start):
        right = wall_at(w, start)
        return b(w, start) if b else right[0], factor(w, start) if factor else right[1]
    return bound, tame, wall


def radius(W):
    return np.abs(np.linalg.eigvals(W)).max()


def largest(W):
    return np.linalg.norm(W, 2)


test_a_right_answer_is_accepted = right(
    (check_explosion, exploding()),
    (check_explosion, exploding(tame=np.array([[0.0, 3.0], [0.0, 0.0]]))),
    (check_explosion, exploding(lambda W, slope, n: np.prod([slope * largest(W)] * n))),
    (check_clip_norm, (by_norm,)),
    (check_clip_norm, (by_copies,)),
    (check_clip_norm, (in_float32,)),
    (check_clip_value, (by_hand,)),
    (check_threshold, (lambda norms: np.float32(np.percentile(norms, 97)),)),
    (check_threshold, (lambda norms: np.array([np.quantile(norms, 0.93)]),)),
    (check_diagnosis, ({name: f" {letter}) " for name, letter in DIAGNOSES.items()},)),
    (check_diagnosis, ({name: f"({letter})." for name, letter in DIAGNOSES.items()},)),
    (check_diagnosis, ({name: f"{letter.upper()}: " for name, letter in DIAGNOSES.items()},)),
    (check_diagnosis, ({name: np.str_(letter) for name, letter in DIAGNOSES.items()},)),
    (check_clip_norm, (lambda g, m: g if norm_of(g) <= m else scaled(g, m / norm_of(g)),)),
    (check_clip_value, (by_value,)),
    (check_clip_value, (lambda g, m: list(by_value(g, m)),)),
    (check_threshold, (lambda norms: np.quantile(norms, 0.95),)),
    (check_diagnosis, (DIAGNOSES,)),
    (check_diagnosis, ({name: letter.upper() + " " for name, letter in DIAGNOSES.items()},)),
)

test_a_mistake_is_named = mistakes(
    (check_explosion, exploding(lambda W, slope, n: (slope * radius(W)) ** n), "eigenvalue"),
    (check_explosion, exploding(lambda W, slope, n: (slope * np.linalg.norm(W)) ** n), "frobenius"),
    (check_explosion, exploding(lambda W, slope, n: largest(W) ** n), "no-slope"),
    (check_explosion, exploding(lambda W, slope, n: slope * largest(W) ** n), "slope-once"),
    (check_explosion, exploding(lambda W, slope, n: slope * largest(W) * n), "added"),
    (check_explosion, exploding(lambda W, slope, n: slope**n * largest(np.linalg.matrix_power(W, n))),
     "no-slopes-between"),
    (check_explosion, exploding(tame=broken), "no-numbers"),
    (check_explosion, exploding(lambda W, slope, n: 7.0), "another-bound"),
    (check_explosion, exploding(tame=np.eye(2) / 2), "no-stretch"),
    (check_explosion, exploding(tame=[[1.2, 0], [0, 0.1]]), "not-tame"),
    (check_explosion, exploding(tame=np.eye(3)), "wrong-shape"),
    (check_explosion, exploding(b=lambda w, h: w * sigmoid(h) - h), "sign"),
    (check_explosion, exploding(b=lambda w, h: h - sigmoid(h)), "no-weight"),
    (check_explosion, exploding(b=lambda w, h: h - w * h), "no-sigmoid"),
    (check_explosion, exploding(b=lambda w, h: 0.0), "another-b"),
    (check_explosion, exploding(factor=lambda w, h: w * sigmoid(h)), "value-for-slope"),
    (check_explosion, exploding(factor=lambda w, h: sigmoid(h) * sigmoid(-h)), "weight-left-out"),
    (check_explosion, exploding(factor=lambda w, h: w * (1 - np.tanh(h) ** 2)), "tanh-slope"),
    (check_explosion, exploding(factor=lambda w, h: w), "another-factor"),
    (check_clip_norm, (lambda g, m: g,), "too-long"),
    (check_clip_norm, (lambda g, m: scaled(g, m / norm_of(g)),), "short-scaled"),
    (check_clip_norm, (lambda g, m: scaled(g, min(1, m / norm_of(g) ** 2)),), "too-short"),
    (check_clip_norm, (lambda g, m: scaled(g, -min(1, m / norm_of(g))),), "turned"),
    (check_clip_norm, (array_by_array,), "array-by-array"),
    (check_clip_norm, (in_place,), "changed-argument"),
    (check_clip_norm, (lambda g, m: {name: a.ravel() for name, a in by_norm(g, m).items()},), "wrong-shape"),
    (check_clip_norm, (lambda g, m: scaled(g, np.nan),), "not-finite"),
    (check_clip_norm, (lambda g, m: {"W_xh": g["W_xh"]},), "no-dictionary"),
    (check_clip_value, clipping_by(lambda g, m: {n: np.minimum(a, m) for n, a in g.items()}), "one-sided"),
    (check_clip_value, clipping_by(lambda g, m: {n: np.minimum(abs(a), m) for n, a in g.items()}),
     "signs-lost"),
    (check_clip_value, clipping_by(by_norm), "by-norm"),
    (check_clip_value, clipping_by(lambda g, m: {n: np.where(abs(a) > m, 0, a) for n, a in g.items()}),
     "zeroed"),
    (check_clip_value, (lambda g, m: by_value(g, 2 * m),), "another-entry"),
    (check_clip_value, (lambda g, m: by_value(g, m, turn=lambda a, b: np.cos(np.radians(angle(a, b)))),),
     "cosine"),
    (check_clip_value, (lambda g, m: by_value(g, m, turn=lambda a, b: np.radians(angle(a, b))),), "radians"),
    (check_clip_value, (lambda g, m: (cut(g, m), angle(g["W_hh"].ravel(), cut(g, m)["W_hh"].ravel())),),
     "another-angle"),
    (check_clip_value, (lambda g, m: (cut(g, m), ...),), "not-yet"),
    (check_clip_value, (lambda g, m: (cut(g, m), "wide"),), "no-number"),
    (check_clip_value, (lambda g, m: by_value(g, m, turn=lambda a, b: 180 - angle(a, b)),), "other-angle"),
    (check_clip_value, (lambda g, m: by_value(g, m, turn=without_bracket),), "no-cosine"),
    (check_clip_value, (nan_if_unclipped,), "cosine-over-one"),
    (check_clip_value, (lambda g, m: (cut(g, m), [np.nan]),), "not-finite"),
    (check_clip_value, (lambda g, m: (cut(g, m),),), "wrong-count"),
    (check_clip_value, (lambda g, m: (in_place(g, m), 0),), "changed-argument"),
    (check_threshold, (lambda norms: 1.0,), "not-from-record"),
    (check_threshold, (lambda norms: np.percentile(norms, 0.95),), "wrong-end"),
    (check_threshold, (np.median,), "clips-half"),
    (check_threshold, (np.max,), "never-clips"),
    (check_threshold, (lambda norms: 1.25 * np.median(norms),), "clips-often"),
    (check_threshold, (lambda norms: np.mean(norms) + 2 * np.std(norms),), "moved-by-spikes"),
    (check_threshold, (lambda norms: norms,), "no-number"),
    (check_threshold, (lambda norms: sorted(norms)[1900],), "stops"),
    (check_diagnosis, ({**DIAGNOSES, "D": "b"},), "wrong-diagnosis"),
    *((check_diagnosis, ({**DIAGNOSES, "A": said},), "no-letter")
      for said in ("b or c", "x", "", 3)),
    (check_diagnosis, (dict.fromkeys(DIAGNOSES, AlwaysRight("x")),), "no-letter"),
    (check_diagnosis, ({"A": "c"},), "no-dictionary"),
    (check_diagnosis, (dict.fromkeys("ABCDE", ...),), "not-yet"),
)


def test_one_wrong_diagnosis_is_the_only_one_that_is_spoken_of():
    for name, letter in DIAGNOSES.items():
        wrong = "b" if letter == "a" else "a"
        result = check_diagnosis.result({**DIAGNOSES, name: wrong})
        assert result.said.count("✗") == 1 and f"✗ {name}: Diagnosis {wrong} does not fit" in result.said
        assert result.done == [other for other in DIAGNOSES if other != name]
