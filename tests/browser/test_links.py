"""A section that a lesson mentions is clicked in JupyterLab: its heading comes into sight.

Needs Chromium or Chrome and the package playwright.
"""

import pytest

pytestmark = pytest.mark.browser

IN_SIGHT = """words => {
    const part = jupyterapp.shell.currentWidget.node.querySelector('.jp-WindowedPanel-outer');
    const {top, bottom} = part.getBoundingClientRect();
    return Array.from(part.querySelectorAll('h2')).some(heading => {
        const box = heading.getBoundingClientRect();
        return heading.textContent.startsWith(words) && box.top >= top - 5 && box.bottom <= bottom;
    });
}"""


@pytest.fixture(scope="module")
def notebook(course, browser):
    opened = course.open(browser.page(), "notebooks/08_lstm_language_model.ipynb")
    for _ in range(6):                  # down to the opening questions, the first dashboard
        opened.page.evaluate("() => jupyterapp.commands.execute('notebook:run-cell-and-select-next')")
    opened.page.wait_for_selector(".course-round, .course-dashboard", timeout=60_000)
    yield opened
    opened.shut_down()


def test_a_section_that_is_mentioned_comes_into_sight(notebook):
    page = notebook.page
    link = page.locator(".jp-Notebook a[href^='#4-']").last
    link.scroll_into_view_if_needed()
    assert not page.evaluate(IN_SIGHT, "4 · ")
    link.click()
    page.wait_for_function(IN_SIGHT, arg="4 · ")


def test_a_section_of_another_lesson_opens_that_lesson(notebook):
    page = notebook.page
    page.locator(".jp-Notebook a[href*='10_from_numpy_to_pytorch.ipynb'][href*='#7-']").first.click()
    page.wait_for_function("() => jupyterapp.shell.currentWidget.context.path.endsWith('_pytorch.ipynb')")
