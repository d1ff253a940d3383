"""The few strokes every diagram is made of: a sheet, and on it nodes, vectors, arrows, labels, bands.

Lengths are pixels of a 1000-pixel-wide page, counted from its lower left corner. Each quantity
has its colour and its shape: inputs are circles, states rounded boxes, outputs hexagons and
losses square boxes; what flows backward is dashed.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path
from matplotlib.text import Text

from helpers.pictures.highlights import Place
from helpers.pictures.style import COLOURS, DPI, LARGE, READ, TEXT_COLOURS, Picture, lecture_stage, new_figure

INK = "#222222"
GROUND = "#EFEFEF"
RADIUS = {"x": 0.5, "loss": 0.05}  # of a node's shorter side; 0.24 for the others


class Box(NamedTuple):
    """Where a node stands: its centre and size; arrows go from side to side."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> tuple[float, float]:
        return self.x - self.width / 2, self.y

    @property
    def right(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y

    @property
    def top(self) -> tuple[float, float]:
        return self.x, self.y + self.height / 2

    @property
    def bottom(self) -> tuple[float, float]:
        return self.x, self.y - self.height / 2

    def field(self, row: int, rows: int) -> "Box":
        """One of so many fields that lie on each other in it, counted from above."""
        height = self.height / rows
        return Box(self.x, self.y + self.height / 2 - (row + 0.5) * height, self.width, height)


Strokes = Artist | Box | Sequence[Artist | Box]


class Canvas:
    """An empty page, 1000 by `height` pixels, whose coordinates are pixels.

    Attributes:
        figure, axes: of matplotlib, for what no stroke can do.
        one_size: whether numbers and labels have the one size that the last row of a lecture reads.
    """

    def __init__(self, height: int):
        self.one_size = lecture_stage() is not None
        self.figure, self.axes = new_figure(height=height / DPI, free=False)
        self.axes.set(position=(0, 0, 1, 1), xlim=(0, 1000), ylim=(0, height))
        self.axes.axis("off")

    def picture(self, sentence: str, points: Mapping[str, "Strokes"] | Iterable[tuple[str, "Strokes"]] = ()
                ) -> Picture:
        """What has been drawn, with the sentence that says what it shows, and which of its words point."""
        pairs = points.items() if isinstance(points, Mapping) else points
        return Picture(self.figure, sentence, points=[
            (words, [Place(self.axes, *part) if isinstance(part, Box) else part
                     for part in ((parts,) if isinstance(parts, Box | Artist) else parts)])
            for words, parts in pairs])

    def words(self, text: str) -> list[Text]:
        """All labels that say this."""
        return [label for label in self.axes.texts if label.get_text() == text]

    def label(self, x: float, y: float, text: str, kind: str = "", size: float = 17, **how) -> Text:
        """Words centred on a point, in the dark shade of the quantity `kind`."""
        how = {"ha": "center", "va": "center", "color": TEXT_COLOURS.get(kind, INK), "zorder": 5} | how
        return self.axes.text(x, y, text, fontsize=READ if self.one_size and size < LARGE else size, **how)

    def node(
        self, x: float, y: float, text: str, kind: str, size: float = 60,
        height: float | None = None, fontsize: float = 18, fill: float = 0.22, radius: float | None = None,
    ) -> Box:
        """A quantity: its colour and shape come from `kind` (x, h, c, y, loss or quiet).

        `radius`, a share of the shorter side, makes a box with rounded corners of any kind.
        """
        box = Box(x, y, size, height or size)
        look = {
            "facecolor": tint(COLOURS[kind], fill if kind != "loss" else 0),
            "edgecolor": COLOURS[kind], "linewidth": 2.4, "joinstyle": "round", "zorder": 3, "label": "node",
        }
        if kind == "y" and radius is None:
            across, up = box.width / 2, box.height / 2
            corner = min(0.5 * up, across)
            outline = [(-across, 0), (corner - across, up), (across - corner, up),
                       (across, 0), (across - corner, -up), (corner - across, -up)]
            self.axes.add_artist(Polygon(np.add(outline, (x, y)), **look))
        else:
            share = RADIUS.get(kind, 0.24) if radius is None else radius
            self.axes.add_artist(PathPatch(_rounded(box, share * min(box.width, box.height)), **look))
        if text:
            self.label(x, y, text, kind, fontsize)
        return box

    def vector(
        self, x: float, y: float, values: np.ndarray | None, kind: str, rows: int,
        width: float = 68, cell: float = 30, decimals: int = 2, marked: int | None = None, shade: float = 0.6,
    ) -> Box:
        """A column of numbers, the deeper in colour the larger they are; without values, its frame."""
        top = y + rows * cell / 2
        depth = np.zeros(rows) if values is None else shade * np.minimum(np.abs(values), 1.0)
        for row in range(rows):
            middle = top - (row + 0.5) * cell
            left, right, low, high = x - width / 2, x + width / 2, middle - cell / 2, middle + cell / 2
            chosen = row == marked
            self.axes.add_artist(Polygon(
                [(left, low), (right, low), (right, high), (left, high)],
                facecolor=tint(COLOURS[kind], depth[row]), edgecolor=INK if chosen else COLOURS[kind],
                linewidth=3 if chosen else 1.4, zorder=3.5 if chosen else 3, label="node",
            ))
            if values is not None:
                weight = "bold" if chosen else "normal"
                number = short(values[row], decimals)
                self.label(x, middle, number, size=14.5, weight=weight, va="center_baseline")
        return Box(x, y, width, rows * cell)

    def arrow(
        self, *points: tuple[float, float], kind: str = "quiet", gap: float = 5, turn: float = 18,
        shift: tuple[float, float] = (0, 0), head: bool = True, width: float = 2.6, over: bool = False,
        colour: str | None = None,
    ) -> tuple[Artist, ...]:
        """A line through the points with rounded corners and a head; dashed if `kind` is gradient.

        `gap` keeps both ends off what they join, `shift` moves the whole arrow, `turn` is the
        radius of the corners, `over` lets it pass over the arrows it crosses. Returns its line and its head.
        """
        way = np.array(points, dtype=float) + shift
        first, last = _towards(way[0], way[1]), _towards(way[-2], way[-1])
        way[0] += gap * first
        tip = way[-1] - gap * last
        way[-1] = tip - (10 * last if head else 0)
        corners, codes = [way[0]], [Path.MOVETO]
        for before, corner, after in zip(way, way[1:], way[2:], strict=False):
            corners += [corner - turn * _towards(before, corner), corner,
                        corner + turn * _towards(corner, after)]
            codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
        line = Path([*corners, way[-1]], [*codes, Path.LINETO])
        dashes, colour = (0, (2.6, 1.5)) if kind == "gradient" else "-", colour or COLOURS[kind]
        if over:
            self.axes.add_artist(
                PathPatch(line, fill=False, edgecolor="white", linewidth=width + 6, zorder=2.1))
        shaft = self.axes.add_artist(PathPatch(
            line, fill=False, edgecolor=colour, linewidth=width, linestyle=dashes, capstyle="butt",
            joinstyle="round", zorder=2.2 if over else 2, label="arrow",
        ))
        if not head:
            return (shaft,)
        side = np.array([-last[1], last[0]])
        barb = [tip, tip - 14 * last + 6.5 * side, tip - 10.5 * last, tip - 14 * last - 6.5 * side]
        return shaft, self.axes.add_artist(Polygon(barb, facecolor=colour, edgecolor="none", zorder=2.5))

    def band(self, left: float, bottom: float, right: float, top: float, colour: str = GROUND) -> None:
        """A quiet rounded ground behind nodes that belong together."""
        box = Box((left + right) / 2, (bottom + top) / 2, right - left, top - bottom)
        self.axes.add_artist(PathPatch(_rounded(box, 16), facecolor=colour, edgecolor="none", zorder=0))


@cache
def tint(colour: str, amount: float) -> str:
    """The colour mixed with white: 0 is white, 1 the colour itself."""
    return to_hex(1 - amount * (1 - np.array(to_rgb(colour))))


def short(value: float, decimals: int = 2) -> str:
    """A number in at most five characters and a sign, never a negative zero."""
    size = abs(value)
    if size >= 9999.5:
        return f"{value:.0e}".replace("e+0", "e").replace("e+", "e").replace("-", "\N{MINUS SIGN}")
    places = max(0, decimals - (size >= 9.995) - (size >= 99.95))
    return f"{value:z.{places}f}".replace("-", "\N{MINUS SIGN}")


def _towards(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    return (end - start) / np.hypot(*(end - start))


def _rounded(box: Box, radius: float) -> Path:
    """The outline of a box whose corners are quarter circles."""
    x, y, right, top = box.left[0], box.bottom[1], box.right[0], box.top[1]
    r, k = radius, 0.4477 * radius  # k makes a cubic curve a quarter circle
    return Path(
        [(x + r, y), (right - r, y), (right - k, y), (right, y + k), (right, y + r),
         (right, top - r), (right, top - k), (right - k, top), (right - r, top),
         (x + r, top), (x + k, top), (x, top - k), (x, top - r),
         (x, y + r), (x, y + k), (x + k, y), (x + r, y), (x + r, y)],
        [Path.MOVETO, *[Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4] * 4, Path.CLOSEPOLY],
    )


def whole_number(name: str, value: int, low: int, high: int) -> int:
    """The value, if it is a whole number from `low` to `high`; else a ValueError that says so."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise ValueError(f"{name} is {value!r}. It must be a whole number from {low} to {high}.")
    return int(value)


def count(number: int, thing: str) -> str:
    """A number and its noun, as a reader would say it: 1 step, 2 steps."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
