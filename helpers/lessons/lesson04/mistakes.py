"""The mistakes that the checks of lesson 04 know, each with a wrong answer and what the check says to it.

Tests try each check on its RIGHT and WRONG answers.
"""

from collections.abc import Callable

import numpy as np

from helpers.checks import Mutant
from helpers.networks import CharModel

WINDOW = (
    Mutant("own-step-left-out", lambda lag: lag,
           "In a window of {lag} steps the last loss reaches back only {before}, because its own step is one "
           "of the {lag}."),
)

SHARE = (
    Mutant("all-of-them", lambda lag, k: float(k > lag),
           "Not all losses reach that far. The first ones of a chunk have too few steps before them."),
    Mutant("one-too-few", lambda lag, k: max(0, k - lag - 1) / k,
           "That is one loss too few. The loss of step lag + 1 reaches far enough too."),
    Mutant("one-too-many", lambda lag, k: max(0, k - lag + 1) / k,
           "That is one loss too many. The loss of step p reaches back p - 1 steps."),
    Mutant("negative", lambda lag, k: (k - lag) / k,
           "A share can't be negative. If no loss reaches far enough, it is 0."),
    Mutant("per-cent", lambda lag, k: 100 * max(0, k - lag) / k,
           "That is in per cent. A share is between 0 and 1."),
    Mutant("whole-numbers", lambda lag, k: max(0, k - lag) // k,
           "In Python, // drops the fraction. Divide with /."),
    Mutant("number", lambda lag, k: max(0, k - lag),
           "That is the number of losses. Return their share of the k losses in the chunk."),
)


def chunk_by_chunk(model: CharModel, inputs: np.ndarray, targets: np.ndarray, length: int,
                   carry: bool = True, axis: int = 0) -> list[tuple[float, np.ndarray]]:
    """The share of the steps and the gradient of each chunk along an axis; with `carry` the state goes on."""
    pairs, state = [], None
    for start in range(0, inputs.shape[axis], length):
        x, y = (np.take(array, range(start, min(start + length, array.shape[axis])), axis)
                for array in (inputs, targets))
        _, grads, after = model.loss_and_grads(x, y, state)
        state = after if carry else None
        pairs.append((x.size / inputs.size, grads.vector.copy()))
    return pairs


def weighted_sum(pairs: list[tuple[float, np.ndarray]]) -> np.ndarray:
    """The sum of the gradients, each times its share."""
    return sum(share * gradient for share, gradient in pairs)


def parallel(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two vectors have the same direction, whatever their lengths."""
    lengths = np.linalg.norm(one) * np.linalg.norm(other)
    return bool(lengths > 0 and one @ other > (1 - 1e-9) * lengths)


# Kept in a list, or added onto the first one: all of them are the last one then, however weighed.
NO_COPIES = ("only the gradient of the last chunk is in your answer. The gradients live in memory that the "
             "next call of loss_and_grads uses again, so keep copies, grads.vector.copy(), or add them to a "
             "new array before that call.")
CARRY = (
    Mutant("no-state", lambda *given: weighted_sum(chunk_by_chunk(*given, carry=False)),
           "the state starts from zero in every chunk. Pass the third value that loss_and_grads returns to "
           "the next call."),
    Mutant("not-weighed", lambda *given: sum(gradient for _, gradient in chunk_by_chunk(*given)),
           "each chunk's gradient is that of the mean over its own steps. Multiply it by the chunk's share "
           "of all steps."),
    Mutant("equal-weights",
           lambda *given: np.mean([gradient for _, gradient in chunk_by_chunk(*given)], axis=0),
           "the chunks are averaged as if all were equally long, but the last one is shorter."),
    Mutant("first-alone", lambda *given: weighted_sum(chunk_by_chunk(*given)[:1]),
           "this is the gradient of the first chunk alone."),
    Mutant("last-left-out", lambda *given: weighted_sum(chunk_by_chunk(*given)[:-1]),
           "the last chunk is left out."),
    Mutant("not-cut", lambda model, inputs, targets, length: model.loss_and_grads(inputs, targets)[1].vector,
           "this is the full gradient, and nothing was cut."),
    Mutant("wrong-axis", lambda *given: weighted_sum(chunk_by_chunk(*given, axis=1)),
           "your chunks hold {length} sequences, not {length} steps. Time is the first axis: "
           "inputs[start:start + length]."),
    Mutant("no-copies", lambda *given: chunk_by_chunk(*given)[-1][1], NO_COPIES, same=parallel),
    Mutant("no-copies", lambda *given: chunk_by_chunk(*given, carry=False)[-1][1], NO_COPIES, same=parallel),
)

WALKED = (
    Mutant("own-chunk-left-out", lambda updates, k: k * updates * (updates - 1) // 2,
           "Each update walks through its own chunk too."),
    Mutant("all-of-the-text", lambda updates, k: updates * updates * k,
           "Not every update walks through all of the text. The first walks back through one chunk."),
    Mutant("cut", lambda updates, k: updates * k,
           "That is the cost with the cut. Without the cut, update 2 walks back through chunk 1 too."),
)
KEPT_STATES = (
    Mutant("counted-again", lambda updates, k: k * updates * (updates + 1) // 2,
           "a state is kept once, however often the backward pass visits it."),
)

PARTS = (
    Mutant("later-steps", lambda table: [np.trace(table, offset=lag) for lag in range(len(table))],
           "Above the diagonal the table is 0, because no loss depends on a later step. Which index is that "
           "of the loss?"),
    Mutant("by-step", lambda table: table.sum(axis=0),
           "You added up by the step at which the weight was used, not by how long before the loss that "
           "was."),
    Mutant("by-loss", lambda table: table.sum(axis=1),
           "That is what each loss contributes in all. Add up by t - s instead."),
    Mutant("far-first", lambda table: [np.trace(table, offset=-lag) for lag in reversed(range(len(table)))],
           "Your order is reversed. Lag 0 comes first."),
    Mutant("mean", lambda table: [np.diag(table, -lag).mean() for lag in range(len(table))],
           "That is a mean over the losses. Add them up instead."),
)


def sum_where(table: np.ndarray, holds: Callable) -> float:
    """The sum of the entries [t, s] for which ``holds(t, s)``."""
    return table[holds(*np.indices(table.shape))].sum()


KEPT = (
    Mutant("window", lambda table, k: sum_where(table, lambda t, s: t - s < k),
           "That gives each loss its own window of k steps. With chunks, the first loss of each chunk has "
           "nothing before it."),
    Mutant("first-chunk", lambda table, k: table[:k, :k].sum(),
           "That is the first chunk alone. Add up all chunks."),
    Mutant("nothing-cut", lambda table, k: table.sum(),
           "That is the whole gradient, with nothing cut."),
    Mutant("whole-chunks",
           lambda table, k: sum_where(table, lambda t, s: (t // k == s // k) & (t < len(table) // k * k)),
           "The last chunk may be shorter, but it counts too."),
    Mutant("what-is-cut", lambda table, k: sum_where(table, lambda t, s: t // k != s // k),
           "That is what is cut off. Return what is left."),
    Mutant("lag-0", lambda table, k: np.trace(table), "That is lag 0 alone."),
)


def weighed_in_place(model, inputs, targets, length):
    """The truncated gradient as parameters, by a loop that writes into the gradients that it is given."""
    total, state = model.params.zeros_like(), None
    for start in range(0, len(inputs), length):
        x, y = inputs[start : start + length], targets[start : start + length]
        _, grads, state = model.loss_and_grads(x, y, state)
        grads.vector[:] *= len(x) / len(inputs)
        total.vector += grads.vector
    return total


def learns(model, inputs, targets, length):
    """The same, but with an update of the network in between."""
    total = weighed_in_place(model, inputs, targets, length)
    model.params.vector -= total.vector
    return total


def streams(ids, batch, length):
    rows = ids.reshape(batch, -1)
    return [rows[:, start : start + length].T for start in range(0, rows.shape[1], length)]


def dealt(ids, batch, length):
    size = batch * length
    return [ids[start : start + size].reshape(batch, length).T for start in range(0, len(ids), size)]


def interleaved(ids, batch, length):
    rows = ids.reshape(-1, batch)
    return [rows[start : start + length] for start in range(0, len(rows), length)]


RIGHT = {
    "check_reach": [(lambda lag: [lag + 1], lambda lag, k: np.mean(np.arange(k) >= lag))],
    "check_carry": [(weighed_in_place,)],
    "check_layout": [(streams,), (lambda *given: np.float32(streams(*given))[:, :, ::-1],)],
    "check_by_lag": [
        (lambda table: [np.diag(table, -lag).sum() for lag in range(len(table))],
         lambda table, k: sum(table[i : i + k, i : i + k].sum() for i in range(0, len(table), k)))],
}
WRONG = {
    "check_carry": [
        ("changed-argument", (learns,)),
        ("another-gradient", (lambda model, inputs, targets, length: 3 * model.params.vector,))],
    "check_never_cut": [
        ("thrown-away", (lambda n, k: k * n * (n + 1) / 2, lambda n, k: k)),
        ("too-many", (lambda n, k: k * n * (n + 1) / 2, lambda n, k: n * k + 1))],
    "check_layout": [
        ("dealt", (dealt,)),
        ("leaps-inside", (interleaved,)),
        ("goes-on-elsewhere",
         (lambda *given: [np.roll(piece, n, axis=1) for n, piece in enumerate(streams(*given))],)),
        ("batch-first", (lambda *given: [piece.T for piece in streams(*given)],)),
        ("not-once", (lambda *given: streams(*given)[:1] * len(streams(*given)),))],
    "check_by_lag": [
        ("other-parts", (lambda table: table.sum() * np.ones(len(table)), lambda table, k: 0.0))],
}
