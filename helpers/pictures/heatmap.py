"""The results of a sweep over two parameters, as a map."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patches import Rectangle

from helpers.pictures.highlights import Place
from helpers.pictures.style import COLOURS, TEXT_COLOURS, Picture, ink_on, matrix_map, new_figure, styled
from helpers.runs import Table

MARKS = {"diverged": "D", "failed": "F", "finished": "N"}  # finished without a value: not reached
HALF, EMPTY = 0.48, "#E8E8E8"         # of a cell, half its width; the ground of one without a value
WORDS = {"D": "diverged", "F": "failed", "N": "did not reach the goal"}


def medians(table: Table) -> np.ndarray:
    """(R, C) medians over the seeds. A run without a value counts as infinite; NaN where none has ended."""
    runs = np.where(np.isnan(table.values), np.inf, table.values)
    ended = table.statuses != ""
    middle = np.full(ended.shape[:2], np.nan)
    for cell in np.argwhere(ended.any(axis=2)):
        middle[tuple(cell)] = np.median(runs[tuple(cell)][ended[tuple(cell)]])
    return middle


@styled
def heat_map(
    table: Table, title: str = "", row_label: str = "", column_label: str = "", value_label: str = "",
    digits: int = 2, highest: float | None = None, logarithmic: bool = False, sentence: str = "",
    points: Mapping[str, Sequence[tuple[int, int]]] = {},
) -> Picture:
    """Medians over the seeds in colour and in figures; lower is better, and the best is framed.

    A setting in which at least half of the runs have no value is crossed out, with a letter: D for diverged,
    F for failed, N for not reached. Where fewer have none, the cell says how many have one.

    Args:
        table: from `helpers.runs.table`, of a whole sweep or of what has come so far.
        digits: after the point.
        highest: where the colours end; larger values are still written out.
        sentence: replaces the default one.
        points: words of that sentence, and the settings (row, column) that they speak of.
    """
    middle = medians(table)
    shown = np.isfinite(middle)
    row_label, column_label = row_label or table.row_name, column_label or table.column_name
    value_label = value_label or table.value_name
    R, C = middle.shape
    height = 1.4 + 0.6 * R  # inches: 0.6 for each row, the rest for title and labels
    figure, ax = new_figure(height=height)
    figure.subplots_adjust(left=0.13, right=0.98, top=1 - 0.6 / height, bottom=0.8 / height)
    ax.spines[:].set_visible(False)
    ax.set(
        xlim=(-0.5, C - 0.5), ylim=(-0.5, R - 0.5), xlabel=column_label, ylabel=row_label,
        xticks=range(C), yticks=range(R), xticklabels=map(_written, table.columns),
        yticklabels=map(_written, table.rows), title=title or f"{value_label}: lower is better",
    )
    ax.tick_params(length=0)

    low, high = (middle[shown].min(), middle[shown].max()) if shown.any() else (0.0, 1.0)
    high = min(high, np.inf if highest is None else highest)
    norm = (LogNorm if logarithmic else Normalize)(low, max(high, low + 1e-9), clip=True)
    colour_map = matrix_map().reversed()  # light is low, so that the best is bright
    best = np.unravel_index(np.argmin(np.where(shown, middle, np.inf)), middle.shape)
    for r, c in np.ndindex(R, C):
        colour = colour_map(norm(middle[r, c])) if shown[r, c] else EMPTY
        ax.add_patch(Rectangle((c - HALF, r - HALF), 2 * HALF, 2 * HALF, facecolor=colour))
        _write_cell(ax, table, r, c, f"{middle[r, c]:.{digits}f}" if shown[r, c] else "", colour,
                    "bold" if (r, c) == best else "normal")
    marks = {_mark(table, r, c) for r, c in np.argwhere(np.isposinf(middle))}
    legend = "    ".join(f"{mark}: {WORDS[mark]}" for mark in sorted(marks))
    figure.text(0.98, 0.1 / height, legend, ha="right", fontsize=14, color=TEXT_COLOURS["quiet"])
    if shown.any():
        ax.add_patch(Rectangle((best[1] - HALF, best[0] - HALF), 2 * HALF, 2 * HALF, fill=False,
                               linewidth=3.5))
    if not sentence:
        sentence = _sentence(table, middle, row_label, column_label, value_label, digits)
        best, worst = (np.argwhere(middle == edge(middle[shown])) if shown.any() else () for edge in (
            np.min, np.max))
        points = {"The lowest": best, "the highest": worst} if shown.any() else {}
    return Picture(figure, sentence, points=[
        (words, [Place(ax, c, r, 2 * HALF, 2 * HALF) for r, c in settings])
        for words, settings in points.items()])


def _write_cell(ax: Axes, table: Table, r: int, c: int, number: str, ground, weight: str) -> None:
    """The median of a setting, and how many runs have a value if some have none; without it, its mark."""
    ended = np.count_nonzero(table.statuses[r, c] != "")
    there = np.count_nonzero(np.isfinite(table.values[r, c]))
    if number:
        text = f"{number}\n{there} of {ended}" if there < ended else number
        ax.text(c, r, text, ha="center", va="center", color=ink_on(ground), fontsize=14, linespacing=1.0,
                fontweight=weight)
    elif ended:
        x, y = [c - HALF, c + HALF], [r - HALF, r + HALF]
        ax.plot(x, y, x, y[::-1], color=COLOURS["quiet"], linewidth=1.5)
        ax.text(c, r, _mark(table, r, c), ha="center", va="center", fontsize=15, fontweight="bold",
                color=TEXT_COLOURS["quiet"], bbox={"facecolor": EMPTY, "edgecolor": "none", "pad": 2})


def _mark(table: Table, r: int, c: int) -> str:
    """The letter for the commonest way in which the runs of a cell got no value."""
    missing = table.statuses[r, c][np.isnan(table.values[r, c])].tolist()
    return MARKS[max(MARKS, key=missing.count)]


def _written(value) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _sentence(table: Table, middle: np.ndarray, row_label, column_label, value_label, digits) -> str:
    R, C, S = table.values.shape
    ended = np.count_nonzero(table.statuses != "")
    if not ended:
        return f"An empty map of {value_label} over {row_label} and {column_label}: no run has finished yet."
    so_far = f"over {S} seeds" if ended == R * C * S else f"of {ended:,} runs so far"
    shown = np.isfinite(middle)
    if not shown.any():
        return (f"No {value_label} (median {so_far}) at any {row_label} and {column_label}: wherever runs "
                "have ended, at least half of them gave none.")
    r, c = np.unravel_index(np.argmin(np.where(shown, middle, np.inf)), middle.shape)
    extremes = (f"The lowest {value_label} (median {so_far}) is {middle[r, c]:.{digits}f}, at {row_label} "
            f"{_written(table.rows[r])} and {column_label} {_written(table.columns[c])}; the highest is "
            f"{middle[shown].max():.{digits}f}")
    lost = [_mark(table, *cell) for cell in np.argwhere(np.isposinf(middle))]
    parts = [f"{lost.count(mark)} {word}" for mark, word in WORDS.items() if mark in lost]
    return extremes + (f"; of {R * C} settings, {', '.join(parts)}." if parts else ".")
