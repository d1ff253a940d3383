"""In front of people: a part of the plan's first hour, walked by keys alone in lecture mode.

At each stop all that a cell shows is whole on the screen, each question is answered, and the first control of
each dashboard is moved.
"""

import re

import facts
import nbformat
import pytest
from course import ROOT
from lab import Notebook
from writers import guide

pytestmark = pytest.mark.browser

HOUR = guide.taught(guide.plans(guide.GUIDE.read_text(encoding="utf-8"))[3][0]["sections"])
# In Notebook 7 and on the large screen the two keys that run a cell change their parts.
WAYS = [pytest.param("doc/tree", (1280, 720), "Control+Enter", "Shift+Enter", ["00"], id="JupyterLab")] + [
    pytest.param(app, size, "Shift+Enter", "Control+Enter", ["00", "01"], id=name, marks=pytest.mark.slow)
    for name, app, size in (("Notebook 7", "notebooks", (1280, 720)),
                            ("the large screen", "doc/tree", (1920, 1080)))]
CHOSEN = """() => document.activeElement.matches('.jp-Notebook .jp-Cell.jp-mod-active') &&
    Number(document.activeElement.dataset.windowedListIndex)"""
STEADY = """cell => new Promise(done => { let last = '', same = 0; const look = () => {
    const {top, height} = cell.querySelector('.jp-Cell-outputWrapper').getBoundingClientRect();
    const now = `${top} ${height} ${Array.from(cell.querySelectorAll('img'), one => one.src.length)}`;
    [last, same] = [now, now === last ? same + 1 : 0];
    if (same > 4) done(); else setTimeout(look, 60) }; look() })"""
# So many pixels of a cell's output are off the screen and could be on it.
CUT = """cell => {
    const area = document.querySelector('.jp-WindowedPanel-outer').getBoundingClientRect();
    const {top, bottom, height} = cell.querySelector('.jp-Cell-outputWrapper').getBoundingClientRect();
    if (!cell.querySelector('.jp-OutputArea-output') || height > area.height) return 0;
    return Math.max(0, area.top - top, bottom - area.bottom) }"""
STANDS = "() => document.activeElement.value ?? document.activeElement.getAttribute('aria-valuetext')"
LECTURE = "() => document.body.classList.contains('course-lecture')"


class Lecturer:
    """Somebody at the keyboard: `busy` runs what is then worked on, `plain` what is only shown."""

    def __init__(self, page, busy: str, plain: str):
        self.page, self.busy, self.plain, self.wrong = page, busy, plain, []

    def at(self, number: int) -> None:
        """Wait until this cell is the chosen one and has the focus, so that the next key is heard."""
        self.page.wait_for_function(f"number => ({CHOSEN})() === number", arg=number)

    def begin(self) -> None:
        """Go to the first cell; JupyterLab hears keys when it has answered one."""
        self.page.wait_for_selector("[data-status=idle]", state="attached", timeout=60_000)
        self.page.locator(".jp-Notebook .jp-Cell").first.click()
        self.page.keyboard.press("Escape")
        self.at(0)

    def seen(self, cell, what: str) -> None:
        cell.evaluate(STEADY)
        cut = cell.evaluate(CUT)
        if cut > 1 and self.page.evaluate("() => !!window.coursePage"):     # comes with a first dashboard
            self.wrong.append(f"{what}: {cut:.0f} pixels of its output are off the screen")

    def run(self, number: int, keys: str, what: str):
        """Run the chosen cell, and look at what it shows; afterwards it is the chosen one still."""
        from playwright.sync_api import expect

        cell = self.page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{number}']")
        self.page.keyboard.press(keys)
        expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]"), timeout=60_000)
        self.seen(cell, f"{what} by {keys}")
        if keys.startswith("Shift"):
            self.at(number + 1)
            self.page.keyboard.press("ArrowUp")
        self.at(number)
        return cell

    def tab_to(self, part) -> None:
        """Press Tab until one of these has the focus."""
        for _ in range(12):
            self.page.keyboard.press("Tab")
            if part.evaluate_all("all => all.includes(document.activeElement)"):
                return
        raise AssertionError("it can't be reached with Tab")

    def answer(self, cell, what: str) -> None:
        """Choose an option, then *Reveal*: what it tells is seen whole."""
        self.tab_to(cell.locator(".course-option button"))
        self.page.keyboard.press("b")
        self.tab_to(cell.get_by_role("button", name="Reveal"))
        self.page.keyboard.press("Enter")
        cell.locator(".course-told .course-because").first.wait_for()
        self.seen(cell, f"what Reveal tells in {what}")

    def move(self, cell) -> None:
        """Move the first control by an arrow, and give the keys back with Escape: its value stays."""
        controls = cell.locator(".course-controls :is(.noUi-handle, select):visible")
        if not controls.count():
            return
        self.tab_to(controls)
        values = {self.page.evaluate(STANDS)}
        for key in ("ArrowRight", "ArrowLeft"):         # at an end only one of them moves it
            self.page.keyboard.press(key)
            values.add(self.page.evaluate(STANDS))
        assert len(values) > 1, "the arrow keys don't move its first control"
        control, stood = self.page.evaluate_handle("document.activeElement"), self.page.evaluate(STANDS)
        self.page.keyboard.press("Escape")
        self.page.wait_for_function(CHOSEN)
        assert control.evaluate(f"one => ({STANDS.replace('document.activeElement', 'one')})()") == stood

    def walk(self, lesson: str, cells: list) -> int:
        """Through the sections of a lesson that are in the hour, and its imports; how many cells were run."""
        section, ran = 0, 0
        last = max(part for name, part in HOUR if name == lesson)
        for number, cell in enumerate(cells):
            found = cell.cell_type == "markdown" and re.match(r"## (\d+) ·|## ", cell.source)
            section = int(found[1] or -1) if found else section
            if section > last:
                break
            self.at(number)
            what = f"{lesson}, cell {number} ({cell.source.strip().splitlines()[-1][:40]})"
            if cell.cell_type == "code" and (section == 0 or (lesson, section) in HOUR):
                asks, moves = cell.source.startswith("predict("), "explore(" in cell.source
                shown = self.run(number, self.busy if asks or moves else self.plain, what)
                ran += 1
                if asks:
                    self.answer(shown, what)
                elif moves:
                    self.move(shown)
            self.page.keyboard.press("ArrowDown")
        return ran


@pytest.mark.parametrize(("app", "size", "busy", "plain", "lessons"), WAYS)
def test_an_hour_is_walked_by_keys_and_all_is_on_the_screen(app, size, busy, plain, lessons, course, browser):
    """Fifteen seconds: only here are keys, focus and scrolling those of the real application."""
    page = browser.page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    lecturer = Lecturer(page, busy, plain)
    for lesson in lessons:
        path = facts.lesson(lesson).path.relative_to(ROOT)
        cells = nbformat.read(course.folder / path, 4)
        for cell in cells.cells:
            cell.update({"outputs": [], "execution_count": None} if cell.cell_type == "code" else {})
        nbformat.write(cells, course.folder / path)
        page.goto(course.address(path.as_posix()).replace("doc/tree", app))
        page.evaluate("localStorage.setItem('course-lecture-mode', 'on')")
        lecturer.begin()
        assert lecturer.walk(lesson, cells.cells) > 5
        assert Notebook(page).errors() == []        # the applications' own consoles are not asked
    assert lecturer.wrong == []
    lecture_mode_goes_and_comes_by_key_and_button(page)
    if app == "doc/tree":
        a_dashboard_fills_the_window(page)
    page.close()


def lecture_mode_goes_and_comes_by_key_and_button(page) -> None:
    page.wait_for_function(LECTURE)
    size = "() => parseFloat(getComputedStyle(document.querySelector('.jp-RenderedMarkdown p')).fontSize)"
    assert page.evaluate(size) >= 20
    page.keyboard.press("Alt+Shift+KeyL")
    page.wait_for_function(f"() => !({LECTURE})()")
    page.locator(".course-dashboard").last.get_by_role("button", name="Lecture mode").click()
    page.wait_for_function(LECTURE)


def a_dashboard_fills_the_window(page) -> None:
    from playwright.sync_api import expect

    root = page.locator(".course-dashboard", has=page.locator(".noUi-handle")).last
    root.get_by_role("button", name="Fill the window").click()
    page.wait_for_function("() => document.fullscreenElement")
    before = root.locator(".course-status").inner_text()
    root.locator(".noUi-handle").first.press("End")
    expect(root.locator(".course-status")).not_to_have_text(before)
    assert root.evaluate("root => root.scrollHeight <= root.clientHeight + 1")
    page.evaluate("document.exitFullscreen()")      # what Escape does, which no script can press for real
    page.wait_for_function("() => !document.fullscreenElement")
