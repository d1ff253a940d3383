"""In the process of a submission: the course without its checks, and without what they know of answers.

A module with checks, or with the mistakes that they know, is not loaded. A check that is taken from it says
that it is asked later, so a lesson goes on with its reference version. This keeps answers out of reach of
code that looks through what is loaded; code that reads the course's files is not stopped.
"""

import re
import sys
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from helpers.lessons.checks import Result

CLOSED = re.compile(r"helpers\.lessons\.lesson\d\d\.(\w+_)?(checks?|mutants|claims)")
LATER = "This check is asked when the submission is marked, in another process."


def close() -> None:
    """From here on, in this process, no such module is loaded; one that is there already stays."""
    sys.meta_path.insert(0, ClosedBook())


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
