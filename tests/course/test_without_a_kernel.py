"""Notebooks without a kernel, as a browser's Python would run them, each in a fork of a fresh process.

No cell starts a thread, a process or a connection, reads what is not shipped or shows something else than is
saved; a lesson takes no more memory than a seat of a class has.
For every lesson: `pytest -m "slow or not slow" tests/course/test_without_a_kernel.py`.
"""

import json
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest
from course import LESSONS, ROOT, SOLUTIONS, cells, name

ALONE = ROOT / "tests" / "support" / "cells_alone.py"
QUICK = ("02",)     # of each run, since it has each kind of live view; .ci/colab runs a third of the others


def marked(path):
    """Lesson 10 and its solutions need PyTorch; one lesson and its solutions are in each run."""
    slow = path.name[:2] not in QUICK
    return pytest.param(path, id=name(path), marks=[
        *[pytest.mark.torch] * path.name.startswith("10_"), *[pytest.mark.slow] * slow])


def alone(paths, *options) -> subprocess.CompletedProcess:
    """Run the cells of notebooks where what a browser's Python can't do is refused."""
    return subprocess.run([sys.executable, ALONE, *options, *paths], capture_output=True, text=True)


@pytest.fixture(scope="module")
def ran(request) -> dict:
    """What was said of each notebook of the tests that are to be run, and the megabytes that it took."""
    wanted = dict.fromkeys(item.callspec.params["path"] for item in request.session.items
                           if item.path == request.path and hasattr(item, "callspec"))
    found = {}
    for torch in (False, True):
        paths = [path for path in wanted if path.name.startswith("10_") is torch]
        if not paths or (torch and not find_spec("torch")):
            continue
        done = alone(paths, *["--torch"] * torch)
        said = re.split(r"^(?=\d\d_\w+\.ipynb: )", done.stdout, flags=re.MULTILINE)[1:]
        peaks = re.findall(r"^peak (\d+) MB$", done.stderr, re.MULTILINE)
        assert len(said) == len(paths), done.stdout[-3000:] + done.stderr[-1000:]
        found |= dict(zip(paths, zip(said, peaks or [0] * len(paths), strict=False), strict=False))
    return found


@pytest.mark.parametrize("path", [marked(path) for path in (*SOLUTIONS, *LESSONS)])
def test_every_cell_shows_what_is_saved_without_threads_processes_and_network(path, ran):
    said, peak = ran[path]
    assert said == f"{path.name}: {len(cells(path, 'code'))} cells ran\n"
    assert int(peak) < 400 or path.name.startswith("10_"), "a seat of a class, or a browser, may have no more"


BAD = {
    "a thread": "import threading\nthreading.Thread(target=int).start()",
    "a pool of threads": "from concurrent.futures import ThreadPoolExecutor\n"
                         "with ThreadPoolExecutor(1) as pool:\n    pool.submit(abs, -1).result()",
    "memory that processes share": "from multiprocessing.shared_memory import SharedMemory\n"
                                   "SharedMemory(create=True, size=64).unlink()",
    "an alarm": "import signal\nsignal.alarm(0);",
    "a page of its own": "import webbrowser\nwebbrowser.open('http://127.0.0.1:9');",
    "a library of the system": "import ctypes\nctypes.CDLL(None);",
    "a file of the tests": f"open({str(ALONE.with_name('nbval.cfg'))!r}).close()",
    "a process": "import subprocess\nsubprocess.run(['true'])",
    "a pool of processes": "from concurrent.futures import ProcessPoolExecutor\n"
                           "with ProcessPoolExecutor(1) as pool:\n    pool.submit(abs, -1).result()",
    "a socket": "import socket\nsocket.socket()",
    "a file that is not shipped": "open('/etc/hostname').read()",
    "a file written beside the notebook": "open('left_behind.txt', 'w').close()",
    "another output than the saved one": "print('something else')",
}


def test_the_check_of_cells_finds_what_is_planted():
    folder = ROOT / "build" / "purity"      # the temporary folder may be written to
    folder.mkdir(parents=True, exist_ok=True)
    planted = BAD | {"right: much": "much = bytearray(b'1') * 500_000_000"}
    paths = []
    for number, source in enumerate(planted.values()):
        cell = {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": []}
        paths.append(folder / f"{number:02}_planted.ipynb")
        paths[-1].write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    done = alone(paths)
    found = re.findall(r"^\d\d_planted\.ipynb: (\w+)", done.stdout, re.MULTILINE)
    assert done.returncode == 1
    assert dict(zip(planted, found, strict=True)) == {
        what: "1" if what.startswith("right") else "FAILED" for what in planted}, done.stdout
    *small, large = map(int, re.findall(r"^peak (\d+) MB$", done.stderr, re.MULTILINE)) or (0, 999)
    assert max(small) < 400 < large
    assert not (folder / "left_behind.txt").exists()
