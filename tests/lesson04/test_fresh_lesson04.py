"""What is measured on other networks of lesson 04 is what the lesson shows of one."""

import numpy as np
import pytest

from helpers.lessons.lesson04.fresh import fresh_gradient, loss_of_layout


@pytest.mark.parametrize(("layout", "under"), [("streams", True), ("dealt", False), ("shuffled", False)])
def test_a_layout_ends_where_the_lesson_says(layout, under):
    loss = loss_of_layout(np.random.default_rng(0), layout)
    assert 1.8 < loss < 2.1 and (loss < 1.97) == under


@pytest.mark.parametrize(("cell", "cosine"), [("RNN", 0.99), ("LSTM", 0.47)])
def test_a_gradient_is_the_one_that_the_lesson_prints(cell, cosine):
    found = fresh_gradient(np.random.default_rng(0), cell)
    assert round(found["cosine"], 2) == cosine and (found["8"] < 0.01) == (cell == "RNN")
