"""The look of the course: one colour per quantity, one way to show a figure.

A `Picture` is a matplotlib figure and one sentence that says, with its numbers, what the
figure shows. The sentence is the alt text, the status line of a dashboard, and what the
checks compare.
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
    """What pictures are made for, other than a desk.

    Attributes:
        width, height: of a plot, in hundreds of pixels. Without a height it has, in sizes of its type, a
            little less than on a desk.
        larger: its type and lines, beside those on a desk.
        narrow: whether plots that are beside each other on a desk stand one below another.
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
    """Colour and dashes, for `Axes.plot`, of so many curves of one kind: each differs in both."""
    shades = matrix_map()(np.linspace(0, 0.75, number))
    return [{"color": shade, "linestyle": look} for shade, look in zip(shades, cycle(DASHES), strict=False)]


def ink_on(ground: Sequence[float] | np.ndarray) -> str:
    """White or black, whichever is easier to read on a ground of this colour (red, green, blue, 0 to 1)."""
    return "white" if np.dot(ground[:3], (0.3, 0.59, 0.11)) < 0.5 else "black"


@contextmanager
def for_lecture(stage: Stage | None = STAGE) -> Iterator[None]:
    """Figures made in here are drawn for the last row, in large type and with thick lines.

    Plots have the size that the `stage` says, which may be a narrow page; diagrams keep their shape. Where it
    is None, figures are drawn for a desk.
    """
    before = _stage.set(stage)
    try:
        yield
    finally:
        _stage.reset(before)


def lecture_stage() -> Stage | None:
    """What pictures are made for at present; None where that is a desk."""
    return _stage.get()


def on_narrow_page() -> bool:
    """Whether pictures are made for a narrow page at present."""
    stage = lecture_stage()
    return stage is not None and stage.narrow


def styled(function: Callable) -> Callable:
    """Decorator: the function draws in the course's style and leaves other figures alone.

    A Picture that it returns can be drawn again, for a lecture or for a desk.
    """

    @wraps(function)
    def draw(*args, **kwargs):
        with mpl.rc_context(_style_settings()):
            made = function(*args, **kwargs)
            if isinstance(made, Picture):
                made.again = partial(draw, *args, **kwargs)
            if (stage := lecture_stage()) and isinstance(made, Picture | Figure):
                make_room(made.figure if isinstance(made, Picture) else made, stage.narrow)
        return made

    return draw


@cache
def _style_settings() -> Mapping[str, Any]:
    """What the style file says; read once, and not to be changed."""
    file = str(resources.files("helpers.pictures") / "course.mplstyle")
    return MappingProxyType(dict(mpl.rc_params_from_file(file, use_default_template=False)))


def new_figure(
    rows: int = 1, columns: int = 1, height: float = 5.0, width: float = WIDTH, free: bool = True, **grid
) -> tuple[Figure, Axes | np.ndarray]:
    """A figure that belongs to no window, with its axes; call it inside a `styled` function.

    Sizes are in inches. In a lecture it has another height, unless that is not `free`, and larger type.
    `grid` goes to `Figure.subplots`.
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
    """A figure and its axes as bytes, because to load them takes a quarter of the time that a new one takes.

    What is `wanted` comes with the settings, which decide how matplotlib makes the axes.
    """
    (rows, columns, size, dpi, grid), _ = pickle.loads(wanted)
    figure = Figure(figsize=size, dpi=dpi)
    return pickle.dumps((figure, figure.subplots(rows, columns, **grid)))


class Picture:
    """A figure, the sentence that says what it shows, and, if wanted, a passage of text below.

    The passage is a string, or the coloured text that `helpers.pictures.coloured_text` makes. Numbers in the
    sentence, and in the words of the figure, are set as `typeset` sets them: with a true minus and without e.

    Args:
        points: words of the sentence, from left to right, and of what in the figure they speak, as a mapping
            or as pairs: an artist of matplotlib or a `Place`, or several. In a dashboard that stands out
            where the words are touched.

    Attributes:
        points: where these words stand, and their parts.
        stage: what it was drawn for; None if that is a desk.
        again: draws it again, or None.
        frame: equal for pictures that differ only in what `svg` in `layers.py` draws, where who drew them
            vouches for it; None where that is to be found out by `frame_key`.

    Displayed, it is an image whose alt text is the sentence (``text/html``), the bare image for
    places that drop HTML (``image/png``), and titles and sentence (``text/plain``).

    >>> from helpers.lessons.lesson00 import fading_memory
    >>> fading_memory(weight=0.5, steps=3).sentence
    'A memory that starts at 1 and is multiplied by 0.50 at every step is 0.125 after 3 steps.'
    """

    def __init__(self, figure: Figure, sentence: str, text: str = "",
                 points: Points = ()):
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
        """The image with its alt text, and the passage below it, as HTML. All text is escaped."""
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
    """An image element of the figure's size that shrinks with the page."""
    width, height = (round(size * figure.dpi) for size in figure.get_size_inches())
    return (
        f'<img class="course-picture" width="{width}" height="{height}" decoding="sync" '
        f'style="max-width:100%;height:auto;background:#fff" alt="{html.escape(alt)}" '
        f'src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}">'
    )


def passage(text) -> str:
    """Text as an HTML block that keeps its lines; markup in it is shown, never obeyed.

    A coloured text has its own HTML; an empty text has none.
    """
    if not isinstance(text, str):
        return text.html()
    return text and (
        '<pre class="course-passage" style="white-space:pre-wrap;word-break:normal;overflow-wrap:break-word;'
        f'border-left:4px solid {COLOURS["quiet"]};padding-left:0.8em">{html.escape(text)}</pre>'
    )

