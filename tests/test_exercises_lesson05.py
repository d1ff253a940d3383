"""The checks of lesson 05 accept what is right, name what is wrong, and never raise."""

import numpy as np
import pytest

from helpers.exercises.lesson05 import (
    DIAGNOSES,
    check_clip_norm,
    check_clip_value,
    check_diagnosis,
    check_threshold,
)

NOT_ANSWERED = [None, ..., [...], "three", [1, 2], np.zeros((2, 2, 2)), float("nan"), {}, object(), 7]


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


@pytest.mark.parametrize(("check", "answer"), [
    (check_clip_norm, by_norm),
    (check_clip_norm, lambda g, m: g if norm_of(g) <= m else scaled(g, m / norm_of(g))),
    (check_clip_value, by_value),
    (check_clip_value, lambda g, m: list(by_value(g, m))),
    (check_threshold, lambda norms: np.quantile(norms, 0.95)),
    (check_threshold, lambda norms: sorted(norms)[-100]),
    (check_diagnosis, DIAGNOSES),
    (check_diagnosis, {name: letter.upper() + " " for name, letter in DIAGNOSES.items()}),
])
def test_a_right_answer_is_accepted(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out.startswith("Right")


@pytest.mark.parametrize(("check", "answer", "words"), [
    (check_clip_norm, lambda g, m: g, "the length is not"),
    (check_clip_norm, lambda g, m: scaled(g, m / norm_of(g)), "only what is too long is shortened"),
    (check_clip_norm, lambda g, m: scaled(g, min(1, m / norm_of(g) ** 2)), "root of the sum of the squares"),
    (check_clip_norm, lambda g, m: scaled(by_norm(g, m), 1.5) if norm_of(g) > m else g, "max_norm / norm"),
    (check_clip_norm, lambda g, m: scaled(g, -min(1, m / norm_of(g))), "direction has changed: by 180°"),
    (check_clip_norm, cut, "Multiply all entries by the same number"),
    (check_clip_norm, array_by_array, "one norm, of all arrays together"),
    (check_clip_norm, in_place, "make new arrays"),
    (check_clip_norm, lambda g, m: {name: a.ravel() for name, a in by_norm(g, m).items()}, "W_xh should be"),
    (check_clip_norm, lambda g, m: {"W_xh": g["W_xh"]}, "KeyError"),
    (check_clip_value, lambda g, m: by_value(g, m, lambda g, m: {n: np.minimum(a, m) for n, a in g.items()}),
     "Large negative entries"),
    (check_clip_value,
     lambda g, m: by_value(g, m, lambda g, m: {n: np.minimum(abs(a), m) for n, a in g.items()}),
     "signs are lost"),
    (check_clip_value, lambda g, m: by_value(g, m, by_norm), "That is clipping by norm"),
    (check_clip_value,
     lambda g, m: by_value(g, m, lambda g, m: {n: np.where(abs(a) > m, 0, a) for n, a in g.items()}),
     "became 0"),
    (check_clip_value, lambda g, m: by_value(g, 2 * m), "but yours is"),
    (check_clip_value, lambda g, m: by_value(g, m, turn=lambda a, b: np.cos(np.radians(angle(a, b)))),
     "That is the cosine"),
    (check_clip_value, lambda g, m: by_value(g, m, turn=lambda a, b: np.radians(angle(a, b))), "radians"),
    (check_clip_value, lambda g, m: (cut(g, m), angle(g["W_hh"].ravel(), cut(g, m)["W_hh"].ravel())),
     "*whole* gradients"),
    (check_clip_value, lambda g, m: (cut(g, m), ...), "second thing to return is the angle"),
    (check_clip_value, lambda g, m: (cut(g, m),), "second thing to return is the angle"),
    (check_threshold, lambda norms: 1.0, "take the threshold from the record"),
    (check_threshold, np.median, "a clip is for the unusual"),
    (check_threshold, lambda norms: norms.max() / 2 if norms.max() < 1e3 else np.median(norms) * 9, "clips"),
    (check_threshold, np.max, "never acts"),
    (check_threshold, lambda norms: 1.6 * np.mean(norms), "Spikes should not move the threshold"),
    (check_threshold, lambda norms: norms, "one number"),
    (check_threshold, lambda norms: norms[10_000], "IndexError"),
    (check_diagnosis, {**DIAGNOSES, "D": "b"}, "rate times threshold"),
    (check_diagnosis, {**DIAGNOSES, "A": "e", "C": "c"}, "the clip is not to blame"),
    (check_diagnosis, {"A": "c"}, "keys A, B, C, D and E"),
    (check_diagnosis, dict.fromkeys("ABCDE", ...), "Not yet"),
])
def test_a_slip_is_named(check, answer, words, capsys):
    check(answer)
    said = capsys.readouterr().out
    assert words in said and not said.startswith("Right")


def test_one_wrong_diagnosis_is_the_only_one_that_is_spoken_of(capsys):
    for name in DIAGNOSES:
        check_diagnosis({**DIAGNOSES, name: "x"})
        said = capsys.readouterr().out
        assert said.startswith(f"{name} does not fit") and len(said.splitlines()) == 1


@pytest.mark.parametrize("answer", NOT_ANSWERED, ids=repr)
def test_what_is_no_answer_is_met_with_a_word(answer, capsys):
    check_clip_norm(lambda *_: answer)
    check_clip_value(lambda *_: answer)
    check_clip_value(lambda *_: (answer, answer))
    check_threshold(lambda _: answer)
    check_diagnosis(answer)
    check_diagnosis(dict.fromkeys("ABCDE", answer))
    said = capsys.readouterr().out
    assert len(said.splitlines()) >= 6 and "Right" not in said


def test_an_error_in_an_answer_is_told_and_not_raised(capsys):
    def broken(*_):
        raise RuntimeError("lost")
    for check in (check_clip_norm, check_clip_value, check_threshold):
        check(broken)
        assert "RuntimeError: lost" in capsys.readouterr().out


def test_the_first_answers_of_the_lesson_get_not_yet(capsys):
    check_clip_norm(lambda grads, max_norm: ...)
    check_clip_value(lambda grads, limit: (..., ...))
    check_threshold(lambda norms: ...)
    check_diagnosis(dict.fromkeys("ABCDE", ...))
    assert capsys.readouterr().out.count("Not yet") == 4
