"""What a reader's answer is asked for, made ready to be looked at, and told: a check, its slips, its result.

A check returns the sentence of a right answer and raises a `Slip` for any other::

    @check
    def check_sum(add: Callable) -> str:
        answer = answer_of(add, 2, 3, stops="Your sum stops with {error}.")
        if answer == 6:
            raise Slip("product", "That is the product.")
        ...
        return "Right: 2 + 3 is 5."

Called, it prints the sentence; ``check_sum.result(add)`` returns it, with the name of the slip.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps

import numpy as np

NOT_YET = "Not yet: replace the dots and run both cells again."


class Slip(Exception):
    """What is wrong with an answer: a short name, which tests and programs go by, and the sentence to print.

    The names are in kebab-case; within a check each stands for one thing that can be wrong.
    """

    def __init__(self, name: str, said: str) -> None:
        super().__init__(name, said)
        self.name, self.said = name, said

    def after(self, words: str) -> "Slip":
        """The same slip with `words` before its sentence, such as where it was found."""
        return Slip(self.name, words + self.said)


@dataclass(frozen=True)
class Result:
    """What came of a check: the name of the slip, None if there is none, and what is printed of it."""

    slip: str | None
    said: str

    @property
    def right(self) -> bool:
        return self.slip is None


def check(function: Callable[..., str]) -> Callable[..., None]:
    """Make a check of a function that returns the sentence of a right answer and raises a `Slip` for another.

    The check prints what there is to say and returns None, so that a notebook shows nothing else; its
    attribute ``result`` takes the same answers, prints nothing and returns a `Result`. Any other exception
    is a fault of the check, not of the answer, and is let through.
    """
    def result(*answers, **named) -> Result:
        try:
            said = function(*answers, **named)
        except Slip as slip:
            return Result(slip.name, slip.said)
        if not isinstance(said, str):
            raise TypeError(f"{function.__name__} came to its end without a sentence.")
        return Result(None, said)

    @wraps(function)
    def told(*answers, **named) -> None:
        print(result(*answers, **named).said)

    told.result = result
    return told


def is_open(answer) -> bool:
    """Whether `answer` is still the dots of the starter, or None as a function returns without a return."""
    return answer is None or answer is ...


def any_open(answer) -> bool:
    """The same, also for a tuple with dots in it."""
    return is_open(answer) or (isinstance(answer, tuple) and any(map(is_open, answer)))


def need_answers(*answers, said: str = NOT_YET) -> None:
    """Raise the Slip "not-yet" if one of `answers` is still open."""
    if any(map(is_open, answers)):
        raise Slip("not-yet", said)


def answer_of(function: Callable, *given, stops: str | None = None, slip: str = "stops",
              unanswered: Callable | None = is_open, not_yet: str = NOT_YET, read: Callable | None = None):
    """What a reader's function returns for the arguments `given`: the one place that calls one.

    Args:
        stops: sentence for an exception, with ``{error}`` for its type and text, ``{kind}`` for its type.
        slip: name of that slip.
        unanswered: whether what was returned counts as no answer yet; None: anything is an answer.
        not_yet: sentence for no answer yet.
        read: takes the answer apart; what it raises counts as raised by the reader's function.

    Raises:
        Slip: "not-yet", or `slip` if the function raises an exception.
    """
    if stops is None:
        stops = getattr(function, "__name__", "It") + " stops with {error}."
    try:
        answer = function(*given)
        answered = unanswered is None or not unanswered(answer)
        if answered and read is not None:
            answer = read(answer)
    except Exception as error:
        kind = type(error).__name__
        raise Slip(slip, stops.format(kind=kind, error=f"{kind}: {error}")) from error
    if not answered:
        raise Slip("not-yet", not_yet)
    return answer


def close(answer, wrong) -> bool:
    """Whether two arrays are equal, to 1e-9."""
    return np.allclose(answer, wrong, atol=1e-9)


def first_slip(slips: Mapping[Slip, object], answer, otherwise: Slip, same: Callable = close) -> Slip:
    """The first of `slips`, each with the wrong answer it makes, for which ``same(answer, wrong)`` holds."""
    return next((slip for slip, wrong in slips.items() if same(answer, wrong)), otherwise)


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
