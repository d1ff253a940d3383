"""The mistakes that the checks of lesson 07 know, each with a wrong answer and what the check says to it.

A mistake in an exercise is a `Mutant`, a wrong function. One in a stage is a `Change` of its reference
version. Tests try each check on its RIGHT and WRONG answers.
"""

from collections.abc import Callable
from types import FunctionType

import numpy as np

from helpers.checks import Mutant
from helpers.checks.stages import Mutant as Change
from helpers.checks.stages import with_changes
from helpers.lessons.lesson07 import plain_lstm as plain
from helpers.networks import sigmoid

# Peepholes.


def step_with_peepholes(x, h_prev, c_prev, W_xh, W_hh, b_h, p_i, p_f, p_o, old=False, blocks="ifog",
                        seen=None, p_g=0.0):
    """The next c and h. i, f and g see c_prev, or what is `seen` instead; o sees c, or with `old` c_prev.

    `blocks` is the order of the gates in the columns.
    """
    a = dict(zip(blocks, np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1), strict=True))
    seen = c_prev if seen is None else seen
    c = sigmoid(a["f"] + p_f * seen) * c_prev + sigmoid(a["i"] + p_i * seen) * np.tanh(a["g"] + p_g * seen)
    return c, sigmoid(a["o"] + p_o * (c_prev if old else c)) * np.tanh(c)


PEEPHOLES = (
    Mutant("no-peepholes", lambda *given: step_with_peepholes(*given[:6], 0, 0, 0),
           "No gate uses the memory c yet."),
    Mutant("o-does-not-look", lambda *given: step_with_peepholes(*given[:8], 0),
           "The output gate o does not use c yet."),
    Mutant("o-sees-old-c", lambda *given: step_with_peepholes(*given, old=True),
           "o looks at c_prev, but it should see the new c."),
    Mutant("another-block-order", lambda *given: step_with_peepholes(*given, blocks="ifgo"),
           "The blocks of a are not in the course's order, which is i, f, o, g."),
    Mutant("tanh-of-c", lambda *given: step_with_peepholes(*given, seen=np.tanh(given[2])),
           "A gate sees c_prev as it is, without tanh."),
    Mutant("sees-h", lambda *given: step_with_peepholes(*given, seen=given[1]),
           "The peepholes of i and f multiply h_prev. They should multiply c_prev."),
    Mutant("peephole-of-g", lambda *given: step_with_peepholes(*given[:6], 0, *given[7:], p_g=given[6]),
           "p_i belongs in the sum of i, not in the sum of g."),
    Mutant("peepholes-swapped", lambda *given: step_with_peepholes(*given[:6], given[7], given[6], given[8]),
           "p_i and p_f are swapped."),
)


# The small LSTM.


def train_small(W_xh, W_hh, b_h, inputs, targets, rate=0.1, updates=100, squashed=False, factor=2.0,
                mean=False) -> np.ndarray:
    """Losses before each update and after the last: the sum over time of (h_t[0] - target_t)^2, h = o c.

    With `squashed` h = o tanh(c); `factor` is the 2 in the derivative of the square. With `mean` the loss is
    a mean over time. The arguments don't change.
    """
    W_xh, W_hh, b_h = W_xh.copy(), W_hh.copy(), b_h.copy()
    H, T, losses = len(W_hh), len(inputs), []
    for _ in range(updates + 1):
        h, c, steps = np.zeros(H), np.zeros(H), []
        for x in inputs:
            a = x @ W_xh + h @ W_hh + b_h
            i, f, o, g = (*np.split(sigmoid(a[: 3 * H]), 3), np.tanh(a[3 * H :]))
            before, c = (x, h, c), f * c + i * g
            shown = np.tanh(c) if squashed else c
            h = o * shown
            steps.append((before, (i, f, o, g), shown))
        scale = 1 / T if mean else 1.0
        errors = np.array([(o * shown)[0] for _, (_, _, o, _), shown in steps]) - targets
        losses.append(scale * np.sum(errors**2))
        d_W_xh, d_W_hh, d_b = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
        dh, dc = np.zeros(H), np.zeros(H)
        for ((x, h_prev, c_prev), (i, f, o, g), shown), error in zip(steps[::-1], errors[::-1], strict=True):
            dh[0] += scale * factor * error
            dc = dc + dh * o * (1 - shown**2 if squashed else 1)
            da = np.concatenate([dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dh * shown * o * (1 - o),
                                 dc * i * (1 - g**2)])
            d_W_xh += np.outer(x, da)
            d_W_hh += np.outer(h_prev, da)
            d_b += da
            dh, dc = W_hh @ da, dc * f
        W_xh -= rate * d_W_xh
        W_hh -= rate * d_W_hh
        b_h -= rate * d_b
    return np.array(losses)


SMALL_LSTM = (
    Mutant("squashed", lambda **given: train_small(**given, squashed=True),
           "h = o c here, without the tanh."),
    Mutant("mean", lambda **given: train_small(**given, mean=True),
           "The loss is the sum over the steps, not their mean."),
    Mutant("no-factor-two", lambda **given: train_small(**given, factor=1.0),
           "The factor 2 is missing. The derivative of (h - y)^2 is 2 (h - y)."),
    Mutant("sign", lambda **given: train_small(**given, rate=-0.1),
           "The sign of the update, or of the gradient, is flipped, so the loss rises. It should fall."),
    Mutant("another-rate", lambda **given: train_small(**given, rate=0.01),
           "The learning rate should be 0.1."),
)


# The stages.


STEP = (                # what c and h are made of
    Change("gates-swapped", (("f * c_prev + i * g", "i * c_prev + f * g"),),
           "One gate keeps what is there, another lets in what is new. Which is which?",
           "i and f are swapped. f should multiply c_prev, and i should multiply g."),
    Change("no-c-prev", (("f * c_prev + i * g", "i * g"),),
           "What does the new memory know about the old one?",
           "The old memory is left out. Write f * c_prev + i * g."),
    Change("no-f", (("f * c_prev", "c_prev"),),
           "Can this memory be flushed?", "f is left out. It multiplies c_prev."),
    Change("no-i", (("i * g", "g"),),
           "Who decides whether anything is added?", "i is left out. It multiplies g."),
    Change("no-g", (("i * g", "i"),),
           "A gate says how much. How much of what?", "g is left out. What is added is i * g."),
    Change("c-squashed", (("c = f * c_prev + i * g", "c = np.tanh(f * c_prev + i * g)"),),
           "If f = 1 and i = 0, the memory should pass unchanged. Does it?",
           "You squash c, but no tanh is around f * c_prev + i * g. The only tanh of c is the one in h."),
    Change("no-tanh", (("o * np.tanh(c)", "o * c"),),
           "c can add up to anything. Can h be larger than 1?",
           "c is shown as it is, but h is o * np.tanh(c)."),
    Change("no-o", (("o * np.tanh(c)", "np.tanh(c)"),),
           "Who decides whether anything is shown?", "o is left out. h is o * np.tanh(c)."),
    Change("tanh-of-product", (("o * np.tanh(c)", "np.tanh(o * c)"),),
           "What is squashed, the memory or the share of it that is shown?",
           "tanh is around o * c, but it belongs around c alone."),
    Change("sigmoid-of-c", (("o * np.tanh(c)", "o * sigmoid(c)"),),
           "Can h be negative?", "c is squashed by a sigmoid, but h is o * np.tanh(c)."),
    Change("old-c", (("o * np.tanh(c)", "o * np.tanh(c_prev)"),),
           "Which memory is shown, the one before this step or the one after it?",
           "h is computed from c_prev. It should be computed from the new c."),
)

OF_DC = (               # of dc, of which nearly all is made
    Change("no-dc-next", ((" + dc_next", ""),),
           "Two things depend on c, this step's h and the c of the next step. Which one is missing?",
           "What later steps contribute to dc is left out. Add dc_next."),
    Change("dh-not-used", (("dh * o * (1 - np.tanh(c) ** 2) + dc_next", "dc_next"),),
           "Two things depend on c, this step's h and the c of the next step. Which one is missing?",
           "What comes through h is left out. Add dh * o * (1 - np.tanh(c) ** 2) to dc_next."),
    Change("no-slope", (("dh * o * (1 - np.tanh(c) ** 2)", "dh * o"),),
           "h = o tanh(c). What is between h and c besides o?",
           "The slope of tanh is missing. Write dh * o * (1 - np.tanh(c) ** 2)."),
    Change("no-o", (("dh * o * (1 - np.tanh(c) ** 2)", "dh * (1 - np.tanh(c) ** 2)"),),
           "h = o tanh(c). If o is 0, does a change of c change h?",
           "The factor o is missing. Write dh * o * (1 - np.tanh(c) ** 2)."),
    Change("slope-of-c", (("dh * o * (1 - np.tanh(c) ** 2)", "dh * o * (1 - c**2)"),),
           "The slope of tanh is 1 minus the square of its result. Is c the result?",
           "The slope is computed from c itself, but it is 1 - np.tanh(c) ** 2."),
    Change("no-square", (("dh * o * (1 - np.tanh(c) ** 2)", "dh * o * (1 - np.tanh(c))"),),
           "At c = 0 tanh is steepest, and on both sides the slope falls. Does yours?",
           "The square is missing. The slope is 1 - np.tanh(c) ** 2."),
    Change("both-multiplied", (("dh * o * (1 - np.tanh(c) ** 2) + dc_next",
                                "dh * o * (1 - np.tanh(c) ** 2) * dc_next"),),
           "c has a gradient from h and one from later steps. What happens where two gradients meet?",
           "You multiply them, but where two paths meet, gradients are added."),
    Change("do-for-dh", (("dh * o * (1 - np.tanh(c) ** 2)", "do * (1 - np.tanh(c) ** 2)"),),
           "h = o tanh(c), and do is what o receives. What does the other factor receive?",
           "dc is computed from do. It should be computed from dh, as dh * o * (1 - np.tanh(c) ** 2)."),
    Change("no-brackets-in-dc", (("dh * o * (1 - np.tanh(c) ** 2)", "dh * o * 1 - np.tanh(c) ** 2"),),
           "What is computed first in the line of dc, the product or the difference?",
           "The slope of tanh needs brackets, because * comes before -. Write "
           "dh * o * (1 - np.tanh(c) ** 2)."),
)

OF_LINES = (            # of the lines of the gates, and of what goes to the step before
    Change("of-dc-next", (("dc * g, dc * c_prev, dc * i", "dc_next * g, dc_next * c_prev, dc_next * i"),
                          ("dc_prev = dc * f", "dc_prev = dc_next * f")),
           "Should this line depend only on later steps, or on this step's h, too?",
           "It is computed from dc_next. It should be computed from dc, which also has what comes "
           "through h."),
    Change("own-factor", (("dc * g, dc * c_prev, dc * i", "dc * i, dc * f, dc * g"),),
           "In a product, a change of one factor is multiplied by the other factor.",
           "You multiply dc by the factor itself, not by the other one. In i * g, i receives dc * g, and g "
           "receives dc * i. f receives dc * c_prev."),
    Change("new-c", (("dc * c_prev", "dc * c"),),
           "Which memory does f multiply in the forward pass?",
           "df is computed with the new c, but f multiplies the old one, so df is dc * c_prev."),
    Change("c-for-g", (("di, df, dg = dc * g, ", "di, df, dg = dc * c_prev, "),),
           "What multiplied i in the forward pass?",
           "di is computed with c_prev, but i multiplies g, so di is dc * g."),
    Change("no-sigmoid", (("di * i * (1 - i)", "di"), ("df * f * (1 - f)", "df"), ("do * o * (1 - o)", "do")),
           "Which function is between the gate and its sum?",
           "The slope of the sigmoid is missing. It is s * (1 - s), where s is the gate."),
    Change("half-a-slope",
           (("di * i * (1 - i)", "di * (1 - i)"), ("df * f * (1 - f)", "df * (1 - f)"),
            ("do * o * (1 - o)", "do * (1 - o)")),
           "A gate hardly moves if it is fully shut or fully open. Is your slope small in both cases?",
           "The slope of the sigmoid is s * (1 - s), and the factor s is missing."),
    Change("tanh-slope", (("di * i * (1 - i)", "di * (1 - i**2)"), ("df * f * (1 - f)", "df * (1 - f**2)"),
                          ("do * o * (1 - o)", "do * (1 - o**2)")),
           "Which function is between the gate and its sum?",
           "That is the slope of tanh, but the gate is a sigmoid, whose slope is s * (1 - s)."),
    Change("squashed-twice",
           (("di * i * (1 - i)", "di * sigmoid(i) * (1 - sigmoid(i))"),
            ("df * f * (1 - f)", "df * sigmoid(f) * (1 - sigmoid(f))"),
            ("do * o * (1 - o)", "do * sigmoid(o) * (1 - sigmoid(o))"),
            ("dg * (1 - g**2)", "dg * (1 - np.tanh(g) ** 2)")),
           "The slope is written with the result of the function. Do you have that already?",
           "The gate is squashed again. It is already the result of the function, so use it as it is."),
    Change("no-brackets",
           (("di * i * (1 - i)", "di * i * 1 - i"), ("df * f * (1 - f)", "df * f * 1 - f"),
            ("do * o * (1 - o)", "do * o * 1 - o"), ("dg * (1 - g**2)", "dg * 1 - g**2")),
           "What is computed first in this line, the product or the difference?",
           "The slope needs brackets, because * comes before -."),
    Change("no-tanh", (("dg * (1 - g**2)", "dg"),),
           "Which function is between g and its sum?",
           "The slope of tanh is missing. Write dg * (1 - g**2)."),
    Change("sigmoid-slope", (("dg * (1 - g**2)", "dg * g * (1 - g)"),),
           "Which function is between g and its sum?",
           "That is the slope of a sigmoid, but g is a tanh, whose slope is 1 - g**2."),
    Change("no-f", (("dc_prev = dc * f", "dc_prev = dc"),),
           "What multiplied c_prev in the forward pass?", "The factor f is missing. Write dc_prev = dc * f."),
    Change("dc-times-i", (("dc_prev = dc * f", "dc_prev = dc * i"),),
           "What multiplied c_prev in the forward pass?",
           "dc is multiplied by i, but c_prev was multiplied by f, so dc_prev is dc * f."),
)

STEP_BACK = OF_DC + OF_LINES

BACKWARD = (            # mistakes of the loop
    Change("not-reversed", (("reversed(range(len(x)))", "range(len(x))"),),
           "In the backward pass, which step must be done before step t, step t - 1 or step t + 1?",
           "The loop runs forward. Write `for t in reversed(range(len(x))):`."),
    Change("no-dh", (("d_h[t] + dh_next", "d_h[t]"),),
           "h[t] was used twice, by the loss of its own step and by the step after it.",
           "What the later steps contribute to dh is not passed back. Write dh = d_h[t] + dh_next, where "
           "dh_next is the dh_prev of step t + 1."),
    Change("no-d-h", (("d_h[t] + dh_next", "dh_next"),),
           "h[t] was used twice, by the loss of its own step and by the step after it.",
           "What the step's own loss contributes is left out. Write dh = d_h[t] + dh_next."),
    Change("no-dc", (("da[t], dh_next, dc_next =", "da[t], dh_next, _ ="),),
           "Two gradients are passed back from step to step. Which two?",
           "What the later steps contribute to dc is not passed back. The dc_prev of a step is the dc_next "
           "of the step before it."),
    Change("nothing-carried", (("da[t], dh_next, dc_next =", "da[t], _, _ ="),),
           "A step returns two gradients for the step before it. Where do they go?",
           "dh_next and dc_next stay zero. Assign to them what lstm_step_back returns."),
    Change("carried-swapped", (("da[t], dh_next, dc_next =", "da[t], dc_next, dh_next ="),),
           "Two gradients are passed back from step to step, each along its own state.",
           "dh_next and dc_next are swapped. lstm_step_back returns da, dh_prev and dc_prev, in this order."),
    Change("c-swapped", (("c[t - 1], c[t],", "c[t], c[t - 1],"),),
           "Which of the two memories was there before this step?",
           "c and c_prev are swapped. c_prev is c[t - 1], and c is c[t]."),
    Change("new-c", (("c[t - 1], c[t],", "c[t], c[t],"),),
           "Which memory did f multiply at step t?",
           "f multiplies the c of the step before, so c_prev is c[t - 1], not c[t]."),
    Change("old-c", (("c[t - 1], c[t],", "c[t - 1], c[t - 1],"),),
           "Which memory was shown at step t?",
           "h[t] was computed from the new c, so pass c[t], not c[t - 1]."),
)

IN_A_LOOP = (           # mistakes in lstm_step_back that only a loop without new names can make
    Change("late-dc", (("dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next", "dc = dc_next"),
                       ("dc_prev = dc * f", "dc_prev = (dc + dh_prev * o * (1 - np.tanh(c) ** 2)) * f")),
           "In which line is dc complete, and which lines use it before that?",
           "The gradient of c uses dh after dh was overwritten for the step before. Complete dc "
           "first, and only then overwrite dh."),
)


def through_sequence(step_back: Callable) -> Callable:
    """The reference version of `backward`, with this step back instead of its own."""
    return FunctionType(plain.backward.__code__, {**plain.backward.__globals__, "lstm_step_back": step_back})


def faulty_sequences() -> list[tuple[Change, Callable]]:
    """Each known mistake in a backward pass through a sequence, and the function that makes it."""
    loops = [(mutant, with_changes(plain.backward, mutant.changes)) for mutant in BACKWARD]
    return loops + [(mutant, through_sequence(with_changes(plain.lstm_step_back, mutant.changes)))
                    for mutant in IN_A_LOOP + STEP_BACK]


# Answers to the checks.


def sequence_in_lists(*given):
    """In a dictionary, in single precision and in lists."""
    grads, da = plain.backward(*given)
    single = {name: np.float32(grad) for name, grad in grads.items()}
    return {**single, "b_h": grads.b_h.tolist()}, da.tolist()


def round_off(function: Callable) -> Callable:
    """The function, with what it returns as a list and rounded to single precision."""
    return lambda *given, **named: [np.float32(value) for value in function(*given, **named)]


def change(function: Callable, old: str, new: str) -> tuple[Callable]:
    """The answer to a check, which is the function with one change."""
    return (with_changes(function, ((old, new),)),)


def answer_biases(**others: float) -> tuple[dict, dict]:
    """The answers to `check_biases`, right but for the integrator's `others`."""
    return {**dict.fromkeys("ifo", 15), **others}, {"i": 15, "f": -15, "o": 15}


SUSPECT = through_sequence(with_changes(plain.lstm_step_back, IN_A_LOOP[0].changes))

RIGHT = {
    "check_biases": [answer_biases(), (dict.fromkeys("oif", 1000), {"f": np.float32(-30), "i": np.int64(40),
                                                                   "o": np.array([40.0])})],
    "check_peepholes": [(step_with_peepholes,), (round_off(step_with_peepholes),)],
    "check_small_lstm": [(train_small,), (round_off(train_small),)],
    "check_second_suspect": [(3, "ifg", plain.backward), (3.0, "g, f, I", sequence_in_lists),
                             (3, ["i", "f", "g"], plain.backward)],
    "check_lstm_step": [(plain.lstm_step,), (round_off(plain.lstm_step),)],
    "check_lstm_step_back": [(plain.lstm_step_back,), (round_off(plain.lstm_step_back),)],
    "check_backward": [(plain.backward,), (sequence_in_lists,)],
}
WRONG = {
    "check_biases": [("wrong-sign", answer_biases(f=-15)), ("too-weak", answer_biases(i=2))],
    "check_peepholes": [
        *((mutant.name, (mutant.wrong,)) for mutant in PEEPHOLES),
        ("wrong-h", (lambda *given: (step_with_peepholes(*given)[0], 0 * given[2]),)),
        ("wrong-c", (lambda *given: (0 * given[2], step_with_peepholes(*given)[1]),)),
    ],
    "check_small_lstm": [
        *((mutant.name, (mutant.wrong,)) for mutant in SMALL_LSTM),
        ("one-too-few", (lambda **given: train_small(**given, updates=99),)),
        ("mean-told", (lambda **given: train_small(**given) / len(given["inputs"]),)),
        ("first-loss", (lambda **given: 1 + train_small(**given),)),
        ("gradient", (lambda **given: train_small(**given, rate=0.2),)),
    ],
    "check_second_suspect": [
        ("last-step", (4, "ifg", plain.backward)),
        ("read-from-the-left", (0, "ifg", plain.backward)),
        ("no-step", (7, "ifg", plain.backward)),
        ("o-is-right", (3, "ifog", plain.backward)),
        ("a-gate-missing", (3, "fi", plain.backward)),
        ("no-gates", (3, "all", plain.backward)),
        ("still-wrong", (3, "ifg", SUSPECT)),
        ("not-yet", (..., ..., SUSPECT)),           # not "still-wrong", which would tell step and gates
        ("another-gradient", (3, "ifg", *change(plain.backward, "W_hh += h", "W_hh += 2 * h"))),
    ],
    "check_lstm_step": [
        *((mutant.name, (with_changes(plain.lstm_step, mutant.changes),)) for mutant in STEP),
        *((name, change(plain.lstm_step, old, new)) for name, old, new in (
            ("wrong-block", "a_i, a_f, a_o, a_g = ", "a_i, a_f, a_g, a_o = "),
            ("no-bias", " + p.b_h", ""),
            ("no-h-prev", " + h_prev @ p.W_hh", ""),
            ("no-input", "x @ p.W_xh + ", ""),
            ("sigmoid-for-tanh", "np.tanh(a_g)", "sigmoid(a_g)"),
            ("tanh-for-sigmoid", "sigmoid(a_o)", "np.tanh(a_o)"),
            ("not-squashed", "np.tanh(a_g)", "a_g"),
            ("another-gate", "np.tanh(a_g)", "np.tanh(2 * a_g)"),
            ("another-state", "c = f * c_prev + i * g", "c = -f * c_prev - i * g"),
            ("other-order", "return i, f, o, g, c, h", "return i, f, o, g, h, c"))),
    ],
    "check_lstm_step_back": [
        *((mutant.name, (with_changes(plain.lstm_step_back, mutant.changes),)) for mutant in STEP_BACK
          if mutant.name != "of-dc-next"),       # in all lines at once it is another
        *((name, change(plain.lstm_step_back, old, new)) for name, old, new in (
            ("of-dc-next", "dc * g,", "dc_next * g,"),
            ("of-dc-next", "dc * i", "dc_next * i"),
            ("of-dc-next", "dc_prev = dc * f", "dc_prev = dc_next * f"),
            ("another-dc", " + dc_next", " + dc_next + 0.1"),
            ("another-line", "da_g = dg", "da_g = 2 * dg"))),
    ],
    "check_backward": [
        *((mutant.name, (wrong,)) for mutant, wrong in faulty_sequences()
          if mutant.name not in ("no-dc-next", "both-multiplied", "of-dc-next")),   # in a loop as others
        *((name, change(plain.backward, old, new)) for name, old, new in (
            ("another-da", "d_h[t] + dh_next", "d_h[t] + dh_next / 2"),
            ("one-step", "W_xh += ", "W_xh = "),
            ("mean-over-sequences", "da[t].sum(", "da[t].mean("),
            ("mean-over-steps", "h[t - 1].T", "h[t - 1].T / len(x)"),
            ("h-of-same-step", "h[t - 1].T", "h[t].T"),
            ("another-sum", "W_hh += ", "W_hh -= "))),
    ],
}
