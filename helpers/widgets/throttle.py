"""How often what a reader sees is drawn, and how long work beside the cells keeps the kernel."""

import time
from collections.abc import Callable

SLICE = 0.010               # seconds of work at a time beside the cells
TURNS = 5                   # of the kernel's loop between two slices: as many as a control's message takes
FOLLOW = 1 / 20             # seconds, the longest rest after a drawing where controls are followed
REDRAW = 1 / 10             # seconds from the end of a drawing to the next where something goes on by itself
TOLD = 1.0                  # seconds from one report in words to the next: they may be read aloud


class Pace:
    """When to draw again what goes on by itself: ten times a second, or later where a drawing takes long.

    Args:
        share: of the time that drawings may take, above 0.
    """

    def __init__(self, share: float = 0.5):
        self._rest = 1 / share - 1
        self._due = time.perf_counter() + REDRAW

    def due(self) -> bool:
        """Whether it is time."""
        return time.perf_counter() >= self._due

    def draw(self, draw: Callable[[], None]) -> None:
        """Draw, and see how long that takes."""
        began = time.perf_counter()
        draw()
        ended = time.perf_counter()
        self._due = ended + max(REDRAW, self._rest * (ended - began))
