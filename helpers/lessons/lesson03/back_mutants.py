"""Mistakes that are easily made in a whole backward pass, each as a change of the plain form."""

from helpers.checks.stages import Mutant

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
