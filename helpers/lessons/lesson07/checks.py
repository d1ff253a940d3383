"""The checks of lesson 07: an LSTM forward and back, biases that tame it, peepholes."""

from collections.abc import Callable

import numpy as np

from helpers.lessons.asking import (
    answer_of,
    arrays_of,
    close,
    close_to_one,
    compare,
    entries_of,
    first_slip,
    numbers_of,
    several_of,
)
from helpers.lessons.checking import Slip, check, part, wait_for
from helpers.lessons.lesson07.lstm_by_hand import FAULTS, lstm_backward
from helpers.networks import LSTM, lstm_forward, sigmoid

GATES = "ifog"


@check(*GATES, "c", "h")
def check_step(step: Callable) -> str:
    """Try ``step(x, h_prev, c_prev, W_xh, W_hh, b_h) -> (i, f, o, g, c, h)`` on fresh numbers."""
    rng = np.random.default_rng(71)
    made_of = {"c": "ifg", "h": "oc"}
    for D, H, B in ((3, 2, 1), (4, 4, 3), (2, 5, 2)):
        x, h_prev, c_prev = (rng.normal(size=(B, n)) for n in (D, H, H))
        W_xh, W_hh, b_h = rng.normal(size=(D, 4 * H)), rng.normal(size=(H, 4 * H)), rng.normal(size=4 * H)
        sizes = f"With {D} inputs, {H} units and {B} rows: "
        answer = answer_of(
            step, x, h_prev, c_prev, W_xh, W_hh, b_h, place=sizes,
            read=lambda answer: several_of(answer, "ifogch", "What step returns"))
        a = np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1)
        i, f, o, g = *map(sigmoid, a[:3]), np.tanh(a[3])
        c = f * c_prev + i * g
        right = dict(zip("ifogch", (i, f, o, g, c, o * np.tanh(c)), strict=True))
        for (name, wanted), found in zip(right.items(), answer, strict=True):
            with part(name):
                found = numbers_of(found, (B, H), "It", sizes)
                if not close(found, wanted):
                    wait_for(*made_of.get(name, ""))
                    raise _step_slip(name, found, a, x, h_prev, c_prev, W_xh, W_hh, b_h)
    return "Right: all four gates and both states, on three fresh cells of different sizes."


def _step_slip(name, found, a, x, h_prev, c_prev, W_xh, W_hh, b_h) -> Slip:
    """What was probably done instead for the gate or state `name`."""
    def same(other) -> bool:
        return close(found, other)

    i, f, o, g = *map(sigmoid, a[:3]), np.tanh(a[3])
    c = f * c_prev + i * g
    if name in GATES:
        k = GATES.index(name)
        for j, other in enumerate(GATES):
            if j != k and (same(sigmoid(a[j])) or same(np.tanh(a[j]))):
                return Slip("wrong-block",
                            f"It is made from the columns of {other}: the blocks are i, f, o, g, in this "
                            "order.")
        squash, wrong = (np.tanh, sigmoid) if name == "g" else (sigmoid, np.tanh)
        without = {
            Slip("no-bias", "In its sum the bias b_h is left out."): x @ W_xh + h_prev @ W_hh,
            Slip("no-h-prev", "In its sum h_prev is left out."): x @ W_xh + b_h,
            Slip("no-input", "In its sum the input x is left out."): h_prev @ W_hh + b_h,
        }
        for slip, total in without.items():
            if same(squash(np.split(total, 4, axis=1)[k])):
                return slip
        if same(wrong(a[k])):
            return Slip("sigmoid-for-tanh", "g may be negative: take tanh.") if name == "g" else (
                Slip("tanh-for-sigmoid", "A gate is between 0 and 1: a sigmoid."))
        if same(a[k]):
            return Slip("not-squashed", "The sum is right, but it is not squashed.")
    slips = {
        "c": {Slip("gates-swapped", "i and f have changed places: f multiplies c_prev."): i * c_prev + f * g,
              Slip("no-c-prev", "The old memory is left out: f * c_prev."): i * g,
              Slip("no-f", "f is left out."): c_prev + i * g,
              Slip("no-i", "i is left out: it decides how much of g is added."): f * c_prev + g,
              Slip("c-squashed", "c is not squashed; only what is shown of it is."): np.tanh(c)},
        "h": {Slip("no-tanh", "What is shown is o times tanh(c), not o times c."): o * c,
              Slip("no-o", "o is left out."): np.tanh(c),
              Slip("tanh-of-product", "tanh belongs around c alone, not around o c."): np.tanh(o * c),
              Slip("old-c", "h is made from the new c, not from c_prev."): o * np.tanh(c_prev)},
    }.get(name, {})
    return first_slip(slips, found, Slip(
        "another-number", f"Its first number is {found[0, 0]:.4f}: compare it with the equations of section "
                          "4."))


@check("da", "W_xh", "W_hh", "b_h")
def check_backward(backward: Callable) -> str:
    """Try ``backward(p, x, h, c, gates, d_h) -> (grads, da)`` on fresh cells; da is (T, B, 4H)."""
    rng = np.random.default_rng(72)
    for D, H, B, T in ((3, 4, 2, 5), (2, 2, 1, 4)):
        p = LSTM(D, H).init(rng, scale=0.8)
        x, d_h = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
        h, c, gates = lstm_forward(p, x, rng.normal(size=(B, H)), rng.normal(size=(B, H)))
        grads, found = answer_of(backward, p, x, h, c, gates, d_h,
                                 read=lambda answer: several_of(answer, ("grads", "da"), "What it returns"))
        grads, found = entries_of(grads, p, "grads"), numbers_of(found, (T, B, 4 * H), "da")
        wanted = lstm_backward(p, x, h, c, gates, d_h)
        with part("da"):
            if not close(found, wanted):
                slips = {Slip(fault.replace(" ", "-"), words): lstm_backward(p, x, h, c, gates, d_h, fault)
                         for fault, words in FAULTS.items()}
                slip = first_slip(slips, found, Slip(
                    "another-da", "Compare that line with section 5: which number does the gate multiply?"))
                raise slip.after(_where(found, wanted, T, H) + "\n")
        states = np.stack([h[t] for t in range(-1, T)])
        for name, rows in (("W_xh", x), ("W_hh", states[:-1]), ("b_h", None)):
            with part(name):        # made from the reader's da, whether that is right or not
                grad = numbers_of(grads[name], p[name].shape, "It")
                _check_sum(grad, found, rows, states[1:] if name == "W_hh" else None)
    return "Right: every gate at every step, and all three gradients, on two fresh cells."


def _where(da: np.ndarray, wanted: np.ndarray, T: int, H: int) -> str:
    """The last step, which is the first that a backward pass does, at which da is wrong, and its gates."""
    bad = ~np.isclose(da, wanted, atol=1e-9)
    t = int(np.flatnonzero(bad.any(axis=(1, 2)))[-1])
    gates = [gate for gate, block in zip(GATES, np.split(bad[t], 4, axis=1), strict=True) if block.any()]
    place = "the last, where nothing comes from later steps yet" if t == T - 1 else (
        f"while {'step' if t == T - 2 else 'the steps'} after it {'is' if t == T - 2 else 'are'} right")
    return f"It is wrong for {', '.join(gates)} at step {t} ({place})."


def _check_sum(grad, da: np.ndarray, rows: np.ndarray | None, later: np.ndarray | None) -> None:
    """Raise a Slip unless `grad` is the sum over time and sequences of rows times da; without rows of da.

    `later` are the rows of the step after.
    """
    def terms(rows: np.ndarray | None) -> np.ndarray:
        return da if rows is None else np.einsum("tbi,tbj->tbij", rows, da)

    right = terms(rows).sum(axis=(0, 1))
    slips = {
        Slip("one-step", "It is that of one step: add up all steps, with +=."):
            list(terms(rows).sum(axis=1)),
        Slip("mean-over-sequences", "It is a mean over the sequences: take the sum."): [right / da.shape[1]],
        Slip("mean-over-steps", "It is a mean over the steps: take the sum."): [right / len(da)],
        Slip("h-of-same-step", "It uses h of the same step: h_prev is h[t - 1]."):
            [terms(later).sum(axis=(0, 1))],
    }
    compare(grad, [right], slips, Slip("another-sum", "It is not the sum over t of rows.T @ da[t]."),
            same=close_to_one)


@check("integrator", "plain")
def check_biases(integrator: dict, plain: dict) -> str:
    """Try biases {"i": …, "f": …, "o": …} in fresh cells: one that adds up all g, one without memory c."""
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
                    raise _bias_slip(values[name], stays).after(
                        f"gate {name} should stay at {stays} whatever comes in, but at step {worst[0]} it is "
                        f"{gates[name][worst]:.4f}. ")
    return "Right: 200 steps added up, and 200 steps of which only the last one counts."


def _bias_slip(bias: float, wanted: int) -> Slip:
    if (bias > 0) != (wanted == 1) or bias == 0:
        return Slip("wrong-sign", "A large positive bias opens a gate, a large negative one shuts it.")
    return Slip("too-weak",
                f"The sign is right, but {bias:g} is too weak against the weights: take a larger one.")


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
        c, h = answer_of(step, x, h_prev, c_prev, W_xh, W_hh, b_h, *peep,
                         read=lambda answer: several_of(answer, "ch", "What step returns"))
        c, h = numbers_of(c, (B, H), "c"), numbers_of(h, (B, H), "h")
        right = _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, *peep)
        zero = np.zeros(H)
        slips = {
            Slip("no-peepholes", "No gate sees the memory yet."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, zero, zero, zero),
            Slip("o-does-not-look", "o does not look yet."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, peep[0], peep[1], zero),
            Slip("o-sees-old-c", "o looks at c_prev: it is there to see the new c."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, *peep, old=True),
            Slip("peepholes-swapped", "p_i and p_f have changed places."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, peep[1], peep[0], peep[2]),
        }
        if close(c, right[0]):
            otherwise = Slip("wrong-h", "h is wrong: p * c goes into the sum of its gate, inside the "
                                        "sigmoid, and o sees the new c.")
        else:
            otherwise = Slip("wrong-c", "c is wrong: p * c goes into the sum of its gate, inside the "
                                        "sigmoid; i and f see c_prev.")
        compare((c, h), right, slips, otherwise)
    return "Right: i and f look at the old memory, o at the new one."


def _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, p_i, p_f, p_o, old: bool = False):
    a_i, a_f, a_o, a_g = np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1)
    c = sigmoid(a_f + p_f * c_prev) * c_prev + sigmoid(a_i + p_i * c_prev) * np.tanh(a_g)
    return c, sigmoid(a_o + p_o * (c_prev if old else c)) * np.tanh(c)
