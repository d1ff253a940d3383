"""The frame and the moving layer together are the picture."""

import re

import matplotlib as mpl
import numpy as np
import pytest
from frames import (
    ALIKE,
    CHANGES,
    EACH_CHANGE,
    IN_THE_LAYER,
    MOVING,
    WHOLE,
    X,
    Y,
    differing,
    line,
    own_picture,
    plot,
    words,
)

from helpers.lessons.lesson00 import fading_memory
from helpers.lessons.lesson02 import plot_next_characters
from helpers.pictures import Picture, Place, frame_key, frame_png, new_figure, styled, svg
from helpers.pictures.style import rasterise


@styled
def drawing(points=((0, 0), (1, 1)), add=None, **settings) -> Picture:
    figure, ax = new_figure(height=4)
    ax.set(**{"xlim": (0, 2), "ylim": (0, 2), **settings})
    ax.plot(*np.transpose(points), marker="o")
    if add:
        add(ax)
    return Picture(figure, "Two points and a line between them.")


class Unheard(mpl.lines.Line2D):
    """An artist of which only its maker knows how it is drawn."""

    def __init__(self):
        super().__init__([0, 1], [0, 1])


def centres(page: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.-]+)" cy="([\d.-]+)"', page)]


def test_points_lie_where_matplotlib_draws_them():
    figure = drawing([(0.5, 0.5), (1.5, 1.0)]).figure
    assert len(rasterise(figure)) > len(frame_png(figure)), "the frame holds nothing that moves"
    canvas = figure.canvas
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3].astype(int)
    for x, y in centres(svg(figure, "points")):
        assert pixels[round(y), round(x)].sum() < 600, "a marker should be here"
        assert pixels[round(y) - 14, round(x) - 20].sum() > 700, "and none beside it"


def test_moving_a_line_keeps_the_frame_and_changing_the_axes_does_not():
    still, moved = drawing(), drawing([(0, 1), (1, 0)])
    assert frame_key(still.figure) == frame_key(moved.figure) is not None
    assert svg(still.figure, "") != svg(moved.figure, "")
    for settings in ({"title": "another"}, {"xlabel": "x"}, {"xlim": (0, 3)}, {"yscale": "symlog"},
                     {"xticks": [0, 1]}):
        assert frame_key(drawing(**settings).figure) != frame_key(still.figure)


@EACH_CHANGE
def test_a_change_of_the_frame_is_another_key_or_none(name):
    before, after = CHANGES[name]
    figures = [[plot(draw) if draw else plot() for _ in range(2)] for draw in (before, after)]
    (first, first_again), (second, second_again) = [map(frame_key, twice) for twice in figures]
    assert first == first_again and second == second_again, "drawn again, it has another key"
    assert (first is None or second is None) == (name in WHOLE)
    assert first != second or first is None
    assert frame_png(figures[0][0]) != frame_png(figures[1][0]), "nothing has changed"


@pytest.mark.parametrize("name", MOVING)
def test_what_moves_is_drawn_as_it_is_or_left_to_matplotlib(name):
    draw, unseen = MOVING[name]
    assert (frame_key(plot(draw)) is not None) == (name in IN_THE_LAYER)
    assert differing(own_picture(plot(draw)), own_picture(plot(unseen))) > ALIKE, "the cases are alike"


@pytest.mark.parametrize("draw", [
    lambda ax: ax.bar([1], [1]),
    lambda ax: ax.imshow([[1.0, 0.0]]),
    lambda ax: ax.fill_between([0, 1], [1, 1]),
    lambda ax: ax.annotate("here", (1, 1), (0.5, 0.5), arrowprops={}),
    lambda ax: ax.add_artist(Unheard()),
    lambda ax: ax.set_title("x").set_agg_filter(lambda image, dpi: (image, 0, 0)),
    lambda ax: setattr(ax.title, "draw", lambda renderer: None),
    lambda ax: ax.set_axes_locator(lambda ax, renderer: ax.get_position()),
    lambda ax: setattr(ax.yaxis, "anything", object()),
], ids=["bars", "image", "area", "arrow", "class", "filter", "method", "locator", "attribute"])
def test_what_is_not_known_is_left_to_matplotlib(draw):
    assert frame_key(plot(draw)) is None


def test_what_lies_on_a_page_without_axes_belongs_to_the_frame():
    def page(angle=0.0, words="0.5", colour="red", box=None):
        def draw(ax):
            ax.axis("off")
            ax.add_patch(mpl.patches.Rectangle((0.5, 0.5), 1, 1, angle=angle, facecolor=colour, zorder=2))
            ax.text(0.2, 0.2, "$h_t$", bbox=box)
            ax.text(1, 1, words, zorder=3)
        return frame_key(plot(draw))

    assert page() == page(words="0.7") is not None
    assert len({page(), page(angle=10), page(colour="blue"), page(box={"facecolor": "red"})}) == 4


def test_the_key_does_not_hang_on_what_moves():
    keys = {frame_key(plot(line(X, Y / number), words(fontsize=10 * number), *[line()] * number))
            for number in (1, 2, 3)}
    assert len(keys) == 1 and None not in keys


def test_what_is_nowhere_is_not_drawn():
    figure = plot(line([np.nan, np.nan], [1, 1]), lambda ax: ax.text(np.nan, 1, "nowhere"))
    assert frame_key(figure) is not None
    assert "nan" not in svg(figure, "") and "nowhere" not in svg(figure, "")


def test_words_are_escaped_and_gaps_are_left_out():
    gap = drawing([(0, 0), (0.5, 0), (1, np.nan), (1, 1), (2, 2)], add=lambda ax: ax.text(1, 1, "<b>&"))
    page = svg(gap.figure, '"><script>')
    assert "&lt;b&gt;&amp;" in page and "<script" not in page
    assert len(centres(page)) == 4
    assert re.search(r'd="M[\d. L]+M[\d. L]+"', page), "two pieces with a gap between them"


def test_drawing_the_frame_leaves_the_figure_as_it_was():
    picture = fading_memory()
    before = rasterise(picture.figure)
    frame_png(picture.figure)
    assert rasterise(picture.figure) == before


def test_the_letters_under_the_bars_are_those_of_the_picture():
    likely = 0.5 * np.eye(20) + 0.5 / 20        # in each row another letter is
    keys = {frame_key(plot_next_characters(p, "abcdefghijklmnopqrst").figure) for p in likely[[0, 19]]}
    assert len(keys) == 2 and None not in keys


LAYER = """
<path data-p="1" d="M100.0 267.0L535.0 194.0L970.0 267.0" fill="none" stroke="#d55e00" stroke-width="3.47"
<circle cx="100.5" cy="121.5" r="6.94" fill="#0072b2" fill-opacity="0.5" stroke="#0072b2"
<circle cx="318.5" cy="121.5" r="3.47" fill="#0072b2" fill-opacity="0.5" stroke="#0072b2"
<path transform="translate(535.5 121.5)" d="M-6.9 6.9L6.9 6.9L6.9 -6.9L-6.9 -6.9Z" fill="#0072b2"
<path transform="translate(753.5 121.5)" d="M0.0 -6.9L-6.9 6.9L6.9 6.9Z" fill="#0072b2" fill-opacity="0.5"
<text data-p="4" x="535.0" y="319.3" fill="#000000" font-size="20.8" font-weight="bold"
<path data-p="2" d="M317.5 282.3L319.0 282.2L322.0 281.6L324.7 280.5L327.2 278.8L328.3 277.8
<path data-p="3" d="M704.0 206.3L801.0 206.3L801.0 181.7L704.0 181.7Z" fill="none" stroke="#fff" opacity="0"
"""


def test_lines_markers_words_and_outlines_have_their_places_and_sizes():
    def all_kinds(ax):
        for x, marker in enumerate("o.s^"):
            ax.plot([x / 2], [1.5], marker, markersize=10, color="#0072B2", alpha=0.5)

    picture = drawing([(0, 0.5), (1, 1), (2, 0.5)], all_kinds)
    (ax,) = picture.figure.axes
    ax.lines[0].set(color="#D55E00", linestyle="--", marker="")
    word = ax.text(1, 0.25, "a word", ha="right", va="top", weight="bold", fontsize=15)
    picture = Picture(picture.figure, "The line, a place, a field and a word.", points={
        "The line": ax.lines[0], "a place": Place(ax, 0.5, 0.5), "a field": Place(ax, 1.5, 1, 0.2, 0.1),
        "a word": word})
    page = svg(picture.figure, picture.sentence, picture.points)
    assert [line for line in LAYER.strip().split("\n") if line not in page] == []
