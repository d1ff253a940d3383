"""What is seen of a dashboard or of a training: a picture or a text, and a sentence below it."""

import html
import traceback
from collections.abc import Hashable

import ipywidgets as W

from helpers.pictures import (
    COLOURS,
    TEXT_COLOURS,
    ColouredText,
    Picture,
    frame_key,
    frame_png,
    image_html,
    passage,
    svg,
)

VIEW = "application/vnd.jupyter.widget-view+json"

# What the controls lack: a name for the handle of a slider, for a screen reader to say; and JupyterLab is to
# leave a menu its arrow keys.
ON_ARRIVAL = """const root = this.closest('.course-dashboard');
const complete = () => {
  root.querySelectorAll('.widget-slider .noUi-handle').forEach(handle => handle.setAttribute('aria-label',
    handle.closest('.widget-slider').querySelector('.widget-label').textContent));
  root.querySelectorAll('select').forEach(menu => menu.setAttribute('data-lm-suppress-shortcuts', ''));
};
new MutationObserver(complete).observe(root, {childList: true, subtree: true});
complete();"""

STYLE = f"""<style onload="{ON_ARRIVAL}">
.course-dashboard {{ --jp-widgets-font-size: 16px; --jp-widgets-inline-height: 34px; background: #fff;
  color: #000; padding: 6px 10px; border-left: 4px solid {COLOURS["quiet"]}; overflow: hidden }}
.course-dashboard .widget-label, .course-dashboard .widget-readout {{ color: #000 }}
.course-status {{ font-size: 17px; line-height: 1.45; max-width: 1000px; color: {TEXT_COLOURS["loss"]} }}
.course-error {{ font-size: 17px; line-height: 1.45; max-width: 1000px; padding: 8px 12px;
  border-left: 6px solid {COLOURS["gradient"]}; color: {TEXT_COLOURS["gradient"]} }}
.course-error pre, .course-dashboard .course-passage {{ font-size: 16px; line-height: 1.4; color: #000;
  overflow-wrap: anywhere !important }}
.course-layer svg {{ display: block; max-width: 100%; height: auto }}
@media (prefers-reduced-motion: reduce) {{
  .course-dashboard * {{ transition: none !important; animation: none !important }}
}}
</style>"""


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
        self._frame: Hashable | None = None
        self.shown: Picture | ColouredText | str = ""
        self.said, self.failed = "", False

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
            self._image.value = image_html(figure, picture.png, picture.sentence) if figure else ""
            self._layer.value = ""
        else:
            if frame != self._frame:
                self._image.value = image_html(figure, frame_png(figure), "")
            self._layer.value = svg(figure, picture.sentence)
        self._frame = frame

    def say(self, sentence: str, note: str = "") -> None:
        """Put a sentence into the status line."""
        words = f"<b>{html.escape(note)}</b> {html.escape(sentence)}" if note else html.escape(sentence)
        self.status.value = f'<div class="course-status" role="status">{words}</div>'
        self.said, self.failed = f"{note} {sentence}" if note else sentence, False

    def fail(self, error: BaseException) -> None:
        """Show an error: one sentence, with the traceback folded under it."""
        sentence = str(error) or type(error).__name__
        if not isinstance(error, ValueError | TypeError | ArithmeticError | OSError) or not str(error):
            sentence = f"{type(error).__name__}: {error}"
        details = html.escape("".join(traceback.format_exception(error)))
        self.status.value = (
            f'<div class="course-error" role="alert"><b>This did not work.</b> {html.escape(sentence)}'
            f"<details><summary>Traceback</summary><pre>{details}</pre></details></div>"
        )
        self.said, self.failed = sentence, True

    def screen(self) -> str:
        """The HTML of the picture, of the layer over it and of the text, as they are on the page."""
        return self._image.value + self._layer.value + self.text.value


def stack(below: W.HTML, above: W.HTML) -> W.GridBox:
    """Two layers in the one cell of a grid, so that they lie on each other."""
    above.add_class("course-layer")
    for layer in (below, above):
        layer.layout.grid_area = "1 / 1"
    return W.GridBox([below, above])
