"""The notebooks' code does only what a browser's Python can do, and says there what it says here."""

import ast
import json
import re
import subprocess
import sys

import pytest
from course import NOTEBOOKS, ROOT, cells, name

ALONE = ROOT / "tests" / "cells_alone.py"
# What Pyodide's documentation names as left out of Python's own modules, or as there but of no use.
ABSENT = {"curses", "dbm", "ensurepip", "fcntl", "grp", "idlelib", "lib2to3", "msvcrt", "nis", "pwd", "pty",
          "readline", "resource", "syslog", "termios", "tkinter", "tty", "turtle", "turtledemo",
          "venv", "winreg", "winsound"}
USELESS = {"multiprocessing", "socket", "subprocess"}
PRESENT = {"numpy", "matplotlib", "PIL", "ipywidgets", "IPython", "traitlets", "threadpoolctl", "helpers"}


def run_alone(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, ALONE, *map(str, arguments)], capture_output=True, text=True,
                          timeout=300)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_every_cell_runs_without_threads_processes_and_network(path):
    result = run_alone(path)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]
    ran = 0 if path.name.startswith("10_") else len(cells(path, "code"))   # lesson 10 needs PyTorch
    assert result.stdout == f"{path.name}: {ran} cells ran\n"
    if peak := re.search(r"^peak (\d+) MB$", result.stderr, re.MULTILINE):
        print(peak[0])
        assert int(peak[1]) < 400, "a seat of a class, or a browser, may have no more"


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


@pytest.mark.parametrize("source", BAD.values(), ids=BAD)
def test_the_check_finds(source):
    folder = ROOT / "build" / "purity"      # the temporary folder may be written to
    folder.mkdir(parents=True, exist_ok=True)
    cell = {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": []}
    path = folder / "bad.ipynb"
    path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    result = run_alone(path)
    assert result.returncode == 1 and "FAILED" in result.stdout
    assert not (folder / "left_behind.txt").exists()


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


@pytest.mark.parametrize("path", sorted((ROOT / "helpers").rglob("*.py")),
                         ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_asks_only_for_what_the_browser_has(path):
    for package, at_once in imports(path):
        if path.name == "pytorch.py" and package == "torch":
            continue
        assert package in PRESENT | (sys.stdlib_module_names - ABSENT), package
        assert not (at_once and package in USELESS), f"{package} is imported by the function that needs it"
