"""How many minutes a lesson takes, by one rule: ``python scripts/pages.py --minutes``.

Prints, for each section, what is in it and the minutes that this makes, beside those promised in its heading;
and every stretch of more than 400 words in which there is nothing to do.

The rule is for somebody who reads at leisure and tries everything once: 180 words a minute, 6 seconds a
statement, 45 seconds to answer a question, beside its words, two minutes and a half for the three of an
opening, a minute and a half for a dashboard, a minute for a button or a sentence of one's own,
two for a run that is watched, five for the laboratory, half a minute for an equation that stands alone, and
for a task in the middle of a section the minutes that it names. What is folded away (hints, solutions),
exercises and questions at the end, and imports count nothing.
"""

import ast
import json
import re
from collections import Counter
from pathlib import Path

from cells import WIDGETS, Kind, kind_of, question_of

from helpers.data import Question, question, questions

SECONDS = {"words": 60 / 180, "lines": 6.0, "questions": 45.0, "openings": 150.0, "dashboards": 90.0,
           "buttons": 60.0, "runs": 120.0, "laboratories": 300.0, "equations": 30.0, "task minutes": 60.0}
COUNTED = {Kind.QUESTION: "questions", Kind.SELF_TEST: "questions", Kind.OPENING: "openings",
           Kind.DASHBOARD: "dashboards", Kind.LABORATORY: "laboratories", Kind.LIVE_RUN: "runs",
           Kind.REFLECTION: "buttons", Kind.BUTTON: "buttons", Kind.PAGE_BUTTON: "buttons",
           Kind.LIVE_RUNS: "buttons"}
TO_DO = ("questions", "openings", "dashboards", "buttons", "runs", "laboratories", "task minutes", "tries")
LONGEST = 400           # words between two things to do
# Sections that are no part of a sitting.
APART = ("Exercises", "Recap", "Further reading", "The map", "Five to keep")
HEADING = re.compile(r"^## (.+?)(?: \((\d+) min[^)]*\))?(?:\s*\*?\(optional[^)]*\)\*?)?$", re.MULTILINE)


def sections(path: Path) -> list[tuple[str, int | None, bool, Counter]]:
    """The parts of a notebook: heading, promised minutes or None, whether it is optional, what is in it.

    What stands before the first heading counts as a part called "Opening".
    """
    found = [("Opening", None, False, Counter())]
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            heading = HEADING.search(source)
            if heading:
                promised = int(heading[2]) if heading[2] else None
                found.append((heading[1], promised, "optional" in heading[0], Counter()))
            found[-1][3].update(in_prose(source))
        else:
            found[-1][3].update(in_code(cell))
    return found


def in_prose(source: str) -> dict[str, int]:
    """Words, questions and equations of a Markdown cell; tables count by their words."""
    source = re.sub(r"<details>.*?</details>|!\[[^\]]*\]\([^)]*\)", " ", source, flags=re.DOTALL)
    equations = re.findall(r"\$\$.*?\$\$", source, flags=re.DOTALL)
    source = re.sub(r"\$\$.*?\$\$|```.*?```", " ", source, flags=re.DOTALL)
    source = re.sub(r"\]\([^)]*\)|<[^>]+>", " ", source)
    tasks = re.findall(r"^### .*\((\d+) minutes?\)$", source, flags=re.MULTILINE)
    return {"words": len(re.findall(r"\w[\w'’-]*", re.sub(r"\$[^$]+\$", " x ", source))),
            "tries": source.count("**Try it.**"), "equations": len(equations),
            "task minutes": sum(map(int, tasks))}


def in_code(cell: dict) -> dict[str, int]:
    """Statements that are read, without imports, and what a cell shows to be moved or pressed."""
    source, kind = "".join(cell["source"]), kind_of(cell)
    shows = {COUNTED[kind]: 1} if kind in WIDGETS else {}
    if asked := question_of(cell):      # what it asks is read, the call is not
        return {"words": words_of(asked), **shows}
    if kind is Kind.SELF_TEST:
        before = questions("00").before
        return {"words": sum(map(words_of, before)), COUNTED[kind]: len(before)}
    lines = {node.lineno for node in ast.walk(ast.parse(source))
             if isinstance(node, ast.stmt) and not isinstance(node, ast.Import | ast.ImportFrom)}
    return {"lines": 0 if kind is Kind.OPENING else len(lines), **shows}


def words_of(name: str) -> int:
    """The words of a question and of its options, by its id."""
    asked = question(name)
    parts = [asked.ask, *(asked.options if isinstance(asked, Question) else ())]
    return sum(in_prose(part)["words"] for part in parts)


def minutes(counted: Counter) -> float:
    return sum(SECONDS[kind] * counted[kind] for kind in SECONDS) / 60


def core(path: Path) -> tuple[float, int, int]:
    """Minutes of a lesson by the rule and as promised, and its words; optional parts left out."""
    ruled, promised, words = 0.0, 0, 0
    for heading, said, optional, counted in sections(path):
        if not (heading.startswith(APART) or optional):
            ruled, promised = ruled + minutes(counted), promised + (said or 0)
            words += counted["words"]
    return ruled, promised, words


def stretches(path: Path) -> list[tuple[int, str]]:
    """Words between two things to do, with the words that follow; exercises and what is behind left out."""
    found, words, began = [], 0, "the beginning"
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if source.startswith(tuple(f"## {name}" for name in APART)):
            break
        if cell["cell_type"] == "markdown":
            pieces = re.split(r"(?=\*\*Try it\.\*\*)", source)
            parts = [(piece, Counter(in_prose(piece))) for piece in pieces]
        else:
            parts = [(source, Counter(in_code(cell)))]
        for piece, counted in parts:
            if any(counted[kind] for kind in TO_DO):
                found.append((words, began))
                words, began = 0, " ".join(piece.split())[:50]
            if counted["questions"] < 2:        # else they stand between its questions
                words += counted["words"]
    return [*found, (words, began)]


def report(paths: list[Path]) -> None:
    for path in paths:
        ruled, promised, words = core(path)
        print(f"\n{path.stem}: {ruled:.0f} minutes by the rule, {promised} promised, {words:,} words")
        for heading, said, optional, counted in sections(path):
            what = ", ".join(f"{counted[kind]} {kind}" for kind in SECONDS if counted[kind])
            name = heading[:48] + " (optional)" * optional
            print(f"  {minutes(counted):5.1f} of {said or '-':>2}  {name}: {what}")
        for words, began in stretches(path):
            if words > LONGEST:
                print(f"  {words} words with nothing to do, from {began!r}")
