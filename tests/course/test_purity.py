"""The code of helpers and of the lessons asks only for what a browser's Python has."""

import ast
import json
import re
import subprocess
import sys

import pytest
from course import NOTEBOOKS, ROOT, SOLUTIONS, cells, name

# What Pyodide's documentation names as left out of Python's own modules, or as there but of no use.
ABSENT = {"curses", "dbm", "ensurepip", "fcntl", "grp", "idlelib", "lib2to3", "msvcrt", "nis", "pwd", "pty",
          "readline", "resource", "syslog", "termios", "tkinter", "tty", "turtle", "turtledemo",
          "venv", "winreg", "winsound"}
USELESS = {"multiprocessing", "socket", "subprocess"}
PRESENT = {"numpy", "matplotlib", "PIL", "ipywidgets", "IPython", "traitlets", "threadpoolctl", "helpers"}


def imports(path) -> set[tuple[str, bool]]:
    """The packages that a module imports, each with whether it does so as soon as it is imported."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(node) for top in ast.walk(tree) if isinstance(top, ast.FunctionDef | ast.AsyncFunctionDef)
              for node in ast.walk(top)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module]
            found |= {(each.partition(".")[0], id(node) not in inside) for each in names}
    return found


def test_a_module_asks_only_for_what_the_browser_has():
    for path in sorted((ROOT / "helpers").rglob("*.py")):
        if path.parent.name == "classroom":
            continue        # nothing imports it, and nobody marks a class in a browser
        for package, at_once in imports(path):
            if path.name == "pytorch.py" and package == "torch":
                continue
            if path.name == "files.py" and package in ("fcntl", "msvcrt") and not at_once:
                continue        # of a lock, which a browser, with its one process, does without
            assert package in PRESENT | (sys.stdlib_module_names - ABSENT), f"{path}: {package}"
            assert not (at_once and package in USELESS), (
                f"{path}: {package} is imported by the function that needs it")


# The cells, each notebook in a process of its own.

QUICK = ("02", "05", "12")      # the rest with `-m slow`
MEMORY = 400                    # megabytes: a seat of a class, or a browser, may have no more
ALONE = ROOT / "tests" / "support" / "cells_alone.py"


def marks(path) -> list:
    slow = path in SOLUTIONS or path.name[:2] not in QUICK
    return [pytest.mark.slow] * slow + [pytest.mark.torch] * path.name.startswith("10_")


@pytest.mark.parametrize("path", [pytest.param(path, id=name(path), marks=marks(path)) for path in NOTEBOOKS])
def test_every_cell_runs_without_threads_processes_and_network(path):
    torch = ["--torch"] * path.name.startswith("10_")
    ended = subprocess.run([sys.executable, ALONE, *torch, path], capture_output=True, text=True)
    assert ended.stdout == f"{path.name}: {len(cells(path, 'code'))} cells ran\n", ended.stdout + ended.stderr
    if not torch and (peak := re.search(r"^peak (\d+) MB$", ended.stderr, re.M)):
        assert int(peak[1]) < MEMORY


BAD = {
    "a thread": "import threading\nthreading.Thread(target=print).start()",
    "a process": "import subprocess\nsubprocess.run(['true'])",
    "a pool of processes": "from concurrent.futures import ProcessPoolExecutor\n"
                           "with ProcessPoolExecutor(1) as pool:\n    pool.submit(abs, -1).result()",
    "a socket": "import socket\nsocket.socket()",
    "a file that is not shipped": "open('/etc/hostname').read()",
    "a file written beside the notebook": "open('left_behind.txt', 'w').close()",
    "another output than the saved one": "print('something else')",
}


def test_the_check_of_cells_finds():
    folder = ROOT / "build" / "purity"      # the temporary folder may be written to
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, source in enumerate(BAD.values()):
        cell = {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": []}
        paths.append(folder / f"bad{number}.ipynb")
        paths[-1].write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    result = subprocess.run([sys.executable, ALONE, *paths], capture_output=True, text=True)
    assert result.returncode == 1
    assert re.findall(r"^bad(\d+)\.ipynb: (\w+)", result.stdout, re.MULTILINE) == [
        (str(number), "FAILED") for number in range(len(BAD))]
    assert not (folder / "left_behind.txt").exists()
