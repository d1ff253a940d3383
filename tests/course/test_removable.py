"""Two parts can be taken out, the class and the site: the rest imports, is collected, and keeps to its rules.

All modules of helpers and of the tests are imported in a copy without the part, and the tests run there that
look at the whole tree. CI does so; here it is `pytest -m slow tests/course/test_removable.py`.
"""

import re
import shutil
import subprocess
import sys

import pytest
from course import ROOT

PARTS = {       # what goes with each, its tests included
    "classroom": ["helpers/classroom", "tests/classroom", "tests/support/made_up_class.py"],
    "site": ["scripts/site", "docs/conf.py", "docs/site.css", "docs/slides", "docs/player", "docs/lite",
             "docs/requirements.txt", "tests/site", "tests/support/anew.py", "benchmarks/site.py",
             *(f"tests/browser/test_{name}.py" for name in (
                 "axe_everywhere", "decks", "doors", "learner", "paper", "player", "site"))],
}
MADE = {".git", ".venv", ".venv-colab", "build", "dist", "_site", "__pycache__"}


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_the_rest_does_without(part, tmp_path):
    def left_out(folder, names):
        here = {name: (ROOT / folder / name).relative_to(ROOT).as_posix() for name in names}
        return [name for name in names if name in MADE or here[name] in PARTS[part]]

    copy = tmp_path / "course"
    shutil.copytree(ROOT, copy, ignore=left_out)
    page = copy / "README.md"           # its row in the table of rooms
    page.write_text(re.sub(rf"^\| `{part}` \|.*\n", "", page.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "tests", "helpers",
         "-m", "not (slow or types or torch or browser or site or classroom)",
         # Pages still speak of the part; and what only it passes is a parameter that nobody passes.
         "-k", "(test_repository or test_contributing or test_skips) "
               "and not (links_in_documents or passed_by_nobody)"],
        cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
