"""What each kind of dashboard puts on the page as it opens: its controls, their ranges and looks, in words.

tests/widgets/described.txt keeps it, so that a change of a range or of a width can be read.
"""

import html
import os
import re
from collections.abc import Iterator
from unittest import mock

import ipywidgets as W
from common import char_model
from described import ROOT

from helpers.data import Vocabulary, course_corpus
from helpers.lessons.lesson00 import fading_memory
from helpers.runs import CorpusTraining
from helpers.widgets import (
    Switches,
    button,
    course_map,
    explore,
    hide_questions,
    laboratory,
    lecture_mode,
    live_runs,
    predict,
    reflect,
    restore_notebook,
    self_test,
    stepper,
    take_home_button,
    warm_up,
)
from helpers.widgets.dashboard import open_views
from helpers.widgets.progress import _Bar
from helpers.widgets.train_view import _Live
from helpers.widgets.view import VIEW


def _all_kinds(size=2, rate=0.5, kind="b", on=True, name="text", scale=-0.1, gates="", weight=1.0) -> str:
    return "A text."


def _in_pieces():
    yield 0.5
    return "done"


PANELS = {
    "laboratory": laboratory,
    "explore": lambda: explore(
        _all_kinds, size=(1, 5), rate=(0.0, 1.0, 0.25), kind=["a", "b"], on=True, name="text",
        scale=W.SelectionSlider(options=[-1, -0.1, 1]), gates=Switches({"i": "10", "f": "0½"}),
        weight=W.FloatSlider(value=1, description="my own", layout=W.Layout(width="5em"))),
    "stepper": lambda: stepper(fading_memory, steps=(1, 30)),
    "button": lambda: button("Count (a second)", lambda: "done", "not yet"),
    "button, in pieces": lambda: button("Count (a minute)", _in_pieces, "not yet"),
    "live_runs": lambda: live_runs({"One": list, "Two": list}, lambda _: fading_memory(), fading_memory()),
    "lecture_mode": lecture_mode,
    "predict": lambda: predict("02.all-weights-zero"),
    "warm_up": lambda: warm_up("04"),
    "reflect": lambda: reflect("02.targets-not-shifted"),
    "self_test": self_test,
    "hide_questions": hide_questions,
    "course_map": course_map,
    "restore_notebook": lambda: restore_notebook("02_min_char_rnn"),
    "take_home_button": lambda: take_home_button(char_model(4, 3), Vocabulary("helo"), "my.html"),
    "fit": lambda: _Live(CorpusTraining(course_corpus(), "RNN", 5, 25, seed=0), 100, None),
    "progress": lambda: _Bar("Networks read", 4),
    "progress, nobody knows of how many": lambda: _Bar("Networks read", None),
}
RANGE = ("min", "max", "step")                  # said always; what follows only where it is not the default
OTHERS = ("options", "readout_format", "placeholder", "tooltip", "icon", "bar_style", "rows", "disabled",
          "continuous_update", "indent", "multiple")
LAYOUT = ("display", "width", "max_width", "flex", "flex_flow", "align_items", "justify_content", "grid_gap",
          "grid_area", "margin", "padding")
STYLE = ("description_width", "button_width", "button_color", "text_color")
LETTERS = "var(--course-letter, var(--jp-widgets-font-size))"
WORDS, OF_A_QUESTION = 50, 9                    # letters of a text that are kept


def panel(name: str) -> str:
    """One of PANELS in words, a line for each widget, as a reader of whom nothing is known sees it first."""
    for view in open_views():
        view.close()
    with mock.patch.dict(os.environ, MY_COURSE=str(ROOT / "build" / "nobody.jsonl")):
        made = PANELS[name]()
    view = made._repr_mimebundle_()[VIEW]
    assert view.pop("model_id") == made.box.model_id
    lines = [f"- shown as {view}", *_lines(made.box, "-")]
    made.close()
    return "\n".join([f"## {name}", *lines]) + "\n"


def _lines(widget: W.Widget, bullet: str) -> Iterator[str]:
    if "course-page" not in widget._dom_classes:
        yield " ".join([bullet, type(widget).__name__, *_says(widget)])
    for child in getattr(widget, "children", ()):
        yield from _lines(child, f"{bullet}-")


def _says(widget: W.Widget) -> Iterator[str]:
    most = OF_A_QUESTION if isinstance(widget, W.HTMLMath) else WORDS
    most *= "course-layer" not in widget._dom_classes           # a picture is described elsewhere
    for name in ("description", "value"):
        found = getattr(widget, name, None)
        if isinstance(found, str):
            found = html.unescape(re.sub(r"(?s)<style.*?</style>|<[^>]*>", " ", found))
            found = repr(" ".join(found.split())[:most]) if found.strip() and most else ""
        if found not in (None, "", ()):
            yield _short(found)
    for part, names in ((widget, RANGE + OTHERS), (widget.layout, LAYOUT),
                        (getattr(widget, "style", None), STYLE)):
        for name in names:
            found = getattr(part, name, None)
            if found not in (None, "") and (name in RANGE or found != part.traits()[name].default_value):
                yield f"{name}={_short(found)}"
    yield from (f".{one}" for one in widget._dom_classes)


def _short(value) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value).replace(LETTERS, "letters")
