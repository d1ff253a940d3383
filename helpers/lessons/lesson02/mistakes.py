"""The mistakes that the checks of lesson 02 know, and answers on which the tests try the checks.

In an exercise a mistake is a `Mutant`, a wrong function, in a stage a `Change` of the reference version.
RIGHT and WRONG also try `helpers.checks.program`, whose program is the one of this lesson.
"""

import math

import numpy as np

from helpers.checks import Mutant
from helpers.checks.stages import Mutant as Change
from helpers.checks.stages import with_changes
from helpers.lessons.lesson02 import plain

NOT_USED = ("first_loss({vocabulary_size}, {length}) gives {found:.4f}, because it always uses the lesson's "
            "60 characters or its length of 25. Other programs have other sizes, so use vocabulary_size and "
            "length.")
FIRST_LOSS = (          # V characters, T steps
    Mutant("one-character", lambda V, T: math.log(V),
           "That is the loss of one character. The program adds up the losses of a whole chunk."),
    Mutant("bits", lambda V, T: T * math.log2(V),
           "That is in bits. The course counts in nats, so take the natural logarithm."),
    Mutant("base-10", lambda V, T: T * math.log10(V),
           "That is the logarithm to base 10. Take the natural one."),
    Mutant("sign", lambda V, T: -T * math.log(V),
           "The sign is flipped: a loss is minus the logarithm of a probability."),
    Mutant("probability", lambda V, T: 1 / V, "That is a probability. The loss is minus its logarithm."),
    Mutant("log-of-length", lambda V, T: V * math.log(T),
           "Take the logarithm of the number of characters in the vocabulary, not of the length."),
    Mutant("added", lambda V, T: T + math.log(V),
           "Every character of the chunk costs as much as the first: multiply by the length."),
    Mutant("arguments-not-used", lambda V, T: 25 * math.log(60), NOT_USED),
    Mutant("arguments-not-used", lambda V, T: T * math.log(60), NOT_USED),
    Mutant("arguments-not-used", lambda V, T: 25 * math.log(V), NOT_USED),
)

FORWARD = (
    Change("no-h-prev", ((" + h[t - 1] @ W_hh", ""),),
           "What does this state know about the one before it?",
           "You leave out the previous state: h[t - 1] @ W_hh belongs inside tanh."),
    Change("first-state-again", (("h[t - 1] @", "h[-1] @"),),
           "Which state does step 1 start from, and which does step 2?",
           "Your steps all start from h_prev, the state before the chunk. Start step t from h[t - 1]."),
    Change("w-hh-turned", (("h[t - 1] @ W_hh", "W_hh @ h[t - 1]"),),
           "All shapes fit because W_hh is square. But which of its numbers multiply which numbers of the "
           "state?",
           "W_hh is on the wrong side. In this course the row is on the left: h[t - 1] @ W_hh."),
    Change("no-b-h", ((" + b_h", ""),),
           "Count the terms inside tanh. The equation has three.", "You leave out the bias b_h."),
    Change("no-tanh", (("np.tanh(W_xh[inputs[t]] + h[t - 1] @ W_hh + b_h)",
                        "W_xh[inputs[t]] + h[t - 1] @ W_hh + b_h"),),
           "Can a state be larger than 1?", "The sum is right, but the tanh around it is missing."),
    Change("targets-read", (("W_xh[inputs[t]]", "W_xh[targets[t]]"),),
           "Which character does the network read at this step, and which one should it predict?",
           "It reads the target, which it should predict. The right row is W_xh[inputs[t]]."),
    Change("row-of-the-step", (("W_xh[inputs[t]]", "W_xh[t]"),),
           "Which number says what the network reads, that of the step or that of the character?",
           "W_xh[t] is row number t. The row of the character is W_xh[inputs[t]]."),
    Change("column", (("W_xh[inputs[t]]", "W_xh[:, inputs[t]]"),),
           "Does a character have a row of W_xh or a column?",
           "W_xh[:, inputs[t]] is a column. The row of the character is W_xh[inputs[t]]."),
    Change("b-h-outside", ((" + b_h)", ") + b_h"),),
           "What is inside the brackets of tanh, and what comes after them?",
           "You add b_h after tanh, but it belongs inside."),
    Change("no-softmax", (("softmax(h[t] @ W_hy + b_y)", "h[t] @ W_hy + b_y"),),
           "Do your probabilities add up to 1?", "These are the scores. Softmax turns them into "
           "probabilities."),
    Change("no-sum", (("softmax(h[t] @ W_hy + b_y)", "np.exp(h[t] @ W_hy + b_y)"),),
           "Do your probabilities add up to 1?",
           "You do not divide by the sum. Softmax is np.exp(y) / np.exp(y).sum()."),
    Change("no-b-y", ((" + b_y", ""),),
           "Count the terms of the scores. The equation has two.", "You leave out the bias b_y."),
    Change("loss-of-inputs", (("p[t][targets[t]]", "p[t][inputs[t]]"),),
           "Whose probability belongs in the loss?",
           "You take it at inputs[t], the character just read. What came next is targets[t]."),
    Change("sum", (("return loss / len(inputs)", "return loss"),),
           "With one step it is right, with more it is not. What do you do with the losses of the steps?",
           "You add them up, but the loss is their mean. Divide by len(inputs)."),
    Change("states-counted", (("return loss / len(inputs)", "return loss / len(h)"),),
           "How many losses do you add up, and how many states are in h?",
           "h has one more state than there are steps, the one before the first. Divide by len(inputs)."),
    Change("twenty-five", (("return loss / len(inputs)", "return loss / 25"),),
           "Is every passage 25 characters long?", "Divide by the number of steps, len(inputs)."),
    Change("no-logarithm", (("np.log(p[t][targets[t]])", "p[t][targets[t]]"),),
           "The loss is a surprise. How is it computed from a probability?",
           "You leave out the logarithm: np.log(p[t][targets[t]])."),
    Change("bits", (("np.log(", "np.log2("),),
           "In which unit is your loss?", "It is in bits, because of np.log2. np.log gives nats."),
    Change("largest", (("p[t][targets[t]]", "p[t].max()"),),
           "Should a network have a low loss for being sure, or for being right?",
           "You use the probability of the most probable character. Use that of the target, "
           "p[t][targets[t]]."),
    Change("loss-sign", (("loss -=", "loss +="),),
           "The logarithm of a number below 1 is negative. Is a loss?",
           "The sign is flipped. Write loss -= np.log(...)."),
)

SCORE_GRADIENT = (
    Change("sign", (("return dy", "return -dy"),),
           "If a character that did not come gets a larger score, does the loss rise or fall?",
           "The sign is flipped: it is p minus one-hot, not one-hot minus p."),
    Change("everywhere", (("dy[target] -= 1", "dy -= 1"),),
           "The numbers of dy add up to zero, because what one score gains, the others lose. Do yours?",
           "You subtract 1 everywhere. Subtract it only at the target."),
    Change("no-one-hot", (("    dy[target] -= 1\n", ""),),
           "The numbers of dy add up to zero. Where is the negative one?",
           "That is p itself. You do not subtract the 1 at the target."),
    Change("target-alone", (("    dy[target] -= 1\n    return dy",
                             "    dy[:] = 0\n    dy[target] = p[target] - 1\n    return dy"),),
           "Every score is in the denominator of the softmax. Does the loss depend on the other scores too?",
           "In your dy only the target has a gradient. The others have gradient p, which pushes them down."),
    Change("target-set", (("dy[target] -= 1", "dy[target] = -1"),),
           "At the target both terms of the loss contribute. What does each contribute?",
           "You set dy[target] to -1, so p is lost there. Subtract 1 instead: dy[target] -= 1."),
    Change("target-added", (("dy[target] -= 1", "dy[target] += 1"),),
           "The numbers of dy add up to zero, because what one score gains, the others lose. Do yours?",
           "You add the 1 at the target. Subtract it instead."),
    Change("target-turned", (("dy[target] -= 1", "dy[target] = 1 - dy[target]"),),
           "The numbers of dy add up to zero, because what one score gains, the others lose. Do yours?",
           "At the target it is p minus 1, not 1 minus p."),
    Change("place-before", (("dy[target] -= 1", "dy[target - 1] -= 1"),),
           "Symbols are counted from 0. Which number of dy belongs to the target?",
           "You subtract the 1 one position too early. The target's own position is dy[target]."),
    Change("mean", (("return dy", "return dy / len(p)"),),
           "The loss is that of one step. Is there anything to take a mean over?",
           "You divide by the number of symbols. Leave dy as it is."),
    Change("place-taken-off", (("dy[target] -= 1", "dy = dy - target"),),
           "target is an index. What does a one-hot row have at that index, and what elsewhere?",
           "You subtract the index everywhere. Subtract 1, and only at that index."),
)

BACKWARD = (
    Change("no-mean", ((" / len(inputs)", ""),),
           "With one step everything is right, with T steps it is T times too large. Is the loss a sum or a "
           "mean?",
           "The loss is a mean over the steps, so divide dy by len(inputs)."),
    Change("states-counted", ((" / len(inputs)", " / len(h)"),),
           "Over how many steps is the mean, and how many states are in h?",
           "h has one more state than there are steps, the one before the first. Divide by len(inputs)."),
    Change("twenty-five", ((" / len(inputs)", " / 25"),),
           "Is every passage 25 characters long?", "Divide by the number of steps, len(inputs)."),
    Change("mean-too-late", ((" / len(inputs)", ""), ("np.outer(h[t], dy)",
                                                      "np.outer(h[t], dy) / len(inputs)"),
                             ('grads["b_y"] += dy', 'grads["b_y"] += dy / len(inputs)')),
           "What else is computed from dy, further down?",
           "You divide only in the lines for W_hy and b_y, but dh depends on dy too. Divide dy where you "
           "compute it."),
    Change("w-hy-divided-twice", (("np.outer(h[t], dy)", "np.outer(h[t], dy) / len(inputs)"),),
           "dy is already the gradient of the mean loss.",
           "You divide the gradient of W_hy by the number of steps a second time."),
    Change("b-y-divided-twice", (('grads["b_y"] += dy', 'grads["b_y"] += dy / len(inputs)'),),
           "dy is already the gradient of the mean loss.",
           "You divide the gradient of b_y by the number of steps a second time."),
    Change("sign", (("dy = score", "dy = -score"),),
           "Every gradient is right except for its sign.", "dy is p minus one-hot: given minus wanted."),
    Change("no-one-hot", (("score_gradient(p[t], targets[t])", "p[t]"),),
           "What is dy at the target?", "Your dy is p alone. You do not subtract the 1 at the target."),
    Change("targets-not-used", (("score_gradient(p[t], targets[t])", "score_gradient(p[t], inputs[t])"),),
           "Which character is the target at this step?",
           "You subtract the 1 at inputs[t], the character just read. Subtract it at targets[t]."),
    Change("w-hy-not-added", (('grads["W_hy"] +=', 'grads["W_hy"] ='),),
           "W_hy was used at every step, so its gradient is a sum over the steps.",
           "= throws away what the other steps contributed. Write +=."),
    Change("b-y-not-added", (('grads["b_y"] +=', 'grads["b_y"] ='),),
           "b_y was used at every step, so its gradient is a sum over the steps.",
           "= throws away what the other steps contributed. Write +=."),
    Change("read-out-not-added",
           (('grads["W_hy"] +=', 'grads["W_hy"] ='), ('grads["b_y"] +=', 'grads["b_y"] =')),
           "W_hy and b_y were used at every step, so their gradients are sums over the steps.",
           "= throws away what the other steps contributed. Write +=."),
    Change("state-before", (("np.outer(h[t], dy)", "np.outer(h[t - 1], dy)"),),
           "What did W_hy multiply at this step?",
           "The scores of step t are computed from h[t], not from h[t - 1]."),
    Change("w-hy-turned", (("np.outer(h[t], dy)", "np.outer(dy, h[t])"),),
           "A gradient has the shape of its parameter, and W_hy is (H, V).",
           "The outer product is transposed. Its rows come from h[t] and its columns from dy: np.outer(h[t], "
           "dy)."),
    Change("b-y-of-p", (('grads["b_y"] += dy', 'grads["b_y"] += p[t] / len(inputs)'),),
           "b_y is added to the scores unchanged, so its gradient is that of the scores.",
           "b_y gets dy, not p."),
)

LENGTHS, APART = "norm(derived) + np.linalg.norm(measured)", "np.linalg.norm(derived - measured) / lengths"
GRADIENT_ERROR = (
    Change("absolute", ((" / lengths", ""),),
           "If loss and gradient were a million times as large, would the gradient be worse?",
           "That is the absolute error. Divide it by the sum of both norms."),
    Change("half-step", (("(2 * eps)", "eps"),),
           "How far is it from w - eps to w + eps?",
           "You divide the difference by eps, but the two points are 2 * eps apart."),
    Change("one-length", ((LENGTHS, "norm(measured)"),),
           "Should the result change if derived and measured swap places?",
           "You divide by one of the norms. Take the sum of both."),
    Change("one-length-of-yours", ((LENGTHS, "norm(derived)"),),
           "Should the result change if derived and measured swap places?",
           "You divide by the norm of the given gradient. Take the sum of both norms."),
    Change("mean-of-lengths", ((" / lengths", " / (lengths / 2)"),),
           "If one of the two vectors is zero, the result should be 1.",
           "You divide by the mean of the norms. Take their sum."),
    Change("difference-of-lengths",
           ((APART, "abs(np.linalg.norm(derived) - np.linalg.norm(measured)) / lengths"),),
           "Can two different vectors have the same norm?",
           "Subtract the vectors, not their norms: norm(derived - measured)."),
    Change("length-of-sum", ((LENGTHS, "norm(derived + measured)"),),
           "Two opposite vectors add up to zero. Do their norms too?",
           "You divide by the norm of the sum. Take the sum of the norms."),
    Change("squared", ((APART, "((derived - measured)**2).sum() / (derived**2 + measured**2).sum()"),),
           "If you double all numbers of a vector, is its norm four times as large?",
           "These are sums of squares. A norm is the root of such a sum: np.linalg.norm."),
    Change("mean-of-errors", ((APART, "np.mean(abs(derived - measured) / (abs(derived) + abs(measured)))"),),
           "Should a tiny entry count as much as a large one?",
           "That is the mean of the relative errors of all entries. Take the norms of whole vectors."),
    Change("no-brackets", ((" / lengths", " / np.linalg.norm(derived) + np.linalg.norm(measured)"),),
           "Which does Python compute first, the division or the sum?",
           "The sum of the norms needs brackets: / (norm(derived) + norm(measured))."),
    Change("nothing-in-common", (("(above - below)", "(below - above)"),),
           "The result is 1 if your two vectors are opposite, or if one is tiny compared with the other. "
           "Print both.",
           "Either the difference has the wrong sign (it should be above - below), or you do not divide by "
           "all of 2 * eps, which needs brackets: / (2 * eps)."),
)

ADAGRAD = (
    Change("unclipped-squares", (("g**2", "grads[name]**2"),),
           "Which gradient moves the weight, the clipped or the unclipped one? And which is added to s?",
           "You square the gradient before it is clipped. Clip first, then square."),
    Change("not-clipped", (("np.clip(grads[name], -clip, clip)", "grads[name]"),),
           "One entry of this gradient is 3. How large may an entry be?",
           "You do not clip the gradient: np.clip(grads[name], -clip, clip)."),
    Change("clipped-above-only", (("np.clip(grads[name], -clip, clip)", "np.minimum(grads[name], clip)"),),
           "A gradient can be enormous in both directions.", "You clip it above, but not below -clip."),
    Change("clipped-at-zero", (("np.clip(grads[name], -clip, clip)", "np.clip(grads[name], 0, clip)"),),
           "What happens to a gradient that is negative?",
           "You cut negative gradients off at 0. The range should begin at -clip."),
    Change("clip-turned", (("-clip, clip)", "clip, -clip)"),),
           "np.clip takes the lower limit first.", "Write np.clip(grads[name], -clip, clip)."),
    Change("scaled", (("np.clip(grads[name], -clip, clip)",
                       "grads[name] * min(1, clip / np.linalg.norm(grads[name]))"),),
           "Should an entry of 0.1 become smaller because another one is 3?",
           "You scale the whole gradient. np.clip limits each entry separately."),
    Change("clip-not-used", (("-clip, clip)", "-0.2, 0.2)"),),
           "With a different clip nothing changes.", "Use the argument: np.clip(grads[name], -clip, clip)."),
    Change("unclipped-step", (("learning_rate * g", "learning_rate * grads[name]"),),
           "Which gradient moves the weight, the clipped or the unclipped one?",
           "The step uses the gradient before it was clipped. Use g."),
    Change("no-rate", (("learning_rate * g", "g"),),
           "At the first update every weight moves by the learning rate, whatever its gradient. Does yours?",
           "You leave out the learning rate: learning_rate * g / ..."),
    Change("times-root", (("g / (np", "g * (np"),),
           "A weight has had large gradients so far. Should its step be longer now, or shorter?",
           "You multiply g by the root of s. Divide instead."),
    Change("one-sum", (("g**2", "(g**2).sum()"),),
           "Does each weight have its own sum?",
           "You add up the squares of a whole array. s has one number per weight, so write += g**2."),
    Change("squares-not-kept", (("squares[name] +=", "squares[name][:] ="),),
           "The first update is right, the second is not. What must be remembered from one to the next?",
           "You overwrite s at each update. It is the sum of all squares so far, so write +=."),
    Change("sign", (("params[name] -=", "params[name] +="),),
           "Does this step go down the slope, or up?", "The sign is flipped: a step goes against g."),
    Change("no-root", (("(np.sqrt(squares[name]) + 1e-10)", "(squares[name] + 1e-10)"),),
           "At the first update every weight moves by the learning rate, whatever its gradient. Does yours?",
           "You divide g by s. Divide it by the root of s."),
    Change("no-squares", (("g**2", "np.abs(g)"),),
           "What does s add up?", "Your s adds up |g|, but it should add up g**2."),
    Change("plain-sgd", ((" / (np.sqrt(squares[name]) + 1e-10)", ""),),
           "Every weight has its own step size. Where does s come in?",
           "You do not divide g by the root of s."),
    Change("rate-not-used", (("learning_rate * g", "0.1 * g"),),
           "With a different learning rate the steps do not change.", "Use the argument learning_rate."),
    Change("old-squares", (("        squares[name] += g**2\n", ""),
                           ("+ 1e-10)", "+ 1e-10)\n        squares[name] += g**2")),
           "At the first update, s must already be g**2 when it is used.",
           "You move the weight before you add g**2 to s. Add first."),
)


def plant(function, mistakes: tuple[Change, ...], *others: tuple) -> list[tuple]:
    """The name and the changed function of each mistake, and of the others, given as names and changes."""
    named = [*((mistake.name, *mistake.changes) for mistake in mistakes), *others]
    return [(name, (with_changes(function, tuple(changes)),)) for name, *changes in named]


# --- the stages ---


def returns(change) -> tuple:
    """A forward pass with a change of what it returns."""
    return (lambda *given: change(*plain.forward(*given)),)


def adds_to(*names, from_steps=1) -> tuple:
    """A backward pass that adds 1 to these gradients, of passages with at least so many steps."""
    def backward(params, inputs, targets, h, p):
        grads = plain.backward(params, inputs, targets, h, p)
        for name in names if len(inputs) >= from_steps else ():
            grads[name] += 1
        return grads
    return (backward,)


def gradient_by_loop(p, target):
    return np.array([p[k] - (1 if k == target else 0) for k in range(len(p))])


def all_moved(loss, array, gradient, entries, eps=1e-5):
    array += eps
    above = loss()
    array -= 2 * eps
    return above - loss()


def adagrad_by_loops(params, grads, squares, learning_rate=0.1, clip=0.2):
    for name in params:
        for place in np.ndindex(params[name].shape):
            g = min(max(grads[name][place], -clip), clip)
            squares[name][place] += g**2
            params[name][place] -= learning_rate * g / (squares[name][place] ** 0.5 + 1e-10)


def adagrad_into_dictionaries(params, grads, squares, learning_rate=0.1, clip=0.2):
    """New arrays take the places of the old ones, and nothing is written into these."""
    for name, gradient in grads.items():
        g = np.maximum(np.minimum(gradient, clip), -clip)
        squares[name] = squares[name] + g * g
        params[name] = params[name] - learning_rate * g / np.sqrt(squares[name] + 1e-10)


def adagrad_of_names(params, grads, squares, learning_rate=0.1, clip=0.2):
    """It gives new arrays to names of its own."""
    for name in params:
        w, s = params[name], squares[name]
        g = np.clip(grads[name], -clip, clip)
        s = s + g**2
        w = w - learning_rate * g / (np.sqrt(s) + 1e-10)


def adagrad_of_first(params, grads, squares, learning_rate=0.1, clip=0.2):
    first = next(iter(params))
    plain.adagrad({first: params[first]}, grads, squares, learning_rate)


def sample_once(params, h, i, length, rng):
    """It computes the probabilities before the loop."""
    h = np.tanh(params["W_xh"][i] + h @ params["W_hh"] + params["b_h"])
    p = plain.softmax(h @ params["W_hy"] + params["b_y"])
    return [rng.choice(len(p), p=p) for _ in range(length)]


def sample_with(name, factor, units=None):
    """It draws from a network in which one array is weakened, if it has so many units."""
    def sample(params, h, i, length, rng):
        weak = {**params, name: factor * params[name]} if units in (None, len(h)) else params
        return plain.sample(weak, h, i, length, rng)
    return (sample,)


def loop_with_all_states(params, ids, length, updates, forward, backward, adagrad):
    h, squares = np.zeros_like(params["b_h"]), {name: 0 * array for name, array in params.items()}
    for n in range(updates):
        chunk = ids[n * length :][: length + 1]
        _, h, p = forward(params, chunk[:-1], chunk[1:], h)
        adagrad(params, backward(params, chunk[:-1], chunk[1:], h, p), squares)


# Lines of `sample` and of `train_by_hand`.
STEP = "h = np.tanh(W_xh[i] + h @ W_hh + b_h)"
DRAW = "i = rng.choice(len(b_y), p=softmax(h @ W_hy + b_y))"
AT_THE_END, OVER = "position + length + 1 > len(ids)", "position, h_prev = 0, zero_state\n        inputs"
TARGETS = "targets = ids[position + 1 : position + length + 1]"
BACK, UPDATE = "backward(params, inputs, targets, h, p)", "adagrad(params, grads, squares)"
ON = "position, h_prev = position + length, h[length - 1]"


# --- the whole program ---


def initial(V, H, rng, scale=0.01):
    """Random parameters, in the order of the lesson."""
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, V), "b_y": (V,)}
    return {name: scale * rng.standard_normal(shape) for name, shape in shapes.items()}


PARTS = {"initial": initial, "forward": plain.forward, "backward": plain.backward, "update": plain.adagrad,
         "sample": plain.sample, "gradient_error": None}


def program(**others) -> tuple:
    """The program with some of its functions exchanged."""
    return tuple({**PARTS, **others}.values())


def plant_in_program(part: str, *mistakes: tuple) -> list[tuple]:
    """The name of each mistake in one function, and the whole program with it."""
    return [(name, program(**{part: function})) for name, (function,) in plant(PARTS[part], (), *mistakes)]


def initial_with(change):
    """Initial parameters with a change of each array."""
    return lambda V, H, rng: {name: change(array) for name, array in initial(V, H, rng).items()}


def momentum(params, grads, squares, learning_rate):
    """Another rule of learning, which keeps its memory in squares."""
    for name, g in grads.items():
        squares[name] *= 0.9
        squares[name] += np.clip(g, -1, 1)
        params[name] -= learning_rate * squares[name]


def error_of_each_entry(loss, array, gradient, entries, eps=1e-5):
    """Relative in another way: the largest error of an entry, with a guard against 0 / 0."""
    return max(plain.gradient_error(loss, array, gradient + 1e-12, [i], eps) for i in entries)


def update_of_names(params, grads, squares, learning_rate):
    """It makes new dictionaries, and leaves the one it was given as it was."""
    for name in params:
        params = {**params, name: params[name] - learning_rate * grads[name]}


SHIFTS = {"A": 2, "B": 0, "C": 1, "D": -1}
RATES = {"SGD": 0.3, "Adagrad": 0.03, "RMSProp": 0.003, "Adam": 0.003}
UPDATES = {1: 200_000, 25: 8_000, 100: 2_000}       # by sequence length

RIGHT = {
    "check_first_loss": [(lambda V, T: sum(np.log(np.full(T, V))),)],
    "check_shifts": [(SHIFTS,), ({name: float(shift) for name, shift in reversed(SHIFTS.items())},)],
    "check_race": [(0.1, RATES),
                   (10.0**-1, {**{name: np.float32(rate) for name, rate in RATES.items()}, "SGD": 3 * 0.1})],
    "check_lengths": [(UPDATES, 100, 25, "b"),
                      ({length: 200_000 / length for length in (1, 2, 5, 25, 100)}, "100", 25.0, "(B)")],
    "check_forward": [(plain.forward,)],
    "check_score_gradient": [(plain.score_gradient,), (gradient_by_loop,),
                             (lambda p, target: np.float32(p) - np.eye(len(p), dtype=np.float32)[target],)],
    "check_read_out": [(plain.backward,)],
    "check_gradient_error": [(plain.gradient_error,)],
    "check_adagrad": [(plain.adagrad,), (adagrad_by_loops,), (adagrad_into_dictionaries,)],
    "check_sample": [(plain.sample,)],
    "check_train_by_hand": [(plain.train_by_hand,)],
    "check_program": [program(), program(gradient_error=error_of_each_entry), program(update=momentum)],
}

WRONG = {
    "check_shifts": [("wrong-shift", ({**SHIFTS, "B": -1, "D": 0},))],
    "check_race": [
        ("too-small", (0.01, RATES)),
        ("too-large", (1.0, RATES)),
        ("not-the-best", (0.1, {**RATES, "Adam": 0.001})),
        ("not-tried", (0.1, {**RATES, "SGD": 7})),
    ],
    "check_lengths": [
        ("updates-made", ({**UPDATES, 25: 200_000}, 100, 25, "b")),
        ("best-per-update", (UPDATES, 25, 25, "b")),
        ("best-per-character", (UPDATES, 100, 100, "b")),
        ("no-such-length", (UPDATES, 99, 25, "b")),
        *((f"not-{letter}", (UPDATES, 100, 25, letter)) for letter in "acd"),
    ],
    "check_forward": [
        *plant(plain.forward, FORWARD, ("another-p", ("softmax(h[t] @ W_hy", "softmax(h[t] @ W_hh"))),
        ("another-h", returns(lambda loss, h, p: (loss, {t: h[t] ** 3 for t in h}, p))),
        ("another-loss", returns(lambda loss, h, p: (loss + 1, h, p))),
        ("not-by-step", returns(lambda loss, h, p: (loss, 7, p))),
        ("no-array", returns(lambda loss, h, p: (loss, {t: h[t].tolist() for t in h}, p))),
        ("no-state-before", returns(lambda loss, h, p: (loss, [h[t] for t in range(len(p))], p))),
        ("no-state-before", returns(lambda loss, h, p: (loss, {t: h[t] for t in range(len(p))}, p))),
        ("no-state-before", returns(lambda loss, h, p: (loss, {**h, -1: 0 * h[-1]}, p))),
    ],
    "check_score_gradient": [
        *plant(plain.score_gradient, SCORE_GRADIENT),
        ("another-dy", (lambda p, target: p**2,)),
        ("no-array", (lambda p, target: plain.score_gradient(p, target).tolist(),)),
    ],
    "check_read_out": [
        *plant(plain.backward, BACKWARD, ("wrong-steps", (" / len(inputs)", " / (t + 1)"))),
        ("wrong-read-out", adds_to("W_hy", "W_xh")),
        ("wrong-read-out-line", adds_to("W_hy")),
        ("wrong-da", adds_to("W_xh", "W_hh", "b_h")),
        ("wrong-line", adds_to("W_hh")),
        ("wrong-carry", adds_to("W_xh", "W_hh", "b_h", from_steps=2)),
    ],
    "check_gradient_error": [
        *plant(
            plain.gradient_error, GRADIENT_ERROR,
            ("not-moved", ("    for i", "    array = array.copy()\n    for i")),
            ("not-put-back", ("        array.flat[i] = kept\n", "")),
            ("tiny-step", ("eps=1e-5", "eps=1e-12")),
            ("large-step", ("eps=1e-5", "eps=0.1")),
            ("not-all-entries", ("in entries", "in entries[:1]")),
            ("more-entries", ("in entries", "in range(array.size)")),
            ("one-sided", ("kept - eps", "kept"), ("(2 * eps)", "eps")),
            ("another-error", (APART, APART + " + 0.3"))),
        ("all-moved", (all_moved,)),
    ],
    "check_adagrad": [
        *plant(
            plain.adagrad, ADAGRAD,
            ("another-step", ("learning_rate * g", "1.5 * learning_rate * g")),
            ("divided-by-zero", (" + 1e-10", "")),
            ("root-of-negative", ("g**2", "g"))),
        ("nothing-moves", (adagrad_of_names,)),
        ("not-all-arrays", (adagrad_of_first,)),
    ],
    "check_sample": [
        *plant(
            plain.sample, (),
            ("not-fed-back", ("        i = rng", "        k = rng"), ("append(i)", "append(k)")),
            ("state-not-carried", (STEP, STEP.replace("h =", "new =")), (DRAW, DRAW.replace("h @", "new @"))),
            ("another-text", ("return drawn", "return drawn[::-1]")),
            ("largest", (DRAW, "i = int(np.argmax(h @ W_hy + b_y))")),
            ("no-b-y", (" + b_y", "")),
            ("by-chance", (DRAW, "i = rng.choice(len(b_y))")),
            ("state-not-used", (" + h @ W_hh", "")),
            ("w-hh-turned", ("h @ W_hh", "W_hh @ h")),
            ("given-kept", ("drawn = []", "drawn = [i]"), ("(length)", "(length - 1)")),
            ("drawn-too-early", (STEP, f"p = softmax(h @ W_hy + b_y)\n        {STEP}"),
             (DRAW, "i = rng.choice(len(b_y), p=p)")),
            ("dice-made-anew", ("rng.choice", "np.random.default_rng(0).choice")),
            ("own-rng", ("drawn = []", "drawn, rng = [], np.random.default_rng(0)")),
            ("other-dice", ("drawn = []", "drawn, rng = [], np.random.default_rng()")),
            ("no-b-h", (" + b_h", "")),
            ("no-tanh", (STEP, "h = W_xh[i] + h @ W_hh + b_h")),
            ("kept-another", ("append(i)", f"append({DRAW.removeprefix('i = ')})")),
            ("other-pairs", ("return drawn", "return drawn if length != 2 else 2 * drawn[:1]")),
            ("wrong-length", ("(length)", "(length - 1)"))),
        ("one-row", (sample_once,)),
        ("other-chances", sample_with("b_y", 0.2)),
        ("no-hello", sample_with("W_hy", 0.1, units=3)),
    ],
    "check_train_by_hand": [
        *plant(
            plain.train_by_hand, (),
            ("not-shifted", (TARGETS, "targets = inputs")),
            ("other-targets", (TARGETS, TARGETS.replace("1", "2"))),
            ("not-carried", (ON, ON.replace("h[length - 1]", "zero_state"))),
            ("first-state", (ON, ON.replace("length - 1", "0"))),
            ("other-state", (ON, ON.replace("h[length - 1]", "p[0][:2]"))),
            ("not-reset", (OVER, "position = 0\n        inputs")),
            ("no-state", (OVER, OVER.replace("zero_state", "0.0"))),
            ("other-beginning", ("forward(params, inputs, targets", "forward(params, targets, inputs")),
            ("beyond-the-end", (AT_THE_END, "position > len(ids)")),
            ("not-started-over", (ON, ON.replace("position + length",
                                                 "min(position + length, len(ids) - length - 1)"))),
            ("stands-still", (AT_THE_END, "position > 0")),
            ("over-too-soon", (AT_THE_END, "position + 2 * length + 1 > len(ids) and position > length")),
            ("other-positions", (ON, ON.replace("+ length,", "+ 1,"))),
            ("too-few-updates", ("range(updates)", "range(1)")),
            ("too-many-updates", ("range(updates)", "range(updates + 1)")),
            ("other-number-of-backward", (BACK, "dict.fromkeys(params, 1)")),
            ("other-number-of-adagrad", (UPDATE, "pass")),
            ("other-backward", (BACK, "backward(params, targets, inputs, h, p)")),
            ("other-gradients", (UPDATE, "adagrad(params, squares, squares)")),
            ("squares-made-anew", (UPDATE, UPDATE.replace(
                "squares", "{name: 0 * array for name, array in params.items()}"))),
            ("adagrad-returns-nothing", (UPDATE, f"params = {UPDATE}")),
            ("adagrad-returns-nothing", (UPDATE, f"squares = {UPDATE}")),
            ("other-losses", ("return losses", "return losses[1:]"))),
        ("all-states", (loop_with_all_states,)),
    ],
    "check_program": [
        *plant_in_program(
            "forward",
            ("sum", ("return loss / len(inputs)", "return loss")),
            ("too-good", ("p[t][targets[t]]", "(p[t][targets[t]] + 0.5)")),
            ("not-of-targets", ("p[t][targets[t]]", "p[t][inputs[t]]")),
            ("no-probabilities", ("softmax(h[t] @ W_hy + b_y)",
                                  "softmax(h[t] @ W_hy + b_y) * (1 + h[t].sum())")),
            ("first-state-not-used", ("{-1: h_prev}", "{-1: np.zeros_like(h_prev)}")),
            ("state-not-carried", ("h[t - 1] @ W_hh", "h[-1] @ W_hh")),
            ("not-in-forward", (" + b_h", ""))),
        *plant_in_program(
            "backward",
            ("no-mean", (" / len(inputs)", "")),
            ("turned-sign", ("dy = score", "dy = -score")),
            ("nothing-added", ('        grads["b_h"] += da\n', "")),
            ("wrong-read-out-line", ("np.outer(h[t], dy)", "np.outer(h[t - 1], dy)")),
            ("first-state-zero", ("np.outer(h[t - 1], da)", "np.outer(h[t - 1] if t else 0 * da, da)")),
            ("wrong-cell", ("(1 - h[t] ** 2) * dh", "dh")),
            ("wrong-carry", (" + dh_next", "")),
            ("repeated-symbol", ('grads["W_xh"][inputs[t]] +=', 'grads["W_xh"][inputs[t]] ='))),
        *plant_in_program(
            "update",
            ("squares-not-added", ("        squares[name] += g**2\n", "")),
            ("not-divided", (" / (np.sqrt(squares[name]) + 1e-10)", "")),
            ("not-clipped", ("np.clip(grads[name], -clip, clip)", "grads[name]")),
            ("rate-not-used", ("learning_rate * g", "0.1 * g")),
            ("nan", (" + 1e-10", "")),
            ("does-not-learn", ("params[name] -=", "params[name] +="))),
        *plant_in_program(
            "sample",
            ("does-not-write", ("        h = np.tanh", "        _ = np.tanh")),
            ("other-chances", ("        i = rng", "        k = rng"), ("append(i)", "append(k)")),
            ("wrong-length", ("drawn = []", "drawn = [i]"))),
        ("not-yet", program(backward=lambda params, inputs, targets, h, p: ...)),
        ("other-arguments", program(forward=lambda params, inputs, targets: 0)),
        ("no-parameters", program(initial=lambda *given: tuple(initial(*given).values()))),
        ("nothing-kept", program(forward=lambda params, inputs, targets, h_prev: plain.forward(
            params, inputs, targets, h_prev)[0])),
        ("sure-and-wrong", program(initial=initial_with(lambda array: 100 * array))),
        ("units-alike", program(initial=initial_with(lambda array: 0 * array + 0.01))),
        ("wrong-read-out", program(backward=lambda params, inputs, targets, h, p: plain.backward(
            params, inputs, (targets + 1) % 5, h, p))),
        ("gradient-check", program(gradient_error=lambda loss, array, gradient, entries: (
            plain.gradient_error(loss, array, gradient, entries[:1])))),
        ("nothing-moves", program(update=update_of_names)),
    ],
}
