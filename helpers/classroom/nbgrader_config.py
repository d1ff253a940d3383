"""What nbgrader is given of the course: how a copy is made for students, and how a submission is run.

A submission runs in a kernel of its own, under limits and in a folder of its own. A check runs elsewhere
(`judge`) and asks that kernel over a pipe.
"""

import ast
import json
import math
import os
import re
import shutil
import sys
import sysconfig
import tempfile
import time
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from subprocess import DEVNULL
from urllib.parse import unquote

import matplotlib
import nbgrader.preprocessors as steps
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, run_sync
from nbclient.exceptions import DeadKernelError
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat.v4 import new_code_cell, new_output
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors.execute import UnresponsiveKernelError
from nbgrader.utils import is_grade, is_locked, is_solution
from PIL import Image
from traitlets import Dict, Float, Integer
from traitlets.config import Config, PyFileConfigLoader

from helpers.checks.boxes import result_html
from helpers.checks.names import called
from helpers.checks.results import OPEN
from helpers.classroom.judge import GIGABYTES, STOPS, Judge, Verdict
from helpers.classroom.limits import adopt, children, end_all, spent, unreadable
from helpers.classroom.plagiarism import borrowed, not_allowed
from helpers.classroom.plan import RESULTS, put, read_plan, squeezed
from helpers.classroom.tasks import defined

ANSWER = """__import__("helpers.classroom.answering", fromlist=["answering"]).answer(
    {address!r}, {key!r}, lambda: (lambda *given, **named: (given, named))({arguments}))"""
MARKED = '__import__("helpers.classroom.closed_book", fromlist=["MARKED"]).MARKED.update({names})'
PICTURES = "image/png", "image/jpeg"
ATTACHED = re.compile(r"!\[([^\]\n]*)\]\(<?attachment:((?:[^()>\n]|\([^()\n]*\))*)>?\)")
# Commands of TeX that MathJax makes a link or markup of.
ACTS = re.compile(r"\\(?=(?:href|csname|require|class|cssId|style)(?![A-Za-z]))")
STOPPED = "Stopped by the marker"       # in place of the name of an error, where the marker says why
# Where a kernel looks for what is its user's; in its own folder there is nothing.
HOME = ("HOME", "USERPROFILE", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR",
        "MPLCONFIGDIR", "PYTHONUSERBASE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
CLOSE = ("--IPKernelApp.exec_lines=__import__('helpers.classroom.closed_book', fromlist=['close']).close()")


def configure(c: Config) -> None:
    """Set up nbgrader for a course; called by its ``nbgrader_config.py``."""
    c.CourseDirectory.course_id = "rnn"
    for step in ("ClearMarkScheme", "ClearHiddenTests", "ClearSolutions"):
        c[step].enforce_metadata = False
    c.GenerateAssignment.preprocessors = [
        steps.LockCells, Starter, steps.ClearOutput, steps.CheckCellMetadata, steps.ComputeChecksums,
        steps.SaveCells, steps.ClearMarkScheme, steps.ComputeChecksums, steps.CheckCellMetadata]
    c.Autograde.autograde_preprocessors = [
        Own, Marking, steps.IgnorePattern, steps.LimitOutput, steps.SaveAutoGrades, steps.AssignLatePenalties,
        steps.CheckCellMetadata]
    c.OverwriteCells.add_missing_cells = True
    c.Execute.timeout = 20
    c.Execute.raise_on_iopub_timeout = False


def nbgrader_of(course: Path) -> NbGraderAPI:
    """nbgrader, set up as the course's own file says."""
    course = course.resolve()
    beside = str(Path(sys.executable).parent)           # where the commands are that nbgrader calls by name
    if beside not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = beside + os.pathsep + os.environ["PATH"]
    file = course / "nbgrader_config.py"
    config = PyFileConfigLoader(file.name, path=[str(course)]).load_config()
    config.CourseDirectory.root = str(course)
    # Several at a time may write marks; each waits for its turn.
    config.CourseDirectory.db_url = f"sqlite:///{course / 'gradebook.db'}?timeout=60"
    return NbGraderAPI(coursedir=CourseDirectory(config=config), config=config)


class Starter(steps.NbGraderPreprocessor):
    """In the copy for students, the lesson's own beginning of an answer in place of the solution."""

    def preprocess_cell(self, cell, resources, index):
        starter = cell.metadata.pop("starter", None)
        if starter is not None:
            cell.source = starter
        return cell, resources


class Own(SanitizeHTML):
    """Takes out of a submission's own text what could act in the page of the person who reads it."""

    enabled = True

    def preprocess(self, nb, resources=None):
        nb.metadata.pop("widgets", None)
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, cell_index):
        for key in {*cell.metadata} - {"nbgrader", "course"}:
            del cell.metadata[key]
        if cell.cell_type == "code" or is_locked(cell):
            return cell, resources
        given, kept = cell.pop("attachments", {}), {}

        def attached(found: re.Match) -> str:
            for form, data in given.get(unquote(found[2]), {}).items():
                if again := picture(form, data):
                    kept[name := f"picture-{len(kept) + 1}"] = {form: again}
                    return f"\0[{found[1]}](attachment:{name})"
            return "(a picture was attached here)"

        source = ATTACHED.sub(attached, cell.source.replace("\0", ""))
        cell.source = source.replace("![", "[").replace("\0[", "![")   # a picture from elsewhere is a link
        super().preprocess_cell(cell, resources, cell_index)
        if kept:
            cell.attachments = kept
        leads = "|".join(["https?://", "mailto:", *(rf"attachment:{name}\)" for name in kept)])
        # With a space after its name, what leads elsewhere is no link.
        cell.source = ACTS.sub("", re.sub(rf"\](?=[(:](?!\s*(?:{leads})))", "] ", cell.source))
        return cell, resources


def picture(form: str, text: str) -> str:
    """A picture as a notebook keeps it, PNG or JPEG, written again; "" for anything else."""
    try:
        data = b64decode(text)
        with Image.open(BytesIO(data), formats=[form.removeprefix("image/")] * (form in PICTURES)) as found:
            found.verify()
        return b64encode(data).decode()
    except Exception:           # whatever it is
        return ""


class LimitedKernelManager(AsyncKernelManager):
    """Starts kernels with limits and without checks, in which ``exit()`` ends a cell and not the kernel."""

    def format_kernel_cmd(self, extra_arguments=None) -> list[str]:
        _, _, *command = super().format_kernel_cmd(extra_arguments)         # python -m ...
        return [sys.executable, "-m", "helpers.classroom.limits", str(GIGABYTES), *command,
                CLOSE, "--IPKernelApp.exec_lines=from sys import exit, exit as quit"]


class Marking(steps.Execute):
    """Runs a submission, and asks its checks apart from it.

    Limits of time are seconds of a processor, so they are the same on a machine that does much else. What
    sleeps is stopped by the clock, after `patience` times as long.
    """

    seconds = Float(60.0, help="for one submission; what comes after that is not run").tag(config=True)
    check_seconds = Float(10.0, help="for one check of one answer").tag(config=True)
    patience = Float(5.0, help="seconds by the clock for each second of a processor").tag(config=True)
    printed = Integer(500_000, help="characters that one cell may show; the rest is dropped").tag(config=True)
    error_on_timeout = Dict({"ename": STOPPED, "evalue": "The cell was stopped at its time limit.",
                             "traceback": ["The cell was stopped at its time limit."]})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"kernel_manager_class": LimitedKernelManager, **kwargs})

    def preprocess(self, nb, resources=None, km=None):
        lesson = resources["nbgrader"]["assignment"].removeprefix("lesson")
        self.tasks = {task["id"]: task for task in read_plan(Path.cwd())["lessons"][lesson]["tasks"]}
        folder = Path(resources["metadata"]["path"])
        self.judge = Judge(lesson, self.check_seconds * self.patience)
        self.results, self.notes, self.shown, self.past, self.over = [], {}, 0, 0.0, None
        self.cell_seconds, self.now, self.allowed = self.timeout, 0.0, math.inf
        adopt()
        packages = installed()
        others = children()             # of which those that serve the judge are needed again
        self.run, self.before, self.since, self.hung = [], [], [], set()
        self.stopped, self.errors, self.answer = False, [], ""      # since the last check
        self.ends = time.monotonic() + self.seconds * self.patience
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as self.room:
            # It is not told of the folder of the class.
            resources["metadata"]["path"] = tempfile.mkdtemp(dir=self.room)
            try:
                return super().preprocess(nb, resources, km)
            finally:
                if left := end_all(others):
                    self.notes[f"processes that it left running were ended: {left}"] = None
                if names := {name for name, _ in installed() - packages}:
                    self.notes[f"installed while the submission ran: {', '.join(sorted(names))[:200]}. If "
                               "you did not do that, delete it, and mark again what was marked since"] = None
                self.timeout, resources["metadata"]["path"] = self.cell_seconds, str(folder)
                if self.notes:          # a line for the teacher, with no task
                    self.results.append({"id": "", "points": 0, "of": 0, "said": "; ".join(self.notes),
                                         "slips": {}})
                put(folder / RESULTS, json.dumps(self.results, indent=1, ensure_ascii=False).encode())

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != "code":
            return cell, resources
        if is_grade(cell):
            self._mark(cell, index)
        elif why := unreadable(cell.source):
            cell.outputs = [_stopped(f"The cell was not run, because {why}.")]
            self.errors += [cell.outputs[0].evalue]
        else:
            own = is_locked(cell) or cell.metadata.get("course") == "given"      # by `mend`
            (self.before if own else self.since).append(cell.source)
            if is_solution(cell):           # an earlier try that hangs does no harm
                self.stopped, self.answer = False, cell.source
            task = is_locked(cell) and self.tasks.get(cell.metadata.nbgrader.grade_id.removesuffix("-after"))
            if task:                # it is marked, so the course's own form of it may be called from here on
                self._run(new_code_cell(MARKED.format(names=task["names"])), index)
            self._run(cell, index)
            if task and self.errors:
                # The lesson can't go on after an answer that is not there; it can with its beginning.
                self.run.pop()
                self._run(new_code_cell(task.get("starter", "")), index)
                self.errors = []
                self._run(cell, index)
        return cell, resources

    def _run(self, cell, index: int) -> None:
        """Run a cell, which a new kernel would run again."""
        self._execute(cell, index)
        self.run.append((cell, index))

    def _execute(self, cell, index: int, seconds: float | None = None) -> None:
        """Run a cell; where it can't be stopped, or kills its kernel, a new one goes on without it."""
        seconds, now, self.shown, self.over = seconds or self.cell_seconds, self._spent(), 0, None
        if self._time_is_over():
            cell.outputs = [_stopped(f"The cell was not run, because all of the {self.seconds:g} seconds of "
                                     "this submission were used.")]
            self.notes[f"its {self.seconds:g} seconds were over, and the rest was not run"] = None
            return
        self.allowed = min(now + seconds, self.seconds - self.past)
        self.timeout = math.ceil(seconds * self.patience)
        try:
            self.execute_cell(cell, index, store_history=True)
            errors = [output for output in cell.outputs if output.output_type == "error"]
            ended = self.over is not None or any(error.ename == STOPPED for error in errors)
            self.stopped |= ended
            if ended:
                self.notes["a cell was stopped at its time limit"] = None
            self.errors += [error.evalue if error.ename == STOPPED else f"{error.ename}: {error.evalue}"
                            for error in errors]
            if ended and not self._answers():
                raise UnresponsiveKernelError
        except (DeadKernelError, UnresponsiveKernelError, TimeoutError, RuntimeError):
            cell.outputs = [_stopped("The cell ended its kernel, or could not be stopped, and was left out.")]
            self.hung.add(index)
            self.stopped = True
            self.notes["a cell ended its kernel, or could not be stopped"] = None
            self._start_over()

    def _time_is_over(self) -> bool:
        return self.past + self._spent() > self.seconds or time.monotonic() > self.ends

    def _spent(self) -> float:
        return spent(self.km.provisioner.pid) if self.km and self.km.provisioner else 0.0

    async def _async_check_alive(self) -> None:
        """Each second while a cell runs: one that has had its time is interrupted, and then killed."""
        await super()._async_check_alive()
        self.now = self._spent()
        if self.now > self.allowed and self.over is None:
            self.over = time.monotonic()
            await ensure_async(self.km.interrupt_kernel())
        elif self.over is not None and time.monotonic() > self.over + 3:
            await ensure_async(self.km.provisioner.kill())

    def _answers(self) -> bool:
        """Whether the kernel is still there for the next cell."""
        try:
            return bool(run_sync(self.kc.kernel_info)(reply=True, timeout=3))
        except Exception:
            return False

    def _start_over(self) -> None:
        """A new kernel, in which the earlier cells are run again, but for those that hang."""
        self.past += max(self._spent(), self.now)
        with suppress(Exception):
            self.kc.stop_channels()
        with suppress(Exception):
            run_sync(self.km.shutdown_kernel)(now=True)
        self.create_kernel_manager()        # the old one has closed what it speaks through
        self.start_new_kernel()
        self.start_new_kernel_client()
        for cell, index in self.run:
            if index not in self.hung and time.monotonic() < self.ends:
                self._execute(new_code_cell(cell.source), index)
                self.nb.cells[index] = cell

    def start_new_kernel(self, **kwargs):
        """Start a kernel on one core with its own home, in which nobody has left anything."""
        home = tempfile.mkdtemp(dir=self.room)
        for fonts in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):       # it takes long to make
            shutil.copy(fonts, home)
        env = {**os.environ, **dict.fromkeys(HOME, home), "PYTHONNOUSERSITE": "1", "PYTHONSTARTUP": "",
               "OPENBLAS_NUM_THREADS": "1", "MY_COURSE": str(Path(home) / "kept.jsonl")}
        super().start_new_kernel(env=env, stdout=DEVNULL, stderr=DEVNULL, **kwargs)

    def process_message(self, msg, cell, cell_index):
        """Keep what a cell shows, but no program and no attribute, and nothing that acts on another cell."""
        kind, content = msg["msg_type"], msg["content"]
        if kind not in ("status", "execute_input", "clear_output"):
            self.shown += len(str(content))
            if self.shown > self.printed:
                self.notes["the output of a cell was cut short"] = None
                return None
        if kind.startswith("comm") or kind == "update_display_data":
            return None
        with suppress(AttributeError, KeyError, TypeError):         # of a message that no kernel would send
            content.pop("transient", None)          # has the name by which an output is changed later
            if not isinstance(content.get("execution_count", 0), int):      # pages have it as it is
                return None
            if "data" in content:
                content["metadata"] = {}
                content["data"] = {form: shown for form, data in content["data"].items()
                                   if (shown := str(data) if form == "text/plain" else picture(form, data))}
            return super().process_message(msg, cell, cell_index)
        return None

    def _mark(self, cell, index: int) -> None:
        """The verdict on one answer, and the points as the last output, which nbgrader reads."""
        name, points = cell.metadata.nbgrader.grade_id.removesuffix("-check"), cell.metadata.nbgrader.points
        call = ast.parse(cell.source).body[-1].value.func.value             # of  check(...).points(5)
        answered = {one for row in self.results for one in self.tasks[row["id"]]["names"]}
        taken = borrowed(self.before, [*self.since, ast.unparse(call)], answered)
        not_theirs = not_allowed(taken, self.tasks[name]["may use"])
        errors = [*self.errors]
        if squeezed(self.answer) == squeezed(self.tasks[name].get("starter", "")):
            verdict = self.judge.not_answered(called(call))
        elif self.stopped or self._time_is_over():
            verdict = self.judge.too_long(called(call))
        else:
            code, answer = [*self.before, *self.since], partial(self._answer, call, index)
            self.over = None
            verdict = self.judge.ask(called(call), code, answer)
            if self.over is not None:
                verdict = self.judge.too_long(called(call), f"The answer was stopped after "
                                                            f"{self.check_seconds:g} seconds.")
        if errors and verdict.said.startswith(STOPS):
            verdict = replace(verdict, said=f"{verdict.said} (An earlier cell had stopped: {errors[0]})")
        if not_theirs and not {*verdict.mistakes.values()} <= {*OPEN}:
            said = (f"✗ The answer takes {', '.join(not_theirs)} from the course, but the task is to write "
                    "this code yourself. Your marker may judge it differently.")
            verdict = Verdict(said, dict.fromkeys(verdict.mistakes, "borrowed"))
        self.before += self.since
        self.since, self.stopped, self.errors = [], False, []
        said = verdict.said
        if said[:1] not in "✓✗…!":
            said = f"{'✗' if verdict.mistakes else '!'} {said}"
        said += self._further_down(said, index)
        cell.outputs = [
            new_output("display_data", {"text/html": result_html(ACTS.sub("", said)), "text/plain": said}),
            new_output("execute_result", {"text/plain": repr(points * verdict.earned)}, execution_count=1)]
        self.nb.cells[index] = cell
        self.results.append({"id": name, "points": points * verdict.earned, "of": points, "said": said,
                             "slips": verdict.mistakes})

    def _further_down(self, said: str, index: int) -> str:
        """What to say of a name that an answer misses, and that a later cell defines."""
        below = set().union(*(defined(cell.source) for cell in self.nb.cells[index:]
                              if cell.cell_type == "code" and not is_locked(cell)))
        late = [name for name in re.findall(r"NameError: name '(\w+)'", said) if name in below]
        return (f"\n{late[0]} is defined in a cell further down. Cells run from top to bottom, so move "
                "that cell up.") if late else ""

    def _answer(self, call: ast.Call, index: int, address: str, key: str) -> None:
        """Have the kernel answer a check."""
        arguments = ", ".join([*map(ast.unparse, call.args),
                               *(f"{one.arg}={ast.unparse(one.value)}" for one in call.keywords)])
        code = ANSWER.format(address=address, key=key.encode(), arguments=arguments)
        self._execute(new_code_cell(code), index, self.check_seconds)


def installed() -> set[tuple[str, int]]:
    """What is in the folder of installed packages: names, and of files the time of the last change."""
    found = set()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        with suppress(OSError):         # it may be gone by now
            found.add((path.name, path.stat().st_mtime_ns if path.is_file() else 0))
    return found


def _stopped(said: str):
    return new_output("error", ename=STOPPED, evalue=said, traceback=[said])
