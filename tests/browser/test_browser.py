"""Each lesson walked in JupyterLab in a real browser: it runs, every control does something, all is in sight.

    pytest -m browser tests/browser/test_browser.py -k 02_min_char_rnn
"""

import barriers
import pytest
from course import LESSONS, ROOT, name

pytestmark = pytest.mark.browser

QUICK = ("02",)         # of each run; `-m browser` walks all
SIZES = [(1024, 768), (1280, 720), (1366, 768), (1920, 1080)]
LECTURED = (1280, 720)
# Of every dashboard with a control: what is wrong with how it lies in the window, with type of at least
# `least` pixels. In a lecture the words of a picture, which are 25.3 pixels high in its own size, have 18.
LOOK = r"""async ([least, lectured]) => {
    const wrong = [];
    const height = root => Math.round(root.getBoundingClientRect().height);
    const roots = Array.from(document.querySelectorAll('.jp-OutputArea .course-dashboard'));
    for (const [number, root] of roots.entries()) {
        const controls = Array.from(root.querySelectorAll(
            '.course-controls :is(.noUi-handle, select, input, button)'))
            .filter(one => one.checkVisibility());
        const words = root.matches('.course-keeps');            // a box of words: one size will do
        if (!controls.length || words && !lectured) continue;
        const say = what => wrong.push(`dashboard ${number}: ${what}`);
        root.scrollIntoView({block: 'start'});
        for (let turn = 0, last = -1; turn < 60 && last !== height(root); turn++) {
            last = height(root);                                // until it is laid out
            await new Promise(done => setTimeout(done, 80));
        }
        const whole = root.getBoundingClientRect();
        const room = document.querySelector('.jp-WindowedPanel-outer').getBoundingClientRect();
        if (whole.height > room.height + 1) say(`${whole.height} of ${room.height} pixels high`);
        if (whole.right > room.right + 1) say('wider than the window');
        const parts = Array.from(root.children).filter(part => !part.matches('.course-page'))
            .map(part => [part, part.getBoundingClientRect()]).filter(([, box]) => box.height && box.width);
        for (const [part, box] of parts) {
            if (box.bottom > whole.bottom + 1 || box.right > whole.right + 1) say(`${part.className} is cut`);
            for (const [other, its] of parts)
                if (part !== other && box.left < its.right - 1 && its.left < box.right - 1 &&
                    box.top < its.bottom - 1 && its.top < box.bottom - 1)
                    say(`${part.className} lies on ${other.className}`);
        }
        const picture = root.querySelector('.course-drawn > img')?.getBoundingClientRect();
        if (picture && picture.height < 130) say('the picture is too small to see');
        const own = root.querySelector('.course-drawn')?.style.getPropertyValue('--course-w');
        if (lectured && picture && picture.width * 25.3 / own < 17.9 &&
            !root.matches('.course-laboratory, .course-long')) say('the words of the picture are too small');
        const asked = root.querySelector('.course-before .widget-htmlmath-content');
        if (asked && asked.scrollHeight > asked.clientHeight + 2) say('its question is cut');
        for (const word of root.querySelectorAll(
            '.course-status, .widget-label, .widget-readout, button, select'))
            if (word.checkVisibility() && !word.closest('.course-tools') &&
                parseFloat(getComputedStyle(word).fontSize) < least - 0.5)
                say(`${word.className} has type of ${getComputedStyle(word).fontSize}`);
    }
    if (lectured)
        for (const code of document.querySelectorAll('.jp-CodeCell .cm-scroller'))
            if (code.scrollWidth > code.clientWidth + 2) wrong.push(`cut: ${code.textContent.slice(0, 60)}`);
    return wrong;
}"""
IN_SIGHT = """words => {
    const part = document.querySelector('.jp-WindowedPanel-outer');
    const {top, bottom} = part.getBoundingClientRect();
    return Array.from(part.querySelectorAll('h2')).some(heading => {
        const box = heading.getBoundingClientRect();
        return heading.textContent.startsWith(words) && box.top >= top - 5 && box.bottom <= bottom;
    });
}"""


@pytest.fixture(scope="module", ids=name, params=[
    path if path.name[:2] in QUICK else pytest.param(path, marks=pytest.mark.slow) for path in LESSONS])
def notebook(request, course, browser):
    """A lesson after Run All, its live views watched.

    Running all of a lesson takes half a minute: nothing else meets its cells, JupyterLab and a browser.
    """
    opened = course.open(browser.page(), request.param.relative_to(ROOT).as_posix())
    opened.watch_live()
    opened.run_all()
    yield opened
    opened.shut_down()


def assert_no_error(notebook, when: str) -> None:
    assert notebook.errors() == [], when
    assert notebook.page.problems == [], f"{when}: the browser's console"


def test_it_runs_without_an_error_with_all_pictures_and_live_views_that_grow(notebook):
    assert_no_error(notebook, "after Run All")
    assert all(changes >= 3 for changes in notebook.live_changes()), "a live view hardly moved"
    assert notebook.broken_pictures() == []


def test_controls_picture_and_sentence_are_on_one_screen(notebook):
    """Ten seconds: eight looks at all dashboards, on each size of screen, at the desk and in a lecture."""
    page, wrong = notebook.page, {}
    for lecture in (False, True):
        page.evaluate("on => coursePage.setLecture(on)", lecture)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            lectured = lecture and (width, height) == LECTURED
            found = page.evaluate(LOOK, [20 / 720 * height if lecture else 14, lectured])
            if found:
                wrong[f"{width} x {height}, lecture mode {lecture}"] = found
    page.evaluate("coursePage.setLecture(false)")
    assert wrong == {}


def test_every_control_moves_its_dashboard(notebook):
    """Half a minute, since each control waits for the kernel: only here a dead control is noticed."""
    for number, dashboard in enumerate(notebook.dashboards()):
        if "course-keeps" in (dashboard.get_attribute("class") or ""):      # tried in test_live.py
            continue
        dashboard.scroll_into_view_if_needed()
        sliders = move_all_seen(notebook, dashboard)
        for group in dashboard.locator(".widget-toggle-buttons, .widget-radio").all():
            for entry in group.locator("button, input").all():
                entry.click()                           # it may bring other controls into sight
                notebook.settle(dashboard)
                move_all_seen(notebook, dashboard)
        for key in ("End", "Home") if len(sliders) > 1 else ():     # all sliders at an end together
            for slider in sliders:
                slider.press(key)
            notebook.settle(dashboard)
            assert_no_error(notebook, f"dashboard {number}, every slider at {key}")


def move_all_seen(notebook, dashboard) -> list:
    """Move every control that is in sight and was not moved before; returns the sliders among them."""
    def fresh(kind: str) -> list:
        found = [control for control in dashboard.locator(kind).all() if control.is_visible()]
        return [control for control in found if control.evaluate(
            "e => { const before = e.courseMoved; e.courseMoved = true; return !before }")]

    sliders = fresh(".widget-slider .noUi-handle")
    for slider in sliders:
        for key in ("End", "Home"):
            seen, place = notebook.shows(dashboard), slider.get_attribute("aria-valuetext")
            slider.press(key)
            if slider.get_attribute("aria-valuetext") != place:
                assert_changed(notebook, dashboard, seen, f"{key} on {slider.get_attribute('aria-label')}")
    for menu in fresh("select"):
        values = [option.get_attribute("value") for option in menu.locator("option").all()]
        for value in values[-1:] + values[:1]:          # lesson_items.py draws every one
            seen, place = notebook.shows(dashboard), menu.input_value()
            menu.select_option(value)
            if value != place:
                assert_changed(notebook, dashboard, seen, f"{value} in a menu")
    for switch in fresh("input[type=checkbox], button.widget-toggle-button:not([data-value])"):
        for _ in range(2):
            seen = notebook.shows(dashboard)
            switch.click()
            assert_changed(notebook, dashboard, seen, "a switch")
    seen, buttons = notebook.shows(dashboard), fresh("button.widget-button")
    pressed = [button.click() for button in buttons if button.is_enabled()]
    if pressed:
        assert_changed(notebook, dashboard, seen, "all its buttons")
    return sliders


def assert_changed(notebook, dashboard, seen: str, after: str) -> None:
    """What the dashboard shows is not what was seen before a control was moved, and no error is shown."""
    assert notebook.wait_for_change(dashboard, seen), f"{after} changed nothing"
    assert_no_error(notebook, f"after {after}")


def test_questions_are_answered_and_no_output_has_a_barrier(notebook):
    """What lies around the outputs is JupyterLab's."""
    page = notebook.page
    for _ in range(3):                  # an answer goes to the kernel and back
        page.evaluate(barriers.OPEN)
        notebook.wait_idle()
    page.locator(".course-question .course-because").first.wait_for()
    look = barriers.look(page, ".jp-OutputArea-output")
    assert look["wcag"] + look["practice"] == []


def test_a_section_that_is_mentioned_comes_into_sight(notebook):
    page = notebook.page
    link = page.locator(".jp-Notebook a[href^='#']:not(.jp-InternalAnchorLink)").first
    section = link.get_attribute("href").lstrip("#").partition("-")[0]
    link.click()
    page.wait_for_function(IN_SIGHT, arg=section)
