"""Controls over pictures.

A dashboard is a plain object that holds controls and a view. Displayed, it is a widget where a
kernel runs, and its picture and sentence everywhere else.

Callbacks may arrive on another thread (JupyterLab's subshells). They only note that something
changed; all state and all drawing live on the thread that ran the cell.
"""

import asyncio
import html
import inspect
import time
import traceback
import weakref
from collections.abc import Callable, Hashable, Mapping

import ipywidgets as W
from IPython import get_ipython

from helpers.layers import frame_key, frame_png, svg
from helpers.style import COLOURS, TEXT_COLOURS, Picture, image_html, passage

REDRAWS_PER_SECOND = 20
LECTURE_MODE_OFF = "Lecture mode is off: type has its usual size."
VIEW = "application/vnd.jupyter.widget-view+json"

STYLE = f"""<style>
.course-dashboard {{ --jp-widgets-font-size: 16px; --jp-widgets-inline-height: 34px; background: #fff;
  color: #000; padding: 6px 10px; border-left: 4px solid {COLOURS["quiet"]}; overflow: hidden }}
.course-dashboard .widget-label, .course-dashboard .widget-readout {{ color: #000 }}
.course-status {{ font-size: 17px; line-height: 1.45; max-width: 1000px; color: {TEXT_COLOURS["loss"]} }}
.course-error {{ font-size: 17px; line-height: 1.45; max-width: 1000px; padding: 8px 12px;
  border-left: 6px solid {COLOURS["gradient"]}; color: {TEXT_COLOURS["gradient"]} }}
.course-error pre, .course-passage {{ font-size: 16px; line-height: 1.4; color: #000 }}
.course-layer svg {{ display: block; max-width: 100%; height: auto }}
</style>"""

# Open dashboards, so that running a cell again can close the ones that it made before.
_open: "weakref.WeakSet[Dashboard]" = weakref.WeakSet()


class Dashboard:
    """Controls above, picture and its sentence below.

    `show` puts a Picture or a text on the screen, `fail` an error; `later` runs a function on the
    cell's own thread, bursts merged into one; `close` takes everything down.
    """

    def __init__(self, controls: Mapping[str, W.Widget], shown: Picture | str):
        self.controls = dict(controls)
        self._loop = _running_loop()
        self._cell = _this_cell()
        self._due: Callable[[], None] | None = None
        self._drawn = 0.0
        self._view, self._layer, self._status = W.HTML(), W.HTML(), W.HTML()
        self._frame: Hashable | None = None
        for control in self.controls.values():
            _make_readable(control)
        row = W.Box(list(self.controls.values()),
                    layout=W.Layout(flex_flow="row wrap", align_items="center", grid_gap="4px 24px"))
        self.box = W.VBox([W.HTML(STYLE), row, stack(self._view, self._layer), self._status])
        self.box.add_class("course-dashboard")
        self.show(shown)
        _close_earlier(self)

    def values(self) -> dict:
        """The present value of every control that has one."""
        return {name: c.value for name, c in self.controls.items() if not isinstance(c, W.Button)}

    def show(self, shown: Picture | str) -> None:
        """Put a picture, or a text, on the screen; an earlier error goes."""
        if isinstance(shown, Picture):
            status = shown.sentence
            self._show_picture(shown)
        elif isinstance(shown, str):
            self._view.value, self._layer.value, self._frame, status = passage(shown), "", None, ""
        else:
            raise TypeError(f"a dashboard shows a Picture or a str, but got {type(shown).__name__}: "
                            "let the function return a Picture")
        self.shown = shown
        self._status.value = f'<div class="course-status" role="status">{html.escape(status)}</div>'

    def _show_picture(self, picture: Picture) -> None:
        """Where only lines and words have moved since the last picture, send only those."""
        figure = picture.figure
        frame = None if picture.text else frame_key(figure)
        if frame is None:
            self._view.value, self._layer.value = picture.html(), ""
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

    def later(self, action: Callable[[], None]) -> None:
        """Run `action` on the cell's thread, soon; a burst of calls runs the last one only.

        Without a running loop (a script, a test) it runs at once and its errors are raised.
        """
        if self._loop is None:
            action()
            return
        waiting, self._due = self._due is not None, action
        if not waiting:
            self._loop.call_soon_threadsafe(self._pace)

    def _pace(self) -> None:
        wait = self._drawn + 1 / REDRAWS_PER_SECOND - time.monotonic()
        self._loop.call_later(max(0.0, wait), self._act)

    def _act(self) -> None:
        action, self._due = self._due, None
        if action is None:
            return
        try:
            action()
        except Exception as error:
            self.fail(error)
        self._drawn = time.monotonic()

    def close(self) -> None:
        """Take the dashboard down: nothing of it reacts or is kept in the kernel any more."""
        self._due = None
        _open.discard(self)
        pending: list[W.Widget] = [self.box]
        while pending:
            widget = pending.pop()
            pending.extend(getattr(widget, "children", ()))
            widget.unobserve_all()
            for part in (getattr(widget, "layout", None), getattr(widget, "style", None)):
                if isinstance(part, W.Widget):
                    part.close()
            widget.close()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        settings = ", ".join(f"{_label(name)} = {value}" for name, value in self.values().items())
        shown = self.shown if isinstance(self.shown, Picture) else None
        bundle = shown._repr_mimebundle_() if shown else {
            "text/html": passage(self.shown), "text/plain": self.shown}
        if settings:
            bundle["text/plain"] += f"\n[{settings}]"
            bundle["text/html"] += f"<p>{html.escape(settings)}</p>"
        bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return bundle

    def __repr__(self) -> str:
        return f"Dashboard({', '.join(self.controls)})"


def stack(below: W.HTML, above: W.HTML) -> W.GridBox:
    """Two layers in the one cell of a grid, so that they lie on each other."""
    above.add_class("course-layer")
    for layer in (below, above):
        layer.layout.grid_area = "1 / 1"
    return W.GridBox([below, above])


def explore(draw: Callable[..., Picture], **controls) -> Dashboard:
    """Show `draw(**values)` and draw it again whenever a control moves.

    `draw` is an ordinary function that returns a Picture. A control is an ipywidgets control, or a
    short form: ``(low, high)`` or ``(low, high, step)`` for a slider, a list for a menu, a bool for a
    switch, a string for a text box; where `draw` has a default for that argument, it starts there.

    >>> explore(fading_memory, weight=(-1.2, 1.2, 0.05), steps=(1, 50))
    """
    defaults = {name: p.default for name, p in inspect.signature(draw).parameters.items()}
    made = {}
    for name, control in controls.items():
        if not isinstance(control, W.Widget):
            wanted = control
            control = W.interactive.widget_from_abbrev(wanted, defaults.get(name, inspect.Parameter.empty))
            if control is None:
                raise TypeError(f"{name}={wanted!r} is no control: give (low, high, step), a list of "
                                "choices, True or False, a string, or an ipywidgets control")
        if not control.description:
            control.description = _label(name)
        made[name] = control
    values = {name: control.value for name, control in made.items()}
    dashboard = Dashboard(made, draw(**values))

    def changed(change):
        dashboard.later(lambda: dashboard.show(draw(**dashboard.values())))

    for control in made.values():
        control.observe(changed, names="value")
    return dashboard


def on_press(label: str, compute: Callable[[], Picture | str], shown: Picture | str) -> Dashboard:
    """A button that runs `compute` and shows what it returns; `shown` is there until then.

    For what differs from one computer to the next: versions, measured times, a run of one's own.
    """
    button = W.Button(description=label, layout=W.Layout(width="auto"))
    dashboard = Dashboard({label: button}, shown)
    button.on_click(lambda _: dashboard.later(lambda: dashboard.show(compute())))
    return dashboard


def lecture_mode() -> Dashboard:
    """A switch for large type in every notebook of this browser tab: text, code, controls."""
    switch = W.ToggleButton(value=False, description="Lecture mode", icon="search-plus",
                            layout=W.Layout(width="auto"))
    dashboard = Dashboard({"lecture_mode": switch}, LECTURE_MODE_OFF)
    large = (
        "<style>.jp-Notebook, .jp-OutputArea { --jp-content-font-size1: 21px; --jp-code-font-size: 20px; "
        "--jp-ui-font-size1: 18px } .course-dashboard { --jp-widgets-font-size: 22px; "
        "--jp-widgets-inline-height: 44px } .course-status, .course-error, .course-passage "
        "{ font-size: 24px !important; max-width: none } .course-picture { width: 100% }</style>"
    )

    def changed(change):
        def turn():
            on = switch.value
            dashboard.show("Lecture mode is on: type is large." if on else LECTURE_MODE_OFF)
            if on:
                dashboard._view.value += large
        dashboard.later(turn)

    switch.observe(changed, names="value")
    return dashboard


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """The kernel's loop, when called from a cell; None in a script or a test."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _this_cell() -> tuple[str, int] | None:
    """Which cell runs, and in which run: its id where the front end tells it, and the count."""
    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    cell = kernel.get_parent().get("metadata", {}).get("cellId")
    return None if cell is None else (cell, shell.execution_count)


def _close_earlier(new: Dashboard) -> None:
    """Close what the same cell made when it ran before."""
    for old in list(_open):
        if new._cell and old._cell and old._cell[0] == new._cell[0] and old._cell[1] != new._cell[1]:
            old.close()
    _open.add(new)


def _label(name: str) -> str:
    return name.replace("_", " ")


def _make_readable(control: W.Widget) -> None:
    """A label as long as it needs to be, and a slider wide enough to aim at."""
    if hasattr(control, "style") and hasattr(control.style, "description_width"):
        control.style.description_width = "initial"
    slider = isinstance(control, W.IntSlider | W.FloatSlider | W.FloatLogSlider | W.SelectionSlider)
    if slider and control.layout.width is None:
        control.layout.width = "470px"
