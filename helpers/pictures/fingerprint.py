"""All that the look of artists hangs on, as one value: by it, what was drawn before is known again.

No list of properties is kept. Whatever an artist remembers belongs to its state, and what those things
remember in turn, but for what UNSEEN names: a name that is missing there costs a drawing, and nothing that is
shown is wrong. What isn't known, such as a function or an artist that isn't matplotlib's, leaves the whole
without a state. The tests hold the states of many figures to their pixels.
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from enum import Enum
from functools import cache
from hashlib import blake2b
from types import FunctionType, MethodType
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axis import Axis, Ticker
from matplotlib.backend_bases import FigureCanvasBase, RendererBase
from matplotlib.cbook import CallbackRegistry, Grouper
from matplotlib.gridspec import GridSpecBase, SubplotParams, SubplotSpec
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.markers import CapStyle, JoinStyle, MarkerStyle
from matplotlib.transforms import BboxBase, Transform, TransformedBbox

UNSEEN = frozenset([
    # whose it is, and who is told of a change
    "_axes", "axes", "_parent_figure", "figure", "_root_figure", "parent", "_parents", "_remove_method",
    "_stale", "stale_callback", "_callbacks", "callbacks", "_canvas_callbacks", "_axobservers", "_renderer",
    "_id_norm", "_id_colorizer",
    # names, and what the mouse does
    "_label", "_gid", "_url", "_picker", "_pickradius", "_mouseover", "_mouseover_set", "_mouse_key_ids",
    "_button_pick_id", "_scroll_pick_id", "_navigate", "_forward_navigation_events", "fmt_xdata", "fmt_ydata",
    # from what the limits came, and what comes to the looks of what is added later
    "dataLim", "_autoscale_on", "_tight", "_xmargin", "_ymargin", "_use_sticky_edges", "_sticky_edges",
    "_in_autoscale", "_in_layout", "ignore_existing_data_limits", "_get_lines", "_get_patches_for_fill",
    "_projection_init", "_axstack", "containers", "_colorbars", "_current_image", "_sharex", "_sharey",
    # kept twice: the axes of a plot, and what follows from all else
    "_axis_map", "_transformed_path", "_transformed_points", "_imcache", "_rgbacache", "_invalid",
    "_invalidx", "_invalidy", "_inverted", "_affine",
    # of ticks there is what they say instead
    "major", "minor", "majorTicks", "minorTicks",
])
WORKED_OUT = {
    Line2D: {"_x", "_y", "_xorig", "_yorig", "_x_filled", "_path"},     # there is _xy
    MarkerStyle: {"_marker_function", "_path", "_transform", "_alt_path", "_alt_transform"},
}
UNSEEN_KINDS = (CallbackRegistry, FigureCanvasBase, RendererBase, GridSpecBase, SubplotSpec, SubplotParams)
PLAIN = frozenset([type(None), bool, int, float, complex, str, bytes, np.float64, np.int64, np.bool_,
                   np.ufunc, CapStyle, JoinStyle])
LONG = 1024         # bytes of an array, of which only a digest is kept
BEST = 0            # the place of a legend that keeps out of the way of the lines


class Unknown(Exception):
    """Of a thing it isn't known how it is drawn."""


def state(things: Iterable, apart: Collection[Artist] = ()) -> Hashable | None:
    """Equal for things that are drawn alike; None where that isn't known.

    Args:
        things: artists, and whatever else the drawing depends on. Their axes must have limits and places.
        apart: artists that are drawn by others: of them nothing is taken.
    """
    walk = _Walk(apart)
    try:
        for thing in things:
            walk.add(thing)
    except Unknown:
        return None
    return tuple(walk.found)


class _Walk:
    """From thing to thing, to each once: what was met before is told by its number."""

    def __init__(self, apart: Collection[Artist]):
        self.found: list = []
        self._apart = dict.fromkeys(map(id, apart), -1)
        self._numbers = dict(self._apart)

    def add(self, value) -> None:
        kind = type(value)
        if kind in PLAIN:
            self.found.append(value)
        elif kind is tuple or kind is list:
            self._parts(value)
        elif id(value) in self._numbers:
            self.found.append(self._numbers[id(value)])
        else:
            self._numbers[id(value)] = len(self._numbers) - len(self._apart)
            self.found.append(kind)
            _way(kind)(self, value)

    def _parts(self, value: Collection) -> None:
        if PLAIN.issuperset(map(type, value)):
            self.found.append(tuple(value))
            return
        parts = [part for part in value if id(part) not in self._apart]
        self.found.append(len(parts))
        for part in parts:
            self.add(part)

    def _thing(self, value) -> None:
        """All that it remembers."""
        if not hasattr(value, "__dict__"):
            raise Unknown(value)
        remembered, found = vars(value), self.found
        if remembered.get("_visible") is False:
            found.append(None)
            return
        names = tuple(remembered)
        found.append(names)
        for name in _seen(names, type(value)):
            part = remembered[name]
            if type(part) in PLAIN:
                found.append(part)
            else:
                self.add(part)

    def _unknown(self, value) -> None:
        raise Unknown(value)

    def _nothing(self, value) -> None:
        pass

    def _itself(self, value) -> None:
        self.found.append(value)

    def _dict(self, value: dict) -> None:
        self._parts(value.items())

    def _array(self, value: np.ndarray) -> None:
        if value.dtype.hasobject:
            self._parts(value.ravel().tolist())
            self.found.append(value.shape)
        else:
            told = value.tobytes()
            self.found += (value.shape, value.dtype.str,
                           told if len(told) < LONG else blake2b(told, digest_size=32).digest())

    def _masked(self, value: np.ma.MaskedArray) -> None:
        self._array(value.data)
        self._array(np.ma.getmaskarray(value))

    def _function(self, value: FunctionType) -> None:
        if value.__closure__ or not value.__module__.startswith("matplotlib."):
            raise Unknown(value)
        self.found.append(value)

    def _method(self, value: MethodType) -> None:
        if getattr(type(value.__self__), value.__name__, None) is not value.__func__:
            raise Unknown(value)
        self.found.append(value.__func__)
        self.add(value.__self__)

    def _transform(self, value: Transform) -> None:
        if value.is_affine:
            self.found.append(value.get_matrix().tobytes())
        else:
            self._thing(value)

    def _box(self, value: BboxBase) -> None:
        self.found.append(value.get_points().tobytes())

    def _box_through(self, value: TransformedBbox) -> None:
        """As most artists have one of their own, to be cut off at, without a product of matrices."""
        self._box(value._bbox)
        self.add(value._transform)

    def _line(self, value: Line2D) -> None:
        if value.get_visible():
            value.get_path()            # by this its points are up to date
        self._thing(value)

    def _legend(self, value: Legend) -> None:
        if value._loc_real == BEST:
            raise Unknown(value)
        self._thing(value)

    def _groups(self, value: Grouper) -> None:
        for group in value:             # labels of several axes in one line
            self._parts(group)

    def _axis(self, axis: Axis) -> None:
        """Besides, how its ticks are found and what is said there, and how those look that have been made."""
        self._thing(axis)
        for ticker, made in ((axis.major, "majorTicks"), (axis.minor, "minorTicks")):
            self._ticks(ticker, axis)
            self._parts(vars(axis).get(made, []))

    def _ticks(self, ticker: Ticker, axis: Axis) -> None:
        """What places and words follow from; where a function of somebody's makes them, they themselves."""
        length, numbers = len(self.found), dict(self._numbers)
        try:
            self.add(ticker.locator)
            self.add(ticker.formatter)
        except Unknown:
            del self.found[length:]
            self._numbers = numbers
            places = axis.get_majorticklocs() if ticker is axis.major else axis.get_minorticklocs()
            self.found.append(np.asarray(places, float).tobytes())
            self._parts(ticker.formatter.format_ticks(places))
            self.found.append(ticker.formatter.get_offset())


WAYS: dict[type | tuple[type, ...], Callable[[_Walk, Any], None]] = {
    (np.generic, Enum, type): _Walk._itself, dict: _Walk._dict, UNSEEN_KINDS: _Walk._nothing,
    np.ma.MaskedArray: _Walk._masked, np.ndarray: _Walk._array,
    FunctionType: _Walk._function, MethodType: _Walk._method,
    TransformedBbox: _Walk._box_through, BboxBase: _Walk._box, Transform: _Walk._transform,
    Line2D: _Walk._line, Legend: _Walk._legend, Grouper: _Walk._groups, Axis: _Walk._axis,
}


@cache
def _way(kind: type) -> Callable[[_Walk, Any], None]:
    """How things of a kind are taken."""
    ours = kind.__module__.startswith("matplotlib.")
    return next((way for kinds, way in WAYS.items() if issubclass(kind, kinds)),
                _Walk._thing if ours else _Walk._unknown)


@cache
def _seen(names: tuple[str, ...], kind: type) -> list[str]:
    """Which of the names a thing of a kind remembers something by that is seen."""
    unseen = UNSEEN | WORKED_OUT.get(kind, set())
    return [name for name in names if name not in unseen]
