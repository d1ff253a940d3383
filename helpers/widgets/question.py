"""Questions that are really asked: options to choose from, and nothing told before *Reveal*.

What is chosen is kept in the learner's own file, see `helpers.runs.Progress`. In lecture mode each question
starts anew and nothing is kept. What a notebook saves never depends on what was chosen.
"""

import html
import re
from collections.abc import Sequence

import ipywidgets as W

from helpers.data import Question, question
from helpers.runs import Answered, Progress
from helpers.widgets.dashboard import Dashboard, make_button, open_views
from helpers.widgets.view import set_class, widget_view

CHOOSE = "Have you answered the question above?"
KEPT = {True: "", False: " This folder is read-only, so nothing was saved."}


def marked(text: str) -> str:
    """A text with light marks as HTML: *words* set off, names in backquotes, mathematics between dollars."""
    found = []
    for part in re.split(r"(\$[^$]+\$|`[^`]+`)", text):
        words = html.escape(part, quote=False)
        if part.startswith("`"):
            words = f"<code>{words[1:-1]}</code>"
        elif not part.startswith("$"):
            words = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", words)
            words = re.sub(r"\*(.+?)\*", r"<em>\1</em>", words).replace("\n\n", "<br>")
        found.append(words)
    return "".join(found)


def folded() -> bool:
    """Whether this learner wants the questions of the course folded away."""
    return Progress().latest("questions").get("all", {}).get("folded") is True


class Asked(Dashboard):
    """A question, its options as buttons, and below what *Reveal* tells.

    `name` stands before it, for example "Predict.". With `recall` the options are hidden until they are asked
    for. With `remind` an earlier answer is shown, as for a question that is asked in one place only.
    ``chosen`` is the letter that is chosen at present, "" for none.
    """

    keeps = True

    def __init__(self, asked: Question, name: str = "Predict.", recall: bool = False, remind: bool = True):
        self.asked, self.name, self.recall, self._remind = asked, name, recall, remind
        self.chosen, self._first, self.revealed, self.skipped = "", "", False, False
        self._options = {letter: W.ToggleButton(description=letter, layout=W.Layout(width="2.6em"))
                         for letter in asked.letters}
        self._buttons = {words: make_button(words) for words in (
            "Show the options", "Reveal", "Skip", "Try again")}
        self._stem, self._told = W.HTMLMath(), W.HTMLMath()
        self._told.add_class("course-told")
        self._rows = []
        for (letter, button), option in zip(self._options.items(), asked.options, strict=True):
            words = W.HTMLMath(marked(option))
            words.add_class("course-option-words")
            self._rows.append(W.HBox([button, words]))
            self._rows[-1].add_class("course-option")
            button.observe(lambda _, letter=letter: self._pressed(letter), names="value")
        panel = W.VBox([self._stem, *self._rows, W.HBox(list(self._buttons.values()))])
        super().__init__({**self._options, **self._buttons}, "", panel)
        self.box.children = (*self.box.children, self._told)
        for part in ("course-question", "course-stacked"):
            self.box.add_class(part)
        for words, act in (("Show the options", self._uncover), ("Reveal", self._reveal),
                           ("Skip", self._skip), ("Try again", self._again)):
            self._buttons[words].on_click(lambda _, act=act: self.later(act))
        self.view.lecture.observe(lambda _: self.later(self._begin), names="value")
        self._begin()

    @property
    def in_lecture(self) -> bool:
        """Whether it is shown to a class: nothing is kept then, and nothing known of before."""
        return self.view.lecture.value

    def _begin(self) -> None:
        """As it stands when it comes to the page, or when lecture mode is switched."""
        self._folded = not self.in_lecture and self._remind and folded()
        before = self._kept() if self._remind and not self.in_lecture else None
        self.chosen, self._first, self._covered = "", "", self.recall and not before
        self.skipped = before is not None and not before.last
        self.revealed = before is not None and bool(before.last)
        if self.revealed and before.last in self.asked.letters:
            self.chosen = before.last
        self._show("You answered this before." if self.revealed else "")
        # Until this class is set, and so until all is gone, a lecture shows nothing of before.
        set_class(self.box, "course-in-class", self.in_lecture)

    def _kept(self) -> Answered | None:
        """What is known of it from an earlier day, or from before the kernel was restarted."""
        return Progress().answered().get(self.asked.id)

    def _pressed(self, letter: str) -> None:
        if self._options[letter].value != (letter == self.chosen):
            self.later(lambda: self._choose(letter))

    def _choose(self, letter: str) -> None:
        if not self.revealed:
            self.chosen, self._first, self.skipped = letter, self._first or letter, False
        self._show()

    def _uncover(self) -> None:
        self._covered = False
        self._show()

    def _reveal(self) -> None:
        if self.revealed or not (self.chosen or self.in_lecture):
            return
        self.revealed, self._covered, kept = True, False, True
        if not self.in_lecture:
            kept = self._keep(chose=self.chosen, first=self._first, right=self.chosen == self.asked.answer)
        right = self.asked.answer
        said = (f"The answer is {right}." if not self.chosen else f"You chose {right}. Correct."
                if self.chosen == right else f"You chose {self.chosen}. The answer is {right}.")
        self._show(said + KEPT[kept])
        settle(self.asked.id)

    def _skip(self) -> None:
        kept = self._keep(chose="")
        self.skipped = True
        self._show(f"Skipped. You can carry on without it.{KEPT[kept]}")
        settle(self.asked.id)

    def _again(self) -> None:
        self.chosen, self._first, self.revealed, self.skipped = "", "", False, False
        self._show()

    def _keep(self, **event) -> bool:
        return Progress().add(question=self.asked.id, **event)

    def _show(self, said: str = "") -> None:
        """Everything as it is now."""
        talk = self.in_lecture and self.asked.talk is not None
        mark = ' <span class="course-talk">talk</span>' if talk else ""
        again = "<em>Review.</em> " if self.asked.again else ""
        self._stem.value = f"<p><b>{self.name}</b>{mark} {again}{marked(self.asked.ask)}</p>"
        for letter, button in self._options.items():
            button.value = letter == self.chosen
        for part in self._rows:
            part.layout.display = "none" if self._covered or self._folded else None
        shown = {"Show the options": self._covered, "Reveal": not self.revealed and not self._covered,
                 "Skip": not (self.revealed or self.skipped or self.in_lecture),
                 "Try again": self.revealed or self.skipped}
        for words, button in self._buttons.items():
            button.layout.display = None if shown[words] and not self._folded else "none"
        self._buttons["Reveal"].disabled = not (self.chosen or self.in_lecture)
        self._told.value = (f"<details><summary>Options and answer</summary>{listed(self.asked)}"
                            f"{told(self.asked, '')}</details>" if self._folded else
                            told(self.asked, self.chosen) if self.revealed else "")
        self.view.say("" if self._folded else said)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {**saved([self.asked], self.name), **widget_view(self.box)}

    def __repr__(self) -> str:
        return f"Asked({self.asked.id})"


def told(asked: Question, chosen: str) -> str:
    """What *Reveal* tells, as HTML: of the chosen option and of the right one; the others are folded."""
    lines = {letter: f'<p class="course-because"><b>{letter}{" is right" if letter == asked.answer else ""}.'
                     f"</b> {marked(why)}{'' if letter == asked.answer else to_read(asked)}</p>"
             for letter, why in zip(asked.letters, asked.because, strict=True)}
    first = [lines.pop(letter) for letter in dict.fromkeys((chosen, asked.answer)) if letter]
    return ("".join(first)
            + f"<details><summary>The other options</summary>{''.join(lines.values())}</details>")


def to_read(asked: Question) -> str:
    """What to read where a question before the course was missed, as HTML."""
    return f" Read the refresher <em>{html.escape(asked.refresher)}</em>." if asked.refresher else ""


def listed(asked: Question) -> str:
    """The options with their letters, as HTML."""
    options = "".join(f"<li>{marked(option)}</li>" for option in asked.options)
    return f'<ol type="a" style="list-style-type:lower-alpha">{options}</ol>'


def saved(asked: Sequence[Question], name: str) -> dict[str, str]:
    """The part of a saved notebook: questions and options, the answers folded."""
    pages, plain = [], []
    for one in asked:
        pages.append(f'<div class="course-question"><p><b>{name}</b> {marked(one.ask)}</p>{listed(one)}'
                     f'<details><summary>Answer</summary>{told(one, "")}</details></div>')
        plain.append("\n".join([f"{name} {one.ask}", *(
            f"  {letter}) {option}" for letter, option in zip(one.letters, one.options, strict=True))]))
    return {"text/html": "".join(pages), "text/plain": "\n\n".join(plain)}


def predict(name: str) -> Asked:
    """Ask a question of a lesson by its name, before the cell that answers it.

    A choice may be changed until *Reveal*. The first one is kept in the learner's file, and never shown as a
    fault.

    >>> predict("02.all-weights-zero")
    Asked(02.all-weights-zero)
    """
    asked = question(name)
    if not isinstance(asked, Question):
        raise ValueError(f"{name!r} has no options. Show it with reflect({name!r}).")
    return Asked(asked)


class Before:
    """The line above a dashboard that answers a question.

    Until the question is answered or skipped it asks whether to choose first. In lecture mode it is that
    question.
    """

    def __init__(self, dashboard: Dashboard, name: str):
        self._asked, self._dashboard = question(name), dashboard
        self.name = self._asked.id
        self.settled = self.name in Progress().answered() or folded()
        self.line = W.HTMLMath()
        self.line.add_class("course-before")
        first, *others = dashboard.box.children
        dashboard.box.children = (first, self.line, *others)
        dashboard.view.lecture.observe(lambda _: dashboard.later(self.show), names="value")
        self.show()

    def show(self) -> None:
        lecture = self._dashboard.view.lecture.value
        asked = marked(itself(self._asked.ask))
        self.line.value = asked if lecture else "" if self.settled else CHOOSE
        set_class(self._dashboard.box, "course-asked", bool(self.line.value))

    def settle(self) -> None:
        """The question was answered, or skipped."""
        self.settled = True
        self.show()


def itself(ask: str) -> str:
    """The question itself, without what is said before or after it."""
    sentences = re.split(r"(?<=[.?:])\s+(?=[A-Z$*])", ask.strip())
    return next((sentence for sentence in sentences[::-1] if sentence.endswith("?")), sentences[-1])


def settle(name: str) -> None:
    """Tell the open dashboards that come after the question that it is done with."""
    for view in open_views:
        before = getattr(view, "before", None)
        if before is not None and before.name == name:
            before.settle()
