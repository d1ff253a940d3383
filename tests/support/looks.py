"""What a picture must keep to for the eye, and texts that a page must not obey: shared by the tests."""

import itertools

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from helpers.lessons.page_drawings import HEIGHT as PAPER
from helpers.pictures import Picture, for_lecture
from helpers.pictures.layout import NUMBER
from helpers.pictures.style import DPI

PAYLOADS = (
    "<script>window.pwned=1</script>", "<img src=x onerror='window.pwned=1'>", "</div></div><h1>out</h1>",
    "<svg onload=window.pwned=1>", '" onmouseover="window.pwned=1', "'><script>window.pwned=1</script>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'>", "<style>*{display:none}</style>",
    "<a href='javascript:window.pwned=1'>x</a>", "<!-- <p>",
    "&#60;script&#62;window.pwned=1&#60;/script&#62;",
    "\u202e</label><input autofocus onfocus=window.pwned=1>\x00",
)


def contrast_on_white(colour: str) -> float:
    """Contrast ratio as WCAG 2.1 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def assert_words_are_clear(picture: Picture) -> None:
    """The words of a drawing are on the page, large, and clear of each other, of nodes and of lines."""
    figure = picture.figure
    renderer = figure.canvas.get_renderer()
    (axes,) = figure.axes
    boxes = {text: text.get_window_extent(renderer) for text in axes.texts if text.get_text()}
    for text, box in boxes.items():
        assert text.get_fontsize() >= 14, text
        assert box.x0 >= 4 and box.x1 <= figure.bbox.x1 - 4, text
        assert box.y0 >= 0 and box.y1 <= figure.bbox.y1, text
    for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
        assert not a.overlaps(b), f"{one} lies on {other}"
    free = dict(boxes)
    for patch in axes.patches:
        if patch.get_label() == "node":
            node = patch.get_path().get_extents(patch.get_transform())
            for text, box in boxes.items():
                inside = node.x0 <= box.x0 and box.x1 <= node.x1 and node.y0 <= box.y0 and box.y1 <= node.y1
                assert inside or not node.overlaps(box), f"{text} sticks out of a node"
                if inside:
                    free.pop(text, None)
    for line in [*(patch for patch in axes.patches if patch.get_label() == "arrow"), *axes.lines]:
        path = line.get_path().transformed(line.get_transform())
        for text, box in free.items():
            assert not path.intersects_bbox(box, filled=False), f"a line crosses {text}"


SHOWN = 712         # pixels, how wide a picture is in a lecture of 1280 x 720, see test_browser.py
LEAST = 18          # pixels there, the least words
FREE = 3            # pixels of 1000 by which words may meet: the line of a number is higher than its digits


def assert_made_for_the_last_row(picture: Picture) -> None:
    """Drawn for a lecture, words are on the picture and large enough; those of a diagram have few sizes.

    There they also keep clear of each other. A page that is made for paper is left out.
    """
    if picture.again is None:
        return
    with for_lecture():
        large = picture.again()
    figure = large.figure
    figure.canvas.draw()
    renderer, page = figure.canvas.get_renderer(), figure.bbox
    diagram = figure.dpi == DPI and len(figure.axes) == 1
    sizes, words = set(), {}
    beyond = {tick.label1 for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)
              for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
              if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())}
    for text in figure.findobj(Text):
        if not (text.get_text().strip() and text.get_visible()) or text in beyond:
            continue
        box = text.get_window_extent(renderer)
        assert box.x0 >= page.x0 - 2 and box.x1 <= page.x1 + 2, f"cut at the side: {text.get_text()!r}"
        assert box.y0 >= page.y0 - 2 and box.y1 <= page.y1 + 2, f"cut above or below: {text.get_text()!r}"
        size = text.get_fontsize() * figure.dpi / 72 * SHOWN / page.width
        if page.width == 1000 and page.height != PAPER:
            assert size >= LEAST, f"{size:.1f} of 720 pixels: {text.get_text()!r}"
            sizes.add(size)
            words[text] = box
    if diagram:
        assert len(sizes) <= 3, f"words have {len(sizes)} sizes: {sorted(sizes)}"
        for (one, a), (other, b) in itertools.combinations(words.items(), 2):
            assert not a.padded(-FREE / 2).overlaps(b.padded(-FREE / 2)), f"{one} lies on {other}"


POINT, DENSE = 2.2, 1.2         # points: a line that is the point, 3 pixels of 1000; one of hundreds of jags
BAR = 8                         # from this width on a line is a bar


def curves(ax: Axes) -> list[Line2D]:
    """The lines of a plot that say something: no grid, no grey context, no faint run, no bar."""
    def says_something(line: Line2D) -> bool:
        red, green, blue, alpha = to_rgba(line.get_color(), line.get_alpha())
        grey = max(red, green, blue) - min(red, green, blue) < 0.05 and red > 0.2
        return (line.get_visible() and len(line.get_xdata(orig=False)) > 1 and alpha > 0.9 and not grey
                and line.get_linestyle() not in ("None", "none", "") and line.get_linewidth() < BAR)

    return [line for line in ax.lines if says_something(line)] if ax.axison else []


def too_thin(figure: Figure) -> list[str]:
    """Curves that a projector in daylight loses."""
    return [f"{len(line.get_xdata())} points in {line.get_color()} are joined {line.get_linewidth()} pt wide"
            for ax in figure.axes for line in curves(ax)
            if all(len(set(values)) > 1 for values in line.get_data())  # others are to compare with
            and line.get_linewidth() < (DENSE if len(line.get_xdata()) > 200 else POINT)]


def alike(figure: Figure) -> list[str]:
    """Plots in which colour alone tells curves apart: no dashes, no markers, no names at the ends, no legend.

    With the colours washed out to a contrast of 5 to 1 they are one.
    """
    found = []
    for ax in figure.axes:
        by_look: dict[tuple, set] = {}
        for line in curves(ax):
            dashes = str(line._unscaled_dash_pattern)       # matplotlib calls all of its own making "--"
            look = dashes, str(line.get_marker()), round(line.get_linewidth())
            by_look.setdefault(look, set()).add(to_rgba(line.get_color()))
        to_axes = ax.transAxes.inverted()
        names = sum(to_axes.transform(text.get_transform().transform(text.get_position()))[0] > 0.85
                    for text in ax.texts if text.get_text().strip())
        legend = ax.get_legend()
        named = names + (len(legend.get_texts()) if legend else 0)
        found += [f"{len(colours)} curves {look} differ in colour alone in {ax.get_title(loc='left')!r}"
                  for look, colours in by_look.items() if len(colours) > 1 and named < len(colours)]
    return found


def unnamed(figure: Figure) -> list[str]:
    """Axes with numbers that do not say what is counted and in which unit; plots without a title.

    One that shares the axis may name it, or words of the plot outside of it; numbers in a heat map, and ticks
    that are words, need no name. A title may be that of the plot above, or words or a legend there.
    """
    found = []
    plots = {ax: _outside(ax) for ax in figure.axes if ax.axison and ax.get_visible() and not ax.images}
    whole = any(text.get_text() for text in figure.texts)
    titled = [ax.bbox for ax, (_, above) in plots.items() if above or whole]
    for ax, (beside, _) in plots.items():
        ticks = {axis: [label.get_text() for label in axis.get_majorticklabels()
                        if label.get_visible() and label.get_text()] for axis in (ax.xaxis, ax.yaxis)}
        for axis, shared in ((ax.xaxis, ax.get_shared_x_axes()), (ax.yaxis, ax.get_shared_y_axes())):
            side = axis.axis_name
            named = [getattr(other, f"{side}axis").label.get_text() for other in shared.get_siblings(ax)]
            numbers = len(ticks[axis]) > 1 and all(map(NUMBER.search, ticks[axis]))
            if axis.get_visible() and numbers and not (any(named) or side in beside):
                found.append(f"the {side} axis of {ax.get_title(loc='left')!r} has no name")
        if any(ticks.values()) and not any(
                one.y0 >= ax.bbox.y0 and one.x0 < ax.bbox.x1 and ax.bbox.x0 < one.x1 for one in titled):
            found.append("a plot has no title")
    return found


def _outside(ax: Axes) -> tuple[str, bool]:
    """Which axes are named by words that stand outside of a plot, and whether there are some above it."""
    sides, legend = "", ax.get_legend()
    above = any(ax.get_title(loc=loc) for loc in ("left", "center", "right"))
    above |= legend is not None and legend.get_window_extent().y0 > ax.bbox.y1 - 1
    for text in ax.texts:
        x, y = ax.transAxes.inverted().transform(text.get_transform().transform(text.get_position()))
        if any(letter.isalpha() for letter in text.get_text()):
            sides += ("x" if y < 0 or y > 1 else "") + ("y" if x < 0 or y > 1 else "")
            above |= y > 1
    return sides, above


def not_finite(figure: Figure) -> list[str]:
    """What in a figure has a number that is infinite or none; a line may have single gaps, and end early."""
    bad = []
    for ax in figure.axes:
        if not np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all():
            bad.append("the limits of the axes")
        for line in ax.lines:
            x, y = (np.asarray(line.convert_xunits(part), dtype=float) for part in line.get_data(orig=False))
            if not len(x):  # a curve that has not begun
                continue
            gap = np.isnan(x) | np.isnan(y)
            last = len(gap) - np.argmin(gap[::-1])  # a curve may end before the others do
            if np.isinf([*x, *y]).any() or (gap[:last - 1] & gap[1:last]).any() or gap[:1].any():
                places = np.flatnonzero(~np.isfinite(x + y)).tolist()
                bad.append(f"a line of {len(y)} points is not finite at {places[:9]}")
        for mappable in (*ax.images, *ax.collections):
            array = mappable.get_array()
            if array is not None and not np.isfinite(np.ma.filled(array.astype(float), 0.0)).all():
                bad.append(f"the colours of {mappable}")
        for collection in ax.collections:
            if not all(np.isfinite(path.vertices).all() for path in collection.get_paths()):
                bad.append(f"the outline of {collection}")
        for patch in ax.patches:
            if not np.isfinite(patch.get_path().vertices).all():
                bad.append(f"{patch}")
        for text in (*ax.texts, *figure.texts):
            if not np.isfinite(np.asarray(text.get_position(), dtype=float)).all():
                bad.append(f"the place of {text.get_text()!r}")
    return bad


def too_pale(figure: Figure) -> list[str]:
    """Words on white whose contrast is below 4.5; those that may stand on something drawn are left out."""
    words = [*figure.texts]
    for ax in figure.axes:
        words += [ax.title, ax._left_title, ax._right_title, ax.xaxis.label, ax.yaxis.label]
        if not (ax.images or ax.patches or ax.collections or ax.tables or ax.artists):
            words += [*ax.texts, *(ax.get_legend().get_texts() if ax.get_legend() else ())]
    return [f"{text.get_text()!r} in {to_hex(text.get_color())}" for text in words
            if text.get_text().strip() and text.get_visible() and text.get_bbox_patch() is None
            and contrast_on_white(to_hex(text.get_color())) < 4.5]
