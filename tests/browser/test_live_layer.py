"""The live layer in a real browser: coloured text, steppers, keyboard, large type, accessibility.

Needs Chromium or Chrome, playwright and axe-playwright-python (`pip install -e ".[dev]"`).
"""

import barriers
import pytest
from course import LESSONS, ROOT, name
from lab import RUNNING
from looks import PAYLOADS
from nbformat.v4 import new_code_cell, new_output

from helpers.pictures import coloured_text

pytestmark = pytest.mark.browser

WINDOW = 1280, 1200

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


def focused(notebook) -> str:
    return notebook.page.evaluate("() => document.activeElement.getAttribute('aria-label') ?? ''")


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


def test_the_arrow_keys_go_from_character_to_character_and_the_value_is_read(notebook):
    page, dashboard = notebook.page, notebook.dashboards()[0]
    dashboard.locator(".widget-readout").focus()
    page.keyboard.press("Tab")
    first = focused(notebook)
    page.keyboard.press("ArrowRight")
    second = focused(notebook)
    assert first.startswith("< ") and second.startswith("s ")
    read = page.evaluate("() => getComputedStyle(document.activeElement.parentElement, '::after').content")
    assert read.strip('"').split() == second.split()
    page.keyboard.press("Tab")
    assert not page.evaluate("() => document.activeElement.closest('.course-characters') !== null")


def test_the_value_is_read_under_the_mouse(notebook):
    label = notebook.dashboards()[0].locator(".course-characters label").nth(5)
    label.hover()
    read = label.evaluate("e => getComputedStyle(e, '::after').content").strip('"')
    assert read == label.get_attribute("title")


def test_a_saved_coloured_text_can_be_read_where_nothing_runs(lab, browser):
    opened = lab.open(browser.page(), "saved.ipynb")
    label = opened.page.locator("label[title]").first
    assert label.get_attribute("title") == "s  0.00" and "background" in label.get_attribute("style")
    assert opened.page.locator(".jp-OutputArea input").count() == 5
    assert not any(button.is_visible() for button in opened.page.locator(".jp-OutputArea input").all())
    opened.shut_down()


def test_a_stepper_is_worked_by_the_keyboard_alone(notebook):
    dashboard = notebook.dashboards()[1]
    for words, place in (("Start", "1"), ("Step", "2"), ("Step", "3"), ("Back", "2")):
        before = notebook.shows(dashboard)
        dashboard.get_by_role("button", name=words).press("Enter")
        assert notebook.wait_for_change(dashboard, before)
        assert dashboard.locator(".widget-readout").first.inner_text() == place
    before = notebook.shows(dashboard)
    dashboard.get_by_role("button", name="Play").press("Space")
    assert notebook.wait_for_change(dashboard, before)
    dashboard.get_by_role("button", name="Pause").press("Space")
    dashboard.get_by_role("button", name="Play").wait_for()
    before = notebook.shows(dashboard)
    dashboard.locator(".noUi-handle").press("ArrowRight")
    assert notebook.wait_for_change(dashboard, before)


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


def cut_off(notebook) -> list[str]:
    """The dashboards of which something is cut off at a page zoom of 200 per cent."""
    notebook.page.set_viewport_size({"width": 640, "height": 600})  # the pixels of the page that then remain
    try:
        notebook.page.wait_for_timeout(500)
        wide = [dashboard.evaluate("e => [e.scrollWidth - e.clientWidth, e.clientHeight, e.innerText]")
                for dashboard in notebook.dashboards()]
    finally:
        notebook.page.set_viewport_size({"width": 1280, "height": 1200})
    return [words[:60] for more, high, words in wide if more > 1 or high == 0]


def test_axe_finds_nothing_in_any_dashboard(notebook):
    assert barriers.look(notebook.page, ".course-dashboard")["wcag"] == []


def test_at_a_page_zoom_of_two_hundred_per_cent_nothing_is_cut_off(notebook):
    assert cut_off(notebook) == []


def test_where_motion_is_unwanted_nothing_glides(notebook):
    page = notebook.page
    page.emulate_media(reduced_motion="reduce")
    gliding = page.evaluate("""() => Array.from(document.querySelectorAll('.course-dashboard *'))
        .map(e => [e.className, getComputedStyle(e)])
        .filter(([name, style]) => style.animationName !== 'none'
            || (style.transitionProperty !== 'none' && style.transitionDuration !== '0s'))
        .map(([name]) => name)""")
    page.emulate_media(reduced_motion="no-preference")
    assert gliding == []


def test_lecture_mode_has_no_type_below_a_share_of_the_window(notebook):
    page, switch = notebook.page, notebook.dashboards()[3]
    page.set_viewport_size({"width": 1920, "height": 1080})  # a projector
    switch.locator(".widget-toggle-button").click()
    page.wait_for_timeout(500)
    sizes = page.evaluate("""() => {
        const kinds = ['.course-status', '.course-characters', '.widget-label', '.widget-readout',
                       '.widget-button', '.course-layer text'];
        const scale = svg => svg ? svg.clientWidth / svg.viewBox.baseVal.width : 1;
        const size = e => parseFloat(getComputedStyle(e).fontSize) * scale(e.ownerSVGElement);
        return kinds.map(kind => [kind, ...Array.from(document.querySelectorAll('.course-dashboard ' + kind))
            .filter(e => e.getClientRects().length).map(size)]);
    }""")
    switch.locator(".widget-toggle-button").click()
    page.set_viewport_size({"width": 1280, "height": 1200})
    for kind, *found in sizes:          # of a picture's own words there are 20 pixels of 1080 at least
        assert found and min(found) >= (20 if "layer" in kind else 20 * 1080 / 720) - 0.5, (kind, found)


def test_it_works_in_notebook_7(lab, browser):
    from playwright.sync_api import expect

    page = browser.page()
    page.goto(lab.address("seven.ipynb").replace("/doc/tree/", "/notebooks/"))
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    for _ in range(3):          # pressed as soon as the page is there, the menu may do nothing yet
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_timeout(2000)
        if page.evaluate(RUNNING) or page.locator(".course-dashboard").count():
            break
    page.locator(".course-dashboard").nth(5).wait_for()
    page.wait_for_function(f"() => !{RUNNING}")
    page.wait_for_timeout(1000)  # until all is in its place
    assert page.locator(".course-error, [data-mime-type='application/vnd.jupyter.error']").count() == 0
    status = page.locator(".course-dashboard .course-status").nth(1)
    before = status.inner_text()
    handle = page.locator(".course-dashboard .noUi-handle").nth(1)
    handle.hover()              # waits until pictures that arrive above no longer move it
    place = handle.bounding_box()
    page.mouse.down()
    page.mouse.move(place["x"] + 80, place["y"] + place["height"] / 2, steps=5)
    page.mouse.up()
    expect(status).not_to_have_text(before)
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_at_that_zoom_nothing_of_a_lesson_is_cut_off(path, course, browser):
    opened = course.open(browser.page(), path.relative_to(ROOT).as_posix())
    opened.run_all()
    cut = cut_off(opened)
    opened.shut_down()
    assert cut == []
