"""Coloured characters: readable at every value, escaped, and the same words on every computer."""

import html.parser
import re

import numpy as np
import pytest
from looks import PAYLOADS, contrast_on_white

from helpers.lessons.lesson00 import fading_memory
from helpers.pictures import coloured_text
from helpers.widgets import explore
from helpers.widgets.view import View

TEXT = "To be,\tor not\nto be <b>&amp;\"'"
class Elements(html.parser.HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)

    def named(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def test_each_character_says_its_value_to_mouse_and_keyboard():
    page = Elements(coloured_text("a b", [0.1, 0.2, 0.3]).html())
    assert [label["title"] for label in page.named("label")] == ["a  0.10", "space  0.20", "b  0.30"]
    assert [button["aria-label"] for button in page.named("input")] == ["a 0.10", "space 0.20", "b 0.30"]
    assert len({button["name"] for button in page.named("input")}) == 1, "one group, one stop of the Tab key"


def test_spaces_tabs_and_line_ends_are_seen():
    words = "".join(Elements(coloured_text(" \t\n", [0, 0, 0]).html()).words)
    assert all(mark in words for mark in ("·", "→\t", "↵\n"))


@pytest.mark.parametrize(("character", "shown", "spoken"), [
    ("\t", "→\t", "tab"), ("\u0301", "\u25cc\u0301", "U+0301"), ("漢", "漢", "漢"),
    ("א", "א", "\u2068א\u2069"),
    *((chr(number), "\ufffd", f"U+{number:04X}") for number in (0x202E, 0x200B, 0xFEFF, 0xA0)),
])
def test_what_is_not_seen_has_a_sign_in_the_text_and_its_number_where_it_is_named(character, shown, spoken):
    coloured = coloured_text("a" + character, [0.1, 0.2])
    page = Elements(coloured.html())
    assert page.named("label")[1]["title"] == f"{spoken}  0.20"
    assert page.named("input")[1]["aria-label"] == f"{spoken} 0.20"
    assert "".join(page.words).partition("}\n")[2].endswith(f"a{shown}")
    name = f"'{spoken}'" if character in spoken else f"the {spoken}"
    assert f"to 0.20 at {name} (number 2)" in coloured.sentence


@pytest.mark.parametrize("limits", [(0.0, 1.0), (-1.0, 1.0)])
def test_characters_can_be_read_at_every_value(limits):
    values = np.linspace(*limits, 201)
    page = coloured_text("x" * 201, values, limits).html()
    pairs = set(re.findall(r"background:(#\w{6});color:(#\w{3})", page))
    assert len(pairs) == 41
    for ground, ink in pairs:
        on_white = contrast_on_white(ground)
        assert (on_white if ink == "#fff" else 21 / on_white) >= 4.5


def test_a_negative_value_is_underlined_so_that_colour_is_not_all():
    labels = Elements(coloured_text("abc", [-0.5, 0, 0.5], (-1, 1)).html()).named("label")
    assert ["underline" in label["style"] for label in labels] == [True, False, False]


def test_the_sentence_has_the_numbers():
    assert coloured_text("hello", [0.1, 0.5, 0.2, 0.9, 0.3], label="input gate").sentence == (
        "The input gate over 5 characters: mean 0.40, from 0.10 at 'h' (number 1) to 0.90 at 'l' (number 4).")
    assert "at the line end (number 2)" in coloured_text("a\n", [0, 1]).sentence


def test_differences_that_are_not_shown_change_nothing():
    values = np.linspace(-1, 1, len(TEXT))
    one, other = (coloured_text(TEXT, np.round(values, 2) + tiny, (-1, 1)) for tiny in (0, 1e-12))
    assert one.html() == other.html()


def test_what_lies_outside_the_limits_is_said_and_has_the_colour_of_the_end():
    page = coloured_text("ab", [1.0, 7.0], (0, 6)).html()
    assert "6 or more" in page and "or less" not in page
    assert 'title="b  7.00"' in page


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_a_text_is_shown_and_never_obeyed(payload):
    tame = Elements(coloured_text("x" * len(payload), np.zeros(len(payload))).html())
    page = Elements(coloured_text(payload, np.zeros(len(payload)), label=payload).html())
    assert [tag for tag, _ in page.found] == [tag for tag, _ in tame.found]
    assert {key for _, attributes in page.found for key in attributes} == {
        key for _, attributes in tame.found for key in attributes}


@pytest.mark.parametrize(("arguments", "message"), [
    (("ab", [1.0]), "one number for each character"),
    (("", []), "at least one"),
    (("ab", [1.0, np.nan]), "nan at character 2. Give finite numbers"),
    (("ab", [0, 1], (1, 1)), "the second larger"),
])
def test_what_cannot_be_coloured_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        coloured_text(*arguments)


def test_a_dashboard_shows_it_alone_or_below_a_picture():
    def cell(number=0):
        return coloured_text("abc", np.full(3, number / 9), label=f"cell {number}")

    def both(number=0):
        picture = fading_memory(number / 9)
        picture.text = cell(number)
        return picture

    for draw in (cell, both):
        dashboard = explore(draw, number=(0, 9))
        dashboard.controls["number"].value = 9
        assert "cell 9 over 3 characters" in dashboard.said
        assert 'title="a  1.00"' in dashboard.screen()
        bundle = dashboard._repr_mimebundle_()
        assert "cell 9 over 3 characters" in bundle["text/plain"] and 'title="a  1.00"' in bundle["text/html"]
    assert "multiplied by 1.00" in dashboard.said and "<svg" in dashboard.screen()


@pytest.mark.parametrize("first", [False, True], ids=["switched on later", "drawn in lecture mode"])
@pytest.mark.parametrize("lines", [3, 14])
def test_a_text_that_was_added_to_a_picture_stays_with_it_in_lecture_mode(first, lines):
    view, words = View(), "\n".join(f"line {n}" for n in range(lines))
    view.lecture.value = first
    with view.drawing():
        picture = fading_memory()
    picture.text = words
    view.show(picture)
    assert "line 2" in view.text.value
    view.lecture.value = True
    view.turned()
    assert "line 2" in view.text.value
