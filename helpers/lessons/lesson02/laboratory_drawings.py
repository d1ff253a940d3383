"""The laboratory while a network learns: for the README, where it moves."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.pictures import COLOURS, INK, Canvas, Picture, styled, tint
from helpers.runs import load_run

LETTERS = 64            # of what is written, in a line
PIECES = 40             # of the curve, one after the other
BOX = 330, 224, 620, 236        # of the curve: left, bottom, width and height
# Where each dial is, and its range, as in the laboratory. All but the temperature are logarithmic.
DIALS = {"learning rate": (380, (1e-4, 1)), "clip at": (314, (0.01, 10)), "temperature": (248, (0.1, 2))}


@styled
def laboratory_learns(moving: bool = False) -> Picture:
    """The laboratory at the end of a steered run: its dials, its curve and what it writes.

    `moving` also draws what could be seen earlier. What is there only for a time has an id "from-A-to-B", in
    thousandths of the whole time, and what stays from A on has "from-A", so that scripts/pages.py can make it
    move. It takes equally long from each moment at which it writes to the next.
    """
    run = load_run("02/steered_run")
    updates, loss = np.array(run["curve"]).T
    page = Canvas(500)
    clock = Clock([moment["update"] for moment in run["moments"]]) if moving else None
    _dials(page, run, updates[-1], clock)
    _curve(page, run, updates, loss, clock)
    _written(page, run["moments"], clock)
    last = run["moments"][-1]
    high = max(rate for _, rate in run["rates"])
    return page.picture(
        "The laboratory while a network learns, one letter at a time. Its loss falls, jumps where the "
        f"learning rate is turned up to {high:g}, and then falls again, to {last['loss']:.2f} nats per "
        f"character at update {last['update']:,}. What it writes goes from noise to words.")


class Clock:
    """When an update is reached, in thousandths of the time that the picture moves."""

    def __init__(self, knots: Sequence[int]):
        self._knots, self._times = [0, *knots[1:]], np.linspace(0, 1000, len(knots))

    def during(self, start: float, end: float = np.inf) -> str:
        """The id of what is seen from one update to another."""
        first, last = np.interp([start, end], self._knots, self._times).round().astype(int)
        return f"from-{first}" if end > self._knots[-1] else f"from-{first}-to-{last}"


def _dials(page: Canvas, run: dict[str, Any], whole: float, clock: Clock | None) -> None:
    page.band(16, 206, 282, 488)
    page.node(149, 452, "❚❚  Pause", "quiet", 226, 44, radius=0.15, fill=0.16)
    for name, (y, _) in DIALS.items():
        page.label(36, y, name, size=17, ha="left")
        page.axes.plot([40, 258], [y - 26, y - 26], color=COLOURS["quiet"], linewidth=3, zorder=1)
    ends = [start for start, _ in run["rates"][1:]] + [np.inf]
    for (start, rate), end in zip(run["rates"], ends, strict=True):
        if clock or end > whole:
            kind = "gradient" if rate > run["rates"][0][1] else "heldout"
            _handle(page, "learning rate", rate, kind, clock and clock.during(start, end))
    _handle(page, "clip at", run["settings"]["clip_value"])
    _handle(page, "temperature", run["settings"]["temperature"])


def _handle(page: Canvas, name: str, value: float, kind: str = "heldout", when: str | None = None) -> None:
    y, way = DIALS[name]
    places = np.array([way[0], value, way[1]])
    left, here, right = places if name == "temperature" else np.log10(places)
    page.label(262, y, f"{value:g}", kind, 17, ha="right", weight="bold", gid=when)
    page.axes.plot(40 + 218 * (here - left) / (right - left), y - 26, "o", markersize=13, color=COLOURS[kind],
                   zorder=4, gid=when)


def _curve(page: Canvas, run: dict[str, Any], updates: np.ndarray, loss: np.ndarray,
           clock: Clock | None) -> None:
    left, bottom, width, height = BOX
    whole, top = updates[-1], 1.04 * loss.max()
    x, y = left + width * updates / whole, bottom + height * loss / top
    page.axes.plot([left, left, left + width], [bottom + height, bottom, bottom], color=COLOURS["quiet"],
                   linewidth=1.5, zorder=0)
    for value in (0, 1, 2, 3, 4):
        page.label(left - 8, bottom + height * value / top, f"{value}", size=15, ha="right")
    for value in np.arange(0, whole + 1, 1000):
        page.label(left + width * value / whole, bottom - 16, f"{value:,.0f}", size=15)
    page.label(left + width, bottom - 38, "updates", size=15, ha="right")
    page.label(left + width, bottom + height + 14, "loss in nats per character: lower is better", size=16,
               weight="bold", ha="right")
    size = 1 + (len(x) - 1) // PIECES if clock else len(x) - 1
    for first in range(0, len(x) - 1, size):
        last = min(first + size, len(x) - 1)
        page.axes.plot(x[first:last + 1], y[first:last + 1], color=COLOURS["loss"], linewidth=4, zorder=3,
                       solid_capstyle="round", gid=clock and clock.during(updates[first]))
    (_, _), (up, rate), (down, _) = run["rates"]
    for at, words, line in ((up, f"rate up to {rate:g}", 172), (down, "and back", 148)):
        place = left + width * at / whole
        when = clock and clock.during(at)
        page.axes.plot([place, place], [bottom, bottom + line - 11], color=COLOURS["gradient"], linewidth=2,
                       linestyle="--", zorder=2, gid=when)
        page.label(place + 2 if at == up else place + 8, bottom + line, words, "gradient", 15, ha="left",
                   gid=when)


def _written(page: Canvas, moments: list[dict[str, Any]], clock: Clock | None) -> None:
    page.band(16, 12, 984, 166, tint(COLOURS["y"], 0.16))
    ends = [moment["update"] for moment in moments[1:]] + [np.inf]
    for number, (moment, end) in enumerate(zip(moments, ends, strict=True)):
        if clock is None and end < np.inf:
            continue
        when = clock and clock.during(moment["update"] if number else 0, end)
        page.label(36, 145, f"update {moment['update']:,}, loss {moment['loss']:.2f}: it writes", "y", 17,
                   ha="left", weight="bold", gid=when)
        lines = [part for line in moment["text"].splitlines() for part in textwrap.wrap(line, LETTERS)]
        page.axes.text(36, 124, "\n".join(lines[:3]).replace("$", r"\$"), color=INK, fontsize=17,
                       family="monospace", ha="left", va="top", linespacing=1.2, zorder=5, gid=when)


DRAWINGS = (laboratory_learns,)
