"""A deck as an instructor has it: one file whose slides are whole, and whose keys lead from step to step."""

import make_slides
import pytest
from course import LESSONS, some

pytestmark = [pytest.mark.site, pytest.mark.browser]
FEW = 60        # settings of a dashboard that moves in full: here each control moves alone
QUICK = ("02",)
SCREEN = {"width": 1280, "height": 720}
SCROLL = 3      # slides of a lesson, at most

# What is wrong with the slide on show, all of its steps shown: what is cut off, and what is less than 18
# pixels high. A picture says how high its smallest words are (data-least); what is made to be handed out on
# paper may be smaller.
FAULTS = """() => {
    const slide = Reveal.getCurrentSlide(), found = [];
    if (slide.scrollHeight > slide.clientHeight + 1) return ['it scrolls'];
    const say = (what, e) => found.push(`${what}: ${e.localName} ${e.textContent.trim().slice(0, 30)}`);
    const apart = 'svg *, aside, aside *, style, math, math *, .course-words, .course-words *';     // scrolls
    for (const e of slide.querySelectorAll(`:not(${apart})`)) {
        const {left, top, right, bottom, width} = e.getBoundingClientRect();
        if (e.closest('mjx-assistive-mml') || !width) continue;
        if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1) say('cut off', e);
        if (e.localName === 'img' && !(e.complete && e.naturalWidth)) say('broken', e);
        const {display, overflow} = getComputedStyle(e);
        const hides = overflow !== 'visible' && display !== 'inline' && !e.matches('input, select');
        if (hides && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1))
            say('hidden in part', e);
    }
    if (/page to fill in by hand|The page, filled in/.test(slide.textContent)) return found;
    const wide = e => e.getBoundingClientRect().width;
    const all = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    for (let text = all.nextNode(); text; text = all.nextNode()) {
        const e = text.parentElement, svg = e.closest('svg');
        if (!text.textContent.trim() || e.closest('aside, style, mjx-assistive-mml')) continue;
        if (!e.checkVisibility({visibilityProperty: true})) continue;
        const scale = svg ? wide(svg) / svg.viewBox.baseVal.width : wide(slide) / slide.offsetWidth;
        if (parseFloat(getComputedStyle(e).fontSize) * scale < 17.9) say('small', e);
    }
    for (const img of slide.querySelectorAll('.course-drawn > img:first-child, figure img, img.drawing')) {
        const least = Number(img.closest('[data-least]')?.dataset.least ?? 0);
        if (img.checkVisibility() && least * wide(img) / img.naturalWidth < 17.9) say('small', img);
    }
    return found;
}"""
SLIDE = ".slides section:not(:has(section))"
# What can be seen of the slide on show.
SEEN = """() => Array.from(Reveal.getCurrentSlide().querySelectorAll('*')).filter(e =>
    e.checkVisibility({visibilityProperty: true}) && !e.closest('aside')).map(e =>
    e.getBoundingClientRect().top + e.localName + (e.childElementCount ? '' : e.textContent)).join()"""


@pytest.fixture(scope="module", params=some(LESSONS, QUICK))
def deck(request, tmp_path_factory):
    """The deck of a lesson, alone in a folder. To play and make it takes half a minute."""
    return make_slides.make(request.param, tmp_path_factory.mktemp("decks"), FEW)


@pytest.fixture(scope="module")
def page(deck, browser):
    """The deck on the screen of a projector."""
    page = browser.page(viewport=SCREEN, screen=SCREEN)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(deck.as_uri())
    page.wait_for_selector("body[data-ready]", timeout=60_000)          # all is laid out
    yield page
    assert page.problems == []
    assert {url for url in asked if not url.startswith(("data:", "blob:"))} == {deck.as_uri()}
    page.close()


def go(page, slide, step: int) -> None:
    slide.evaluate("(slide, step) => { const {h, v} = Reveal.getIndices(slide); Reveal.slide(h, v, step) }",
                   step)


def test_no_slide_is_cut_off_and_no_type_is_small(page):
    slides, wrong = page.locator(SLIDE).all(), {}
    for number, slide in enumerate(slides):
        go(page, slide, 99)
        if found := page.evaluate(FAULTS):
            wrong[number] = found
    scroll = [number for number, found in wrong.items() if found == ["it scrolls"]]
    assert len(slides) > 15 and len(scroll) <= SCROLL, scroll
    assert {number: found for number, found in wrong.items() if number not in scroll} == {}


def test_each_press_of_a_clicker_shows_something_and_leads_back(page):
    """Eight seconds: an answer is hidden until it is asked for, on each slide of a lesson."""
    from playwright.sync_api import expect

    page.evaluate("Reveal.slide(0, 0, -1)")
    seen = [page.evaluate(SEEN)]
    while page.evaluate("!Reveal.isLastSlide() || Reveal.availableFragments().next"):
        page.keyboard.press("PageDown")
        seen.append(page.evaluate(SEEN))
        assert seen[-1] != seen[-2], f"press {len(seen) - 1}"
    page.keyboard.press("PageUp")
    assert page.evaluate(SEEN) == seen[-2]
    for answer in page.locator(".fragment.answer").all():
        slide = answer.locator("xpath=ancestor::section[1]")
        go(page, slide, -1)
        expect(answer).not_to_be_visible()
        for _ in range(slide.locator(".fragment").count()):
            if "visible" not in answer.get_attribute("class").split():
                page.keyboard.press("PageDown")
        expect(answer).to_be_visible()


def test_a_slider_moves_inside_a_slide_and_s_shows_the_notes(page):
    from playwright.sync_api import expect

    slide = page.locator(SLIDE, has=page.locator("input[type=range]")).first
    go(page, slide, 99)
    status = slide.locator(".course-status").first
    before, place = status.inner_text(), page.evaluate("Reveal.getIndices()")
    slider = slide.locator("input[type=range]").first
    slider.focus()
    page.keyboard.press("Home" if slider.input_value() == slider.get_attribute("max") else "End")
    expect(status).not_to_have_text(before)
    assert page.evaluate("Reveal.getIndices()") == place, "the arrow keys are the slider's"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices()") != place, "and the deck's again"
    go(page, page.locator(SLIDE, has=page.locator("aside", has_text="First vote")).first, -1)
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    popup.value.locator(".speaker-controls-notes .value").get_by_text("First vote").wait_for()
    popup.value.close()
