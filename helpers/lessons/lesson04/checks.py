"""The checks of lesson 04: how far a window reaches, carrying, never cutting, a layout, parts by lag."""

from collections.abc import Callable
from functools import partial
from operator import eq

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    check,
    compare,
    first_difference,
    first_mistake,
    numbers_of,
    part,
)
from helpers.networks import GRU, RNN, CharModel, GradientParts


@check("smallest_window", "share_in_reach")
def check_reach(smallest_window: Callable, share_in_reach: Callable) -> str:
    """Try ``smallest_window(lag)`` and ``share_in_reach(lag, k)``, in chunks of k steps, on fresh numbers."""
    rng = np.random.default_rng(41)
    lags = (10, 1, *rng.integers(2, 60, 5).tolist())
    with part("smallest_window", "Take lag 1. List the steps from the one that reads the bit to the one that "
              "outputs it.",
              "Both ends count, so the window needs one step more than the lag."):
        for lag in lags:
            answer = answer_of(smallest_window, lag, shape=())
            mistakes = {
                Mistake("own-step-left-out",
                        f"In a window of {lag} steps the last loss reaches back only {lag - 1}, because its "
                        f"own step is one of the {lag}."): lag,
            }
            compare(answer, lag + 1, mistakes, Mistake(
                "another-window", f"How many steps are there from step 1 to step {lag + 1}, counting both?"),
                f"For lag {lag} you answer {answer:g}. ", eq)
    with part("share_in_reach", "Before step p there are p - 1 steps of its chunk. The loss of step p looks "
              "back far enough if p - 1 is at least lag.", "Those are the steps from lag + 1 to k. There are "
              "k - lag of them, or none. Divide their number by k."):
        for lag, k in ((10, 20), (10, 11), (10, 10), (3, 1), *rng.integers(1, 40, (5, 2)).tolist()):
            answer, right = answer_of(share_in_reach, lag, k, shape=()), max(0, k - lag) / k
            mistakes = {
                Mistake("all-of-them",
                        "Not all losses reach that far. The first ones of a chunk have too few steps before "
                        "them."):
                    float(k > lag),
                Mistake("one-too-few", "That is one loss too few. The loss of step lag + 1 reaches far "
                                       "enough too."):
                    max(0, k - lag - 1) / k,
                Mistake("one-too-many", "That is one loss too many. The loss of step p reaches back p - 1 "
                                        "steps."):
                    max(0, k - lag + 1) / k,
                Mistake("negative",
                        "A share can't be negative. If no loss reaches far enough, it is 0."): (k - lag) / k,
                Mistake("per-cent", "That is in per cent. A share is between 0 and 1."):
                    100 * max(0, k - lag) / k,
                Mistake("whole-numbers", "In Python, // drops the fraction. Divide with /."):
                    max(0, k - lag) // k,
                Mistake("number", "That is the number of losses. Return their share of the k losses in the "
                                  "chunk."):
                    max(0, k - lag),
            }
            compare(answer, right, mistakes, Mistake(
                "another-share", "Go through the steps of a chunk one by one. Which look back far enough?"),
                f"For lag {lag} and k = {k} the share is {right:.3f}, but yours is {answer:.3f}. ",
                np.isclose)
    return ("Correct: for lag 10 the window needs 11 steps, and then only 1 of its 11 losses looks back far "
            "enough.")


@check
def check_carry(gradient_in_chunks: Callable) -> str:
    """Try ``gradient_in_chunks(model, inputs, targets, length)``, a flat vector, on fresh networks."""
    rng = np.random.default_rng(42)
    for cell, T, B, length in ((RNN(5, 6), 12, 8, 4), (GRU(4, 5), 13, 3, 5), (RNN(6, 4), 9, 2, 1)):
        model = CharModel(cell, rng)
        symbols = rng.integers(cell.input_size, size=(T + 1, B))
        inputs, targets = symbols[:-1], symbols[1:]
        answer = answer_of(
            gradient_in_chunks, model, inputs, targets, length, keeps=True,
            hint=f" In this test inputs has shape ({T}, {B}), for {T} steps of {B} sequences.",
            read=lambda answer, size=model.params.vector.size: numbers_of(
                getattr(answer, "vector", answer), (size,), "The answer, like grads.vector,"))
        right = GradientParts(model, inputs, targets).truncated(length, length).vector
        if not _same(answer, right):
            mistake = _carry_mistake(model, inputs, targets, length, answer)
            raise mistake.after(f"T = {T}, B = {B}, chunks of {length}: ").explained(
                "What does the next chunk need from this one, and what do you add up?",
                "For each chunk, write _, grads, state = model.loss_and_grads(x, y, state), and then total = "
                "total + len(x) / len(inputs) * grads.vector.")
    return ("Correct: the state crosses every border and the gradient crosses none, on three fresh "
            "networks.")


_same = partial(np.allclose, rtol=1e-5, atol=1e-6)       # single precision is right too


def _carry_mistake(model, inputs, targets, length, answer) -> Mistake:
    """What went wrong with an answer of `check_carry`."""
    (T, B), starts = inputs.shape, range(0, len(inputs), length)

    def walk(carry: bool, axis: int = 0) -> list[tuple[int, np.ndarray]]:
        """Of each chunk along an axis, its steps and its gradient."""
        found, state = [], None
        for start in range(0, inputs.shape[axis], length):
            x, y = (np.take(array, range(start, min(start + length, array.shape[axis])), axis)
                    for array in (inputs, targets))
            _, grads, after = model.loss_and_grads(x, y, state)
            state = after if carry else None
            found.append((len(x), grads.vector.copy()))
        return found

    carried, reset = walk(True), walk(False)
    mistakes = {
        Mistake("no-state",
                "the state starts from zero in every chunk. Pass the third value that loss_and_grads returns "
                "to the next call."):
            sum(n / T * g for n, g in reset),
        Mistake("not-weighed",
                "each chunk's gradient is that of the mean over its own steps. Multiply it by the chunk's "
                "share of all steps."):
            sum(g for _, g in carried),
        Mistake("equal-weights",
                "the chunks are averaged as if all were equally long, but the last one is shorter."):
            sum(g for _, g in carried) / len(starts),
        Mistake("first-alone", "this is the gradient of the first chunk alone."):
            carried[0][0] / T * carried[0][1],
        Mistake("last-left-out", "the last chunk is left out."): sum(n / T * g for n, g in carried[:-1]),
        Mistake("not-cut", "this is the full gradient, and nothing was cut."):
            model.loss_and_grads(inputs, targets)[1].vector.copy(),
        Mistake("wrong-axis", f"your chunks hold {length} sequences, not {length} steps. Time is the first "
                              "axis: inputs[start:start + length]."):
            sum(g for _, g in walk(True, axis=1)) * length / B if B % length == 0 else np.inf,
    }
    # Kept in a list, or added onto the first one: all of them are the last one then, however weighed.
    memory = any(_parallel(answer, found[-1][1]) for found in (carried, reset))
    otherwise = Mistake(
        "no-copies", "only the gradient of the last chunk is in your answer. The gradients live in memory "
                     "that the next call of loss_and_grads uses again, so keep copies, grads.vector.copy(), "
                     "or add them to a new array before that call.") if memory else Mistake(
        "another-gradient",
        "this is not the truncated gradient. Go through the text chunk by chunk, start each with the state "
        "that the last one returned, and add up the gradients, each times its chunk's share of the steps.")
    return first_mistake(mistakes, answer, otherwise, same=_same)


def _parallel(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two vectors have the same direction, whatever their lengths."""
    lengths = np.linalg.norm(one) * np.linalg.norm(other)
    return bool(lengths > 0 and one @ other > (1 - 1e-9) * lengths)


@check("steps_walked", "states_kept")
def check_never_cut(steps_walked: Callable, states_kept: Callable) -> str:
    """Try ``steps_walked(updates, k)`` and ``states_kept(updates, k)`` if the graph is never cut."""
    rng = np.random.default_rng(43)
    cases = ((2, 25), (1, 7), *rng.integers(2, 200, (5, 2)).tolist())
    with part("steps_walked", "Update n walks back through n chunks, each of k steps.",
              "1 + 2 + ... + n is n * (n + 1) / 2. Multiply it by k."):
        for n, k in cases:
            walked, right = answer_of(steps_walked, n, k, shape=()), k * n * (n + 1) // 2
            mistakes = {
                Mistake("own-chunk-left-out", "Each update walks through its own chunk too."):
                    k * n * (n - 1) // 2,
                Mistake("all-of-the-text",
                        "Not every update walks through all of the text. The first walks back through one "
                        "chunk."):
                    n * n * k,
                Mistake("cut", "That is the cost with the cut. Without the cut, update 2 walks back through "
                               "chunk 1 too."): n * k,
            }
            compare(walked, right, mistakes, Mistake("another-sum", "Add up 1 chunk, then 2, then 3, and so "
                                                                    "on."),
                    f"For updates = {n} and k = {k}, {right:,} steps are walked back, and you return "
                    f"{walked:,.0f}. ", eq)
    with part("states_kept", "Each step that was read leaves one state.",
              "After n updates, n * k steps have been read."):
        for n, k in cases:
            kept = answer_of(states_kept, n, k, shape=())
            told = (f"For updates = {n} and k = {k} there are {n * k:,} states to keep, and you return "
                    f"{kept:,.0f}: ")
            mistakes = {Mistake("counted-again", "a state is kept once, however often the backward pass "
                                                 "visits it."):
                        k * n * (n + 1) // 2}
            compare(kept, n * k, mistakes, Mistake(
                "thrown-away", "no state can be thrown away as long as the backward pass may visit it.")
                if kept < n * k else Mistake("too-many", "there is one for each step that was read."),
                told, eq)
    return ("Correct: the time grows with the square of the number of updates, and the memory in proportion "
            "to that number.")


@check
def check_layout(layout: Callable) -> str:
    """Try ``layout(ids, batch, length)``: a list of (length, batch) arrays, one for each update."""
    try:
        _need_streams(layout)
    except Mistake as mistake:
        raise mistake.explained(
            "Write down what row 1 should read in the first two updates. Then decode what it does read.",
            "Cut the whole text into `batch` rows first: rows = ids.reshape(batch, -1). Then take `length` "
            "columns at a time, and transpose them.") from None
    return "Correct: in every row each update goes on where the last one stopped."


def _need_streams(layout: Callable) -> None:
    """Raise the Mistake of a layout in which a row does not read running text."""
    rng = np.random.default_rng(44)
    for batch, length, updates in ((3, 4, 3), (2, 5, 4), (5, 3, 2)):
        ids = np.arange(batch * length * updates) + int(rng.integers(100))
        where = f"{len(ids)} characters, batch {batch}, length {length}: "
        wanted = (updates, length, batch)
        turned = Mistake("batch-first", f"{where}your arrays have shape ({batch}, {length}). Time comes "
                                        "first.")
        rows = answer_of(layout, ids, batch, length, place=where, read=partial(
            numbers_of, shape=wanted, what="The list, as one array,", place=where,
            instead={(updates, batch, length): turned})).reshape(-1, batch)      # (updates * length, batch)
        if not np.array_equal(np.sort(rows.ravel()), ids):
            raise Mistake("not-once",
                          f"{where}every character should be read exactly once, but some are missing or "
                          "read twice.")
        steps = np.diff(rows, axis=0)
        inside = np.delete(steps, np.arange(length - 1, len(steps), length), axis=0)
        if (inside != 1).any():
            leap = int(inside.flat[np.argmax(inside != 1)])
            raise Mistake("leaps-inside",
                          f"{where}even inside a chunk, a row jumps by {leap} characters. Each row should "
                          "read running text.")
        if (steps != 1).any():
            t, row = (int(place) for place in np.argwhere(steps != 1)[0])
            last, first = (int(place) for place in rows[t : t + 2, row] - ids[0])
            told = (f"{where}row {row + 1} ends an update with character {last}, carries its state over, and "
                    f"goes on with character {first}. ")
            if (np.diff(rows[length - 1 :: length], axis=0) == batch * length).all():
                raise Mistake("dealt", f"{told}The chunks are still handed out to the rows in turn. Each row "
                                       "should keep its own stretch of text.")
            raise Mistake("goes-on-elsewhere", f"{told}It should go on with the next character.")


@check("parts_of", "kept_of")
def check_by_lag(parts_of: Callable, kept_of: Callable) -> str:
    """Try ``parts_of(table)``, the parts of a (T, T) table, and ``kept_of(table, k)``, in chunks of k."""
    rng = np.random.default_rng(45)
    with part("parts_of", "The entries with the same lag, t - s, form a diagonal of the table.",
              "np.trace(table, offset=-lag) adds up the diagonal that is lag rows below the main one."):
        for T in (4, 7):
            table = np.tril(rng.normal(size=(T, T)))
            right = np.array([np.trace(table, offset=-lag) for lag in range(T)])
            answer = answer_of(parts_of, table, shape=(T,), what="What it returns")
            mistakes = {
                Mistake("later-steps", "Above the diagonal the table is 0, because no loss depends on a "
                                       "later step. Which index is that of the loss?"):
                    np.array([np.trace(table, offset=lag) for lag in range(T)]),
                Mistake("by-step", "You added up by the step at which the weight was used, not by how long "
                                   "before the loss that was."): table.sum(axis=0),
                Mistake("by-loss", "That is what each loss contributes in all. Add up by t - s instead."):
                    table.sum(axis=1),
                Mistake("far-first", "Your order is reversed. Lag 0 comes first."): right[::-1],
                Mistake("mean", "That is a mean over the losses. Add them up instead."):
                    right / (T - np.arange(T)),
            }
            lag = first_difference(answer, right)[0]
            compare(answer, right, mistakes,
                    Mistake("other-parts", f"the part for lag {lag} should be {right[lag]:.3f}, and yours is "
                                           f"{answer[lag]:.3f}. Add up the entries with t - s = {lag}."),
                    f"With {T} steps: ", same=np.allclose)
    with part("kept_of", "Number the chunks. Step t is in chunk t // k.",
              "Add up the entries for which t // k and s // k are equal."):
        for T, k in ((6, 3), (7, 3), (9, 4), (5, 1)):
            table = np.tril(rng.normal(size=(T, T)))
            t, s = np.indices((T, T))
            answer = answer_of(kept_of, table, k, shape=(), what="What it returns")
            mistakes = {
                Mistake("window", "That gives each loss its own window of k steps. With chunks, the first "
                                  "loss of each chunk has nothing before it."): table[(t - s) < k].sum(),
                Mistake("first-chunk", "That is the first chunk alone. Add up all chunks."):
                    table[:k, :k].sum(),
                Mistake("nothing-cut", "That is the whole gradient, with nothing cut."): table.sum(),
                Mistake("whole-chunks", "The last chunk may be shorter, but it counts too."):
                    table[(t // k == s // k) & (t < T // k * k)].sum(),
                Mistake("what-is-cut", "That is what is cut off. Return what is left."):
                    table[t // k != s // k].sum(),
                Mistake("lag-0", "That is lag 0 alone."): np.trace(table) if k > 1 else np.inf,
            }
            right = table[t // k == s // k].sum()
            compare(answer, right, mistakes,
                    Mistake("another-sum", f"the sum should be {right:.3f}, but yours is {answer:.3f}. Which "
                                           "steps are in the same chunk as step t?"),
                    f"With {T} steps, in chunks of {k}: ", same=np.isclose)
    return "Correct: you have the part for each lag by itself, and what a cut leaves of the gradient."
