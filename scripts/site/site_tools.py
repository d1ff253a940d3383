"""What the sites are built with: an environment of their own, and packages of JavaScript."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
import cells as cells  # for all that builds the sites

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"          # what can be made again
REQUIREMENTS = ROOT / "docs" / "requirements.txt"
# What the pages need, each from its package of npm: no page asks another server for it.
VERSIONS = {"mathjax": "3.2.2", "reveal.js": "6.0.2", "@fontsource/source-serif-4": "5.3.1"}


class Problem(RuntimeError):
    """The site can't be built: a tool is missing, or it failed. The text says which, and what it said."""


def _stamp() -> str:
    return hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()


def ready() -> bool:
    """Whether all that builds the sites was fetched before, by `build_site.py tools` for one."""
    made = BUILD / "site-venv" / "made-from"
    packages = [_folder(name, version) for name, version in VERSIONS.items()] + ["pyodide-*"]
    return (made.exists() and made.read_text() == _stamp()
            and all(any(BUILD.glob(f"npm/{package}")) for package in packages))


def _folder(name: str, version: str) -> str:
    return f"{name.lstrip('@').replace('/', '-')}-{version}"


def python() -> Path:
    """The Python of the environment that builds the sites; made if it is not there or not up to date."""
    place = BUILD / "site-venv"
    inside = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = place / "made-from"
    if not (stamp.exists() and stamp.read_text() == _stamp()):
        print(f"making {place.relative_to(ROOT)}: once, half a minute", flush=True)
        venv.create(place, clear=True, with_pip=True)
        subprocess.run([inside, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        stamp.write_text(_stamp())
    return inside


def run(*arguments, **settings) -> None:
    """Run a module of that environment, from the repository's root; what it prints shows if it fails.

    Raises Problem if it fails.
    """
    here = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    here["PATH"] = os.pathsep.join([str(python().parent), here.get("PATH", "")])
    done = subprocess.run([python(), "-m", *map(str, arguments)], text=True, env=here,
                          stderr=subprocess.STDOUT, stdout=subprocess.PIPE, **{"cwd": ROOT} | settings)
    if done.returncode:
        raise Problem(f"{arguments[0]} failed:\n{done.stdout[-5000:]}")


def npm_package(name: str, version: str = "") -> Path:
    """The folder with the files of a package of npm, fetched once.

    Raises Problem where there is no npm.
    """
    version = version or VERSIONS[name]
    place = BUILD / "npm" / _folder(name, version)
    if not place.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise Problem(f"{name} comes from npm, which is not on this machine: install Node.js")
        place.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([npm, "pack", "--silent", f"{name}@{version}"], cwd=place.parent, check=True,
                       stdout=subprocess.DEVNULL)
        archive = place.parent / f"{place.name}.tgz"
        unpacked = place.with_name(place.name + ".new")
        with tarfile.open(archive) as inside:
            inside.extractall(unpacked, filter="data")
        (unpacked / "package").rename(place)
        unpacked.rmdir()
        archive.unlink()
    return place
