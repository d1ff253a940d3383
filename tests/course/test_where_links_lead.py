"""The links of the pages lead somewhere, and those to the glossary to the term that their words name."""

import re

import pytest
from course import LESSONS, ROOT, SOLUTIONS, broken_links, links

MADE = {"build", "_site", ".venv", ".venv-colab", ".pytest_cache", "dist"}
PAGES = [path for path in sorted(ROOT.glob("**/*.md")) if not MADE & set(path.relative_to(ROOT).parts)]
ENTRIES = re.findall(r"^## (.+)\n\n(.+?)\n", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
# What a link to an entry may call it: its heading, or another name that the entry gives.
NAMES = {re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-"):
         [one.lower().replace("-", " ") for one in (term, *re.findall(r"Also: \*(.+?)\*\.", entry))]
         for term, entry in ENTRIES}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(path):
    assert broken_links(path, path.read_text("utf-8")) == []


def test_a_link_to_the_glossary_leads_to_the_term_that_its_words_name():
    assert [(path.name, words, anchor) for path in (*LESSONS, *SOLUTIONS, *PAGES)
            for words, file, anchor in links(path) if file == "glossary.md" and anchor
            and not any(term in words.lower().replace("-", " ") for term in NAMES.get(anchor, ()))] == []


def test_the_glossary_is_sorted_and_each_entry_leads_to_one_lesson():
    terms = [term for term, _ in ENTRIES]
    assert terms == sorted(terms, key=str.lower)
    assert [term for term, entry in ENTRIES if entry.count("](../notebooks/") != 1] == []
