"""Words that point: what they find in the sentence, and what stands for it in the layer."""

import re

import pytest

from helpers.pictures import Picture, new_figure, styled, svg
from helpers.pictures.highlights import find_points

SENTENCE = "The curve is at 0.5 first, at 0.5 later; the word, the field and the bar stay."


@styled
def drawing(points=None) -> Picture:
    """`points` makes of a curve, a word and the axes what points."""
    figure, ax = new_figure(height=4)
    ax.set(xlim=(0, 2), ylim=(0, 2))
    curve, = ax.plot([0, 1, 2], [0.5, 1, 0.5], marker="o")
    word = ax.text(1.0, 1.5, "word")
    return Picture(figure, SENTENCE, points=points(curve, word, ax) if points else {})


def layer(picture: Picture) -> str:
    return svg(picture.figure, picture.sentence, picture.points)


def tags(page: str, number: int) -> list[str]:
    """The names of what has a number."""
    return [name for name, numbers in re.findall(r'<(\w+) data-p="([^"]*)"', page)
            if str(number) in numbers.split()]


@pytest.mark.parametrize("sentence", ["2.5 first, then 2 and 2", "1.2 first, then 2", "−2 first, then 2",
                                      "22 first, then 2", "2,000 first, then 2", "h2 first, then 2"])
def test_a_number_is_not_found_in_another_one(sentence):
    point, = find_points(sentence, {"2": ()})
    assert point.start == sentence.index("then 2") + 5 and point.end == point.start + 1


def test_parts_of_the_layer_have_the_numbers_of_all_their_words():
    picture = drawing(lambda curve, word, ax: {"The curve": curve, "0.5": (curve, word), "the word": word})
    page = layer(picture)
    assert tags(page, 1) == ["path", "circle", "circle", "circle"]
    assert tags(page, 2) == [*tags(page, 1), "text"] and tags(page, 3) == ["text"]
    assert "opacity" not in page
    without = [re.sub(r' data-p="[^"]*"|clip-[\d-]+', "", one) for one in (page, layer(drawing()))]
    assert without[0] == without[1]
