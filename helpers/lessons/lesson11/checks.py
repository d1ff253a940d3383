"""The checks of the exercises of lesson 11: masks, own ends, masked look-ups, reversing, a beam."""

from collections.abc import Callable

import numpy as np

from helpers.checks import Mistake, answer_of, check, close, compare, nearly, numbers_of, part, several_of
from helpers.networks import softmax

BATCHES = ((5, 2, 3), (4, 1), (3, 6, 6, 1))


@check
def check_mask_of(mask_of: Callable) -> str:
    """Try ``mask_of(lengths, T)`` on fresh lengths: (T, B), 1 at the places that count."""
    for lengths in BATCHES:
        T, B = max(lengths) + 1, len(lengths)
        steps, ends = np.arange(T)[:, None], np.array(lengths)
        right = (steps < ends).astype(float)
        transposed = Mistake("transposed", f"The mask should have shape {(T, B)}, time first, but has "
                                           f"{(B, T)}.")
        hint = f"\nHere lengths has shape ({B},) and T is {T}, so the mask has {T} rows and {B} columns."
        answer = answer_of(
            mask_of, ends, T, keeps=True, hint=hint, read=lambda answer, right=right, mistake=transposed:
            numbers_of(answer, right.shape, "The mask", instead={right.T.shape: mistake}))
        mistakes = {
            Mistake("one-too-many", "The mask counts one step too many in each sequence. A sequence of 2 "
                                    "symbols has the steps 0 and 1."): steps <= ends,
            Mistake("one-too-few", "The mask counts one step too few in each sequence."): steps < ends - 1,
            Mistake("turned-round", "The mask is 1 at the padding and 0 at the symbols. Swap "
                                    "them."): 1 - right,
            Mistake("padding-in-front", "This mask treats the first steps as padding, but padding follows "
                                        "the symbols."):
                steps >= T - ends,
        }
        compare(answer, right, mistakes, Mistake(
            "another-mask", f"For lengths {', '.join(map(str, lengths))} the mask should have "
                            f"{right.sum():.0f} ones, and its first column should begin with {lengths[0]} of "
                            "them."))
    return "Correct: each column has as many ones as its sequence has symbols."


@check("last", "back")
def check_own_ends(last_states: Callable, states_back: Callable) -> str:
    """Try ``last_states(h, lengths) -> (B, H)`` and ``states_back(d_last, lengths, T) -> (T, B, H)``."""
    rng = np.random.default_rng(115)
    for lengths in BATCHES:
        T, B, H, ends = max(lengths) + 1, len(lengths), 3, np.array(lengths)
        h, d_last = rng.normal(size=(T, B, H)), rng.normal(size=(B, H))
        with part("last"):
            answer = answer_of(last_states, h, ends, keeps=True, shape=(B, H))
            right = h[ends - 1, np.arange(B)]
            mistakes = {
                Mistake("end-of-the-rectangle", "Those are the states after the last step of the "
                                                "rectangle, which have read padding too. Use the state "
                                                "at the last symbol of each sequence."): h[-1],
                Mistake("one-too-late", "These states are one step too late. A sequence of 2 symbols ends at "
                                        "step 1."):
                    h[ends, np.arange(B)],
                Mistake("first-states", "Those are the states after the first step."): h[0],
                Mistake("mean", "That is a mean over the steps."): h.mean(axis=0),
            }
            compare(answer, right, mistakes, Mistake(
                "another-state", "The state of sequence b should be h[lengths[b] - 1, b]."))
        with part("back"):
            answer = answer_of(states_back, d_last, ends, T, keeps=True, shape=(T, B, H))
            right, at_the_end, late = np.zeros((3, T, B, H))
            right[ends - 1, np.arange(B)], at_the_end[-1], late[ends, np.arange(B)] = d_last, d_last, d_last
            mistakes = {
                Mistake("back-at-the-end", "All gradients are at the last step of the rectangle. Each one "
                                           "belongs to the step whose state last_states returned."):
                    at_the_end,
                Mistake("back-too-late", "The gradient is one step too late."): late,
                Mistake("everywhere", "You passed d_last to every step, but last_states returns only one "
                                      "state of each sequence. Only that step receives a gradient."):
                    np.broadcast_to(d_last, right.shape),
            }
            compare(answer, right, mistakes, Mistake(
                "another-back", "The gradient of sequence b should be d_last[b] at step lengths[b] - 1, and "
                                "0 at all other steps."))
    return "Correct: each state comes after its sequence's last symbol, and its gradient is at that step."


@check
def check_masked_look_up(masked_look_up: Callable) -> str:
    """Try ``masked_look_up(q, keys, values, mask) -> (answer, weights)``; padded steps weigh nothing."""
    rng = np.random.default_rng(116)
    for T, n in ((5, 3), (4, 4), (6, 1)):
        q, keys, values = rng.normal(size=3), rng.normal(size=(T, 3)), rng.normal(size=(T, 2))
        mask = (np.arange(T) < n).astype(float)
        answer = answer_of(masked_look_up, q, keys, values, mask, keeps=True, read=lambda answer: several_of(
            answer, ("answer", "weights"), "What masked_look_up returns"))
        weights, found = numbers_of(answer[1], (T,), "weights"), numbers_of(answer[0], (2,), "The answer")
        right = softmax(np.where(mask == 1, keys @ q, -np.inf))
        over_all = softmax(keys @ q)
        mistakes = {
            Mistake("no-mask", "Padded steps have weight too, because the mask is not used yet."): over_all,
            Mistake("masked-too-late", f"The weights add up to {(mask * over_all).sum():.2f}, because you "
                                       "took the softmax over all steps and then dropped the share of the "
                                       "padding."):
                mask * over_all,
            Mistake("score-of-0", "Padded steps still have weight, because a score of 0 is a score like any "
                                  "other, and exp(0) is 1."): softmax(mask * (keys @ q)),
            Mistake("turned-round", "Only the padding has weight. The mask is 1 at the steps that count."):
                softmax(np.where(mask == 0, keys @ q, -1e9)),
        }
        leak = np.abs(weights[mask == 0]).max(initial=0)
        weighs = Mistake("padding-weighs", f"A padded step still has the weight {leak:.1g}. For a weight of "
                                           "exactly 0, its score has to be -np.inf.")
        compare(weights, right, mistakes, weighs if leak else Mistake(
            "other-weights", f"With {n} symbols in {T} steps the first weight should be {right[0]:.4f}, "
                             f"but is {weights[0]:.4f}."))
        if leak:
            raise weighs
        compare(found, right @ values, {}, Mistake(
            "another-answer", "The weights are right, but the answer is not. It should be weights @ values."))
    return "Correct: padded steps have a weight of exactly 0, and the other weights add up to 1."


@check
def check_reverse_own(reverse_own: Callable) -> str:
    """Try ``reverse_own(x, lengths)``, which reverses each sequence of x (T, B) and leaves its padding."""
    rng = np.random.default_rng(117)
    for lengths in BATCHES:
        T, B, ends = max(lengths) + 1, len(lengths), np.array(lengths)
        x = rng.integers(1, 50, size=(T, B))
        right = x.copy()
        for b, n in enumerate(lengths):
            right[:n, b] = x[:n, b][::-1]
        answer = answer_of(reverse_own, x, ends, keeps=True, shape=(T, B))
        one_early, one_late, padded, exchanged = (x.copy() for _ in range(4))
        for b, n in enumerate(lengths):
            one_early[: n - 1, b] = x[: n - 1, b][::-1]
            one_late[: n + 1, b] = x[: n + 1, b][::-1]
            padded[:n, b] = x[n:0:-1, b]
            exchanged[b, :n] = x[b, :n][::-1]
        mistakes = {
            Mistake("padding-first", "The whole column is reversed, so now the padding comes first, and the "
                                     "network reads it before any symbol."): x[::-1],
            Mistake("other-way", "You reversed the order of the sequences. Reverse the steps, which are "
                                 "the first axis."):
                x[:, ::-1],
            Mistake("not-turned", "Nothing is reversed."): x,
            Mistake("one-place-too-far",
                    "One step of padding is reversed along with each sequence."): one_late,
            Mistake("one-place-too-few",
                    "The last symbol of each sequence stays where it is. Reverse it with the others."):
                one_early,
            Mistake("from-the-padding", "Each sequence begins with its padding, and its first symbol is "
                                        "missing, because x[n:0:-1] goes from x[n] to x[1]. The n symbols "
                                        "of a sequence are x[0] to x[n - 1]."): padded,
            Mistake("exchanged-axes", "A row of x is a step and a column is a sequence, so use x[:n, b], "
                                      "not x[b, :n]."): exchanged,
            Mistake("padding-lost", "The padding has become 0, but it should stay as it was. Start with a "
                                    "copy of x."):
                right * (np.arange(T)[:, None] < ends),
        }
        b = next((b for b in range(B) if not nearly(answer[:, b], right[:, b])), 0)
        compare(answer, right, mistakes, Mistake(
            "another-order", f"Column {b} should read {right[:, b].tolist()}, its sequence reversed and then "
                             f"its padding, but it reads {answer[:, b].tolist()}."))
    return "Correct: each sequence is reversed, and its padding is where it was."


@check
def check_beam_step(beam_step: Callable) -> str:
    """Try ``beam_step(kept, log_p, width)``: the best `width` of all strings that are one symbol longer.

    `kept` is a list of pairs (total, symbols), symbols a tuple; log_p (len(kept), V). The best comes first.
    """
    rng = np.random.default_rng(118)
    for number, V, width in ((1, 4, 2), (2, 4, 2), (3, 5, 3), (3, 3, 4)):
        kept = [(float(total), tuple(int(s) for s in rng.integers(V, size=3)))
                for total in -np.sort(rng.random(number))]
        log_p = np.log(softmax(2 * rng.normal(size=(number, V))))
        answer = answer_of(beam_step, kept, log_p, width, keeps=True, read=lambda answer: answer)
        longer = [(total + log_p[k, v], (*symbols, v)) for k, (total, symbols) in enumerate(kept)
                  for v in range(V)]
        right = sorted(longer, reverse=True)[:width]
        found = _strings(answer)
        of_each = [max((total + log_p[k, v], (*symbols, v)) for v in range(V))
                   for k, (total, symbols) in enumerate(kept)]
        mistakes = {
            Mistake("best-of-each", "You keep only one continuation of each string. Two continuations of "
                                    "the same string may both be among the best, so compare all of them."):
                sorted(of_each, reverse=True)[:width],
            Mistake("worst-first", "The strings are in the wrong order, or you kept those with the lowest "
                                   "totals. The best should come first."): sorted(longer)[:width],
            Mistake("worst-last", "These strings are right, but the best should come first."): right[::-1],
            Mistake("all-kept", f"You kept all {len(longer)} strings, but the width of the beam is {width}."):
                sorted(longer, reverse=True),
            Mistake("only-the-last", "The strings are ordered by their last symbol alone. Add its log p to "
                                     "the total of the string that it continues."):
                sorted(((log_p[k, v], (*symbols, v)) for k, (_, symbols) in enumerate(kept)
                        for v in range(V)), reverse=True)[:width],
            Mistake("multiplied", "You multiplied the totals by log p. Add it to them, because both are "
                                  "logarithms."):
                sorted(((total * log_p[k, v], (*symbols, v)) for k, (total, symbols) in enumerate(kept)
                        for v in range(V)), reverse=True)[:width],
        }
        compare(found, right, mistakes, Mistake(
            "other-strings", f"There should be {width} strings, the first {right[0][1]} with a total of "
                             f"{right[0][0]:.3f}."), same=_same)
    return "Correct: these are the best continuations of all, in order, the best first."


def _strings(answer) -> list[tuple[float, tuple]]:
    """A reader's list of pairs (total, symbols)."""
    try:
        return [(float(total), tuple(int(one) for one in symbols)) for total, symbols in answer]
    except Exception:
        raise Mistake("no-pairs", "The result should be a list of pairs (total, symbols), where symbols "
                                  "is a tuple.") from None


def _same(one, other) -> bool:
    return len(one) == len(other) and all(
        mine[1] == right[1] and close(mine[0], right[0]) for mine, right in zip(one, other, strict=True))
