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
README = (ROOT / "README.md").read_text(encoding="utf-8")
# What each layer of the README's table may import beside helpers and Python itself; later ones also what
# earlier ones may. PIL comes with matplotlib, IPython and traitlets with ipywidgets.
PACKAGES = {"networks": {"numpy", "threadpoolctl"}, "pictures": {"matplotlib", "PIL"},
            "controls": {"ipywidgets", "IPython", "traitlets"}}
ALONE = {"pytorch": {"torch"}}      # what one module alone may import


def layers() -> dict[str, list[str]]:
    """The layers of helpers from the lowest to the highest, each with its modules: the README's table."""
    table = README.partition("imports run one way")[2].partition("\n\n")[2].partition("\n\n")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return {name.strip(): re.findall(r"`(\w+)`", modules) for name, modules, _ in rows}


LAYERS = layers()
LAYER_OF = {module: number for number, modules in enumerate(LAYERS.values()) for module in modules}


def area(path) -> str:
    """The part of helpers that a file belongs to: its module, or its package."""
    return path.relative_to(HELPERS).parts[0].removesuffix(".py")


def imported(source: str) -> set[str]:
    """Every module that a source imports, anywhere in it, by its whole name."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole module"
            found |= {f"helpers.{a.name}" for a in node.names} if node.module == "helpers" else {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def forbidden_imports(part: str, source: str) -> set[str]:
    """What a source in the part `part` of helpers imports and may not."""
    layer, found = LAYER_OF[part], imported(source)
    allowed = set(sys.stdlib_module_names) | ALONE.get(part, set())
    for name in list(LAYERS)[:layer + 1]:
        allowed |= PACKAGES.get(name, set())
    return {module for module in found
            if (LAYER_OF[module.split(".")[1]] > layer if module.startswith("helpers.")
                else module.split(".")[0] not in allowed)}


def test_the_readmes_table_names_every_module_once():
    named = [module for modules in LAYERS.values() for module in modules]
    assert sorted(named) == sorted({area(path) for path in HELPERS.rglob("*.py")} - {"__init__"})
    assert PACKAGES.keys() <= LAYERS.keys()


def test_imports_run_one_way():
    found = {path.relative_to(HELPERS).as_posix(): forbidden_imports(area(path), path.read_text("utf-8"))
             for path in HELPERS.rglob("*.py") if area(path) != "__init__"}
    assert {path: modules for path, modules in found.items() if modules} == {}


@pytest.mark.parametrize(("part", "source", "found"), [
    ("parameters", "import helpers.archive", {"helpers.archive"}),
    ("optim", "def f():\n    from helpers import cliff", {"helpers.cliff"}),
    ("ngrams", "from helpers.plots import heat_map", {"helpers.plots"}),
    ("tasks", "import matplotlib.figure", {"matplotlib.figure"}),
    ("plots", "import ipywidgets, matplotlib", {"ipywidgets"}),
    ("train", "import torch", {"torch"}),
    ("pytorch", "import torch", set()),
    ("widgets", "import json, ipywidgets, numpy\nfrom helpers.model import CharModel", set()),
])
def test_the_check_of_imports_finds(part, source, found):
    assert forbidden_imports(part, source) == found


SIDE_EFFECTS = """
import importlib, json, os, random, socket, sys, threading
drawing = sys.argv[1] == "True"
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
for module in sys.argv[2:]:
    before = state()
    importlib.import_module(module)
    print(json.dumps([module, state() == before, not opened]))
heavy = {"torch", "matplotlib", "PIL", "ipywidgets", "IPython"}
print(json.dumps(sorted(heavy & set(sys.modules))))
"""


@pytest.mark.parametrize("layer", LAYERS)
def test_an_import_changes_nothing_and_brings_only_what_it_needs(layer):
    """One interpreter a layer; what needs a package that README's line doesn't install is left out."""
    below = list(LAYERS)[:list(LAYERS).index(layer) + 1]
    modules = [f"helpers.{part}" for part in LAYERS[layer] if part not in ALONE]
    result = subprocess.run(
        [sys.executable, "-c", SIDE_EFFECTS, str("pictures" in below), *modules],
        capture_output=True, text=True, timeout=60, cwd=ROOT,
    )
    assert result.returncode == 0, result.stderr
    *imports, heavy = map(json.loads, result.stdout.splitlines())
    assert imports == [[module, True, True] for module in modules]
    assert set(heavy) <= set().union(*(PACKAGES.get(name, set()) for name in below))


@pytest.mark.torch
def test_the_module_for_pytorch_changes_nothing_either():
    code = SIDE_EFFECTS.replace("import numpy,", "import torch, numpy,")
    result = subprocess.run([sys.executable, "-c", code, "False", "helpers.pytorch"], capture_output=True,
                            text=True, timeout=60, cwd=ROOT)
    assert json.loads(result.stdout.splitlines()[0]) == ["helpers.pytorch", True, True], result.stderr


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


def test_links_in_documents_lead_somewhere():
    broken = {path.relative_to(ROOT).as_posix(): broken_links(path, path.read_text(encoding="utf-8"))
              for path in text_files() if path.suffix == ".md"}
    assert {path: links for path, links in broken.items() if links} == {}


def test_every_picture_file_is_drawn_by_the_function_of_its_name_and_shown():
    from helpers import diagrams

    prose = README + "".join(cell["source"] for path in LESSONS for cell in cells(path, "markdown"))
    for path in [*(ROOT / "img").glob("*.svg"), *(ROOT / "img").glob("*.png")]:
        assert callable(getattr(diagrams, path.stem, None)), f"{path.name}: no helpers.diagrams.{path.stem}"
        assert f"img/{path.name})" in prose, f"{path.name} is shown nowhere"


def test_the_code_is_clean_to_the_linter():
    found = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache"], cwd=ROOT,
                           capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


@pytest.mark.types
def test_the_types_hold():
    """Of the folders and modules that pyproject.toml names, those that are clean."""
    found = subprocess.run([sys.executable, "-m", "pyright", "--pythonpath", sys.executable], cwd=ROOT,
                           capture_output=True, text=True)
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-500:]


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
