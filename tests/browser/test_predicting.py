"""Questions in a real browser, with the reader's own settings: by mouse, by keys, in class, after a reload.

Needs Chromium or Chrome and the package playwright.
"""

import json
from contextlib import contextmanager

import pytest
from course import ROOT
from lab import RUNNING

pytestmark = pytest.mark.browser


APPS = ("doc/tree", "notebooks")        # JupyterLab, with one document, and Notebook 7
CELLS = (
    f"import os, sys; sys.path.insert(0, {str(ROOT)!r}); os.environ['MY_COURSE'] = 'mine.jsonl'\n"
    "import ipywidgets as W\nfrom helpers.lessons.lesson00 import fading_memory\n"
    "from helpers.widgets import Switches, explore, button, predict, reflect, stepper\n"
    "def game(gates, on=True, fast=False, kind='a', words='', lag=5):\n"
    "    return fading_memory(steps=lag + gates.count('1') + on + 2 * fast + 4 * (kind == 'b') + len(words))",
    "predict('02.first-update-moves')",
    "explore(fading_memory, after='02.first-update-moves', weight=(-1.2, 1.2, 0.05), steps=(1, 50))",
    "explore(game, gates=Switches({'i': '10', 'f': '00'}), on=True,\n"
    "        kind=W.ToggleButtons(options=['a', 'b']), words='',\n"
    "        lag=W.SelectionSlider(options=[5, 10, 160]),\n"
    "        fast=W.ToggleButton(value=False, description='fast'))",
    "stepper(fading_memory, steps=(1, 9), weight=W.Dropdown(options=[0.5, 0.9], value=0.9))",
    "reflect('02.targets-not-shifted')",
)
COUNT = "() => document.querySelectorAll('.jp-Notebook .jp-Cell').length"
ALL = "button, input:not([type=hidden]), select, .noUi-handle, summary, textarea"


# The number of the cell that has the focus itself: there JupyterLab's own keys are heard.
FOCUSED = """() => document.activeElement.matches('.jp-Cell') &&
    document.activeElement.dataset.windowedListIndex"""
CELL = ".jp-Notebook .jp-Cell[data-windowed-list-index='{}']"


@pytest.fixture(scope="module")
def own(lab):
    """The file of the course's questions that the notebooks keep."""
    for number in range(2):
        lab.write(f"asked{number}.ipynb", CELLS)
        lab.write(f"used{number}.ipynb", CELLS)
    return lab.folder / "mine.jsonl"


@contextmanager
def opened(name: str, request, lab, own, browser):
    """A notebook, all of it run, with nothing kept of before."""
    own.unlink(missing_ok=True)
    page = browser.page()
    page.goto(lab.address(f"{name}{request.param}.ipynb").replace("doc/tree", APPS[request.param]))
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_selector("[data-status=idle]", state="attached", timeout=60_000)
    page.wait_for_timeout(1500)                 # until keys are heard, which nothing says
    run_all(page)
    yield page
    page.evaluate("localStorage.clear()")
    page.close()


IN_EACH = [pytest.param(0, id="JupyterLab"), pytest.param(1, id="Notebook 7", marks=pytest.mark.slow)]


@pytest.fixture(params=IN_EACH)
def page(request, lab, own, browser):
    with opened("asked", request, lab, own, browser) as page:
        yield page


@pytest.fixture(scope="module", params=IN_EACH)
def shared_page(request, lab, own, browser):
    """For tests that don't ask what was done before: opening a page takes longer than most of them."""
    with opened("used", request, lab, own, browser) as page:
        yield page


def choose(page, cell: int) -> None:
    """Make a cell the chosen one, by keys."""
    page.locator(".jp-WindowedPanel-outer").evaluate("area => area.scrollTo(0, 0)")
    page.wait_for_timeout(200)
    page.locator(CELL.format(0)).locator(".jp-InputPrompt").click()
    page.keyboard.press("Escape")
    for _ in range(cell):
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(400)


def run_all(page) -> None:
    choose(page, 0)
    for _ in CELLS:
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(200)
        page.wait_for_function(f"() => !{RUNNING} && document.querySelector('[data-status=idle]')",
                               timeout=60_000)
    page.wait_for_timeout(800)


def show(page, cell: int):
    """The dashboard of a cell, on the screen."""
    choose(page, cell)
    root = page.locator(CELL.format(cell)).locator(".course-dashboard")
    root.wait_for()
    page.wait_for_timeout(300)
    return root


def test_no_letter_typed_on_a_control_changes_the_notebook(shared_page):
    cells, tried = shared_page.evaluate(COUNT), 0
    for cell in range(1, len(CELLS)):
        root = show(shared_page, cell)
        for control in root.locator(ALL).all():
            if not control.is_visible() or not control.is_enabled():
                continue
            control.focus()
            for key in "abcdd":
                shared_page.keyboard.press(key)
            tried += 1
            name = control.get_attribute("aria-label") or control.inner_text()
            assert shared_page.evaluate(COUNT) == cells, f"after keys on {name!r} of cell {cell}"
    shared_page.wait_for_timeout(300)
    assert shared_page.evaluate(COUNT) == cells and tried > 20


def test_a_question_is_answered_by_keys_and_the_dashboard_below_knows(page, own):
    from playwright.sync_api import expect

    root, dashboard = show(page, 1), show(page, 2)
    assert "Have you answered the question above?" in dashboard.locator(".course-before").inner_text()
    root = show(page, 1)
    root.locator(".course-option button").first.focus()
    page.keyboard.press("c")
    page.keyboard.press("b")
    for number, pressed in enumerate(("false", "true", "false", "false")):
        expect(root.locator(".course-option button").nth(number)).to_have_attribute("aria-pressed", pressed)
    label = root.locator(".course-option button").nth(1).get_attribute("aria-label")
    assert label.startswith("b: ") and len(label) > 10
    root.get_by_role("button", name="Reveal").focus()
    page.keyboard.press("Enter")
    expect(root.locator("[role=status]")).to_contain_text("You chose b")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(f"() => ({FOCUSED})() === '2'")
    (line,) = map(json.loads, own.read_text("utf-8").splitlines())
    assert (line["first"], line["chose"]) == ("c", "b")
    expect(show(page, 2).locator(".course-before")).not_to_be_visible()
    run_all(page)                                   # a second time there is nothing to press
    expect(show(page, 1).locator("[role=status]")).to_contain_text("You answered this before")
    expect(show(page, 2).locator(".course-before")).not_to_be_visible()


def test_in_class_a_question_starts_anew_and_its_stem_stays(page, own):
    root = show(page, 1)
    root.locator(".course-option button").first.click()
    root.get_by_role("button", name="Reveal").click()
    page.wait_for_function("() => document.querySelector('.course-because')")
    before = own.read_bytes()
    page.evaluate("""() => setInterval(() => { if (window.coursePage.lecture())
        document.querySelectorAll('.course-question .course-because').forEach(told => {
            if (told.checkVisibility({checkVisibilityCSS: true}) && !window.courseMayTell)
                window.courseFlashed = (window.courseFlashed ?? 0) + 1 }) }, 10)""")
    page.evaluate("() => coursePage.setLecture(true)")
    run_all(page)                       # what was chosen at home is not even to be seen for a moment
    assert page.evaluate("window.courseFlashed ?? 0") == 0
    page.wait_for_function("() => !document.querySelector('.course-because')")
    root = show(page, 1)
    page.evaluate("window.courseMayTell = true")
    assert root.get_by_role("button", name="Skip").count() == 0
    root.get_by_role("button", name="Reveal").click()
    page.wait_for_function("() => document.querySelector('.course-because')")
    assert page.evaluate(FOCUSED) == "1"
    assert own.read_bytes() == before
    stem = show(page, 2).locator(".course-before")
    assert stem.is_visible() and "How far do they move?" in stem.inner_text()
    box = stem.bounding_box()
    assert box["height"] < 50, "one line"
    page.evaluate("() => coursePage.setLecture(false)")
