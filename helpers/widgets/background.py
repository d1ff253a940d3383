"""Work that goes on beside the cells of a notebook, a little at a time, and lets controls be turned."""

import asyncio
import time
from collections.abc import Callable, Iterator

from helpers.widgets.throttle import SLICE, TURNS, Pace
from helpers.widgets.visibility import Presence, running_loop

_running: set["Task"] = set()           # at most one


class Task:
    """Steps of an iterator in slices of 10 ms between which the kernel answers; no thread.

    Never more than one task runs in a kernel: to start one pauses the other. Where no loop runs (a
    script, a test), `start` only notes that it runs, and `step` drives it.

    Args:
        redraw: called ten times a second while work is done, less often where it takes long.
        paused: called when it pauses: with None (by hand, or because another began, or at the end of
            the work), or with the exception that a step raised.
        share: of the time that drawings may take.
        presence: of the dashboard that shows it. While no page does, the task waits, running all the same.
    """

    def __init__(self, redraw: Callable[[], None], paused: Callable[[BaseException | None], None],
                 share: float = 0.5, presence: Presence | None = None):
        self._redraw, self._paused, self._work, self._share = redraw, paused, iter(()), share
        self._presence, self._began = presence, 0.0
        self._loop, self._task = running_loop(), None

    @property
    def running(self) -> bool:
        """Whether work is being done."""
        return self in _running

    def seconds(self) -> float:
        """How long it has been at its present work, without the time in which it waited for a page."""
        return time.perf_counter() - self._began

    def start(self, work: Iterator, seconds: float = 0.0) -> None:
        """Do `work` from now on, in place of what was done before. Call it on the cell's own thread.

        `seconds` is how long it has been worked on already.
        """
        self._work, self._began = work, time.perf_counter() - seconds
        if self.running:
            return
        for other in list(_running):
            other.pause()
        _running.add(self)
        if self._loop is not None:
            self._task = self._loop.create_task(self._go_on())

    def pause(self) -> None:
        """Stop after the present step; what was done stays."""
        self._end(None)

    def stop(self) -> None:
        """Stop for good, without a word to anyone."""
        self._paused = lambda error: None
        self.pause()
        self._work = iter(())

    def step(self, work: Iterator | None = None) -> bool:
        """Do one step of `work`, or of what was started, now; False if there is none left.

        What the step raises is reported as when it runs by itself.
        """
        try:
            next(self._work if work is None else work)
            return True
        except StopIteration:
            self._end(None)
        except Exception as error:
            self._end(error)
        return False

    def _end(self, error: BaseException | None) -> None:
        """Running no more. An error is told also where nothing ran."""
        was_running = self.running
        _running.discard(self)
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if was_running or error is not None:
            self._paused(error)

    async def _go_on(self) -> None:
        pace, turn = Pace(self._share), time.perf_counter()
        try:
            while self.running:
                if self._presence is not None and not self._presence.seen(time.perf_counter() - turn):
                    since = time.perf_counter()
                    await self._presence.back()
                    self._began += time.perf_counter() - since
                turn = time.perf_counter()
                until = turn + SLICE
                while time.perf_counter() < until and self.running:
                    if not self.step():
                        return
                if pace.due():
                    pace.draw(self._redraw)
                for _ in range(TURNS):
                    await asyncio.sleep(0)
        except (Exception, KeyboardInterrupt) as error:  # of the drawing; an interrupt is a pause
            self._end(error if isinstance(error, Exception) else None)
