"""Networks that learn and write in a page: the site's first page, the laboratory, and one taken home.

They are tried on small pages that are opened from the disk, without any connection.
"""

from pathlib import Path

import barriers
import learner
import numpy as np
import play
import pytest
from course import ROOT

import helpers.runs
from helpers.data import TextError, course_corpus, own_corpus, read_text
from helpers.networks import CELLS
from helpers.runs import CorpusTraining, load_run, take_home
from helpers.widgets.laboratory import controls as dials

pytestmark = pytest.mark.browser

ENGINE = Path(helpers.runs.__file__).with_name("engine.js").read_text(encoding="utf-8")
SMALL = {"hidden_size": 10, "sequence_length": 5}
PLAY = (ROOT / "data" / "texts" / "input.txt").read_text(encoding="utf-8")
PASTES = {
    "empty": "", "one character": "aaaa" * 100, "one space": " " * 300, "short": "0123456789" * 5,
    "RTF": "  {\\rtf1\\ansi hello}" + PLAY, "PDF": "%PDF-1.4\n" + PLAY, "NUL": PLAY + "\0",
    "web page": "<!doctype html><html><p>" + PLAY, "carriage returns": PLAY.replace("\n", "\r\n"),
    "thirty-one accents": "e" + "\u0316" * 31 + PLAY, "accents": "cafe\u0301 au lait. " * 40,
    "bidi": "\u202eabc\u2066def\u2069 " * 40, "Hebrew": "\u05e9\u05dc\u05d5\u05dd " * 80,
    "emoji": "\U0001f600 is \U0001f469\u200d\U0001f680 " * 40, "byte order mark": "\ufeff" + PLAY,
    "blanks": PLAY + "\u00a0\u2003\u2028\u2800\ue000", "3 million": "All work and no play. " * 136_364,
    "a thousand characters": "".join(map(chr, range(0x4E00, 0x4E00 + 1200))) * 2, "play": PLAY,
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The addresses of a first page, of a laboratory and of a network that was taken home."""
    folder = tmp_path_factory.mktemp("learning")
    (folder / "states").mkdir()
    for name, text in {"player.js": play.script(), "player.css": play.style(), **learner.scripts()}.items():
        (folder / name).write_text(text, encoding="utf-8")
    still = '<div class="course-play" id="recorded" data-play="{}"><p>A recorded run.</p></div>'
    boards = {"front": learner.front(still),
              "laboratory": learner.learner_html("laboratory", "laboratory", before="02/class_run", **SMALL)}
    for name, board in boards.items():
        (folder / f"{name}.html").write_text(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Learn</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            '<link rel="stylesheet" href="player.css"><link rel="stylesheet" href="learner.css">'
            '<script src="player.js" defer></script><script src="learner.js" defer></script></head>'
            f'<body><main><h1>Learn</h1>{board}<div style="height: 3000px"></div>'
            "<p>Far below</p></main></body></html>", encoding="utf-8")
    take_home(*load_run("08/gru"), folder / "taken.html", title="A <play> & more", loss=1.5, updates=100_000)
    return {path.stem: path.as_uri() for path in folder.glob("*.html")}


@pytest.fixture
def page(browser):
    page = browser.page(offline=True, reduced_motion="reduce")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    assert page.problems == []
    assert {url.partition(":")[0] for url in asked} <= {"file", "blob", "data"}, "nothing leaves it"
    page.close()


def until(page, condition: str) -> None:
    """Wait until something is so of the board `one` and its `run`."""
    page.wait_for_function(f"() => {{ const one = [...courseLearners.values()][0], run = one.run; "
                           f"return run && ({condition}) }}", timeout=60_000)


def stands_still(page) -> bool:
    updates = "[...courseLearners.values()][0].run.updates"
    page.wait_for_timeout(300)      # what was under way
    before = page.evaluate(updates)
    page.wait_for_timeout(400)
    return page.evaluate(updates) == before


def test_on_the_first_page_it_learns_rests_unseen_is_broken_and_starts_again(pages, browser):
    """Six seconds, in which a network learns."""
    page = browser.page()
    page.goto(pages["front"])
    assert not page.get_by_text("A recorded run").is_visible()
    until(page, "run.updates > 600 && run.smoothed.at(-1) < 2.5")
    assert page.locator("pre").inner_text()
    page.locator("[role=status]").get_by_text("occur in the play").wait_for()
    page.get_by_text("Far below").scroll_into_view_if_needed()
    assert stands_still(page), "nobody sees it"
    page.evaluate("scrollTo(0, 0)")
    page.get_by_label("targets not shifted").check()
    until(page, r"run.smoothed.at(-1) < 0.3 && /(.)\1{20}/s.test(run.written)")     # it copies what it reads
    page.get_by_role("button", name="Start again").click()
    until(page, "one.number === 2 && run.updates > 20")
    page.get_by_text("broken on purpose: targets not shifted").first.wait_for()
    assert barriers.look(page)["wcag"] == [] and page.problems == []
    page.close()


def test_the_laboratory_is_that_of_a_notebook(pages, page):
    page.goto(pages["laboratory"])
    controls, files = dials.laboratory_controls(SMALL, CELLS)
    for name in dials.PANELS:
        page.get_by_role("button", name=name, exact=True).click()
        labels = {controls[each].description for each in learner.rows(controls | files, controls)[name]}
        assert all(page.get_by_label(label, exact=True).is_visible() for label in labels), name
    page.get_by_role("button", name="Train", exact=True).click()
    until(page, "run.updates > 100")
    page.get_by_role("button", name="Pause").click()
    assert page.get_by_role("button", name="Step").is_enabled()
    page.get_by_role("button", name="Network").click()
    page.get_by_label("cell").select_option("GRU")
    until(page, "one.number === 2")
    page.get_by_text("2: RNN with 10 units, length 5, seed 0, Adagrad at 0.1, clipped by value").wait_for()
    assert barriers.look(page)["wcag"] == []


def test_a_pasted_text_is_read_or_refused_as_in_a_notebook(pages, page):
    page.goto(pages["laboratory"])
    for name, text in PASTES.items():
        try:
            read = own_corpus("your pasted text", read_text(text.encode("utf-8", "replace")))
            wanted = {"title": read.title, "text": read.texts()[0], "heldout": read.texts()[1]}
        except TextError as refused:
            wanted = str(refused)
        made = page.evaluate("""pasted => { try { return courseReader().ownCorpus(pasted) }
            catch (error) { return error.message } }""", text)
        if isinstance(made, dict):
            made.pop("lines")
        assert made == wanted, name


@pytest.mark.parametrize("name", ["front", "laboratory", "taken"])
def test_it_fits_a_phone(name, pages, browser):
    page = browser.page(has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(pages[name])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in page.locator(":is(.course-learns, main) :is(button, select, input):visible").all():
        assert control.bounding_box()["height"] >= 16
    assert barriers.look(page)["wcag"] == []
    page.close()


# The engine of all of these.

STARTS = {"optimizer": "Adagrad", "learning_rate": 0.02, "clip": "by value", "threshold": 0.2}
RUNS = {        # at the class's rate of 0.1 runs from weights that differ by 1e-7 are soon far apart
    "class": {}, "norm": {"clip": "by norm", "threshold": 0.5},
    "Adam": {"optimizer": "Adam", "learning_rate": 0.003}, "SGD": {"optimizer": "SGD", "clip": "off"},
    "RMSProp": {"optimizer": "RMSProp", "learning_rate": 0.002}, "not shifted": {"targets_not_shifted": True},
    "not carried": {"state_not_carried": True},
    "faults": {"no_clipping": True, "rate_times_ten": True, "learning_rate": 0.003},
}
RUN = """({text, heldout, settings, set, vector}) => {
    const training = new (courseEngine().Training)({text, heldout, ...settings}), losses = [];
    training.model.params.vector.set(vector);
    training.set(set);
    for (let n = 0; n < 200; n++) { training.update(); losses.push(training.last.loss) }
    return [losses, training.measure()];
}"""


@pytest.mark.parametrize(("cell", "name"), [*(("RNN", name) for name in RUNS), ("GRU", "class"),
                                            ("LSTM", "Adam")])
def test_two_hundred_updates_are_those_of_numpy(page, cell, name):
    page.add_script_tag(content=ENGINE)
    corpus, settings = course_corpus(), STARTS | RUNS[name]
    training = CorpusTraining(corpus, cell, 40, 25, 0)
    text, heldout = corpus.texts()
    losses, measured = page.evaluate(RUN, {
        "text": text, "heldout": heldout, "set": settings, "vector": training.model.params.vector.tolist(),
        "settings": {"cell": cell, "hidden_size": 40, "sequence_length": 25}})
    dials.apply_settings(training, dict.fromkeys(dials.FAULTS, False) | settings)
    for number in range(200):
        training.update()
        if number < 20:
            assert losses[number] == pytest.approx(training.history.last.loss, rel=1e-3), number
    training.measure()
    assert measured == pytest.approx(training.history.heldout[-1], rel=1e-3)


# Taken home.

WRITE = """([beginning, noise, temperature]) => {
    let used = 0;                           // the network and its alphabet are the page's
    const prompt = [...beginning].map(one => numbers.get(one));
    return model.sample(prompt, 200, () => noise[used++], temperature).map(n => characters[n]).join('');
}"""


@pytest.mark.parametrize("temperature", [1.0, 0.3])
def test_a_network_at_home_writes_what_python_writes(pages, page, temperature):
    model, vocabulary = load_run("08/gru")
    prompt = vocabulary.encode("Nettle said, ")
    written = vocabulary.decode(model.sample(prompt, 200, np.random.default_rng(5), temperature))
    noise = np.random.default_rng(5).standard_exponential((200, len(vocabulary))).ravel().tolist()
    page.goto(pages["taken"])
    assert page.evaluate(WRITE, ["Nettle said, ", noise, temperature]) == written


def test_at_home_the_slider_is_the_temperature_of_what_is_written(pages, page):
    """From the same random numbers it writes the same, and at another temperature something else."""
    page.goto(pages["taken"])
    written = []
    for temperature in ("0.1", "2", "0.1"):
        page.get_by_label("Temperature").fill(temperature)
        page.get_by_label("Beginning").fill("Nettle said, ")
        page.evaluate("() => { Math.random = courseEngine().seeded(3) }")
        page.get_by_label("Beginning").press("Enter")
        written.append(page.locator("#text").text_content())
    assert written[0] == written[2] != written[1] and len(written[0]) > 300
    page.get_by_label("Beginning").fill("Ω")            # which it never read
    page.get_by_role("button", name="Write").click()
    found = barriers.look(page)
    assert found["wcag"] == [] and found["practice"] == []
