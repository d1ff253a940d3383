"""The course's texts, a reader's own text, vocabulary, chunks and the n-gram yardsticks."""

import itertools
import os
import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import (
    Chunk,
    TextError,
    Vocabulary,
    chunks,
    corpus,
    load_text,
    ngram_loss,
    ngram_probabilities,
    own_corpus,
    read_text,
)
from helpers.data.own_text import MAX_BYTES, Text

# The texts

def test_input_is_the_text_the_course_is_known_by():
    text = load_text("input")
    assert len(text) == 4214
    assert len(set(text)) == 60
    assert 25 * np.log(len(Vocabulary(text))) == pytest.approx(102.35861405555251, abs=1e-12)


@pytest.mark.parametrize("name", ["input", "heldout"])
def test_texts_are_ascii_and_end_with_one_line_feed(name):
    text = load_text(name)
    assert text.isascii() and "\r" not in text and "\t" not in text
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert not any(line.endswith(" ") for line in text.split("\n"))


def test_heldout_text_is_over_the_same_characters_and_shares_no_line():
    text, heldout = load_text("input"), load_text("heldout")
    assert set(heldout) <= set(text)
    assert 600 <= len(heldout) <= 1400
    shared_lines = set(text.split("\n")) & set(heldout.split("\n"))
    assert max(map(len, shared_lines)) <= 12
    runs = {text[i : i + 15] for i in range(len(text) - 14)}
    assert not runs & {heldout[i : i + 15] for i in range(len(heldout) - 14)}


# Vocabulary

def test_vocabulary_is_sorted_and_numbers_follow_it():
    vocabulary = Vocabulary("hello")
    assert vocabulary.characters == "ehlo" and len(vocabulary) == 4
    ids = vocabulary.encode("hello")
    assert ids.tolist() == [1, 0, 2, 2, 3]
    assert ids.dtype == np.intp
    assert vocabulary.decode(ids) == vocabulary.decode([1, 0, 2, 2, 3]) == "hello"
    assert vocabulary.decode(ids[:0]) == "" and vocabulary.encode("").size == 0


@given(st.text(min_size=1))
def test_decode_reverses_encode(text):
    vocabulary = Vocabulary(text)
    assert vocabulary.decode(vocabulary.encode(text)) == text
    assert vocabulary.characters == "".join(sorted(set(text)))


@pytest.mark.parametrize("stranger", ["K", "\t", "é", "\U0001f600", "\u202e"])
def test_unknown_character_is_named_with_its_position(stranger):
    with pytest.raises(ValueError, match=re.escape(f"{stranger!r} at position 4 is not among the 4 of")):
        Vocabulary("hello").encode("hell" + stranger + "o" + stranger)


# Chunks

@given(st.integers(2, 60), st.integers(1, 12), st.integers(1, 5))
def test_streams_are_contiguous_and_read_once_a_pass(size, length, batch):
    steps = (size - 1) // batch
    if steps < length:
        return
    ids = np.arange(size)
    stream = chunks(ids, length, batch)
    for _ in range(2):
        one_pass = list(itertools.islice(stream, steps // length))
        assert [chunk.starts_over for chunk in one_pass] == [True] + [False] * (len(one_pass) - 1)
        inputs = np.concatenate([chunk.inputs for chunk in one_pass])
        targets = np.concatenate([chunk.targets for chunk in one_pass])
        assert inputs.shape == (steps // length * length, batch)
        np.testing.assert_array_equal(targets, inputs + 1)
        np.testing.assert_array_equal(inputs[0], np.arange(batch) * steps)
        assert (np.diff(inputs, axis=0) == 1).all()


def test_chunks_are_views_of_the_text():
    ids = np.arange(1000)
    chunk = next(chunks(ids, 10, 7))
    assert isinstance(chunk, Chunk) and chunk.inputs.dtype == np.intp
    assert np.shares_memory(chunk.inputs, ids) and np.shares_memory(chunk.targets, ids)


# A reader's own text

@pytest.mark.parametrize(
    ("raw", "text", "notes"),
    [
        (b"plain\n\ttext\n", "plain\n\ttext\n", []),
        ("Zoë, ça, 漢字, 👩‍👩‍👧, é\n".encode(), "Zoë, ça, 漢字, 👩‍👩‍👧, é\n", []),
        (b"\xef\xbb\xbfmark", "mark", ["byte order mark"]),
        (b"one\r\ntwo\rthree\n", "one\ntwo\nthree\n", ["carriage returns"]),
        ("day".encode("utf-16"), "day", ["UTF-16"]),
        (b"\xfe\xff" + "day\r\n".encode("utf-16-be"), "day\n", ["UTF-16", "carriage returns"]),
        ("day".encode("utf-32"), "day", ["UTF-32"]),
        (b"a page\x0cand its next page\x1a", "a pageand its next page", ["removed 2 control characters"]),
        ("Müller, naïve: “5 €” – œuvre".encode("cp1252"), "Müller, naïve: “5 €” – œuvre", ["text (cp1252)"]),
        ("déjà vu, ¿qué?".encode("latin-1"), "déjà vu, ¿qué?", ["read as Windows text (cp1252)"]),
        ("„Spaß“, sagt er".encode("cp1252"), "„Spaß“, sagt er", ["read as Windows text (cp1252)"]),
        ("« l’été\u00a0», dit-il".encode("cp1252"), "« l’été\u00a0», dit-il", ["(cp1252)", "(U+00A0)"]),
        ("Tür Tu\u0308r".encode(), "Tür Tür", ["each letter and its accent into one character (NFC)"]),
        (("a" + "\u0316" * 30).encode(), "a" + "\u0316" * 30, []),
        (("a" + "\u0316" * 31).encode(), "a" + "\u0316" * 30, ["removed 1 accent beyond 30 in a row"]),
        ("a\u202eb\u2066c\ufeffd\u200fe\ufeff".encode(), "abcde",
         ["removed 5 invisible characters (U+200F, U+202E, U+2066, U+FEFF)"]),
        ("Tu\u200e\u0308r, Aus\u00adweg".encode(), "Tür, Ausweg",
         ["removed 2 invisible characters (U+00AD, U+200E)", "NFC"]),
        ("e\u034f\u0301\u115f\u1160\u17b4\u17b5\u3164\uffa0, \U0001f600".encode(), "é, \U0001f600",
         ["removed 7 invisible characters (U+034F, U+115F, U+1160, U+17B4, U+17B5, U+3164, and 1 more)",
          "NFC"]),
        ("I \u2764\ufe0f it".encode(), "I \u2764 it", ["removed 1 invisible character (U+FE0F)"]),
        *((f"love{''.join(chr(start + byte) for byte in b'ALL')}d".encode(), "loved",
           [f"removed 3 invisible characters (U+{start + ord('A'):X}, U+{start + ord('L'):X})"])
          for start in (0xE0000, 0xE0100)),     # tags, and variation selectors
        ("\u2801\u2800\u2803\ufffc".encode(), "\u2801\u2800\u2803\ufffc",
         ["has characters that do not show (U+2800, U+FFFC)"]),
        ("5\u00a0km, a\u200bb, می\u200cخواهم".encode(), "5\u00a0km, a\u200bb, می\u200cخواهم",
         ["has characters that do not show (U+00A0, U+200B)"]),
        ("".join(map(chr, range(0xE000, 0xE010))).encode(), "".join(map(chr, range(0xE000, 0xE010))),
         ["(U+E000, U+E001, U+E002, U+E003, U+E004, U+E005, and 10 more)"]),
        *((page, page.decode(), ["a web page"]) for page in (
            b"<!DOCTYPE html>\n<title>A</title>", b" <HTML lang=en>", b"<?xml version='1.0'?>\n<html>",
            b"<!-- saved -->\n<!doctype HTML>")),
        (b"what <html> means", "what <html> means", []),
    ],
    ids=str,
)
def test_text_is_accepted_and_every_repair_is_noted(raw, text, notes, tmp_path):
    (tmp_path / "own.txt").write_bytes(raw)
    for source in (raw, bytearray(raw), memoryview(raw), tmp_path / "own.txt", str(tmp_path / "own.txt")):
        own = read_text(source)
        assert own.text == text
        assert len(own.notes) == len(notes)
        assert all(words in note for words, note in zip(notes, own.notes, strict=True))


@pytest.mark.parametrize(
    ("raw", "why", "remedy"),
    [
        (b"", "is empty", "Use a text"),
        (b"\xef\xbb\xbf", "is empty", "Use a text"),
        (b"aaaaaaaa", "only one distinct character, 'a'", "at least two"),
        (b"\r\n\r\n", "only one distinct character", "at least two"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not plain text", "save it as plain text"),
        (b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(50), "is not plain text", "save it as plain text"),
        (bytes(range(1, 32)) * 9, "is not plain text", "save it as plain text"),
        ("day".encode("utf-16-le"), "is not plain text", "save it as plain text"),
        ("d\0ay".encode("utf-16"), "is not plain text", "save it as plain text"),
        ("Привет, мир!".encode("cp1251"), "is not valid UTF-8 (near byte 0)", "encoding UTF-8"),
        ("白日依山尽，黄河入海流。".encode("gb18030"), "is not valid UTF-8", "encoding UTF-8"),
        ("古池や蛙飛び込む水の音".encode("shift_jis"), "is not valid UTF-8", "encoding UTF-8"),
        ("Όμηρος, Ιλιάδα".encode("iso8859-7"), "is not valid UTF-8", "encoding UTF-8"),
        ("Zoë, ça, é".encode()[:-1], "is not valid UTF-8 (near byte 11)", "encoding UTF-8"),
        ("Zoë, ça".encode() + b"\xe9 " + "été".encode(), "is not valid UTF-8", "encoding UTF-8"),
        ("naïve \x81".encode("latin-1"), "is not valid UTF-8 (near byte 2)", "encoding UTF-8"),
        (b"{\\rtf1\\ansi\\ansicpg1252 Hello}", "is an RTF document, not plain text", "plain text in UTF-8"),
        (b"\xef\xbb\xbf\n{\\rtf1 Hello}", "is an RTF document, not plain text", "as plain text in UTF-8"),
        (b"%PDF-1.7\nendobj", "is a PDF file, not plain text", "as plain text in UTF-8"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\0\x81stream", "is a PDF file, not plain", "plain text in UTF-8"),
        (b"\x07%PDF-1.7 endobj", "is a PDF file, not plain text", "as plain text in UTF-8"),
        ("half \ud83d pair".encode("utf-8", "surrogatepass"), "is not valid UTF-8", "encoding UTF-8"),
        ("\ud83d!".encode("utf-16", "surrogatepass"), "is not valid UTF-16", "encoding UTF-8"),
        (b"\xff\xfed\0a", "is not valid UTF-16", "encoding UTF-8"),
        (b"a" * (MAX_BYTES + 1), "is larger than 20 MB", "an excerpt"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:24],
)
def test_unusable_text_is_refused_in_a_sentence_or_two(raw, why, remedy, tmp_path):
    (tmp_path / "own.txt").write_bytes(raw)
    for source in (raw, tmp_path / "own.txt"):
        with pytest.raises(TextError) as refusal:
            read_text(source)
        message = str(refusal.value)
        assert why in message and remedy in message
        assert "\n" not in message and message.endswith(".") and message.count(". ") < 2


@pytest.mark.parametrize(("text", "held_out"), [
    ("ab" * 500, 100), ("ab" * 60, 12), ("ab" * 10_000, 2000), ("ab" * 10_001, 2000),
    ("".join(map(chr, range(0x4E00, 0x4E00 + 1250))) * 20, 1600),       # with 2,000,000 scores
])
def test_of_an_own_text_the_last_tenth_is_held_out_and_no_more_than_can_be_measured(text, held_out):
    found = own_corpus("mine", Text(text, ()))
    assert found.texts() == (text[:-held_out], text[-held_out:]) and found.title == "mine" + (
        "; 1,250 different characters: each update takes about 6 times as long as with the play's 60"
        if held_out == 1600 else "")


def test_an_own_text_is_long_enough_with_a_hundred_to_train_on_and_is_read_to_a_million():
    assert len(own_corpus("mine", Text("ab" * 55 + "a", ())).ids) == 100
    with pytest.raises(TextError, match=r"mine has 110 characters\. Use a text of at least a few hundred"):
        own_corpus("mine", Text("ab" * 55, ()))
    assert own_corpus("mine", Text("ab" * 500_000, ())).title == "mine"
    assert own_corpus("mine", Text("ab" * 500_000 + "a", ("mended",))).title == (
        "mine; mended; only the first 1,000,000 characters")


def test_paths_that_are_no_text_file_are_refused(tmp_path):
    posix = []
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")        # reading it would wait for ever
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        posix = [(tmp_path / "pipe", "is a device or a pipe"), (tmp_path / "loop", "leads back to itself")]
    for source, why in [
        ("https://example.org/poems.txt", "is a web address: save the page as plain text"),
        ("www.example.org/poems.txt", "is a web address"), ("HTTP://example.org/a.txt", "is a web address"),
        (tmp_path / "absent.txt", "There is no file"),
        ("", "There is no file"),
        ("a\0b", "There is no file"),
        ("half \ud83d", "There is no file"),
        ("x" * 5000, "There is no file"),
        ("it's \"so\"\n../..", "There is no file"),
        (tmp_path, "is a folder"),
        (os.devnull, "is a device or a pipe"),
        *posix,
    ]:
        with pytest.raises(TextError, match=why) as refusal:
            read_text(source)
        assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 250


def test_a_100_mb_file_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "huge.txt"
    with open(path, "wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr("builtins.open", lambda *args: pytest.fail("the file was opened"))
    with pytest.raises(TextError, match=r"larger than 20 MB\. Use an excerpt"):
        read_text(path)


MARKS = st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff"])


@settings(max_examples=1000, deadline=None)
@given(MARKS, st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))
       | st.text(st.sampled_from("aeu ü\u0308\u202e\ufeff\u200b\r\x01“é»\u00a0")).map(
           lambda text: text.encode("cp1252", "ignore") if text[:1] == "a" else text.encode()))
def test_any_bytes_are_accepted_or_refused_and_nothing_else(mark, raw):
    try:
        own = read_text(mark + raw)
    except TextError:
        return
    assert isinstance(own, Text)
    vocabulary = Vocabulary(own.text)
    assert len(vocabulary) >= 2
    assert vocabulary.decode(vocabulary.encode(own.text)) == own.text
    assert read_text(own.text.encode()).text == own.text
    assert unicodedata.is_normalized("NFC", own.text)
    assert not set(own.text) & set("\u202e\u2066\u200f\ufeff\r\0\x1a")


# n-grams

def test_witten_bell_by_hand():
    # aab: a twice, b once, two kinds in three; after a: a once, b once.
    p_a, p_b = (2 + 2 / 2) / 5, (1 + 2 / 2) / 5
    np.testing.assert_allclose(ngram_probabilities("aab", "ab", 1), [p_a, p_b])
    np.testing.assert_allclose(ngram_probabilities("aab", "ab", 2), [p_a, (1 + 2 * p_b) / 4])
    assert ngram_loss("aab", "ab", 1) == pytest.approx(-np.log(p_a * p_b) / 2)


def plain_probability(train, context, character, characters):
    """The same recursion, word for word, on one context."""
    shorter = plain_probability(train, context[1:], character, characters) if context else 1 / len(characters)
    k = len(context)
    after = [train[i + k] for i in range(len(train) - k) if train[i : i + k] == context]
    if not after:
        return shorter
    return (after.count(character) + len(set(after)) * shorter) / (len(after) + len(set(after)))


@given(st.text("abc", min_size=1, max_size=20), st.text("abcd", min_size=1, max_size=8), st.integers(1, 5))
def test_probabilities_are_those_of_the_plain_recursion(train, heldout, order):
    characters = sorted(set(train + heldout))
    expected = [
        plain_probability(train, heldout[max(0, i - order + 1) : i], heldout[i], characters)
        for i in range(len(heldout))
    ]
    np.testing.assert_allclose(ngram_probabilities(train, heldout, order), expected, rtol=1e-12)


def test_a_corpus_has_the_levels_of_one_character_before_and_of_two():
    """After an a of aab comes either letter, and after two letters one."""
    found = corpus("", 400 * "aab", 100 * "aab").lines
    assert found["chance"] == pytest.approx(np.log(2))
    assert found["bigram"] == pytest.approx(2 / 3 * np.log(2), abs=0.01) and found["trigram"] < 0.02
