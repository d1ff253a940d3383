"""The checks of the stages of lesson 02: what a reader writes of the program, each piece alone."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.lessons.asking import answer_of, nearly, numbers_of, several_of, under_its_name
from helpers.lessons.checking import Slip, check, part, something_wrong, wait_for
from helpers.lessons.gradient_checks import need_right, symptoms, tried_gradients
from helpers.lessons.lesson02 import plain_program as plain
from helpers.lessons.lesson02 import stage_faults as faults
from helpers.lessons.stages import Fault, with_changes

SIZES = ((4, 4, 1), (5, 4, 2), (4, 6, 6))       # characters, units, steps
SHAPES = (" There W_xh is (V, H), W_hh (H, H), W_hy (H, V); h_prev and b_h are (H,), b_y is (V,), with V = "
          "{} and H = {}.")


def program(rng: np.random.Generator, V: int, H: int, scale: float = 0.7) -> dict[str, np.ndarray]:
    """Parameters, in the order of the lesson."""
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, V), "b_y": (V,)}
    return {name: scale * rng.standard_normal(shape) for name, shape in shapes.items()}


def passages() -> Iterator[tuple[int, int, int, tuple]]:
    """V, H, T and arguments of `forward` of all `SIZES`; the state is not zero, a symbol comes twice."""
    rng = np.random.default_rng(20)
    for V, H, T in SIZES:
        params, h_prev = program(rng, V, H), rng.uniform(-0.8, 0.8, H)
        inputs = 2 * np.arange(T) % (V - 1)
        yield V, H, T, (params, inputs, (inputs + 1 + np.arange(T) % 2) % V, h_prev)


def by_step(value, T: int, length: int, name: str, place: str) -> list[np.ndarray]:
    """What a reader keeps by step, as arrays."""
    try:
        rows = [value[t] for t in range(T)]
    except (KeyError, IndexError, TypeError):
        raise Slip("not-by-step", f"{place}{name} should hold {T} arrays, {name}[0] to {name}[{T - 1}].",
                   "The backward pass will ask for every one of them.",
                   f"Keep each as it is made: {name}[t] = ...") from None
    return [numbers_of(row, (length,), f"{name}[{t}]", place) for t, row in enumerate(rows)]


@check("h", "p", "loss")
def check_forward(forward: Callable) -> str:
    """Try ``forward(params, inputs, targets, h_prev) -> (loss, h, p)`` with 1, 2 and 6 steps."""
    for V, H, T, given in passages():
        place = f"With T = {T}: "
        try:
            answer = answer_of(forward, *given, place=place, keeps=True, hint=SHAPES.format(V, H), read=lambda
                               answer: several_of(answer, ("loss", "h", "p"), "What forward returns"))
        except Slip:
            if something_wrong():       # which is why it stops
                break
            raise
        right = plain.forward(*given)
        with np.errstate(all="ignore"):         # of the logarithm of a score
            wrong = [(fault, made) for fault in faults.FORWARD
                     if (made := _made_with(fault, plain.forward, given)) is not None]
        with part("h"):
            _need_steps(by_step(answer[1], T, H, "h", place), 1, right, wrong, T, "h")
        with part("p"):
            found = by_step(answer[2], T, V, "p", place)
            if not all(nearly(found[t], right[2][t]) for t in range(T)):
                wait_for("h")
            _need_steps(found, 2, right, wrong, T, "p")
        with part("loss"):
            wait_for("h", "p")
            found = numbers_of(answer[0], (), "The loss", place)
            if not nearly(found, right[0]):
                told = f"With T = {T} it should be {right[0]:.4f}, made of your p; it is {found:.4f}."
                _raise_fault(told, wrong, lambda made, found=found: nearly(found, made[0]), "another-loss",
                             "Of which numbers is it made, and how many are there?",
                             "Add up -ln p[t][targets[t]] over the steps, and divide by their number.")
    return "Right: states, probabilities and loss, for 1, 2 and 6 steps."


def _made_with(fault: Fault, function: Callable, given: tuple):
    """What a fault returns; None where it stops."""
    try:
        return with_changes(function, fault.changes)(*given)
    except IndexError:
        return None


def _need_steps(found: list, place: int, right: tuple, wrong: list, T: int, name: str) -> None:
    """Raise a Slip unless the rows by step are those at `place` of what the plain form returns."""
    bad = [t for t in range(T) if not nearly(found[t], right[place][t])]
    if bad:
        before = "" if bad[0] == 0 else "; the steps before it are right"
        _raise_fault(f"With T = {T}, {name}[{bad[0]}] is wrong{before}.", wrong,
                     lambda made: all(nearly(found[t], made[place][t]) for t in range(T)), f"another-{name}",
                     "Write the equation beside your line, and go through it term by term.",
                     f"The first number of {name}[{bad[0]}] should be {right[place][bad[0]][0]:.4f}; yours "
                     f"is {found[bad[0]][0]:.4f}.")


def _raise_fault(told: str, wrong: list, same: Callable, other: str, *more: str) -> None:
    """Raise the Slip of the first fault that made the same, else one called `other`."""
    fault = next((fault for fault, made in wrong if same(made)), None)
    raise fault.found(told) if fault else Slip(other, told, *more)


@check
def check_score_gradient(score_gradient: Callable) -> str:
    """Try ``score_gradient(p, target) -> dy`` on five rows of probabilities."""
    rng = np.random.default_rng(21)
    cases = [(rng.dirichlet(np.ones(V)), int(rng.integers(V))) for V in (3, 4, 5, 6, 7)]
    right = [plain.score_gradient(*case) for case in cases]
    found = [answer_of(score_gradient, *case, keeps=True, shape=case[0].shape,
                       place=f"For a row of {len(case[0])}: ") for case in cases]
    for (p, target), mine, dy in zip(cases, found, right, strict=True):
        if not nearly(mine, dy):
            k = int(np.argmax(np.abs(mine - dy) > 1e-5))
            which = "the target's own" if k == target else "a score that is not the target's"
            told = (f"With p = {np.round(p, 2)} and target {target}: moving y[{k}], {which}, by a little "
                    f"moves the loss {dy[k]:+.2f} times as far; your dy[{k}] is {mine[k]:+.2f}.")
            wrong = [(fault, [with_changes(plain.score_gradient, fault.changes)(*case) for case in cases])
                     for fault in faults.SCORE_GRADIENT]
            _raise_fault(told, wrong, lambda made: all(map(nearly, found, made)), "another-dy",
                         "Take the derivation line by line: what is the derivative of each of the two parts?",
                         "dy[j] is p[j], and at the target p[j] - 1.")
    return "Right: five rows, each as central differences of the loss have it."


@check
def check_read_out(backward: Callable) -> str:
    """Try ``backward(params, inputs, targets, h, p) -> grads``; its lines of dy, W_hy and b_y are new."""
    given = {}
    for _, _, T, (params, inputs, targets, h_prev) in passages():
        _, h, p = plain.forward(params, inputs, targets, h_prev)
        given[T] = params, inputs, targets, h, p
    cases = [(T, arguments, plain.backward(*arguments)) for T, arguments in given.items()]
    hint = " W_hy is (H, V), h[t] is (H,) and dy is (V,): a gradient has the shape of what it belongs to."
    tried = tried_gradients(backward, cases, hint=hint)
    need_right(tried, plain.backward, given, faults.BACKWARD, symptoms)
    return "Right: all five gradients, for 1, 2 and 6 steps."


@check
def check_gradient_error(gradient_error: Callable) -> str:
    """Try ``gradient_error(loss, array, gradient, entries)`` with losses whose gradients are known."""
    rng = np.random.default_rng(22)
    factors = rng.uniform(0.5, 2, (3, 4))
    start = rng.normal(size=(3, 4))
    right, entries = factors * np.exp(start), np.array([1, 4, 6, 11])
    spoilt = right.copy()
    spoilt.flat[entries[2]] *= 1.5
    for gradient, told in ((right, "With a gradient that is right"),
                           (spoilt, "With a gradient of which one entry is half as large again")):
        watched = _Watched(start, factors)
        error = answer_of(_asked_of(gradient_error, watched), gradient, entries, shape=(), place=f"{told}: ",
                          hint=" An entry is array.flat[i] or gradient.flat[i], the loss is loss(), and "
                               "rows of numbers are subtracted as arrays.")
        _need_careful_steps(watched.seen, watched.array - start, entries)
        derived, measured = gradient.flat[entries], right.flat[entries]
        apart = np.linalg.norm(derived - measured)
        lengths = np.linalg.norm(derived) + np.linalg.norm(measured)
        if abs(error - apart / lengths) > 1e-3 * apart / lengths + 1e-7:
            said = f"{told}, the answer should be {apart / lengths:.4f}; it is {error:.4f}."
            for slip, value in _other_errors(said, apart, lengths, derived, measured).items():
                if np.isclose(error, value, rtol=1e-3, atol=1e-7):
                    raise slip
            raise Slip("another-error", said, "It is a length divided by the sum of two lengths.",
                       "norm(derived - measured) / (norm(derived) + norm(measured)), with measured = (above "
                       "- below) / (2 * eps).")
    return "Right: it passes a good gradient, finds one bad entry, and leaves the weights as they were."


class _Watched:
    """An array, and a loss of it, exponentials added up, which writes down where it was asked for."""

    def __init__(self, start: np.ndarray, factors: np.ndarray) -> None:
        self.start, self.factors, self.array = start, factors, start.copy()
        self.seen: list[np.ndarray] = []

    def loss(self) -> float:
        self.seen.append((self.array - self.start).ravel())
        return float(np.sum(self.factors * np.exp(self.array)))


def _asked_of(gradient_error: Callable, watched: _Watched) -> Callable:
    """A reader's function for the array that is watched itself, not a copy of it."""
    def call(gradient, entries):
        return gradient_error(watched.loss, watched.array, gradient, entries)
    return under_its_name(gradient_error, call)


def _need_careful_steps(seen: list[np.ndarray], left: np.ndarray, entries: np.ndarray) -> None:
    """Raise a Slip if the weights at which the loss was asked for were not moved as they should be."""
    moves = [(set(np.flatnonzero(np.abs(moved) > 1e-15)), moved) for moved in seen]
    touched = set().union(*(where for where, _ in moves)) if moves else set()
    if not touched:
        raise Slip("not-moved", f"The loss was asked for {len(seen)} times, and the weights stood still "
                                "each time.",
                   "loss() takes no argument: it looks at `array` itself. Who has moved, the array or a "
                   "copy?",
                   "Write into the array: array.flat[i] = kept + eps.")
    if max(len(where) for where, _ in moves[:1]) > 1:
        raise Slip("all-moved", "When the loss is asked for the first time, more than one weight has moved.",
                   "If several move at once, whose slope is measured?",
                   "One weight alone: array.flat[i] = kept + eps, not array + eps.")
    if np.abs(left).max() > 1e-12 or any(len(where) > 1 for where, _ in moves):
        at = np.flatnonzero(np.abs(left).ravel() > 1e-12)
        raise Slip("not-put-back", f"After the call entry {at[0]} of the array is off by "
                   f"{left.flat[at[0]]:+.0e}." if len(at) else
                   "The next weight is moved while the one before it is not yet back in its place.",
                   "Each weight is to be moved alone, with all others in their place.",
                   "The weight is not put back: array.flat[i] = kept, before the next one is moved.")
    sizes = [np.abs(moved).max() for where, moved in moves if where]
    if max(sizes) < 1e-9:
        raise Slip("tiny-step", f"A weight is moved by {max(sizes):.0e}.",
                   "A computer keeps sixteen digits of the loss. How many of them change?",
                   "The step is too small: what is left of the difference is rounding. Take eps = 1e-5.")
    if max(sizes) > 1e-3:
        raise Slip("large-step", f"A weight is moved by {max(sizes):.0e}.",
                   "The slope is asked for here, not on the average of a long way.",
                   "The step is too large: take eps = 1e-5.")
    if touched != set(entries.tolist()):
        few = len(touched) < len(entries)
        raise Slip("not-all-entries" if few else "more-entries",
                   f"Of the entries {entries.tolist()}, {len(touched & set(entries.tolist()))} were moved"
                   + (", and others." if touched - set(entries.tolist()) else "."),
                   "A gradient can be right in one place and wrong in the next. Which ones were asked for?",
                   "One entry is not enough: a loop over entries, and their numbers collected." if few else
                   "Only the given entries: an array may have ten thousand, two forward passes each.")
    if not (any(moved.min() < -1e-9 for _, moved in moves) and any(moved.max() > 1e-9 for _, moved in moves)):
        raise Slip("one-sided", "Every weight was moved in one direction only.",
                   "A curve that bends gives another slope to its left than to its right. What gives their "
                   "mean?",
                   "That is a one-sided difference, wrong by about eps: ask at w + eps and at w - eps, and "
                   "divide by 2 * eps.")


def _other_errors(said: str, apart: float, lengths: float, derived: np.ndarray, measured: np.ndarray) -> dict:
    """Numbers that come out if something else is computed."""
    return {
        Slip("absolute", said,
             "If loss and gradient were a million times as large, would the gradient be worse?",
             "That is the absolute error: divide by the lengths of both."): apart,
        Slip("half-step", said, "From w - eps to w + eps, how far is it?",
             "The difference is divided by eps: the two places are 2 * eps apart."):
            np.linalg.norm(derived - 2 * measured) / (np.linalg.norm(derived) + 2 * np.linalg.norm(measured)),
        Slip("one-length", said, "Which of the two lengths is right, if the gradient is wrong?",
             "It is divided by one of the lengths: take the sum of both."): apart / np.linalg.norm(measured),
        Slip("one-length-of-yours", said, "Which of the two lengths is right, if the gradient is wrong?",
             "It is divided by the length of the given gradient: take the sum of both."):
            apart / np.linalg.norm(derived),
        Slip("mean-of-lengths", said, "It should be 1 if one of the two is zero.",
             "It is divided by the mean of the lengths: take their sum."): 2 * apart / lengths,
        Slip("difference-of-lengths", said, "Can two rows be equally long, and not be the same?",
             "Subtract the rows, not their lengths: norm(derived - measured)."):
            abs(np.linalg.norm(derived) - np.linalg.norm(measured)) / lengths,
        Slip("length-of-sum", said, "Two rows that are opposite have the sum zero. And their lengths?",
             "It is divided by the length of the sum: take the sum of the lengths."):
            apart / np.linalg.norm(derived + measured),
        Slip("squared", said, "Does a row become four times as long if its numbers are doubled?",
             "These are sums of squares: a length is the root of one, np.linalg.norm."):
            apart**2 / (derived @ derived + measured @ measured),
        Slip("mean-of-errors", said, "Is a tiny entry to count as much as a large one?",
             "That is the mean of each entry's own error: take the lengths of whole rows."):
            np.mean(np.abs(derived - measured) / (np.abs(derived) + np.abs(measured))),
        Slip("no-brackets", said, "Which is done first, the division or the sum?",
             "The sum of the lengths needs brackets: / (norm(derived) + norm(measured))."):
            apart / np.linalg.norm(derived) + np.linalg.norm(measured),
        Slip("nothing-in-common", said, "It is 1 if your two rows are opposite, or if one is next to nothing "
                                        "beside the other. Print both.",
             "Either the difference is turned round, and it is above - below; or it is not divided by all of "
             "2 * eps, which needs brackets: / (2 * eps)."): 1.0,
    }


@check
def check_adagrad(adagrad: Callable) -> str:
    """Try ``adagrad(params, grads, squares, learning_rate=0.1, clip=0.2)``, three updates in a row."""
    for rate, *clip in ((0.1,), (0.03,), (0.1, 0.05)):
        rng = np.random.default_rng(23)
        params = {"W": rng.normal(size=(2, 3)), "b": rng.normal(size=3)}
        several = [{name: 0.1 * rng.normal(size=array.shape) for name, array in params.items()}
                   for _ in range(3)]
        several[0]["W"][1, 1], several[1]["b"][0] = 3.0, -2.0
        for grads in several:
            grads["b"][1] = 0.0         # of a character that never comes
        right = _updated(plain.adagrad, params, several, rate, *clip)
        found = answer_of(_updates_of(adagrad), params, several, rate, *clip)
        for n in range(3):
            for name in params:
                try:
                    kept, moved = (
                        numbers_of(found[n][what][name], params[name].shape, f"{words}[{name!r}]",
                                   f"After update {n + 1}: ") for what, words in enumerate(("squares",
                                   "params")))
                except Slip as slip:
                    if slip.name == "not-finite":
                        _raise_not_finite(found[n][1][name], n, name, several)
                    raise
                if not (nearly(moved, right[n][1][name]) and nearly(kept, right[n][0][name])):
                    _raise_update(found, right, n, name, params, several, rate, *clip)
    return "Right: three updates in a row, at two learning rates, with gradients beyond the clip."


def _updates_of(adagrad: Callable) -> Callable:
    """`_updated` with this function, under its name."""
    def call(*given):
        return _updated(adagrad, *given)
    return under_its_name(adagrad, call)


def _raise_not_finite(moved: np.ndarray, n: int, name: str, several: list[dict]) -> None:
    """Raise the Slip of an update, the one after n others, that has made nan or infinity of a weight."""
    bad = ~np.isfinite(moved).ravel()
    if bad.any():
        so_far = [grads[name].flat[int(np.argmax(bad))] for grads in several[: n + 1]]
        told = (f"After update {n + 1} in {name}: a weight is nan or infinite. Its gradients so far: "
                f"{', '.join(f'{g:+.2f}' for g in so_far)}.")
        if not any(so_far):
            raise Slip("divided-by-zero", told, "Its s is zero. What prevents a division by zero?",
                       "eps is left out, or stands outside the brackets: / (np.sqrt(squares[name]) + 1e-10).")
        raise Slip("root-of-negative", told, "Of which numbers is there no root?",
                   "s can only be negative if something else is added to it than g**2.")


def _updated(adagrad: Callable, params, several, rate, *clip) -> list[tuple[dict, dict]]:
    """The sums of squares and the parameters after each update."""
    params = {name: array.copy() for name, array in params.items()}
    squares, after = {name: np.zeros_like(array) for name, array in params.items()}, []
    for grads in several:
        adagrad(params, {name: array.copy() for name, array in grads.items()}, squares, rate, *clip)
        after.append(({name: np.array(array) for name, array in squares.items()},
                      {name: np.array(array) for name, array in params.items()}))
    return after


def _raise_update(found, right, n: int, name: str, params, several, rate, *clip) -> None:
    """Raise the Slip of an update that is wrong for the first time after update n + 1, in `name`."""
    if all(np.array_equal(found[-1][1][key], params[key]) for key in params):
        said = "After three updates every parameter is what it was."
        raise Slip("nothing-moves", said, "adagrad returns nothing: it has to change params and squares "
                                          "themselves.",
                   "A name that is bound anew (w = w - ...) leaves the array alone: write params[name] -= "
                   "...")
    if np.array_equal(found[-1][1][name], params[name]):
        raise Slip("not-all-arrays", f"After three updates {name} is what it was; others have moved.",
                   "How often does the loop go round?", "Something ends it after the first array: a return "
                                                        "inside the loop?")
    moved = not nearly(found[n][1][name], right[n][1][name])
    before = (params if n == 0 else right[n - 1][1]) if moved else {name: 0}
    here, there = (after[n][int(moved)][name] - before[name] for after in (found, right))
    k = int(np.argmax(~np.isclose(here, there, rtol=1e-5, atol=1e-6)))
    what = "should have moved by" if moved else "should have the sum of squares"
    digits = next((d for d in range(4, 9) if round(here.flat[k], d) != round(there.flat[k], d)), 9)
    said = (f"At learning rate {rate:g}{', clip '.join(['', *map(str, clip)])}, after update {n + 1} in "
            f"{name}: a weight whose gradient is {several[n][name].flat[k]:+.2f} {what} "
            f"{there.flat[k]:+.{digits}f}; yours has {here.flat[k]:+.{digits}f}.")
    with np.errstate(all="ignore"):
        wrong = [(fault, _updated(with_changes(plain.adagrad, fault.changes), params, several, rate, *clip))
                 for fault in faults.ADAGRAD]

    def same(made) -> bool:
        return all(nearly(mine[1][key], other[1][key])
                   for mine, other in zip(found, made, strict=True) for key in params)

    _raise_fault(said, wrong, same, "another-step",
                 "Three lines: clip, add the square to s, divide by the root of s.",
                 "g = np.clip(...); squares[name] += g**2; params[name] -= learning_rate * g / "
                 "(np.sqrt(...) + 1e-10).")


def at_lesson_size() -> tuple:
    """Arguments of `forward` as section 9 calls it."""
    rng = np.random.default_rng(24)
    ids = rng.integers(60, size=26)
    return program(rng, 60, 100, 0.01), ids[:25], ids[1:], np.zeros(100)


def backward_at_lesson_size() -> tuple:
    """Arguments of `backward` as section 9 calls it."""
    params, inputs, targets, h_prev = at_lesson_size()
    return params, inputs, targets, *plain.forward(params, inputs, targets, h_prev)[1:]


def update_at_lesson_size() -> tuple:
    """Arguments of `adagrad` as section 9 calls it."""
    params, *_ = at_lesson_size()
    rng = np.random.default_rng(25)
    grads = {name: 0.01 * rng.standard_normal(array.shape) for name, array in params.items()}
    return params, grads, {name: np.zeros_like(array) for name, array in params.items()}
