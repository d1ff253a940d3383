"""A network that learns on the page: on the first page of the site, and as the laboratory of lessons.

All is tried on two small pages that are opened from the disk; a whole site has nothing more of it.
"""

import json

import barriers
import learner
import play
import pytest
from course import ROOT

from helpers.data import TextError, own_corpus, read_text
from helpers.networks import CELLS, OPTIMIZERS
from helpers.runs import CorpusTraining
from helpers.widgets.laboratory import controls as dials

PLAY = (ROOT / "data" / "texts" / "input.txt").read_text(encoding="utf-8")
PASTES = {
    "empty": "", "one character": "aaaa" * 100, "one at first": "a" * 1_000_000 + PLAY,
    "one space": " " * 300, "one accent": "\u0301" * 300,
    "short": "0123456789" * 5, "RTF": "  {\\rtf1\\ansi hello}" + PLAY, "PDF": "%PDF-1.4\n" + PLAY,
    "NUL": PLAY + "\0", "mostly controls": "\x01\x02ab" * 200, "some controls": "ab\x07" + PLAY,
    "carriage returns": PLAY.replace("\n", "\r\n"), "old Mac": PLAY.replace("\n", "\r"),
    "accents in a row": ("e" + "\u0301\u0316" * 1000 + "\U0001e8d0" * 16 + " and on ") * 40,
    "thirty accents": ("e" + "\u0316" * 30) * 40 + PLAY, "thirty-one": "e" + "\u0316" * 31 + PLAY,
    "accents": "cafe\u0301 au lait. " * 40, "bidi": "\u202eabc\u2066def\u2069 " * 40,
    "Hebrew": "\u05e9\u05dc\u05d5\u05dd " * 80, "one Hebrew": "\u05e9" * 200,
    "emoji": "\U0001f600 is \U0001f469\u200d\U0001f680 " * 40, "byte order mark": "\ufeff" + PLAY,
    "half a character": "\ud800" + PLAY, "web page": "<!doctype html><html><p>" + PLAY,
    "invisible": PLAY + "".join(map(chr, [*range(0x180A, 0x1811), *range(0x2000, 0x2070)])) * 3,
    "tags": PLAY + "".join(map(chr, range(0xE0000, 0xE1002))) + "\uffef\ufff0\ufff9\U0001d17b",
    "blank letters": "\u034f\u115f\u1160\u17b4\u2800\u3164\ufe0f\uffa0\ufffc" + PLAY,
    "one blank": "\u2800" * 300,
    "blanks": PLAY + "\u00a0\u2003\u2028\ue000",
    "a thousand": "".join(map(chr, range(0x4E00, 0x4E00 + 1200))) * 2,
    "3 million": "All work and no play. " * 136_364, "play": PLAY,
}


SMALL = {"hidden_size": 10, "sequence_length": 5}


def write(folder, name: str, board: str) -> str:
    """A page with a board, and much below it; its address."""
    (folder / name).write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Learn</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="player.css"><link rel="stylesheet" href="learner.css">'
        '<script src="player.js" defer></script><script src="learner.js" defer></script></head>'
        f'<body><main><h1>Learn</h1>{board}<div style="height: 3000px"></div>'
        "<p>Far below</p></main></body></html>",
        encoding="utf-8")
    return (folder / name).as_uri()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The addresses of a first page and of a laboratory."""
    folder = tmp_path_factory.mktemp("learner")
    (folder / "states").mkdir()
    for name, text in {"player.js": play.script(), "player.css": play.style(), **learner.scripts()}.items():
        (folder / name).write_text(text, encoding="utf-8")
    still = '<div class="course-play" id="recorded" data-play="{}"><p>A recorded run.</p></div>'
    laboratory = learner.told("laboratory", "laboratory", before="02/class_run", **SMALL)
    return write(folder, "front.html", learner.front(still)), write(folder, "laboratory.html", laboratory)


@pytest.fixture
def page(browser):
    page = browser.page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    assert page.problems == []
    assert {url.partition(":")[0] for url in page.asked} <= {"file", "blob", "data"}, "nothing leaves it"
    page.close()


RUN = "[...courseLearners.values()][0].run"


def until(page, condition: str) -> None:
    """Wait until something is so of the board `one` and its `run`."""
    page.wait_for_function(f"() => {{ const one = [...courseLearners.values()][0], run = one.run; "
                           f"return run && ({condition}) }}", timeout=60_000)


def updates(page) -> int:
    return page.evaluate(f"{RUN}.updates")


def stands_still(page) -> bool:
    page.wait_for_timeout(300)      # what was under way
    before = updates(page)
    page.wait_for_timeout(400)
    return updates(page) == before


@pytest.mark.browser
def test_it_learns_by_itself_is_broken_and_starts_again(pages, page):
    page.goto(pages[0])
    assert not page.get_by_text("A recorded run").is_visible()
    until(page, "run.updates > 600 && run.smoothed.at(-1) < 2.5")
    first = page.locator("pre").inner_text()
    said = page.locator("[role=status]")
    said.get_by_text("occur in the play").wait_for()
    assert first and said.get_attribute("aria-live") == "off", "what goes on by itself is not read out"
    page.get_by_label("targets not shifted").check()
    until(page, r"run.smoothed.at(-1) < 0.3 && /(.)\1{20}/s.test(run.written)")     # it copies what it reads
    page.get_by_label("targets not shifted").uncheck()
    page.get_by_role("button", name="Start again").click()
    until(page, "one.number === 2 && run.updates > 20")
    page.get_by_text("Grey curves: 1: GRU with 64 units, length 25").wait_for()
    assert "broken on purpose: targets not shifted" in page.locator(".course-grey").first.inner_text()
    assert updates(page) < 600
    assert barriers.look(page)["wcag"] == []


@pytest.mark.browser
def test_it_rests_where_it_is_not_seen(pages, page):
    page.goto(pages[0])
    until(page, "run.updates > 20")
    page.get_by_text("Far below").scroll_into_view_if_needed()
    assert stands_still(page)
    page.evaluate("scrollTo(0, 0)")
    until(page, f"run.updates > {updates(page)}")
    hide = """hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange')) }"""
    page.evaluate(hide, True)
    assert stands_still(page)
    page.evaluate(hide, False)
    until(page, f"run.updates > {updates(page)}")


@pytest.mark.browser
def test_the_laboratory_is_that_of_a_notebook(pages, page):
    page.goto(pages[1])
    controls, files = dials.laboratory_controls(SMALL, CELLS)
    page.get_by_text("Press Train.").wait_for()
    page.get_by_text("Grey curves: 1: precomputed with 100 units.").wait_for()
    for name in dials.PANELS:
        page.get_by_role("button", name=name, exact=True).click()
        labels = {controls[each].description for each in learner.rows(controls | files, controls)[name]}
        assert all(page.get_by_label(label, exact=True).is_visible() for label in labels), name
    page.get_by_role("button", name="Train", exact=True).click()
    until(page, "run.updates > 100")
    page.get_by_role("button", name="Pause").click()
    assert page.get_by_role("button", name="Step").is_enabled()
    training = CorpusTraining(dials.course_corpus(), CELLS["RNN"], 10, 5, 0)
    values = {name: one.value for name, one in controls.items() if hasattr(one, "value")}
    dials.apply_settings(training, values)
    assert page.evaluate("courseLearners.get('laboratory').inWords()") == dials.run_in_words(training, [])
    begin_anew = {"train", "cell", "hidden_size", "sequence_length", "seed"}     # all others act on what runs
    assert set(page.evaluate("Object.keys(courseLearners.get('laboratory').settings())")) == {
        name for name in values if name not in begin_anew}
    training.measure()
    said = dials.state_in_words(training, values, False, 0, 20_000)
    assert page.locator("[role=status]").inner_text().endswith(said.partition("Train. ")[2])
    page.get_by_role("button", name="Network").click()
    page.get_by_label("cell").select_option("GRU")
    until(page, "one.number === 2")
    page.get_by_text("2: RNN with 10 units, length 5, seed 0, Adagrad at 0.1, clipped by value").wait_for()
    assert list(OPTIMIZERS) == list(learner.OPTIMIZERS)
    assert barriers.look(page)["wcag"] == []


@pytest.mark.browser
def test_a_pasted_text_is_read_or_refused_with_the_words_of_python(pages, page):
    page.goto(pages[1])
    for name, text in PASTES.items():
        try:
            read = own_corpus("your pasted text", read_text(text.encode("utf-8", "replace")))
            wanted = {"title": read.title, "text": read.texts()[0], "heldout": read.texts()[1]}
        except TextError as refused:
            read, wanted = None, str(refused)
        made = page.evaluate("""pasted => { try { return courseReader().ownCorpus(JSON.parse(pasted)) }
            catch (error) { return error.message } }""", json.dumps(text))
        lines = made.pop("lines") if isinstance(made, dict) else {}
        assert made == wanted, name
        assert read is None or lines == pytest.approx(read.lines, abs=1e-9), name


@pytest.mark.browser
def test_it_fits_a_phone(pages, browser):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = browser._browser.new_context(**phone)
    page = context.new_page()
    for address in pages:
        page.goto(address)
        until(page, "run.measured.length")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        controls = page.locator(".course-learns :is(button, select, input)").locator("visible=true")
        for control in controls.all():
            assert control.bounding_box()["height"] >= 16
    context.close()
