"""What an axis cuts off: a triangle at its upper edge, with the number that lies beyond."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from helpers.pictures.style import COLOURS, TEXT_COLOURS


def mark_beyond(ax: Axes, x: Sequence[float] | np.ndarray, values: Sequence[float] | np.ndarray,
                kind: str, size: float = 14) -> Text | None:
    """A triangle where the largest of the values (N,) at x (N,) leaves the plot at the top, and the value.

    `ax` must have its limits; `size` is that of the number, in points. Returns the number's words, or None
    where all values lie within the axis. What is not finite is passed over.
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
    back, beside = at + np.flatnonzero(~there[at:]), across
    if len(back):               # where the curve has come back below the edge, the number is clear of it
        pair = np.column_stack((x, values))[back[0] - 1:back[0] + 1]
        (x0, y0), (x1, y1) = to_axes.transform(pair)
        beside = x0 + (x1 - x0) * (y0 - 1) / (y0 - y1)
    right = beside < 0.8
    return ax.text((beside if right else across) + (1 if right else -1) * 10 / width, 1 - 4 / height,
                   f"{values[at]:,.0f}" if values[at] >= 10 else f"{values[at]:.2f}", transform=ax.transAxes,
                   va="top", ha="left" if right else "right", fontsize=size, color=TEXT_COLOURS[kind])
