"""The words around a plot: names and numbers of its axes, values to beat, names at the ends of curves.

All modules that draw plots use it, here and in the lessons.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from helpers.pictures.style import COLOURS, LINE_STYLES, TEXT_COLOURS

CELL_COLOURS = {"RNN": "quiet", "GRU": "h", "LSTM": "c"}

LOSS = "loss (nats per character)"
PLAIN = 5e-5        # a logarithmic axis that begins below it has powers of ten; others have 0.001 and 1,000
BESIDE = 6          # points from the right edge of a plot to the words there
LINE = 1.35         # from one line of words to the next, in sizes of their type
WIDE = 0.52         # a letter on average, in sizes of its type
UPPER = 0.78        # in heights of the plot, where a stack of words begins if it can
EDGES = 0.02, 0.98  # of the words at the right edge, in heights of the plot


class End(NamedTuple):
    """Words at the right edge of a plot, the value where they belong, and whose colour they have."""

    words: str
    value: float
    kind: str = "quiet"


def set_axes(
    ax: Axes, title: str, x: tuple[str, float, float], y: tuple[str, float, float], log: str = "",
    xticks: Sequence[float] | None = None, yticks: Sequence[float] | None = None,
) -> None:
    """Set the title of a plot; and of the axes `x` and `y` their names with units, ends and numbers.

    `log` names the axes that are logarithmic: "x", "y" or "xy". Where `xticks` or `yticks` say where the
    numbers are, there are no marks between them.
    """
    ax.set_title(title)
    for axis, (label, begin, end), ticks in ((ax.xaxis, x, xticks), (ax.yaxis, y, yticks)):
        letter = axis.axis_name
        logarithmic = letter in log
        ax.set(**{f"{letter}label": label, f"{letter}scale": "log" if logarithmic else "linear"})
        if ticks is not None:
            axis.set_major_locator(FixedLocator(ticks))         # not set_ticks, which makes each tick
            axis.set_minor_locator(FixedLocator(()))            # where only its place is asked for
        ax.set(**{f"{letter}lim": (begin, end)})
        if logarithmic and begin >= PLAIN:
            axis.set_major_formatter("{x:,.10g}")
        elif not logarithmic and end >= 1000:
            axis.set_major_formatter("{x:,.0f}")


def lag_axes(ax: Axes, title: str, name: str, lags: float, low: float, high: float) -> None:
    """Set axes for something by lag, upwards logarithmic."""
    ticks = 10.0 ** np.arange(np.log10(low), np.log10(high) + 1, 4)
    set_axes(ax, title, ("lag (steps back)", 0, lags), (name, low, high), "y", yticks=ticks)


def yardstick(ax: Axes, value: float, kind: str = "quiet") -> Line2D:
    """Draw a dotted line across the plot, at a value to compare with."""
    return ax.axhline(value, color=COLOURS[kind], linestyle=LINE_STYLES["chance"],
                      linewidth=1.6 if kind == "quiet" else 2.2)


def label_lines(ax: Axes, lines: Mapping[str, float], ends: Sequence[End] = ()) -> list[Text]:
    """Draw baselines, and name them and the `ends` of curves at the right edge; the words of the `ends`."""
    for value in lines.values():
        yardstick(ax, value)
    named = [End(f"{name} {value:.2f}", value) for name, value in lines.items()]
    return label_ends(ax, [*named, *ends])[len(named):]


def label_ends(ax: Axes, ends: Sequence[End], size: float = 14) -> list[Text]:
    """Write words at the right edge, each at its value; where they would lie on one another they move apart.

    What is beyond the axis is written at its end. `ax` must have its place, limits and scale. `size` is that
    of the type, in points.
    """
    if not ends:
        return []
    order = sorted(range(len(ends)), key=lambda n: ends[n].value, reverse=bool(ax.yaxis_inverted()))
    values = np.clip([ends[n].value for n in order], *sorted(ax.get_ylim()))
    to_axes = ax.transScale + ax.transLimits
    places = to_axes.transform([(ax.get_xlim()[0], value) for value in values])[:, 1]
    width, height = 72 * ax.get_position().size * ax.figure.get_size_inches()
    texts = {n: ax.text(1 + BESIDE / width, place, ends[n].words, transform=ax.transAxes, va="center",
                        fontsize=size, color=TEXT_COLOURS[ends[n].kind])
             for n, place in zip(order, spread(places, LINE * size / height, *EDGES), strict=True)}
    return [texts[n] for n in range(len(ends))]


def stack_clear(ax: Axes, words: Sequence[Text], lines: Sequence[Line2D]) -> None:
    """Move words, a row each, to where no line runs through them: at the right edge, or else at the left.

    They are as near to the upper quarter as they can, also if there is no room anywhere. `words` are in
    fractions of the plot, `lines` go from left to right. `ax` must have its limits and scale.
    """
    width, height = 72 * ax.get_position().size * ax.figure.get_size_inches()
    size = words[0].get_fontsize()
    row, share = LINE * size / height, WIDE * size * max(len(text.get_text()) for text in words) / width
    to_axes = ax.transScale + ax.transLimits
    paths = [to_axes.transform(points[np.isfinite(points[:, 1])]) for points in map(Line2D.get_xydata, lines)]
    tops = sorted(np.arange(EDGES[1], row * len(words), -0.02), key=lambda top: abs(top - UPPER))

    def clear(side: str, top: float) -> bool:
        begin, end = (EDGES[1] - share, EDGES[1]) if side == "right" else (EDGES[0], EDGES[0] + share)
        low, high = top - row * len(words) - EDGES[0], top + EDGES[0]
        runs = [np.interp(np.linspace(begin, end, 60), *path.T) for path in paths if len(path)]
        return not any((y > low).any() and (y < high).any() for y in runs)

    side, top = next((place for place in product(("right", "left"), tops) if clear(*place)), ("right", UPPER))
    for place, text in enumerate(words):
        text.set(x=EDGES[side == "right"], y=top - row * place, ha=side, va="top")


def spread(places: Sequence[float] | np.ndarray, gap: float, low: float, high: float) -> np.ndarray:
    """The places (N,), moved as little as will hold them `gap` apart, and between `low` and `high`.

    Where there is no room for all, the last ones lie above `high`.
    """
    order = np.argsort(places, kind="stable")
    ranks = gap * np.arange(len(order))
    groups: list[tuple[float, int]] = []        # that move as one: where the first would be, how many
    for start in np.asarray(places, float)[order] - ranks:
        members = 1
        while groups and groups[-1][0] > start:
            before, more = groups.pop()
            start = (before * more + start * members) / (more + members)
            members += more
        groups.append((start, members))
    moved = np.empty(len(order))
    moved[order] = np.repeat(*zip(*groups, strict=True)).clip(low, max(low, high - ranks[-1])) + ranks
    return moved
