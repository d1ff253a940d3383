"""Equations are set as they stand on the page: in a line, or displayed."""

import re

import equations
import pytest


@pytest.mark.site
def test_a_displayed_equation_is_larger_than_the_same_in_a_line():
    (within, displayed), _ = equations.setting([(r"\sum_t \frac12", False), (r"\sum_t \frac12", True)])
    heights = [float(re.search(r'height="([\d.]+)ex"', each)[1]) for each in (within, displayed)]
    assert 1.3 * heights[0] < heights[1]
    assert ['display="true"' in each for each in (within, displayed)] == [False, True]
