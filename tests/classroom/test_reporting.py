"""The table of marks, as a spreadsheet reads it."""

import csv

import pytest

pytestmark = pytest.mark.classroom


def row(name: str, points: float, of: int, waits: bool = False) -> dict:
    return {"id": name, "points": points, "of": of, "waits": waits}


@pytest.fixture
def table(tmp_path):
    """Two lessons, of which one person has handed in both, one the first, and one nothing."""
    from helpers.classroom.reporting import _table

    first = [row("exercise-5-1", 2.0, 2), row("exercise-5-2", 1 / 3, 4), row("written-1", 0.0, 2, True)]
    marks = {("s01", "05"): first, ("s01", "07"): [row("exercise-7-1", 4.0, 4)],
             ("s02", "05"): [{**one, "points": 1.0, "waits": False} for one in first]}
    _table(tmp_path / "marks.csv", {"s02": "Bo", "s01": "Ada", "-1": "=HYPERLINK(1)"}, marks, ["05", "07"])
    with (tmp_path / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        return {line["id"]: line for line in csv.DictReader(file)}


def test_each_has_points_by_task_and_by_lesson_and_what_waits(table):
    assert [*table["s01"].values()] == ["s01", "Ada", "2", "0.33", "0", "4", "2.33", "4", "1"]
    assert [*table["s01"]][2:] == ["05 exercise-5-1 (of 2)", "05 exercise-5-2 (of 4)", "05 written-1 (of 2)",
                                   "07 exercise-7-1 (of 4)", "05 total", "07 total", "waits for a hand"]


def test_where_nothing_was_handed_in_nothing_stands(table):
    assert [*table["s02"].values()] == ["s02", "Bo", "1", "1", "1", "", "3", "", "0"]
    assert [*table["'-1"].values()][2:-1] == [""] * 6


def test_no_name_is_taken_for_a_formula(table):
    assert table["'-1"]["name"] == "'=HYPERLINK(1)" and table["s01"]["name"] == "Ada"
