"""The strokes of a diagram: numbers as they stand in a field, and the places of boxes and their fields."""

import pytest

from helpers.pictures import short
from helpers.pictures.diagrams import Box


@pytest.mark.parametrize(("value", "words"), [
    (0.5, "0.50"), (-0.5, "−0.50"), (0.004, "0.00"), (-0.004, "0.00"), (9.99, "9.99"), (9.996, "10.0"),
    (-99.94, "−99.9"), (99.96, "100"), (1234.5, "1234"), (9999.4, "9999"), (12345.0, "1e4"),
    (-2e10, "−2e10")])
def test_a_number_has_five_characters_at_most_and_no_negative_zero(value, words):
    assert short(value) == words


def test_more_or_fewer_places_are_those_that_are_asked_for():
    assert [short(1 / 3, places) for places in (0, 1, 3)] == ["0", "0.3", "0.333"]


def test_fields_of_a_box_are_counted_from_above_and_fill_it():
    box = Box(100, 50, 40, 60)
    fields = [box.field(row, 3) for row in range(3)]
    assert [field.y for field in fields] == [70, 50, 30]
    assert fields[0].top == box.top and fields[-1].bottom == box.bottom
    assert {(field.x, field.width, field.height) for field in fields} == {(100, 40, 20)}


def test_sides_of_a_box_are_where_arrows_begin():
    box = Box(100, 50, 40, 60)
    assert (box.left, box.right, box.top, box.bottom) == ((80, 50), (120, 50), (100, 80), (100, 20))
