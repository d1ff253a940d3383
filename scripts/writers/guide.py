"""The instructor's guide: a part for each lesson, and of its plans what follows from their sections."""

import json
import re
import textwrap
from pathlib import Path

import facts
import minutes
from facts import Lesson

from helpers.data import questions
from helpers.widgets.rounds import at_first, needs
from writers import ROOT, Problem, replaced, table

GUIDE = ROOT / "docs" / "instructor_guide.md"
TALKS = 2                                       # an hour
SECONDS_A_CELL, CELLS_AN_HOUR = 80, 35          # in front of a class: at least, at most
TO_THE_CLINIC = 660                             # minutes of lessons 00 to 09 at most, by scripts/minutes.py
SECTIONS, LEFT = 50, 10                         # minutes of an hour: of its sections at most, left at least
PLAN = ["hour", "time", "sections", "minutes", "cells", "exercises", "their minutes", "review and questions",
        "talk", "review"]
IN_WORDS = ["", "", "Two", "Three", "Four"]


def pages() -> dict[Path, str]:
    text = GUIDE.read_text(encoding="utf-8")
    parts = "".join(f"{part(one)}\n" for one in facts.lessons())
    text = replaced(r"^## 00 · .*?(?=^## \D)", parts, text, "docs/instructor_guide.md: ## 00")
    numbers, seconds = ([getattr(one, what) for one in facts.lessons()] for what in ("number", "seconds"))
    text = replaced(r"^\| lesson \| 00 \|.*?\n(?=\n)", table(["lesson", *numbers], [["about", *seconds]]),
                    text, "docs/instructor_guide.md: the seconds of the lessons")
    return {GUIDE: re.sub(r"\| hour \|.*\n\|[-|]+\n(?:\|.*\n)+", lambda found: plan(found[0]), text)}


def part(one: Lesson) -> str:
    solutions = "solutions" if len(one.exercises) > 1 else "solution"
    first = " ".join(filter(None, [
        f"[Notebook](../notebooks/{one.path.name}) · [{solutions}](../notebooks/solutions/{one.path.name}).",
        sittings(one), one.in_class]))
    tables = [
        table(["§", "section", "min", "leave out?", "move, and what is seen"],
              [(s.number, s.name, s.minutes, s.leave_out, s.show) for s in one.sections]),
        table(["Predict", "name", "§", "answer", "first vote", "say"],
              [(q.number, q.id, q.section, q.answer, "" if q.talk is None else f"talk, {q.talk} %", q.say)
               for q in questions(one.number).predict.values()]),
        table(["wrong idea", "show it"], [(idea["idea"], idea["show"]) for idea in one.wrong_ideas]),
        table(["exercise", "points", "min", "wrong answer to expect"],
              [(t.number, t.points, t.minutes, t.expect) for t in one.exercises])]
    if one.stages:
        tables.append(table(["stage", "points", "min", "a mistake to type", "the check says", "in class?"],
                            [(t.number, t.points, t.minutes, t.mistake, t.says, t.in_class)
                             for t in one.stages]))
        tables += [f"Stage {t.number}, the lines to type:\n\n```python\n{typed(one.number, t)}\n```\n"
                   for t in one.stages]
    last = [f"{one.answers}\n"] if one.answers else []
    return "\n".join([f"## {one.full_title}\n", f"{first}\n", *tables, *last])


def typed(lesson: str, stage: facts.Task) -> str:
    """The lines of a stage, one below the other, indented as in the solution.

    Raises Problem for a line that the solution does not have.
    """
    cells = json.loads(facts.lesson(lesson).solutions.read_text(encoding="utf-8"))["cells"]
    solved, here = [], False
    for source, kind in (("".join(cell["source"]), cell["cell_type"]) for cell in cells):
        if kind == "markdown" and re.match("#{1,3} ", source):
            here = source.startswith(f"### Stage {stage.number} ")
        elif kind == "code" and here:
            solved += [re.sub(r" +# .*", "", line) for line in source.splitlines()]
    found: list[str] = []
    for line in re.findall(r"`([^`]+)`", stage.lines):
        place = next((n for n, one in enumerate(solved) if one.strip() == line), None)
        if place is None:
            raise Problem(f"lesson {lesson}, stage {stage.number}: no {line!r} in this place of its solution")
        found.append(solved[place])
        solved = solved[place + 1:]
    return textwrap.dedent("\n".join(found))


def sittings(one: Lesson) -> str:
    if len(one.sittings) == 1:
        return ""
    each = [facts.ranges([s.number for s in sections], " to ", " and ") for _, sections, _ in one.sittings]
    optional = [s.number for s in one.sections if s.optional]
    said = f"{IN_WORDS[len(each)]} sittings: {', '.join(each[:-1])}, then {each[-1]}"
    if optional:
        said += f"; {facts.ranges(optional, ' to ', ' and ')} {'are' if len(optional) > 1 else 'is'} optional"
    return f"{said}."


# Plans.

def rows(text: str) -> list[dict[str, str]]:
    names, _, *found = [[cell.strip() for cell in line.strip("|").split("|")]
                        for line in text.strip().split("\n")]
    return [dict(zip(names, row, strict=True)) for row in found]


def taught(parts: str) -> list[tuple[str, int]]:
    """Lessons and sections of an hour of a plan, such as "00: 1-3, 5; 01: 1" with en dashes."""
    found = []
    for lesson, which in (one.strip().split(": ") for one in parts.split(";")):
        for numbers in which.split(","):
            first, _, last = numbers.strip().partition("–")
            found += [(lesson, section) for section in range(int(first), int(last or first) + 1)]
    return found


def named(words: str) -> list[tuple[str, str, str]]:
    """The exercises and stages named in a cell of a table: lesson, kind and number.

    >>> named("1.1, stages 2 to 4 of 02")
    [('01', 'Exercise', '1.1'), ('02', 'Stage', '2'), ('02', 'Stage', '3'), ('02', 'Stage', '4')]
    """
    found = [(f"{int(number.split('.')[0]):02}", "Exercise", number)
             for number in re.findall(r"\b\d+\.\d+\b", words)]
    for which, lesson in re.findall(r"\bstages? ([\d, and to]+?) of (\d\d)\b", words):
        for numbers in re.split(r", | and ", which):
            first, _, last = numbers.partition(" to ")
            found += [(lesson, "Stage", str(number)) for number in range(int(first), int(last or first) + 1)]
    return found


def task(lesson: str, kind: str, number: str) -> facts.Task:
    tasks = (*facts.lesson(lesson).exercises, *facts.lesson(lesson).stages)
    return next(task for task in tasks if (task.kind, task.number) == (kind, number))


def section(lesson: str, number: int) -> facts.Section:
    return facts.lesson(lesson).sections[number - 1]


def left_out(words: str) -> list[tuple[str, int]]:
    """The sections in a cell on what to leave out, such as "02: 12; stage 7 of 02"."""
    return [one for part in words.split("; ") if re.match(r"\d\d: ", part) for one in taught(part)]


def talks(parts: str) -> list[str]:
    """The questions to talk about in an hour: the two on which a class is most divided."""
    found = [one for lesson, number in taught(parts) for one in questions(lesson).predict.values()
             if one.section == number and one.talk is not None]
    chosen = sorted(found, key=lambda one: abs(one.talk - 50))[:TALKS]
    return [one.number for one in found if one in chosen]


def opened(parts: str) -> str:
    """The lesson whose opening questions an hour has time for: the last that begins in it; "" for none."""
    return ([""] + [lesson for lesson, number in taught(parts) if number == 1 and lesson in needs()])[-1]


def reviews(parts: str) -> list[str]:
    """The questions that open the lesson that begins in an hour."""
    return [one.number for one in at_first(opened(parts))] if opened(parts) else []


def plan(text: str) -> str:
    """The table of a plan, from its sections and exercises: what they take, and what is left of the hour.

    The minutes of a stage are in those of its section.
    """
    found = rows(text)
    for row in found:
        minutes = sum(section(*one).minutes for one in taught(row["sections"]))
        tasks = sum(task(*one).minutes for one in named(row["exercises"]) if one[1] == "Exercise")
        hour = number_of(row["hour"])
        row |= {"hour": f"[{hour}](hours/{file_of_hour(len(found), hour)})", "minutes": str(minutes),
                "their minutes": str(tasks),
                "cells": str(sum(facts.shown_sections(lesson)[number].cells
                                 for lesson, number in taught(row["sections"]))),
                "review and questions": str(60 - minutes - tasks),
                "talk": ", ".join(talks(row["sections"])), "review": ", ".join(reviews(row["sections"]))}
    return table(PLAN, [[row[column] for column in PLAN] for row in found])


def plans(text: str) -> dict[int, list[dict[str, str]]]:
    """The hours of each plan in the guide's text, by how many they are."""
    found = {int(hours): rows(each) for hours, each in re.findall(
        r"^### (\d+) hours.*?(\| hour \|.*?\n)\n", text, re.MULTILINE | re.DOTALL)}
    for row in (row for each in found.values() for row in each):
        row["hour"] = str(number_of(row["hour"]))
    return found


def number_of(hour: str) -> int:
    """The number of an hour, which is a link to its page."""
    return int(re.findall(r"\d+", hour)[0])


def file_of_hour(hours: int, number: int) -> str:
    """The name of the page of an hour, so that the pages are in order by their names.

    >>> file_of_hour(6, 4)
    'plan06_hour04.md'
    """
    return f"plan{hours:02}_hour{number:02}.md"


def late(text: str) -> dict[int, list[dict[str, str]]]:
    """What to leave out of each hour of each plan, by how many they are."""
    found = re.findall(r"^### (\d+) hours.*?(\| when late, hour \|.*?\n)\n", text, re.MULTILINE | re.DOTALL)
    return {int(hours): rows(each) for hours, each in found}


def home(text: str) -> dict[int, str]:
    """The paragraph of each plan on what is for home, by its hours."""
    found = re.findall(r"^### (\d+) hours.*?^For home: (.*?)\n", text, re.MULTILINE | re.DOTALL)
    return {int(hours): words for hours, words in found}


def clock(time: str) -> tuple[str, int, int]:
    """The day, and when an hour begins and ends, in minutes.

    >>> clock("day 2, 9:00–10:00")
    ('day 2', 540, 600)
    """
    day, begins, ends = re.fullmatch(r"(?:(.+), )?(\d+:\d\d)–(\d+:\d\d)", time).groups(default="")
    return day, *(60 * int(one.partition(":")[0]) + int(one.partition(":")[2]) for one in (begins, ends))


def pause(planned: list[dict[str, str]], hour: int) -> int:
    """The minutes of the break behind an hour of a plan; 0 behind the last of a day."""
    day, _, ends = clock(planned[hour - 1]["time"])
    later = [clock(row["time"]) for row in planned[hour:]]
    return later[0][1] - ends if later and later[0][0] == day else 0


def tight() -> list[str]:
    """What does not fit into an hour of a plan, or into the course's, a sentence each."""
    found = []
    whole = sum(minutes.core(path)[0] for path in ROOT.glob("notebooks/0*.ipynb"))
    if whole > TO_THE_CLINIC:
        found.append(f"Lessons 00 to 09 take {whole:.0f} minutes, more than {TO_THE_CLINIC}.")
    for hours, each in plans(GUIDE.read_text(encoding="utf-8")).items():
        for row in each:
            where = f"The {hours}-hour plan, hour {row['hour']}:"
            seen = [facts.shown_sections(lesson)[one] for lesson, one in taught(row["sections"])]
            seconds = 60 * sum(one.minutes for one in seen) / max(1, int(row["cells"]))
            if int(row["minutes"]) > SECTIONS:
                found.append(f"{where} its sections take {row['minutes']} minutes, more than {SECTIONS}.")
            if int(row["review and questions"]) < LEFT:
                found.append(f"{where} {row['review and questions']} minutes are left for the review and "
                             f"questions, fewer than {LEFT}.")
            if int(row["cells"]) > CELLS_AN_HOUR:
                found.append(f"{where} {row['cells']} cells are shown, more than {CELLS_AN_HOUR}.")
            if seconds < SECONDS_A_CELL:
                found.append(f"{where} each cell that is shown has {seconds:.0f} seconds, fewer than "
                             f"{SECONDS_A_CELL}.")
    return found
