"""What the notebooks say of the lessons' facts: headings, minutes, objectives, the map, links to sections.

A heading belongs to the section, exercise or stage of its name; number, stars and minutes are written. Where
a name was changed in ``lesson.toml``, the headings that are left over are taken in their order. A link to a
section, such as ``[section 5](#5-·-What-one-unit-can-do-(6-min))``, follows its heading, and is encoded.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote

import facts
from facts import Lesson, Section, Task

from writers import ROOT, Problem, replaced, table

SECTION = re.compile(r"^## \d+ · (.+)$", re.MULTILINE)
TASK = {kind: re.compile(rf"^### ({kind} [\d.]+ ★+ .+ \(\d+ minutes?\))$", re.MULTILINE)
        for kind in ("Exercise", "Stage")}
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s#]*)#((?:[^()\s]|\([^()\s]*\))+)\)")
SAFE = "!$&'()*+,/:;=?@~"       # in a link; · and ★ are written %C2%B7 and %E2%98%85, as browsers do
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def anchor(heading: str) -> str:
    """What a link to a heading aims at, as JupyterLab and nbconvert name it.

    >>> anchor("4 · Many *streams* (6 min)")
    '4-·-Many-streams-(6-min)'
    """
    return re.sub(r"[*`]", "", heading).replace(" ", "-")


def _name(heading: str) -> str:
    heading = re.sub(r"^(?:\d+ · |(?:Exercise|Stage) [\d.]+ ★+ )", "", heading)
    return re.split(r" *\*?\((?:optional|\d+ min)", heading)[0]


def matched(found: Sequence[str], wanted: Sequence[Section | Task], where: str) -> dict[str, Section | Task]:
    """To which section or task each heading belongs: by its name, those left over in their order.

    Raises Problem where a heading is left over alone, or where they stand in another order.
    """
    by_name = {one.name: one for one in wanted}
    same = {heading: by_name[_name(heading)] for heading in found if _name(heading) in by_name}
    new = [heading for heading in found if heading not in same]
    left = [one for one in wanted if one not in same.values()]
    if len(new) != len(left):
        raise Problem(f"{where}: the headings {[_name(one) for one in new]} and what lesson.toml has, "
                      f"{[one.name for one in left]}, are not as many: write each in both")
    pairs = same | dict(zip(new, left, strict=True))
    order = [pairs[heading] for heading in found]
    if order != [one for one in wanted if one in order]:
        raise Problem(f"{where}: its headings and the entries of lesson.toml are in different orders")
    return {heading: pairs[heading] for heading in found}


def headings(one: Lesson, cells: Sequence[dict], solved: bool) -> dict[str, str]:
    text = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    where = f"{'solutions/' * solved}{one.notebook}"
    found: dict[str, str] = {}
    if not solved:
        old = [match[0].removeprefix("## ") for match in SECTION.finditer(text)]
        found |= {heading: part.heading for heading, part in matched(old, one.sections, where).items()}
    for kind, tasks in (("Exercise", one.exercises), ("Stage", one.stages)):
        old = [match[1] for match in TASK[kind].finditer(text)]
        found |= {heading: task.heading for heading, task in matched(old, tasks, where).items()}
    for name, minutes in (("On paper", one.on_paper), ("In your own words", one.own_words)):
        if match := re.search(rf"^### ({name} \(\d+ minutes?\))$", text, re.MULTILINE):
            found[match[1]] = f"{name} ({minutes} minutes)"
    return found


# The first cells.

def sittings(one: Lesson) -> str:
    """The sentence that says how long a lesson takes."""
    parts = one.sittings
    if len(parts) == 1:
        said = f"the core path takes {parts[0][2]}"
    else:
        words = [facts.sections_in_words([part.number for part in sections]) for _, sections, _ in parts]
        each = [f"**{letter}, {name}** ({numbers}) takes {minutes}"
                for letter, numbers, (name, _, minutes) in zip("ABCD", words, parts, strict=False)]
        said = f"part {', '.join(each[:-1])}{',' * (len(each) > 2)} and part {each[-1]}"
    optional = [section.minutes for section in one.sections if section.optional]
    more = [f"The optional section{'s' * (len(optional) > 1)} add{'s' * (len(optional) == 1)} {sum(optional)}"
            ] if optional else []
    exercises = f"the exercises{'' if more else ' add'} about {one.exercise_minutes}"
    projects = [task.minutes for task in one.exercises if task.project]
    last = ", and ".join([*more, exercises]) if more else exercises[0].upper() + exercises[1:]
    if projects:
        last += f", and each project {facts.between(projects)}"
    return f"**Minutes:** {said}. {last}."


def opened(source: str, one: Lesson) -> str:
    """The cell with what a reader will be able to do, and how many minutes it takes."""
    words = [objective.words for objective in one.objectives]
    listed = "".join(f"- {line}{'.' if line == words[-1] else ','}\n" for line in words)
    source = replaced(r"^(?:- [^\n]+\n)+", listed, source, f"{one.notebook}: the list of objectives")
    if not one.needs:
        return re.sub(r"This page takes \d+", f"This page takes {one.sittings[0][2]}", source)
    return replaced(r"\*\*Minutes:\*\* .*?(?= \*\*You also|$)", sittings(one), source,
                    f"{one.notebook}: **Minutes:**")


def course_map() -> str:
    return table(["", "lesson", "you leave with"], [
        (one.number, f"[{one.title}]({one.path.name})" if one.needs else one.title, one.leave_with)
        for one in facts.lessons()])


# All together.

def pages() -> dict[Path, str]:
    texts: dict[Path, list[dict]] = {}
    moved: dict[tuple[str, str], str] = {}
    for one in facts.lessons():
        for path in (one.path, one.solutions):
            cells = texts[path] = json.loads(path.read_text(encoding="utf-8"))["cells"]
            for cell in cells:
                cell["source"] = "".join(cell["source"])
            solved = path == one.solutions
            new = headings(one, cells, solved)
            title = one.full_title + ": worked solutions" * solved
            for cell in (cell for cell in cells if cell["cell_type"] == "markdown"):
                cell["source"] = re.sub(r"^(#{2,3}) (.+)$", lambda line, new=new: (
                    f"{line[1]} {new.get(line[2], line[2])}"), cell["source"], flags=re.MULTILINE)
                if cell["source"].startswith("# "):
                    cell["source"] = re.sub(r"^# .+", lambda _, title=title: f"# {title}", cell["source"])
                if cell["source"].startswith("## What you will be able to do"):
                    cell["source"] = opened(cell["source"], one)
                if cell["source"].startswith("## The map of the course"):
                    cell["source"] = replaced(r"^\| \| lesson \|.*?(?=\n\n|\Z)", course_map().rstrip("\n"),
                                              cell["source"], "the map")
            if not solved:
                moved |= {(path.name, anchor(old)): after for old, after in new.items()}
    found = {}
    for path, cells in texts.items():
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell, written in zip(notebook["cells"], cells, strict=True):
            source = written["source"]
            if cell["cell_type"] == "markdown":
                source = follow(source, path, moved)
            cell["source"] = source.splitlines(keepends=True)
        found[path] = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    new_numbers = renumbered(moved)
    return found | {path: planned(follow(path.read_text(encoding="utf-8"), path, moved), new_numbers)
                    for path in PAGES}


def renumbered(moved: dict[tuple[str, str], str]) -> dict[str, dict[int, int]]:
    """By lesson the new number of each section, where one of them has another than before."""
    found: dict[str, dict[int, int]] = {}
    for (file, before), after in moved.items():
        if (old := re.match(r"(\d+)-·", before)) and (new := re.match(r"(\d+) ·", after)):
            found.setdefault(file[:2], {})[int(old[1])] = int(new[1])
    return {lesson: pairs for lesson, pairs in found.items() if any(a != b for a, b in pairs.items())}


def planned(text: str, new_numbers: dict[str, dict[int, int]]) -> str:
    """A page whose tables name sections, such as "04: 1–2, 5", with these as they are numbered now.

    >>> planned("| 04: 1–2, 5; 05: 1 |", {"04": {1: 1, 2: 2, 5: 6}})
    '| 04: 1–2, 6; 05: 1 |'
    """
    def sections(found: re.Match) -> str:
        pairs = new_numbers.get(found[1])
        if not pairs:
            return found[0]
        numbers = [pairs[number] for part in found[2].split(", ") for first, _, last in [part.partition("–")]
                   for number in range(int(first), int(last or first) + 1) if number in pairs]
        return f"{found[1]}: {facts.ranges(sorted(numbers))}" if numbers else found[0]

    listed = re.compile(r"\b(\d\d): (\d+(?:–\d+)?(?:, \d+(?:–\d+)?)*)")
    return re.sub(r"^\|.*", lambda row: listed.sub(sections, row[0]), text, flags=re.MULTILINE)


def follow(text: str, path: Path, moved: dict[tuple[str, str], str]) -> str:
    """The text with its links to headings as these are now, and with their numbers."""
    def link(found: re.Match) -> str:
        words, file, aim = found.groups()
        new = moved.get((file.rpartition("/")[2] or path.name, unquote(aim)))
        if new is None:
            return found[0]
        number = re.match(r"(?:\w+ )?([\d.]+)", new)
        words = re.sub(r"\d+(?:\.\d+)?(?=\D*$)", number[1], words) if number else words
        return f"[{words}]({file}#{quote(anchor(new), safe=SAFE)})"

    return LINK.sub(link, text)
