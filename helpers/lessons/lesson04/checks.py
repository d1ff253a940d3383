"""The checks of lesson 04: how far a window reaches, carrying, never cutting, a layout, parts by lag."""

from collections.abc import Callable, Iterator
from functools import partial
from operator import eq

import numpy as np

from helpers.checks import Function, Mistake, Symptom, against, answer_of, check, further, nearly, numbers_of
from helpers.lessons.lesson04 import mistakes
from helpers.networks import GRU, RNN, CharModel, GradientParts


def smallest_window(lag: int) -> int:
    """The steps of the smallest window whose last loss reaches the step `lag` steps before it."""
    return lag + 1


def share_in_reach(lag: int, k: int) -> float:
    """The share of the k losses in a chunk that reach back `lag` steps."""
    return max(0, k - lag) / k


def lags() -> list:
    return [(10,), (1,), *np.random.default_rng(41).integers(2, 60, (5, 1)).tolist()]


def lags_in_chunks() -> list:
    return [(10, 20), (10, 11), (10, 10), (3, 1), *np.random.default_rng(42).integers(1, 40, (5, 2)).tolist()]


check_reach = against(
    "check_reach",
    Function(smallest_window, lags, mistakes.WINDOW, Symptom(
        "another-window", "How many steps are there from step 1 to step {right}, counting both?"),
        told="For lag {lag} you answer {found:g}. ",
        more=("Take lag 1. List the steps from the one that reads the bit to the one that outputs it.",
              "Both ends count, so the window needs one step more than the lag."),
        also=lambda lag: {"before": lag - 1}, same=eq),
    Function(share_in_reach, lags_in_chunks, mistakes.SHARE, Symptom(
        "another-share", "Go through the steps of a chunk one by one. Which look back far enough?"),
        told="For lag {lag} and k = {k} the share is {right:.3f}, but yours is {found:.3f}. ",
        more=("Before step p there are p - 1 steps of its chunk. The loss of step p looks back far enough if "
              "p - 1 is at least lag.",
              "Those are the steps from lag + 1 to k. There are k - lag of them, or none. Divide their "
              "number by k.")),
    right="Correct: for lag 10 the window needs 11 steps, and then only 1 of its 11 losses looks back far "
          "enough.")


def gradient_in_chunks(model: CharModel, inputs: np.ndarray, targets: np.ndarray, length: int) -> np.ndarray:
    """The flat gradient if only the state crosses the border between two chunks of `length` steps."""
    return GradientParts(model, inputs, targets).truncated(length, length).vector


def networks() -> Iterator[tuple[CharModel, np.ndarray, np.ndarray, int]]:
    rng = np.random.default_rng(42)
    for cell, T, B, length in ((RNN(5, 6), 12, 8, 4), (GRU(4, 5), 13, 3, 5), (RNN(6, 4), 9, 2, 1)):
        model = CharModel(cell, rng)
        symbols = rng.integers(cell.input_size, size=(T + 1, B))
        yield model, symbols[:-1], symbols[1:], length


check_carry = against(
    "check_carry",
    Function(gradient_in_chunks, networks, mistakes.CARRY, Symptom(
        "another-gradient",
        "this is not the truncated gradient. Go through the text chunk by chunk, start each with the state "
        "that the last one returned, and add up the gradients, each times its chunk's share of the steps."),
        told="T = {T}, B = {B}, chunks of {length}: ",
        more=("What does the next chunk need from this one, and what do you add up?",
              "For each chunk, write _, grads, state = model.loss_and_grads(x, y, state), and then total = "
              "total + len(x) / len(inputs) * grads.vector."),
        also=lambda model, inputs, targets, length: {"T": inputs.shape[0], "B": inputs.shape[1]},
        same=nearly, asked={
            "keeps": True, "what": "The answer, like grads.vector,",
            "hint": " In this test inputs has shape ({T}, {B}), for {T} steps of {B} sequences."}),
    right="Correct: the state crosses every border and the gradient crosses none, on three fresh networks.")


def steps_walked(updates: int, k: int) -> int:
    """The steps that the backward passes of all updates walk back if the graph is never cut."""
    return k * updates * (updates + 1) // 2


def states_kept(updates: int, k: int) -> int:
    """The states that are in memory after these updates."""
    return updates * k


def updates_in_chunks() -> list:
    return [(2, 25), (1, 7), *np.random.default_rng(43).integers(2, 200, (5, 2)).tolist()]


check_never_cut = against(
    "check_never_cut",
    Function(steps_walked, updates_in_chunks, mistakes.WALKED, Symptom(
        "another-sum", "Add up 1 chunk, then 2, then 3, and so on."),
        told="For updates = {updates} and k = {k}, {right:,} steps are walked back, and you return "
             "{found:,.0f}. ",
        more=("Update n walks back through n chunks, each of k steps.",
              "1 + 2 + ... + n is n * (n + 1) / 2. Multiply it by k."), same=eq),
    Function(states_kept, updates_in_chunks, mistakes.KEPT_STATES, (
        Symptom("thrown-away", "no state can be thrown away as long as the backward pass may visit it.",
                when=lambda found, right: found < right),
        Symptom("too-many", "there is one for each step that was read.")),
        told="For updates = {updates} and k = {k} there are {right:,} states to keep, and you return "
             "{found:,.0f}: ",
        more=("Each step that was read leaves one state.", "After n updates, n * k steps have been read."),
        same=eq),
    right="Correct: the time grows with the square of the number of updates, and the memory in proportion to "
          "that number.")


@check
@further("Write down what row 1 should read in the first two updates. Then decode what it does read.",
         "Cut the whole text into `batch` rows first: rows = ids.reshape(batch, -1). Then take `length` "
         "columns at a time, and transpose them.")
def check_layout(layout: Callable) -> str:
    """Try ``layout(ids, batch, length)``: a list of (length, batch) arrays, one for each update.

    Every row has to read running text; any order of rows is right.
    """
    rng = np.random.default_rng(44)
    for batch, length, updates in ((3, 4, 3), (2, 5, 4), (5, 3, 2)):
        ids = np.arange(batch * length * updates) + int(rng.integers(100))
        where = f"{len(ids)} characters, batch {batch}, length {length}: "
        turned = Mistake("batch-first", f"{where}your arrays have shape ({batch}, {length}). Time comes "
                                        "first.")
        rows = answer_of(layout, ids, batch, length, place=where, read=partial(
            numbers_of, shape=(updates, length, batch), what="The list, as one array,", place=where,
            instead={(updates, batch, length): turned})).reshape(-1, batch)      # (updates * length, batch)
        _need_running_text(rows, ids, length, where)
    return "Correct: in every row each update goes on where the last one stopped."


def _need_running_text(rows: np.ndarray, ids: np.ndarray, length: int, where: str) -> None:
    """Raise a Mistake unless each column of `rows`, (updates * length, batch), is running text."""
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
        t, row = np.argwhere(steps != 1)[0]
        last, first = (rows[t : t + 2, row] - ids[0]).astype(int)
        story = (f"{where}row {row + 1} ends an update with character {last}, carries its state over, and "
                 f"goes on with character {first}. ")
        if (np.diff(rows[length - 1 :: length], axis=0) == rows.shape[1] * length).all():
            raise Mistake("dealt", f"{story}The chunks are still handed out to the rows in turn. Each row "
                                   "should keep its own stretch of text.")
        raise Mistake("goes-on-elsewhere", f"{story}It should go on with the next character.")


def parts_of(table: np.ndarray) -> np.ndarray:
    """The part for each lag of a (T, T) table; shape (T,)."""
    return np.array([np.trace(table, offset=-lag) for lag in range(len(table))])


def kept_of(table: np.ndarray, k: int) -> float:
    """What is left of the sum if it is cut into chunks of k steps."""
    return mistakes.sum_where(table, lambda t, s: t // k == s // k)


def tables() -> Iterator[tuple[np.ndarray]]:
    rng = np.random.default_rng(45)
    for T in (4, 7):
        yield (np.tril(rng.normal(size=(T, T))),)


def tables_in_chunks() -> Iterator[tuple[np.ndarray, int]]:
    rng = np.random.default_rng(46)
    for T, k in ((6, 3), (7, 3), (9, 4), (5, 1)):
        yield np.tril(rng.normal(size=(T, T))), k


check_by_lag = against(
    "check_by_lag",
    Function(parts_of, tables, mistakes.PARTS, Symptom(
        "other-parts", "the part for lag {at} should be {right_at:.3f}, and yours is {found_at:.3f}. Add up "
                       "the entries with t - s = {at}."),
        told="With {T} steps: ",
        more=("The entries with the same lag, t - s, form a diagonal of the table.",
              "np.trace(table, offset=-lag) adds up the diagonal that is lag rows below the main one."),
        also=lambda table: {"T": len(table)}, asked={"what": "What it returns"}),
    Function(kept_of, tables_in_chunks, mistakes.KEPT, Symptom(
        "another-sum", "the sum should be {right:.3f}, but yours is {found:.3f}. Which steps are in the same "
                       "chunk as step t?"),
        told="With {T} steps, in chunks of {k}: ",
        more=("Number the chunks. Step t is in chunk t // k.",
              "Add up the entries for which t // k and s // k are equal."),
        also=lambda table, k: {"T": len(table)}, asked={"what": "What it returns"}),
    right="Correct: you have the part for each lag by itself, and what a cut leaves of the gradient.")
