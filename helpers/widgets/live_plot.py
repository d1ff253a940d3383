"""Runs that go on beside the cells at the press of a button, while a picture of them grows."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from helpers.pictures import Picture
from helpers.pictures import count as counted
from helpers.widgets.background import Task
from helpers.widgets.button import BackgroundDashboard
from helpers.widgets.dashboard import Dashboard, make_button
from helpers.widgets.progress import how_far
from helpers.widgets.question import Before
from helpers.widgets.visibility import Presence


def live_runs(
    runs: Mapping[str, Callable[[], Iterator]], draw: Callable[[Mapping[str, list]], Picture], shown: Picture,
    done: Callable[[list], float] | None = None, after: str = "",
) -> Dashboard:
    """A button for each run, which goes on beside the cells while a picture grows, and one to stop it.

    A run ends when another button is pressed; its points stay until it is run again. The status says how many
    points there are and, with `done`, how long it will take.

    Args:
        runs: by the words on the button, a function that begins the run. The iterator that it returns gives
            points, and None where there is none yet; a generator is closed when the run is stopped.
        draw: makes the picture from the points so far, a list for each run.
        shown: the picture before a button is pressed.
        done: how much of a run is done, 0 to 1, by its points, of which there is at least one.
        after: the question that it answers, as of `explore`.
    """
    dashboard = _Runs(runs, draw, shown, done)
    if after:
        dashboard.before = Before(dashboard, after)
    return dashboard


class _Left(NamedTuple):
    """The points when the cell ran before, and the run that goes on, if one does, with its name."""

    points: dict[str, list]
    work: Iterator
    going: str | None
    seconds: float


class _Runs(BackgroundDashboard):
    """What `live_runs` makes; `points` are those so far, by the name of the run."""

    def __init__(self, runs: Mapping[str, Callable[[], Iterator]],
                 draw: Callable[[Mapping[str, list]], Picture], shown: Picture,
                 done: Callable[[list], float] | None = None):
        self._runs, self._draw, self._done = runs, draw, done
        self.points: dict[str, list] = {name: [] for name in runs}
        self._going: str | None = None
        presence = Presence()
        self.task = Task(self._redraw_if_new, self._paused, share=0.2, presence=presence)
        actions = {name: partial(self._begin, name) for name in runs} | {"Stop": self.task.pause}
        buttons = {name: make_button(name) for name in actions}
        super().__init__(buttons, shown, presence=presence)
        self._mark(None)
        for name, button in buttons.items():
            button.on_click(lambda button, action=actions[name]: button.disabled or self.later(action))
        if self.left and self.left.points.keys() == self.points.keys():
            found = counted(sum(map(len, self.left.points.values())), "point")
            self.offer(f"Resume from {found}" if self.left.going else f"Show the earlier {found}",
                       self._take_up)

    def leave(self) -> _Left | None:
        """Its points, with the run that goes on; or what it could have taken up itself."""
        if not (self._going or any(self.points.values())):
            return self._take_left()
        left = _Left(self.points, self._work, self._going, self.task.seconds())
        self._work = iter(())               # it does not end with this
        return left

    def _take_up(self) -> None:
        self.task.pause()
        left = self._take_left()
        self.points = left.points
        if left.going:
            self._go_on(left.going, left.work, left.seconds)
        else:
            self._redraw()

    def _begin(self, name: str) -> None:
        self.task.pause()
        self.points[name] = []
        self._go_on(name, self._runs[name]())

    def _go_on(self, name: str, work: Iterator, seconds: float = 0.0) -> None:
        self._new = True                    # not drawn yet: that the points of its last run are gone
        self._work = work
        self._mark(name)
        self._start(self._steps(name), seconds)

    def record(self, name: str, moments: int, seconds: float) -> Iterator[int]:
        """Do a run now, for a recording, and draw it at so many moments, evenly along it.

        Yields the number of points at each; ends with the run, or after so many seconds. Where no loop runs.
        """
        points, work, began = self.points[name], self._runs[name](), time.perf_counter()
        points.clear()
        seen = 0
        for point in work:
            if point is not None:
                points.append(point)
                done = self._done(points) if self._done else len(points) / moments
                if int(done * moments) > seen:
                    seen = int(done * moments)
                    self._redraw()
                    yield len(points)
            if time.perf_counter() - began > seconds:
                break

    def _mark(self, running: str | None) -> None:
        """Show on the buttons which run goes on."""
        self._going = running
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

    def _redraw_if_new(self) -> None:
        if self._report_due():
            self._note = self._how_far(self.task.seconds())
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
        with self.view.drawing():
            shown = self._draw(self.points)
        self.show(shown, note)

    def _paused(self, error: BaseException | None) -> None:
        self._end()
        self._mark(None)
        if error is None:
            self._redraw()
        else:
            self._show_error(error)
