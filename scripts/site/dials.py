"""The controls of a notebook's dashboard as a page has them: each with all its values, in words."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ipywidgets as W

from helpers.data import typeset
from helpers.widgets.switches import NEXT

TOO_MANY = 2000         # values of a control, or of all together, each alone


class TooMany(ValueError):
    """There are more settings than can be played; the text says where, how many, and what to do."""


@dataclass
class Dial:
    """A control on the page; a "mark" is one of a `row` of switches."""

    name: str                   # by which a link finds it
    label: str                  # what is written beside it
    kind: str                   # "slider", "menu", "switch", "button" or "mark"
    words: list[str]            # its values as they are written
    start: int = 0              # the number of the value that it has at first
    turn: Callable[[int], None] = lambda number: None   # takes the control to a value
    row: str = ""

    def for_page(self) -> dict:
        told = {"name": self.name, "label": self.label, "kind": self.kind, "words": self.words,
                "start": self.start}
        return told | ({"row": self.row} if self.row else {})


def dials_of(name: str, control: W.Widget, texts: Mapping[str, list[str]]) -> list[Dial]:
    """What a page has for a control: nothing for a button, a dial for each switch of a grid.

    For a control into which text is typed, `texts` has what can be chosen instead.

    Raises TooMany for a slider with too many values, and ValueError where there is no choice of texts.
    """
    if isinstance(control, W.Button):
        return []
    if not isinstance(control, W.ValueWidget):
        return switches(name, control)
    kind, values = "menu", []
    if hasattr(control, "options"):
        pairs = [part if isinstance(part, tuple) else (part, part) for part in control.options]
        words, values = [str(label) for label, _ in pairs], [value for _, value in pairs]
        kind = "slider" if isinstance(control, W.SelectionSlider) else "menu"
    elif isinstance(control.value, bool):
        kind, values, words = "switch", [False, True], ["off", "on"]
    elif isinstance(control, W.Text):
        values = words = list(dict.fromkeys([control.value, *texts.get(name, [])]))
        if len(values) == 1:
            raise ValueError(f"{name}: any text can be typed; name some in the cell's metadata, for example "
                             f'"play": {{"{name}": ["a", "b"]}}')
    else:
        kind, values = "slider", steps_of(control)
        look = getattr(control, "readout_format", "d")
        words = [typeset(format(value, look)) for value in values]

    def turn(number: int) -> None:
        control.value = values[number]

    return [Dial(name, control.description, kind, words, nearest(values, control.value), turn)]


def nearest(values: Sequence, value) -> int:
    """The number of a value; of a fraction the nearest, for steps that add up differ in the last digit."""
    if value in values:
        return values.index(value)
    return min(range(len(values)), key=lambda number: abs(values[number] - value))


def steps_of(slider) -> list:
    """All values of a slider, as whole numbers where it has them."""
    count = math.floor((slider.max - slider.min) / slider.step + 1e-6) + 1
    if count > TOO_MANY:
        raise TooMany(f"the slider {slider.description!r} has {count:,} values, and the site takes "
                      f"{TOO_MANY:,}: give it a larger step, or a list of values")
    steps = [slider.min + number * slider.step for number in range(count)]
    if isinstance(slider, W.FloatLogSlider):
        return [slider.base**step for step in steps]
    return [round(step, 10) for step in steps] if isinstance(slider, W.FloatSlider) else steps


def switches(name: str, grid: W.Box) -> list[Dial]:
    marks, made = list(NEXT), []
    for row in grid.children:
        words, *buttons = row.children
        for place, button in enumerate(buttons, 1):
            def turn(number: int, button: W.Button = button) -> None:
                while button.description != marks[number]:
                    button.click()

            made.append(Dial(f"{name}-{words.value}{place}", button.tooltip, "mark", marks,
                             marks.index(button.description), turn, words.value))
    return made
