"""A dashboard: a plain object that holds controls and a view. Displayed, it is a widget where a
kernel runs, and its picture and sentence everywhere else.

Callbacks may arrive on another thread (JupyterLab's subshells), also while a cell runs. They set at most
other controls, and hand what there is to do to `Dashboard.later`: all other state and all drawing live on
the thread that ran the cell.
"""

import asyncio
import gc
import html
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import cache
from typing import Any

import ipywidgets as W
from IPython import get_ipython

from helpers.data import typeset
from helpers.pictures import ColouredText, Picture, passage
from helpers.widgets.page import page_part
from helpers.widgets.throttle import Pace
from helpers.widgets.view import View, widget_view
from helpers.widgets.visibility import Presence, running_loop

Cell = tuple[str, int]          # its id where the front end tells it, or else its code; and in which run


class Open:
    """The dashboards and live views that are open in this kernel, each with the run of its cell."""

    def __init__(self) -> None:
        self._cells: dict[Any, Cell | None] = {}

    def __iter__(self) -> Iterator:
        return iter(list(self._cells))

    def replace(self, cell: Cell | None, new) -> None:
        """Close what an earlier run of the same cell made, and remember `new`, which has a method `close`.

        What the method `leave` of the old one returns, if it has one, becomes ``new.left``.
        """
        for old, made in list(self._cells.items()):
            if cell and made and cell[0] == made[0] and cell[1] != made[1]:
                self.remove(old)
                if type(old) is type(new) and hasattr(old, "leave"):
                    new.left = old.leave() or new.left
                old.close()
        self._cells[new] = cell

    def remove(self, view) -> None:
        self._cells.pop(view, None)


open_views = Open()


class Dashboard:
    """Controls above, a picture or a text and its sentence below.

    The controls stand in a row, or as `arranged`, a box that holds them all. A dashboard in which something
    goes on beside the cells has a `presence`, to know whether it is seen.

    Attributes:
        before: the line above it about the question that it answers, or None.
        keeps: whether it writes down what a learner does.
        saved_sentence: what a saved notebook shows in its place, if not what it shows at present.
        left: what the cell's last run handed over, see `Open.replace`, or None.
    """

    keeps = False
    saved_sentence = ""
    left: Any = None

    def __init__(self, controls: Mapping[str, W.Widget], shown: Picture | ColouredText | str,
                 arranged: W.Widget | None = None, presence: Presence | None = None):
        self.controls = dict(controls)
        self._loop = running_loop()
        if self.live:
            freeze_imports()
        self._due: deque[Callable[[], None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task] = set()
        self._pace = Pace(follows=True)
        self.before = None
        self.view = View()
        self.view.lecture.value = in_lecture()
        for control in self.controls.values():
            _make_readable(control)
        panel = arranged or row(*self.controls.values())
        panel.add_class("course-controls")
        parts = [self.view.picture, self.view.text, self.view.status, self.view.lecture]
        self.box = W.VBox([page_part(), panel, *parts, *([presence.button] if presence else [])])
        self.box.add_class("course-dashboard")
        if self.keeps:
            self.box.add_class("course-keeps")
        self.show(shown)
        self.view.lecture.observe(lambda _: self.later(self.view.turned), names="value")
        open_views.replace(this_cell(), self)

    @property
    def live(self) -> bool:
        """Whether a loop runs, as in a notebook; in a script or a test everything is done at once."""
        return self._loop is not None

    def values(self) -> dict:
        """The present value of every control that has one."""
        return {name: c.value for name, c in self.controls.items() if not isinstance(c, W.Button)}

    @property
    def shown(self) -> Picture | ColouredText | str:
        """What `show` was given last."""
        return self.view.shown

    @property
    def said(self) -> str:
        """The status line as plain text: the sentence of what is shown, or an error."""
        return self.view.said

    @property
    def failed(self) -> bool:
        return self.view.failed

    def show(self, shown: Picture | ColouredText | str, note: str = "") -> None:
        """Put a picture or a text on the screen, with a `note` before its sentence."""
        self.view.show(shown, note)

    def screen(self) -> str:
        """The HTML of the picture, of the layer over it and of the text below."""
        return self.view.screen()

    def later(self, action: Callable[[], None]) -> None:
        """Run `action` on the cell's own thread, soon, once even if it waits twice.

        Without a running loop it runs at once, and its errors are raised.
        """
        if self._loop is None:
            action()
        else:
            self._due.append(action)
            self._loop.call_soon_threadsafe(self._act_in_time)

    def draw_now(self) -> None:
        """Do now what `later` was given, once a program has moved a control. Call it on the cell's thread."""
        while self._due:
            if self._timer is not None:
                self._timer.cancel()
            self._act()

    def _act_in_time(self) -> None:
        """At once where it is idle; in a flood after a rest."""
        if self._timer is None and self._due:
            wait = self._pace.wait()
            if wait <= 0:
                self._act()
            else:
                self._timer = self._loop.call_later(wait, self._act)

    def _act(self) -> None:
        self._timer = None
        self._pace.draw(self._do_what_waits)

    def _do_what_waits(self) -> None:
        waiting = {}  # keeps its order; popping one by one loses nothing that another thread adds
        while self._due:
            waiting[self._due.popleft()] = True
        for action in waiting:
            try:
                action()
            except Exception as error:
                self.view.fail(error)

    def start(self, work: Coroutine) -> asyncio.Task:
        """Run `work` beside the cells until it ends or this is closed. Call it on the cell's thread."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def offer(self, words: str, action: Callable[[], None], row: W.Box | None = None) -> None:
        """Put a button for one press in front of what is in `row`, by default of all controls."""
        row = row or self.box.children[1]
        button = make_button(words, "forward")

        def act() -> None:
            if button in row.children:
                row.children = tuple(control for control in row.children if control is not button)
                close_widgets(button)
                action()

        button.on_click(lambda _: self.later(act))
        row.children = (button, *row.children)

    def _ended(self, task: asyncio.Task) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.view.fail(task.exception())

    def close(self) -> None:
        """Take it down: nothing of it runs, reacts or is kept in the kernel any more."""
        open_views.remove(self)
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        close_widgets(self.box)
        # A notebook keeps what a cell returned: let it not keep figures and controls with it.
        self.controls = {}
        self.view.let_go()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        settings = ", ".join(f"{label(name)} = {value if isinstance(value, str) else typeset(str(value))}"
                             for name, value in self.values().items())
        bundle = {"text/html": passage(self.shown), "text/plain": self.shown} if isinstance(
            self.shown, str) else self.shown._repr_mimebundle_()
        if settings:
            bundle["text/plain"] += f"\n[{settings}]"
            bundle["text/html"] += f"<p>{html.escape(settings)}</p>"
        if self.saved_sentence:
            bundle |= {"text/plain": self.saved_sentence,
                       "text/html": f'<p class="course-words">{self.saved_sentence}</p>'}
        return bundle | widget_view(self.box)

    def __repr__(self) -> str:
        return f"Dashboard({', '.join(self.controls)})"


@cache
def freeze_imports() -> None:
    """Tell the garbage collector to ignore all objects that exist by now, once in a kernel.

    Searching the some 100,000 from imports would stop a control for a tenth of a second every few pictures.
    """
    gc.collect(1)
    gc.freeze()


def everything_in(box: W.Widget) -> Iterator[W.Widget]:
    """A box with everything in it."""
    yield box
    for widget in getattr(box, "children", ()):
        yield from everything_in(widget)


def close_widgets(box: W.Widget) -> None:
    """Close a box with everything in it."""
    for widget in list(everything_in(box)):
        widget.unobserve_all()
        for part in (getattr(widget, "layout", None), getattr(widget, "style", None)):
            if isinstance(part, W.Widget):
                part.close()
        widget.close()
        if isinstance(widget, W.Box):
            widget.children = ()


def make_button(words: str, icon: str = "", kind: type[W.DOMWidget] = W.Button, **more) -> Any:
    """A button, or one that stays pressed (`W.ToggleButton`), as wide as its words."""
    return kind(description=words, icon=icon, layout=W.Layout(width="auto"), **more)


def row(*controls: W.Widget) -> W.Box:
    """Controls beside each other, in a new line where the page ends."""
    return W.Box(list(controls),
                 layout=W.Layout(flex_flow="row wrap", align_items="center", grid_gap="4px 24px"))


def this_cell() -> Cell | None:
    """The cell that runs; None without a kernel."""
    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    request = kernel.get_parent()
    cell = request.get("metadata", {}).get("cellId") or request.get("content", {}).get("code")
    return None if cell is None else (cell, shell.execution_count)


def in_lecture() -> bool:
    """Whether the page is in lecture mode, as far as an open dashboard knows; a new one begins so."""
    return any(view.view.lecture.value for view in open_views if isinstance(view, Dashboard))


def label(name: str) -> str:
    return name.replace("_", " ")


def _make_readable(control: W.Widget) -> None:
    """A label as long as it needs to be, a slider wide enough to aim at, its stops with true minus signs."""
    if hasattr(control, "style") and hasattr(control.style, "description_width"):
        control.style.description_width = "initial"
    slider = isinstance(control, W.IntSlider | W.FloatSlider | W.FloatLogSlider | W.SelectionSlider)
    if slider and control.layout.width is None:
        control.layout.width, control.layout.max_width = "calc(29 * var(--jp-widgets-font-size))", "98%"
    if isinstance(control, W.SelectionSlider):
        control.add_class("course-stops")
        pairs = [option if isinstance(option, tuple) else (str(option), option) for option in control.options]
        typeset_pairs = [(typeset(words), value) for words, value in pairs]
        if typeset_pairs != pairs:
            value = control.value
            control.options = typeset_pairs
            control.value = value
