"""How a fault is planted: as a change of one file's text, and with it the checks that must notice.

`planted_defects.py` and `planted_beyond.py` list the faults.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]
from cells_alone import run_cell  # noqa: E402

from helpers.lessons.stages import exchanged  # noqa: E402

LESSON = "notebooks/01_introduction_to_rnns.ipynb"
LESSON_PATHS = {path.name[:2]: f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}


class Plant(NamedTuple):
    """A file of the course, and what makes its faulty text of the right one."""

    file: str
    change: Callable[[str], str]

    def __call__(self, copy: Path) -> None:
        """Plant it in the copy at a path.

        Raises AssertionError, StopIteration or ValueError if what it changes is not there.
        """
        path = copy / self.file
        text = path.read_text(encoding="utf-8")
        faulty = self.change(text)
        assert faulty != text, f"{self.file}: nothing has changed"
        path.write_text(faulty, encoding="utf-8")


class Defect(NamedTuple):
    """A fault: its name, what plants it, and the checks that must notice."""

    name: str
    plant: Plant
    checks: tuple[str, ...]


def notebook(change: Callable[[list[dict]], None], path: str = LESSON) -> Plant:
    """Change the cells of a notebook as if a hand had edited the file."""
    def changed(text: str) -> str:
        content = json.loads(text)
        for cell in content["cells"]:
            cell["source"] = "".join(cell["source"])
        before = json.dumps(content)
        change(content["cells"])
        assert json.dumps(content) != before
        return json.dumps(content)
    return Plant(path, changed)


def metadata(change: Callable[[dict], None]) -> Plant:
    """Change what a notebook says of itself."""
    def changed(text: str) -> str:
        content = json.loads(text)
        before = json.dumps(content)
        change(content["metadata"])
        assert json.dumps(content) != before
        return json.dumps(content)
    return Plant(LESSON, changed)


def replaced(file: str, old: str, new: str, every: bool = False) -> Plant:
    """Put `new` where `old` stands, once in the file, or at every place."""
    return Plant(file, lambda text: text.replace(old, new) if every else exchanged(text, ((old, new),)))


def code(cells: list[dict], has: Callable[[dict], bool]) -> dict:
    """The first code cell for which `has` is true."""
    return next(cell for cell in cells if cell["cell_type"] == "code" and has(cell))


def printed(cell: dict) -> bool:
    return any(output["output_type"] == "stream" for output in cell["outputs"])


def pictured(cell: dict) -> bool:
    return any("<img" in "".join(output.get("data", {}).get("text/html", "")) for output in cell["outputs"])


def after_imports(source: str) -> Plant:
    """Append a line to the cell of the imports, which prints nothing."""
    def change(cells):
        code(cells, lambda cell: "import numpy" in cell["source"])["source"] += "\n" + source
    return notebook(change)


def live(source: str) -> Plant:
    """A cell with a dashboard of its own at the end, saved with the text that it shows before it is moved."""
    source = ("from helpers.lessons.lesson00 import fading_memory\n"
              "from helpers.widgets import button, explore, live_runs\n" + source)
    _, shown = run_cell(source, "planted", {})      # here, for it redirects what all threads print
    output = {"output_type": "execute_result", "execution_count": 99, "metadata": {},
              "data": {"text/plain": shown["text/plain"]}}

    def change(cells):
        cells.append({"cell_type": "code", "id": "planted", "metadata": {}, "outputs": [output],
                      "execution_count": 99, "source": source})
    return notebook(change)
