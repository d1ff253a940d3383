"""The strokes of a diagram: numbers as they stand in a field, and the places of boxes and their fields."""

import pytest

from helpers.pictures import short


@pytest.mark.parametrize(("value", "words"), [
    (0.5, "0.50"), (-0.5, "−0.50"), (0.004, "0.00"), (-0.004, "0.00"), (9.99, "9.99"), (9.996, "10.0"),
    (-99.94, "−99.9"), (99.96, "100"), (1234.5, "1234"), (9999.4, "9999"), (12345.0, "1e4"),
    (-2e10, "−2e10")])
def test_a_number_has_five_characters_at_most_and_no_negative_zero(value, words):
    assert short(value) == words
