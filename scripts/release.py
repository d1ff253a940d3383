"""The lessons' notebooks without outputs, from which *Restore the original* restores them where no git is.

    python scripts/release.py       # for a release: write data/lessonNN/start.ipynb.gz, with the version

A clone restores from git, so between releases these files stay as they are. A wheel, and with it the site
that runs in a browser, gets new ones whenever it is built. Needs only Python and hatchling.
"""

import gzip
import json
import re
import shutil
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
START = "start.ipynb.gz"


def packed(notebook: dict, version: str) -> bytes:
    """A notebook without outputs, as bytes that are the same for the same cells and version."""
    cells = [{**cell, **({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})}
             for cell in notebook["cells"]]
    whole = notebook | {"cells": cells, "metadata": {**notebook["metadata"], "version": version}}
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return gzip.compress(text.encode(), mtime=0)


def copies() -> dict[str, bytes]:
    """The copy of each lesson by its path in ``data``."""
    source = (ROOT / "helpers" / "__init__.py").read_text(encoding="utf-8")
    version, = re.findall(r'^__version__ = "(.+?)"', source, re.MULTILINE)
    return {f"lesson{path.name[:2]}/{START}": packed(json.loads(path.read_text(encoding="utf-8")), version)
            for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}


class DataOfTheWheel(BuildHookInterface):
    """Puts the course's data into a wheel, as `helpers.corpora`, with copies of the lessons of today."""

    def initialize(self, version: str, build_data: dict) -> None:
        if version == "editable":       # which reads the data where they are
            return
        self.made = Path(tempfile.mkdtemp())
        files = {path.relative_to(DATA).as_posix(): path for path in DATA.rglob("*")
                 if path.is_file() and path.name != START}
        for name, data in copies().items():
            files[name] = self.made / name.replace("/", "-")
            files[name].write_bytes(data)
        build_data["force_include"] |= {str(path): f"helpers/corpora/{name}" for name, path in files.items()}

    def finalize(self, version: str, build_data: dict, artifact_path: str) -> None:
        if version != "editable":
            shutil.rmtree(self.made)


if __name__ == "__main__":
    for name, data in copies().items():
        (DATA / name).parent.mkdir(exist_ok=True)
        (DATA / name).write_bytes(data)
        print(f"data/{name}")
