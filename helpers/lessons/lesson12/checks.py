"""The checks of the exercises of lesson 12: automata, a turn by a third, two counters, two steps as one."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.checks import (
    Function,
    Mistake,
    Part,
    Symptom,
    against,
    answer_of,
    check,
    need_answers,
    numbers_of,
    part,
)
from helpers.lessons.lesson12 import mistakes
from helpers.lessons.lesson12.experiments import (
    TOMITA,
    Automaton,
    automaton,
    distinguishing_string,
    run_lstm,
)
from helpers.lessons.lesson12.stage_checks import arrays_from

LOOK_UPS = 10_000       # in an array of automata of at most six states, for which a few dozen do
NO_PAIR = automaton([[0, 1], [0, 2], [2, 2]], [1, 1, 0])


@check
def check_no_pair(steps, accepts) -> str:
    """Try an automaton that accepts the strings in which no two 1s are next to each other."""
    need_answers(steps, accepts)
    table = numbers_of(steps, (None, 2), "steps")
    if isinstance(accepts, list | tuple) and any(isinstance(one, str) for one in accepts):
        raise Mistake("words", "accepts should hold True and False, or 1 and 0, not words in quotation "
                               "marks.")
    kinds = numbers_of([bool(one) for one in accepts] if isinstance(accepts, list | tuple) else accepts,
                       (None,), "accepts")
    S = len(table)
    if len(kinds) != S:
        raise Mistake("unequal-rows", f"len(steps) is {S} and len(accepts) is {len(kinds)}, but each "
                                     "state needs a row of steps and an entry of accepts.")
    if S == 0 or (table != np.round(table)).any() or table.min() < 0 or table.max() >= S:
        raise Mistake("no-such-state", f"The states are 0 to {S - 1}, but steps leads to others.")
    mine = automaton(table, kinds)
    string = distinguishing_string(mine, NO_PAIR)
    if string is None:
        more = "" if S == 3 else f" (Yours has {S} states, but three are enough.)"
        return f"Correct: it agrees with the rule on every string, however long.{more}"
    if not string:
        raise Mistake("empty-string", "The empty string has no 1s at all, but state 0 does not accept it.")
    if mine.says(string):
        raise Mistake("too-lenient",
                      f"{string} is accepted. Follow it through the states {mine.reads(string)}.",
                      "Once 11 has occurred, no string may be accepted. After 11, can your automaton "
                      "still reach an accepting state?")
    raise Mistake("too-strict",
                  f"{string} is not accepted. Follow it through the states {mine.reads(string)}.",
                  "Suppose a 0 follows a single 1. Which symbols are allowed after that?")


def _pairs(rng: np.random.Generator) -> list[tuple[Automaton, Automaton]]:
    """Automata that differ in the empty string, in short and in long ones, and one pair that does not."""
    pairs = [(TOMITA[n], TOMITA[m]) for n, m in ((4, 5), (3, 4), (6, 1), (2, 7), (5, 6))]
    flipped = TOMITA[7]._replace(accepts=~TOMITA[7].accepts)
    doubled = automaton([[2, 1], [3, 0], [0, 3], [1, 2]], [1, 0, 1, 0])      # parity of 1s, twice over
    chain = automaton([[1, 0], [2, 1], [3, 2], [4, 3], [5, 4], [5, 5]], [1] * 5 + [0])
    near_and_far = np.array([[1, 2], [5, 1], [2, 3], [3, 4], [4, 5], [5, 5]])    # 00, and also 1111
    never = automaton([[0, 0]], [0])
    order = rng.permutation(5)
    return [*(pairs[n] for n in order), (TOMITA[7], flipped),
            *((automaton(steps, [0] * 5 + [1]), never) for steps in (near_and_far, near_and_far[:, ::-1])),
            (doubled, automaton([[0, 1], [1, 0]], [1, 0])),
            (chain, automaton([[0, 0]], [1]))]


class _Counted(np.ndarray):
    """An array that raises a Mistake when looked up in more often than a search that ends does."""

    looked_up = 0

    def __getitem__(self, place):
        self.looked_up += 1
        if self.looked_up > LOOK_UPS:
            raise Mistake("pair-again", "You go on from the same pair twice. Add each pair to met, or the "
                                        "loop never ends.",
                          "A pair is new if it is not in met. When you append a pair to ahead, add it to "
                          "met too.")
        return np.asarray(self)[place]


@check
def check_told_apart(mine: Callable) -> str:
    """Try ``apart(one, other)``: the shortest string on which two automata differ, None if there is none."""
    for one, other in _pairs(np.random.default_rng(122)):
        place = f"With automata of {len(one.accepts)} and {len(other.accepts)} states: "
        counted = (Automaton(*(array.view(_Counted) for array in machine)) for machine in (one, other))
        answer, right = answer_of(mine, *counted, place=place, unanswered=lambda answer: answer is ...), (
            distinguishing_string(one, other))
        if answer is None:
            if right is not None:
                raise Mistake("none-found", f"{place}they differ on {right or 'the empty string'}, but "
                                            "yours returns None.",
                              "Do you look at every pair of states to which a string can lead, including "
                              "the first?")
            continue
        if not isinstance(answer, str) or set(answer) - {"0", "1"}:
            raise Mistake("no-string", f"{place}the answer should be a string of 0s and 1s, or None, not "
                                       f"{answer!r}.")
        if one.says(answer) == other.says(answer):
            if one.says(answer[::-1]) != other.says(answer[::-1]):
                raise Mistake("read-backwards", f"{place}{answer} does not separate them, but it does so "
                                                "when it is read backwards.",
                              "The newest symbol comes last, as in string + symbol.")
            raise Mistake("same-answer", f"{place}{answer or 'the empty string'} does not separate them, "
                                         "because both give the same answer for it.",
                          "The string leads to a pair of states, one in each automaton. Compare their "
                          "entries in one.accepts and other.accepts.")
        if not right and answer:
            raise Mistake("first-pair-left-out", f"{place}{answer} separates them, but so does the empty "
                                                 "string, which is shorter.",
                          "In the first pair, (0, 0), compare one.accepts[0] with other.accepts[0] before "
                          "you go on from it.")
        if len(answer) > len(right):
            raise Mistake("not-shortest", f"{place}{answer} separates them, but so does {right}, which is "
                                          "shorter.",
                          "Do you go on from each pair with both symbols, 0 and 1? Do you take the pairs in "
                          "the order in which they were met, as pop(0) does?")
    return "Correct: the shortest string each time, and None where there is none."


@check
def check_turn(turn) -> str:
    """Try a 2 x 2 matrix that brings a state back after three steps, and not before."""
    R = numbers_of(turn, (2, 2), "turn")
    powers = [np.linalg.matrix_power(R, n) for n in range(1, 7)]
    back = [n for n, power in enumerate(powers, 1) if np.allclose(power, np.eye(2), atol=1e-6)]
    size = float(np.abs(np.linalg.eigvals(R)).max())
    if back and back[0] == 3:
        told = "Correct: after three steps the state is back, whatever it was"
        if np.allclose(R @ R.T, np.eye(2), atol=1e-6):
            return f"{told}, and it neither grows nor fades."
        return (f"{told}. (But on the way your matrix changes the length of the state. A matrix keeps all "
                "lengths if its rows have length 1 and are at right angles.)")
    if back and back[0] == 1:
        raise Mistake("stands-still", "It moves nothing, because after one step the state is where it was.")
    if back:
        raise Mistake("another-count", f"The state is back after {back[0]} steps, not after 3.",
                      "A whole turn is 2 pi. How large is a third of it?")
    if np.allclose(powers[2], np.eye(2), atol=0.02):
        raise Mistake("rounded", f"After three steps [1, 0] is at {np.round(powers[2][0], 6).tolist()}: "
                                 "nearly back, but further off after each turn.",
                      "Write the matrix with np.cos, np.sin and np.pi, not with rounded numbers.")
    if abs(size - 1) > 1e-6:
        raise Mistake("fades" if size < 1 else "grows", f"Each step multiplies lengths by about {size:.3f}.",
                      "A rotation keeps all lengths. Its rows have length 1 and are at right angles.")
    raise Mistake("never-back", f"After three steps [1, 0] is at {np.round(powers[2][0], 3).tolist()}.",
                  "Are the angles in radians? Is it the same angle in all four entries?")


STRINGS = (1, 2, 7, 40)


@check("first", "second")
def check_two_counters(two_counters: Callable) -> str:
    """Try ``two_counters() -> (W_xh, W_hh, b_h)``: c of unit 1 is a's less b's, of unit 2 b's less c's.

    The output gates are open, so h is tanh(c).
    """
    weights = answer_of(
        two_counters, read=arrays_from("two_counters", W_xh=(3, 8), W_hh=(2, 8), b_h=(8,)))
    for n in STRINGS:
        shown, found = (states[:, 0] for states in run_lstm(*weights, np.repeat([0, 1, 2], n)[:, None]))
        wanted = np.cumsum(np.repeat([[1, 0], [-1, 1], [0, -1]], n, axis=0), axis=0)
        for unit, name in enumerate(("first", "second")):
            with part(name):
                off = np.abs(found[:, unit] - wanted[:, unit])
                if off.max() < 0.2:
                    _need_shown(shown[:, unit], np.tanh(found[:, unit]), n)
                    continue
                if np.allclose(found[:, unit], wanted[:, 1 - unit], atol=0.2):
                    raise Mistake("other-unit", f"With n = {n} this unit counts what the other one should "
                                                "count.",
                                  "In each block of two columns the first belongs to unit 1, the second to "
                                  "unit 2.")
                t = int(np.argmax(off >= 0.2))
                told = (f"With n = {n}, c is {found[t, unit]:.2f} after {_symbols(t + 1)} (the last is "
                        f"{'abc'[t // n]}), but should be {wanted[t, unit]}.")
                _need_g(weights, unit, told)
                raise Mistake("miscounted", told.replace("-", "−"),
                              "Each g is right if h is 0. Which i or f is not close to 1 there? Or does W_hh "
                              "change a sum? The columns are i, i, f, f, o, o, g, g.")
    return "Correct: both units are back at 0 when the string is complete."


def _need_g(weights: list[np.ndarray], unit: int, told: str) -> None:
    """Raise a Mistake unless the unit's g, at h = 0, is what each symbol should add to its count."""
    W_xh, _, b_h = weights
    g, wanted = np.tanh(W_xh[:, 6 + unit] + b_h[6 + unit]), ([1, -1, 0], [0, 1, -1])[unit]
    if np.abs(g - wanted).max() > 0.05:
        shown, right = (", ".join(f"{number:.3g}" for number in row) for row in (g + 0.0, wanted))
        raise Mistake("wrong-g", f"{told} The unit's g after an a, a b and a c is {shown}.".replace("-", "−"),
                      f"It should be {right}. Set it in column {6 + unit} of W_xh.".replace("-", "−"))


def _need_shown(h: np.ndarray, right: np.ndarray, n: int) -> None:
    """Raise a Mistake unless an open output gate shows all of tanh(c)."""
    t = int(np.argmax(np.abs(h - right)))
    if abs(h[t] - right[t]) > 0.05:
        told = (f"With n = {n}, c counts correctly, but after {_symbols(t + 1)} h is {h[t]:.2f}, while "
                f"tanh(c) is {right[t]:.2f}.")
        raise Mistake("not-shown", told.replace("-", "−"),
                      "h is o times tanh(c), and o should be 1. The columns are i, i, f, f, o, o, g, g.")


def _symbols(n: int) -> str:
    return f"{n} symbol{'s' * (n > 1)}"


def combine(first: tuple, second: tuple) -> tuple[np.ndarray, np.ndarray]:
    """f and u of two steps h -> f h + u in one; each is a pair (f, u), and so is the answer."""
    (f1, u1), (f2, u2) = first, second
    return f2 * f1, f2 * u1 + u2


def pairs_of_steps() -> Iterator[tuple]:
    rng = np.random.default_rng(13)
    for _ in range(3):
        yield tuple(tuple(step) for step in rng.standard_normal((2, 2, 4)))


check_combine = against(
    "check_combine",
    Function(combine, pairs_of_steps, mistakes.COMBINE, parts={
        "f": Part(Symptom("another-f", "After both steps h has been multiplied by f of the first step and f "
                                       "of the second.")),
        "u": Part(Symptom("another-u", "Substitute the first step into the second: f2 (f1 h + u1) + u2. "
                                       "Which terms have no h?"))}),
    right="Correct: (f2 f1, f2 u1 + u2). Combining is associative, as adding is. Whichever neighbours are "
          "joined first, the result is the same, but the steps must stay in order.")
