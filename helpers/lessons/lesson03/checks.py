"""The checks of lesson 03: one step back, states written over, two faulty ways back."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import combinations

import numpy as np

from helpers.lessons.asking import answer_of, arrays_of, first_slip, need_answers, numbers_of, several_of
from helpers.lessons.checking import Slip, check, listed, part, wait_for
from helpers.networks import RNN, CharModel, Parameters, softmax

SIZES = ((5, 3, 4), (4, 4, 3), (3, 5, 6))            # symbols, units, steps; the second with square matrices
NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
same = partial(np.allclose, rtol=1e-5, atol=1e-6)     # single precision is right too


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


def right_step(dy, h, dh_next, W_hy, W_hh):
    """One step of the way back: dh, da and what is carried to the step before."""
    dh = dy @ W_hy.T + dh_next
    da = (1 - h**2) * dh
    return dh, da, da @ W_hh.T


def way_back(step: Callable, params: Parameters, symbols, targets, states, p, h_0=0.0) -> Parameters:
    """The gradients of the sum of the losses, with `step` for `right_step` and `h_0` before the first one."""
    grads, dh_next = params.zeros_like(), np.zeros(len(params.b_h))
    for t in reversed(range(len(symbols))):
        dy = p[t] - np.eye(len(params.b_y))[targets[t]]
        _, da, dh_next = step(dy, states[t], dh_next, params.W_hy, params.W_hh)
        grads.W_hy += np.outer(states[t], dy)
        grads.b_y += dy
        grads.W_xh[symbols[t]] += da
        grads.W_hh += np.outer(states[t - 1] if t else h_0 + 0 * states[0], da)
        grads.b_h += da
    return grads


@check("dh", "da", "carry")
def check_step_back(step: Callable) -> str:
    """Try ``step(dy, h, dh_next, W_hy, W_hh) -> (dh, da, carry)`` on the way back through fresh networks."""
    rng, names = np.random.default_rng(31), ("dh", "da", "carry")
    for V, H, T in SIZES:
        params, symbols, targets = network(rng, V, H, T)
        states, p = forward(params, symbols)
        dh_next = np.zeros(H)
        for t in reversed(range(T)):
            given = p[t] - np.eye(V)[targets[t]], states[t], dh_next, params.W_hy, params.W_hh
            place = f"step {t + 1}{', the last one' if t == T - 1 else f' of {T}'}"
            answer = answer_of(
                step, *given, place=f"At {place}: ", own=True,
                hint=f"\nThere dy is ({V},), h and dh_next ({H},), W_hy ({H}, {V}) and W_hh ({H}, {H}).",
                read=lambda answer: several_of(answer, names, "What your function returns"))
            right = right_step(*given)
            for n, (name, found, wanted) in enumerate(zip(names, answer, right, strict=True)):
                with part(name):
                    found = numbers_of(found, (H,), "It", f"At {place}: ")
                    if not same(found, wanted):
                        wait_for(*names[:n])
                        slip = _slip(name, found, *given, right)
                        harm = _harm(step, params, symbols, targets, states, p)
                        raise Slip(slip.name, f"wrong at {place}. {slip.said}{harm}")
            dh_next = right[2]
    return "Right: three fresh networks, every step from the last to the first, and so all five gradients."


def _slip(name: str, found, dy, h, dh_next, W_hy, W_hh, right) -> Slip:
    """What was probably done instead."""
    dh, da, _ = right
    slope = 1 - h**2
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
    return first_slip(slips, found, Slip(
        "another-number", f"Its first number should be {wanted[0]:.4f}, but yours is {found[0]:.4f}: compare "
                          "factor by factor."), same=same)


def _harm(step: Callable, params, symbols, targets, states, p) -> str:
    """Which gradients a wrong step spoils, on a new line; empty if it can't be said."""
    right = way_back(right_step, params, symbols, targets, states, p)
    try:
        found = way_back(partial(answer_of, step), params, symbols, targets, states, p)
    except Exception:       # of a step whose numbers are of no use further back
        return ""
    wrong = [name for name in NAMES if not same(found[name], right[name])]
    fine = [name for name in NAMES if name not in wrong]
    if not wrong:
        return ""
    return (f"\nOver the whole sequence that spoils the gradients of {listed(wrong)}; "
            f"those of {listed(fine)} are right.")


@check("still_right", "forward_pass")
def check_in_place(still_right: Iterable[str], forward_pass: Callable) -> str:
    """Say whether `still_right` names the gradients that survive, and try the mended forward pass.

    ``forward_pass(params, symbols) -> (states, scores)``, lists of T vectors.
    """
    with part("still_right"):
        need_answers(still_right)
        _check_names(still_right)
    with part("forward_pass"):
        rng = np.random.default_rng(32)
        for V, H, T in SIZES:
            params, symbols, _ = network(rng, V, H, T)
            states, scores = answer_of(
                forward_pass, params, symbols, keeps=True,
                read=lambda answer: several_of(answer, ("states", "scores"), "What it returns"))
            found = numbers_of(states, (T, H), "states, one under the other,")
            scores = numbers_of(scores, (T, V), "scores, one under the other,")
            if any(np.shares_memory(*pair) for pair in combinations(states, 2)):
                raise Slip("one-array",
                           "Every entry of states is still one and the same array: after the loop they all "
                           "hold the last state.")
            right, _ = forward(params, symbols)
            wrong = [t for t in range(T) if not same(found[t], right[t])]
            if wrong:
                raise Slip("wrong-state", "The states are arrays of their own now, but the one of step "
                                          f"{wrong[0] + 1} is wrong.")
            wrong = [t for t in range(T) if not same(scores[t], right[t] @ params.W_hy + params.b_y)]
            if wrong:
                raise Slip("wrong-scores", f"The states are right, the scores of step {wrong[0] + 1} are "
                                           "not: each state times W_hy, plus b_y.")
    return "Right: only b_y's gradient survives, and your forward pass keeps every state for the way back."


def _check_names(still_right) -> None:
    """Raise a Slip unless b_y alone is named."""
    try:
        named = {still_right} if isinstance(still_right, str) else set(still_right)
    except TypeError:
        named = {None}
    if not named <= set(NAMES):
        raise Slip("no-names", f"It should be a set of names out of {listed(NAMES)}.")
    made_of = {"W_hy": "states times dy, and the states", "b_h": "da, which has 1 - h**2 in it: the states",
               "W_hh": "states times da, and the states", "W_xh": "da, which has 1 - h**2 in it: the states"}
    for name in NAMES:
        if name in named and name != "b_y":
            raise Slip("written-over",
                       f"Not {name}: its gradient is made of {made_of[name]} have been written over.")
    if "b_y" not in named:
        raise Slip("one-survives", "One survives: which gradient is made of the probabilities alone, which "
                                   "were computed in time?")


@check("backward_a", "backward_b")
def check_mended(backward_a: Callable, backward_b: Callable) -> str:
    """Try two ``backward(params, symbols, targets, states, p) -> grads``; the losses are added up."""
    with part("backward_a"):
        _check_symptoms(backward_a)
    with part("backward_b"):
        _check_symptoms(backward_b)
    return "Right: both give all five gradients on fresh networks, for one step and for many."


def _check_symptoms(backward: Callable) -> None:
    """Raise a Slip that names what is wrong, or says which gradients are, and whether with one step already.

    What the exercise asks to find has no slip of its own, only its symptoms.
    """
    rng, lengths = np.random.default_rng(33), (1, 2, 5)
    tried: dict[int, tuple] = {}
    for T in lengths:
        params, symbols, targets = network(rng, 4, 4, T)
        given = params, symbols, targets, *forward(params, symbols)
        right = way_back(right_step, *given)
        found = answer_of(backward, *given,
                          read=lambda answer, p=params: arrays_of(answer, p.shapes, "What it returns"))
        tried[T] = found, right, way_back(right_step, *given, h_0=given[3][-1])

    def times(factor: Callable[[int], float]) -> bool:
        """Whether what is made of dy alone is, at all lengths, so many times what it should be."""
        return all(same(found[name], factor(T) * right[name])
                   for T, (found, right, _) in tried.items() for name in ("W_hy", "b_y"))

    wrong = {T: [name for name in NAMES if not same(found[name], right[name])]
             for T, (found, right, _) in tried.items()}
    if times(lambda T: 1 / T):
        raise Slip("mean", "your gradient is that of the mean of the losses, as in lesson 02. Here they are "
                           "added up: don't divide dy by the number of steps.")
    if times(lambda T: T):
        raise Slip("times-steps", "your gradient is multiplied by the number of steps. The losses are only "
                                  "added up: leave dy as it is.")
    if times(lambda T: -1):
        raise Slip("sign", "the sign is turned round: dy is the probabilities minus the one-hot target.")
    if any(wrong.values()) and all(same(found[name], wrapped[name])
                                   for found, _, wrapped in tried.values() for name in NAMES):
        raise Slip("state-before-the-first",
                   "it goes wrong at the first step. Before it the state was zero; states[t - 1] is there "
                   "states[-1], and that is the last one.")
    spoilt = [name for name in NAMES if any(name in names for names in wrong.values())]
    fine = [name for name in NAMES if name not in spoilt]
    told = f"{_wrong(spoilt)}; " + (f"{listed(fine)} {_are(fine)} right.\n" if fine else "none is right.\n")
    if wrong[1]:
        raise Slip("single-step", f"{told}With a single step {listed(wrong[1])} {_are(wrong[1])} wrong "
                                  "already: it can't be what is carried.")
    if spoilt:
        raise Slip("carried", told + "With a single step all are right, with more they are not: what goes "
                                     "from step to step?")


def _wrong(names: list[str]) -> str:
    return f"the gradient{'s' * (len(names) > 1)} of {listed(names)} {_are(names)} wrong"


def _are(names: list[str]) -> str:
    return "are" if len(names) > 1 else "is"
