"""The checks of lesson 08: equal sizes, a feature of text, patience, a control, and dropout."""

from collections.abc import Callable
from operator import eq

import numpy as np

from helpers.checks import Mistake, answer_of, check, compare, first_difference, numbers_of, part, several_of
from helpers.networks import GRU, LSTM, RNN, CharModel, softmax

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


@check(*GATES)
def check_parameters(count: Callable) -> str:
    """Try ``count(cell, V, H) -> int``, parameters of a character model, on fresh sizes."""
    rng = np.random.default_rng(81)
    for cell, V, H in (("RNN", 61, 204), ("LSTM", 61, 96), ("GRU", 61, 113),
                       *((name, *rng.integers(3, 40, 2).tolist()) for name in GATES)):
        model = CharModel({"RNN": RNN, "GRU": GRU, "LSTM": LSTM}[cell](V, H), np.random.default_rng(0))
        wanted, k = model.params.vector.size, GATES[cell]
        inner, own = k * (V * H + H * H + H), H if cell == "GRU" else 0
        mistakes = {
            Mistake("no-read-out",
                    "The output layer is left out. Add W_hy, which has V columns, and b_y."):
                inner + own,
            Mistake("no-b-y",
                    "The bias b_y of the output layer is left out. Add V numbers for it."):
                wanted - V,
            Mistake("no-b-h",
                    "The biases b_h are left out. There is one for each column of W_xh."):
                wanted - k * H,
            Mistake("no-b-hn",
                    "The GRU of this course has one more bias, b_hn, which the reset gate multiplies. Add H "
                    "numbers for it."):
                wanted - H,
            Mistake("one-block",
                    f"You counted only one block of columns. The {cell} has {k} in each of W_xh, W_hh and "
                    "b_h."):
                V * H + H * H + H + own + H * V + V,
            Mistake("no-w-hh",
                    f"The weights from h to h are left out. Add W_hh, which has the shape {(H, k * H)}."):
                wanted - k * H * H,
        }
        with part(cell):
            found = answer_of(count, cell, V, H, shape=())
            compare(found, wanted, mistakes, Mistake(
                "another-count",
                f"Add up W_xh, W_hh, b_h, {'b_hn, ' * (cell == 'GRU')}W_hy and b_y one by one.",
                f"Write down the shape of each array. In the {cell}, W_xh has the shape {(V, k * H)}.",
                "With k blocks the number is k * (V * H + H * H + H) + H * V + V, and the GRU has H more."),
                    f"With V = {V} and H = {H} the {cell} has {wanted:,} parameters, but count returns "
                    f"{found:,.0f}. ", eq)
    return "Correct: your count is right for all three cells, at the sizes of the race and at others."


@check
def check_depth(depth: Callable) -> str:
    """Try ``depth(text) -> (N,)``: how many round brackets are open after each character."""
    for text in ("a (b (c) d) e", "no brackets", "(()())", "[a (b) [c]] (d [e (f (g))], h)", "((x) (y (z)"):
        found = answer_of(depth, text, shape=(len(text),))
        here = {mark: np.array([letter == mark for letter in text], int) for mark in "()"}
        right = np.cumsum(here["("] - here[")"])
        before = np.append(0, right[:-1])
        mistakes = {
            Mistake("one-off",
                    "Your depth is one character late. Count the character itself, so that '(' raises the "
                    "depth at once and ')' lowers it at once."):
                before,
            Mistake("closing-late",
                    "'(' is counted at the right place, but ')' one character too late. Lower the depth at "
                    "the ')' itself."):
                right + here[")"],
            Mistake("opening-late",
                    "')' is counted at the right place, but '(' one character too late. Raise the depth at "
                    "the '(' itself."):
                right - here["("],
            Mistake("no-closing", "You do not count closing brackets. Subtract 1 at each ')'."):
                np.cumsum(here["("]),
            Mistake("square-brackets", "You count square brackets too. Count only round ones."):
                np.cumsum([(letter in "([") - (letter in ")]") for letter in text]),
            Mistake("only-whether",
                    "Your depth says only whether a bracket is open. Brackets can be nested, so count how "
                    "many are open."):
                np.minimum(right, 1),
            Mistake("not-added-up", "That is the change at each character. Add up all changes so far."):
                here["("] - here[")"],
        }
        t = int(np.argmax(found != right))
        compare(found, right, mistakes, Mistake(
            "another-depth", "Go through the text with a counter. Add 1 at '(' and subtract 1 at ')'.",
            f"The depths of that text are {', '.join(map(str, right))}.",
            "np.cumsum adds up all changes so far: +1 at '(', -1 at ')', and 0 elsewhere."),
            f"In {text!r}, after the {text[t]!r} at index {t}, the depth is {right[t]}, but yours is "
            f"{found[t]:g}. ")
    return ("Correct: your depths are right for five texts. One has square brackets, and one has brackets "
            "that never close.")


@check
def check_patience(stop_at: Callable) -> str:
    """Try ``stop_at(losses, patience) -> int``, the place of the loss that is kept, on fresh curves."""
    rng = np.random.default_rng(83)
    cases = [([3.0, 2.0, 1.5, 1.6, 1.7, 1.8, 1.9, 1.0], 3), ([3.0, 2.0, 2.5, 1.9, 2.0, 2.2, 2.4], 2),
             ([3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 1.8, 1.9, 2.0, 2.1, 1.0], 3),
             ([2.0, 1.8, 1.9, 1.8, 1.9, 1.7, 1.8, 1.7, 1.8, 1.9, 1.9, 1.0], 3), ([3.0, 2.0, 1.0], 5)]
    cases += [((2 + 0.3 * rng.normal(size=30)).round(2).tolist(), int(rng.integers(2, 6))) for _ in range(4)]
    for losses, patience in cases:
        found = answer_of(stop_at, losses, patience, shape=())
        best, stopped = patient(losses, patience)
        mistakes = {
            Mistake("tie-taken",
                    "A loss equal to the best so far is no improvement. Compare with <."):
                patient([loss - 1e-9 * look for look, loss in enumerate(losses)], patience)[0],
            Mistake("last-look",
                    "That is where training stops. Return the index of the best loss before it."):
                stopped,
            Mistake("foresight",
                    "You used losses from after the stop, but training has finished by then. Look only at "
                    "the losses before it."):
                int(np.argmin(losses)),
            Mistake("too-early",
                    "You stopped one measurement too early. Stop only after `patience` losses in a row are "
                    "no better than the best."):
                patient(losses, patience - 1)[0],
            Mistake("too-late",
                    "You stopped one measurement too late. Stop as soon as `patience` losses in a row are no "
                    "better than the best."):
                patient(losses, patience + 1)[0],
            Mistake("with-the-one-before",
                    "You compare each loss with the one before it. Compare it with the best so far."):
                _compared_with_the_one_before(losses, patience),
            Mistake("loss-itself", "That is the loss itself. Return its index in the list."):
                losses[best],
        }
        compare(found, best, mistakes, Mistake(
            "another-look", "Go through the losses and remember the index of the best so far.",
            "If a loss is lower than the best so far, it becomes the best. If it is not, count the losses "
            "since the best one, and compare that number with the patience.",
            "The loop stops when n - best >= patience, where n is the index of the loss and best that of the "
            "best so far. The function returns best."),
            f"For the losses {losses} and a patience of {patience}, the best loss before the stop has "
            f"the index {best}, but yours is {found:g}. ")
    return ("Correct: your rule keeps the right loss on nine curves. Some of them would have fallen lower "
            "later, but nobody could have known.")


def patient(losses: list[float], patience: int) -> tuple[int, int]:
    """The place of the loss that is kept, and of the last that is measured."""
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best]:
            best = look
        elif look - best >= patience:
            return best, look
    return best, len(losses) - 1


def _compared_with_the_one_before(losses: list[float], patience: int) -> int:
    """The place that is kept if a loss is compared with the one before it, and not with the best."""
    best = bad = 0
    for look in range(1, len(losses)):
        bad = 0 if losses[look] < losses[look - 1] else bad + 1
        best = look if losses[look] < losses[best] else best
        if bad == patience:
            break
    return best


@check
def check_control(largest: Callable) -> str:
    """Try ``largest(cells, feature, shifts) -> (S,)``: the largest |r| of any unit for each shift."""
    rng = np.random.default_rng(84)
    for N, H in ((200, 5), (90, 12)):
        feature = np.sign(np.sin(np.arange(N) / 7)) + 0.1 * rng.normal(size=N)
        cells = rng.normal(size=(N, H)).cumsum(axis=0)
        cells[:, 1] = 3 - 2 * np.roll(feature, 15) + 0.3 * rng.normal(size=N)      # strong, and negative
        shifts = np.array([11, 15, N // 2, N - 20])
        found = answer_of(largest, cells, feature, shifts, shape=shifts.shape)

        def r(moved, cells=cells):
            return np.array([np.corrcoef(cell, moved)[0, 1] for cell in cells.T])

        def over(best, feature=feature, shifts=shifts):
            return np.array([best(r(np.roll(feature, shift))) for shift in shifts])

        right = over(lambda r: np.abs(r).max())
        mistakes = {
            Mistake("shifts-add-up",
                    "Each shift starts where the one before it ended. Start from the original feature each "
                    "time."):
                over(lambda r: np.abs(r).max(), shifts=shifts.cumsum()),
            Mistake("other-direction",
                    "The feature moved to the left, or the units moved instead of it. Move the feature to "
                    "the right with np.roll(feature, shift)."):
                over(lambda r: np.abs(r).max(), shifts=-shifts),
            Mistake("no-absolute-value",
                    "A unit may also fall when the feature rises, so r may be negative. Use |r|, not r."):
                over(np.max),
            Mistake("mean",
                    "That is the mean over all units. Take the largest, as the search for the best unit "
                    "does."):
                over(lambda r: np.abs(r).mean()),
            Mistake("not-moved", "The feature was not moved. Shift it with np.roll, then correlate."):
                np.full(len(shifts), np.abs(r(feature)).max()),
            Mistake("signed",
                    "You found the strongest unit, but returned its r with its sign. Return |r|."):
                over(lambda r: r[np.abs(r).argmax()]),
            Mistake("squared", "That is r squared. Return |r|."): over(lambda r: (r**2).max()),
        }
        n = first_difference(found, right)[0]
        compare(found, right, mistakes, Mistake(
            "another-r", f"For a shift of {shifts[n]} the largest |r| is {right[n]:.3f}, but yours is "
                         f"{found[n]:.3f}. Shift the feature, correlate it with every unit, and take the "
                         "largest |r|.",
            "For one unit, r is np.corrcoef(cells[:, unit], moved)[0, 1].",
            "For one shift, moved is np.roll(feature, shift). Return the largest abs(r) of all units."))
    return ("Correct: your control is right for two sets of units. In each set one unit falls as the feature "
            "rises, so |r| was needed.")


@check("loss", "d_W_hy", "d_h")
def check_dropout(read_out: Callable) -> str:
    """Try ``read_out(h, kept, share, W_hy, b_y, targets) -> (loss, d_W_hy, d_h)`` on fresh numbers."""
    rng = np.random.default_rng(85)
    for N, H, V, share in ((6, 5, 4, 0.4), (3, 8, 6, 0.25)):
        h, W_hy, b_y = rng.normal(size=(N, H)), rng.normal(size=(H, V)), rng.normal(size=V)
        kept, targets = rng.random((N, H)) >= share, rng.integers(V, size=N)
        kept[0] = np.arange(H) % 2
        answer = answer_of(
            read_out, h, kept, share, W_hy, b_y, targets,
            read=lambda answer: several_of(answer, ("loss", "d_W_hy", "d_h"), "What read_out returns"))
        mask = kept / (1 - share)
        loss, d_W_hy, d_seen, d_scores = _read_out(h * mask, W_hy, b_y, targets)
        right = loss, d_W_hy, d_seen * mask
        plain, unscaled = _read_out(h, W_hy, b_y, targets), _read_out(h * kept, W_hy, b_y, targets)
        mistakes = {
            "loss": {
                Mistake("nothing-hidden",
                        "Nothing is hidden. Multiply h by the mask before the output layer."):
                    plain[0],
                Mistake("not-scaled",
                        "Divide what is kept by 1 - share, so that the sum is as large on average as without "
                        "dropout."):
                    unscaled[0],
                Mistake("divided-by-share",
                        "You divided by share. Divide by 1 - share, the part that is kept."):
                    _read_out(h * kept / share, W_hy, b_y, targets)[0],
                Mistake("mask-swapped",
                        "You hid what should be kept. Keep h where `kept` is true, and hide the rest."):
                    _read_out(h * ~kept / (1 - share), W_hy, b_y, targets)[0],
                Mistake("loss-summed", "That is the sum over the characters. Take the mean."): loss * N,
            },
            "d_W_hy": {
                Mistake("not-masked",
                        "You computed the gradient with h, but the output layer read h times the mask. Use "
                        "h * mask."):
                    h.T @ d_scores,
                Mistake("d-w-hy-summed",
                        "That is the sum over the characters. Divide it by their number."):
                    d_W_hy * N,
            },
            "d_h": {
                Mistake("not-masked-back",
                        "The gradient goes back through W_hy, but not through the mask. Multiply it by the "
                        "mask, because the units that dropout hides get no gradient."):
                    d_seen,
                Mistake("not-scaled-back",
                        "The gradient is masked, but not scaled. Divide it by 1 - share, as in the forward "
                        "pass."):
                    d_seen * kept,
                Mistake("d-h-summed",
                        "That is the sum over the characters. Divide it by their number."):
                    d_seen * mask * N,
            },
        }
        for (name, wrong), found, wanted in zip(mistakes.items(), answer, right, strict=True):
            with part(name):
                found = numbers_of(found, np.shape(wanted), "It")
                at = first_difference(found, wanted)
                told = (f"{f'Entry {list(at)}' if at else 'It'} should be {np.asarray(wanted)[at]:.4f}, but "
                        f"yours is {np.asarray(found)[at]:.4f}. ")
                compare(found, wanted, wrong, Mistake("another-loss", told + (
                            "The loss is the mean of -ln p[target], where p is the softmax over each row of "
                            "scores, and the scores are (h * mask) @ W_hy + b_y."),
                            f"Compare shapes. Scores and p have shape {(N, V)}, and -ln p[target] has "
                            f"{(N,)}.",
                            "p[np.arange(N), targets] takes the target's probability from each row, and mask "
                            "is kept / (1 - share).")
                        if name == "loss" else
                        Mistake("another-gradient",
                                told + "Compare it with finite differences of the loss.",
                                "Both gradients come from d_scores, which is (p - one_hot(targets)) / N.",
                                "d_W_hy is (h * mask).T @ d_scores, and d_h is (d_scores @ W_hy.T) * mask."),
                        made_of=["loss"])
    return "Correct: the loss and both gradients are right for two sizes and two shares."


def _read_out(seen, W_hy, b_y, targets):
    """Loss, d_W_hy, and the gradients with respect to what the output layer sees and to its scores."""
    p = softmax(seen @ W_hy + b_y)
    rows = np.arange(len(seen))
    loss = -np.log(p[rows, targets]).mean()
    d_scores = p.copy()
    d_scores[rows, targets] -= 1
    d_scores /= len(seen)
    return loss, seen.T @ d_scores, d_scores @ W_hy.T, d_scores
