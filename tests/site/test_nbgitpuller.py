"""A class on JupyterHub: what becomes of a student's copy when the course changes (nbgitpuller).

Each case has a course in git, a student's copy fetched by nbgitpuller, a change by the student, a change
by the teacher, and the pull that the link of the class starts. The cases are those in which git merges
a notebook of this course, whose form decides what comes out. What happens to files that are made, deleted
or renamed is nbgitpuller's own.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import site_tools
from course import ROOT, cells

pytestmark = pytest.mark.site

FIRST = "notebooks/00_start_here.ipynb"


def git(folder: Path, *arguments: str) -> str:
    """Run git in `folder` as nobody in particular; what it printed."""
    who = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True,
                          text=True).stdout


class Class:
    """The teacher's repository, the place where both fetch it, and a student's copy."""

    def __init__(self, folder: Path):
        self.teacher, self.student = folder / "teacher", folder / "student"
        self.shared = folder / "shared.git"
        for name in (FIRST, "requirements.txt"):
            (self.teacher / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.teacher / name)
        git(folder, "init", "-q", "-b", "main", "teacher")
        self.publish()
        git(folder, "clone", "-q", "--bare", "teacher", "shared.git")
        git(self.teacher, "remote", "add", "shared", str(self.shared))
        self.pull()

    def publish(self) -> None:
        """The teacher commits everything and pushes it."""
        git(self.teacher, "add", "-A")
        git(self.teacher, "commit", "-q", "--allow-empty", "-m", "a change of the course")
        if self.shared.exists():
            git(self.teacher, "push", "-q", "shared", "main")

    def pull(self) -> str:
        """What the link of the class does. The student's git knows no name and no address."""
        environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(
            [site_tools.python(), "-m", "nbgitpuller.pull", self.shared.as_uri(), "main", str(self.student)],
            cwd=self.shared, env=environment, capture_output=True, text=True, timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def edit(folder: Path, name: str, number: int, source: str) -> None:
    """Write `source` into cell `number` of a notebook, as JupyterLab saves it."""
    path = folder / name
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][number]["source"] = source.splitlines(keepends=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def source(folder: Path, name: str, number: int) -> str:
    return cells(folder / name)[number]["source"]


def run_again(folder: Path, name: str, count: int) -> None:
    """As after a run: every code cell has other counts and outputs."""
    path = folder / name
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = count
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": [f"run {count}\n"]}]
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def the_student_edits_a_cell_and_the_teacher_another(c):
    edit(c.student, FIRST, 4, "mine = 1\nalso = 2")
    edit(c.teacher, FIRST, 12, "mended")
    yield
    assert source(c.student, FIRST, 4) == "mine = 1\nalso = 2"
    assert source(c.student, FIRST, 12) == "mended"


def both_edit_the_same_cell(c):
    edit(c.student, FIRST, 4, "mine = 1\nalso = 2")
    edit(c.teacher, FIRST, 4, "theirs = 1\nmore = 3\nand = 4")
    yield
    assert source(c.student, FIRST, 4) == "mine = 1\nalso = 2", "the student's work stays"


def the_student_ran_it_and_the_teacher_too(c):
    run_again(c.student, FIRST, 7)
    run_again(c.teacher, FIRST, 1)
    edit(c.teacher, FIRST, 3, "mended")
    yield
    assert source(c.student, FIRST, 3) == "mended"
    assert "run 7" in (c.student / FIRST).read_text(encoding="utf-8")


CASES = [the_student_edits_a_cell_and_the_teacher_another, both_edit_the_same_cell,
         the_student_ran_it_and_the_teacher_too]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_pull_ends_clean_and_keeps_the_students_work(case, tmp_path):
    course = Class(tmp_path)
    steps = case(course)
    next(steps)
    course.publish()
    course.pull()
    assert next(steps, "done") == "done"
    assert git(course.student, "ls-files", "--unmerged") == ""
    assert git(course.student, "diff", "--name-only") == "", "nothing is left half done"
    assert not (course.student / ".git" / "MERGE_HEAD").exists()
    for file in course.student.rglob("*.ipynb"):
        assert cells(file), "still a notebook"
        assert "<<<<<<<" not in file.read_text(encoding="utf-8")
    before = git(course.student, "rev-parse", "HEAD")
    course.pull()
    assert git(course.student, "rev-parse", "HEAD") == before, "a second click changes nothing"
