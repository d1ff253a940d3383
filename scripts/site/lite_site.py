"""The course as a site that runs in the reader's browser: JupyterLite with Python as WebAssembly (Pyodide).

A kernel there loads a package when a cell imports it, from where Pyodide's list of packages, the lock,
says that it is. The lock made here knows `helpers` as well, so that the notebooks are the same as
everywhere and install nothing.
"""

import hashlib
import html
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import paper
import site_tools

from helpers import __version__

WORK = site_tools.BUILD / "lite"
PUBLIC = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
# What a kernel loads when it starts, and what the course imports.
ROOTS = ["micropip", "ipython", "jedi", "comm", "ipywidgets", "threadpoolctl", "numpy", "matplotlib"]
# Not among Pyodide's own packages: what each needs, and what is imported from it.
EXTRA = {
    "comm": (["traitlets"], ["comm"]),
    "ipywidgets": (["comm", "ipython", "traitlets"], ["ipywidgets"]),
    "rnn-course-helpers": (["numpy", "matplotlib", "pillow", "ipywidgets", "threadpoolctl"], ["helpers"]),
}
PURE = "py3-none-any.whl"
APPS = ["lab", "notebooks"]
BAR = site_tools.ROOT / "docs" / "lite"     # what stands above JupyterLab on every page
ROUTES = "docs/nothing_to_install.html"     # from the site to read, which may stand around this one


def pyodide_version() -> str:
    ask = "from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION as v; print(v)"
    return subprocess.run([site_tools.python(), "-c", ask], capture_output=True, text=True, check=True
                          ).stdout.strip()


def closure(packages: dict, roots: list[str]) -> list[str]:
    """The names of `roots` and of all that they depend on."""
    found, waiting = [], list(roots)
    while waiting:
        name = waiting.pop().replace("_", "-")
        if name not in found:
            found.append(name)
            waiting += packages[name]["depends"] if name in packages else EXTRA[name][0]
    return sorted(found)


def pure_wheels(wanted: list[str]) -> Path:
    """The folder with the wheels of these packages in pure Python, fetched once."""
    place = site_tools.BUILD / f"wheels-{hashlib.sha256(' '.join(wanted).encode()).hexdigest()[:12]}"
    if not place.exists():
        new = Path(tempfile.mkdtemp(dir=site_tools.BUILD))
        site_tools.run("pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
                       "--implementation=py", "--abi=none", "--platform=any", "--python-version=3.14",
                       "--dest", new, *wanted)
        try:
            new.rename(place)
        except OSError:             # another build, at the same time, was first
            shutil.rmtree(new)
    return place


def wheel_of(folder: Path, name: str) -> Path:
    return next(file for file in folder.glob("*.whl")
                if file.name.partition("-")[0].replace("_", "-").lower() == name.replace("_", "-").lower())


def locked(lock: dict, wheels: Path, packages_at: str) -> dict:
    """The lock with the wheels of this site in it; what is not here is at the address `packages_at`."""
    here = closure(lock["packages"], [*ROOTS, "rnn-course-helpers"])
    for name, entry in lock["packages"].items():
        pure = name in here and entry["file_name"].endswith(PURE)
        if not pure and not (wheels / entry["file_name"]).exists():
            entry["file_name"] = packages_at + entry["file_name"]
    for name in here:
        new = {"name": name, "install_dir": "site", "unvendored_tests": False, "package_type": "package"}
        entry = lock["packages"].setdefault(name, new)
        if name in EXTRA:
            entry["depends"], entry["imports"] = EXTRA[name]
        elif entry["file_name"].startswith(packages_at):
            continue
        wheel = wheel_of(wheels, name)
        entry |= {"version": wheel.name.split("-")[1], "file_name": wheel.name,
                  "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}
    return lock


def course_version() -> str:
    """The course's version, and in a checkout the commit, with a + if a file of it was changed since."""
    try:
        commit = subprocess.run(["git", "describe", "--always", "--exclude=*", "--dirty=+"], check=True,
                                cwd=site_tools.ROOT, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):    # no git, or not a checkout
        return __version__
    return f"{__version__}, {commit}"


def add_bar(site: Path, lock: dict) -> None:
    """Put the bar of docs/lite above JupyterLab on every page of `site`."""
    shutil.copytree(BAR, site / "course")
    settings = {"version": course_version()}
    if lock["packages"]["numpy"]["file_name"].startswith("http"):
        settings["probe"] = lock["packages"]["numpy"]["file_name"]
    if (site.parent / ROUTES).exists():
        settings["routes"] = f"../../{ROUTES}"
    said = "".join(f' data-{name}="{html.escape(value)}"' for name, value in settings.items())
    tags = ('<link rel="stylesheet" href="../course/bar.css">\n'
            f'<script defer src="../course/bar.js"{said}></script>\n')
    for app in APPS:
        page = site / app / "index.html"
        before, end, after = page.read_text(encoding="utf-8").partition("</head>")
        if not end:
            raise site_tools.Problem(f"{page} has no head: JupyterLite changed, and the bar has no place")
        page.write_text(f"{before}{tags}{end}{after}", encoding="utf-8")


def build(site: Path, packages: str | None = None, solutions: bool = True) -> None:
    """Build the site that runs into `site`, with the notebooks of solutions or without.

    `packages` is a folder with the compiled packages' files, as Pyodide publishes them, or the address of
    one; by default the browser gets them from Pyodide's public server.
    """
    version, folder = pyodide_version(), bool(packages) and Path(packages).is_dir()
    pyodide = WORK / "static" / "pyodide"
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(site_tools.npm_package("pyodide", version), pyodide,
                    ignore=shutil.ignore_patterns("*.map", "*.d.ts", "console*.html", "README.md"))
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    pure = [f"{name}=={lock['packages'][name]['version']}" if name in lock["packages"] else name
            for name in closure(lock["packages"], ROOTS)
            if name not in lock["packages"] or lock["packages"][name]["file_name"].endswith(PURE)]
    for place in [pure_wheels(pure), *([Path(packages)] if folder else [])]:
        for wheel in place.glob("*.whl"):
            shutil.copy(wheel, pyodide)
    site_tools.run("hatchling", "build", "-t", "wheel", "-d", pyodide)
    at = PUBLIC.format(version=version) if not packages or folder else packages.rstrip("/") + "/"
    lock = locked(lock, pyodide, at)
    (pyodide / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    copy_contents(WORK / "contents", solutions)
    settings = {"LiteBuildConfig": {
        "contents": ["contents"], "output_dir": str(site), "apps": APPS,
        "no_sourcemaps": True,
    }}
    (WORK / "jupyter_lite_config.json").write_text(json.dumps(settings))
    # The bar speaks to JupyterLab through window.jupyterapp.
    shown = {"jupyter-lite-schema-version": 0, "jupyter-config-data": {"exposeAppInBrowser": True}}
    (WORK / "jupyter-lite.json").write_text(json.dumps(shown))
    shutil.rmtree(site, ignore_errors=True)
    site_tools.run("jupyterlite_core", "build", "--lite-dir", WORK, cwd=WORK)
    add_bar(site, lock)


def copy_contents(contents: Path, solutions: bool) -> None:
    """Copy what a reader finds beside the lessons; without `solutions` no lesson links to one."""
    solutions = solutions and (site_tools.ROOT / "notebooks" / "solutions").is_dir()
    left_out = [".ipynb_checkpoints", "__pycache__", *["solutions"] * (not solutions)]
    for part in ("notebooks", "data", "img", "helpers"):     # lessons link to the plain cells
        shutil.copytree(site_tools.ROOT / part, contents / part, ignore=shutil.ignore_patterns(*left_out))
    for lesson in () if solutions else (contents / "notebooks").glob("*.ipynb"):
        lesson.write_text(paper.without_solutions(lesson.read_text(encoding="utf-8")), encoding="utf-8")
