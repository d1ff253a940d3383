"""The corpora of the laboratory and of the lessons' runs: a text cut in two, and the losses to beat."""

import math
from typing import NamedTuple

import numpy as np

from helpers.data.course import load_text
from helpers.data.ngrams import ngram_loss
from helpers.data.own_text import Text, TextError, refuse_one_character
from helpers.data.vocabulary import Vocabulary

MOST_CHARACTERS = 1_000_000
HELD_OUT = 2_000            # characters at most, so that measuring them does not hold up the run; and of ...
HELD_OUT_SCORES = 2_000_000     # ... many different ones fewer, because each has a score after each of them
MANY = 500                  # different characters from which on a reader sees that updates are slow
AS_SLOW = 200               # so many more take about as long again as the play's 60: 160 to 300, by cell


class Corpus(NamedTuple):
    """A text cut in two, to train on and to hold out, and the losses that a run on it has to beat."""

    title: str
    vocabulary: Vocabulary
    ids: np.ndarray
    heldout: np.ndarray
    lines: dict[str, float]

    def texts(self) -> tuple[str, str]:
        """The text to train on and the one that is held out."""
        return self.vocabulary.decode(self.ids), self.vocabulary.decode(self.heldout)


def corpus(title: str, text: str, heldout: str) -> Corpus:
    """A corpus of the two texts, with the levels of chance, bigram and trigram on the held-out one."""
    vocabulary = Vocabulary(text + heldout)
    lines = {name: ngram_loss(text, heldout, order, vocabulary.characters)
             for name, order in (("bigram", 2), ("trigram", 3))}
    return Corpus(title, vocabulary, vocabulary.encode(text), vocabulary.encode(heldout),
                  {"chance": math.log(len(vocabulary)), **lines})


def course_corpus() -> Corpus:
    """The course's play, and the other one that is held out."""
    return corpus("the course's play", load_text("input"), load_text("heldout"))


def own_corpus(title: str, found: Text) -> Corpus:
    """A reader's own text from `read_text`: its last tenth, at most 2,000 characters, is held out.

    Less of a text with more than 1,000 different characters, because each has a score. After `title` comes
    what was repaired, and why it is slow if it is.

    Raises TextError if there is too little of it, or its first 1,000,000 characters are all the same.
    """
    text = found.text[:MOST_CHARACTERS]
    different = len(set(text))
    cut = len(text) - min(HELD_OUT, HELD_OUT_SCORES // max(1, different), len(text) // 10)
    if cut < 100:
        raise TextError(f"{title} has {len(text)} characters. Use a text of at least a few hundred.")
    refuse_one_character(text, title, f" among the first {len(text):,}")
    notes = [title, ", ".join(found.notes)] if found.notes else [title]
    if len(found.text) > len(text):
        notes.append(f"only the first {MOST_CHARACTERS:,} characters")
    if different >= MANY:
        notes.append(f"{different:,} different characters: each update takes about {different / AS_SLOW:.0f} "
                    "times as long as with the play's 60")
    return corpus("; ".join(notes), text[:cut], text[cut:])
