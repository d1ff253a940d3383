"""The sites, to read and to run in the browser: whole, and in need of no other server."""

import hashlib
import html.parser
import json
import re
import time
from urllib.parse import unquote, urldefrag

import build_site
import lite_site
import pytest
from course import NOTEBOOKS, ROOT, cells, name

COMPILED = {"numpy", "matplotlib", "contourpy", "kiwisolver", "pillow"}


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


@pytest.fixture(scope="module")
def pages(site):
    found = [*site.glob("*.html"), *site.glob("docs/**/*.html"), *site.glob("notebooks/**/*.html")]
    return {path: Page(path.read_text(encoding="utf-8")) for path in found}


@pytest.mark.site
def test_every_notebook_is_a_page_with_all_its_pictures(site, pages):
    for path in NOTEBOOKS:
        page = pages[site / "notebooks" / f"{name(path)}.html"]
        outputs = [output for cell in cells(path, "code") for output in cell["outputs"]]
        wanted = sum("<img" in output["data"].get("text/html", "") for output in outputs)
        assert page.pictures >= wanted, path.name


@pytest.mark.site
def test_no_page_loads_anything_from_another_server(pages):
    assert {path.name: page.loads for path, page in pages.items()
            if any(link.startswith(("http:", "https:", "//")) for link in page.loads)} == {}


@pytest.mark.site
def test_links_inside_the_site_lead_somewhere(pages):
    broken = []
    for path, page in pages.items():
        for link in {*page.links, *page.loads}:
            if link.startswith(("http:", "https:", "mailto:", "data:", "javascript:")):
                continue
            file, place = urldefrag(link)
            aim = (path.parent / unquote(file.partition("?")[0])).resolve() if file else path
            if not aim.exists() or (place and aim in pages and unquote(place) not in pages[aim].places):
                broken.append((path.name, link))
    assert broken == []


@pytest.mark.site
@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(390, 844), (1280, 720)], ids=["phone", "projector"])
def test_a_lesson_fits_the_screen_with_its_equations_set(address, browser, size, scheme):
    width, height = size
    page = browser._browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/notebooks/07_lstm.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    loaded = "performance.getEntries().reduce((sum, one) => sum + (one.transferSize ?? 0), 0)"
    assert 100_000 < page.evaluate(loaded) <= 500_000, "before it is scrolled"
    beside = browser._browser.new_page(viewport={"width": width, "height": height})
    for other in ("docs/index", "docs/hosting", "docs/nothing_to_install", "docs/routes/browser"):
        beside.goto(f"{address}/{other}.html")
        assert beside.evaluate("document.documentElement.scrollWidth") <= width, other
    beside.close()
    assert page.locator("mjx-container").count() > 50 and page.locator("mjx-merror").count() == 0
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    page.close()


@pytest.mark.site
@pytest.mark.browser
def test_on_a_narrow_screen_no_equation_is_cut(address, browser):
    page = browser._browser.new_page(viewport={"width": 320, "height": 640})
    page.goto(f"{address}/docs/sheets/07.html")
    ways = page.locator("span.math").evaluate_all("""all => all
        .filter(one => one.scrollWidth > one.clientWidth + 2).map(one => getComputedStyle(one).overflowX)""")
    assert len(ways) > 2 and set(ways) == {"auto"}
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()


@pytest.mark.site
def test_what_the_browsers_python_loads_is_here_but_for_five_packages(site):
    pyodide = site / "lite" / "static" / "pyodide"
    packages = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    needed = lite_site.closure(packages, [*lite_site.ROOTS, "rnn-course-helpers"])
    elsewhere = {each for each in needed if packages[each]["file_name"].startswith("https://")}
    assert elsewhere == COMPILED
    for each in set(needed) - elsewhere:
        wheel = (pyodide / packages[each]["file_name"]).read_bytes()
        assert hashlib.sha256(wheel).hexdigest() == packages[each]["sha256"], each


@pytest.mark.site
def test_the_browser_finds_the_courses_files_as_a_checkout_has_them(site):
    files = site / "lite" / "files"
    for path in NOTEBOOKS:
        assert (files / path.relative_to(ROOT)).exists()
        listed = json.loads((site / "lite" / "api" / "contents" / path.parent.relative_to(ROOT) / "all.json")
                            .read_text(encoding="utf-8"))
        assert path.name in {entry["name"] for entry in listed["content"]}
    play = "data/texts/input.txt"
    assert (files / play).read_bytes() == (ROOT / play).read_bytes()


# The parts of helpers that need no NumPy, in a kernel that cannot have it: this machine may reach no
# public server. The wheel is the one that the site serves; the task is the one that trains live.
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


@pytest.mark.site
@pytest.mark.browser
def test_in_the_browser_the_kernel_starts_and_the_wheel_widgets_and_live_task_work(address, browser):
    page = browser.page()
    outside = []
    page.on("request", lambda request: outside.append(request.url)
            if not request.url.startswith((address, "data:", "blob:")) else None)
    page.goto(f"{address}/lite/lab/index.html?path=notebooks/00_start_here.ipynb")
    page.get_by_text("Python (Pyodide) | Idle").wait_for(timeout=90_000)
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(IN_THE_KERNEL)
    page.keyboard.press("Shift+Enter")
    first = page.locator(".jp-CodeCell").first
    first.locator(".noUi-handle").wait_for(timeout=90_000)
    assert f"the course's text: {len((ROOT / 'data/texts/input.txt').read_text())} True" in first.inner_text()
    first.get_by_text("step True, rate False").wait_for(timeout=20_000)
    first.locator(".noUi-handle").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        time.sleep(0.3)
    first.get_by_text("step True, rate True").wait_for(timeout=20_000)
    assert {url.rpartition("/")[2].partition("-")[0] for url in outside} <= COMPILED
    page.close()


def printed_pages(browser, url: str) -> int:
    """How many A4 pages a page of the site is printed on."""
    page = browser._browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(url)
    page.emulate_media(media="print")
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    return len(re.findall(rb"/Type\s*/Page\b", printed))


HOURS = sorted((ROOT / "docs" / "hours").glob("*.md"), key=lambda path: path.stat().st_size)


@pytest.mark.site
@pytest.mark.browser
@pytest.mark.parametrize("path", [      # the longest in each run
    pytest.param(path, id=path.stem, marks=[] if path in HOURS[-3:] else pytest.mark.slow) for path in HOURS])
def test_the_page_of_an_hour_is_printed_on_two_sides(path, address, browser):
    assert printed_pages(browser, f"{address}/docs/hours/{path.stem}.html") <= 2
