"""What a test needs beyond the README's line, who runs it, and in which order: for tests and notebooks alike.

A test that needs more than `requirements.txt` and `.[dev]` says so by a mark, a name in NEEDS. Where the
need is not met it is skipped, with the reason; so a second run of just the marked ones is all that is left
to do once it is met. COURSE_SKIPS in the environment says which skips are failures:

    marked   a skip without a mark, for that second run would not make up for it
    none     every skip
"""

import gc
import os
import shutil
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from lab import chromium

pytest_plugins = ["lesson_items"]
# For its doctests a module is imported; these import what may not be there.
collect_ignore = [] if find_spec("torch") else ["helpers/lessons/lesson10/pytorch.py",
                                                "helpers/lessons/lesson10/lines.py"]
collect_ignore += [] if find_spec("nbgrader") else ["helpers/classroom"]
# A quarter of a minute or more on one worker, some of it waiting: these begin first.
LONG = ("test_class.py", "test_repository.py")
collect_ignore_glob = ["tests/*/conftest.py"]      # which say what a folder is for, and hold no doctests
LESSON_WITH_TORCH = "10_from_numpy_to_pytorch"


def builds_sites() -> bool:
    return bool(find_spec("site_tools") and import_module("site_tools").ready())


def has_browser() -> bool:
    return bool(find_spec("playwright") and chromium())


NEEDS = {  # mark: whether the need is met, and how it can be
    "torch": (lambda: find_spec("torch"), "PyTorch is not installed: pip install -e '.[torch]'"),
    "dask": (lambda: find_spec("distributed"), "Dask is not installed: pip install -e '.[cluster]'"),
    "browser": (has_browser, "neither Chromium nor Chrome is on the path: install one of them"),
    "site": (builds_sites, "what builds the sites is not here: python scripts/site/build_site.py tools"),
    "types": (lambda: find_spec("pyright") and shutil.which("node"),
              "pyright is not installed, or there is no Node.js for it: pip install -e '.[types]'"),
    "git": (lambda: shutil.which("git"), "git is not on the path: install it"),
    "classroom": (lambda: find_spec("nbgrader"), "nbgrader is not installed: pip install -e '.[class]'"),
}


def pytest_addoption(parser, pluginmanager):
    """Without pytest-xdist, as with requirements.txt and pytest alone, all runs in one process."""
    if not pluginmanager.hasplugin("xdist"):
        parser.addoption("--numprocesses")
        parser.addoption("--maxprocesses")
        parser.addoption("--no-loadscope-reorder", action="store_true")


def pytest_configure(config):
    gc.set_threshold(200_000, 20, 50)       # with all the figures, a tenth of the time went there
    # What the tests press is not kept in the file of whoever runs them, nor do they read it.
    os.environ["MY_COURSE"] = str(Path(tempfile.mkdtemp(prefix="course-")) / "my_course.jsonl")
    for mark, (_, reason) in NEEDS.items():
        config.addinivalue_line("markers", f"{mark}: skipped where {reason}")


def pytest_sessionfinish():
    gc.collect()
    gc.freeze()         # at its end pytest looks five times for what is no longer used


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if LESSON_WITH_TORCH in item.nodeid and item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.torch)
    lacking = {mark: reason for mark, (met, reason) in NEEDS.items() if not met()}
    for item in items:
        for mark in lacking.keys() & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.skip(reason=lacking[mark]))
    items.sort(key=heaviest_first)      # stable: what belongs together stays together


def heaviest_first(item) -> int:
    """So that no worker is left alone at the end, with a browser or a long file."""
    marks = {mark.name for mark in item.iter_markers()}
    if marks & {"browser", "site"} or item.path.name in LONG:
        return 0
    return 1 if item.path.suffix == ".ipynb" else 2


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        marked = any(mark.name in NEEDS for mark in item.iter_markers())
        refused = {"none": True, "marked": not marked}.get(os.environ.get("COURSE_SKIPS", ""), False)
        if refused:
            report.outcome = "failed"
            report.longrepr = f"{report.nodeid} would be skipped, and may not be here. {report.longrepr[2]}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.skipped and os.environ.get("COURSE_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} would be skipped as a whole: let marks say what it needs."
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A file stays on one worker, for its fixtures; one about all notebooks is shared by notebook.

    What builds the sites uses one folder, and plays a lesson once: all of that is on one worker.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFileOrNotebook(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file, _, test = nodeid.partition("::")
            by_notebook = file.endswith("test_browser.py") and "[" in test
            built = file.endswith(("test_site.py", "test_decks.py", "test_paper.py", "test_doors.py"))
            return "built" if built else f"{file}::{test.partition('[')[2]}" if by_notebook else file

    return ByFileOrNotebook(config, log)
