"""The mistakes that the checks of lesson 08 know: the answer that each of them gives, and its sentence."""

import numpy as np

from helpers.checks import Mutant
from helpers.networks import softmax

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def size(cell: str, V: int, H: int, blocks: int | None = None, W_hh: bool = True, b_h: bool = True,
         b_hn: bool = True, read_out: bool = True, b_y: bool = True) -> int:
    """The parameters of a character model, with parts of it left out."""
    k = blocks or GATES[cell]
    inner = k * (V * H + H * H * W_hh + H * b_h) + H * (cell == "GRU") * b_hn
    return inner + (H * V + V * b_y) * read_out


COUNT = (
    Mutant("no-read-out", lambda cell, V, H: size(cell, V, H, read_out=False),
           "The output layer is left out. Add W_hy, which has V columns, and b_y."),
    Mutant("no-b-y", lambda cell, V, H: size(cell, V, H, b_y=False),
           "The bias b_y of the output layer is left out. Add V numbers for it."),
    Mutant("no-b-h", lambda cell, V, H: size(cell, V, H, b_h=False),
           "The biases b_h are left out. There is one for each column of W_xh."),
    Mutant("no-b-hn", lambda cell, V, H: size(cell, V, H, b_hn=False),
           "The GRU of this course has one more bias, b_hn, which the reset gate multiplies. Add H numbers "
           "for it."),
    Mutant("one-block", lambda cell, V, H: size(cell, V, H, blocks=1),
           "You counted only one block of columns. The {cell} has {k} in each of W_xh, W_hh and b_h."),
    Mutant("no-w-hh", lambda cell, V, H: size(cell, V, H, W_hh=False),
           "The weights from h to h are left out. Add W_hh, which has the shape {W_hh}."),
)


def changes(text: str, opening: str = "(", closing: str = ")") -> np.ndarray:
    """How each character changes the depth: by 1, -1 or 0."""
    return np.array([(letter in opening) - (letter in closing) for letter in text])


def late(text: str, mark: str) -> np.ndarray:
    """The depth if this mark counts only at the next character."""
    marked = changes(text) * np.array([letter == mark for letter in text])
    return np.cumsum(changes(text) - marked + np.append(0, marked[:-1]))


DEPTH = (
    Mutant("one-off", lambda text: np.append(0, changes(text).cumsum()[:-1]),
           "Your depth is one character late. Count the character itself, so that '(' raises the depth at "
           "once and ')' lowers it at once."),
    Mutant("closing-late", lambda text: late(text, ")"),
           "'(' is counted at the right place, but ')' one character too late. Lower the depth at the ')' "
           "itself."),
    Mutant("opening-late", lambda text: late(text, "("),
           "')' is counted at the right place, but '(' one character too late. Raise the depth at the '(' "
           "itself."),
    Mutant("no-closing", lambda text: changes(text, closing="").cumsum(),
           "You do not count closing brackets. Subtract 1 at each ')'."),
    Mutant("square-brackets", lambda text: changes(text, "([", ")]").cumsum(),
           "You count square brackets too. Count only round ones."),
    Mutant("only-whether", lambda text: np.minimum(changes(text).cumsum(), 1),
           "Your depth says only whether a bracket is open. Brackets can be nested, so count how many are "
           "open."),
    Mutant("not-added-up", changes, "That is the change at each character. Add up all changes so far."),
)


def stop_early(losses: list[float], patience: int, tie_counts: bool = False) -> tuple[int, int]:
    """The index of the best loss, and of the loss after which training stops."""
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best] or (tie_counts and loss == losses[best]):
            best = look
        elif look - best >= patience:
            return best, look
    return best, len(losses) - 1


def compared_with_the_one_before(losses: list[float], patience: int) -> int:
    """The index of the best loss if each loss is compared with the one before it, and not with the best."""
    best = bad = 0
    for look in range(1, len(losses)):
        bad = 0 if losses[look] < losses[look - 1] else bad + 1
        best = look if losses[look] < losses[best] else best
        if bad == patience:
            break
    return best


PATIENCE = (
    Mutant("tie-taken", lambda losses, patience: stop_early(losses, patience, tie_counts=True)[0],
           "A loss equal to the best so far is no improvement. Compare with <."),
    Mutant("last-look", lambda losses, patience: stop_early(losses, patience)[1],
           "That is where training stops. Return the index of the best loss before it."),
    Mutant("foresight", lambda losses, patience: int(np.argmin(losses)),
           "You used losses from after the stop, but training has finished by then. Look only at the losses "
           "before it."),
    Mutant("too-early", lambda losses, patience: stop_early(losses, patience - 1)[0],
           "You stopped one measurement too early. Stop only after `patience` losses in a row are no better "
           "than the best."),
    Mutant("too-late", lambda losses, patience: stop_early(losses, patience + 1)[0],
           "You stopped one measurement too late. Stop as soon as `patience` losses in a row are no better "
           "than the best."),
    Mutant("with-the-one-before", compared_with_the_one_before,
           "You compare each loss with the one before it. Compare it with the best so far."),
    Mutant("loss-itself", lambda losses, patience: losses[stop_early(losses, patience)[0]],
           "That is the loss itself. Return its index in the list."),
)


def over_units(cells: np.ndarray, feature: np.ndarray, shifts,
               of_all=lambda r: np.abs(r).max()) -> np.ndarray:
    """For each shift: `of_all` of the r of all units with the feature moved to the right."""
    return np.array([of_all(np.array([np.corrcoef(cell, np.roll(feature, shift))[0, 1] for cell in cells.T]))
                     for shift in shifts])


CONTROL = (
    Mutant("shifts-add-up", lambda cells, feature, shifts: over_units(cells, feature, shifts.cumsum()),
           "Each shift starts where the one before it ended. Start from the original feature each time."),
    Mutant("other-direction", lambda cells, feature, shifts: over_units(cells, feature, -shifts),
           "The feature moved to the left, or the units moved instead of it. Move the feature to the right "
           "with np.roll(feature, shift)."),
    Mutant("no-absolute-value", lambda cells, feature, shifts: over_units(cells, feature, shifts, np.max),
           "A unit may also fall when the feature rises, so r may be negative. Use |r|, not r."),
    Mutant("mean",
           lambda cells, feature, shifts: over_units(cells, feature, shifts, lambda r: np.abs(r).mean()),
           "That is the mean over all units. Take the largest, as the search for the best unit does."),
    Mutant("not-moved", lambda cells, feature, shifts: over_units(cells, feature, 0 * shifts),
           "The feature was not moved. Shift it with np.roll, then correlate."),
    Mutant("signed",
           lambda cells, feature, shifts: over_units(cells, feature, shifts, lambda r: r[np.abs(r).argmax()]),
           "You found the strongest unit, but returned its r with its sign. Return |r|."),
    Mutant("squared",
           lambda cells, feature, shifts: over_units(cells, feature, shifts, lambda r: (r**2).max()),
           "That is r squared. Return |r|."),
)


def passes(h, mask, W_hy, b_y, targets, seen_back=None, mask_back=None, mean=True):
    """Loss, d_W_hy and d_h of an output layer that reads h times the mask.

    The backward pass uses `seen_back` instead of h times the mask, and `mask_back` instead of the mask.
    """
    seen, rows = h * mask, np.arange(len(h))
    p = softmax(seen @ W_hy + b_y)
    loss = -np.log(p[rows, targets])
    d_scores = p.copy()
    d_scores[rows, targets] -= 1
    d_scores /= len(h) if mean else 1
    return (loss.mean() if mean else loss.sum(), (seen if seen_back is None else seen_back).T @ d_scores,
            (d_scores @ W_hy.T) * (mask if mask_back is None else mask_back))


def mask_of(kept, share):
    return kept / (1 - share)


def with_one_summed(part: int, h, kept, share, *rest) -> tuple:
    """The right answer, but with this part as a sum over the characters and not as a mean."""
    parts = list(passes(h, mask_of(kept, share), *rest))
    parts[part] = passes(h, mask_of(kept, share), *rest, mean=False)[part]
    return tuple(parts)


SUMMED = "That is the sum over the characters. Divide it by their number."
DROPOUT = (
    Mutant("nothing-hidden", lambda h, kept, share, *rest: passes(h, 1, *rest),
           "Nothing is hidden. Multiply h by the mask before the output layer.", of=("loss",)),
    Mutant("not-scaled", lambda h, kept, share, *rest: passes(h, kept, *rest),
           "Divide what is kept by 1 - share, so that the sum is as large on average as without dropout.",
           of=("loss",)),
    Mutant("divided-by-share", lambda h, kept, share, *rest: passes(h, kept / share, *rest),
           "You divided by share. Divide by 1 - share, the part that is kept.", of=("loss",)),
    Mutant("mask-swapped", lambda h, kept, share, *rest: passes(h, mask_of(~kept, share), *rest),
           "You hid what should be kept. Keep h where `kept` is true, and hide the rest.", of=("loss",)),
    Mutant("loss-summed", lambda *given: with_one_summed(0, *given),
           "That is the sum over the characters. Take the mean.", of=("loss",)),
    Mutant("not-masked", lambda h, kept, share, *rest: passes(h, mask_of(kept, share), *rest, seen_back=h),
           "You computed the gradient with h, but the output layer read h times the mask. Use h * mask.",
           of=("d_W_hy",)),
    Mutant("d-w-hy-summed", lambda *given: with_one_summed(1, *given), SUMMED, of=("d_W_hy",)),
    Mutant("not-masked-back",
           lambda h, kept, share, *rest: passes(h, mask_of(kept, share), *rest, mask_back=1),
           "The gradient goes back through W_hy, but not through the mask. Multiply it by the mask, because "
           "the units that dropout hides get no gradient.", of=("d_h",)),
    Mutant("not-scaled-back",
           lambda h, kept, share, *rest: passes(h, mask_of(kept, share), *rest, mask_back=kept),
           "The gradient is masked, but not scaled. Divide it by 1 - share, as in the forward pass.",
           of=("d_h",)),
    Mutant("d-h-summed", lambda *given: with_one_summed(2, *given), SUMMED, of=("d_h",)),
)
