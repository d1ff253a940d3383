"""Controls over pictures: a dashboard for any function that draws."""

import inspect
from collections.abc import Callable, Mapping

import ipywidgets as W

from helpers.pictures import ColouredText, Picture
from helpers.widgets.dashboard import Dashboard, label, make_button
from helpers.widgets.page import set_lecture_mode
from helpers.widgets.question import Before

LECTURE_MODE_OFF = "Lecture mode is off. Text is back to its usual size."
LECTURE_MODE_ON = "Lecture mode is on. Text is large in every notebook in this browser."


def explore(draw: Callable[..., Picture | ColouredText], after: str = "", **controls) -> Dashboard:
    """Show `draw(**values)`, a Picture or a coloured text, and draw it again whenever a control moves.

    A control is an ipywidgets control, or a short form: ``(low, high)`` or ``(low, high, step)`` for a
    slider, a list for a menu, a bool for a switch, a string for a text box. It starts at the default of
    `draw`, if there is one. Until the question `after`, such as "02.all-weights-zero", is answered or
    skipped, a line above asks whether to choose first.

    >>> from helpers.lessons.lesson00 import fading_memory
    >>> explore(fading_memory, weight=(-1.2, 1.2, 0.05), steps=(1, 50))
    Dashboard(weight, steps)
    """
    return follow(draw, make_controls(draw, controls), after)


def make_controls(draw: Callable, controls: Mapping) -> dict[str, W.Widget]:
    """An ipywidgets control for each argument of `draw` that is named, short forms spelt out."""
    defaults = {name: p.default for name, p in inspect.signature(draw).parameters.items()}
    by_name = {}
    for name, wanted in controls.items():
        control = wanted
        if not isinstance(wanted, W.Widget):
            control = W.interactive.widget_from_abbrev(wanted, defaults.get(name, inspect.Parameter.empty))
            if control is None:
                raise TypeError(f"{name}={wanted!r} cannot be made into a control. Use (low, high, step), a "
                                "list of choices, True or False, a string, or an ipywidgets control.")
        if not control.description:
            control.description = label(name)
        by_name[name] = control
    return by_name


def follow(draw: Callable[..., Picture | ColouredText], controls: Mapping[str, W.Widget],
           after: str = "") -> Dashboard:
    """A dashboard that shows `draw` of its controls' values, buttons left out; `after` as of `explore`."""
    values = {name: c.value for name, c in controls.items() if not isinstance(c, W.Button)}
    dashboard = Dashboard(controls, draw(**values))
    if after:
        dashboard.before = Before(dashboard, after)

    def redraw():
        with dashboard.view.drawing():
            shown = draw(**dashboard.values())
        dashboard.show(shown)

    for name in values:
        controls[name].observe(lambda _: dashboard.later(redraw), names="value")
    return dashboard


def lecture_mode() -> Dashboard:
    """A switch for large type in every notebook of this browser, as each dashboard has one in its corner.

    Large type lasts until it is switched off, also after the page is reloaded or the kernel restarted.
    """
    switch = make_button("Lecture mode", "search-plus", W.ToggleButton)
    dashboard = Dashboard({"lecture_mode": switch}, LECTURE_MODE_OFF)

    def turn():
        dashboard.show(LECTURE_MODE_ON if switch.value else LECTURE_MODE_OFF)
        dashboard.view.text.value += set_lecture_mode(switch.value)

    def turned():           # by a key, or by the button of another dashboard
        switch.value = dashboard.view.lecture.value

    switch.observe(lambda _: dashboard.later(turn), names="value")
    dashboard.view.lecture.observe(lambda _: dashboard.later(turned), names="value")
    turned()
    return dashboard
