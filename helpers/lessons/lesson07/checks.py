"""The checks of the exercises of lesson 07: biases that tame an LSTM, peepholes."""

from collections.abc import Callable

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    arrays_of,
    check,
    close,
    compare,
    first_difference,
    numbers_of,
    part,
    several_of,
)
from helpers.networks import LSTM, sigmoid


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
        c, h = answer_of(step, x, h_prev, c_prev, W_xh, W_hh, b_h, *peep,
                         hint=f"\nIn this test c_prev is ({B}, {H}), and p_i, p_f and p_o are ({H},), one "
                              f"weight per unit.",
                         read=lambda answer: several_of(answer, "ch", "What step returns"))
        c, h = numbers_of(c, (B, H), "c"), numbers_of(h, (B, H), "h")
        right = _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, *peep)
        zero = np.zeros(H)
        mistakes = {
            Mistake("no-peepholes", "No gate uses the memory c yet."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, zero, zero, zero),
            Mistake("o-does-not-look", "The output gate o does not use c yet."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, peep[0], peep[1], zero),
            Mistake("o-sees-old-c", "o looks at c_prev, but it should see the new c."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, *peep, old=True),
            Mistake("another-block-order", "The blocks of a are not in the course's order, which is i, f, o, "
                                           "g."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, *peep, blocks="ifgo"),
            Mistake("tanh-of-c", "A gate sees c_prev as it is, without tanh."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, *peep, seen=np.tanh(c_prev)),
            Mistake("sees-h", "The peepholes of i and f multiply h_prev. They should multiply c_prev."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, *peep, seen=h_prev),
            Mistake("peephole-of-g", "p_i belongs in the sum of i, not in the sum of g."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, zero, peep[1], peep[2], g=peep[0]),
            Mistake("peepholes-swapped", "p_i and p_f are swapped."):
                _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, peep[1], peep[0], peep[2]),
        }
        if close(c, right[0]):
            otherwise = Mistake("wrong-h", "c is right, but h is not. Add p_o * c, with the new c, to the "
                                           "sum of o, inside the sigmoid. h is o * np.tanh(c).")
        else:
            b, k = first_difference(c, right[0])
            otherwise = Mistake("wrong-c", f"c[{b}, {k}] should be {right[0][b, k]:.4f}, and yours is "
                                           f"{c[b, k]:.4f}. Compare i, f, g and the line for c with the "
                                           "equations, one by one.")
        compare((c, h), right, mistakes, otherwise)
    return "Correct: i and f look at the old memory, o at the new one."


def _peeped(x, h_prev, c_prev, W_xh, W_hh, b_h, p_i, p_f, p_o, old=False, blocks="ifog", seen=None, g=0.0):
    a = dict(zip(blocks, np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1), strict=True))
    seen = c_prev if seen is None else seen
    c = sigmoid(a["f"] + p_f * seen) * c_prev + sigmoid(a["i"] + p_i * seen) * np.tanh(a["g"] + g * seen)
    return c, sigmoid(a["o"] + p_o * (c_prev if old else c)) * np.tanh(c)
