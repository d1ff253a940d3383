"""The numbers that a sentence says."""

import re
from collections.abc import Sequence

import numpy as np

from helpers.data import typed

NUMBER = re.compile(r"[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+|·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")


def value_of(written: str) -> float:
    return float(typed(written).replace(",", ""))


def values_of(words: str) -> list[float]:
    """All numbers in some words."""
    return [value_of(written) for written in NUMBER.findall(words)]


def told(sentence: str) -> list[tuple[str, float, float]]:
    """The numbers of a sentence: as written, their value, and half of their last digit; names left out."""
    found = []
    for match in re.finditer(NUMBER.pattern + r" ?%?", re.sub(r"\w*_\w+|[A-Za-z]\d+|\d-gram", "", sentence)):
        written = match[0].rstrip(" %")
        mantissa, _, power = typed(written).partition("e")
        last = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
        scale = 0.01 if match[0].endswith("%") else 1.0
        found.append((written, value_of(written) * scale, 0.51 * last * scale))
    return found


def missing(sentence: str, numbers: Sequence[float] | np.ndarray) -> list[str]:
    """The numbers of a sentence that, but for their sign, are none of `numbers`."""
    numbers = np.abs(np.array(numbers, float))
    return [written for written, value, half in told(sentence)
            if not (np.abs(numbers - abs(value)) <= half).any()]
