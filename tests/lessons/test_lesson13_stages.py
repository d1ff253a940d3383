"""The stages of lesson 13: what is right is taken, what is wrong is told in three steps, nobody is stuck."""

import numpy as np
from answers import complete, mistakes, right

from helpers.checks.stages import with_changes
from helpers.lessons.lesson13 import (
    check_find_fixed_points,
    check_newton_step,
    check_residual_and_jacobian,
    stage_checks,
)
from helpers.lessons.lesson13 import plain_newton as plain
from helpers.lessons.lesson13 import stage_mutants as mutants
from helpers.lessons.lesson13.stages import STAGES


def jacobian_by_moving(p, h):
    """In single precision, and J by central differences."""
    def F(h):
        return np.tanh(h @ p["W_hh"] + p["b_h"])
    J = [(F(h + d) - F(h - d)) / 2e-6 for d in 1e-6 * np.eye(len(h))]
    return [np.float32(h - F(h)), J]


def step_by_inverse(p, h):
    r, J = plain.residual_and_jacobian(p, h)
    return h - r @ np.linalg.inv(np.eye(len(h)) - J)


def step_by_loops(p, h):
    """Right, and slow: a system of equations solved for each unit again."""
    r, J = plain.residual_and_jacobian(p, h)
    A = (np.eye(len(h)) - J).T
    return np.array([(h - np.linalg.solve(A, r))[n] for n in range(len(h)) for _ in range(2)][::2])


def search_other_way(p, starts, steps=50):
    """Backwards through the starts, as a list."""
    found = []
    for h in starts[::-1]:
        for _ in range(steps):
            h = plain.newton_step(p, h)
            if np.allclose(plain.residual_and_jacobian(p, h)[0], 0, atol=1e-10):
                if not any(np.allclose(h, other, atol=1e-3) for other in found):
                    found.append(h)
                break
    return found


def search_that_comes_back_early(p, starts, steps=50):
    found = []
    for h in starts:
        for _ in range(steps):
            h = plain.newton_step(p, h)
            r, _ = plain.residual_and_jacobian(p, h)
            if np.abs(r).max() < 1e-10:
                break
        else:
            continue
        if all(np.abs(h - other).max() > 1e-3 for other in found):
            found.append(h)
        return np.array(found)


def wrong_part(n, wrong):
    def residual_and_jacobian(p, h):
        answer = list(plain.residual_and_jacobian(p, h))
        answer[n] = wrong(*answer)
        return tuple(answer)
    return residual_and_jacobian


def search_with(right, wrong):
    return (with_changes(plain.find_fixed_points, ((right, wrong),)),)


def of(function, mutant):
    return (with_changes(function, mutant.changes),)


test_right_answers_are_taken = right(
    *((stage.check, (stage.plain,)) for stage in STAGES.values()),
    (check_residual_and_jacobian, (jacobian_by_moving,)),
    (check_newton_step, (step_by_inverse,)),
    (check_newton_step, (step_by_loops,)),
    (check_find_fixed_points, (search_other_way,)),
)

test_a_mistake_is_told_in_three_steps = mistakes(
    *((check_residual_and_jacobian, of(plain.residual_and_jacobian, mutant), mutant.name)
      for mutant in mutants.RESIDUAL + mutants.JACOBIAN),
    *((check_newton_step, of(plain.newton_step, mutant), mutant.name)
      for mutant in mutants.STEP),
    *((check_find_fixed_points, of(plain.find_fixed_points, mutant), mutant.name)
      for mutant in mutants.SEARCH),
    (check_residual_and_jacobian, (wrong_part(0, lambda r, J: 2 * r),), "another-r"),
    (check_residual_and_jacobian, (wrong_part(1, lambda r, J: 2 * J),), "another-j"),
    (check_newton_step, (lambda p, h: h + 1,), "another-step"),
    (check_find_fixed_points, (lambda p, starts, steps=50: plain.find_fixed_points(p, starts, steps)[:1],),
     "another-search"),
)

test_other_mistakes_are_named = mistakes(
    (check_residual_and_jacobian, (lambda p, h: plain.residual_and_jacobian(p, h)[0],),
     "wrong-count"),
    (check_residual_and_jacobian, (wrong_part(1, lambda r, J: J[0]),), "wrong-shape"),
    (check_residual_and_jacobian, (lambda p, h: (plain.residual_and_jacobian(p, h)[0], p.W_hh),), "no-slope"),
    (check_find_fixed_points, (search_that_comes_back_early,), "return-in-loop"),
    (check_newton_step, (lambda p, h: 3,), "wrong-shape"),
    (check_find_fixed_points, (lambda p, starts, steps=50: 3,), "wrong-shape"),
    (check_find_fixed_points, search_with("                break", "                pass"), "nothing-kept"),
    (check_find_fixed_points, search_with("np.abs(r).max()", "abs(r.mean())"), "cancelling-residual"),
    (check_find_fixed_points, (lambda p, starts: plain.find_fixed_points(p, starts),),
     "stops"),
)


test_every_mistake_is_made = complete(stage_checks)
