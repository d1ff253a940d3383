"""A figure in two layers: a frame that seldom changes, and lines and words that move.

Drawing axes, ticks and labels is nine tenths of the work of a plot, and so are boxes, arrows and formulas
of a diagram. A dashboard draws them once, as an image, and lays what moves over it as a small SVG: lines
and words of a plot, words and numbers of a diagram.
"""

import html
from collections.abc import Collection, Hashable, Iterator

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import LogFormatterSciNotation, ScalarFormatter

from helpers.pictures.style import rasterise

DASHES = {"-": (), "--": (3.7, 1.6), ":": (1.0, 1.65), "-.": (6.4, 1.6, 1.0, 1.6)}  # in line widths
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
BASELINES = {"center": "central", "center_baseline": "central", "top": "hanging", "baseline": "auto",
             "bottom": "text-after-edge"}


def frame_key(figure: Figure) -> Hashable | None:
    """Equal for two figures that differ only in what `svg` draws; None if `svg` can't draw it all.

    An image or a collection belongs to the frame if its `gid` says what it shows: equal gids promise that
    the same is shown. So do, on a page without axes, all but the words on top.
    """
    if figure.artists or figure.images or figure.patches or figure.legends or figure.lines:
        return None
    parts = [tuple(figure.get_size_inches()), figure.dpi, tuple(t.get_text() for t in figure.texts)]
    for ax in figure.axes:
        if ax.tables or ax.artists or (ax.patches and ax.axison):
            return None
        gids = tuple(artist.get_gid() for artist in (*ax.images, *ax.collections))
        if None in gids:
            return None
        if not ax.axison:
            still = set(ax.get_children()).difference(_moving(ax))
            parts.append((ax.get_position().bounds, ax.get_xlim(), ax.get_ylim(), gids, *_drawn(ax, still)))
            continue
        if not all(_simple_line(line) for line in ax.lines) or not all(map(_simple_text, ax.texts)):
            return None
        legend = ax.get_legend()
        parts.append((
            ax.get_position().bounds, ax.get_xlim(), ax.get_ylim(), ax.get_xscale(), ax.get_yscale(),
            ax.get_xlabel(), ax.get_ylabel(), *(ax.get_title(loc) for loc in ANCHORS),
            *(axis_ticks(axis) for axis in (ax.xaxis, ax.yaxis)),
            () if legend is None else tuple(text.get_text() for text in legend.get_texts()),
            gids,
        ))
    return tuple(parts)


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


def svg(figure: Figure, sentence: str) -> str:
    """Lines, round markers and words of every axes as an SVG the size of the figure."""
    width, height = (size * figure.dpi for size in figure.get_size_inches())
    drawn = []
    for number, ax in enumerate(figure.axes):
        box = ax.get_position()
        left, top = box.x0 * width, (1 - box.y1) * height
        clip = f"clip-{id(figure)}-{number}"
        moving = _moving(ax)
        lines = "".join(_line(line, height) for line in sorted(moving, key=Artist.get_zorder)
                        if isinstance(line, Line2D))
        words = "".join(_words(text, height) for text in moving if isinstance(text, Text))
        drawn.append(
            f'<clipPath id="{clip}"><rect x="{left:.1f}" y="{top - 4:.1f}" '
            f'width="{box.width * width + 4:.1f}" height="{box.height * height + 8:.1f}"/></clipPath>'
            f'<g clip-path="url(#{clip})">{lines}</g>{words}'
        )
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" role="img" '
        f'aria-label="{html.escape(sentence)}">{"".join(drawn)}</svg>'
    )


def _moving(ax: Axes) -> list[Artist]:
    """What the layer draws: lines and words; of a page without axes the words that lie on all else."""
    if ax.axison:
        return [*ax.lines, *ax.texts]
    top = max((artist.get_zorder() for artist in (*ax.patches, *ax.lines, *ax.images, *ax.collections)),
              default=0)
    return [text for text in ax.texts if text.get_zorder() > top and _simple_text(text)]


def _drawn(ax: Axes, still: Collection[Artist]) -> Iterator[tuple]:
    """What the frame of a page without axes shows, in numbers and words."""
    for patch in ax.patches:
        path = patch.get_path()
        yield (type(patch), path.vertices.tobytes(), None if path.codes is None else path.codes.tobytes(),
               patch.get_facecolor(), patch.get_edgecolor(), patch.get_linewidth(),
               str(patch.get_linestyle()), patch.get_zorder(), patch.get_alpha(),
               patch.get_patch_transform().frozen().get_matrix().tobytes())
    for line in ax.lines:
        yield (line.get_xydata().tobytes(), to_hex(line.get_color()), line.get_linewidth(), line.get_marker(),
               str(line.get_linestyle()), line.get_zorder(), line.get_alpha(), line.get_markersize(),
               str(line.get_markerfacecolor()), str(line.get_markeredgecolor()))
    for text in ax.texts:
        if text in still:
            box = text.get_bbox_patch()
            yield (text.get_text(), text.get_position(), text.get_fontsize(), to_hex(text.get_color()),
                   text.get_ha(), text.get_va(), text.get_rotation(), text.get_fontweight(),
                   text.get_zorder(),
                   None if box is None else (box.get_facecolor(), box.get_edgecolor(), box.get_linewidth()))


def _simple_line(line: Line2D) -> bool:
    nothing = ("None", "none", "", None)
    return (line.get_linestyle() in (*DASHES, *nothing) and line.get_marker() in ("o", *nothing)
            and line.get_drawstyle() == "default")


def _simple_text(text: Text) -> bool:
    return (type(text) is Text and "$" not in text.get_text() and "\n" not in text.get_text()
            and not text.get_rotation() and text.get_bbox_patch() is None)


def axis_ticks(axis) -> tuple:
    """Where the ticks are and what they say; numbers written by matplotlib follow from where they are."""
    places, formatter = axis.get_majorticklocs(), axis.get_major_formatter()
    plain = type(formatter) in (ScalarFormatter, LogFormatterSciNotation)
    return (*places, *(() if plain else formatter.format_ticks(places)))


def _line(line: Line2D, height: float) -> str:
    points = line.get_transform().transform(np.column_stack(line.get_data(orig=False)))
    points[:, 1] = height - points[:, 1]
    there = np.isfinite(points).all(axis=1)
    if not there.any() or not line.get_visible():
        return ""
    points = points.clip(-1e5, 1e5)
    scale = line.figure.dpi / 72
    look, drawn = f'opacity="{1 if line.get_alpha() is None else line.get_alpha()}"', ""
    if line.get_linestyle() in DASHES:
        thickness = line.get_linewidth() * scale
        dashes = " ".join(f"{thickness * part:.1f}" for part in DASHES[line.get_linestyle()])
        gaps = np.flatnonzero(np.diff(there)) + 1
        pieces = [piece for piece in np.split(points, gaps) if np.isfinite(piece).all()]
        path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in piece.tolist()) for piece in pieces)
        drawn += (f'<path d="{path}" fill="none" stroke="{to_hex(line.get_color())}" {look} '
                  f'stroke-width="{thickness:.2f}" stroke-dasharray="{dashes}" stroke-linejoin="round"/>')
    if line.get_marker() == "o":
        radius, fill = line.get_markersize() * scale / 2, line.get_markerfacecolor()
        fill = "none" if isinstance(fill, str) and fill == "none" else to_hex(fill)
        edge, edge_width = to_hex(line.get_markeredgecolor()), line.get_markeredgewidth() * scale
        look += f' r="{radius:.1f}" fill="{fill}" stroke="{edge}" stroke-width="{edge_width:.1f}"'
        drawn += "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" {look}/>' for x, y in points[there].tolist())
    return drawn


def _words(text: Text, height: float) -> str:
    x, y = text.get_transform().transform(text.get_position())
    size = text.get_fontsize() * text.figure.dpi / 72
    return (
        f'<text x="{x:.1f}" y="{height - y:.1f}" fill="{to_hex(text.get_color())}" font-size="{size:.1f}" '
        f'font-weight="{text.get_fontweight()}" font-family="DejaVu Sans, Verdana, sans-serif" '
        f'text-anchor="{ANCHORS[text.get_ha()]}" dominant-baseline="{BASELINES[text.get_va()]}">'
        f"{html.escape(text.get_text())}</text>"
    )
