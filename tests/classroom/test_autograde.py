"""One hand-in that can't be marked is told in a sentence; the others are marked."""

import json
import multiprocessing
import os
import signal
import time
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
    wait = autograde.wait
    monkeypatch.setattr(autograde, "wait", lambda running, timeout, **how: wait(running, timeout / 20, **how))
    (tmp_path / "course.json").write_text('{"lessons": {"05": {}}}')

    def of(*people: str, at_once: int = 2) -> tuple[list[str], list[str]]:
        for person in people:
            (tmp_path / "submitted" / person / "lesson05").mkdir(parents=True)
        with in_time(60):
            failed = autograde.mark(tmp_path, at_once=at_once)
        return failed, capsys.readouterr().out.splitlines()

    return of


@needs_pipes
def test_who_kills_or_stops_the_marker_is_blamed_and_nobody_else(marked):
    failed, said = marked("ada", "killer", "stopped", "zoe")
    assert sorted(failed) == ["killer, lesson05", "stopped, lesson05"]
    for person in ("killer", "stopped"):
        reason = f"{person}, lesson05: could not be marked ({autograde.SIGNAL})"
        assert any(line.startswith(reason) for line in said)
    assert {line.partition("   ")[0] for line in said} >= {"ada, lesson05: 2 of 4", "zoe, lesson05: 2 of 4"}
    assert said[-1].startswith("2 marked, 2 not: ")


@needs_pipes
def test_what_can_not_be_marked_is_told_in_one_sentence_with_its_reason(marked, tmp_path):
    failed, said = marked("ada", "cut", "log", "pipe", "zoe")
    assert sorted(failed) == ["cut, lesson05", "log, lesson05", "pipe, lesson05"] and len(said) == 6
    for person in ("cut", "log", "pipe"):
        line = next(line for line in said if line.startswith(f"{person}, lesson05: could not be marked ("))
        assert "Error" not in line
    assert (tmp_path / "logs/log lesson05.txt").read_text() == LOG
    assert said[-1].startswith("2 marked, 3 not: ")


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


@pytest.mark.parametrize("without", ["timestamp.txt", RESULTS, "lesson05.ipynb"])
def test_what_is_marked_is_not_marked_again_unless_it_was_cut_off_or_came_again(marked, tmp_path, without):
    submitted, done = (tmp_path / kind / "bo/lesson05" for kind in ("submitted", "autograded"))
    files = [done / "timestamp.txt", done / RESULTS, done / "lesson05.ipynb", submitted / "timestamp.txt"]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("now")
        os.utime(file, (9, 9))
    assert marked() == ([], ["Nothing to mark: all that was taken in is marked."])
    os.utime(done / "lesson05.ipynb", (8, 8))
    assert not autograde._marked(tmp_path, submitted), "the marks were not all kept"
    os.utime(done / "lesson05.ipynb", (10, 10))
    files[-1].write_text("later")
    assert not autograde._marked(tmp_path, submitted)
    files[-1].write_text("now")
    (done / without).unlink()
    _, said = marked()
    assert said[-1] == "1 marked"
