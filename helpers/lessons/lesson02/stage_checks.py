"""The checks of the stages of lesson 02: each function of the program that a reader writes, alone."""

from collections.abc import Callable, Iterator
from functools import partial

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
from helpers.lessons.hello import LETTERS, W_HH, W_HY, W_XH
from helpers.lessons.lesson02 import mistakes, plain
from helpers.networks import softmax

SIZES = ((4, 4, 1), (5, 4, 2), (4, 6, 6))       # characters, units, steps
SHAPES = (" The shapes are: W_xh (V, H), W_hh (H, H), W_hy (H, V), h_prev and b_h (H,), b_y (V,), with V "
          "= {} and H = {}.")
DRAWS, APART = 2000, 0.05           # of the network with known probabilities
WORDS, RIGHT_WORDS = 100, 95        # of the network that spells hello
PAIRS, PAIRS_APART = 2000, 0.06     # of a network with random weights
LENGTHS = ((12, 5, 6), (11, 5, 6), (15, 5, 6), (9, 2, 11))      # characters, chunk, updates


def passages() -> Iterator[tuple[int, int, int, tuple]]:
    """V, H, T and the arguments of `forward`, with a state that is not zero and a symbol that comes twice."""
    rng = np.random.default_rng(20)
    for V, H, T in SIZES:
        params, h_prev = mistakes.initial(V, H, rng, 0.7), rng.uniform(-0.8, 0.8, H)
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
            wrong = [(mutant, made) for mutant in mistakes.FORWARD
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
    """Raise a Mistake unless the rows by step are those that the reference version returns at `place`."""
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
                     for mutant in mistakes.SCORE_GRADIENT]
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
    need_right(tried, plain.backward, given, mistakes.BACKWARD, symptoms)
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
            wrong = [(mutant, _asked_of(with_changes(plain.gradient_error, mutant.changes),
                                        _Watched(start, factors))(gradient, entries))
                     for mutant in mistakes.GRADIENT_ERROR]
            _raise_mutant(said, wrong, partial(np.isclose, error, rtol=1e-3, atol=1e-7), "another-error",
                          "It is a norm divided by the sum of two norms.",
                          "It should be norm(derived - measured) / (norm(derived) + norm(measured)), with "
                          "measured = (above - below) / (2 * eps).")
    return "Correct: your function passes a good gradient, finds one bad entry, and restores the weights."


class _Watched:
    """An array and its loss, a sum of exponentials, with a record of where the loss was computed."""

    def __init__(self, start: np.ndarray, factors: np.ndarray) -> None:
        self.start, self.factors, self.array = start, factors, start.copy()
        self.seen: list[np.ndarray] = []

    def loss(self) -> float:
        self.seen.append((self.array - self.start).ravel())
        return float(np.sum(self.factors * np.exp(self.array)))


def _asked_of(gradient_error: Callable, watched: _Watched) -> Callable:
    """A reader's function, which is given the watched array itself, not a copy."""
    return under_its_name(gradient_error, lambda *given: gradient_error(watched.loss, watched.array, *given))


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
        updates = under_its_name(adagrad, lambda *given: _updated(adagrad, *given))
        found = answer_of(updates, params, several, rate, *clip)
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


def _raise_not_finite(moved: np.ndarray, n: int, name: str, several: list[dict]) -> None:
    """Raise the Mistake of update n + 1, in which a weight becomes nan or infinite."""
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
    """Raise the Mistake of update n + 1, the first that is wrong, in the array `name`."""
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
                 for mutant in mistakes.ADAGRAD]

    def same(made) -> bool:
        return all(nearly(mine[1][key], other[1][key])
                   for mine, other in zip(found, made, strict=True) for key in params)

    _raise_mutant(said, wrong, same, "another-step",
                  "There are three lines: clip, add the square to s, divide by the root of s.",
                  "The lines are g = np.clip(...), squares[name] += g**2 and params[name] -= learning_rate * "
                  "g / (np.sqrt(...) + 1e-10).")


def _network(W_xh, W_hh, W_hy, b_y=None) -> dict[str, np.ndarray]:
    """Parameters, in the order of the lesson."""
    W_xh, W_hh, W_hy = (np.array(W, dtype=float) for W in (W_xh, W_hh, W_hy))
    return {"W_xh": W_xh, "W_hh": W_hh, "b_h": np.zeros(len(W_hh)), "W_hy": W_hy,
            "b_y": np.zeros(W_hy.shape[1]) if b_y is None else np.array(b_y, dtype=float)}


NEXT = np.roll(np.eye(4), 1, axis=1)        # row i has its 1 at i + 1
# Each symbol follows from the one that was read alone, or from the state alone, which moves on by itself.
BY_READING = _network(9 * np.eye(4), np.zeros((4, 4)), 60 * NEXT)
BY_STATE = _network(np.zeros((4, 4)), 9 * NEXT, 30 * np.eye(4))
CHANCES = np.array([0.5, 0.3, 0.15, 0.05])
BY_LOT = _network(np.zeros((4, 2)), np.zeros((2, 2)), np.zeros((2, 4)), np.log(CHANCES))
HELLO = _network(W_XH, W_HH, 3 * W_HY)


@check
def check_sample(sample: Callable) -> str:
    """Try ``sample(params, h, i, length, rng)`` on networks whose output is known."""
    drawn = partial(_drawn, sample)
    _need_what_must_come(drawn)
    many = np.array(drawn(BY_LOT, np.zeros(2), 0, DRAWS, 1))
    shares = np.bincount(many, minlength=4)[:4] / DRAWS
    if np.abs(shares - CHANCES).max() > APART:
        told = (f"In {DRAWS:,} draws with the probabilities {CHANCES}, the shares should be close to these. "
                f"Yours are {shares}.")
        if shares[1:].max() == 1:
            raise Mistake("dice-made-anew", told, "Where does the randomness of the second draw come from?",
                          "If you make a new generator for each draw, it gives the same number each time. "
                          "Draw from the rng that sample was given.")
        if shares[0] == 1:
            raise Mistake("largest", told, "Should a rare letter never be written?",
                          "You always take the most probable letter. Draw with the probabilities: "
                          "rng.choice(len(p), p=p).")
        if np.abs(shares - 0.25).max() < APART:
            raise Mistake("no-b-y", told, "Count the terms of the scores. In this network all weights are "
                                          "zero. Which term is left?",
                          "You leave out the bias b_y: softmax(h @ W_hy + b_y).")
        raise Mistake("other-chances", told, "Which function turns scores into probabilities?",
                      "Draw with the probabilities softmax(h @ W_hy + b_y), unchanged.")
    if not np.array_equal(many, drawn(BY_LOT, np.zeros(2), 0, DRAWS, 1)):
        raise Mistake("other-dice", "With the same seed in rng, two calls wrote different texts, but they "
                                    "should write the same one.",
                      "A notebook cell that is run again should write the same text.",
                      "Draw from the rng that sample was given: rng.choice, not np.random.")
    rng = np.random.default_rng(1)
    if np.array_equal(drawn(BY_LOT, np.zeros(2), 0, 50, rng), drawn(BY_LOT, np.zeros(2), 0, 50, rng)):
        raise Mistake("own-rng", "Two calls in a row with the same rng wrote the same text, but they should "
                                 "write different ones.",
                      "Does your function draw from the rng it is given?",
                      "You make a new generator inside the function. Draw from the rng that sample was "
                      "given.")
    rng = np.random.default_rng(2)
    words = ["".join(LETTERS[i] for i in _drawn(sample, HELLO, np.zeros(3), 0, 4, rng)) for _ in range(WORDS)]
    if words.count("ello") < RIGHT_WORDS:
        raise Mistake("no-hello", f"A hello network wrote ello in {words.count('ello')} of {WORDS} tries.",
                      f"It should in at least {RIGHT_WORDS}. Where does your step differ from a step of the "
                      "forward pass?",
                      "Compare your line for h with that of forward: W_xh[i], h @ W_hh and b_h inside tanh.")
    _need_pairs(sample)
    return ("Correct: a symbol with probability 1 is always drawn, the others as often as they should be, "
            f"and {words.count('ello')} of {WORDS} words spell hello.")


def _need_what_must_come(drawn: Callable) -> None:
    """Raise a Mistake unless two networks that are sure of every symbol write what they must.

    In one network each symbol follows from the symbol that was read, in the other from the state.
    """
    start = np.array([1.0, -1.0, -1.0, -1.0])
    reading, wanted = drawn(BY_READING, np.zeros(4), 0, 6, 0), [1, 2, 3, 0, 1, 2]
    state, late = drawn(BY_STATE, start, 3, 6, 0), [0, 1, 2, 3, 0, 1]
    if reading == state == wanted:
        return
    told = (f"A network in which {'each symbol leads to the next one' if reading != wanted else 'the state'}"
            f"{'' if reading != wanted else ' cycles by itself'} should write {wanted}. With your function "
            f"it writes {reading if reading != wanted else state}.")
    if state == wanted:
        raise Mistake("not-fed-back", told, "What does the network read at its second step?",
                      "The network does not read the symbol that was drawn. Store the draw in i.")
    if reading == wanted and state == [3, 2, 1, 0, 3, 2]:
        raise Mistake("w-hh-turned", told,
                      "The state cycles the other way round. On which side of W_hh is the state?",
                      "The state is a row, so it is on the left of the matrix: h @ W_hh.")
    if reading == wanted and len(set(state)) > 1:
        raise Mistake("state-not-used", told, "At its first step, what does the network know about the state "
                                              "that it was given?",
                      "You leave out h @ W_hh, or you set h to zero before the loop.")
    if reading == wanted:
        raise Mistake("state-not-carried", told, "At its second step, what does the network know about the "
                      "first?",
                      "You do not carry the state. Store the new state in h at every step.")
    if reading == late and state == [3, *wanted[:5]]:
        raise Mistake("given-kept", told, "Is the symbol that sample was given part of what it writes?",
                      "You keep that symbol before anything is drawn. Draw first, and then keep what was "
                      "drawn.")
    if state == late:
        raise Mistake("drawn-too-early", told, "When you draw the first symbol, has the network read the "
                      "given one?",
                      "Compute the new state first, and the probabilities from it.")
    if len(set(reading)) == len(set(state)) == 1:
        raise Mistake("one-row", told, "It writes the same symbol again and again. From which probabilities "
                      "is it drawn?",
                      "You compute the probabilities once, before the loop. Each draw needs new ones, from a "
                      "new state.")
    if reading != drawn(BY_READING, np.zeros(4), 0, 6, 7):
        raise Mistake("by-chance", told, "This network is sure of every symbol. How does rng.choice know?",
                      "You draw all symbols equally often. Give rng.choice the probabilities: p=p.")
    raise Mistake("another-text", told, "A step computes a new state from i and h, computes probabilities "
                  "from that state, and draws once.",
                  "In the loop, set h to tanh(W_xh[i] + h @ W_hh + b_h), and draw i with the probabilities "
                  "softmax(h @ W_hy + b_y).")


def _need_pairs(sample: Callable) -> None:
    """Raise a Mistake unless pairs of symbols come as often as a network with all its terms predicts."""
    rng = np.random.default_rng(5)
    params = {name: 1.5 * rng.normal(size=array.shape) for name, array in BY_READING.items()}
    h, rng = rng.uniform(-0.5, 0.5, 4), np.random.default_rng(6)

    def call(params, h):
        return [sample(params, h, 0, 2, rng) for _ in range(PAIRS)]

    pairs = np.array(answer_of(under_its_name(sample, call), params, h), dtype=int)
    shares = np.bincount(pairs[:, 0] * 4 + pairs[:, 1], minlength=16) / PAIRS

    def apart(chances: np.ndarray) -> float:
        return abs(shares - chances.ravel()).sum() / 2

    right = _pairs(params, h)
    if apart(right) < PAIRS_APART:
        return
    told = (f"A network with random weights writes {PAIRS:,} pairs of symbols. Some pairs come too often, "
            f"others too rarely: {apart(right):.0%} of the {PAIRS:,} would have to change.")
    others = {
        Mistake("kept-another", told, "Is the symbol that you keep the one that the network reads next?",
                "You draw twice, once for the list and once for the next step. Draw once, into i, and keep "
                "i."):
            right.sum(axis=1)[:, None] * right.sum(axis=0),
        Mistake("no-b-h", told, "Count the terms inside tanh. The equation has three.",
                "You leave out the bias b_h."): _pairs({**params, "b_h": 0 * params["b_h"]}, h),
        Mistake("no-tanh", told, "Can a state be larger than 1?",
                "The sum is right, but the tanh around it is missing."): _pairs(params, h, lambda a: a),
    }
    for mistake, chances in others.items():
        if apart(chances) < PAIRS_APART:
            raise mistake
    raise Mistake("other-pairs", told, "Where does your step differ from a step of the forward pass?",
                  "Compare it with forward term by term: tanh(W_xh[i] + h @ W_hh + b_h), softmax(h @ W_hy + "
                  "b_y).")


def _pairs(params, h: np.ndarray, squash: Callable = np.tanh) -> np.ndarray:
    """The probability of each pair of symbols after a network reads symbol 0 in state h."""
    W_xh, W_hh, b_h, W_hy, b_y = params.values()

    def step(h, i):
        h = squash(W_xh[i] + h @ W_hh + b_h)
        return h, softmax(h @ W_hy + b_y)

    h, first = step(h, 0)
    return np.array([first[i] * step(h, i)[1] for i in range(len(first))])


def _drawn(sample: Callable, params, h, i: int, length: int, rng) -> list[int]:
    """The symbols that a reader's function draws; `rng` is a generator or its seed."""
    rng = np.random.default_rng(rng) if isinstance(rng, int) else rng

    def call(params, h):
        return sample(params, h, i, length, rng)

    drawn = answer_of(under_its_name(sample, call), params, h, keeps=True)
    found = numbers_of(drawn, (None,), "What sample returns")
    if len(found) != length:
        raise Mistake("wrong-length", f"sample should return {length} symbols, not {len(found)}.",
                      "How many times do you draw, and what do you keep?",
                      "Draw `length` times, and keep each draw, but not the symbol that sample was given.")
    return [int(symbol) for symbol in found]


class _Seen:
    """Stand-ins for forward, backward and adagrad, which record how they are called.

    The numbers that they return say to which update these belong.
    """

    def __init__(self) -> None:
        self.forward_calls: list[tuple] = []
        self.backward_calls: list[tuple] = []
        self.updates: list[tuple] = []

    def forward(self, params, inputs, targets, h_prev):
        n = len(self.forward_calls) + 1
        _need_returned(params, "params", "forward", n)
        if isinstance(h_prev, dict):
            raise Mistake("all-states", f"At update {n} forward is given all of h instead of one state.",
                          "Which of the states in h has read the whole chunk?",
                          "Write h_prev = h[length - 1].")
        self.forward_calls.append((np.array(inputs), np.array(targets), np.array(h_prev, dtype=float)))
        h = {-1: h_prev, **{t: np.full(2, n + (t + 1) / 100) for t in range(len(self.forward_calls[-1][0]))}}
        return n / 10, h, {t: np.full(3, n + t / 100) for t in range(len(h) - 1)}

    def backward(self, params, inputs, targets, h, p):
        n = len(self.backward_calls) + 1
        fits = all(h[t][0] == np.float64(n + (t + 1) / 100) and p[t][0] == n + t / 100 for t in range(len(p)))
        self.backward_calls.append((np.array(inputs), np.array(targets), fits))
        return {name: np.full_like(array, n) for name, array in params.items()}

    def adagrad(self, params, grads, squares, *others, **named):
        n = len(self.updates) + 1
        _need_returned(squares, "squares", "adagrad", n)
        fits = all(np.all(grads[name] == n) for name in params)
        self.updates.append((fits, all(np.all(squares[name] == n - 1) for name in params)))
        for name in params:
            params[name] += 1
            squares[name] += 1


def _need_returned(value, name: str, called: str, n: int) -> None:
    """Raise a Mistake if a reader's loop assigned what adagrad returns, which is nothing."""
    if value is None:
        raise Mistake("adagrad-returns-nothing", f"At update {n} {called} is given None instead of {name}.",
                      "Which line of your loop sets it to None?",
                      "adagrad returns nothing, because it changes params and squares in place. Call it "
                      f"alone on its line, without {name} = before it.")


@check
def check_train_by_hand(train_by_hand: Callable) -> str:
    """Try ``train_by_hand(params, ids, length, updates, forward, backward, adagrad)`` with stand-ins."""
    for size, length, updates in LENGTHS:
        ids, seen = np.arange(100, 100 + size), _Seen()
        place = f"With {size} characters, in chunks of {length}: "
        params = _network(np.zeros((3, 2)), np.zeros((2, 2)), np.zeros((2, 3)))
        try:
            losses = answer_of(_with(seen, train_by_hand), params, ids, length, updates, place=place,
                               hint=" forward returns the loss, h and p, with h[-1] to h[length - 1], "
                                    "backward returns the gradients, and adagrad returns nothing.")
        except Mistake:
            _need_calls(seen, ids, length, place)       # what was wrong before it stopped
            raise
        _need_number(len(seen.forward_calls), updates, place)
        _need_calls(seen, ids, length, place)
        _need_updates(seen, place)
        losses = numbers_of(losses, (None,), "What train_by_hand returns", place)
        if len(losses) != updates or not np.allclose(losses, np.arange(1, updates + 1) / 10):
            told = (f"it should return {updates} losses, one per update. It returns {len(losses)}"
                    if len(losses) != updates else "it does not return the losses from forward, in order")
            raise Mistake("other-losses", f"{place}{told}.",
                          "What does forward return first?",
                          "Keep the loss of each update: losses.append(loss).")
    return ("Correct: your loop takes every chunk in turn, with targets one character later, carries the "
            "state, and makes one update per chunk.")


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"


def _need_number(calls: int, updates: int, place: str) -> None:
    """Raise a Mistake unless forward was called once for each update."""
    told = f"{place}{updates} updates are needed, but forward is called {_times(calls)}."
    if calls < updates:
        raise Mistake("too-few-updates", told, "What ends your loop, or one pass through it, too early?",
                      "Write for _ in range(updates), with no return, break or continue inside. If the text "
                      "ends, start over at its beginning in the same pass.")
    if calls > updates:
        raise Mistake("too-many-updates", told, "How many times does one pass of your loop call forward, and "
                                                "how many passes are there?",
                      "Call forward once per chunk, in a loop over range(updates). Its loss is the first "
                      "value that it returns.")


def _with(seen: _Seen, train_by_hand: Callable) -> Callable:
    """A reader's function with these stand-ins, as functions: their arguments are counted without a self."""
    def call(params, ids, length, updates):
        def forward(params, inputs, targets, h_prev):
            return seen.forward(params, inputs, targets, h_prev)

        def backward(params, inputs, targets, h, p):
            return seen.backward(params, inputs, targets, h, p)

        def adagrad(params, grads, squares, *others, **named):
            return seen.adagrad(params, grads, squares, *others, **named)

        for stand_in in (forward, backward, adagrad):
            stand_in.__qualname__ = stand_in.__name__       # what an error calls it
        return train_by_hand(params, ids, length, updates, forward, backward, adagrad)
    return under_its_name(train_by_hand, call)


def _need_calls(seen: _Seen, ids: np.ndarray, length: int, place: str) -> None:
    """Raise a Mistake unless each call of forward was given what belongs to its chunk."""
    in_a_pass = (len(ids) - 1) // length        # the text starts over when no whole chunk is left
    starts = [length * (n % in_a_pass) for n in range(len(seen.forward_calls))]
    for n, ((inputs, targets, h_prev), start) in enumerate(zip(seen.forward_calls, starts, strict=True)):
        at = f"{place}at update {n + 1} "
        if not np.array_equal(inputs, ids[start : start + length]):
            raise _other_inputs(at, inputs, ids, n, start, length, starts)
        if not np.array_equal(targets, ids[start + 1 : start + length + 1]):
            told = (f"{at}the inputs are {inputs.tolist()}, but the targets are "
                    f"{targets.tolist()}.")
            if np.array_equal(targets, inputs):
                raise Mistake("not-shifted", told,
                              "What should the network predict, the character that it reads or the next one?",
                              "Your targets are the inputs. Start them one character later, at position + 1.")
            raise Mistake("other-targets", told, "Inputs and targets are the same text, shifted by one.",
                          "The targets are ids[position + 1 : position + length + 1].")
        before = np.zeros(2) if start == 0 else np.full(2, n + length / 100)
        if h_prev.shape != (2,) or not np.allclose(h_prev, before):
            raise _other_state(at, h_prev, n, start, length)


def _other_inputs(at: str, inputs, ids, n: int, start: int, length: int, starts: list[int]) -> Mistake:
    """The Mistake of inputs that are not those of this chunk, which begins at `start`."""
    shown = f"ids[{inputs[0] - 100}:{inputs[0] - 100 + len(inputs)}]" if len(inputs) else "nothing"
    told = f"{at}the inputs are {shown}, but they should be ids[{start}:{start + length}]."
    if n == 0:
        return Mistake("other-beginning", told, "Where does the first chunk begin, and where does it end?",
                       "Start with position 0 and inputs = ids[position : position + length], and give "
                       "forward the inputs before the targets.")
    if len(inputs) < length:
        return Mistake("beyond-the-end", told, "Every chunk needs `length` characters as inputs, and one "
                       "more as its last target.",
                       "Start again at 0 when position + length + 1 > len(ids).")
    if start == 0 and n > 0:
        return Mistake("not-started-over", told,
                       "Is a whole chunk left at the end of the text, including its last target?",
                       "The text must start over. Set position = 0 when position + length + 1 > len(ids).")
    if inputs[0] - 100 == 0:
        return Mistake("over-too-soon" if n and starts[n - 1] else "stands-still", told,
                       "Where does the next chunk begin?",
                       "Start over only when no whole chunk is left." if n and starts[n - 1] else
                       "Add length to position after each chunk, and go back to 0 only when position + "
                       "length + 1 > len(ids).")
    return Mistake("other-positions", told, "Each chunk begins where the one before it ends.",
                   "Add length to position, not 1 and not length + 1.")


def _other_state(at: str, h_prev: np.ndarray, n: int, start: int, length: int) -> Mistake:
    """The Mistake of a state that is not the one with which this chunk begins."""
    if h_prev.shape != (2,):
        return Mistake("no-state", f"{at}h_prev is not a row of 2 numbers, one per unit.",
                       "How many numbers does a state have, and how many does h_prev have?",
                       'A state of zeros is np.zeros_like(params["b_h"]). The last state of a chunk is '
                       "h[length - 1].")
    told = f"{at}h_prev is not {'the last state of the chunk before' if start else 'zero'}."
    if start == 0:
        return Mistake("not-reset", told, "The text starts over. Should the network remember its end there?",
                       "When position goes back to 0, set h_prev to zeros again.")
    if not h_prev.any():
        return Mistake("not-carried", told, "What the network read in the chunk before may still help.",
                       "Your state is zero. Carry the last one: h_prev = h[length - 1]. (h is not a list, so "
                       "h[-1] is the state before the first step.)")
    if np.allclose(h_prev, n + 0.01):
        return Mistake("first-state", told, "Which state has read the whole chunk?",
                       "That is the first state of the chunk. Its last one is h[length - 1].")
    return Mistake("other-state", told, "Which state has read the whole chunk?", "It is h[length - 1].")


def _need_updates(seen: _Seen, place: str) -> None:
    """Raise a Mistake unless backward and adagrad were called once for each chunk, with what is its own."""
    for name, calls in (("backward", seen.backward_calls), ("adagrad", seen.updates)):
        if len(calls) != len(seen.forward_calls):
            raise Mistake(f"other-number-of-{name}",
                          f"{place}forward is called {_times(len(seen.forward_calls))}, {name} "
                          f"{_times(len(calls))}.", "One update takes one chunk through forward, backward "
                          "and adagrad.",
                          f"Call {name} once in the loop, for each chunk.")
    for n, (forward, backward) in enumerate(zip(seen.forward_calls, seen.backward_calls, strict=True)):
        if not (backward[2] and all(map(np.array_equal, forward[:2], backward[:2]))):
            raise Mistake("other-backward",
                          f"{place}at update {n + 1} backward should get the inputs and targets that forward "
                          "was given, and the h and p that it returned.",
                          "The backward pass goes over the same steps.",
                          "Call backward(params, inputs, targets, h, p).")
    for n, (grads_fit, squares_fit) in enumerate(seen.updates):
        if not grads_fit:
            raise Mistake("other-gradients", f"{place}at update {n + 1} adagrad is not given the gradients "
                                             "from this update.",
                          "Which gradients belong to this chunk?",
                          "Call adagrad(params, grads, squares), with the new grads.")
        if not squares_fit:
            raise Mistake("squares-made-anew", f"{place}at update {n + 1} the sums of squares are zero "
                                               "again.",
                          "What does Adagrad remember from update to update?",
                          "Create squares once, before the loop.")


def at_lesson_size() -> tuple:
    """Arguments of `forward` as in section 9."""
    rng = np.random.default_rng(24)
    ids = rng.integers(60, size=26)
    return mistakes.initial(60, 100, rng), ids[:25], ids[1:], np.zeros(100)


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
