"""Sections, exercises and stages that are mentioned: each is there, and in a notebook it can be clicked."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import facts
from course import cells

LIST = r"\d+(?:\.\d+)*(?:(?:, | and | or | to |–|, and )\d+(?:\.\d+)?(?! min|[\w%]))*"
MENTION = re.compile(rf"(?P<kind>[Ss]ection|[Ee]xercise|[Ss]tage)s? (?P<numbers>{LIST})|§(?P<sign>\d+)")
LESSON = r"[Ll]essons? \[?(\d\d)(?:\]\([^)]*\))?"
# What is no prose of a notebook: code, formulas, links, pictures, tags, headings, the line of minutes.
NO_PROSE = re.compile(
    r"```.*?```|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$|!?\[(?:[^\[\]]|\[[^\]]*\])*\]\((?:[^()\s]|\([^()\s]*\))*\)"
    r"|<[^>\n]+>|^#[^\n]*$|\*\*Minutes:\*\*[^\n]*", re.MULTILINE | re.DOTALL)
OTHERS = (          # a section of a paper; a position of the slider *stage* in lesson 07, section 2
    "Bengio 2013, section 2.1", "still work (section 3.2)", "the theorem (section 2.1)",
    "the cliff (section 2.3", "the clip (section 3.2)", "(thesis, 2013), section 2.8.6",
    "(2013): section 2 writes", "Bengio 2013: section 2 has", "(1948), sections 2 to 7",
    "Stage 4 makes it 10", "At stage 1 it wanders", "stage 2 it is right until", "From stage 3 on it is",
    "stage 4: o shut", "Stop at stage 3",
)


class Mention(NamedTuple):
    """A list of numbers: its words, where they and the numbers stand, of what, and the lessons meant."""

    words: str
    start: int
    end: int
    first: int
    kind: str
    lessons: list[str]
    numbers: list[str]

    @property
    def lost(self) -> list[str]:
        """Those of its numbers that are not there."""
        return [f"{of} {self.kind} {number}" for of in self.lessons for number in self.numbers
                if heading(self.kind, of, number) is None]


def heading(kind: str, of: str, number: str) -> str | None:
    """The heading of a section, exercise or stage of a lesson; None if there is no such."""
    of = f"{int(number.split('.')[0]):02}" if kind == "exercise" else of
    if of not in facts.LESSONS:
        return None
    lesson = facts.lesson(of)
    parts = {"section": lesson.sections, "exercise": lesson.exercises, "stage": lesson.stages}[kind]
    return next((part.heading for part in parts if str(part.number) == number), None)


def numbers(words: str) -> list[str]:
    """The numbers of a list such as "1 to 3, 5" or "3.1 and 3.2"."""
    found: list[str] = []
    for one in re.split(r", and | and | or |, ", words):
        first, _, last = re.sub("–", " to ", one).partition(" to ")
        if last and last.isdigit():
            found += map(str, range(int(first), int(last) + 1))
        elif last:
            lesson, start = first.split(".")
            found += [f"{lesson}.{n}" for n in range(int(start), int(last.split(".")[1]) + 1)]
        else:
            found.append(first)
    return found


def mentions(text: str, own: str) -> Iterator[Mention]:
    """What a text mentions, in its order; `own` is the lesson that it is about, or "" for none."""
    for found in MENTION.finditer(text):
        start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - 60)
        words = " ".join(text[start : found.end() + 25].split("\n\n")[0].split())
        if any(other in words for other in OTHERS):
            continue
        kind = (found["kind"] or "section").lower()
        before = re.search(rf"{LESSON}(?:'s)?[,:(]? ?(?:the )?$|{LESSON}, (?:[a-z]+s? )?[\d, and]+; $",
                           text[max(0, found.start() - 70) : found.start()])
        after = re.match(rf",? (?:of|in) (?:{LESSON})(?: and (\d\d))?", text[found.end():])
        named = [one for one in (after or before or re.match("", "")).groups() if one]
        last = re.findall(LESSON, text[: found.start()].rpartition("\n")[2]) if not own else []
        lessons = named or [own] if own or named else last[-1:]
        listed = found["numbers"] or found["sign"]
        yield Mention(words, found.start(), found.end(), found.end() - len(listed), kind, lessons,
                      numbers(listed))


def plain(text: str) -> str:
    """The prose of a notebook's text that is no link, at the same places."""
    return NO_PROSE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def text_of(path: Path) -> str:
    """The text of a page, or of a notebook's cells of text."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(cell["source"] for cell in cells(path, "markdown"))


def links(path: Path) -> list[tuple[str, str, str]]:
    """Words, file and anchor of each link that stays in the course."""
    link = r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s#]*)(?:#((?:[^()\s]|\([^()\s]*\))*))?\)"
    found = re.findall(link, text_of(path))
    return [(words, file.rpartition("/")[2], anchor) for words, file, anchor in found if "://" not in file]
