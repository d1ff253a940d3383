"""Runs that go on beside the cells at the press of a button, while a picture of them grows."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial

import ipywidgets as W

from helpers.pictures import Picture
from helpers.pictures import count as counted
from helpers.widgets.dashboard import Dashboard
from helpers.widgets.pacing import TOLD
from helpers.widgets.progress import how_far
from helpers.widgets.task import Task


def run_live(
    runs: Mapping[str, Callable[[], Iterator]], draw: Callable[[Mapping[str, list]], Picture], shown: Picture,
    done: Callable[[list], float] | None = None,
) -> Dashboard:
    """A button for each run that does it beside the cells while a picture grows, and one to stop.

    To press another ends the run before; what it found stays until it is run again. The button whose run
    goes on has a mark and is off, and the status says how many points there are and, with `done`, how long
    it will take; the button that stops is off where there is nothing to stop.

    Args:
        runs: what is written on the button, to a function that begins the run; from the iterator that
            it returns come the points, and None where there is none yet. When the run is stopped, the
            iterator is closed if it can be, so that a generator may end what it has begun.
        draw: makes the picture from the points so far, a list for each run.
        shown: the picture before a button is pressed.
        done: from the points of a run, of which there is at least one, how much of it is done, 0 to 1.
    """
    return _Runs(runs, draw, shown, done)


class _Runs(Dashboard):
    """What `run_live` makes.

    Attributes:
        points: what each run has found so far, by its name.
        task: what does the present run beside the cells.
    """

    def __init__(self, runs: Mapping[str, Callable[[], Iterator]],
                 draw: Callable[[Mapping[str, list]], Picture], shown: Picture,
                 done: Callable[[list], float] | None = None):
        self._runs, self._draw, self._done = runs, draw, done
        self.points: dict[str, list] = {name: [] for name in runs}
        self._new = False                                        # points that are not drawn yet
        self._work: Iterator = iter(())
        self.task = Task(self._redraw_if_new, self._paused, share=0.2)
        actions = {name: partial(self._begin, name) for name in runs} | {"Stop": self.task.pause}
        buttons = {name: W.Button(description=name, layout=W.Layout(width="auto")) for name in actions}
        super().__init__(buttons, shown)
        self._mark(None)
        for name, button in buttons.items():
            button.on_click(lambda button, action=actions[name]: button.disabled or self.later(action))

    def close(self) -> None:
        """Take it down, and end its run."""
        self.task.stop()
        self._end()
        super().close()

    def _begin(self, name: str) -> None:
        self.task.pause()
        self.points[name] = []
        self._new = True                    # that the points of its last run are gone is soon to be seen
        self._work = self._runs[name]()
        self._mark(name)
        self._going, self._began, self._told = name, time.perf_counter(), -TOLD
        self.task.start(self._steps(name))
        while not self.live and self.task.step():  # a script or a test: there is nobody to wait for
            pass

    def _mark(self, running: str | None) -> None:
        """Show on the buttons which run goes on."""
        for name, button in self.controls.items():
            button.icon = "cog" if name == running else ""
            button.disabled = name == running
        self.controls["Stop"].disabled = running is None

    def _steps(self, name: str) -> Iterator[None]:
        for point in self._work:
            if point is not None:
                self.points[name].append(point)
                self._new = True
            yield

    def _end(self) -> None:
        if isinstance(self._work, Generator):
            self._work.close()

    def _redraw_if_new(self) -> None:
        seconds = time.perf_counter() - self._began
        if seconds - self._told >= TOLD:
            self._told = seconds
            self._note = self._how_far(seconds)
            if not self._new:
                self.view.note(self._note)
        if self._new:
            self._redraw(self._note)

    def _how_far(self, seconds: float) -> str:
        """Which run goes on, how many points it has found, and how long it will take."""
        points = self.points[self._going]
        done = min(float(self._done(points)), 1.0) if self._done and points else None
        return f"{self._going}: {counted(len(points), 'point')}, {how_far(done, seconds)}."

    def _redraw(self, note: str = "") -> None:
        self._new = False
        self.show(self._draw(self.points), note)

    def _paused(self, error: BaseException | None) -> None:
        self._end()
        self._mark(None)
        if error is None:
            self._redraw()
            return
        self.fail(error)
        if not self.live:
            raise error
