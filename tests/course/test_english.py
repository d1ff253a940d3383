"""The English: what is done keeps to the rules and lists of tests/support/english.toml."""

import re

import english
import pytest
from course import LESSONS, ROOT, name
from english import COLONS, EXCUSES, OLD, RATES, RULES, STYLE, Piece
from test_glossary import ENTRIES
from test_terms import prose

HEADINGS = [known for term, entry in ENTRIES for known in (term, *re.findall(r"Also: \*(.+?)\*\.", entry))]


def refuse(hits) -> None:
    """Fail with a line for each hit that has no excuse."""
    if lines := [str(hit) for hit in hits if not hit.excuses()]:
        pytest.fail("\n".join(lines), pytrace=False)


@pytest.mark.parametrize("path", english.files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_done_has_no_turn_of_phrase_that_the_style_replaces(path):
    refuse(english.hits(path))


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_the_old_words_are_gone_from_every_lesson(path):
    refuse(english.hits(path, OLD))


@pytest.mark.parametrize("rate", RATES)
def test_the_prose_is_linked_by_words(rate):
    _, least, most = RATES[rate]
    found = english.rates(path for path in english.files() if path.suffix == ".ipynb")[rate]
    assert least <= found <= most, f"{rate}: {found:.2f} in 1,000 words"


def test_the_lists_are_needed():
    assert [pattern for pattern in STYLE["done"] if not english.files([pattern])] == [], "no such file"
    used = [one for excuse in EXCUSES for hit in english.hits(ROOT / excuse["file"]) for one in hit.excuses()]
    assert [one for one in EXCUSES if one not in used or not one["why"]] == [], "no longer there, or no fault"


def introduced(paragraphs: list[str], term: str) -> bool:
    """Whether the first of some paragraphs that has a term has it in bold, or as a link to the glossary."""
    pattern = re.compile(rf"(?<![\w-])(?:{term})(?![\w-])".replace(" ", r"[\s-]+"), re.IGNORECASE)
    first = next(filter(pattern.search, paragraphs), "")
    marked = re.findall(r"\*\*[^*]+\*\*|\[[^\]]+\]\([^)]*glossary\.md#[^)]*\)", first)
    return any(map(pattern.search, marked))


@pytest.mark.parametrize("lessons, term", [(lessons, term) for lessons, terms in STYLE["terms"].items()
                                           for term in terms])
def test_a_term_of_the_field_is_introduced_and_explained(lessons, term):
    assert any(re.match(term, known, re.IGNORECASE) for known in HEADINGS), "the glossary has no such heading"
    places = [path for path in LESSONS if path.name[:2] in lessons.split()]
    assert any(introduced(prose(path), term) for path in places), "give it in bold where it comes first"


@pytest.mark.parametrize("phrase", STYLE["phrases"])
def test_the_fields_phrases_are_used(phrase):
    pattern = re.compile(phrase.replace(" ", r"[\s-]+"), re.IGNORECASE)
    held = [path for path in LESSONS if path.name[:2] in STYLE["phrases"][phrase].split()]
    assert [path.name for path in held if not any(map(pattern.search, prose(path)))] == [], "without it"


# What the test itself notices.


def turns(words: str, kind: str = "prose", lesson: str = "") -> set[str]:
    piece = Piece("a place", english.plain(words), kind)
    return {hit.write for hit in english.hits_in("a file", [piece], lesson=lesson)}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_notices_its_sentence_and_no_rule_a_good_one(rule):
    only = RULES[rule].get("only", [])
    where = {"lesson" if one.isdigit() else "kind": one for one in only}
    assert rule in turns(RULES[rule]["bad"], **where)
    assert (rule in turns(RULES[rule]["bad"], "aside", "03")) == (not only)
    assert turns(RULES[rule]["good"], **where) == set()


@pytest.mark.parametrize("words, crowded", [
    ("What to notice. Two things: it falls, and it stays.", False),
    ("Two things: it falls: the state is zero.", True),
    ("Correct: it has two parts: a and b.", False),
    ("It has two parts: a and b. The first is this: $x$. (So is this: b.)", False),
    ("At 12:30 it has two parts: a and b.", False),
    ("It has two parts: a (A net: A. One et al. 2024) and b.", False),
])
def test_a_sentence_has_one_colon(words, crowded):
    assert (COLONS in turns(words)) == crowded
    assert turns(words, "aside") == set()


@pytest.mark.parametrize("file, text, found", [
    ("a.md", "It lasts\nfor ever.", {("line 1", "It lasts for ever.", "prose")}),
    ("a.md", "# Done anew\n\n| `anew` | anew |\n|---|---|",
     {("line 1", "Done anew", "aside"), ("line 3", "`·`", "aside"), ("line 3", "anew", "aside")}),
    ("a.md", "```\nanew\n```\nIt is `anew` in $a_{n}$, [anew](anew.md).",
     {("line 4", "It is `·` in $·$, anew.", "prose")}),
    ("a.md", "- *It* is\n  so\n- **not**", {("line 1", "It is so", "prose"), ("line 3", "not", "prose")}),
    ("a.toml", '[[see]]\nid = "02.s1"\nask = "What is anew?"\noptions = ["anew"]',
     {("02.s1", "What is anew?", "prose"), ("02.s1", "anew", "aside")}),
    ("a.py", 'raise Mistake("none", f"Made {n} times all anew.")',
     {("line 1", "Made · times all anew.", "message")}),
    ("a.py", 'raise ValueError("it must be anew")', {("line 1", "it must be anew", "error")}),
    ("a.py", 'x = ["some words", "for anew in range(3): pass"]', set()),
    ("a.py", 'def f():\n    """Make it all anew."""', {("line 2", "Make it all anew.", "aside")}),
    ("a.py", '"""It is anew."""\ndef _f():\n    """Make it anew."""\nclass A:\n    """It is anew."""', set()),
    ("a.ipynb", '{"cells": [{"cell_type": "code", "id": "x", "source": ["a = 1  # made anew"]},'
                ' {"cell_type": "markdown", "id": "y", "source": ["## Further reading\\n", "Anew."]},'
                ' {"cell_type": "markdown", "id": "z", "source": ["Anew."]}]}',
     {("x", "made anew", "aside"), ("z", "Anew.", "prose")}),
])
def test_what_a_reader_meets_is_read(tmp_path, file, text, found):
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert {tuple(one) for one in english.pieces(tmp_path / file) if one.words not in ("", "---")} == found


@pytest.mark.parametrize("paragraphs, there", [
    (["A **probe** reads it.", "A probe."], True), (["A [probe](../docs/glossary.md#probe) reads."], True),
    (["**Probing** is a *probe*."], False), (["A probe reads it.", "A **probe**."], False), ([], False),
])
def test_a_term_is_marked_where_it_first_comes(paragraphs, there):
    assert introduced(paragraphs, "probes?") == there


def test_an_excuse_holds_for_its_words_in_its_file():
    hit, = english.hits_in("a.md", [Piece("line 1", "We begin anew here.", "prose")])
    assert str(hit) == "a.md line 1: We begin [anew] here. -> again, predict, fix, costly, forever, a little"
    assert hit.excuses([{"file": "a.md", "words": "begin anew here"}])
    assert not hit.excuses([{"file": "b.md", "words": "begin anew"}, {"file": "a.md", "words": "write anew"}])
