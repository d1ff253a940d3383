"""How far work is, and how long it will take: in words, and as a bar below the cell that does it."""

import html
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

import ipywidgets as W
from IPython import get_ipython
from IPython.display import display

from helpers.runs import HowFar, share
from helpers.widgets.dashboard import close_widgets, open_views, this_cell
from helpers.widgets.throttle import REDRAW
from helpers.widgets.view import widget_view

T = TypeVar("T")
EARLY = 0.05        # before this part is done, how long the rest takes is anybody's guess


def how_far(done: HowFar | None, seconds: float) -> str:
    """What a reader wants to know of work that began so many seconds ago.

    >>> how_far((2, 5), seconds=5.3)
    '2 of 5, about 8 s to go'
    >>> how_far(0.4, seconds=200)
    '40 %, about 5 min to go'
    >>> how_far(0.01, seconds=2)
    '1 %'
    >>> how_far(None, seconds=12)
    '12 s so far'
    """
    if done is None:
        return f"{seconds:.0f} s so far"
    words = f"{done[0]:,} of {done[1]:,}" if isinstance(done, tuple) else f"{done:.0%}".replace("%", " %")
    part = share(done)
    return f"{words}, {_about(seconds * (1 - part) / part)} to go" if part >= EARLY else words


def _about(seconds: float) -> str:
    return f"about {max(1, round(seconds))} s" if seconds < 100 else f"about {round(seconds / 60)} min"


def progress(things: Iterable[T], words: str, of: int | None = None) -> Iterator[T]:
    """Go through `things` while a bar below the cell shows how far it is; gone at the end.

    Args:
        words: what is done, for example "Networks read".
        of: how many there are; by default as many as `things` has.

    Where no kernel runs it is silent.

    >>> [number**2 for number in progress([1, 2, 3], "Squares")]
    [1, 4, 9]
    """
    of = len(things) if of is None and hasattr(things, "__len__") else of
    if getattr(get_ipython(), "kernel", None) is None:
        yield from things
        return
    bar = _Bar(words, of)
    display(bar)
    try:
        for number, thing in enumerate(things):
            bar.show(number)
            yield thing
    finally:
        bar.hide()


class _Bar:
    """The bar of `progress`, with its words. Where no kernel runs a sentence stands in its place."""

    def __init__(self, words: str, of: int | None):
        self._words, self._of, self._shown, self._began = words, of, -1.0, time.perf_counter()
        self._bar = W.IntProgress(min=0, max=of or 1, layout=W.Layout(width="min(100%, 480px)"))
        self._bar.bar_style = "" if of else "info"
        self._label = W.HTML()
        self.box = W.VBox([self._label, self._bar])
        self.box.add_class("course-progress")
        self.show(0)
        open_views.replace(this_cell(), self)

    def show(self, done: int) -> None:
        """So many are done."""
        seconds = time.perf_counter() - self._began
        if seconds - self._shown < REDRAW and self._shown >= 0:
            return
        self._shown = seconds
        self._bar.value = done if self._of else 1
        far = how_far((done, self._of) if self._of else None, seconds)
        words = f"{self._words}: {far}" if self._of else f"{self._words}: {done:,}, {far}"
        self._label.value = f'<span style="font-size:16px">{html.escape(words)}</span>'

    def hide(self) -> None:
        """It is over."""
        self.box.layout.display = "none"

    def close(self) -> None:
        """Take it down."""
        close_widgets(self.box)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/plain": "(progress appears here while the cell runs)", **widget_view(self.box)}
