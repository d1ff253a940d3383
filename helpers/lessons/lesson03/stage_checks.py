"""The checks of the stages of lesson 03, from the slope of two paths to the whole backward pass."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from operator import itemgetter

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    check,
    first_difference,
    is_open,
    listed,
    nearly,
    need_answers,
    need_written,
    numbers_of,
    part,
    several_of,
    under_its_name,
    wait_for,
)
from helpers.checks.gradients import need_right, symptoms, tried_gradients, where, wrong_of
from helpers.checks.stages import Mutant, with_changes
from helpers.lessons.lesson03 import mistakes, plain
from helpers.networks import RNN, CharModel, Parameters

PLACES = (1.5, -0.5, 2.5)               # of x, where the two terms of stage 1 are asked for
UNITS = ((1, 0.8), (3, -0.7), (6, 1.3))             # steps and w of stage 2
SIZES = ((4, 4), (3, 2))                # of h_prev and da in stage 3
EPS = 1e-6
STEPS = ((5, 3, 4), (4, 4, 3), (3, 5, 6))       # symbols, units, steps; the second with square matrices
PASSAGES = ((4, 4, 1), (5, 4, 2), (4, 6, 6))    # symbols, units, steps
SHAPES = ("ValueError",
          "Write the shape below each factor of that line. With @, neighbouring dimensions must be "
          "equal. With *, the shapes must be the same.",
          "From the scores you go back with dy @ W_hy.T, (V,) times (V, H), and from tanh with da @ W_hh.T. "
          "Multiply by the slope with *.")
NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")


@contextmanager
def where_it_stops(error: str, *more: str) -> Iterator[None]:
    """Where an answer stops with this error, say these sentences the second and the third time."""
    try:
        yield
    except Mistake as mistake:
        if mistake.name != "stops" or f"stops with {error}" not in mistake.said:
            raise
        raise Mistake(mistake.name, mistake.said, *more) from None


def raise_mutant(told: str, found: Sequence, mutants: Iterable[Mutant], plain_form: Callable,
                 cases: Sequence[tuple], otherwise: Mistake, read: Callable = lambda answer: answer) -> None:
    """Raise the Mistake of the first mutant of `plain_form` that answers all cases as the reader did.

    `told` comes before its sentences, and `read` takes the answer out of what the mutant returns.
    """
    for mutant in mutants:
        wrong = with_changes(plain_form, mutant.changes)
        try:
            same = all(nearly(answer, read(wrong(*case))) for answer, case in zip(found, cases, strict=True))
        except (IndexError, ValueError):        # with these shapes nobody can have done it
            continue
        if same:
            raise mutant.found(told)
    raise otherwise.after(told)


@check("through_u", "through_v")
def check_slope(slope: Callable) -> str:
    """Try ``slope(x) -> (through_u, through_v)``, the terms of the slope of u v, u = x**2, v = 3 x."""
    names = ("through_u", "through_v")
    need_answers(slope)
    answers = [answer_of(slope, x, place=f"At x = {x}: ", read=lambda answer: several_of(
        answer, names, "What slope returns")) for x in PLACES]
    right = dict(zip(names, zip(*map(plain.slope, PLACES), strict=True), strict=True))
    found: dict[str, list[float]] = {}
    for k, name in enumerate(names):
        with part(name):
            found[name] = [numbers_of(answer[k], (), name, f"At x = {x}: ")
                           for answer, x in zip(answers, PLACES, strict=True)]
    if len(found) == 2:
        _need_in_order(found, right)
    for k, (name, held, moved) in enumerate((("through_u", "v", "u"), ("through_v", "u", "v"))):
        with part(name):
            for x, number, wanted in zip(PLACES, found.get(name, ()), right[name], strict=False):
                if not nearly(number, wanted):
                    raise_mutant(
                        f"At x = {x}, where u = {x**2:.4g} and v = {3 * x:.4g}: with {held} held, L moves "
                        f"{wanted:.4g} times as far as x; your {name} is {number:.4g}.",
                        found[name], mistakes.SLOPE, plain.slope, [(x,) for x in PLACES],
                        Mistake("another-term", "", f"The term has two factors, how far {moved} moves L and "
                                                    f"how far x moves {moved}.",
                                "dL/du = v and du/dx = 2 x; dL/dv = u and dv/dx = 3."), itemgetter(k))
    return "Correct: one term per path, and their sum is the slope of L = 3 x**3."


def _need_in_order(found: Mapping[str, list], right: Mapping[str, Sequence]) -> None:
    """Raise a Mistake for both parts if they are exchanged."""
    u, v = found.values()
    if nearly(u, right["through_v"]) and nearly(v, right["through_u"]):
        raise Mistake("exchanged", f"At x = {PLACES[0]} the two terms are {right['through_u'][0]:.4g} and "
                                   f"{right['through_v'][0]:.4g}; yours are {u[0]:.4g} and {v[0]:.4g}.",
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
        raise_mutant(
            f"{before}At T = {UNITS[n][0]}, with w = {UNITS[n][1]}: moving w a little gives dL/dw = "
            f"{right[n]:.4f}, but your sweep gives {found[n]:.4f}.",
            found, mistakes.SWEEP, plain.sweep, cases,
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
    for x_t in x:
        h.append(float(np.tanh(w * h[-1] + x_t)))
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
            raise_mutant(
                f"{place}if W[{i}, {j}] moves a little, a[{j}] moves h_prev[{i}] = {h_prev[i]:.3f} times as "
                f"far, and the loss moves da[{j}] = {da[j]:.3f} times as far as a[{j}]. So dW[{i}, {j}] "
                f"should be {h_prev[i] * da[j]:.3f}; yours is {found[-1][i, j]:.3f}.",
                found, mistakes.BY_INDEX, plain.by_index, cases[: len(found)],
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


def network(rng: np.random.Generator, V: int, H: int) -> Parameters:
    """The parameters of a small network."""
    params = CharModel(RNN(V, H), rng, scale=0.8).params
    params.vector += 0.1 * rng.standard_normal(params.vector.size)
    return params


def passage(rng: np.random.Generator, V: int, H: int, T: int) -> tuple:
    """A network with something to read, in which a symbol comes twice: the arguments of `backward`."""
    params, symbols = network(rng, V, H), 2 * np.arange(T) % (V - 1)
    targets = (symbols + 1 + np.arange(T) % 2) % V
    return params, symbols, targets, *plain.forward(params, symbols)


def way_back(step: Callable, params: Parameters, symbols, targets, states, p) -> dict[str, np.ndarray]:
    """The gradients of the sum of the losses, with `step` for what stage 4 asks for."""
    grads, dh_next = params.zeros_like(), np.zeros(len(params.b_h))
    for t in reversed(range(len(symbols))):
        dy = p[t] - np.eye(len(params.b_y))[targets[t]]
        _, da, dh_next = step(dy, states[t], dh_next, params.W_hy, params.W_hh)
        grads.W_hy += np.outer(states[t], dy)
        grads.b_y += dy
        grads.W_xh[symbols[t]] += da
        grads.W_hh += np.outer(states[t - 1] if t else 0 * states[0], da)
        grads.b_h += da
    return dict(grads.items())


@check("dh", "da", "carry")
def check_step_back(step_back: Callable) -> str:
    """Try ``step_back(dy, h, dh_next, W_hy, W_hh) -> (dh, da, carry)`` in the backward pass of networks."""
    rng, names = np.random.default_rng(31), ("dh", "da", "carry")
    for V, H, T in STEPS:
        params, symbols, targets = network(rng, V, H), rng.integers(V, size=T), rng.integers(V, size=T)
        states, p = plain.forward(params, symbols)
        dh_next = np.zeros(H)
        for t in reversed(range(T)):
            given = p[t] - np.eye(V)[targets[t]], states[t], dh_next, params.W_hy, params.W_hh
            place = f"step {t + 1}{', the last one' if t == T - 1 else f' of {T}'}"
            with where_it_stops(*SHAPES):
                answer = answer_of(
                    step_back, *given, place=f"At {place}: ", own=True,
                    hint=f"\nAt this step the shapes are dy ({V},), h and dh_next ({H},), W_hy ({H}, {V}) "
                         f"and W_hh ({H}, {H}).",
                    read=lambda answer: several_of(answer, names, "What your function returns"))
            right = plain.step_back(*given)
            for n, (name, found, wanted) in enumerate(zip(names, answer, right, strict=True)):
                with part(name):
                    found = numbers_of(found, (H,), "It", f"At {place}: ")
                    if not nearly(found, wanted):
                        wait_for(*names[:n])
                        harm = _harm(step_back, params, symbols, targets, states, p)
                        (at,) = first_difference(found, wanted)
                        raise_mutant(
                            f"wrong at {place}.{harm}", [found], mistakes.STEP_BACK[name], plain.step_back,
                            [given],
                            Mistake("another-number", "",
                                    "Write the row of the table beside your line and compare them factor by "
                                    "factor.",
                                    f"{name}[{at}] should be {wanted[at]:.4f}; yours is {found[at]:.4f}."),
                            itemgetter(n))
            dh_next = right[2]
    return ("Correct: your step is right at every step of three fresh networks, from the last to the first, "
            "and so all five gradients are right.")


def _harm(step_back: Callable, params, symbols, targets, states, p) -> str:
    """Which gradients a wrong step spoils, on a new line; empty if it can't be said."""
    right = way_back(plain.step_back, params, symbols, targets, states, p)
    try:
        found = way_back(partial(answer_of, step_back), params, symbols, targets, states, p)
        wrong = wrong_of(found, right)
    except Exception:       # of a step whose numbers are of no use further back
        return ""
    fine = [name for name in right if name not in wrong]
    return "" if not wrong else (f"\nOver the whole sequence, this spoils the gradients of {listed(wrong)}; "
                                 f"those of {listed(fine)} are right.")


@check
def check_backward(backward: Callable) -> str:
    """Try ``backward(params, symbols, targets, states, p) -> (grads, dh)``; the losses are added up."""
    need_written(backward)
    rng = np.random.default_rng(36)
    given = {T: passage(rng, V, H, T) for V, H, T in PASSAGES}
    right = {T: plain.backward(*arguments) for T, arguments in given.items()}
    cases = [(T, arguments, right[T][0]) for T, arguments in given.items()]
    with where_it_stops(*SHAPES):
        tried = tried_gradients(_grads_of(backward), cases, hint=(
            " W_hy is (H, V) and W_hh (H, H); states[t] and da are (H,), dy is (V,): a gradient has the "
            "shape of the array it belongs to."))

    def otherwise(told: str, wrong: Mapping) -> Mistake:
        zero = [name for name in NAMES if any(name in names for names in wrong.values())
                and not any(np.any(found[name]) for found, _ in tried.values())]
        return symptoms(told, wrong) if not zero else Mistake(
            "nothing-added", told, "Look at your gradients. At least one is zero whatever the network reads.",
            f"Nothing arrives in {listed(zero)}. Does every gradient have its own line, with +=?")

    need_this_loss(tried, given)
    need_right(tried, plain.backward, given, mistakes.BACKWARD, otherwise, read=lambda answer: answer[0])
    for T, arguments in given.items():
        last = Mistake("dh-of-one-step", "All five gradients are right, but dh is a single row. It should "
                                         "have one row per step.",
                       "The lesson goes on with dh. What does your loop do to it at each step?",
                       "dh = ... replaces all of dh. Write into its row: dh[t] = dy @ W_hy.T + dh_next.")
        dh = numbers_of(answer_of(backward, *arguments)[1], right[T][1].shape, "dh, one row per step,",
                        f"At T = {T}: ", instead={right[T][1].shape[1:]: last})
        wrong = np.flatnonzero(~np.isclose(dh, right[T][1], rtol=1e-5, atol=1e-6).all(axis=1))
        if len(wrong):
            raise Mistake("dh-not-kept", f"All five gradients are right, for {listed(map(str, given))} "
                          f"steps. But at T = {T}, dh[{wrong[0]}] is not the dh of its step.",
                          "The lesson goes on with grads and with dh, one row per step.",
                          "Keep each dh as it is computed, dh[t] = dy @ W_hy.T + dh_next, and leave it alone "
                          "after that.")
    return "Correct: all five gradients, and dh, for 1, 2 and 6 steps."


def need_this_loss(tried: Mapping, given: Mapping) -> None:
    """Raise a Mistake if the gradients that need only dy are those of another loss."""
    for mutant in mistakes.LOSS:
        made = {}
        for T in tried:
            grads, _ = with_changes(plain.backward, mutant.changes)(*given[T])
            made[T] = {name: grads[name] for name in ("W_hy", "b_y")}
        shows = any(wrong_of(tried[T][1], made[T]) for T in tried)      # not with one step alone
        if shows and not any(wrong_of(tried[T][0], made[T]) for T in tried):
            raise mutant.found(where(tried))


def _grads_of(backward: Callable) -> Callable:
    """A reader's function, of whose answer only the gradients are left."""
    def call(*given):
        answer = backward(*given)
        return answer if is_open(answer) else several_of(answer, ("grads", "dh"), "What backward returns")[0]
    return under_its_name(backward, call)


def step_at_size() -> tuple:
    """Arguments of `step_back` at the size of the network from lesson 02."""
    rng = np.random.default_rng(37)
    return (rng.uniform(-1, 1, 60), rng.uniform(-1, 1, 100), rng.uniform(-1, 1, 100),
            0.1 * rng.standard_normal((100, 60)), 0.1 * rng.standard_normal((100, 100)))


def backward_at_size() -> tuple:
    """Arguments of `backward` at the size of the network from lesson 02."""
    return passage(np.random.default_rng(38), 60, 100, 25)
