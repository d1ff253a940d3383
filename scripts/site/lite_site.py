"""The course as a site that runs in the reader's browser: JupyterLite with Python as WebAssembly (Pyodide).

A kernel there loads a package when a cell imports it, from where Pyodide's list of packages, the lock,
says that it is. The lock made here knows `helpers` as well, so that the notebooks are the same as
everywhere and install nothing.
"""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import site_tools

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


def pyodide_version() -> str:
    """The version of Pyodide that this JupyterLite is made for."""
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


def download(folder: Path, wanted: list[str]) -> None:
    """Fetch wheels in pure Python into `folder`."""
    site_tools.run("pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--implementation=py",
                   "--abi=none", "--platform=any", "--python-version=3.14", "--dest", folder, *wanted)


def wheel_of(folder: Path, name: str) -> Path:
    """The wheel of the package `name` in `folder`."""
    return next(file for file in folder.glob("*.whl")
                if file.name.partition("-")[0].replace("_", "-").lower() == name.replace("_", "-").lower())


def point_elsewhere(packages: dict, wheels: Path, here: list[str], packages_at: str) -> None:
    """Every package that is not in the folder `wheels` is to be had at the address `packages_at`."""
    for name, entry in packages.items():
        pure = name in here and entry["file_name"].endswith(PURE)
        if not pure and not (wheels / entry["file_name"]).exists():
            entry["file_name"] = packages_at + entry["file_name"]


def locked(lock: dict, wheels: Path, packages_at: str) -> dict:
    """The lock with the wheels of this site in it; what is not here is at the address `packages_at`."""
    here = closure(lock["packages"], [*ROOTS, "rnn-course-helpers"])
    point_elsewhere(lock["packages"], wheels, here, packages_at)
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


def build(site: Path, packages: str | None = None) -> None:
    """Build the site that runs into `site`.

    `packages` is a folder with the compiled packages' files, as Pyodide publishes them, or the address of
    one; by default the browser gets them from Pyodide's public server.
    """
    version = pyodide_version()
    pyodide = WORK / "static" / "pyodide"
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(site_tools.npm_package("pyodide", version), pyodide,
                    ignore=shutil.ignore_patterns("*.map", "*.d.ts", "console*.html", "README.md"))
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    pure = [f"{name}=={lock['packages'][name]['version']}" if name in lock["packages"] else name
            for name in closure(lock["packages"], ROOTS)
            if name not in lock["packages"] or lock["packages"][name]["file_name"].endswith(PURE)]
    cached = site_tools.BUILD / "wheels"
    if not cached.exists() or (cached / "made-from").read_text() != "\n".join(pure):
        shutil.rmtree(cached, ignore_errors=True)
        download(cached, pure)
        (cached / "made-from").write_text("\n".join(pure))
    for wheel in [*cached.glob("*.whl"), *(Path(packages).glob("*.whl") if folder(packages) else [])]:
        shutil.copy(wheel, pyodide)
    site_tools.run("hatchling", "build", "-t", "wheel", "-d", pyodide)
    at = PUBLIC.format(version=version) if not packages or folder(packages) else packages.rstrip("/") + "/"
    (pyodide / "pyodide-lock.json").write_text(json.dumps(locked(lock, pyodide, at)), encoding="utf-8")
    contents = WORK / "contents"
    for part in ("notebooks", "data", "img", "helpers"):     # lessons link to the plain cells
        shutil.copytree(site_tools.ROOT / part, contents / part,
                        ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__"))
    settings = {"LiteBuildConfig": {
        "contents": ["contents"], "output_dir": str(site), "apps": ["lab", "notebooks"],
        "no_sourcemaps": True,
    }}
    (WORK / "jupyter_lite_config.json").write_text(json.dumps(settings))
    shutil.rmtree(site, ignore_errors=True)
    site_tools.run("jupyterlite_core", "build", "--lite-dir", WORK, cwd=WORK)


def folder(packages: str | None) -> bool:
    """Whether `packages` is a folder on this machine."""
    return packages is not None and Path(packages).is_dir()
