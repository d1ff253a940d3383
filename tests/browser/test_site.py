"""The sites, to read and to run in the browser: whole, light, in need of no other server, and on paper.

Of the pages to read the dashboards of the first lesson move. What reaches for Pyodide's server is stopped.
"""

import html.parser
import re
from urllib.parse import unquote, urldefrag

import build_site
import pytest
from course import LESSONS, NOTEBOOKS, ROOT, cells, name

pytestmark = pytest.mark.site

FIRST = "lab/index.html?path=notebooks/00_start_here.ipynb"
PAGES = {"02": 18, "08": 17}            # of the longest lessons on paper at most; of the others 15


@pytest.fixture(scope="module")
def address(site):
    with build_site.serving(site) as address:
        yield address


class Page(html.parser.HTMLParser):
    """What a page loads, where its links lead, and the places in it that a link can aim at."""

    def __init__(self, text: str):
        super().__init__()
        self.loads, self.links, self.places, self.pictures = [], [], set(), 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if "id" in a:
            self.places.add(a["id"])
        if tag in ("script", "img", "iframe", "source") and a.get("src"):
            self.loads.append(a["src"])
        if tag == "link" and a.get("rel") in ("stylesheet", "preload", "icon", "shortcut icon"):
            self.loads.append(a["href"])
        if tag == "a" and a.get("href"):
            self.links.append(a["href"])
        self.pictures += tag == "img" and len((a.get("alt") or "").split()) >= 5


def test_every_notebook_is_a_page_whose_pictures_and_links_are_on_the_site(site):
    found = [*site.glob("*.html"), *site.glob("docs/**/*.html"), *site.glob("notebooks/**/*.html")]
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in found}
    for path in NOTEBOOKS:
        outputs = [output for cell in cells(path, "code") for output in cell["outputs"]]
        wanted = sum("<img" in output["data"].get("text/html", "") for output in outputs)
        assert pages[site / "notebooks" / f"{name(path)}.html"].pictures >= wanted, path.name
        assert (site / "lite" / "files" / path.relative_to(ROOT)).exists()
    broken = []
    for path, page in pages.items():
        assert not any(link.startswith(("http:", "https:", "//")) for link in page.loads), path
        for link in {*page.links, *page.loads}:
            if link.startswith(("http:", "https:", "mailto:", "data:", "javascript:")):
                continue
            file, place = urldefrag(link)
            aim = (path.parent / unquote(file.partition("?")[0])).resolve() if file else path
            if not aim.exists() or (place and aim in pages and unquote(place) not in pages[aim].places):
                broken.append((path.name, link))
    assert broken == []


# To read.


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(390, 844), (1280, 720)], ids=["phone", "projector"])
def test_a_page_fits_the_screen_with_its_equations_set(address, browser, size, scheme):
    page = browser.page(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{address}/notebooks/07_lstm.html")
    loaded = "performance.getEntries().reduce((sum, one) => sum + (one.transferSize ?? 0), 0)"
    assert 100_000 < page.evaluate(loaded) <= 500_000, "before it is scrolled"
    assert page.locator("mjx-container").count() > 50 and page.locator("mjx-merror").count() == 0
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    sheet = ["docs/sheets/07"] * (size[0] < 400)        # where its equations scroll
    for path in ("notebooks/07_lstm", "docs/index", "docs/hosting", "docs/routes/browser", *sheet):
        page.goto(f"{address}/{path}.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    page.close()


def sheets(browser, url: str) -> int:
    """On how many A4 pages a page of the site is printed; no line is cut, and nothing to click is there."""
    page = browser.page()
    page.set_viewport_size({"width": 703, "height": 1032})      # as wide as A4 within its margins
    page.goto(url)
    page.emulate_media(media="print")
    assert page.evaluate("""() => [...document.querySelectorAll('pre')].filter(part =>
        part.getClientRects().length && part.scrollWidth > part.clientWidth).map(part => part.textContent)
        """) == []
    hidden = page.locator(".sidebar-drawer, .toc-drawer, button.copybtn, .course-because")
    assert hidden.locator("visible=true").count() == 0
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    return len(re.findall(rb"/Type\s*/Page\b", printed))


@pytest.mark.browser
@pytest.mark.parametrize("path", [path if path.name[:2] in ("01", "07") else
                                  pytest.param(path, marks=pytest.mark.slow) for path in LESSONS], ids=name)
def test_a_lesson_is_printed_with_whole_lines_on_few_pages(path, address, browser):
    assert sheets(browser, f"{address}/notebooks/{name(path)}.html") <= PAGES.get(path.name[:2], 15)


@pytest.mark.browser
def test_the_longest_page_of_an_hour_is_printed_on_two_sides(address, browser):
    longest = max((ROOT / "docs" / "hours").glob("*.md"), key=lambda path: path.stat().st_size)
    assert sheets(browser, f"{address}/docs/hours/{longest.stem}.html") <= 2


@pytest.mark.slow
def test_without_solutions_no_page_and_no_link_leads_to_one(tmp_path):
    """A minute, since the site is built anew, as a teacher builds it for a class."""
    build_site.read(tmp_path, lessons=[], solutions=False)
    assert not (tmp_path / "notebooks" / "solutions").exists()
    assert not any(tmp_path.glob("docs/inventory/*.html")) and not any(tmp_path.glob("docs/exam*/*.html"))
    for page in tmp_path.glob("*/*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'href="[^"]*(solutions|inventory|exam)/', text), page.name


# To run.

# The parts of helpers that need no NumPy, in a kernel that cannot have it: this machine may reach no public
# server. The wheel is the one that the site serves; the task is the one that trains live.
IN_THE_KERNEL = """
import importlib.resources, pathlib, sys, types
sys.modules["numpy"] = types.ModuleType("numpy")        # helpers looks whether it is there
import helpers
del sys.modules["numpy"]
import ipywidgets
inside = importlib.resources.files("helpers")
sys.modules["helpers.widgets"] = room = types.ModuleType("helpers.widgets")
room.__path__ = [str(inside / "widgets")]       # without what the room imports, which needs NumPy
from helpers.widgets import background
slider, shown = ipywidgets.IntSlider(description="rate"), ipywidgets.HTML("nothing")
def work():
    for step in range(10**9):
        yield step
        shown.value = f"step {step > 100}, rate {slider.value > 3}"
live = background.Task(redraw=lambda: None, paused=print); live.start(work())
text = (inside / "corpora" / "texts" / "input.txt").read_text()
beside = pathlib.Path("../data/texts/input.txt").read_text()
print("the course's text:", len(text), beside == text)
ipywidgets.VBox([slider, shown])
"""
COPIES = """async change => {
    const contents = jupyterapp.serviceManager.contents, found = {};
    for (const {path} of (await contents.get('notebooks', {content: true})).content) {
        if (!/0[23]_.*ipynb$/.test(path)) continue;
        const model = await contents.get(path, {content: true});
        if (change) model.content.cells[0].source = 'my own words';
        if (change) await contents.save(path, model);
        found[path] = model.content.cells[0].source;
    }
    return found;
}"""


@pytest.mark.browser
def test_where_numpy_is_out_of_reach_it_says_what_to_do_and_all_else_works(address, browser):
    """Half a minute: only here the wheel, widgets and a live task meet the browser's Python."""
    page, outside = browser.page(), []
    page.route(re.compile(r"^https://"), lambda route: outside.append(route.request.url) or route.abort())
    page.goto(f"{address}/lite/{FIRST}")
    alarm = page.locator(".course-alarm")
    alarm.get_by_text("cdn.jsdelivr.net").wait_for(timeout=60_000)
    assert "Reload the page" in alarm.inner_text()
    page.get_by_text("Python (Pyodide) | Idle").wait_for(timeout=90_000)
    page.locator(".jp-CodeCell").nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    said = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output")
    said.get_by_text("NumPy did not load").wait_for(timeout=90_000)
    assert "Traceback" not in said.inner_text()
    first = page.locator(".jp-CodeCell").first
    first.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(IN_THE_KERNEL)
    page.keyboard.press("Control+Enter")
    first.get_by_text("step True, rate False").wait_for(timeout=90_000)
    assert f"the course's text: {len((ROOT / 'data/texts/input.txt').read_text())} True" in first.inner_text()
    first.locator(".noUi-handle").press("PageUp")
    first.get_by_text("step True, rate True").wait_for(timeout=20_000)
    assert {url.rpartition("/")[2].partition("-")[0] for url in outside} <= {
        "numpy", "matplotlib", "contourpy", "kiwisolver", "pillow"}
    page.close()


@pytest.mark.browser
def test_fresh_copies_take_the_place_of_those_chosen_and_the_readers_are_kept(address, browser):
    page = browser.page()
    page.route(re.compile(r"^https://"), lambda route: route.abort())
    page.goto(f"{address}/lite/lab/index.html")                     # no kernel
    fresh = page.get_by_role("button", name="Fresh copies")
    fresh.and_(page.locator(":enabled")).wait_for(timeout=60_000)
    before = page.evaluate(COPIES, False)
    page.evaluate(COPIES, True)
    fresh.click()
    dialog = page.get_by_role("dialog", name="Fresh copies")
    dialog.get_by_label("02_min_char_rnn").wait_for()
    dialog.get_by_label("03_backpropagation").uncheck()
    dialog.get_by_role("button", name="Put the site's").click()
    dialog.get_by_text("Yours is now").wait_for()
    dialog.get_by_role("button", name="Close").click()
    after = page.evaluate(COPIES, False)
    (mine,) = (path for path in after if "02_min_char_rnn.mine-" in path)
    assert after[mine] == after["notebooks/03_backpropagation_through_time.ipynb"] == "my own words"
    assert after["notebooks/02_min_char_rnn.ipynb"] == before["notebooks/02_min_char_rnn.ipynb"]
    page.close()
