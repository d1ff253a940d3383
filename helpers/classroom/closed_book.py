"""In the process of a submission: the course without its checks, and without what they know of answers.

A module with checks, or with the mistakes that they know, is not loaded. A check that is taken from it says
that it is asked later, so a lesson goes on with its reference version. That works once the stage is marked:
before, a call of it is a call of the submission's own. This keeps answers out of reach of code that looks
through what is loaded; code that reads the course's files is not stopped.
"""

import re
import sys
from collections.abc import Callable
from functools import wraps
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from helpers.checks import stages
from helpers.checks.results import Result

CLOSED = re.compile(r"helpers\.lessons\.lesson\d\d\.(\w+_)?(checks?|mutants|mistakes)")
MARKED: set[str] = set()        # functions of the submission that have been marked
LATER = "This check does not run here. It runs in a separate process when the submission is marked."


def close() -> None:
    """From here on, in this process, no such module is loaded; one that is there already stays."""
    sys.meta_path.insert(0, ClosedBook())
    stages.standing_in = standing_in


def standing_in(plain: Callable, mine: Callable) -> Callable:
    """In place of that of `stages`: until the stage is marked, it does what the submission's own does."""
    @wraps(mine)
    def stand_in(*given, **named):
        return (plain if plain.__name__ in MARKED else mine)(*given, **named)

    stand_in.own = mine
    return stand_in


class ClosedBook(MetaPathFinder, Loader):
    """Finds modules with checks, and makes empty ones in their place."""

    def find_spec(self, fullname, *_):
        return ModuleSpec(fullname, self) if CLOSED.fullmatch(fullname) else None

    def create_module(self, spec):
        return Closed(spec.name)

    def exec_module(self, module):
        pass


class Closed(ModuleType):
    """A module in which each name is a check that waits, or nothing."""

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return later(name) if name.startswith("check_") else None


def later(name: str) -> Callable[..., Result]:
    """A check that looks at no answer."""
    def check(*answers, **named) -> Result:
        return Result(f"! {LATER}", {}, shown=True)

    check.__name__ = name
    vars(check).update(result=check, parts=(name.removeprefix("check_"),))
    return check
