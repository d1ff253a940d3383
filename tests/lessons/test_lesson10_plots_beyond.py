"""The pictures of lesson 10 say what they show."""

import numpy as np

from helpers.lessons.lesson10.faults import FAULTS
from helpers.runs import load_run


def test_each_fault_has_the_sign_that_its_sentence_names():
    """In each of 20 seeds, and no other program has it."""
    runs = load_run("10/faults")

    def have(sign):
        return {run["program"] for run in runs if sign(run)}, {
            name for name in "ABCDEFG" if all(sign(run) for run in runs if run["program"] == name)}

    right = {run["seed"]: run["rightly"][-1] for run in runs if run["program"] == "right"}
    for name, sign in {
        "train() while it is measured": lambda run: run["again"] != run["heldout"][-1],
        "softmax taken twice": lambda run: 3.1 < min(run["heldout"]) < 4 and min(run["training"]) < 4,
        "padding counted": lambda run: (
            run["heldout"][-1] < 0.8 * right[run["seed"]] < run["rightly"][-1] < 2.5),
        "embedding a plain tensor": lambda run: run["loaded"] > 1.5 * run["heldout"][-1],
        "gradients not set to zero": lambda run: 1.1 * right[run["seed"]] < run["rightly"][-1] < 3,
        "optimiser of another network": lambda run: (
            np.ptp(run["heldout"]) == 0 and abs(run["heldout"][0] - np.log(61)) < 0.05),
        "targets not shifted": lambda run: max(run["heldout"][1:]) < 0.1,
    }.items():
        letter = {FAULTS[name].letter}
        assert have(sign) == (letter, letter), name
