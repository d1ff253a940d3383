"""What a network that learns on a page of the site needs: its controls, its texts and its scripts.

The board is docs/player/learner.js on the engine helpers/runs/engine.js. Its controls, their ranges and their
hints are those of the laboratory in a notebook, read from it when the site is built.
"""

import ast
import base64
import html
import json
import re
import zlib
from collections.abc import Collection
from typing import Any

import ipywidgets as W
import play
import site_tools

from helpers.data import Corpus, corpus, course_corpus, load_text
from helpers.data.corpus import HELD_OUT
from helpers.runs import load_run
from helpers.widgets.laboratory import controls as dials

ENGINE = site_tools.ROOT / "helpers" / "runs" / "engine.js"
TEMPLATE = ENGINE.with_name("take_home.html")       # of a page in which a trained network writes
TEXTS = {"play": "the course's play", "tales": "the Tales of Tern Island", "paste": "what I pasted"}
CELLS = ("RNN", "LSTM", "GRU")                      # those that the engine has, and likewise ...
OPTIMIZERS = ("SGD", "Adagrad", "RMSProp", "Adam")  # ... these
GREY = 200              # points of an earlier curve
# A GRU, because it writes words four times sooner than the network of lesson 02.
FRONT: dict[str, Any] = {"cell": "GRU", "learning_rate": 0.1, "temperature": 0.7}
FRONT_UNITS, FRONT_UPDATES = 64, 10_000
ABOUT = (f"This GRU (<a href='../notebooks/07_lstm.html'>lesson 07</a>) has {FRONT_UNITS} units and learns "
         "on your device. Choose another network or text in <a href='../notebooks/02_min_char_rnn.html"
         "#02-laboratory'>the laboratory</a>.")
# Lesson 08 has no laboratory of its own, because its notebook trains many streams at once.
TALES: dict[str, Any] = {"cell": "LSTM", "hidden_size": 60, "sequence_length": 32, "optimizer": "Adam",
                         "learning_rate": 0.01, "clip": "by norm", "threshold": 1.0}
AFTER = "## 4 · "       # the heading in lesson 08 before which it stands
TALES_WORDS = """### Train one on this page

On this page you can train an LSTM without Python. It has 60 units and reads the *Tales of Tern Island* in \
one stream. Press *Train*. How many seconds does it need to beat the trigram?"""


def scripts() -> dict[str, str]:
    """The files of a page with a learner, by their names: script, style, and what is loaded later."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ENGINE, play.PLAYER / "learner.js"))
    found = {"learner.js": play.without_comments(source),
             "learner.css": (play.PLAYER / "learner.css").read_text(encoding="utf-8")}
    for name, read in (("play", course_corpus()), ("tales", tales())):
        text, heldout = read.texts()
        found[f"states/text-{name}.js"] = later(f"text-{name}", {
            "title": read.title, "text": text, "heldout": heldout, "lines": read.lines})
    if TEMPLATE.exists():
        found["states/take-home.js"] = later("take-home", TEMPLATE.read_text(encoding="utf-8"))
    return found


def later(name: str, what: Any) -> str:
    """A script that hands something to a page when it is loaded, also from a disk; see player.js."""
    packed = base64.b64encode(zlib.compress(json.dumps(what).encode(), 9)).decode()
    return f'courseStates("{name}","{packed}")\n'


def tales() -> Corpus:
    """The tales; as much is held out as of a reader's own text, so that a page measures it at once."""
    return corpus(TEXTS["tales"], load_text("tales"), load_text("tales_heldout")[:HELD_OUT])


def learner_html(mode: str, name: str, fallback: str = "", text: str = "play", view: str = "run",
                 updates: int = 20_000, before: str = "", **start: Any) -> str:
    """The HTML of a learner: its settings, and around them what print and a page without scripts show.

    `mode` is "front" or "laboratory", `name` what a link calls it, `fallback` HTML that stands still, `text`
    a name in TEXTS, `before` the shipped run that is the first grey curve; the rest is as of `laboratory`.
    """
    controls, files = dials.laboratory_controls(start, CELLS)
    made = {name: control(widget) for name, widget in {**controls, "paste": files["paste"]}.items()}
    made["text"] = {"label": "text", "kind": "Dropdown", "value": text, "options": list(TEXTS)}
    settings: dict[str, Any] = {
        "mode": mode, "view": view, "updates": updates, "texts": TEXTS, "controls": made,
        "rows": rows({**controls, **files}, made), "home": TEMPLATE.exists(),
        "hints": {key: dials.PANELS[key] for key in ("Network", "Break it")}}
    if mode == "front":
        settings |= {"hidden_size": FRONT_UNITS, "about": ABOUT}
    if before:
        history = load_run(before)[0]
        each = max(1, len(history.updates) // GREY)
        curve = [history.updates[::each].tolist(), history.smoothed_loss[::each].round(3).tolist()]
        settings["before"] = {"words": f"precomputed with {history.settings['hidden_size']} units",
                              "curve": curve}
    data = html.escape(json.dumps(settings, separators=(",", ":")))
    still = re.sub(r"<img (?![^>]*loading=)", '<img loading="lazy" ', fallback)    # which is seldom seen
    return (f'<div class="course-learner course-learner-{mode}" id="{name}" data-learner="{data}">'
            f"{still}</div>")


def control(widget: W.Widget) -> dict[str, Any]:
    made: dict[str, Any] = {"label": widget.description, "kind": type(widget).__name__}
    if isinstance(widget, W.Button | W.ToggleButton):
        return made
    made["value"] = widget.value
    for name in ("min", "max", "step"):
        if hasattr(widget, name):
            made[name] = getattr(widget, name)
    if isinstance(widget, W.Dropdown):
        made["options"] = [one for one in widget.options
                           if widget.description != "optimiser" or one in OPTIMIZERS]
    return made


def rows(every: dict[str, W.Widget], made: Collection[str]) -> dict[str, list[str]]:
    """The names of the `made` controls by their place: a panel, "dials" or "buttons"."""
    names = {id(every[name]): name for name in made}
    lying = [[names[id(one)] for one in box.children if id(one) in names]
             for box in dials.arrange(every).children[1:]]
    return dict(zip([*dials.PANELS, "dials", "buttons"], lying, strict=True))


# Where they stand.

def front(board: str) -> str:
    return learner_html("front", "learner", still(board), updates=FRONT_UPDATES, **FRONT)


def still(board: str) -> str:
    """A played dashboard without what moves it, and without its name, which is the learner's."""
    return re.sub(r' (id|data-play)="[^"]*"', "", board, count=2)


def of_lesson(number: str) -> dict[str, Any]:
    """The learners on a lesson's page.

    Returns `cells`, by the number of a cell with code the HTML in its place, and `more`, which is empty or
    has a heading, and words and HTML that come before it.
    """
    notebook = json.loads(play.notebook(number).read_text(encoding="utf-8"))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    boards = {one.cell: one for one in play.load_played(play.PLAYED / number).dashboards}
    found = {cell: learner_html("laboratory", boards[cell].name, still(boards[cell].html), **settings)
             for cell, source in enumerate(code) if cell in boards
             and (settings := called(source)) is not None}
    more = []
    if number == "08":
        more = [AFTER, TALES_WORDS, learner_html("laboratory", "08-laboratory", text="tales", **TALES)]
    return {"cells": found, "more": more}


def called(source: str) -> dict[str, Any] | None:
    """The settings of a laboratory that code opens, if it does; of a shipped run its name.

    >>> called('laboratory(before=load_run("02/class_run")[0], seed=1)')
    {'before': '02/class_run', 'seed': 1}
    """
    for one in ast.walk(ast.parse(source)):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "laboratory":
            return {str(each.arg): constant(each.value) for each in one.keywords}
    return None


def constant(code: ast.expr) -> Any:
    """The constant that code is, or the name in `load_run(name)[0]`."""
    while not isinstance(code, ast.Constant):
        code = code.value if isinstance(code, ast.Subscript) else code.args[0]      # pyright: ignore
    return code.value
