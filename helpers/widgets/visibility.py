"""Whether anybody sees what goes on beside the cells: what no page shows waits until one does."""

import asyncio

import ipywidgets as W

ASKED = 2.0         # seconds from one question to the page to the next, and ...
UNSEEN = 5.0        # ... without an answer after which nobody is there
AGAIN = 10.0        # seconds from one question to the next while the work waits: an answer may be lost
A_TURN = 0.5        # seconds that a turn of the kernel's loop counts at most: a long cell hears nobody


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The kernel's loop, when called from a cell; None in a script or a test."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Presence:
    """Asks the page whether it shows a dashboard, while something goes on in it.

    The question is a number on an invisible ``button``, which page.js presses at each new number. A tab in
    the background answers as well. A page that never answered counts as seen: perhaps page.js does not run.
    """

    def __init__(self):
        self.button = W.Button(description="1")
        self.button.add_class("course-there")
        self.button.on_click(lambda _: self._answered())
        self._silent, self._known, self._loop = 0.0, False, running_loop()
        self._back = asyncio.Event()

    def seen(self, seconds: float) -> bool:
        """Whether a page shows it, so many seconds after the last call; now and then asks the page."""
        if not self._known:
            return True
        before, self._silent = self._silent, self._silent + min(seconds, A_TURN)
        if self._silent // ASKED > before // ASKED:
            self._ask()
        return self._silent < UNSEEN

    async def back(self) -> None:
        """Wait until the dashboard is on a page."""
        self._back.clear()
        while not self._back.is_set():
            self._ask()
            try:
                await asyncio.wait_for(self._back.wait(), AGAIN)
            except TimeoutError:
                pass

    def _ask(self) -> None:
        self.button.description = str(int(self.button.description) + 1)

    def _answered(self) -> None:
        """Called on any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._heard)

    def _heard(self) -> None:
        self._silent, self._known = 0.0, True
        self._back.set()
