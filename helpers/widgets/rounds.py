"""Questions in rounds: before the course, at the opening of a lesson, at its end; and what did you see?"""

from collections.abc import Sequence
from functools import cache
from itertools import chain

import ipywidgets as W

from helpers.data import Question, Sight, lesson_facts, lesson_names, question, questions
from helpers.runs import Progress
from helpers.widgets.dashboard import (
    Dashboard,
    close_widgets,
    in_lecture,
    make_button,
    open_views,
    this_cell,
)
from helpers.widgets.question import KEPT, Asked, marked, saved
from helpers.widgets.view import set_class, widget_view

AT_OPENING = 3


class Round:
    """Some questions below each other. A notebook saves those of `by_default`, whoever ran it."""

    def __init__(self, asked: Sequence[Asked], by_default: Sequence[Question], name: str,
                 below: Sequence[W.Widget] = ()):
        self.asked, self._default, self._name = list(asked), list(by_default), name
        self.box = W.VBox([*(one.box for one in self.asked), *below])
        self.box.add_class("course-round")
        open_views.replace(this_cell(), self)

    def close(self) -> None:
        for one in self.asked:
            one.close()
        close_widgets(self.box)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {**saved(self._default, self._name), **widget_view(self.box)}

    def __repr__(self) -> str:
        return f"Round({', '.join(one.asked.id for one in self.asked)})"


def warm_up(lesson: str) -> Round:
    """Three short questions at the opening of a lesson, from lessons that the learner has finished.

    First come those that are due, see `helpers.runs.Progress.due`, then some of the lessons that this one
    builds on. Two are to be recalled before the options appear; the third is harder.

    >>> warm_up("04")
    Round(03.shared-weight-gradient, 03.gradient-of-one-entry, 03.changed-target)
    """
    if lesson not in needs():
        raise ValueError(f"Lesson {lesson!r} has no warm-up. Choose one of {', '.join(needs())}.")
    default, progress = at_first(lesson), Progress()
    done = [name for name in progress.finished() if name != lesson]
    pool = {one.id: one for one in chain(*(questions(name).review.values() for name in done))}
    kept = progress.answered()
    due = [pool[name] for name in progress.due(pool) if name in kept]
    chosen = list({one.id: one for one in (*due, *default)}.values())
    harder = next((one for one in chosen if one.harder), chosen[-1])
    easy = [one for one in chosen if one is not harder][:AT_OPENING - 1]
    asked = [one.with_numbers(kept[one.id].times if one.id in kept else 0) for one in (*easy, harder)]
    return Round([Asked(one, "Recall." if one.id != harder.id else "Harder.", recall=one.id != harder.id,
                        remind=False) for one in asked],
                 [one.with_numbers(0) for one in default], "Recall.")


@cache
def needs() -> dict[str, list[str]]:
    """The lessons that each lesson builds on; one that builds on none has no warm-up, and isn't here."""
    facts = {name[:2]: lesson_facts(name[:2])["needs"] for name in lesson_names()}
    return {lesson: on for lesson, on in facts.items() if on}


def at_first(lesson: str) -> list[Question]:
    """The three questions that open a lesson for a new reader."""
    earlier = [_from(name, sum(name in on for other, on in needs().items() if other < lesson))
               for name in needs()[lesson][::-1]]
    easy = [[one for one in some if not one.harder] for some in earlier]
    in_turn = [one for ones in zip(*easy, strict=False) for one in ones][:AT_OPENING - 1]
    return [*in_turn, next(one for one in earlier[0] if one.harder)]


def _from(lesson: str, openings: int) -> list[Question]:
    """The questions of a lesson; those that so many earlier openings have asked come last."""
    five = list(questions(lesson).review.values())
    return five[openings % len(five):] + five[:openings % len(five)]


def review(lesson: str) -> Round:
    """The five questions at the end of a lesson, and a switch that says that it is done.

    Both are optional. What is answered here comes back at the opening of later lessons.

    >>> len(review("02").asked)
    5
    """
    progress, five = Progress(), list(questions(lesson).review.values())
    done = make_button(f"Lesson {lesson} is done", "check", W.ToggleButton,
                       value=lesson in progress.finished())
    said = W.HTML()

    def keep(change: dict) -> None:
        if in_lecture():
            said.value = '<div role="status">Lecture mode is on, so this was not saved.</div>'
            return
        kept = progress.add(lesson=lesson, done=change["new"])
        said.value = f'<div role="status">{"Saved." if kept else KEPT[False].strip()}</div>'

    done.observe(keep, names="value")
    row = W.HBox([done, said])
    row.add_class("course-done")
    return Round([Asked(one.with_numbers(0), "Keep.") for one in five],
                 [one.with_numbers(0) for one in five], "Keep.", [row])


class InTurn(Asked):
    """Questions one after the other in one place; at the end, what to read. A notebook saves all of them.

    One set of buttons serves them all, so none may have more options than the first.
    """

    def __init__(self, asked: Sequence[Question]):
        self.in_turn, self._next = list(asked), make_button("")
        kept = Progress().answered()
        self._right = {one.id: kept[one.id].right for one in asked if one.id in kept and kept[one.id].last}
        super().__init__(self.in_turn[0], self._number(0))
        self.controls["next"] = self._next
        self.box.children = (*self.box.children, W.HBox([self._next]))
        self._next.on_click(lambda _: self.later(self._go))

    def _number(self, place: int) -> str:
        return f"{place + 1} of {len(self.in_turn)}."

    @property
    def _place(self) -> int:
        return self.in_turn.index(self.asked)

    def _go(self) -> None:
        """To the next question, from the last one to the first; before that, what to read."""
        if self._next.description == READ:
            self.view.say(self._to_read())
            self._next.description = "Start again"
            return
        place = (self._place + 1) % len(self.in_turn)
        self.asked, self.name = self.in_turn[place], self._number(place)
        for row, option in zip(self._rows, self.asked.options, strict=False):
            row.children[1].value = marked(option)
        self._begin()

    def _to_read(self) -> str:
        """What to read, by the answers so far; in class nothing is known of them."""
        missed = [one.refresher for one in self.in_turn if self._right.get(one.id) is False]
        if self.in_lecture:
            return ("Write down which questions you missed. Once an answer is revealed, each wrong option "
                    "names the refresher to read.")
        if missed:
            return f"Suggested refreshers: {'; '.join(missed)}."
        left = len(self.in_turn) - len(self._right)
        if left:
            return f"You got none wrong, but left {left} unanswered."
        return "You don't need a refresher. Start with lesson 01."

    def _choose(self, letter: str) -> None:
        if letter in self.asked.letters:
            super()._choose(letter)

    def _reveal(self) -> None:
        super()._reveal()
        if self.revealed and not self.in_lecture:
            self._right[self.asked.id] = self.chosen == self.asked.answer

    def _show(self, said: str = "") -> None:
        super()._show(said)
        for row in self._rows[len(self.asked.options):]:
            row.layout.display = "none"
        self._next.description = READ if self._place == len(self.in_turn) - 1 else "Next question"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {**super()._repr_mimebundle_(), **saved(self.in_turn, "Before.")}

    def __repr__(self) -> str:
        return f"InTurn({', '.join(one.id for one in self.in_turn)})"


READ = "What should I read?"


def self_test() -> InTurn:
    """Ten optional questions on what the course takes for granted; for each there is a refresher.

    >>> len(self_test().in_turn)
    10
    """
    return InTurn(list(questions("00").before.values()))


class Saw(Dashboard):
    """What did you see? One sentence of one's own, then a model sentence beside it."""

    keeps = True

    def __init__(self, asked: Sight):
        self.asked, self._lead = asked, "What did you see?" if asked.section else "In your own words."
        self._words = W.Text(placeholder="Write a sentence or two", continuous_update=False,
                             layout=W.Layout(width="100%"))
        self._kept = ""
        self._show = make_button("Show a sample answer")
        self._model = W.HTMLMath()
        stem = W.HTMLMath(f"<p><b>{self._lead}</b> {marked(asked.ask)}</p>")
        super().__init__({"words": self._words, "show": self._show}, "",
                         W.VBox([stem, self._words, self._show, self._model]))
        for part in ("course-question", "course-stacked"):
            self.box.add_class(part)
        self._show.on_click(lambda _: self.later(self._tell))
        # With Enter, and when the field is left: who reads on without the button keeps the words too.
        self._words.observe(lambda _: self.later(self._left), names="value")
        self.view.lecture.observe(lambda _: self.later(self._begin), names="value")
        self._begin()

    def _begin(self) -> None:
        before = {} if self.view.lecture.value else Progress().latest("saw").get(self.asked.id, {})
        self._kept = str(before.get("words", "")).strip()
        self._words.value, self._model.value = str(before.get("words", "")), ""
        self.view.say("")
        set_class(self.box, "course-in-class", self.view.lecture.value)     # when all is gone

    def _keep(self) -> bool | None:
        """Write down words that are new; whether that could be done, or None if there are none."""
        words = self._words.value.strip()
        if not words or words == self._kept or self.view.lecture.value:
            return None
        if kept := Progress().add(saw=self.asked.id, words=words):
            self._kept = words
        return kept

    def _left(self) -> None:
        kept = self._keep()
        if kept is not None:
            self.view.say("Saved." if kept else KEPT[False].strip())

    def _tell(self) -> None:
        kept, wrote = self._keep() is not False, self._words.value.strip()
        self._model.value = f'<p class="course-because"><b>For example:</b> {marked(self.asked.model)}</p>'
        self.view.say(f"Does your sentence make the same point?{KEPT[kept]}" if wrote else
                      "Would you have made the same point?")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        page = (f'<div class="course-question"><p><b>{self._lead}</b> {marked(self.asked.ask)}</p>'
                f"<details><summary>A model sentence</summary><p>{marked(self.asked.model)}</p></details>"
                "</div>")
        return {"text/html": page, "text/plain": f"{self._lead} {self.asked.ask}", **widget_view(self.box)}

    def __repr__(self) -> str:
        return f"Saw({self.asked.id})"


def reflect(name: str) -> Saw:
    """Ask what was seen, or what the reader would say; then a model sentence can be shown.

    >>> reflect("02.targets-not-shifted")
    Saw(02.targets-not-shifted)
    """
    asked = question(name)
    if not isinstance(asked, Sight):
        raise ValueError(f"{name!r} has options. Show it with predict({name!r}).")
    return Saw(asked)
