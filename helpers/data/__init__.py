"""What a network reads: texts as numbers, the course's texts, a reader's own, tasks made by rule."""

from helpers.data.corpus import Corpus, corpus, course_corpus, own_corpus
from helpers.data.course import data_folder, load_text
from helpers.data.grammar import Grammar
from helpers.data.ngrams import ngram_loss, ngram_probabilities
from helpers.data.own_text import TextError, read_text
from helpers.data.tasks import (
    RECALL_CHANCE,
    adding_chance,
    adding_sequences,
    copy_sequences,
    echo_sequences,
    recall_sequences,
)
from helpers.data.vocabulary import Chunk, Vocabulary, chunks

__all__ = [
    "RECALL_CHANCE",
    "Chunk",
    "Corpus",
    "Grammar",
    "TextError",
    "Vocabulary",
    "adding_chance",
    "adding_sequences",
    "chunks",
    "copy_sequences",
    "corpus",
    "course_corpus",
    "data_folder",
    "echo_sequences",
    "load_text",
    "ngram_loss",
    "ngram_probabilities",
    "own_corpus",
    "read_text",
    "recall_sequences",
]
