"""The frame and the moving layer together are the picture."""

import re

import matplotlib as mpl
import numpy as np
import pytest
from frames import (
    CHANGES,
    EACH_CHANGE,
    WHOLE,
    plot,
)

from helpers.pictures import Picture, frame_key, frame_png, new_figure, styled, svg
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


def test_words_are_escaped_and_gaps_are_left_out():
    gap = drawing([(0, 0), (0.5, 0), (1, np.nan), (1, 1), (2, 2)], add=lambda ax: ax.text(1, 1, "<b>&"))
    page = svg(gap.figure, '"><script>')
    assert "&lt;b&gt;&amp;" in page and "<script" not in page
    assert len(centres(page)) == 4
    assert re.search(r'd="M[\d. L]+M[\d. L]+"', page), "two pieces with a gap between them"
