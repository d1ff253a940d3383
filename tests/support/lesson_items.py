"""What else is asked of a lesson in the kernel in which nbval runs it: a plugin of pytest, beside nbval's.

After the cells of a notebook in `notebooks` come more tests, for which it does not run again:

    outputs     each cell shows things of the saved kinds, in their order, and pictures that look as saved
    pictures    what it shows at first can be read: names, units, colours, and most dashboards point at parts
    controls    every control of every dashboard goes to its ends, through its options, and at random
    buttons     every button that computes is pressed, and Play
    walks       the controls in three orders and by 200 random moves, with `-m slow`

After a notebook in `notebooks/solutions` comes `outputs` alone. Its checks print that each answer is right,
which nbval compares.

A test that is chosen without its cells, as by `-k controls`, has the kernel run them first.
"""

import base64
import io
import json
import re
import time
from pathlib import Path
from queue import Empty

import matplotlib
import numpy as np
import pytest
from nbval.plugin import IPyNbFile
from PIL import Image

SECONDS, WALKS = 0.1, 3     # for the controls of one dashboard; the ends of each are always gone to
PATIENCE = 900              # seconds, for one dashboard at most
EMBEDDED = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")
FIELD, SEEN = 20, 12        # pixels of a side; steps of 255 by which a field's mean colour differs
CHANGED = 0.002 if matplotlib.__version_info__ >= (3, 11) else 0.1      # letters had other widths before
SUPPORT = str(Path(__file__).parent)
# So that none of it is among the names of the lesson.
BEGIN = f"import sys\nsys.path.append({SUPPORT!r})\nimport after_cells\nafter_cells.begin()"
PRESSED = re.compile(r"\b(button|live_runs|stepper)\(")
LONG = "05_exploding_gradients_and_clipping"        # whose buttons work for a minute


class Lesson(IPyNbFile):
    """A lesson: its cells, as nbval has them, then what is asked of it in the same kernel."""

    def collect(self):
        self.cells, self.unseen, self.broken = list(super().collect()), set(), []
        yield from self.cells
        for kind in self.questions():
            yield kind.from_parent(self, name=kind.__name__.lower())

    def questions(self) -> list[type]:
        """What is asked after the cells."""
        if self.path.parent.name == "solutions":
            return [Outputs]
        pressed = any(PRESSED.search(one.cell.source) for one in self.cells)
        return [Outputs, Pictures, Controls, *[Buttons] * pressed, Walks]

    def setup(self):
        super().setup()
        self.ask(f"exec({BEGIN!r}, {{}})")

    def run_cells(self) -> None:
        """Run the cells that nbval has not run, as they are not among the chosen tests."""
        for one in self.cells:
            if one.test_outputs is None and one not in self.unseen:
                self.unseen.add(one)
                try:
                    self.ask(one.cell.source, silent=False)
                except pytest.fail.Exception as error:      # as nbval has it: with the next cell it goes on
                    if self.timed_out or not self.kernel.is_alive():
                        raise
                    self.broken.append(f"code cell {one.cell_num}: {error}")

    def ask(self, code: str, silent: bool = True) -> str:
        """What `code` prints in the kernel. It fails where it raises, takes too long, or ends the kernel."""
        began, printed = time.monotonic(), ""
        if self.timed_out or not self.kernel.is_alive():
            pytest.fail("The kernel has ended, or took too long: see the tests before.", pytrace=False)
        asked = self.kernel.kc.execute(code, silent=silent, store_history=False, allow_stdin=False)
        while True:
            try:
                message = self.get_kernel_message(timeout=1)
            except Empty:
                message = None
            if message is None and not self.kernel.is_alive():
                pytest.fail(f"The kernel ended, and gave no reason, in\n{code}", pytrace=False)
            if time.monotonic() - began > PATIENCE:
                self.timed_out = True
                self.kernel.interrupt()
                pytest.fail(f"It took more than {PATIENCE} s, and was interrupted:\n{code}", pytrace=False)
            if message is None or message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                printed += content["text"]
            elif kind == "error":
                pytest.fail("\n".join([code, *content["traceback"]]), pytrace=False)
            elif kind == "status" and content["execution_state"] == "idle":
                return printed

    def found(self, function: str):
        """What a call of after_cells prints last, which is JSON; a failure is told the rest, too."""
        self.run_cells()
        wait = "await " * function.startswith("press")
        *notes, last = self.ask(f"{wait}__import__('after_cells').{function}").splitlines()
        if notes:
            print(*notes, sep="\n")
        return json.loads(last)


class Asked(pytest.Item):
    """Something that is asked of a lesson after its cells."""

    def runtest(self):
        wrong = self.wrong()
        if wrong := self.parent.broken + wrong:
            pytest.fail("\n".join(wrong), pytrace=False)

    def wrong(self) -> list[str]:
        """What is found to be wrong, each with its cell."""
        raise NotImplementedError

    def of_each_dashboard(self, those: str, call: str) -> list[str]:
        """What `call` finds of each of those dashboards of after_cells, of which there are some."""
        places = self.parent.found(f"names(__import__('after_cells').{those})")
        if not places:
            return ["there is none"]
        found = [(place, self.parent.found(f"{call.format(number)}  # {place}"))
                 for number, place in enumerate(places)]
        return [f"{place}: {wrong}" for place, wrong in found if wrong]

    def reportinfo(self):
        return self.path, 0, f"{self.path.name}::{self.name}"


class Outputs(Asked):
    def wrong(self):
        both = [(f"code cell {one.cell_num}", kinds(one.test_outputs), kinds(one.cell.outputs))
                for one in self.parent.cells if one.test_outputs is not None]
        wrong = [f"{place} shows {now}, saved is {saved}" for place, now, saved in both if now != saved]
        for one in self.parent.cells if not wrong else ():
            for now, saved in zip(images(one.test_outputs or ()), images(one.cell.outputs), strict=False):
                if (share := changed_area(now, saved)) > CHANGED:
                    seen = self.config.rootpath / "build" / f"{self.path.stem}_cell{one.cell_num}.png"
                    seen.parent.mkdir(exist_ok=True)
                    now.save(seen)
                    wrong.append(f"code cell {one.cell_num}: its picture has changed on {share:.0%} of its "
                                 f"area. Look at {seen}. If it should, run scripts/run_notebooks.py")
        return wrong


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


def kinds(outputs: list) -> list[tuple[str, ...]]:
    """What outputs are: by what they were made, and what a page may take of them."""
    return [(one.output_type, *([one.name] if "name" in one else sorted(one.get("data", ()))))
            for one in outputs]


class Pictures(Asked):
    def wrong(self):
        return self.parent.found("pictures()")


class Controls(Asked):
    def wrong(self):
        return self.of_each_dashboard("to_move", f"move({{}}, {SECONDS}, {WALKS})")


class Walks(Asked):
    def __init__(self, **options):
        super().__init__(**options)
        self.add_marker(pytest.mark.slow)

    def wrong(self):
        return self.of_each_dashboard("to_move", "move({}, float('inf'), 200)")


class Buttons(Asked):
    def __init__(self, **options):
        super().__init__(**options)
        if self.path.stem == LONG:
            self.add_marker(pytest.mark.slow)

    def wrong(self):
        return self.of_each_dashboard("to_press", "press({})")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    files = yield
    folder = parent.config.rootpath / "notebooks"
    ours = file_path.parent in (folder, folder / "solutions")
    return [Lesson.from_parent(parent, path=file_path) if ours and isinstance(one, IPyNbFile) else one
            for one in files]
