"""Hand-ins that mean harm reach neither the terminal, nor the marks of others, nor the reader of a page."""

import os
import re
import subprocess
import sys
from base64 import b64encode
from copy import deepcopy
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from course import ROOT
from made_up_class import cell_of, results
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from PIL import Image

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
"""
SHOWS = """
import os, sys, matplotlib
from IPython.paths import get_ipython_dir
homes = {os.path.expanduser("~"), get_ipython_dir(), matplotlib.get_configdir()}
print("caught:", os.environ.get("CAUGHT"), "shared:", [home for home in homes if home.startswith(HOME)],
      "not their packages:", sys.flags.no_user_site, "threads:", os.environ.get("OPENBLAS_NUM_THREADS"))
print("fonts:", [name for name in os.listdir(matplotlib.get_cachedir()) if name.startswith("fontlist")])
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

    hand_in("a-terminal", TERMINAL + PERSISTS)
    hand_in("c-honest", SHOWS.replace("HOME", repr(str(folder / "home"))), PICTURE,
            attached={"my sketch (2).png": {"image/png": png()}})
    hand_in("g-acts", ATTRIBUTES.replace("PNG", repr(png())) + BY_HAND, WORDS,
            attached={"evil.svg": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+"}})
    run("helpers.classroom", "take", str(folder / "handed_in"), "--into", str(course), cwd=folder,
        home=home)
    marked = run("helpers.classroom", "mark", str(course), "--at-once", "1", cwd=folder, home=home)
    run("nbgrader", "generate_feedback", "lesson05", cwd=course, home=home)
    return course, marked.splitlines()


def shown(course: Path, person: str, start: str) -> str:
    text = (course / f"autograded/{person}/lesson05/lesson05.ipynb").read_text("utf-8")
    return next(output.text for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "code"
                for output in cell.outputs if output.get("text", "").startswith(start))


def test_nothing_of_a_submission_reaches_the_terminal(course):
    _, said = course
    assert not [line for line in said if "forged" in line or "\x1b" in line]
    assert len(said) == 4, said


def test_what_one_leaves_at_home_no_other_finds(course):
    where, _ = course
    assert shown(where, "c-honest", "caught:").splitlines()[0] == (
        "caught: None shared: [] not their packages: 1 threads: 1")
    assert "['fontlist-" in shown(where, "c-honest", "caught:")


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
             for person in ("c-honest", "g-acts")}
    acting = {person: Acting(page) for person, page in pages.items()}
    assert [one.found for one in acting.values()] == [[], []]
    assert len({one.scripts for one in acting.values()}) == 1
    assert acting["g-acts"].pictures == 1 and "\\href{javascript:alert(5)" not in pages["g-acts"]
    boxes = re.findall(r'class="course-check".*?</div>', pages["g-acts"], re.DOTALL)
    assert len(boxes) == 5 and "javascript:alert(1)" in str(boxes) and "\\href" not in str(boxes)
    assert 'href="https://example.org/x"' in pages["g-acts"] and 'href="mailto:a@' in pages["g-acts"]


def test_points_are_not_changed_by_what_came_before(course):
    where, _ = course
    for person in ("a-terminal", "c-honest", "g-acts"):
        assert results(where, person, "05")["exercise-5-2"]["points"] == 2


@pytest.mark.parametrize("person", ["a-terminal", "g-acts"])
def test_no_name_of_a_class_of_the_kit_is_in_the_feedback(course, person):
    page = (course[0] / f"feedback/{person}/lesson05/lesson05.html").read_text("utf-8")
    assert not [name for name in ("CellLeftOut", "CellTimeoutError", "KernelError") if name in page]
    assert "The cell was not run, because " in page


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


def test_what_is_installed_meanwhile_is_noticed(tmp_path, monkeypatch):
    from helpers.classroom.nbgrader_config import installed

    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    before = installed()
    (tmp_path / "zz.pth").write_text("")
    assert {name for name, _ in installed() - before} == {"zz.pth"}
