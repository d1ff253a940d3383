"""Slips that are easily made in a whole backward pass, each as a change of the plain form."""

from helpers.lessons.stages import Fault

_ONE_HOT = "dy[targets[t]] -= 1\n"
_ADD = "= throws away what the other steps had said: += adds to it."


def _then(more: str) -> tuple[tuple[str, str], ...]:
    """With one more line after that of the one-hot target."""
    return ((_ONE_HOT, f"{_ONE_HOT}        {more}\n"),)


def _after(more: str) -> tuple[tuple[str, str], ...]:
    """With one more line after that of dy, in the form for a batch."""
    return (("wanted[targets[t]]\n", f"wanted[targets[t]]\n        {more}\n"),)


# Of all gradients alike: what is said of them first.
LOSS = (
    Fault("mean", _then("dy /= len(symbols)"),
          "With one step the read-out is right. Is the loss of this lesson a mean over the steps, or a sum?",
          "Your gradient is that of the mean of the losses, as in lesson 02. Here they are added up: don't "
          "divide by the number of steps."),
    Fault("times-steps", _then("dy *= len(symbols)"),
          "With one step the read-out is right, with T steps it is T times too large.",
          "Something is multiplied by the number of steps. The losses are only added up: leave dy as it is."),
    Fault("sign", _then("dy *= -1"),
          "Look at the gradient of b_y: its size is right, its sign is not.",
          "dy is p minus one-hot: given minus wanted."),
)
FIRST_STATE = Fault(
    "state-before-the-first", (("states[t - 1] if t > 0 else np.zeros_like(da)", "states[t - 1]"),),
    "It goes wrong at the first step. What was the state before it, and what is states[-1]?",
    "Before the first step the state was zero; states[t - 1] is there states[-1], and that is the last one.")

BACKWARD = (
    *LOSS,
    Fault("no-one-hot", ((f"        {_ONE_HOT}", ""),),
          "What does dy say at the target?", "dy is p alone: the 1 at the target is not taken off."),
    Fault("targets-not-used", (("dy[targets[t]]", "dy[symbols[t]]"),),
          "Which symbol was wanted in this step?",
          "The 1 is taken off at symbols[t], which was read: it belongs at targets[t]."),
    Fault("no-carry", ((".T + carried", ".T"),),
          "With one step all is right. Who else speaks to a state, when there is a step after it?",
          "What later steps carried back is left out of dh: dh[t] = dy @ W_hy.T + carried."),
    Fault("w-hh-not-transposed", (('params["W_hh"].T', 'params["W_hh"]'),),
          "With one step all is right: what goes from step to step? W_hh is square, so no shape complains.",
          "W_hh is the wrong way round in what is carried: da @ W_hh.T."),
    Fault("dh-carried", (('carried = da @ params["W_hh"].T', 'carried = dh[t] @ params["W_hh"].T'),),
          "With one step all is right: what goes from step to step, and through what does it go?",
          "dh is carried, past tanh: carried = da @ W_hh.T."),
    Fault("dh-carried-not-transposed", (('carried = da @ params["W_hh"].T',
                                         'carried = dh[t] @ params["W_hh"]'),),
          "With one step all is right: what goes from step to step, and through what does it go?",
          "Both at once: da, not dh, and W_hh.T, not W_hh."),
    Fault("carry-piled-up", (("carried = da", "carried += da"),),
          "With up to two steps all is right. What does a step hear of the one after it: this da alone?",
          "The carries are added up, but da has all later steps in it: carried = da @ W_hh.T."),
    Fault("no-slope", (("(1 - states[t] ** 2) * dh[t]", "dh[t].copy()"),),
          "dy is right, and dh with it, as far as one step goes. What stands between dh and da?",
          "The slope of tanh is left out: da = (1 - states[t] ** 2) * dh[t]."),
    Fault("tanh-twice", (("1 - states[t] ** 2", "1 - np.tanh(states[t]) ** 2"),),
          "The slope of tanh is 1 - tanh(a)**2. What is states[t] already?",
          "tanh is taken twice: states[t] is tanh(a), so the slope is 1 - states[t] ** 2."),
    Fault("no-parentheses", (("(1 - states[t] ** 2) * dh[t]", "1 - states[t] ** 2 * dh[t]"),),
          "If dh is 0, what should da be, and what is yours?",
          "Without parentheses only states[t] ** 2 is multiplied: (1 - states[t] ** 2) * dh[t]."),
    Fault("square-of-difference", (("(1 - states[t] ** 2)", "(1 - states[t]) ** 2"),),
          "Where is the square in the slope of tanh?", "It is 1 - h**2, not (1 - h)**2."),
    Fault("state-after", (("states[t - 1] if t > 0 else np.zeros_like(da)", "states[t]"),),
          "Only W_hh is wrong, so da is right. What did W_hh multiply in this step?",
          "W_hh multiplied the state before the step, states[t - 1], not states[t]."),
    FIRST_STATE,
    Fault("w-hh-turned", (("np.outer(h_prev, da)", "np.outer(da, h_prev)"),),
          "Only W_hh is wrong, so da is right. Which of the two factors names the row?",
          "The outer product is turned: rows from the state before, columns from da."),
    Fault("w-hh-not-added", (('grads["W_hh"] +=', 'grads["W_hh"] ='),),
          "Yours is zero. Is there a line for it, and what does the last pass, for step 1, do to it?",
          "= throws away what the other steps had said, and before step 1 the state is zero: += adds to it."),
    Fault("w-xh-not-added", (('grads["W_xh"][symbols[t]] +=', 'grads["W_xh"][symbols[t]] ='),),
          "It is wrong only where a symbol is read twice. What becomes of what its other step said?", _ADD),
    Fault("every-row", (('grads["W_xh"][symbols[t]] +=', 'grads["W_xh"] +='),),
          "x is one-hot. Which rows of W_xh were used in this step?",
          'Every row gets da: only that of the symbol does, grads["W_xh"][symbols[t]] += da.'),
    Fault("w-hy-not-added", (('grads["W_hy"] +=', 'grads["W_hy"] ='),),
          "W_hy was used at every step: its gradient is a sum over them.", _ADD),
    Fault("w-hy-turned", (("np.outer(states[t], dy)", "np.outer(dy, states[t])"),),
          "A gradient has the shape of what it belongs to: W_hy is (H, V).",
          "The outer product is turned: rows from states[t], columns from dy."),
    Fault("w-hy-of-the-state-before", (("np.outer(states[t], dy)", "np.outer(states[t - 1], dy)"),),
          "What did W_hy multiply in this step?",
          "The scores of step t are made of states[t], not of states[t - 1]."),
    Fault("b-h-not-added", (('grads["b_h"] +=', 'grads["b_h"] ='),),
          "b_h was used at every step: its gradient is a sum over them.", _ADD),
    Fault("b-y-not-added", (('grads["b_y"] +=', 'grads["b_y"] ='),),
          "b_y was used at every step: its gradient is a sum over them.", _ADD),
    Fault("b-h-of-dh", (('grads["b_h"] += da', 'grads["b_h"] += dh[t]'),),
          "b_h stands inside tanh. What comes back to the inside?", "b_h gets da, not dh."),
)

OTHER_BACKWARD = (
    Fault("cell-of-the-lesson", (("dh = dh + da @", "dh = da @"), ("(1 - z[t] ** 2)", "(1 - h[t + 1] ** 2)")),
          "That is the way back of the lesson's cell. By how many ways does h_{t-1} act on h_t here, and is "
          "h_t still a tanh?",
          "Two things differ: the slope is that of tanh(...) itself, 1 - z**2, and the bare h_{t-1} hands dh "
          "on as it is."),
    Fault("second-way", (("dh = dh + da @", "dh = da @"),),
          "With one step all is right. By how many ways does h_{t-1} act on h_t?",
          "The second way is left out: the bare h_{t-1} hands dh on as it is, and dh is added to "
          "da @ W_hh.T."),
    Fault("no-s", (("da = s * dh", "da = dh"),),
          "Between h_t and tanh stands one more factor.", "s is left out: da = s * dh * (1 - z**2)."),
    Fault("s-on-both-ways", (("dh = dh + da @", "dh = s * dh + da @"),),
          "Which of the two ways leads through s?", "The bare h_{t-1} is not multiplied by s, so neither is "
                                                    "what it hands back."),
    Fault("no-recurrent-way", (('dh = dh + da @ params["W_hh"].T', "dh = dh + 0"),),
          "With one step all is right. By how many ways does h_{t-1} act on h_t?",
          "The way through tanh and W_hh is left out: add da @ W_hh.T."),
    Fault("w-hh-not-transposed", (('params["W_hh"].T', 'params["W_hh"]'),),
          "W_hh is square, so no shape complains.", "W_hh is the wrong way round: da @ W_hh.T."),
    Fault("slope-of-the-state", (("(1 - z[t] ** 2)", "(1 - h[t + 1] ** 2)"),),
          "Is h_t still a tanh?", "The slope is that of tanh(...) itself: keep it on the way forward, for "
                                  "1 - h**2 is no slope here."),
    Fault("state-after", (("np.outer(h[t], da)", "np.outer(h[t + 1], da)"),),
          "What did W_hh multiply in this step?", "W_hh multiplied the state before the step."),
)

BATCH = (
    Fault("mean-over-the-batch", _after("dy /= symbols.shape[1]"),
          "With one sequence all is right. Are the losses of several averaged, or added up?",
          "Everything is divided by B: the losses of all steps and sequences are added up."),
    Fault("mean-over-the-steps", _after("dy /= len(symbols)"),
          "With one step all is right. Are the losses of several averaged, or added up?",
          "Everything is divided by T: the losses of all steps and sequences are added up."),
    Fault("mean-of-all", _after("dy /= symbols.size"),
          "With one step of one sequence all is right. Are the losses of several averaged, or added up?",
          "Everything is divided by T and B: the losses of all steps and sequences are added up."),
    Fault("every-target-in-every-row",
          (("wanted[targets[t]]\n", "np.minimum(1, wanted[targets[t]].sum(axis=0))\n"),),
          "Every sequence has a target of its own. From how many places of a row do you take 1 off?",
          "dy[:, targets[t]] takes it off at all targets in each row: dy[np.arange(B), targets[t]] -= 1, or "
          "p[t] - np.eye(V)[targets[t]]."),
    Fault("overwritten", (('grads["W_xh"] += x[symbols[t]].T @ da', 'grads["W_xh"][symbols[t]] += da'),),
          "Only W_xh is wrong, and only where two sequences read the same symbol in one step.",
          "With several equal symbols, grads[...][symbols[t]] += da keeps only one of them: take "
          "np.add.at(grads[\"W_xh\"], symbols[t], da), or the one-hot rows, x.T @ da."),
    Fault("bias-of-one", (('grads["b_h"] += da.sum(axis=0)', 'grads["b_h"] += da[0]'),),
          "Only b_h is wrong: it was added in every sequence.", "Add up over the batch: da.sum(axis=0)."),
    Fault("bias-mean", (('grads["b_h"] += da.sum(axis=0)', 'grads["b_h"] += da.mean(axis=0)'),),
          "Only b_h is wrong, and only with several sequences.",
          "Add up over the batch, no mean: da.sum(axis=0)."),
    Fault("no-carry", ((".T + carried", ".T"),),
          "With one step all is right. Who else speaks to a state, when there is a step after it?",
          "What later steps carried back is left out of dh."),
    Fault("state-before-the-first", (("states[t - 1] if t > 0 else np.zeros_like(da)", "states[t - 1]"),),
          "It goes wrong at the first step. What was the state before it, and what is states[-1]?",
          "Before the first step the state was zero; states[-1] is the last one."),
)
