"""The checks of lesson 07: an LSTM forward and back, biases that tame it, peepholes."""

from collections.abc import Callable

import numpy as np

from helpers.lessons.checking import Slip, answer_of, check, close, first_slip, is_open, need_answers, numbers
from helpers.lessons.lesson07.lstm_by_hand import FAULTS, lstm_backward
from helpers.networks import LSTM, lstm_forward, sigmoid

GATES = "ifog"


@check
def check_step(step: Callable) -> str:
    """Try ``step(x, h_prev, c_prev, W_xh, W_hh, b_h) -> (i, f, o, g, c, h)`` on fresh numbers."""
    rng = np.random.default_rng(71)
    for D, H, B in ((3, 2, 1), (4, 4, 3), (2, 5, 2)):
        x, h_prev, c_prev = (rng.normal(size=(B, n)) for n in (D, H, H))
        W_xh, W_hh, b_h = rng.normal(size=(D, 4 * H)), rng.normal(size=(H, 4 * H)), rng.normal(size=4 * H)
        sizes = f"With {D} inputs, {H} units and {B} rows"
        answer = answer_of(step, x, h_prev, c_prev, W_xh, W_hh, b_h,
                           stops=f"{sizes} your step stops with {{error}}.")
        if not isinstance(answer, tuple | list) or len(answer) != 6:
            raise Slip("not-six", "step should return six arrays, in this order: i, f, o, g, c, h.")
        need_answers(*answer)
        parts = [numbers(part) for part in answer]
        a = np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1)
        i, f, o, g = *map(sigmoid, a[:3]), np.tanh(a[3])
        c = f * c_prev + i * g
        right = dict(zip("ifogch", (i, f, o, g, c, o * np.tanh(c)), strict=True))
        for (name, wanted), part in zip(right.items(), parts, strict=True):
            if part is None or part.shape != (B, H):
                shape = "is no array of finite numbers" if part is None else f"has shape {part.shape}"
                raise Slip("no-numbers" if part is None else "wrong-shape",
                           f"{sizes}, {name} {shape}; it should have shape ({B}, {H}).")
            if not np.allclose(part, wanted, atol=1e-9):
                slip = _step_slip(name, part, a, x, h_prev, c_prev, W_xh, W_hh, b_h)
                raise slip.after(f"{name} is wrong. ")
    return "Right: all four gates and both states, on three fresh cells of different sizes."


def _step_slip(name, part, a, x, h_prev, c_prev, W_xh, W_hh, b_h) -> Slip:
    """What was probably done instead for the gate or state `name`."""
    def same(other) -> bool:
        return np.allclose(part, other, atol=1e-9)

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
        without = {"no-bias": ("the bias b_h", x @ W_xh + h_prev @ W_hh),
                   "no-h-prev": ("h_prev", x @ W_xh + b_h),
                   "no-input": ("the input x", h_prev @ W_hh + b_h)}
        for slip, (what, total) in without.items():
            if same(squash(np.split(total, 4, axis=1)[k])):
                return Slip(slip, f"In its sum {what} is left out.")
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
    return first_slip(slips, part, Slip(
        "another-number", f"Its first number is {part[0, 0]:.4f}: compare it with the equations of section "
                          "4."))


@check
def check_backward(backward: Callable) -> str:
    """Try ``backward(p, x, h, c, gates, d_h) -> (grads, da)`` on fresh cells; da is (T, B, 4H)."""
    rng = np.random.default_rng(72)
    for D, H, B, T in ((3, 4, 2, 5), (2, 2, 1, 4)):
        p = LSTM(D, H).init(rng, scale=0.8)
        x, d_h = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
        h, c, gates = lstm_forward(p, x, rng.normal(size=(B, H)), rng.normal(size=(B, H)))
        answer = answer_of(backward, p, x, h, c, gates, d_h, stops="Your backward stops with {error}.")
        try:
            grads, da = answer
            da = np.asarray(da, dtype=float)
            found = {name: np.asarray(grads[name], dtype=float) for name in p}
        except Exception:
            raise Slip("not-two", "backward should return grads, with W_xh, W_hh and b_h in it, and da of "
                                  "shape (T, B, 4H).") from None
        wanted = lstm_backward(p, x, h, c, gates, d_h)
        if da.shape != wanted.shape:
            raise Slip("da-shape",
                       f"da has shape {da.shape}, expected {wanted.shape}: 4H numbers a step and sequence.")
        if not np.allclose(da, wanted, atol=1e-9):
            slip = next((Slip(fault.replace(" ", "-"), words) for fault, words in FAULTS.items()
                         if np.allclose(da, lstm_backward(p, x, h, c, gates, d_h, fault), atol=1e-9)),
                        Slip("another-da",
                             "Compare that line with section 5: which number does the gate multiply?"))
            raise slip.after(_where(da, wanted, T, H) + "\n")
        _check_sums(found, da, x, h)
    return "Right: every gate at every step, and all three gradients, on two fresh cells."


def _where(da: np.ndarray, wanted: np.ndarray, T: int, H: int) -> str:
    """The last step, which is the first that a backward pass does, at which da is wrong, and its gates."""
    bad = ~np.isclose(da, wanted, atol=1e-9)
    t = int(np.flatnonzero(bad.any(axis=(1, 2)))[-1])
    gates = [gate for gate, block in zip(GATES, np.split(bad[t], 4, axis=1), strict=True) if block.any()]
    place = "the last, where nothing comes from later steps yet" if t == T - 1 else (
        f"while {'step' if t == T - 2 else 'the steps'} after it {'is' if t == T - 2 else 'are'} right")
    return f"da is wrong for {', '.join(gates)} at step {t} ({place})."


def _check_sums(found, da, x, h) -> None:
    """Check the gradients that are sums over time, given the right da."""
    T = len(x)
    h_prev = np.stack([h[t - 1] for t in range(T)])
    h_now = np.stack([h[t] for t in range(T)])
    for name, rows in (("W_xh", x), ("W_hh", h_prev), ("b_h", None)):
        terms = da if rows is None else np.einsum("tbi,tbj->tbij", rows, da)
        right, grad = terms.sum(axis=(0, 1)), found[name]
        if grad.shape != right.shape:
            raise Slip("wrong-shape",
                       f"The gradient by {name} has shape {grad.shape}, expected that of {name}, "
                       f"{right.shape}.")
        if np.allclose(grad, right, atol=1e-9):
            continue
        slips = {
            Slip("one-step", "is that of one step: add up all steps, with +=."):
                [terms[t].sum(axis=0) for t in range(T)],
            Slip("mean-over-sequences", "is a mean over the sequences: take the sum."): [right / x.shape[1]],
            Slip("mean-over-steps", "is a mean over the steps: take the sum."): [right / T],
        }
        if name == "W_hh":
            slips[Slip("h-of-same-step", "uses h of the same step: h_prev is h[t - 1].")] = [
                np.einsum("tbi,tbj->ij", h_now, da)]
        slip = first_slip(
            slips, grad, Slip("another-sum", "is not: it is the sum over t of rows.T @ da[t]."),
            same=lambda grad, values: any(np.allclose(grad, value, atol=1e-9) for value in values))
        raise slip.after(f"da is right, but the gradient by {name} ")


@check
def check_biases(integrator: dict, plain: dict) -> str:
    """Try biases {"i": …, "f": …, "o": …} in fresh cells: one that adds up all g, one without memory c."""
    rng = np.random.default_rng(73)
    for goal, biases in (("integrator", integrator), ("plain", plain)):
        if not isinstance(biases, dict) or set(biases) != set("ifo"):
            raise Slip("no-dictionary", f"{goal} should be a dictionary with the keys i, f and o.")
        need_answers(*biases.values())
        values = {name: numbers(value) for name, value in biases.items()}
        if any(value is None or value.size != 1 for value in values.values()):
            raise Slip("no-number", f"{goal}: give one finite number for each of i, f and o.")
        wanted = {"i": 1, "f": 1 if goal == "integrator" else 0, "o": 1}
        cell = LSTM(3, 6)
        p = cell.init(rng)
        for k, name in enumerate("ifo"):
            p.b_h[6 * k : 6 * (k + 1)] = values[name].item()
        h, _, tape = cell.forward(p, rng.normal(size=(200, 1, 3)))
        for name, gate in cell.gates(tape).items():
            if name in wanted and np.abs(gate - wanted[name]).max() > 1e-3:
                worst = np.unravel_index(np.argmax(np.abs(gate - wanted[name])), gate.shape)
                raise _bias_slip(values[name].item(), wanted[name]).after(
                    f"{goal}: gate {name} should stay at {wanted[name]} whatever comes in, but at step "
                    f"{worst[0]} it is {gate[worst]:.4f}. ")
        g = cell.gates(tape)["g"]
        aim = np.tanh(g.sum(axis=0)) if goal == "integrator" else np.tanh(g[-1])
        if not np.allclose(h[-1], aim, atol=0.05):
            raise Slip("another-h",
                       f"{goal}: after 200 steps h is {h[-1, 0, 0]:.3f}, but should be {aim[0, 0]:.3f}.")
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
        answer = answer_of(
            step, x, h_prev, c_prev, W_xh, W_hh, b_h, *peep, stops="Your step stops with {error}.",
            unanswered=lambda answer: is_open(answer) or (
                isinstance(answer, tuple) and any(part is ... for part in answer)))
        parts = [numbers(part) for part in answer] if isinstance(answer, tuple | list) else []
        if len(parts) != 2 or any(part is None or part.shape != (B, H) for part in parts):
            raise Slip("not-two", f"step should return c and h, both of shape ({B}, {H}) here.")
        c, h = parts
        right = _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, *peep)
        if np.allclose(c, right[0], atol=1e-9) and np.allclose(h, right[1], atol=1e-9):
            continue
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
        if np.allclose(c, right[0], atol=1e-9):
            otherwise = Slip("wrong-h", "h is wrong: p * c goes into the sum of its gate, inside the "
                                        "sigmoid, and o sees the new c.")
        else:
            otherwise = Slip("wrong-c", "c is wrong: p * c goes into the sum of its gate, inside the "
                                        "sigmoid; i and f see c_prev.")
        raise first_slip(slips, (c, h), otherwise, same=lambda answer, wrong: all(map(close, answer, wrong)))
    return "Right: i and f look at the old memory, o at the new one."


def _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, p_i, p_f, p_o, old: bool = False):
    a_i, a_f, a_o, a_g = np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1)
    c = sigmoid(a_f + p_f * c_prev) * c_prev + sigmoid(a_i + p_i * c_prev) * np.tanh(a_g)
    return c, sigmoid(a_o + p_o * (c_prev if old else c)) * np.tanh(c)
