"""The mistakes that the checks of lesson 03 know, each as a change of the reference version, and answers on
which the tests try the checks.
"""

import numpy as np

from helpers.checks.stages import Mutant, with_changes
from helpers.lessons.lesson03 import plain

_FACTORS = ("through_u = v * 2 * x", "through_v = u * 3")      # of the plain form, to be written otherwise


def _both(u: str, v: str) -> tuple[tuple[str, str], ...]:
    return tuple(zip(_FACTORS, (f"through_u = {u}", f"through_v = {v}"), strict=True))


SLOPE = (
    Mutant("inner-slope-forgotten", _both("v", "u"),
           "That is how far u, or v, moves L. But it is x that moves. How far does x move u and v?",
           "The second factor is missing: du/dx = 2 x in the first term, dv/dx = 3 in the second."),
    Mutant("outer-slope-forgotten", _both("2 * x", "3"),
           "That is how far x moves u, or v. How far do u and v move L?",
           "The first factor is missing. L = u v, so dL/du = v and dL/dv = u."),
    Mutant("itself-for-the-other", _both("u * 2 * x", "v * 3"),
           "L = u v. If you hold v and move u by 1, by how much does L move?",
           "dL/du is v, not u, and dL/dv is u."),
    Mutant("slopes-multiplied", _both("2 * x * 3", "2 * x * 3"),
           "Each path is a separate chain, from L to u to x and from L to v to x. What are its two factors?",
           "Yours comes to 6 x, as 2 x * 3 and v * 2 do. The factors of one path are v and 2 x, and those of "
           "the other one are u and 3."),
    Mutant("terms-multiplied", _both("v * 2 * x * u * 3", "v * 2 * x * u * 3"),
           "What comes along several paths is added up. This function returns the terms before they are "
           "added.",
           "You multiply the two terms. Return each of them as it is."),
    Mutant("of-the-example", _both("24 + 0 * x", "12 + 0 * x"),
           "Those are the numbers at x = 2. What are they when x is a different number?",
           "Write the factors with x in them: v * 2 * x and u * 3."),
    Mutant("values-multiplied", _both("v * u", "u * v"),
           "That is L itself. How far does L move when x moves a little?",
           "Only one of the two factors is a value, and the other is a slope: v times du/dx, u times dv/dx."),
    Mutant("whole", _both("9 * x**2", "9 * x**2"),
           "That is all of dL/dx. Which part of it comes through u while v is held?",
           "Return two terms, dL/du du/dx and dL/dv dv/dx. Only their sum is 9 x**2."),
)

SWEEP = (
    Mutant("no-carry", ((" + dh_next", ""),),
           "h[t] affects its own loss and the step after it. Which of the two is in your dh?",
           "What later steps pass back never reaches dh. It takes two lines: step t computes "
           "dh_next = da * w, and step t - 1 adds it to the term from its own loss. Do you have both "
           "lines, and do they use the same name?"),
    Mutant("no-slope", (("(1 - h[t] ** 2) * dh", "dh"),),
           "Between dh and da there is tanh. What is its slope?",
           "The slope of tanh is missing: da = (1 - h[t] ** 2) * dh."),
    Mutant("tanh-twice", (("1 - h[t] ** 2", "1 - np.tanh(h[t]) ** 2"),),
           "The slope of tanh is 1 - tanh(a)**2. What is h[t] already?",
           "You take tanh twice. h[t] is already tanh(a), so the slope is 1 - h[t] ** 2."),
    Mutant("slope-of-the-state-before", (("1 - h[t] ** 2", "1 - h[t - 1] ** 2"),),
           "Which state came out of the tanh of step t?",
           "The slope comes from h[t], which tanh computed. h[t - 1] went into the sum inside it."),
    Mutant("no-parentheses", (("(1 - h[t] ** 2) * dh", "1 - h[t] ** 2 * dh"),),
           "If dh is 0, what should da be, and what is yours?",
           "Without parentheses dh multiplies only h[t] ** 2. Write (1 - h[t] ** 2) * dh."),
    Mutant("square-of-difference", (("(1 - h[t] ** 2)", "(1 - h[t]) ** 2"),),
           "Where is the square in the slope of tanh?", "The slope is 1 - h[t] ** 2, not (1 - h[t]) ** 2."),
    Mutant("state-after", (("da * h[t - 1]", "da * h[t]"),),
           "What did w multiply in step t?",
           "w multiplied the state before, h[t - 1]. h[t] is the result."),
    Mutant("dh-carried", (("dh_next = da * w", "dh_next = dh * w"),),
           "The path from h[t] back to h[t - 1] leads through tanh and then through w.",
           "You pass back dh, which skips tanh. Write dh_next = da * w."),
    Mutant("no-w", (("dh_next = da * w", "dh_next = da"),),
           "What multiplied h[t - 1] before it went into the sum?",
           "w is missing from what is passed back: dh_next = da * w."),
    Mutant("slope-twice", (("dh_next = da * w", "dh_next = da * w * (1 - h[t] ** 2)"),),
           "What is in da already?",
           "The slope of tanh is already in da. Write dh_next = da * w."),
    Mutant("no-slope-of-h-prev", (("dh_next = da * w", "dh_next = da * w * (1 - h[t - 1] ** 2)"),),
           "dh_next arrives at h[t - 1]. Is that before or after the tanh of step t - 1?",
           "You include the slope of step t - 1, which that step applies itself. Write dh_next = da * w."),
    Mutant("carry-piled-up", (("dh_next = da", "dh_next += da"),),
           "Step t passes back only its own da, which already contains all later steps.",
           "You add to dh_next, but it should be replaced at each step: dh_next = da * w, with =."),
    Mutant("not-added", (("dw +=", "dw ="),),
           "w was used at every step. What happens to what the other steps added?",
           "= throws away what was there. Write dw += da * h[t - 1]."),
    Mutant("sign", (("h[t] - target[t - 1]", "target[t - 1] - h[t]"),),
           "If h[t] is above its target and grows, does the loss grow or fall?",
           "The sign is flipped. It is h[t] - target[t - 1], the state minus its target."),
    Mutant("no-own-loss", (("h[t] - target[t - 1] + dh_next", "dh_next"),),
           "What starts the backward pass at the last step, where dh_next is still 0?",
           "The step's own loss is missing: h[t] - target[t - 1]."),
)

BY_INDEX = (
    Mutant("turned", (("h_prev[i] * da[j]", "h_prev[j] * da[i]"),),
           "W[i, j] leads from unit i of the state before to unit j. Which number does it multiply?",
           "You have swapped the indices. Write dW[i, j] = h_prev[i] * da[j]."),
    Mutant("da-alone", (("h_prev[i] * da[j]", "da[j]"),),
           "If h_prev[i] is 0, does a slightly larger weight change anything?",
           "What the weight multiplied is missing: h_prev[i] * da[j]."),
    Mutant("h-prev-alone", (("h_prev[i] * da[j]", "h_prev[i]"),),
           "How far does the loss move when a[j] moves?",
           "What was passed back is missing: h_prev[i] * da[j]."),
    Mutant("added", (("h_prev[i] * da[j]", "h_prev[i] + da[j]"),),
           "If W[i, j] moves a little, a[j] moves h_prev[i] times as far, and the loss da[j] times as far as "
           "a[j].",
           "You add the two. Factors along one path are multiplied."),
    Mutant("one-index", (("h_prev[i] * da[j]", "h_prev[i] * da[i]"),),
           "In a row of dW, every j has its own number.", "You use da[i]. Write h_prev[i] * da[j]."),
    Mutant("other-index", (("h_prev[i] * da[j]", "h_prev[j] * da[j]"),),
           "In a column of dW, every i has its own number.", "You use h_prev[j]. Write h_prev[i] * da[j]."),
)

STEP_BACK = {
    "dh": (
        Mutant("no-dh-next", ((" + dh_next", ""),),
               "The state affects two things, its own loss and the step after it.",
               "What later steps pass back is missing: add dh_next."),
        Mutant("no-own-loss", (("dy @ W_hy.T + dh_next", "dh_next + 0"),),
               "The state affects two things, its own loss and the step after it.",
               "This step's own loss is missing: add dy @ W_hy.T."),
        Mutant("subtracted", (("T + dh_next", "T - dh_next"),),
               "What do you do with what comes along two paths?", "You subtract dh_next. Add the two parts."),
        Mutant("w-hh-twice", (("T + dh_next", "T + dh_next @ W_hh.T"),),
               "The step after this one has passed dh_next back. What has it come through already?",
               "dh_next already has W_hh.T in it, like your own carry. Add dh_next as it is."),
        Mutant("slope-in-dh", (("dh = dy @ W_hy.T + dh_next", "dh = (1 - h**2) * (dy @ W_hy.T + dh_next)"),),
               "dh is the gradient with respect to h itself. Is h before or after tanh?",
               "Your dh has the slope of tanh in it. The slope belongs to da."),
        Mutant("w-hy-not-transposed", (("dy @ W_hy.T", "dy @ W_hy"),),
               "There are as many letters as units here, so all shapes fit. The forward pass has h @ W_hy.",
               "W_hy is not transposed. In the backward pass it is dy @ W_hy.T."),
    ),
    "da": (
        Mutant("no-slope", (("(1 - h**2) * dh", "dh + 0"),),
               "Between dh and da there is tanh.", "The slope of tanh is missing: 1 - h**2, unit by unit."),
        Mutant("tanh-twice", (("1 - h**2", "1 - np.tanh(h) ** 2"),),
               "The slope of tanh is 1 - tanh(a)**2. What is h already?",
               "h is already tanh(a), so the slope is 1 - h**2, without another tanh."),
        Mutant("no-parentheses", (("(1 - h**2) * dh", "1 - h**2 * dh"),),
               "If dh is 0, what should da be, and what is yours?",
               "Without parentheses dh multiplies only h**2. Write (1 - h**2) * dh."),
        Mutant("square-of-difference", (("(1 - h**2)", "(1 - h) ** 2"),),
               "Where is the square in the slope of tanh?", "The slope is 1 - h**2, not (1 - h)**2."),
        Mutant("slope-of-gradient", (("(1 - h**2) * dh", "(1 - dh**2) * h"),),
               "Which of the two came out of tanh: h, or dh?",
               "You have swapped h and dh. The slope is 1 - h**2, and it multiplies dh."),
        Mutant("logistic-slope", (("(1 - h**2)", "h * (1 - h)"),),
               "Every function has its own slope. Which function computes h here?",
               "h (1 - h) is the slope of the logistic function. That of tanh is 1 - h**2."),
    ),
    "carry": (
        Mutant("w-hh-not-transposed", (("da @ W_hh.T", "da @ W_hh"),),
               "All shapes fit, because W_hh is square. Through which weights did unit i act?",
               "W_hh is not transposed. The forward pass has h @ W_hh, the backward pass da @ W_hh.T."),
        Mutant("dh-carried", (("da @ W_hh.T", "dh @ W_hh.T"),),
               "The path to the state before leads through tanh and then through W_hh.",
               "You skip tanh. Pass back da, not dh, through W_hh.T."),
        Mutant("dh-carried-not-transposed", (("da @ W_hh.T", "dh @ W_hh"),),
               "There are two things on the path to the state before, tanh and W_hh.",
               "You pass back dh in place of da, and W_hh is not transposed. Write dh_next = da @ W_hh.T."),
        Mutant("dh-next-carried", (("da @ W_hh.T", "dh_next @ W_hh.T"),),
               "dh_next came from the step after this one. What does this step pass back itself?",
               "dh_next is already in dh, and so in da. Write carry = da @ W_hh.T."),
        Mutant("no-w-hh", (("carry = da @ W_hh.T", "carry = da + 0"),),
               "What multiplied the state before, on its way into this step?",
               "W_hh is missing: da has to go through W_hh.T to reach the state before."),
    ),
}

_ONE_HOT = "dy[targets[t]] -= 1\n"
_ADD = "= throws away what the other steps added. Write +=."


def _then(more: str) -> tuple[tuple[str, str], ...]:
    """With one more line after that of the one-hot target."""
    return ((_ONE_HOT, f"{_ONE_HOT}        {more}\n"),)


def _after(more: str) -> tuple[tuple[str, str], ...]:
    """With one more line after that of dy, in the form for a batch."""
    return (("one_hot[targets[t]]\n", f"one_hot[targets[t]]\n        {more}\n"),)


# Of all gradients alike: what is said of them first.
LOSS = (
    Mutant("mean", _then("dy /= len(symbols)"),
           "With one step dy is right. Is the loss here a mean over the steps, or a sum?",
           "Your gradient is that of the mean of the losses, as in lesson 02. Here they are added up, so "
           "do not divide by the number of steps."),
    Mutant("times-steps", _then("dy *= len(symbols)"),
           "With one step dy is right, but with T steps it is T times too large.",
           "You multiply by the number of steps. The losses are only added up, so leave dy as it is."),
    Mutant("sign", _then("dy *= -1"),
           "Look at the gradient of b_y. Its size is right, but its sign is not.",
           "The sign is flipped. dy is p minus one-hot: given minus wanted."),
)
FIRST_STATE = Mutant(
    "state-before-the-first", (("states[t - 1] if t > 0 else np.zeros_like(da)", "states[t - 1]"),),
    "It goes wrong at the first step. What was the state before it, and what is states[-1]?",
    "Before the first step the state was zero, but at t = 0 states[t - 1] is states[-1], the last state.")

BACKWARD = (
    *LOSS,
    Mutant("first-step-left-out", (("range(len(", "range(1, len("),),
           "With one step, how many steps does your loop visit?",
           "Your loop leaves step 0 out. Write for t in reversed(range(len(symbols)))."),
    Mutant("no-one-hot", ((f"        {_ONE_HOT}", ""),),
           "What is dy at the target?", "Your dy is p alone. Subtract 1 at the target."),
    Mutant("targets-not-used", (("dy[targets[t]]", "dy[symbols[t]]"),),
           "Which symbol is the target of this step?",
           "You subtract 1 at symbols[t], which was read. Subtract it at targets[t]."),
    Mutant("no-carry", ((".T + dh_next", ".T"),),
           "It is correct for one step. What else does a state affect when there is a step after it?",
           "What later steps pass back never reaches dh. It takes two lines: step t computes "
           "dh_next = da @ W_hh.T, and step t - 1 adds it to its own dy @ W_hy.T. Do you have both "
           "lines, and do they use the same name?"),
    Mutant("w-hh-not-transposed", (('params["W_hh"].T', 'params["W_hh"]'),),
           "It is correct for one step. What goes from step to step? W_hh is square, so all shapes fit.",
           "W_hh is not transposed in dh_next: da @ W_hh.T."),
    Mutant("dh-carried", (('dh_next = da @ params["W_hh"].T', 'dh_next = dh[t] @ params["W_hh"].T'),),
           "It is correct for one step. What goes from step to step, and what does it go through?",
           "You pass back dh, which skips tanh. Write dh_next = da @ W_hh.T."),
    Mutant("dh-carried-not-transposed", (('dh_next = da @ params["W_hh"].T',
                                          'dh_next = dh[t] @ params["W_hh"]'),),
           "It is correct for one step. What goes from step to step, and what does it go through?",
           "You pass back dh in place of da, and W_hh is not transposed. Write dh_next = da @ W_hh.T."),
    Mutant("carry-piled-up", (("dh_next = da", "dh_next += da"),),
           "It is correct for up to two steps. Does a step pass back more than its own da?",
           "You add to dh_next, but da already contains all later steps. Write dh_next = da @ W_hh.T."),
    Mutant("no-slope", (("(1 - states[t] ** 2) * dh[t]", "dh[t].copy()"),),
           "For one step, dy and dh are right. What is between dh and da?",
           "The slope of tanh is missing: da = (1 - states[t] ** 2) * dh[t]."),
    Mutant("tanh-twice", (("1 - states[t] ** 2", "1 - np.tanh(states[t]) ** 2"),),
           "The slope of tanh is 1 - tanh(a)**2. What is states[t] already?",
           "You take tanh twice. states[t] is already tanh(a), so the slope is 1 - states[t] ** 2."),
    Mutant("no-parentheses", (("(1 - states[t] ** 2) * dh[t]", "1 - states[t] ** 2 * dh[t]"),),
           "If dh is 0, what should da be, and what is yours?",
           "Without parentheses dh[t] multiplies only states[t] ** 2. Write (1 - states[t] ** 2) * dh[t]."),
    Mutant("square-of-difference", (("(1 - states[t] ** 2)", "(1 - states[t]) ** 2"),),
           "Where is the square in the slope of tanh?", "The slope is 1 - h**2, not (1 - h)**2."),
    Mutant("state-after", (("states[t - 1] if t > 0 else np.zeros_like(da)", "states[t]"),),
           "Only W_hh is wrong, so da is right. What did W_hh multiply in this step?",
           "W_hh multiplied the state before the step, states[t - 1], not states[t]."),
    FIRST_STATE,
    Mutant("w-hh-turned", (("np.outer(h_prev, da)", "np.outer(da, h_prev)"),),
           "Only W_hh is wrong, so da is right. Which factor of the outer product gives its rows?",
           "The outer product is transposed. Its rows come from the state before, its columns from da."),
    Mutant("w-hh-not-added", (('grads["W_hh"] +=', 'grads["W_hh"] ='),),
           "Your W_hh gradient is zero. Is there a line for it, and what does the loop do to it at step 1?",
           "If there is no line, write one: it adds np.outer(h_prev, da). If it has =, write +=, because = "
           "throws away what the other steps added, and before step 1 the state is zero."),
    Mutant("w-xh-not-added", (('grads["W_xh"][symbols[t]] +=', 'grads["W_xh"][symbols[t]] ='),),
           "It is wrong only where a symbol is read twice. What happens to what the other step added?", _ADD),
    Mutant("every-row", (('grads["W_xh"][symbols[t]] +=', 'grads["W_xh"] +='),),
           "x is one-hot. Which rows of W_xh were used in this step?",
           'You add da to every row. Add it only to that of the symbol: grads["W_xh"][symbols[t]] += da.'),
    Mutant("column", (('grads["W_xh"][symbols[t]]', 'grads["W_xh"][:, symbols[t]]'),),
           "W_xh has V rows and H columns. Which of them did this step use?",
           'Your da is in a column of W_xh, but the symbol used a row: grads["W_xh"][symbols[t]] += da.'),
    Mutant("matrices-swapped", (('dy @ params["W_hy"].T', 'dy @ params["W_hh"].T'),
                                ('da @ params["W_hh"].T', 'da @ params["W_hy"].T')),
           "dy belongs to the scores, da to the pre-activation. Which weights lead from a state to each?",
           "W_hy and W_hh are swapped. dy goes back through W_hy.T, and da through W_hh.T."),
    Mutant("w-hy-not-added", (('grads["W_hy"] +=', 'grads["W_hy"] ='),),
           "W_hy was used at every step, so its gradient is a sum over the steps.", _ADD),
    Mutant("w-hy-turned", (("np.outer(states[t], dy)", "np.outer(dy, states[t])"),),
           "A gradient has the shape of the array it belongs to. W_hy is (H, V).",
           "The outer product is transposed. Its rows come from states[t], its columns from dy."),
    Mutant("w-hy-of-the-state-before", (("np.outer(states[t], dy)", "np.outer(states[t - 1], dy)"),),
           "What did W_hy multiply in this step?",
           "The scores of step t are computed from states[t], not from states[t - 1]."),
    Mutant("b-h-not-added", (('grads["b_h"] +=', 'grads["b_h"] ='),),
           "b_h was used at every step, so its gradient is a sum over the steps.", _ADD),
    Mutant("b-y-not-added", (('grads["b_y"] +=', 'grads["b_y"] ='),),
           "b_y was used at every step, so its gradient is a sum over the steps.", _ADD),
    Mutant("b-h-of-dh", (('grads["b_h"] += da', 'grads["b_h"] += dh[t]'),),
           "b_h is inside tanh. Which gradient belongs to the inside?", "b_h gets da, not dh."),
)

OTHER_BACKWARD = (
    Mutant("cell-of-the-lesson", (("dh = dh + da @", "dh = da @"), ("(1 - z[t] ** 2)", "(1 - h[t + 1] ** "
                                                                                       "2)")),
           "That is the backward pass of the lesson's cell. Along how many paths does h_{t-1} affect h_t "
           "here, and is h_t still a tanh?",
           "Two things differ here. The slope is 1 - z**2, with z = tanh(...), and the bare h_{t-1} "
           "passes dh back as it is."),
    Mutant("second-way", (("dh = dh + da @", "dh = da @"),),
           "It is correct for one step. Along how many paths does h_{t-1} affect h_t?",
           "The second path is missing. The bare h_{t-1} passes dh back as it is, so add dh to da @ W_hh.T."),
    Mutant("no-s", (("da = s * dh", "da = dh"),),
           "Between h_t and tanh there is one more factor.", "s is missing: da = s * dh * (slope of tanh)."),
    Mutant("s-on-both-ways", (("dh = dh + da @", "dh = s * dh + da @"),),
           "Which of the two paths leads through s?", "The bare h_{t-1} is not multiplied by s, so neither "
                                                      "is what it passes back."),
    Mutant("no-recurrent-way", (('dh = dh + da @ params["W_hh"].T', "dh = dh + 0"),),
           "It is correct for one step. Along how many paths does h_{t-1} affect h_t?",
           "The path through tanh and W_hh is missing: add da @ W_hh.T."),
    Mutant("w-hh-not-transposed", (('params["W_hh"].T', 'params["W_hh"]'),),
           "W_hh is square, so all shapes fit either way.", "W_hh is not transposed: da @ W_hh.T."),
    Mutant("slope-of-the-state", (("(1 - z[t] ** 2)", "(1 - h[t + 1] ** 2)"),),
           "Is h_t still a tanh?", "1 - h**2 is not the slope here. Keep z = tanh(...) in the forward pass, "
                                   "and take 1 - z**2."),
    Mutant("state-after", (("np.outer(h[t], da)", "np.outer(h[t + 1], da)"),),
           "What did W_hh multiply in this step?", "W_hh multiplied the state before the step."),
)

BATCH = (
    Mutant("mean-over-the-batch", _after("dy /= symbols.shape[1]"),
           "It is correct for one sequence. Are the losses of several sequences averaged, or added up?",
           "You divide by B. The losses of all steps and sequences are added up."),
    Mutant("mean-over-the-steps", _after("dy /= len(symbols)"),
           "It is correct for one step. Are the losses of several steps averaged, or added up?",
           "You divide by T. The losses of all steps and sequences are added up."),
    Mutant("mean-of-all", _after("dy /= symbols.size"),
           "It is correct for one step of one sequence. Are the losses averaged, or added up?",
           "You divide by T and B. The losses of all steps and sequences are added up."),
    Mutant("every-target-in-every-row",
           (("one_hot[targets[t]]\n", "np.minimum(1, one_hot[targets[t]].sum(axis=0))\n"),),
           "Every sequence has its own target. At how many positions of a row do you subtract 1?",
           "dy[:, targets[t]] subtracts 1 at all targets in each row. Write dy[np.arange(B), targets[t]] -= "
           "1 or p[t] - np.eye(V)[targets[t]], with B, V = p[t].shape."),
    Mutant("overwritten", (('grads["W_xh"] += x[symbols[t]].T @ da', 'grads["W_xh"][symbols[t]] += da'),),
           "Only W_xh is wrong, and only where two sequences read the same symbol in one step.",
           "With equal symbols, grads[...][symbols[t]] += da adds only one of their rows. Write "
           "np.add.at(grads[\"W_xh\"], symbols[t], da), or use the one-hot rows, x.T @ da."),
    Mutant("bias-of-one", (('grads["b_h"] += da.sum(axis=0)', 'grads["b_h"] += da[0]'),),
           "Only b_h is wrong. It was used in every sequence.", "Add up over the batch: da.sum(axis=0)."),
    Mutant("bias-mean", (('grads["b_h"] += da.sum(axis=0)', 'grads["b_h"] += da.mean(axis=0)'),),
           "Only b_h is wrong, and only with several sequences.",
           "You take the mean over the batch. Add up instead: da.sum(axis=0)."),
    Mutant("no-carry", ((".T + dh_next", ".T"),),
           "It is correct for one step. What else does a state affect when there is a step after it?",
           "What later steps pass back never reaches dh. It takes two lines: step t computes "
           "dh_next = da @ W_hh.T, and step t - 1 adds it to dh. Do you have both lines, and do they use the "
           "same name?"),
    Mutant("state-before-the-first", (("states[t - 1] if t > 0 else np.zeros_like(da)", "states[t - 1]"),),
           "It goes wrong at the first step. What was the state before it, and what is states[-1]?",
           "Before the first step the state was zero, but states[-1] is the last state."),
)


def changed(function, *changes):
    """A reference version with other lines."""
    return with_changes(function, changes)


def grads_of(*changes):
    """The backward pass with other lines; the gradients alone."""
    def backward(*given):
        return with_changes(plain.backward, changes)(*given)[0]
    return backward


def backward_then(change):
    """The backward pass, of whose answer something else is made."""
    def backward(*given):
        return change(*plain.backward(*given))
    return backward


def slope_in_single_precision(x):
    u, v = np.float32(x) ** 2, np.float32(3 * x)
    return [v * np.float32(2 * x), np.array([3 * u])]


def sweep_by_chains(w, h, target):
    """Every chain for itself: from each loss to each use."""
    total = 0.0
    for loss in range(1, len(h)):
        for use in range(1, loss + 1):
            chain = h[loss] - target[loss - 1]
            for t in range(loss, use - 1, -1):
                chain *= (1 - h[t] ** 2) * (w if t > use else h[t - 1])
            total += chain
    return total


def step_in_place(dy, h, dh_next, W_hy, W_hh):
    dh = W_hy @ dy
    dh += dh_next
    da = dh.copy()
    da *= 1 - np.square(h)
    return [dh, da, np.dot(W_hh, da)]


def step_that_transposes_if_it_must(dy, h, dh_next, W_hy, W_hh):
    """W_hy is not transposed where its shape allows that."""
    dh, da, carry = plain.step_back(dy, h, dh_next, W_hy, W_hh)
    return dy @ W_hy + dh_next if len(dy) == len(h) else dh, da, carry


def forward_pass(params, symbols):
    h, states, scores = np.zeros(len(params.b_h)), [], []
    for symbol in symbols:
        np.tanh(params.W_xh[symbol] + h @ params.W_hh + params.b_h, out=h)
        states.append(h.copy())
        scores.append(h @ params.W_hy + params.b_y)
    return states, scores


def forward_into_rows(params, symbols):
    states = np.zeros((len(symbols) + 1, len(params.b_h)), np.float32)
    for t, symbol in enumerate(symbols):
        np.tanh(params.W_xh[symbol] + states[t] @ params.W_hh + params.b_h, out=states[t + 1])
    return states[1:], states[1:] @ params.W_hy + params.b_y


def other_forward_in_rows(params, symbols, target, s):
    """All states in one array, and something else is kept."""
    h = np.zeros((len(symbols) + 1, len(params.b_h)))
    for t, symbol in enumerate(symbols):
        h[t + 1] = h[t]
        h[t + 1] += s * np.tanh(params.W_xh[symbol] + h[t] @ params.W_hh + params.b_h)
    y = params.W_hy.T @ h[-1] + params.b_y
    return np.log(np.exp(y).sum()) - y[target], {"h": h}


def other_backward_from_nothing(params, symbols, target, s, kept):
    """Without what was kept, in single precision."""
    _, kept = plain.other_forward(params, symbols, target, s)
    grads = plain.other_backward(params, symbols, target, s, kept)
    return {name: array.astype(np.float32) for name, array in grads.items()}


RIGHT = {
    "check_slope": [(plain.slope,), (slope_in_single_precision,)],
    "check_sweep": [(plain.sweep,), (sweep_by_chains,)],
    "check_outer": [
        (plain.by_index, plain.by_product),
        (lambda h_prev, da: h_prev[:, None].astype(np.float32) * da,
         lambda h_prev, da: [[h * d for d in da] for h in h_prev])],
    "check_step_back": [
        (plain.step_back,), (step_in_place,),
        (lambda *given: [row.astype(np.float32) for row in plain.step_back(*given)],)],
    "check_backward": [
        (plain.backward,),
        (backward_then(lambda grads, dh: [{name: np.float32(grads[name]) for name in grads}, dh.tolist()]),)],
    "check_in_place": [({"b_y"}, forward_pass), ("b_y", forward_into_rows)],
    "check_mended": [(grads_of(), grads_of())],
    "check_other_cell": [(plain.other_forward, plain.other_backward),
                         (other_forward_in_rows, other_backward_from_nothing)],
    "check_batch": [(plain.batch_backward,)],
}
WRONG = {
    "check_slope": [
        *((mutant.name, (changed(plain.slope, change),)) for mutant in SLOPE for change in mutant.changes),
        ("exchanged", (lambda x: plain.slope(x)[::-1],)),
        ("another-term", (changed(plain.slope, ("v * 2 * x", "v * 2 * x + 1")),))],
    "check_sweep": [
        *((mutant.name, (changed(plain.sweep, *mutant.changes),)) for mutant in SWEEP),
        ("wrong-at-one-step", (changed(plain.sweep, ("return dw", "return 2 * dw")),)),
        ("wrong-later", (changed(plain.sweep, ("dh_next = da", "dh_next = 2 * da")),))],
    "check_outer": [
        *((mutant.name, (changed(plain.by_index, *mutant.changes), plain.by_product)) for mutant in BY_INDEX),
        ("turned-shape", (plain.by_index, lambda h_prev, da: (
            np.outer(h_prev, da) if len(da) == 4 else np.outer(da, h_prev)))),
        ("a-sum", (plain.by_index, lambda h_prev, da: h_prev.T @ da)),
        ("unit-by-unit", (plain.by_index, lambda h_prev, da: h_prev * da)),
        ("another-table", (lambda h_prev, da: 2 * np.outer(h_prev, da), plain.by_product))],
    "check_step_back": [
        *((mutant.name, (changed(plain.step_back, *mutant.changes),)) for several in STEP_BACK.values()
          for mutant in several if mutant.name != "w-hy-not-transposed"),
        ("w-hy-not-transposed", (step_that_transposes_if_it_must,)),
        ("another-number", (changed(plain.step_back, ("da @ W_hh.T", "2 * da @ W_hh.T")),))],
    "check_backward": [
        *((mutant.name, (changed(plain.backward, *mutant.changes),)) for mutant in BACKWARD),
        ("mean", (changed(plain.backward, *LOSS[0].changes, ('params["W_hh"].T', 'params["W_hh"]')),)),
        ("nothing-added", (changed(plain.backward, ('grads["b_h"] += da', "pass")),)),
        ("wrong-line", (changed(plain.backward, ('grads["b_h"] += da', 'grads["b_h"] += 2 * da')),)),
        ("dh-of-one-step", (backward_then(lambda grads, dh: (grads, dh[0])),)),
        ("dh-not-kept", (backward_then(lambda grads, dh: (grads, 0 * dh)),)),
        ("changed-argument", (changed(plain.backward, ("p[t].copy()", "p[t]")),))],
    "check_in_place": [
        ("no-names", ({"h"}, forward_pass)),
        ("written-over", ({"W_hy", "b_y"}, forward_pass)),
        ("one-survives", (set(), forward_pass)),
        ("one-array", ({"b_y"}, changed(forward_pass, ("h.copy()", "h")))),
        ("wrong-state", ({"b_y"}, changed(forward_pass, ("h @ params.W_hh + ", "")))),
        ("wrong-scores", ({"b_y"}, changed(forward_pass, (" + params.b_y", ""))))],
    "check_mended": [
        *((mutant.name, (grads_of(), grads_of(*mutant.changes))) for mutant in (*LOSS, FIRST_STATE)),
        ("wrong-carry", (grads_of(('params["W_hh"].T', 'params["W_hh"]')), grads_of())),
        ("wrong-line", (grads_of(), grads_of(("np.outer(h_prev, da)", "np.outer(states[t], da)")))),
        ("wrong-da", (grads_of(), grads_of(("(1 - states[t] ** 2) * dh[t]", "dh[t].copy()")))),
        ("wrong-read-out", (grads_of(), grads_of(("p[t].copy()", "p[t] + 1"))))],
    "check_other_cell": [
        *((mutant.name, (plain.other_forward, changed(plain.other_backward, *mutant.changes)))
          for mutant in OTHER_BACKWARD),
        *((name, (plain.other_forward, changed(plain.other_backward, change))) for name, change in (
            ("other-read-out", ("dy[target] -= 1", "dy[target] -= 2")),
            ("other-da", ("da = s * dh", "da = 2 * s * dh")),
            ("other-outer", ("np.outer(h[t], da)", "np.outer(h[-1], da)")),
            ("other-carry", ("dh = dh + da @", "dh = 2 * dh + da @")))),
        *((name, (changed(plain.other_forward, change), plain.other_backward)) for name, change in (
            ("s-left-out", ("h[-1] + s * z[-1]", "h[-1] + z[-1]")),
            ("state-not-kept", ("h[-1] + s * z[-1]", "s * z[-1]")),
            ("another-loss", ("-np.log(p[target])", "-np.log(p[0])"))))],
    "check_batch": [
        *((mutant.name, (changed(plain.batch_backward, *mutant.changes),)) for mutant in BATCH),
        *((name, (changed(plain.batch_backward, change),)) for name, change in (
            ("outer-of-tables", ("h_prev.T @ da", "np.outer(h_prev, da)")),
            ("one-hot-of-a-batch", ("dy = p[t] - one_hot[targets[t]]",
                                    "dy = p[t].copy(); dy[targets[t]] -= 1")),
            ("shapes", ('grads["b_h"] += da.sum(axis=0)', 'grads["b_h"] += da')),
            ("wrong-da", ("dh = dy @", "dh = 2 * dy @")),
            ("wrong-line", ("h_prev.T @ da", "da.T @ h_prev"))))],
}
