"""Hand-ins that mean harm reach neither the terminal, nor the marks of others, nor the reader of a page."""

import os
import re
import runpy
import subprocess
import sys
from base64 import b64encode
from copy import deepcopy
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import nbformat
import psutil
import pytest
from course import ROOT
from made_up_class import cell_of, results
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from PIL import Image

from helpers.classroom import judge, limits
from helpers.classroom.crossing import Crossing

pytestmark = pytest.mark.classroom

BY_HAND = "raise ValueError(r'$\\href{javascript:alert(1)}{x}$ <b onclick=alert(2)>')"
TERMINAL = r"""
import os, subprocess, sys
for stream in (1, 2):
    os.write(stream, b"\x1b[2K\rforged by a number\n")
subprocess.run(["echo", "forged by a child"])
print("forged by its first name", file=sys.__stdout__, flush=True)
def my_clip_norm(grads, max_norm):
    os.write(1, b"forged in a check\n")
"""
PERSISTS = """
import os
from pathlib import Path
for folder in (Path.home() / ".ipython", Path(os.environ.get("IPYTHONDIR", Path.home() / ".ipython"))):
    start = folder / "profile_default/startup"
    start.mkdir(parents=True, exist_ok=True)
    (start / "99-zz.py").write_text("import os; os.environ['CAUGHT'] = 'yes'")
Path(PACKAGES, "zz.pth").write_text("")
"""
SHOWS = """
import os, sys, matplotlib
from IPython.paths import get_ipython_dir
homes = {os.path.expanduser("~"), get_ipython_dir(), matplotlib.get_configdir()}
print("caught:", os.environ.get("CAUGHT"), "shared:", [home for home in homes if home.startswith(HOME)],
      "not their packages:", sys.flags.no_user_site, "threads:", os.environ.get("OPENBLAS_NUM_THREADS"))
print("fonts:", [name for name in os.listdir(matplotlib.get_cachedir()) if name.startswith("fontlist")])
"""
SIGNALS = """
import os, signal
os.kill(os.getppid(), signal.{name})
"""
ATTRIBUTES = """
from IPython.display import display
display({"image/png": PNG, "text/plain": "p"}, raw=True,
        metadata={"image/png": {"width": "1 onload=alert(1)"}, "needs_background": "x"})
display({"image/png": '" onerror="alert(2)', "image/jpeg": PNG, "text/html": "<script>alert(3)</script>"},
        raw=True)
"""
WORDS = r"""
Read [a](javascript:alert(1)), [b](data:text/html;base64,PHNjcmlwdD4=), [c](vbscript:x), [d],
[e](<java&#115;cript:alert(2)>),
![f](x"onerror="alert(3)), <javascript:alert(4)>, $\href{javascript:alert(5)}{x}$, [g](JaVaScRiPt:alert(6)),
<a href="javascript:alert(7)">h</a>, ![i](attachment:evil.svg) and
[good](https://example.org/x), [mail](mailto:a@example.org).

[d]: javascript:alert(8) "t"
"""
PICTURE = "Here is my sketch: ![s](attachment:my%20sketch%20(2).png) and ![t](attachment:gone.png)"


def png() -> str:
    held = BytesIO()
    Image.new("RGB", (2, 2)).save(held, "PNG")
    return b64encode(held.getvalue()).decode()


def run(*arguments: str, cwd: Path, home: Path, code: int = 0) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "2", "HOME": str(home),
           "PYTHONUSERBASE": str(home), "IPYTHONDIR": str(home / ".ipython")}
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, cwd=cwd,
                          env=env, timeout=600)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class in which one after the other is marked, and what was said."""
    folder = tmp_path_factory.mktemp("hostile")
    course, home = folder / "course", folder / "home"
    home.mkdir()
    (folder / "packages").mkdir()
    run("helpers.classroom", "make", "05", "--into", str(course), cwd=folder, home=home)
    given, solved = (nbformat.reads((course / kind / "lesson05/lesson05.ipynb").read_text("utf-8"),
                                     as_version=4) for kind in ("release", "source"))

    def hand_in(person: str, code: str, words: str = "In words.", **attached: dict) -> None:
        notebook = deepcopy(given)
        cell_of(notebook, "exercise-5-1").source = code
        second = cell_of(notebook, "exercise-5-2")
        second.source = cell_of(solved, "exercise-5-2").source
        written = cell_of(notebook, "written-1")
        written.source = words
        if attached:
            written.attachments = attached["attached"]
        notebook.cells += [new_raw_cell("<script>alert(9)</script>", metadata={"raw_mimetype": "text/html"}),
                           new_code_cell("!true\n" * 300)]
        path = folder / "handed_in" / person / "lesson05.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)

    hand_in("a-terminal", TERMINAL)
    hand_in("b-persists", PERSISTS.replace("PACKAGES", repr(str(folder / "packages"))))
    hand_in("c-honest", SHOWS.replace("HOME", repr(str(folder / "home"))))
    for letter, name in zip("def", ("SIGINT", "SIGKILL", "SIGSTOP"), strict=True):
        hand_in(f"{letter}-{name.lower()}", SIGNALS.format(name=name))
    hand_in("g-acts", ATTRIBUTES.replace("PNG", repr(png())) + BY_HAND, WORDS,
            attached={"evil.svg": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+"}})
    hand_in("h-draws", "\n" * 3, PICTURE, attached={"my sketch (2).png": {"image/png": png()}})
    run("helpers.classroom", "take", str(folder / "handed_in"), "--into", str(course), cwd=folder,
        home=home)
    marked = run("helpers.classroom", "mark", str(course), "--at-once", "1", cwd=folder, home=home, code=1)
    run("nbgrader", "generate_feedback", "lesson05", cwd=course, home=home)
    return course, marked.splitlines()


def line_of(said: list[str], person: str) -> str:
    (line,) = (line for line in said if line.startswith(f"{person}, "))
    return line


def shown(course: Path, person: str, start: str) -> str:
    text = (course / f"autograded/{person}/lesson05/lesson05.ipynb").read_text("utf-8")
    return next(output.text for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "code"
                for output in cell.outputs if output.get("text", "").startswith(start))


def test_nothing_of_a_submission_reaches_the_terminal(course):
    _, said = course
    assert not [line for line in said if "forged" in line or "\x1b" in line]
    assert len(said) == 9, said


def test_what_one_leaves_at_home_no_other_finds(course):
    where, _ = course
    assert shown(where, "c-honest", "caught:").splitlines()[0] == (
        "caught: None shared: [] not their packages: 1 threads: 1")
    assert "['fontlist-" in shown(where, "c-honest", "caught:")


PRETENDED = """
import sys, sysconfig
from pathlib import Path
from helpers.classroom.nbgrader_config import nbgrader_of
course = Path(sys.argv[1])
sysconfig.get_path = lambda name: str(course.parent / "packages")
assert nbgrader_of(course).autograde("lesson05", "b-persists")["success"]
"""


def test_what_was_installed_meanwhile_is_named(course):
    where, said = course
    assert not [line for line in said if "installed" in line]
    (where.parent / "packages/zz.pth").unlink()
    subprocess.run([sys.executable, "-c", PRETENDED, str(where)], check=True, stderr=subprocess.DEVNULL,
                   env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=300)
    said = results(where, "b-persists", "05")[""]["said"]
    assert "installed while the submission ran: zz.pth. If you did not" in said


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
@pytest.mark.parametrize("person", ["d-sigint", "e-sigkill", "f-sigstop"])
def test_who_ends_the_marker_is_told_so_and_the_next_ones_are_marked(course, person):
    _, said = course
    assert "its process was ended by a signal, perhaps by the submission itself" in line_of(said, person)
    assert "lesson05: 2 of 16" in line_of(said, "h-draws") and said[-1].startswith("5 marked, 3 not: ")


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


def test_nothing_that_is_shown_or_written_acts_in_the_feedback(course):
    where, _ = course
    pages = {person: (where / f"feedback/{person}/lesson05/lesson05.html").read_text("utf-8")
             for person in ("c-honest", "g-acts", "h-draws")}
    acting = {person: Acting(page) for person, page in pages.items()}
    assert [one.found for one in acting.values()] == [[], [], []]
    assert len({one.scripts for one in acting.values()}) == 1
    assert acting["g-acts"].pictures == 1 and "\\href{javascript:alert(5)" not in pages["g-acts"]
    boxes = re.findall(r'class="course-check".*?</div>', pages["g-acts"], re.DOTALL)
    assert len(boxes) == 5 and "javascript:alert(1)" in str(boxes) and "\\href" not in str(boxes)
    assert 'href="https://example.org/x"' in pages["g-acts"] and 'href="mailto:a@' in pages["g-acts"]


def test_a_picture_in_an_answer_in_words_does_not_stop_the_feedback_and_is_kept_if_it_is_one(course):
    from helpers.classroom import nbgrader_config

    page = (course[0] / "feedback/h-draws/lesson05/lesson05.html").read_text("utf-8")
    assert "Here is my sketch: " in page and "(a picture was attached here)" in page
    given = {"my sketch (2).png": {"image/png": png()}, "gone.png": {"image/svg+xml": png()}}
    cell, _ = nbgrader_config.Own().preprocess_cell(new_markdown_cell(PICTURE, attachments=given), {}, 0)
    assert cell.source == "Here is my sketch: ![s](attachment:picture-1) and (a picture was attached here)"
    assert cell.attachments == {"picture-1": {"image/png": png()}}
    assert png() in HTMLExporter().from_notebook_node(new_notebook(cells=[cell]))[0]
    far = new_markdown_cell("![x](https://example.org/x.png)")
    cell, _ = nbgrader_config.Own().preprocess_cell(far, {}, 0)
    assert cell.source == "[x](https://example.org/x.png)", "a link, and nothing that a page loads by itself"


def test_points_are_not_changed_by_what_came_before(course):
    where, _ = course
    for person in ("a-terminal", "b-persists", "c-honest", "g-acts"):
        assert results(where, person, "05")["exercise-5-2"]["points"] == 2


@pytest.mark.parametrize("person", ["a-terminal", "g-acts"])
def test_no_name_of_a_class_of_the_kit_is_in_the_feedback(course, person):
    page = (course[0] / f"feedback/{person}/lesson05/lesson05.html").read_text("utf-8")
    assert not [name for name in ("CellLeftOut", "CellTimeoutError", "KernelError") if name in page]
    assert "The cell was not run, because " in page


def test_a_process_that_is_closing_was_not_left_behind():
    before = limits.children()
    for seconds, left in ((0.4, 0), (60, 1)):
        started = psutil.Popen([sys.executable, "-c", f"import time; time.sleep({seconds})"])
        assert limits.end_all(before) == left
        started.wait()


def test_what_is_damaged_or_too_large_is_not_called_too_large_alone():
    class Wire:
        send_bytes, poll = None, staticmethod(lambda seconds: True)

        def recv_bytes(self, most: int) -> bytes:
            raise OSError("bad message length")

    with pytest.raises(judge.Ended) as ended:
        judge.Asking(Wire(), [], 5).hear()
    assert ended.value.said == "The answer could not be read: it is damaged, or larger than 64 MB."


def test_a_number_that_is_too_large_to_cross_says_so():
    side = Crossing(lambda message: None, lambda: b"", "answer", "check")
    assert side.write(10**5000, [])[-1] == "an integer that is too large"


def test_threads_are_counted_without_a_folder_of_processes(monkeypatch):
    monkeypatch.setattr(limits.os, "scandir", lambda *_: iter(()))
    assert 0 < limits._running() != 1000


@pytest.fixture
def heard():
    """What a marker makes of messages of a kernel: two notebook cells, the message of each, and its notes."""
    from helpers.classroom.nbgrader_config import Marking

    marker = Marking()
    marker.reset_execution_trackers()
    marker.clear_before_next_output, marker.shown, marker.notes = False, 0, {}
    cells = [new_code_cell(), new_code_cell()]
    marker.nb = new_notebook(cells=cells)

    def hear(index: int, kind: str, content) -> list:
        message = {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {}, "content": content}
        marker.process_message(message, cells[index], index)
        return cells[index].outputs

    return hear, marker


def named(**data: str) -> dict:
    return {"data": {name.replace("_", "/"): shown for name, shown in data.items()},
            "metadata": {"text/html": "x"}, "transient": {"display_id": "q"}}


def test_no_message_of_a_kernel_changes_another_cell_or_brings_a_program(heard):
    hear, marker = heard
    first = hear(0, "display_data", named(text_plain="0.0", text_html="<script>"))
    assert first == [{"output_type": "display_data", "metadata": {}, "data": {"text/plain": "0.0"}}]
    before = deepcopy(first)
    assert hear(1, "update_display_data", named(text_plain="16.0", text_html="<script>")) == []
    assert first == before
    hear(1, "comm_open", {"comm_id": "1", "target_name": "jupyter.widget",
                          "data": {"state": {"value": "<script>", "_model_module": "x", "_model_name": "x"}}})
    assert marker.widget_state == {}
    hear(1, "update_display_data", named(text_plain="y" * marker.printed))
    assert marker.notes == {"the output of a cell was cut short": None}


@pytest.mark.parametrize(("kind", "content"), [
    ("stream", {}), ("error", {}), ("display_data", {"data": None}), ("execute_result", {}), ("stream", "x"),
    ("execute_input", {"code": "1", "execution_count": "<script>"})])
def test_a_message_that_no_kernel_sends_is_left_out(heard, kind, content):
    hear, marker = heard
    assert hear(0, kind, content) == [] and marker.nb.cells[0].execution_count is None


@pytest.mark.parametrize("form", ["image/svg+xml", "text/html", "image/jpeg"])
def test_what_is_no_picture_of_its_kind_is_dropped(form):
    from helpers.classroom import nbgrader_config

    assert nbgrader_config.picture(form, png()) == "" and nbgrader_config.picture("image/png", png()) == png()


def test_a_cell_may_show_so_much_and_not_one_letter_more(heard):
    hear, marker = heard
    marker.printed = 2 * len(str(said := {"name": "stdout", "text": "x"}))
    hear(0, "status", {"execution_state": "busy" * 99})
    for _ in range(3):
        shown = hear(0, "stream", dict(said))
        assert (len(marker.notes) > 0) == (marker.shown > marker.printed)
    assert [one.text for one in shown] == ["x", "x"] and marker.shown == 1.5 * marker.printed


def test_what_is_text_is_kept_as_it_is_and_a_picture_as_a_picture(heard):
    shown = heard[0](0, "display_data", named(text_plain="7", image_png=png(), image_jpeg="x"))
    assert shown[0].data == {"text/plain": "7", "image/png": png()}
    run = heard[0](0, "execute_result", {**named(text_plain="8"), "execution_count": 3})
    assert [one.data["text/plain"] for one in run] == ["7", "8"]


@pytest.mark.parametrize("role", [{}, {"locked": True}])
def test_of_words_of_their_own_nothing_acts_and_of_the_course_nothing_is_changed(role):
    from helpers.classroom.nbgrader_config import Own

    words, both = "![a](attachment:a.png) <b onclick=x>$\\require{x}$</b> [y](ftp://x)", {"image/png": png()}
    known = {"nbgrader": {"grade_id": "x", **role}, "course": "given", "widgets": {"acts": 1}}
    cell = new_markdown_cell(f"{words} ![b](attachment:b.png)", metadata=known,
                             attachments={"a.png": {"image/svg+xml": "x", **both}, "b.png": both})
    came = new_notebook(cells=[cell, new_code_cell(words)], metadata={"widgets": 1})
    notebook, _ = Own().preprocess(came, {})
    mine, code = notebook.cells
    assert notebook.metadata == {} and code.source == words and mine.metadata.keys() == {"nbgrader", "course"}
    assert (mine.source == cell.source and words in mine.source) == bool(role)
    if not role:
        assert "![a](attachment:picture-1)" in mine.source and "![b](attachment:picture-2)" in mine.source
        assert [*mine.attachments] == ["picture-1", "picture-2"]
        assert "onclick" not in mine.source and "\\require" not in mine.source and "[y] (ftp:" in mine.source


def test_in_the_copy_for_students_a_starter_stands_in_place_of_a_solution():
    from helpers.classroom.nbgrader_config import Starter

    for cell, left in ((new_code_cell("1", metadata={"starter": ""}), ""), (new_code_cell("1"), "1")):
        found, _ = Starter().preprocess_cell(cell, {}, 0)
        assert found.source == left and found.metadata == {}


def test_nbgrader_is_told_how_a_submission_is_run(monkeypatch, tmp_path):
    from traitlets.config import Config

    from helpers.classroom import nbgrader_config as kit

    kit.configure(c := Config())
    assert (c.Execute.timeout, c.Execute.raise_on_iopub_timeout, c.OverwriteCells.add_missing_cells) == (
        20, False, True)
    assert (f"A cell that hangs is stopped after {c.Execute.timeout} seconds, a check after "
            f"{kit.Marking().check_seconds:g} seconds") in (ROOT / "docs/classroom.md").read_text("utf-8")
    cleared = ("ClearMarkScheme", "ClearHiddenTests", "ClearSolutions")
    assert {c[step].enforce_metadata for step in cleared} == {False}
    command = kit.LimitedKernelManager(kernel_name="python3").format_kernel_cmd(["--more"])
    assert command[:4] == [sys.executable, "-m", "helpers.classroom.limits", "3.0"] and "--more" in command
    assert command[4].startswith("ipykernel") and command[-2] == kit.CLOSE and "exit as quit" in command[-1]
    monkeypatch.setenv("PATH", "/bin")
    (tmp_path / "nbgrader_config.py").write_text("# mine")
    for _ in range(2):
        kit.nbgrader_of(tmp_path)
        assert os.environ["PATH"] == os.pathsep.join([str(Path(sys.executable).parent), "/bin"])


def test_what_is_installed_is_told_by_its_name_and_a_file_also_by_its_time(monkeypatch, tmp_path):
    from helpers.classroom import nbgrader_config

    monkeypatch.setattr(nbgrader_config.sysconfig, "get_path", {"purelib": tmp_path}.get)
    (tmp_path / "numpy").mkdir()
    (tmp_path / "one.pth").touch()
    os.utime(tmp_path / "one.pth", ns=(5, 5_000))
    assert nbgrader_config.installed() == {("numpy", 0), ("one.pth", 5_000)}


READ = (("x" * 200_000, "x" * 200_001, "it has more than 200,000 letters"),
        ("!a\n" * 200, "!a\n" * 201, "it has more than 200 lines with !, % or ?"),
        ("e" + "\u0301" * 30 + "e\u0301", "e" + "\u0301" * 31, "it has more than 30 accents on one letter"))


@pytest.mark.parametrize(("short", "long", "why"), READ)
def test_a_cell_is_read_up_to_a_limit_and_from_there_on_told_why_not(short, long, why):
    assert limits.unreadable(short) == "" and limits.unreadable(long) == why


@pytest.fixture
def processes(monkeypatch):
    """In place of psutil: a process that starts another whenever one is killed, so many times."""
    found = SimpleNamespace(left=0, killed=0, waited=[])

    class Process:
        pid = 8
        info: ClassVar = {"uids": SimpleNamespace(real=os.getuid()), "num_threads": 3}

        def __init__(self, pid=8):
            pass

        def children(self, recursive=False):
            if found.left:
                other = Process()
                other.pid = 100 + found.left
            return [other] * recursive if found.left else []

        def kill(self):
            found.left, found.killed = found.left - 1, found.killed + 1

        def cpu_times(self):
            return 1.5, 0.25, 7.0, 7.0

    def wait(some, timeout):
        found.waited.append(timeout)
        return [], some

    other = SimpleNamespace(info={"uids": SimpleNamespace(real=os.getuid() + 1), "num_threads": 50})
    unknown = SimpleNamespace(info={"uids": None, "num_threads": None})
    found.all = [Process, other, unknown]
    monkeypatch.setattr(limits.psutil, "Process", Process)
    monkeypatch.setattr(limits.psutil, "wait_procs", wait)
    monkeypatch.setattr(limits.psutil, "process_iter", lambda what: found.all)
    return found


@pytest.mark.parametrize(("left", "ended"), [(0, 0), (2, 2), (90, 50)])
def test_what_starts_others_is_ended_until_none_is_left_or_it_is_no_use(processes, left, ended):
    processes.left = left
    assert limits.end_all(set()) == processes.killed == ended
    assert processes.waited[:3] == ([1, 1, 0] if ended else [1]), "a second by themselves, then none"


def test_the_time_and_the_threads_of_all_are_summed(processes):
    processes.left = 1
    assert limits.spent(8) == 3.5 and limits.children() == {101} and limits._running() == 3
    processes.all = []
    assert limits._running() == 1000 and limits.end_all({101}) == 0


@pytest.mark.skipif(os.name == "nt", reason="there are no such limits")
def test_the_limits_of_a_process_are_those_that_are_told_or_stricter_ones(processes, monkeypatch):
    import resource

    hard, wanted = dict.fromkeys(range(99), resource.RLIM_INFINITY), {}
    hard[resource.RLIMIT_FSIZE] = 1_000
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (1, hard[kind]))
    monkeypatch.setattr(resource, "setrlimit", wanted.__setitem__)
    monkeypatch.setattr(os, "execv", lambda *given: wanted.update(run=given))
    monkeypatch.setattr(sys, "argv", ["limits", "1.5", "ipykernel", "-f", "x"])
    runpy.run_path(limits.__file__, run_name="__main__")
    assert wanted == {
        resource.RLIMIT_AS: (1_610_612_736,) * 2, resource.RLIMIT_FSIZE: (1_000, 1_000),
        resource.RLIMIT_CORE: (0, 0), resource.RLIMIT_NPROC: (67, 67),
        "run": (sys.executable, [sys.executable, "-m", "ipykernel", "-f", "x"])}
    hard[resource.RLIMIT_FSIZE] = resource.RLIM_INFINITY
    limits.limit(2)
    assert wanted[resource.RLIMIT_FSIZE] == (50_000_000,) * 2 and wanted[resource.RLIMIT_AS] == (2**31,) * 2
    monkeypatch.setitem(sys.modules, "resource", None)
    limits.limit(1)
    assert wanted[resource.RLIMIT_AS] == (2**31,) * 2


@pytest.mark.parametrize(("system", "asked"), [("linux", [(36, 1, 0, 0, 0)]), ("darwin", [])])
def test_what_a_child_leaves_behind_is_adopted_where_that_can_be(monkeypatch, system, asked):
    said = []
    library = SimpleNamespace(prctl=lambda *given: said.append(given))
    monkeypatch.setattr(limits.ctypes, "CDLL", lambda name: library)
    monkeypatch.setattr(sys, "platform", system)
    limits.adopt()
    assert said == asked
