"""Pages to be filled in by hand: an A4 sheet, boxes with or without their numbers, small printed tables."""

import numpy as np
from matplotlib.patches import Rectangle

from helpers.networks import Parameters
from helpers.pictures import COLOURS, Box, Canvas, Picture, short, tint

LEFT, RIGHT = 26, 974       # of the sheet, which is 1000 wide
HEIGHT = 707                # A4 across: 297 to 210
WIDE, HIGH = 70, 35         # of a box
SIXTEEN = np.arange(16) / 10        # 0.0 to 1.5, the columns of a table of tanh


class Worksheet(Canvas):
    """A page with boxes. A grey box has its number; a white one is empty, or filled in on a filled page.

    Attributes:
        filled: whether the white boxes have their numbers.
        boxes: the white boxes so far.
    """

    def __init__(self, title: str, task: str, filled: bool):
        super().__init__(HEIGHT)
        self.one_size = False       # it is made for paper
        self.filled = filled
        self.boxes: list[Box] = []
        self.label(LEFT, 684, title, size=21, ha="left", weight="bold")
        self.label(LEFT, 665, task, size=14.5, ha="left", va="top", linespacing=1.3)

    def box(self, x: float, y: float, value: float | str, kind: str, done: bool = False, width: float = WIDE,
            decimals: int = 2) -> Box:
        """A box for one number or one word, in the colour of the quantity; `done`: it is printed in grey."""
        words = value if isinstance(value, str) else short(value, decimals)
        ground, edge = tint(COLOURS["quiet"], 0.18 if done else 0), tint(COLOURS[kind], 0.55 if done else 1)
        box = self._frame(x, y, width, HIGH, ground, edge)
        self.boxes += [box] * (not done)
        if done or self.filled:
            self.label(x, y, words, "" if done else kind, 14.5, va="center_baseline")
        return box

    def _frame(self, x: float, y: float, width: float, height: float, ground: str, edge: str) -> Box:
        """A rectangle around a point; its few strokes keep the file of a page small."""
        self.axes.add_artist(Rectangle(
            (x - width / 2, y - height / 2), width, height, facecolor=ground, edgecolor=edge, linewidth=1.6,
            joinstyle="round", zorder=3, label="node"))
        return Box(x, y, width, height)

    def row(self, x: float, y: float, values, kind: str, done: bool = False) -> Box:
        """Boxes side by side around x, one for each value; what they cover together."""
        pitch = WIDE + 6
        for place, value in enumerate(values):
            self.box(x + pitch * (place - (len(values) - 1) / 2), y, value, kind, done)
        return Box(x, y, pitch * len(values) - 6, HIGH)

    def table_of_boxes(self, x: float, y: float, values: np.ndarray, kind: str, done: bool = False) -> None:
        """A matrix of boxes around a point."""
        pitch = HIGH + 4
        for place, row in enumerate(values):
            self.row(x, y - pitch * (place - (len(values) - 1) / 2), row, kind, done)

    def weights(self, x: float, y: float, name: str, values: np.ndarray, kind: str,
                rows: str = "", columns: str = "") -> None:
        """A printed matrix whose name is at (x, y), with letters for its rows or columns."""
        wide, high = 57, 28
        self.label(x, y, name, kind, 16)
        y -= 18 + (22 if columns else 0)
        left = x - wide * len(values[0]) / 2
        for place, letter in enumerate(columns):
            self.label(left + wide * (place + 0.5), y + 11, letter, kind, 14.5, weight="bold")
        for place, letter in enumerate(rows):
            self.label(left - 15, y - high * (place + 0.5), letter, kind, 14.5, weight="bold")
        for i, j in np.ndindex(values.shape):
            cell = self._frame(left + wide * (j + 0.5), y - high * (i + 0.5), wide, high,
                               tint(COLOURS[kind], 0.16), tint(COLOURS[kind], 0.6))
            self.label(cell.x, cell.y, short(values[i, j], 1), size=14, va="center_baseline")

    def table(self, bottom: float, *rows: tuple[str, np.ndarray, int]) -> float:
        """A printed table over the whole width: a name, 16 numbers, digits, for each row; its top."""
        high = 25
        top = bottom + high * len(rows)
        self.band(LEFT - 8, top - high, RIGHT + 8, top)
        for place, (name, values, decimals) in enumerate(rows):
            y = top - high * (place + 0.5)
            self.label(LEFT + 4, y, name, size=14.5, ha="left")
            for column, value in enumerate(values):
                self.label(150 + 53.6 * column, y, short(value, decimals), size=14,
                           weight="normal" if place else "bold")
        return top

    def table_of_logs(self, bottom: float) -> float:
        """A printed table of -ln p for p from 0.20 to 0.95; its top."""
        p = np.arange(4, 20) / 20
        return self.table(bottom, ("$p$", p, 2), ("$-\\ln p$", -np.log(p), 2))

    def page(self, blank: str, filled: str) -> Picture:
        """The picture: `blank` says what there is to do, `filled` what comes out."""
        if self.filled:
            return self.picture(filled)
        empty = f"{len(self.boxes)} boxes"
        return self.picture(f"{blank}: {empty} are empty.", {empty: self.boxes})


def printed(weights: dict[str, list]) -> Parameters:
    """The weights of a page, by name, as the cells take them."""
    p = Parameters({name: np.shape(values) for name, values in weights.items()})
    for name, values in weights.items():
        p[name] = values
    return p
