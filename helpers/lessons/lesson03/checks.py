"""The checks of the exercises in lesson 03: states written over, faulty and new backward passes."""

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    check,
    listed,
    nearly,
    need_answers,
    need_written,
    numbers_of,
    part,
    several_of,
    wait_for,
)
from helpers.checks.gradients import need_right, symptoms, tried_gradients
from helpers.lessons.lesson03 import plain
from helpers.lessons.lesson03.mistakes import BATCH, FIRST_STATE, OTHER_BACKWARD
from helpers.lessons.lesson03.stage_checks import NAMES, STEPS, need_this_loss, network, passage
from helpers.networks import Parameters, numerical_gradient, softmax

BATCHES = ((4, 4, 1, 1), (5, 3, 2, 3), (4, 5, 4, 3))        # symbols, units, steps, sequences
OTHER = ((4, 4, 1), (5, 3, 2), (4, 5, 5))                   # symbols, units, steps


@check("still_right", "forward_in_place")
def check_in_place(still_right: Iterable[str], forward_pass: Callable) -> str:
    """Say whether `still_right` names the gradients that survive, and try the fixed forward pass.

    ``forward_pass(params, symbols) -> (states, scores)``, lists of T vectors.
    """
    with part("still_right"):
        need_answers(still_right)
        _check_names(still_right)
    with part("forward_in_place"):
        rng = np.random.default_rng(32)
        for V, H, T in STEPS:
            params, symbols = network(rng, V, H), rng.integers(V, size=T)
            states, scores = answer_of(
                forward_pass, params, symbols, keeps=True,
                read=lambda answer: several_of(answer, ("states", "scores"), "What it returns"))
            found = numbers_of(states, (T, H), "states, one under the other,")
            scores = numbers_of(scores, (T, V), "scores, one under the other,")
            if any(np.shares_memory(*pair) for pair in combinations(states, 2)):
                raise Mistake("one-array",
                              "Every entry of states is still the same array, so after the loop they all "
                              "hold the last state.")
            right, _ = plain.forward(params, symbols)
            wrong = [t for t in range(T) if not nearly(found[t], right[t])]
            if wrong:
                raise Mistake("wrong-state", "The states are separate arrays now, but the one of step "
                                             f"{wrong[0] + 1} is wrong.")
            wrong = [t for t in range(T) if not nearly(scores[t], right[t] @ params.W_hy + params.b_y)]
            if wrong:
                raise Mistake("wrong-scores", f"The states are right, but the scores of step {wrong[0] + 1} "
                                              "are not. They are the state times W_hy, plus b_y.")
    return "Correct: only b_y's gradient survives, and now your forward pass keeps every state."


def _check_names(still_right) -> None:
    """Raise a Mistake unless b_y alone is named."""
    try:
        named = {still_right} if isinstance(still_right, str) else set(still_right)
    except TypeError:
        named = {None}
    if not named <= set(NAMES):
        raise Mistake("no-names", f"It should be a set of names from {listed(NAMES)}.")
    slope = "da, which contains 1 - h**2, and the states"
    made_of = {"W_hy": "states times dy, and the states", "W_hh": "states times da, and the states",
               "b_h": slope, "W_xh": slope}
    for name in NAMES:
        if name in named and name != "b_y":
            raise Mistake("written-over",
                          f"Not {name}: its gradient is computed from {made_of[name]} have been written "
                          "over.")
    if "b_y" not in named:
        raise Mistake("one-survives", "One gradient survives. Which one is computed from the "
                                      "probabilities alone? They were computed before the states were "
                                      "written over.")


@check("backward_a", "backward_b")
def check_mended(backward_a: Callable, backward_b: Callable) -> str:
    """Try two ``backward(params, symbols, targets, states, p) -> grads``; the losses are added up."""
    with part("backward_a"):
        _check_symptoms(backward_a)
    with part("backward_b"):
        _check_symptoms(backward_b)
    return "Correct: both give all five gradients on fresh networks, for one step and for many."


def _check_symptoms(backward: Callable) -> None:
    """Raise a Mistake that says which gradients are wrong, and at which lengths.

    What the exercise asks to find has no mistake of its own, only its symptoms.
    """
    rng = np.random.default_rng(33)
    given = {T: passage(rng, 4, 4, T) for T in (1, 2, 5)}
    cases = [(T, arguments, plain.backward(*arguments)[0]) for T, arguments in given.items()]
    tried = tried_gradients(backward, cases)
    need_this_loss(tried, given)
    need_right(tried, plain.backward, given, (FIRST_STATE,), symptoms, read=lambda answer: answer[0])


@check("other_forward", "other_backward")
def check_other_cell(other_forward: Callable, other_backward: Callable) -> str:
    """Try a cell with ``h_t = h_{t-1} + s tanh(x_t W_xh + h_{t-1} W_hh + b_h)``, loss at the last step.

    ``other_forward(params, symbols, target, s) -> (loss, kept)``, and ``other_backward(params, symbols,
    target, s, kept) -> grads`` with what the first one kept. Moving each weight of the equation says what is
    right.
    """
    rng = np.random.default_rng(39)
    passages = {T: (network(rng, V, H), 2 * np.arange(T) % (V - 1), T % V, 0.6) for V, H, T in OTHER}
    kept = {}
    with part("other_forward"):
        need_written(other_forward)
        for T, given in passages.items():
            loss, kept[T] = answer_of(
                other_forward, *given, place=f"At T = {T}: ", keeps=True,
                read=lambda answer: several_of(answer, ("loss", "kept"), "What it returns"))
            _need_other_loss(numbers_of(loss, (), "The loss", f"At T = {T}: "), T, *given)
    with part("other_backward"):
        need_written(other_backward)
        wait_for("other_forward")
        cases = [(T, (*given, kept[T]), _measured(*given)) for T, given in passages.items()]
        own = {T: (*given, plain.other_forward(*given)[1]) for T, given in passages.items()}
        need_right(tried_gradients(other_backward, cases), plain.other_backward, own, OTHER_BACKWARD,
                   _other_symptoms)
    return "Correct: your loss is that of the equation, and moving the weights confirms your gradients."


def _other_loss(params: Parameters, symbols: np.ndarray, target: int, s: float, bare: float = 1.0) -> float:
    """The equation, and nothing else; `bare` times the state before."""
    h = np.zeros(len(params.b_h))
    for symbol in symbols:
        h = bare * h + s * np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h)
    return float(-np.log(softmax(h @ params.W_hy + params.b_y)[target]))


def _need_other_loss(loss: float, T: int, params, symbols, target, s: float) -> None:
    """Raise a Mistake unless it is the loss of the equation."""
    right = _other_loss(params, symbols, target, s)
    if not nearly(loss, right):
        told = f"At T = {T} the loss should be {right:.4f}; yours is {loss:.4f}."
        if nearly(loss, _other_loss(params, symbols, target, 1.0)):
            raise Mistake("s-left-out", told, "How much of tanh is added to the state?",
                          "s is missing: h + s * np.tanh(...).")
        if nearly(loss, _other_loss(params, symbols, target, s, bare=0.0)):
            raise Mistake("state-not-kept", told, "What happens to the previous state?",
                          "The bare h_{t-1} is missing: h = h + s * np.tanh(...).")
        raise Mistake("another-loss", told, "Which step has a loss, and which symbol is its target?",
                      "Start from a zero state and read all symbols. The loss is -ln p[target], where p is "
                      "the softmax of the last scores, h @ W_hy + b_y.")


def _other_symptoms(told: str, wrong: Mapping) -> Mistake:
    """The Mistake of gradients of the other cell that no known fault makes."""
    spoilt = {name for names in wrong.values() for name in names}
    if spoilt & {"W_hy", "b_y"}:
        return Mistake("other-read-out", told, "Going back, the scores come first, and there is only one "
                                              "row.",
                       "dy is p minus one-hot, of the last state alone: W_hy gets np.outer(h, dy), b_y gets "
                       "dy.")
    if spoilt == {"W_hh"}:
        return Mistake("other-outer", told, "W_xh and b_h are right, and they are computed from da, so da is "
                                            "right too. What did W_hh multiply?",
                       "W_hh gets np.outer of the state before the step and da. Is each state that you kept "
                       "a separate array (h += writes over it, exercise 3.1)?")
    if wrong[1]:
        return Mistake("other-da", told, "It is wrong even with a single step. What is between dh and da?",
                       "da = s * dh * (1 - z**2), with z = tanh(...), not h. And is each state that you kept "
                       "a separate array (exercise 3.1)?")
    return Mistake("other-carry", told,
                   "It is correct for one step. Along how many paths does h_{t-1} affect h_t?",
                   "Along two: dh for the step before is dh + da @ W_hh.T.")


def _measured(params: Parameters, symbols, target, s: float) -> dict[str, np.ndarray]:
    """The gradients of the equation by moving every weight a little."""
    moved, measured = params.copy(), params.zeros_like()
    measured.vector[:] = numerical_gradient(lambda: _other_loss(moved, symbols, target, s), moved.vector)
    return dict(measured.items())


@check
def check_batch(batch_backward: Callable) -> str:
    """Try ``batch_backward(params, symbols, targets, states, p) -> grads`` for B sequences side by side.

    symbols and targets are (T, B), states (T, B, H), p (T, B, V); the losses of all are added up.
    """
    need_written(batch_backward)
    rng, given = np.random.default_rng(40), {}
    for V, H, T, B in BATCHES:
        params, symbols = network(rng, V, H), 2 * np.arange(T * B).reshape(T, B) % (V - 1)
        symbols[:, B // 2] = symbols[:, 0]              # two sequences read the same symbol in each step
        targets = (symbols + 1 + np.arange(B) % 2) % V
        both = [plain.forward(params, column) for column in symbols.T]
        states, p = (np.stack(several, axis=1) for several in zip(*both, strict=True))
        given[f"{T} (B = {B})"] = params, symbols, targets, states, p
    cases = [(T, arguments, plain.batch_backward(*arguments)) for T, arguments in given.items()]
    try:
        tried = tried_gradients(batch_backward, cases, hint=(
            " h_prev and da are (B, H), dy is (B, V), W_hh is (H, H), b_h is (H,)."))
    except Mistake as mistake:
        raise _of_shapes(mistake, batch_backward) from None
    need_right(tried, plain.batch_backward, given, BATCH, _batch_symptoms)
    return "Correct: all five gradients, for one sequence and for three side by side, whatever they read."


def _batch_symptoms(told: str, wrong: Mapping) -> Mistake:
    """The Mistake of gradients of a batch that no known mutant makes: with the sums that a batch needs."""
    mistake = symptoms(told, wrong)
    if mistake.name not in ("wrong-read-out-line", "wrong-read-out", "wrong-line"):
        return mistake
    return Mistake(mistake.name, told, mistake.more[0],
                   "Each gradient is a sum over the steps and over the sequences. W_hy gets states[t].T @ "
                   "dy, W_hh gets h_prev.T @ da, and W_xh the same with one-hot rows. b_y gets "
                   "dy.sum(axis=0), and b_h gets da.sum(axis=0).")


def _of_shapes(mistake: Mistake, batch_backward: Callable) -> Mistake:
    """The Mistake of an answer that stops: what no longer fits, where its code says so."""
    if mistake.name == "stops" and "IndexError" in mistake.said:
        return Mistake("one-hot-of-a-batch", mistake.said,
                       "targets[t] holds B numbers now. What does the first index of p[t] stand for?",
                       "It says which sequence. Write dy[np.arange(B), targets[t]] -= 1, or p[t] - "
                       "np.eye(V)[targets[t]], with B, V = p[t].shape.")
    called = getattr(getattr(batch_backward, "__code__", None), "co_names", ())
    shapes = mistake.name == "stops" and "ValueError" in mistake.said
    if shapes and "outer" in called:
        return Mistake("outer-of-tables", mistake.said, "np.outer takes two rows. What does it do with two "
                                                     "tables?",
                       "You need one outer product per sequence, and their sum, which is h_prev.T @ da.")
    if shapes:
        return Mistake("shapes", mistake.said,
                       "Which arrays have a row for each sequence, and which have none?",
                       "A product such as h_prev.T @ da sums over the sequences by itself. Elsewhere take "
                       "the sum, da.sum(axis=0).")
    return mistake
