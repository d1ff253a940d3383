"""The checks of the exercises of lesson 07: biases, peepholes, a small LSTM, and a second suspect."""

from collections.abc import Callable
from functools import partial

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    arrays_of,
    check,
    close,
    compare,
    entries_of,
    first_difference,
    first_mistake,
    nearly,
    need_answers,
    numbers_of,
    part,
    several_of,
    wait_for,
    wrong_answers,
)
from helpers.lessons.lesson07 import mistakes
from helpers.lessons.lesson07 import plain_lstm as plain
from helpers.lessons.lesson07.experiments import small_lstm
from helpers.lessons.lesson07.stage_checks import GATES, sequence, where_first_wrong
from helpers.networks import LSTM


@check("integrator", "plain")
def check_biases(integrator: dict, plain: dict) -> str:
    """Try biases {"i": …, "f": …, "o": …} in fresh cells, one that adds up all g and one without memory c."""
    rng = np.random.default_rng(73)
    for goal, biases in (("integrator", integrator), ("plain", plain)):
        cell = LSTM(3, 6)
        p, x = cell.init(rng), rng.normal(size=(200, 1, 3))
        with part(goal):
            values = arrays_of(biases, dict.fromkeys("ifo", ()), goal)
            wanted = {"i": 1, "f": 1 if goal == "integrator" else 0, "o": 1}
            for k, value in enumerate(values.values()):
                p.b_h[6 * k : 6 * (k + 1)] = value
            gates = cell.gates(cell.forward(p, x)[2])
            for name, stays in wanted.items():      # if they do, c and h are what they should be
                off = np.abs(gates[name] - stays)
                worst = np.unravel_index(np.argmax(off), off.shape)
                if off[worst] > 1e-3:
                    raise _bias_mistake(values[name], stays).after(
                        f"gate {name} should stay at {stays} whatever comes in, but at step {worst[0]} it is "
                        f"{gates[name][worst]:.4f}. ")
    return "Correct: one memory adds up all 200 steps, and the other keeps nothing from the step before."


def _bias_mistake(bias: float, wanted: int) -> Mistake:
    if (bias > 0) != (wanted == 1) or bias == 0:
        return Mistake("wrong-sign", "A large positive bias opens a gate, and a large negative bias shuts "
                                     "it.")
    return Mistake("too-weak",
                   f"The sign is right, but {bias:g} is too close to 0 to outweigh the weights. Choose a "
                   "bias farther from 0.")


@check
def check_peepholes(step: Callable) -> str:
    """Try ``step(x, h_prev, c_prev, W_xh, W_hh, b_h, p_i, p_f, p_o) -> (c, h)`` on fresh numbers.

    i and f see c_prev, o sees c.
    """
    rng = np.random.default_rng(74)
    for D, H, B in ((3, 4, 2), (2, 3, 1)):
        x, h_prev, c_prev = (rng.normal(size=(B, n)) for n in (D, H, H))
        W_xh, W_hh, b_h = rng.normal(size=(D, 4 * H)), rng.normal(size=(H, 4 * H)), rng.normal(size=4 * H)
        peep = rng.normal(size=(3, H))
        given = x, h_prev, c_prev, W_xh, W_hh, b_h, *peep
        c, h = answer_of(step, *given,
                         hint=f"\nIn this test c_prev is ({B}, {H}), and p_i, p_f and p_o are ({H},), one "
                              f"weight per unit.",
                         read=lambda answer: several_of(answer, "ch", "What step returns"))
        c, h = numbers_of(c, (B, H), "c"), numbers_of(h, (B, H), "h")
        right = mistakes.step_with_peepholes(*given)
        if close(c, right[0]):
            otherwise = Mistake("wrong-h", "c is right, but h is not. Add p_o * c, with the new c, to the "
                                           "sum of o, inside the sigmoid. h is o * np.tanh(c).")
        else:
            b, k = first_difference(c, right[0])
            otherwise = Mistake("wrong-c", f"c[{b}, {k}] should be {right[0][b, k]:.4f}, and yours is "
                                           f"{c[b, k]:.4f}. Compare i, f, g and the line for c with the "
                                           "equations, one by one.")
        compare((c, h), right, wrong_answers(mistakes.PEEPHOLES, *given), otherwise)
    return "Correct: i and f look at the old memory, o at the new one."


@check
def check_small_lstm(train: Callable) -> str:
    """Try ``train(W_xh, W_hh, b_h, inputs, targets) -> losses``, 101 of them, on fresh weights and inputs."""
    short = Mistake("one-too-few", "Your list has 100 losses, but needs 101. Keep one before each of the "
                                   "100 updates, and one at the end.")
    for given in (small_lstm(), small_lstm(np.random.default_rng(75))):
        right = mistakes.train_small(**given)
        losses = answer_of(train, named=given, read=lambda answer: numbers_of(
            answer, (101,), "The losses, before each update and at the end,", instead={(100,): short}))
        if not same_losses(losses, right):
            with np.errstate(all="ignore"):
                wrong = wrong_answers(mistakes.SMALL_LSTM, **given, updates=2)
            raise first_mistake(wrong, losses[:3], _another_loss(losses, right, len(given["inputs"])),
                                same_losses)
    return "Correct: your losses match the program's, from 0.75 to 2.6e-06, and are right with fresh weights."


same_losses = partial(np.allclose, rtol=1e-4, atol=1e-12)


def _another_loss(losses: np.ndarray, right: np.ndarray, steps: int) -> Mistake:
    """The mistake in losses that no known one explains, by where they are wrong first."""
    if np.isclose(losses[0] * steps, right[0], rtol=1e-4):
        return Mistake("mean-told", "The losses that you keep are means. Keep the sum over the steps.")
    if not np.isclose(losses[0], right[0], rtol=1e-4):
        return Mistake("first-loss",
                       f"The first loss is {losses[0]:.4f} and should be {right[0]:.4f}, so look at the "
                       "forward pass. Only the first hidden unit, h[0], has a target.")
    update = int(np.flatnonzero(~np.isclose(losses, right, rtol=1e-4, atol=1e-12))[0])
    return Mistake("gradient",
                   f"The first loss is right, but after update {update} the loss is {losses[update]:.5f}, "
                   f"not {right[update]:.5f}. So a gradient is wrong. Check those of W_xh, W_hh and b_h "
                   "with central differences.")


STEP, WRONG = 3, "ifg"          # of five steps, counted from 0


@check("step", "gates", "second")
def check_second_suspect(step: int, gates: str, second: Callable) -> str:
    """Say whether `step` and `gates` are where the suspect is wrong first, and try the fixed function."""
    with part("step"):
        number = numbers_of(step, (), "step")
        if number == STEP + 1:
            raise Mistake("last-step", "At that step the table says right for all four gates.")
        if number in range(STEP):
            raise Mistake("read-from-the-left", f"Step {number:g} is wrong too, but the backward pass begins "
                                                "at the last step. Read from the right.")
        if number != STEP:
            raise Mistake("no-step", "The table has no such step. Its steps are 0 to 4.")
    with part("gates"):
        _need_gates(gates)
    with part("second"):
        need_answers(second)
        wait_for("step", "gates")       # which a wrong second would give away
        rng = np.random.default_rng(75)
        for D, H, B, T in ((3, 4, 2, 5), (2, 3, 1, 4)):
            _need_fixed(second, sequence(rng, D, H, B, T), f"With {D} inputs, {H} units and {T} steps: ")
    return ("Correct: you found the step and the gates, and fixed the line. Now the whole gradient of c is "
            "passed back.")


def _need_gates(gates: str) -> None:
    need_answers(gates)
    letters = {letter for letter in str(gates).lower() if letter.isalpha()}
    if not letters or not letters <= set(GATES):
        raise Mistake("no-gates", 'Write the letters of the gates (i, f, o or g), such as "io".')
    if "o" in letters:
        raise Mistake("o-is-right", "o is right at that step, because its gradient comes through h alone.")
    if letters != set(WRONG):
        raise Mistake("a-gate-missing", f"You name {', '.join(sorted(letters))}, but not every gate that is "
                                        "wrong at that step.")


def _need_fixed(second: Callable, given: tuple, place: str) -> None:
    """Raise a Mistake unless the backward pass is right for `given`."""
    p = given[0]
    grads, da = answer_of(second, *given, place=place, keeps=True,
                          read=lambda answer: several_of(answer, ("grads", "da"), "What second returns"))
    right, right_da = plain.backward(*given)
    da, grads = numbers_of(da, right_da.shape, "da"), entries_of(grads, p, "grads")
    if not nearly(da, right_da):
        raise Mistake("still-wrong", place + where_first_wrong(da, right_da, "da"))
    wrong = [name for name in p if not nearly(numbers_of(grads[name], p[name].shape, name), right[name])]
    if wrong:
        raise Mistake("another-gradient", f"{place}da is right, but the gradient of {wrong[0]} is not.")
