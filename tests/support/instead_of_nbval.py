"""The cells of notebooks as tests, without nbval: a plugin of pytest that stands ready, see CONTRIBUTING.md.

    PYTHONPATH=.:scripts:tests/support python -m pytest -p no:nbval -o addopts= -p instead_of_nbval notebooks

Each code cell is a test. It is run as `scripts/run_notebooks.py` runs it, and what it shows is compared with
what is saved, in order and by the letter, but for what tests/support/nbval.cfg leaves out.
"""

import difflib
import json
import re
from pathlib import Path

import pytest
import run_notebooks
from nbclient.exceptions import CellExecutionError, CellTimeoutError

RULES = re.findall(r"^regex: (.*)\nreplace: (.*)$",
                   (Path(__file__).parent / "nbval.cfg").read_text("utf-8"), re.MULTILINE)


def shown(notebook, cell) -> list[str]:
    """What a cell shows, as lines: all but counts, and what the rules leave out."""
    run_notebooks.tidy(notebook)
    outputs = [{key: part for key, part in output.items() if key not in ("execution_count", "traceback")}
               for output in cell.outputs]
    for output in outputs:
        output["data"] = {mime: part for mime, part in output.get("data", {}).items()
                          if mime not in ("image/png", "image/jpeg")}
    text = json.dumps(outputs, indent=1, sort_keys=True, ensure_ascii=False)
    for found, instead in RULES:
        text = re.sub(found, instead, text)
    return text.replace(r"\n", "\n").splitlines()


class Notebook(pytest.File):
    """A notebook: its kernel is started before its first cell and ends after its last."""

    def collect(self):
        self.notebook = run_notebooks.read(self.path)
        places = [place for place, cell in enumerate(self.notebook.cells) if cell.cell_type == "code"]
        for number, place in enumerate(places):
            yield Cell.from_parent(self, name=f"Cell {number}", place=place)

    def setup(self):
        self.client, self.late = run_notebooks.client(self.notebook, self.path.parent), False
        self.kernel = self.client.setup_kernel()
        self.kernel.__enter__()

    def teardown(self):
        self.kernel.__exit__(None, None, None)


class Cell(pytest.Item):
    """A cell of code: it runs, and shows what is saved."""

    def __init__(self, place, **options):
        super().__init__(**options)
        self.place, self.cell = place, self.parent.notebook.cells[place]

    def runtest(self):
        file = self.parent
        if file.late:
            pytest.fail("a cell before it took too long", pytrace=False)
        saved = shown(file.notebook, self.cell)
        try:
            file.client.execute_cell(self.cell, self.place)
        except (CellExecutionError, CellTimeoutError) as error:
            file.late = isinstance(error, CellTimeoutError)
            pytest.fail(str(error), pytrace=False)
        found = shown(file.notebook, self.cell)
        if found != saved:
            lines = difflib.unified_diff(saved, found, "saved", "found", lineterm="", n=0)
            pytest.fail("\n".join([self.cell.source, *(line[:300] for line in lines)]), pytrace=False)

    def reportinfo(self):
        return self.path, None, f"{self.path.name}::{self.name}"


def pytest_collect_file(file_path, parent):
    return Notebook.from_parent(parent, path=file_path) if file_path.suffix == ".ipynb" else None
