"""The checks of the exercises of lesson 13: unstable directions, a pulse that lasts, slow places, one bit."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.checks import (
    Function,
    Mistake,
    Symptom,
    against,
    answer_of,
    check,
    close,
    need_answers,
    numbers_of,
)
from helpers.lessons.lesson13 import mistakes
from helpers.networks import RNN, Parameters

NOISE = 0.3             # of the input of exercise 13.4, evenly drawn up to it


def jacobian_of(*values: complex) -> np.ndarray:
    """A matrix with these eigenvalues, a complex one with its partner, rotated by a random basis."""
    blocks = [np.array([[z.real, z.imag], [-z.imag, z.real]]) if isinstance(z, complex) else np.array([[z]])
              for z in values]
    size = sum(len(block) for block in blocks)
    J, at = np.zeros((size, size)), 0
    for block in blocks:
        J[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    basis = np.random.default_rng(136).normal(size=(size, size)) + 2 * np.eye(size)
    return np.linalg.solve(basis, J @ basis)


JACOBIANS = {           # by eigenvalues, how many of them are unstable
    "1.3, 0.6 and 0.2": (jacobian_of(1.3, 0.6, 0.2), 1),
    "0.9, 0.5 and −0.4": (jacobian_of(0.9, 0.5, -0.4), 0),
    "−1.2, 0.8 and 0.1": (jacobian_of(-1.2, 0.8, 0.1), 1),
    "0.8 ± 0.8i, 1.5 and 0.3": (jacobian_of(0.8 + 0.8j, 1.5, 0.3), 3),
    "0.6 ± 0.6i and 0.2": (jacobian_of(0.6 + 0.6j, 0.2), 0),
}


@check
def check_unstable(unstable: Callable) -> str:
    """Try ``unstable(J) -> number`` on Jacobians whose eigenvalues are known."""
    found = {words: answer_of(unstable, J, place=f"With the eigenvalues {words}: ", keeps=True,
                              read=_how_many)
             for words, (J, _) in JACOBIANS.items()}
    right = {words: number for words, (_, number) in JACOBIANS.items()}
    if found == right:
        return "Correct: it counts real eigenvalues of both signs and complex pairs."
    words = next(words for words in found if found[words] != right[words])
    told = f"With the eigenvalues {words} the number should be {right[words]}, but is {found[words]:g}. "
    for mutant in mistakes.UNSTABLE:
        if all(found[words] == mutant.wrong(J) for words, (J, _) in JACOBIANS.items()):
            raise Mistake(mutant.name, told + mutant.sentences[0])
    raise Mistake("another-count", told + "Count the eigenvalues of J whose size is above 1.")


def _how_many(answer) -> float:
    if isinstance(answer, bool | np.bool_):
        raise Mistake("yes-or-no", f"The answer should be the number of unstable directions, not {answer}.")
    return numbers_of(answer, (), "What unstable returns")


@check
def check_held(held: Callable) -> str:
    """Try ``held(p, x) -> parameters`` of the network without input that does what p does while x lasts."""
    rng = np.random.default_rng(137)
    for H in (3, 5):
        p = RNN(3, H).init(rng)
        p.vector = rng.normal(size=p.vector.size)
        x, h = rng.normal(size=3), rng.uniform(-0.9, 0.9, H)
        made = answer_of(held, p, x, place=f"With {H} units: ", own=True)
        need_answers(made)
        if not isinstance(made, Parameters) or set(made) != set(p):
            raise Mistake("no-parameters", "Return parameters like p. Begin with q = p.copy(), and return q.")
        right = np.tanh(x @ p.W_xh + h @ p.W_hh + p.b_h)
        found = np.tanh(h @ made.W_hh + made.b_h)
        if close(found, right):
            continue
        if close(made.b_h, p.b_h) and close(made.W_hh, p.W_hh):
            raise Mistake("nothing-changed", "Without an input, your network does what p does without one. "
                                             "Which of its arrays can add x @ W_xh at every step?")
        if not close(made.W_hh, p.W_hh):
            raise Mistake("other-weights", "W_hh has changed. The pulse does not change how units act on "
                                           "each other, only what is added at every step.")
        if close(made.b_h, x @ p.W_xh):
            raise Mistake("bias-replaced", "You replaced the bias. Add x @ W_xh to b_h instead.")
        if close(made.b_h, p.b_h - x @ p.W_xh):
            raise Mistake("taken-away", "You subtracted x @ W_xh. Add it instead.")
        raise Mistake("another-bias", "What comes in at every step is x @ p.W_xh. Add it to b_h.")
    return "Correct: without an input, your network does what p does while the pulse lasts."


def slope_of_speed(r: np.ndarray, J: np.ndarray) -> np.ndarray:
    """The gradient of q = (r · r) / 2 with respect to h: r is h - F(h), and J is the Jacobian of F."""
    return (np.eye(len(r)) - J) @ r


def residuals() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(138)
    for H in (3, 6):
        yield rng.normal(size=H), rng.normal(size=(H, H))


check_slope_of_speed = against(
    "check_slope_of_speed",
    Function(slope_of_speed, residuals, mistakes.SLOPE, Symptom(
        "another-slope", "when h moves by d, q = (r · r) / 2 changes by r · dr, where dr is d @ (I - J)."),
        told="With {H} units: ", also=lambda r, J: {"H": len(r)},
        asked={"place": "With {H} units: ", "keeps": True}),
    right="Correct: on new numbers your gradient says how q changes when h moves.")


@check
def check_bit(w: float, u: float, b: float) -> str:
    """Try one unit h = tanh(w h_prev + u x + b) on 2,000 steps of noise up to 0.3, and pulses of -1 and 1."""
    need_answers(w, u, b)
    w, u, b = (numbers_of(value, (), name) for value, name in ((w, "w"), (u, "u"), (b, "b")))
    rng = np.random.default_rng(139)
    h, kept, quiet, furthest = 0.0, 0.0, 0, 0.0
    for t in range(2000):
        pulse = t % 40 == 0
        x = float(rng.choice([-1, 1])) if pulse else float(rng.uniform(-NOISE, NOISE))
        quiet = 0 if pulse else quiet + 1
        kept = x if pulse else kept
        h = float(np.tanh(w * h + u * x + b))
        furthest = h * kept if pulse else max(furthest, h * kept)
        if h * kept > 0:
            continue
        what = (f"At step {t + 1}, {quiet} step{'s' * (quiet != 1)} after a pulse of {kept:+.0f}, "
                f"h is {h:.2f}. ").replace("-", "−")
        if w < 0:
            raise Mistake("alternates", what + "A negative w flips the sign of h at every step.")
        if quiet == 0 and u < 0:
            raise Mistake("negative-u", what + "With a negative u a pulse of +1 pushes h down.")
        if quiet == 0:
            raise Mistake("deaf", what + "The pulse is too weak to push the unit out of its basin. Use "
                                         "a larger u or a smaller w.")
        if w <= 1:
            raise Mistake("forgets", what + "If w is at most 1, there is only one fixed point, so no bit "
                                            "can be kept.")
        if abs(b) > 0.1 * w:
            raise Mistake("lopsided", what + "The bias has made one of the two basins small, or has "
                                             "removed it.")
        if furthest < 0.5:
            what += f"Since that pulse h has never been beyond {furthest * kept:.2f}. ".replace("-", "−")
            raise Mistake("barely-over", what + "The pulse pushes h barely past the unstable point, and "
                                                "the noise pushes it back. Use a larger u.")
        raise Mistake("nervous", what + "The noise has pushed h out of its basin. A larger w makes the "
                                        "basins deeper, and a smaller u makes the noise weaker.")
    return "Correct: all 50 pulses set the bit, and 2,000 steps of noise never do."
