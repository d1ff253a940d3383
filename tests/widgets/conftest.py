# Dashboards, questions, buttons and the laboratory, without a browser. Without these, a slider could do
# nothing, an answer be lost, a run not be taken up again or replace another, and memory grow until a
# student's kernel dies.
"""A test that is a coroutine function runs in a loop, as a cell of a notebook does."""

import asyncio
import inspect

import pytest
from common import simulated_time


@pytest.fixture
def simulated(monkeypatch):
    """Simulated time, in which the test runs if it is a coroutine function."""
    return simulated_time(monkeypatch)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    given = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    if "simulated" in given:
        given["simulated"].run(lambda: pyfuncitem.obj(**given))
    else:
        asyncio.run(pyfuncitem.obj(**given))
    return True
