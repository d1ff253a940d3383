"""What else is asked of a lesson in the kernel in which nbval runs it: a plugin of pytest, beside nbval's.

After the cells of a notebook in `notebooks` come more tests, for which it does not run again:

    outputs     each cell shows things of the saved kinds, in their order, and pictures that look as saved
    pictures    what it shows at first can be read, its dashboards point, and it fits a seat's memory
    controls    every control of every dashboard goes to its ends, and to random values
    told        a value that the text tells to set can be set
    buttons     every button that computes is pressed, and Play
    walks       the controls by 200 random moves, with `-m slow`
    again       each cell with a dashboard runs 50 times and leaves nothing behind, with `-m slow`

After a notebook in `notebooks/solutions` comes `outputs` alone. Its checks print that each answer is right,
which nbval compares. A cell that does what no browser's Python can do fails (after_cells.py).

A test that is chosen without its cells, as by `-k controls`, has the kernel run them first.
"""

import base64
import io
import json
import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from nbval.plugin import IPyNbFile
from PIL import Image

PATIENCE, LONG = 120, 1800  # seconds, for one question; for a slow one
VIEW = "application/vnd.jupyter.widget-view+json"
EMBEDDED = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")
FIELD, SEEN = 20, 12        # pixels of a side; steps of 255 by which a field's mean colour differs
CHANGED = 0.002 if matplotlib.__version_info__ >= (3, 11) else 0.1      # letters had other widths before
SUPPORT = str(Path(__file__).parent)
BEGIN = "import sys\nsys.path.append({!r})\nimport after_cells\nafter_cells.begin({})"
TRAINS = re.compile(r"\b(fit|live_runs)\(")
PRESSED = re.compile(r"\b(button|live_runs|stepper)\(")


class Lesson(IPyNbFile):
    """A lesson: its cells, as nbval has them, then what is asked of it in the same kernel."""

    def collect(self):
        self.cells, self.unseen, self.broken = list(super().collect()), set(), []
        yield from self.cells
        asked = {"outputs": outputs}
        if self.path.parent.name != "solutions":
            asked |= QUESTIONS
        for name, question in asked.items():
            if name == "buttons" and not any(PRESSED.search(one.cell.source) for one in self.cells):
                continue
            yield Question.from_parent(self, name=name, question=question)

    def setup(self):
        super().setup()
        alone = not any("torch" in one.cell.source for one in self.cells)      # no browser has PyTorch
        self.ask(f"exec({BEGIN.format(SUPPORT, alone)!r}, {{}})")    # none of it is among the lesson's names

    def run_cells(self) -> None:
        """Run the cells that nbval has not run, as they are not among the chosen tests."""
        for one in self.cells:
            if one.test_outputs is None and one not in self.unseen:
                self.unseen.add(one)
                try:
                    self.ask(one.cell.source, silent=False)
                except pytest.fail.Exception as error:      # as nbval has it: with the next cell it goes on
                    if self.timed_out:
                        raise
                    self.broken.append(f"code cell {one.cell_num}: {error}")

    def ask(self, code: str, silent: bool = True, seconds: float = PATIENCE) -> str:
        """What `code` prints in the kernel. It fails where it raises, takes too long, or ends the kernel."""
        if self.timed_out or not self.kernel.is_alive():
            pytest.fail("The kernel has ended, or took too long: see the tests before.", pytrace=False)
        said = []
        try:
            reply = self.kernel.kc.execute_interactive(
                code, silent=silent, store_history=False, allow_stdin=False, timeout=seconds,
                output_hook=lambda message: said.append(message["content"].get("text", "")))
        except TimeoutError:
            self.timed_out = True
            self.kernel.interrupt()
            pytest.fail(f"It took more than {seconds} s, or the kernel ended:\n{code}", pytrace=False)
        if reply["content"]["status"] != "ok":
            pytest.fail("\n".join([code, *reply["content"]["traceback"]]), pytrace=False)
        return "".join(said)

    def found(self, call: str, seconds: float = PATIENCE) -> list[str]:
        """What a call of after_cells finds wrong, which it prints last, as JSON."""
        self.run_cells()
        wait = "await " * call.startswith("buttons")
        *notes, last = self.ask(f"{wait}__import__('after_cells').{call}", seconds=seconds).splitlines()
        print(*notes, sep="\n")         # with a failure
        return json.loads(last)


class Question(pytest.Item):
    """Something that is asked of a lesson after its cells: a function that returns what is wrong."""

    def __init__(self, question, **options):
        super().__init__(**options)
        self.question = question
        if self.name in SLOW or (self.path.stem, self.name) in SLOW:
            self.add_marker(pytest.mark.slow)

    def runtest(self):
        wrong = self.question(self.parent)
        if wrong := self.parent.broken + wrong:
            pytest.fail("\n".join(wrong), pytrace=False)

    def reportinfo(self):
        return self.path, 0, f"{self.path.name}::{self.name}"


def outputs(lesson: Lesson) -> list[str]:
    """Each cell whose outputs are not what was saved: those that nbval takes to be alike."""
    both = [(f"code cell {one.cell_num}", kinds(one.test_outputs), kinds(one.cell.outputs))
            for one in lesson.cells if one.test_outputs is not None]
    wrong = [f"{place} shows {now}, saved is {saved}" for place, now, saved in both if now != saved]
    for one in lesson.cells if not wrong else ():
        for now, saved in zip(images(one.test_outputs or ()), images(one.cell.outputs), strict=False):
            if (share := changed_area(now, saved)) > CHANGED:
                seen = lesson.config.rootpath / "build" / f"{lesson.path.stem}_cell{one.cell_num}.png"
                seen.parent.mkdir(exist_ok=True)
                now.save(seen)
                wrong.append(f"code cell {one.cell_num}: its picture has changed on {share:.0%} of its "
                             f"area. Look at {seen}. If it should, run scripts/run_notebooks.py")
    return wrong


def kinds(outputs: list) -> list[tuple[str, ...]]:
    """What outputs are: by what they were made, and what a page may take of them."""
    return [(one.output_type, *([one.name] if "name" in one else sorted(one.get("data", ()))))
            for one in outputs]


def images(outputs: list) -> list[Image.Image]:
    """The embedded pictures of outputs."""
    pages = ["".join(one.get("data", {}).get("text/html", "")) for one in outputs]
    return [Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
            for page in pages for data in EMBEDDED.findall(page)]


def changed_area(one: Image.Image, other: Image.Image) -> float:
    """The share of a picture whose mean colour differs, in fields of FIELD pixels: not a font's edges."""
    if np.abs(np.subtract(one.size, other.size)).max() > 1:       # another Matplotlib rounds otherwise
        return 1.0
    size = [max(side // FIELD, 1) for side in one.size]
    small = [np.asarray(image.resize(size, Image.Resampling.BOX), float) for image in (one, other)]
    return float((np.abs(small[0] - small[1]).max(axis=-1) > SEEN).mean())


def again(lesson: Lesson) -> list[str]:
    """Each cell with a dashboard runs so often that a leak shows; one that trains, fewer times."""
    live = [one for one in lesson.cells if any(VIEW in output.get("data", ()) for output in one.cell.outputs)]
    return [f"code cell {one.cell_num}: {wrong}" for one in live for wrong in lesson.found(
        f"again({one.cell.source!r}, {11 if TRAINS.search(one.cell.source) else 50})", LONG)]


QUESTIONS = {
    "pictures": lambda lesson: lesson.found("pictures()"),
    "controls": lambda lesson: lesson.found("controls(2)"),
    "told": lambda lesson: lesson.found(f"told({lesson.path.name!r})"),
    "buttons": lambda lesson: lesson.found("buttons()", LONG),
    "walks": lambda lesson: lesson.found("controls(200)", LONG),
    "again": again,
}
SLOW = {"walks", "again", ("05_exploding_gradients_and_clipping", "buttons")}    # the last works for a minute


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    files = yield
    folder = parent.config.rootpath / "notebooks"
    ours = file_path.parent in (folder, folder / "solutions")
    return [Lesson.from_parent(parent, path=file_path) if ours and isinstance(one, IPyNbFile) else one
            for one in files]
