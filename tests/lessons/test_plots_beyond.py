"""The pictures of lesson 10 say what they show."""

import numpy as np
import pytest

from helpers.lessons.lesson10 import attention, held, scan_steps, speeds
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
    assert "71% at 8" in held(copied, 32).sentence
    with pytest.raises(ValueError, match="8, 16, 32"):
        held(copied, 33)


def test_attention_and_scan():
    assert "puts 0.50 of its weight" in attention(np.array([0.25, 0.5, 0.25]), "abc", 1).sentence
    assert "takes 64 rounds" in scan_steps([2, 64, 128], 64).sentence
    assert "and 7 rounds in a scan" in scan_steps([2, 64, 128], 100).sentence
