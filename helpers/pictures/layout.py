"""Room for large type: what is drawn for the last row of a lecture.

The axes of a plot give way to the words around them. A diagram has its measures, and its words the size that
`Canvas.label` gives them.
"""

import re
import textwrap
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

EDGE = 6            # pixels between words and the edge of a figure, or other words
PASSES = 4
NUMBER = re.compile(r"^[^A-Za-z]*\d[^A-Za-z]*$|^\$\\mathdefault")
TICK = 14           # points, of the numbers at an axis, as in course.mplstyle
ROUND = 24          # pixels, in which axes give way, so that they rarely move while a control does


def make_room(figure: Figure) -> None:
    """Axes shrink until the words around them are on the figure, and clear of the words of others."""
    axes = [ax for ax in figure.axes if ax.get_visible()]
    if not any(ax.axison and ax.get_position().size.min() < 1 for ax in axes):
        return                                  # a diagram, whose page is the whole figure
    renderer = figure.canvas.get_renderer()
    bottom, width, height = 0.0, *figure.bbox.size
    for words in figure.texts:                  # above or below all plots
        box = words.get_window_extent(renderer)
        if box.y0 > 0.8 * figure.bbox.height:
            height = min(height, box.y0)
        elif box.y1 < 0.2 * figure.bbox.height:
            bottom = max(bottom, box.y1)
    for ax in axes:             # how many ticks there are goes by their size, also when it is drawn, later
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_tick_params(labelsize=axis.get_tick_params().get("labelsize", TICK))
    edges = EDGE, EDGE + bottom, width - EDGE, height - EDGE
    for _ in range(PASSES):
        if not _give_way(axes, edges, renderer):
            break


def _give_way(axes: Sequence[Axes], edges: Sequence[float], renderer) -> bool:
    """Shrink the axes once; whether any had to."""
    figure = axes[0].figure
    for ax in axes:
        _wrap(ax, axes, renderer)
    places = {ax: ax.get_position(original=True).transformed(figure.transFigure).extents for ax in axes}
    before = {ax: place.copy() for ax, place in places.items()}
    taken = {ax: _around(ax, renderer) for ax in axes}
    for ax in axes:
        left, low, right, high = taken[ax].extents
        _give(places[ax], (edges[0] - left, edges[1] - low, right - edges[2], high - edges[3]))
    for one, other in combinations(axes, 2):
        _part(one, other, places, taken)
    for ax in axes:
        ax.set_position(Bbox.from_extents(places[ax]).transformed(figure.transFigure.inverted()))
        if ax.axison:
            _thin(ax.xaxis, 0, renderer)
            _thin(ax.yaxis, 1, renderer)
    return any((places[ax] != before[ax]).any() for ax in axes)


def _around(ax: Axes, renderer) -> Bbox:
    box = ax.get_tightbbox(renderer)
    return ax.bbox if box is None else box


def _give(place: np.ndarray, missing: Sequence[float]) -> None:
    """Move the left, lower, right and upper side of a place inwards, by what is missing there."""
    place += np.array([1, 1, -1, -1]) * np.ceil(np.maximum(missing, 0) / ROUND) * ROUND


def _part(one: Axes, other: Axes, places: dict, taken: dict) -> None:
    """Two axes whose words meet give way to each other, sideways or up and down."""
    for start, end in ((0, 2), (1, 3)):         # of the extents: left and right, low and high
        first, second = sorted((one, other), key=lambda ax: places[ax][start])
        if places[first][end] <= places[second][start] + 1:
            break
    else:
        return                                  # they lie on each other on purpose
    across = 1 - start
    a, b = taken[first].extents, taken[second].extents
    if a[across] >= b[across + 2] or b[across] >= a[across + 2]:
        return
    meets = a[end] + EDGE - b[start]
    if meets > 0:
        half = np.ceil(meets / 2 / ROUND) * ROUND
        places[first][end] -= half
        places[second][start] += half


def _thin(axis: Axis, side: int, renderer) -> None:
    """Of numbers or letters that would touch, every second one goes, the last one stays; names all stay."""
    axis.get_tightbbox(renderer)                # by this the ticks are those of the present place
    ticks = [tick for tick in axis.get_major_ticks() if tick.label1.get_text() and tick.label1.get_visible()]
    if any(len(tick.label1.get_text()) > 1 and not NUMBER.search(tick.label1.get_text()) for tick in ticks):
        return
    while len(ticks) > 2:
        ends = np.array([tick.label1.get_window_extent(renderer).extents for tick in ticks])
        ends = ends[np.argsort(ends[:, side])]              # rows may be counted from the top
        if (ends[1:, side] > ends[:-1, side + 2] + EDGE * (1 - side)).all():
            return
        for tick in ticks[-2::-2]:
            tick.label1.set_visible(False)
        ticks = ticks[::-2][::-1]


def _wrap(ax: Axes, axes: Sequence[Axes], renderer) -> None:
    """A title or a name below that would run off the figure, or into the next plot's, gets a second line.

    So does a name at the side that is longer than the figure is high.
    """
    place = ax.get_window_extent(renderer)
    beside = [other.get_window_extent(renderer) for other in axes if other is not ax]
    right = min([box.x0 for box in beside if box.x0 > place.x1], default=ax.figure.bbox.x1) - EDGE
    left = max([box.x1 for box in beside if box.x1 < place.x0], default=0.0) + EDGE
    for words in (ax._left_title, ax.xaxis.label):
        box = words.get_window_extent(renderer)
        over = max(box.x1 - right, left - box.x0)
        if words.get_text() and over > 0:
            room = box.width - over * (1 if words is ax._left_title else 2)
            _fill(words, room / max(1, box.width))
    name, room = ax.yaxis.label, ax.figure.bbox.height - 2 * EDGE
    length = name.get_window_extent(renderer).height
    if length > room:
        _fill(name, room / length)


def _fill(words: Text, share: float) -> None:
    """Lines of at most so large a share of the longest one."""
    longest = max(map(len, words.get_text().split("\n")))
    words.set_text(textwrap.fill(" ".join(words.get_text().split()), max(10, int(longest * share))))
