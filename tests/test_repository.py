"""What holds for the repository as a whole: its layers, its README, its package."""

import ast
import json
import re
import subprocess
import sys
import zipfile

import pytest
from course import LESSONS, ROOT, cells, headings
from test_notebooks import broken_links

HELPERS = ROOT / "helpers"
MODULES = sorted(HELPERS.rglob("*.py"))
PICTURES = {"style", "layers", "plots", "diagrams"}  # everything else, but for widgets, is mathematics
DRAWING = {"matplotlib", "PIL"}
WIDGETS = {"ipywidgets", "IPython"}


def area(path) -> str:
    """The part of helpers that a file belongs to: its module, or its package."""
    return path.relative_to(HELPERS).parts[0].removesuffix(".py")


def imported(path) -> set[str]:
    """Every module that a file imports, anywhere in it: helpers' own as 'helpers.area', others by package."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports name the whole module"
            names = [f"helpers.{a.name}" for a in node.names] if node.module == "helpers" else [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {".".join(n.split(".")[:2]) if n.startswith("helpers.") else n.split(".")[0] for n in names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(HELPERS).as_posix())
def test_imports_run_one_way(path):
    part, found = area(path), imported(path)
    if part == "widgets":
        return
    assert "helpers.widgets" not in found
    assert not found & WIDGETS
    if part not in PICTURES:
        assert not found & DRAWING
        assert not found & {f"helpers.{picture}" for picture in PICTURES}


SIDE_EFFECTS = """
import importlib, json, os, random, socket, sys, threading
drawing = sys.argv[2] == "True"
if drawing:
    import matplotlib
import numpy, threadpoolctl
opened, first = [], socket.socket
class Watched(first):
    def __init__(self, *arguments, **named):
        opened.append(arguments)
        super().__init__(*arguments, **named)
socket.socket = Watched
def state():
    return [threading.active_count(), dict(os.environ), list(sys.path), os.getcwd(), random.getstate(),
            repr(numpy.random.get_state()), numpy.geterr(), dict(matplotlib.rcParams) if drawing else None]
before = state()
importlib.import_module(sys.argv[1])
heavy = {"matplotlib", "PIL", "ipywidgets", "IPython"}
print(json.dumps([state() == before, not opened, sorted(heavy & set(sys.modules))]))
"""


@pytest.mark.parametrize("part", sorted({area(path) for path in MODULES} - {"__init__"}))
def test_an_import_changes_nothing_and_brings_only_what_it_needs(part):
    drawing = part in PICTURES | {"widgets"}
    result = subprocess.run(
        [sys.executable, "-c", SIDE_EFFECTS, f"helpers.{part}", str(drawing)],
        capture_output=True, text=True, timeout=60, cwd=ROOT,
    )
    assert result.returncode == 0, result.stderr
    unchanged, no_socket, heavy = json.loads(result.stdout)
    assert unchanged and no_socket
    allowed = {"widgets": DRAWING | WIDGETS}.get(part, DRAWING if drawing else set())
    assert set(heavy) <= allowed


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


README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_runs_the_line_that_the_readme_gives():
    lines = [line for line in README.splitlines() if line.rstrip().endswith("-m pytest")]
    unix = [line for line in lines if ".venv/bin/python" in line]
    assert len(unix) == 1, lines
    assert unix[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_readme_opens_the_course_at_its_first_notebook():
    assert f"notebooks/{LESSONS[0].name}" in README
    assert f"notebooks\\{LESSONS[0].name}" in README, "the Windows form"


def test_the_readmes_table_is_the_notebooks_on_disk():
    row = r"^\| (\d\d) \| \[([^\]]+)\]\(notebooks/([^)]+)\) \| ([\d, ]*) \| ([\d +]+) \|"
    rows = re.findall(row, README, re.MULTILINE)
    wanted = []
    for path in LESSONS:
        prose = [cell["source"] for cell in cells(path, "markdown")]
        number, title, first = path.name[:2], headings(prose[0])[0][1], "\n".join(prose[:4])
        minutes = re.findall(r"takes (\d+)", first)
        assert minutes, f"{path.name}: its first cells say how many minutes its core path 'takes'"
        assert all(int(sitting) <= 50 for sitting in minutes), f"{path.name}: a sitting is too long"
        goals = re.findall(r"^- ", first, re.MULTILINE)
        assert len(goals) >= 3, f"{path.name}: what a reader will be able to do"
        before = first.partition("**You need**")[2].partition("**")[0]
        needs = re.findall(r"\[(?:lesson )?(\d\d)\]\(", before)
        wanted.append((number, title.removeprefix(f"{number} · "), path.name, ", ".join(sorted(set(needs))),
                       " + ".join(minutes)))
    assert rows == wanted


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_minutes_of_the_sections_add_up(path):
    prose = [cell["source"] for cell in cells(path, "markdown")]
    said = sum(map(int, re.findall(r"takes (\d+)", "\n".join(prose[:4]))))
    sections = [words for source in prose for level, words in headings(source) if level == 2]
    core = [int(minutes[1]) for words in sections if "optional" not in words
            and (minutes := re.search(r"\((\d+) min\b", words))]
    assert sum(core) == said


@pytest.mark.parametrize("path", sorted(p for p in text_files() if p.suffix == ".md"),
                         ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_in_documents_lead_somewhere(path):
    assert broken_links(path, path.read_text(encoding="utf-8")) == []


def test_every_picture_file_is_drawn_by_the_function_of_its_name_and_used():
    from helpers import diagrams

    texts = README + "".join(cell["source"] for path in LESSONS for cell in cells(path))
    for path in [*(ROOT / "img").glob("*.svg"), *(ROOT / "img").glob("*.png")]:
        assert callable(getattr(diagrams, path.stem, None)), f"{path.name}: no helpers.diagrams.{path.stem}"
        assert re.search(rf"\b{path.stem}\b", texts), f"{path.name} is shown nowhere"


def test_requirements_exclude_the_kernels_that_hang_and_end_with_the_course():
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line.strip()]
    kernel = next(line for line in lines if line.startswith("ipykernel"))
    assert all(f"!=7.{minor}.*" in kernel for minor in range(4))
    assert lines[-1] == "-e ."
    assert "==" not in "".join(lines), "ranges, not pins"


def test_an_installed_wheel_finds_its_texts(tmp_path):
    build = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
    built = subprocess.run([sys.executable, "-c", build, str(tmp_path)],
                           cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    wheel = next(tmp_path.glob("*.whl"))
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    read = ("import sys; sys.path.insert(0, sys.argv[1]); import helpers.data as d; "
            "print(d.__file__.startswith(sys.argv[1]), len(d.load_text('input')))")
    result = subprocess.run([sys.executable, "-c", read, str(tmp_path / "installed")],
                            cwd=tmp_path, capture_output=True, text=True)
    assert result.stdout.split() == ["True", "4214"], result.stderr
