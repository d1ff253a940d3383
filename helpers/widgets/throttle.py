"""How often what a reader sees is drawn, and how long work beside the cells keeps the kernel."""

import time
from collections.abc import Callable

SLICE = 0.010               # seconds of work at a time beside the cells
TURNS = 5                   # of the kernel's loop between two slices: as many as a control's message takes
FOLLOW = 1 / 20             # seconds, the longest rest after a drawing where controls are followed
REDRAW = 1 / 10             # seconds from the end of a drawing to the next where something goes on by itself
TOLD = 1.0                  # seconds from one report in words to the next: they may be read aloud


class Pace:
    """When the next drawing may begin, by how long the last one took.

    By default it is for what goes on by itself: at most ten times a second, and drawings take at most the
    `share` of the time. With `follows` it is for controls that are moved: the first drawing begins at once,
    the next after a rest as long as the last one took, at most `FOLLOW`.
    """

    def __init__(self, share: float = 0.5, follows: bool = False):
        self._ratio, self._follows = 1 / share - 1, follows
        self._next = time.perf_counter() + (0 if follows else REDRAW)

    def wait(self) -> float:
        """Seconds until the next drawing may begin; 0 or less when it is due."""
        return self._next - time.perf_counter()

    def draw(self, draw: Callable[[], None]) -> None:
        began = time.perf_counter()
        draw()
        ended = time.perf_counter()
        rest = self._ratio * (ended - began)
        self._next = ended + (min(FOLLOW, rest) if self._follows else max(REDRAW, rest))
