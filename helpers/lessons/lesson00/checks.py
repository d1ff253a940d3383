"""The check of lesson 00, where the reader learns what a check is."""

from helpers.checks import Mistake, check, need_answers, numbers_of

WEIGHT, STEPS = 0.9, 20


@check
def check_memory(answer: float | None) -> str:
    """Say whether `answer` is what is left of 1 after STEPS multiplications by WEIGHT, to 3 digits."""
    need_answers(answer, said="Not yet: write a number after `answer =` and run both cells again.")
    if isinstance(answer, tuple):
        raise Mistake("comma", f"In Python, a comma makes a tuple, here {answer}. Write one number, "
                               "with a decimal point, as in 3.14.")
    value = numbers_of(answer, (), "The answer")
    right = WEIGHT**STEPS
    if abs(value - right) < 0.0006:
        return f"Correct: {WEIGHT} to the power {STEPS} is {right:.3f}."
    if abs(value - WEIGHT * STEPS) < 0.01:
        raise Mistake("product",
                      "That is 0.9 times 20. Multiplying by 0.9 at each of 20 steps gives a power of 0.9.")
    if abs(value - WEIGHT ** (STEPS - 1)) < 0.0006 or abs(value - WEIGHT ** (STEPS + 1)) < 0.0006:
        raise Mistake("off-by-one", "That is off by one step. Count how often the memory is multiplied.")
    if abs(value - (1 - right)) < 0.0006:
        raise Mistake("what-is-lost", "That is how much is lost. The question is how much is left.")
    if abs(value - 100 * right) < 0.06:
        raise Mistake("per-cent", "That is the answer in per cent. Divide it by 100.")
    if value in (round(right, 1), round(right, 2)):
        raise Mistake("too-few-digits", "That is almost it. Give three decimal places, as in the picture.")
    if value == 9 ^ 20:
        raise Mistake("caret", "In Python, ^ is not the power operator. Write **, and 0.9 instead of 9.")
    raise Mistake("another-number", "That is not the number. Set weight to 0.9 and steps to 20 above, and "
                                    "read the number at the end of the curve.")
