"""Room for large type: what is drawn for the last row of a lecture, or for a narrow page.

The axes of a plot give way to the words around them; on a narrow page they stand one below another. A diagram
has its measures, and its words the size that `Canvas.label` gives them.
"""

import re
import textwrap
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter
from matplotlib.transforms import Bbox

from helpers.pictures.layers import frame_key

EDGE = 6            # pixels between words and the edge of a figure, or other words
PASSES = 4
NUMBER = re.compile(r"^[^A-Za-z]*\d[^A-Za-z]*$|^\$\\mathdefault")
MOST = 3            # columns of plots that stand one below another, on a narrow page
NAME = 16           # letters of a name beside an axis in one line, there
LETTER = 0.6        # of the size of its type, how wide a letter is on average
WITHIN = 0.14, 0.96         # widths of such a page, where they begin and end, until they give way
TICK = 14           # points, of the numbers at an axis, as in course.mplstyle
ROUND = 24          # pixels, in which axes give way, so that they rarely move while a control does

KEPT = 200          # figures whose room is remembered
_rooms: "dict[int | None, list[_Room]]" = {}


def make_room(figure: Figure, narrow: bool = False) -> None:
    """Axes shrink until the words around them are on the figure, and clear of the words of others.

    On a `narrow` page those that are beside each other are put one below another first.
    """
    axes = [ax for ax in figure.axes if ax.get_visible()]
    if not any(ax.axison and ax.get_position().size.min() < 1 for ax in axes):
        return                                  # a diagram, whose page is the whole figure
    if narrow:
        _stack(axes)
        for ax in axes:
            _turn_names(ax)
    for words in figure.texts:
        length, most = words.get_window_extent().width, figure.bbox.width - 2 * EDGE
        if words.get_text() and length > most:
            words.set(x=0.5, ha="center")
            _fill(words, most / length)
    found = _like(figure)
    if room := _rooms.get(found):
        for ax, place in zip(axes, room, strict=True):
            place.take(ax)
        return
    _make_room(figure, axes, narrow)
    if found is not None:
        _rooms[found] = [_Room.of(ax) for ax in axes]
        if len(_rooms) > KEPT:
            del _rooms[next(iter(_rooms))]


def _like(figure: Figure) -> int | None:
    """Equal for figures whose words need the same room; None where that isn't known.

    Numbers of as many digits are as wide; how high words stand inside a plot does not count.
    """
    if (frame := frame_key(figure)) is None:
        return None
    words = []
    for ax in figure.axes:
        for text in ax.texts:
            x, y = text.get_transform().transform(text.get_position())
            high = None if ax.bbox.y0 + ROUND < y < ax.bbox.y1 - ROUND else round(y / ROUND)
            words.append((re.sub(r"\d", "0", text.get_text()), text.get_fontsize(), text.get_fontweight(),
                          text.get_ha(), text.get_va(), round(x / ROUND), high))
    return hash((frame, *words))


class _Room(NamedTuple):
    """What axes became that gave way: place, words, and which ticks of so many lost their number."""

    place: Bbox
    words: list[str]
    silent: list[tuple[int, list[int]]]

    @classmethod
    def of(cls, ax: Axes) -> "_Room":
        ticks = [vars(axis).get("majorTicks", []) for axis in (ax.xaxis, ax.yaxis)]
        return cls(ax.get_position(original=True).frozen(), [words.get_text() for words in _names(ax)],
                   [(len(each), [n for n, tick in enumerate(each) if not tick.label1.get_visible()])
                    for each in ticks])

    def take(self, ax: Axes) -> None:
        """Let axes be like that."""
        ax.set_position(self.place)
        for words, text in zip(_names(ax), self.words, strict=True):
            words.set_text(text)
        for axis, (count, silent) in zip((ax.xaxis, ax.yaxis), self.silent, strict=True):
            axis.set_tick_params(labelsize=axis.get_tick_params().get("labelsize", TICK))
            for number in silent:
                axis.get_major_ticks(count)[number].label1.set_visible(False)


def _names(ax: Axes) -> tuple[Text, Text, Text]:
    return ax._left_title, ax.xaxis.label, ax.yaxis.label


def _make_room(figure: Figure, axes: Sequence[Axes], narrow: bool) -> None:
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
        if not _give_way(axes, edges, renderer, narrow):
            break


def _stack(axes: Sequence[Axes]) -> None:
    """Columns of plots come to stand one below another, more than MOST of them two in a row."""
    columns: list[list[Axes]] = []
    for ax in sorted(axes, key=lambda ax: ax.get_position(original=True).x0):
        if columns and ax.get_position(original=True).x0 < _sides(columns[-1])[1]:
            columns[-1].append(ax)
        else:
            columns.append([ax])
    if len(columns) == 1:
        return
    across = 1 if len(columns) <= MOST else 2
    rows, figure = -(-len(columns) // across), axes[0].figure
    places = {ax: ax.get_position(original=True) for ax in axes}
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, rows * height)
    for number, column in enumerate(columns):
        (row, side), (left, right) = divmod(number, across), _sides(column)
        for ax in column:
            xs, ys = places[ax].intervalx, places[ax].intervaly
            xs = (side + WITHIN[0] + (xs - left) / (right - left) * (WITHIN[1] - WITHIN[0])) / across
            ys = (rows - 1 - row + ys) / rows
            ax.set_position((xs[0], ys[0], xs[1] - xs[0], ys[1] - ys[0]))
            if side == 0:
                _name_side(ax)


def _turn_names(ax: Axes) -> None:
    """Names at an axis, which would take too much of a narrow page or touch: in lines, or upright."""
    beside, below = _given_names(ax.yaxis), _given_names(ax.xaxis)
    if max(map(len, beside), default=0) > NAME:
        ax.yaxis.set_ticklabels([textwrap.fill(name, NAME) for name in beside])
    if any(len(name) > 1 and not NUMBER.search(name) for name in below):
        lines = [len(name.split("\n")[0]) for name in below]
        widest = max(map(sum, pairwise(lines)), default=0) / 2 + 0.5      # from one to the next, in letters
        width = ax.get_position(original=True).width * ax.figure.get_figwidth()
        if len(lines) * widest * LETTER * TICK / 72 > width:
            ax.xaxis.set_tick_params(labelrotation=90)


def _given_names(axis: Axis) -> list[str]:
    """What ticks are called that were given names; nothing for others."""
    if not isinstance(axis.get_major_locator(), FixedLocator) or not isinstance(
            axis.get_major_formatter(), FixedFormatter | FuncFormatter):
        return []
    return list(map(str, axis.get_major_formatter().format_ticks(axis.get_majorticklocs())))


def _sides(column: Sequence[Axes]) -> tuple[float, float]:
    """Where a column of plots begins and ends, in widths of the figure."""
    places = [ax.get_position(original=True) for ax in column]
    return min(place.x0 for place in places), max(place.x1 for place in places)


def _name_side(ax: Axes) -> None:
    """Name the axis at the side and its numbers, where only the plot beside it has done so."""
    named = [other for other in ax.get_shared_y_axes().get_siblings(ax) if other.get_ylabel()]
    if named and not ax.get_ylabel():
        ax.set_ylabel(named[0].get_ylabel())
        ax.yaxis.set_tick_params(labelleft=True)


def _give_way(axes: Sequence[Axes], edges: Sequence[float], renderer, in_rows: bool) -> bool:
    """Shrink the axes once; whether any had to. Those of a row have one height, if they are `in_rows`."""
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
    for one, other in combinations(axes if in_rows else (), 2):
        if np.allclose(before[one][1::2], before[other][1::2], atol=1):
            places[one][1] = places[other][1] = max(places[one][1], places[other][1])
            places[one][3] = places[other][3] = min(places[one][3], places[other][3])
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
