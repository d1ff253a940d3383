"""The checks of lesson 03: one step back, states written over, two faulty ways back."""

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from helpers.lessons.checking import (
    Slip,
    answer_of,
    any_open,
    check,
    first_slip,
    listed,
    need_answers,
    numbers,
)
from helpers.networks import RNN, CharModel, Parameters

SIZES = ((5, 3, 4), (4, 4, 3), (3, 5, 6))            # symbols, units, steps; the second with square matrices
NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")


def network(rng: np.random.Generator, V: int, H: int, T: int):
    """A small network with something to read: parameters, symbols (T,), targets (T,)."""
    params = CharModel(RNN(V, H), rng, scale=0.8).params
    params.vector += 0.1 * rng.standard_normal(params.vector.size)
    return params, rng.integers(V, size=T), rng.integers(V, size=T)


def forward(params: Parameters, symbols: np.ndarray):
    """States (T, H) and probabilities (T, V)."""
    h, states = np.zeros(len(params.b_h)), []
    for symbol in symbols:
        h = np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h)
        states.append(h)
    return np.array(states), softmax(np.array(states) @ params.W_hy + params.b_y)


def softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def right_step(dy, h, dh_next, W_hy, W_hh):
    """One step of the way back: dh, da and what is carried to the step before."""
    dh = dy @ W_hy.T + dh_next
    da = (1 - h**2) * dh
    return dh, da, da @ W_hh.T


def way_back(step: Callable, params: Parameters, symbols, targets, states, p) -> Parameters:
    """The gradients of the sum of the losses, with `step` for `right_step`."""
    grads, dh_next = params.zeros_like(), np.zeros(len(params.b_h))
    for t in reversed(range(len(symbols))):
        dy = p[t] - np.eye(len(params.b_y))[targets[t]]
        _, da, dh_next = step(dy, states[t], dh_next, params.W_hy, params.W_hh)
        grads.W_hy += np.outer(states[t], dy)
        grads.b_y += dy
        grads.W_xh[symbols[t]] += da
        grads.W_hh += np.outer(states[t - 1] if t else 0 * states[0], da)
        grads.b_h += da
    return grads


@check
def check_step_back(step: Callable) -> str:
    """Try ``step(dy, h, dh_next, W_hy, W_hh) -> (dh, da, carry)`` on the way back through fresh networks."""
    rng = np.random.default_rng(31)
    for V, H, T in SIZES:
        params, symbols, targets = network(rng, V, H, T)
        states, p = forward(params, symbols)
        dh_next = np.zeros(H)
        for t in reversed(range(T)):
            dy, h = p[t] - np.eye(V)[targets[t]], states[t]
            given = [a.copy() for a in (dy, h, dh_next, params.W_hy, params.W_hh)]
            place = f"At step {t + 1}{', the last one,' if t == T - 1 else f' of {T}'}"
            answer = answer_of(
                step, *given, unanswered=any_open,
                stops=f"{place} your function stops with {{error}}.\n"
                      f"There dy is ({V},), h and dh_next ({H},), W_hy ({H}, {V}) and W_hh ({H}, {H}).")
            parts = [numbers(part) for part in answer] if isinstance(answer, tuple | list) else []
            if len(parts) != 3:
                raise Slip("not-three", "The function should return three arrays: dh, da and carry.")
            right = right_step(dy, h, dh_next, params.W_hy, params.W_hh)
            for name, part, wanted in zip(("dh", "da", "carry"), parts, right, strict=True):
                if part is None or part.shape != (H,):
                    found = "no array of numbers" if part is None else f"of shape {part.shape}"
                    raise Slip("no-numbers" if part is None else "wrong-shape",
                               f"{place} {name} should be a vector of {H} numbers, but yours is {found}.")
                if not np.allclose(part, wanted, atol=1e-10):
                    slip = _slip(name, part, dy, h, dh_next, params, right)
                    harm = _harm(step, params, symbols, targets, states, p)
                    raise Slip(slip.name, f"{place} {name} is wrong. {slip.said}{harm}")
            before = (dy, h, dh_next, params.W_hy, params.W_hh)
            if not all(np.array_equal(a, b) for a, b in zip(given, before, strict=True)):
                raise Slip("changed-argument",
                           f"{place} the answers are right, but an argument was changed on the way. Make new "
                           "arrays: the states are needed once more, for the gradients of the weights.")
            dh_next = right[2]
    return "Right: three fresh networks, every step from the last to the first, and so all five gradients."


def _slip(name: str, part, dy, h, dh_next, params: Parameters, right) -> Slip:
    """What was probably done instead."""
    dh, da, _ = right
    W_hy, W_hh, slope = params.W_hy, params.W_hh, 1 - h**2
    slips: dict[Slip, np.ndarray] = {}
    if name == "dh":
        slips = {
            Slip("no-dh-next", "What comes from later steps is left out: add dh_next."): dy @ W_hy.T,
            Slip("no-own-loss", "This step's own loss is left out: dy has to come through W_hy."): dh_next,
            Slip("subtracted", "The two parts are added: don't subtract."): dy @ W_hy.T - dh_next,
            Slip("slope-in-dh", "It already has the slope of tanh in it: that belongs to da."): slope * dh,
        }
        if len(W_hy) == len(W_hy[0]):
            slips[Slip("w-hy-not-transposed",
                       "The shapes fit, but W_hy is the wrong way round: on the way back dy @ W_hy.T.")] = (
                dy @ W_hy + dh_next)
    elif name == "da":
        slips = {
            Slip("no-slope", "The slope of tanh is missing: 1 - h**2, unit by unit."): dh,
            Slip("tanh-twice", "h is already tanh(a): its slope is 1 - h**2, without another tanh."):
                (1 - np.tanh(h) ** 2) * dh,
            Slip("square-of-difference", "1 - h**2, not (1 - h)**2."): (1 - h) ** 2 * dh,
            Slip("slope-of-gradient", "The slope is taken of the gradient: 1 - h**2, times dh."):
                (1 - dh**2) * h,
            Slip("logistic-slope",
                 "That is the slope of the logistic function, h (1 - h); tanh has 1 - h**2."):
                h * (1 - h) * dh,
        }
    else:
        slips = {
            Slip("w-hh-not-transposed",
                 "The shapes fit, but W_hh is the wrong way round: forward it is h @ W_hh, "
                 "back da @ W_hh.T."):
                da @ W_hh,
            Slip("dh-carried", "It leaves out tanh: what is carried on is da, not dh, through W_hh.T."):
                dh @ W_hh.T,
            Slip("dh-carried-not-transposed", "Both at once: da, not dh, and W_hh.T, not W_hh."): dh @ W_hh,
            Slip("no-w-hh", "It has to go through W_hh.T to reach the state before."): da,
        }
    wanted = dict(zip(("dh", "da", "carry"), right, strict=True))[name]
    return first_slip(slips, part, Slip(
        f"another-{name}", f"Its first number should be {wanted[0]:.4f}, but yours is {part[0]:.4f}: compare "
                           "factor by factor."), same=partial(np.allclose, atol=1e-10))


def _harm(step: Callable, params, symbols, targets, states, p) -> str:
    """Which gradients a wrong step spoils, on a new line; empty if it can't be said."""
    right = way_back(right_step, params, symbols, targets, states, p)
    try:
        found = answer_of(way_back, step, params, symbols, targets, states, p)
    except Slip:
        return ""
    wrong = [name for name in NAMES if not np.allclose(found[name], right[name], atol=1e-10)]
    fine = [name for name in NAMES if name not in wrong]
    if not wrong:
        return ""
    return (f"\nOver the whole sequence that spoils the gradients of {listed(wrong)}; "
            f"those of {listed(fine)} are right.")


@check
def check_in_place(still_right: Iterable[str], forward_pass: Callable) -> str:
    """Say whether `still_right` names the gradients that survive, and try the mended forward pass.

    ``forward_pass(params, symbols) -> (states, scores)``, lists of T vectors.
    """
    need_answers(still_right)
    named = {still_right} if isinstance(still_right, str) else still_right
    try:
        named = set(named)
    except TypeError:
        named = {None}
    if not named <= set(NAMES):
        raise Slip("no-names", f"still_right should be a set of names out of {listed(NAMES)}.")
    made_of = {"W_hy": "states times dy, and the states", "b_h": "da, which has 1 - h**2 in it: the states",
               "W_hh": "states times da, and the states", "W_xh": "da, which has 1 - h**2 in it: the states"}
    for name in NAMES:
        if name in named and name != "b_y":
            raise Slip("written-over",
                       f"Not {name}: its gradient is made of {made_of[name]} have been written over.")
    if "b_y" not in named:
        raise Slip("one-survives", "One survives: which gradient is made of the probabilities alone, which "
                                   "were computed in time?")
    rng = np.random.default_rng(32)
    for V, H, T in SIZES:
        params, symbols, _ = network(rng, V, H, T)
        before = params.vector.copy()
        states, scores = answer_of(forward_pass, params, symbols, unanswered=None, read=_states_and_scores,
                                   stops="b_y, yes. But your forward pass stops with {error}.")
        if not np.array_equal(params.vector, before):
            raise Slip("changed-parameters", "Your forward pass changes the parameters.")
        if len(states) != T or len(scores) != T or any(np.shape(h) != (H,) for h in states):
            raise Slip("wrong-shape", f"states and scores should be lists of {T} vectors, one for each "
                                      "symbol.")
        h, _ = forward(params, symbols)
        if any(states[t] is states[0] or np.shares_memory(states[t], states[0]) for t in range(1, T)):
            raise Slip("one-array",
                       "b_y, yes. But in your forward pass every entry of states is still one and the same "
                       "array: after the loop they all hold the last state.")
        if not np.allclose(states, h, atol=1e-10):
            t = int(np.argmax(np.abs(np.array(states) - h).max(axis=1) > 1e-10))
            raise Slip("wrong-state", "b_y, yes. The states are arrays of their own now, but the one of step "
                                      f"{t + 1} is wrong.")
    return "Right: only b_y's gradient survives, and your forward pass keeps every state for the way back."


def _states_and_scores(answer) -> tuple[list, list]:
    states, scores = answer
    return list(states), scores


@check
def check_mended(backward_a: Callable, backward_b: Callable) -> str:
    """Try two ``backward(params, symbols, targets, states, p) -> grads``; the losses are added up.

    The slip has the name of that of the first pass which is not right; what is said is of both.
    """
    slips = {letter: _symptoms(f"backward_{letter}", backward) for letter, backward in
             (("a", backward_a), ("b", backward_b))}
    found = [slip for slip in slips.values() if slip]
    if found:
        raise Slip(found[0].name, "\n".join(
            slip.said if slip else f"backward_{letter}: all five gradients are right."
            for letter, slip in slips.items()))
    return "Right: both give all five gradients on fresh networks, for one step and for many."


def _symptoms(called: str, backward: Callable) -> Slip | None:
    """What is wrong with a backward pass; None if nothing is."""
    rng = np.random.default_rng(33)
    wrong: dict[int, list[str]] = {}
    for T in (1, 2, 5):
        params, symbols, targets = network(rng, 4, 4, T)
        states, p = forward(params, symbols)
        right = way_back(right_step, params, symbols, targets, states, p)
        try:
            found = answer_of(backward, params, symbols, targets, states.copy(), p.copy(), unanswered=None,
                              read=_gradients, stops=f"{called} stops with {{error}}.")
        except Slip as slip:
            return slip
        wrong[T] = [name for name in NAMES if found[name] is None or found[name].shape != right[name].shape
                    or not np.allclose(found[name], right[name], atol=1e-10)]
    spoilt = [name for name in NAMES if any(name in names for names in wrong.values())]
    fine = [name for name in NAMES if name not in spoilt]
    if not spoilt:
        return None
    name = "carried"
    place = "With a single step all are right, with more they are not: what goes from step to step?"
    if wrong[1]:
        name = "single-step"
        place = f"With a single step {listed(wrong[1])} is wrong already: it can't be what is carried."
    return Slip(name, f"{called}: the gradient of {listed(spoilt)} is wrong; right are those of "
                      f"{listed(fine)}.\n   {place}")


def _gradients(answer) -> dict[str, np.ndarray | None]:
    return {name: numbers(answer[name]) for name in NAMES}
