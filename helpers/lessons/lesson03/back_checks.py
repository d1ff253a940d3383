"""The checks of the last stages of lesson 03: one step back, and the whole backward pass."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    check,
    is_open,
    listed,
    nearly,
    need_written,
    numbers_of,
    part,
    several_of,
    under_its_name,
    wait_for,
)
from helpers.checks.gradients import need_right, symptoms, tried_gradients, where, wrong_of
from helpers.checks.stages import with_changes
from helpers.lessons.lesson03 import plain_backward as plain
from helpers.lessons.lesson03.back_mutants import BACKWARD, LOSS
from helpers.lessons.lesson03.stage_checks import where_it_stops
from helpers.lessons.lesson03.stage_mutants import STEP_BACK
from helpers.networks import RNN, CharModel, Parameters

STEPS = ((5, 3, 4), (4, 4, 3), (3, 5, 6))       # symbols, units, steps; the second with square matrices
PASSAGES = ((4, 4, 1), (5, 4, 2), (4, 6, 6))    # symbols, units, steps
SHAPES = ("ValueError",
          "Write the shape below each factor of that line. With @, neighbouring dimensions must be "
          "equal. With *, the shapes must be the same.",
          "From the scores you go back with dy @ W_hy.T, (V,) times (V, H), and from tanh with da @ W_hh.T. "
          "Multiply by the slope with *.")
NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")


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
                        raise _mistake(n, found, given, wanted).after(f"wrong at {place}.{harm}")
            dh_next = right[2]
    return ("Correct: your step is right at every step of three fresh networks, from the last to the first, "
            "and so all five gradients are right.")


def _mistake(n: int, found: np.ndarray, given: tuple, wanted: np.ndarray) -> Mistake:
    """What was probably done instead in part `n`; where it is, is said before it."""
    name = ("dh", "da", "carry")[n]
    for mutant in STEP_BACK[name]:
        try:
            made = with_changes(plain.step_back, mutant.changes)(*given)[n]
        except ValueError:          # with these shapes nobody can have done it
            continue
        if nearly(found, made):
            return mutant.found("")
    which = int(np.argmax(~np.isclose(found, wanted, rtol=1e-5, atol=1e-6)))
    return Mistake("another-number", "", "Write the row of the table beside your line and compare them "
                                         "factor by factor.",
                   f"{name}[{which}] should be {wanted[which]:.4f}; yours is {found[which]:.4f}.")


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
    need_right(tried, plain.backward, given, BACKWARD, otherwise, read=lambda answer: answer[0])
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
    """Raise a Mistake if what is made of dy alone is that of another loss, whatever the rest is."""
    for mutant in LOSS:
        made = {}
        for T in tried:
            grads, _ = with_changes(plain.backward, mutant.changes)(*given[T])
            made[T] = {name: grads[name] for name in ("W_hy", "b_y")}
        shows = any(wrong_of(tried[T][1], made[T]) for T in tried)      # not with one step alone
        if shows and not any(wrong_of(tried[T][0], made[T]) for T in tried):
            raise mutant.found(where(tried))


def _grads_of(backward: Callable) -> Callable:
    """A reader's function with the gradients alone."""
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
