"""One JupyterLab and one Chromium for all files of this folder that a worker runs.

Each file has a folder, kernels and pages of its own. It may name the size of its pages, WINDOW, and settings
of JupyterLab by the name of the plugin, SETTINGS.
"""

import shutil
from pathlib import Path

import pytest
from course import ROOT
from lab import Browser, Lab

RUNNING = pytest.StashKey[dict]()


def shared(request, kind: type, *arguments):
    """The one `kind(*arguments)` of this worker. It ends with the last test of this folder, since the loop of
    a Chromium would be in the way of tests that have a loop of their own."""
    here = next(node for node in request.node.iter_parents() if node.path == Path(__file__).parent)
    running = here.stash.setdefault(RUNNING, {})
    if kind not in running:
        running[kind] = kind(*arguments).__enter__()
        here.addfinalizer(lambda: running.pop(kind).__exit__())
    return running[kind]


@pytest.fixture(scope="module")
def browser(request):
    chromium = shared(request, Browser)
    chromium.resize(*getattr(request.module, "WINDOW", (1280, 900)))
    yield chromium
    chromium.close_pages()


@pytest.fixture(scope="module")
def lab(request, tmp_path_factory):
    """JupyterLab over a new folder."""
    server = shared(request, Lab, tmp_path_factory.getbasetemp())
    with server.room(request.path.stem, getattr(request.module, "SETTINGS", None)) as lab:
        yield lab


@pytest.fixture(scope="module")
def course(lab):
    """JupyterLab over a copy of the course, so that no committed file changes."""
    for part in ("notebooks", "img", "data"):
        shutil.copytree(ROOT / part, lab.folder / part, ignore=shutil.ignore_patterns(".*"))
    return lab
