"""The course's texts, a reader's own text, vocabulary, chunks and the n-gram yardsticks."""

import itertools
import os
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import (
    TextError,
    Vocabulary,
    chunks,
    corpus,
    load_text,
    ngram_probabilities,
    own_corpus,
    read_text,
)
from helpers.data.own_text import MAX_BYTES, Text

# The texts

def test_heldout_text_is_over_the_same_characters_and_shares_no_line():
    text, heldout = load_text("input"), load_text("heldout")
    assert set(heldout) <= set(text)
    assert 600 <= len(heldout) <= 1400
    shared_lines = set(text.split("\n")) & set(heldout.split("\n"))
    assert max(map(len, shared_lines)) <= 12
    runs = {text[i : i + 15] for i in range(len(text) - 14)}
    assert not runs & {heldout[i : i + 15] for i in range(len(heldout) - 14)}


# Vocabulary

@given(st.text(min_size=1))
def test_decode_reverses_encode(text):
    vocabulary = Vocabulary(text)
    assert vocabulary.decode(vocabulary.encode(text)) == text
    assert vocabulary.characters == "".join(sorted(set(text)))


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


# A reader's own text

REPAIRED = {
    b"plain\n\ttext\n": "plain\n\ttext\n",
    "Zoë, ça, 漢字, 👩‍👩‍👧, é\n".encode(): "Zoë, ça, 漢字, 👩‍👩‍👧, é\n",
    b"\xef\xbb\xbfmark": "mark",
    b"one\r\ntwo\rthree\n": "one\ntwo\nthree\n",
    "day".encode("utf-16"): "day",
    b"\xfe\xff" + "day\r\n".encode("utf-16-be"): "day\n",
    "day".encode("utf-32"): "day",
    b"a page\x0cand its next page\x1a": "a pageand its next page",
    "Müller, naïve: “5 €” – œuvre".encode("cp1252"): "Müller, naïve: “5 €” – œuvre",
    "déjà vu, ¿qué?".encode("latin-1"): "déjà vu, ¿qué?",
    "Tür Tu\u0308r".encode(): "Tür Tür",
    ("a" + "\u0316" * 31).encode(): "a" + "\u0316" * 30,
    "a\u202eb\u2066c\ufeffd\u200fe\ufeff".encode(): "abcde",
    "e\u034f\u0301\u115f\u1160\u17b4\u17b5\u3164\uffa0, \U0001f600".encode(): "é, \U0001f600",
    "I \u2764\ufe0f it".encode(): "I \u2764 it",
    "love\U000e0041\U000e004cd".encode(): "loved",            # tags, and variation selectors
}


@pytest.mark.parametrize(("raw", "text"), REPAIRED.items(), ids=REPAIRED.values())
def test_text_is_accepted_and_every_repair_is_noted(raw, text, tmp_path):
    (tmp_path / "own.txt").write_bytes(raw)
    for source in (raw, memoryview(raw), tmp_path / "own.txt", str(tmp_path / "own.txt")):
        own = read_text(source)
        assert own.text == text and bool(own.notes) == (raw != text.encode())


UNUSABLE = {
    "empty": b"", "one letter": b"aaaaaaaa", "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "zip": b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(50), "control characters": bytes(range(1, 32)) * 9,
    "UTF-16 unmarked": "day".encode("utf-16-le"), "cyrillic": "Привет, мир!".encode("cp1251"),
    "chinese": "白日依山尽，黄河入海流。".encode("gb18030"),
    "japanese": "古池や蛙飛び込む水の音".encode("shift_jis"),
    "cut": "Zoë, ça, é".encode()[:-1], "mixed": "Zoë, ça".encode() + b"\xe9 " + "été".encode(),
    "RTF": b"{\\rtf1\\ansi\\ansicpg1252 Hello}", "PDF": b"%PDF-1.7\nendobj",
    "half a pair": "\ud83d!".encode("utf-16", "surrogatepass"), "too large": b"a" * (MAX_BYTES + 1),
}


def refused(source) -> None:
    with pytest.raises(TextError) as refusal:
        read_text(source)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 250


@pytest.mark.parametrize("raw", UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_text_is_refused_in_a_sentence_or_two(raw, tmp_path):
    (tmp_path / "own.txt").write_bytes(raw)
    refused(raw)
    refused(tmp_path / "own.txt")


@pytest.mark.parametrize(("text", "held_out"), [("ab" * 500, 100), ("ab" * 60, 12), ("ab" * 10_001, 2000)])
def test_of_an_own_text_the_last_tenth_is_held_out_and_no_more_than_can_be_measured(text, held_out):
    assert own_corpus("mine", Text(text, ())).texts() == (text[:-held_out], text[-held_out:])


def test_an_own_text_is_long_enough_and_is_read_to_a_million():
    with pytest.raises(TextError, match=r"mine has 110 characters\."):
        own_corpus("mine", Text("ab" * 55, ()))
    found = own_corpus("mine", Text("ab" * 500_000 + "a", ("mended",)))
    assert found.title == "mine; mended; only the first 1,000,000 characters"


@pytest.mark.parametrize("source", ["https://example.org/poems.txt", "absent.txt", "", "a\0b", "half \ud83d",
                                    "x" * 5000, "it's \"so\"\n../..", ".", os.devnull, "pipe"])
def test_paths_that_are_no_text_file_are_refused(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe")        # reading it would wait for ever
    refused(source)


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
