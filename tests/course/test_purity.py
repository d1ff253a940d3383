"""The code of helpers and of the lessons asks only for what a browser's Python has."""

import ast
import sys

from course import ROOT

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
