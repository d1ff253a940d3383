"""Every button of every lesson that computes: pressed, it shows something new, whose sentence is true."""

import asyncio
import re
from itertools import islice

import pytest
from cells_alone import run_cell
from course import LESSONS, cells

from helpers.pictures import Picture, new_figure, styled
from helpers.widgets import controls, on_press, run_live

MOST = 3            # points of a run that goes on beside the cells
BUTTON = re.compile(r"\b(on_press|run_live)\(")
LESSON_10 = pytest.mark.torch
WITH_BUTTONS = [pytest.param(path, id=path.stem, marks=[LESSON_10] * path.name.startswith("10_"))
                for path in LESSONS if any(BUTTON.search(cell["source"]) for cell in cells(path, "code"))]
# What a sentence says of how many runs each group has, after one more of one of them.
COUNTED = {
    "Add 60 new starts near the wall": ["away from it, in 5 draws", "near the wall, in 6 draws"],
    "Train eight new runs at rate 3": ["at rate 0.3, 5 runs each", "at rate 1, 5 runs each",
                                       "at rate 3, 6 runs each"],
    "Train five networks here": ["median of 5 runs", "of 5 runs have learnt both"],
    "Train one more on 20 steps": ["5 of 5 at 10 steps", " of 6 at 20 steps", "5 of 5 at 30 steps",
                                   "0 of 5 at 50 steps"],
    "Train one more (": ["Median of 6 runs"],
}


def few(points):
    """The first points of a run, however long it takes to come to them."""
    return islice((point for point in points if point is not None), MOST)


def pressed(path, monkeypatch):
    """Run a lesson up to its last button; of each button, what is said before and after it is pressed."""
    source = [cell["source"] for cell in cells(path, "code")]
    last = max(n for n, text in enumerate(source) if BUTTON.search(text))
    made = []
    for maker in (on_press, run_live):
        def noted(*given, maker=maker):
            made.append(maker(*given))
            return made[-1]
        monkeypatch.setattr("helpers.widgets." + maker.__name__, noted)
    names = {"__name__": "__main__"}
    for number, text in enumerate(source[: last + 1]):
        before = len(made)
        run_cell(text, f"{path.stem}, cell {number}", names)
        for dashboard in made[before:]:
            if hasattr(dashboard, "points"):
                dashboard._runs = {name: lambda begin=begin: few(begin())
                                   for name, begin in dashboard._runs.items()}
            for label, button in dashboard.controls.items():
                said, screen = dashboard.said, dashboard.screen()
                button.click()
                yield label, (said, screen), (dashboard.said, dashboard.screen())


@pytest.mark.parametrize("path", WITH_BUTTONS)
def test_what_a_button_computes_is_told_and_counted(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    found = list(pressed(path, monkeypatch))
    assert found
    for label, before, after in found:
        assert label == "Stop" or after != before, label
        assert not re.search(r"\b(nan|inf|None)\b", after[0]), f"{label}: {after[0]}"
        for right, of in re.findall(r"\b(\d+) of (\d+)\b", after[0]):
            assert int(right) <= int(of), f"{label}: {after[0]}"
        for words in next((words for start, words in COUNTED.items() if label.startswith(start)), ()):
            assert words in after[0], f"{label}: {after[0]}"


# A button that works.

def test_a_button_is_off_while_it_works_and_the_status_says_so():
    seen = []

    def compute():
        seen.append((button.disabled, dashboard.said, 'role="status"' in dashboard.view.status.value))
        button.click()              # a second click, while the first is at work
        return f"done {len(seen)}"

    dashboard = on_press("Count", compute, "not yet")
    button = dashboard.controls["Count"]
    button.click()
    assert seen == [(True, controls.WORKING, True)]
    assert not button.disabled and dashboard.shown == "done 1" and dashboard.said != controls.WORKING
    button.click()
    assert dashboard.shown == "done 2"


def test_clicks_that_came_while_it_worked_are_dropped_in_a_kernel_too(monkeypatch):
    monkeypatch.setattr(controls, "REST", 0.05)
    count = []

    async def three_clicks():
        dashboard = on_press("Count", lambda: f"done {count.append(1)}", "not yet")
        button = dashboard.controls["Count"]
        for _ in range(3):
            button.click()
        assert button.disabled
        while not count:
            await asyncio.sleep(0.01)
        button.click()              # it was sent while the kernel was busy, and is heard right after
        assert button.disabled and len(count) == 1
        await asyncio.sleep(0.2)
        assert not button.disabled and len(count) == 1
        button.click()
        await asyncio.sleep(0.2)
        dashboard.close()

    asyncio.run(three_clicks())
    assert len(count) == 2


def test_a_button_is_on_again_after_an_error(monkeypatch):
    monkeypatch.setattr(controls, "REST", 0.05)

    def compute():
        raise ValueError("no such thing")

    async def press():
        dashboard = on_press("Count", compute, "not yet")
        dashboard.controls["Count"].click()
        await asyncio.sleep(0.3)
        assert dashboard.failed and dashboard.said == "no such thing"
        assert not dashboard.controls["Count"].disabled
        dashboard.close()

    asyncio.run(press())


def test_the_button_whose_run_goes_on_is_marked_and_stop_is_off_where_nothing_runs():
    def points():
        seen.append([(button.icon, button.disabled) for button in dashboard.controls.values()])
        yield 1

    seen = []
    dashboard = run_live({"one": points, "two": points}, lambda found: drawn(found), drawn({}))
    still = [("", False), ("", False), ("", True)]
    assert [(button.icon, button.disabled) for button in dashboard.controls.values()] == still
    dashboard.controls["two"].click()
    assert seen == [[("", False), ("cog", False), ("", False)]]
    assert [(button.icon, button.disabled) for button in dashboard.controls.values()] == still


@styled
def drawn(found) -> Picture:
    figure, _ = new_figure()
    return Picture(figure, f"{sum(map(len, found.values()))} points")
