"""The mistakes that the checks of lesson 13 know, and answers that are RIGHT or WRONG, by check."""

from collections.abc import Callable

import numpy as np

from helpers.checks import Mutant
from helpers.checks.stages import Mutant as Change
from helpers.checks.stages import with_changes
from helpers.lessons.lesson13 import plain


def count(J: np.ndarray, grows: Callable = lambda z: np.abs(z) > 1) -> int:
    """How many eigenvalues of J are of this kind."""
    return int(grows(np.linalg.eigvals(J)).sum())


UNSTABLE = (
    Mutant("signed", lambda J: count(J, lambda z: z.real > 1),
           "A push along the direction of −1.2 comes back on the other side, and larger. What counts is the "
           "absolute value, np.abs."),
    Mutant("all-that-are-real", lambda J: count(J, lambda z: (np.abs(z) > 1) & (np.abs(z.imag) < 1e-9)),
           "Pairs of complex eigenvalues are left out. A push that rotates can grow too."),
    Mutant("stable-ones", lambda J: count(J, lambda z: np.abs(z) < 1),
           "You counted the stable directions. Count the eigenvalues whose size is above 1."),
    Mutant("singular-values", lambda J: int((np.linalg.svd(J, compute_uv=False) > 1).sum()),
           "Singular values say how much one step stretches. The eigenvalues say whether a push grows in the "
           "long run."),
    Mutant("above-zero", lambda J: count(J, lambda z: z.real > 0),
           "A step multiplies a push by the eigenvalue, so the push grows if the eigenvalue is above 1 in "
           "size, not above 0."),
)

SLOPE = (
    Mutant("not-turned", lambda r, J: r - r @ J,
           "Entry i of the gradient adds up, over all j, what unit i does to r[j], times r[j]. Yours adds up "
           "what each unit j does to r[i], times r[j]. Write (I - J) @ r, or transpose with .T."),
    Mutant("no-identity", lambda r, J: -J @ r,
           "h is in r twice, as itself and in F(h). You left out I, for h itself."),
    Mutant("only-i", lambda r, J: r, "h is in r twice, as itself and in F(h). You left out J, for F(h)."),
    Mutant("plus-jacobian", lambda r, J: r + J @ r,
           "F(h) is subtracted from h, so the sign of J is minus."),
    Mutant("twice", lambda r, J: 2 * (r - J @ r),
           "The half in q cancels the 2 of the square. Your gradient is twice as large as it should be."),
    Mutant("uphill", lambda r, J: J @ r - r, "The sign is flipped. A gradient points uphill."),
)

# Of the stages: changes in the code of the reference version, an idea, and the mistake.
RESIDUAL = (
    Change("turned-round", (("r = h - f", "r = f - h"),),
           "If a step increases an entry of h, which sign does r have there?",
           "Its sign is flipped. r is h - f, what the step takes away from h."),
    Change("no-bias", (("h @ p.W_hh + p.b_h", "h @ p.W_hh"),),
           "Without an input one term of the sum is gone. Which two are left?",
           "The bias is left out: np.tanh(h @ p.W_hh + p.b_h)."),
    Change("no-tanh", (("np.tanh(h @ p.W_hh + p.b_h)", "h @ p.W_hh + p.b_h"),),
           "Can a state of this network be larger than 1?",
           "The step has no tanh: np.tanh(h @ p.W_hh + p.b_h)."),
    Change("turned-matrix", (("h @ p.W_hh + p.b_h", "p.W_hh @ h + p.b_h"),),
           "In this course states are rows. On which side of a state do you write a matrix?",
           "The matrix is on the wrong side: h @ p.W_hh."),
    Change("only-the-step", (("r = h - f", "r = f"),),
           "r should be 0 at a fixed point. Is yours?", "That is the state after the step. r is h - f."),
)

JACOBIAN = (
    Change("slope-of-h", (("1 - f**2", "1 - h**2"),),
           "The slope of tanh is 1 minus the square of its *result*. What is the result here?",
           "You computed the slope from h, the state before the step. Use f, tanh's result: 1 - f**2."),
    Change("no-slope", (("p.W_hh * (1 - f**2)", "p.W_hh * 1"),),
           "A small change of h passes through W_hh on its way to f. What else does it pass through?",
           "The slope of tanh is missing: p.W_hh * (1 - f**2)."),
    Change("slopes-on-rows", (("p.W_hh * (1 - f**2)", "p.W_hh * (1 - f**2)[:, None]"),),
           "Entry [i, j] says what unit i does to unit j. Through whose tanh does it go?",
           "Each slope multiplies a row, but it belongs to unit j, a column. Leave out [:, None]."),
    Change("turned-jacobian", (("p.W_hh * (1 - f**2)", "(p.W_hh * (1 - f**2)).T"),),
           "A small change d of h, a row, changes f by d @ J. Try it with a change of one unit.",
           "It is transposed. J is p.W_hh * (1 - f**2), without .T."),
    Change("no-square", (("1 - f**2", "1 - f"),),
           "At 0 tanh is steepest, and the slope falls on both sides. Does yours?",
           "The square is missing: 1 - f**2."),
    Change("of-the-residual", (("J = p.W_hh * (1 - f**2)", "J = np.eye(len(h)) - p.W_hh * (1 - f**2)"),),
           "Which Jacobian does the task ask for, that of the step or that of r?",
           "That is I - J, the Jacobian of r. Return that of the step. Stage 2 subtracts it from I."),
    Change("minus-jacobian", (("J = p.W_hh", "J = -p.W_hh"),),
           "If h[i] grows and p.W_hh[i, j] is positive, what does f[j] do?",
           "Its sign is flipped. J is p.W_hh * (1 - f**2)."),
)

STEP = (
    Change("wrong-way", (("-r)", "r)"),),
           "Compute r at your new h. Is it smaller there, or twice as large?",
           "Your step goes the wrong way. d solves d (I - J) = -r, so r needs a minus."),
    Change("not-turned", (("(I - J).T", "I - J"),),
           "np.linalg.solve(A, b) finds a column x with A @ x = b. But d is a row.",
           "The matrix isn't transposed. Because d is a row on the left, use (I - J).T."),
    Change("no-identity", (("(I - J).T", "-J.T"),),
           "A small change d of h changes h itself by d, and F(h) by d @ J. And r?",
           "I is left out. r = h - F(h) changes by d @ (I - J)."),
    Change("plus-jacobian", (("(I - J).T", "(I + J).T"),),
           "F(h) is subtracted from h. Which sign does J get?", "The sign of J is wrong: I - J."),
    Change("one-step-of-the-network", (("np.linalg.solve((I - J).T, -r)", "-r"),),
           "That is F(h). Does F lead away from an unstable point, or towards it?",
           "h - r is one step of the network. Solve d (I - J) = -r instead."),
    Change("only-the-change", (("return h + d", "return d"),),
           "d is how far to go. Where do you arrive?", "This returns the change alone. Return h + d."),
)

SEARCH = (
    Change("kept-on-the-way", (("            continue\n", "            pass\n"),),
           "What happens to a start from which r is still large after the last step?",
           "It keeps states that haven't arrived. Go on to the next start if r never fell below 1e-10."),
    Change("found-again", (("if all(np.abs(h - other).max() > 1e-3 for other in found):", "if True:"),),
           "Two starts may lead to the same point. How often is it in your list?",
           "It keeps a point several times. Keep h only if it is further than 1e-3 from all others."),
    Change("shared-number", (("np.abs(h - other).max() > 1e-3", "(np.abs(h - other) > 1e-3).all()"),),
           "Two points may have one number in common. Are they the same?",
           "It drops points that share a number with another. A point is new if it differs in at least one "
           "number, so use the largest difference, .max()."),
    Change("the-starts", (("found.append(h)", "found.append(starts[len(found)])"),),
           "Do you keep the place where the search started, or where it ended?",
           "It keeps the starts instead of the points that Newton's method finds from them."),
    Change("nothing-kept", (("if all(", "if any("),),
           "What do your conditions say when the first start has arrived and found is still empty?",
           "any() of an empty list is False and all() is True, so use all(). If you do already, check "
           "that there is a break, because without it the else of the for loop drops every start."),
    Change("one-step", (("range(steps)", "range(1)"),),
           "How many steps does each start get?", "Each start gets one step. It may take up to `steps`."),
    Change("stops-too-early", (("< 1e-10", "< 1e-2"),),
           "How near is near enough?", "It stops too early. Each number of r should be below 1e-10 in size."),
    Change("signed-residual", (("np.abs(r).max()", "r.max()"),),
           "A number of r may be far below 0. Does the maximum of r show it?",
           "Negative numbers of r pass this test. Use np.abs(r).max()."),
    Change("cancelling-residual", (("np.abs(r).max()", "abs(r.sum())"),),
           "Two numbers of r may be opposite. What is their sum?",
           "Numbers of r cancel in a sum or a mean, but each has to be small. Use np.abs(r).max()."),
)


def held_with(b_h: Callable, W_hh: Callable = lambda p: p.W_hh) -> Callable:
    """An answer to exercise 13.2 with this bias and these weights."""
    def held(p, x):
        q = p.copy()
        q.b_h, q.W_hh = b_h(p, x), W_hh(p)
        return q
    return held


def slope_by_moving(r, J):
    """The gradient of q by differences, in a list."""
    def q(d):
        return ((r + d @ (np.eye(len(r)) - J)) ** 2).sum() / 2
    return [(q(d) - q(-d)) / 2e-5 for d in 1e-5 * np.eye(len(r))]


def jacobian_by_moving(p, h):
    """r in single precision, and J by differences."""
    def F(h):
        return np.tanh(h @ p["W_hh"] + p["b_h"])
    J = [(F(h + d) - F(h - d)) / 2e-6 for d in 1e-6 * np.eye(len(h))]
    return [np.float32(h - F(h)), J]


def step_by_inverse(p, h):
    r, J = plain.residual_and_jacobian(p, h)
    return h - r @ np.linalg.inv(np.eye(len(h)) - J)


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


def plant(mutants: tuple[Change, ...], function: Callable) -> list[tuple[str, tuple]]:
    """The name of each mutant, and the reference version of a stage with it."""
    return [(mutant.name, (with_changes(function, mutant.changes),)) for mutant in mutants]


def exchange(old: str, new: str, function: Callable) -> tuple[Callable]:
    """The reference version of a stage with a change of its code."""
    return (with_changes(function, ((old, new),)),)


RIGHT = {
    "check_unstable": [(count,), (lambda J: np.array([sum(abs(z) > 1 for z in np.roots(np.poly(J)))]),)],
    "check_held": [(held_with(lambda p, x: p.b_h + x @ p.W_xh),)],
    "check_slope_of_speed": [(slope_by_moving,)],
    "check_bit": [(3, 4, 0), (np.float32(4), [6], 0.1), (1.7, 2.2, 0)],
    "check_residual_and_jacobian": [(jacobian_by_moving,)],
    "check_newton_step": [(step_by_inverse,)],
    "check_find_fixed_points": [(search_other_way,)],
}
WRONG = {
    "check_unstable": [
        *((mutant.name, (mutant.wrong,)) for mutant in UNSTABLE),
        ("another-count", (lambda J: 7,)),
        ("yes-or-no", (lambda J: np.abs(np.linalg.eigvals(J)).max() > 1,)),
    ],
    "check_held": [
        ("nothing-changed", (held_with(lambda p, x: p.b_h),)),
        ("other-weights", (held_with(lambda p, x: p.b_h, W_hh=lambda p: p.W_hh + 0.1),)),
        ("bias-replaced", (held_with(lambda p, x: x @ p.W_xh),)),
        ("taken-away", (held_with(lambda p, x: p.b_h - x @ p.W_xh),)),
        ("another-bias", (held_with(lambda p, x: p.b_h + x.sum()),)),
        ("no-parameters", (lambda p, x: 3,)),
    ],
    "check_bit": [
        ("deaf", (2, 1, 0)),
        ("forgets", (0.9, 3, 0)),
        ("lopsided", (3, 4, 1.5)),
        ("nervous", (1.2, 3, 0)),
        ("barely-over", (2, 2.2, 0)),
        ("alternates", (-1.5, 2, 0)),
        ("negative-u", (3, -4, 0)),
    ],
    "check_residual_and_jacobian": [
        *plant(RESIDUAL + JACOBIAN, plain.residual_and_jacobian),
        ("another-r", exchange("return r, J", "return 2 * r, J", plain.residual_and_jacobian)),
        ("another-j", exchange("return r, J", "return r, 2 * J", plain.residual_and_jacobian)),
    ],
    "check_newton_step": [
        *plant(STEP, plain.newton_step),
        ("another-step", (lambda p, h: h + 1,)),
    ],
    "check_find_fixed_points": [
        *plant(SEARCH, plain.find_fixed_points),
        ("nothing-kept", exchange("                break", "                pass", plain.find_fixed_points)),
        ("cancelling-residual", exchange("np.abs(r).max()", "abs(r.mean())", plain.find_fixed_points)),
        ("another-search", exchange("np.array(found)", "np.array(found[:1])", plain.find_fixed_points)),
    ],
}
