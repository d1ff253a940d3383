"""Stages: functions that a reader writes, and with which the lesson then goes on.

A lesson lists its stages by the name of the function, each with its check and its plain form, and makes of
them the function that its notebook calls after a check::

    mine_or_plain = choosing({"forward": Stage(check_forward, plain.forward, at_course_size)})

    forward = mine_or_plain(forward)

What the reader wrote is taken if its check says that it is right and it is not much slower than the plain
form; otherwise the plain form stands in for it, so that nobody is stuck. A check that meets the stand-in
looks at what the reader wrote: the cell can be run again as it is, for what the check says next. What a
lesson exports under the name of a stage is `unwritten`, a stand-in too, which no check takes for theirs.
"""

import inspect
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, wraps
from time import perf_counter

from helpers.lessons.checking import Slip, listed, own

SLOWEST = 3.0           # times the plain form, with which a lesson still trains
ROUNDS = 7              # of both forms, one after the other; the fastest of each counts


@dataclass(frozen=True)
class Stage:
    """A function to write.

    Attributes:
        check: of that function alone.
        plain: the form that the solutions have.
        work: makes arguments of the size that the lesson works with, to compare the times; None where time
            does not matter.
    """

    check: Callable
    plain: Callable
    work: Callable[[], tuple] | None = None


@dataclass(frozen=True)
class Fault:
    """A slip that is easily made: what stands in the plain form, and what is written in its place.

    `idea` and `slip` are what a check says the second and the third time that it meets it.
    """

    name: str
    changes: tuple[tuple[str, str], ...]
    idea: str
    slip: str

    def found(self, told: str) -> Slip:
        """The Slip of an answer with this fault; `told`: what is wrong with it."""
        return Slip(self.name, told, self.idea, self.slip)


@cache
def with_changes(function: Callable, changes: tuple[tuple[str, str], ...]) -> Callable:
    """A function with parts of its code exchanged, each of which stands in it once."""
    code = inspect.getsource(function)
    for right, wrong in changes:
        if code.count(right) != 1:
            raise ValueError(f"{right!r} stands {code.count(right)} times in {function.__name__}")
        code = code.replace(right, wrong)
    made = dict(function.__globals__)
    exec(code, made)
    return made[function.__name__]


def choosing(stages: Mapping[str, Stage]) -> Callable[[Callable], Callable]:
    """The function `mine_or_plain` of a lesson with these stages, by the name of what is written in each."""

    def mine_or_plain(mine: Callable) -> Callable:
        """Your function if its check says that it is right, else the plain form; says which.

        Raises ValueError if it is none of the functions that this lesson asks for.
        """
        mine = own(mine)
        name = getattr(mine, "__name__", repr(mine))
        if name not in stages:
            raise ValueError(f"{name} is none of the functions that are written here: {listed(stages)}")
        stage = stages[name]
        if not stage.check.result(mine).right:
            print(f"The lesson goes on with the plain {name} until yours is right.")
        elif (times := times_slower(mine, stage)) > SLOWEST:
            print(f"Yours is right, but takes about {times:.0f} times as long as the plain {name}, with "
                  "which the lesson goes on. Are there loops over units, where a product (@) does all at "
                  "once?")
        else:
            print(f"The lesson goes on with your {name}.")
            return mine
        return _standing_in(stage.plain, mine)

    return mine_or_plain


def unwritten(stage: Stage) -> Callable:
    """What a lesson imports for a stage: the plain form, which a check knows is not the reader's own."""
    @wraps(stage.plain)
    def mine(*given, **named):
        raise Slip("not-yet", f"Not yet: `{stage.plain.__name__}` here is the course's, not yours. Run the "
                              "cell in which you write it; if that stops with an error, fix it first.")

    return _standing_in(stage.plain, mine)


def _standing_in(plain: Callable, mine: Callable) -> Callable:
    """A function that does what the plain form does, and knows what it stands in for, `own`."""
    @wraps(plain)
    def stand_in(*given, **named):
        return plain(*given, **named)

    stand_in.own = mine
    return stand_in


def times_slower(mine: Callable, stage: Stage) -> float:
    """How many times as long as the plain form it takes, measured one beside the other; 1 if no matter."""
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
            break           # it is long decided, and more rounds would only keep the reader waiting
    return fastest[1] / fastest[0]
