"""The concept inventory: its form and its key, from data/inventory.toml.

The form has questions and options and nothing else; the key has for each wrong option the idea that leads
there, where that idea was met, and the section of a lesson that corrects it.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import facts

from helpers.data import LETTERS, question
from writers import ROOT

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


def items() -> list[Item]:
    rows = tomllib.loads(STORE.read_text(encoding="utf-8"))["question"]
    return [Item(number, row["about"], row["ask"], tuple(row["options"]), row["answer"], row["why"],
                 tuple(Wrong(**one) for one in row["wrong"])) for number, row in enumerate(rows, 1)]


def section(place: str) -> str:
    """A section by its lesson and id, such as "05.cliff", in words, with a link to its lesson."""
    one, number = facts.lesson(place[:2]), int(facts.number(place))
    name = one.sections[number - 1].name
    return f"[lesson {one.number}](../../notebooks/{one.path.name}), section {number}, *{name}*"


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
        mistake, _, right = rest.removesuffix(" is meant").partition(" where ")
        return f"a mistake in a program: `{mistake}` for `{right}`"
    return rest if kind == "paper:" else "a guess of ours"


def form() -> str:
    found = items()
    lines = ["# Fifteen questions", "",
             "For each question choose the option that you think most likely, and leave no question out. "
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
             "stands for one idea. The third column says where that idea was met. If it is a question of the "
             "course, or the guide, the idea is one that the authors expect or have seen. Only the papers "
             "studied people, with different questions, and *a guess of ours* has not been met yet. **This "
             "inventory has not been tried on people:** we expect that students choose an option because of "
             "the idea beside it, but we have not observed this.", "",
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


def pages() -> dict[Path, str]:
    return {PAGES / "form.md": form(), PAGES / "key.md": key()}
