"""Which skips are allowed where, as the root's conftest.py says: what needs more has a mark."""

import re

import pytest
from course import ROOT

pytest_plugins = "pytester"

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


@pytest.fixture
def outcome(pytester, monkeypatch):
    """A function: how a run of TESTS ends with COURSE_SKIPS set to `skips`, in this process."""
    pytester.makeconftest((ROOT / "conftest.py").read_text("utf-8"))
    pytester.makepyfile(TESTS)

    def ends(skips: str, *options) -> dict[str, int]:
        monkeypatch.setenv("COURSE_SKIPS", skips)
        monkeypatch.setenv("PATH", "")
        found = pytester.runpytest_inprocess("-p", "no:cacheprovider", *options).parseoutcomes()
        wrong = found.pop("errors", 0) + found.pop("error", 0)      # a failure before a test begins
        return found | ({"failed": found.get("failed", 0) + wrong} if wrong else {})

    return ends


@pytest.mark.parametrize(("skips", "found"), [
    ("", {"passed": 1, "skipped": 2}),
    ("marked", {"passed": 1, "skipped": 1, "failed": 1}),
    ("none", {"passed": 1, "failed": 2}),
])
def test_a_skip_is_a_failure_where_it_may_not_be(outcome, skips, found):
    assert outcome(skips) == found


def test_what_was_skipped_for_a_need_is_all_that_a_second_run_takes(outcome):
    found = outcome("", "-m", "browser")
    assert found.pop("deselected") == 2 and found == {"skipped": 1}


def test_ci_takes_every_need_in_its_second_run():
    conftest = (ROOT / "conftest.py").read_text("utf-8")
    needs = re.findall(r'^    "(\w+)": \(', conftest, re.MULTILINE)
    ci = (ROOT / ".ci/run").read_text("utf-8")
    (run,) = re.findall(r'-m "\(([\w ]+)\) and not slow"', ci)      # what is left out in it, the class has
    assert len(needs) >= 6 and run.split(" or ") == needs
    assert ci.count('marked "${class[@]}"') == 1 and "${class[@]/#/--ignore=}" in ci
