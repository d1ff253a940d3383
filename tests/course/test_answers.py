"""The answers of the questions with numbers: each number is what it is called."""

import math
import re
from collections import Counter

import pytest
from facts import LESSONS

from helpers.data import questions

NUMBERED = [one for lesson in LESSONS for one in questions(lesson).review.values() if one.numbers]


def least(text: str) -> float:
    """The mean loss of one who knows only the letter before, over what is repeated in a text as *aabaab*."""
    letters = text.strip("*")
    period = next(n for n in range(1, len(letters)) if all(map(str.__eq__, letters, letters[n:])))
    pairs = [(letters[n], letters[n + 1]) for n in range(period)]
    before, both = Counter(first for first, _ in pairs), Counter(pairs)
    return sum(-math.log(both[pair] / before[pair[0]]) for pair in pairs) / period


NAMES = {
    "math": math,
    "least": least,
    "place": [
        "",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
    ].index,
    "part_of": {"a hundredth": 0.01, "a thousandth": 0.001, "a millionth": 1e-6}.get,
}
# What each number of a row is, by those that the question gives; the first is in the right option.
WORKED = {
    "00.r1": {"H": "H"},
    "00.r2": {"same": "x"},
    "00.r3": {"i": "i"},
    "00.r4": {"p": "w**n"},
    "01.r2": {"loss": "math.log(V)", "chance": "1 / V", "missed": "1 - 1 / V"},
    "01.r4": {
        "mean": "least(text)",
        "full": "math.log(len({y for x, y in zip(text, text[1:]) if x == 'a' and y != '*'}))",
    },
    "01.r5": {"back": "place(k) - 1"},
    "02.r1": {"factor": "math.exp(a - b)", "less": "a - b", "ratio": "a / b"},
    "03.r1": {
        "sum": "a + b + c",
        "product": "a * b * c",
        "mean": "(a + b + c) / 3",
        "largest": "max(a, b, c)",
    },
    "03.r3": {"t": "min(t, T - 1)"},
    "04.r1": {"start": "(t - 1) // k * k + 1", "sliding": "t - k + 1"},
    "04.r3": {"more": "d + 1", "twice": "2 * d"},
    "05.r1": {
        "a": "x * limit / math.hypot(x, y)",
        "b": "y * limit / math.hypot(x, y)",
        "norm": "math.hypot(x, y)",
        "c": "x * limit / max(x, y)",
    },
    "05.r5": {"down": "rate * limit / up", "step": "rate * limit", "more": "limit * up / rate"},
    "06.r1": {"a": "math.log2(1 / part_of(part))", "b": "0.5 / part_of(part)", "c": "1 / part_of(part)"},
    "06.r4": {"b": "math.log(k) / n", "a": "1 / n", "c": "math.log(k)"},
    "07.r1": {"z": "f * c + i * g"},
    "07.r3": {"b": "1 / (1 - f)"},
    "08.r1": {"floor": "math.log(n)", "share": "1 / n"},
    "08.r2": {},
    "08.r4": {},
    "09.r2": {"last": "T - 1", "before": "T - 2"},
    "09.r5": {"times": "min(apart / error, 2)"},
    "13.r2": {"b": "sum(abs(float(x)) > 1 for x in e.replace('−', '-').replace(' and', ',').split(', '))"},
    "10.r1": {"K": "4 * H"},
    "10.r3": {"sum": "first + second", "mean": "(first + second) / 2"},
    "11.r1": {"sum": "a + b", "all": "2 * max(a, b)"},
    "11.r3": {},
    "11.r4": {"right": "(x - (x / 2 + y / 4 + z / 4)) / 2", "mean": "x / 2 + y / 4 + z / 4", "half": "x / 2"},
    "12.r1": {"H": "double / 2", "double": "2 * H"},
    "12.r4": {"product": "a * b", "sum": "a + b"},
}
NO_NUMBER = {"00.r2", "08.r2", "08.r4", "09.r2", "09.r5", "11.r3"}  # whose right option is in words


def number(given) -> float | str:
    text = str(given).replace("−", "-").replace(",", "")
    return float(text) if re.fullmatch(r"-?[\d.]+", text) else given


def test_every_question_with_numbers_is_worked_out():
    assert {one.id for one in NUMBERED} == set(WORKED)
    for one in NUMBERED:
        first = next(iter(WORKED[one.id]), "")
        assert ("{" + first + "}" in one.options[one.right]) == (one.id not in NO_NUMBER), one.id


@pytest.mark.parametrize(
    "asked, row",
    [(one, row) for one in NUMBERED for row in one.numbers],
    ids=[f"{one.id}-{n}" for one in NUMBERED for n in range(len(one.numbers))],
)
def test_the_numbers_of_a_row_are_what_they_are_called(asked, row):
    given = {name: number(value) for name, value in row.items()}
    for name, source in WORKED[asked.id].items():
        decimals = len(str(row[name]).partition(".")[2])
        assert abs(given[name] - eval(source, {**NAMES, **given})) <= 0.51 * 10.0**-decimals, (
            f"{name} is {source}"
        )
