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


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_axe_finds_no_barrier(size, opened):
    page = opened("02/long_run", size, reduced_motion="reduce")
    for _ in range(2):
        found = barriers.look(page)
        assert found["wcag"] == [] and found["practice"] == []
        page.get_by_label("Beginning").fill("Ω")
        page.get_by_role("button", name="Write").click()
