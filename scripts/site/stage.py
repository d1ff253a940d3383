"""Run the cells of a lesson, and move each dashboard through all that it can show."""

import ast
import contextlib
import html
import io
import json
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import states
from dials import TOO_MANY, Dial, TooMany, dials_of
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure
from matplotlib.text import Text
from site_tools import cells
from states import Shown

from helpers.pictures import NARROW, STAGE, Picture, for_lecture
from helpers.widgets import train_view
from helpers.widgets.dashboard import Dashboard, open_views
from helpers.widgets.view import View

MOST = 500              # settings of a dashboard that is played in full
MOMENTS = 30            # of a recorded run
SECONDS = 20            # of a run that goes on beside the cells, at most
UPDATES = 500           # of the laboratory's training from one moment to the next

ALONE = ("Here each control moves alone while the others keep their initial settings. In the notebook they "
         "move together.")
TEXTS = "Here some texts can be chosen. In the notebook any can be typed."
PRESSED = "What the button shows here was recorded. In the notebook it computes again."
LIVE = re.compile(r" Press Train\.| Speed: [\d,]+ updates per second\.")       # what is not so of a recording
RECORDED = "A recorded run, to move along. In the notebook it runs live, and can be steered."

ON_A_SLIDE = 3          # samples of a run, the newest: a slide has no room for more


@dataclass
class Played:
    """A dashboard and all that it shows.

    `shown` is in full for every combination of the dials' values, the last dial moving fastest; or else for
    the start, and then for each value of each dial.
    """

    cell: int                   # its number among those with code
    dials: list[Dial]
    shown: list[Shown] = field(repr=False)
    full: bool = True           # whether every combination was played
    steps: int = -1             # the number of the dial that buttons move, step by step; none for -1
    note: str = ""              # in what it differs from the notebook
    after: str = ""             # the question that it answers
    name: str = ""              # by which a link finds it, for example 02-surprise

    def number(self, setting: Sequence[int]) -> int:
        """Where in `shown` a setting is, given by the number of each dial's value; in full only."""
        number = 0
        for dial, value in zip(self.dials, setting, strict=True):
            number = number * len(dial.words) + value
        return number

    @property
    def start(self) -> Shown:
        return self.shown[self.number([dial.start for dial in self.dials]) if self.full else 0]

    @property
    def narrow(self) -> bool:
        return any(one.narrow for one in self.shown)

    @property
    def scripts(self) -> dict[str, tuple]:
        """All that it shows as scripts, see `states.scripts`.

        Where a narrow page has pictures of its own, what it shows comes behind, in scripts of their own.
        """
        if not self.narrow:
            return states.scripts(self.name, self.groups, self.shown)
        count = len(self.shown)
        small = [(one.narrow or one)._replace(text=one.text, said=one.said) for one in self.shown]
        behind = [[count + number for number in group] for group in self.groups]
        return states.scripts(self.name, [*self.groups, *behind], [*self.shown, *small])

    @property
    def groups(self) -> list[list[int]]:
        """What is loaded together: all, or what one dial shows."""
        if self.full:
            return [list(range(len(self.shown)))]
        groups, first = [], 1
        for dial in self.dials:
            groups.append(list(range(first, first + len(dial.words))))
            first += len(dial.words)
        return groups

    @property
    def strip(self) -> list[Shown]:
        """Three states along a dial: its ends, and where it stands at the start or in the middle.

        Of dials it is the first that shows most: states that look the same count, and are there, once.
        """
        first = max(self.steps, 0)
        places = sorted(range(len(self.dials)), key=lambda place: (place != first, place))
        return max(map(self._along, places), key=len, default=[self.start])

    def _along(self, place: int) -> list[Shown]:
        """Such states along the dial of that number, without any that looks like an earlier one."""
        start, last = [dial.start for dial in self.dials], len(self.dials[place].words) - 1
        middle = start[place] if 0 < start[place] < last else last // 2
        values = sorted({0, middle, last})
        if self.full:
            found = [self.shown[self.number([*start[:place], value, *start[place + 1:]])] for value in values]
        else:
            first = 1 + sum(len(dial.words) for dial in self.dials[:place])
            found = [self.shown[first + value] for value in values]
        return list({states.looks(one): one for one in reversed(found)}.values())[::-1]


def look(one, below: str = "") -> Shown:
    """What is on the page of a dashboard or live view now; `below` is what stands under its text."""
    frame, layer, text, said = one.view.parts()
    made = states.shown_by(frame, layer, text + below, said)
    picture = one.view.shown
    if not isinstance(picture, Picture):
        return made
    if one.view.lecture.value:
        if picture.again and picture.stage is None:
            with one.view.drawing():            # as the view drew it again
                picture = picture.again()
        return made._replace(least=least_type(picture.figure))
    return made._replace(least=least_type(picture.figure, frame), narrow=narrow(one.view))


VIEWS: WeakKeyDictionary[View, View] = WeakKeyDictionary()      # for a desk; for a narrow page


def narrow(view: View) -> Shown:
    page, picture = VIEWS.setdefault(view, View(NARROW)), view.shown
    if picture.again:
        with for_lecture(NARROW):
            picture = picture.again()
    page.show(picture)
    frame, layer, text, said = page.parts()
    return states.shown_by(frame, layer, text, said)._replace(least=least_type(picture.figure, frame))


TICKED: dict[str, float] = {}       # by the image of a frame its smallest words, with its ticks


def least_type(figure: Figure, frame: str = "") -> float:
    """The size of the smallest words of a figure, in its pixels; 0 if there are none.

    Two figures with the same `frame` have the same ticks, whose words are made, which takes long, once.
    """
    if frame in TICKED:
        return min(TICKED[frame], _least(figure) or math.inf)
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis) if ax.axison else ():
            axis.get_ticklabels()       # made now, if they were not
    least = _least(figure)
    if frame and least:
        TICKED[frame] = least
    return least


def _least(figure: Figure) -> float:
    """The same, of the words that were made."""
    unseen = {text for ax in figure.axes if not ax.axison for axis in (ax.xaxis, ax.yaxis)
              for text in axis.findobj(Text)}
    points = [text.get_fontsize() for text in figure.findobj(Text)
              if text.get_visible() and text.get_text().strip() and text not in unseen]
    return min(points, default=0.0) / 72 * figure.dpi


def settings(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every combination of so many values each; from one to the next one of them changes, by one."""
    if not sizes:
        yield ()
        return
    for number, before in enumerate(settings(sizes[:-1])):
        values = range(sizes[-1])
        yield from ((*before, last) for last in (values if number % 2 == 0 else reversed(values)))


class Walk:
    def __init__(self, dashboard, dials: Sequence[Dial]):
        self._dashboard, self._dials, self._now = dashboard, dials, [dial.start for dial in dials]

    def go(self, setting: Sequence[int]) -> Shown:
        """What it shows at the setting, the number of each dial's value. Raises ValueError for an error."""
        for place, (dial, number) in enumerate(zip(self._dials, setting, strict=True)):
            if self._now[place] != number:
                dial.turn(number)
                self._now[place] = number
        if self._dashboard.failed:
            raise ValueError(f"{self._dashboard!r} at {self._dashboard.values()}: {self._dashboard.said}")
        return look(self._dashboard)

    def every(self) -> list[Shown]:
        sizes = [len(dial.words) for dial in self._dials]
        found = {setting: self.go(setting) for setting in settings(sizes)}
        return [found[setting] for setting in sorted(found)]

    def alone(self) -> list[Shown]:
        """What it shows at the start, and then at each value of each dial while the others stand as there."""
        start = [dial.start for dial in self._dials]
        return [self.go(start), *(self.go([*start[:place], value, *start[place + 1:]])
                                  for place, dial in enumerate(self._dials)
                                  for value in range(len(dial.words)))]


def explored(cell: int, dashboard, texts: dict[str, list[str]], most: int = MOST) -> Played:
    """A dashboard whose controls say what it shows. Raises TooMany for one that can't be played."""
    dials = [dial for name, control in dashboard.controls.items() for dial in dials_of(name, control, texts)]
    alone = sum(len(dial.words) for dial in dials)
    if alone > TOO_MANY:
        raise TooMany(f"{dashboard!r} has {alone:,} settings, each control alone, and the site takes "
                      f"{TOO_MANY:,}: give its sliders larger steps")
    full, walk = math.prod(len(dial.words) for dial in dials) <= most, Walk(dashboard, dials)
    shown = walk.every() if full else walk.alone()
    walk.go([dial.start for dial in dials])
    notes = [ALONE] * (not full) + [TEXTS] * bool(texts)
    return Played(cell, dials, shown, full, 0 if "step on" in dashboard.controls else -1, " ".join(notes))


def pressed(cell: int, dashboard) -> Played:
    label, button = next(iter(dashboard.controls.items()))
    before = look(dashboard)
    button.click()
    if dashboard.failed:
        raise ValueError(f"{dashboard!r}: {dashboard.said}")
    dial = Dial("pressed", label, "button", ["before", "after"])
    return Played(cell, [dial], [before, look(dashboard)], note=PRESSED)


def recorded(cell: int, dashboard) -> Played:
    """The runs of `live_runs`, each from its start."""
    names, start, shown = [name for name in dashboard.controls if name != "Stop"], look(dashboard), []
    for name in names:
        for points in dashboard.points.values():
            points.clear()
        moments = [start, *(look(dashboard) for _ in dashboard.record(name, MOMENTS - 1, SECONDS))]
        shown += [moments[min(k, len(moments) - 1)] for k in range(MOMENTS)]
    which = [Dial("run", "run", "menu", names)] if len(names) > 1 else []
    words = [f"{k} of {MOMENTS - 1}" for k in range(MOMENTS)]
    return Played(cell, [*which, Dial("moment", "the run", "slider", words)], shown, steps=len(which),
                  note=RECORDED)


def trained(cell: int, laboratory) -> Played:
    """The first updates of a laboratory, with what its network writes."""
    shown = []
    for moment in range(MOMENTS):
        if moment:
            laboratory.run(UPDATES)
        laboratory.controls["sample"].click()
        shown.append(recording(look(laboratory, laboratory.writing.value)))
    words = [f"{moment * UPDATES:,} updates" for moment in range(MOMENTS)]
    return Played(cell, [Dial("updates", "the run", "slider", words)], shown, steps=0, note=RECORDED)


def recording(one: Shown) -> Shown:
    """The same, without words that are true of a live run only."""
    return one._replace(said=LIVE.sub("", one.said), layer=LIVE.sub("", one.layer),
                        narrow=one.narrow and recording(one.narrow))


def grown(cell: int, shown: list[Shown]) -> Played:
    """A training that was seen while its cell ran, as it stands at the end."""
    last = len(shown) - 1
    few = [recording(shown[round(k * last / (MOMENTS - 1))]) for k in range(MOMENTS)]
    words = [f"{k} of {MOMENTS - 1}" for k in range(MOMENTS)]
    return Played(cell, [Dial("moment", "the run", "slider", words, MOMENTS - 1)], few, steps=0,
                  note=RECORDED)


WAYS = {"Laboratory": trained, "_Runs": recorded, "_AtOnce": pressed, "_InPieces": pressed}


class Lesson:
    """A lesson whose cells have run here, in the order in which they stand.

    For a `lecture`, all pictures are drawn for the last row. What asks, keeps or switches the page is no
    dashboard. Cells are named by their numbers among those with code.
    """

    def __init__(self, notebook: Path, lecture: bool = False, most: int = MOST):
        os.environ["MY_COURSE"] = os.devnull        # nobody's answers are read or kept
        os.chdir(notebook.parent)
        self.number = notebook.name[:2]
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        self.cells = [cell for cell in cells if cell["cell_type"] == "code"]
        self.dashboards: list[tuple[int, Any]] = []
        self.trainings: list[tuple[int, list[Shown]]] = []
        self.pictures: dict[int, str] = {}          # that stand still, as HTML
        self.questions: dict[int, list[str]] = {}   # their ids
        self.recalled: list[str] = []               # whose options are hidden at first
        self.lecture, self.most = lecture, most
        if lecture:             # a page in lecture mode, as what the cells make finds it
            Dashboard({}, "").view.lecture.value = True
        self.failed, known = "", list(open_views)       # how a cell ended that could not be run
        for number, cell in enumerate(self.cells):
            self.failed = self._run(number, "".join(cell["source"]))
            if self.failed:
                return
            for one in open_views:
                if one not in known:
                    known.append(one)
                    self._sort(number, one)

    def _run(self, number: int, source: str) -> str:
        """Run a cell as a kernel does that has no loop; how it ended, if badly."""
        shell, seen, trained = InteractiveShell.instance(), [], []

        def watch(live, include=None, exclude=None) -> dict:
            def keep(_=None) -> None:
                samples = re.split(r"(?=<b>Sample after)", live.samples.value)
                seen.append(look(live, "".join(samples[-ON_A_SLIDE:] if self.lecture else samples)))

            keep()
            live.view.status.observe(keep, names="value")
            trained.append(keep)
            return {"text/plain": ""}

        shell.display_formatter.mimebundle_formatter.for_type(train_view._Live, watch)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            done = shell.run_cell(source)
        for keep in trained:                        # the last text
            keep()
        if seen:
            self.trainings.append((number, seen))
        if isinstance(done.result, Picture) and done.result.again:
            with for_lecture(STAGE if self.lecture else NARROW):    # at once: a later cell may change it
                drawn = done.result.again()
            least = least_type(drawn.figure)
            if self.lecture:
                self.pictures[number] = drawn.html().replace("<img ", f'<img data-least="{least:.1f}" ', 1)
            else:
                size = tuple(round(side * drawn.figure.dpi) for side in drawn.figure.get_size_inches())
                shown = Shown(drawn.png, size, "", "", html.escape(drawn.sentence), least)
                self.pictures[number] = states.narrow(shown, "")
        error = done.error_before_exec or done.error_in_exec
        return f"cell {number} ended with {type(error).__name__}: {error}" if error else ""

    def _sort(self, number: int, view) -> None:
        """Keep what a cell opened by what the cell is."""
        cell, kind = self.cells[number], cells.kind_of(self.cells[number])
        if kind is cells.Kind.SELF_TEST:        # several in one place; what is saved has all of them
            self.questions[number] = [question.id for question in view.in_turn]
        elif kind in cells.ASKS and isinstance(view.asked, list):
            self.questions[number] = [one.asked.id for one in view.asked]
            self.recalled += [one.asked.id for one in view.asked if one.recall]
        elif kind in cells.ASKS:        # of a round, whose questions are open too, the list is what counts
            self.questions.setdefault(number, [view.asked.id])
        elif kind in cells.PLAYS and cell["metadata"].get("play") is not False:    # the reader's machine
            self.dashboards.append((number, view))

    def named(self) -> list[tuple[str, int, Any]]:
        """What a page shows, in order: its name, the number of its cell, and a dashboard or a training."""
        found: dict[str, tuple[int, Any]] = {}
        for number, one in sorted([*self.dashboards, *self.trainings], key=lambda pair: pair[0]):
            name = self._name(number)
            more = (f"{name}-{k}" for k in count(2))
            found[next(each for each in chain([name], more) if each not in found)] = number, one
        return [(name, *rest) for name, rest in found.items()]

    def played(self) -> Iterator[Played]:
        for name, number, one in self.named():
            if isinstance(one, list):
                made = grown(number, one)
            elif way := WAYS.get(type(one).__name__):
                made = way(number, one)
            else:
                made = explored(number, one, self.texts(number), self.most)
            before = getattr(one, "before", None)
            made.name, made.after = name, before.name if before else ""
            yield made

    def texts(self, number: int) -> dict[str, list[str]]:
        return self.cells[number]["metadata"].get("play", {})

    def _name(self, number: int) -> str:
        """What a link calls the dashboard of a cell: by the function that draws, 02-surprise."""
        maker, node = cells.maker_of(self.cells[number])
        # A function in a line of its own gives no name: so it was when readers kept links.
        beside = node.args and node.args[0].lineno == node.lineno
        drawn = ast.unparse(node.args[0]).removeprefix("lesson.") if beside else ""
        explores = cells.BY_CALL[maker] is cells.Kind.DASHBOARD and drawn.isidentifier()
        return f"{self.number}-{(drawn if explores else maker).replace('_', '-')}"
