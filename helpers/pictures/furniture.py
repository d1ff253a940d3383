"""A figure whose axes are drawn once: spines, ticks, numbers and names, while what is in them changes.

For pictures of which `helpers.pictures.overlay` can't make two layers, and for frames that differ by a title
or an image. Axes are most of the work of a plot.
"""

from collections.abc import Hashable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure

from helpers.pictures.overlay import side_by_side
from helpers.pictures.state import state
from helpers.pictures.style import FORMULAS, as_png, rasterise

BELOW = 1.5         # the order of ticks: areas, images and bars lie below, lines and words above


class Furniture:
    """The axes of one figure after another, drawn again only where they differ from those before."""

    def __init__(self):
        self._key: Hashable = None
        self._drawn: np.ndarray | None = None

    def png(self, figure: Figure, later: bool = False) -> bytes:
        """The figure as `rasterise` draws it, but that a line lies on the spine that it meets.

        The axes, as large as the figure, are kept; `later`: only when they come for the second time.
        """
        key = _key(figure)
        if key is None:
            return rasterise(figure)
        if key != self._key:
            self._key, self._drawn = key, None
            if later:
                return rasterise(figure)
        if self._drawn is None:
            self._drawn = _axes_alone(figure)
        renderer = figure.canvas.get_renderer()
        renderer.clear()
        figure.patch.draw(renderer)
        for ax in figure.axes:
            ax._update_title_position(renderer)
        inside = [artist for ax in figure.axes for artist in _inside(ax)]
        for artist in inside:
            if artist.get_zorder() < BELOW:
                artist.draw(renderer)
        renderer.draw_image(renderer.new_gc(), 0, 0, self._drawn)
        for artist in (*(artist for artist in inside if artist.get_zorder() >= BELOW), *figure.texts):
            artist.draw(renderer)
        return as_png(np.asarray(renderer.buffer_rgba()))


def _key(figure: Figure) -> Hashable | None:
    """All that the look of the axes hangs on; None if they can't be drawn apart from what is in them."""
    if not side_by_side(figure) or not all(map(_fits, figure.axes)):
        return None
    return state([figure], [figure.patch, *figure.texts, *(artist for ax in figure.axes
                                                           for artist in _all_inside(ax))])


def _fits(ax: Axes) -> bool:
    return (not ax.child_axes and ax.get_frame_on()
            and all(axis.get_zorder() <= BELOW for axis in (ax.xaxis, ax.yaxis))
            and all(spine.get_zorder() > BELOW for spine in ax.spines.values()))


def _furniture(ax: Axes) -> list[Artist]:
    return [ax.xaxis, ax.yaxis, *ax.spines.values()]


def _all_inside(ax: Axes) -> list[Artist]:
    outside = set(_furniture(ax))
    return [artist for artist in ax.get_children() if artist not in outside]


def _inside(ax: Axes) -> list[Artist]:
    """What is in the axes, and their titles, in the order in which it is drawn."""
    inside = [artist for artist in _all_inside(ax) if artist.get_visible() and not artist.get_animated()
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
