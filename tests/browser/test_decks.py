"""The decks: each one file, whose slides hold a lesson whole, and nothing runs over an edge.

Needs Chromium or Chrome, and what builds the sites.
"""

import functools
import html
import re
import shutil
from collections import Counter

import make_slides
import play
import pytest
from course import LESSONS, some

from helpers.data import question

pytestmark = [pytest.mark.site, pytest.mark.browser]
FEW = 60        # settings of a dashboard that moves in full: here each control moves alone
SIZES = {"1024x768": (1024, 768), "1920x1080": (1920, 1080)}

# What is wrong with the slide on show: what lies over an edge, what a box hides, what is not there.
FAULTS = """slide => {
    const found = [], unseen = 'svg *, aside, aside *, style, mjx-assistive-mml, math, math *';
    for (const e of slide.querySelectorAll(`:not(${unseen})`)) {
        const say = what =>
            found.push(`${what}: ${e.localName} ${e.className} ${e.textContent.slice(0, 30)}`);
        const {left, top, right, bottom, width} = e.getBoundingClientRect();
        const over = left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
        if (width && over) say('over the edge');
        if (e.localName === 'img' && !(e.complete && e.naturalWidth)) say('broken');
        if (e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1) continue;
        const {display, overflowX, overflowY} = getComputedStyle(e);
        const hides = overflowX !== 'visible' || overflowY !== 'visible';
        if (hides && display !== 'inline' && !e.matches('input, select')) say('hidden');
    }
    if (!slide.querySelector('h2').textContent.trim()) found.push('no heading');
    if (!slide.querySelector('.part')) found.push('nothing on it');
    return found;
}"""
# The smallest words of the slide on show, if they are less than 18 pixels of 720 high and the screen is wide.
# A picture says how high its smallest words are (data-least). A text that grows when a control moves
# may take a pixel of that. Pages to fill in are handed out on paper.
SMALL = """(slide, moved) => {
    const onPaper = /page to fill in by hand|The page, filled in/.test(slide.textContent);
    if (onPaper || innerWidth < 1.6 * innerHeight) return [];
    const found = [], pixel = 720 / innerHeight, width = e => e.getBoundingClientRect().width;
    const check = (high, words, least = 17.9) => high * pixel < least &&
        found.push(`${(high * pixel).toFixed(1)} pixels high: ${words.trim().slice(0, 30)}`);
    const scale = width(slide) / slide.offsetWidth, pictures = '.course-drawn > img:first-child, figure img';
    const all = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    for (let text = all.nextNode(); text; text = all.nextNode()) {
        const e = text.parentElement, svg = e.closest('svg');
        if (!text.textContent.trim() || e.closest('aside, style, mjx-assistive-mml')) continue;
        if (!e.checkVisibility({visibilityProperty: true})) continue;
        const shrunk = svg ? width(svg) / svg.viewBox.baseVal.width : scale;
        check(parseFloat(getComputedStyle(e).fontSize) * shrunk, text.textContent, svg && moved ? 17 : 17.9);
    }
    for (const picture of slide.querySelectorAll(`${pictures}, img.drawing`)) {
        const least = Number(picture.closest('[data-least]')?.dataset.least ?? 0);
        if (!picture.checkVisibility()) continue;
        const high = least * width(picture) / picture.naturalWidth;
        check(high, `in a picture: ${picture.alt}`, moved ? 17 : 17.9);
    }
    return found.sort().slice(0, 1);
}"""
# For each slide all its steps are shown, then each control of its dashboard is brought to its ends.
LOOK = f"""async () => {{
    const faults = {FAULTS}, small = {SMALL}, found = [];
    const look = (slide, place, moved = false) =>
        [...faults(slide), ...small(slide, moved)].forEach(fault => found.push(`${{place}}: ${{fault}}`));
    const shown = [...document.querySelectorAll('section.slide')];
    for (const [place, slide] of shown.entries()) {{
        const {{h, v}} = Reveal.getIndices(slide);
        Reveal.slide(h, v, 99);
        look(slide, place + 1);
        for (const root of slide.querySelectorAll('.course-play')) {{
            const play = coursePlayed.get(root.id);
            for (const [dial, {{name, words}}] of play.dials.entries()) {{
                for (const value of [words.length - 1, 0]) {{
                    await play.go(dial, value);
                    await null;                 // what is laid anew is laid before this goes on
                    look(slide, `${{place + 1}} with ${{root.id}}, ${{name}} ${{words[value]}}`, true);
                }}
            }}
        }}
    }}
    return found;
}}"""

# From the first slide to the last, the presses after which less than a thousandth of the screen is new.
PRESS = """() => {
    const seen = () => {
        const found = new Map(), slide = Reveal.getCurrentSlide();
        const all = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
        for (let text = all.nextNode(); text; text = all.nextNode()) {
            const e = text.parentElement, range = document.createRange();
            if (e.closest('aside, style') || !e.checkVisibility({visibilityProperty: true})) continue;
            range.selectNodeContents(text);
            const {left, top, width, height} = range.getBoundingClientRect();
            found.set(`${left} ${top} ${text.textContent}`, width * height / innerWidth / innerHeight);
        }
        for (const picture of slide.querySelectorAll('img')) {
            if (!picture.checkVisibility({visibilityProperty: true})) continue;
            const {left, top, width, height} = picture.getBoundingClientRect();
            found.set(`${left} ${top} ${picture.alt}`, width * height / innerWidth / innerHeight);
        }
        return found;
    };
    const blind = [];
    Reveal.slide(0, 0, -1);
    for (let before = seen(), press = 1; !Reveal.isLastSlide() || Reveal.availableFragments().next; press++) {
        Reveal.next();
        const after = seen(), {h, v, f} = Reveal.getIndices();
        const fresh = [...after].reduce((sum, [words, share]) => sum + (before.has(words) ? 0 : share), 0);
        if (fresh < 0.001) blind.push(`press ${press}, to ${h}/${v}/${f}`);
        before = after;
    }
    return blind;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("decks")


@pytest.fixture(scope="module")
def made(folder):
    """Makes the deck of a lesson, once."""
    return functools.cache(lambda path: make_slides.make(path, folder, FEW))


def open_deck(browser, file, size: str):
    """A page with a deck, on a screen of a size; what it asks for is kept in `page.asked`."""
    width, height = SIZES[size]
    room = {"width": width, "height": height}
    page = browser._browser.new_page(viewport=room, screen=room)
    page.asked, page.problems = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    return page


# To play a lesson takes its time: the quick run plays this one.
QUICK = ("02",)


@pytest.fixture(scope="module", params=some(LESSONS, QUICK))
def path(request):
    """Each lesson in turn; what follows is done for one before the next begins."""
    return request.param


@pytest.fixture(scope="module", params=SIZES)
def page(request, path, made, browser):
    """The deck of each lesson on each screen."""
    opened = open_deck(browser, made(path), request.param)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def second(made, browser):
    """The deck of lesson 02, on the smaller screen."""
    opened = open_deck(browser, made(play.notebook("02")), "1024x768")
    yield opened
    opened.close()


def asked(page) -> set[str]:
    """What a page asked for, besides what stands in it."""
    return {url for url in page.asked if not url.startswith(("data:", "blob:"))}


def show(page, words: str):
    """Go to the first slide with these words, its steps still to come."""
    slide = page.locator("section.slide", has_text=words).first
    slide.evaluate("slide => { const {h, v} = Reveal.getIndices(slide); Reveal.slide(h, v, -1); }")
    return slide


def test_nothing_is_too_small_or_runs_over_an_edge_wherever_the_controls_stand(page):
    assert page.evaluate(LOOK) == []
    assert page.locator("section.slide").count() > 15 and page.problems == []
    assert asked(page) == {page.url.partition("#")[0]}
    assert page.locator("mjx-container").count() >= 3 and page.locator("[data-mml-node=merror]").count() == 0


def test_each_press_of_a_clicker_shows_something(page):
    assert page.evaluate(PRESS) == []


def test_a_deck_alone_in_a_folder_is_whole(made, browser, tmp_path):
    alone = shutil.copy(made(play.notebook("02")), tmp_path / "deck.html")
    page = open_deck(browser, alone, "1024x768")
    assert page.evaluate("Array.from(document.images).every(image => image.naturalWidth > 0)")
    assert page.problems == [] and asked(page) == {alone.as_uri()}
    page.goto("about:blank")
    page.goto(alone.as_uri() + "#%E0%A4")           # a link that was cut in the middle of a letter
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    assert page.problems == []
    page.close()


def words(text: str) -> Counter:
    """The words of a text, with how often each is there."""
    return Counter(re.findall(r"[^\W\d_]{2,}", html.unescape(text)))


def test_s_shows_the_notes(second):
    page = second
    show(page, "You raise the scale of the weights")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    notes = popup.value.locator(".speaker-controls-notes .value")
    notes.get_by_text("First vote to expect: 60 % right").wait_for(timeout=30_000)
    assert f"{question('02.scale-of-weights').number}, answer c" in notes.inner_text()


def test_a_dashboard_moves_and_a_clickers_keys_go_on(second):
    page = second
    slide = show(page, "The curve is steep on the left")
    status, picture = slide.locator(".course-status"), slide.locator(".course-drawn svg")
    before, drawn = status.inner_text(), picture.inner_html()
    slide.locator("input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    slide.locator(".course-status", has_text="0.26").wait_for(timeout=10_000)
    assert before != status.inner_text() and drawn != picture.inner_html()
    place = page.evaluate("Reveal.getIndices()")
    page.keyboard.press("PageDown")
    after = page.evaluate("Reveal.getIndices()")
    assert after != place
    slide.locator(".course-status [tabindex='0']").focus()
    page.keyboard.press("ArrowRight")       # goes to the next word that points, not on
    assert page.evaluate("Reveal.getIndices()") == after
    page.keyboard.press("Escape")           # the arrow keys are the deck's again
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices()") != after
