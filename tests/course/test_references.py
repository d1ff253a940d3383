"""References: a section, exercise or stage is there and can be clicked; a link leads where its words say."""

import re
from collections.abc import Iterator
from functools import cache

import facts
import pytest
import references
from course import LESSONS, ROOT, SOLUTIONS, cells, name
from references import links, text_of
from test_glossary import ENTRIES
from test_terms import forms

from helpers.data import lesson_folder

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "data" / "README.md"]
TERMS = {re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-"): (term, entry) for term, entry in ENTRIES}
every_text = pytest.mark.parametrize("path", [*LESSONS, *SOLUTIONS, *PAGES], ids=lambda path: (
    name(path) if path.suffix == ".ipynb" else path.relative_to(ROOT).as_posix()))


@cache
def title(file: str) -> str:
    """The title of a lesson by the name of its file, as in "05 · Exploding gradients"."""
    lesson = next(path for path in LESSONS if path.name == file)
    return re.match(r"# (.+)", cells(lesson)[0]["source"])[1]


def texts() -> Iterator[tuple[str, str, str]]:
    """Place, lesson ("" for none of its own) and text of all that mentions sections, but for links."""
    for path in (*LESSONS, *SOLUTIONS):
        for cell in cells(path):
            comments = "\n".join(re.findall(r"#.*", cell["source"]))
            yield name(path), path.name[:2], cell["source"] if cell["cell_type"] == "markdown" else comments
    for lesson in facts.LESSONS:
        yield f"{lesson} questions", lesson, (lesson_folder(lesson) / "questions.toml").read_text("utf-8")
    for part in re.split(r"(?m)^(?=## )", (ROOT / "docs" / "instructor_guide.md").read_text("utf-8")):
        for line in part.splitlines():
            yield "guide", part[3:5] if part[3:5] in facts.LESSONS else "", line
    for page in PAGES:
        if page.name not in ("instructor_guide.md", "objectives.md"):
            yield page.name, "", page.read_text("utf-8")


def test_each_section_exercise_and_stage_that_is_mentioned_is_there():
    assert [(place, one.words, one.lost) for place, lesson, text in texts()
            for one in references.mentions(text, lesson)
            if one.lost and references.plain(text)[one.start : one.end].strip()] == []


@pytest.mark.parametrize("path", [*LESSONS, *SOLUTIONS], ids=name)
def test_a_section_that_a_notebook_mentions_can_be_clicked(path):
    """But for the objectives, which other pages repeat."""
    for cell in cells(path, "markdown"):
        text = cell["source"]
        if text.startswith("## What you will be able to do"):
            text = re.sub(r"^- .*$", "", text, flags=re.MULTILINE)
        prose = references.plain(text)
        said = [one.words for one in references.mentions(text, path.name[:2])
                if prose[one.start : one.end].strip()]
        assert said == [], "write [section 5](#5-·-Its-heading-(6-min)), for another lesson with its file"


@every_text
def test_a_link_to_a_lesson_leads_to_the_one_that_its_words_name(path):
    wrong = []
    for words, file, anchor in links(path):
        if re.match(r"\d\d_\w+\.ipynb", file) and not anchor:       # whose number is written by its heading
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


@pytest.mark.parametrize("text, own, found", [
    ("see section 3, and lesson 04, section 5", "01", [("01", "3"), ("04", "5")]),
    ("sections 1 to 3 of lesson 02", "05", [("02", "1"), ("02", "2"), ("02", "3")]),
    ("exercise 5.1; stage 2 (still work (section 3.2))", "02", [("02", "5.1"), ("02", "2")]),
    ("[Lesson 03](03_x.ipynb), section 4: §2", "", [("03", "4"), ("03", "2")]),
])
def test_a_mention_is_of_the_lesson_that_is_named_or_of_its_own(text, own, found):
    assert [(lesson, number) for one in references.mentions(text, own) for number in one.numbers
            for lesson in one.lessons] == found


@pytest.mark.parametrize("text, own, lost", [
    ("section 99", "05", ["05 section 99"]), ("exercise 5.99", "01", ["01 exercise 5.99"]),
    ("stages 1 and 9", "02", ["02 stage 9"]), ("section 2", "05", []),
])
def test_what_is_not_there_is_named(text, own, lost):
    assert [name for one in references.mentions(text, own) for name in one.lost] == lost
