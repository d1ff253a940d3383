"""The table of marks, as a spreadsheet reads it; and what is broken stops no report."""

import csv
import json
import os
import re
import sqlite3
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from made_up_class import in_time

from helpers.data import question

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
    assert [*table["s01"]][2:] == ["05 exercise-5-1 (of 2)", "05 exercise-5-2 (of 4)", "05 written-1 (of 2)",
                                   "07 exercise-7-1 (of 4)", "05 total", "07 total", "left to mark by hand"]


def test_where_nothing_was_handed_in_nothing_stands(table):
    assert [*table["s02"].values()] == ["s02", "Bo", "1", "1", "1", "", "3", "", "0"]
    assert [*table["'-1"].values()][2:-1] == [""] * 6


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
            json.dumps({"at": f"2026-11-01T10:0{k}:00", "question": f"05.{k}", "chose": "a"}) + "\n"
            for k in (1, 2)))
    return tmp_path


@pytest.mark.parametrize(("kept", "said"), [
    ((0.0, True, None), "waits to be marked by hand"), ((2.0, False, 2.0), "marked by hand"),
    ((0.0, False, None), "no answer")])
def test_of_a_task_without_a_check_it_is_told_how_it_stands(tmp_path, kept, said):
    from helpers.classroom.report import _marks

    (tmp_path / "results.json").write_text("[]")
    known = {"tasks": [], "written": [{"id": "written-1", "points": 2}]}
    (told,) = _marks(tmp_path / "results.json", known, {"written-1": kept})
    assert (told["said"], told["waits"]) == (said, kept[1])


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
    "results of another form": (results_of_eve('[["exercise-5-1"]]'), "eve, lesson 05: "),
    "results with numbers": (results_of_eve('[{"id": "exercise-5-1", "said": 5, "slips": {"a": [1]}}]'),
                             "eve, lesson 05: "),
    "the list of what was taken": (lambda course: (course / "taken.json").write_text("[{"), "taken.json"),
    "its entries": (lambda course: (course / "taken.json").write_text('[{"person": "eve"}]'), "taken.json"),
    "the people": (lambda course: (course / "people.json").write_text("null"), "people.json"),
    "their ids": (lambda course: (course / "people.json").write_text('[{"id": 5}]'), "people.json"),
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
    page = (three / "report/class.html").read_text("utf-8")
    assert "What could not be read" in page and "The two most missed" in page


class NoMarks(Marks):
    def find_submission(self, lesson, person):
        from nbgrader.api import MissingEntry

        raise MissingEntry


class Damaged(Marks):
    def __init__(self, address):
        raise RuntimeError("(sqlite3.DatabaseError) file is not a database [SQL: PRAGMA main.table_info]")


@pytest.mark.parametrize(("gradebook", "wrong"), [(None, "is missing: restore"), (
    Damaged, "is damaged: restore"), (NoMarks, "has no marks. If  mark  finds nothing to do, restore")])
def test_a_gradebook_without_the_marks_is_named_once_with_what_to_do(three, monkeypatch, capsys, gradebook,
                                                                     wrong):
    from helpers.classroom.report import report

    if gradebook:
        monkeypatch.setattr("helpers.classroom.report.Gradebook", gradebook)
    else:
        (three / "gradebook.db").unlink()
    with pytest.raises(ValueError) as said:
        report(three)
    assert str(said.value).startswith(f"{three / 'gradebook.db'} {wrong} it from a copy. If you have no ")
    assert f"make 05 --into {three}  and mark again" in str(said.value)
    assert capsys.readouterr().out == "" and (three / "gradebook.db").exists() == (gradebook is not None)


def test_a_gradebook_that_another_program_has_open_is_not_called_damaged(three, monkeypatch):
    def locked(*_):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Marks, "find_submission", locked)
    from helpers.classroom.report import report
    with pytest.raises(ValueError, match="is open in another program") as told:
        report(three)
    assert "delete" not in str(told.value)


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


def test_after_its_gradebook_has_gone_a_course_that_is_made_again_is_marked_again(three, monkeypatch):
    from helpers.classroom import assignment

    monkeypatch.setattr(assignment, "_released", lambda *_: None)
    done = three / "autograded/ada/lesson05/results.json"
    assignment.make([], three)
    assert done.exists()
    (three / "gradebook.db").unlink()
    assignment.make([], three)
    assert not done.exists() and (three / "autograded/ada/lesson05").is_dir()
    (three / "nbgrader_config.py").write_text("# mine")
    for _ in range(2):
        assignment.make(["05"], three)
    assert (three / "nbgrader_config.py").read_text() == "# mine", "what a teacher has changed stays"
    assert (three / "source/lesson05/lesson05.ipynb").is_file()


def test_a_file_in_the_place_of_the_report_is_told(three):
    from helpers.classroom.report import report

    (three / "report").write_text("a file")
    with pytest.raises(ValueError, match=r"report cannot hold the report \(.*\)\. If that is a file"):
        report(three)


def test_a_lesson_has_one_picture_and_its_mistakes_in_a_table(three):
    from helpers.classroom.report import report

    results_of_eve(json.dumps([{"id": "exercise-5-1", "said": "No.", "slips": {"": "odd"}}]))(three)
    report(three)
    page = (three / "report/class.html").read_text("utf-8")
    assert page.count("<img") == 1 and "<td>odd<td class=\"number\">1<td><pre>No.</pre>" in page


def test_each_task_counts_who_is_right_partly_right_wrong_or_has_not_answered(monkeypatch):
    from helpers.classroom import report

    def of(points: float, **slips: str | None) -> dict:
        return {"points": points, "of": 4, "said": f"! {points:g} points.", "slips": slips, "notes": ""}

    tasks = [{"id": f"exercise-5-{k}", "title": f"Exercise 5.{k} · It", "points": 4} for k in (1, 2, 3, 4)]
    answers = {"ada": [of(4, a=None), of(1, a=None, b="odd"), of(0, a="odd", b="odd"), of(0, a="not-yet")],
               "bo": [of(0, a="not-yet", b="odd"), of(4, a=None), of(0, a="borrowed"), of(0)]}
    marks = {(person, "05"): [{**row, "id": task["id"]} for task, row in zip(tasks, rows, strict=True)]
             for person, rows in answers.items()}
    marks["bo", "07"] = [{**of(4), "id": "exercise-7-1"}]
    marks["bo", "05"][0]["notes"] = "it was slow"
    monkeypatch.setattr(report, "tasks_done", lambda counts: counts)
    known = {"title": "Lesson 5", "tasks": tasks, "written": [{"points": 2}]}
    found = report._lesson(known, "05", marks, dict.fromkeys(("ada", "bo", "eve", "zoe")), ["eve"])
    assert found["picture"] == {"Exercise 5.1": [1, 0, 1, 0], "Exercise 5.2": [1, 1, 0, 0],
                                "Exercise 5.3": [0, 0, 2, 0], "Exercise 5.4": [0, 0, 1, 1]}
    assert (found["handed_in"], found["of"], found["median"], found["missing"]) == (2, 18, "4.5", ["zoe"])
    assert found["by_hand"] == ["eve: handed in, and not marked", "bo: it was slow",
                                "bo, Exercise 5.3: taken from the course", "bo, Exercise 5.4: 0 points"]
    assert {(row["where"], row["name"], row["count"], row["said"]) for row in found["mistakes"]} == {
        ("Exercise 5.1, b", "odd", 1, "! 0 points."), ("Exercise 5.2, b", "odd", 1, "! 1 points."),
        ("Exercise 5.3", "odd", 1, "! 0 points."), ("Exercise 5.3", "borrowed", 1, "! 0 points.")}


def test_lines_of_version_1_0_and_of_today_count_for_one_question(three):
    from helpers.classroom.report import report

    record = three / "progress/zoe/my_course.jsonl"
    record.write_text(record.read_text().replace("05.1", "05.hundred-factors")
                      .replace("05.2", "05.turn-by-value"))
    report(three)
    page = (three / "report/class.html").read_text("utf-8")
    first, second, third = (question(one).number for one in ("05.1", "05.turn-by-value", "05.2"))
    rows = re.findall(r'<tr><td>(05\.\d+)<td class="number">(\d of \d)', page)
    assert rows == [(first, "0 of 2"), (second, "0 of 1"), (third, "1 of 1")]
    assert f"The two most missed: {first} and {second}." in page


def test_the_first_choice_of_a_question_counts_and_a_pause_is_no_time_spent(three):
    """Three readers get a question right at last; they go on after 10 minutes, 41, and three days."""
    from helpers.classroom.report import report

    asked, after = question("05.1"), question("05.2")
    wrong = next(letter for letter in asked.letters if letter != asked.answer)
    for person, went_on in (("ada", "01T10:13:00"), ("zoe", "01T10:44:00"), ("eve", "04T10:08:00")):
        events = (("01T10:00:00", "05.1", wrong), ("01T10:03:00", "05.1", asked.answer),
                  (went_on, "05.2", after.answer))
        (kept := three / "progress" / person / "my_course.jsonl").parent.mkdir(exist_ok=True)
        kept.write_text("".join(json.dumps({"at": f"2026-11-{at}", "question": name, "chose": chose}) + "\n"
                                for at, name, chose in events))
    report(three)
    page = (three / "report/class.html").read_text("utf-8")
    choices = {number: (right, chosen) for number, right, chosen in re.findall(
        r'<tr><td>(05\.\d+)<td class="number">(\d of \d)<td>(.*?)<td>', page)}
    assert choices.keys() == {asked.number, after.number}
    assert choices[asked.number][0] == "0 of 3" and f"{wrong} 3" in choices[asked.number][1]
    assert choices[after.number][0] == "3 of 3"
    minutes = re.findall(r'<tr><td>05' + r'<td class="number">([\d.]+)' * 3, page)
    assert minutes == [(str(after.section), "10.0", "1")], "from the last answer on, of who made no pause"


def test_whose_hand_in_is_not_marked_is_named(three, capsys):
    from helpers.classroom.report import report

    (three / "autograded/eve/lesson05/results.json").unlink()
    report(three)
    assert "not marked: eve, lesson 05\n2 submissions by 2 students" in capsys.readouterr().out
    page = (three / "report/class.html").read_text("utf-8")
    assert "eve: handed in, and not marked" in page and "nothing from" not in page
    assert "could not be marked" in (three / "report/people/eve.html").read_text("utf-8")


@pytest.mark.parametrize(("said", "mistake"), [("No.", r"$\frac{"), ("half a letter: \ud83d", "odd")])
def test_what_a_check_has_said_stops_no_report_and_is_no_formula(three, said, mistake):
    from helpers.classroom.report import report

    results_of_eve(json.dumps([{"id": "exercise-5-1", "said": said, "slips": {"": mistake}}]))(three)
    report(three)
    assert mistake in (three / "report/class.html").read_text("utf-8")


def test_the_picture_of_a_class_has_a_bar_for_each_state_and_names_the_hardest_task():
    from helpers.classroom.pictures import tasks_done

    picture = tasks_done({"one": [4, 0, 2, 0], "two": [1, 2, 0, 3], "three": [1, 5, 0, 0]})
    (axes,) = picture.figure.axes
    assert picture.sentence == "The task with the fewest right answers is two: 1 of 6 submissions."
    assert [text.get_text() for text in axes.texts] == ["4", "1", "1", "", "2", "5", "2", "", "", "", "3", ""]
    assert axes.get_xlim() == (0, 6) and axes.yaxis_inverted()
    assert [bar.get_x() for bars in axes.containers for bar in bars] == [0, 0, 0, 4, 1, 1, 4, 3, 6, 6, 3, 6]
    none = tasks_done({"one": [0, 0, 0, 0]}).figure
    assert none.axes[0].get_xlim() == (0, 1) and none.get_figheight() < picture.figure.get_figheight()


@pytest.mark.parametrize(("minutes", "shown"), [(40, "40.0"), (41, None), (0, None), (0.1, "0.1")])
def test_a_pause_is_longer_than_forty_minutes(minutes, shown):
    from helpers.classroom.report import _known_questions, _minutes

    began, known = datetime(2026, 11, 1), _known_questions()
    (first, second), other = ([name for name in known if name[:2] == lesson][:2] for lesson in ("05", "07"))
    events = [{"question": name, "at": began + timedelta(minutes=minutes) * k}
              for k, name in ((0, first), (0, "none"), (1, second), (3, second), (4, other[0]))]
    found = _minutes([SimpleNamespace(events=lambda: events)])
    rows = [{"lesson": "05", "section": known[second].section, "minutes": shown, "readers": 1}]
    assert found == (rows if shown else [])


def test_a_report_counts_what_it_has_and_names_what_waits_and_was_mended(three, capsys, monkeypatch):
    from helpers.classroom.report import report

    plan = json.loads((three / "course.json").read_text())
    plan["lessons"]["05"]["written"] = [{"id": "written-1", "points": 3}]
    (three / "course.json").write_text(json.dumps(plan))
    asked = [SimpleNamespace(name=name, score=score, needs_manual_grade=waits, manual_score=None)
             for name, score, waits in (("exercise-5-1-check", 1.256, False), ("written-1", 0.0, True))]
    monkeypatch.setattr(Marks, "find_submission", lambda *_: SimpleNamespace(
        notebooks=[SimpleNamespace(grades=asked)]))
    (three / "people.json").write_text('[{"id": "ada", "name": "Ada B"}, {"id": "bo", "name": "Bo"}]')
    (three / "submitted/ada/lesson99").mkdir()
    (three / "taken.json").write_text(json.dumps([
        {"path": path, "person": "ada", "lesson": "05", "state": state, "said": [said]}
        for path, state, said in (
            ("a.ipynb", "taken", "1 cell added"), ("b.ipynb", "set aside", "too large"))]))
    report(three)
    assert capsys.readouterr().out == (
        f"3 submissions by 3 students: {three / 'report/class.html'}, marks.csv and people/ beside it; 0 not "
        "marked, 0 problems\n")
    page, ada, bo = ((three / "report" / name).read_text("utf-8")
                     for name in ("class.html", "people/ada.html", "people/bo.html"))
    assert "; answers in words left to mark by hand: 3" in page and "nothing from bo" in page
    assert "Median 1.26 of 5 points" in page
    assert "1.26 of 5 points, without the answers in words" in ada and "Ada B" in ada and "In words, 1" in ada
    assert "When it was taken in: 1 cell added." in ada and "b.ipynb: too large" in ada and "b.ipynb" in page
    assert "Nothing was handed in." in bo and "1.26" not in bo


def test_no_cell_of_a_table_begins_as_a_formula_does():
    from helpers.classroom.report import _number, _safe

    assert [_safe(cell) for cell in ("=1", "+1", "-1", "@x")] == ["'=1", "'+1", "'-1", "'@x"]
    assert [_safe(cell) for cell in ("a=1", "")] == ["a=1", ""]
    assert [_number(points) for points in (2.0, 1 / 3, 0.125, 10)] == ["2", "0.33", "0.12", "10"]
