"""One hand-in that can't be marked is told in a sentence; the others are marked."""

import json
import multiprocessing
import os
import signal
import time
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from queue import Queue
from threading import current_thread
from types import SimpleNamespace
from unittest.mock import Mock

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
def test_what_can_not_be_marked_is_told_in_one_sentence_with_its_reason(marked, tmp_path):
    failed, said = marked("ada", "cut", "log", "pipe", "zoe")
    assert sorted(failed) == ["cut, lesson05", "log, lesson05", "pipe, lesson05"] and len(said) == 6
    for person, why in (("log", "(partial credit cannot be greater"),
                        ("pipe", "it is a pipe or a device"), ("cut", "results.json cannot be read")):
        line = next(line for line in said if line.startswith(f"{person}, lesson05: could not be marked ("))
        assert why in line and "Error" not in line
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


@pytest.mark.classroom
def test_who_stops_the_command_is_told_to_run_it_again(monkeypatch, capsys, tmp_path):
    from helpers.classroom.__main__ import main

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(autograde, "mark", stopped)
    assert main(["mark", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "Stopped. Run the same command again to continue from here.\n"


class Here:
    """In place of a pool: it marks in this process, as soon as it is asked to."""

    def __init__(self, most, **_):
        assert most == 1

    def submit(self, function, *given):
        (done := Future()).set_result(function(*given))
        return done

    def shutdown(self, wait):
        assert not wait


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """What `mark` says of hand-ins by lesson and person, marked in this process, at 7 seconds each."""
    plan = {"lessons": {"05": {}, "07": {}}}
    (tmp_path / "course.json").write_text(json.dumps(plan))
    seen, clock = [], count(3, 7)
    monkeypatch.setattr(autograde, "_autograded", pretended)
    monkeypatch.setattr(autograde, "ProcessPoolExecutor", Here)
    monkeypatch.setattr(autograde, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr(autograde, "processors", lambda: 3)
    monkeypatch.setattr(autograde, "wait", lambda running, timeout, return_when: (
        seen.append(len(running)), (dict(list(running.items())[:1]), None))[1])
    monkeypatch.setattr(autograde, "how_far", lambda done, seconds: f"{done[0]} of {done[1]}, {seconds} s")
    for one in ("05/ada", "05/bo", "07/ada", "05/zoe"):
        lesson, person = one.split("/")
        (tmp_path / "submitted" / person / f"lesson{lesson}").mkdir(parents=True)

    def of(*given, **named):
        failed = autograde.mark(tmp_path, *given, **named)
        return failed, capsys.readouterr().out.splitlines(), seen

    return of


def test_what_is_marked_is_not_marked_again_unless_it_was_cut_off(tmp_path, here, monkeypatch):
    submitted, done = (tmp_path / kind / "ada/lesson07" for kind in ("submitted", "autograded"))
    done.mkdir(parents=True)
    files = [done / "timestamp.txt", done / RESULTS, done / "lesson07.ipynb", submitted / "timestamp.txt"]
    for file in files:
        file.write_text("now")
        os.utime(file, (9, 9))
    assert here(["07"])[:2] == ([], ["Nothing to mark in lesson07: all that was taken in is marked."])
    for file in files:
        file.unlink()
        assert not autograde._marked(tmp_path, submitted)
        file.write_text("now")
        os.utime(file, (9, 9))
    assert autograde._marked(tmp_path, submitted)
    os.utime(done / "lesson07.ipynb", (8, 8))
    assert not autograde._marked(tmp_path, submitted), "the marks were not all kept"
    os.utime(done / "lesson07.ipynb", (10, 10))
    monkeypatch.setattr(Path, "read_bytes", Mock(side_effect=PermissionError))
    assert not autograde._marked(tmp_path, submitted)
    monkeypatch.undo()
    files[0].write_text("earlier")
    assert not autograde._marked(tmp_path, submitted)


def test_who_stops_is_killed_and_with_the_command_all_end(monkeypatch):
    class Process:
        killed = ()

        def __init__(self, name="", status="running"):
            self.name, self.status = name, lambda: status

        def children(self, recursive=False):
            return [Process("works"), Process("gone"), *[Process("stopped", "stopped")] * recursive]

        def kill(self):
            Process.killed += (self.name,)

    monkeypatch.setattr(autograde.psutil, "Process", Process)
    autograde._end_stopped()
    assert Process.killed == ("stopped",)
    ended = Queue()
    monkeypatch.setattr(autograde, "parent_process", lambda: SimpleNamespace(
        join=lambda: ended.put(current_thread().daemon)))
    monkeypatch.setattr(autograde, "end_all", lambda but: ended.put(but))
    monkeypatch.setattr(autograde.os, "_exit", ended.put)
    autograde._end_with_the_command()
    assert [ended.get(timeout=5) for _ in range(3)] == [True, set(), 1]
