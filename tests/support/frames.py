"""What must not go unseen in a picture of two layers, and how one is compared with matplotlib's own.

The lists have what a review found, 58 changes of a frame that its key left unseen and thirteen things that
the layer drew otherwise than matplotlib, and their neighbours.
"""

import base64
import io
from collections.abc import Callable, Iterator

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredText
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedFormatter, FuncFormatter, NullFormatter, PercentFormatter
from PIL import Image, ImageFilter

from helpers.pictures import frame_png, new_figure, styled, svg

X = np.linspace(0.2, 1.8, 60)
Y = 1 + 0.7 * np.sin(5 * X)


@styled
def plot(*draws: Callable[[Axes], object]) -> Figure:
    """A figure with one curve, one word and what the functions draw."""
    figure, ax = new_figure(height=4)
    ax.set(xlim=(0, 2), ylim=(0, 2), xlabel="x", ylabel="y", title="A title")
    ax.plot(X, Y)
    ax.text(2.05, 1, "word")
    for draw in draws:
        draw(ax)
    return figure


# Changes of a frame: how it is before, or None where nothing need be done for it, and after.

def _set(**settings) -> Callable[[Axes], object]:
    return lambda ax: ax.set(**settings)


def _legend(**settings) -> Callable[[Axes], object]:
    return lambda ax: ax.legend(["curve"], **{"loc": "upper right", **settings})


def _legend_of(*looks: dict, **settings) -> Callable[[Axes], object]:
    return lambda ax: ax.legend([Line2D([], [], **look) for look in looks], "ab"[:len(looks)],
                                **{"loc": "upper right", **settings})


def _image(data=((0.0, 1.0), (2.0, 3.0)), **settings) -> Callable[[Axes], object]:
    settings = {"extent": (0, 2, 0, 2), "aspect": "auto", "cmap": "cividis", "gid": "map", **settings}
    return lambda ax: ax.imshow(data, **settings)


def _words(**settings) -> Callable[[Axes], object]:
    return lambda ax: ax.figure.text(**{"x": 0.5, "y": 0.02, "s": "below", **settings})


def _second(draw: Callable[[Axes], object] = lambda ax: None) -> Callable[[Axes], object]:
    def two(ax: Axes) -> None:
        ax.set_position([0.1, 0.2, 0.35, 0.6])
        draw(ax.figure.add_axes([0.6, 0.2, 0.35, 0.6]))
    return two


def _areas(**settings) -> Callable[[Axes], object]:
    return lambda ax: ax.fill_between(X, Y - 0.1, Y + 0.1, **{"gid": "band", **settings})


def _inset(colour: str) -> Callable[[Axes], object]:
    return lambda ax: ax.inset_axes((0.1, 0.1, 0.3, 0.3), facecolor=colour, gid="inset", zorder=0.5)


def _far(**settings) -> Callable[[Axes], object]:
    """Numbers of a million, told as an offset from it."""
    return lambda ax: (ax.set_xlim(1e6, 1e6 + 2),
                       ax.ticklabel_format(axis="x", **{"useOffset": 1e6, **settings}))


CHANGES: dict[str, tuple[Callable | None, Callable]] = {
    "title": (None, _set(title="another")),
    "title colour": (None, lambda ax: ax.set_title("A title", color="red")),
    "title size": (None, lambda ax: ax.set_title("A title", fontsize=25)),
    "title padding": (None, lambda ax: ax.set_title("A title", pad=20)),
    "title in the middle": (None, lambda ax: ax.set_title("B", loc="center")),
    "label": (None, _set(xlabel="z")),
    "label colour": (None, lambda ax: ax.set_xlabel("x", color="red")),
    "label size": (None, lambda ax: ax.set_ylabel("y", fontsize=25)),
    "label at the end": (None, lambda ax: ax.set_xlabel("x", loc="right")),
    "label further off": (None, lambda ax: ax.set_xlabel("x", labelpad=20)),
    "label by coordinates": (None, lambda ax: ax.yaxis.set_label_coords(-0.07, 0.4)),
    "label on the other side": (None, lambda ax: ax.yaxis.set_label_position("right")),
    "label bold": (None, lambda ax: ax.set_xlabel("x", weight="bold")),
    "limits": (None, _set(xlim=(0, 3))),
    "limits turned round": (None, _set(ylim=(2, 0))),
    "size of the figure": (None, lambda ax: ax.figure.set_size_inches(8, 4)),
    "position": (None, lambda ax: ax.set_position([0.2, 0.2, 0.6, 0.6])),
    "aspect": (None, _set(aspect="equal")),
    "anchor": (_set(aspect="equal"), _set(aspect="equal", anchor="W")),
    "box aspect": (None, lambda ax: ax.set_box_aspect(1)),
    "tick places": (None, _set(xticks=[0, 1])),
    "tick labels": (_set(xticks=[0, 1], xticklabels="ab"), _set(xticks=[0, 1], xticklabels="ba")),
    "tick label colour": (None, lambda ax: ax.tick_params(labelcolor="red")),
    "tick label size": (None, lambda ax: ax.tick_params(labelsize=8)),
    "tick label turned": (None, lambda ax: ax.tick_params(axis="x", labelrotation=45)),
    "one tick label bold": (None, lambda ax: ax.get_xticklabels()[1].set_fontweight("bold")),
    "one tick label away": (None, lambda ax: ax.xaxis.get_major_ticks()[1].label1.set_visible(False)),
    "ticks longer": (None, lambda ax: ax.tick_params(length=12)),
    "ticks of no length": (None, lambda ax: ax.tick_params(length=0)),
    "ticks inside": (None, lambda ax: ax.tick_params(direction="inout", length=12)),
    "ticks coloured": (None, lambda ax: ax.tick_params(color="red", width=3)),
    "ticks on top": (None, lambda ax: ax.xaxis.tick_top()),
    "ticks at the right": (None, lambda ax: ax.yaxis.tick_right()),
    "minor ticks": (None, lambda ax: ax.minorticks_on()),
    "minor labels": (lambda ax: ax.minorticks_on(),
                     lambda ax: (ax.minorticks_on(), ax.xaxis.set_minor_formatter("{x:.1f}"))),
    "format": (None, lambda ax: ax.xaxis.set_major_formatter("{x:.3f}")),
    "percent": (None, lambda ax: ax.xaxis.set_major_formatter(PercentFormatter(1))),
    "a function": (None, lambda ax: ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{3 * x:.0f}"))),
    "another function": tuple(
        lambda ax, times=times: ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{times * x:.0f}"))
        for times in (3, 4)),
    "fixed words": (_set(xticks=[0, 1, 2]), lambda ax: (ax.set_xticks([0, 1, 2]),
                                                        ax.xaxis.set_major_formatter(FixedFormatter("abc")))),
    "no words": (None, lambda ax: ax.xaxis.set_major_formatter(NullFormatter())),
    "offset": (_far(useOffset=False), _far(useOffset=1e6)),
    "offset colour": (_far(), lambda ax: (_far()(ax), ax.xaxis.get_offset_text().set_color("red"))),
    "grid": (None, lambda ax: ax.grid(True)),
    "grid above": (lambda ax: ax.grid(True), lambda ax: (ax.grid(True), ax.set_axisbelow(False))),
    "grid dashed": (lambda ax: ax.grid(True), lambda ax: ax.grid(True, linestyle="--", color="red")),
    "spine hidden": (None, lambda ax: ax.spines["left"].set_visible(False)),
    "spine shown": (None, lambda ax: ax.spines["top"].set_visible(True)),
    "spine coloured": (None, lambda ax: ax.spines["left"].set_color("red")),
    "spine moved": (None, lambda ax: ax.spines["left"].set_position(("data", 1))),
    "spine shorter": (None, lambda ax: ax.spines["left"].set_bounds(0.5, 1.5)),
    "spine behind": (_image(), lambda ax: (_image()(ax), ax.spines["left"].set_zorder(-1))),
    "face of the axes": (None, lambda ax: ax.set_facecolor("#ffeeee")),
    "face of the figure": (None, lambda ax: ax.figure.set_facecolor("#ffeeee")),
    "no frame": (None, lambda ax: ax.set_frame_on(False)),
    "axis away": (None, lambda ax: ax.xaxis.set_visible(False)),
    "axes away": (_second(), _second(lambda ax: ax.set_visible(False))),
    "words of the figure": (_words(), _words(s="other")),
    "their place": (_words(), _words(x=0.6)),
    "their colour": (_words(), _words(color="red")),
    "their angle": (_words(), _words(rotation=10)),
    "their font": (_words(), _words(family="serif")),
    "their style": (_words(), _words(style="italic")),
    "their box": (_words(), _words(bbox={"facecolor": "yellow"})),
    "title of all": (lambda ax: ax.figure.suptitle("All"), lambda ax: ax.figure.suptitle("All", x=0.3)),
    "legend": (_legend(), lambda ax: ax.legend(["other"], loc="upper right")),
    "legend elsewhere": (_legend(), _legend(loc="lower left")),
    "legend coloured": (_legend(), _legend(labelcolor="red")),
    "legend with a title": (_legend(), _legend(title="which")),
    "legend in a frame": (_legend(), _legend(frameon=True)),
    "legend in columns": (_legend_of({}, {}), _legend_of({}, {}, ncols=2)),
    "legend of other lines": (_legend_of({}), _legend_of({"color": "red", "linestyle": ":"})),
    "colour map": (_image(), _image(cmap="PuOr")),
    "colours from": (_image(), _image(vmin=-3)),
    "norm": (_image(), _image(norm=BoundaryNorm([0, 1, 2, 3], 256))),
    "image fainter": (_image(), _image(alpha=0.5)),
    "image hidden": (_image(), _image(visible=False)),
    "image smooth": (_image(), _image(interpolation="bilinear")),
    "image elsewhere": (_image(), _image(extent=(0, 1, 0, 2))),
    "image upside down": (_image(), _image(origin="lower")),
    "image of other data": (_image(), _image(((0.0, 1.0), (2.0, 2.0)))),
    "image of many numbers": (_image(np.eye(40)), _image(np.eye(40)[::-1])),
    "image with a hole": (_image(), _image(np.ma.masked_greater([[0.0, 1.0], [2.0, 3.0]], 2))),
    "area": (_areas(), _areas(color="red")),
    "area hatched": (_areas(), _areas(hatch="/")),
    "area elsewhere": (_areas(), lambda ax: ax.fill_between(X, Y - 0.1, Y + 0.2, gid="band")),
    "face of other axes": (_second(), _second(lambda ax: ax.set_facecolor("#ffeeee"))),
    "ticks of other axes": (_second(), _second(lambda ax: ax.set_xticks([]))),
    "a twin": (lambda ax: ax.twinx(), lambda ax: ax.twinx().tick_params(colors="red")),
    "an inset": (_inset("white"), _inset("#ffeeee")),
    "a second axis": (lambda ax: ax.secondary_xaxis("top"),
                      lambda ax: ax.secondary_xaxis("top").tick_params(colors="red")),
    "a subfigure": (None, lambda ax: ax.figure.subfigures(2, 1)[1].set_facecolor("#ffeeee")),
    "a box in the axes": (None, lambda ax: ax.add_artist(AnchoredText("box", loc="upper left"))),
    "a table": (None, lambda ax: ax.table([["a", "b"]])),
    "a patch": (None, lambda ax: ax.add_patch(mpl.patches.Circle((1, 1), 0.3))),
    "a patch of the figure": (None, lambda ax: ax.figure.add_artist(mpl.patches.Circle((0.5, 0.5), 0.1))),
    "a line of the figure": (None, lambda ax: ax.figure.add_artist(Line2D([0, 1], [0, 1]))),
    "scale": (None, _set(xscale="symlog")),
    "threshold of symlog": (lambda ax: ax.set_xscale("symlog", linthresh=0.1),
                            lambda ax: ax.set_xscale("symlog", linthresh=1)),
    "base of log": (lambda ax: ax.set(xlim=(1, 100), xscale="log"),
                    lambda ax: (ax.set(xlim=(1, 100)), ax.set_xscale("log", base=2))),
    "scale by functions": (None, lambda ax: ax.set_xscale("function", functions=(np.sqrt, np.square))),
    "layout": (None, lambda ax: ax.figure.set_layout_engine("tight")),
    "a sketch": (None, lambda ax: ax.spines["left"].set_sketch_params(3, 20, 5)),
    "an effect": (None, lambda ax: ax.set_title("A title", path_effects=[withStroke(linewidth=4)])),
}
# Every third in each run, and the one that alone sees a key without the words of a scale. Others are slow.
EACH_CHANGE = pytest.mark.parametrize("name", [
    pytest.param(name, marks=[pytest.mark.slow] * (number % 3 > 0 and name != "another function"))
    for number, name in enumerate(CHANGES)])
# Of these, one before or after is not drawn in two layers at all.
WHOLE = {"axes away", "legend in a frame", "a twin", "a second axis", "a subfigure", "a box in the axes",
         "a table", "a patch", "a patch of the figure", "a line of the figure", "layout", "grid above"}


# What moves, drawn otherwise than a plain line and plain words are.

def line(x=X, y=Y, **settings) -> Callable[[Axes], object]:
    return lambda ax: ax.plot(x, y, **{"linewidth": 5, **settings})


def words(**settings) -> Callable[[Axes], object]:
    return lambda ax: ax.text(0.3, 0.2, "Hm, 0.5", **{"fontsize": 40, **settings})


def _under(draw: Callable[[Axes], object], zorder: float) -> Callable[[Axes], object]:
    return lambda ax: (ax.imshow([[0.0, 1.0]], extent=(0, 2, 0, 2), aspect="auto", gid="map", zorder=zorder),
                       draw(ax))


def _under_axes(ax: Axes) -> None:
    line()(ax)
    ax.figure.add_axes([0.4, 0.3, 0.3, 0.4])


MOVING: dict[str, tuple[Callable, Callable]] = {        # each with what it would be if it went unseen
    "hidden words": (words(visible=False), words()),
    "faint words": (words(alpha=0.3), words()),
    "words of a faint colour": (words(color=(0, 0, 0, 0.3)), words()),
    "wrapped words": (lambda ax: ax.text(1.9, 0.2, "many words in a line", wrap=True, fontsize=40),
                      lambda ax: ax.text(1.9, 0.2, "many words in a line", fontsize=40)),
    "turned words": (words(rotation=20), words()),
    "slanted words": (words(style="italic"), words()),
    "words in another font": (words(family="serif"), words()),
    "words in two lines": (lambda ax: ax.text(0.3, 0.2, "Hm,\n0.5", fontsize=40), words()),
    "a formula": (lambda ax: ax.text(0.3, 0.2, "$h^2$", fontsize=40), words()),
    "words in a box": (words(bbox={"facecolor": "yellow"}), words()),
    "words with an outline": (words(path_effects=[withStroke(linewidth=6, foreground="red")]), words()),
    "words cut off": (lambda ax: ax.text(1.8, 0.2, "Hm, 0.5", fontsize=40, clip_on=True),
                      lambda ax: ax.text(1.8, 0.2, "Hm, 0.5", fontsize=40)),
    "blanks": (lambda ax: ax.text(0.3, 0.2, "  a     b", fontsize=40),
               lambda ax: ax.text(0.3, 0.2, "a b", fontsize=40)),
    "a hidden line": (line(visible=False), line()),
    "a faint line": (line(alpha=0.3), line()),
    "a line of a faint colour": (line(color=(0, 0, 1, 0.3)), line(color="blue")),
    "markers of a faint colour": (line(marker="o", markersize=20, markerfacecolor=(1, 0, 0, 0.3)),
                                  line(marker="o", markersize=20, markerfacecolor="red")),
    "every tenth marker": (line(marker="o", markersize=15, markevery=10), line(marker="o", markersize=15)),
    "half markers": (line(marker="o", markersize=20, fillstyle="left", markerfacecoloralt="red"),
                     line(marker="o", markersize=20)),
    "square markers": (line(marker="s", markersize=20), line(marker="o", markersize=20)),
    "triangular markers": (line(marker="^", markersize=20, markerfacecolor="white", markeredgewidth=3),
                           line(marker="^", markersize=20)),
    "small round markers": (line(marker=".", markersize=20), line(marker="o", markersize=20)),
    "crosses for markers": (line(marker="x", markersize=20), line(marker="o", markersize=20)),
    "own dashes": (line(linestyle=(0, (8, 2, 1, 2))), line(linestyle="--")),
    "dashes begun later": (line(linestyle=(4, (4, 4))), line(linestyle=(0, (4, 4)))),
    "coloured gaps": (line(linestyle="--", gapcolor="red"), line(linestyle="--")),
    "round ends": (line([0.5, 1.5], [1, 1], linewidth=40, solid_capstyle="round"),
                   line([0.5, 1.5], [1, 1], linewidth=40, solid_capstyle="butt")),
    "ends that reach out": (line([0.5, 1.5], [1, 1], linewidth=40, solid_capstyle="projecting"),
                            line([0.5, 1.5], [1, 1], linewidth=40, solid_capstyle="butt")),
    "sharp corners": (line([0.5, 1, 1.5], [0.5, 1.5, 0.5], linewidth=40, solid_joinstyle="miter"),
                      line([0.5, 1, 1.5], [0.5, 1.5, 0.5], linewidth=40)),
    "an effect": (line(path_effects=[withStroke(linewidth=15, foreground="red")]), line()),
    "steps": (line(drawstyle="steps"), line()),
    "a sketch": (lambda ax: line()(ax)[0].set_sketch_params(5, 50, 9), line()),
    "beyond the axes": (line([1, 3], [1, 1], clip_on=False), line([1, 3], [1, 1])),
    "a line under an image": (_under(line(zorder=1), 2.2), _under(line(zorder=3), 2.2)),
    "a line under an area": (lambda ax: (_areas(zorder=5)(ax), line()(ax)),
                             lambda ax: (_areas(zorder=1)(ax), line()(ax))),
    "a line under axes": (_under_axes, line()),
    "words under a line": (lambda ax: (words(zorder=1.8)(ax), line(X, 0.3 + 0 * X, linewidth=30)(ax)),
                           lambda ax: (words()(ax), line(X, 0.3 + 0 * X, linewidth=30)(ax))),
    "a line under words that came first": (
        lambda ax: (words(zorder=3)(ax), line(X, 0.3 + 0 * X, linewidth=30, zorder=3)(ax)),
        lambda ax: (line(X, 0.3 + 0 * X, linewidth=30, zorder=3)(ax), words(zorder=3)(ax))),
    "a line under a framed legend": (
        lambda ax: (line(X, 1 + 0 * X)(ax), ax.legend(["c"], loc="center", frameon=True)),
        lambda ax: (line(X, 1 + 0 * X)(ax), ax.legend(["c"], loc="center", frameon=True).set_zorder(1))),
    "a line under a grid": (lambda ax: (line(linewidth=30)(ax), ax.grid(True, linewidth=9, color="red"),
                                        ax.set_axisbelow(False)),
                            lambda ax: (line(linewidth=30)(ax), ax.grid(True, linewidth=9, color="red"))),
    "a legend that makes way": (
        lambda ax: (line()(ax), ax.legend(["curve"], loc="best", prop={"size": 30})),
        lambda ax: (line()(ax), ax.legend(["curve"], loc="center", prop={"size": 30}))),
}
# Of these, the layer draws some as matplotlib does; the others are left to matplotlib.
IN_THE_LAYER = {
    "hidden words", "faint words", "words of a faint colour", "words cut off", "blanks", "a hidden line",
    "a faint line", "a line of a faint colour", "markers of a faint colour", "own dashes",
    "square markers", "triangular markers", "small round markers",
    "dashes begun later", "round ends", "ends that reach out", "beyond the axes", "words under a line",
    "a line under words that came first"}


# Both layers in a browser.

ALIKE = 40          # pixels, of `differing`

def own_picture(figure: Figure) -> np.ndarray:
    """What matplotlib makes of all of a figure, (height, width, 3)."""
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()


def in_two_layers(page, figures: list[Figure]) -> Iterator[np.ndarray]:
    """What a page of a browser shows of the frame of each figure with the layer on it, (height, width, 3)."""
    fonts = "".join(f"@font-face {{ font-family: 'DejaVu Sans'; font-weight: {weight}; "
                    f"src: url(data:font/ttf;base64,{_coded(open(_font(weight), 'rb').read())}) }}"
                    for weight in ("normal", "bold"))
    page.set_content(f"<style>{fonts} body {{ margin: 0 }} div {{ position: relative; width: max-content }} "
                     "img, svg { display: block } svg { position: absolute; left: 0; top: 0 }</style>"
                     + "".join(f'<div><img src="data:image/png;base64,{_coded(frame_png(figure))}">'
                               f"{svg(figure, 'seen')}</div>" for figure in figures))
    page.evaluate("() => document.fonts.ready")
    for shown in page.locator("div").all():
        yield np.asarray(Image.open(io.BytesIO(shown.screenshot())).convert("RGB"))


def differing(one: np.ndarray, other: np.ndarray) -> int:
    """How many pixels of two pictures differ for an eye that does not see single ones.

    Words half a pixel elsewhere make a dozen, a number that is missing a hundred at least.
    """
    if one.shape != other.shape:
        return one.size
    soft = [np.asarray(Image.fromarray(part).filter(ImageFilter.BoxBlur(3)), int) for part in (one, other)]
    return int((np.abs(soft[0] - soft[1]).max(axis=2) > 50).sum())


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _font(weight: str) -> str:
    return findfont(FontProperties(family="DejaVu Sans", weight=weight))
