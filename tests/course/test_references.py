"""References: a section, exercise or stage is the one that is meant, and a link leads where its words say."""

import difflib
import re
from functools import cache

import pytest
import references as script
from course import LESSONS, ROOT, SOLUTIONS, cells, name
from test_glossary import ENTRIES
from test_terms import forms

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "data" / "README.md"]
TERMS = {re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-"): (term, entry) for term, entry in ENTRIES}
every_text = pytest.mark.parametrize("path", [*LESSONS, *SOLUTIONS, *PAGES], ids=lambda path: (
    name(path) if path.suffix == ".ipynb" else path.relative_to(ROOT).as_posix()))


def text_of(path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(cell["source"] for cell in cells(path, "markdown"))


def links(path) -> list[tuple[str, str, str]]:
    """Words, file and anchor of each link that stays in the course."""
    found = re.findall(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s#]*)(?:#([^)\s]*))?\)", text_of(path))
    return [(words, file.rpartition("/")[2], anchor) for words, file, anchor in found if "://" not in file]


@cache
def title(file: str) -> str:
    """The title of a lesson by the name of its file, as in "05 · Exploding gradients"."""
    lesson = next(path for path in LESSONS if path.name == file)
    return re.match(r"# (.+)", cells(lesson)[0]["source"])[1]


def test_each_section_that_is_referred_to_is_the_one_that_is_meant():
    """Read the difference before `python scripts/references.py` writes the list anew."""
    lost = [row for row in script.references() if not row[3]]
    assert lost == [], "there is no such section, exercise or stage"
    kept = script.KEPT.read_text(encoding="utf-8").splitlines()
    assert list(difflib.unified_diff(kept, script.written().splitlines(), "kept", "found", lineterm="",
                                     n=0)) == []


@every_text
def test_a_link_to_a_lesson_leads_to_the_one_that_its_words_name(path):
    wrong = []
    for words, file, _ in links(path):
        if re.match(r"\d\d_\w+\.ipynb", file):
            named = re.search(r"(?<![\d.])\d\d(?![\d.])", words)
            if (named and named[0] != file[:2]) or (" · " in words and words.strip("*") != title(file)):
                wrong.append(f"[{words}] leads to {file}")
            if path in (*LESSONS, *SOLUTIONS) and words.startswith("worked") and file != path.name:
                wrong.append(f"[{words}] leads to the solutions of {file}")
    row = re.compile(r"^\| (\d\d) \| \[[^\]]+\]\((?:[\w./]*/)?(\d\d_\w+)\.ipynb\)", re.MULTILINE)
    for number, file in row.findall(text_of(path)):
        if number != file[:2]:
            wrong.append(f"row {number} leads to {file}")
    assert wrong == []


@every_text
def test_a_link_to_the_glossary_leads_to_the_term_that_its_words_name(path):
    assert [f"[{words}] leads to {anchor}" for words, file, anchor in links(path)
            if file == "glossary.md" and anchor
            and not (anchor in TERMS and re.search(forms(*TERMS[anchor]), words, re.IGNORECASE))] == []


def test_a_row_of_the_readme_names_its_lesson():
    rows = re.findall(r"^\| \d\d \| \[([^\]]+)\]\(notebooks/(\d\d_\w+\.ipynb)\)", text_of(ROOT / "README.md"),
                      re.MULTILINE)
    assert len(rows) == len(LESSONS) and [f"{file[:2]} · {words}" for words, file in rows] == [
        title(file) for _, file in rows]


@pytest.mark.parametrize("words, found", [
    ("7", ["7"]), ("1 to 3 and 5", ["1", "2", "3", "5"]), ("2, 4 and 7", ["2", "4", "7"]),
    ("1–2", ["1", "2"]), ("3.1 to 3.3", ["3.1", "3.2", "3.3"]), ("7.1, and 7.4", ["7.1", "7.4"]),
])
def test_a_list_of_numbers_is_read(words, found):
    assert script.numbers(words) == found
