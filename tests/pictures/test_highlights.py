"""Words that point: what they find in the sentence, and what stands for it in the layer."""

import re

import numpy as np
import pytest

from helpers.pictures import Picture, Place, new_figure, styled, svg
from helpers.pictures.highlights import find_points
from helpers.pictures.layers import AROUND

SENTENCE = "The curve is at 0.5 first, at 0.5 later; the word, the field and the bar stay."


@styled
def drawing(points=None, bar=False, sentence=SENTENCE, **line) -> Picture:
    """`points` makes of a curve, a word, the axes and bars what points; with a bar it is drawn whole."""
    figure, ax = new_figure(height=4)
    ax.set(xlim=(0, 2), ylim=(0, 2))
    curve, = ax.plot(*line.pop("data", ([0, 1, 2], [0.5, 1, 0.5])), marker="o", **line)
    word = ax.text(1.0, 1.5, "word")
    bars = ax.bar([1], [1]) if bar else ()
    return Picture(figure, sentence, points=points(curve, word, ax, bars) if points else {})


def layer(picture: Picture, whole: bool = False) -> str:
    return svg(picture.figure, picture.sentence, picture.points, whole)


def tags(page: str, number: int) -> list[str]:
    """The names of what has a number."""
    return [name for name, numbers in re.findall(r'<(\w+) data-p="([^"]*)"', page)
            if str(number) in numbers.split()]


def edges(page: str, number: int) -> np.ndarray:
    """The outline that has a number, left, top, right and bottom."""
    found = re.findall(r'<path data-p="([^"]*)" d="([^"]*)" fill="none" stroke="#000" opacity', page)
    d, = (d for numbers, d in found if numbers == str(number))
    places = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", d), float)
    return np.concatenate([places.min(axis=0), places.max(axis=0)])


def test_each_piece_is_the_first_behind_the_one_before():
    picture = drawing(lambda curve, word, ax, _: {"0.5": curve, "0.5 later": (curve, Place(ax, 2, 0.5)),
                                                  "the word": word})
    assert [SENTENCE[point.start:point.end] for point in picture.points] == ["0.5", "0.5 later", "the word"]
    assert picture.points[0].start < SENTENCE.index("first") < picture.points[1].start
    assert picture.sentence == SENTENCE and str(picture) == SENTENCE


@pytest.mark.parametrize("sentence", ["2.5 first, then 2 and 2", "1.2 first, then 2", "−2 first, then 2",
                                      "22 first, then 2", "2,000 first, then 2", "h2 first, then 2"])
def test_a_number_is_not_found_in_another_one(sentence):
    point, = find_points(sentence, {"2": ()})
    assert point.start == sentence.index("then 2") + 5 and point.end == point.start + 1


def test_parts_of_the_layer_have_the_numbers_of_all_their_words():
    picture = drawing(lambda curve, word, ax, _: {"The curve": curve, "0.5": (curve, word), "the word": word})
    page = layer(picture)
    assert tags(page, 1) == ["path", "circle", "circle", "circle"]
    assert tags(page, 2) == [*tags(page, 1), "text"] and tags(page, 3) == ["text"]
    assert "opacity" not in page
    without = [re.sub(r' data-p="[^"]*"|clip-[\d-]+', "", one) for one in (page, layer(drawing()))]
    assert without[0] == without[1]


def test_a_part_of_the_frame_and_a_place_have_an_outline_that_is_not_seen_at_first():
    picture = drawing(bar=True, points=lambda curve, word, ax, bars: {
        "The curve": curve, "0.5": Place(ax, 2, 0.5), "the field": Place(ax, 1, 1, 0.5, 0.5),
        "the bar": bars})
    to_pixels, height = picture.figure.axes[0].transData, picture.figure.bbox.height
    page = layer(picture, whole=True)
    for number, around, (left, low, right, high) in ((3, AROUND, (0.75, 0.75, 1.25, 1.25)),
                                                     (4, 0, (0.6, 0, 1.4, 1))):
        corners = to_pixels.transform([(left, high), (right, low)]) * [1, -1] + [0, height]
        np.testing.assert_allclose(edges(page, number), (corners + [[-around], [around]]).ravel(), atol=0.06)
    ring, middle = edges(page, 2), to_pixels.transform((2, 0.5)) * [1, -1] + [0, height]
    np.testing.assert_allclose((ring[:2] + ring[2:]) / 2, middle, atol=0.1)
    assert len(set(tags(page, 1))) == 1 and page.count('opacity="0"') == page.count("<path ") == 8
