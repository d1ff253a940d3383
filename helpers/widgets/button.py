"""A button that computes."""

import asyncio
import inspect
import re
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

import ipywidgets as W

from helpers.pictures import ColouredText, Picture
from helpers.runs import HowFar
from helpers.widgets.background import Task
from helpers.widgets.dashboard import Dashboard
from helpers.widgets.progress import how_far
from helpers.widgets.throttle import TOLD
from helpers.widgets.visibility import Presence

WORKING = "Working …"
REST = 0.3          # seconds in which the kernel hears the clicks that were made while it worked

Shown = Picture | ColouredText | str
Work = Generator[HowFar | None, None, Picture | str]


def button(label: str, compute: Callable[[], Picture | str | Work], shown: Picture | str) -> Dashboard:
    """A button that runs `compute` and shows what it returns; `shown` is there until then.

    For what differs from one computer to the next: versions, measured times, the reader's own run. While it
    works the button is off and the status says so; clicks that come meanwhile are dropped.

    What takes more than a second is a generator function. It yields between two pieces of its work, best
    every few hundredths of a second, how far it is: how many pieces are done of how many, or the share of
    the whole; `helpers.runs.stepwise` makes such functions. Its work goes on beside the cells, the status
    tells how far it is and how long it will take, and *Stop* ends it: what was there before stays.
    """
    kind = _InPieces if inspect.isgeneratorfunction(compute) else _AtOnce
    return kind(label, compute, shown)


class _Press(Dashboard):
    """A button that is off while it works, and what it showed last."""

    def __init__(self, label: str, compute: Callable, shown: Picture | str, presence: Presence | None = None,
                 **others: W.Button):
        self._compute, self._what = compute, re.sub(r"\s*\([^()]*\)$", "", label)
        self._button = W.Button(description=label, layout=W.Layout(width="auto"))
        super().__init__({label: self._button, **others}, shown, presence=presence)
        self._button.on_click(lambda _: self._clicked())

    def _clicked(self) -> None:
        if not self._button.disabled:
            self._button.disabled = True
            self.later(self._begin)

    def _begin(self) -> None:
        raise NotImplementedError

    def _rest(self) -> None:
        """The button is on again, soon."""
        if self.live:
            self.start(self._resting())
        else:
            self._button.disabled = False

    async def _resting(self) -> None:
        await asyncio.sleep(REST)
        self._button.disabled = False


class _AtOnce(_Press):
    """What `button` makes of an ordinary function."""

    def _begin(self) -> None:
        self.view.say(WORKING)
        try:
            with self.drawing():
                shown = self._compute()
            self.show(shown)
        finally:
            self._rest()


class BackgroundDashboard(Dashboard):
    """A dashboard whose work goes on beside the cells, and is handed over when its cell is run again.

    Attributes:
        task: what does the work.
    """

    task: Task
    _work: Iterator = iter(())

    def close(self) -> None:
        """Take it down, and end its work."""
        self.task.stop()
        self._end()
        if self.left:
            self._work, self.left = self.left.work, None
            self._end()
        super().close()

    def _start(self, steps: Iterator, seconds: float) -> None:
        self.task.start(steps, seconds)
        while not self.live and self.task.step():  # a script or a test: there is nobody to wait for
            pass

    def _end(self) -> None:
        if isinstance(self._work, Generator):
            self._work.close()

    def _show_error(self, error: BaseException) -> None:
        self.fail(error)
        if not self.live:
            raise error


class _Left(NamedTuple):
    """What was found when the cell ran before, or the work that goes on, how far it is, and for how long."""

    found: Shown | None
    work: Work | None
    far: HowFar | None
    seconds: float


class _InPieces(_Press, BackgroundDashboard):
    """What `button` makes of a generator function."""

    def __init__(self, label: str, compute: Callable[[], Work], shown: Picture | str):
        presence = Presence()
        self.task = Task(self._tell, self._ended_or_stopped, share=0.2, presence=presence)
        self._far: HowFar | None = None
        self._found: Shown | None = None
        stop = W.Button(description="Stop", disabled=True, layout=W.Layout(width="auto"))
        super().__init__(label, compute, shown, presence, Stop=stop)
        stop.on_click(lambda _: self.later(self._stop))
        if self.left:
            self.offer("Resume" if self.left.work else "Show the previous result",
                       self._take_up)

    def leave(self) -> _Left | None:
        """Its work, if that goes on, or what it found; or what it could have taken up itself."""
        if self.task.running:
            work, self._work = self._work, iter(())     # it does not end with this
            return _Left(None, work, self._far, self.task.seconds())
        if self._found is not None:
            return _Left(self._found, None, None, 0.0)
        left, self.left = self.left, None
        return left

    def _take_up(self) -> None:
        self.task.pause()
        left, self.left = self.left, None
        if left.work:
            self._button.disabled = True
            self._go_on(left.work, left.far, left.seconds)
        else:
            self._found = left.found
            self.show(left.found)

    def _begin(self) -> None:
        self._go_on(self._compute())

    def _go_on(self, work: Work, far: HowFar | None = None, seconds: float = 0.0) -> None:
        self._work, self._far, self._found, self._by_hand = work, far, None, False
        self._before, self._told = self.shown, -TOLD
        self._button.icon, self.controls["Stop"].disabled = "cog", False
        self.view.say(f"{self._what}: begun.")
        self._start(self._steps(self._work), seconds)

    def _steps(self, work: Work) -> Iterator[None]:
        while True:
            try:
                far = next(work)
            except StopIteration as end:
                self._found = end.value
                return
            self._far = self._far if far is None else far
            yield

    def _tell(self) -> None:
        """How far it is; no oftener than can be read, or read aloud."""
        seconds = self.task.seconds()
        if seconds - self._told >= TOLD:
            self._told = seconds
            self.view.say(f"{self._what}: {how_far(self._far, seconds)}.")

    def _stop(self) -> None:
        self._by_hand = True
        self.task.pause()

    def _ended_or_stopped(self, error: BaseException | None) -> None:
        self._end()
        self._button.icon, self.controls["Stop"].disabled = "", True
        self._rest()
        if error is not None:
            self._show_error(error)
        elif self._found is not None:
            self.show(self._found)
        else:
            why = "" if self._by_hand else " because something else was started"
            self.show(self._before, f"Stopped after {self.task.seconds():.0f} s{why}. The previous result is "
                                    "shown again.")
