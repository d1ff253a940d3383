"""The checks of lesson 01: one step, a unit that remembers, the count of parameters, parity."""

from collections.abc import Callable, Iterator
from operator import eq

import numpy as np

from helpers.checks import (
    Function,
    Mistake,
    Symptom,
    against,
    answer_of,
    check,
    compare,
    numbers_of,
    several_of,
    wrong_answers,
)
from helpers.lessons.lesson01 import mistakes

LETTERS = "helo"
PARITY = {"W_xh": (1, 2), "W_hh": (2, 2), "b_h": (2,), "w_y": (2,), "b_y": ()}      # what exercise 1.4 sets


def step(x, h_prev, W_xh, W_hh, b_h) -> np.ndarray:
    """The new state h; shape (H,)."""
    return mistakes.state(x, h_prev, W_xh, W_hh, b_h)


def networks() -> Iterator[tuple]:
    rng = np.random.default_rng(11)
    for D, H in ((4, 3), (3, 3), (2, 5)):
        x, h_prev, b_h = rng.normal(size=D), rng.uniform(-0.9, 0.9, H), rng.normal(size=H)
        yield x, h_prev, rng.normal(size=(D, H)), rng.normal(size=(H, H)), b_h


check_step = against(
    "check_step",
    Function(step, networks, mistakes.STEP, Symptom(
        "another-state", "For one set of numbers h[{at}] should be {right_at:.4f}, but yours is "
                         "{found_at:.4f}. Compare your code term by term with the equation in section 2."),
        asked={"own": True, "what": "The new state",
               "hint": "\nHere x has the shape ({x.size},), h_prev ({b_h.size},), W_xh {W_xh.shape} and W_hh "
                       "{W_hh.shape}. The row comes first, so write x @ W_xh."}),
    right="Correct: your step computes the right state for three new networks of different sizes.")


@check
def check_latch(w_x: np.ndarray, w_h: float, b: float) -> str:
    """Try the unit h = tanh(w_x[letter] + w_h h_prev + b), from h = 0, on new strings of h, e, l, o.

    It should be above 0 after a string with an h in it, and below 0 after any other.
    """
    weights = numbers_of(w_x, (4,), "w_x, for h, e, l and o,")
    recurrent, bias = numbers_of(w_h, (), "w_h"), numbers_of(b, (), "b")
    rng = np.random.default_rng(12)
    quiet = ["".join(rng.choice(list("elo"), size)) for size in rng.integers(1, 9, 100)]
    long = "".join(rng.choice(list("elo"), 200))
    strings = ["h", *quiet, *(q + "h" for q in quiet), *("h" + q for q in quiet),
               *(q + "h" + r for q, r in zip(quiet, quiet[::-1], strict=True)),
               long, long + "h", "h" + long, "h" * 50 + long]
    for string in strings:
        h, fall = 0.0, ""
        for letter in string:
            before, h = h, float(np.tanh(weights[LETTERS.index(letter)] + recurrent * h + bias))
            if before > 0 > h:
                fall = f"The letter {letter} takes the unit's state from {before:.2f} to {h:.2f}."
        words = string if len(string) < 20 else f"{string[:8]}… ({len(string)} letters)"
        if abs(h) < 0.05:
            raise Mistake("undecided",
                          f"The unit is undecided after “{words}”: its state is {h:.3f}, but should "
                          "be at least 0.05 above or below 0. What pulls it to one side there: the last "
                          "letter's weight, w_h times the state before, or b?")
        if h > 0 and "h" not in string:
            raise Mistake("false-memory",
                          f"The unit has a false memory: after “{words}” h = {h:.2f}, although it has not "
                          "read the letter h. What should keep the unit below 0 until that letter comes?")
        if h < 0 and string.endswith("h") and max(weights[0], 0) < weights.max():
            raise Mistake("other-letter",
                          f"The unit missed the letter h: after “{words}” its state is {h:.2f}. Your largest "
                          f"weight is the one for {LETTERS[int(np.argmax(weights))]}. The order in w_x is "
                          "h, e, l, o.")
        if h < 0 and string.endswith("h"):
            raise Mistake("missed",
                          f"The unit missed the letter h at the end of “{words}”, where its state is "
                          f"h = {h:.2f}. The letter's pulse, {weights[0]:g}, must be enough to lift the unit "
                          "over the watershed even from its lowest state.")
        if h < 0 and "h" in string:
            raise Mistake("forgotten",
                          f"The unit forgot the letter h: after “{words}” its state is {h:.2f}. {fall} Does "
                          "the unit have a second resting state, above 0, and does this letter leave it "
                          "there?")
    return f"Correct: your unit read {len(strings)} new strings of up to 250 letters and misremembered none."


@check
def check_count(count: Callable) -> str:
    """Try ``count(V, H, T)`` for networks V -> H -> V that read T symbols, output layer included."""
    rng = np.random.default_rng(13)
    for V, H in ((7, 5), (60, 100), *rng.integers(5, 50, (3, 2))):
        V, H = int(V), int(H)
        counts = {T: answer_of(count, V, H, T, shape=(), place=f"For V = {V} and H = {H}: ")
                  for T in (4, 25, 1000)}
        if len(set(counts.values())) > 1:
            raise Mistake("counts-steps",
                          f"Your count changes with T ({counts[4]:,.12g} at T = 4, {counts[1000]:,.12g} at "
                          "T = 1000). Each step uses the same weights, so count them once.")
        right = mistakes.size(V, H, 4)
        compare(counts[4], right, wrong_answers(mistakes.COUNT, V, H, 4), Mistake(
            "another-count", f"For V = {V} and H = {H} your count is {counts[4]:,.12g}, but there are "
                             f"{right:,}. Add up W_xh, W_hh, b_h, W_hy and b_y one by one."), same=eq)
    return "Correct for five sizes and three lengths: the number of weights does not depend on T."


@check
def check_parity(parity_network: Callable) -> str:
    """Try ``parity_network() -> (W_xh, W_hh, b_h, w_y, b_y)``, two tanh units, on new strings of bits.

    The state starts at 0, and the score h w_y + b_y is above 0 if the number of 1s is odd.
    """
    def read(answer) -> list:
        parts = several_of(answer, PARITY, "What parity_network returns")
        return [numbers_of(part, shape, name) for part, (name, shape) in zip(parts, PARITY.items(),
                                                                             strict=True)]

    W_xh, W_hh, b_h, w_y, b_y = answer_of(parity_network, read=read)
    rng = np.random.default_rng(14)
    strings = [np.array(bits) for bits in ([0], [1], [1, 1], [1, 0], [0, 1], [1, 1, 1])]
    strings += [rng.integers(0, 2, size) for size in rng.integers(3, 12, 100)] + [rng.integers(0, 2, 300)]
    for bits in strings:
        h = np.zeros(2)
        for bit in bits:
            h = np.tanh(bit * W_xh[0] + h @ W_hh + b_h)
        score, odd = float(h @ w_y + b_y), bits.sum() % 2 == 1
        if abs(score) < 0.01 or (score > 0) != odd:
            words = "".join(map(str, bits)) if len(bits) < 15 else f"a string of {len(bits)} bits"
            wanted = "above" if odd else "below"
            raise Mistake("wrong-side",
                          f"After {words}, the number of 1s is {bits.sum()}, so the score should be clearly "
                          f"{wanted} 0, but it is {score:.3f}. The two units are {h[0]:.2f} and {h[1]:.2f}.")
    return (f"Correct: your units got all {len(strings)} new strings right, the longest of 300 bits. So two "
            "units are enough.")
