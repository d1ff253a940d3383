"""The store of questions: a guess is no help, rows of numbers fit, and one that is none is refused."""

import re
from collections import Counter

import pytest
from course import LESSONS

from helpers.data import questions
from helpers.widgets.rounds import at_first, needs

ALL = [one for path in LESSONS for kind in ("predict", "review", "before")
       for one in getattr(questions(path.name[:2]), kind).values()]


def test_neither_a_letter_nor_the_longest_option_is_a_good_guess():
    for options, low, high in ((4, 15, 35), (3, 25, 42)):
        found = Counter(one.answer for one in ALL if len(one.options) == options)
        assert all(low <= 100 * found[letter] / found.total() <= high for letter in "abcd"[:options]), found
    lengths = [([len(option.split()) for option in one.options], one.right) for one in ALL]
    longest = [counts[right] == max(counts) and counts.count(max(counts)) == 1 for counts, right in lengths]
    assert sum(longest) <= 0.35 * len(ALL)


def test_every_row_of_numbers_fills_every_place():
    for asked in ALL:
        for row in range(max(1, len(asked.numbers))):
            one = asked.with_numbers(row)
            whole = re.sub(r"\$[^$]*\$", "", " ".join([one.ask, *one.options, *one.because]))
            assert not re.search(r"\{[a-z_]+\}", whole) and len(set(one.options)) == len(one.options), one.id


@pytest.mark.parametrize("lesson", needs())
def test_an_opening_asks_three_different_questions_the_last_of_them_harder(lesson):
    three = at_first(lesson)
    assert len({one.id for one in three}) == 3 and three[-1].harder and not three[0].harder
