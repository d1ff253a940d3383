"""A figure in two layers: a frame that seldom changes, and lines and words that move.

Drawing axes, ticks and labels is nine tenths of the work of a plot, and so are boxes, arrows and formulas
of a diagram. A dashboard draws them once, as an image, and lays what moves over it as a small SVG: lines
and words of a plot, words and numbers of a diagram.
"""

import html
import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import combinations, groupby

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import Collection as Collected
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, BboxTransformTo

from helpers.pictures.fingerprint import UNSEEN, state
from helpers.pictures.highlights import Part, Place, Point
from helpers.pictures.png import rasterise

NONE = ("None", "none", " ", "")
CAPS = {"butt": "butt", "round": "round", "projecting": "square"}
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
# How far below their place words stand, in their size, as matplotlib sets DejaVu Sans.
BASELINES = {"center": 0.26, "center_baseline": 0.38, "top": 0.76, "baseline": 0.0, "bottom": -0.24}
EDGE = (("#fff", 9), ("#000", 4.5))     # of an outline: colours and thicknesses in points, from below
AROUND = 5          # pixels from a place, or words, to the middle of its outline
THICK = 6           # points, of a line that does not become thicker
RING = 11           # points, the radius of a ring around a place
WEIGHTS = ("normal", "bold", 400, 700)
MARKERS = {marker: vars(MarkerStyle(marker)) for marker in ("o", ".", "s", "^")}

# What `svg` draws of lines, markers, words and their font, by the names under which matplotlib keeps it. All
# else must be as it is where nothing was said of it.
ANY = UNSEEN | {"_visible", "zorder", "_alpha", "_color", "_transform", "_transformSet", "clipbox", "_clipon"}
DRAWN: Mapping[type, tuple[Collection[str], Mapping]] = {
    Line2D: (ANY | {
        "_xorig", "_yorig", "_x", "_y", "_xy", "_path", "_subslice", "_x_filled",
        "ind_offset", "_linewidth", "_linestyle", "_dash_pattern", "_unscaled_dash_pattern", "_solidcapstyle",
        "_dashcapstyle", "_marker", "_markersize", "_markeredgewidth", "_markeredgecolor", "_markerfacecolor",
    }, vars(Line2D([], []))),
    Text: (ANY | {"_x", "_y", "_text", "_fontproperties", "_horizontalalignment", "_verticalalignment"},
           vars(Text())),
    FontProperties: ({"_size", "_weight"}, vars(FontProperties(family="DejaVu Sans"))),
    MarkerStyle: ({"_marker_function", "_transform"}, {}),
}


def frame_key(figure: Figure) -> Hashable | None:
    """Equal for two figures that differ only in what `svg` draws; None if that isn't known, or `svg` can't.

    It has all that the look of the frame depends on (`helpers.pictures.fingerprint`). Where something of
    that isn't known, or the layer would not be what matplotlib draws, it is None. In a plot, an image, an
    area or a set of lines belongs to the frame if it has a `gid`, and lies below all that moves; on a page
    without axes, all but the words on top does. The layer passes over spines and words of the frame.
    """
    if not _side_by_side(figure) or not all(map(_fits, figure.axes)):
        return None
    return state([figure], [artist for ax in figure.axes for artist in (*_moving(ax), *_left_out(ax))])


def _side_by_side(figure: Figure) -> bool:
    """Whether a figure has only words, and axes that don't lie on each other; these take their places."""
    known = {figure.patch, *figure.axes, *figure.texts}
    if figure.get_layout_engine() or not known.issuperset(figure.get_children()):
        return False
    for ax in figure.axes:
        ax.apply_aspect()
        ax.get_xlim()                   # by this all its limits are up to date
    boxes = [ax.get_position() for ax in figure.axes]
    return (all(type(ax) is Axes and ax.get_visible() for ax in figure.axes)
            and not any(Bbox.intersection(*both) for both in combinations(boxes, 2)))


def frame_png(figure: Figure) -> bytes:
    """The figure without what `svg` draws, as a PNG."""
    hidden = [artist for ax in figure.axes for artist in _moving(ax) if artist.get_visible()]
    for artist in hidden:
        artist.set_visible(False)
    try:
        return rasterise(figure)
    finally:
        for artist in hidden:
            artist.set_visible(True)


def svg(figure: Figure, sentence: str, points: Sequence[Point] = (), whole: bool = False) -> str:
    """Lines, most markers and words of every axes as an SVG the size of the figure.

    What a `Point` speaks of has its number, data-p; what is not drawn here has an outline that is not seen
    until its words are touched. Where the `whole` figure is an image, which has the sentence, there are only
    outlines.
    """
    width, height = figure.canvas.get_width_height()        # whole pixels
    drawn, numbers = [], _numbers(points)
    for ax in () if whole else figure.axes:
        for box, artists in groupby(sorted(_moving(ax), key=Artist.get_zorder), _clip):
            layer = "".join(_drawn(artist, numbers, width, height) for artist in artists
                            if artist.get_visible())
            if box:
                clip, (left, low, right, high) = f"clip-{id(figure)}-{len(drawn)}", np.floor(np.add(box, 0.5))
                layer = (f'<clipPath id="{clip}"><rect x="{left:.0f}" y="{height - high:.0f}" '
                         f'width="{right - left:.0f}" height="{high - low:.0f}"/></clipPath>'
                         f'<g clip-path="url(#{clip})">{layer}</g>')
            drawn.append(layer)
    drawn += [_outline(part, number, figure) for part, number in numbers.values()]
    role = 'aria-hidden="true"' if whole else f'role="img" aria-label="{html.escape(sentence)}"'
    return (f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" {role}>'
            f'{"".join(drawn)}</svg>')


def _numbers(points: Sequence[Point]) -> dict[int, tuple[Part, str]]:
    """Each part that words speak of, by its id, with their numbers, the first being 1."""
    numbers: dict[int, tuple[Part, str]] = {}
    for number, point in enumerate(points, start=1):
        for part in point.parts:
            before = numbers.get(id(part), (part, ""))[1]
            numbers[id(part)] = part, f"{before} {number}".lstrip()
    return numbers


def _drawn(artist: Artist, numbers: dict[int, tuple[Part, str]], width: float, height: float) -> str:
    """A line or words; with its number, which is taken out of `numbers`, if anything of it is seen."""
    layer = _line(artist, width, height) if isinstance(artist, Line2D) else _words(artist, height)
    if id(artist) in numbers:
        _, number = numbers.pop(id(artist))
        if layer and _in_sight(artist):
            layer = re.sub(r"<(path|circle|text) ", rf'<\1 data-p="{number}" ', layer)
            if isinstance(artist, Line2D) and artist.get_linewidth() > THICK:       # such as bars
                layer = re.sub(r'stroke-width="([\d.]+)"', r'style="stroke-width:\1px"', layer)
    return layer


def _in_sight(artist: Artist) -> bool:
    """Whether there are words, or a line comes into its box, or into sight of it."""
    if isinstance(artist, Text):
        return bool(artist.get_text().strip())
    box = _clip(artist)
    if box is None:
        return True
    around, path = Bbox.from_extents(box).padded(1), artist.get_transform().transform_path(artist.get_path())
    (left, low, right, high), (x, y) = around.extents, path.vertices.T
    return bool(((x >= left) & (x <= right) & (y >= low) & (y <= high)).any()
                or path.intersects_bbox(around, filled=False))


def _moving(ax: Axes) -> list[Artist]:
    """What the layer draws: lines and words; of a page without axes the words that lie on all else."""
    if ax.axison:
        ours = {*ax.lines, *ax.texts}
        return [artist for artist in ax.get_children() if artist in ours]
    top = max((artist.get_zorder() for artist in ax.get_children() if artist is not ax.patch
               and not isinstance(artist, Spine | Axis | Text)), default=0)
    return [text for text in ax.texts if text.get_zorder() > top and _plain(text)]


def _left_out(ax: Axes) -> list[Artist]:
    """What is not drawn of a page without axes."""
    if ax.axison or any(map(ax.get_title, ANCHORS)):        # a title's place hangs on them
        return []
    return [ax.xaxis, ax.yaxis, *ax.spines.values()]


def _fits(ax: Axes) -> bool:
    """Whether the layer can draw what moves in a plot, and all that is still lies below it or beside it."""
    if not ax.axison:
        return True
    moving = _moving(ax)
    lowest = min((artist.get_zorder() for artist in moving), default=np.inf)
    return all(map(_plain, moving)) and all(
        _below(artist, lowest) for artist in ax.get_children()
        if artist is not ax.patch and not isinstance(artist, Spine | Text | Line2D))


def _below(artist: Artist, lowest: float) -> bool:
    if isinstance(artist, Legend):
        return not artist.get_frame_on()
    if isinstance(artist, Axis):
        return artist.get_zorder() < lowest or not len(artist.get_majorticklocs())
    return artist.get_gid() is not None and artist.get_zorder() < lowest


def _plain(artist: Artist) -> bool:
    """Whether `svg` draws a line or words as matplotlib does."""
    if isinstance(artist, Line2D):
        return _as_usual(artist) and (str(artist.get_marker()) in NONE or _as_usual(vars(artist)["_marker"]))
    words, font = artist.get_text(), artist.get_fontproperties()
    return (_as_usual(artist) and _as_usual(font) and font.get_weight() in WEIGHTS
            and "$" not in words and "\n" not in words)


def _as_usual(thing) -> bool:
    """Whether what `svg` does not draw of it is as where nothing was said."""
    drawn, usual = DRAWN.get(type(thing), ((), {}))
    if isinstance(thing, MarkerStyle):
        usual = MARKERS.get(str(thing.get_marker()), usual)
    return all(name in drawn or value is usual.get(name, drawn)
               or (type(value) in (bool, int, float, str, list, tuple) and value == usual.get(name, drawn))
               for name, value in vars(thing).items())


def _clip(artist: Artist) -> tuple[float, ...] | None:
    box = artist.get_clip_box() if artist.get_clip_on() else None
    return None if box is None else tuple(box.extents)


def _line(line: Line2D, width: float, height: float) -> str:
    scale, drawn = line.figure.dpi / 72, ""
    turned = Affine2D().scale(1, -1).translate(0, height)
    path = (line.get_transform() + turned).transform_path(line.get_path())
    if line.get_linestyle() not in NONE:
        thickness, (offset, dashes) = line.get_linewidth() * scale, line._dash_pattern      # in points
        # As matplotlib prepares it: without gaps, and what is far outside; on whole pixels if it is straight.
        d = _d(path.cleaned(remove_nans=True, clip=(-1, -1, width + 1, height + 1), snap=None,
                            stroke_width=thickness))
        cap = CAPS[line.get_dash_capstyle() if line.is_dashed() else line.get_solid_capstyle()]
        drawn += (f'<path d="{d}" fill="none" {_paint("stroke", line.get_color(), line.get_alpha())} '
                  f'stroke-width="{thickness:.2f}" stroke-linecap="{cap}" stroke-linejoin="round"')
        if dashes:
            drawn += (f' stroke-dasharray="{" ".join(f"{part * scale:.2f}" for part in dashes)}" '
                      f'stroke-dashoffset="{offset * scale:.2f}"')
        drawn += "/>"
    if str(line.get_marker()) not in NONE:
        points = path.vertices[np.isfinite(path.vertices).all(axis=1)].clip(-1e5, 1e5)
        fill, edge, alpha = line.get_markerfacecolor(), line.get_markeredgecolor(), line.get_alpha()
        if vars(line)["_markeredgecolor"] == "auto" and to_rgba(fill, alpha)[3]:    # as opaque as the inside
            alpha = to_rgba(fill, alpha)[3]
        look = (f'{_paint("fill", fill, line.get_alpha())} {_paint("stroke", edge, alpha)} '
                f'stroke-width="{line.get_markeredgewidth() * scale:.2f}"')
        drawn += _markers(line, line.get_markersize() * scale, look,
                          (np.floor(points + 0.5) + 0.5).tolist())      # in the middle of a pixel
    return drawn


def _markers(line: Line2D, size: float, look: str, places: list[list[float]]) -> str:
    """The marker of a line, so many pixels large, at each place."""
    marker = vars(line)["_marker"]
    if line.get_marker() in ("o", "."):
        r = size / (2 if line.get_marker() == "o" else 4)
        return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.2f}" {look}/>' for x, y in places)
    d = _d(marker.get_path().cleaned(marker.get_transform() + Affine2D().scale(size, -size)))
    return "".join(f'<path transform="translate({x:.1f} {y:.1f})" d="{d}" {look} '
                   f'stroke-linejoin="{marker.get_joinstyle()}"/>' for x, y in places)


def _words(text: Text, height: float) -> str:
    x, y = text.get_transform().transform(text.get_position())
    if not np.isfinite([x, y]).all():
        return ""
    size = text.get_fontsize() * text.figure.dpi / 72
    return (
        f'<text x="{x:.1f}" y="{height - y + BASELINES[text.get_va()] * size:.1f}" '
        f'{_paint("fill", text.get_color(), text.get_alpha())} font-size="{size:.1f}" '
        f'font-weight="{text.get_fontweight()}" font-family="DejaVu Sans, Verdana, sans-serif" '
        f'text-anchor="{ANCHORS[text.get_ha()]}" xml:space="preserve">{html.escape(text.get_text())}</text>'
    )


def _outline(part: Part, number: str, figure: Figure) -> str:
    """The edge of what is not in the layer, in black on white, so that it is seen on any ground."""
    if not isinstance(part, Place) and not part.get_visible():
        return ""
    turned = Affine2D().scale(1, -1).translate(0, figure.canvas.get_width_height()[1])
    d = "".join(_d(path.cleaned(turned, remove_nans=True)) for path in _edges(part))
    return d and "".join(f'<path data-p="{number}" d="{d}" fill="none" stroke="{colour}" opacity="0" '
                         f'stroke-linejoin="round" style="stroke-width:{points * figure.dpi / 72:.1f}px"/>'
                         for colour, points in EDGE)


def _edges(part: Part) -> list[Path]:
    """The edge of a part, in pixels of the figure."""
    if isinstance(part, Place):
        if not (part.width or part.height):
            return [_ring(part.axes, part.axes.transData.transform((part.x, part.y)))]
        corners = Bbox.from_bounds(part.x - part.width / 2, part.y - part.height / 2, part.width, part.height)
        return [_rectangle(corners.transformed(part.axes.transData).padded(AROUND))]
    if isinstance(part, Line2D):
        path = part.get_transform().transform_path(part.get_path())
        if part.get_linestyle() in NONE:
            return [_ring(part, place) for place in path.vertices]
        return [path.cleaned(remove_nans=True, clip=_clip(part))]
    if isinstance(part, Collected | Patch):
        paths = part.get_paths() if isinstance(part, Collected) else [part.get_path()]
        return [part.get_transform().transform_path(path) for path in paths]
    return [_rectangle(part.get_window_extent(part.figure.canvas.get_renderer()).padded(AROUND))]


def _ring(artist: Artist, place: np.ndarray) -> Path:
    return Path.circle(place, RING * artist.figure.dpi / 72)


def _rectangle(box: Bbox) -> Path:
    return Path.unit_rectangle().transformed(BboxTransformTo(box))


def _d(path: Path) -> str:
    """A cleaned path, which has only straight lines, as SVG writes it."""
    return "".join("Z" if code == Path.CLOSEPOLY else f"{'ML'[code - 1]}{x:.1f} {y:.1f}" for (x, y), code in
                   zip(path.vertices.tolist(), path.codes.tolist(), strict=True) if code)


def _paint(what: str, colour, alpha: float | None) -> str:
    *_, opacity = to_rgba(colour, alpha)
    return f'{what}="{to_hex(colour) if opacity else "none"}"' + (f' {what}-opacity="{opacity:.3g}"'
                                                                  if opacity < 1 else "")
