"""Labels at the ends of lines that do not cover each other, and axes that several lessons share."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.style import COLOURS, LINE_STYLES, TEXT_COLOURS

CELL_COLOURS = {"RNN": "quiet", "GRU": "h", "LSTM": "c"}


def label_lines(ax: Axes, lines: Mapping[str, float], gap: float = 0.06) -> None:
    """Horizontal dotted lines, named at the right edge; names are moved apart where they collide."""
    low, high = ax.get_ylim()
    place = -np.inf
    for name, value in sorted(lines.items(), key=lambda item: item[1]):
        ax.axhline(value, color=COLOURS["quiet"], linestyle=LINE_STYLES["chance"], linewidth=1.6)
        place = max((value - low) / (high - low), place + gap)
        ax.text(1.01, place, f"{name} {value:.2f}", transform=ax.transAxes, va="center",
                color=TEXT_COLOURS["quiet"], fontsize=14)


def spread(places: Mapping[str, float], gap: float, lowest: float) -> dict[str, float]:
    """Names where they belong, moved up where they would lie on each other or below `lowest`."""
    moved, last = {}, -np.inf
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        last = moved[name] = max(place, last + gap, lowest)
    return moved


def log_axes(ax: Axes, lags: float, low: float, high: float) -> None:
    """A logarithmic axis for something by lag, the same from one picture to the next."""
    ax.set(xscale="linear", yscale="log", xlim=(0, lags), ylim=(low, high), xlabel="lag (steps back)",
           yticks=10.0 ** np.arange(np.log10(low), np.log10(high) + 1, 4))
    ax.minorticks_off()
