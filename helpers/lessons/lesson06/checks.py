"""The checks of lesson 06: how far a gradient reaches, and what breaks a network that should keep it."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from helpers.checks import Function, Mistake, Symptom, against, answer_of, check, further, numbers_of, part
from helpers.data import adding_chance
from helpers.lessons.lesson06 import mistakes
from helpers.lessons.lesson06.experiments import recurrent_weights
from helpers.networks import RNN, factor_per_step, gradient_norms

H = 64


@check("within the lags", "beyond the last lag", "never")
def check_horizon(horizon: Callable) -> str:
    """Try ``horizon(norms)``, the lag at which a hundredth of a gradient is left, or inf if it never is.

    `norms` falls or grows by the same factor at every lag, from 1, with a little noise for some.
    """
    rng = np.random.default_rng(61)
    for factor, noise in [(0.5, 0.0), (0.9, 0.0), (0.995, 0.0), (0.8, 0.05), (0.97, 0.05), (1.02, 0.0)]:
        norms = factor ** np.arange(51.0) * np.exp(noise * rng.standard_normal(51))
        norms[0] = 1.0
        wanted = math.log(0.01) / math.log(factor) if factor < 1 else math.inf
        where = f"For gradients that are multiplied by {factor} at each of 50 lags"
        with part("never" if factor > 1 else "within the lags" if wanted < 50 else "beyond the last lag"):
            answer = answer_of(horizon, norms, read=_number_or_inf)
            if answer != wanted:
                _check_horizon(answer, wanted, norms, noise, where)
    return ("Correct: your horizons are right for six gradients. Two horizons lie beyond the last lag, and "
            "one is infinite.")


def _number_or_inf(answer) -> float:
    return numbers_of(answer, (), "What your function returns", finite=False)


@further("The logarithms of the norms lie on a straight line that begins at 0.",
         "Divide np.log(0.01) by the slope of that line. If the line does not fall, return np.inf.")
def _check_horizon(answer: float, wanted: float, norms: np.ndarray, noise: float, where: str) -> None:
    """Raise a Mistake for a horizon that is too far from the one that is wanted."""
    if wanted == math.inf:
        raise Mistake("growing", f"{where} you return {answer:.4g}, but they grow, so they never fall to "
                                 "a hundredth. Return np.inf.")
    if answer == math.inf or (norms[-1] > 0.01 and (abs(answer - 50) < 2 or answer == 0)):
        raise Mistake("among-the-norms",
                      f"{where} the horizon is {wanted:.0f}. A horizon may be beyond the last lag, so "
                      "don't look for it among the norms, but follow the straight line of their logarithms.")
    slope = math.log(norms[-1]) / 50
    if abs(answer - slope) < 0.1 * abs(slope):
        raise Mistake("slope", f"{where} you return {answer:.4f}. That is the slope of the line. At which "
                               "lag does the line reach the logarithm of a hundredth?")
    if answer in (math.ceil(wanted), round(wanted)):
        raise Mistake("first-below",
                      f"{where} you return {answer:.0f}, a whole lag. The straight line of the logarithms "
                      f"reaches a hundredth at {wanted:.1f}. Return that number, without rounding.")
    lags = np.arange(51)
    line, start = np.polyfit(lags, norms, 1)
    if np.isclose(answer, (math.log(0.01) / line, (0.01 - start) / line), rtol=0.01).any():
        raise Mistake("no-logarithms",
                      f"{where} you return {answer:.1f}, not {wanted:.1f}. That comes from a straight line "
                      "through the norms. It is their logarithms that lie on one.")
    if abs(answer - math.log(0.01) / np.polyfit(np.log(norms), lags, 1)[0]) < 0.01 * answer:
        raise Mistake("axes-exchanged",
                      f"{where} you return {answer:.1f}, not {wanted:.1f}. In np.polyfit the lags come "
                      "first, and then the logarithms.")
    if abs(answer + wanted) < 0.1 * wanted:
        raise Mistake("sign", "The sign is wrong. The logarithm of a hundredth is negative, and so is the "
                                "slope.")
    if any(abs(answer - other) < 0.03 * wanted for other in
           (wanted * math.log10(math.e), wanted / math.log10(math.e))):
        raise Mistake("two-bases",
                      f"{where} you return {answer:.1f}, not {wanted:.1f}. Take both logarithms to the same "
                      "base.")
    if abs(answer - wanted) > (0.1 * wanted if noise else 0.01 * wanted):
        raise Mistake("another-lag",
                      f"{where} a hundredth is left after {wanted:.1f} steps, but you return {answer:.1f}.")


def memory(error: float, length: int) -> int:
    """How many of the last steps a network uses in the adding problem."""
    return round((1 - 6 * error) * length)


check_memory = against(
    "check_memory",
    Function(memory, [(adding_chance(length, steps), length)
                      for length, steps in ((100, 0), (100, 10), (50, 25), (200, 4), (20, 20))],
             mistakes.MEMORY, Symptom(
        "another-memory", "a memory of {right} steps, but you return {found:.4g}. Without a memory the error "
                          "is 1/6, and it falls in a straight line to 0 with a memory of all steps."),
        told="An error of {error:.4f} over {length} steps means ", same=partial(np.isclose, atol=1e-4),
        more=("The error falls in a straight line, from 1/6 without a memory to 0 with a memory of all "
              "steps.", "The error is (1 - m / length) / 6. Solve that for m.")),
    right="Correct: your function is right for five pairs of error and length. Now you can read a plateau.")


@check
@further("The matrix keeps every length, so the slopes decide. The square of a length is a sum of squares.",
         "Write np.sqrt(np.mean((1 - h**2) ** 2)).")
def check_predicted_factor(predicted: Callable) -> str:
    """Try ``predicted(h)``, the factor per step from the states alone, on new orthogonal tanh networks.

    h is (T, B, H). A factor within 0.02 of the measured one counts as right.
    """
    factors = []
    for seed, size in enumerate([0.05, 0.3, 1.0, 2.0]):
        rng = np.random.default_rng(620 + seed)
        cell = RNN(H, H)
        p = cell.init(rng)
        p.W_hh = recurrent_weights(rng, H, "orthogonal")
        x = size * rng.standard_normal((120, 8, H))
        x[-1] = 0       # so that the last step is not like the others
        h, _, _ = cell.forward(p, x)
        answer = answer_of(predicted, h, shape=())
        measured = factor_per_step(gradient_norms(cell, p, x), 0, 60)
        slope = 1 - h**2
        if abs(answer - measured) <= 0.02:
            factors.append(f"{measured:.2f}")
            continue
        where = (f"With inputs of size {size} the measured factor is {measured:.3f} per step, and you return "
                 f"{answer:.3f}")
        if answer in (slope.min(), slope.max()):
            raise Mistake("one-unit", f"{where}. That is the slope of one unit, but all {H} units "
                                      "contribute to a length.")
        if abs(answer - np.sqrt(np.mean(slope[-1] ** 2))) < 1e-3:
            raise Mistake("last-step", f"{where}. That is the last step alone. The other steps count too.")
        if abs(answer - 1) < 1e-9:
            raise Mistake("no-tanh", f"{where}. The matrix keeps every length, but that is only half of a "
                                     "step. What does tanh do?")
        if abs(answer - np.mean(slope**2)) < 1e-3:
            raise Mistake("no-root", f"{where}. That is the mean square of the slopes. A length scales "
                                     "with its square root.")
        if abs(answer - slope.mean()) < 1e-3:
            raise Mistake("mean-slope", f"{where}. The mean slope is nearly right, but a little too small. "
                                        "The length of a row is computed from squares, in which large "
                                        "slopes weigh more.")
        raise Mistake("another-factor",
                      f"{where}. Did you take the root of the mean squared slope? A slope is 1 - h².")
    return (f"Correct: for four new networks the slopes alone predict the factor ({', '.join(factors)}). All "
            "the shrinking came from tanh, and none from the orthogonal matrix.")


@check
@further("A step adds up 64 products. If no change cancels another, how far does their sum move?",
         "Add 0.01 to every entry of the identity.")
def check_blow_up(W_hh: np.ndarray) -> str:
    """Try W_hh (64, 64), no entry farther than 0.01 from the identity, in a ReLU network that reads symbols.

    The gradient should grow more than a thousandfold in 20 steps.
    """
    W = numbers_of(W_hh, (H, H), "The matrix")
    moved = np.abs(W - np.eye(H)).max()
    if moved > 0.01 + 1e-5:     # a hundredth in half precision is a little more
        raise Mistake("moved-too-far",
                      f"One entry differs from the identity by {moved:.4f}. At most 0.01 is allowed, as much "
                      "as one update of Adam can change it at a rate of 0.01.")
    if moved == 0:
        raise Mistake("identity", "That is the identity itself, which keeps every length, so nothing grows. "
                                  "In which direction could all entries change together?")
    rng = np.random.default_rng(63)
    cell = RNN(8, H, "relu")
    p = cell.init(rng)
    p.W_xh, p.W_hh = np.abs(p.W_xh), W
    norms = gradient_norms(cell, p, rng.integers(8, size=(20, 8)))
    if norms[-1] > 1000:
        return (f"Correct: after 20 steps the gradient is {norms[-1]:,.0f} times its first size, about "
                f"{norms[-1] ** 0.05:.2f} times per step. No entry has moved by more than 0.01.")
    if norms[-1] < 1:
        raise Mistake("fades", f"The gradient fades: {norms[-1]:.3g} of it is left after 20 steps. Do some "
                               "of your changes have the wrong sign?")
    raise Mistake("grows-too-little",
                  f"After 20 steps the gradient is {norms[-1]:.3g} times its first size, and it should be "
                  "over 1,000 times. Changes of different signs cancel in the sums, and a few changes reach "
                  "few units. What if all entries change in the same way?")
