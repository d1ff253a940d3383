"""One hand-in that can't be marked is told in a sentence; the others are marked."""

import asyncio
import io
import json
import multiprocessing
import os
import runpy
import signal
import sys
import time
from concurrent.futures import Future, wait
from itertools import count
from pathlib import Path
from queue import Queue
from shutil import rmtree
from threading import current_thread
from types import SimpleNamespace
from unittest.mock import AsyncMock, Mock

import pytest
from made_up_class import in_time
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.classroom import autograde
from helpers.classroom.judge import Verdict
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
    assert course.config.CourseDirectory.db_url == f"sqlite:///{tmp_path / 'gradebook.db'}?timeout=60"


@pytest.mark.classroom
def test_who_stops_the_command_is_told_to_run_it_again(monkeypatch, capsys, tmp_path):
    from helpers.classroom.__main__ import main

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(autograde, "mark", stopped)
    assert main(["mark", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "Stopped. Run the same command again to continue from here.\n"


@pytest.mark.classroom
def test_each_command_hands_on_what_it_is_given_and_ends_with_a_code(monkeypatch, capsys):
    from helpers.classroom import __main__ as command
    from helpers.classroom import assignment, collect, report

    given, failed, course = [], [], Path("c")
    monkeypatch.setattr(assignment, "make", lambda *all: given.append(all))
    monkeypatch.setattr(collect, "take", lambda *all: given.append(all))
    monkeypatch.setattr(report, "report", lambda *all: given.append(all))
    monkeypatch.setattr(autograde, "mark", lambda *all: given.append(all) or failed)
    for line, handed_on in (
            ("make 02 05 --into c", (["02", "05"], course)), ("take a b.zip --into c", (
                [Path("a"), Path("b.zip")], course, None)), ("report c", (course,)),
            ("take a --into c --roster r.csv", ([Path("a")], course, Path("r.csv"))),
            ("mark c", (course, [], None)), ("mark c --lessons 02 --at-once 3", (course, ["02"], 3))):
        assert command.main(line.split()) == 0 and given[-1] == handed_on, line
    failed.append("eve, lesson05")
    assert command.main(["mark", "c"]) == 1
    for line in ("", "make 02", "take a", "make --into c", "mark c --at-once x"):
        with pytest.raises(SystemExit) as ended:
            command.main(line.split())
        assert ended.value.code == 2
    for error in (ValueError("no course"), RuntimeError("no course"), OSError("no course")):
        monkeypatch.setattr(report, "report", Mock(side_effect=error))
        capsys.readouterr()
        assert command.main(["report", "c"]) == 1 and capsys.readouterr().err == "no course\n"
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    assert command.main(["report", "c"]) == 1 and capsys.readouterr().err == f"{command.MISSING}\n"


@pytest.mark.classroom
def test_what_the_command_prints_comes_at_once_and_in_any_letters(monkeypatch, tmp_path):
    shown = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", shown)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setattr(sys, "argv", ["classroom", "mark", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(Path(autograde.__file__).with_name("__main__.py")), run_name="__main__")
    assert ended.value.code == 1 and "is not a course folder" in sys.stderr.getvalue()
    assert shown.line_buffering and shown.errors == "backslashreplace"


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


def test_each_is_told_with_how_many_are_done_and_how_long_it_took(here):
    failed, said, seen = here()
    assert failed == [] and said == [
        "ada, lesson05: 2 of 4   (1 of 4, 7 s)", "bo, lesson05: 2 of 4   (2 of 4, 14 s)",
        "zoe, lesson05: 2 of 4   (3 of 4, 21 s)", "ada, lesson07: 2 of 4   (4 of 4, 28 s)", "4 marked"]
    assert seen == [3, 3, 2, 1], "as many at once as there are processors"


def test_of_some_lessons_those_are_marked_and_an_unknown_one_is_named(here):
    _, said, seen = here(["07"], at_once=1)
    assert said == ["ada, lesson07: 2 of 4   (1 of 1, 7 s)", "1 marked"] and seen == [1]
    with pytest.raises(ValueError, match=r"has no lesson 03, 06; it has 05, 07\."):
        here(["06", "07", "03"])
    with pytest.raises(ValueError, match=r"--at-once is 0\. Give 1 or more"):
        here(at_once=0)


def test_where_nothing_was_taken_in_the_command_that_takes_is_named(tmp_path, here):
    rmtree(tmp_path / "submitted/ada/lesson07")
    rest = f"First run:  python -m helpers.classroom take FILES --into {tmp_path}"
    assert here(["07"])[:2] == ([], [f"Nothing to mark in lesson07: nothing was taken in. {rest}"])
    rmtree(tmp_path / "submitted")
    assert here()[:2] == ([], [f"Nothing to mark: nothing was taken in. {rest}"])


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


@pytest.mark.parametrize(("problem", "said"), [
    ("", "eve, lesson05: 2.5 of 6 (slow; it\x1b hung)"), ("KernelError: a\nnot.an.OSError: b\n", "(b)"),
    ("ValueError: " + "x" * 400, f"({'x' * 300})"), ("nothing", f"({autograde.SIGNAL})")])
def test_an_outcome_in_a_sentence(tmp_path, problem, said):
    rows = [{"id": name, "points": points, "of": of, "said": said} for name, points, of, said in (
        ("a", 2.0, 4, "x"), ("b", 0.5, 2, "x"), ("", 0, 0, "slow"), ("", 0, 0, "it\x1b hung"))]
    put(tmp_path / "autograded/eve/lesson05" / RESULTS, json.dumps(rows).encode())
    told, marked = autograde._outcome(tmp_path, ("lesson05", "eve"), problem)
    assert said.replace("\x1b", "_") in told and marked is (not problem)
    assert told.endswith(f"see {tmp_path / 'logs/eve lesson05.txt'}") is bool(problem)


@pytest.mark.classroom
@pytest.mark.parametrize(("done", "said"), [
    ({"success": True, "log": "x"}, ""), ({"success": False, "log": "why", "error": "e"}, "why"),
    ({"success": False, "log": "", "error": "e"}, "e")])
def test_nbgrader_marks_one_and_what_it_prints_is_for_nobody(monkeypatch, done, said):
    from helpers.classroom import nbgrader_config

    asked, quiet = Mock(return_value=done), []
    monkeypatch.setattr(nbgrader_config, "nbgrader_of", lambda course: SimpleNamespace(autograde=asked))
    monkeypatch.setattr(autograde.os, "dup2", lambda file, stream: quiet.append(stream))
    assert autograde._autograded("c", "lesson05", "ada") == said and quiet == [1, 2]
    asked.assert_called_once_with("lesson05", "ada", force=True, create=True)


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


class Checks:
    """In place of the judge: what each check says of an answer once this has come to its end."""

    says = None

    def __init__(self, lesson, seconds, old):
        self.asked = [(lesson, seconds, old)]

    def not_answered(self, check):
        return Verdict("… Not answered", {check: "not-yet"})

    def too_long(self, check, said="Out of time."):
        return Verdict(said, {check: "too-long"})

    def ask(self, check, code, answer):
        self.asked.append((check, code))
        answer("place", "key")
        return self.says or Verdict("✓ Right", {check: None}, 0.5)


def cell(name: str, source: str, **role):
    known = {"grade": False, "solution": False, "locked": True, **role, "grade_id": name, "schema_version": 3}
    return new_code_cell(source, metadata={"nbgrader": known})


def task(number: int, answer: str) -> list:
    """The cells of a task: its answer, its check, what lets the lesson go on."""
    f = f"f{number}"
    return [cell(f"task-{number}", answer, solution=True, locked=False),
            cell(f"task-{number}-check", f"check_{number}({f}, seed=1).points(4)", grade=True, points=4),
            cell(f"task-{number}-after", f"{f} = after({f})")]


@pytest.fixture
def submission(tmp_path, monkeypatch):
    """A marker with nothing but time in place of its kernel. What a cell does, a comment in it says."""
    from helpers.classroom import nbgrader_config as kit

    clock = SimpleNamespace(now=1000.0, used=0.0, ran=[], gave=[], kernels=0, answers=True, killed=[], left=0)
    packages = iter([{("numpy", 1)}, {("numpy", 1), ("zz.pth", 2)}])
    tasks = [{"id": f"task-{k}", "names": [f"f{k}"], "points": 4, "starter": f"f{k} = ...", "may use": []}
             for k in (1, 2)]
    (tmp_path / "course.json").write_text(json.dumps({"lessons": {"05": {"tasks": tasks}}}))
    monkeypatch.chdir(tmp_path)

    def execute(self, cell, index, store_history):
        clock.ran.append("answer" if "answering" in cell.source else cell.source.partition("  #")[0])
        clock.gave.append((self.allowed, self.timeout))
        does, _, value = cell.source.partition("  # ")[2].partition(" ")
        clock.used += float(value) if does == "takes" else 0
        clock.now += float(value) if does == "waits" else 0
        if does == "dies":
            raise DeadKernelError
        if does == "hangs":
            self.over, clock.answers = clock.now, value != "for ever"
        if does in ("raises", "hangs"):
            name = kit.STOPPED if does == "hangs" else "ValueError"
            cell.outputs = [new_output("error", ename=name, evalue="no", traceback=[])]

    def through(self, notebook, resources, km):
        self.nb, self.km, self.kc = notebook, SimpleNamespace(provisioner=SimpleNamespace(pid=7)), clock
        for index, one in enumerate(notebook.cells):
            self.preprocess_cell(one, resources, index)
        return notebook, resources

    async def info(reply, timeout):
        return clock.answers

    def anew(self):
        clock.used, clock.answers, clock.kernels = 0.0, True, clock.kernels + 1

    clock.kernel_info = info
    for name, does in {"preprocess": through, "execute_cell": execute, "create_kernel_manager": anew,
                       "start_new_kernel_client": lambda self: None,
                       "start_new_kernel": lambda self, env, **_: clock.killed.append(env)}.items():
        monkeypatch.setattr(kit.steps.Execute, name, does)
    for name, does in {"Judge": Checks, "time": SimpleNamespace(monotonic=lambda: clock.now),
                       "spent": lambda pid: clock.used, "installed": lambda: next(packages, set()),
                       "children": set, "adopt": lambda: None, "end_all": lambda but: clock.left}.items():
        monkeypatch.setattr(kit, name, does)
    marker = kit.Marking(timeout=20)

    def of(*cells):
        resources = {"nbgrader": {"assignment": "lesson05"}, "metadata": {"path": str(tmp_path / "done")}}
        marker.preprocess(new_notebook(cells=[one for some in cells for one in (
            some if isinstance(some, list) else [some])]), resources)
        assert (marker.timeout, resources["metadata"]["path"]) == (20, str(tmp_path / "done"))
        rows = json.loads((tmp_path / "done" / RESULTS).read_text())
        return {row["id"]: row for row in rows}

    return of, clock, marker


@pytest.mark.classroom
def test_each_answer_is_asked_with_what_was_run_before_it_and_earns_its_share(submission):
    of, clock, marker = submission
    rows = of(cell("imports", "import math"), cell("open", "f0 = 0", locked=False), task(1, "f1 = 1"),
              new_markdown_cell("words"), task(2, "f2 = ..."))
    assert (marker.seconds, marker.check_seconds, marker.patience, marker.printed) == (60, 10, 5, 500_000)
    assert marker.judge.asked == [("05", 50, False), ("check_1", ["import math", "f0 = 0", "f1 = 1"])]
    assert clock.ran[:2] == ["import math", "f0 = 0"] and "MARKED.update(['f1'])" in clock.ran[4]
    assert clock.ran[3] == "answer" and clock.ran[5] == "f1 = after(f1)"
    assert rows["task-1"] == {
        "id": "task-1", "points": 2, "of": 4, "said": "✓ Right", "slips": {"check_1": None}}
    assert (rows["task-2"]["points"], rows["task-2"]["slips"]) == (0, {"check_2": "not-yet"})
    shown, earned = marker.nb.cells[3].outputs
    assert earned.data["text/plain"] == "2.0" and shown.data["text/plain"] == "✓ Right"


@pytest.mark.classroom
@pytest.mark.parametrize(("does", "runs"), [
    ("takes 60", True), ("takes 60.5", False), ("waits 300", True), ("waits 301", False)])
def test_what_comes_after_the_time_of_a_submission_is_not_run_and_that_is_told(submission, does, runs):
    of, clock, marker = submission
    rows = of(cell("own", f"x = 1  # {does}", locked=False), task(1, "f1 = 1"))
    assert ("f1 = 1" in clock.ran) == runs and rows["task-1"]["points"] == 2 * runs
    if not runs:
        assert marker.nb.cells[1].outputs[0].evalue == (
            "The cell was not run, because all of the 60 seconds of this submission were used.")
        assert rows["task-1"]["said"].startswith("✗ Out of time.")
        assert rows[""]["said"].startswith("its 60 seconds were over, and the rest was not run")


@pytest.mark.classroom
def test_a_cell_has_so_many_seconds_and_never_more_than_are_left(submission):
    of, clock, _ = submission
    of(*(new_code_cell(f"{k}  # takes {k}") for k in (15, 30)), task(1, "f1 = 1  # takes 3"),
       new_code_cell("x  # dies"))
    given = list(zip(clock.ran, clock.gave, strict=True))
    assert given[:4] == [("15", (20, 100)), ("30", (35, 100)), ("f1 = 1", (60, 100)), ("answer", (58, 50))]
    assert given[6:] == [("x", (60, 100)), ("15", (12, 100))], "a new kernel has what is left of the sixty"


@pytest.mark.classroom
@pytest.mark.parametrize(("does", "kernels"), [("dies", 1), ("hangs", 0), ("hangs for ever", 1)])
def test_after_a_cell_that_ends_its_kernel_the_earlier_ones_are_run_again(submission, does, kernels):
    of, clock, marker = submission
    rows = of(new_code_cell("a = 1"), task(1, f"f1 = 1  # {does}"), task(2, "f2 = 1"),
              new_code_cell("exit()  # dies"))
    assert clock.kernels == 1 + kernels and rows["task-1"]["slips"] == {"check_1": "too-long"}
    assert rows["task-2"]["points"] == 2, "which is not held against the next one"
    assert clock.ran.count("a = 1") == 2 + kernels and clock.ran.count("f1 = 1") == 2 - kernels
    said = [output.evalue for output in marker.nb.cells[1].outputs]
    left_out = "The cell ended its kernel, or could not be stopped, and was left out."
    assert said == [left_out if kernels else "no"]
    told = "a cell was stopped at its time limit"
    assert (told in rows[""]["said"]) == (does != "dies")
    assert "a cell ended its kernel, or could not be stopped" in rows[""]["said"]
    for env in clock.killed:
        assert env["OPENBLAS_NUM_THREADS"] == env["PYTHONNOUSERSITE"] == "1" and env["PYTHONSTARTUP"] == ""


@pytest.mark.classroom
def test_where_a_lesson_can_not_go_on_after_an_answer_it_goes_on_with_its_beginning(submission):
    of, clock, _ = submission
    cells = task(1, "f1 = 1")
    cells[2].source += "  # raises"
    of(cells, new_code_cell("exit()  # dies"))
    again = ["f1 = ...", "f1 = after(f1)"]
    assert clock.ran[3:6] == ["f1 = after(f1)", *again]
    assert clock.ran[6:] == ["exit()", "f1 = 1", clock.ran[2], *again], "also in a new kernel"


USES = "\nfrom helpers.networks import clip_norm\nf1 = clip_norm"
LATE = "✗ NameError: name 'late' is not defined"


@pytest.mark.classroom
@pytest.mark.parametrize(("verdict", "does", "said", "slips"), [
    (Verdict("The answer stops with E: x", {"a": "stops"}), "# raises",
     "✗ The answer stops with E: x (An earlier cell had stopped: ValueError: no)", {"a": "stops"}),
    (Verdict("Wrong.", {"a": "odd"}), "# raises", "✗ Wrong.", {"a": "odd"}),
    (Verdict("The check crashed."), "", "! The check crashed.", {}),
    (Verdict("✓ Right", {"a": None}, 1.0), USES,
     "✗ The answer takes networks.clip_norm from the course, but the task is to write this code yourself. "
     "Your marker may judge it differently.", {"a": "borrowed"}),
    (Verdict("… Open", {"a": "not-yet", "b": "waits"}), USES, "… Open", {"a": "not-yet", "b": "waits"}),
    (Verdict(LATE, {"a": "stops"}), "", f"{LATE}\nlate is defined in a cell further down. Cells run from top "
     "to bottom, so move that cell up.", {"a": "stops"}),
    (Verdict(LATE.replace("late", "x"), {"a": "stops"}), "", LATE.replace("late", "x"), {"a": "stops"})])
def test_what_is_added_to_what_a_check_says(submission, monkeypatch, verdict, does, said, slips):
    monkeypatch.setattr(Checks, "says", verdict)
    late = new_code_cell("def late(): pass")
    row = submission[0](new_code_cell("x = 2"), task(1, f"f1 = 1  {does}"), late)["task-1"]
    assert (row["said"], row["slips"]) == (said, slips)


@pytest.mark.classroom
def test_what_a_submission_left_behind_is_told_the_teacher(submission):
    of, clock, _ = submission
    clock.left = 3
    note = of(task(1, "f1 = 1"))[""]
    assert note.pop("said") == (
        "processes that it left running were ended: 3; installed while the submission ran: zz.pth. If you "
        "did not do that, delete it, and mark again what was marked since")
    assert note == {"id": "", "points": 0, "of": 0, "slips": {}}


@pytest.mark.classroom
def test_a_cell_that_has_had_its_time_is_interrupted_and_after_three_seconds_killed(submission, monkeypatch):
    _, clock, marker = submission
    said, alive = [], AsyncMock()
    monkeypatch.setattr(type(marker).__mro__[1], "_async_check_alive", alive)
    marker.km = SimpleNamespace(
        interrupt_kernel=lambda: said.append("interrupt"),
        provisioner=SimpleNamespace(pid=7, kill=lambda: said.append("kill")))
    marker.allowed, marker.over = 20.0, None
    for clock.used, clock.now, told in ((20, 0, []), (21, 1, ["interrupt"]), (25, 4, ["interrupt"]),
                                        (25, 4.5, ["interrupt", "kill"])):
        asyncio.run(marker._async_check_alive())
        assert said == told
    assert alive.await_count == 4
