"""The class and the site can be taken out: the rest imports, is collected, and keeps to its rules.

All modules of helpers and of the tests are imported in a copy without both, and the tests run there that look
at the whole tree. CI does so; here it is `pytest -m slow tests/course/test_removable.py`.
"""

import re
import shutil
import subprocess
import sys

import pytest
from course import ROOT

GONE = ["helpers/classroom", "tests/classroom", "scripts/site", "tests/site", "tests/browser",
        "docs/slides", "docs/player", "docs/lite"]
MADE = {".git", ".venv", ".venv-colab", "build", "dist", "_site", "__pycache__"}


@pytest.mark.slow
def test_the_rest_does_without_the_class_and_the_site(tmp_path):
    def left_out(folder, names):
        here = {name: (ROOT / folder / name).relative_to(ROOT).as_posix() for name in names}
        return [name for name in names if name in MADE or here[name] in GONE]

    copy = tmp_path / "course"
    shutil.copytree(ROOT, copy, ignore=left_out)
    page = copy / "README.md"           # the class has a row in the table of rooms
    rest = re.sub(r"^\| `classroom` \|.*\n", "", page.read_text("utf-8"), flags=re.MULTILINE)
    page.write_text(rest, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "tests", "helpers",
         "-m", "not (slow or types or torch or browser or site or classroom)",
         "-k", "test_repository and not linter"],
        cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
