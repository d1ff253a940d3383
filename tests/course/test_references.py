"""References: what is mentioned is there, a link leads where its words say, a paper is credited rightly."""

import re
from collections.abc import Iterator
from functools import cache

import facts
import papers
import pytest
import references
from course import LESSONS, ROOT, SOLUTIONS, cells, name
from papers import PAPERS, TITLED, titled
from references import links, text_of
from test_glossary import ENTRIES
from test_terms import forms

from helpers.data import lesson_folder

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "data" / "README.md"]
# What they say of sections is written from facts, or repeats a lesson's sentence.
WITHOUT_LINKS = ("docs/instructor_guide.md", "docs/objectives.md", "docs/replication.md", "docs/glossary.md",
                 "data/README.md")
TERMS = {re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-"): (term, entry) for term, entry in ENTRIES}
CODE = [path for kind in ("*.py", "questions.toml") for path in sorted((ROOT / "helpers").rglob(kind))
        if path.name != "claims.py"]                # which quotes the lessons
LINKS = {paper.get("link") for paper in PAPERS.values()}
TEXTS = [*LESSONS, *SOLUTIONS, *PAGES]


def texts_in(paths) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", list(paths), ids=lambda path: (
        name(path) if path.suffix == ".ipynb" else path.relative_to(ROOT).as_posix()))


every_text = texts_in(TEXTS)


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


@texts_in(path for path in TEXTS if path.relative_to(ROOT).as_posix() not in WITHOUT_LINKS)
def test_a_section_that_is_mentioned_can_be_clicked(path):
    """But for the objectives, which other pages repeat. In a link, `pages.py` writes the heading's number."""
    text = re.sub(r"^## What you will be able to do$.*?(?=^#|\Z)", "", text_of(path), flags=re.M | re.S)
    prose = references.plain(text)
    said = [one.words for one in references.mentions(text, path.name[:2] if path.suffix == ".ipynb" else "")
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


# --- papers ---

def blocks(path) -> str:
    """A file of code with a line for each of its docstrings and blocks."""
    return "\n".join(" ".join(part.split()) for part in re.split(r'\n\s*\n|"""', path.read_text("utf-8")))


@every_text
def test_a_sentence_credits_the_paper_that_it_is_about(path):
    assert papers.wrong(text_of(path)) == [], "see papers.toml"


def test_so_do_the_helpers_and_questions():
    assert [(path.name, one) for path in CODE for one in papers.wrong(blocks(path), alone=False)] == []


def test_each_paper_of_the_table_is_named_somewhere():
    told = {key for text in (*map(blocks, CODE), *map(text_of, TEXTS))
            for _, found in papers.credits(text) for one, meant in found if one["names"] for key in meant}
    assert PAPERS.keys() - told - {titled(one["words"] or "") for path in LESSONS
                                   for one in TITLED.finditer(text_of(path))} == set()


SHARED = "They share the work (Sutskever, Vinyals and Le 2014; Cho et al. 2014)."


@pytest.mark.parametrize("right, wrong", [
    ("In 2000 Gers, Schmidhuber and Cummins added the forget gate.",
     "In 2001 Gers, Schmidhuber and Cummins added the forget gate."),
    ("In 2000 Gers, Schmidhuber and Cummins added the forget gate.",
     "In 1997 Hochreiter and Schmidhuber added the forget gate."),
    ("That is the cell of 1997.", "That is the cell of 2000."),
    (SHARED, SHARED.replace("Cho et al.", "Sutskever, Vinyals and Le")),
    (f"{SHARED} The first paper read backwards.", f"{SHARED} The second paper read backwards."),
    (f"{papers.READING}\n- E. Moore, *Gedanken-experiments on sequential machines* (1956): two classes.",
     f"{papers.READING}\n- M. Tomita, *Dynamic construction of finite automata* (1982): two classes."),
])
def test_a_wrong_credit_is_noticed(right, wrong):
    assert papers.wrong(right) == []
    assert papers.wrong(wrong) != []


@every_text
def test_a_title_stands_with_its_authors_its_year_and_its_own_link(path):
    wrong, entry = [], False
    for line in text_of(path).splitlines():
        entry = line == papers.READING.strip() or (entry and not line.startswith("#"))
        for found in TITLED.finditer(line):
            key, link = titled(found["words"] or found["title"]), found["link"]
            own = PAPERS.get(key, {}).get("link")
            if (link and own != link and (key or link in LINKS)) or (entry and not key):
                wrong.append(f"{found[0]} is {key or 'in no table'}, {own}")
            elif entry:
                year = re.search(papers.YEAR, re.sub(r"\(https?:[^)]*\)", "", line[found.end():]))
                authors = re.findall(papers.NAME, re.sub(r" et al\.| \d+$", "", key))
                if ((year and key[-1].isdigit() and year[0] != key[-4:])
                        or not all(author.casefold() in line.casefold() for author in authors)):
                    wrong.append(f"{found[0]} is {key}: {line[:90]}")
    assert wrong == []
