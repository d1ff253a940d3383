"""Work that goes on beside the cells of a notebook, a little at a time, and lets controls be turned."""

import asyncio
import time
from collections.abc import Callable, Iterator

from helpers.widgets.throttle import SLICE, TURNS, Pace
from helpers.widgets.visibility import Presence, running_loop

_running: set["Task"] = set()           # at most one


class Task:
    """Steps of an iterator in slices of 10 ms between which the kernel answers; no thread.

    At most one task runs in a kernel: starting one pauses the other. Where no loop runs (a script, a test),
    `start` only notes that it runs, and `step` drives it.

    Args:
        redraw: called at most ten times a second while it works; it gets at most a `share` of the time.
        paused: called when the work pauses or ends, with the exception that a step raised, or None.
        presence: of the dashboard that shows it; while no page does, the task waits and counts as running.
    """

    def __init__(self, redraw: Callable[[], None], paused: Callable[[BaseException | None], None],
                 share: float = 0.5, presence: Presence | None = None):
        self._redraw, self._paused, self._work, self._share = redraw, paused, iter(()), share
        self._presence, self._began = presence, 0.0
        self._loop, self._task = running_loop(), None

    @property
    def running(self) -> bool:
        return self in _running

    def seconds(self) -> float:
        """How long the present work has taken so far, without the time spent waiting for a page."""
        return time.perf_counter() - self._began

    def start(self, work: Iterator, seconds: float = 0.0) -> None:
        """Do `work` from now on, which has taken `seconds` already. Call it on the cell's own thread."""
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
        """Stop for good, without calling `paused`."""
        self._paused = lambda error: None
        self.pause()
        self._work = iter(())

    def step(self, work: Iterator | None = None) -> bool:
        """Do one step now, of `work` or of what was started; False if it failed or none is left."""
        try:
            next(self._work if work is None else work)
            return True
        except StopIteration:
            self._end(None)
        except Exception as error:
            self._end(error)
        return False

    def _end(self, error: BaseException | None) -> None:
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
                if pace.wait() <= 0:
                    pace.draw(self._redraw)
                for _ in range(TURNS):
                    await asyncio.sleep(0)
        except (Exception, KeyboardInterrupt) as error:  # of the drawing; an interrupt is a pause
            self._end(error if isinstance(error, Exception) else None)
