"""The stages of lesson 13: what is right is taken, what is wrong is told in three steps, nobody is stuck."""

import numpy as np
import pytest
from answers import alone, broken, complete, goes_on, mistakes, no_answers, right, stops, three_times

from helpers.lessons.lesson13 import (
    check_find_fixed_points,
    check_newton_step,
    check_residual_and_jacobian,
    stage_checks,
    use_if_correct,
)
from helpers.lessons.lesson13 import plain_newton as plain
from helpers.lessons.lesson13 import stage_mutants as mutants
from helpers.lessons.lesson13.stages import STAGES
from helpers.lessons.stages import with_changes


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


def half_done(p, h):
    f = np.tanh(h @ p.W_hh + p.b_h)
    r = h - f
    J = ...
    return r, J


def search_dots(p, starts, steps=50):
    found = []
    for _h in starts:
        ...
    return np.array(found)


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

test_a_mistake_is_told_in_three_steps = three_times(
    *((check_residual_and_jacobian, of(plain.residual_and_jacobian, mutant), mutant.name, "With 4 units")
      for mutant in mutants.RESIDUAL + mutants.JACOBIAN),
    *((check_newton_step, of(plain.newton_step, mutant), mutant.name, "should make r + d (I - J) zero")
      for mutant in mutants.STEP),
    *((check_find_fixed_points, of(plain.find_fixed_points, mutant), mutant.name, "fixed points to be found")
      for mutant in mutants.SEARCH),
    (check_residual_and_jacobian, (wrong_part(0, lambda r, J: 2 * r),), "another-r", "r[0] should be"),
    (check_residual_and_jacobian, (wrong_part(1, lambda r, J: 2 * J),), "another-j", "J[0, 0]"),
    (check_residual_and_jacobian, (wrong_part(1, lambda r, J: J + np.eye(4, k=3) if len(J) == 4 else J),),
     "another-j", "moving unit 0 by a little moves f[3]", "but J[0, 3] is"),
    (check_newton_step, (lambda p, h: h + 1,), "another-step"),
    (check_find_fixed_points, (lambda p, starts, steps=50: plain.find_fixed_points(p, starts, steps)[:1],),
     "another-search", "you return 1"),
)

test_other_mistakes_are_named = mistakes(
    (check_residual_and_jacobian, (lambda p, h: plain.residual_and_jacobian(p, h)[0],),
     "wrong-count", "r and J"),
    (check_residual_and_jacobian, (wrong_part(1, lambda r, J: J[0]),), "wrong-shape", "(4, 4)"),
    (check_residual_and_jacobian, (lambda p, h: (plain.residual_and_jacobian(p, h)[0], p.W_hh),), "no-slope",
     "✓ r"),
    (check_find_fixed_points, (search_that_comes_back_early,), "return-in-loop", "return np.array(found)"),
    (check_newton_step, (lambda p, h: 3,), "wrong-shape"),
    (check_find_fixed_points, (lambda p, starts, steps=50: 3,), "wrong-shape"),
    (check_find_fixed_points, search_with("                break", "                pass"), "nothing-kept",
     "you return 0"),
    (check_find_fixed_points, search_with("np.abs(r).max()", "abs(r.mean())"), "cancelling-residual",
     "there are 3 fixed points to be found, and you return 4, but 3 of them are not among these"),
    (check_find_fixed_points, (lambda p, starts: plain.find_fixed_points(p, starts),),
     "stops", "With 4 steps"),
)

test_dots_are_not_yet = mistakes(
    (check_residual_and_jacobian, (lambda p, h: (..., ...),), "not-yet"),
    (check_residual_and_jacobian, (half_done,), "not-yet", "1 of 2", "… J: not yet"),
    (check_newton_step, (lambda p, h: ...,), "not-yet"),
    (check_find_fixed_points, (search_dots,), "not-yet", "dots in search_dots"),
)

test_an_error_is_told_and_not_raised = stops(*((stage.check, (broken,)) for stage in STAGES.values()))

test_what_is_no_answer_is_not_taken_for_one = no_answers(
    *((stage.check, lambda nothing: (lambda *given: nothing,)) for stage in STAGES.values()),
    *((stage.check, lambda nothing: (nothing,)) for stage in STAGES.values()),
    (check_residual_and_jacobian, lambda nothing: (lambda p, h: (nothing, nothing),)),
)

test_each_part_counts_alone = alone(
    (check_residual_and_jacobian, {
        "r": (wrong_part(1, lambda r, J: ...),), "J": (wrong_part(0, lambda r, J: ...),)}))

test_every_mistake_is_made = complete(stage_checks, test_each_part_counts_alone)

test_the_lesson_goes_on_with_what_is_right_and_quick = goes_on(
    use_if_correct, STAGES, slow=(("newton_step", step_by_loops),))


@pytest.mark.parametrize("name", STAGES)
def test_the_plain_form_leaves_what_it_is_given(name):
    given = STAGES[name].work()
    kept = [np.copy(getattr(one, "vector", one)) for one in given]
    STAGES[name].plain(*given)
    assert all(np.array_equal(getattr(one, "vector", one), before)
               for one, before in zip(given, kept, strict=True))
