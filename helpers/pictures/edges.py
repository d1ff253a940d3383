"""What an axis cuts off: a triangle at its upper edge, with the number that lies beyond."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from helpers.pictures.style import COLOURS, TEXT_COLOURS

SIZE = 14           # points, of the number


def mark_beyond(ax: Axes, x: Sequence[float] | np.ndarray, values: Sequence[float] | np.ndarray,
                kind: str) -> Text | None:
    """Mark with a triangle where the largest of the values (N,) at x (N,) leaves the plot at the top.

    `ax` must have its limits. Returns the number's words, or None where all finite values are in the plot.
    """
    x, values = np.asarray(x, float), np.asarray(values, float)
    (low, high), top = sorted(ax.get_xlim()), max(ax.get_ylim())
    there = np.isfinite(values) & (values > top) & (low <= x) & (x <= high)
    if not there.any():
        return None
    at = int(np.argmax(np.where(there, values, -np.inf)))
    to_axes = ax.transScale + ax.transLimits
    across = to_axes.transform((x[at], top))[0]
    ax.plot(across, 1, "^", color=COLOURS[kind], markersize=11, clip_on=False, transform=ax.transAxes)
    width, height = 72 * ax.get_position().size * ax.figure.get_size_inches()
    heights = np.where(np.isfinite(values), to_axes.transform(np.column_stack((x, values)))[:, 1], np.inf)
    low_edge = 1 - (4 + 1.3 * SIZE) / height                    # of the number
    below, beside = at + np.flatnonzero(heights[at:] < low_edge), across
    if len(below):              # where the curve stays longest below it, the number is clear of it
        stays = np.split(below, np.flatnonzero(np.diff(below) > 1) + 1)
        first = max(stays, key=lambda stay: np.ptp(to_axes.transform(np.column_stack((x, x))[stay])[:, 0]))[0]
        ends = slice(first - 1, first + 1)
        x0, x1 = to_axes.transform(np.column_stack((x, values))[ends])[:, 0]
        y0, y1 = heights[ends]
        beside = x0 + (x1 - x0) * (y0 - low_edge) / (y0 - y1) if np.isfinite(y0) else x1
    right = beside < 0.8
    return ax.text((beside if right else across) + (1 if right else -1) * 8 / width, 1 - 4 / height,
                   f"up to {values[at]:,.{0 if values[at] >= 10 else 2}f}", transform=ax.transAxes,
                   va="top", ha="left" if right else "right", fontsize=SIZE, color=TEXT_COLOURS[kind])
