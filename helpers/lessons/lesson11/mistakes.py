"""The mistakes that the checks of lesson 11 know, and answers that are RIGHT or WRONG, by check.

Of an exercise, a `Mutant` answers as who makes the mistake. Of a stage, a `Change` of the reference version
does so.
"""

import numpy as np

from helpers.checks import Mutant
from helpers.checks.stages import Mutant as Change
from helpers.checks.stages import with_changes
from helpers.lessons.lesson11 import plain
from helpers.networks import softmax


def masked(T: int, ends: np.ndarray) -> np.ndarray:
    """The steps (T, B) before the end of each sequence."""
    return np.arange(T)[:, None] < ends


MASK = (
    Mutant("transposed", lambda lengths, T: masked(T, lengths).T,
           "The mask should have shape ({T}, {B}), time first, but has ({B}, {T})."),
    Mutant("one-too-many", lambda lengths, T: masked(T, lengths + 1),
           "The mask counts one step too many in each sequence. A sequence of 2 symbols has the steps 0 and "
           "1."),
    Mutant("one-too-few", lambda lengths, T: masked(T, lengths - 1),
           "The mask counts one step too few in each sequence."),
    Mutant("turned-round", lambda lengths, T: ~masked(T, lengths),
           "The mask is 1 at the padding and 0 at the symbols. Swap them."),
    Mutant("padding-in-front", lambda lengths, T: masked(T, lengths)[::-1],
           "This mask treats the first steps as padding, but padding follows the symbols."),
)


def states_at(h: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """The state (B, H) of each sequence after its own step."""
    return h[steps, np.arange(len(steps))]


def gradient_at(d_last: np.ndarray, steps, T: int) -> np.ndarray:
    """A gradient (T, B, H) that is d_last at one step of each sequence and 0 elsewhere."""
    d_h = np.zeros((T, *d_last.shape))
    d_h[steps, np.arange(len(d_last))] = d_last
    return d_h


LAST = (
    Mutant("end-of-the-rectangle", lambda h, lengths: h[-1],
           "Those are the states after the last step of the rectangle, which have read padding too. Use the "
           "state at the last symbol of each sequence."),
    Mutant("one-too-late", lambda h, lengths: states_at(h, lengths),
           "These states are one step too late. A sequence of 2 symbols ends at step 1."),
    Mutant("first-states", lambda h, lengths: h[0], "Those are the states after the first step."),
    Mutant("mean", lambda h, lengths: h.mean(axis=0), "That is a mean over the steps."),
)
BACK = (
    Mutant("back-at-the-end", lambda d_last, lengths, T: gradient_at(d_last, T - 1, T),
           "All gradients are at the last step of the rectangle. Each one belongs to the step whose state "
           "last_states returned."),
    Mutant("back-too-late", lambda d_last, lengths, T: gradient_at(d_last, lengths, T),
           "The gradient is one step too late."),
    Mutant("everywhere", lambda d_last, lengths, T: np.broadcast_to(d_last, (T, *d_last.shape)),
           "You passed d_last to every step, but last_states returns only one state of each sequence. Only "
           "that step receives a gradient."),
)


def reversed_by(x: np.ndarray, lengths: np.ndarray, late: int = 0, padding: int = 1) -> np.ndarray:
    """Each sequence reversed with so many steps after its end; `padding`: a factor of what comes later."""
    result = padding * x
    for b, end in enumerate(lengths + late):
        result[:end, b] = x[:end, b][::-1]
    return result


def reversed_from_the_padding(x, lengths):
    result = x.copy()
    for b, n in enumerate(lengths):
        result[:n, b] = x[n:0:-1, b]
    return result


def reversed_along_rows(x, lengths):
    result = x.copy()
    for b, n in enumerate(lengths):
        result[b, :n] = x[b, :n][::-1]
    return result


REVERSED = (
    Mutant("padding-first", lambda x, lengths: x[::-1],
           "The whole column is reversed, so now the padding comes first, and the network reads it before "
           "any symbol."),
    Mutant("other-way", lambda x, lengths: x[:, ::-1],
           "You reversed the order of the sequences. Reverse the steps, which are the first axis."),
    Mutant("not-turned", lambda x, lengths: x, "Nothing is reversed."),
    Mutant("one-place-too-far", lambda x, lengths: reversed_by(x, lengths, late=1),
           "One step of padding is reversed along with each sequence."),
    Mutant("one-place-too-few", lambda x, lengths: reversed_by(x, lengths, late=-1),
           "The last symbol of each sequence stays where it is. Reverse it with the others."),
    Mutant("from-the-padding", reversed_from_the_padding,
           "Each sequence begins with its padding, and its first symbol is missing, because x[n:0:-1] goes "
           "from x[n] to x[1]. The n symbols of a sequence are x[0] to x[n - 1]."),
    Mutant("exchanged-axes", reversed_along_rows,
           "A row of x is a step and a column is a sequence, so use x[:n, b], not x[b, :n]."),
    Mutant("padding-lost", lambda x, lengths: reversed_by(x, lengths, padding=0),
           "The padding has become 0, but it should stay as it was. Start with a copy of x."),
)


def longer(kept, log_p, total=np.add) -> list[tuple]:
    """All strings that are one symbol longer, each with its `total`, the best first."""
    strings = [(total(before, log_p[k][v]), (*symbols, v))
               for k, (before, symbols) in enumerate(kept) for v in range(len(log_p[k]))]
    return sorted(strings, reverse=True)


def best_of_each(kept, log_p, width):
    best = [longer([string], [row])[0] for string, row in zip(kept, log_p, strict=True)]
    return sorted(best, reverse=True)[:width]


BEAM = (
    Mutant("best-of-each", best_of_each,
           "You keep only one continuation of each string. Two continuations of the same string may both be "
           "among the best, so compare all of them."),
    Mutant("worst-first", lambda kept, log_p, width: longer(kept, log_p)[::-1][:width],
           "The strings are in the wrong order, or you kept those with the lowest totals. The best should "
           "come first."),
    Mutant("worst-last", lambda kept, log_p, width: longer(kept, log_p)[:width][::-1],
           "These strings are right, but the best should come first."),
    Mutant("all-kept", lambda kept, log_p, width: longer(kept, log_p),
           "You kept all {all_strings} strings, but the width of the beam is {width}."),
    Mutant("only-the-last", lambda kept, log_p, width: longer(kept, log_p, lambda before, last: last)[:width],
           "The strings are ordered by their last symbol alone. Add its log p to the total of the string "
           "that it continues."),
    Mutant("multiplied", lambda kept, log_p, width: longer(kept, log_p, np.multiply)[:width],
           "You multiplied the totals by log p. Add it to them, because both are logarithms."),
)

LOSS = (                # of the masked loss
    Change("all-places", (("count = mask.sum()", "count = mask.size"),),
           "Over how many positions is this a mean? A longer sequence in the batch must not make a short one "
           "look better.",
           "You divide by the number of all positions, but only mask.sum() of them count."),
    Change("no-mask", (("(mask * surprise).sum()", "surprise.sum()"),),
           "If you change a target at a padded position, should the loss change?",
           "Your sum includes the surprises at padded positions. Sum mask * surprise instead."),
    Change("plain-mean", (("(mask * surprise).sum() / count", "surprise.mean()"),),
           "If you change a target at a padded position, should the loss change?",
           "This is the mean over all positions, but only those whose mask is 1 count."),
    Change("sum", (("(mask * surprise).sum() / count", "(mask * surprise).sum()"),),
           "A batch twice as large should have about the same loss. Does it?",
           "This is the sum over the positions. Divide it by the number of positions whose mask is 1."),
    Change("mean-of-means",
           (("(mask * surprise).sum() / count", "((mask * surprise).sum(axis=0) / "
                                                "mask.sum(axis=0)).mean()"),),
           "Should a symbol of a short sequence count more than one of a long sequence?",
           "This is a mean of the means of the sequences. Add up the surprises at all positions that count, "
           "and divide once."),
    Change("sign", (("(mask * surprise).sum() / count", "-(mask * surprise).sum() / count"),),
           "Can a mean of surprises be below 0?",
           "The sign is flipped, because surprise already includes the minus."),
)
SCORES = (              # of the gradient with respect to the scores
    Change("no-mask-on-the-way-back", (("mask[:, :, None] * (p - one_hot)", "(p - one_hot)"),),
           "Does the loss depend on a score at a padded position?",
           "The mask is left out. Write mask[:, :, None] * (p - one_hot), divided by the count."),
    Change("not-divided", (("(p - one_hot) / count", "(p - one_hot)"),),
           "The loss is a mean. What is the share of each position in it?",
           "The count is left out. Divide by it, as in the loss."),
    Change("divided-by-all", (("(p - one_hot) / count", "(p - one_hot) / mask.size"),),
           "What was the sum in the loss divided by?",
           "You divide by the number of all positions, but only mask.sum() of them count."),
    Change("turned-round", (("(p - one_hot)", "(one_hot - p)"),),
           "The score of the target should rise. Which sign does the gradient have there?",
           "The difference is the wrong way round. It should be p - one_hot."),
    Change("wanted-left-out", (("(p - one_hot)", "p"),),
           "A gradient with respect to the scores adds up to 0 at each position. Does yours?",
           "The target is left out. Write p - one_hot."),
)

LOOKED_UP = (           # of the backward pass of one look-up
    Change("no-mean-taken-off", (("weights * (d_weights - weights @ d_weights)", "weights * d_weights"),),
           "The weights add up to 1. If one rises, what happens to the others?",
           "Your d_scores is only half of the softmax's gradient. From d_weights subtract its weighted mean, "
           "weights @ d_weights."),
    Change("plain-mean-taken-off",
           (("weights * (d_weights - weights @ d_weights)", "weights * (d_weights - d_weights.mean())"),),
           "The gradient with respect to the scores adds up to 0. Does yours?",
           "The plain mean is subtracted. It should be the weighted mean, weights @ d_weights."),
    Change("weights-left-out", (("weights * (d_weights - weights @ d_weights)",
                                 "d_weights - weights @ d_weights"),),
           "Does the answer depend on the score of a step that has no weight?",
           "d_scores is not multiplied by weights. Write weights * (d_weights - weights @ d_weights)."),
    Change("as-if-a-sigmoid", (("weights * (d_weights - weights @ d_weights)",
                                "weights * (1 - weights) * d_weights"),),
           "Does the score of one step move only its own weight?",
           "Your d_scores has the slope of a sigmoid, but in a softmax each score moves all weights."),
    Change("softmax-passed-over", (("d_scores = weights * (d_weights - weights @ d_weights)",
                                    "d_scores = d_weights"),),
           "Which function is between the scores and the weights, and what is its slope?",
           "The softmax is left out. d_scores is weights * (d_weights - weights @ d_weights)."),
    Change("turned-round", (("d_weights - weights @ d_weights", "weights @ d_weights - d_weights"),),
           "If the value of a step is better than the mean, should its score rise or fall?",
           "The difference is the wrong way round. It should be d_weights - weights @ d_weights."),
    Change("keys-for-values", (("d_weights = values @ d_answer", "d_weights = keys @ d_answer"),),
           "What was each weight multiplied by in the forward pass?",
           "The weights multiplied the values, so d_weights is values @ d_answer."),
    Change("no-weights-in-values",
           (("np.outer(weights, d_answer)", "np.outer(np.ones_like(weights), d_answer)"),),
           "How much does the answer depend on a value with little weight?",
           "Each value gets d_answer times its weight, np.outer(weights, d_answer)."),
    Change("scores-in-values", (("d_values = np.outer(weights, d_answer)",
                                 "d_values = np.outer(keys @ q, d_answer)"),),
           "What was each value multiplied by in the forward pass?",
           "The values were multiplied by the weights, not the scores. Write np.outer(weights, d_answer)."),
    Change("weights-for-scores", (("d_q = d_scores @ keys", "d_q = weights @ keys"),),
           "The scores are computed from the query. Which gradient does the query receive?",
           "You compute d_q from the weights, but it should be d_scores @ keys."),
    Change("d-weights-for-scores", (("d_keys = np.outer(d_scores, q)", "d_keys = np.outer(d_weights, q)"),),
           "The scores are computed from the keys, and the weights only from the scores. Which gradient do "
           "the keys receive?",
           "You compute d_keys from d_weights, but it should be np.outer(d_scores, q)."),
    Change("weights-in-keys", (("d_keys = np.outer(d_scores, q)", "d_keys = np.outer(weights, q)"),),
           "The scores are computed from the keys. Which gradient do the keys receive?",
           "You compute d_keys from the weights, but it should be np.outer(d_scores, q)."),
    Change("answer-in-keys", (("d_keys = np.outer(d_scores, q)", "d_keys = np.outer(d_scores, d_answer)"),),
           "What multiplied each key in the forward pass?",
           "You compute d_keys from d_answer, but each key was multiplied by the query. Write "
           "np.outer(d_scores, q)."),
    Change("values-in-query", (("d_q = d_scores @ keys", "d_q = d_scores @ values"),),
           "What multiplied the query in the forward pass?",
           "You compute d_q from the values, but the query was multiplied by the keys. Write "
           "d_scores @ keys."),
)


def with_answers(function, mistakes: tuple[Change, ...]) -> list[tuple]:
    """These mistakes, each with the answer of who makes it."""
    return [(mistake.name, (with_changes(function, mistake.changes),)) for mistake in mistakes]


def returns(function, change) -> tuple:
    """A stage with a change of what the reference version returns."""
    return (lambda *given: change(*function(*given)),)


def look_up_with(weigh) -> tuple:
    """A masked look-up with the weights that ``weigh(scores, mask)`` makes."""
    def masked_look_up(q, keys, values, mask):
        weights = weigh(keys @ q, mask)
        return weights @ values, weights
    return (masked_look_up,)


def weigh(scores, mask, padded=-np.inf):
    """The weights of steps whose scores are `padded` where the mask is 0."""
    return softmax(np.where(mask == 1, scores, padded))


def look_up_on_a_part(q, keys, values, mask):
    n = int(mask.sum())
    weights = np.zeros(len(mask))
    weights[:n] = softmax(keys[:n] @ q)
    return [sum(w * value for w, value in zip(weights, values, strict=True)), weights.tolist()]


def beam_step_by_argsort(kept, log_p, width):
    totals = np.array([total for total, _ in kept])[:, None] + log_p
    best = np.argsort(-totals, axis=None)[:width]
    return [[totals.flat[n], [*kept[n // log_p.shape[1]][1], n % log_p.shape[1]]] for n in best]


def loss_in_single(scores, targets, mask):
    loss, d_scores = plain.masked_loss(scores.astype(np.float32), targets, mask)
    return np.float32(loss), d_scores.astype(np.float32)


def back_by_a_jacobian(q, keys, values, weights, d_answer):
    d_scores = (np.diag(weights) - np.outer(weights, weights)) @ values @ d_answer
    return keys.T @ d_scores, d_scores[:, None] * q, weights[:, None] * d_answer


RIGHT = {
    "check_masked_look_up": [look_up_with(weigh), (look_up_on_a_part,),
                             look_up_with(lambda scores, mask: weigh(scores, mask, padded=-1e9))],
    "check_beam_step": [(beam_step_by_argsort,)],
    "check_masked_loss": [(plain.masked_loss,), (loss_in_single,)],
    "check_look_up_back": [(plain.look_up_back,), (back_by_a_jacobian,)],
}

WRONG = {
    "check_masked_look_up": [
        ("no-mask", look_up_with(lambda scores, mask: softmax(scores))),
        ("masked-too-late", look_up_with(lambda scores, mask: mask * softmax(scores))),
        ("score-of-0", look_up_with(lambda scores, mask: softmax(mask * scores))),
        ("turned-round", look_up_with(lambda scores, mask: weigh(scores, 1 - mask))),
        ("other-weights", look_up_with(lambda scores, mask: weigh(-scores, mask))),
        ("padding-weighs", look_up_with(lambda scores, mask: weigh(scores, mask, padded=-10))),
        ("another-answer", (lambda q, keys, values, mask: (values[0], weigh(keys @ q, mask)),)),
    ],
    "check_beam_step": [("no-pairs", (lambda kept, log_p, width: 7,))],
    "check_masked_loss": [
        *with_answers(plain.masked_loss, LOSS + SCORES),
        ("another-loss", returns(plain.masked_loss, lambda loss, d_scores: (loss + 1, d_scores))),
        ("another-gradient", returns(plain.masked_loss, lambda loss, d_scores: (loss, 2 * d_scores))),
    ],
    "check_look_up_back": [
        *with_answers(plain.look_up_back, LOOKED_UP),
        ("another-d-q", returns(plain.look_up_back, lambda d_q, *others: (2 * d_q, *others))),
        ("another-d-keys", returns(plain.look_up_back, lambda d_q, d_keys, d_v: (d_q, 2 * d_keys, d_v))),
        ("another-d-values", returns(plain.look_up_back, lambda d_q, d_keys, d_v: (d_q, d_keys, 2 * d_v))),
        ("another-d-q", returns(plain.look_up_back, lambda *gradients: [2 * d for d in gradients])),
    ],
}
