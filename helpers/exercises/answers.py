"""What a reader's function answered, made ready to be looked at."""

from collections.abc import Callable, Iterable

import numpy as np

from helpers.exercises import NOT_YET


def answer_of(function: Callable, *arguments):
    """What `function` returns; None after a line that says why there is nothing to look at."""
    try:
        answer = function(*arguments)
    except Exception as error:
        print(f"{getattr(function, '__name__', 'It')} stops with {type(error).__name__}: {error}.")
        return None
    if answer is None or answer is ...:
        print(NOT_YET)
        return None
    return answer


def numbers(value) -> np.ndarray | None:
    """`value` as an array of finite floats, or None where it is none."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    return array if np.isfinite(array).all() else None


def number(value) -> float | None:
    """`value` as one float, or None where it is none, as a list is; infinity is allowed."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    one = array.size == 1 and not isinstance(value, list | tuple)
    return float(array.item()) if one and not np.isnan(array).any() else None


def listed(names: Iterable[str]) -> str:
    """Names as one says them: "a, b and c"."""
    names = list(names)
    return " and ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:]) or "none"
