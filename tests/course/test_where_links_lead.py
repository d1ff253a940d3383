"""Links: each leads somewhere, and to the lesson or the term that its words name."""

import re

import pytest
from course import LESSONS, ROOT, SOLUTIONS, broken_links, links, name

PAGES = [path for path in sorted(ROOT.glob("**/*.md"))
         if not {"build", "_site", ".venv", ".pytest_cache", "dist"} & set(path.relative_to(ROOT).parts)]
TEXTS = [*LESSONS, *SOLUTIONS, *PAGES]
ENTRIES = re.findall(r"^## (.+)\n\n(.+?)\n", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
# What a link to an entry may call it: its heading, or another name that the entry gives.
NAMES = {re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-"):
         [term, *re.findall(r"Also: \*(.+?)\*\.", entry)] for term, entry in ENTRIES}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(path):
    assert broken_links(path, path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: (
    name(path) if path.suffix == ".ipynb" else path.relative_to(ROOT).as_posix()))
def test_a_link_leads_to_the_lesson_or_the_term_that_its_words_name(path):
    wrong = []
    for words, file, anchor in links(path):
        lesson = re.search(r"(?<![\d.])\d\d(?![\d.])", words)
        if re.match(r"\d\d_\w+\.ipynb", file) and not anchor and lesson and lesson[0] != file[:2]:
            wrong.append(f"[{words}] leads to {file}")
        if file == "glossary.md" and anchor:
            said = words.lower().replace("-", " ")
            if not any(term.lower().replace("-", " ") in said for term in NAMES.get(anchor, ())):
                wrong.append(f"[{words}] leads to {anchor}")
    assert wrong == []


def test_the_glossary_is_sorted_and_each_entry_leads_to_one_lesson():
    terms = [term for term, _ in ENTRIES]
    assert terms == sorted(terms, key=str.lower)
    assert [term for term, entry in ENTRIES if entry.count("](../notebooks/") != 1] == []
