"""Buttons that compute: at once, or in pieces beside the cells; `live_plot.py` builds on the latter."""

import asyncio
import inspect
import re
from collections.abc import Callable, Generator, Iterator
from typing import Any, NamedTuple

import ipywidgets as W

from helpers.pictures import ColouredText, Picture
from helpers.runs import HowFar
from helpers.widgets.background import Task
from helpers.widgets.dashboard import Dashboard, make_button
from helpers.widgets.progress import how_far
from helpers.widgets.throttle import TOLD
from helpers.widgets.visibility import Presence

WORKING = "Working …"
REST = 0.3          # seconds in which the kernel hears the clicks that were made while it worked

Shown = Picture | ColouredText | str
Work = Generator[HowFar | None, None, Picture | str]


def button(label: str, compute: Callable[[], Picture | str | Work], shown: Picture | str) -> Dashboard:
    """A button that runs `compute` and shows what it returns; `shown` is there until then.

    It is for what differs between computers: versions, measured times, the reader's own run. While it works
    the button is off and clicks are dropped.

    Work of more than a second is a generator function, such as `helpers.runs.stepwise` makes. Every few
    hundredths of a second it yields how far it is: (pieces done, pieces in all), or a share. The work goes on
    beside the cells, the status says how long it will take, and *Stop* brings back what was there before.
    """
    kind = _InPieces if inspect.isgeneratorfunction(compute) else _AtOnce
    return kind(label, compute, shown)


class _Press(Dashboard):
    """A button that is off while it works."""

    def __init__(self, label: str, compute: Callable, shown: Picture | str, presence: Presence | None = None,
                 **others: W.Button):
        self._compute, self._name = compute, re.sub(r"\s*\([^()]*\)$", "", label)
        self._button = make_button(label)
        super().__init__({label: self._button, **others}, shown, presence=presence)
        self._button.on_click(lambda _: self._clicked())

    def _clicked(self) -> None:
        if not self._button.disabled:
            self._button.disabled = True
            self.later(self._begin)

    def _begin(self) -> None:
        raise NotImplementedError

    def _rest(self) -> None:
        """Turn the button on again, soon."""
        async def rest(seconds: float) -> None:
            await asyncio.sleep(seconds)
            self._button.disabled = False

        if self.live:
            self.start(rest(REST))
        else:
            self._button.disabled = False


class _AtOnce(_Press):
    """What `button` makes of an ordinary function."""

    def _begin(self) -> None:
        self.view.say(WORKING)
        try:
            with self.view.drawing():
                shown = self._compute()
            self.show(shown)
        finally:
            self._rest()


class BackgroundDashboard(Dashboard):
    """A dashboard whose `task` works beside the cells, and is handed over when its cell is run again."""

    task: Task
    _work: Iterator = iter(())
    _told_at = 0.0          # seconds of the work at the last report in words

    def close(self) -> None:
        self.task.stop()
        self._end()
        if left := self._take_left():
            self._work = left.work
            self._end()
        super().close()

    def _start(self, steps: Iterator, seconds: float) -> None:
        self._told_at = -TOLD
        self.task.start(steps, seconds)
        while not self.live and self.task.step():  # a script or a test: there is nobody to wait for
            pass

    def _report_due(self) -> bool:
        """Whether to say how far it is: no oftener than can be read, or read aloud."""
        seconds = self.task.seconds()
        if seconds - self._told_at < TOLD:
            return False
        self._told_at = seconds
        return True

    def _take_left(self) -> Any:
        """What the cell's last run handed over, for once."""
        left, self.left = self.left, None
        return left

    def _end(self) -> None:
        if isinstance(self._work, Generator):
            self._work.close()

    def _show_error(self, error: BaseException) -> None:
        self.view.fail(error)
        if not self.live:
            raise error


class _Left(NamedTuple):
    """The result when the cell ran before, or the work that goes on, how far it is, and for how long."""

    result: Shown | None
    work: Work | None
    far: HowFar | None
    seconds: float


class _InPieces(_Press, BackgroundDashboard):
    """What `button` makes of a generator function."""

    def __init__(self, label: str, compute: Callable[[], Work], shown: Picture | str):
        presence = Presence()
        self.task = Task(self._tell, self._ended_or_stopped, share=0.2, presence=presence)
        self._far: HowFar | None = None
        self._result: Shown | None = None
        stop = make_button("Stop", disabled=True)
        super().__init__(label, compute, shown, presence, Stop=stop)
        stop.on_click(lambda _: self.later(self._stop))
        if self.left:
            self.offer("Resume" if self.left.work else "Show the previous result", self._take_up)

    def leave(self) -> _Left | None:
        """The work that goes on, or the result, or else what it could have taken up itself."""
        if self.task.running:
            work, self._work = self._work, iter(())     # it does not end with this
            return _Left(None, work, self._far, self.task.seconds())
        if self._result is not None:
            return _Left(self._result, None, None, 0.0)
        return self._take_left()

    def _take_up(self) -> None:
        self.task.pause()
        left = self._take_left()
        if left.work:
            self._button.disabled = True
            self._go_on(left.work, left.far, left.seconds)
        else:
            self._result = left.result
            self.show(left.result)

    def _begin(self) -> None:
        self._go_on(self._compute())

    def _go_on(self, work: Work, far: HowFar | None = None, seconds: float = 0.0) -> None:
        self._work, self._far, self._result, self._by_hand = work, far, None, False
        self._before = self.shown
        self._button.icon, self.controls["Stop"].disabled = "cog", False
        self.view.say(f"{self._name}: begun.")
        self._start(self._steps(self._work), seconds)

    def _steps(self, work: Work) -> Iterator[None]:
        while True:
            try:
                far = next(work)
            except StopIteration as end:
                self._result = end.value
                return
            self._far = self._far if far is None else far
            yield

    def _tell(self) -> None:
        if self._report_due():
            self.view.say(f"{self._name}: {how_far(self._far, self.task.seconds())}.")

    def _stop(self) -> None:
        self._by_hand = True
        self.task.pause()

    def _ended_or_stopped(self, error: BaseException | None) -> None:
        self._end()
        self._button.icon, self.controls["Stop"].disabled = "", True
        self._rest()
        if error is not None:
            self._show_error(error)
        elif self._result is not None:
            self.show(self._result)
        else:
            why = "" if self._by_hand else " because something else was started"
            self.show(self._before, f"Stopped after {self.task.seconds():.0f} s{why}. The previous result is "
                                    "shown again.")
