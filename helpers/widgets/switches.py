"""A grid of switches under one's fingers, and runs that go on beside the cells at the press of a button."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import ipywidgets as W
from traitlets import Unicode

from helpers.pictures import COLOURS, Picture
from helpers.widgets.dashboard import Dashboard
from helpers.widgets.task import Task

NEXT = {"0": "½", "½": "1", "1": "0"}
LOOK = {"0": ("#FFFFFF", "black"), "½": ("#C8C8C8", "black"), "1": (COLOURS["quiet"], "black")}


class Switches(W.VBox):
    """Rows of switches, each 0, ½ or 1; a click takes it to the next. A control for `explore`.

    Args:
        rows: what stands before a row, to its switches at the start, for example {"i": "1000"}.
        before, each: of 1000, what lies before the first switch of a row, and from one to the next: the
            grid shrinks and grows with the picture below it, which is 1000 pixels wide.

    Attributes:
        value: the rows as text, a space between two.

    Raises ValueError if a row has something else in it, or rows differ in length.
    """

    value = Unicode()
    description = Unicode()

    def __init__(self, rows: Mapping[str, str], before: float = 147, each: float = 71.6):
        texts = list(rows.values())
        if not texts or {len(text) for text in texts} - {len(texts[0])} or set("".join(texts)) - set(NEXT):
            raise ValueError(f"rows is {dict(rows)!r}: give each row as many of 0, ½ and 1")
        self._buttons = [[self._switch(mark, f"{name}, step {step}", each)
                          for step, mark in enumerate(text, 1)] for name, text in rows.items()]
        full, lines = W.Layout(width="100%"), []
        for name, buttons in zip(rows, self._buttons, strict=True):
            words = W.Label(name, layout=W.Layout(width=f"{before / 10}%", justify_content="flex-end",
                                                  margin="0", padding="0 8px 0 0"))
            lines.append(W.HBox([words, *buttons], layout=full))
        super().__init__(lines, value=" ".join(texts), layout=W.Layout(width="100%", max_width="1000px"))
        self.add_class("course-switches")

    def _switch(self, mark: str, tooltip: str, width: float) -> W.Button:
        button = W.Button(description=mark, tooltip=tooltip,
                          layout=W.Layout(width=f"calc({width / 10}% - 6px)", margin="1px 3px", padding="0"))
        _paint(button)
        button.on_click(self._turn)
        return button

    def _turn(self, button: W.Button) -> None:
        button.description = NEXT[button.description]
        _paint(button)
        self.value = " ".join("".join(b.description for b in row) for row in self._buttons)


def _paint(button: W.Button) -> None:
    button.style.button_color, button.style.text_color = LOOK[button.description]


def run_live(
    runs: Mapping[str, Callable[[], Iterator]], draw: Callable[[Mapping[str, list]], Picture], shown: Picture,
) -> Dashboard:
    """A button for each run that does it beside the cells while a picture grows, and one to stop.

    To press another, or the same again, ends the run before; what it found stays until it is run again.
    The button whose run goes on has a mark; the one that stops is off where there is nothing to stop.

    Args:
        runs: what is written on the button, to a function that begins the run; from the iterator that
            it returns come the points, and None where there is none yet.
        draw: makes the picture from the points so far, a list for each run.
        shown: the picture before a button is pressed.
    """
    return _Runs(runs, draw, shown)


class _Runs(Dashboard):
    """What `run_live` makes.

    Attributes:
        points: what each run has found so far, by its name.
        task: what does the present run beside the cells.
    """

    def __init__(self, runs: Mapping[str, Callable[[], Iterator]],
                 draw: Callable[[Mapping[str, list]], Picture], shown: Picture):
        self._runs, self._draw = runs, draw
        self.points: dict[str, list] = {name: [] for name in runs}
        self._new, self._draw_at = False, 0.0                    # points not drawn yet; when to draw again
        self.task = Task(self._redraw_if_due, self._paused)
        actions = {name: partial(self._begin, name) for name in runs} | {"Stop": self.task.pause}
        buttons = {name: W.Button(description=name, layout=W.Layout(width="auto")) for name in actions}
        super().__init__(buttons, shown)
        self._mark(None)
        for name, button in buttons.items():
            button.on_click(lambda _, action=actions[name]: self.later(action))

    def close(self) -> None:
        """Take it down, and end its run."""
        self.task.stop()
        super().close()

    def _begin(self, name: str) -> None:
        self.task.pause()
        self.points[name] = []
        self._mark(name)
        self.task.start(self._work(name))
        while not self.live and self.task.step():  # a script or a test: there is nobody to wait for
            pass

    def _mark(self, running: str | None) -> None:
        """Show on the buttons which run goes on."""
        for name, button in self.controls.items():
            button.icon = "cog" if name == running else ""
        self.controls["Stop"].disabled = running is None

    def _work(self, name: str) -> Iterator[None]:
        for point in self._runs[name]():
            if point is not None:
                self.points[name].append(point)
                self._new = True
            yield

    def _redraw_if_due(self) -> None:
        """Draw new points, but let pictures have a tenth of the time at most."""
        began = time.perf_counter()
        if self._new and began >= self._draw_at:
            self._redraw()
            self._draw_at = began + 10 * (time.perf_counter() - began)

    def _redraw(self) -> None:
        self._new = False
        self.show(self._draw(self.points))

    def _paused(self, error: BaseException | None) -> None:
        self._mark(None)
        if error is None:
            self._redraw()
            return
        self.fail(error)
        if not self.live:
            raise error
