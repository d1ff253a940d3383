"""Where each number of the course's prose comes from.

A number is a decimal, a percentage or a whole number over 10, in the Markdown of a lesson and of its
solutions, in its questions, or in its part of the guide. Each is looked for, in this order:

- ``held``: by hand, in `tests/lessonNN/held.toml`: words that have the number, and an expression that
  gives it, or a reason why nothing can;
- ``claim``: in the words of a claim of the lesson (``claims.py``), whose fact a test holds;
- ``worked``: in a formula of prose that says what it comes to, such as $1.1^{100} = 13{,}781$, and does;
- ``section``: in what the cells of its section print, show or say in code; exercises and solutions are one;
- ``lesson``: there in another section, or in another lesson that the paragraph names. Unless it has three
  digits or more it counts only beside one of the words that stand beside it in the prose;
- ``room``: likewise in the code of the lesson's room in `helpers.lessons`, where its runs and checks are;
- ``asked``: for the sentences of a question, in what it asks.

So the prose is compared with what is computed: a number that is changed in either place is found no more.
"""

import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import latex
import numpy as np

import helpers
from helpers.data import Question, questions, typed
from helpers.data.questions import Sight

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "instructor_guide.md"
SOLUTIONS = ROOT / "notebooks" / "solutions"
LESSONS = {path.name[:2]: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
LOST = "NOT FOUND"
SMALL = 10
ROUNDED = 0.001         # a sum may be off by this share, for its numbers were rounded

DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d[\d_]*)(?:\.\d+)?(?:e[-+]?\d+)?"
NUMBER = re.compile(rf"(?<![\w.,/_])[-−+±]?{DIGITS}(?![\w/]|\.\d|,\d)(?:\s?%)?")
IN_CODE = re.compile(rf"(?<![\w.])[-−]?{DIGITS}(?:\s?%)?")
# What has a number and states no result: names, dates, and what test_minutes.py, test_references.py,
# test_equations.py and test_solutions.py hold.
LIST = r"\d[\d.]*(?:(?:, | and | to | or |–)\d[\d.]*)*"
LINKED = r"\]\((?:[^()\s]|\([^()\s]*\))*\)"
NO_RESULT = re.compile("|".join((
    r"```.*?```", r"\$\$.*?\$\$", r"`[^`\n]*`", r"<[^>\n]+>", r"!\[[^\]]*\]", LINKED,
    r"^#[^\n]*",
    rf"(?:\b[Ll]essons?|[Ss]ections?|[Ee]xercises?|[Ss]tages?|[Ff]igures?|[Pp]ython|Answers to)\s*{LIST}",
    rf"§\s*{LIST}", r"sittings: [^.]*", r"\*\*Minutes:\*\*[^\n]*", r"\b\d+ min(?:utes)?\b",
    r"\[\d\d(?= ·|\])", rf"\[\d+(?:\.\d+)?{LINKED}",
    r"\(\d+\.\d+(?=, ★)", r"★, \d+(?=\))", r"\bprojects? \d+\.\d+",
    r"\b[01]{10}\b", r"\b(?:1[89]|20)\d\d\b",
)), re.MULTILINE | re.DOTALL)
STOP = frozenset(
    "the and of to is in at it are for that with by as on or an be was were from this has than not all its "
    "you your so if one two they their there which what still only about".split())


class Value(NamedTuple):
    """A number as it is written: its size, whether in per cent, its decimals, and how many digits count."""

    size: float
    percent: bool
    decimals: int
    digits: int


def value(text: str) -> Value:
    """What a number says, without its sign."""
    bare = re.sub(r"(?<!e)[-−+±](?=[\d.])|[,_%\s]", "", text)
    mantissa, _, exponent = bare.partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    digits = re.sub(r"\D", "", mantissa).lstrip("0")
    return Value(float(bare), "%" in text, decimals, len(digits if decimals else digits.rstrip("0")))


def plain(text: str) -> str:
    """A text without emphasis, a space for each break."""
    return re.sub(r"\s+", " ", re.sub(r"[*`_]", "", text))


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words of a text that mean something."""
    return frozenset(word.lower()[:5] for word in re.findall(r"[A-Za-z]{2,}", text)) - STOP


# The numbers of the prose.


class Number(NamedTuple):
    """A number of a text: as it is written, the text before and from it on, and its paragraph."""

    text: str
    before: str
    after: str
    paragraph: str

    @property
    def words(self) -> str:
        """The number among its neighbours, in a line."""
        before, after = self.before.rpartition("\n\n")[2], self.after.partition("\n\n")[0]
        glue = before.split(" ")[-1].rpartition("\n")[2]
        glued, _, rest = after[len(self.text) :].partition(" ")
        before = before[: len(before) - len(glue)].split()[-4:]
        line = " ".join([*before, glue + self.text + glued, *rest.split()[:3]])
        return " ".join(line.replace("|", " ").split())

    @property
    def near(self) -> frozenset[str]:
        """The words beside it."""
        return stems(self.before[-50:].rpartition("\n\n")[2] + self.after[:50].partition("\n\n")[0])

    def stands_in(self, words: str) -> bool:
        """Whether these words of the text have this number in them."""
        before, after = plain(self.before[-200:] + "|").rstrip("|"), plain(self.after[:200])
        return any(before.endswith(words[:cut]) and after.startswith(words[cut:])
                   for cut in range(len(words)))


def numbers(text: str) -> Iterator[Number]:
    """The numbers of a text that could be results."""
    text = re.sub(r"(?<=\d)\{,\}(?=\d)", ",", text)
    text = re.sub(r"[\d.]+·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: typed(found[0]), text)
    blank = NO_RESULT.sub(lambda found: re.sub(r"\S", " ", found[0]), text)
    for found in NUMBER.finditer(blank):
        size, percent, decimals, _ = value(found[0])
        if percent or decimals or size > SMALL:
            start, end = max(text.rfind("\n\n", 0, found.start()), 0), text.find("\n\n", found.end())
            paragraph = text[start : end if end > 0 else None]
            yield Number(found[0].strip(), text[: found.start()], text[found.start() :], paragraph)


# Where they can come from.


class Evidence:
    """The numbers of lines that are printed, shown or run."""

    def __init__(self, lines: list[str]):
        self._found: dict[tuple, list[tuple[str, frozenset[str]]]] = {}
        for line in lines:
            for one in IN_CODE.finditer(line):
                source = " ".join(line[max(0, one.start() - 40) : one.end() + 20].split())
                near = stems(line[max(0, one.start() - 30) : one.end() + 30])
                for key in self._keys(value(one[0])):
                    self._found.setdefault(key, []).append((source, near))

    @staticmethod
    def _keys(it: Value) -> set[tuple]:
        """What the number can be called in prose: as it is, rounded, or in per cent."""
        keys = {(it.percent, it.size)} | {(it.percent, round(it.size, d), d) for d in range(1, it.decimals)}
        if it.decimals and it.size > 100:
            keys.add((it.percent, round(it.size), 0))
        if not it.percent and it.decimals > 1 and it.size <= 1:
            keys |= {(True, round(100 * it.size, d)) for d in range(max(1, it.decimals - 2))}
        return keys

    def line(self, number: Number, needed: bool = True) -> str | None:
        """The line that has the number, beside most of its words; if `needed`, beside one at least.

        A decimal of three digits, or a whole number over a thousand that is not round, stands for itself.
        """
        it, near = value(number.text), number.near
        found = self._found.get((it.percent, it.size), [])
        if not found and it.digits >= 2:
            found = self._found.get((it.percent, it.size, it.decimals), [])
        source, words = max(found, key=lambda one: len(near & one[1]), default=(None, near))
        rare = it.digits >= 3 and (it.decimals > 0 or it.size > 1000)
        return source if rare or near & words or not needed else None


def _cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _lines(cell: dict) -> list[str]:
    """The lines of a cell's code and of what it prints or shows; a question shows wrong options."""
    source = "".join(cell["source"])
    asks = re.search(r"^(?:predict|warm_up|review|self_test|reflect)\(", source, re.MULTILINE)
    if cell["cell_type"] != "code" or asks:
        return []
    said = ["".join(output.get("text") or output.get("data", {}).get("text/plain", ""))
            for output in cell["outputs"]]
    return "\n".join([source, *map(typed, said)]).splitlines()


class Lesson(NamedTuple):
    """A lesson's prose, cell by cell with its section's name; the evidence of each section and of all."""

    prose: list[tuple[str, str]]
    sections: dict[str, Evidence]
    whole: Evidence


@cache
def lesson_of(lesson: str) -> Lesson:
    """A lesson by its two digits."""
    name, prose, lines = "Opening", [], {"Opening": []}
    for cell in _cells(LESSONS[lesson]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if heading := re.search(r"^## (?:(\d+) ·|(\w+))", source, re.MULTILINE):
                name = heading[1] or heading[2]
            lines.setdefault(name, []).extend(re.findall(r"!\[([^\]]*)\]", source))
            if heading and name == "Exercises":
                solved = _cells(SOLUTIONS / LESSONS[lesson].name)
                lines[name] += [line for one in solved for line in _lines(one)]
            prose.append((name, source))
        else:
            lines[name] += _lines(cell)
    return Lesson(prose, {name: Evidence(part) for name, part in lines.items()},
                  Evidence([line for part in lines.values() for line in part]))


@cache
def room(lesson: str) -> Evidence:
    """What stands in the code of a lesson's room, but for its claims and drawings."""
    folder = ROOT / "helpers" / "lessons" / f"lesson{lesson}"
    return Evidence([line for path in sorted(folder.glob("*.py"))
                     if path.name != "claims.py" and "drawings" not in path.name
                     for line in path.read_text(encoding="utf-8").splitlines()])


@cache
def claims(lesson: str) -> list[tuple[str, str]]:
    """Name and words of each claim of a lesson."""
    found = import_module(f"helpers.lessons.lesson{lesson}.claims").CLAIMS
    return [(claim.name, plain(claim.words)) for claim in found]


@cache
def worked(paragraph: str, rounded: float = 0.0) -> dict[float, str]:
    """The sizes of the numbers in formulas that say what they come to, with the formula.

    Raises ValueError if one comes to something else, by more than its digits hide or, where the numbers in it
    were rounded themselves, by more than a share `rounded`.
    """
    found = {}
    for formula in re.findall(r"\$([^$]+)\$", re.sub(r"(?<=\d),(?=\d{3})", "", paragraph)):
        sides = re.split(r"=|\\approx|\\text\{[^}]*\}", formula)
        sums = [(side, result) for side in sides
                if re.search(r"\d", side) and (result := _sum(side)) is not None]
        if len(sums) < 2 or not any(re.search(r".[-+/^\\]|^\\|\d\s+\d", side.strip()) for side, _ in sums):
            continue
        last, wanted = sums[-1]
        literal = re.fullmatch(r"\s*[-−]?(\d+?(0*))(?:\.(\d+))?[.,;]?\s*", last.replace("{,}", ""))
        slack = 1e-9
        if literal and ("approx" in formula or literal[3] or len(literal[1]) > 2):      # it is rounded
            slack = 0.51 * 10.0 ** (-len(literal[3] or "") or len(literal[2]) * ("approx" in formula))
        for side, result in sums:
            if abs(result - wanted) > max(slack, rounded * abs(wanted)):
                raise ValueError(f"${formula}$: {side.strip()} is {result:.6g}")
            for number in NUMBER.findall(re.sub(r"[{}^]", " ", side.replace("{,}", ""))):
                found[value(number).size] = f"${formula}$"
    return found


def _sum(side: str) -> float | None:
    """What a side of a formula comes to, if it has no unknown in it."""
    try:
        result = latex.Reader(latex.plain(side).strip().rstrip(".,;").replace("−", "-"), {}).all()
    except (latex.CannotRead, ArithmeticError, ValueError):
        return None
    return float(result) if np.ndim(result) == 0 else None


# By hand.


@cache
def _table() -> dict[str, Any]:
    return {path.parent.name[-2:]: tomllib.loads(path.read_text(encoding="utf-8"))
            for path in sorted((ROOT / "tests").glob("lesson*/held.toml"))}


@cache
def held(lesson: str) -> Mapping[str, str]:
    """What is held by hand of a lesson: by words, an expression or a reason."""
    kinds = _table().get(lesson, {})
    found = {**kinds.get("worked", {}), **kinds.get("moved", {})}
    found |= {words: reason for reason, all_words in kinds.get("given", {}).items() for words in all_words}
    return {plain(words): source for words, source in found.items()}


def by_hand(kind: str) -> list[tuple[str, str, str]]:
    """The lesson, the words and the expression of all that is ``worked`` or ``moved``."""
    return [(lesson, words, source) for lesson, kinds in _table().items()
            for words, source in kinds.get(kind, {}).items()]


def names(lesson: str) -> dict[str, Any]:
    """What an expression of `held.toml` can name."""
    found: dict[str, Any] = {"np": np, "math": math, "helpers": helpers}
    for module in (f"lessons.lesson{lesson}", "networks.train", "runs.history", "lessons.lesson02.shipped",
                   "networks", "data", "runs"):
        found |= vars(import_module(f"helpers.{module}"))
    return found


def unlike(words: str, result: Any) -> list[str]:
    """The numbers of the words that are not in the result of their expression, rounded as they are."""
    said = [value(one).size for one in IN_CODE.findall(str(result))]
    wanted = [(number.text, value(number.text)) for number in numbers(words)]
    return [text for text, it in wanted
            if not any(abs(size - it.size) <= 0.501 * 10.0**-it.decimals for size in said)]


# All together.


class Row(NamedTuple):
    """A number of prose: where it stands, its words, and what holds it."""

    place: str
    words: str
    kind: str
    source: str


def rows(place: str, lesson: str, text: str, section: str, used: set[str], given: str = "") -> Iterator[Row]:
    """What holds each number of a text that is about a section of a lesson, or "" for all of it.

    Adds to `used` what is held by hand; `given` is what a question asks.
    """
    here = lesson_of(lesson)
    part, whole = here.sections.get(section), here.whole
    for number in numbers(text):
        kind, source = next(_sources(number, lesson, part, whole, used), (LOST, ""))
        if kind == LOST and value(number.text).size in {value(one.text).size for one in numbers(given)}:
            kind, source = "asked", "given in the question"
        yield Row(place, number.words, kind, source)


def _sources(number: Number, lesson: str, part: Evidence | None, whole: Evidence,
             used: set[str]) -> Iterator[tuple[str, str]]:
    """What could hold a number, the best first."""
    by_words = held(lesson)
    hits = [words for words in by_words if number.stands_in(words)]
    used.update(hits)
    yield from (("held", by_words[words]) for words in hits)
    for name, words in claims(lesson):
        if number.stands_in(words):
            yield "claim", name
    if formula := worked(number.paragraph, ROUNDED).get(value(number.text).size):
        yield "worked", formula
    if part and (line := part.line(number, needed=False)):
        yield "section", line
    if line := whole.line(number):
        yield "lesson", line
    for other in re.findall(r"\b[Ll]essons? \[?(\d\d)", number.paragraph):
        if other in LESSONS and (line := lesson_of(other).whole.line(number)):
            yield f"lesson {other}", line
    if room(lesson).line(number):
        yield "room", f"helpers.lessons.lesson{lesson}"     # whose lines may change without the lesson


def of_lesson(lesson: str, used: set[str]) -> Iterator[Row]:
    """The numbers of a lesson, cell by cell, of its solutions, and of its questions."""
    for section, source in lesson_of(lesson).prose:
        yield from rows(f"{lesson} {section}", lesson, source, section, used)
    for cell in _cells(SOLUTIONS / LESSONS[lesson].name):
        if cell["cell_type"] == "markdown":
            yield from rows(f"{lesson} solutions", lesson, "".join(cell["source"]), "Exercises", used)
    asked = questions(lesson)
    for one in (*asked.predict.values(), *asked.see.values(), *asked.review.values()):
        for sentence in _true(one):
            yield from rows(f"{lesson} question {one.id}", lesson, sentence, str(one.section), used,
                            getattr(one, "ask", ""))


def _true(one: Question | Sight) -> list[str]:
    """The sentences of a question that are true. One with rows of numbers is held by test_answers.py."""
    if isinstance(one, Sight):
        return [one.model]
    return [] if one.numbers else [one.ask, one.options[one.right], *one.because, one.say]


def of_guide(lesson: str, used: set[str]) -> Iterator[Row]:
    """The numbers of a lesson's part of the guide, where a row is about the section that it names."""
    part = re.search(rf"^## {lesson} .*?(?=^## )", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    told = re.sub(r"^```.*?^```", "", part[0], flags=re.MULTILINE | re.DOTALL) if part else ""
    for line in told.splitlines():      # without the lines of stages, which test_stages.py holds
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6:
            continue            # a stage, which test_stages.py holds; a question, from questions.toml
        named = re.fullmatch(r"(\d+)", cells[0]) or re.search(r"§(\d+)", line)
        section = named[1] if named else ""
        if len(cells) == 5:     # without the number of the section and its minutes
            line = " ".join([cells[1], *cells[3:]])
        elif len(cells) > 1:    # without the number of an exercise, its points and its minutes
            line = " ".join(cells[3:] if re.fullmatch(r"\d+\.\d+", cells[0]) else cells)
        yield from rows(f"guide {lesson} §{section}".rstrip(" §"), lesson, line, section, used)


@cache
def wrong(lesson: str) -> tuple[list[str], list[str]]:
    """The places of a lesson whose number is not found, and what is held by hand of no number."""
    used: set[str] = set()
    found = [*of_lesson(lesson, used), *of_guide(lesson, used)]
    return ([f"{row.place}: {row.words}" for row in found if row.kind == LOST],
            [words for words in held(lesson) if words not in used])
