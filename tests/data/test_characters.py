"""How a character and a file are named in a sentence: seen or by number, and nothing turns the line round."""

import unicodedata

import pytest

from helpers.data import character_in_words, isolated, name_in_words

TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"      # all bidi controls


@pytest.mark.parametrize(("character", "words"), [
    ("a", "'a'"), ("'", "'''"), ("é", "'é'"), ("漢", "'漢'"), (" ", "the space"), ("\n", "the line end"),
    ("\t", "the tab"), ("\u00a0", "the U+00A0"), ("\u00ad", "the U+00AD"), ("\u0301", "the U+0301"),
    ("\u200b", "the U+200B"), ("\u200d", "the U+200D"), ("\ufeff", "the U+FEFF"), ("\u3164", "the U+3164"),
    ("\u0947", "the U+0947"), ("\U000e0061", "the U+E0061"), ("\x00", "the U+0000"), ("\ud83d", "the U+D83D"),
    *((each, f"the U+{ord(each):04X}") for each in TURNS),
])
def test_a_character_is_named_by_what_is_seen_of_it_or_by_its_number(character, words):
    assert character_in_words(character) == words


@pytest.mark.parametrize("words", ["א", "ش", "אבג.txt"])
def test_letters_written_from_right_to_left_stay_where_they_are_in_the_line(words):
    """Between isolates what follows, 0.700 for instance, is not taken for a part of the Hebrew."""
    assert isolated(words) == name_in_words(words) == f"\u2068{words}\u2069"
    assert isolated("abc é 1") == "abc é 1"
    assert words[0] in character_in_words(words[0]) and "\u2068" in character_in_words(words[0])


@pytest.mark.parametrize(("name", "words"), [
    ("my run (2).npz", "my run (2).npz"), ("Tür.txt", "Tür.txt"),
    (unicodedata.normalize("NFD", "Tür.txt"), unicodedata.normalize("NFD", "Tür.txt")),     # as macOS has it
    ("a\u202etxt.exe", "a[U+202E]txt.exe"), ("a\nb\tc", "a[U+000A]b[U+0009]c"),
    ("\ufeffa\u200b", "[U+FEFF]a[U+200B]"),
])
def test_a_files_name_is_told_with_all_that_is_in_it(name, words):
    assert name_in_words(name) == words
