"""Every page of the course and the barriers on it: the site to read, the decks, the lessons in JupyterLab.

What is left is listed in docs/accessibility.md. Needs Chromium or Chrome, axe-playwright-python, and what
builds the sites.
"""

import itertools

import barriers
import build_site
import make_slides
import play
import pytest
from course import LESSONS, ROOT, name

SIZES = {"phone": (390, 844), "projector": (1280, 720)}
SCHEMES = ["light", "dark"]
# Nothing fades or glides any more.
STILL = """() => Promise.all(document.getAnimations().map(one => one.finished.catch(() => {})))
    .then(() => null)"""
# Of each slide, with all its steps shown: what was found on it, by the question that barriers asks.
SLIDES = f"""async tags => {{
    const ask = {barriers.ASK}, found = [];
    for (const [place, slide] of [...document.querySelectorAll('section.slide')].entries()) {{
        const {{h, v}} = Reveal.getIndices(slide);
        Reveal.slide(h, v, 99);
        const {{wcag, practice}} = await ask([place ? '.slides .present' : null, tags]);
        found.push(...[...wcag, ...practice].map(fault => [place + 1, ...fault]));
    }}
    return found;
}}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site to read, in which every dashboard moves."""
    folder = tmp_path_factory.mktemp("read")
    build_site.read(folder)
    return folder


@pytest.fixture(scope="module")
def address(site):
    with build_site.serving(site) as address:
        yield address


def each_look(browser, address: str):
    """How a page of the site was looked at, and what was found: as it stands when its script has run, with
    all that is folded open."""
    page = browser._browser.new_page()
    page.goto(address)
    page.evaluate(barriers.OPEN)
    for (size, (width, height)), scheme in itertools.product(SIZES.items(), SCHEMES):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("wanted => { document.body.dataset.theme = wanted }", scheme)  # at once
        page.evaluate(STILL)
        yield f"{size}, {scheme}", barriers.look(page)
    page.close()


@pytest.mark.browser
def test_the_check_finds_what_is_planted(browser):
    page = browser.page()
    page.set_content("""<html lang="en"><title>Planted</title><main><h1>Planted</h1>
        <div class="ours"><p style="color: #aaa">pale</p><img src="data:,">
        <button style="width: 9px; height: 9px; padding: 0"></button><button>next</button></div>
        <p style="color: #aaa">not ours</p></main>""")
    all_of_it, ours = barriers.look(page), barriers.look(page, ".ours")
    page.close()
    assert [rule for rule, _ in ours["wcag"]] == ["button-name", "color-contrast", "image-alt", "target-size"]
    assert len(all_of_it["wcag"]) == len(ours["wcag"]) + 1


@pytest.mark.browser
def test_on_a_dark_page_code_in_a_question_can_be_read_and_controls_are_large_enough(browser):
    page = browser.page()
    marks = '<button class="course-mark" aria-pressed="true">1</button>' * 12
    page.set_content(f"""<html lang="en"><title>Dark</title><style>{play.style()}
        code {{ color: #f3c7ee }} body {{ background: #111 }}</style><main><h1 style="color: #fff">Dark</h1>
        <div class="course-question" data-question="1"><p>What is <code>h</code>?</p></div>
        <div class="course-play course-dashboard course-moves" style="width: 320px">
        <div class="course-controls"><label>weight <input type="range"><output>1.00</output></label>
        <div class="course-row"><span>i</span>{marks}</div></div></div></main>""")
    assert barriers.look(page)["wcag"] == []
    sizes = page.locator("input, .course-mark").evaluate_all(
        "all => all.map(one => Math.min(one.clientHeight, one.offsetWidth))")
    assert min(sizes) >= 24
    assert page.locator(".course-play").evaluate("one => one.scrollWidth <= one.clientWidth"), "cut off"
    page.close()


@pytest.mark.slow
@pytest.mark.site
@pytest.mark.browser
def test_no_page_of_the_site_has_a_barrier(site, address, browser):
    """On a telephone and on a projector, light and dark. The first page only leads on to the second."""
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html")
                   if "_static" not in path.parts)
    pages.remove("index.html")
    found = {(path, how): look["wcag"] + look["practice"] for path in pages
             for how, look in each_look(browser, f"{address}/{path}")}
    assert len(pages) > 2 * len(LESSONS)
    assert {where: faults for where, faults in found.items() if faults} == {}


@pytest.mark.slow
@pytest.mark.site
@pytest.mark.browser
@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_no_slide_has_a_barrier(path, browser, tmp_path):
    page = browser._browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(make_slides.make(path, tmp_path).as_uri())
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    page.evaluate(barriers.script())
    found = page.evaluate(SLIDES, barriers.TAGS)
    page.close()
    assert found == []


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_no_output_of_a_lesson_has_a_barrier_in_jupyterlab(path, course, browser):
    """Only what a cell shows is ours: the bars around it are JupyterLab's."""
    notebook = course.open(browser.page(), path.relative_to(ROOT).as_posix())
    notebook.run_all()
    for _ in range(4):                  # an answer goes to the kernel and back
        notebook.page.evaluate(barriers.OPEN)
        notebook.page.wait_for_timeout(1000)
    look = barriers.look(notebook.page, ".jp-OutputArea-output")
    notebook.shut_down()
    assert look["wcag"] + look["practice"] == []
