"""An hour of the plan, walked by keys alone in lecture mode, with the application's own settings.

Every code cell of the hour is run, and at each stop what it shows is whole on the screen. Each question is
answered, and the first control of each dashboard is moved. Needs Chromium and the package playwright.
"""

import json
import re

import facts
import pytest
from course import ROOT
from lab import RUNNING, Notebook
from writers import guide

pytestmark = pytest.mark.browser


PLAN = guide.plans(guide.GUIDE.read_text(encoding="utf-8"))[3]
HOUR = guide.taught(PLAN[0]["sections"])
# In Notebook 7 and on the large screen the two keys that run a cell change their parts.
WAYS = {
    "JupyterLab": ("doc/tree", (1280, 720), "Control+Enter", "Shift+Enter"),
    "Notebook 7": ("notebooks", (1280, 720), "Shift+Enter", "Control+Enter"),
    "the large screen": ("doc/tree", (1920, 1080), "Shift+Enter", "Control+Enter"),
}
CELL = ".jp-Notebook .jp-Cell[data-windowed-list-index='{}']"
CHOSEN = """() => { const cell = document.querySelector('.jp-Notebook .jp-Cell.jp-mod-active');
    return [Number(cell.dataset.windowedListIndex), cell === document.activeElement] }"""
# From now on: the height of a cell's output in each frame of two seconds, and whether it has begun to run.
WATCH = """cell => { const end = performance.now() + 1900, look = () => {
        if (window.courseWatched !== cell) return;
        if (performance.now() < end)
            courseHeights.push(cell.querySelector('.jp-Cell-outputWrapper').offsetHeight);
        window.courseBegun ||= cell.querySelector('.jp-InputPrompt').textContent.includes('*');
        requestAnimationFrame(look) };
    Object.assign(window, {courseWatched: cell, courseHeights: [], courseBegun: false});
    new MutationObserver(() => { if (window.courseWatched === cell) window.courseBegun = true }).observe(
        cell.querySelector('.jp-InputPrompt'), {childList: true, characterData: true, subtree: true});
    look() }"""
SEEN = """cell => { window.courseWatched = null;
    const area = document.querySelector('.jp-WindowedPanel-outer').getBoundingClientRect();
    const {top, bottom, height} = cell.querySelector('.jp-Cell-outputWrapper').getBoundingClientRect();
    return {first: courseHeights[0], least: Math.min(...courseHeights), height, above: area.top - top,
            below: bottom - area.bottom, room: area.height,
            shows: cell.querySelectorAll('.jp-OutputArea-output').length > 0} }"""
STEADY = """cell => new Promise(done => { let last = '', same = 0; const look = () => {
    const {top, height} = cell.querySelector('.jp-Cell-outputWrapper').getBoundingClientRect();
    const now = `${top} ${height} ${Array.from(cell.querySelectorAll('img'), one => one.src.length)}`;
    [last, same] = [now, now === last ? same + 1 : 0];
    if (same > 4) done(); else setTimeout(look, 60) }; look() })"""


def cells_of_the_hour(lesson: str) -> tuple[list[bool], list[dict]]:
    """For each cell of a lesson whether its section is in the hour, or its imports; and the cells."""
    cells = json.loads(facts.lesson(lesson).path.read_text(encoding="utf-8"))["cells"]
    wanted, section = [], 0
    for cell in cells:
        heading = cell["cell_type"] == "markdown" and "".join(cell["source"])
        found = re.match(r"## (\d+) ·|## ", heading or "")
        section = int(found[1] or 99) if found else section
        wanted.append(section == 0 or (lesson, section) in HOUR)
    return wanted, cells


@pytest.fixture(params=[
    pytest.param(way, marks=[] if way == "JupyterLab" else pytest.mark.slow) for way in WAYS])
def walker(request, course, browser):
    return Walker(course, browser, *WAYS[request.param])


class Walker:
    """A lecturer at the keyboard: `busy` runs what is then worked on, `plain` what is only shown."""

    def __init__(self, course, browser, app: str, size: tuple[int, int], busy: str, plain: str):
        self.course, self.app, self.busy, self.plain = course, app, busy, plain
        self.page = browser.page()
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.wrong: list[str] = []

    def open(self, path) -> None:
        page = self.page
        address = self.course.address(path.relative_to(ROOT).as_posix())
        page.goto(address.replace("doc/tree", self.app))
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_selector("[data-status=idle]", state="attached", timeout=60_000)
        page.wait_for_timeout(1500)                 # until keys are heard, which nothing says
        page.evaluate("localStorage.setItem('course-lecture-mode', 'on')")
        page.locator(".jp-Notebook .jp-Cell").first.click()
        for key in ("Escape", "Control+Home"):
            page.keyboard.press(key)

    def at(self) -> int:
        """The number of the cell that is chosen; it has the focus, so that the next key is heard."""
        self.page.wait_for_function(f"() => ({CHOSEN})()[1]")
        return self.page.evaluate(CHOSEN)[0]

    def down(self) -> None:
        here = self.at()
        self.page.keyboard.press("ArrowDown")
        self.page.wait_for_function(f"here => ({CHOSEN})()[0] === here + 1", arg=here)

    def run(self, number: int, keys: str, name: str):
        """Run the chosen cell of code, and look at what it shows; afterwards it is the chosen one still."""
        cell = self.page.locator(CELL.format(number))
        cell.wait_for(state="attached")
        scripted = self.page.evaluate("() => !!window.coursePage")     # it comes with the first dashboard
        cell.evaluate(WATCH)
        self.page.keyboard.press(keys)
        self.page.wait_for_function(f"() => window.courseBegun && !{RUNNING}", timeout=60_000)
        cell.evaluate(STEADY)
        seen = cell.evaluate(SEEN)
        cut = max(seen["above"], seen["below"])
        if scripted and seen["shows"] and seen["height"] <= seen["room"] and cut > 1:
            self.wrong.append(f"{name} by {keys}: {cut:.0f} pixels of its output are off the screen")
        if scripted and seen["least"] < min(seen["first"], seen["height"]) - 1:
            self.wrong.append(f"{name} by {keys}: its output shrinks to {seen['least']} pixels meanwhile")
        if keys.startswith("Shift"):
            assert self.at() == number + 1
            self.page.keyboard.press("ArrowUp")
        assert self.at() == number
        return cell

    def tab_to(self, part) -> None:
        """Press Tab until one of these has the focus."""
        for _ in range(12):
            self.page.keyboard.press("Tab")
            if part.evaluate_all("all => all.includes(document.activeElement)"):
                return
        raise AssertionError("it can't be reached with Tab")

    def answer(self, cell, name: str) -> None:
        """Choose an option, then *Reveal*: what it tells is seen whole, and the cell has the focus again."""
        self.tab_to(cell.locator(".course-option button"))
        self.page.keyboard.press("b")
        cell.locator(".course-option button.mod-active", has_text="b").wait_for()
        self.tab_to(cell.get_by_role("button", name="Reveal"))
        self.page.keyboard.press("Enter")
        cell.locator(".course-told .course-because").first.wait_for()
        cell.evaluate(STEADY)
        told = cell.evaluate(SEEN)
        if told["height"] <= told["room"] and max(told["above"], told["below"]) > 1:
            self.wrong.append(f"{name}: what Reveal tells is off the screen")

    def move(self, cell, name: str) -> None:
        """Move the first control by an arrow, and give the keys back with Escape: its value stays."""
        controls = cell.locator(".course-controls :is(.noUi-handle, select):visible")
        if not controls.count():
            return
        self.tab_to(controls)
        stands = "() => document.activeElement.value ?? document.activeElement.getAttribute('aria-valuetext')"
        first = self.page.evaluate(stands)
        for key in ("ArrowRight", "ArrowLeft"):     # at an end only one of them moves it
            self.page.keyboard.press(key)
            if self.page.evaluate(stands) != first:
                break
        moved = self.page.evaluate(stands)
        if moved == first:
            self.wrong.append(f"{name}: the arrow keys don't move its first control")
        control = self.page.evaluate_handle("() => document.activeElement")
        self.page.keyboard.press("Escape")
        self.at()
        kept = control.evaluate("one => one.value ?? one.getAttribute('aria-valuetext')")
        if kept != moved:
            self.wrong.append(f"{name}: Escape puts {moved} back to {kept}")

    def walk(self, lesson: str) -> int:
        """Through the sections of a lesson that are in the hour; how many of its cells were run."""
        wanted, cells = cells_of_the_hour(lesson)
        end, ran = len(wanted) - wanted[::-1].index(True), 0
        for number, cell in enumerate(cells[:end]):
            assert self.at() == number
            source = "".join(cell["source"])
            name = f"{lesson}, cell {number} ({source.strip().splitlines()[-1][:40]})"
            if wanted[number] and cell["cell_type"] == "code":
                asks = source.startswith("predict(")
                shown = self.run(number, self.busy if asks or "explore(" in source else self.plain, name)
                ran += 1
                if asks:
                    self.answer(shown, name)
                elif "explore(" in source:
                    self.move(shown, name)
            self.down()
        return ran


def test_an_hour_is_walked_by_keys_and_at_each_stop_all_is_on_the_screen(walker):
    ran = 0
    for lesson in dict.fromkeys(lesson for lesson, _ in HOUR):
        walker.open(facts.lesson(lesson).path)
        ran += walker.walk(lesson)
        assert Notebook(walker.page).errors() == []     # the applications' own consoles are not asked
    walker.page.evaluate("localStorage.clear()")
    walker.page.close()
    assert ran >= int(PLAN[0]["cells"]) and walker.wrong == []
