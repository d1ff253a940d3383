"""The checks of lesson 03: one step back, states written over, two faulty ways back."""

from collections.abc import Callable, Iterable

import numpy as np

from helpers.cells import RNN
from helpers.exercises import NOT_YET
from helpers.exercises.answers import listed, numbers
from helpers.model import CharModel
from helpers.parameters import Parameters

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


def check_step_back(step: Callable) -> None:
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
            try:
                answer = step(*given)
            except Exception as error:
                print(f"{place} your function stops with {type(error).__name__}: {error}.")
                print(f"There dy is ({V},), h and dh_next ({H},), W_hy ({H}, {V}) and W_hh ({H}, {H}).")
                return
            if answer is None or answer is ... or (isinstance(answer, tuple) and any(
                    part is ... or part is None for part in answer)):
                print(NOT_YET)
                return
            parts = [numbers(part) for part in answer] if isinstance(answer, tuple | list) else []
            if len(parts) != 3:
                print("The function should return three arrays: dh, da and carry.")
                return
            right = right_step(dy, h, dh_next, params.W_hy, params.W_hh)
            for name, part, wanted in zip(("dh", "da", "carry"), parts, right, strict=True):
                if part is None or part.shape != (H,):
                    found = "no array of numbers" if part is None else f"of shape {part.shape}"
                    print(f"{place} {name} should be a vector of {H} numbers, but yours is {found}.")
                    return
                if not np.allclose(part, wanted, atol=1e-10):
                    print(f"{place} {name} is wrong. {_slip(name, part, dy, h, dh_next, params, right)}")
                    _say_harm(step, params, symbols, targets, states, p)
                    return
            before = (dy, h, dh_next, params.W_hy, params.W_hh)
            if not all(np.array_equal(a, b) for a, b in zip(given, before, strict=True)):
                print(f"{place} the answers are right, but an argument was changed on the way. Make new "
                      "arrays: the states are needed once more, for the gradients of the weights.")
                return
            dh_next = right[2]
    print("Right: three fresh networks, every step from the last to the first, and so all five gradients.")


def _slip(name: str, part, dy, h, dh_next, params: Parameters, right) -> str:
    """What was probably done instead."""
    dh, da, _ = right
    W_hy, W_hh, slope = params.W_hy, params.W_hh, 1 - h**2
    slips: dict[str, Iterable] = {}
    if name == "dh":
        slips = {
            "What comes from later steps is left out: add dh_next.": dy @ W_hy.T,
            "This step's own loss is left out: dy has to come through W_hy.": dh_next,
            "The two parts are added: don't subtract.": dy @ W_hy.T - dh_next,
            "It already has the slope of tanh in it: that belongs to da.": slope * dh,
        }
        if len(W_hy) == len(W_hy[0]):
            slips["The shapes fit, but W_hy is the wrong way round: on the way back dy @ W_hy.T."] = (
                dy @ W_hy + dh_next)
    elif name == "da":
        slips = {
            "The slope of tanh is missing: 1 - h**2, unit by unit.": dh,
            "h is already tanh(a): its slope is 1 - h**2, without another tanh.": (1 - np.tanh(h) ** 2) * dh,
            "1 - h**2, not (1 - h)**2.": (1 - h) ** 2 * dh,
            "The slope is taken of the gradient: 1 - h**2, times dh.": (1 - dh**2) * h,
            "That is the slope of the logistic function, h (1 - h); tanh has 1 - h**2.": h * (1 - h) * dh,
        }
    else:
        slips = {
            "The shapes fit, but W_hh is the wrong way round: forward it is h @ W_hh, back da @ W_hh.T.":
                da @ W_hh,
            "It leaves out tanh: what is carried on is da, not dh, through W_hh.T.": dh @ W_hh.T,
            "Both at once: da, not dh, and W_hh.T, not W_hh.": dh @ W_hh,
            "It has to go through W_hh.T to reach the state before.": da,
        }
    for words, wrong in slips.items():
        if np.allclose(part, wrong, atol=1e-10):
            return words
    wanted = dict(zip(("dh", "da", "carry"), right, strict=True))[name]
    return (f"Its first number should be {wanted[0]:.4f}, but yours is {part[0]:.4f}: compare factor by "
            "factor.")


def _say_harm(step: Callable, params, symbols, targets, states, p) -> None:
    """Which gradients a wrong step spoils."""
    right = way_back(right_step, params, symbols, targets, states, p)
    try:
        found = way_back(step, params, symbols, targets, states, p)
    except Exception:
        return
    wrong = [name for name in NAMES if not np.allclose(found[name], right[name], atol=1e-10)]
    fine = [name for name in NAMES if name not in wrong]
    if wrong:
        print(f"Over the whole sequence that spoils the gradients of {listed(wrong)}; "
              f"those of {listed(fine)} are right.")


def check_in_place(still_right: Iterable[str], forward_pass: Callable) -> None:
    """Say whether `still_right` names the gradients that survive, and try the mended forward pass.

    ``forward_pass(params, symbols) -> (states, scores)``, lists of T vectors.
    """
    if still_right is ... or still_right is None:
        print(NOT_YET)
        return
    named = {still_right} if isinstance(still_right, str) else still_right
    try:
        named = set(named)
    except TypeError:
        named = {None}
    if not named <= set(NAMES):
        print(f"still_right should be a set of names out of {listed(NAMES)}.")
        return
    made_of = {"W_hy": "states times dy, and the states", "b_h": "da, which has 1 - h**2 in it: the states",
               "W_hh": "states times da, and the states", "W_xh": "da, which has 1 - h**2 in it: the states"}
    for name in NAMES:
        if name in named and name != "b_y":
            print(f"Not {name}: its gradient is made of {made_of[name]} have been written over.")
            return
    if "b_y" not in named:
        print("One survives: which gradient is made of the probabilities alone, which were computed in time?")
        return
    rng = np.random.default_rng(32)
    for V, H, T in SIZES:
        params, symbols, _ = network(rng, V, H, T)
        before = params.vector.copy()
        try:
            states, scores = forward_pass(params, symbols)
            states = list(states)
        except Exception as error:
            print(f"b_y, yes. But your forward pass stops with {type(error).__name__}: {error}.")
            return
        if not np.array_equal(params.vector, before):
            print("Your forward pass changes the parameters.")
            return
        if len(states) != T or len(scores) != T or any(np.shape(h) != (H,) for h in states):
            print(f"states and scores should be lists of {T} vectors, one for each symbol.")
            return
        h, _ = forward(params, symbols)
        if any(states[t] is states[0] or np.shares_memory(states[t], states[0]) for t in range(1, T)):
            print("b_y, yes. But in your forward pass every entry of states is still one and the same array: "
                  "after the loop they all hold the last state.")
            return
        if not np.allclose(states, h, atol=1e-10):
            t = int(np.argmax(np.abs(np.array(states) - h).max(axis=1) > 1e-10))
            print(f"b_y, yes. The states are arrays of their own now, but the one of step {t + 1} is wrong.")
            return
    print("Right: only b_y's gradient survives, and your forward pass keeps every state for the way back.")


def check_mended(backward_a: Callable, backward_b: Callable) -> None:
    """Try two ``backward(params, symbols, targets, states, p) -> grads``; the losses are added up."""
    said = [_symptoms(f"backward_{letter}", backward) for letter, backward in
            (("a", backward_a), ("b", backward_b))]
    if any(said):
        print("\n".join(words or f"backward_{letter}: all five gradients are right."
                        for letter, words in zip("ab", said, strict=True)))
    else:
        print("Right: both give all five gradients on fresh networks, for one step and for many.")


def _symptoms(called: str, backward: Callable) -> str:
    """What is wrong with a backward pass, in words; empty if nothing is."""
    rng = np.random.default_rng(33)
    wrong: dict[int, list[str]] = {}
    for T in (1, 2, 5):
        params, symbols, targets = network(rng, 4, 4, T)
        states, p = forward(params, symbols)
        right = way_back(right_step, params, symbols, targets, states, p)
        try:
            found = backward(params, symbols, targets, states.copy(), p.copy())
            found = {name: numbers(found[name]) for name in NAMES}
        except Exception as error:
            return f"{called} stops with {type(error).__name__}: {error}."
        wrong[T] = [name for name in NAMES if found[name] is None or found[name].shape != right[name].shape
                    or not np.allclose(found[name], right[name], atol=1e-10)]
    spoilt = [name for name in NAMES if any(name in names for names in wrong.values())]
    fine = [name for name in NAMES if name not in spoilt]
    if not spoilt:
        return ""
    place = "With a single step all are right, with more they are not: what goes from step to step?"
    if wrong[1]:
        place = f"With a single step {listed(wrong[1])} is wrong already: it can't be what is carried."
    return (f"{called}: the gradient of {listed(spoilt)} is wrong; right are those of {listed(fine)}.\n"
            f"   {place}")
