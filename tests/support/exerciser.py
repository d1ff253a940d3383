"""Move every control of a dashboard as a reader would, and look at all that it shows."""

import html
import re

import ipywidgets as W
import numpy as np
from looks import alike, assert_made_for_the_last_row, not_finite, too_pale, too_thin, unnamed

from helpers.pictures import ColouredText, Picture
from helpers.widgets import Switches
from helpers.widgets.laboratory.laboratory import Laboratory
from helpers.widgets.switches import NEXT

PLAY = "play or pause"      # a button whose work goes on beside the cells, where a loop runs
SLIDERS = (W.IntSlider, W.FloatSlider, W.BoundedIntText, W.BoundedFloatText)
MENU = 4                    # options that are all tried; of a longer menu the first, the last and some
ROUNDS = 12                 # of random settings in which a control has done something
NUMBER = r"−?\d+(?:,\d{3})*(?:\.\d+)?"
ITALIC = r"(?<!\*)\*(\w[^*]*)\*(?!\*)"
# "set *steps* to 50", "drag *lag* slowly from 5 up to 20", "with *k1* and *k2* at 25", "*cell* to *GRU*",
# "move *unit* to 22, 28 and 63", "set *run* to H", "*gates* 0 → 3"
SET = re.compile(
    rf"{ITALIC}(?: and {ITALIC})?(?:, which [^,.]*,)?(?: slowly)?(?: (?:up |down |back )?from ({NUMBER}))?"
    rf"(?: (?:up |down |back )?(?:to|at|of|=))? ({NUMBER}|(?<=to )[A-Z]\b|{ITALIC})"
    rf"((?:(?:, then|,| and| →)(?: to)? {NUMBER})*)"
    r"(?![\d,]*\d|[-\w%]| \*)")


def options_of(control: W.Widget) -> list:
    return [option[1] if isinstance(option, tuple) else option for option in control.options]


def ends(control: W.Widget) -> list:
    """Both ends of a slider, options of a menu, both states of a switch."""
    if isinstance(control, W.FloatLogSlider):
        return [control.base**control.min, control.base**control.max]
    if isinstance(control, SLIDERS):
        return [control.min, control.max]
    if isinstance(control, Switches):
        marks = control.value
        return [NEXT[marks[0]] + marks[1:], marks[:-1] + NEXT[marks[-1]]]
    if hasattr(control, "options"):
        possible = options_of(control)
        return possible if len(possible) <= MENU else [possible[0], possible[-1]]
    if isinstance(control.value, bool):
        return [not control.value, control.value]
    return [control.value[:-1], "", control.value]


def anywhere(control: W.Widget, rng: np.random.Generator):
    """A value that a reader may choose."""
    if isinstance(control, SLIDERS):
        steps = int((control.max - control.min) / control.step + 1e-9)
        return control.min + control.step * int(rng.integers(steps + 1))
    if isinstance(control, Switches):
        place = rng.choice([n for n, mark in enumerate(control.value) if mark in NEXT])
        return control.value[:place] + NEXT[control.value[place]] + control.value[place + 1:]
    possible = options_of(control) if hasattr(control, "options") else ends(control)
    return possible[rng.integers(len(possible))]


def put(control: W.Widget, value) -> None:
    """Move a control as a reader does: a slider in one go, switches one click at a time."""
    if not isinstance(control, Switches):
        control.value = value
        return
    for row, marks in zip(control._buttons, value.split(), strict=True):
        for button, mark in zip(row, marks, strict=True):
            while button.description != mark:
                button.click()


def exercise(dashboard, walks: int, seed: int = 0) -> None:
    """Move every control to its ends, press every button, and then move all of them to random values.

    Nothing may raise, and all that is shown can be read; every control changes the picture and the sentence;
    and with all controls back where they were, so is the sentence.
    """
    rng = np.random.default_rng(seed)
    movable = {name: c for name, c in dashboard.controls.items() if not isinstance(c, W.Button)}
    start, first = dashboard.values(), dashboard.shown
    idle = {name for name, control in movable.items() if len(set(map(repr, ends(control)))) > 1}
    silent = set(idle) if isinstance(first, Picture | ColouredText) else set()

    def move(settings: dict) -> None:
        before = state(dashboard)
        try:
            for name, value in settings.items():
                put(movable[name], value)
            dashboard.draw_now()
            if isinstance(dashboard, Laboratory):       # whose dials say how the next updates are made
                dashboard.run(updates=2)
        except ValueError as refused:       # half-typed text may be refused, in words that help
            if not all(isinstance(value, str) for value in settings.values()) or "give" not in str(refused):
                raise
            return
        if dashboard.failed and any(isinstance(value, str) for value in settings.values()) and (
                "give" in dashboard.said):
            return
        look(dashboard, f"after {settings}: {dashboard.values()}")
        if len(settings) == 1:
            after = state(dashboard)
            idle.difference_update(settings if after[0] != before[0] else ())
            silent.difference_update(settings if after[1] != before[1] else ())

    def everywhere() -> dict:
        return {name: anywhere(control, rng) for name, control in movable.items()}

    look(dashboard, "at the start")
    if isinstance(first, Picture):
        assert_made_for_the_last_row(first)
    for name, control in movable.items():
        for value in ends(control):
            move({name: value})
    for name, button in dashboard.controls.items():
        if isinstance(button, W.Button) and not (name == PLAY and dashboard.live):
            button.click()
            dashboard.draw_now()
            look(dashboard, f"after {name!r}")
    for _ in range(walks if movable else 0):
        move(everywhere())
        for name in rng.permutation(list(movable)).tolist()[:1]:
            move({name: anywhere(movable[name], rng)})
    for _ in range(ROUNDS):         # what does nothing beside the first values may do so beside others
        for name in sorted(idle | silent):
            move({other: value for other, value in everywhere().items() if other != name})
            for value in ends(movable[name]):
                move({name: value})
    for name, value in start.items():
        put(movable[name], value)
    dashboard.draw_now()
    assert not idle, f"{idle} never changed the picture"
    assert not silent, f"{silent} never changed the sentence"
    if movable and isinstance(first, Picture | ColouredText):
        assert dashboard.shown.sentence == first.sentence, "back at the start, another sentence"


def state(dashboard) -> tuple[str, str]:
    """What is on the screen, ids and sentences left out, and what it says."""
    page = re.sub(r' (id|alt|aria-label)="[^"]*"|url\([^)]*\)', "", dashboard.screen())
    return page, dashboard.said


def look(dashboard, when: str) -> None:
    """Whether a dashboard shows no error, and what it shows can be read."""
    folded = html.unescape(re.sub("<[^>]+>", "", dashboard.view.status.value.partition("<pre>")[2]))
    assert not dashboard.failed, f"{when}: {dashboard.said}\n{folded}"
    look_at(dashboard.shown, when)
    words = re.findall(r'<span data-p="(\d+)" tabindex="(-?\d)">', dashboard.view.status.value)
    parts = set(" ".join(re.findall(r' data-p="([^"]*)"', dashboard.view.screen())).split())
    assert {number for number, _ in words} == parts, f"{when}: words point at {words}, there are {parts}"


def look_at(shown, when: str) -> None:
    """Finite numbers, words that can be read, and a sentence that names no number which is none."""
    if isinstance(shown, Picture):
        for fault in (not_finite, too_pale, alike, too_thin, unnamed):
            assert (bad := fault(shown.figure)) == [], f"{when}: {bad}"
        if isinstance(shown.text, ColouredText):
            look_at(shown.text, when)
    if isinstance(shown, Picture | ColouredText):
        assert shown.sentence.strip(), f"{when}: nothing is said of the picture"
        assert not re.search(r"\bnan\b|\binf\b", shown.sentence), f"{when}: {shown.sentence}"


def told_to_set(text: str) -> list[tuple[str, str]]:
    """What the sentences of a text tell to set: the name of a control, and each value."""
    return [(what, value) for one, other, start, value, option, more in SET.findall(text)
            for what in filter(None, (one, other))
            for value in filter(None, (start, option or value, *re.findall(NUMBER, more)))]


def takes(control: W.Widget, value: str) -> bool:
    """Whether a control can be set to what a text names; words are let through where values are numbers."""
    number = float(value.replace(",", "").replace("−", "-")) if re.fullmatch(NUMBER, value) else None
    if hasattr(control, "options"):
        possible = [part for option in control.options
                    for part in (option if isinstance(option, tuple) else (option,))]
        labels = [one.partition(" (")[0] for one in possible if isinstance(one, str)]
        return number in possible or value in possible or value in labels or (number is None and not labels)
    if number is None or not isinstance(control, SLIDERS):
        return True
    steps = (number - control.min) / control.step
    return control.min <= number <= control.max and abs(steps - round(steps)) < 1e-6
