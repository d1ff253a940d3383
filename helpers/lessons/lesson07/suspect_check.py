"""The check of the second suspect in lesson 07: where its table is wrong, and the fixed line."""

from collections.abc import Callable

import numpy as np

from helpers.checks import (
    Mistake,
    answer_of,
    check,
    entries_of,
    nearly,
    need_answers,
    numbers_of,
    part,
    several_of,
    wait_for,
)
from helpers.lessons.lesson07 import plain_lstm as plain
from helpers.lessons.lesson07.stage_checks import GATES, sequence, where_first_wrong

STEP, WRONG = 3, "ifg"          # of five steps, counted from 0


@check("step", "gates", "second")
def check_second_suspect(step: int, gates: str, second: Callable) -> str:
    """Say whether `step` and `gates` are where the suspect is wrong first, and try the fixed function."""
    with part("step"):
        number = numbers_of(step, (), "step")
        if number == STEP + 1:
            raise Mistake("last-step", "At that step the table says right for all four gates.")
        if number in range(STEP):
            raise Mistake("read-from-the-left", f"Step {number:g} is wrong too, but the backward pass begins "
                                                "at the last step. Read from the right.")
        if number != STEP:
            raise Mistake("no-step", "The table has no such step. Its steps are 0 to 4.")
    with part("gates"):
        _need_gates(gates)
    with part("second"):
        need_answers(second)
        wait_for("step", "gates")       # which a wrong second would give away
        rng = np.random.default_rng(75)
        for D, H, B, T in ((3, 4, 2, 5), (2, 3, 1, 4)):
            _need_fixed(second, sequence(rng, D, H, B, T), f"With {D} inputs, {H} units and {T} steps: ")
    return ("Correct: you found the step and the gates, and fixed the line. Now the whole gradient of c is "
            "passed back.")


def _need_gates(gates: str) -> None:
    need_answers(gates)
    said = {letter for letter in str(gates).lower() if letter.isalpha()}
    if not said or not said <= set(GATES):
        raise Mistake("no-gates", 'Write the letters of the gates (i, f, o or g), such as "io".')
    if "o" in said:
        raise Mistake("o-is-right", "o is right at that step, because its gradient comes through h alone.")
    if said != set(WRONG):
        raise Mistake("a-gate-missing", f"You name {', '.join(sorted(said))}, but not every gate that is "
                                        "wrong at that step.")


def _need_fixed(second: Callable, given: tuple, place: str) -> None:
    """Raise a Mistake unless the backward pass is right for `given`."""
    p = given[0]
    grads, da = answer_of(second, *given, place=place, keeps=True,
                          read=lambda answer: several_of(answer, ("grads", "da"), "What second returns"))
    right, right_da = plain.backward(*given)
    da, grads = numbers_of(da, right_da.shape, "da"), entries_of(grads, p, "grads")
    if not nearly(da, right_da):
        raise Mistake("still-wrong", place + where_first_wrong(da, right_da, "da"))
    wrong = [name for name in p if not nearly(numbers_of(grads[name], p[name].shape, name), right[name])]
    if wrong:
        raise Mistake("another-gradient", f"{place}da is right, but the gradient of {wrong[0]} is not.")
