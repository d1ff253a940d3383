"""References: a section, exercise or stage is there and can be clicked; a link leads where its words say."""

import re
import tomllib
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
# What they say of sections is written from facts, or repeats a lesson's sentence.
WITHOUT_LINKS = ("docs/instructor_guide.md", "docs/objectives.md", "docs/replication.md", "docs/glossary.md",
                 "data/README.md")
TERMS = {re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-"): (term, entry) for term, entry in ENTRIES}
PAPERS = tomllib.loads((ROOT / "tests" / "support" / "papers.toml").read_text("utf-8"))
NAME = r"[A-ZÀ-Þ][\wÀ-ÿ]*(?:-[A-Z]\w+)*"
CITED = re.compile(rf"((?:{NAME}, )*{NAME} and {NAME}|{NAME} et al\.|{NAME}),?(?:[\w ]{{0,20}} in)? "
                   r"\(?((?:18|19|20)\d\d)\b(?!,\d)")
TITLED = re.compile(r"\[\*?([^\]]*?)\*?\]\((https://(?:arxiv|doi)\.org/[^)]+)\)"
                    r"|(?<!\*)(?<!, in )\*([A-Z][^*]+)\*(?!\*)")
NO_AUTHORS = {"ICLR", "ICML", "In", "Linear", "Munich", "Without"}      # before a year
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

def paper_of(names: str, year: str) -> str | None:
    """Which paper of the table is cited, for example as "Cho et al." or "Le, Jaitly and Hinton"."""
    first, *others = re.split(r", | and ", names.removesuffix(" et al."))
    for key in PAPERS:
        authors = key.removesuffix(f" {year}").removesuffix(" et al.").split(", ")
        short = names.endswith(" et al.") and authors[0] == first and (" et al." in key or len(authors) > 2)
        if key.endswith(f" {year}") and (short or authors == [first, *others]):
            return key
    return None


def titled(words: str) -> str | None:
    """The paper whose title begins with these words."""
    return next((key for key, paper in PAPERS.items()
                 if re.match(re.escape(words.casefold()) + r"(?!\w)", paper["title"].casefold())), None)


@every_text
def test_a_paper_that_is_cited_is_in_the_table_and_is_about_what_the_paragraph_is(path):
    wrong = []
    for line in text_of(path).partition("## Further reading")[0].replace("*", "").splitlines():
        for names, year in CITED.findall(line):
            if names in NO_AUTHORS:
                continue
            names = re.sub("^(?:Mamba|S4|In), ", "", names)
            about = PAPERS.get(paper_of(names, year) or "", {}).get("about", ())
            if not any(word.casefold() in line.casefold() for word in about):
                wrong.append(f"{names} {year} in {line[:80]}")
    assert wrong == [], "not in papers.toml, or for something else"


def test_what_the_helpers_cite_is_in_the_table_and_nothing_is_that_nobody_names():
    code = {path: " ".join(path.read_text("utf-8").split()) for path in (ROOT / "helpers").rglob("*.py")}
    cited = {(names, year): path.name for path, text in code.items() for names, year in CITED.findall(text)
             if " and " in names or " et al." in names}
    assert [one for one in cited.items() if not paper_of(*one[0])] == []
    told = {paper_of(re.sub("^(?:Mamba|S4), ", "", names), year)
            for text in [*code.values(), *map(text_of, LESSONS)] for names, year in CITED.findall(text)}
    read = {titled(one[1] or one[3]) for path in LESSONS for one in TITLED.finditer(text_of(path))}
    assert PAPERS.keys() - told - read == set()


@every_text
def test_a_title_stands_with_its_authors_its_year_and_its_own_link(path):
    wrong, key = [], None
    for line in text_of(path).partition("## Further reading")[2].splitlines():
        for found in TITLED.finditer(line) if line.startswith("- ") else ():
            words, link = found[1] or found[3], found[2]
            if link and words == f"arXiv {link.rpartition('/')[2]}":
                wrong += [f"{link} is not that of {key}"] if PAPERS[key].get("link") != link else []
            elif key := titled(words):
                year = re.search(r"\b(?:19|20)\d\d\b", re.sub(r"\(https?:[^)]*\)", "", line[found.end():]))
                authors = re.findall(NAME, re.sub(r" et al\.| \d+$", "", key))
                if (link not in (None, PAPERS[key].get("link")) or (key[-1].isdigit() and year[0] != key[-4:])
                        or not all(author in line for author in authors)):
                    wrong.append(f"{words!r} is {key}, {PAPERS[key].get('link', '')}: {line[:90]}")
            elif link or len(words.split()) > 2:
                wrong.append(f"{words!r} is in no table")
    assert wrong == []
