"""Tests with random samples see the effect that they are there for: it is planted once for each of them.

A tolerance that is wider than the effect cannot fail. So each such test has beside it the least fault that it
must see, as a changed line. With it the test must fail, which `pytest -m slow` shows.
"""

import inspect
import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from helpers.lessons.stages import with_changes


class Effect(NamedTuple):
    """A fault of the code under test: what is wrong with it, and in which function `old` has become `new`."""

    what: str
    function: Callable
    old: str
    new: str


def sees(*effects: tuple[str, Callable, str, str]) -> Callable:
    """A mark of a test: it passes on the code as it is, and fails with each `Effect`."""
    must_fail = [pytest.mark.slow, pytest.mark.xfail(raises=AssertionError, strict=True)]
    planted = [pytest.param(Effect(*one), id=one[0], marks=must_fail) for one in effects]
    each = pytest.mark.parametrize("effect", [pytest.param(None, id="sound"), *planted], indirect=True)
    return lambda test: pytest.mark.usefixtures("effect")(each(test))


@pytest.fixture
def effect(request, monkeypatch):
    """The changed function is in the place of the sound one, wherever that is held."""
    if request.param is None:
        return
    _, function, old, new = request.param
    made = with_changes(function, ((old, new),))
    inner = inspect.unwrap(function)
    owner, _, _ = inner.__qualname__.rpartition(".")
    holders = [inner.__globals__[owner]] if owner else list(sys.modules.values())
    for holder in holders:
        for name, value in list(getattr(holder, "__dict__", {}).items()):
            if value is function:
                monkeypatch.setattr(holder, name, made)
