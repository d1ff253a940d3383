"""What is measured on fresh networks of lesson 03 is what the lesson shows of one."""

import numpy as np
import pytest

from helpers.lessons.lesson03.fresh import FAULTS, fresh_credit, loss_with_fault


@pytest.mark.parametrize(("scale", "printed"), [(None, "5.8e-01 3.3e-01 2.5e-03 1.6e-10"),
                                                (0.01, "9.8e-02 9.6e-03 8.5e-12 4.6e-41")])
def test_the_sizes_are_those_that_the_lesson_prints(scale, printed):
    found = fresh_credit(np.random.default_rng(0), scale)
    assert " ".join(f"{found[lag]:.1e}" for lag in ("0", "1", "10", "40")) == printed


@pytest.mark.parametrize("fault", FAULTS)
def test_a_network_learns_hello_in_spite_of_a_fault(fault):
    assert 0.002 < loss_with_fault(np.random.default_rng(0), fault) < 0.01
