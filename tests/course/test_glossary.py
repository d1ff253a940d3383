"""The glossary: its links lead somewhere, and each term is found in the lesson that it names."""

import re

import pytest
from course import LESSONS, ROOT, broken_links, cells

GLOSSARY = ROOT / "docs" / "glossary.md"
ENTRY = re.compile(r"^## (.+)\n\n(.+?)\n", re.MULTILINE)
ENTRIES = ENTRY.findall(GLOSSARY.read_text(encoding="utf-8"))


def prose(path) -> str:
    """The words of a notebook in small letters, emphasis taken off, spaces made single."""
    text = "\n".join(cell["source"] for cell in cells(path))
    return re.sub(r"\s+", " ", text.replace("*", "")).lower()


def test_every_entry_has_one_sentence_and_one_lesson():
    headings = re.findall(r"^## (.+)$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    assert [term for term, _ in ENTRIES] == headings
    assert headings == sorted(headings, key=str.lower) and len(set(headings)) == len(headings)
    for term, entry in ENTRIES:
        assert len(re.findall(r"\]\(\.\./notebooks/\d\d_\w+\.ipynb\)", entry)) == 1, term
        assert len(entry.split()) > 8, term


def test_links_lead_somewhere():
    assert broken_links(GLOSSARY, GLOSSARY.read_text(encoding="utf-8")) == []


def test_a_link_leads_to_the_lesson_whose_title_it_has():
    titles = {path.name: cells(path, "markdown")[0]["source"].partition("\n")[0].removeprefix("# ")
              for path in LESSONS}
    links = re.findall(r"\[([^]]+)\]\(\.\./notebooks/([^)#]+)\)", GLOSSARY.read_text(encoding="utf-8"))
    assert [one for one in links if one[0] not in (titles[one[1]], f"lesson {one[1][:2]}")] == []


@pytest.mark.parametrize("term, entry", ENTRIES, ids=[term for term, _ in ENTRIES])
def test_a_term_is_used_in_the_lesson_that_is_named(term, entry):
    lesson = ROOT / "notebooks" / re.search(r"\.\./notebooks/([^)]+)\)", entry)[1]
    names = [term, *re.findall(r"Also: \*(.+?)\*\.", entry)]
    assert any(name.lower() in prose(lesson) for name in names), f"{names} is not in {lesson.name}"


def test_every_lesson_has_terms():
    named = {re.search(r"notebooks/(\d\d)_", entry)[1] for _, entry in ENTRIES}
    assert {path.name[:2] for path in LESSONS} - named == set(), "lessons of which the glossary has no term"
