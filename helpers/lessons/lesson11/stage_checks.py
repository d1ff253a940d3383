"""The checks of the stages of lesson 11: a loss that leaves padding out, and a look-up's backward pass."""

from collections.abc import Callable

import numpy as np

from helpers.checks import Mistake, answer_of, check, listed, nearly, numbers_of, part, several_of, wait_for
from helpers.checks.stages import with_changes
from helpers.lessons.lesson11 import mistakes, plain


def a_batch(rng: np.random.Generator, lengths: tuple[int, ...], V: int) -> tuple:
    """Arguments of `masked_loss`: sequences of these lengths, with random targets at padded positions."""
    T, B = max(lengths), len(lengths)
    mask = (np.arange(T)[:, None] < np.array(lengths)).astype(float)
    return rng.normal(size=(T, B, V)), rng.integers(V, size=(T, B)), mask


@check("loss", "d_scores")
def check_masked_loss(masked_loss: Callable) -> str:
    """Try ``masked_loss(scores, targets, mask) -> (loss, d_scores)`` on three fresh batches."""
    rng = np.random.default_rng(111)
    for lengths, V in (((5, 2, 3), 4), ((4, 1), 3), ((6, 6, 1, 2), 5)):
        given = a_batch(rng, lengths, V)
        shape = given[0].shape
        place = f"With sequences of lengths {', '.join(map(str, lengths))} and a vocabulary of {V}: "
        hint = (f" Here scores has shape {shape}, targets and mask have shape {shape[:2]}, and "
                f"mask[:, :, None] has shape {(*shape[:2], 1)}.")
        found = answer_of(masked_loss, *given, place=place, hint=hint, keeps=True, read=lambda answer:
                          several_of(answer, ("loss", "d_scores"), "What masked_loss returns"))
        right = plain.masked_loss(*given)
        with part("loss"):
            loss = numbers_of(found[0], (), "It", place)
            if not nearly(loss, right[0]):
                raise _known(mistakes.LOSS, plain.masked_loss, given, 0, loss,
                             f"It should be {right[0]:.4f} at lengths {', '.join(map(str, lengths))}, but is "
                             f"{loss:.4f}.") or Mistake(
                    "another-loss", f"It should be {right[0]:.4f}, but is {loss:.4f}.",
                    "Which positions count, and how many are there?",
                    "The loss is (mask * surprise).sum() / mask.sum().")
        with part("d_scores"):
            d_scores = numbers_of(found[1], shape, "It", place)
            if not nearly(d_scores, right[1]):
                if nearly(d_scores, with_changes(plain.masked_loss, mistakes.LOSS[0].changes)(*given)[1]):
                    wait_for("loss")                # both are divided by the count
                raise _known(mistakes.SCORES, plain.masked_loss, given, 1, d_scores,
                             _at_padding(d_scores, given[2])) or Mistake(
                    "another-gradient", _at_padding(d_scores, given[2]),
                    "It should be p minus the one-hot target, as in lesson 02, times each position's share "
                    "in the loss.",
                    "It should be mask[:, :, None] * (p - one_hot) / mask.sum().")
    return ("Correct: the loss and its gradient are right on three fresh batches. At padded positions the "
            "gradient is 0.")


def _at_padding(d_scores: np.ndarray, mask: np.ndarray) -> str:
    """Where the gradient is wrong, as far as can be seen."""
    if np.abs(d_scores[mask == 0]).max() > 1e-9:
        return "It is not 0 at the padded positions."
    return "It is 0 at the padded positions, as it should be, but wrong at the others."


GRADIENTS = ("d_q", "d_keys", "d_values")
SIZES = ((5, 4), (3, 2), (6, 3))            # steps stored, length of a key and of a value: both are states


def one_look_up(rng: np.random.Generator, T: int, H: int) -> tuple:
    """Arguments of `look_up_back`."""
    q, keys, values = rng.normal(size=H), rng.normal(size=(T, H)), rng.normal(size=(T, H))
    _, weights = plain.look_up(q, keys, values)
    return q, keys, values, weights, rng.normal(size=H)


@check(*GRADIENTS)
def check_look_up_back(look_up_back: Callable) -> str:
    """Try ``look_up_back(q, keys, values, weights, d_answer) -> (d_q, d_keys, d_values)`` three times."""
    rng = np.random.default_rng(112)
    for T, H in SIZES:
        given = one_look_up(rng, T, H)
        place = f"With {T} stored steps, keys and values of {H} numbers: "
        hint = (f" Here the shapes are q ({H},), keys ({T}, {H}), values ({T}, {H}), weights ({T},) and "
                f"d_answer ({H},). With @, the last dimension of the left array must match the first of the "
                "right one.")
        answer = answer_of(look_up_back, *given, place=place, hint=hint, keeps=True, read=lambda answer:
                           several_of(answer, GRADIENTS, "What look_up_back returns"))
        right = plain.look_up_back(*given)
        found = {}
        for n, name in enumerate(GRADIENTS):
            with part(name):
                found[name] = numbers_of(answer[n], right[n].shape, "It", place)
        wrong = [name for n, name in enumerate(GRADIENTS)
                 if name in found and not nearly(found[name], right[n])]
        for name in wrong:
            with part(name):
                n = GRADIENTS.index(name)
                if name == "d_keys" and "d_q" in wrong:
                    wait_for("d_q")                 # both are made of d_scores
                own_line = [mutant for mutant in mistakes.LOOKED_UP if name in mutant.changes[0][0]]
                raise _known([*own_line, *mistakes.LOOKED_UP], plain.look_up_back, given, n, found[name],
                             _others(wrong, found)) or Mistake(
                    f"another-{name.replace('_', '-')}", _others(wrong, found), *OTHERWISE[name])
    return "Correct: the gradients of query, keys and values are right on three fresh look-ups."


OTHERWISE = {
    "d_q": ("The scores are computed from the query, and the weights from the scores. Go back through both.",
            "d_weights is values @ d_answer, d_scores is weights * (d_weights - weights @ d_weights), and "
            "d_q is d_scores @ keys."),
    "d_keys": ("Each score is computed from one key and the query.", "d_keys is np.outer(d_scores, q)."),
    "d_values": ("The answer is a sum of values, each times its weight.",
                 "d_values is np.outer(weights, d_answer)."),
}


def _others(wrong: list[str], found: dict) -> str:
    fine = [other for other in found if other not in wrong]
    if not fine:
        return "All three gradients are wrong." if len(wrong) == len(GRADIENTS) else "It is wrong."
    return f"It is wrong, although {listed(fine)} {'is' if len(fine) == 1 else 'are'} right."


def _known(some, function: Callable, given: tuple, n: int, found, told: str) -> Mistake | None:
    """The mistake of the first of some mutants that makes the n-th thing that is returned what it is."""
    for mutant in some:
        if nearly(found, with_changes(function, mutant.changes)(*given)[n]):
            return mutant.found(told)
    return None


def loss_at_lesson_size() -> tuple:
    """Arguments of `masked_loss` of the size that the lesson trains with."""
    return a_batch(np.random.default_rng(113), (10,) * 16 + (7,) * 16, 8)


def look_up_at_lesson_size() -> tuple:
    """Arguments of `look_up_back` as the lesson uses it."""
    return one_look_up(np.random.default_rng(114), 10, 32)
