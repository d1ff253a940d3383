"""Room for large type: what is drawn for the last row of a lecture.

Of a plot, the axes give way to the words around them. Of a diagram, which has its measures, the words grow as
far as nothing lies on anything.
"""

import re
import textwrap
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

EDGE = 6            # pixels between words and the edge of a figure, or other words
APART = 5           # pixels between words of a diagram that have grown, and what is beside them
PASSES = 3
NUMBER = re.compile(r"^[^A-Za-z]*\d[^A-Za-z]*$|^\$\\mathdefault")
TICK = 14           # points, of the numbers at an axis, as in course.mplstyle
ROUND = 24          # pixels, in which axes give way, so that they rarely move while a control does
GROWTH = (1.5, 1.4, 1.3, 1.2, 1.1)      # of the words of a diagram: the first for which there is room


def make_room(figure: Figure) -> None:
    """Axes shrink until the words around them are on the figure, and clear of the words of others."""
    axes = [ax for ax in figure.axes if ax.get_visible()]
    if not any(ax.axison for ax in axes):
        for ax in axes:
            _grow(ax)
        return
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
    """A title or a name below that would run off the figure, or into the next plot's, gets a second line."""
    place = ax.get_window_extent(renderer)
    beside = [other.get_window_extent(renderer) for other in axes if other is not ax]
    right = min([box.x0 for box in beside if box.x0 > place.x1], default=ax.figure.bbox.x1) - EDGE
    left = max([box.x1 for box in beside if box.x1 < place.x0], default=0.0) + EDGE
    for words in (ax._left_title, ax.xaxis.label):
        box = words.get_window_extent(renderer)
        over = max(box.x1 - right, left - box.x0)
        if words.get_text() and over > 0:
            room = box.width - over * (1 if words is ax._left_title else 2)
            text = " ".join(words.get_text().split())
            share = room / max(1, box.width)
            longest = max(map(len, words.get_text().split("\n")))
            words.set_text(textwrap.fill(text, max(10, int(longest * share))))


def _grow(ax: Axes) -> None:
    """Words of one size, colour and place grow alike, the small ones first, while they have room."""
    renderer = ax.figure.canvas.get_renderer()
    texts = [text for text in ax.texts if text.get_text().strip() and text.get_visible()]
    if not texts:
        return
    boxes = np.array([text.get_window_extent(renderer).extents for text in texts])
    anchors = np.array([text.get_transform().transform(text.get_position()) for text in texts])
    nodes = np.array([patch.get_path().get_extents(patch.get_transform()).extents
                      for patch in ax.patches if patch.get_label() == "node"]).reshape(-1, 4)
    lines = [line.get_path().transformed(line.get_transform())
             for line in (*(p for p in ax.patches if p.get_label() == "arrow"), *ax.lines)]
    sizes = np.array([text.get_fontsize() for text in texts])
    page = ax.figure.bbox.extents
    inside = _inside(boxes, nodes)
    now, kinds = boxes, {}
    for n, (text, within) in enumerate(zip(texts, inside.any(axis=1), strict=True)):
        kinds.setdefault((sizes[n], bool(within), text.get_color()), []).append(n)
    for (size, *_), members in sorted(kinds.items()):
        group = np.isin(np.arange(len(texts)), members)
        for factor in GROWTH:
            tried = now.copy()
            at = np.tile(anchors[group], 2)
            tried[group] = at + factor * (boxes[group] - at)
            if _clear(tried, group, now, inside, nodes, page, lines):
                now = tried
                for text in np.array(texts, object)[group]:
                    text.set_fontsize(size * factor)
                break


def _inside(boxes: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Which words (N,) stand in which nodes (M,): (N, M)."""
    b, n = boxes[:, None], nodes[None]
    return (n[..., :2] <= b[..., :2] + 1).all(axis=-1) & (b[..., 2:] <= n[..., 2:] + 1).all(axis=-1)


def _meet(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which of the boxes (N, 4) meet which others (M, 4): (N, M)."""
    a, b = one[:, None], other[None]
    return ((a[..., :2] < b[..., 2:]) & (b[..., :2] < a[..., 2:])).all(axis=-1)


def _clear(tried, group, now, inside, nodes, page, lines) -> bool:
    """Whether the words of the group, grown, lie on nothing on which they did not lie before."""
    grown, before = tried[group], now[group]
    if (grown[:, :2] < page[:2] + 4).any() or (grown[:, 2:] > page[2:] - 4).any():
        return False
    apart = grown + [-APART, 0, APART, 0]
    if (inside[group] & ~_inside(apart, nodes)).any():
        return False
    if (_meet(apart, nodes) & ~_meet(before, nodes) & ~inside[group]).any():
        return False
    if (_meet(apart, tried) & ~_meet(before, now)).any():
        return False
    free = ~inside[group].any(axis=1)
    return not any(path.intersects_bbox(Bbox.from_extents(box), filled=False)
                   and not path.intersects_bbox(Bbox.from_extents(old), filled=False)
                   for path in lines for box, old in zip(apart[free], before[free], strict=True))
