"""The live layer in a real browser: coloured text, steppers, keyboard, large type, accessibility.

Needs Chromium or Chrome, playwright and axe-playwright-python (`pip install -e ".[dev]"`).
"""

import barriers
import pytest
from course import ROOT
from looks import PAYLOADS
from nbformat.v4 import new_code_cell, new_output

from helpers.pictures import coloured_text

pytestmark = pytest.mark.browser


CELLS = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom test_payloads import *",
    "explore(cell, number=(0, 9))",
    "stepper(unrolled_network, steps=(1, 8))",
    "explore(both, weight=(-1.0, 1.0), kind=['a', 'b'], on=True, name='text')",
    "lecture_mode()",
    "explore(fails, n=(0, 9))",
    "laboratory(updates=1000)",
)
MODULE = f"""
import numpy as np
from helpers.lessons.lesson01 import unrolled_network
from helpers.lessons.lesson00 import fading_memory
from helpers.pictures import coloured_text
from helpers.widgets import explore, laboratory, lecture_mode, stepper
text = "\\n".join({PAYLOADS!r})
def cell(number=3):
    return coloured_text(text, np.sin(number + np.arange(len(text))), (-1, 1), label=f"cell {{number}} <b>")
def both(weight=0.9, kind="a", on=True, name="text"):
    picture = fading_memory(weight if on else -weight)
    picture.text = coloured_text(kind + name, np.linspace(0, weight, 1 + len(name)), (-1, 1))
    return picture
def fails(n=3):
    if n > 3:
        raise ValueError("<script>window.pwned=1</script> is too large: give at most 3")
    return fading_memory(steps=n + 1)
"""


@pytest.fixture(scope="module", autouse=True)
def written(lab):
    (lab.folder / "test_payloads.py").write_text(MODULE, encoding="utf-8")
    for file in ("live.ipynb", "seven.ipynb"):
        lab.write(file, CELLS)
    saved = new_code_cell("coloured_text(...)", execution_count=1, outputs=[new_output(
        "execute_result", coloured_text("saved", [0, 0.2, 0.4, 0.6, 1])._repr_mimebundle_(),
        execution_count=1)])
    lab.write("saved.ipynb", [saved])


@pytest.fixture(scope="module")
def notebook(lab, browser):
    opened = lab.open(browser.page(), "live.ipynb")
    opened.run_all()
    opened.page.wait_for_selector(".course-characters")
    return opened


def test_twelve_payloads_leave_the_page_untouched(notebook):
    page = notebook.page
    assert notebook.errors() == [] and page.problems == []
    found = page.evaluate("""() => {
        const text = document.querySelector('.course-characters');
        const tags = Array.from(text.querySelectorAll('*'), e => e.tagName);
        return [window.pwned ?? null, text.textContent, tags.filter(tag => !['LABEL', 'INPUT'].includes(tag)),
                document.querySelectorAll('h1, iframe').length];
    }""")
    assert found[0] is None and found[2] == [] and found[3] == 0
    shown = found[1].replace("·", " ").replace("↵", "")
    assert all(payload in shown for payload in PAYLOADS if payload.isprintable())


def test_an_error_is_one_sentence_with_the_traceback_folded_and_goes_again(notebook):
    dashboard = notebook.dashboards()[4]
    handle = dashboard.locator(".noUi-handle")
    handle.press("ArrowRight")
    error = dashboard.locator(".course-error")
    error.wait_for(timeout=1000)
    assert "is too large: give at most 3" in error.inner_text()
    assert not error.locator("pre").is_visible()
    assert notebook.page.evaluate("() => window.pwned ?? null") is None
    handle.press("ArrowLeft")
    error.wait_for(state="detached", timeout=1000)


def test_the_keyboard_alone_reaches_and_moves_every_control(notebook):
    page, dashboard = notebook.page, notebook.dashboards()[2]
    dashboard.locator(".noUi-handle").focus()
    for control, keys in (("slider", ["ArrowRight"]), ("SELECT", ["ArrowDown"]), ("checkbox", ["Space"]),
                          ("text", ["End", "x"])):
        for _ in range(3):  # beside each slider is a number that can be typed over
            kind = page.evaluate("""() => { const e = document.activeElement;
                return e.getAttribute('role') ?? e.getAttribute('type') ?? e.tagName; }""")
            if kind == control:
                break
            page.keyboard.press("Tab")
        assert kind == control
        before = notebook.shows(dashboard)
        for key in keys:
            page.keyboard.press(key)
        assert notebook.wait_for_change(dashboard, before), control


def test_pictures_and_sliders_say_what_they_are(notebook):
    for dashboard in notebook.dashboards():
        said = dashboard.evaluate("""root => [
            Array.from(root.querySelectorAll('.noUi-handle'), e => e.getAttribute('aria-label')),
            Array.from(root.querySelectorAll('.course-picture'), e => e.alt),
            Array.from(root.querySelectorAll('.course-layer svg'), e => e.getAttribute('aria-label')),
            root.querySelector('[role=status]').textContent]""")
        handles, frames, layers, status = said
        assert all(handles) and len(frames) <= 1 and len(layers) <= 1
        if frames:
            sentence = "".join(layers) or frames[0]
            assert sentence in status and len(sentence.split()) > 5
            assert not layers or frames == [""], "of two layers, one is spoken"


def test_axe_finds_nothing_in_any_dashboard(notebook):
    assert barriers.look(notebook.page, ".course-dashboard")["wcag"] == []
