"""A grid of switches under one's fingers."""

from collections.abc import Mapping

import ipywidgets as W
from traitlets import Unicode

from helpers.pictures import COLOURS

BEFORE, EACH = 147, 71.6      # of the picture's 1000 pixels: before a row, and from one switch to the next
NEXT = {"0": "½", "½": "1", "1": "0"}
LOOK = {"0": ("#FFFFFF", "black"), "½": ("#C8C8C8", "black"), "1": (COLOURS["quiet"], "black")}


class Switches(W.VBox):
    """A control for `explore`: rows of switches, each 0, ½ or 1; a click takes it to the next.

    `rows` are the switches at the start by what stands before them, for example {"i": "1000"}; the value is
    the rows as text, with spaces between.
    """

    value = Unicode()
    description = Unicode()

    def __init__(self, rows: Mapping[str, str]):
        texts = list(rows.values())
        if not texts or {len(text) for text in texts} - {len(texts[0])} or set("".join(texts)) - set(NEXT):
            raise ValueError(f"rows is {dict(rows)!r}, which cannot be used. All rows must have the same "
                             "length and contain only the marks 0, ½ and 1.")
        self._buttons = [[self._switch(mark, f"{name}, step {step}")
                          for step, mark in enumerate(text, 1)] for name, text in rows.items()]
        full, lines = W.Layout(width="100%"), []
        for name, buttons in zip(rows, self._buttons, strict=True):
            words = W.Label(name, layout=W.Layout(width=f"{BEFORE / 10}%", justify_content="flex-end",
                                                  margin="0", padding="0 8px 0 0"))
            lines.append(W.HBox([words, *buttons], layout=full))
        super().__init__(lines, value=" ".join(texts), layout=W.Layout(width="100%", max_width="1000px"))
        self.add_class("course-switches")

    def _switch(self, mark: str, tooltip: str) -> W.Button:
        button = W.Button(description=mark, tooltip=tooltip,
                          layout=W.Layout(width=f"calc({EACH / 10}% - 6px)", margin="1px 3px", padding="0"))
        _paint(button)
        button.on_click(self._turn)
        return button

    def _turn(self, button: W.Button) -> None:
        button.description = NEXT[button.description]
        _paint(button)
        self.value = " ".join("".join(b.description for b in row) for row in self._buttons)


def _paint(button: W.Button) -> None:
    button.style.button_color, button.style.text_color = LOOK[button.description]
