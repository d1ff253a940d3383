"""The whole course: what is done, one switch for its questions, and how each lesson is restored."""

import html
from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path

import ipywidgets as W

from helpers import __version__
from helpers.data import lesson_facts, lesson_names, questions, shipped_lesson
from helpers.runs import Progress, write_file
from helpers.runs.files import reason, regular
from helpers.widgets.dashboard import Dashboard, make_button
from helpers.widgets.question import KEPT, folded
from helpers.widgets.view import widget_view

EDITION = f"This is version {__version__} of the course."
NOTHING = "There's no progress yet. Answer any question, and your progress will appear here."


class CourseMap(Dashboard):
    """The lessons, with what the learner has done, where to go on, and what comes back.

    A notebook saves it as for a new reader.
    """

    keeps = True

    def __init__(self):
        self._names = {name[:2]: lesson_facts(name[:2])["title"] for name in lesson_names()}
        look = make_button("Refresh", "refresh")
        super().__init__({"Refresh": look}, "")
        self.box.add_class("course-stacked")
        look.on_click(lambda _: self.later(self._look))
        self.view.lecture.observe(lambda _: self.later(self._look), names="value")
        self._look()

    def _look(self) -> None:
        progress = Progress()
        kept, done = progress.answered(), progress.finished()
        if self.view.lecture.value:
            kept, done = {}, []
        self.view.text.value = table(self._names, set(kept), done)
        reviews = [name for lesson in done for name in questions(lesson).review]
        due = [name for name in progress.due(reviews) if name in kept]
        unread = (f" {_left_out(progress.unread, progress.path.name)}" if progress.unread else "")
        self.view.say(f"{words(self._names, set(kept), done, due)}{unread}")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        lines = [f"{lesson}  {name}" for lesson, name in self._names.items()]
        lines.append(EDITION)
        return {"text/html": table(self._names, set(), []), "text/plain": "\n".join(lines),
                **widget_view(self.box)}

    def __repr__(self) -> str:
        return "CourseMap()"


def go_on(names: Mapping[str, str], answered: set[str], done: list[str]) -> str:
    """The lesson to go on with: the one begun last in order that is not done, or else the next one."""
    left = [lesson for lesson in names if lesson not in done]
    begun = [lesson for lesson in left if any(question[:2] == lesson for question in answered)]
    after = [lesson for lesson in left if not done or lesson > max(done)]
    return (begun or after or left or [""])[-1 if begun else 0]


def words(names: Mapping[str, str], answered: set[str], done: list[str], due: list[str]) -> str:
    """Where to continue, and which review questions are due today, in a sentence or two."""
    if not answered and not done:
        return NOTHING
    here = go_on(names, answered, done)
    on = f"Continue with lesson {here}." if here else "All lessons are done."
    if not due:
        return f"{on} No review questions today."
    *first, last = sorted({name[:2] for name in due})
    lessons = f"lessons {', '.join(first)} and {last}" if first else f"lesson {last}"
    count, them = (("One review question is", "it") if len(due) == 1 else
                   (f"{len(due)} review questions are", "them" if len(due) < 3 else "up to three of them"))
    return f"{on} {count} due today, from {lessons}. The next warm-up will ask {them}."


def _left_out(count: int, name: str) -> str:
    """How many lines of the learner's file count for nothing, in a sentence."""
    lines, were = ("One line", "was") if count == 1 else (f"{count} lines", "were")
    return f"{lines} of {name} can't be read and {were} left out."


def table(names: Mapping[str, str], answered: set[str], done: list[str]) -> str:
    """The lessons with what is done, and the version of the course, as HTML."""
    here = go_on(names, answered, done) if answered or done else ""
    rows = []
    for lesson, title in names.items():
        asked = questions(lesson).predict
        count = sum(name in answered for name in asked)
        state = "done" if lesson in done else "continue here" if lesson == here else ""
        rows.append(f"<tr><td>{lesson}</td><td>{html.escape(title)}</td><td>{count} of {len(asked)}</td>"
                    f"<td>{'✓ ' * (state == 'done')}{state}</td></tr>")
    heads = "".join(f"<th>{head}</th>" for head in ("lesson", "name", "predicted", "state"))
    return (f'<table class="course-lessons"><tr>{heads}</tr>{"".join(rows)}</table>'
            f'<p class="course-words">{EDITION}</p>')


def course_map() -> CourseMap:
    """The lessons, with what the learner has done so far."""
    return CourseMap()


FOLDED = "Options and answers are folded away, and dashboards no longer ask you to predict first."
UNFOLDED = "Questions are shown. Choose an answer, reveal the solution and carry on."


class QuestionsFolded(Dashboard):
    """The switch for all questions of the course."""

    keeps = True
    saved_sentence = UNFOLDED

    def __init__(self):
        switch = make_button("Hide all questions", "compress", W.ToggleButton, value=folded())
        super().__init__({"fold": switch}, "")
        self.view.say(FOLDED if switch.value else UNFOLDED)
        switch.observe(lambda _: self.later(self._turn), names="value")

    def _turn(self) -> None:
        wanted = self.controls["fold"].value
        kept = Progress().add(questions="all", folded=wanted)
        state = FOLDED if wanted else UNFOLDED
        self.view.say(f"{state} Run a cell again to see the change.{KEPT[kept]}")


def hide_questions() -> QuestionsFolded:
    """A switch for the whole course, for a reader who has answered its questions and reads it again."""
    return QuestionsFolded()


RELOAD = ('<p>This tab still shows your old version. Press <button type="button" class="jupyter-button" '
          'data-commandlinker-command="docmanager:reload" data-commandlinker-args="{}">Reload this notebook'
          "</button> (or <i>File → Reload Notebook from Disk</i>). If Jupyter asks, choose <i>Run Once</i>, "
          "<i>Revert</i> or <i>Reload</i>, not <i>Overwrite</i>. Then choose <i>Run → Run All Cells</i> to "
          "get the outputs back.</p>")
ASK = ("This button puts back the lesson as the course ships it. Save first (Ctrl-S). Your last saved "
       "version is kept under another name.")


class BringBack(Dashboard):
    """How a lesson is restored as it was shipped."""

    keeps = True
    saved_sentence = ASK

    def __init__(self, name: str):
        if name not in lesson_names():
            raise ValueError(f"The course has no lesson called {name!r}. Choose one of "
                             f"{', '.join(lesson_names())}.")
        self._name = name
        button = make_button("Restore the original", "undo")
        super().__init__({"Restore the original": button}, "")
        self.view.say(ASK)
        button.on_click(lambda _: self.later(self._go))

    def _go(self) -> None:
        try:
            data, source = shipped_lesson(self._name)
        except LookupError as problem:
            self.view.say(f"{problem.args[0]} Nothing was changed.")
            return
        try:
            kept = bring_back_file(Path(f"{self._name}.ipynb"), data, datetime.now())
        except (OSError, ValueError) as problem:
            self.view.say(f"{self._name}.ipynb can't be replaced: {reason(problem)}. Nothing was changed.")
            return
        self.view.text.value = RELOAD
        own = f"{self._name}.ipynb is the original again ({source})."
        self.view.say(f"Your version is now {kept.name}. {own}" if kept else
                      f"{own} There was no earlier version to keep.")


def bring_back_file(path: Path, data: bytes, now: datetime) -> Path | None:
    """Put `data` into the file, and keep what was there under a name with the date; that is returned.

    Raises ValueError if something that is no file is in its place, and OSError if something can't be written;
    then the file is as it was.
    """
    kept = None
    if path.exists():
        regular(path)
        for number in chain([""], (f"-{n}" for n in range(2, 1000))):
            kept = path.with_name(f"{path.stem}.mine-{now:%Y-%m-%d-%H%M}{number}{path.suffix}")
            if not kept.exists():
                break
        write_file(kept, path.read_bytes())
    write_file(path, data)
    return kept


def restore_notebook(name: str) -> BringBack:
    """A button that keeps the learner's file of this lesson and puts the course's own in its place."""
    return BringBack(name)
