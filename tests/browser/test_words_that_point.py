"""Words of a sentence that point, in a real browser: under the mouse, by the keyboard, by a tap.

Needs Chromium or Chrome and the package playwright.
"""


import pytest
from course import ROOT

pytestmark = pytest.mark.browser


CELLS = (        # the second picture is of bars, which are drawn whole each time
    f"""
import sys; sys.path.insert(0, {str(ROOT)!r})""" + '''
import numpy as np
from helpers.lessons.lesson00 import fading_memory
from helpers.pictures import Picture, new_figure, styled
from helpers.widgets import explore

@styled
def look(asked=1):
    figure, ax = new_figure(height=3.8)
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.2, top=0.86)
    weights = np.array([0.1, 0.2, 0.7])
    bars = ax.bar(range(3), weights, color=np.where(np.arange(3) == asked, "#009E73", "#888888"))
    ax.set(xlim=(-0.7, 2.7), ylim=(0, 1.05), xlabel="symbol", ylabel="weight", title="Three bars")
    words = f"{weights[asked]:.2f} of its weight"
    return Picture(figure, f"The query puts {words} there.", points={words: bars[asked]})''',
    "explore(fading_memory, weight=(-1.2, 1.2, 0.05), steps=(1, 30))",
    "explore(look, asked=(0, 2))",
)
WORD = ".course-status [data-p='{}']"
# How a part of the picture looks: its opacity, and how thick it is in pixels of the picture.
LOOKS = """(root, [number, tag]) => Array.from(
    root.querySelectorAll(`.course-drawn > svg ${tag}[data-p~="${number}"]`), part => {
        const style = getComputedStyle(part);
        return [parseFloat(style.opacity), parseFloat(style.strokeWidth), style.stroke]})"""
FOCUSED = "() => document.activeElement.dataset.p ?? document.activeElement.className"


@pytest.fixture(scope="module")
def notebook(lab, browser):
    lab.write("points.ipynb", CELLS)
    opened = lab.open(browser.page(has_touch=True), "points.ipynb")
    opened.run_all()
    return opened


@pytest.fixture
def dashboard(notebook):
    """The first one, of which nothing is touched."""
    root = notebook.dashboards()[0]
    root.scroll_into_view_if_needed()
    notebook.page.mouse.move(2, 2)
    notebook.page.evaluate("() => document.activeElement.blur()")
    return root


def looks(root, number: int, tag: str) -> list:
    return root.evaluate(LOOKS, [number, tag])


def test_by_the_keyboard_a_sentence_is_one_stop_in_which_the_arrows_lead_on(notebook, dashboard):
    page = notebook.page
    dashboard.locator(".noUi-handle").last.focus()
    visited = []
    while dashboard.evaluate("root => root.contains(document.activeElement)"):
        page.keyboard.press("Tab")
        visited.append(page.evaluate(FOCUSED))
    assert visited[:2] == ["widget-readout", "1"] and not {"2", "3"} & set(visited), visited
    dashboard.locator(WORD.format(1)).focus()
    for key, number in (("ArrowRight", "2"), ("ArrowRight", "3"), ("ArrowRight", "3"), ("ArrowLeft", "2"),
                        ("Home", "1"), ("ArrowLeft", "1"), ("End", "3")):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == number, key
    assert looks(dashboard, 3, "path")[0][0] == 1 and looks(dashboard, 2, "path")[0][0] == 0.3
    stops = dashboard.locator(".course-status [data-p]").evaluate_all("all => all.map(one => one.tabIndex)")
    assert stops == [-1, -1, 0]
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    for key in ("a", "d", "d"):             # JupyterLab's own keys leave it alone
        page.keyboard.press(key)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells and page.evaluate(FOCUSED) == "3"
    page.keyboard.press("Escape")
    assert "jp-Cell" in page.evaluate(FOCUSED) and looks(dashboard, 3, "path")[0][0] == 0
