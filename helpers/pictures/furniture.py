"""A figure whose axes are drawn once: spines, ticks, numbers and names, while what is in them changes.

For pictures of which `helpers.pictures.overlay` can't make two layers. Axes are most of the work of a plot.
"""

from collections.abc import Hashable
from itertools import combinations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from helpers.pictures.overlay import axis_ticks
from helpers.pictures.style import FORMULAS, as_png, rasterise

BELOW = 1.5         # the order of ticks: areas, images and bars lie below, lines and words above


class Furniture:
    """The axes of one figure after another, drawn again only where they differ from those before."""

    def __init__(self):
        self._key: Hashable = None
        self._drawn: np.ndarray | None = None

    def png(self, figure: Figure) -> bytes:
        """The figure as `rasterise` draws it, but that a line lies on the spine that it meets."""
        if not _simple(figure):
            return rasterise(figure)
        for ax in figure.axes:
            ax.apply_aspect()
        key = _key(figure)
        if key != self._key:
            self._key, self._drawn = key, _axes_alone(figure)
        renderer = figure.canvas.get_renderer()
        renderer.clear()
        figure.patch.draw(renderer)
        inside = [artist for ax in figure.axes for artist in _inside(ax)]
        for artist in inside:
            if artist.get_zorder() < BELOW:
                artist.draw(renderer)
        renderer.draw_image(renderer.new_gc(), 0, 0, self._drawn)
        for artist in (*inside, *figure.texts):
            if artist.get_zorder() >= BELOW:
                artist.draw(renderer)
        return as_png(np.asarray(renderer.buffer_rgba()))


def _simple(figure: Figure) -> bool:
    """Nothing outside the axes but words, and no axes on others."""
    if figure.artists or figure.images or figure.patches or figure.legends or figure.lines or figure.subfigs:
        return False
    boxes = [ax.get_position() for ax in figure.axes]
    return not any(ax.child_axes for ax in figure.axes) and not any(
        Bbox.intersection(*both) for both in combinations(boxes, 2))


def _key(figure: Figure) -> Hashable:
    return (*figure.get_size_inches(), figure.dpi, *(
        (ax.axison, ax.get_position().bounds, tuple(spine.get_visible() for spine in ax.spines.values()),
         *(_axis_key(axis, ax) for axis in (ax.xaxis, ax.yaxis))) for ax in figure.axes))


def _axis_key(axis, ax: Axes) -> tuple:
    label, made = axis.label, vars(axis).get("majorTicks", ())      # no tick is made only to be looked at
    return (axis.get_visible(), *axis.get_view_interval(), axis.get_scale(), axis.get_inverted(),
            label.get_text(), label.get_fontsize(), label.get_color(), label.get_position(),
            str(axis.get_tick_params()), str(axis.get_tick_params("minor")), *axis_ticks(axis),
            *((tick.label1.get_text(), tick.label1.get_color(), tick.label1.get_fontsize(),
               tick.label1.get_fontweight(), tick.label1.get_rotation()) for tick in made))


def _furniture(ax: Axes) -> list[Artist]:
    return [ax.xaxis, ax.yaxis, *ax.spines.values()]


def _inside(ax: Axes) -> list[Artist]:
    """What is in the axes, and their titles, in the order in which it is drawn."""
    outside = set(_furniture(ax))
    inside = [artist for artist in ax.get_children() if artist not in outside and artist.get_visible()
              and (ax.axison or artist is not ax.patch)]
    return sorted(inside, key=lambda artist: -np.inf if artist is ax.patch else artist.get_zorder())


def _axes_alone(figure: Figure) -> np.ndarray:
    """Spines, ticks, numbers and names on a ground that can be seen through, (height, width, 4)."""
    width, height = figure.get_size_inches() * figure.dpi
    renderer = RendererAgg(width, height, figure.dpi)
    renderer.mathtext_parser = FORMULAS
    for ax in figure.axes:
        if ax.axison:
            for artist in sorted(_furniture(ax), key=Artist.get_zorder):
                artist.draw(renderer)
    return np.asarray(renderer.buffer_rgba())[::-1].copy()
