"""The concept inventory: writes its form and its key from data/inventory.toml.

    python scripts/inventory.py             # write docs/inventory/form.md and docs/inventory/key.md again
    python scripts/inventory.py --check     # say whether they are as the store says, and write nothing

The form has questions and options and nothing else; the key has for each wrong option the idea that leads
there, where that idea was met, and the section of a lesson that corrects it.
"""

import argparse
import json
import re
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.data import LETTERS, lesson_names, question

ROOT = Path(__file__).resolve().parents[1]
STORE = ROOT / "data" / "inventory.toml"
PAGES = ROOT / "docs" / "inventory"


@dataclass(frozen=True)
class Wrong:
    """A wrong option: the idea that it stands for, in a name and in a sentence, and what is known of it."""

    option: str
    idea: str
    says: str
    met: str
    mends: str


@dataclass(frozen=True)
class Item:
    """A question of the inventory; of its options one is right, and each other one stands for an idea."""

    number: int
    about: str
    ask: str
    options: tuple[str, ...]
    answer: str
    why: str
    wrong: tuple[Wrong, ...]

    def __post_init__(self):
        if sorted([self.answer, *(one.option for one in self.wrong)]) != list(LETTERS[:len(self.options)]):
            raise ValueError(f"question {self.number}: each option is right, or has one idea")


def items() -> list[Item]:
    """All questions, in order."""
    rows = tomllib.loads(STORE.read_text(encoding="utf-8"))["question"]
    return [Item(number, row["about"], row["ask"], tuple(row["options"]), row["answer"], row["why"],
                 tuple(Wrong(**one) for one in row["wrong"])) for number, row in enumerate(rows, 1)]


@cache
def _cells(lesson: str) -> list[dict]:
    name = next(name for name in lesson_names() if name[:2] == lesson)
    return json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]


def section(place: str) -> str:
    """A section such as "01.2", in words, with a link to its lesson."""
    lesson, _, number = place.partition(".")
    text = "\n".join("".join(cell["source"]) for cell in _cells(lesson) if cell["cell_type"] == "markdown")
    heading = re.search(rf"^## {number} · (.+?)(?: \*?\(.*)?$", text, re.MULTILINE)
    if not heading:
        raise ValueError(f"lesson {lesson} has no section {number}")
    name = next(name for name in lesson_names() if name[:2] == lesson)
    return f"[lesson {lesson}](../../notebooks/{name}.ipynb), section {number}, *{heading[1]}*"


def met(words: str) -> str:
    """Where an idea was met, for a reader."""
    kind, _, rest = words.partition(" ")
    if kind == "question":
        name, letter = rest.split()
        asked = question(name).with_numbers(0)
        if letter == asked.answer:
            raise ValueError(f"{words}: this option is the right one")
        return f"question {asked.number} of the course, option {letter}"
    if kind == "guide":
        lesson, _, idea = rest.partition(": ")
        return f"the [guide](../instructor_guide.md), lesson {lesson}: *{idea}*"
    if kind == "code:":
        slip, _, right = rest.removesuffix(" is meant").partition(" where ")
        return f"a slip in a program: `{slip}` for `{right}`"
    return rest if kind == "paper:" else "a guess of ours"


def form() -> str:
    """The page that is handed out: questions and options, no answer and no hint of one."""
    found = items()
    lines = ["# Fifteen questions", "",
             "Choose one option for each question, the one that you think most likely; leave none out. "
             "There is no mark. You need no computer and no book, and about half an hour. Instead of your "
             "name, write a code that you will recognise again.", "", "Code: ______________________", "",
             "| " + " | ".join(str(one.number) for one in found) + " |", "|---" * len(found) + "|",
             "| " * len(found) + "|", ""]
    for one in found:
        lines += [f"**{one.number}.** {one.ask}", ""]
        lines += [*(f"- **{letter})** {option}"
                    for letter, option in zip(LETTERS, one.options, strict=True)), ""]
    return "\n".join(lines).rstrip() + "\n"


def key() -> str:
    """The page for teachers: the right options, and what each wrong one says of its reader."""
    found = items()
    right = Counter(one.answer for one in found)
    lines = ["# Key to the fifteen questions", "",
             "This page is for teachers; another one says [how to use it](README.md). Each wrong option "
             "stands for one idea. The third column says where that idea was met. A question of the course, "
             "or its guide, names what its authors expect or have seen. Only the papers studied people, with "
             "different questions, and *a guess of ours* has not been met yet. **This inventory has not been "
             "tried on people:** we expect that an option is chosen for the idea beside it, but we have not "
             "observed it.", "",
             "| question | " + " | ".join(str(one.number) for one in found) + " |",
             "|---" * (len(found) + 1) + "|",
             "| right | " + " | ".join(one.answer for one in found) + " |", "",
             "By letters: " + ", ".join(f"{letter} {right[letter]}" for letter in LETTERS) + ".", ""]
    for one in found:
        lines += [f"## {one.number} · {one.about}", "", f"**{one.answer}.** {one.why}", "",
                  "| option | wrong idea | met in | corrected in |", "|---|---|---|---|"]
        lines += [f"| {bad.option} | **{bad.idea}**: {bad.says} | {met(bad.met)} | {section(bad.mends)} |"
                  for bad in sorted(one.wrong, key=lambda bad: bad.option)] + [""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    wanted = parser.parse_args()
    old = 0
    for path, text in ((PAGES / "form.md", form()), (PAGES / "key.md", key())):
        if not wanted.check:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif path.read_text(encoding="utf-8") != text:
            old = 1
            print(f"docs/inventory/{path.name} is not as the store says: python scripts/inventory.py")
    return old


if __name__ == "__main__":
    sys.exit(main())
