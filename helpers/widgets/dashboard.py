"""A dashboard: a plain object that holds controls and a view. Displayed, it is a widget where a
kernel runs, and its picture and sentence everywhere else.

Callbacks may arrive on another thread (JupyterLab's subshells), also while a cell runs. They set at most
other controls, and hand what there is to do to `Dashboard.later`: all other state and all drawing live on
the thread that ran the cell.
"""

import asyncio
import html
import time
import traceback
from collections import deque
from collections.abc import Callable, Coroutine, Hashable, Mapping

import ipywidgets as W
from IPython import get_ipython

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

REDRAWS_PER_SECOND = 20
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

# Open dashboards and live views, so that running a cell again can close the ones that it made before.
_open: set = set()


class Dashboard:
    """Controls above, a picture or a text and its sentence below.

    `show` puts a Picture or a text on the screen, `fail` an error; `later` runs a function on the
    cell's own thread, soon; `start` runs a coroutine beside the cells; `close` takes everything down.
    The controls stand in a row, or as `arranged`, a box that holds them all.

    Attributes:
        controls: the controls by name.
        shown: the picture or the text that `show` put there last.
        said: what stands in the status line, as plain text: the sentence of what is shown, or an error's.
        failed: whether that is an error.
    """

    def __init__(self, controls: Mapping[str, W.Widget], shown: Picture | ColouredText | str,
                 arranged: W.Widget | None = None):
        self.controls = dict(controls)
        self._loop = _running_loop()
        self._due: deque[Callable[[], None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task] = set()
        self._drawn = 0.0
        self._view, self._layer, self._text, self._status = W.HTML(), W.HTML(), W.HTML(), W.HTML()
        self._frame: Hashable | None = None
        for control in self.controls.values():
            _make_readable(control)
        self.box = W.VBox([W.HTML(STYLE), arranged or row(*self.controls.values()),
                           stack(self._view, self._layer), self._text, self._status])
        self.box.add_class("course-dashboard")
        self.show(shown)
        close_earlier(self)

    @property
    def live(self) -> bool:
        """Whether a loop runs here, as in a notebook; in a script or a test everything is done at once."""
        return self._loop is not None

    def values(self) -> dict:
        """The present value of every control that has one."""
        return {name: c.value for name, c in self.controls.items() if not isinstance(c, W.Button)}

    def show(self, shown: Picture | ColouredText | str) -> None:
        """Put a picture, or a text, on the screen; an earlier error goes."""
        if not isinstance(shown, Picture | ColouredText | str):
            raise TypeError(f"a dashboard shows a Picture or a str, but got {type(shown).__name__}: "
                            "let the function return a Picture")
        picture, text = (shown, shown.text) if isinstance(shown, Picture) else (None, shown)
        self._show_picture(picture)
        self._text.value = passage(text)
        self.shown = shown
        self._say(" ".join(part.sentence for part in (picture, text) if not isinstance(part, str | None)))

    def _say(self, sentence: str, note: str = "") -> None:
        """Put a sentence into the status line, behind a note in bold if there is one."""
        words = f"<b>{html.escape(note)}</b> {html.escape(sentence)}" if note else html.escape(sentence)
        self._status.value = f'<div class="course-status" role="status">{words}</div>'
        self.said, self.failed = f"{note} {sentence}" if note else sentence, False

    def _show_picture(self, picture: Picture | None) -> None:
        """Where only lines and words have moved since the last picture, send only those."""
        figure = picture and picture.figure
        frame = figure and frame_key(figure)
        if frame is None:
            self._view.value = image_html(figure, picture.png, picture.sentence) if figure else ""
            self._layer.value = ""
        else:
            if frame != self._frame:
                self._view.value = image_html(figure, frame_png(figure), "")
            self._layer.value = svg(figure, picture.sentence)
        self._frame = frame

    def fail(self, error: BaseException) -> None:
        """Show an error: one sentence, with the traceback folded under it."""
        sentence = str(error) or type(error).__name__
        if not isinstance(error, ValueError | TypeError | ArithmeticError | OSError) or not str(error):
            sentence = f"{type(error).__name__}: {error}"
        details = html.escape("".join(traceback.format_exception(error)))
        self._status.value = (
            f'<div class="course-error" role="alert"><b>This did not work.</b> {html.escape(sentence)}'
            f"<details><summary>Traceback</summary><pre>{details}</pre></details></div>"
        )
        self.said, self.failed = sentence, True

    def screen(self) -> str:
        """The HTML of the picture, of the layer over it and of the text below, as they are on the screen."""
        return self._view.value + self._layer.value + self._text.value

    def later(self, action: Callable[[], None]) -> None:
        """Run `action` on the cell's thread, soon; one that waits already is not run twice.

        Without a running loop (a script, a test) it runs at once and its errors are raised.
        """
        if self._loop is None:
            action()
        else:
            self._due.append(action)
            self._loop.call_soon_threadsafe(self._pace)

    def _pace(self) -> None:
        if self._timer is None:
            wait = self._drawn + 1 / REDRAWS_PER_SECOND - time.monotonic()
            self._timer = self._loop.call_later(max(0.0, wait), self._act)

    def _act(self) -> None:
        self._timer = None
        waiting = {}  # keeps its order; popping one by one loses nothing that another thread adds
        while self._due:
            waiting[self._due.popleft()] = True
        for action in waiting:
            try:
                action()
            except Exception as error:
                self.fail(error)
        self._drawn = time.monotonic()

    def start(self, work: Coroutine) -> asyncio.Task:
        """Run `work` beside the cells until it ends or this dashboard closes; an error in it is shown.

        To be called on the cell's own thread: in the cell, or in a function given to `later`.
        """
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.fail(task.exception())

    def close(self) -> None:
        """Take the dashboard down: nothing of it runs, reacts or is kept in the kernel any more."""
        _open.discard(self)
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        close_widgets(self.box)
        # A notebook keeps what a cell returned: let it not keep figures and controls with it.
        self.controls, self.shown = {}, str(self.shown)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        settings = ", ".join(f"{label(name)} = {value}" for name, value in self.values().items())
        bundle = {"text/html": passage(self.shown), "text/plain": self.shown} if isinstance(
            self.shown, str) else self.shown._repr_mimebundle_()
        if settings:
            bundle["text/plain"] += f"\n[{settings}]"
            bundle["text/html"] += f"<p>{html.escape(settings)}</p>"
        bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return bundle

    def __repr__(self) -> str:
        return f"Dashboard({', '.join(self.controls)})"


def close_widgets(box: W.Widget) -> None:
    """Close a box with everything in it."""
    pending = [box]
    while pending:
        widget = pending.pop()
        pending.extend(getattr(widget, "children", ()))
        widget.unobserve_all()
        for part in (getattr(widget, "layout", None), getattr(widget, "style", None)):
            if isinstance(part, W.Widget):
                part.close()
        widget.close()
        if isinstance(widget, W.Box):
            widget.children = ()


def row(*controls: W.Widget) -> W.Box:
    """Controls beside each other, in a new line where the page ends."""
    return W.Box(list(controls),
                 layout=W.Layout(flex_flow="row wrap", align_items="center", grid_gap="4px 24px"))


def stack(below: W.HTML, above: W.HTML) -> W.GridBox:
    """Two layers in the one cell of a grid, so that they lie on each other."""
    above.add_class("course-layer")
    for layer in (below, above):
        layer.layout.grid_area = "1 / 1"
    return W.GridBox([below, above])


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """The kernel's loop, when called from a cell; None in a script or a test."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _this_cell() -> tuple[str, int] | None:
    """Which cell runs, and in which run: its id where the front end tells it, or else its code; the count."""
    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    request = kernel.get_parent()
    cell = request.get("metadata", {}).get("cellId") or request.get("content", {}).get("code")
    return None if cell is None else (cell, shell.execution_count)


def open_views() -> list:
    """The dashboards and live views of this kernel that are open, in no order."""
    return list(_open)


def close_earlier(new) -> None:
    """Close what the same cell made when it ran before; `new`, which has a `close`, is kept in mind."""
    new._cell = _this_cell()
    for old in open_views():
        if new._cell and old._cell and old._cell[0] == new._cell[0] and old._cell[1] != new._cell[1]:
            _open.discard(old)
            old.close()
    _open.add(new)


def label(name: str) -> str:
    return name.replace("_", " ")


def _make_readable(control: W.Widget) -> None:
    """A label as long as it needs to be, and a slider wide enough to aim at."""
    if hasattr(control, "style") and hasattr(control.style, "description_width"):
        control.style.description_width = "initial"
    slider = isinstance(control, W.IntSlider | W.FloatSlider | W.FloatLogSlider | W.SelectionSlider)
    if slider and control.layout.width is None:
        control.layout.width, control.layout.max_width = "calc(29 * var(--jp-widgets-font-size))", "98%"
