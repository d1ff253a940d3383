"""What is asked of a lesson in the kernel that has run its cells: see lesson_items.py, which asks.

Nothing of this is among the names of the lesson. Each function prints, as a line of JSON, what it has found.
"""

import asyncio
import json
import re
import sys
import time
import traceback
from typing import Any

from IPython import get_ipython

MOST = 3            # points of a run that goes on beside the cells, after which it is stopped
PATIENCE = 60       # seconds in which what goes on beside the cells has shown something
shown: list[tuple[str, Any]] = []       # by cells, at first: each picture, with its place
made: list[tuple[str, Any]] = []        # by cells: each dashboard, with its place
_cells = 0                              # that have run


def begin() -> None:
    """Keep in mind from now on what each cell shows."""
    get_ipython().events.register("post_run_cell", _ended)


def _ended(result) -> None:
    global _cells
    place, _cells = f"code cell {_cells}", _cells + 1
    if hasattr(result.result, "figure"):
        shown.append((place, result.result))
    widgets, known = sys.modules.get("helpers.widgets.dashboard"), [one for _, one in made]
    for one in widgets.open_views() if widgets else ():
        if hasattr(one, "controls") and one not in known:
            made.append((place, one))
            shown.append((f"{place}, dashboard", one.shown))


def to_move() -> list[tuple[str, Any]]:
    """The dashboards with controls, but for those that keep what a learner does."""
    return [(place, one) for place, one in made if one.values() and not getattr(one, "keeps", False)]


def to_press() -> list[tuple[str, Any]]:
    """The dashboards with buttons whose work takes its time."""
    from exerciser import PLAY

    return [(place, one) for place, one in made
            if not getattr(one, "keeps", False) and (PLAY in one.controls or not one.values())]


def names(of) -> None:
    """Print what a failure of each dashboard begins with."""
    print(json.dumps([f"{place}, {one}" for place, one in of()]))


def pictures() -> None:
    """Print what is wrong with what cells returned, and whether fewer than nine of ten dashboards point."""
    from exerciser import look_at

    wrong = []
    for place, one in shown:
        if not place.endswith("dashboard"):     # at whose pictures `move` looks
            try:
                look_at(one, place)
            except AssertionError as error:
                wrong.append(str(error))
    drawn = [one for place, one in shown if place.endswith("dashboard") and hasattr(one, "sentence")]
    pointing = [one for one in drawn if one.points]
    if not drawn or len(pointing) < 0.9 * len(drawn):
        wrong.append(f"{len(pointing)} of {len(drawn)} dashboards point at parts of their pictures")
    print(json.dumps(wrong))


def move(number: int, seconds: float, walks: int) -> None:
    """Move every control of a dashboard as `exercise` does; print what was wrong."""
    from exerciser import exercise
    from garbage import seldom_collected

    seldom_collected()
    _, one = to_move()[number]
    try:
        done = exercise(one, walks, seconds)
        print(f"{one}: {done['moves']} moves, {done['orders']} orders, {done['walks']} moves at random, "
              f"{done['seconds']:.1f} s")
        print(json.dumps(""))
    except Exception:
        print(json.dumps(traceback.format_exc()))


async def press(number: int) -> None:
    """Press the buttons of a dashboard as a reader does, who waits; print what was wrong."""
    from exerciser import PLAY

    _, one = to_press()[number]
    try:
        if PLAY in one.controls:
            await _play(one)
        else:
            for label in one.controls:
                await _press(one, label)
        print(json.dumps(""))
    except Exception:
        print(json.dumps(traceback.format_exc()))


async def _press(dashboard, label: str) -> None:
    """Whether a button computes something new, whose sentence is true."""
    from exerciser import look_at, look_at_points, traceback_on

    from helpers.widgets.button import WORKING

    before, task = (dashboard.said, dashboard.screen()), getattr(dashboard, "task", None)
    dashboard.controls[label].click()
    dashboard.draw_now()
    while task and task.running:
        await asyncio.sleep(0.01)
        if len(getattr(dashboard, "points", {}).get(label, ())) >= MOST:
            dashboard.controls["Stop"].click()
            dashboard.draw_now()
    said = f"{dashboard.said}{dashboard.shown if isinstance(dashboard.shown, str) else ''}"
    assert not dashboard.failed, f"{label!r}: {dashboard.said}\n{traceback_on(dashboard)}"
    assert dashboard.said != WORKING, f"{label!r} has not ended"
    assert label == "Stop" or before != (dashboard.said, dashboard.screen()), f"{label!r} shows nothing new"
    look_at(dashboard.shown, f"after {label!r}")
    look_at_points(dashboard)
    assert not re.search(r"\b(nan|inf|None)\b", said), f"{label!r}: {said}"
    for right, of in re.findall(r"\b(\d+) of (\d+)\b", said):
        assert int(right) <= int(of), f"{label!r}: {said}"


async def _play(dashboard) -> None:
    """Whether Play goes on by itself, and Pause ends it."""
    from exerciser import PLAY

    button, slider = dashboard.controls[PLAY], next(iter(dashboard.controls.values()))
    began, start, before = time.monotonic(), slider.value, dashboard.screen()
    button.click()
    while slider.value == start or dashboard.screen() == before:
        assert time.monotonic() - began < PATIENCE, "Play changes nothing"
        await asyncio.sleep(0.01)
    assert button.description == "Pause"
    button.click()
    while button.description != "Play":
        assert time.monotonic() - began < PATIENCE, "Pause does not end it"
        await asyncio.sleep(0.01)
    assert not dashboard.failed, dashboard.said
    slider.value = start
    dashboard.draw_now()
