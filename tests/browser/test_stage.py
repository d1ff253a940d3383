"""In front of people: hand, picture and sentence of every dashboard on one screen, keys, the full window.

With the reader's own settings: cells outside the window are not in the page.
"""

import pytest
from course import LESSONS, ROOT, name
from lab import RUNNING, Browser, Lab

pytestmark = pytest.mark.browser

SIZES = [(1024, 768), (1280, 720), (1366, 768), (1920, 1080)]
LARGE = 20 / 720            # of the window's height: the least type in lecture mode
OWN = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "full"}}
KERNEL = "() => jupyterapp.shell.currentWidget.sessionContext.shutdown()"
# Of every dashboard with a control, at the present size of the window: what is wrong with how it lies there.
LOOK = """async ([sizes, large]) => {
    const content = jupyterapp.shell.currentWidget.content, wrong = [];
    const wait = ms => new Promise(done => setTimeout(done, ms));
    const view = 'application/vnd.jupyter.widget-view+json';
    let seen = 0;
    for (let n = 0; n < content.widgets.length; n++) {
        const cell = content.widgets[n];
        if (cell.model.type !== 'code' || !cell.model.outputs.toJSON().some(o => o.data?.[view])) continue;
        await content.scrollToItem(n, 'start');
        for (let turn = 0; turn < 40 && !cell.node.querySelector('.course-dashboard .course-said'); turn++)
            await wait(50);
        await wait(120);
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
        for (let turn = 0, last = -1; turn < 40 && last !== height(); turn++) {  // until it is laid out
            last = height();
            await wait(80);
        }
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
        const words = root.querySelectorAll('.course-status, .widget-label, .widget-readout, button, select');
        for (const word of words) if (word.getClientRects().length && !word.closest('.course-tools') &&
            parseFloat(getComputedStyle(word).fontSize) < large - 0.5)
            say(`${word.className} has type of ${getComputedStyle(word).fontSize}`);
    }
    return [seen, wrong];
}"""


@pytest.fixture(scope="module")
def lab():
    with Lab(ROOT, OWN) as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    with Browser(1280, 720) as running:
        yield running


def lecture(page, on: bool) -> None:
    page.evaluate("on => window.coursePage?.setLecture(on)", on)
    page.wait_for_timeout(150)


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_hand_picture_and_sentence_are_on_one_screen(path, lab, browser):
    opened = lab.open(browser.page(), path.relative_to(ROOT).as_posix())
    opened.run_all()
    page, wrong = opened.page, {}
    for on in (False, True):
        lecture(page, on)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(150)
            seen, found = page.evaluate(LOOK, [SIZES, LARGE * height if on else 14])
            assert seen
            if found:
                wrong[f"{width} x {height}, lecture mode {'on' if on else 'off'}"] = found
    lecture(page, False)
    page.evaluate(KERNEL)
    page.close()
    assert wrong == {}
