"""A class that is made up goes through make, take, nbgrader and report, and each hand-in is told apart.

Those that mean harm reach neither the terminal, nor the marks of others, nor the reader of a page.
"""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import matplotlib
import nbformat
import psutil
import pytest
from course import ROOT
from made_up_class import ROSTER, as_zip, hand_ins, results

from helpers.classroom.__main__ import main
from helpers.data import question

pytestmark = pytest.mark.classroom
# What hangs is waited for, so these tests give it less time than a course does.
IN_A_HURRY = "c.Execute.timeout = 4\n"


def begin(*arguments: str, cwd: Path) -> subprocess.Popen:
    """A command as its user has it, at a home of its own; ended with all that it has started."""
    home = cwd / "home"
    home.mkdir(exist_ok=True)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "2", "HOME": str(home),
           "PYTHONUSERBASE": str(home), "IPYTHONDIR": str(home / ".ipython"),
           "MPLCONFIGDIR": matplotlib.get_cachedir()}
    return subprocess.Popen([sys.executable, "-m", *arguments], text=True, cwd=cwd, start_new_session=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)


def run(*arguments: str, cwd: Path) -> str:
    """What a command says; one that waits for ever is ended."""
    begun = begin(*arguments, cwd=cwd)
    try:
        said, errors = begun.communicate(timeout=600)
    except subprocess.TimeoutExpired:
        os.killpg(begun.pid, signal.SIGKILL)
        raise
    assert begun.returncode == 0, said + errors
    return said


def here(*arguments: object) -> str:
    """What a command says that starts nothing, so it need not wait for a process of its own."""
    with redirect_stdout(StringIO()) as said:
        assert main([*map(str, arguments)]) == 0
    return said.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The course as it is before anything was handed in, and what was said."""
    course = tmp_path_factory.mktemp("class") / "course"
    said = here("make", "05", "--into", course)
    with (course / "nbgrader_config.py").open("a") as settings:
        settings.write(IN_A_HURRY)
    return course, said


@pytest.fixture(scope="module")
def course(made):
    """The course after everything: taken, marked, reported; and what each command said.

    Half a minute, in which nbgrader marks eight hand-ins in kernels, as it does for a class: all that
    a hand-in can do to a marker, it does there.
    """
    course, _ = made
    folder = course.parent
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    files = {path: data for path, data in hand_ins(course, "05").items() if not path.startswith("Ada")}
    files["Bo Half_102/my_course.jsonl"] = "\n".join(json.dumps(row) for row in (
        {"at": "2026-10-01T10:00:00", "question": "05.hundred-factors", "chose": "a", "right": False},
        {"at": "2026-10-01T10:06:00", "question": "05.sixty-matrix-steps", "chose": "b",
         "right": False})).encode()
    archive = as_zip(folder / "hand-ins.zip", files)
    took = here("take", archive, "--into", course, "--roster", folder / "roster.csv")
    marked = run("helpers.classroom", "mark", str(course), "--at-once", "2", cwd=folder)
    here("report", course)
    return course, took, marked


@pytest.fixture(scope="module")
def pages(course):
    """What those who mean harm, and the last one, get to read."""
    run("nbgrader", "generate_feedback", "lesson05", "--student", "*-*", "--course-dir", str(course[0]),
        cwd=course[0].parent)
    return {person: (course[0] / f"feedback/{person}/lesson05/lesson05.html").read_text("utf-8")
            for person in ("a-terminal", "g-acts", "z-honest")}


def test_what_is_given_out_has_no_solution_and_no_fold(made):
    course, said = made
    given = nbformat.reads((course / "release/lesson05/lesson05.ipynb").read_text("utf-8"), as_version=4)
    text = "\n".join(cell.source for cell in given.cells)
    assert "<details>" not in text and "np.quantile" not in text and "MARK SCHEME" not in text
    assert "Two points, for example" not in text and "check_clip_norm(my_clip_norm).points(2)" in text
    assert "starter" not in str([cell.metadata for cell in given.cells])
    assert "5 tasks plus 1 in words, 18 points" in said


@pytest.mark.parametrize(("person", "earned"), [
    ("s02", 4), ("s06", 10), ("s07", 16), ("s10", 14), ("s16", 12),
    ("a-terminal", 2), ("g-acts", 2), ("z-honest", 2)])
def test_each_gets_what_its_answers_are_worth(course, person, earned):
    assert sum(row["points"] for row in results(course[0], person, "05").values()) == earned


@pytest.mark.parametrize(("person", "task", "mistake"), [
    ("s02", "exercise-5-3", "not-yet"),
    ("s06", "exercise-5-1", "borrowed"), ("s06", "exercise-5-4", "borrowed"),
    ("s10", "exercise-5-1", "too-long"),
    ("s16", "exercise-5-4", "borrowed")])
def test_what_went_wrong_is_named(course, person, task, mistake):
    assert {*results(course[0], person, "05")[task]["slips"].values()} == {mistake}


def test_nothing_is_dropped_and_what_came_is_kept(course):
    folder, took, _ = course
    assert len(list((folder / "set_aside").rglob("*.*"))) == 2 and "8 taken" in took
    assert "lesson 05, nothing from: s01, s13" in took
    kept = folder / "submitted" / "s07" / "lesson05" / "as_it_came.ipynb.txt"
    assert "first_try" in kept.read_text("utf-8")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_submission_is_not_told_where_the_class_is_and_nothing_that_it_shows_can_act(course):
    folder, _, marked = course
    done = folder / "autograded/s02/lesson05"
    stamps = [path / "timestamp.txt" for path in (done, folder / "submitted/s02/lesson05")]
    assert stamps[0].read_bytes() == stamps[1].read_bytes() and marked.endswith("\n8 marked\n")
    cells = nbformat.reads((done / "lesson05.ipynb").read_text("utf-8"), as_version=4).cells
    said = shown(folder, "s02", "told: ")
    assert " [] " in said and str(folder) not in said
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
    assert len(rows) == 10 and rows["s07"]["05 total"] == "16" and rows["s13"]["05 total"] == ""
    assert rows["s02"]["name"] == "Bo Half" and rows["s07"]["left to mark by hand"] == "1"
    own = (report / "people" / "s06.html").read_text("utf-8")
    assert "networks.clip_norm" in own and "Flo Borrowed" in own and "Correct: " in own
    assert "not a notebook, or a damaged one" in (report / "people" / "s13.html").read_text("utf-8")
    page = (report / "class.html").read_text("utf-8")
    assert page.count("<img") == 1 and "nothing from s01, s13" in page
    assert "s06, Exercise 5.1: taken from" in page
    first, second = (question(one).number for one in ("05.hundred-factors", "05.sixty-matrix-steps"))
    assert "0 of 1" in page and f"The two most missed: {first} and {second}" in page and ">6.0<" in page


# --- those that mean harm ---

def shown(course: Path, person: str, start: str) -> str:
    text = (course / f"autograded/{person}/lesson05/lesson05.ipynb").read_text("utf-8")
    return next(output.text for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "code"
                for output in cell.outputs if output.get("text", "").startswith(start))


def test_nothing_of_a_submission_reaches_the_terminal(course):
    said = course[2].splitlines()
    assert len(said) == 9 and not [line for line in said if "forged" in line or "\x1b" in line]


def test_what_one_leaves_at_home_no_other_finds(course):
    told = shown(course[0], "z-honest", "caught:")
    assert told.splitlines()[0] == "caught: None shared: [] not their packages: 1 threads: 1"
    assert "['fontlist-" in told


class Acting(HTMLParser):
    """What could act in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found, self.scripts, self.pictures = [], 0, 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        self.pictures += tag == "img"
        for name, value in attrs:
            address = (value or "").strip().lower()
            acts = re.match(r"javascript:|vbscript:|data:(?!image/png;base64,)", address)
            if name.startswith("on") or (name in ("href", "src") and acts):
                self.found.append((tag, name, value))


def test_nothing_that_is_shown_or_written_acts_in_the_feedback(pages):
    acting = [Acting(page) for page in pages.values()]
    assert [one.found for one in acting] == [[], [], []]
    assert len({one.scripts for one in acting}) == 1
    page = pages["g-acts"]
    assert acting[1].pictures == 1 and "\\href{javascript:alert(5)" not in page
    boxes = re.findall(r'class="course-check".*?</div>', page, re.DOTALL)
    assert len(boxes) == 5 and "javascript:alert(1)" in str(boxes) and "\\href" not in str(boxes)
    assert 'href="https://example.org/x"' in page and 'href="mailto:a@' in page
    assert "The cell was not run, because " in page


# --- a second time ---

def test_a_second_time_nothing_is_marked_twice_and_one_that_comes_later_counts(course, tmp_path):
    """Six seconds: it is marked by the command of nbgrader itself, which does the same as the course's."""
    folder, *_ = course
    assert "Nothing to mark" in here("mark", folder)
    better = hand_ins(folder, "05", ("Ada",)).popitem()[1]
    better = as_zip(tmp_path / "again.zip", {"s01/lesson.ipynb": better})
    took = here("take", better, "--into", folder, "--roster", folder.parent / "roster.csv")
    assert "s01, lesson 05: taken" in took
    run("nbgrader", "autograde", "lesson05", "--student", "s01", "--force", "--course-dir", str(folder),
        cwd=folder.parent)
    assert sum(row["points"] for row in results(folder, "s01", "05").values()) == 16


@pytest.mark.slow
@pytest.mark.torch
def test_the_worked_solutions_of_every_lesson_earn_all_points(tmp_path):
    """Minutes: otherwise what the course itself answers could lose points by the limits of the marker."""
    folder, numbers = tmp_path / "course", [f"{k:02}" for k in range(14)]
    here("make", *numbers, "--into", folder)
    made = {number: hand_ins(folder, number, ("Ada",)).popitem()[1] for number in numbers}
    path = as_zip(tmp_path / "all.zip", {f"{number}/ada.ipynb": made[number] for number in numbers})
    here("take", path, "--into", folder)
    run("helpers.classroom", "mark", str(folder), cwd=tmp_path)
    assert {(number, name): row["said"] for number in numbers
            for name, row in results(folder, "ada", number).items() if row["points"] < row["of"]} == {}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there Ctrl-C reaches the whole console, the tests too")
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_an_interrupted_run_says_one_line_leaves_nothing_behind_and_the_next_one_goes_on(
        course, tmp_path, how):
    """Half a minute: three are marked, one before the command is ended and two after."""
    folder, *_ = course
    people = ("s02", "s06", "s07")
    before = {person: results(folder, person, "05") for person in people}
    for person in people:
        shutil.rmtree(folder / "autograded" / person / "lesson05")
    begun = begin("helpers.classroom", "mark", str(folder), "--at-once", "1", cwd=tmp_path)
    assert "s02" in begun.stdout.readline()
    started = psutil.Process(begun.pid).children(recursive=True)
    begun.send_signal(getattr(signal, how))
    _, said = begun.communicate(timeout=60)
    assert started and psutil.wait_procs(started, timeout=60)[1] == []
    if how == "SIGINT":
        assert begun.returncode == 130 and "to continue from here" in said and "Traceback" not in said
    assert "s02" not in run("helpers.classroom", "mark", str(folder), cwd=tmp_path), "it was marked before"
    assert {person: results(folder, person, "05") for person in people} == before
