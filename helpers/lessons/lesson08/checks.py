"""The checks of lesson 08: equal sizes, a feature of text, patience, a control, dropout there and back."""

from collections.abc import Callable

import numpy as np

from helpers.lessons.checking import Slip, answer_of, any_open, check, first_slip, numbers
from helpers.networks import GRU, LSTM, RNN, CharModel

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def same(found: np.ndarray, wrong) -> bool:
    """Whether the answer is this wrong one, in shape and in numbers."""
    return np.shape(wrong) == found.shape and np.allclose(wrong, found, atol=1e-9)


@check
def check_parameters(count: Callable) -> str:
    """Try ``count(cell, V, H) -> int``, parameters of a character model, on fresh sizes."""
    rng = np.random.default_rng(81)
    for cell, V, H in (("RNN", 61, 204), ("LSTM", 61, 96), ("GRU", 61, 113),
                       *((name, *rng.integers(3, 40, 2).tolist()) for name in GATES)):
        answer = answer_of(count, cell, V, H, unanswered=any_open, stops="count stops with {error}.")
        found = numbers(answer)
        if found is None or found.size != 1:
            raise Slip("no-number", f"count should return one number, but returned {answer!r}.")
        model = CharModel({"RNN": RNN, "GRU": GRU, "LSTM": LSTM}[cell](V, H), np.random.default_rng(0))
        wanted, k = model.params.vector.size, GATES[cell]
        if found.item() != wanted:
            inner = k * (V * H + H * H + H)
            own = H if cell == "GRU" else 0
            slips = {
                Slip("no-read-out", "The read-out is left out: W_hy has V columns, and there is b_y."):
                    inner + own,
                Slip("no-b-y", "The bias b_y of the read-out is left out."): wanted - V,
                Slip("no-b-h", "The biases b_h are left out: one for each column of W_xh."): wanted - k * H,
                Slip("no-b-hn",
                     "The GRU of this course has one more bias, b_hn, inside the reset: H numbers."):
                    wanted - H,
                Slip("one-block", f"A {cell} has {k} blocks of columns in W_xh, W_hh and b_h."):
                    V * H + H * H + H + H * V + V,
                Slip("no-w-hh", "The weights from h to h are left out."): wanted - k * H * H,
            }
            slip = first_slip(slips, found.reshape(()), Slip(
                "another-count", "Add up W_xh, W_hh, b_h, W_hy and b_y one by one."), same=same)
            raise slip.after(f"{cell} with V = {V} and H = {H} has {wanted:,} parameters, but count says "
                             f"{found.item():,.0f}. ")
    return "Right: three cells, the sizes of the race and fresh ones."


@check
def check_depth(depth: Callable) -> str:
    """Try ``depth(text) -> (N,)``: how many round brackets are open after each character."""
    rng = np.random.default_rng(82)
    texts = ["a (b (c) d) e", "no brackets", "(()())", "".join(rng.choice(list("ab( )"), 40))]
    for text in texts:
        answer = answer_of(depth, text, unanswered=any_open, stops="depth stops with {error}.")
        found = numbers(answer)
        if found is None or found.shape != (len(text),):
            raise Slip("wrong-shape",
                       f"For a text of {len(text)} characters depth should give {len(text)} numbers.")
        here = {mark: np.array([letter == mark for letter in text], int) for mark in "()"}
        right = np.cumsum(here["("] - here[")"])
        if not np.array_equal(found, right):
            before = np.append(0, right[:-1])
            slips = {
                Slip("one-off", "It is one off in time: it says what was open before the character. After "
                                "reading '(' the depth is 1, after reading ')' it has gone down."):
                    before,
                Slip("closing-late", "'(' counts in time, but ')' counts one character too late."):
                    right + here[")"],
                Slip("opening-late", "')' counts in time, but '(' counts one character too late."):
                    right - here["("],
                Slip("no-closing", "Closing brackets are not counted."): np.cumsum(here["("]),
                Slip("only-whether",
                     "It says only whether a bracket is open, not how many: brackets lie in brackets."):
                    np.minimum(right, 1),
                Slip("not-added-up", "That is the change at each character: add up all changes so far."):
                    here["("] - here[")"],
            }
            t = int(np.flatnonzero(found != right)[0])
            slip = first_slip(slips, found, Slip(
                "another-depth", "Go through the text with one number: up at '(', down at ')'."), same=same)
            raise slip.after(f"In {text!r}, after character {t} ({text[t]!r}), the depth is {right[t]}, but "
                             f"yours is {found[t]:g}. ")
    return "Right: on four texts, one of them with more closing than opening brackets."


@check
def check_patience(stop_at: Callable) -> str:
    """Try ``stop_at(losses, patience) -> int``, the look whose network is kept, on fresh curves."""
    rng = np.random.default_rng(83)
    cases = [([3.0, 2.0, 1.5, 1.6, 1.7, 1.8, 1.9, 1.0], 3), ([3.0, 2.0, 2.5, 1.9, 2.0, 2.2, 2.4], 2),
             ([2.0, 1.8, 1.9, 1.85, 1.9, 1.7, 1.8, 1.8, 1.8, 1.9, 1.5], 3), ([3.0, 2.0, 1.0], 5)]
    cases += [((2 + 0.3 * rng.normal(size=30)).round(2).tolist(), int(rng.integers(2, 6))) for _ in range(4)]
    for losses, patience in cases:
        answer = answer_of(stop_at, losses, patience, unanswered=any_open,
                           stops="stop_at stops with {error}.")
        found = numbers(answer)
        if found is None or found.size != 1:
            raise Slip("no-number",
                       f"stop_at should return one number, the place of a loss in the list, not {answer!r}.")
        best, stopped = patient(losses, patience)
        if found.item() != best:
            slips = {
                Slip("last-look", "That is where you stop; the network to keep is the best one before."):
                    stopped,
                Slip("foresight",
                     "You looked into the future: the losses after the stop have never been measured."):
                    int(np.argmin(losses)),
                Slip("too-early",
                     "You gave up one look too early: so many looks in a row must bring nothing better."):
                    patient(losses, patience - 1)[0],
                Slip("too-late", "You gave up one look too late."): patient(losses, patience + 1)[0],
                Slip("loss-itself", "That is the loss itself: return its place."): losses[best],
            }
            slip = first_slip(slips, found.reshape(()), Slip(
                "another-look", "Compare each loss with the best so far, not with the one before."),
                same=same)
            raise slip.after(f"For the losses {losses} and a patience of {patience} the network of look "
                             f"{best} is to be kept, but yours is {found.item():g}. ")
    return "Right: on eight curves, some of which would have become better later. Nobody could have known."


def patient(losses: list[float], patience: int) -> tuple[int, int]:
    """The look that is kept, and the last that is made."""
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best]:
            best = look
        elif look - best >= patience:
            return best, look
    return best, len(losses) - 1


@check
def check_control(largest: Callable) -> str:
    """Try ``largest(cells, feature, shifts) -> (S,)``: the largest |r| of any cell for each shift."""
    rng = np.random.default_rng(84)
    for N, H in ((200, 5), (90, 12)):
        feature = np.sign(np.sin(np.arange(N) / 7)) + 0.1 * rng.normal(size=N)
        cells = rng.normal(size=(N, H)).cumsum(axis=0)
        cells[:, 1] = 3 - 2 * np.roll(feature, 15) + 0.3 * rng.normal(size=N)      # strong, and negative
        shifts = np.array([11, 15, N // 2, N - 20])
        answer = answer_of(largest, cells, feature, shifts, unanswered=any_open,
                           stops="largest stops with {error}.")
        found = numbers(answer)
        if found is None or found.shape != shifts.shape:
            raise Slip("wrong-shape", f"largest should return one number for each of the {len(shifts)} "
                                      "shifts.")

        def r(moved, cells=cells):
            return np.array([np.corrcoef(cell, moved)[0, 1] for cell in cells.T])

        def over(best, feature=feature, shifts=shifts):
            return np.array([best(r(np.roll(feature, shift))) for shift in shifts])

        if not np.allclose(found, over(lambda r: np.abs(r).max()), atol=1e-9):
            slips = {
                Slip("no-absolute-value",
                     "A cell may also go with the feature the other way round: take |r|, not r."):
                    over(np.max),
                Slip("mean", "That is the mean of all cells: the search takes the best one."): over(
                    lambda r: np.abs(r).mean()),
                Slip("not-moved", "The feature is not moved: shift it round with np.roll, then correlate."):
                    np.full(len(shifts), np.abs(r(feature)).max()),
                Slip("signed",
                     "Without the absolute value of the largest: that one is the strongest, with its sign."):
                    over(lambda r: r[np.abs(r).argmax()]),
                Slip("squared", "That is r squared."): over(lambda r: (r**2).max()),
            }
            raise first_slip(slips, found, Slip(
                "another-r", "For each shift: move the feature, correlate it with every cell, take the "
                             "largest |r|."), same=same)
    return "Right: for two sets of cells, with a strong cell that goes the other way round."


@check
def check_dropout(read_out: Callable) -> str:
    """Try ``read_out(h, kept, share, W_hy, b_y, targets) -> (loss, d_W_hy, d_h)`` on fresh numbers."""
    rng = np.random.default_rng(85)
    for N, H, V, share in ((6, 5, 4, 0.4), (3, 8, 6, 0.25)):
        h, W_hy, b_y = rng.normal(size=(N, H)), rng.normal(size=(H, V)), rng.normal(size=V)
        kept, targets = rng.random((N, H)) >= share, rng.integers(V, size=N)
        kept[0] = np.arange(H) % 2
        answer = answer_of(read_out, h, kept, share, W_hy, b_y, targets, unanswered=any_open,
                           stops="read_out stops with {error}.")
        parts = [numbers(part) for part in answer] if isinstance(answer, tuple | list) else []
        if len(parts) != 3 or any(p is None for p in parts) or [p.shape for p in parts] != [
                (), (H, V), (N, H)]:
            raise Slip("not-three", f"read_out should return the loss, d_W_hy ({H}, {V}) and d_h ({N}, {H}), "
                                    "in this order.")
        mask = kept / (1 - share)
        loss, d_W_hy, d_seen, d_scores = _read_out(h * mask, W_hy, b_y, targets)
        right = loss, d_W_hy, d_seen * mask
        plain, unscaled = _read_out(h, W_hy, b_y, targets), _read_out(h * kept, W_hy, b_y, targets)
        slips = {
            "loss": {
                Slip("nothing-hidden", "Nothing is hidden: the read-out should see h times the mask."):
                    plain[0],
                Slip("not-scaled",
                     "What is kept must be divided by 1 - share, so that the sum is as large as without."):
                    unscaled[0],
                Slip("divided-by-share", "You divided by share: divide by 1 - share, the part that is kept."):
                    _read_out(h * kept / share, W_hy, b_y, targets)[0],
                Slip("mask-swapped", "What is kept and what is hidden have changed places."):
                    _read_out(h * ~kept / (1 - share), W_hy, b_y, targets)[0],
                Slip("sum", "That is the sum over the characters: take the mean."): loss * N,
            },
            "d_W_hy": {
                Slip("not-masked", "It is made with h, but the read-out saw h times the mask."):
                    h.T @ d_scores,
                Slip("sum", "It is the sum: divide the gradient by the number of characters."): d_W_hy * N,
            },
            "d_h": {
                Slip("not-masked-back",
                     "It goes back through W_hy, but not through the mask: what was hidden gets no "
                     "gradient."):
                    d_seen,
                Slip("not-scaled-back", "It is masked, but not divided by 1 - share as on the way there."):
                    d_seen * kept,
                Slip("sum", "It is the sum: divide the gradient by the number of characters."):
                    d_seen * mask * N,
            },
        }
        for (name, wrong), part, wanted in zip(slips.items(), parts, right, strict=True):
            if not np.allclose(part, wanted, atol=1e-9):
                slip = first_slip(wrong, part, Slip("another-number", "Check it by finite differences."),
                                  same=same)
                raise slip.after(f"{name} is wrong. ")
    return "Right: the loss and both gradients, for two sizes and two shares."


def _read_out(seen, W_hy, b_y, targets):
    """Loss, d_W_hy, and the gradients by what the read-out sees and by its scores."""
    scores = seen @ W_hy + b_y
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(seen))
    loss = -np.log(p[rows, targets]).mean()
    d_scores = p.copy()
    d_scores[rows, targets] -= 1
    d_scores /= len(seen)
    return loss, seen.T @ d_scores, d_scores @ W_hy.T, d_scores
