"""A network that was taken home, opened from the disk in a browser whose connections are switched off.

Needs Chromium or Chrome and the package playwright.
"""

import barriers
import numpy as np
import pytest

from helpers.runs import load_run, take_home

pytestmark = pytest.mark.browser

PHONE, DESK = (390, 844), (1366, 768)
NETWORKS = {"02/long_run": "Lamp: ", "08/rnn": "Nettle said, ", "08/gru": "Nettle said, ",
            "08/lstm": "Nettle said, "}
# What the engine of the page writes, from numbers that it is given.
WRITE = """([beginning, noise, temperature]) => {
    let used = 0;
    const model = new (courseEngine().CharModel)(network.cell, characters.length, network.hidden_size,
                                                 weights(network.weights));
    const prompt = [...beginning].map(one => numbers.get(one));
    const drawn = model.sample(prompt, 200, () => noise[used++], temperature);
    return [drawn.map(n => characters[n]).join(''), used];
}"""
COLOURS = "() => [...document.querySelectorAll('#units i')].map(one => one.style.background)"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("taken")
    for name in NETWORKS:
        model, vocabulary = load_run(name)
        take_home(model, vocabulary, folder / f"{name.replace('/', '-')}.html", title="A <play> & more",
                  loss=1.534, updates=100_000)
    return folder


@pytest.fixture
def opened(browser, pages):
    """A function that opens a page from the disk, on a screen of some size; it may load nothing else."""
    asked, made = [], []

    def open_page(name: str, size=DESK, **settings):
        context = browser._browser.new_context(
            viewport={"width": size[0], "height": size[1]}, offline=True, **settings)
        page = context.new_page()
        made.append(page)
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((pages / f"{name.replace('/', '-')}.html").as_uri())
        return page

    yield open_page
    assert [url for url in asked if not url.startswith(("file://", "data:,"))] == []
    assert len([url for url in asked if url.startswith("file://")]) == len(made)
    assert [problem for page in made for problem in page.problems] == []


@pytest.mark.parametrize("temperature", [1.0, 0.3])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_page_writes_the_200_characters_that_python_writes(name, temperature, opened):
    model, vocabulary = load_run(name)
    prompt = vocabulary.encode(NETWORKS[name])
    written = vocabulary.decode(model.sample(prompt, 200, np.random.default_rng(5), temperature))
    noise = np.random.default_rng(5).standard_exponential((200, len(vocabulary)))
    found, used = opened(name).evaluate(WRITE, [NETWORKS[name], noise.ravel().tolist(), temperature])
    assert found == written and used == noise.size


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_it_writes_one_character_after_the_other_and_its_units_change(size, opened):
    page = opened("02/long_run", size)
    assert page.get_by_role("heading", level=1).inner_text() == "A <play> & more"
    assert page.title().startswith("A <play> & more")
    assert page.locator("#about").inner_text() == (
        "An RNN with 100 hidden units and 22,160 weights. It knows 60 characters. It was trained for 100,000 "
        "updates. Its loss is 1.53 nats per character.")
    before = page.evaluate(COLOURS)
    assert len(before) == 100 and len(set(before)) == 1
    page.get_by_label("Beginning").fill("Lamp€: ß")
    assert "doesn’t know “€”, “ß”, so it leaves these characters out" in page.locator("#unknown").inner_text()
    page.get_by_role("button", name="Write").click()
    text = page.locator("#text")
    page.wait_for_function("() => document.getElementById('text').textContent.length > 10")
    assert text.text_content().startswith("Lamp: ") and page.locator("#text b").text_content() == "Lamp: "
    first = page.evaluate(COLOURS)
    page.wait_for_function("() => document.getElementById('text').textContent.length > 20")
    assert len({*map(str, (before, first, page.evaluate(COLOURS)))}) == 3
    page.get_by_role("button", name="Stop").click()
    stopped = text.text_content()
    many = len(stopped) - len("Lamp: ")
    assert page.locator("#status").inner_text() == f"{many} characters written. Press Write and it goes on."
    assert "of 100 hidden units" in page.locator("#seen").inner_text()
    page.get_by_role("button", name="Write").click()
    page.wait_for_function("n => document.getElementById('text').textContent.length > n", arg=len(stopped))
    assert text.text_content().startswith(stopped), "it goes on"
    page.get_by_role("button", name="Start again").click()
    page.wait_for_function("n => document.getElementById('text').textContent.length < n", arg=len(stopped))
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_temperature_is_that_of_the_slider(opened):
    """From the same random numbers it writes the same, and at another temperature something else."""
    page, written = opened("08/gru", reduced_motion="reduce"), {}
    page.get_by_label("Beginning").fill("Nettle said, ")
    for temperature in ("0.1", "1", "2", "0.1"):
        page.get_by_label("Temperature").fill(temperature)
        assert float(page.locator("#temperature-said").inner_text()) == float(temperature)
        page.evaluate("() => { Math.random = courseEngine().seeded(3) }")
        page.locator("#beginning").press("Enter")
        text = page.locator("#text").text_content().removeprefix("Nettle said, ")
        assert written.setdefault(temperature, text) == text and len(text) == 300
        expected = page.evaluate("""temperature => {
            Math.random = courseEngine().seeded(3);
            const prompt = [...'Nettle said, '].map(one => numbers.get(one));
            return model.sample(prompt, 300, noise, temperature).map(n => characters[n]).join('');
        }""", float(temperature))
        assert text == expected
    assert len({*written.values()}) == 3


def test_where_motion_is_unwanted_300_characters_come_at_once(opened):
    page = opened("08/lstm", reduced_motion="reduce")
    page.get_by_label("Beginning").fill("")
    page.get_by_role("button", name="Write").click()
    assert len(page.locator("#text").text_content()) == 300
    assert page.locator("#status").inner_text() == "300 characters written. Press Write and it goes on."
    page.get_by_role("button", name="Write").click()
    assert len(page.locator("#text").text_content()) == 600
    assert not page.get_by_label("Speed").is_visible()


def test_keys_alone_do_it(opened):
    page = opened("02/long_run")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "beginning"
    page.keyboard.press("Control+A")
    page.keyboard.type("Wren: ")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('text').textContent.length > 8")
    seen = []
    for _ in range(6):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id"))
    assert seen == ["temperature", "speed", "stop", "again", "text", "unit"], "Write waits while it writes"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("#unit-said").inner_text().startswith("3: ")
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.id") == "write", "where Stop was pressed, the next is Write"
    assert "Press Write and it goes on" in page.locator("#status").inner_text()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.getElementById('status').textContent.includes('is writing')")


def test_a_square_that_is_touched_tells_its_number_and_value(opened):
    page = opened("08/lstm", PHONE, has_touch=True, reduced_motion="reduce")
    page.get_by_role("button", name="Write").click()
    page.locator("#units i").nth(41).tap()
    number, value = page.locator("#unit-said").inner_text().split(": ")
    assert number == "42" and page.locator("#unit").input_value() == "42"
    assert float(value.replace("−", "-")) == pytest.approx(page.evaluate("h[41]"), abs=0.005)


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_axe_finds_no_barrier(size, opened):
    page = opened("02/long_run", size, reduced_motion="reduce")
    for _ in range(2):
        found = barriers.look(page)
        assert found["wcag"] == [] and found["practice"] == []
        page.get_by_label("Beginning").fill("Ω")
        page.get_by_role("button", name="Write").click()
