"""The checks of the first stages of lesson 03: two paths, the backward pass of a unit, a weight's share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    check,
    nearly,
    need_answers,
    need_written,
    numbers_of,
    part,
    several_of,
)
from helpers.checks.stages import Mutant, with_changes
from helpers.lessons.lesson03 import plain_backward as plain
from helpers.lessons.lesson03 import stage_mutants as mutants

PLACES = (1.5, -0.5, 2.5)               # of x, where the two terms of stage 1 are asked for
UNITS = ((1, 0.8), (3, -0.7), (6, 1.3))             # steps and w of stage 2
SIZES = ((4, 4), (3, 2))                # of h_prev and da in stage 3
EPS = 1e-6


@contextmanager
def where_it_stops(error: str, *more: str) -> Iterator[None]:
    """With these sentences for the second and the third time that an answer stops with such an error."""
    try:
        yield
    except Mistake as mistake:
        if mistake.name != "stops" or f"stops with {error}" not in mistake.said:
            raise
        raise Mistake(mistake.name, mistake.said, *more) from None


def raise_mutant(told: str, found: Sequence, made: Mapping[Mutant, Sequence], otherwise: Mistake) -> None:
    """Raise the Mistake of the first mutant that made the same answers as a reader's, after `told`."""
    for mutant, wrong in made.items():
        if all(map(nearly, found, wrong)):
            raise mutant.found(told)
    raise otherwise.after(told)


@check("through_u", "through_v")
def check_slope(slope: Callable) -> str:
    """Try ``slope(x) -> (through_u, through_v)``, the terms of the slope of u v, u = x**2, v = 3 x."""
    names = ("through_u", "through_v")
    need_answers(slope)
    found = [answer_of(slope, x, place=f"At x = {x}: ", read=lambda answer: several_of(
        answer, names, "What slope returns")) for x in PLACES]
    right = [plain.slope(x) for x in PLACES]
    columns: dict[str, list[float]] = {}
    for k, name in enumerate(names):
        with part(name):
            columns[name] = [numbers_of(one[k], (), name, f"At x = {x}: ")
                             for one, x in zip(found, PLACES, strict=True)]
    wanted = {name: [one[k] for one in right] for k, name in enumerate(names)}
    if len(columns) == 2:
        _need_two_terms(columns, wanted)
    for k, name in enumerate(names):
        with part(name):
            wrong = [n for n, number in enumerate(columns.get(name, []))
                     if not nearly(number, wanted[name][n])]
            if wrong:
                n, (step_fn, other) = wrong[0], ("uv", "vu")[k]
                x = PLACES[n]
                raise_mutant(
                    f"At x = {x}, where u = {x**2:.4g} and v = {3 * x:.4g}: with {other} held, L moves "
                    f"{wanted[name][n]:.4g} times as far as x; your {name} is {columns[name][n]:.4g}.",
                    columns[name], {mutant: [with_changes(plain.slope, mutant.changes)(x)[k] for x in PLACES]
                                    for mutant in mutants.SLOPE},
                    Mistake("another-term", "", f"The term has two factors, how far {step_fn} moves L and "
                                                f"how far x moves {step_fn}.",
                            "dL/du = v and du/dx = 2 x; dL/dv = u and dv/dx = 3."))
    return "Correct: one term per path, and their sum is the slope of L = 3 x**3."


def _need_two_terms(columns: Mapping[str, list], wanted: Mapping[str, list]) -> None:
    """Raise a Mistake for both parts if they are exchanged, or one of them holds both."""
    u, v = columns.values()
    if nearly(u, wanted["through_v"]) and nearly(v, wanted["through_u"]):
        raise Mistake("exchanged", f"At x = {PLACES[0]} the two terms are {wanted['through_u'][0]:.4g} and "
                                   f"{wanted['through_v'][0]:.4g}; yours are {u[0]:.4g} and {v[0]:.4g}.",
                      "Both numbers are there. Which one comes through u?",
                      "You have swapped u and v. through_u is dL/du du/dx = v * 2 * x, and "
                      "through_v is u * 3.")


@check
def check_sweep(sweep: Callable) -> str:
    """Try ``sweep(w, h, target) -> dw`` on units with 1, 3 and 6 steps, and move w to see what is right."""
    need_written(sweep)
    rng = np.random.default_rng(34)
    cases, right, found = [], [], []
    for T, w in UNITS:
        x, h_0, target = rng.uniform(-0.8, 0.8, T), rng.uniform(-0.8, 0.8), rng.uniform(-0.9, 0.9, T).tolist()
        either = [_losses(w + sign * EPS, x, h_0, target) for sign in (1, -1)]
        cases.append((w, _states(w, x, h_0), target))
        right.append((either[0] - either[1]) / (2 * EPS))
        with where_it_stops("IndexError", "Which index do you use that the list does not have?",
                            "Step t needs h[t], h[t - 1] (the state before it) and target[t - 1] "
                            "(its target). What it needs from step t + 1 is in dh_next."):
            found.append(answer_of(
                sweep, *cases[-1], place=f"At T = {T}: ", keeps=True, shape=(), what="dw",
                hint=f" There h has {T + 1} states, h[0] to h[{T}], and target has {T}: "
                     "target[0] is for h[1]."))
    wrong = [n for n, number in enumerate(found) if not nearly(number, right[n])]
    if wrong:
        n = wrong[0]
        before = f"At T = {UNITS[0][0]} it is right. " if n else ""
        made = {mutant: [with_changes(plain.sweep, mutant.changes)(*case) for case in cases]
                for mutant in mutants.SWEEP}
        raise_mutant(
            f"{before}At T = {UNITS[n][0]}, with w = {UNITS[n][1]}: moving w a little gives dL/dw = "
            f"{right[n]:.4f}, but your sweep gives {found[n]:.4f}.", found, made,
            Mistake("wrong-later", "", "It is correct for one step. What goes from step to step?",
                    "Go through two steps on paper: dh has two terms, dh_next = da * w, and dw is added "
                    "up with +=.") if n
            else Mistake("wrong-at-one-step", "", "With one step there are three factors: the error, the "
                                                  "slope of tanh, and what w multiplied.",
                         "With one step dw is (h[1] - target[0]) * (1 - h[1] ** 2) * h[0]."))
    return "Correct: for 1, 3 and 6 steps your sweep gives the same slope as moving w."


def _states(w: float, x: np.ndarray, h_0: float) -> list[float]:
    """h_0 to h_T of the unit of section 1."""
    h = [h_0]
    for one in x:
        h.append(float(np.tanh(w * h[-1] + one)))
    return h


def _losses(w: float, x: np.ndarray, h_0: float, target: list[float]) -> float:
    """The losses of all steps, added up."""
    return float(((np.array(_states(w, x, h_0)[1:]) - target) ** 2).sum() / 2)


@check("by_index", "by_product")
def check_outer(by_index: Callable, by_product: Callable) -> str:
    """Try two functions of (h_prev, da) that return what one step adds to the gradient of W."""
    rng = np.random.default_rng(35)
    cases = [(rng.uniform(-0.9, 0.9, rows), rng.uniform(-2, 2, columns)) for rows, columns in SIZES]
    for name, function in (("by_index", by_index), ("by_product", by_product)):
        with part(name):
            need_written(function)
            _need_table(function, cases)
    return "Correct: by index and as a product you get the same table, the outer product."


def _need_table(function: Callable, cases: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Raise a Mistake unless a function makes the outer product in all cases."""
    found = []
    for h_prev, da in cases:
        shape = len(h_prev), len(da)
        place = f"With {shape[0]} numbers in h_prev and {shape[1]} in da: "
        found.append(answer_of(
            function, h_prev, da, place=place, own=True,
            hint=" dW has a row for each number of h_prev and a column for each of da.",
            read=lambda answer, shape=shape, place=place: _table(answer, shape, place)))
        wrong = np.argwhere(~np.isclose(found[-1], plain.by_product(h_prev, da), rtol=1e-5, atol=1e-6))
        if len(wrong):
            i, j = next((tuple(place) for place in wrong if place[0] != place[1]), tuple(wrong[0]))
            tried = cases[: len(found)]
            raise_mutant(
                f"{place}if W[{i}, {j}] moves a little, a[{j}] moves h_prev[{i}] = {h_prev[i]:.3f} times as "
                f"far, and the loss moves da[{j}] = {da[j]:.3f} times as far as a[{j}]. So dW[{i}, {j}] "
                f"should be {h_prev[i] * da[j]:.3f}; yours is {found[-1][i, j]:.3f}.",
                found, {mutant: [_or_nothing(with_changes(plain.by_index, mutant.changes), *case)
                                 for case in tried] for mutant in mutants.BY_INDEX},
                Mistake("another-table", "", "What did the weight multiply, and what was passed back?",
                        "dW[i, j] = h_prev[i] * da[j], for every i and every j."))


def _table(answer, shape: tuple[int, int], place: str) -> np.ndarray:
    """A reader's table, or a Mistake that says what it is instead."""
    size = shape[0]
    one = Mistake("a-sum", f"{place}dW should be a table of shape {shape}, and yours is one number.",
                  "How many weights are there, and how many numbers do you return?",
                  "You add the products up, or replace the table by one number. Write into dW[i, j], or use "
                  "np.outer(h_prev, da). (.T leaves a 1-D array as it is, so h_prev.T @ da is a sum, too.)")
    row = Mistake("unit-by-unit", f"{place}dW should be a table of shape {shape}, and yours is a row.",
                  "Each number of h_prev is multiplied by each number of da, not only by the one at the same "
                  "index.",
                  "* multiplies entry by entry. np.outer(h_prev, da) makes the table.")
    turned = Mistake("turned-shape", f"{place}dW should have the shape {shape}, and yours is transposed.",
                     "A gradient has the shape of the array it belongs to. W has a row for each unit of "
                     "h_prev.",
                     "You have swapped h_prev and da. Write np.outer(h_prev, da).")
    if np.ndim(answer) == 0 and answer is not None and answer is not ... and not isinstance(answer, str):
        numbers_of(answer, (), "What it returns", place)
        raise one
    return numbers_of(answer, shape, "dW", place, instead={(size,): row, shape[::-1]: turned})


def _or_nothing(function: Callable, *given) -> np.ndarray:
    """What it makes; no numbers if the indices of a turned table lead nowhere."""
    try:
        return function(*given)
    except IndexError:
        return np.empty(0)
