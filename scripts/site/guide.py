"""The notes of a deck: what the instructor's guide says of each section, dashboard, question and exercise."""

import re
from pathlib import Path

from slides import Slide

ROOT = Path(__file__).resolve().parents[2]
Rows = dict[str, list[dict[str, str]]]


def rows(lesson: str) -> Rows:
    """The rows of the guide's tables for a lesson, by the heading of a table's first column.

    Under "" stands one row with the text before the tables. A stage has the lines to type, too.
    """
    text = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
    text = text.partition(f"\n## {lesson} ")[2].partition("\n## ")[0]
    first = text.partition("\n|")[0].partition("\n\n")[2].partition(". ")[2].strip()
    tables: Rows = {"": [{"": first}]}
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        names, _, *rows = [[entry.strip() for entry in line[1:-1].split("|")]
                           for line in table.splitlines()]
        tables[names[0]] = [dict(zip(names, row, strict=True)) for row in rows]
    lines = dict(re.findall(r"^Stage (\d+), the lines to type:\n\n```python\n(.*?)\n```", text,
                            re.MULTILINE | re.DOTALL))
    for row in tables.get("stage", []):
        row["lines"] = lines[row["stage"]]
    return tables


def notes(slides: list[Slide], rows: Rows) -> list[list[str]]:
    """For each slide the lines of its notes, in Markdown. What is said of a section stands at its begin."""
    told: set[str] = set()
    found = []
    for slide in slides:
        section = (re.match(r"(\d+) · ", slide.above or slide.title) or ["", ""])[1]
        kind, number = re.match(r"(Stage|Exercise|) ?([\d.]*)", slide.title).groups()
        lines = [rows[""][0][""]] if not found else []
        for row in rows["§"]:
            if row["§"] == section and section not in told:
                lines.append(f"**{row['min']} minutes.** Leave out? {row['leave out?'].capitalize()}.")
            if row["§"] == section and (section not in told or "course-play" in "".join(slide.parts)):
                moves = row["move, and what is seen"]
                lines.append(f"*Show:* {moves}" if moves else "")
        if section not in told:         # ideas without a section stand on the first slide
            lines += [f"*A wrong idea:* {row['wrong idea']}. *Show it:* {row['show it']}"
                      for row in rows["wrong idea"] if section_of(row["show it"]) == section]
        for row in rows["Predict"]:
            if row["name"] == slide.question:
                vote = re.sub(r"^talk, (.+)", r"First vote to expect: \1 right; then let them talk. ",
                              row["first vote"])
                lines.append(f"**{row['Predict']}, answer {row['answer']}.** {vote}*Say:* {row['say']}")
        if slide.title not in told:
            lines += [f"*Wrong answer to expect:* {row['wrong answer to expect']}."
                      for row in rows["exercise"] if (kind, row["exercise"]) == ("Exercise", number)]
            lines += [f"**{row['min']} minutes, {row['in class?']}.** "
                      f"*Lines, in order:*\n\n```python\n{row['lines']}\n```\n\n"
                      f"*A mistake to type:* {row['a mistake to type']}. "
                      f"*The check says:* {row['the check says']}"
                      for row in rows.get("stage", []) if (kind, row["stage"]) == ("Stage", number)]
        told |= {section, slide.title}
        found.append([line for line in lines if line])
    return found


def section_of(words: str) -> str:
    """The number of the section that is named first, or ""."""
    return (re.search(r"§(\d+)", words) or ["", ""])[1]
