"""The checks of lesson 13 accept what is right, name what is wrong, and never raise."""

import numpy as np
from answers import complete, mistakes, right

from helpers.lessons.lesson13 import check_bit, check_held, check_slope_of_speed, check_unstable, checks


def eigen(J):
    return np.linalg.eigvals(J)


def unstable(J):
    return int(np.sum(np.abs(eigen(J)) > 1))


def unstable_by_power(J):
    """By roots of the characteristic polynomial, as an array of one number."""
    return np.array([sum(abs(z) > 1 for z in np.roots(np.poly(J)))])


def held(p, x):
    q = p.copy()
    q.b_h = p.b_h + x @ p.W_xh
    return q


def held_with(change):
    def made(p, x):
        q = p.copy()
        change(q, p, x)
        return q
    made.__name__ = "held"
    return made


def set_bias(value):
    def change(q, p, x):
        q.b_h = value(p, x)
    return held_with(change)


def other_weights(q, p, x):
    q.W_hh = p.W_hh + 0.1


def slope_of_speed(r, J):
    return (np.eye(len(r)) - J) @ r


def slope_by_moving(r, J):
    def q(d):
        return ((r + d @ (np.eye(len(r)) - J)) ** 2).sum() / 2
    return [(q(d) - q(-d)) / 2e-5 for d in 1e-5 * np.eye(len(r))]


def into(p, x):
    p.b_h += x @ p.W_xh
    return p


test_right_answers_are_accepted = right(
    (check_unstable, (unstable,)),
    (check_unstable, (unstable_by_power,)),
    (check_held, (held,)),
    (check_slope_of_speed, (slope_of_speed,)),
    (check_slope_of_speed, (lambda r, J: r - J @ r,)),
    (check_bit, (3, 4, 0)),
    (check_bit, (np.float32(4), [6], 0.1)),
    (check_bit, (2.5, 3.2, 0)),
    (check_bit, (2.1, 2.4, 0)),
    (check_bit, (2, 3.2, 0)),
    (check_bit, (1.7, 2.2, 0)),
)

test_mistakes_are_named = mistakes(
    (check_unstable, (lambda J: (eigen(J).real > 1).sum(),), "signed"),
    (check_unstable, (lambda J: (np.abs(eigen(J)[np.abs(eigen(J).imag) < 1e-9]) > 1).sum(),),
     "all-that-are-real"),
    (check_unstable, (lambda J: (np.abs(eigen(J)) < 1).sum(),), "stable-ones"),
    (check_unstable, (lambda J: (np.linalg.svd(J)[1] > 1).sum(),), "singular-values"),
    (check_unstable, (lambda J: (eigen(J).real > 0).sum(),), "above-zero"),
    (check_unstable, (lambda J: 7,), "another-count"),
    (check_unstable, (lambda J: np.abs(eigen(J)) > 1,), "no-number"),
    (check_unstable, (lambda J: np.abs(eigen(J)).max() > 1,), "yes-or-no"),
    (check_held, (held_with(lambda q, p, x: None),), "nothing-changed"),
    (check_held, (held_with(other_weights),), "other-weights"),
    (check_held, (set_bias(lambda p, x: x @ p.W_xh),), "bias-replaced"),
    (check_held, (set_bias(lambda p, x: p.b_h - x @ p.W_xh),), "taken-away"),
    (check_held, (set_bias(lambda p, x: p.b_h + x.sum()),), "another-bias"),
    (check_held, (lambda p, x: p.b_h,), "shares-argument"),
    (check_held, (lambda p, x: 3,), "no-parameters"),
    (check_held, (into,), "changed-argument"),
    (check_slope_of_speed, (lambda r, J: r @ (np.eye(len(r)) - J),), "not-turned"),
    (check_slope_of_speed, (lambda r, J: -J @ r,), "no-identity"),
    (check_slope_of_speed, (lambda r, J: r + 0,), "only-i"),
    (check_slope_of_speed, (lambda r, J: r + J @ r,), "plus-jacobian"),
    (check_slope_of_speed, (lambda r, J: 2 * slope_of_speed(r, J),), "twice"),
    (check_slope_of_speed, (lambda r, J: -slope_of_speed(r, J),), "uphill"),
    (check_slope_of_speed, (lambda r, J: 0 * r,), "another-slope"),
    (check_slope_of_speed, (lambda r, J: (r @ r) / 2,), "wrong-shape"),
    (check_bit, (2, 1, 0), "deaf"),
    (check_bit, (0.9, 3, 0), "forgets"),
    (check_bit, (3, 4, 1.5), "lopsided"),
    (check_bit, (1.2, 3, 0), "nervous"),
    (check_bit, (2, 2.2, 0), "barely-over"),
    (check_bit, (-1.5, 2, 0), "alternates"),
    (check_bit, (3, -4, 0), "negative-u"),
)


test_every_mistake_is_made = complete(checks)


def test_the_slope_of_speed_is_what_moving_the_state_says():
    rng = np.random.default_rng(0)
    r, J = rng.normal(size=4), rng.normal(size=(4, 4))
    assert np.allclose(slope_of_speed(r, J), slope_by_moving(r, J))
