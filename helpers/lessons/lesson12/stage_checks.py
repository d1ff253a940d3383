"""The checks of the stages of lesson 12: one unit that counts, and the readout that says when it is back."""

from collections.abc import Callable

import numpy as np

from helpers.checks import Mistake, answer_of, check, need_written, numbers_of, part, several_of, wait_for
from helpers.lessons.lesson12.experiments import run_unit
from helpers.networks import sigmoid

GATES = "ifog"
LONGEST = 1000          # so far it should count
STRAY = 0.3             # and so little may c be off after the a's and after the b's
BORDERS = (0.3, 0.6)    # of h, between the end and b, so that c may be off by STRAY at 0 or below 1
ONE_HOT = np.eye(2)


def arrays_from(name: str, **shapes: tuple[int, ...]) -> Callable:
    """What reads the arrays, with these names and shapes, that a reader's function of this name returns."""
    def read(answer) -> list[np.ndarray]:
        arrays = several_of(answer, tuple(shapes), f"What {name} returns")
        return [np.asarray(numbers_of(array, shapes[called], called))
                for array, called in zip(arrays, shapes, strict=True)]
    return read


@check("f", "i", "g", "o", "c")
def check_counter(counter: Callable) -> str:
    """Try ``counter() -> (W_xh, W_hh, b_h)``: one LSTM unit whose c is the number of a's less that of b's."""
    need_written(counter)
    W_xh, W_hh, b_h = answer_of(
        counter, read=arrays_from("counter", W_xh=(2, 4), W_hh=(1, 4), b_h=(4,)))
    shown = (-1.0, 0.0, 1.0)                    # what h may be, if W_hh uses it
    sums = {(symbol, h): ONE_HOT[symbol] @ W_xh + h * W_hh[0] + b_h for symbol in (0, 1) for h in shown}
    for k, gate in enumerate(GATES):
        with part(gate):
            rows = {symbol: [sums[symbol, h][k] for h in shown] for symbol in (0, 1)}
            if gate == "g":
                _look_at_g(rows)
            else:
                _look_at_gate(gate, rows)
    with part("c"):
        wait_for(*"fig")
        _, c = run_unit(W_xh, W_hh, b_h, np.repeat(ONE_HOT, LONGEST, axis=0)[:, None])
        top, away = float(c[LONGEST - 1, 0]), abs(float(c[-1, 0]))
        if away > STRAY:
            raise Mistake("leaks", f"After {LONGEST:,} a's it is {top:.2f}, and after as many b's it is "
                                   f"{c[-1, 0]:.2f}, but should be 0.".replace("-", "−"),
                          "A gate that is nearly open keeps nearly everything. How much is lost in a "
                          "thousand steps?",
                          "A sum of f, i or g is too near 0. With 20, f loses two billionths per step.")
        if abs(top - LONGEST) > STRAY:
            raise Mistake("comes-short", f"After {LONGEST:,} a's it is {top:.2f}, but should be "
                                         f"{LONGEST:,}.",
                          "Each symbol a should add 1 to the memory, and what is added is i · g. Which of "
                          "the two, i or g, is only nearly 1?",
                          "The sums of i and of g are too near 0. Use 20 for both, and −20 for g after "
                          "a b.")
    return "Correct: one unit that counts up to 1,000 and back."


def _look_at_gate(gate: str, rows: dict[int, list[float]]) -> None:
    """Raise the Mistake of a gate that is not open after every symbol, whatever h is."""
    values = sigmoid(np.array([rows[0], rows[1]]))
    if values.min() > 0.99:
        return
    told = f"It should be 1 after an a and after a b, but is {values[0].min():.2f} and {values[1].min():.2f}."
    if np.allclose(values, 0.5):
        raise Mistake("half-open", told, "At a sum of 0 the sigmoid is one half.",
                      f"Nothing opens {gate}. Give it a bias, b_h[{GATES.index(gate)}], far above 0.")
    if values.max() < 0.01:
        raise Mistake("shut", told, "Far below 0 a sigmoid is 0, and far above 0 it is 1.",
                      f"{gate} is shut. Its bias needs the other sign.")
    if (values.min(axis=1) > 0.99).any():
        raise Mistake("one-symbol-only", told, "The gate should be open whatever the symbol is. Which "
                                               "parameter does not depend on the symbol?",
                      f"{gate} depends on the symbol. What holds for both symbols belongs in the bias, "
                      f"b_h[{GATES.index(gate)}].")
    raise Mistake("not-open", told, "How far from 0 must a sum be for a sigmoid of 0.999?",
                  f"The sum of {gate} is too near 0, or depends on h. Use a bias of 20, and zeros in "
                  "W_hh.")


def _look_at_g(rows: dict[int, list[float]]) -> None:
    """Raise the Mistake of a g that is not 1 after an a and -1 after a b, whatever h is."""
    values = np.tanh(np.array([rows[0], rows[1]]))
    a, b = values[:, 1]
    if values[0].min() > 0.99 and values[1].max() < -0.99:
        return
    always = a > 0.99 and b < -0.99     # at h = 0, so what is wrong depends on h
    shown = (values[0].min(), values[1].max()) if always else (a, b)
    told = (f"It should be 1 after an a and −1 after a b{', whatever h is' if always else ''}, but "
            f"{'can be' if always else 'is'} {shown[0]:.2f} and {shown[1]:.2f}.").replace("-", "−")
    if a < -0.99 and b > 0.99:
        raise Mistake("down-for-up", told, "Which row of W_xh does an a look up?",
                      "The signs are swapped: an a looks up row 0, a b row 1.")
    if a > 0.99 and b > 0.99:
        raise Mistake("up-for-both", told, "A b should take away what an a has added.",
                      "g is 1 for both symbols. For a b it should be −1, so make W_xh[1, 3] negative.")
    if max(abs(a), abs(b)) < 0.01:
        raise Mistake("nothing-added", told, "g is what is added. Which column of W_xh belongs to g?",
                      "No symbol reaches g. It is the last of i, f, o, g, so column 3.")
    if a > 0.3 and b < -0.3:
        raise Mistake("less-than-one", told, "Each symbol counts for 1. How large must a sum be for a "
                                             "tanh of nearly 1?",
                      "The sums of g are too near 0, or depend on h. Use 20 and −20, and zeros in W_hh.")
    raise Mistake("another-g", told, "Only the two rows of W_xh can distinguish an a from a b.",
                  "W_xh[0, 3] should be far above 0, W_xh[1, 3] far below 0, and b_h[3] and W_hh[0, 3] "
                  "exactly 0.")


@check
def check_read_out(read_out: Callable) -> str:
    """Try ``read_out() -> (W_hy, b_y)`` on the h of a unit that counts: b where c is 1 or more."""
    need_written(read_out)
    W_hy, b_y = answer_of(read_out, read=arrays_from("read_out", W_hy=(1, 2), b_y=(2,)))
    weight, bias = float(W_hy[0, 0] - W_hy[0, 1]), float(b_y[0] - b_y[1])
    at_one, at_none = float(np.tanh(1)) * weight + bias, bias
    told = (f"At h = 0.76 the score of b should be larger, and at h = 0 that of the end. Your score of "
            f"b minus that of the end is {at_one:.2f} and {at_none:.2f}.".replace("-", "−"))
    if at_one <= 0 <= at_none and at_one != at_none:
        raise Mistake("turned-round", told, "Is h large or small where a b is still to come?",
                      "The signs are swapped. The weight of b on h should be positive.")
    if at_one <= 0:
        raise Mistake("always-end", told, "When c is 1 or more, at least one b is still to come.",
                      "The score of b is never the larger one. Its weight on h should lift it "
                      "above the bias of the end.")
    if at_none >= 0:
        raise Mistake("never-end", told, "At the end h is 0, and only the biases are left.",
                      "At h = 0 the score of the end is not the larger one. Give the end the larger bias.")
    border = -bias / weight
    if not BORDERS[0] <= border <= BORDERS[1]:
        raise Mistake("too-close", f"The border, where both scores are equal, is at h = {border:.2f}, too "
                                   f"near {0.76 if border > 0.5 else 0}.",
                      "c is never exact. How far off may h be before the wrong score is larger?",
                      "Put the border half way between 0 and 0.76, at h = 0.4 or so.")
    return "Correct: it predicts b while a b is still to come, and then the end."
