"""The pictures of lesson 10 say what they show."""

import numpy as np
import pytest

from helpers.lessons.lesson10 import attention, held, same_curve, scan_steps, speeds
from helpers.runs import shipped, table


def test_speeds_name_the_faster_one():
    rates = [{"cell": "RNN", "size": "small", "NumPy": 60, "PyTorch": 10},
             {"cell": "LSTM", "size": "large", "NumPy": 5, "PyTorch": 10}]
    picture = speeds(rates)
    assert picture.sentence.endswith(
        "NumPy is ahead in 1: RNN, small: NumPy 6.0 times; LSTM, large: PyTorch 2.0 times.")
    widths = [bar.get_width() for bar in picture.figure.axes[0].patches]
    assert widths == pytest.approx(np.log2([6, 0.5]))


def test_a_longer_string_comes_back_worse_and_a_larger_state_holds_more():
    results = shipped("10/copying")
    copied = table(results, "hidden_size", "length", value="accuracy")
    medians = np.median(copied.values, axis=2)
    assert (np.diff(medians, axis=1) <= 0.02).all() and (np.diff(medians, axis=0) >= -0.02).all()
    assert medians[2].round(2).tolist() == [1, 1, 0.71, 0.36, 0.13]  # what the lesson says of 32 units
    assert "71% at 8" in held({3000: copied}, 32).sentence
    with pytest.raises(ValueError, match="8, 16, 32"):
        held({3000: copied}, 33)


def test_trained_five_times_longer_more_of_it_comes_back():
    copied = table(shipped("10/copying"), "hidden_size", "length", value="accuracy")
    longer = table(shipped("10/copying_longer"), "hidden_size", "length", value="accuracy")
    both = {3000: copied, 15000: longer}
    assert (longer.rows, longer.columns, longer.seeds) == ([16, 32, 64], [4, 8, 16], list(range(5)))
    medians = np.median(longer.values, axis=2)
    assert (medians >= np.median(copied.values[1:4, 1:4], axis=2)).all()
    assert medians.round(2).tolist() == [[1, 0.69, 0.27], [1, 1, 0.51], [1, 1, 0.99]]   # as the lesson says
    picture = held(both, 32, 15000)
    assert "after 15,000 updates: medians of 5 seeds, 100% at 4, 100% at 8, 51% at 16" in picture.sentence
    assert len(picture.figure.axes[0].lines) == len(held(both, 32).figure.axes[0].lines) - 2 + 1
    with pytest.raises(ValueError, match="16, 32, 64 after 15000"):
        held(both, 128, 15000)


def test_the_same_curve_twice_says_how_far_apart_they_are():
    assert "no two losses are 1e-3 apart" in same_curve([4, 2, 1], [4, 2.0005, 1]).sentence
    assert "falls from 4.00 to 1.00 in NumPy and from 4.00 to 1.50" in same_curve([4, 1], [4, 1.5]).sentence


def test_attention_and_scan():
    assert "puts 0.50 of its weight" in attention(np.array([0.25, 0.5, 0.25]), "abc", 1).sentence
    assert "takes 64 rounds" in scan_steps([2, 64, 128], 64).sentence
    assert "and 7 rounds in a scan" in scan_steps([2, 64, 128], 100).sentence
