"""Coloured characters: readable at every value, escaped, and the same words on every computer."""

import html.parser
import re

import numpy as np
import pytest
from looks import PAYLOADS, contrast_on_white

from helpers.pictures import coloured_text


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


@pytest.mark.parametrize("limits", [(0.0, 1.0), (-1.0, 1.0)])
def test_characters_can_be_read_at_every_value(limits):
    values = np.linspace(*limits, 201)
    page = coloured_text("x" * 201, values, limits).html()
    pairs = set(re.findall(r"background:(#\w{6});color:(#\w{3})", page))
    assert len(pairs) == 41
    for ground, ink in pairs:
        on_white = contrast_on_white(ground)
        assert (on_white if ink == "#fff" else 21 / on_white) >= 4.5


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_a_text_is_shown_and_never_obeyed(payload):
    tame = Elements(coloured_text("x" * len(payload), np.zeros(len(payload))).html())
    page = Elements(coloured_text(payload, np.zeros(len(payload)), label=payload).html())
    assert [tag for tag, _ in page.found] == [tag for tag, _ in tame.found]
    assert {key for _, attributes in page.found for key in attributes} == {
        key for _, attributes in tame.found for key in attributes}
