"""The questions of the course: their figures, and what the instructor's guide says of them.

    python scripts/questions.py            # letters, lengths, talks
    python scripts/questions.py --guide    # write the guide's tables of questions anew
    python scripts/questions.py --answers  # write anew which sentence belongs to which option

The guide's tables of Predicts, and the columns *talk* and *review* of its plans, follow from
``data/lessonNN/questions.toml``; points, minutes and cells in its tables of exercises, stages and plans from
the notebooks, by ``scripts/tasks.py``. The rest of the guide is written by hand.
"""

import argparse
import re
from collections import Counter
from itertools import groupby
from pathlib import Path

import tasks

from helpers.data import Question, lesson_names, questions
from helpers.widgets.rounds import NEEDS, at_first

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "instructor_guide.md"
ANSWERS = ROOT / "tests" / "course" / "answers.txt"
LESSONS = [name[:2] for name in lesson_names()]
TALKS = 2               # an hour


def asked(lessons: list[str] = LESSONS) -> list[Question]:
    """Every question with options, lesson by lesson, predictions first, as with its first numbers."""
    return [one.with_numbers(0) for lesson in lessons for one in with_options(lesson)]


def with_options(lesson: str) -> list[Question]:
    """A lesson's questions with options: predictions, reviews, and of lesson 00 those before the course."""
    found = questions(lesson)
    return [*found.predict.values(), *found.review.values(), *found.before.values()]


def letters(options: int) -> dict[str, float]:
    """Of the questions with so many options the share of each right letter, in percent."""
    found = Counter(one.answer for one in asked() if len(one.options) == options)
    return {letter: 100 * found[letter] / max(1, sum(found.values())) for letter in "abcd"[:options]}


def words(text: str) -> int:
    """Words of a text, a formula counting as one."""
    return len(re.sub(r"\$[^$]+\$", "x", text).split())


def longest() -> float:
    """How often the right option is the longest one, in percent."""
    found = asked()
    return 100 * sum(_is_longest(one) for one in found) / len(found)


def _is_longest(one: Question) -> bool:
    counts = [words(option) for option in one.options]
    return counts[one.right] == max(counts) and counts.count(max(counts)) == 1


def runs(lesson: str) -> int:
    """The longest run of one right letter among a lesson's predictions."""
    answers = [one.answer for one in questions(lesson).predict.values()]
    return max((len(list(same)) for _, same in groupby(answers)), default=0)


def predictions(lesson: str) -> str:
    """The guide's table of a lesson's predictions."""
    rows = ["| Predict | name | § | answer | first vote | say |", "|---|---|---|---|---|---|"]
    for one in questions(lesson).predict.values():
        vote = "" if one.talk is None else f"talk, {one.talk} %"
        rows.append(f"| {one.number} | {one.id} | {one.section} | {one.answer} | {vote} | {one.say} |")
    return "\n".join(rows) + "\n"


def taught(parts: str) -> list[tuple[str, int]]:
    """Lessons and sections of an hour of a plan, such as "00: 1-3, 5; 01: 1" with en dashes."""
    found = []
    for lesson, which in (one.strip().split(": ") for one in parts.split(";")):
        for part in which.split(","):
            first, _, last = part.strip().partition("–")
            found += [(lesson, section) for section in range(int(first), int(last or first) + 1)]
    return found


def talks(parts: str) -> list[str]:
    """The questions to talk about in an hour: the two on which a class is most divided."""
    found = [one for lesson, section in taught(parts) for one in questions(lesson).predict.values()
             if one.section == section and one.talk is not None]
    chosen = sorted(found, key=lambda one: abs(one.talk - 50))[:TALKS]
    return [one.number for one in found if one in chosen]


def reviews(parts: str) -> list[str]:
    """The questions that open the lessons that begin in an hour."""
    begun = [lesson for lesson, section in taught(parts) if section == 1 and lesson in NEEDS]
    return [one.number for lesson in begun[-1:] for one in at_first(lesson)]


def guide(text: str) -> str:
    """The guide's text with all that follows from the questions and the headings written anew."""
    for lesson in LESSONS:
        before, heading, part = text.partition(f"\n## {lesson} · ")
        part, rest_heading, rest = part.partition("\n## ")
        part = re.sub(r"\| Predict \|.*\n\|[-|]+\n(?:\|.*\n)*", lambda _, lesson=lesson: predictions(lesson),
                      part, count=1)
        for kind in ("Exercise", "Stage"):
            part = re.sub(rf"\| {kind.lower()} \|.*\n\|[-|]+\n(?:\|.*\n)+",
                          lambda table, lesson=lesson, kind=kind: with_points(table[0], lesson, kind),
                          part, count=1)
        text = before + heading + part + rest_heading + rest
    return re.sub(r"\| hour \|.*\n\|[-|]+\n(?:\|.*\n)+", lambda table: plan(table[0]), text)


def _table(text: str) -> list[dict[str, str]]:
    """The rows of a table by the names of its columns."""
    names, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")]
                       for line in text.strip().split("\n")]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _written(columns: list[str], rows: list[dict[str, str]]) -> str:
    lines = [columns, ["---"] * len(columns), *([row[column] for column in columns] for row in rows)]
    lines = [f"| {' | '.join(line)} |".replace("|  |", "| |") for line in lines]
    return "\n".join([lines[0], lines[1].replace(" ", ""), *lines[2:]]) + "\n"


def with_points(table: str, lesson: str, kind: str) -> str:
    """The guide's table of a lesson's exercises or stages, with their points and minutes."""
    rows = _table(table)
    for row in rows:
        one = tasks.task(lesson, kind, row[kind.lower()])
        row |= {"points": str(one.points), "min": str(one.minutes)}
    rest = [column for column in rows[0] if column not in (kind.lower(), "points", "min")]
    return _written([kind.lower(), "points", "min", *rest], rows)


PLAN = ["hour", "sections", "minutes", "cells", "exercises", "their minutes", "questions and break", "talk",
        "review"]


def plan(table: str) -> str:
    """The table of a plan, from its sections and exercises: what they take, and what is left of the hour.

    The minutes of a stage are in those of its section.
    """
    rows = _table(table)
    for row in rows:
        shown = [tasks.sections(lesson)[section] for lesson, section in taught(row["sections"])]
        found = [tasks.task(lesson, kind, number) for lesson, kind, number in tasks.named(row["exercises"])]
        section_minutes = sum(one.whole for one in shown)
        task_minutes = sum(one.minutes for one in found if one.kind == "Exercise")
        row |= {"minutes": str(section_minutes), "cells": str(sum(one.shown for one in shown)),
                "their minutes": str(task_minutes),
                "questions and break": str(60 - section_minutes - task_minutes),
                "talk": ", ".join(talks(row["sections"])), "review": ", ".join(reviews(row["sections"]))}
    return _written(PLAN, rows)


def answers() -> str:
    """Each question by its options: the sentence of each, and which is right, whatever their order.

    A question whose options were put in another order, each with its sentence, has the same lines.
    """
    found = []
    for lesson in LESSONS:
        for one in with_options(lesson):
            pairs = [f"{'right' if number == one.right else 'wrong'}: {option} ~ {' '.join(why.split()[:8])}"
                     for number, (option, why) in enumerate(zip(one.options, one.because, strict=True))]
            found += [f"{one.id} {one.ask}", *(f"  {pair}" for pair in sorted(pairs))]
    return "\n".join(found) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--guide", action="store_true", help="write the guide's tables of questions anew")
    parser.add_argument("--answers", action="store_true", help="write anew what belongs to which option")
    wanted = parser.parse_args()
    if wanted.answers:
        ANSWERS.write_text(answers(), encoding="utf-8", newline="\n")
        return
    if wanted.guide:
        GUIDE.write_text(guide(GUIDE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
        return
    for lesson in LESSONS:
        found = questions(lesson)
        said = ", ".join(one.id for one in found.predict.values() if one.talk is not None)
        print(f"{lesson}: {len(found.predict)} predictions (talk: {said}), {len(found.see)} sights, "
              f"{len(found.review)} reviews; longest run of a letter {runs(lesson)}")
    for options in (3, 4):
        count = sum(len(one.options) == options for one in asked())
        shares = ", ".join(f"{letter} {share:.0f} %" for letter, share in letters(options).items())
        print(f"{options} options, {count} questions: {shares}")
    print(f"the right option is the longest in {longest():.0f} %")


if __name__ == "__main__":
    main()
