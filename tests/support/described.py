"""A picture as text: what each of its axes says and draws, so that a change of it can be read.

Of a curve five points stand there, of a map its corners. Numbers are compared with a tolerance
(`differences`), so that processors and versions may differ: a small one where the code gives the place, and
a large one where fonts decide about it, which is where axes stand and words beside them.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Transform
from sentences import NUMBER, value_of

from helpers.pictures import Part, Place

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
POINTS = 5                      # of a curve
CLOSE = 0.001                   # of a number: what another computer may find
SAME_FONTS = matplotlib.__version_info__ >= (3, 11)     # letters had other widths before
ROUGH = 0.02 if SAME_FONTS else 0.1         # of a width or a height: where words and axes stand
QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
COLOUR = re.compile(r"#[0-9a-f]{6,8}\b")


def described(name: str, picture, data: bool = True) -> str:
    """All that a picture (or a coloured text) draws, a line each; without `data` what is round the curves."""
    if not hasattr(picture, "figure"):
        page = re.sub(r"(?s)<style>.*?</style>|name=c\w+", "", picture.html())
        fields = re.findall(r'<(label|span) style="background:(#\w+)[^>]*?(?: title="(.*?)")?>', page)
        lines = [f"{tag} {colour} {words}" for tag, colour, words in fields]
        lines += ["bar " + re.sub(r"<[^>]*>", "|", re.search('"course-bar">(.*?)</div>', page)[1])]
        lines = lines if data else lines[-1:]
        lines += ["points", *(f"  {NUMBER.sub('#', picture.sentence[start:end])!r}: a character"
                              for start, end, _ in picture.points)]
        return f"## {name}\n{picture.sentence}\n" + "\n".join(lines) + "\n"
    figure = picture.figure
    lines = [f"## {name}", *([picture.sentence] if data else [])]
    lines += [_words(text, figure.transFigure, data) for text in figure.texts if text.get_text().strip()]
    lines += [f"figure {_numbers(figure.get_size_inches() * figure.dpi)}"] if data else []
    for number, ax in enumerate(every_axes(figure), start=1):
        lines += [f"axes {number} at {_numbers(ax.get_position().bounds)}", *_axes(ax, data)]
    if picture.points:
        lines += ["points"]
    for start, end, parts in picture.points:
        words = picture.sentence[start:end]
        lines += [f"  {words if data else NUMBER.sub('#', words)!r}: "
                  + ("; ".join(_part(part, data) for part in parts) or "nothing")]
    return "\n".join(lines) + "\n"


def every_axes(figure: Figure) -> list[Axes]:
    """The axes of a figure, with those that stand inside of others."""
    return [one for ax in figure.axes for one in (ax, *ax.child_axes) if one.get_visible()]


def ticks(axis: Axis) -> list[tuple[str, float]]:
    """The words at the ticks of an axis that are shown, each with its place."""
    if not axis.get_visible() or not axis.axes.axison:
        return []
    places = axis.get_majorticklocs()
    words = axis.get_major_formatter().format_ticks(places)
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    return [(str(word).replace("\n", "|"), float(place)) for word, place in zip(words, places, strict=True)
            if str(word) and low - slack <= place <= high + slack]


def _axes(ax: Axes, data: bool) -> Iterator[str]:
    titles = [title.get_text() for title in (ax.title, ax._left_title, ax._right_title) if title.get_text()]
    if titles:
        yield f"  title {' / '.join(titles)!r}"
    if ax.axison:
        for axis in (ax.xaxis, ax.yaxis):
            label = f" {axis.label.get_text()!r}" if axis.label.get_text() else ""
            numbers = " ".join(f"{word}@{_number(place)}" for word, place in ticks(axis))
            yield (f"  {axis.axis_name}{label} {axis.get_scale()} {_numbers(axis.get_view_interval())}"
                   f": {numbers}")
    legend = ax.get_legend()
    if legend:
        yield from (f"  legend {word!r}: {look}" for word, look in _legend(legend))
    for line in ax.lines:
        pale = f", alpha {line.get_alpha():g}" if line.get_alpha() not in (None, 1) else ""
        yield f"  line {_look(line)}" + (f"{pale}: {_curve(*_to(ax, line))}" if data else "")
    for image in ax.images:
        yield _map("image", image, np.asarray(image.get_array()), image.get_extent(), data)
    for one in ax.collections:
        if isinstance(one, QuadMesh):
            corners = one.get_coordinates()[[0, -1], [0, -1]]
            yield _map("mesh", one, np.asarray(one.get_array()), corners, data)
        elif data:
            kind = type(one).__name__.removeprefix("FillBetween")       # as matplotlib before 3.10 has it
            yield f"  {kind} {_colours(one)}: {_many(ax, one)}"
    for patch in ax.patches if data else ():
        corners = patch.get_path().transformed(patch.get_patch_transform()).get_extents().extents
        if not patch.get_transform().contains_branch(ax.transData):
            corners = patch.get_path().get_extents(patch.get_transform() - ax.transAxes).extents
        face = to_hex(patch.get_facecolor()) if patch.get_fill() else "none"
        kind = patch.get_label() if patch.get_label() in ("node", "arrow") else type(patch).__name__
        where = _numbers(corners) if isinstance(patch, Rectangle) or kind == "node" else (
            f"{_numbers(corners)} from {_numbers(patch.get_path().vertices[0])}")
        yield f"  {kind} {face} edge {to_hex(patch.get_edgecolor())} {patch.get_hatch() or ''}: {where}"
    to = ax.transAxes if ax.axison else ax.transData        # a page, which counts in pixels
    yield from (_words(text, to, data) for text in ax.texts if text.get_text().strip())


def _look(line: Line2D) -> str:
    """Name, colour, dashes, width and marker of a line."""
    name = f"{line.get_label()!r} " if not line.get_label().startswith("_") else ""
    dashes = line._unscaled_dash_pattern[1]
    dashes = "solid" if dashes is None else "-".join(f"{one:g}" for one in dashes)
    dashes = "unjoined" if line.get_linestyle() in ("None", "none", "", " ") else dashes
    marker = "" if line.get_marker() in ("None", "none", "", None) else (
        f", {line.get_marker()!r} of {line.get_markersize():.3g} in {to_hex(line.get_markerfacecolor())}"
        if line.get_markerfacecolor() != "none" else f", open {line.get_marker()!r}")
    return f"{name}{to_hex(line.get_color())} {dashes} {line.get_linewidth():.3g} wide{marker}"


def _legend(legend: Legend) -> Iterator[tuple[str, str]]:
    for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True):
        yield text.get_text(), _look(handle) if isinstance(handle, Line2D) else type(handle).__name__


def _to(ax: Axes, line: Line2D) -> np.ndarray:
    """(2, N) points of a line in the units of its axes, or where it has others in shares of their size."""
    points = np.column_stack([np.asarray(part, float) for part in line.get_data()])
    if line.get_transform() == ax.transAxes:
        points = ax.transAxes.transform(points)
        points = ax.transData.inverted().transform(points)
    return points.T


def _curve(x: np.ndarray, y: np.ndarray) -> str:
    if not len(x):
        return "nothing yet"
    shown = np.unique(np.linspace(0, len(x) - 1, POINTS).round().astype(int))
    points = " ".join(f"({_number(x[i])}, {_number(y[i])})" for i in shown)
    return f"{len(x)} points {points}" + (f", mean {_number(np.nanmean(y))}" if len(x) > POINTS else "")


def _map(kind: str, mappable, values: np.ndarray, where, data: bool) -> str:
    """A map of colours: its name, its ends, and the values at its corners and in the middle."""
    place = f" over {_numbers(np.ravel(where))}; from {_numbers(mappable.get_clim())}"
    corners = values[np.ix_((0, values.shape[0] // 2, -1), (0, values.shape[1] // 2, -1))]
    corners = np.ma.filled(np.ma.asarray(corners, float), np.nan)
    steps = f" in steps {_numbers(mappable.norm.boundaries)}" if hasattr(mappable.norm, "boundaries") else ""
    return (f"  {kind} {mappable.get_cmap().name} {type(mappable.norm).__name__}{place}{steps}"
            + (f": {values.shape} {_numbers(corners.ravel())}" if data else ""))


def _colours(collection) -> str:
    faces = [to_hex(face, keep_alpha=True) for face in collection.get_facecolor()]
    edges = [to_hex(edge, keep_alpha=True) for edge in collection.get_edgecolor()]
    return f"{' '.join(faces[:1] + faces[1:][-1:])} edge {' '.join(edges[:1] + edges[1:][-1:])}"


def _many(ax: Axes, collection) -> str:
    """Where the outlines, or the spots, of a collection lie."""
    spots = np.ma.filled(collection.get_offsets(), np.nan)
    if len(spots) > 1:
        return _curve(*spots.T)
    outlines = [path.vertices for path in collection.get_paths()]
    if isinstance(collection, LineCollection):
        return " | ".join(_curve(*outline.T) for outline in outlines)
    return " | ".join(f"{_numbers([*outline.min(axis=0), *outline.max(axis=0)])} {_curve(*outline.T)}"
                      for outline in outlines)


def place_of(text: Text, to: Transform) -> np.ndarray:
    """Where words are anchored, in the units of a transform, such as shares of the axes."""
    x, y = text.get_unitless_position()
    return (text.get_transform() - to).transform((x, y))


def _words(text: Text, to: Transform, data: bool) -> str:
    words = text.get_text().replace("\n", "|")
    if not data:
        return f"  words {NUMBER.sub('#', words)!r} in {to_hex(text.get_color())}"
    place = place_of(text, to)
    where = (f"on {_numbers(place)}" if to == getattr(text.axes, "transData", None)
             else "at " + " ".join(f"{part:.2f}" for part in np.round(place, 2) + 0.0))
    size = f"{text.get_fontsize():.3g} pt{' bold' if text.get_fontweight() == 'bold' else ''}"
    return f"  words {words!r} in {to_hex(text.get_color())} {size} {text.get_ha()} {text.get_va()} {where}"


def _part(part: Part, data: bool) -> str:
    """Of what words speak, so that it can be told from others: its data, where they are wanted."""
    if isinstance(part, Place):
        return "place" + (f" {_numbers(part[1:])}" if data else "")
    if isinstance(part, Text):
        return repr(part.get_text() if data else NUMBER.sub("#", part.get_text()))
    if isinstance(part, Line2D):
        return f"line {_look(part)}" + (f" {_curve(*_to(part.axes, part))}" if data else "")
    where = part.get_window_extent(part.figure.canvas.get_renderer())
    return type(part).__name__ + (f" {_numbers(where.transformed(part.axes.transAxes.inverted()).bounds)}"
                                  if data else "")


def _number(value: float) -> str:
    return "gap" if np.isnan(value) else f"{0.0 if abs(value) < 1e-13 else value:.4g}"


def _numbers(values) -> str:
    return " ".join(_number(float(value)) for value in values)


# Compared with what was kept.

def differences(kept: str, now: str) -> list[str]:
    """The lines in which two descriptions differ: in words, in colours, or in more than last digits."""
    pairs = zip_longest(kept.splitlines(), now.splitlines(), fillvalue="")
    return [line for before, after in pairs if not _the_same(before, after)
            for line in (f"- {before}", f"+ {after}")]


def _the_same(before: str, after: str) -> bool:
    """Words between quotes and sentences are the same, numbers and colours alike."""
    if before == after or not before.startswith(("  ", "axes", "figure")):
        return before == after
    before, after = (line if SAME_FONTS else line.replace("|", " ") for line in (before, after))
    both = [(QUOTED.findall(line), NUMBER.sub("#", COLOUR.sub("colour", QUOTED.sub("words", line))),
             COLOUR.findall(line), list(map(value_of, NUMBER.findall(COLOUR.sub("", QUOTED.sub("", line))))))
            for line in (before, after)]
    (quoted, rest, colours, numbers), (quoted_now, rest_now, colours_now, numbers_now) = both
    rough = re.match(r"axes|  words .* at [-\d. ]+$", before)
    return (quoted == quoted_now and rest == rest_now
            and np.allclose(numbers, numbers_now, *((ROUGH, ROUGH) if rough else (CLOSE, 1e-12)))
            and all(np.allclose(to_rgba(one), to_rgba(other), atol=0.02)
                    for one, other in zip(colours, colours_now, strict=True)))


def blocks(text: str) -> dict[str, str]:
    """The descriptions in a file, by name."""
    return {block.partition("\n")[0]: f"## {block}" for block in re.split(r"(?m)^## ", text)[1:]}


def kept(room: str) -> dict[str, str]:
    """The descriptions in the file of a folder of tests, by name; none if there is no file."""
    path = TESTS / room / "described.txt"
    return blocks(path.read_text("utf-8")) if path.exists() else {}


def written(room: str, texts: dict[str, str]) -> tuple[Path, str]:
    """The path of the file of a folder of tests, and what it shall hold."""
    return TESTS / room / "described.txt", "".join(texts.values())
