"""What a reader who does not see or does not wait is told, in a real browser: names, states, what goes on.

Needs Chromium or Chrome and the package playwright.
"""


import pytest
from course import ROOT

pytestmark = pytest.mark.browser


CELLS = (
    f"""
import sys, time; sys.path.insert(0, {str(ROOT)!r})
import ipywidgets as W
from helpers.lessons.lesson00 import fading_memory
from helpers.widgets import Switches, explore, button, progress, live_runs
def game(gates, on=True, fast=False, kind="a"):
    return fading_memory(steps=1 + gates.count("1") + on + 2 * fast + 4 * (kind == "b"))
def slowly():
    for done in range(60):
        time.sleep(0.05)
        yield done + 1, 60
    return fading_memory(steps=7)
def points():
    for number in range(100):
        time.sleep(0.03)
        yield number + 1""",
    """explore(game, gates=Switches({"i": "10½", "f": "000"}), on=True,
        fast=W.ToggleButton(value=False, description="fast"), kind=W.ToggleButtons(options=["a", "b"]))""",
    "explore(fading_memory, weight=(-1.0, 1.0, 0.1), steps=(1, 30))",
    'button("Train (some seconds)", slowly, fading_memory(steps=3))',
    """def drawn(found):
    return fading_memory(steps=1 + sum(map(len, found.values())))
live_runs({"one": points, "two": points}, drawn, fading_memory(), done=lambda found: found[-1] / 100)""",
    "for number in progress(range(40), 'Numbers counted'):\n    time.sleep(0.05)",
)


@pytest.fixture(scope="module")
def notebook(lab, browser):
    lab.write("access.ipynb", CELLS)
    opened = lab.open(browser.page(), "access.ipynb")
    opened.page.evaluate("""() => {                 // the bar, while its cell runs
        window.bars = [];
        setInterval(() => document.querySelectorAll('.course-progress').forEach(
            bar => bar.clientHeight && bars.push(bar.innerText)), 50);
    }""")
    opened.run_all()
    return opened


def switches(dashboard) -> list[tuple[str, str]]:
    return dashboard.locator(".course-switches button").evaluate_all(
        "all => all.map(e => [e.getAttribute('aria-label'), e.getAttribute('aria-pressed')])")


def test_a_switch_says_which_it_is_and_how_it_stands(notebook):
    dashboard = notebook.dashboards()[0]
    assert switches(dashboard)[:3] == [["i, step 1: 1", "true"], ["i, step 2: 0", "false"],
                                       ["i, step 3: ½", "mixed"]]
    second = dashboard.get_by_role("button", name="i, step 2")
    for name, state in (("i, step 2: ½", "mixed"), ("i, step 2: 1", "true"), ("i, step 2: 0", "false")):
        second.click()
        notebook.settle(dashboard)
        assert switches(dashboard)[1] == [name, state]
    names = [name for name, _ in switches(dashboard)]
    assert len(set(names)) == 6 and names[-1] == "f, step 3: 0"


def test_the_status_is_one_node_whose_words_change(notebook):
    dashboard = notebook.dashboards()[1]
    line = dashboard.locator(".course-said [role=status]")
    assert line.count() == 1
    node, before = line.element_handle(), line.inner_text()
    handle = dashboard.locator(".noUi-handle").first
    handle.focus()
    for key in ("ArrowRight", "ArrowRight", "Home"):
        handle.press(key)
        notebook.wait_for_change(dashboard, notebook.shows(dashboard), seconds=0.3)
    after = dashboard.locator(".course-said [role=status]")
    assert after.inner_text() != before and node.inner_text() == after.inner_text()
    assert node.evaluate("e => e.isConnected") and dashboard.locator("[role=status] [role]").count() == 0
    assert "multiplied by −1.00" in node.inner_text()
