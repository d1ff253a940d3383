"""Every page of the site to read and every slide, and the barriers on them; lessons: test_browser.py.

What is left is listed in docs/accessibility.md.
"""

import barriers
import build_site
import make_slides
import pytest
from course import LESSONS, name

pytestmark = [pytest.mark.slow, pytest.mark.site, pytest.mark.browser]

SIZES = [(390, 844), (1280, 720)]
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


def test_no_page_of_the_site_has_a_barrier(browser, tmp_path):
    """Minutes: on a telephone and on a projector, light and dark. The first page only leads on."""
    build_site.read(tmp_path)
    paths = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")
                   if "_static" not in path.parts and path != tmp_path / "index.html")
    assert len(paths) > 2 * len(LESSONS)
    page, found = browser.page(), {}
    with build_site.serving(tmp_path) as address:
        for path in paths:
            page.goto(f"{address}/{path}")
            page.evaluate(barriers.OPEN)
            for width, height in SIZES:
                for scheme in ("light", "dark"):
                    page.set_viewport_size({"width": width, "height": height})
                    page.emulate_media(color_scheme=scheme)
                    page.evaluate("wanted => { document.body.dataset.theme = wanted }", scheme)  # at once
                    page.evaluate(STILL)
                    look = barriers.look(page)
                    if look["wcag"] + look["practice"]:
                        found[path, width, scheme] = look["wcag"] + look["practice"]
    assert found == {}


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_no_slide_has_a_barrier(path, browser, tmp_path):
    """Half a minute for each lesson: a deck's colours and names are its own."""
    page = browser.page()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(make_slides.make(path, tmp_path).as_uri())
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    page.evaluate(barriers.script())
    assert page.evaluate(SLIDES, barriers.TAGS) == []
