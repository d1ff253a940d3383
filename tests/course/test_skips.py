"""Which skips are allowed where, as the root's conftest.py says: what needs more has a mark."""

import re
import subprocess
import sys
from collections import Counter

import pytest
from course import ROOT

TESTS = """
import pytest
@pytest.mark.browser
def test_marked():
    pytest.skip("no browser")
def test_unmarked():
    pytest.skip("some reason")
def test_that_runs():
    pass
"""


def outcome(folder, skips: str, *options) -> dict[str, int]:
    """How a run of TESTS ends with COURSE_SKIPS set to `skips`."""
    (folder / "conftest.py").write_text((ROOT / "conftest.py").read_text("utf-8"), encoding="utf-8")
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    (folder / "pytest.ini").write_text(
        f"[pytest]\npythonpath = {ROOT / 'scripts/site'} {ROOT / 'tests/support'}\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options], cwd=folder,
                          capture_output=True, text=True, env={"COURSE_SKIPS": skips, "PATH": ""})
    last = done.stdout.splitlines()[-1].replace("error", "failed")     # a failure before a test begins
    found = Counter()
    for count, word in re.findall(r"(\d+) (passed|failed|skipped)", last):
        found[word] += int(count)
    return found


@pytest.mark.parametrize(("skips", "found"), [
    ("", {"passed": 1, "skipped": 2}),
    ("marked", {"passed": 1, "skipped": 1, "failed": 1}),
    ("none", {"passed": 1, "failed": 2}),
])
def test_a_skip_is_a_failure_where_it_may_not_be(tmp_path, skips, found):
    assert outcome(tmp_path, skips) == found


def test_what_was_skipped_for_a_need_is_all_that_a_second_run_takes(tmp_path):
    assert outcome(tmp_path, "", "-m", "browser") == {"skipped": 1}


def test_ci_takes_every_need_in_its_second_run():
    conftest = (ROOT / "conftest.py").read_text("utf-8")
    needs = re.findall(r'^    "(\w+)": \(', conftest, re.MULTILINE)
    ci = (ROOT / ".ci/run").read_text("utf-8")
    (run,) = re.findall(r'-m "\(([\w ]+)\) and not slow"', ci)      # what is left out in it, the class has
    assert len(needs) >= 6 and run.split(" or ") == needs
    assert ci.count('marked "${class[@]}"') == 1 and "${class[@]/#/--ignore=}" in ci
