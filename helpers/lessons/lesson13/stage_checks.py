"""The checks of the stages of lesson 13: residual and Jacobian, one step of Newton, the whole search."""

from collections.abc import Callable, Sequence

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    check,
    first_difference,
    nearly,
    need_written,
    numbers_of,
    part,
    several_of,
    wait_for,
)
from helpers.checks.stages import with_changes
from helpers.lessons.lesson13 import mistakes, plain
from helpers.networks import RNN, Parameters

SIZES = (4, 2, 7)               # units of the networks on which a function is tried
HINT = " Here h has shape ({H},), W_hh ({H}, {H}) and b_h ({H},)."


def network(rng: np.random.Generator, H: int, size: float = 1.0) -> Parameters:
    """Parameters of a plain cell without symmetry."""
    p = RNN(3, H).init(rng)
    p.W_hh = size * rng.normal(size=(H, H)) / np.sqrt(H)
    p.b_h = 0.5 * rng.normal(size=H)
    return p


def one_state(rng: np.random.Generator, H: int) -> tuple[Parameters, np.ndarray]:
    """Arguments of the first two stages."""
    return network(rng, H), rng.uniform(-0.9, 0.9, H)


def three_wells(rng: np.random.Generator, starts: int = 12) -> tuple[Parameters, np.ndarray]:
    """Arguments of the search: two units that depend mostly on themselves, with nine fixed points."""
    p = RNN(3, 2).init(rng)
    p.W_hh = np.array([[1.9, 0.1], [-0.15, 2.1]])
    p.b_h = np.array([0.05, -0.08])
    return p, rng.uniform(-1, 1, (starts, 2))


def uncoupled(rng: np.random.Generator, starts: int) -> tuple[Parameters, np.ndarray]:
    """Arguments of the search: as in `three_wells`, but with independent units, so points share a number."""
    p, begin = three_wells(rng, starts)
    p.W_hh = np.diag(np.diag(p.W_hh))
    return p, begin


def mirrored() -> tuple[Parameters, np.ndarray]:
    """Arguments of the search, for which the two numbers of each state are opposite, and those of r too."""
    p = RNN(3, 2).init(np.random.default_rng(0))
    p.W_hh, p.b_h = np.array([[1.9, 0.1], [0.1, 1.9]]), np.zeros(2)
    return p, np.outer([0.9, -0.6, 0.0, 0.6], [1, -1])


@check("r", "J")
def check_residual_and_jacobian(residual_and_jacobian: Callable) -> str:
    """Try ``residual_and_jacobian(p, h) -> (r, J)`` on three new networks."""
    rng = np.random.default_rng(131)
    for H in SIZES:
        p, h = one_state(rng, H)
        place = f"With {H} units: "
        answer = answer_of(
            residual_and_jacobian, p, h, place=place, hint=HINT.format(H=H), keeps=True,
            read=lambda answer: several_of(answer, "rJ", "What residual_and_jacobian returns"))
        right = plain.residual_and_jacobian(p, h)
        for n, (name, made) in enumerate((("r", mistakes.RESIDUAL), ("J", mistakes.JACOBIAN))):
            with part(name):
                found = numbers_of(answer[n], right[n].shape, name, place)
                if nearly(found, right[n]):
                    continue
                if name == "J":
                    wait_for("r")           # it may be f that is wrong, of which both are made
                at = first_difference(found, right[n])
                told = (f"{place}r[{at[0]}] should be {right[0][at]:.4f}, but is {found[at]:.4f}."
                        if name == "r" else
                        f"{place}moving unit {at[0]} by a little moves f[{at[1]}] {right[1][at]:.4f} times "
                        f"as far, but J[{at[0]}, {at[1]}] is {found[at]:.4f}.")
                raise _found(made, plain.residual_and_jacobian, (p, h), n, found, told) or (
                    Mistake("another-r", told, "By how much does a step without an input change h?",
                            "r is h - f, with f = np.tanh(h @ p.W_hh + p.b_h).") if name == "r" else
                    Mistake("another-j", told, "Which weight leads from unit i to unit j, and whose slope "
                                               "comes after it?",
                            "J is p.W_hh * (1 - f**2): column j has the slope of unit j."))
    return "Correct: on three new networks r is the residual, and J says what a step does to a small change."


def _found(made: Sequence, function: Callable, given: tuple, n: int | None, found: np.ndarray,
           told: str) -> Mistake | None:
    """The Mistake of the first mutant that makes the same answer; `n`: which of several things."""
    for mutant in made:
        wrong = with_changes(function, mutant.changes)(*given)
        if nearly(found, wrong if n is None else wrong[n]):
            return mutant.found(told)
    return None


@check
def check_newton_step(newton_step: Callable) -> str:
    """Try ``newton_step(p, h) -> h`` on three new networks."""
    rng = np.random.default_rng(132)
    for H in SIZES:
        p, h = one_state(rng, H)
        place = f"With {H} units: "
        found = answer_of(newton_step, p, h, place=place, hint=HINT.format(H=H), own=True, shape=(H,))
        right = plain.newton_step(p, h)
        if not nearly(found, right):
            r, J = plain.residual_and_jacobian(p, h)
            left = np.abs(r + (found - h) @ (np.eye(H) - J)).max()
            told = (f"{place}your d = h_new - h should make r + d (I - J) zero, but its largest entry is "
                    f"{left:.2g}.")
            raise _found(mistakes.STEP, plain.newton_step, (p, h), None, found, told) or Mistake(
                "another-step", told, "Suppose that r changed by exactly d (I - J), however long d is. Which "
                                      "d would make it zero?",
                "d = np.linalg.solve((I - J).T, -r), and h + d is returned.")
    return "Correct: on three new networks your step lands where r would be zero if r were linear."


@check
def check_find_fixed_points(find_fixed_points: Callable) -> str:
    """Try ``find_fixed_points(p, starts, steps=50) -> (N, H)`` on three networks, and with few steps."""
    need_written(find_fixed_points)
    rng = np.random.default_rng(133)
    p, starts = three_wells(rng, 40)
    cases = [("From 4 starts whose two entries are opposite: ", mirrored()),
             ("From 40 starts: ", (p, starts)),
             ("With 4 steps each: ", (p, starts, 4)),
             ("With two independent units: ", uncoupled(rng, 40))]
    for place, given in cases:
        found = _points(answer_of(find_fixed_points, *given, place=place, keeps=True), place)
        right = plain.find_fixed_points(*given)
        far = [h for h in found if not _among(h, right)]
        missed = [h for h in right if not _among(h, found)]
        if not far and not missed and len(found) == len(right):
            continue
        false = "is not among these" if len(far) == 1 else "are not among these"
        told = (f"{place}there are {len(right)} fixed points to be found, and you return {len(found)}"
                + (f", but {len(far)} of them {false}." if far else "."))
        for mutant in mistakes.SEARCH:
            wrong = np.asarray(with_changes(plain.find_fixed_points, mutant.changes)(*given))
            if nearly(_sorted(found), _sorted(wrong)):
                raise mutant.found(told)
        raise Mistake("another-search", told, "Follow one search on paper. When does it end, and "
                      "when is its point kept?",
                      "A search ends when np.abs(r).max() is below 1e-10, or after `steps` steps. Keep the "
                      "point only in the first case, and only if it is new.")
    return "Correct: it finds every point once, and none that is still on its way."


def _points(answer, place: str) -> np.ndarray:
    """Points (N, 2), a list of none as well."""
    if isinstance(answer, list | tuple | np.ndarray) and len(answer) == 0:
        return np.empty((0, 2))
    return numbers_of(answer, (None, 2), "What it returns", place)


def _among(h: np.ndarray, others: np.ndarray) -> bool:
    """Whether h is one of the others, to 1e-6."""
    return any(np.abs(h - other).max() < 1e-6 for other in others)


def _sorted(points: np.ndarray) -> np.ndarray:
    """Points in a fixed order, so that the order of the search doesn't matter."""
    points = np.round(np.asarray(points).reshape(-1, 2), 6)
    return points[np.lexsort(points.T)]


def state_at_lesson_size() -> tuple:
    """Arguments of the first two stages, with the 64 units of the lesson."""
    return one_state(np.random.default_rng(134), 64)


def search_at_lesson_size() -> tuple:
    """Arguments of the search, a few starts with 64 units."""
    rng = np.random.default_rng(135)
    return network(rng, 64, 0.8), rng.uniform(-0.3, 0.3, (4, 64))
