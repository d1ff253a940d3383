"""The checks of the stages in lesson 02: the pieces of the program that a reader writes, each alone."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    array_of,
    check,
    first_difference,
    nearly,
    numbers_of,
    part,
    several_of,
    something_wrong,
    under_its_name,
    wait_for,
)
from helpers.checks.gradients import need_right, symptoms, tried_gradients
from helpers.checks.stages import Mutant, with_changes
from helpers.lessons.lesson02 import plain_program as plain
from helpers.lessons.lesson02 import stage_mutants as mutants

SIZES = ((4, 4, 1), (5, 4, 2), (4, 6, 6))       # characters, units, steps
SHAPES = (" The shapes are: W_xh (V, H), W_hh (H, H), W_hy (H, V), h_prev and b_h (H,), b_y (V,), with V "
          "= {} and H = {}.")


def program(rng: np.random.Generator, V: int, H: int, scale: float = 0.7) -> dict[str, np.ndarray]:
    """Parameters, in the order of the lesson."""
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, V), "b_y": (V,)}
    return {name: scale * rng.standard_normal(shape) for name, shape in shapes.items()}


def passages() -> Iterator[tuple[int, int, int, tuple]]:
    """V, H, T and arguments of `forward` for all `SIZES`; the state is not zero, a symbol comes twice."""
    rng = np.random.default_rng(20)
    for V, H, T in SIZES:
        params, h_prev = program(rng, V, H), rng.uniform(-0.8, 0.8, H)
        inputs = 2 * np.arange(T) % (V - 1)
        yield V, H, T, (params, inputs, (inputs + 1 + np.arange(T) % 2) % V, h_prev)


def by_step(value, T: int, length: int, name: str, place: str) -> list[np.ndarray]:
    """What a reader keeps for each time step, as arrays."""
    try:
        rows = [value[t] for t in range(T)]
    except (KeyError, IndexError, TypeError):
        raise Mistake("not-by-step", f"{place}{name}[t] should be an array for every t in range({T}).",
                      "The backward pass will need every one of them.",
                      f"Keep each of them at its time step: {name}[t] = ...") from None
    return [array_of(row, (length,), f"{name}[{t}]", place) for t, row in enumerate(rows)]


def _need_state_before(states, h_prev: np.ndarray, place: str) -> None:
    """Raise a Mistake unless h[-1] is the state before the first step, which `backward` looks up there."""
    try:
        before = states[-1]
    except (KeyError, IndexError):
        before = None
    if not nearly(before, h_prev):
        raise Mistake("no-state-before", f"{place}the states of the steps are right, but h[-1] should be "
                                         "h_prev.",
                      "At t = 0 the backward pass needs the state before it, h[t - 1]. Which one is that?",
                      "Keep the states in a dictionary that begins as {-1: h_prev}. In a list, h[-1] is the "
                      "last state.")


@check("h", "p", "loss")
def check_forward(forward: Callable) -> str:
    """Try ``forward(params, inputs, targets, h_prev) -> (loss, h, p)`` with 1, 2 and 6 steps."""
    for V, H, T, given in passages():
        place = f"With T = {T}: "
        try:
            answer = answer_of(forward, *given, place=place, keeps=True, hint=SHAPES.format(V, H), read=lambda
                               answer: several_of(answer, ("loss", "h", "p"), "What forward returns"))
        except Mistake:
            if something_wrong():       # and that is why it stops
                break
            raise
        right = plain.forward(*given)
        with np.errstate(all="ignore"):         # of the logarithm of a score
            wrong = [(mutant, made) for mutant in mutants.FORWARD
                     if (made := _made_with(mutant, plain.forward, given)) is not None]
        with part("h"):
            _need_steps(by_step(answer[1], T, H, "h", place), 1, right, wrong, T, "h")
            _need_state_before(answer[1], given[3], place)
        with part("p"):
            found = by_step(answer[2], T, V, "p", place)
            if not all(nearly(found[t], right[2][t]) for t in range(T)):
                wait_for("h")
            _need_steps(found, 2, right, wrong, T, "p")
        with part("loss"):
            wait_for("h", "p")
            found = numbers_of(answer[0], (), "The loss", place)
            if not nearly(found, right[0]):
                told = f"With T = {T} it should be {right[0]:.4f}, given your p. It is {found:.4f}."
                _raise_mutant(told, wrong, lambda made, found=found: nearly(found, made[0]), "another-loss",
                              "Which numbers does the loss need, and how many of them are there?",
                              "Add up -ln p[t][targets[t]] over the steps, and divide by the number of "
                              "steps.")
    return "Correct: states, probabilities and loss, for 1, 2 and 6 time steps."


def _made_with(mutant: Mutant, function: Callable, given: tuple):
    """What the function returns with this mutant; None if it stops."""
    try:
        return with_changes(function, mutant.changes)(*given)
    except (IndexError, ValueError):
        return None


def _need_steps(found: list, place: int, right: tuple, wrong: list, T: int, name: str) -> None:
    """Raise a Mistake unless the rows by step are those at `place` of what the reference version returns."""
    bad = [t for t in range(T) if not nearly(found[t], right[place][t])]
    if bad:
        first = first_difference(found[bad[0]], right[place][bad[0]])[0]
        before = "" if bad[0] == 0 else "; the steps before it are right"
        _raise_mutant(f"With T = {T}, {name}[{bad[0]}] is wrong{before}.", wrong,
                      lambda made: all(nearly(found[t], made[place][t]) for t in range(T)), f"another-{name}",
                      "Write the equation next to your line, and compare them term by term.",
                      f"{name}[{bad[0]}][{first}] should be {right[place][bad[0]][first]:.4f}. Yours is "
                      f"{found[bad[0]][first]:.4f}.")


def _raise_mutant(told: str, wrong: list, same: Callable, other: str, *more: str) -> None:
    """Raise the Mistake of the first mutant with the same result, else one called `other`."""
    mutant = next((mutant for mutant, made in wrong if same(made)), None)
    raise mutant.found(told) if mutant else Mistake(other, told, *more)


@check
def check_score_gradient(score_gradient: Callable) -> str:
    """Try ``score_gradient(p, target) -> dy`` on five rows of probabilities."""
    rng = np.random.default_rng(21)
    cases = [(rng.dirichlet(np.ones(V)), int(rng.integers(V))) for V in (3, 4, 5, 6, 7)]
    right = [plain.score_gradient(*case) for case in cases]
    found = [answer_of(score_gradient, *case, keeps=True, read=lambda dy, case=case: array_of(
        dy, case[0].shape, "What it returns", f"For a row of {len(case[0])}: ")) for case in cases]
    for (p, target), mine, dy in zip(cases, found, right, strict=True):
        if not nearly(mine, dy):
            k = int(np.argmax(np.abs(mine - dy) > 1e-5))
            which = "the target's own" if k == target else "a score that is not the target's"
            told = (f"With p = {np.round(p, 2)} and target {target}: if y[{k}], {which}, moves a little, "
                    f"the loss moves {dy[k]:+.2f} times as far. Your dy[{k}] is {mine[k]:+.2f}.")
            wrong = [(mutant, [with_changes(plain.score_gradient, mutant.changes)(*case) for case in cases])
                     for mutant in mutants.SCORE_GRADIENT]
            _raise_mutant(told, wrong, lambda made: all(map(nearly, found, made)), "another-dy",
                          "Go through the derivation. What is the derivative of each of the two terms?",
                          "dy[j] is p[j], and at the target p[j] - 1.")
    return "Correct: your dy is right for all five rows of probabilities."


@check
def check_read_out(backward: Callable) -> str:
    """Try ``backward(params, inputs, targets, h, p) -> grads``; its lines for dy, W_hy and b_y are new."""
    given = {}
    for _, _, T, (params, inputs, targets, h_prev) in passages():
        _, h, p = plain.forward(params, inputs, targets, h_prev)
        given[T] = params, inputs, targets, h, p
    cases = [(T, arguments, plain.backward(*arguments)) for T, arguments in given.items()]
    hint = " W_hy is (H, V), h[t] is (H,) and dy is (V,). A gradient has the shape of its parameter."
    tried = tried_gradients(backward, cases, hint=hint)
    need_right(tried, plain.backward, given, mutants.BACKWARD, symptoms)
    return "Correct: all five gradients, for 1, 2 and 6 time steps."


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
                           (spoilt, "With a gradient in which one entry is 1.5 times its right value")):
        watched = _Watched(start, factors)
        error = answer_of(_asked_of(gradient_error, watched), gradient, entries, shape=(), place=f"{told}: ",
                          hint=" An entry is array.flat[i] or gradient.flat[i], and the loss is loss(). "
                               "Convert lists to arrays before you subtract them.")
        _need_careful_steps(watched.seen, watched.array - start, entries)
        derived, measured = gradient.flat[entries], right.flat[entries]
        apart = np.linalg.norm(derived - measured)
        lengths = np.linalg.norm(derived) + np.linalg.norm(measured)
        if abs(error - apart / lengths) > 1e-3 * apart / lengths + 1e-7:
            said = f"{told}, the answer should be {apart / lengths:.4f}. It is {error:.4f}."
            for mistake, value in _other_errors(said, apart, lengths, derived, measured).items():
                if np.isclose(error, value, rtol=1e-3, atol=1e-7):
                    raise mistake
            raise Mistake("another-error", said, "It is a norm divided by the sum of two norms.",
                          "It should be norm(derived - measured) / (norm(derived) + norm(measured)), with "
                          "measured = (above - below) / (2 * eps).")
    return "Correct: your function passes a good gradient, finds one bad entry, and restores the weights."


class _Watched:
    """An array and its loss, a sum of exponentials, which records where the loss was computed."""

    def __init__(self, start: np.ndarray, factors: np.ndarray) -> None:
        self.start, self.factors, self.array = start, factors, start.copy()
        self.seen: list[np.ndarray] = []

    def loss(self) -> float:
        self.seen.append((self.array - self.start).ravel())
        return float(np.sum(self.factors * np.exp(self.array)))


def _asked_of(gradient_error: Callable, watched: _Watched) -> Callable:
    """A reader's function, which is given the watched array itself, not a copy."""
    def call(gradient, entries):
        return gradient_error(watched.loss, watched.array, gradient, entries)
    return under_its_name(gradient_error, call)


def _need_careful_steps(seen: list[np.ndarray], left: np.ndarray, entries: np.ndarray) -> None:
    """Raise a Mistake if the weights were not moved as they should be when the loss was computed."""
    moves = [(set(np.flatnonzero(np.abs(moved) > 1e-15)), moved) for moved in seen]
    touched = set().union(*(where for where, _ in moves)) if moves else set()
    if not touched:
        raise Mistake("not-moved", f"Number of calls of loss(): {len(seen)}. No weight had moved at any "
                                   "of them.",
                      "loss() takes no argument, because it looks at `array` itself. Did you move the array "
                      "or a copy?",
                      "Write into the array: array.flat[i] = kept + eps.")
    if max(len(where) for where, _ in moves[:1]) > 1:
        raise Mistake("all-moved", "At the first call of loss(), more than one weight has moved.",
                      "If several weights move together, whose slope do you measure?",
                      "Move only one weight: array.flat[i] = kept + eps, not array + eps.")
    if np.abs(left).max() > 1e-12 or any(len(where) > 1 for where, _ in moves):
        at = np.flatnonzero(np.abs(left).ravel() > 1e-12)
        raise Mistake("not-put-back", f"At the end, entry {at[0]} of the array is still off by "
                      f"{left.flat[at[0]]:+.0e}." if len(at) else
                      "The next weight moves before the previous one is restored.",
                      "Move each weight alone, while all others have their old values.",
                      "You do not restore the weight. Write array.flat[i] = kept before you move the next "
                      "one.")
    sizes = [np.abs(moved).max() for where, moved in moves if where]
    if max(sizes) < 1e-9:
        raise Mistake("tiny-step", f"A weight moves by only {max(sizes):.0e}.",
                      "A computer keeps sixteen digits of the loss. How many of them change?",
                      "The step is too small, so the difference is mostly rounding. Use eps = 1e-5.")
    if max(sizes) > 1e-3:
        raise Mistake("large-step", f"A weight moves by as much as {max(sizes):.0e}.",
                      "You need the slope at this point, not the average slope over a long step.",
                      "The step is too large. Use eps = 1e-5.")
    if touched != set(entries.tolist()):
        few = len(touched) < len(entries)
        raise Mistake("not-all-entries" if few else "more-entries",
                      f"You moved {len(touched & set(entries.tolist()))} of the entries {entries.tolist()}"
                      + (", and other entries too." if touched - set(entries.tolist()) else "."),
                      "A gradient can be right in one place and wrong in the next. Which entries should you "
                      "try?",
                      "Try all of them: write a loop over entries and collect the slopes." if few else
                      "Try only the given entries. An array may have ten thousand, at two forward passes "
                      "each.")
    if not (any(moved.min() < -1e-9 for _, moved in moves) and any(moved.max() > 1e-9 for _, moved in moves)):
        raise Mistake("one-sided", "Every weight was moved in one direction only.",
                      "A curve that bends has different slopes to the left and to the right. How do you get "
                      "their mean?",
                      "That is a one-sided difference, wrong by about eps. Call loss() at w + eps and at w - "
                      "eps, and divide by 2 * eps.")


def _other_errors(said: str, apart: float, lengths: float, derived: np.ndarray, measured: np.ndarray) -> dict:
    """The results of common mistakes, each with its Mistake."""
    swapped = "Should the result change if derived and measured swap places?"
    return {
        Mistake("absolute", said,
                "If loss and gradient were a million times as large, would the gradient be worse?",
                "That is the absolute error. Divide it by the sum of both norms."): apart,
        Mistake("half-step", said, "How far is it from w - eps to w + eps?",
                "You divide the difference by eps, but the two points are 2 * eps apart."):
            np.linalg.norm(derived - 2 * measured) / (np.linalg.norm(derived) + 2 * np.linalg.norm(measured)),
        Mistake("one-length", said, swapped,
                "You divide by one of the norms. Take the sum of both."): apart / np.linalg.norm(measured),
        Mistake("one-length-of-yours", said, swapped,
                "You divide by the norm of the given gradient. Take the sum of both norms."):
            apart / np.linalg.norm(derived),
        Mistake("mean-of-lengths", said, "If one of the two vectors is zero, the result should be 1.",
                "You divide by the mean of the norms. Take their sum."): 2 * apart / lengths,
        Mistake("difference-of-lengths", said, "Can two different vectors have the same norm?",
                "Subtract the vectors, not their norms: norm(derived - measured)."):
            abs(np.linalg.norm(derived) - np.linalg.norm(measured)) / lengths,
        Mistake("length-of-sum", said, "Two opposite vectors add up to zero. Do their norms too?",
                "You divide by the norm of the sum. Take the sum of the norms."):
            apart / np.linalg.norm(derived + measured),
        Mistake("squared", said, "If you double all numbers of a vector, is its norm four times as large?",
                "These are sums of squares. A norm is the root of such a sum: np.linalg.norm."):
            apart**2 / (derived @ derived + measured @ measured),
        Mistake("mean-of-errors", said, "Should a tiny entry count as much as a large one?",
                "That is the mean of the relative errors of all entries. Take the norms of whole vectors."):
            np.mean(np.abs(derived - measured) / (np.abs(derived) + np.abs(measured))),
        Mistake("no-brackets", said, "Which does Python compute first, the division or the sum?",
                "The sum of the norms needs brackets: / (norm(derived) + norm(measured))."):
            apart / np.linalg.norm(derived) + np.linalg.norm(measured),
        Mistake("nothing-in-common", said, "The result is 1 if your two vectors are opposite, or if one is "
                                           "tiny compared with the other. Print both.",
                "Either the difference has the wrong sign (it should be above - below), or you do not divide "
                "by all of 2 * eps, which needs brackets: / (2 * eps)."): 1.0,
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
                except Mistake as mistake:
                    if mistake.name == "not-finite":
                        _raise_not_finite(found[n][1][name], n, name, several)
                    raise
                if not (nearly(moved, right[n][1][name]) and nearly(kept, right[n][0][name])):
                    _raise_update(found, right, n, name, params, several, rate, *clip)
    return "Correct: three updates in a row, at two learning rates, with gradients that had to be clipped."


def _updates_of(adagrad: Callable) -> Callable:
    """`_updated` with this function, under its name."""
    def call(*given):
        return _updated(adagrad, *given)
    return under_its_name(adagrad, call)


def _raise_not_finite(moved: np.ndarray, n: int, name: str, several: list[dict]) -> None:
    """Raise the Mistake of an update, after n others, in which a weight becomes nan or infinite."""
    bad = ~np.isfinite(moved).ravel()
    if bad.any():
        so_far = [grads[name].flat[int(np.argmax(bad))] for grads in several[: n + 1]]
        told = (f"After update {n + 1} a weight of {name} is nan or infinite. Its gradients so far: "
                f"{', '.join(f'{g:+.2f}' for g in so_far)}.")
        if not any(so_far):
            raise Mistake("divided-by-zero", told, "Its s is zero. What prevents a division by zero?",
                          "eps is missing or outside the brackets: / (np.sqrt(squares[name]) + 1e-10).")
        raise Mistake("root-of-negative", told, "Which numbers have no square root?",
                      "s can only be negative if you add something other than g**2 to it.")


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
    """Raise the Mistake of an update that is wrong for the first time after update n + 1, in `name`."""
    if all(np.array_equal(found[-1][1][key], params[key]) for key in params):
        said = "After three updates no parameter has changed."
        raise Mistake("nothing-moves", said, "adagrad returns nothing, so it must change the arrays in "
                                             "params and squares in place.",
                      "w = w - ... makes a new array and leaves the old one unchanged. Write params[name] -= "
                      "... instead.")
    if np.array_equal(found[-1][1][name], params[name]):
        raise Mistake("not-all-arrays", f"After three updates {name} has not changed, but other arrays have.",
                      "How many times does the loop run?", "Something ends the loop after the first array. "
                                                           "Is there a return inside it?")
    moved = not nearly(found[n][1][name], right[n][1][name])
    before = (params if n == 0 else right[n - 1][1]) if moved else {name: 0}
    here, there = (after[n][int(moved)][name] - before[name] for after in (found, right))
    k = int(np.argmax(~np.isclose(here, there, rtol=1e-5, atol=1e-6)))
    what = "in this update should have moved by" if moved else "should have the sum of squares"
    digits = next((d for d in range(4, 9) if round(here.flat[k], d) != round(there.flat[k], d)), 9)
    said = (f"At learning rate {rate:g}{', clip '.join(['', *map(str, clip)])}, update {n + 1}, array "
            f"{name}: a weight whose gradient is {several[n][name].flat[k]:+.2f} {what} "
            f"{there.flat[k]:+.{digits}f}, not {here.flat[k]:+.{digits}f}.")
    with np.errstate(all="ignore"):
        wrong = [(mutant, _updated(with_changes(plain.adagrad, mutant.changes), params, several, rate, *clip))
                 for mutant in mutants.ADAGRAD]

    def same(made) -> bool:
        return all(nearly(mine[1][key], other[1][key])
                   for mine, other in zip(found, made, strict=True) for key in params)

    _raise_mutant(said, wrong, same, "another-step",
                  "There are three lines: clip, add the square to s, divide by the root of s.",
                  "The lines are g = np.clip(...), squares[name] += g**2 and params[name] -= learning_rate * "
                  "g / (np.sqrt(...) + 1e-10).")


def at_lesson_size() -> tuple:
    """Arguments of `forward` as in section 9."""
    rng = np.random.default_rng(24)
    ids = rng.integers(60, size=26)
    return program(rng, 60, 100, 0.01), ids[:25], ids[1:], np.zeros(100)


def backward_at_lesson_size() -> tuple:
    """Arguments of `backward` as in section 9."""
    params, inputs, targets, h_prev = at_lesson_size()
    return params, inputs, targets, *plain.forward(params, inputs, targets, h_prev)[1:]


def update_at_lesson_size() -> tuple:
    """Arguments of `adagrad` as in section 9."""
    params, *_ = at_lesson_size()
    rng = np.random.default_rng(25)
    grads = {name: 0.01 * rng.standard_normal(array.shape) for name, array in params.items()}
    return params, grads, {name: np.zeros_like(array) for name, array in params.items()}
