"""The questions of the lessons, for the notebooks, the guide, the plans and the reports of a class.

Each lesson keeps them in its ``questions.toml``, in three lists of tables. ``predict``: asked before the cell
that answers it. ``see``: what did you see? Answered in words, beside a model sentence. ``review``: asked at
the end of a lesson, and again at the opening of later ones, with other numbers where there are any. Lesson
00 has a fourth list, ``before``: what the course takes for granted.

A question has a name, "04.window-of-five", which it keeps wherever it is asked. Its number, "04.8", is its
place today, and is only shown.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from helpers.data.lessons import lesson_folder, section_numbers

LETTERS = "abcd"
KINDS = {"predict": "", "see": "s", "review": "r", "before": "b"}      # and what is before a number of each


@dataclass(frozen=True)
class Question:
    """A question with options, of which one is right.

    Attributes:
        id: its name, "02.all-weights-zero": the lesson, and two to four words on what it asks.
        ask: the question; `*words*` are set off in it, a backquoted name is code, and mathematics stands
            between dollar signs. Likewise in the options.
        answer: the letter of the right option, or ``{name}``, where it goes by the numbers.
        because: for each option the idea that leads there, at most 25 words; for the right one, why it is.
        section: the number of the section where it is asked (its file has the id); 0 for a review.
        say: the one line that the guide gives to a lecturer.
        talk: if people are to talk about it, how many of a hundred are expected to be right at first.
        again: whether it asks once more, in a harder form, what was asked before.
        harder: of a review, whether it asks for more than what was said.
        refresher: the heading in docs/refreshers.md to read where it was missed.
        numbers: of a review, by row the values of its ``{names}``; the first row is used at first.
        number: for display, by its place: "02.3"; of a review "02.r1", of one before the course "00.b1".
    """

    id: str
    ask: str
    options: tuple[str, ...]
    answer: str
    because: tuple[str, ...]
    section: int = 0
    say: str = ""
    talk: int | None = None
    again: bool = False
    harder: bool = False
    refresher: str = ""
    numbers: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    number: str = ""

    @property
    def letters(self) -> str:
        """The letters of its options."""
        return LETTERS[:len(self.options)]

    @property
    def right(self) -> int:
        """The place of the right option."""
        return self.letters.index(self.answer)

    def with_numbers(self, row: int) -> "Question":
        """The question with the numbers of a row, counted on from the first when the rows are used up."""
        if not self.numbers:
            return self
        values = self.numbers[row % len(self.numbers)]

        def filled(text: str) -> str:
            for name, value in values.items():
                text = text.replace("{" + name + "}", str(value))
            return text

        return replace(self, ask=filled(self.ask), options=tuple(map(filled, self.options)),
                       because=tuple(map(filled, self.because)), answer=filled(self.answer), numbers=())


@dataclass(frozen=True)
class Sight:
    """What did you see? Or, among the exercises, what do you say? To be answered in one's own words."""

    id: str
    ask: str
    model: str          # a sentence that says it well
    section: int = 0    # 0 among the exercises
    number: str = ""    # for display: "02.s1"


@dataclass(frozen=True)
class Questions:
    """All questions of one lesson, by name, in the order in which they are asked."""

    predict: Mapping[str, Question]
    see: Mapping[str, Sight]
    review: Mapping[str, Question]
    before: Mapping[str, Question]


@cache
def questions(lesson: str) -> Questions:
    """The questions of a lesson, given by its two digits. Whether its file is in order, the tests say."""
    path = lesson_folder(lesson) / "questions.toml"
    if not path.is_file():
        raise ValueError(f"There are no questions for lesson {lesson!r}. Use two digits, such as '02'.")
    with path.open("rb") as file:
        rows = tomllib.load(file)
    by_kind: dict[str, dict[str, Any]] = {}
    for kind, letter in KINDS.items():
        numbered = [{**row, "number": f"{lesson}.{letter}{place}"}
                    for place, row in enumerate(rows.get(kind, ()), 1)]
        by_kind[kind] = {row["id"]: _question(Sight if kind == "see" else Question, row) for row in numbered}
    return Questions(**by_kind)


def question(name: str) -> Question | Sight:
    """A question by its name, for example "02.all-weights-zero"."""
    lesson = questions(name[:2])
    known = {**lesson.predict, **lesson.see, **lesson.review, **lesson.before}
    if name not in known:
        raise ValueError(f"Lesson {name[:2]} has no question {name!r}. Choose one of {', '.join(known)}.")
    return known[name]


def _question(maker: type, row: Mapping[str, Any]) -> Any:
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    if "section" in row:
        fields["section"] = section_numbers(row["number"][:2])[row["section"]]
    return maker(**fields)
