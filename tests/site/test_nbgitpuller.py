"""A class on JupyterHub: what becomes of a student's copy when the course changes (nbgitpuller).

The student and the teacher change the same notebook, whose form decides what git makes of it; then the link
of the class is followed. What happens to files that are made, deleted or renamed is nbgitpuller's own.
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


@pytest.fixture
def pull(tmp_path):
    """The folders of a teacher and a student; what publishes the teacher's and follows the class's link."""
    teacher, student, shared = tmp_path / "teacher", tmp_path / "student", tmp_path / "shared.git"
    (teacher / FIRST).parent.mkdir(parents=True)
    shutil.copy(ROOT / FIRST, teacher / FIRST)
    git(tmp_path, "init", "-q", "-b", "main", "teacher")
    git(tmp_path, "init", "-q", "-b", "main", "--bare", "shared.git")

    def pull() -> tuple[Path, Path]:
        git(teacher, "add", "-A")
        git(teacher, "commit", "-q", "--allow-empty", "-m", "a change of the course")
        git(teacher, "push", "-q", str(shared), "main")
        # the student's git knows no name and no address
        environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(
            [site_tools.python(), "-m", "nbgitpuller.pull", shared.as_uri(), "main", str(student)],
            cwd=shared, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return teacher, student

    return pull


def change(folder: Path, numbers: dict[int, str], ran: int = 0) -> None:
    """Write these sources into cells of the notebook, and another run's outputs, as JupyterLab saves it."""
    path = folder / FIRST
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, source in numbers.items():
        notebook["cells"][number]["source"] = source.splitlines(keepends=True)
    for cell in notebook["cells"]:
        if ran and cell["cell_type"] == "code":
            cell["execution_count"] = ran
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": [f"run {ran}\n"]}]
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


MINE = "mine = 1\nalso = 2"


@pytest.mark.parametrize(("students", "teachers", "ran", "then"), [
    pytest.param({4: MINE}, {12: "mended"}, False, {4: MINE, 12: "mended"}, id="different cells"),
    pytest.param({4: MINE}, {4: "theirs = 1\nmore = 3\nand = 4"}, False, {4: MINE}, id="the same cell"),
    pytest.param({}, {3: "mended"}, True, {3: "mended"}, id="both ran it"),
])
def test_a_pull_ends_clean_and_keeps_the_students_work(students, teachers, ran, then, pull):
    teacher, student = pull()
    change(student, students, 7 * ran)
    change(teacher, teachers, 1 * ran)
    pull()
    found = cells(student / FIRST)
    assert {number: found[number]["source"] for number in then} == then
    text = (student / FIRST).read_text(encoding="utf-8")
    assert "<<<<<<<" not in text and ("run 7" in text) == ran
    assert git(student, "ls-files", "--unmerged") == ""
    assert git(student, "diff", "--name-only") == "", "nothing is left half done"
    before = git(student, "rev-parse", "HEAD").strip()
    pull()
    assert git(student, "diff", before, "--name-only") == "", "a second click changes nothing"
