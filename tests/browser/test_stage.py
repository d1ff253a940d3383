"""In front of people: hand, picture and sentence of every dashboard on one screen, keys, the full window.

With the reader's own settings: cells outside the window are not in the page.
"""

import pytest
from course import LESSONS, ROOT, name
from lab import RUNNING
from nbformat.v4 import new_markdown_cell

pytestmark = pytest.mark.browser

SIZES = [(1024, 768), (1280, 720), (1366, 768), (1920, 1080)]
EVERY = [(on, size) for on in (False, True) for size in SIZES]
QUICK = ("12",)
TIGHT = [(True, SIZES[1])]      # where most is in the way of most
LARGE = 20 / 720            # of the window's height: the least type in lecture mode beside a picture


KERNEL = "() => jupyterapp.shell.currentWidget.sessionContext.shutdown()"
# Of every dashboard with a control, at the present size of the window: what is wrong with how it lies there.
LOOK = r"""async large => {
    const content = jupyterapp.shell.currentWidget.content, wrong = [];
    const wait = ms => new Promise(done => setTimeout(done, ms));
    const view = 'application/vnd.jupyter.widget-view+json';
    let seen = 0;
    for (let n = 0; n < content.widgets.length; n++) {
        const cell = content.widgets[n];
        if (cell.model.type !== 'code' || !cell.model.outputs.toJSON().some(o => o.data?.[view])) continue;
        if (cell.model.sharedModel.getSource().includes('progress(')) continue;     // its bar is gone by now
        const asks = /^(predict|reflect|warm_up|review|self_test|restore_notebook)\(/.test(
            cell.model.sharedModel.getSource());
        if (asks && !(large > 14 && innerWidth === 1280)) continue;     // a box of words: one size will do
        await content.scrollToItem(n, 'start');
        for (let turn = 0; turn < 40 && !cell.node.querySelector('.course-dashboard .course-said'); turn++)
            await wait(50);
        await wait(cell.courseSeen ? 80 : 500);     // at first it is made, and fitted in
        cell.courseSeen = true;
        const root = cell.node.querySelector('.course-dashboard');
        const area = document.querySelector('.jp-WindowedPanel-outer');
        const all = root ? Array.from(root.querySelectorAll('.course-controls .widget-slider, ' +
            '.course-controls select, .course-controls button, .course-controls input'))
            .filter(control => control.getClientRects().length) : [];
        if (root && !all.length) continue;
        seen += 1;
        const say = words => wrong.push(`cell ${n}: ${words}`);
        if (!root) { say('no dashboard'); continue; }
        root.scrollIntoView({block: 'start'});
        const height = () => Math.round(root.getBoundingClientRect().height);
        for (let turn = 0, last = -1; turn < 60 && (last !== height() || !last); turn++) {
            last = height();                        // until it is laid out, and not away with its cell
            if (!last) await content.scrollToItem(n, 'start');
            await wait(80);
        }
        if (!height()) say('it is not on the page');
        const whole = root.getBoundingClientRect(), room = area.getBoundingClientRect();
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
        const picture = root.querySelector('.course-drawn > img');
        if (picture && picture.getBoundingClientRect().height < 130) say('the picture is too small to see');
        // The least words of a picture have 25.3 pixels of its own, see helpers.pictures.style, and 18 here.
        const own = root.querySelector('.course-drawn')?.style.getPropertyValue('--course-w');
        const wide = picture?.getBoundingClientRect().width;
        if (wide * 25.3 / own < 17.9 && large > 14 && innerHeight === 720 &&
            !root.matches('.course-laboratory, .course-long'))
            say(`the picture is ${wide} pixels wide of ${own}`);
        const asked = root.querySelector('.course-before .widget-htmlmath-content');
        if (asked && asked.scrollHeight > asked.clientHeight + 2) say('its question is cut');
        const words = root.querySelectorAll('.course-status, .widget-label, .widget-readout, button, select');
        for (const word of words) if (word.getClientRects().length && !word.closest('.course-tools') &&
            parseFloat(getComputedStyle(word).fontSize) < large - 0.5)
            say(`${word.className} has type of ${getComputedStyle(word).fontSize}`);
    }
    return [seen, wrong];
}"""

# Of every code cell: whether a line of it is cut off at the right.
CODE = """async () => {
    const content = jupyterapp.shell.currentWidget.content, cut = [];
    for (let n = 0; n < content.widgets.length; n++) {
        if (content.widgets[n].model.type !== 'code') continue;
        await content.scrollToItem(n, 'start');
        await new Promise(done => setTimeout(done, 40));
        const lines = content.widgets[n].node.querySelector('.cm-scroller');
        if (lines && lines.scrollWidth > lines.clientWidth + 2) cut.push(`cell ${n}: a line of code is cut`);
    }
    return cut;
}"""


def lecture(page, on: bool) -> None:
    page.evaluate("on => window.coursePage?.setLecture(on)", on)
    page.wait_for_timeout(150)


def at(path, size: str):
    """A lesson in its tightest window or in every one; the quick tests look at some in the tightest."""
    quick = size == "tight" and path.name[:2] in QUICK
    return pytest.param(path, TIGHT if size == "tight" else EVERY, id=f"{name(path)}-{size}",
                        marks=[] if quick else pytest.mark.slow)


@pytest.mark.parametrize(("path", "sizes"), [
    at(path, size) for size in ("tight", "every") for path in LESSONS])
def test_hand_picture_and_sentence_are_on_one_screen(path, sizes, course, browser):
    opened = course.open(browser.page(), path.relative_to(ROOT).as_posix())
    opened.run_all()
    page, wrong = opened.page, {}
    for on, (width, height) in sizes:
        page.set_viewport_size({"width": width, "height": height})
        lecture(page, on)
        seen, found = page.evaluate(LOOK, LARGE * height if on else 14)
        assert seen
        if on and (width, height) == (1280, 720):
            found += page.evaluate(CODE)
        if found:
            wrong[f"{width} x {height}, lecture mode {'on' if on else 'off'}"] = found
    lecture(page, False)
    page.evaluate(KERNEL)
    page.close()
    assert wrong == {}


CELLS = (
    "import numpy as np\nfrom helpers.lessons.lesson00 import check_memory, fading_memory\n"
    "from helpers.widgets import (\n    explore,\n    lecture_mode,\n)",
    "## A question\n\n" + "Which of these is it?\n\n- a) this\n- b) that\n\n" * 3,
    "explore(fading_memory,\n        weight=(-1.2, 1.2, 0.05),\n        steps=(1, 50),\n)",
    "**What to notice.** The answer.\n\n" + "More words.\n\n" * 30,
    "def more(weight=0.9):\n    '''The code is the point here.'''\n"
    "    picture = fading_memory(weight, 20)\n    picture.text = 'A line.\\n' * (9 if weight > 0.92 else 1)\n"
    "    return picture\n\n"
    "explore(more, weight=(-1.2, 1.2, 0.05))",
    "**What to notice.** Again.\n\n" + "More words.\n\n" * 30,
    "lecture_mode()",
    "import time\n\ntime.sleep(7)                   # longer than what has ended is kept in view\n"
    "fading_memory(0.9, 20)",
)
APPS = ("doc/tree", "notebooks")        # JupyterLab, with one document, and Notebook 7
PART = """name => { const area = document.querySelector('.jp-WindowedPanel-outer').getBoundingClientRect();
    return Array.from(document.querySelectorAll('.course-dashboard'), root => {
        const box = root.getBoundingClientRect(), controls = root.querySelector('.course-controls')
            .getBoundingClientRect();
        return [controls.top >= area.top - 1 && controls.bottom <= area.bottom + 1,
                box.top >= area.top - 1 && box.bottom <= area.bottom + 1];
    }) }"""


@pytest.fixture(scope="module")
def small(lab):
    """JupyterLab over one small notebook, without outputs."""
    lab.write("small.ipynb", (new_markdown_cell(words) if words[0] in "#*" else words for words in CELLS))
    return lab


@pytest.fixture(params=[pytest.param(APPS[0], id="JupyterLab"),
                        pytest.param(APPS[1], id="Notebook 7", marks=pytest.mark.slow)])
def page(request, small, browser):
    """The small notebook, its kernel idle, its first cell chosen, nothing run."""
    page = browser.page()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(small.address("small.ipynb").replace("doc/tree", request.param))
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_selector("[data-status=idle]", state="attached", timeout=60_000)
    page.wait_for_timeout(1500)                 # until keys are heard, which nothing says
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    yield page
    page.evaluate("localStorage.clear()")
    page.close()


def run(page, keys: str = "Shift+Enter") -> None:
    """Run the chosen cell by these keys, and wait until it has ended and all is in its place."""
    page.keyboard.press(keys)
    page.wait_for_timeout(300)
    page.wait_for_function(f"() => !{RUNNING} && document.querySelector('[data-status=idle]')",
                           timeout=60_000)
    page.wait_for_timeout(700)


def test_a_cell_that_is_run_keeps_its_dashboard_in_view(page):
    for _ in range(3):
        run(page)                               # the third is the dashboard's, the next one is chosen
    assert page.evaluate(PART) == [[True, True]]
    run(page)
    run(page, "Control+Enter")                  # it stays the chosen one
    assert page.evaluate(PART)[-1] == [True, True]
    run(page)
    assert page.evaluate(PART)[-1] == [True, True]


def test_a_dashboard_fills_the_window_and_escape_goes_back(page):
    for _ in range(3):
        run(page)
    root = page.locator(".course-dashboard").first
    before = root.locator(".course-status").inner_text()
    root.get_by_role("button", name="Fill the window").click()
    page.wait_for_function("() => document.fullscreenElement")
    page.wait_for_timeout(400)
    assert root.evaluate("root => root.scrollHeight <= root.clientHeight + 1")
    handle = root.locator(".noUi-handle").first
    place = handle.bounding_box()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] - 60, place["y"] + place["height"] / 2, steps=5)
    page.mouse.up()
    page.wait_for_function("before => document.querySelector('.course-status').innerText !== before",
                           arg=before)
    page.keyboard.press("Escape")                   # leaves the full window alone ...
    assert handle.evaluate("handle => handle === document.activeElement")
    page.evaluate("document.exitFullscreen()")      # what Escape does, which no script can press for real
    page.wait_for_function("() => !document.fullscreenElement")
    dragged = handle.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowLeft")
    moved = handle.get_attribute("aria-valuetext")
    page.keyboard.press("Escape")                   # ... and then leads on
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".jp-Cell.jp-mod-active[data-windowed-list-index='3']:focus")
    assert handle.get_attribute("aria-valuetext") == moved != dragged


def test_lecture_mode_by_key_by_button_and_after_a_reload(page):
    on = "() => document.body.classList.contains('course-lecture')"
    for _ in range(3):
        run(page)
    assert not page.evaluate(on)
    page.keyboard.press("Alt+Shift+KeyL")
    page.wait_for_function(on)
    button = page.locator(".course-dashboard").first.get_by_role("button", name="Lecture mode")
    assert button.get_attribute("aria-pressed") == "true"
    size = page.evaluate("""() => parseFloat(getComputedStyle(document.querySelector(
        '.jp-RenderedMarkdown p')).fontSize)""")
    assert size >= 20
    page.wait_for_timeout(400)
    heights = page.evaluate("""() => Array.from(document.querySelectorAll(
        '.jp-CodeCell .jp-InputArea-editor'), editor => editor.getBoundingClientRect().height)""")
    assert heights[0] < 60, "a cell that only imports folds to a line"
    button.click()
    page.wait_for_function(f"() => !({on})()")
    page.keyboard.press("Alt+Shift+KeyL")
    page.wait_for_function(on)
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_selector("[data-status=idle]", state="attached", timeout=60_000)
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    for _ in range(3):
        run(page)
    assert page.evaluate(on), "it lasts"
