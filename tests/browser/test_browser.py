"""Every notebook in JupyterLab in a real browser: it runs, and every control does something.

Needs Chromium or Chrome and the package playwright. With COURSE_SCREENSHOTS set to a folder, what a
reader sees is saved there.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from course import NOTEBOOKS, ROOT, name

pytestmark = pytest.mark.browser

SCREENSHOTS = os.environ.get("COURSE_SCREENSHOTS")
WINDOW = 1280, 2000 if SCREENSHOTS else 900
# Of each run: lesson 01 is walked by keys in test_class_hour.py. `-m browser` takes all, and the solutions.
QUICK = ("02",)


@pytest.fixture(scope="module", ids=name, params=[
    path if path.parent.name == "notebooks" and path.name[:2] in QUICK
    else pytest.param(path, marks=pytest.mark.slow) for path in NOTEBOOKS])
def notebook(request, course, browser):
    """A notebook after Run All, its live views watched; `notebook.name` is its name."""
    path = request.param.relative_to(ROOT).as_posix()
    opened = course.open(browser.page(), path)
    opened.name = name(request.param)
    opened.watch_live()
    opened.run_all()
    yield opened
    opened.shut_down()


def photograph(notebook, what: str, target) -> None:
    """Save a screenshot of `target`, a part of the page, if a folder for it is named."""
    if SCREENSHOTS:
        Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        file = Path(SCREENSHOTS) / f"{notebook.name.replace('/', '_')}-{what}.png"
        target.screenshot(path=str(file))


def assert_no_error(notebook, when: str) -> None:
    assert notebook.errors() == [], when
    assert notebook.page.problems == [], f"{when}: the browser's console"


def test_run_all_ends_without_an_error(notebook):
    assert_no_error(notebook, "after Run All")


def test_live_views_grow_while_their_cell_runs(notebook):
    assert all(changes >= 3 for changes in notebook.live_changes()), "a live view hardly moved"


def test_every_picture_is_on_the_page(notebook):
    for number, cell in enumerate(notebook.page.locator(".jp-Notebook .jp-Cell").all()):
        photograph(notebook, f"cell{number:03d}", cell)
    assert [picture for picture in notebook.pictures() if not picture["visible"]] == []


def to_be_moved(notebook) -> Iterator[tuple[int, Any]]:
    """Its dashboards, by number, but for what writes down what a learner does: test_predicting.py."""
    for number, dashboard in enumerate(notebook.dashboards()):
        if "course-keeps" not in (dashboard.get_attribute("class") or ""):
            dashboard.scroll_into_view_if_needed()
            yield number, dashboard


def test_the_first_slider_menu_or_switch_moves_its_dashboard(notebook):
    for number, dashboard in to_be_moved(notebook):
        sliders = [one for one in dashboard.locator(".widget-slider .noUi-handle").all() if one.is_visible()]
        menus = [one for one in dashboard.locator("select").all() if one.is_visible()]
        if sliders:
            move_to_both_ends(notebook, dashboard, sliders[0])
        elif menus:
            choices = [option.get_attribute("value") for option in menus[0].locator("option").all()]
            choose_every_entry(notebook, dashboard, choices, menus[0].select_option)
        photograph(notebook, f"dashboard{number}", dashboard)


@pytest.mark.slow
def test_every_control_moves_its_dashboard(notebook):
    for number, dashboard in to_be_moved(notebook):
        sliders = move_all_seen(notebook, dashboard)
        for group in dashboard.locator(".widget-toggle-buttons, .widget-radio").all():
            entries = group.locator("button, input").all()
            choose_every_entry(notebook, dashboard, entries, press)
            for entry in (*entries[1:], entries[0]):  # it may bring other controls into sight
                press(entry)
                notebook.settle(dashboard)
                move_all_seen(notebook, dashboard)
        photograph(notebook, f"dashboard{number}", dashboard)
        for key in ("End", "Home") if len(sliders) > 1 else ():  # all sliders at an end together
            before = notebook.shows(dashboard)
            for slider in sliders:
                slider.press(key)
            notebook.wait_for_change(dashboard, before, seconds=3)
            photograph(notebook, f"dashboard{number}-{key}", dashboard)
            assert_no_error(notebook, f"dashboard {number}, every slider at {key}")


# A quick finger on the arrow key: many steps before the kernel has answered the first.
ARROWS_RIGHT = """(handle, until) => {
    for (let n = 0; n < 2000 && Number(handle.getAttribute('aria-valuetext')) < until - 1e-9; n++)
        handle.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
}"""


def move_all_seen(notebook, dashboard) -> list:
    """Move every control that is in sight and was not moved before; returns the sliders among them."""
    def fresh(kind: str) -> list:
        found = [control for control in dashboard.locator(kind).all() if control.is_visible()]
        return [control for control in found if control.evaluate(
            "e => { const before = e.courseMoved; e.courseMoved = true; return !before }")]

    sliders = fresh(".widget-slider .noUi-handle")
    for slider in sliders:
        move_to_both_ends(notebook, dashboard, slider)
    for menu in fresh("select"):
        choices = [option.get_attribute("value") for option in menu.locator("option").all()]
        choose_every_entry(notebook, dashboard, choices, menu.select_option)
    for switch in fresh("input[type=checkbox], button.widget-toggle-button:not([data-value])"):
        choose_every_entry(notebook, dashboard, [switch, switch], press)
    press_every_button(notebook, dashboard, fresh("button.widget-button"))
    return sliders


def press(control) -> None:
    control.click()


def move_to_both_ends(notebook, dashboard, slider) -> None:
    """To the one end, to the other, and back to where it was; each time something must change."""
    def place() -> float:
        return float(slider.get_attribute("aria-valuetext"))  # aria-valuenow is rounded

    def move(press: Callable, *keys) -> None:
        before, start = notebook.shows(dashboard), place()
        press(*keys)
        if place() != start:
            assert notebook.wait_for_change(dashboard, before), f"slider {label}: {keys} changed nothing"
            assert_no_error(notebook, f"slider {label} after {keys}")

    label = slider.locator("xpath=ancestor::*[contains(@class, 'widget-slider')]").first.inner_text()
    start = place()
    for key in ("End", "Home"):
        move(slider.press, key)
    move(slider.evaluate, ARROWS_RIGHT, start)
    assert place() == pytest.approx(start), f"slider {label}: the arrow keys did not lead back"


def choose_every_entry(notebook, dashboard, entries: list, choose) -> None:
    """Every entry from the last to the first; at least one choice must change something.

    Of a long menu twelve, the last and the first among them: lesson_items.py draws every one.
    """
    if len(entries) > 12:
        entries = [entries[round(n * (len(entries) - 1) / 11)] for n in range(12)]
    changed = False
    for entry in reversed(entries):
        before = notebook.shows(dashboard)
        choose(entry)
        changed |= notebook.wait_for_change(dashboard, before, seconds=0.3)     # it may be chosen already
        assert_no_error(notebook, f"after the choice of {entry}")
    changed = changed or len(entries) < 2 or notebook.wait_for_change(dashboard, before)
    assert changed, f"no choice of {entries} changed anything"


def press_every_button(notebook, dashboard, buttons: list) -> None:
    """Every button, left to right; at least one of them changes something."""
    changed = False
    for button in buttons:
        if not button.is_enabled():         # what it began goes on, or there is nothing to stop
            continue
        before = notebook.shows(dashboard)
        button.click()
        changed |= notebook.wait_for_change(dashboard, before, seconds=0.3)     # "back" may be idle
        assert_no_error(notebook, f"after the button {button.inner_text()!r}")
    changed = changed or not buttons or notebook.wait_for_change(dashboard, before)
    assert changed, "no button of this dashboard changed anything"
