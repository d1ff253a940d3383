"""A class that is made up goes through make, take, nbgrader and report, and each hand-in is told apart."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest
from course import ROOT
from made_up_class import ROSTER, as_zip, hand_ins, results

from helpers.classroom.__main__ import main
from helpers.data import question

pytestmark = pytest.mark.classroom


def run(*arguments: str, cwd: Path) -> str:
    """What a command says; one that waits for ever is ended with all that it has started."""
    begun = subprocess.Popen([sys.executable, "-m", *arguments], text=True, cwd=cwd, start_new_session=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"})
    try:
        said, errors = begun.communicate(timeout=600)
    except subprocess.TimeoutExpired:
        os.killpg(begun.pid, signal.SIGKILL)
        raise
    assert begun.returncode == 0, said + errors
    return said


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The course as it is before anything was handed in, and what was said."""
    course = tmp_path_factory.mktemp("class") / "course"
    return course, run("helpers.classroom", "make", "05", "--into", str(course), cwd=course.parent)


@pytest.fixture(scope="module")
def course(made):
    """The course after everything: taken, marked, reported; and what each command said."""
    course, _ = made
    folder = course.parent
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    files = {path: data for path, data in hand_ins(course, "05").items() if not path.startswith("Ada")}
    files["Bo Half_102/my_course.jsonl"] = "\n".join(json.dumps(row) for row in (
        {"at": "2026-10-01T10:00:00", "question": "05.hundred-factors", "chose": "a", "right": False},
        {"at": "2026-10-01T10:06:00", "question": "05.sixty-matrix-steps", "chose": "b",
         "right": False})).encode()
    archive = as_zip(folder / "hand-ins.zip", files)
    took = run("helpers.classroom", "take", str(archive), "--into", str(course), "--roster",
               str(folder / "roster.csv"), cwd=folder)
    marked = run("helpers.classroom", "mark", str(course), cwd=folder)
    run("helpers.classroom", "report", str(course), cwd=folder)
    return course, took, marked


def test_what_is_given_out_has_no_solution_and_no_fold(made):
    course, said = made
    given = nbformat.reads((course / "release/lesson05/lesson05.ipynb").read_text("utf-8"), as_version=4)
    text = "\n".join(cell.source for cell in given.cells)
    assert "<details>" not in text and "np.quantile" not in text and "MARK SCHEME" not in text
    assert "Two points, for example" not in text and "check_clip_norm(my_clip_norm).points(2)" in text
    assert "starter" not in str([cell.metadata for cell in given.cells])
    assert "5 tasks plus 1 in words, 18 points" in said


@pytest.mark.parametrize(("person", "earned"), [
    ("s02", 4), ("s06", 10), ("s07", 16), ("s10", 14), ("s16", 12)])
def test_each_gets_what_its_answers_are_worth(course, person, earned):
    assert sum(row["points"] for row in results(course[0], person, "05").values()) == earned


@pytest.mark.parametrize(("person", "task", "mistake"), [
    ("s02", "exercise-5-3", "not-yet"),
    ("s06", "exercise-5-1", "borrowed"), ("s06", "exercise-5-4", "borrowed"),
    ("s10", "exercise-5-1", "too-long"),
    ("s16", "exercise-5-4", "borrowed")])
def test_what_went_wrong_is_named(course, person, task, mistake):
    row = results(course[0], person, "05")[task]
    assert set(row["slips"].values()) == {mistake}
    assert row["said"].startswith("… Not answered") == (mistake == "not-yet")


@pytest.mark.parametrize("said", [
    "5 answers found by name: the cell had lost its nbgrader id",
    "1 check deleted, put back",
    "lesson.pdf: set aside\n    not a notebook: its name ends in .pdf",
    "not a notebook, or a damaged one: open it and look",
    "lesson 05, nothing from: s01, s13",
])
def test_what_was_taken_in_is_said(course, said):
    assert said in course[1]


def test_nothing_is_dropped_and_what_came_is_kept(course):
    folder, took, _ = course
    assert len(list((folder / "set_aside").rglob("*.*"))) == 2
    kept = folder / "submitted" / "s07" / "lesson05" / "as_it_came.ipynb.txt"
    assert "first_try" in kept.read_text("utf-8") and "5 taken" in took


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_submission_is_not_told_where_the_class_is_and_nothing_that_it_shows_can_act(course):
    folder, _, marked = course
    done = folder / "autograded/s02/lesson05"
    stamps = [path / "timestamp.txt" for path in (done, folder / "submitted/s02/lesson05")]
    assert stamps[0].read_bytes() == stamps[1].read_bytes() and marked.endswith("\n5 marked\n")
    text = (done / "lesson05.ipynb").read_text("utf-8")
    cells = nbformat.reads(text, as_version=4).cells
    (said,) = (output.text for cell in cells if cell.source.startswith("\nimport os, sys")
               for output in cell.outputs if output.output_type == "stream")
    assert said.startswith("told: ") and " [] " in said and str(folder) not in said
    outputs = str([cell.get("outputs") for cell in cells])
    assert "alert(" not in outputs.replace("told", "") and "image/svg+xml" not in outputs
    (written,) = (cell.source for cell in cells if "alert(4)" in cell.source)
    assert "<script" not in written and "<img" not in written and "a &lt; b" in written


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere what has left its parent is not found")
def test_what_ran_into_a_limit_or_was_left_over_is_told(course):
    folder, _, marked = course
    told = "the output of a cell was cut short; processes that it left running were ended: 3"
    assert f"s16, lesson05: 12 of 16 ({told})" in marked
    assert "s10, lesson05: 14 of 16 (a cell was stopped at its time limit" in marked
    assert f"s16: {told}" in (folder / "report/class.html").read_text("utf-8")
    assert not any("time.sleep(777)" in " ".join(one.info["cmdline"] or ())
                   for one in psutil.process_iter(["cmdline"]))


def test_the_report_has_marks_a_page_for_each_and_what_to_teach_tomorrow(course):
    report = course[0] / "report"
    rows = {row["id"]: row for row in csv.DictReader((report / "marks.csv").open(encoding="utf-8-sig"))}
    assert len(rows) == 7 and rows["s07"]["05 total"] == "16" and rows["s13"]["05 total"] == ""
    assert rows["s02"]["name"] == "Bo Half" and rows["s07"]["left to mark by hand"] == "1"
    own = (report / "people" / "s06.html").read_text("utf-8")
    assert "networks.clip_norm" in own and "Flo Borrowed" in own and "Correct: " in own
    assert "not a notebook, or a damaged one" in (report / "people" / "s13.html").read_text("utf-8")
    page = (report / "class.html").read_text("utf-8")
    assert page.count("<img") == 1 and "nothing from s01, s13" in page
    assert "s06, Exercise 5.1: taken from" in page
    first, second = (question(one).number for one in ("05.hundred-factors", "05.sixty-matrix-steps"))
    assert "0 of 1" in page and f"The two most missed: {first} and {second}" in page and ">6.0<" in page


def test_a_second_time_nothing_is_marked_twice_and_one_that_comes_later_counts(course, tmp_path):
    folder, *_ = course
    assert "Nothing to mark" in run("helpers.classroom", "mark", str(folder), cwd=tmp_path)
    better = hand_ins(folder, "05", ("Ada",)).popitem()[1]
    better = as_zip(tmp_path / "again.zip", {"s01/lesson.ipynb": better})
    took = run("helpers.classroom", "take", str(better), "--into", str(folder), "--roster",
               str(folder.parent / "roster.csv"), cwd=tmp_path)
    assert "s01, lesson 05: taken" in took
    # The command of nbgrader itself does the same.
    run("nbgrader", "autograde", "lesson05", "--student", "s01", "--force", "--course-dir", str(folder),
        cwd=folder)
    assert sum(row["points"] for row in results(folder, "s01", "05").values()) == 16


@pytest.mark.parametrize(("arguments", "said"), [
    (["make", "77", "--into", "new"], "no lesson '77'"),
    (["take", "nowhere", "--into", "new"], "is not a course folder"),
    (["report", "new"], "is not a course folder"),
])
def test_what_cannot_be_done_is_said_in_one_line(tmp_path, arguments, said, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


@pytest.mark.slow
@pytest.mark.torch
def test_the_worked_solutions_of_every_lesson_earn_all_points(tmp_path):
    folder, numbers = tmp_path / "course", [f"{k:02}" for k in range(14)]
    run("helpers.classroom", "make", *numbers, "--into", str(folder), cwd=tmp_path)
    made = {number: hand_ins(folder, number, ("Ada",)).popitem()[1] for number in numbers}
    path = as_zip(tmp_path / "all.zip", {f"{number}/ada.ipynb": made[number] for number in numbers})
    run("helpers.classroom", "take", str(path), "--into", str(folder), cwd=tmp_path)
    run("helpers.classroom", "mark", str(folder), cwd=tmp_path)
    assert {(number, name): row["said"] for number in numbers
            for name, row in results(folder, "ada", number).items() if row["points"] < row["of"]} == {}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there Ctrl-C reaches the whole console, the tests too")
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_an_interrupted_run_says_one_line_leaves_nothing_behind_and_the_next_one_goes_on(
        course, tmp_path, how):
    folder, *_ = course
    people = ("s02", "s06", "s07")
    before = {person: results(folder, person, "05") for person in people}
    for person in people:
        shutil.rmtree(folder / "autograded" / person / "lesson05")
    begun = subprocess.Popen(
        [sys.executable, "-m", "helpers.classroom", "mark", str(folder), "--at-once", "1"], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert "s02" in begun.stdout.readline()
    started = psutil.Process(begun.pid).children(recursive=True)
    begun.send_signal(getattr(signal, how))
    _, said = begun.communicate(timeout=60)
    assert started and psutil.wait_procs(started, timeout=60)[1] == []
    if how == "SIGINT":
        assert begun.returncode == 130 and "to continue from here" in said and "Traceback" not in said
    assert "s02" not in run("helpers.classroom", "mark", str(folder), cwd=tmp_path), "it was marked before"
    assert {person: results(folder, person, "05") for person in people} == before
