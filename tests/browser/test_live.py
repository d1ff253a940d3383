"""What a lesson shows, tried with keys and mouse in one small notebook with a dashboard of each kind."""

import json

import barriers
import pytest
from course import ROOT
from looks import PAYLOADS

pytestmark = pytest.mark.browser

CELLS = (
    f"""
import os, sys; sys.path.insert(0, {str(ROOT)!r}); os.environ["MY_COURSE"] = "mine.jsonl"
import ipywidgets as W
import numpy as np
from helpers.lessons.lesson00 import fading_memory
from helpers.pictures import coloured_text
from helpers.widgets import Switches, explore, laboratory, predict, reflect, stepper
text = "\\n".join({PAYLOADS!r})
def cell(number=3):
    return coloured_text(text, np.sin(number + np.arange(len(text))), (-1, 1), label=f"cell {{number}} <b>")
def game(gates, on=True, fast=False, kind="a", words="", lag=5, which="short"):
    steps = lag + gates.count("1") + on + 2 * fast + 4 * (kind == "b") + len(words) + len(which)
    return fading_memory(steps=steps)
def fails(n=3):
    if n > 3:
        raise ValueError("<script>window.pwned=1</script> is too large: give at most 3")
    return fading_memory(steps=n + 1)""",
    "predict('02.first-update-moves')",
    "explore(fading_memory, after='02.first-update-moves', weight=(-1.2, 1.2, 0.05), steps=(1, 50))",
    "explore(cell, number=(0, 9))",
    """explore(game, gates=Switches({"i": "10½", "f": "000"}), on=True, words="", which=["short", "longer"],
        fast=W.ToggleButton(value=False, description="fast"), kind=W.ToggleButtons(options=["a", "b"]),
        lag=W.SelectionSlider(options=[5, 10, 160]))""",
    "stepper(fading_memory, steps=(1, 9), weight=W.Dropdown(options=[0.5, 0.9], value=0.9))",
    "explore(fails, n=(0, 9))",
    "laboratory(updates=1000)",
    "reflect('02.targets-not-shifted')",
)
QUESTION, MEMORY, PAYLOAD, GAME, STEPPER, FAILS, LABORATORY, REFLECT = range(1, len(CELLS))
CONTROLS = "button, input:not([type=hidden]), select, .noUi-handle, summary, textarea"
FOCUSED = "() => document.activeElement.dataset.p ?? document.activeElement.className"


@pytest.fixture(scope="module")
def notebook(lab, browser):
    """The notebook after Run All; the tests below follow each other on it, as a reader goes down a page."""
    lab.write("live.ipynb", CELLS)
    opened = lab.open(browser.page(), "live.ipynb")
    opened.run_all()
    opened.page.locator(".course-characters").first.wait_for()
    return opened


@pytest.fixture
def board(notebook):
    """Gives the dashboard of a cell by its number."""
    return lambda number: notebook.page.locator(".jp-Notebook .jp-Cell").nth(number).locator(
        ".course-dashboard")


def test_the_page_has_no_error_no_barrier_and_obeys_no_text_that_it_shows(notebook, board):
    page = notebook.page
    assert notebook.errors() == [] and page.problems == []
    assert page.evaluate("window.pwned ?? null") is None
    assert board(PAYLOAD).locator("h1, iframe, script, a").count() == 0
    shown = board(PAYLOAD).locator(".course-characters").text_content().replace("·", " ").replace("↵", "")
    assert all(payload in shown for payload in PAYLOADS if payload.isprintable())
    assert barriers.look(page, ".course-dashboard")["wcag"] == []


def test_an_error_is_one_sentence_with_the_traceback_folded_and_goes_again(notebook, board):
    from playwright.sync_api import expect

    handle, error = board(FAILS).locator(".noUi-handle"), board(FAILS).locator(".course-error")
    handle.press("ArrowRight")
    expect(error).to_contain_text("is too large: give at most 3")
    assert not error.locator("pre").is_visible()
    assert notebook.page.evaluate("window.pwned ?? null") is None
    handle.press("ArrowLeft")
    expect(error).to_have_count(0)


def test_a_question_is_answered_by_keys_kept_and_the_dashboard_below_knows(notebook, board, lab):
    from playwright.sync_api import expect

    page, asked, below = notebook.page, board(QUESTION), board(MEMORY).locator(".course-before")
    expect(below).to_contain_text("Have you answered the question above?")
    options = asked.locator(".course-option button")
    options.first.focus()
    page.keyboard.press("c")
    page.keyboard.press("b")
    expect(options.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(options.nth(2)).to_have_attribute("aria-pressed", "false")
    asked.get_by_role("button", name="Reveal").focus()
    page.keyboard.press("Enter")
    expect(asked.locator("[role=status]")).to_contain_text("You chose b")
    expect(below).not_to_be_visible()
    (line,) = map(json.loads, (lab.folder / "mine.jsonl").read_text("utf-8").splitlines())
    assert (line["first"], line["chose"]) == ("c", "b")
    notebook.run_all()
    expect(asked.locator("[role=status]")).to_contain_text("You answered this before")
    expect(below).not_to_be_visible()


def test_tab_reaches_every_control_and_keys_move_it(notebook, board):
    page, root = notebook.page, board(GAME)
    root.locator(CONTROLS).locator("visible=true").first.focus()
    moved = set()
    for _ in range(40):
        kind = page.evaluate("""() => { const e = document.activeElement;
            return e.getAttribute('role') ?? e.getAttribute('type') ?? e.tagName }""").lower()
        keys = {"slider": "ArrowRight", "select": "ArrowDown", "checkbox": "Space", "text": "x"}
        if kind in keys and kind not in moved and root.evaluate("e => e.contains(document.activeElement)"):
            before = notebook.shows(root)
            page.keyboard.press(keys[kind])
            assert notebook.wait_for_change(root, before), kind
            moved.add(kind)
        page.keyboard.press("Tab")
    assert moved == {"slider", "select", "checkbox", "text"}


def test_a_reader_who_does_not_see_is_told_what_each_control_and_picture_is(notebook, board):
    from playwright.sync_api import expect

    for root in notebook.dashboards():
        for handle in root.locator(".noUi-handle").all():
            assert handle.get_attribute("aria-label")
        frames = root.locator(".course-picture").all()
        layers = root.locator(".course-layer svg").all()
        sentence = "".join(one.get_attribute("aria-label") for one in layers) or "".join(
            one.get_attribute("alt") for one in frames)
        assert sentence in root.locator("[role=status]").first.text_content()
        assert not layers or all(one.get_attribute("alt") == "" for one in frames), "said twice"
    second = board(GAME).get_by_role("button", name="i, step 2")
    for value, state in (("½", "mixed"), ("1", "true"), ("0", "false")):
        second.click()
        expect(second).to_have_attribute("aria-label", f"i, step 2: {value}")
        expect(second).to_have_attribute("aria-pressed", state)
    status = board(MEMORY).locator(".course-said [role=status]")
    spoken = status.element_handle()
    board(MEMORY).locator(".noUi-handle").first.press("Home")
    expect(status).to_contain_text("multiplied by −1.20")
    assert spoken.evaluate("e => e.isConnected"), "a new element would not be read out"


def test_words_that_point_are_one_stop_in_which_the_arrows_lead_on(notebook, board):
    page, root = notebook.page, board(MEMORY)
    words = root.locator(".course-status [data-p]")
    words.first.focus()
    for key, number in (("ArrowRight", "2"), ("ArrowRight", "3"), ("ArrowLeft", "2"), ("Home", "1"),
                        ("End", "3")):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == number, key
    parts = """(root, number) => Array.from(
        root.querySelectorAll(`.course-drawn > svg [data-p~="${number}"]`),
        part => Number(getComputedStyle(part).opacity))"""
    lit = sorted(root.evaluate(parts, 3))
    assert max(lit) == 1 > max(root.evaluate(parts, 2)), "one part stands out"
    assert words.evaluate_all("all => all.filter(one => one.tabIndex === 0).length") == 1
    page.keyboard.press("Escape")
    assert "jp-Cell" in page.evaluate(FOCUSED)
    assert sorted(root.evaluate(parts, 3)) != lit, "nothing is pointed at"


def test_no_letter_typed_on_a_control_changes_the_notebook(notebook, board):
    page, tried = notebook.page, 0
    for number in (QUESTION, GAME, STEPPER, LABORATORY, REFLECT):
        for control in board(number).locator(CONTROLS).locator("visible=true").element_handles():
            if control.is_enabled():
                control.focus()
                page.keyboard.type("abcdd")     # of JupyterLab's own keys d, pressed twice, deletes a cell
                tried += 1
    assert page.locator(".jp-Notebook .jp-Cell").count() == len(CELLS) and tried > 20


def test_in_class_a_question_starts_anew_and_its_stem_stays(notebook, board, lab):
    from playwright.sync_api import expect

    kept = (lab.folder / "mine.jsonl").read_bytes()
    notebook.page.evaluate("coursePage.setLecture(true)")
    notebook.run_all()
    asked, stem = board(QUESTION), board(MEMORY).locator(".course-before")
    expect(asked.locator(".course-because")).to_have_count(0)
    assert asked.get_by_role("button", name="Skip").count() == 0
    asked.get_by_role("button", name="Reveal").click()
    expect(asked.locator(".course-because").first).to_be_visible()
    expect(stem).to_contain_text("How far do they move?")
    assert stem.bounding_box()["height"] < 50, "one line"
    assert (lab.folder / "mine.jsonl").read_bytes() == kept, "what a class says is not the lecturer's answer"
    notebook.page.evaluate("coursePage.setLecture(false)")
