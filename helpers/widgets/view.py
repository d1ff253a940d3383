"""What is seen of a dashboard or of a training: a picture or a text, and a sentence below it."""

import html
import traceback
from collections.abc import Hashable

import ipywidgets as W
from matplotlib.figure import Figure

from helpers.pictures import (
    ColouredText,
    Furniture,
    Picture,
    frame_key,
    frame_png,
    image_html,
    passage,
    svg,
)

VIEW = "application/vnd.jupyter.widget-view+json"


class View:
    """The parts of the page in which something is shown. They are widgets, to be put into a box.

    Attributes:
        picture, text, status: the parts: a picture in two layers; the text; the line below.
        shown: the picture or the text that `show` put there last.
        said: what stands in the status line, as plain text: the sentence of what is shown, or an error's.
        failed: whether that is an error.
    """

    def __init__(self):
        self._image, self._layer, self.text, self.status = W.HTML(), W.HTML(), W.HTML(), W.HTML()
        self.picture = stack(self._image, self._layer)
        for part, name in ((self.picture, "seen"), (self.text, "words"), (self.status, "said")):
            part.add_class(f"course-{name}")
        self._frame: Hashable | None = None
        self._furniture = Furniture()
        self.shown: Picture | ColouredText | str = ""
        self.said, self.failed, self._sentence = "", False, ""

    def show(self, shown: Picture | ColouredText | str, note: str = "") -> None:
        """Put a picture, or a text, on the page, and its sentence, behind a `note` in bold if there is one.

        An earlier error goes.
        """
        if not isinstance(shown, Picture | ColouredText | str):
            raise TypeError(f"a dashboard shows a Picture or a str, but got {type(shown).__name__}: "
                            "let the function return a Picture")
        picture, text = (shown, shown.text) if isinstance(shown, Picture) else (None, shown)
        self._show_picture(picture)
        self.text.value = passage(text)
        self.shown = shown
        sentences = [part.sentence for part in (picture, text) if not isinstance(part, str | None)]
        self.say(" ".join(sentences), note)

    def _show_picture(self, picture: Picture | None) -> None:
        """Where only lines and words have moved since the last picture, send only those."""
        figure = picture and picture.figure
        frame = figure and frame_key(figure)
        if frame is None:
            png = figure and self._furniture.png(figure)
            self._image.value = drawn(figure, image_html(figure, png, picture.sentence)) if figure else ""
            self._layer.value = ""
        else:
            if frame != self._frame:
                self._image.value = drawn(figure, image_html(figure, frame_png(figure), ""))
            self._layer.value = drawn(figure, svg(figure, picture.sentence))
        self._frame = frame

    def say(self, sentence: str, note: str = "") -> None:
        """Put a sentence into the status line.

        The part of the page that holds the line stays, for page.js has told whoever reads it aloud that it is
        a status: what changes there is heard.
        """
        words = f"<b>{html.escape(note)}</b> {html.escape(sentence)}" if note else html.escape(sentence)
        self.status.value = f'<div class="course-status">{words}</div>'
        self.said, self.failed, self._sentence = f"{note} {sentence}" if note else sentence, False, sentence

    def note(self, note: str) -> None:
        """Put another note before the sentence that was said last."""
        self.say(self._sentence, note)

    def fail(self, error: BaseException) -> None:
        """Show an error: one sentence, with the traceback folded under it."""
        sentence = str(error) or type(error).__name__
        if not isinstance(error, ValueError | TypeError | ArithmeticError | OSError) or not str(error):
            sentence = f"{type(error).__name__}: {error}"
        details = html.escape("".join(traceback.format_exception(error)))
        self.status.value = (
            f'<div class="course-error"><b>This did not work.</b> {html.escape(sentence)}'
            f"<details><summary>Traceback</summary><pre>{details}</pre></details></div>"
        )
        self.said, self.failed = sentence, True

    def screen(self) -> str:
        """The HTML of the picture, of the layer over it and of the text, as they are on the page."""
        return self._image.value + self._layer.value + self.text.value


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
