"""What a dashboard, or `fit`, shows on the page: a picture or a text, and a sentence below it."""

import html
import re
import traceback
from collections.abc import Hashable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

import ipywidgets as W
from matplotlib.figure import Figure

from helpers.pictures import (
    STAGE,
    ColouredText,
    Picture,
    Point,
    Stage,
    for_lecture,
    frame_key,
    frame_png,
    image_html,
    passage,
    svg,
)

COLUMN = 57         # characters in a line of a text below its picture, in a lecture
LONG = 12           # lines of a text there; a longer one takes the larger part of a page, beside its picture
SMALL = Stage(5.8, 3.3)         # of a plot beside such a text
BESIDE = Stage(6.4, 5.6)        # of a plot beside something else
SHORT = 10          # lines of a text up to which a plot above it has the first of these heights
ABOVE, LOW = 3.7, 2.9       # hundreds of pixels; the first also above a coloured text
KEPT = 6            # frames that a view remembers, as a control goes to and fro between them
ARGUMENT = re.compile(r"(?!(It|There|This|That)\b)\w+(=| is | has )", re.IGNORECASE)    # of a function
VIEW = "application/vnd.jupyter.widget-view+json"


class Parts(NamedTuple):
    """The HTML of a picture's frame, of the layer over it, of the text, and of the line below."""

    frame: str
    layer: str
    text: str
    said: str


class View:
    """The widgets in which something is shown, to be put into a box.

    All is drawn for `stage`; by default the page decides, by whether it is in lecture mode.

    Attributes:
        picture, text, status: a picture in two layers; the text; the line below.
        lecture: an invisible switch by which the page tells whether it is in lecture mode.
        shown: what `show` was given last.
        said, failed: the status line as plain text, and whether that is an error.
        narrow: whether something else stands beside the picture.
    """

    def __init__(self, stage: Stage | None = None):
        self._image, self._layer, self.text, self.status = W.HTML(), W.HTML(), W.HTML(), W.HTML()
        self.picture, self.lecture = stack(self._image, self._layer), W.Checkbox(indent=False)
        for part, name in ((self.picture, "seen"), (self.text, "words"), (self.status, "said"),
                           (self.lecture, "lecturing")):
            part.add_class(f"course-{name}")
        self.lecture.value, self._fixed = stage is not None, stage
        self._frame: tuple[Hashable | None, ...] = ()
        self._frames: dict[Hashable, tuple[str, Hashable | None]] = {}      # by their keys, the latest last
        self.shown: Picture | ColouredText | str = ""
        self._beside: ColouredText | str = ""
        self.narrow = False
        self.said, self.failed, self._sentence = "", False, ""
        self._points: Sequence[Point | None] = ()

    def show(self, shown: Picture | ColouredText | str, note: str = "") -> None:
        """Put a picture or a text on the page, and its sentence, behind a `note` in bold."""
        if not isinstance(shown, Picture | ColouredText | str):
            raise TypeError(f"The function returned an object of type {type(shown).__name__}. It must "
                            "return a Picture or a string.")
        picture, text = (shown, shown.text) if isinstance(shown, Picture) else (None, shown)
        self.shown, self._beside = shown, text
        if picture and picture.again and (picture.stage is not None) != self.lecture.value:
            with self.drawing():
                picture = picture.again()
            self._beside = text = picture.text or text      # which may have been added to `shown` later
        if picture and picture.again and picture.stage not in (None, self._stage()):
            with for_lecture(self._stage()):            # its text leaves it another room
                picture = picture.again()
        self._show_picture(picture)
        points = self._pointing(picture)
        sentence = picture.sentence if picture else ""
        if isinstance(text, str):
            self.text.value = passage(text)
        else:
            self.text.value = text.html(len(points) + 1)
            before = len(f"{sentence} ".lstrip())
            points += [Point(before + start, before + end, ()) for start, end, _ in text.points]
            sentence = f"{sentence} {text.sentence}".lstrip()
        self.say(sentence, note, points)

    def drawing(self) -> AbstractContextManager[None]:
        """Make pictures in here for the page: large in lecture mode."""
        return for_lecture(self._stage() if self.lecture.value else None)

    def _stage(self) -> Stage:
        """What a plot is drawn for in a lecture, by the room that the text leaves."""
        if self._fixed:
            return self._fixed
        text = self._beside if isinstance(self.shown, Picture) else ""
        if self.narrow:
            return BESIDE
        if not isinstance(text, str):
            return Stage(STAGE.width, ABOVE)
        if not text:
            return STAGE
        lines = sum(1 + max(0, len(line) - 1) // COLUMN for line in text.split("\n"))
        return SMALL if lines > LONG else Stage(STAGE.width, ABOVE if lines <= SHORT else LOW)

    def turned(self) -> None:
        """Draw again after lecture mode was switched; the status line stays."""
        status = self.status.value, self.said, self.failed, self._sentence, self._points
        self.show(self.shown)
        self.status.value, self.said, self.failed, self._sentence, self._points = status

    def _show_picture(self, picture: Picture | None) -> None:
        """Where only lines and words have moved since the last picture, send only those."""
        figure = picture and picture.figure
        frame = figure and (picture.frame or frame_key(figure))
        if frame is None:
            image = figure and image_html(figure, picture.png, picture.sentence)
            self._image.value = drawn(figure, image) if figure else ""
            outlines = figure and picture.points and svg(figure, "", picture.points, whole=True)
            self._layer.value, self._frame = drawn(figure, outlines) if outlines else "", ()
        else:
            if frame not in self._frame:
                image, with_ticks = self._frames.pop(frame, None) or self._draw_frame(picture, figure)
                self._frames[frame] = image, with_ticks
                if len(self._frames) > KEPT:
                    del self._frames[next(iter(self._frames))]
                self._image.value, self._frame = image, (frame, with_ticks)
            self._layer.value = drawn(figure, svg(figure, picture.sentence, picture.points))

    def _draw_frame(self, picture: Picture, figure: Figure) -> tuple[str, Hashable | None]:
        """The HTML of a frame; and its key now that the figure, which was new, has ticks."""
        return drawn(figure, image_html(figure, frame_png(figure), "")), picture.frame or frame_key(figure)

    def _pointing(self, picture: Picture | None) -> list[Point | None]:
        """The points of a picture that is shown; None where the part isn't visible."""
        there = set(" ".join(re.findall(r' data-p="([^"]*)"', self._layer.value)).split())
        return [point if str(number) in there else None
                for number, point in enumerate(picture.points if picture else (), start=1)]

    def say(self, sentence: str, note: str = "", points: Sequence[Point | None] = ()) -> None:
        """Put a sentence into the status line, and the numbers of `points` at their words.

        The first of these words is a tab stop; page.js leads on to the others. The widget stays, because
        page.js has marked it as a status, whose changes a screen reader says.
        """
        words, at, tab = "", 0, 0
        for number, point in enumerate(points, start=1):
            if point:
                words += (f'{html.escape(sentence[at:point.start])}<span data-p="{number}" tabindex="{tab}">'
                          f"{html.escape(sentence[point.start:point.end])}</span>")
                at, tab = point.end, -1
        words = (f"<b>{html.escape(note)}</b> " if note else "") + words + html.escape(sentence[at:])
        self.status.value = f'<div class="course-status">{words}</div>'
        self.said, self.failed, self._sentence = f"{note} {sentence}" if note else sentence, False, sentence
        self._points = points

    def note(self, note: str) -> None:
        """Put another note before the present sentence."""
        self.say(self._sentence, note, self._points)

    def let_go(self) -> None:
        """Let go of figures and of what was drawn; the words stay."""
        self.shown, self._points = str(self.shown), ()
        self._frame, self._frames = (), {}
        for part in (self._image, self._layer, self.text):
            part.value = ""

    def fail(self, error: BaseException) -> None:
        """Show an error: one sentence, with the traceback folded under it."""
        sentence = str(error) or type(error).__name__
        if not isinstance(error, ValueError | TypeError | ArithmeticError | OSError) or not str(error):
            sentence = f"{type(error).__name__}: {error}"
        words = sentence if ARGUMENT.match(sentence) else sentence[0].upper() + sentence[1:]
        details = html.escape("".join(traceback.format_exception(error)))
        self.status.value = (
            f'<div class="course-error"><b>This did not work.</b> {html.escape(words)}'
            f"<details><summary>Traceback</summary><pre>{details}</pre></details></div>"
        )
        self.said, self.failed = sentence, True

    def parts(self) -> Parts:
        """The HTML of what is on the page."""
        return Parts(self._image.value, self._layer.value, self.text.value, self.status.value)

    def screen(self) -> str:
        """The HTML of the picture, of the layer over it and of the text."""
        return "".join(self.parts()[:3])


def widget_view(box: W.Widget) -> dict[str, dict]:
    """The part of a display bundle that shows the live widgets of `box`."""
    return {VIEW: {"version_major": 2, "version_minor": 0, "model_id": box.model_id}}


def set_class(box: W.DOMWidget, name: str, on: bool) -> None:
    """Give the box this CSS class, or take it away."""
    (box.add_class if on else box.remove_class)(name)


def drawn(figure: Figure, layer: str) -> str:
    """A layer of a picture, with what the page has to know to fit it in: the figure's size in pixels."""
    width, height = (round(size * figure.dpi) for size in figure.get_size_inches())
    return f'<div class="course-drawn" style="--course-w:{width};--course-h:{height}">{layer}</div>'


def stack(below: W.HTML, above: W.HTML) -> W.GridBox:
    """Two layers in the one cell of a grid, so that they lie on each other."""
    above.add_class("course-layer")
    for layer in (below, above):
        layer.layout.grid_area = "1 / 1"
    return W.GridBox([below, above])
