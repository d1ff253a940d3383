"""A network that learns on the page: on the first page of the site, and as the laboratory of lessons.

All is tried on two small pages that are opened from the disk; a whole site has nothing more of it.
"""

import base64
import gzip
import json
import math
import re

import barriers
import learner
import numpy as np
import play
import pytest
from course import ROOT, cells

from helpers.data import TextError, own_corpus, read_text
from helpers.networks import CELLS, OPTIMIZERS
from helpers.runs import CorpusTraining
from helpers.widgets.laboratory import controls as dials

WINDOW = 1000, 700
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
def test_where_less_motion_is_preferred_it_waits_and_keys_are_enough(pages, browser):
    page = browser.page(reduced_motion="reduce")
    page.goto(pages[0])
    start = page.get_by_role("button", name="Start", exact=True)
    until(page, "run.measured.length")
    assert stands_still(page) and updates(page) == 0
    page.keyboard.press("Tab")
    assert start.evaluate("one => one === document.activeElement")
    page.keyboard.press("Space")
    until(page, "run.updates > 20")
    page.keyboard.press("Space")
    assert page.get_by_role("button", name="Go on").is_visible() and stands_still(page)
    for _ in range(2):
        page.keyboard.press("Tab")
    rate = page.get_by_role("slider", name="learning rate")
    before = rate.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowRight")
    assert before == "0.1" and rate.get_attribute("aria-valuetext") == "0.11"
    assert page.evaluate(f"{RUN}.on.learning_rate") == pytest.approx(10**-0.95)
    assert page.problems == []
    page.close()


@pytest.mark.browser
def test_nothing_is_computed_before_it_is_in_view(pages, page):
    page.add_init_script("""addEventListener('DOMContentLoaded', () => {
        document.querySelector('h1').style.marginBottom = '3000px' })""")
    page.goto(pages[0])
    page.wait_for_timeout(500)
    assert page.evaluate("!courseLearners.get('learner').worker")
    assert not any("text-play" in url for url in page.asked)
    page.locator("canvas").scroll_into_view_if_needed()
    until(page, "run.updates > 0")


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


# Seven runs one after the other, with seeds from 1; and what the page says of its grey curves.
SEVEN_RUNS = """() => {
    const one = courseLearners.get('laboratory'), points = Array(200).fill({loss: 2, smoothed: 2, norm: 1});
    for (let seed = 1; seed <= 7; seed++) {
        one.run = new one.run.constructor({chance: 4, unigram: 3, bigram: 2}, {...one.run.on, seed});
        one.run.take({updates: 200, points, heldout: [200, 2], written: '', rate: 0});
        one.keep();
    }
    one.show();
    return one.grey.textContent;
}"""


@pytest.mark.browser
def test_of_many_earlier_runs_the_last_five_stay_in_grey(pages, page):
    page.goto(pages[1])
    page.get_by_text("Press Train.").wait_for()
    assert re.findall(r"(\d): .*?seed (\d)", page.evaluate(SEVEN_RUNS)) == [
        (str(number), str(number + 2)) for number in range(1, 6)]


# A run with these updates, in pieces as its engine sends them; and what its page says and draws of it.
DRAWN = """({points, view}) => {
    const one = courseLearners.get('laboratory'), {curves} = one, drawn = {word: [], line: []};
    const run = one.run = new one.run.constructor({chance: 4, unigram: 3, bigram: 2}, one.run.on);
    for (let n = 0; n < points.length; n += 70) {
        const some = points.slice(n, n + 70), updates = n + some.length;
        const heldout = [updates, some.at(-1).smoothed + 0.3];
        run.take({updates, points: some, heldout, written: '', rate: 0});
    }
    for (const [name, list] of Object.entries(drawn)) {
        const draw = curves[name];
        curves[name] = (...parts) => { list.push(parts); draw.apply(curves, parts) };
    }
    Object.assign(one.on, {clip: 'by norm', threshold: 0.3});
    curves.view = view;
    one.show();
    return {...drawn, said: one.labWords()};
}"""


@pytest.mark.browser
@pytest.mark.parametrize("view", ["run", "norms"])
def test_the_chart_shows_each_number_where_its_axes_say_and_clipping_is_of_the_last_1000(pages, page, view):
    rng, size = np.random.default_rng(0), 2500
    loss, norm = 1 + 3 * rng.random(size), 10 ** rng.uniform(-1.9, 1.9, size)
    smoothed, clipped = 3 * np.exp(-np.arange(size) / 900) + 0.5, rng.random(size) < np.arange(size) / size
    page.goto(pages[1])
    page.get_by_text("Press Train.").wait_for()
    rows = zip(loss.tolist(), smoothed.tolist(), norm.tolist(), clipped.tolist(), strict=True)
    found = page.evaluate(DRAWN, {"view": view, "points": [
        dict(zip(("loss", "smoothed", "norm", "clipped"), row, strict=True)) for row in rows]})

    share = f"{100 * np.mean(clipped[-1000:]):.0f}%"
    assert f"smoothed loss {smoothed[-1]:.2f}, held out {smoothed[-1] + 0.3:.2f} nats" in found["said"]
    assert f"{share} of the last 1,000 gradients were clipped" in found["said"]
    words = [text for text, *_ in found["word"]]
    assert f"clipped: {share}" in words
    axis, updates = words.index("nats / character"), words.index("updates")
    losses = {float(text): y for text, _, y, align, *_ in found["word"][:axis] if align == "right"}
    steps = {int(text.replace(",", "")): x for text, x, *_ in found["word"][axis + 1 : updates]}
    _, _, _, *shown = found["line"]         # three are of the legend
    lines = [(ink, thick, np.array(x), np.array(y)) for x, y, ink, thick, *_ in shown]

    def places(numbers, of):
        """Where numbers are on an axis with these numbers at those places, from its first to its last."""
        first, *_, last = sorted(of)
        return of[first] + (np.asarray(numbers) - first) * (of[last] - of[first]) / (last - first)

    def drawn(ink, thick):
        """The line of this look: the updates at which it is, and how high."""
        (x, y), = [(x, y) for *look, x, y in lines if look == [ink, thick]]
        first, *_, last = sorted(steps)
        at = first + (x - steps[first]) * (last - first) / (steps[last] - steps[first])
        return np.round(at).astype(int), y

    for ink, thick, numbers in (("#000", 2.2, smoothed), ("#8A8A8AB3", 0.8, loss)):
        at, y = drawn(ink, thick)
        assert at[0] == 1 and at[-1] > 2450 and (np.diff(at) == np.diff(at)[0]).all()
        np.testing.assert_allclose(y, places(numbers[at - 1], losses))
    at, y = drawn("#0072B2", 2)
    assert list(at) == [*range(70, size, 70), size]
    np.testing.assert_allclose(y, places(smoothed[at - 1] + 0.3, losses))
    lower = [y[0] for *look, _, y in lines if look == ["#5C5C5C", 1]]
    np.testing.assert_allclose(lower, places([4, 3, 2], losses))
    assert [words[updates + 1 :].index(name) for name in ("chance", "unigram", "bigram")] == [0, 1, 2]

    below = found["word"][words.index(f"clipped: {share}") :]
    norms = {math.log10(float(text)): (x, y) for text, x, y, *_ in below if re.fullmatch(r"[\d.]+", text)}
    (x, y), = [(x, y) for *look, x, y in lines if look == ["#000", 2]]
    if view == "run":
        at, heights = drawn("#D55E00", 1.2)
        up = {number: y for number, (_, y) in norms.items()}
        np.testing.assert_allclose(heights, places(np.log10(norm[at - 1]), up))
        np.testing.assert_allclose(y, places(math.log10(0.3), up))
    else:
        (_, _, _, heights), = [one for one in lines if one[:2] == ("#D55E00", 2)]
        counts, _ = np.histogram(np.log10(norm[-1000:]), 60, (-2, 2))
        bars = heights[0] - heights[1:-1:2]
        np.testing.assert_allclose(bars / max(bars), counts / max(counts))
        right = {number: x for number, (x, _) in norms.items()}
        np.testing.assert_allclose(x, places(math.log10(0.3), right))


@pytest.mark.browser
def test_what_is_taken_home_has_the_weights_of_the_run(pages, page, tmp_path):
    page.goto(pages[1])
    page.get_by_role("button", name="Train", exact=True).click()
    until(page, "run.updates > 100")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="File", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Take home").click()
    download.value.save_as(tmp_path / "network.html")
    told = re.search(r'{"cell".*"updates":\d+}', (tmp_path / "network.html").read_text("utf-8"))[0]
    network = json.loads(told)
    weights = np.frombuffer(base64.b64decode(network["weights"]), "<f4")
    training = CorpusTraining(dials.course_corpus(), CELLS["RNN"], network["hidden_size"], 5, 0)
    assert weights.size == training.model.params.vector.size
    assert 1e-3 < np.median(abs(weights)) < abs(weights).max() < 20, "trained, and read as they were written"
    assert "".join(training.corpus.vocabulary.characters) == "".join(network["characters"])


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
def test_a_reader_pastes_a_text(pages, page):
    page.goto(pages[1])
    page.get_by_role("button", name="Text", exact=True).click()
    area = page.get_by_label("paste", exact=True)
    area.fill("0123456789" * 5)
    area.press("Tab")
    page.get_by_text("your pasted text has 50 characters. Use a text of at least a few hundred. Until you "
                     "fix this, the current run is kept, and it trains on the course's play.").wait_for()
    area.fill("to be or not to be. " * 30)
    area.press("Tab")
    page.get_by_text("The network now reads your pasted text.").wait_for()
    page.get_by_role("button", name="Train", exact=True).click()
    until(page, f"run.lines.chance === {math.log(8)} && run.smoothed.at(-1) < 1")
    page.get_by_label("text", exact=True).select_option("tales")
    page.get_by_text("The network now reads the Tales of Tern Island.").wait_for()
    page.get_by_role("button", name="File", exact=True).click()
    assert page.get_by_text("with Python").is_visible()
    assert page.get_by_role("button", name="Take home").count() == learner.TEMPLATE.exists()


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


@pytest.mark.browser
def test_without_scripts_the_recorded_run_is_there(pages, browser):
    context = browser._browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages[0])
    assert page.get_by_text("A recorded run").is_visible()
    context.close()


def test_the_first_pages_board_is_light():
    files = {**learner.scripts(), "player.js": play.script(), "player.css": play.style()}
    needed = ["player.js", "player.css", "learner.js", "learner.css", "states/text-play.js"]
    assert sum(len(gzip.compress(files[name].encode())) for name in needed) < 40_000
    assert all(len(text) < 1_000_000 for text in files.values())


def test_a_laboratorys_settings_are_read_from_its_code():
    code = 'x = 1\nlaboratory(before=load_run("02/class_run")[0], rate=0.3, seed=0)'
    assert learner.called(code) == {"before": "02/class_run", "rate": 0.3, "seed": 0}
    assert learner.called("explore(f)") is None
    opened = [sum(cell["cell_type"] == "code" and learner.called(cell["source"]) is not None
                  for cell in cells(play.notebook(number))) for number in ("02", "05", "08")]
    assert opened == [1, 1, 0]
