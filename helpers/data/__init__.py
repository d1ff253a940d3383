"""What a network reads: texts as numbers, the course's texts, a reader's own, tasks made by rule."""

from helpers.data.characters import (
    character_in_words,
    is_mark,
    is_seen,
    isolated,
    name_in_words,
    number_of,
    spoken,
)
from helpers.data.corpus import Corpus, corpus, course_corpus, own_corpus
from helpers.data.course import data_folder, load_text
from helpers.data.grammar import Grammar
from helpers.data.lessons import FACTS, POINTS, lesson_facts, lesson_folder, lesson_names, shipped_lesson
from helpers.data.ngrams import ngram_loss, ngram_probabilities
from helpers.data.numerals import MINUS, typed, typeset
from helpers.data.own_text import TextError, read_text, text_path
from helpers.data.questions import LETTERS, Question, Questions, Sight, question, questions
from helpers.data.tasks import (
    RECALL_CHANCE,
    adding_chance,
    adding_sequences,
    copy_sequences,
    echo_sequences,
    recall_sequences,
)
from helpers.data.vocabulary import Chunk, Vocabulary, chunks
