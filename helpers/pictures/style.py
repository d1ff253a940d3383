"""The look of the course: one colour per quantity, one way to show a figure.

All that draws uses it. A `Picture` is a matplotlib figure and one sentence that says, with its numbers, what
the figure shows. The sentence is the alt text, and the status line of a dashboard.
"""

import base64
import html
import pickle
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property, lru_cache, partial, wraps
from importlib import resources
from itertools import cycle
from types import MappingProxyType
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import Colormap
from matplotlib.figure import Figure

from helpers.data import typeset
from helpers.pictures.highlights import Points, find_points
from helpers.pictures.layout import make_room
from helpers.pictures.numbers import typeset_figure
from helpers.pictures.png import rasterise

# Okabe and Ito's colours, which people with colour-blindness can tell apart; one per quantity.
COLOURS = {
    "x": "#56B4E9",         # sky blue: inputs
    "h": "#009E73",         # green: hidden state
    "c": "#CC79A7",         # purple: cell state of the LSTM
    "y": "#E69F00",         # orange: scores, probabilities, outputs
    "gradient": "#D55E00",  # vermillion: anything that flows backward
    "loss": "#000000",      # black
    "heldout": "#0072B2",   # blue: measured on text kept out of training
    "quiet": "#8A8A8A",     # grey: earlier runs, frames, what is not the point
}
# The same hues, dark enough for words on white (contrast of at least 4.5 to 1).
TEXT_COLOURS = {
    "x": "#1B6E9E",
    "h": "#00704F",
    "c": "#9C3F72",
    "y": "#8F5F00",
    "gradient": "#B04A00",
    "loss": "#000000",
    "heldout": "#005C91",
    "quiet": "#5C5C5C",
}
LINE_STYLES = {"train": "-", "heldout": "--", "chance": ":", "other": "-."}
DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (10, 3)))

FORMULAS = RendererAgg(1, 1, 100).mathtext_parser       # for all figures: it remembers what it has laid out

WIDTH = 10.0  # inches, at 100 dots per inch: 1000 pixels wide on a projector
DPI = 100
# In a lecture a picture is 712 pixels wide in a window of 1280 x 720, and what is read there has 18 at least.
LARGER = 1.302      # type and lines of a plot, beside those on a desk, where 14 points are the least
READ = 18.4         # points, the words of a diagram, all but those that stand out on a desk too,
LARGE = 20          # with so many points or more


class Stage(NamedTuple):
    """What pictures are made for, other than a desk: how large plots are there.

    Width and height are in hundreds of pixels; a height of None is a little less than on a desk, in sizes of
    type. Type and lines are so many times `larger` than there. Where it is `narrow`, plots that are beside
    each other on a desk stand one below another.
    """

    width: float
    height: float | None
    larger: float = LARGER
    narrow: bool = False


STAGE = Stage(WIDTH, 5.6)       # of a lecture: what a wide and low window has beside the controls
# A phone shows it in 330 pixels at least, and of paper it has a third: there the least words have 13 pixels
# and 7 points.
NARROW = Stage(6.0, None, 6.0 / 4.9, narrow=True)
FLAT, LOWER = 0.88, 0.75    # of its height has a plot on a narrow page; one that was beside another
_stage: ContextVar[Stage | None] = ContextVar("stage", default=None)


def matrix_map() -> Colormap:
    """The colour map for matrices of one sign."""
    return mpl.colormaps["cividis"]


def signed_map() -> Colormap:
    """The diverging colour map for signed matrices: centre it on 0 with ``vmin=-m, vmax=m``."""
    return mpl.colormaps["PuOr_r"]


def several_looks(number: int) -> list[dict[str, Any]]:
    """Colours and dashes, for `Axes.plot`, of several curves of one kind."""
    shades = matrix_map()(np.linspace(0, 0.75, number))
    return [{"color": shade, "linestyle": look} for shade, look in zip(shades, cycle(DASHES), strict=False)]


def ink_on(ground: Sequence[float] | np.ndarray) -> str:
    """White or black, whichever is easier to read on this colour (red, green, blue, 0 to 1)."""
    return "white" if np.dot(ground[:3], (0.3, 0.59, 0.11)) < 0.5 else "black"


@contextmanager
def for_lecture(stage: Stage | None = STAGE) -> Iterator[None]:
    """Draw the figures made in here for a lecture, or another `stage`; None is a desk.

    Plots get large type, thick lines and the size that the stage says; diagrams keep their shape.
    """
    before = _stage.set(stage)
    try:
        yield
    finally:
        _stage.reset(before)


def lecture_stage() -> Stage | None:
    """What pictures are made for at present; None is a desk."""
    return _stage.get()


def on_narrow_page() -> bool:
    stage = lecture_stage()
    return stage is not None and stage.narrow


def styled(function: Callable) -> Callable:
    """Decorator: the function draws in the course's style; its Picture can be drawn for another stage."""
    @wraps(function)
    def draw(*args, **kwargs):
        with mpl.rc_context(_style_settings()):
            drawing = function(*args, **kwargs)
            if isinstance(drawing, Picture):
                drawing.again = partial(draw, *args, **kwargs)
            if (stage := lecture_stage()) and isinstance(drawing, Picture | Figure):
                make_room(drawing.figure if isinstance(drawing, Picture) else drawing, stage.narrow)
        return drawing

    return draw


@cache
def _style_settings() -> Mapping[str, Any]:
    """The style file, read once."""
    file = str(resources.files("helpers.pictures") / "course.mplstyle")
    return MappingProxyType(dict(mpl.rc_params_from_file(file, use_default_template=False)))


def new_figure(
    rows: int = 1, columns: int = 1, height: float = 5.0, width: float = WIDTH, free: bool = True, **grid
) -> tuple[Figure, Axes | np.ndarray]:
    """A figure that belongs to no window, with its axes; call it inside a `styled` function.

    Sizes are in inches. If they are `free`, a lecture changes them, and makes type larger. `grid` goes to
    `Figure.subplots`.
    """
    larger, stage = 1.0, lecture_stage()
    if free and stage:
        larger = stage.larger
        width, height = stage.width, stage.height or height * larger * (LOWER if columns > 1 else FLAT)
    wanted = rows, columns, (width / larger, height / larger), DPI * larger, grid
    figure, axes = pickle.loads(_empty_figure(pickle.dumps((wanted, dict.copy(mpl.rcParams)))))
    _Canvas(figure)
    return figure, axes


class _Canvas(FigureCanvasAgg):
    """Lays out formulas by what all figures remember. Where only lines move, it is never drawn on."""

    def get_renderer(self) -> RendererAgg:
        renderer = super().get_renderer()
        renderer.mathtext_parser = FORMULAS
        return renderer


@lru_cache(maxsize=32)
def _empty_figure(wanted: bytes) -> bytes:
    """A figure and its axes as bytes: loading them takes a quarter of the time of making new ones.

    `wanted` includes the settings, because they decide how matplotlib makes the axes.
    """
    (rows, columns, size, dpi, grid), _ = pickle.loads(wanted)
    figure = Figure(figsize=size, dpi=dpi)
    return pickle.dumps((figure, figure.subplots(rows, columns, **grid)))


class Picture:
    """A figure, the sentence that says what it shows, and, if wanted, a passage of text below.

    The passage is a string or a `ColouredText`. Numbers in the sentence and in the figure are `typeset`.
    ``points`` pairs words of the sentence, from left to right, with what they speak of in the figure: one or
    several artists or `Place`s. In a dashboard these stand out when the words are touched.

    Attributes:
        points: where these words stand, and their parts.
        stage: what it was drawn for; None is a desk.
        again: draws it again, or None.
        frame: given by whoever draws it, equal for pictures that differ only in what `svg` in `layers.py`
            draws; None where `frame_key` has to find that out.

    >>> from helpers.lessons.lesson00 import fading_memory
    >>> fading_memory(weight=0.5, steps=3).sentence
    'A memory that starts at 1 and is multiplied by 0.50 at every step is 0.125 after 3 steps.'
    """

    def __init__(self, figure: Figure, sentence: str, text: str = "", points: Points = ()):
        if not sentence.strip():
            raise ValueError("sentence is empty: say in one sentence what the figure shows")
        self.figure = figure
        typeset_figure(figure)
        self.sentence = typeset(" ".join(sentence.split()))
        pairs = points.items() if isinstance(points, Mapping) else points
        self.points = find_points(self.sentence, [(typeset(words), parts) for words, parts in pairs])
        self.text = text
        self.stage = lecture_stage()
        self.again: Callable[[], Picture] | None = None
        self.frame: Hashable | None = None

    @cached_property
    def png(self) -> bytes:
        """The figure as a PNG of at most 64 colours: 10 to 25 kB."""
        return rasterise(self.figure)

    def html(self) -> str:
        """The image with its alt text, and the passage below it, as HTML."""
        return image_html(self.figure, self.png, self.sentence) + passage(self.text)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        titles = [ax.get_title("left") or ax.get_title() for ax in self.figure.axes]
        plain = "\n".join([*filter(None, titles), self.sentence])
        return {
            "text/html": self.html(),
            "image/png": base64.b64encode(self.png).decode("ascii"),
            "text/plain": plain + (f"\n\n{self.text}" if self.text else ""),
        }

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        return f"Picture({self.sentence!r})"


def image_html(figure: Figure, png: bytes, alt: str) -> str:
    """An image element that shrinks with the page."""
    width, height = (round(size * figure.dpi) for size in figure.get_size_inches())
    return (
        f'<img class="course-picture" width="{width}" height="{height}" decoding="sync" '
        f'style="max-width:100%;height:auto;background:#fff" alt="{html.escape(alt)}" '
        f'src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}">'
    )


def passage(text) -> str:
    """A text as HTML that keeps its lines, markup escaped; a coloured text has its own HTML."""
    if not isinstance(text, str):
        return text.html()
    return text and (
        '<pre class="course-passage" style="white-space:pre-wrap;word-break:normal;overflow-wrap:break-word;'
        f'border-left:4px solid {COLOURS["quiet"]};padding-left:0.8em">{html.escape(text)}</pre>'
    )

