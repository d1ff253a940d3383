"""The English: what a reader sees keeps to the rules of tests/support/english.toml."""

import english
import pytest
from course import ROOT
from english import COLONS, RATES, RULES, Piece


@pytest.mark.parametrize("path", english.files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_has_a_turn_of_phrase_that_the_style_replaces(path):
    if hits := [str(hit) for hit in english.hits(path)]:
        pytest.fail("\n".join(hits), pytrace=False)


@pytest.mark.parametrize("rate", RATES)
def test_the_prose_is_linked_by_words(rate):
    _, least, most = RATES[rate]
    found = english.rates(path for path in english.files() if path.suffix == ".ipynb")[rate]
    assert least <= found <= most, f"{rate}: {found:.2f} in 1,000 words"


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
    ("Two things: it falls: the state is zero.", True),
    ("Correct: it has two parts: a and b.", False),
    ("At 12:30 it has two parts: a and b.", False),
])
def test_a_sentence_has_one_colon(words, crowded):
    assert (COLONS in turns(words)) == crowded


def test_what_a_reader_meets_is_read(tmp_path):
    (tmp_path / "a.py").write_text('raise Mistake("none", f"Made {n} times all anew.")', encoding="utf-8")
    (tmp_path / "b.md").write_text("# Done anew\n\n`anew` in\n$a_{n}$, [anew](anew.md).", encoding="utf-8")
    assert [tuple(piece) for name in ("a.py", "b.md") for piece in english.pieces(tmp_path / name)] == [
        ("line 1", "Made · times all anew.", "message"), ("line 1", "Done anew", "aside"),
        ("line 3", "`·` in $·$, anew.", "prose")]
