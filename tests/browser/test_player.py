"""A page without Python: its dashboards move as in the notebook, and its questions are asked.

A small notebook has a dashboard of each kind; it is played and tried out here, and slowly all lessons.
"""

import base64
import io
import json
import subprocess
import sys

import barriers
import nbformat
import numpy as np
import play
import pytest
from course import LESSONS, ROOT, name
from moving import name_questions
from PIL import Image
from states import ALIKE

pytestmark = pytest.mark.browser
CELLS = [
    """
import numpy as np
from ipywidgets import FloatLogSlider, SelectionSlider
from helpers.data import Vocabulary, chunks, load_text
from helpers.lessons.lesson00 import fading_memory
from helpers.lessons.lesson01 import unrolled_network
from helpers.lessons.lesson02 import plot_next_characters
from helpers.networks import RNN, Adagrad, CharModel
from helpers.pictures import Picture
from helpers.widgets import (Switches, explore, fit, button, predict, review, live_runs, reflect,
                             stepper)
""",
    "explore(fading_memory, after='00.weight-above-one', weight=(-0.3, 1.2, 0.3), steps=(1, 2))",
    """
def letters(temperature=1.0, beginning="ab", upside=False):
    p = np.roll([0.5, 0.3, 0.2], len(beginning)) ** (1 / temperature)
    characters = "xyz" if upside else beginning[:2] + "c"
    return plot_next_characters(p / p.sum(), list(characters), title="Three letters")

explore(letters, temperature=FloatLogSlider(value=1, min=-1, max=1, step=1), beginning="ab", upside=False)
""",
    """
def flags(gates, word="first"):
    picture = fading_memory(0.5, steps=1 + gates.count("1"))
    return Picture(picture.figure, f"{word}: {gates}", text=f"<{word}>")

explore(flags, gates=Switches({"f": "0½"}), word=SelectionSlider(options=["first", "second"]))
""",
    "stepper(unrolled_network, steps=(1, 4))",
    "button('Press', lambda: fading_memory(0.9), fading_memory(0.1))",
    """
live_runs({name: lambda name=name: iter(range(len(name))) for name in ("three", "seventh")},
         lambda points: fading_memory(0.5, steps=1 + max(map(len, points.values()))), fading_memory(0.5, 1),
         done=lambda points: len(points) / 7)
""",
    """
vocabulary = Vocabulary(load_text("input"))
ids = vocabulary.encode(load_text("input"))
model = CharModel(RNN(len(vocabulary), 8), np.random.default_rng(0))
fit(model, chunks(ids, 10), Adagrad(0.1), updates=300, vocabulary=vocabulary, rng=np.random.default_rng(0));
""",
    "predict('00.weight-above-one')",
    "reflect('01.third-and-fourth-step')",
    "review('00')",
]
TEXTS = {2: {"beginning": ["bd", "cd"]}}


def played(notebook, folder) -> play.Lesson:
    """The lesson of a notebook, played in a process of its own."""
    command = [sys.executable, play.__file__, "--here", notebook, folder]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return play.load_played(folder)


def drawn_anew(notebook, folder, each: int) -> list[dict]:
    """Settings of the notebook's dashboards with what they say and show, see tests/browser/anew.py."""
    place = folder / "anew.json"
    ran = subprocess.run([sys.executable, ROOT / "tests" / "browser" / "anew.py", notebook, str(each), place],
                         capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(place.read_text(encoding="utf-8"))


def write_page(folder, lesson: play.Lesson, questions: str = "") -> None:
    """A page with the dashboards of a lesson, and what it needs beside it."""
    (folder / "states").mkdir()
    for one in lesson.dashboards:
        for file, text in one.files.items():
            (folder / "states" / file).write_text(text, encoding="utf-8")
    (folder / "player.js").write_text(play.script(), encoding="utf-8")
    (folder / "player.css").write_text(play.style(), encoding="utf-8")
    body = "\n".join(one.html for one in lesson.dashboards)
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A lesson</title>'
        '<meta name="viewport" content="width=device-width">'
        '<link rel="stylesheet" href="player.css"><script src="player.js"></script>'
        '<link rel="icon" href="data:,"></head>'
        f"<body><main><h1>A lesson</h1>{questions}{body}</main></body></html>",
        encoding="utf-8")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small notebook, and the folder of its page."""
    folder = tmp_path_factory.mktemp("small")
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in CELLS]
    for number, texts in TEXTS.items():
        cells[number]["metadata"]["play"] = texts
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "99_small.ipynb")
    lesson = played(folder / "99_small.ipynb", folder / "played")
    assert lesson.failed == ""
    from helpers.data import question, questions
    from helpers.widgets.question import saved
    asked = [question("00.weight-above-one"),
             *(one.with_numbers(0) for one in questions("00").review.values())]
    cell = {"outputs": [{"data": {**saved(asked, "Predict."), play.VIEW: {}}}]}
    name_questions(cell, [one.id for one in asked], [asked[-1].id])
    write_page(folder, lesson, cell["outputs"][0]["data"]["text/html"])
    return folder / "99_small.ipynb", folder, lesson


@pytest.fixture
def page(browser):
    page = browser.page()
    yield page
    assert page.problems == []
    page.close()


def come_to(page, address: str):
    page.goto(address)
    page.wait_for_function("() => window.coursePlayed")
    return page


@pytest.fixture
def moving(small, page):
    """The page of the small notebook, without a server."""
    return come_to(page, (small[1] / "index.html").as_uri())


SHOWN = """id => {
    const {root} = coursePlayed.get(id), inside = name => root.querySelector(`:scope > .course-${name}`);
    const images = [...inside('seen').querySelectorAll('img')].filter(one => one.getClientRects().length);
    return {said: inside('said').textContent.trim(),
            html: inside('seen').innerHTML + inside('words').innerHTML,
            images: images.map(one => one.src), places: images.map(one => one.style.cssText)} }"""


def dials(page, dashboard: str) -> list[dict]:
    return page.evaluate("id => coursePlayed.get(id).dials", dashboard)


def turn(page, dashboard: str, dial: dict, value: int) -> dict:
    """Bring a dial to the value of that number, as a reader does; what is on the page then."""
    controls = page.locator(f'[id="{dashboard}"] > .course-controls')
    now = "([id, name]) => { const one = coursePlayed.get(id); " \
          "return one.now[one.dials.findIndex(dial => dial.name === name)] }"
    if dial["kind"] == "menu":
        controls.get_by_label(dial["label"], exact=True).select_option(index=value)
    elif dial["kind"] == "slider":
        controls.get_by_label(dial["label"], exact=True).fill(str(value))
    elif dial["kind"] == "switch":
        controls.get_by_label(dial["label"], exact=True).set_checked(value == 1)
    else:
        name = dial["label"] + ":" * (dial["kind"] == "mark")
        while page.evaluate(now, [dashboard, dial["name"]]) != value:
            controls.get_by_role("button", name=name).click()
    page.wait_for_function("id => { const one = coursePlayed.get(id); return one.shown === one.number() }",
                           arg=dashboard)
    return page.evaluate(SHOWN, dashboard)


def as_at_first(page, dashboard: str) -> dict:
    """Bring all dials back; what is on the page then."""
    for dial in dials(page, dashboard):
        shown = turn(page, dashboard, dial, dial["start"])
    return shown


def pixels(shown: dict) -> np.ndarray:
    """The frame that is on the page."""
    whole, *over = [Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))).convert("RGB")
                    for source in shown["images"]]
    for part in over:
        place = dict(pair.split(":") for pair in shown["places"][1].replace(" ", "").rstrip(";").split(";"))
        left, top = (float(place[side].rstrip("%")) / 100 for side in ("left", "top"))
        whole.paste(part, (round(left * whole.width), round(top * whole.height)))
    return np.asarray(whole, int)


def differing(png: str, shown: dict) -> float:
    """The share of the frame's pixels that are not those of the picture drawn anew."""
    anew = np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), int)
    found = pixels(shown)
    if found.shape != anew.shape:
        return 1.0
    return float((np.abs(found - anew) > ALIKE).any(axis=2).mean())


def try_all(page, lesson: play.Lesson) -> int:
    """Turn each dial of each dashboard: each must change what is seen or said. How many there are."""
    count = 0
    for one in lesson.dashboards:
        first = page.evaluate(SHOWN, one.name)
        for dial in dials(page, one.name):
            values = {0, len(dial["words"]) - 1, len(dial["words"]) // 2} - {dial["start"]}
            changed = [turn(page, one.name, dial, value) != first for value in values]
            assert any(changed), (one.name, dial["name"])
            assert as_at_first(page, one.name) == first, one.name
            count += 1
    return count


def compare(page, lesson: play.Lesson, wanted: list[dict]) -> None:
    """At each of the settings the page says and shows what the notebook's function does."""
    for one in wanted:
        as_at_first(page, one["name"])
        for dial, value in zip(dials(page, one["name"]), one["setting"], strict=True):
            if value != dial["start"]:
                turn(page, one["name"], dial, value)
        shown = page.evaluate(SHOWN, one["name"])
        assert shown["said"] == one["said"], one["name"]
        assert not one["png"] or differing(one["png"], shown) == 0, (one["name"], one["setting"])


def test_each_control_answers_with_what_the_notebooks_function_says_and_shows(moving, small):
    """Fifteen seconds: the functions are called anew, which nothing else holds against a page's pictures."""
    notebook, folder, lesson = small
    assert len(lesson.dashboards) == 7
    assert try_all(moving, lesson) >= 10
    compare(moving, lesson, drawn_anew(notebook, folder, each=2))
    found = barriers.look(moving)
    assert found["wcag"] + found["practice"] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_a_lesson_moves_and_says_what_its_functions_say(path, page, tmp_path):
    """Minutes: all that a reader of the site can come to, against what the notebook's functions give."""
    lesson = played(path, tmp_path / "played")
    assert lesson.failed == "" or path.name.startswith("10")
    write_page(tmp_path, lesson)
    come_to(page, (tmp_path / "index.html").as_uri())
    assert try_all(page, lesson) >= len(lesson.dashboards)
    compare(page, lesson, drawn_anew(path, tmp_path, each=10))


def test_a_finger_moves_it_and_nothing_is_wider_than_a_phone(small, browser):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = browser._browser.new_context(**phone)
    page = come_to(context.new_page(), (small[1] / "index.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    slider = page.locator('[id="99-unrolled-network"]').get_by_role("slider")
    box = slider.bounding_box()
    page.touchscreen.tap(box["x"] + 0.97 * box["width"], box["y"] + box["height"] / 2)
    page.wait_for_function("() => coursePlayed.get('99-unrolled-network').shown === 3")
    for control in page.locator(".course-controls :is(button:not(.course-mark), select, input)").all():
        assert control.bounding_box()["height"] >= 16
    context.close()


def test_a_link_holds_a_state_and_brings_it_back(small, moving, browser):
    address = (small[1] / "index.html").as_uri()
    turn(moving, "99-letters", dials(moving, "99-letters")[1], 2)
    turn(moving, "99-letters", dials(moving, "99-letters")[2], 1)
    assert moving.url == f"{address}#99-letters?beginning=cd&upside=on"
    shown = moving.evaluate(SHOWN, "99-letters")
    other = browser.page()
    come_to(other, moving.url)
    other.wait_for_function("() => { const one = coursePlayed.get('99-letters'); return one.shown > 0 }")
    assert other.evaluate(SHOWN, "99-letters") == shown
    assert other.evaluate("() => scrollY") > 0
    other.evaluate("() => { location.hash = '99-fading-memory?weight=0.31' }")      # a value between two
    other.get_by_text("multiplied by 0.30").first.wait_for()
    for cut in ("99-fading-memory?weight=much&nothing=1", "%E0%A4"):
        other.evaluate("cut => { location.hash = cut }", cut)
    other.evaluate("() => { location.hash = '99-fading-memory?weight=0.9' }")
    other.get_by_text("multiplied by 0.90").first.wait_for()
    assert other.problems == []
    other.close()


def test_a_question_is_asked_told_and_kept_in_this_browser(moving):
    asked = moving.locator('.course-question[data-question="00.weight-above-one"]')
    board = moving.locator('[id="99-fading-memory"]')
    assert "course-asked" in board.get_attribute("class")
    assert not asked.get_by_text("is right.").is_visible()
    assert asked.get_by_role("button", name="Reveal").is_disabled()
    asked.locator(".course-option button").first.focus()
    moving.keyboard.press("c")
    moving.keyboard.press("a")
    assert asked.locator("button[aria-pressed=true]").inner_text() == "a"
    asked.get_by_role("button", name="Reveal").click()
    assert asked.locator("[role=status]").inner_text().startswith("You chose a")
    assert asked.get_by_text("is right.").first.is_visible()
    assert "course-asked" not in board.get_attribute("class")
    moving.reload()
    moving.wait_for_function("() => window.coursePlayed")
    assert asked.locator("[role=status]").inner_text() == "You answered this before."
    asked.get_by_role("button", name="Try again").click()
    assert not asked.get_by_text("is right.").first.is_visible()
    recalled = moving.locator(".course-question[data-recall]")
    assert not recalled.locator(".course-option").first.is_visible()
    recalled.get_by_role("button", name="Show the options").click()
    assert recalled.locator(".course-option").first.is_visible()


def test_without_its_script_the_page_shows_the_start_and_the_answers_folded(small, browser):
    context = browser._browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((small[1] / "index.html").as_uri())
    root = page.locator('[id="99-fading-memory"]')
    assert root.locator("> .course-seen img").locator("visible=true").count() == 1
    assert root.locator("> .course-said").is_visible()
    assert not root.locator(".course-note").is_visible() and not root.locator(".course-strip").is_visible()
    assert page.locator(".course-question details").first.is_visible()
    context.close()
