"""One hand-in that can't be marked is told in a sentence; the others are marked."""

import json
import multiprocessing
import os
import signal
import time
from concurrent.futures import wait
from pathlib import Path

import pytest
from made_up_class import in_time

from helpers.classroom import autograde
from helpers.classroom.plan import RESULTS, put

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
LOG = """[INFO] Converting notebook lesson05.ipynb
[ERROR] There was an error processing assignment: eve/lesson05
[ERROR] Traceback (most recent call last):
      File "base.py", line 400, in convert_notebooks
        raise ValueError(
    ValueError: partial credit cannot be greater than maximum points for cell

[WARNING] Removing failed assignment: eve/lesson05
[ERROR] There was an error processing assignment 'lesson05' for student 'eve'
[ERROR] Please see the the above traceback for details on the specific errors on the above failures.
"""


def pretended(course: str, name: str, person: str) -> str:
    """In place of nbgrader: a killer, someone at work when it strikes, and what goes wrong by name."""
    done, began = Path(course) / "autograded" / person / name, Path(course) / "began"
    done.mkdir(parents=True, exist_ok=True)
    if person == "killer":
        while not began.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGKILL)
    if person == "ada" and (Path(course) / "submitted/killer").exists() and not began.exists():
        began.touch()
        time.sleep(1)
    if person == "stopped":
        os.kill(os.getpid(), signal.SIGSTOP)
    if person == "limits":          # then nothing that this process starts or does can write a file
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        return "OSError: gone"
    if person == "log":
        return LOG
    if person == "pipe":
        os.mkfifo(done / RESULTS)
    else:
        (done / RESULTS).write_text("{" if person == "cut" else json.dumps([{"points": 2.0, "of": 4}]))
    return ""


@pytest.fixture
def marked(tmp_path, monkeypatch, capsys):
    """What `mark` returns and says of hand-ins of these people."""
    monkeypatch.setattr(autograde, "_autograded", pretended)
    fork = multiprocessing.get_context("fork")          # starts at once
    monkeypatch.setattr(autograde, "get_context", lambda _: fork)
    monkeypatch.setattr(autograde, "get_all_start_methods", lambda: [])
    (tmp_path / "course.json").write_text('{"lessons": {"05": {}}}')

    def of(*people: str, at_once: int = 2) -> tuple[list[str], list[str]]:
        for person in people:
            (tmp_path / "submitted" / person / "lesson05").mkdir(parents=True)
        with in_time(60):
            failed = autograde.mark(tmp_path, at_once=at_once)
        return failed, capsys.readouterr().out.splitlines()

    return of


@needs_pipes
def test_who_kills_the_marker_is_blamed_and_nobody_else(marked):
    failed, said = marked("ada", "killer", "zoe")
    assert failed == ["killer, lesson05"]
    reason = f"killer, lesson05: could not be marked ({autograde.SIGNAL})"
    assert any(line.startswith(reason) for line in said)
    assert {line.partition("   ")[0] for line in said} >= {"ada, lesson05: 2 of 4", "zoe, lesson05: 2 of 4"}
    assert said[-1] == "2 marked, 1 not: killer, lesson05"


@needs_pipes
def test_who_stops_the_process_that_marks_holds_nobody_up(marked, monkeypatch):
    monkeypatch.setattr(autograde, "wait", lambda running, timeout, return_when: wait(
        running, 0.2, return_when))
    failed, said = marked("stopped", "zoe", at_once=1)
    assert failed == ["stopped, lesson05"] and autograde.SIGNAL in said[0]
    assert "zoe, lesson05: 2 of 4" in said[1]


def test_whose_marking_was_cut_off_comes_last_in_the_next_run(marked, tmp_path):
    (tmp_path / "autograded/ada/lesson05").mkdir(parents=True)
    _, said = marked("ada", "bo", "zoe", at_once=1)
    assert [line.partition(",")[0] for line in said[:3]] == ["bo", "zoe", "ada"]


@needs_pipes
def test_what_one_does_to_its_process_reaches_no_other(marked):
    failed, said = marked("limits", "zoe", at_once=1)
    assert failed == ["limits, lesson05"] and "(gone)" in said[0] and "zoe, lesson05: 2 of 4" in said[1]


@needs_pipes
def test_what_can_not_be_marked_is_told_in_one_sentence_with_its_reason(marked, tmp_path):
    failed, said = marked("ada", "cut", "log", "pipe", "zoe")
    assert sorted(failed) == ["cut, lesson05", "log, lesson05", "pipe, lesson05"] and len(said) == 6
    for person, why in (("log", "(partial credit cannot be greater"),
                        ("pipe", "it is a pipe or a device"), ("cut", "results.json cannot be read")):
        line = next(line for line in said if line.startswith(f"{person}, lesson05: could not be marked ("))
        assert why in line and "Error" not in line
    assert (tmp_path / "logs/log lesson05.txt").read_text() == LOG
    assert said[-1].startswith("2 marked, 3 not: ")


def test_so_many_at_once_are_at_least_one(tmp_path):
    (tmp_path / "course.json").write_text('{"lessons": {"05": {}}}')
    with pytest.raises(ValueError, match="--at-once is -3"):
        autograde.mark(tmp_path, at_once=-3)


@needs_pipes
@pytest.mark.parametrize("kind", ["a pipe", "a link", "a folder"])
def test_the_results_are_a_file_whatever_a_hand_in_has_put_in_their_place(tmp_path, kind):
    place, precious = tmp_path / RESULTS, tmp_path / "precious"
    precious.write_text("precious")
    {"a pipe": os.mkfifo, "a link": lambda path: path.symlink_to(precious),
     "a folder": lambda path: (path / "more").mkdir(parents=True)}[kind](place)
    with in_time():
        put(place, b"[]")
    assert place.read_bytes() == b"[]" and not place.is_symlink() and precious.read_text() == "precious"


@pytest.mark.classroom
def test_a_course_of_an_older_version_is_set_up_by_the_module_of_today(tmp_path):
    from helpers.classroom.nbgrader_config import nbgrader_of

    file = tmp_path / "nbgrader_config.py"
    file.write_text("c = get_config()\nfrom helpers.classroom.marking import configure\n\nconfigure(c)\n"
                    "c.Execute.timeout = 7\n")
    course = nbgrader_of(tmp_path)
    assert "from helpers.classroom.nbgrader_config import configure\n" in file.read_text()
    assert file.read_text().endswith("c.Execute.timeout = 7\n")
    assert course.config.Execute.timeout == 7 and course.coursedir.root == str(tmp_path)
    assert course.config.Autograde.autograde_preprocessors, "what this course needs is set"


@pytest.mark.classroom
def test_who_stops_the_command_is_told_to_run_it_again(monkeypatch, capsys, tmp_path):
    from helpers.classroom.__main__ import main

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(autograde, "mark", stopped)
    assert main(["mark", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "Stopped. Run the same command again to continue from here.\n"
