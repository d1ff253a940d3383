"""What holds for the repository as a whole: its layers, its README, its package."""

import ast
import json
import os
import re
import subprocess
import sys
import zipfile
from importlib.util import find_spec

import pytest
import yaml
from course import LESSONS, ROOT

from helpers import __version__

HELPERS = ROOT / "helpers"
README = (ROOT / "README.md").read_text(encoding="utf-8")
# The rooms of helpers from the top down, and what each knows: the README's table.
ROOMS = {room: set(re.findall(r"\w+", knows))
         for room, knows in re.findall(r"^\| `(\w+)` \| ([^|]*) \|", README, re.MULTILINE)}
# What a package named there is called in code, with what it brings along and what is its own business.
PACKAGES = {"NumPy": {"numpy", "threadpoolctl"}, "matplotlib": {"matplotlib", "PIL"},
            "ipywidgets": {"ipywidgets", "IPython", "traitlets"}, "PyTorch": {"torch"},
            "nbgrader": {"nbgrader", "nbformat", "nbclient", "jupyter_client", "jupyter_core", "nbconvert",
                         "jinja2", "psutil"}}
TORCH = ("lesson10/pytorch.py", "lesson10/lines.py")    # the files that may import PyTorch
# What Pyodide's documentation names as left out of Python's own modules; a class may use some.
ABSENT = {"curses", "dbm", "ensurepip", "grp", "idlelib", "lib2to3", "nis", "pwd", "pty", "readline",
          "resource", "syslog", "termios", "tkinter", "tty", "turtle", "venv", "winreg", "winsound"}


def imported(source: str) -> set[str]:
    """Every module that a source imports, anywhere in it; helpers' own with the name taken from it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, "imports name the whole module"
            own = node.module.split(".")[0] == "helpers"
            found |= {f"{node.module}.{a.name}" for a in node.names} if own else {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def known(room: str) -> set[str]:
    """The packages that a room may import: those of its row, and of the rooms it knows."""
    knows = ROOMS.get(room, {"NumPy"})          # helpers itself looks whether NumPy is there, in a browser
    rows = knows.union(*(ROOMS[below] for below in knows & set(ROOMS)))
    absent = ABSENT if room != "classroom" else set()
    return (set(sys.stdlib_module_names) - absent).union(*(PACKAGES[name] for name in rows & set(PACKAGES)))


def draws(path: str) -> bool:
    """Whether a file of a lesson may draw: its name says so, or it hands on the others' names."""
    return path.endswith(("pictures.py", "drawings.py", "__init__.py"))


def breaches(path: str, source: str) -> list[str]:
    """What the file at `path`, from helpers, imports and may not."""
    room, *inside = path.split("/")
    bad = []
    for module in sorted(imported(source)):
        parts = module.split(".")
        if parts[1:2] in (["__version__"],):
            continue        # of helpers itself, for all its rooms
        package, below = parts[0], parts[1] if len(parts) > 1 else ""
        other_lesson = module.startswith("helpers.lessons.lesson") and parts[2] != inside[0]
        if package == "helpers" and room == "__init__.py":
            bad.append(f"{module}: helpers itself imports none of its rooms")
        elif package == "helpers" and below not in {room, *ROOMS[room]}:
            bad.append(f"{module}: {room} does not know {below}")
        elif other_lesson:
            bad.append(f"{module}: a lesson imports no other")
        elif package == "helpers" and room == "lessons" and below == "pictures" and not draws(path):
            bad.append(f"{module}: only files of pictures and drawings do that")
        elif package != "helpers" and package not in known(room):
            bad.append(f"{module}: {room} does not know it")
        elif package in PACKAGES["matplotlib"] and room == "lessons" and not draws(path):
            bad.append(f"{module}: only files of pictures and drawings do that")
        elif package == "torch" and not path.endswith(TORCH):
            bad.append(f"{module}: only {TORCH} does that")
    return bad


def test_the_rooms_are_the_folders_of_helpers_and_know_only_those_below():
    core = ["lessons", "checks", "widgets", "pictures", "runs", "data", "networks"]
    assert list(ROOMS) == ["classroom"] * (HELPERS / "classroom").is_dir() + core
    assert set(ROOMS) == {path.parent.name for path in HELPERS.glob("*/__init__.py")}
    for place, room in enumerate(ROOMS):
        assert ROOMS[room] <= {*list(ROOMS)[place + 1:], *PACKAGES}, room
    assert "widgets" not in ROOMS["lessons"]
    assert all("classroom" not in knows for knows in ROOMS.values())


def test_imports_run_one_way():
    found = {path.relative_to(HELPERS).as_posix(): path.read_text("utf-8") for path in HELPERS.rglob("*.py")}
    assert {path: bad for path, source in found.items() if (bad := breaches(path, source))} == {}


@pytest.mark.parametrize(("path", "source", "allowed"), [
    ("runs/sweep.py", "import json\nfrom helpers.networks import train, RNN\nimport numpy", True),
    ("networks/optim.py", "def f():\n    from helpers.lessons import lesson05", False),
    ("networks/optim.py", "import curses", False),
    ("lessons/lesson05/experiments.py", "from helpers.lessons.lesson04 import echo_run", False)])
def test_the_check_of_imports_finds(path, source, allowed):
    assert (breaches(path, source) == []) == allowed


SIDE_EFFECTS = """
import importlib, json, os, random, socket, sys, threading
import numpy, threadpoolctl
opened, first = [], socket.socket
class Watched(first):
    def __init__(self, *arguments, **named):
        opened.append(arguments)
        super().__init__(*arguments, **named)
socket.socket = Watched
def state():
    drawing = sys.modules.get("matplotlib")
    return [threading.active_count(), dict(os.environ), list(sys.path), os.getcwd(), random.getstate(),
            repr(numpy.random.get_state()), numpy.geterr(), drawing and dict(drawing.rcParams)]
for packages, modules in json.loads(sys.argv[1]):
    for package in packages:        # what they do when they are first imported is their own business
        importlib.import_module(package)
    opened.clear()
    for module in modules:
        before = state()
        importlib.import_module(module)
        print(json.dumps([module, state() == before and not opened, sorted(sys.modules)]))
"""


def test_an_import_changes_nothing_and_brings_only_what_its_room_needs():
    """Each room finds only what those below brought. A fresh interpreter takes six seconds for all modules,
    and nothing else would notice that opening a lesson sets a seed or waits for PyTorch."""
    heavy, groups, rooms = {"torch", "matplotlib", "PIL", "ipywidgets", "IPython"}, [], {}
    for room in reversed(ROOMS):
        if room == "classroom" and not find_spec("nbgrader"):
            continue
        paths = [path.relative_to(ROOT) for path in sorted((HELPERS / room).rglob("*.py"))]
        modules = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths
                   if not path.as_posix().endswith(TORCH)]
        brought = {"matplotlib", "ipywidgets"} & known(room)
        groups.append((sorted(brought) + ["nbgrader.apps.api"] * (room == "classroom"), modules))
        rooms |= dict.fromkeys(modules, room)
    if find_spec("torch"):
        groups.append((["torch"], [f"helpers.lessons.{path[:-3].replace('/', '.')}" for path in TORCH]))
    result = subprocess.run([sys.executable, "-c", SIDE_EFFECTS, json.dumps(groups)], capture_output=True,
                            text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    below = set()
    for module, clean, loaded in map(json.loads, result.stdout.splitlines()):
        below |= known(rooms[module]) if module in rooms else {"torch"}
        assert clean and heavy & set(loaded) <= below, module


def text_files() -> list:
    """Every text file of the repository that a reader may open."""
    made = {"build", "dist", "_site"}
    tops = [top for top in ROOT.iterdir()
            if top.name == ".ci" or not (top.name.startswith(".") or top.name in made)]
    files = [file for top in tops for file in (top.rglob("*") if top.is_dir() else [top])]
    kinds = {".py", ".md", ".toml", ".txt", ".cfg", ".mplstyle", ".ipynb", ".svg", ".json", ""}
    return [file for file in files
            if file.is_file() and file.suffix in kinds and ".ipynb_checkpoints" not in file.parts]


def test_no_file_names_a_machine_or_a_registry():
    signs = re.compile(r"(?<![\w.<])/(?:home|Users|root|work|opt|tmp)/\w|"
                       r"pypi\.|pythonhosted|registry\.|deb\.debian", re.IGNORECASE)
    found = {}
    for file in text_files():
        if file.name not in ("test_repository.py", "test_notebooks.py"):
            if words := signs.findall(file.read_text(encoding="utf-8", errors="replace")):
                found[file.relative_to(ROOT).as_posix()] = words
    assert found == {}


def test_ci_first_runs_the_very_line_that_the_readme_gives():
    lines = [line for line in README.splitlines() if line.rstrip().endswith("-m pytest")]
    unix = [line for line in lines if ".venv/bin/python" in line]
    assert len(unix) == 1, lines
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert unix[0] in ci
    installs = [line for line in ci if "apt-get install" in line or "pip install" in line]
    assert installs[0] == unix[0], "before anything else is installed"


def test_the_code_is_clean_to_the_linter():
    found = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache"], cwd=ROOT,
                           capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


@pytest.mark.types
def test_the_types_hold():
    """A quarter of a minute, for which it finds a call that no test makes: pyright reads every line."""
    found = subprocess.run([sys.executable, "-m", "pyright", "--pythonpath", sys.executable], cwd=ROOT,
                           capture_output=True, text=True)
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-500:]


def test_an_installed_wheel_finds_its_texts_and_lessons(tmp_path):
    build = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
    built = subprocess.run([sys.executable, "-c", build, str(tmp_path)],
                           cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    wheel = next(tmp_path.glob("*.whl"))
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    read = ("import sys; sys.path.insert(0, sys.argv[1]); import helpers.data as d; "
            "print(d.__file__.startswith(sys.argv[1]), len(d.load_text('input'))); "
            "print(*(d.shipped_lesson(name).source for name in d.lesson_names()), sep='\\n')")
    result = subprocess.run([sys.executable, "-c", read, str(tmp_path / "installed")],
                            cwd=tmp_path, capture_output=True, text=True)
    first, *sources = result.stdout.splitlines()
    assert first == "True 4214", result.stderr
    assert sources == [f"from version {__version__}"] * len(LESSONS)


def test_the_version_stands_in_one_place_and_the_pages_of_a_release_have_it():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    released = re.findall(r"^## \[([\d.]+)\] - (\d{4}-\d\d-\d\d)$", changes, re.MULTILINE)
    assert (cited["version"], str(cited["date-released"])) == (__version__, released[0][1])
    assert released[0][0] == __version__ and [date for _, date in released] == sorted(
        (date for _, date in released), reverse=True)
    assert set(cited["authors"][0]) == {"name"}, "an entity, not a person"
    assert README.startswith(f"# {cited['title']}\n")
    kinds = re.findall(r"^### (\w+)$", changes, re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1].split()))      # which now cannot be imported
import pytest
sys.exit(pytest.main(sys.argv[2:]))
"""


def test_an_instructors_own_ci_needs_the_requirements_and_pytest_alone():
    """It takes as long as a lesson: only a whole run without all else shows that the hooks are accepted."""
    more = "xdist hypothesis playwright axe_playwright_python hatchling codespell_lib torch nbgrader"
    found = subprocess.run([sys.executable, "-c", WITHOUT, more, "-q", "-p", "nbval.plugin",
                            "-p", "no:cacheprovider", "--nbval", f"notebooks/{LESSONS[0].name}"],
                           cwd=ROOT, capture_output=True, text=True,
                           env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-500:]
