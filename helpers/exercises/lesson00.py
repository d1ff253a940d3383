"""The check of lesson 00, where the reader learns what a check is."""

WEIGHT, STEPS = 0.9, 20


def check_memory(answer: float | None) -> None:
    """Say whether `answer` is what is left of 1 after STEPS multiplications by WEIGHT, to 3 digits."""
    if answer is None or answer is ...:
        print("Not yet: replace the dots by a number and run both cells again.")
        return
    try:
        value = float(answer)
    except (TypeError, ValueError):
        print(f"The answer should be a number, but it is of type {type(answer).__name__}.")
        return
    right = WEIGHT**STEPS
    if abs(value - right) < 0.0006:
        print(f"Right: {WEIGHT} to the power {STEPS} is {right:.3f}.")
    elif abs(value - WEIGHT * STEPS) < 0.01:
        print("That is 0.9 times 20. The memory is multiplied at every step: a power, not a product.")
    elif abs(value - WEIGHT ** (STEPS - 1)) < 0.0006 or abs(value - WEIGHT ** (STEPS + 1)) < 0.0006:
        print("Off by one step: count how often the memory is multiplied.")
    elif abs(value - (1 - right)) < 0.0006:
        print("That is how much is lost. Asked is how much is left.")
    else:
        print("Not this number. Read it off the picture above: slide the steps to 20.")
