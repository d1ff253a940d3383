"""Each option stands with its own reason, and the right one is where the answer says.

A line of ``options.toml`` is ``right > its reason | other > its reason > numbers | ...``: words of an option,
words of the reason that speaks of it, wherever the two stand, and which numbers of the reason are neither in
the question nor in these words. One term alone is for option and reason, and one behind "= " is an f-string,
so that its numbers are computed.
"""

import math  # noqa: F401, for options.toml
import re
import tomllib
from collections.abc import Iterator, Sequence

import numpy as np  # noqa: F401, for options.toml
import prose
import pytest
from course import ROOT
from test_questions import ALL
from writers import inventory

from helpers.data import LETTERS, Question

TERMS = tomllib.loads((ROOT / "tests" / "course" / "options.toml").read_text(encoding="utf-8"))
ITEMS = inventory.items()
NUMBER = re.compile(r"(?<![\w.{_^])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
every_question = pytest.mark.parametrize("asked", ALL, ids=[one.id for one in ALL])


def terms(line: str) -> Iterator[tuple[str, str, str]]:
    """Words of each option and of its reason, and more numbers of the reason; the right option first."""
    for part in line.split(" | "):
        found = [eval(f"rf'{term[2:]}'") if term.startswith("= ") else term for term in part.split(" > ")]
        yield found[0], found[min(1, len(found) - 1)], " ".join(found[2:])


def places(term: str, texts: Sequence[str]) -> list[int]:
    """Which of the texts are this term or, if none is, have it in them, in whole words and numbers."""
    texts, term = [text.replace("`", "").lower() for text in texts], term.lower()
    whole = re.compile(rf"(?<![\w.])(?<!\d,){re.escape(term)}(?!\w|[.,]\d)")
    return [texts.index(term)] if term in texts else [n for n, text in enumerate(texts) if whole.search(text)]


def numbers(*texts: str) -> set[str]:
    return set(NUMBER.findall(" ".join(texts)))


def untied(line: str, options: Sequence[str], reasons: Sequence[str], answer: str) -> list[str]:
    """What is wrong with the options of a question and their reasons, in words."""
    found = [(words, why, places(words, options), places(why, reasons)) for words, why, _ in terms(line)]
    wrong = [f"{words!r} is in {at}, {why!r} in {told}" for words, why, at, told in found
             if at != told or len(at) != 1]
    if not wrong and sorted(at[0] for *_, at, _ in found) != list(range(len(options))):
        wrong.append("an option has no term, or two")
    if not wrong and found[0][2] != [LETTERS.index(answer)]:
        wrong.append(f"the right option is that with {found[0][0]!r}")
    return wrong


@every_question
def test_each_option_stands_with_its_reason_and_the_right_one_is_the_answer(asked: Question):
    assert untied(TERMS[asked.id], asked.options, asked.because, asked.answer) == []


@every_question
def test_each_number_of_a_reason_is_given_or_tied_or_found(asked: Question):
    """It stands in the question, in the option or in its terms, or it is a result that prose.py looks for."""
    for words, why, more in terms(TERMS[asked.id]):
        (at,) = places(words, asked.options)
        free = numbers(asked.because[at]) - numbers(asked.ask, asked.options[at], words, why, more)
        if LETTERS[at] == asked.answer:
            free |= numbers(asked.options[at]) - numbers(asked.ask, words)
        if not asked.numbers and not asked.refresher:
            free -= numbers(*(one.text for one in prose.numbers(f"{asked.options[at]}; {asked.because[at]}")))
        assert not free, f"{LETTERS[at]}: {free}"


@pytest.mark.parametrize("item", ITEMS, ids=[str(one.number) for one in ITEMS])
def test_an_option_of_the_inventory_stands_with_the_idea_behind_it(item: inventory.Item):
    """And each number of why the right one is right is given, or stands in its terms."""
    says = {bad.option: f"{bad.idea}: {bad.says}" for bad in item.wrong}
    reasons = [says.get(letter, item.why) for letter in LETTERS[: len(item.options)]]
    line, right = TERMS[f"inventory.{item.number}"], item.options[LETTERS.index(item.answer)]
    assert untied(line, item.options, reasons, item.answer) == []
    assert numbers(item.why) <= numbers(item.ask, right, *next(terms(line)))


def test_there_are_terms_for_each_question_and_for_no_other():
    assert set(TERMS) == {*(one.id for one in ALL), *(f"inventory.{one.number}" for one in ITEMS)}
