"""The drawings of lesson 02: the backward pass from the scores, and the laboratory, for the README."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.networks import softmax
from helpers.pictures import COLOURS, INK, Canvas, Picture, short, styled, tint
from helpers.runs import load_run

SCORES, TARGET = (1.0, -0.5, 0.3), 2
H_PREV, DA = (1.0, 2.0, 3.0), (10.0, 20.0)
MARKED = (1, 0)


@styled
def given_minus_wanted() -> Picture:
    """Probabilities minus the target's one-hot row: the gradient with respect to three scores, as bars."""
    p, wanted = softmax(np.array(SCORES)), np.eye(3)[TARGET]
    dy = p - wanted
    page = Canvas(380)
    tall, floor = 120, 176
    for left, values, name, kind in ((70, p, "given: $p$", "y"), (390, wanted, "wanted: one-hot", "quiet"),
                                     (710, dy, "$dy$: adds up to 0", "gradient")):
        page.label(left + 110, 352, name, kind, 19, weight="bold")
        page.axes.plot([left, left + 220], [floor, floor], color=COLOURS["quiet"], linewidth=1.5, zorder=1)
        for place, value in enumerate(values):
            x = left + 36 + 74 * place
            if value:
                page.node(x, floor + tall * value / 2, "", kind, 50, tall * abs(value), fill=0.5, radius=0)
            page.label(x, floor + max(0, tall * value) + 20, short(value), kind, 17)
    for x, sign in ((340, "−"), (660, "=")):
        page.label(x, floor + 46, sign, size=30)
    page.label(180, 130, f"softmax of the scores\n{', '.join(short(y, 1) for y in SCORES)}", "y", 16)
    page.label(500, 130, "the third letter", "quiet", 16)
    for place, value in enumerate(dy):
        x, up = 746 + 74 * place, value < 0
        page.arrow((x, 34 if up else 78), (x, 78 if up else 34), kind="h", gap=0, width=3.4)
        page.label(x, 18, "up" if up else "down", "h", 17)
    page.label(690, 52, "the update goes against $dy$ and pushes this score", "h", 17, ha="right")
    return page.picture(f"""The probabilities {", ".join(map(short, p))} minus the one-hot row of the third
        letter give dy = {", ".join(map(short, dy))}, which adds up to 0: the update pushes the first two
        scores down and the third up.""")


@styled
def outer_product() -> Picture:
    """The table of all products of a column h_prev and a row da, with one weight's product marked."""
    table = np.outer(H_PREV, DA)
    page = Canvas(330)
    wide, high, left, top = 96, 60, 190, 218
    i, j = MARKED
    page.label(110, 246, "$h_{prev}$", "h", 19)
    page.label(left + wide, 306, "$da$", "gradient", 19)
    for column, value in enumerate(DA):
        page.node(left + wide * (column + 0.5), 264, f"{value:.0f}", "gradient", 80, 48,
                  fill=0.4 if column == j else 0.15)
    for row, value in enumerate(H_PREV):
        y = top - high * (row + 0.5)
        page.node(110, y, f"{value:.0f}", "h", 80, 48, fill=0.4 if row == i else 0.15)
        for column in range(len(DA)):
            chosen = (row, column) == MARKED
            page.node(left + wide * (column + 0.5), y, f"{table[row, column]:.0f}", "quiet", wide, high, 19,
                      radius=0)
            page.axes.patches[-1].set(
                facecolor=tint(COLOURS["gradient"], 0.3 if chosen else 0.06), zorder=3.5 if chosen else 3,
                edgecolor=INK if chosen else COLOURS["quiet"], linewidth=3.4 if chosen else 1.2)
    page.label(430, 220, "W[i, j] affects a[j] alone:", size=18, ha="left", weight="bold")
    page.label(430, 176, "slope: h_prev[i]", size=18, ha="left")
    page.label(430, 138, "passed back: da[j]", size=18, ha="left")
    factors = f"{H_PREV[i]:.0f} · {DA[j]:.0f} = {table[MARKED]:.0f}"
    page.label(430, 84, f"dW[{i}, {j}] = h_prev[{i}] · da[{j}] = {factors}", "gradient", 18, ha="left")
    column, row, *rows = (", ".join(f"{value:.0f}" for value in values) for values in (H_PREV, DA, *table))
    return page.picture(f"""The outer product of h_prev = {column}, a column, and da = {row}, a row, is the
        table {"; ".join(rows)}: entry [{i}, {j}] is {factors}, because W[{i}, {j}] takes h_prev[{i}] to
        a[{j}] alone.""")


LETTERS = 64            # of what is written, in a line
PIECES = 40             # of the curve, one after the other
BOX = 330, 224, 620, 236        # of the curve: left, bottom, width and height
# Where each dial is, and its range, as in the laboratory. All but the temperature are logarithmic.
DIALS = {"learning rate": (380, (1e-4, 1)), "clip at": (314, (0.01, 10)), "temperature": (248, (0.1, 2))}


@styled
def laboratory_learns(moving: bool = False) -> Picture:
    """The laboratory at the end of a steered run: its dials, its curve and what it writes.

    `moving` also draws what could be seen earlier, with the ids that `scripts/writers/pictures.py` makes
    move: "from-A-to-B" for what goes again, and "from-A" for what stays, in thousandths of the whole time.
    From each moment at which the network writes to the next it takes equally long.
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
    y, (lowest, highest) = DIALS[name]
    places = np.array([lowest, value, highest])
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


DRAWINGS = [given_minus_wanted, outer_product, laboratory_learns]
