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
    "00.shape-of-product": {"H": "H"},
    "00.value-of-tanh": {"same": "x"},
    "00.one-hot-product": {"i": "i"},
    "00.fading-memory-left": {"p": "w**n"},
    "01.first-loss": {"loss": "math.log(V)", "chance": "1 / V", "missed": "1 - 1 / V"},
    "01.loss-without-memory": {
        "mean": "least(text)",
        "full": "math.log(len({y for x, y in zip(text, text[1:]) if x == 'a' and y != '*'}))",
    },
    "01.steps-back-in-chunk": {"back": "place(k) - 1"},
    "02.factor-between-losses": {"factor": "math.exp(a - b)", "less": "a - b", "ratio": "a / b"},
    "03.shared-weight-gradient": {
        "sum": "a + b + c",
        "product": "a * b * c",
        "mean": "(a + b + c) / 3",
        "largest": "max(a, b, c)",
    },
    "03.changed-target": {"t": "min(t, T - 1)"},
    "04.where-gradient-stops": {"start": "(t - 1) // k * k + 1", "sliding": "t - k + 1"},
    "04.window-for-echo": {"more": "d + 1", "twice": "2 * d"},
    "05.clip-by-norm": {
        "a": "x * limit / math.hypot(x, y)",
        "b": "y * limit / math.hypot(x, y)",
        "norm": "math.hypot(x, y)",
        "c": "x * limit / max(x, y)",
    },
    "05.rate-and-limit": {"down": "rate * limit / up", "step": "rate * limit", "more": "limit * up / rate"},
    "06.halved-each-step": {
        "a": "math.log2(1 / part_of(part))", "b": "0.5 / part_of(part)", "c": "1 / part_of(part)"},
    "06.one-far-answer": {"b": "math.log(k) / n", "a": "1 / n", "c": "math.log(k)"},
    "07.next-memory-value": {"z": "f * c + i * g", "x": "(1 - f) * c + i * g", "y": "i * c + f * g"},
    "07.steps-of-keeping": {"b": "1 / (1 - f)"},
    "08.loss-of-random-symbols": {"floor": "math.log(n)", "share": "1 / n"},
    "08.fresh-seeds": {},
    "08.best-of-many-units": {},
    "09.wrong-before-last": {"last": "T - 1", "before": "T - 2"},
    "09.difference-of-means": {"times": "min(apart / error, 2)"},
    "13.unstable-directions": {
        "b": "sum(abs(float(x)) > 1 for x in e.replace('−', '-').replace(' and', ',').split(', '))"},
    "10.shape-of-weight-ih": {"K": "4 * H"},
    "10.grad-without-zeroing": {"sum": "first + second", "mean": "(first + second) / 2"},
    "11.divisor-with-mask": {"sum": "a + b", "all": "2 * max(a, b)"},
    "11.after-teacher-forcing": {},
    "11.gradient-of-score": {
        "right": "(x - (x / 2 + y / 4 + z / 4)) / 2", "mean": "x / 2 + y / 4 + z / 4", "half": "x / 2"},
    "12.linear-units-and-parity": {"H": "double / 2", "double": "2 * H"},
    "12.pairs-to-compare": {"product": "a * b", "sum": "a + b"},
}
def number(given) -> float | str:
    text = str(given).replace("−", "-").replace(",", "")
    return float(text) if re.fullmatch(r"-?[\d.]+", text) else given


@pytest.mark.parametrize(
    "asked, row",
    [(one, row) for one in NUMBERED if one.id in WORKED for row in one.numbers],
    ids=[f"{one.id}-{n}" for one in NUMBERED if one.id in WORKED for n in range(len(one.numbers))],
)
def test_the_numbers_of_a_row_are_what_they_are_called(asked, row):
    given = {name: number(value) for name, value in row.items()}
    for name, source in WORKED[asked.id].items():
        decimals = len(str(row[name]).partition(".")[2])
        assert abs(given[name] - eval(source, {**NAMES, **given})) <= 0.51 * 10.0**-decimals, (
            f"{name} is {source}"
        )
