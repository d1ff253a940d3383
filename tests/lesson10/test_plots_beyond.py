"""The pictures of lesson 10 say what they show."""

import numpy as np
import pytest

from helpers.lessons.lesson10 import plot_program, same_curve, speeds
from helpers.lessons.lesson10.faults import FAULTS
from helpers.runs import load_run


def test_speeds_name_the_faster_one():
    rates = [{"cell": "RNN", "size": "small", "NumPy": 60, "PyTorch": 10},
             {"cell": "LSTM", "size": "large", "NumPy": 5, "PyTorch": 10}]
    picture = speeds(rates)
    assert picture.sentence == ("On one thread NumPy is faster in 1 of 2 races: RNN small 6.0 times. "
                                "PyTorch is faster in the rest: LSTM large 2.0.")
    widths = [bar.get_width() for bar in picture.figure.axes[0].patches]
    assert widths == pytest.approx(np.log2([6, 0.5]))


def test_the_same_curve_twice_says_how_far_apart_they_are():
    assert "the two losses never differ by as much as 0.001" in same_curve([4, 2, 1], [4, 2.0005, 1]).sentence
    assert "falls from 4.00 to 1.00 in NumPy and from 4.00 to 1.50" in same_curve([4, 1], [4, 1.5]).sentence


def test_a_program_is_shown_beside_the_right_one():
    runs = load_run("10/faults")
    assert sorted({run["program"] for run in runs}) == [*"ABCDEFG", "right"]
    assert all(sorted(run["seed"] for run in runs if run["program"] == name) == list(range(20))
               for name in [*"ABCDEFG", "right"])
    ends = {letter: plot_program(runs, letter).sentence for letter in "ABCDEFG"}
    assert "reports 1.2570 held out" in ends["C"] and "measured correctly it has 1.82" in ends["C"]
    assert "loaded again 4.2857" in ends["D"] and "the correct program 1.74" in ends["D"]
    assert all(len(end) < 195 for end in ends.values())     # two lines in a lecture
    with pytest.raises(ValueError, match="Choose one of A, B"):
        plot_program(runs, "H")


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


def test_two_programs_say_that_they_are_better_than_the_right_one_and_are_worse():
    """With all 20 seeds, as section 8 says; and program C's true loss is higher, as the solutions say."""
    ends = {(run["program"], run["seed"]): run for run in load_run("10/faults")}
    for seed in range(20):
        right = ends["right", seed]["rightly"][-1]
        better = {letter for letter in "ABCDEFG" if ends[letter, seed]["heldout"][-1] < right}
        assert better == {"C", "G"} and all(ends[letter, seed]["rightly"][-1] > right for letter in better)
