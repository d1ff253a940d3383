"""The README's table of lessons, how many there are, and the page of objectives."""

from itertools import groupby
from pathlib import Path

import facts
from facts import Lesson, Objective

from writers import ROOT, replaced, table

README, INDEX, OBJECTIVES = ROOT / "README.md", ROOT / "docs" / "index.md", ROOT / "docs" / "objectives.md"
NUMBERS = {13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen"}


def pages() -> dict[Path, str]:
    number = f"These {NUMBERS[len(facts.LESSONS)]} lessons"
    lessons = table(["", "lesson", "needs", "minutes", "what you leave with"], map(row, facts.lessons()))
    readme = replaced(r"^\| \| lesson \| needs \|.*?\n(?=\n)", lessons, README.read_text("utf-8"),
                      "README.md: the table of lessons")
    parts = "".join(f"{part(one)}\n" for one in facts.lessons())
    text = replaced(r"^## 00 · .*?(?=^## \D)", parts, OBJECTIVES.read_text("utf-8"), "objectives.md: ## 00")
    readme, index = (replaced(r"These \w+ lessons", number, page, "These … lessons")
                     for page in (readme, INDEX.read_text("utf-8")))
    return {README: readme, INDEX: index,
            OBJECTIVES: replaced(r"^Exercises? [^\n]* belongs? to [^\n]*$", beyond(), text, "its last line")}


def row(one: Lesson) -> tuple[str, ...]:
    minutes = " + ".join(str(minutes) for *_, minutes in one.sittings)
    return (one.number, f"[{one.title}](notebooks/{one.path.name})", ", ".join(one.needs), minutes,
            one.leave_with)


def part(one: Lesson) -> str:
    rows = table(["you will be able to", "taught in", "tested by", "in your own words", "asked by"],
                 [(aim.words.replace("](../docs/", "]("), f"§{sections(aim, one)}", tested(aim),
                   ", ".join(aim.own_words), ", ".join(aim.asked)) for aim in one.objectives])
    return f"## {one.full_title}\n\n[Notebook](../notebooks/{one.path.name})\n\n{rows}"


def sections(aim: Objective, one: Lesson) -> str:
    return facts.ranges(sorted(int(facts.number(name, one.number)) for name in aim.taught))


def tested(aim: Objective) -> str:
    """What tests an objective, in words: exercises, stages of a lesson, and pages to fill in.

    >>> tested(Objective("", (), ["stage 03.step-back", "stage 03.whole-backward", "page 03"]))
    'stages 4 and 5 of 03, page of 03'
    """
    found = []
    for stage, names in groupby(aim.tests, key=lambda name: name.startswith("stage ") and name[6:8]):
        if stage:
            each = [int(facts.task(name)[1].number) for name in names]
            found.append(f"stage{'s' * (len(each) > 1)} {facts.ranges(each, ' to ', ' and ')} of {stage}")
        else:
            found += [f"page of {name[5:]}" if name.startswith("page ") else facts.task(name)[1].number
                      for name in names]
    return ", ".join(found)


def beyond() -> str:
    used = {name for one in facts.lessons() for aim in one.objectives for name in aim.tests}
    left = [task.number for one in facts.lessons() for task in one.exercises
            if f"exercise {one.number}.{task.id}" not in used and not task.project]
    several = len(left) > 1
    listed = " and ".join([*([", ".join(left[:-1])] if several else []), left[-1]])
    return (f"Exercise{'s' * several} {listed} belong{'s' * (not several)} to optional sections, and "
            f"test{'s' * (not several)} no line above.")
