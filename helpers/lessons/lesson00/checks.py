"""The check of lesson 00, where the reader learns what a check is."""

from helpers.lessons.asking import need_answers, numbers_of
from helpers.lessons.checking import Slip, check

WEIGHT, STEPS = 0.9, 20


@check
def check_memory(answer: float | None) -> str:
    """Say whether `answer` is what is left of 1 after STEPS multiplications by WEIGHT, to 3 digits."""
    need_answers(answer, said="Not yet: replace the dots by a number and run both cells again.")
    if isinstance(answer, tuple):
        raise Slip("comma", f"{answer} is {len(answer)} numbers: Python writes a decimal point, as in 3.14.")
    value = numbers_of(answer, (), "The answer")
    right = WEIGHT**STEPS
    if abs(value - right) < 0.0006:
        return f"Right: {WEIGHT} to the power {STEPS} is {right:.3f}."
    if abs(value - WEIGHT * STEPS) < 0.01:
        raise Slip("product",
                   "That is 0.9 times 20. The memory is multiplied at every step: a power, not a product.")
    if abs(value - WEIGHT ** (STEPS - 1)) < 0.0006 or abs(value - WEIGHT ** (STEPS + 1)) < 0.0006:
        raise Slip("off-by-one", "Off by one step: count how often the memory is multiplied.")
    if abs(value - (1 - right)) < 0.0006:
        raise Slip("what-is-lost", "That is how much is lost. Asked is how much is left.")
    if abs(value - 100 * right) < 0.06:
        raise Slip("per-cent", "That is in per cent. Asked is the number itself: divide it by 100.")
    if value in (round(right, 1), round(right, 2)):
        raise Slip("too-few-digits", "Nearly. Asked are three digits after the point, as in the picture.")
    raise Slip("another-number", "Not this number. Read it off the picture above: slide the steps to 20.")
