"""Stages: functions that a reader writes, and that the lesson then uses.

A lesson lists its stages by the name of the function, each with its check and its reference version. From
them it makes the function that its notebook calls after a check::

    use_if_correct = choosing({"forward": Stage(check_forward, plain.forward, at_course_size)})

    forward = use_if_correct(forward)

The lesson uses what the reader wrote if its check passes and it is not much slower than the reference
version. Otherwise the reference version stands in for it, so that nobody is stuck. A check that is given the
stand-in looks at what the reader wrote, so the reader can run the cell again to see what the check says next.
What a lesson exports under the name of a stage is `unwritten`, also a stand-in, which passes no check.
"""

import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, wraps
from time import perf_counter

from helpers.checks.check import own
from helpers.checks.results import Mistake, listed

SLOWEST = 3.0           # times the reference version, with which a lesson still trains
ROUNDS = 7              # of both versions in turn; the fastest of each counts


@dataclass(frozen=True)
class Stage:
    """A function to write, with the check of it alone, and the reference version, as the solutions have it.

    ``work`` makes arguments of the size that the lesson uses, to compare times; None if time doesn't matter.
    """

    check: Callable
    plain: Callable
    work: Callable[[], tuple] | None = None


@dataclass(frozen=True)
class Mutant:
    """A common mistake: parts of the reference version, and what is written in their place.

    `idea` and `mistake` are what a check adds the second and the third time that the reader makes it.
    """

    name: str
    changes: tuple[tuple[str, str], ...]
    idea: str
    mistake: str

    def found(self, told: str) -> Mistake:
        """The `Mistake` of an answer with this mutant; `told` says what is wrong with the answer."""
        return Mistake(self.name, told, self.idea, self.mistake)


@cache
def with_changes(function: Callable, changes: tuple[tuple[str, str], ...]) -> Callable:
    """A function with parts of its code replaced, each of which is in it once."""
    inner = inspect.unwrap(function)
    names = dict(inner.__globals__)
    exec(exchanged(_source(inner), changes), names)
    return names[inner.__name__]


_source = cache(lambda function: textwrap.dedent(inspect.getsource(function)))     # slow to look for


def exchanged(text: str, changes: Iterable[tuple[str, str]]) -> str:
    """A text with parts of it replaced. Raises ValueError if one of them is not in it once."""
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} occurs {text.count(old)} times in the text to be changed, not once")
        text = text.replace(old, new)
    return text


def choosing(stages: Mapping[str, Stage]) -> Callable[[Callable], Callable]:
    """The function `use_if_correct` of a lesson with these stages, by the name of the function in each."""

    def use_if_correct(mine: Callable) -> Callable:
        """Your function if its check passes, else the reference version. It prints which.

        Raises ValueError if this lesson does not ask for a function of that name.
        """
        mine = own(mine)
        name = getattr(mine, "__name__", repr(mine))
        if name not in stages:
            raise ValueError(f"this lesson does not ask for a function {name}; it asks for {listed(stages)}")
        stage = stages[name]
        if not stage.check.result(mine).right:
            print(f"Until yours passes, the lesson uses the reference version of {name}.")
        elif (times := times_slower(mine, stage)) > SLOWEST:
            print(f"Yours is correct, but it takes about {times:.0f} times as long as the reference version "
                  f"of {name}, so the lesson uses that one. Do you loop over units where one product (@) "
                  "would do?")
        else:
            print(f"From here on, the lesson uses your {name}.")
            return mine
        return standing_in(stage.plain, mine)

    return use_if_correct


def unwritten(stage: Stage) -> Callable:
    """What a lesson imports for a stage: the reference version, which a check knows is not the reader's."""
    @wraps(stage.plain)
    def mine(*given, **named):
        raise Mistake("not-yet", f"Not yet: this `{stage.plain.__name__}` is the reference version, not "
                                 "yours. Run the cell in which you write it. If that cell stops with an "
                                 "error, fix it first.")

    return standing_in(stage.plain, mine)


def standing_in(plain: Callable, mine: Callable) -> Callable:
    """A function that does what the reference version does, and knows what it stands in for, `own`."""
    @wraps(plain)
    def stand_in(*given, **named):
        return plain(*given, **named)

    stand_in.own = mine
    return stand_in


def times_slower(mine: Callable, stage: Stage) -> float:
    """How many times as long as the reference version it takes, measured in turn; 1 without `work`."""
    if stage.work is None:
        return 1.0
    given, fastest = stage.work(), [float("inf")] * 2
    for rounds in range(ROUNDS):
        for k, function in enumerate((stage.plain, mine)):
            arguments = deepcopy(given)
            began = perf_counter()
            function(*arguments)
            fastest[k] = min(fastest[k], perf_counter() - began)
        if rounds > 1 and fastest[1] > 10 * SLOWEST * fastest[0]:
            break           # it is clear by now, and more rounds would only keep the reader waiting
    return fastest[1] / fastest[0]
