# The course as a reader meets it, in Chromium: lessons in JupyterLab, the sites, a deck, a network taken
# home. Without these, everything could compute rightly and nothing be seen: a page that overflows, a
# control that no key reaches, a dashboard that does not move, a barrier that axe finds.
"""One JupyterLab, one Chromium and one site for all files of this folder that a worker runs.

Each file has a folder, kernels and pages of its own.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from course import ROOT
from lab import Browser, Lab

RUNNING = pytest.StashKey[tuple[ExitStack, dict]]()


def shared(request, kind: Callable, *arguments):
    """What `with kind(*arguments) as` gives, once a worker, until the last test of this folder: the loop of a
    Chromium would be in the way of tests that have a loop of their own."""
    here = next(node for node in request.node.iter_parents() if node.path == Path(__file__).parent)
    if RUNNING not in here.stash:
        here.stash[RUNNING] = ExitStack(), {}

        def end() -> None:
            here.stash[RUNNING][0].close()
            del here.stash[RUNNING]

        here.addfinalizer(end)
    stack, running = here.stash[RUNNING]
    if kind not in running:
        running[kind] = stack.enter_context(kind(*arguments))
    return running[kind]


@pytest.fixture(scope="module")
def browser(request):
    chromium = shared(request, Browser)
    yield chromium
    chromium.close_pages()


@pytest.fixture(scope="module")
def lab(request, tmp_path_factory):
    """JupyterLab over a new folder."""
    server = shared(request, Lab, tmp_path_factory.getbasetemp())
    with server.room(request.path.stem) as lab:
        yield lab


@pytest.fixture(scope="module")
def course(lab):
    """JupyterLab over a copy of the course, so that no committed file changes."""
    for part in ("notebooks", "img", "data"):
        shutil.copytree(ROOT / part, lab.folder / part, ignore=shutil.ignore_patterns(".*"))
    return lab


@contextmanager
def both_sites(folder: Path) -> Iterator[Path]:
    import build_site  # here, since the site can be taken out
    import lite_site

    build_site.read(folder, with_lite=True, lessons=["00"])
    lite_site.build(folder / "lite")
    yield folder


@pytest.fixture(scope="module")
def site(request, tmp_path_factory):
    """Both sites, as `build_site.py all` makes them; the dashboards of the first lesson move."""
    return shared(request, both_sites, tmp_path_factory.getbasetemp() / "site")
