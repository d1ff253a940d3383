"""The pages of the hours: for each hour of each plan a page to teach from, two sides of A4 when printed.

A page is made of the plan's rows in the guide, of the facts and questions of its lessons, and of their
notebooks, which say what is pressed in which order. Nothing in it is written by hand.
"""

import ast
import builtins
import json
import re
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import facts
from cells import Kind, calls, maker_of, question_of
from facts import Cell

from helpers.data import Question, questions
from helpers.widgets.rounds import at_first, needs
from writers import ROOT, Problem, guide, table

FOLDER = ROOT / "docs" / "hours"
CODE, PRINTED = 40, 100                 # characters of a line of code, and of one that is printed, at most
LINES = 3                               # of what a cell prints; of more the first and the last are shown
WORDS = 14                              # of an option, at most
ASK, SAYS = 34, 32                      # words of a question, and of what a picture says, at most
CELL = "<cell>"                         # where the text of a lesson has a code cell
PACE = 250                              # words of a lesson that a teacher reads in a minute
COLUMNS = ["", "", ""]                  # the place, what to press, what to see and say: clear without words
LATE = ", *out if late*"
LIVE = "Each run differs: say no number"
IMPORTS = "the imports at the top"
DASHBOARDS = (Kind.DASHBOARD, Kind.LABORATORY)
IN_WORDS = {Kind.DASHBOARD: "Dashboard", Kind.LABORATORY: "Dashboard", Kind.LIVE_RUNS: "Live runs",
            Kind.LIVE_RUN: "Live run", Kind.PAGE_BUTTON: "Button"}


@dataclass(frozen=True)
class Hour:
    """An hour of a plan: its row, the row of those who are late, and the plan that they are from."""

    hours: int
    row: dict[str, str]
    late: dict[str, str]
    plan: Sequence[dict[str, str]]
    home: str

    @property
    def number(self) -> int:
        return int(self.row["hour"])

    @property
    def path(self) -> Path:
        return FOLDER / guide.file_of_hour(self.hours, self.number)

    @property
    def sections(self) -> list[tuple[str, int]]:
        return guide.taught(self.row["sections"])

    @property
    def lessons(self) -> list[str]:
        return list(dict.fromkeys(lesson for lesson, _ in self.sections))

    def marked(self, heading: str, task: tuple[str, str, str]) -> str:
        """The heading of an exercise or stage, which says so where it is left out when late."""
        late = LATE * (task in guide.named(self.late["leave out"]))
        return f"{heading[:-1]}{late})"

    @property
    def tasks(self) -> list[tuple[str, str, str]]:
        return guide.named(self.row["exercises"])


def hours() -> list[Hour]:
    text = guide.GUIDE.read_text(encoding="utf-8")
    late, home = guide.late(text), guide.home(text)
    return [Hour(of, row, behind, rows, home[of]) for of, rows in guide.plans(text).items()
            for row, behind in zip(rows, late[of], strict=True)]


def pages() -> dict[Path, str]:
    return {one.path: page(one) for one in hours()}


def page(hour: Hour) -> str:
    parts = [f"# Hour {hour.number} of {hour.hours}\n", table(["", ""], head(hour)), *run_sheet(hour)]
    return "\n".join(parts)


# ---- Before the hour

def head(hour: Hour) -> Iterator[tuple[str, str]]:
    """When it is, what to open, what to run before, what to leave out when late, and what is for home."""
    row, left = hour.row, int(hour.row["review and questions"])
    pause = guide.pause(hour.plan, hour.number)
    behind = f"then {pause} minutes of break" if pause else "the last of the day"
    review = facts.OPENING * bool(row["review"])
    taken = [f"{row['minutes']} minutes of sections", f"{row['their minutes']} of exercises",
             f"{review} of review",
             f"{left - review} for talks and questions, which the times below leave out"]
    yield "**When**", (f"{row['time']}, {behind}. {', '.join(one for one in taken if one[0] != '0')}. "
                       f"{row['cells']} cells to show. [The plan](../instructor_guide.md#plans)")
    parts = {of: facts.sections_in_words([number for lesson, number in hour.sections if lesson == of])
             for of in hour.lessons}
    for of, kind, number in hour.tasks:
        parts.setdefault(of, f"{kind.lower()} {number}")
    yield "**Open**", "; ".join(
        f"[{facts.lesson(of).full_title}](../../notebooks/{facts.lesson(of).path.name}), {what}"
        for of, what in parts.items())
    words = sum(to_read(*one) for one in hour.sections)
    yield "**Read**", ("in each section the text above its first cell, and *What to notice*: "
                       f"{words:,} words at {PACE} a minute")
    begun = dict(reversed(hour.sections))
    first = {of: " and ".join([*opening(hour, of), *ahead_of(hour, of, begun[of])]) for of in hour.lessons}
    ahead = "; ".join(f"in {of} {cells or 'nothing'}" for of, cells in first.items())
    yield "**Run before**", f"in a fresh kernel, {ahead}" if any(first.values()) else "nothing"
    yield "**Keys**", "Alt-Shift-L: large type. [All keys](../instructor_guide.md#keys)"
    if row["talk"]:
        yield "**Talk**", ("fewer than 35 % right: explain and ask again; 35 to 70 %: let neighbours talk "
                           "for two minutes, and vote again; more: go on. Press *Reveal* last")
    late = hour.late
    yield "**Late?**", (f"leave out {late['leave out']}, which saves {late['minutes saved']} minutes in all"
                        f"{all_the_same(hour)}. *Say* {late['say instead']}")
    if left_for_home := home(hour):
        yield "**For home**", ", ".join(left_for_home)


def home(hour: Hour) -> list[str]:
    """What is left for home: what the plan does not show, behind the last hour that comes near it."""
    found = [f"stage {number} of {of}" for of, section in hour.sections
             for number in facts.shown_sections(of)[section].stages
             if (of, "Stage", number) not in hour.tasks]
    for of in hour.lessons:
        shown = [number for row in hour.plan for lesson, number in guide.taught(row["sections"])
                 if lesson == of]
        mine = {number for lesson, number in hour.sections if lesson == of}
        left = [one.number for one in facts.lesson(of).core if one.number not in shown and max(
            [number for number in shown if number < one.number], default=min(shown)) in mine]
        found += [f"{facts.sections_in_words(left)} of {of}"] if left else []
        if max(shown) in mine:
            found += [f"exercise {number}" for lesson, _, number in guide.named(hour.home) if lesson == of]
    return found


@cache
def to_read(of: str, section: int) -> int:
    """The words that a teacher has to read of a section: its opening, and what there is to notice."""
    cells = json.loads(facts.lesson(of).path.read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join("".join(cell["source"]) if cell["cell_type"] == "markdown" else CELL for cell in cells)
    here = re.search(rf"^## {section} · [^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]
    opening, _, rest = here.partition(CELL)
    return len(" ".join([opening, *re.findall(r"^\*\*What to notice.*", rest, re.MULTILINE)]).split())


@cache
def names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that code reads without having given them, and those that it gives."""
    top = symtable.symtable(source, "a cell", "exec")
    given = frozenset(one.get_name() for one in top.get_symbols() if one.is_assigned() or one.is_imported())
    read, tables = set(), [top]
    while tables:
        one = tables.pop()
        tables += one.get_children()
        read |= {symbol.get_name() for symbol in one.get_symbols() if symbol.is_referenced() and (
            one is top or symbol.is_global())}
    return frozenset(read - given - set(dir(builtins))), given


def before(of: str, sections: Sequence[tuple[str, int]], fresh: bool = True) -> dict[int, str]:
    """What an hour's sections of a lesson need to have run before them, in a fresh kernel, in order.

    By its place among the code cells, the words for each cell. In a `fresh` kernel that is the start of their
    sitting: the first code cell of its first section, or in the first sitting all of section 1. Where they
    read a name that is not there then, it is also the imports, or the section, that give it. Raises Problem
    for a name that nothing gives.
    """
    cells, mine = facts.code_cells(of), {number for lesson, number in sections if lesson == of}
    ahead: dict[int, str] = {}

    def take(section: int, whole: bool = True) -> None:
        places = [place for place, one in enumerate(cells) if one.section == section]
        for place in places if whole else places[:1]:
            ahead[place] = f"all of section {section}" if whole else f"the first cell of section {section}"

    for place, (_, sitting, _) in enumerate(facts.lesson(of).sittings):
        first, last = sitting[0].number, sitting[-1].number
        if fresh and mine & set(range(first, last + 1)) and first not in mine:
            take(first, whole=place == 0)
    while missing := first_missing(cells, [place for place, cell in enumerate(cells)
                                           if place in ahead or cell.section in mine]):
        reading, name = missing
        giving = next((n for n in reversed(range(reading)) if name in names(cells[n].source)[1]), None)
        if giving is None or giving in ahead:
            raise Problem(f"lesson {of}, section {cells[reading].section}: nothing gives {name}")
        if section := cells[giving].section:        # one that only gives its first names is not run whole
            take(section, whole=cells[giving - 1].section == section)
        else:
            ahead[giving] = IMPORTS
    return {place: ahead[place] for place in sorted(ahead)}


def opening(hour: Hour, of: str) -> list[str]:
    """The opening questions, in words, where the hour begins behind them: lecture mode comes with them."""
    begins = of == hour.lessons[0] and of in needs() and of != guide.opened(hour.row["sections"])
    return ["all cells as far as the opening questions (for large type)"] if begins else []


def ahead_of(hour: Hour, of: str, section: int) -> list[str]:
    """What is to be run just before a section of an hour, in words; before the class if it is the first."""
    cells, mine = facts.code_cells(of), [number for lesson, number in hour.sections if lesson == of]
    usual = IMPORTS if opening(hour, of) else ""            # they stand above the opening questions
    return list(dict.fromkeys(
        words for place, words in before(of, hour.sections).items() if words != usual
        and next(number for number in mine if number > cells[place].section) == section))


def all_the_same(hour: Hour) -> str:
    """What is to be run even if its section is left out when late, because the rest needs it."""
    left = [one for one in hour.sections if one not in guide.left_out(hour.late["leave out"])]
    found = {}
    for of in dict.fromkeys(lesson for lesson, _ in left):
        usual = before(of, hour.sections)
        more = (words for place, words in before(of, left, fresh=False).items() if place not in usual)
        found[of] = list(dict.fromkeys(more))
    needed = "; ".join(f"{' and '.join(words)} of {of}" for of, words in found.items() if words)
    return f" (but still run {needed}, without a word)" if needed else ""


def first_missing(cells: Sequence[Cell], run: Sequence[int]) -> tuple[int, str] | None:
    """Of the cells at some places, run in order, the first that reads a name which is not there; the name."""
    given: set[str] = set()
    for place in run:
        read, gives = names(cells[place].source)
        if missing := read - given:
            return place, min(missing)
        given |= gives
    return None


# ---- The hour

def run_sheet(hour: Hour) -> Iterator[str]:
    """Its sections in order, with the clock; a lesson's exercises behind its last section, or at the end."""
    clock, opened = 0, guide.opened(hour.row["sections"])
    for place, (of, number) in enumerate(hour.sections):
        if number == 1 and of == opened:
            yield f"## {time(clock)} · {of} Three to begin with ({facts.OPENING} min)\n"
            where = "below *Before you begin*; these three, if no lesson is marked as done"
            yield table(COLUMNS, [("", code(f'warm_up("{of}")'), where), *(
                ("", one.number, recalled(one.with_numbers(0))) for one in at_first(of))])
            clock += facts.OPENING
        section = guide.section(of, number)
        late = LATE * ((of, number) in guide.left_out(hour.late["leave out"]))
        yield f"## {time(clock)} · {of} §{number} · {section.name} ({section.minutes} min{late})\n"
        yield from what_to_press(hour, of, section)
        clock += section.minutes
        later = [lesson for lesson, _ in hour.sections[place + 1:]]
        for one in hour.tasks:
            due = (one[0] == of and of not in later) or (one[0] not in hour.lessons and not later)
            if one[1] == "Exercise" and due:
                task = guide.task(*one)
                asked, solved = exercise(one[0], task)
                yield f"## {time(clock)} · {hour.marked(task.heading, one)}\n"
                yield table(COLUMNS, [("", "*asks*", asked), ("", "*wrong answer*", task.expect)])
                yield f"```python\n{solved}\n```\n"
                clock += task.minutes


@cache
def exercise(of: str, task: facts.Task) -> tuple[str, str]:
    """What an exercise asks, in its first paragraph, and the code that solves it."""
    def below(path: Path) -> Iterator[tuple[str, str]]:
        cells = [(cell["cell_type"], "".join(cell["source"]))
                 for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
        start = next(n for n, (_, text) in enumerate(cells) if text.startswith(f"### {task.heading}"))
        return iter(cells[start:])

    _, text = next(below(facts.lesson(of).path))
    solved = next(text for kind, text in below(facts.lesson(of).solutions) if kind == "code")
    _, asked, *more = facts.without_links(text).split("\n\n")
    if not re.search(r"[.?!)*]$", asked):                               # a list ends the sentence
        asked += " " + re.sub(r"^- ", "", more[0], flags=re.MULTILINE)
    return " ".join(asked.split()), solved.partition("\n\nlesson.")[0]


def time(clock: int) -> str:
    return f"{clock // 60}:{clock % 60:02}"


def what_to_press(hour: Hour, of: str, section: facts.Section) -> Iterator[str]:
    """What to press in a section and what is seen, its stages, and its wrong ideas."""
    cells = [one for one in facts.code_cells(of) if one.section == section.number]
    moves = moves_by_cell(section.show, [controls(one) for one in cells])
    ideas = [("", "*wrong idea*", f"{idea['idea']}. *Show* {found[1]}")
             for idea in facts.lesson(of).wrong_ideas
             if (found := re.match(rf"§{section.number}(?!\d)[:,] (.+)", idea["show"]))]
    rows = [("", f"Run {words}", "") for words in ahead_of(hour, of, section.number)
            if (of, section.number) != next(one for one in hour.sections if one[0] == of)]
    rows += [("", "*show*", moves[-1])] if moves[-1] else []
    if section.leave_out.startswith("shorten: "):
        rows.append(("", "*short of time*", section.leave_out.removeprefix("shorten: ")))
    for number, parts in groupby(enumerate(cells), key=lambda pair: pair[1].stage):
        if number:
            if rows:
                yield table(COLUMNS, rows)
            named = (of, "Stage", number)
            one = guide.task(*named)
            at_home = "" if named in hour.tasks else ", at home if time is short"
            yield f"**{hour.marked(one.heading, named)}**{at_home}\n"
            yield f"```python\n{guide.typed(of, one)}\n```\n"
            rows = [("", "*mistake to type*", f"{one.mistake}. *The check says* {one.says}")]
        else:
            for place, one in parts:
                if one.part != (cells[place - 1].part if place else "") and not one.part.startswith("Stage"):
                    rows.append(("", f"*{one.part}*", ""))
                what, seen = step(one)
                rows.append((str(place + 1), what, moves[place] or seen))
    if rows + ideas:
        yield table(COLUMNS, rows + ideas)


def step(cell: Cell) -> tuple[str, str]:
    """How a cell is recognised at the projector, and what it asks or prints."""
    kind, here = cell.kind, questions(cell.lesson)
    if kind is Kind.QUESTION:
        return predicted(here.predict[question_of(cell.saved)])
    if kind is Kind.REFLECTION:
        sight = here.see[question_of(cell.saved)]
        name = sight.id.partition(".")[2]
        return f"**Answer in words**, `{name}`", f"{short(sight.ask)} *Say* {sight.model}"
    if kind is Kind.BUTTON:
        return f"Button *{ast.literal_eval(maker_of(cell.saved)[1].args[0])}*", ""
    if kind is Kind.IMPORTS:
        return "Imports", ""
    first = code(first_line(cell.source))
    if kind in IN_WORDS:
        name, made = maker_of(cell.saved)
        alone = cell.source.startswith(f"{name}(") or kind is Kind.PAGE_BUTTON
        return f"{IN_WORDS[kind]} {call(made) if alone else first}", seen_of_widget(cell, made)
    if kind is Kind.PICTURE:
        *_, last = ast.parse(cell.source).body
        return f"Picture {call(last.value) if isinstance(last, ast.Expr) else first}", words_of_output(cell)
    return f"Run {first}", ", ".join([*waits(cell), *printed(cell)])


def seen_of_widget(cell: Cell, made: ast.Call) -> str:
    if cell.kind is Kind.PAGE_BUTTON:
        return ""
    if cell.kind is Kind.LIVE_RUN:
        goal = [word.value.value for word in made.keywords if word.arg == "until"]
        until = "".join(f", until the smoothed loss is {loss}" for loss in goal)
        return f"The picture grows while the cell runs{until}. {LIVE}"
    words = words_of_output(cell)
    return f"*First* {words}; *then* live. {LIVE}" if cell.kind is Kind.LIVE_RUNS else words


def waits(cell: Cell) -> list[str]:
    return ["takes some seconds"] * any(name == "progress" for name, _ in calls(cell.source))


def words_of_output(cell: Cell) -> str:
    """What the last output of a cell says in words."""
    plain = ["".join(output["data"].get("text/plain", "")) for output in cell.outputs if "data" in output]
    return ", ".join([*waits(cell), *(cut(sentence(words), SAYS) for words in plain[-1:])])


def printed(cell: Cell) -> list[str]:
    """What a cell prints: all of few lines, or the first and the last; empty if it prints nothing."""
    lines = "".join("".join(output.get("text", "")) for output in cell.outputs).strip().splitlines()
    if len(lines) <= LINES:
        return ["<br>".join(code(line, PRINTED) for line in lines)] if lines else []
    return [f"{code(lines[0], PRINTED)} … {code(lines[-1], PRINTED)}"]


def sentence(plain: str) -> str:
    """What a picture says, of its titles, its sentence and a text."""
    found = [line for line in plain.splitlines() if line.endswith(".")]
    return found[0] if found else plain.partition("\n")[0]


def predicted(one: Question) -> tuple[str, str]:
    """A question to predict, its answer, the first vote to expect and what to say."""
    talk = "" if one.talk is None else f", *talk, first vote {one.talk} %*"
    name = one.id.partition(".")[2]
    return f"**Predict {one.number}**{talk}, `{name}`", f"{short(one.ask)} {answer(one)} *Say* {one.say}"


def recalled(one: Question) -> str:
    """A question to recall, in full: the notebook may show the teacher another one in its place."""
    return f"{one.ask} {answer(one)}"


def answer(one: Question) -> str:
    return f"**{one.answer}**, {cut(one.options[one.right])}."


def short(ask: str) -> str:
    """A question, or if it is long its last sentence that asks."""
    if len(ask.split()) <= ASK:
        return ask
    asked = [one for one in re.split(r"(?<=[.?!:])\s+(?=[A-Z*`$])", ask) if one.endswith("?")]
    return (asked or [ask])[-1]


def cut(words: str, most: int = WORDS) -> str:
    """The first words of an option or a sentence, up to the end of a clause in their second half, if any."""
    each = words.split()
    if len(each) <= most:
        return words.rstrip(".")
    first = " ".join(each[:most])
    clause = re.match(r".*[^,;:.](?=[,;:.] )", first)
    return f"{clause[0] if clause and len(clause[0]) > len(first) / 2 else first} …"


def first_line(source: str) -> str:
    """The line by which a cell is known: a comment at its top, or the first that is not in many cells."""
    lines = source.splitlines()
    body = [lines[one.lineno - 1] for one in ast.parse(source).body]
    telling = (one for one in body if not one.startswith(("import ", "from ", "rng = ")))
    return lines[0] if source.startswith("#") else next(telling, lines[0])


def code(line: str, most: int = CODE) -> str:
    """A line of code or of what is printed, as code in a table, cut where it is long."""
    line = " ".join(line.split())
    line = line if len(line) <= most else line[:most - 1].rstrip() + "…"
    return f"`{line}`".replace("|", "\\|")


def call(node: ast.expr) -> str:
    """A call, without its arguments where it is long."""
    whole = ast.unparse(node)
    if len(whole) > CODE and isinstance(node, ast.Call):
        first = node.args[0] if node.args else None
        drawn = ast.unparse(first) if isinstance(first, ast.Name | ast.Attribute) else ""
        whole = f"{ast.unparse(node.func)}({drawn}…)"
    return code(whole)


def controls(cell: Cell) -> set[str]:
    """The names of a dashboard's controls, as the reader sees them, or the first words of a button."""
    if cell.kind is Kind.BUTTON:
        return {ast.literal_eval(maker_of(cell.saved)[1].args[0]).partition(" (")[0]}
    made = [maker_of(cell.saved)[1]] if cell.kind in DASHBOARDS else []
    return {word.arg.replace("_", " ") for node in made for word in node.keywords
            if word.arg and word.arg != "after"}


def moves_by_cell(show: str, controls: Sequence[set[str]]) -> dict[int, str]:
    """The sentences of what to move, each by the place of the dashboard that it is about.

    That is the one with the most of the controls that it names, in full or by the last word; without any,
    where the sentence before it is. Those before the first are at −1, for the whole section.

    >>> moves_by_cell("Look. *weight* 1 → 2. It grows", [set(), {"weight"}])
    {-1: 'Look.', 0: '', 1: '*weight* 1 → 2. It grows'}
    >>> moves_by_cell("*clip* 1. At rate 3, *clip* 2", [{"clip"}, {"clip", "learning rate"}])
    {-1: '', 0: '*clip* 1.', 1: 'At rate 3, *clip* 2'}
    """
    found: dict[int, list[str]] = {place: [] for place in range(-1, len(controls))}
    here = -1
    for sentence in re.split(r"(?<=[.?])\s+(?=[A-Z*`0-9])", show):
        named, words = set(re.findall(r"\*([^*]+)\*", sentence)), set(re.findall(r"\w+", sentence))
        scores = [(len(named & one), sum(name.split()[-1] in words for name in one)) for one in controls]
        if max(scores, default=(0, 0))[0]:
            here = scores.index(max(scores))
        found[here].append(sentence)
    return {place: " ".join(each) for place, each in found.items()}
