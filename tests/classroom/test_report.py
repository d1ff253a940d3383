"""The table of marks, as a spreadsheet reads it; and what is broken stops no report."""

import csv
import json
import os
from types import SimpleNamespace

import pytest
from made_up_class import in_time

pytestmark = pytest.mark.classroom


def row(name: str, points: float, of: int, waits: bool = False) -> dict:
    return {"id": name, "points": points, "of": of, "waits": waits}


@pytest.fixture
def table(tmp_path):
    """Two lessons, of which one person has handed in both, one the first, and one nothing."""
    from helpers.classroom.report import _table

    first = [row("exercise-5-1", 2.0, 2), row("exercise-5-2", 1 / 3, 4), row("written-1", 0.0, 2, True)]
    marks = {("s01", "05"): first, ("s01", "07"): [row("exercise-7-1", 4.0, 4)],
             ("s02", "05"): [{**one, "points": 1.0, "waits": False} for one in first]}
    _table(tmp_path / "marks.csv", {"s02": "Bo", "s01": "Ada", "-1": "=HYPERLINK(1)"}, marks, ["05", "07"])
    with (tmp_path / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        return {line["id"]: line for line in csv.DictReader(file)}


def test_each_has_points_by_task_and_by_lesson_and_what_waits(table):
    assert [*table["s01"].values()] == ["s01", "Ada", "2", "0.33", "0", "4", "2.33", "4", "1"]


def test_no_name_is_taken_for_a_formula(table):
    assert table["'-1"]["name"] == "'=HYPERLINK(1)" and table["s01"]["name"] == "Ada"


class Marks:
    """A gradebook in which everybody has two points for the first task."""

    def __init__(self, address):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def find_submission(self, lesson, person):
        grade = SimpleNamespace(name="exercise-5-1-check", score=2.0, needs_manual_grade=False,
                                manual_score=None)
        return SimpleNamespace(notebooks=[SimpleNamespace(grades=[grade])])


@pytest.fixture
def three(tmp_path, monkeypatch):
    """A course in which ada, eve and zoe are marked, and ada and zoe have handed in their records."""
    monkeypatch.setattr("helpers.classroom.report.Gradebook", Marks)
    task = {"id": "exercise-5-1", "title": "Exercise 5.1 · Clip", "points": 2, "check": "check_clip_norm"}
    plan = {"lessons": {"05": {"title": "Lesson 5", "tasks": [task], "written": []}}}
    (tmp_path / "course.json").write_text(json.dumps(plan))
    (tmp_path / "gradebook.db").touch()
    for person in ("ada", "eve", "zoe"):
        (tmp_path / "submitted" / person / "lesson05").mkdir(parents=True)
        done = tmp_path / "autograded" / person / "lesson05"
        done.mkdir(parents=True)
        right = {"id": "exercise-5-1", "said": "Right", "slips": {"": None}}
        (done / "results.json").write_text(json.dumps([right]))
    for person in ("ada", "zoe"):
        (tmp_path / "progress" / person).mkdir(parents=True)
        (tmp_path / "progress" / person / "my_course.jsonl").write_text("".join(
            json.dumps({"at": "2026-11-01T10:01:00", "question": f"05.{name}", "chose": "a"}) + "\n"
            for name in ("hundred-factors", "ball-at-wall")))
    return tmp_path


def in_the_record(text):
    def write(course):
        with (course / "progress/zoe/my_course.jsonl").open("a") as file:
            file.write(text + "\n")
    return write


def results_of_eve(text):
    return lambda course: (course / "autograded/eve/lesson05/results.json").write_text(text)


def a_pipe(course):
    (course / "progress/eve").mkdir()
    os.mkfifo(course / "progress/eve/my_course.jsonl")


BROKEN = {
    "an id that is a list": (in_the_record('{"at": "2026-11-01T10:05:00", "question": ["x"], "chose": "a"}'),
                             "zoe: 1 line of "),
    "lines that are none": (in_the_record("oops\n\n{}"), "zoe: 2 lines of "),
    "a pipe for a record": (a_pipe, "eve: "),
    "results cut": (results_of_eve('[{"id": '), "eve, lesson 05: "),
    "results with numbers": (results_of_eve('[{"id": "exercise-5-1", "said": 5, "slips": {"a": [1]}}]'),
                             "eve, lesson 05: "),
    "the list of what was taken": (lambda course: (course / "taken.json").write_text("[{"), "taken.json"),
    "its entries": (lambda course: (course / "taken.json").write_text('[{"person": "eve"}]'), "taken.json"),
    "the people": (lambda course: (course / "people.json").write_text("null"), "people.json"),
    "an id that leads elsewhere": (
        lambda course: (course / "people.json").write_text('[{"id": "../../eve"}]'), "people.json"),
}


@pytest.mark.parametrize("what", [name for name in BROKEN if hasattr(os, "mkfifo") or "pipe" not in name])
def test_what_is_broken_is_named_and_the_others_are_reported(three, what, capsys):
    from helpers.classroom.report import report

    damage, culprit = BROKEN[what]
    damage(three)
    with in_time():
        report(three)
    *told, last = capsys.readouterr().out.splitlines()
    assert len([line for line in told if culprit in line]) == 1 and last.endswith(", 1 problem")
    with (three / "report/marks.csv").open(encoding="utf-8-sig", newline="") as file:
        points = {line["id"]: line["05 total"] for line in csv.DictReader(file)}
    assert points["ada"] == points["zoe"] == "2"
    assert "What could not be read" in (three / "report/class.html").read_text("utf-8")


def test_a_gradebook_that_is_gone_is_named_and_not_made_anew(three, capsys):
    from helpers.classroom.report import report

    (three / "gradebook.db").unlink()
    with pytest.raises(ValueError, match=r"gradebook.db is missing"):
        report(three)
    assert capsys.readouterr().out == "" and not (three / "gradebook.db").exists()


@pytest.mark.skipif(os.name == "nt", reason="there a link takes rights")
def test_no_page_is_written_through_a_link(three):
    from helpers.classroom.report import report
    (three / "precious").write_text("precious")
    (three / "report").mkdir()
    for name in ("class.html", "marks.csv"):
        (three / "report" / name).symlink_to(three / "precious")
    report(three)
    assert (three / "precious").read_text() == "precious"
    assert "ada" in (three / "report/marks.csv").read_text()
