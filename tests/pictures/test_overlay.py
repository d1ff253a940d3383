"""The frame and the moving layer together are the picture."""

import re

import numpy as np
import pytest
from matplotlib.ticker import FixedFormatter, FuncFormatter

from helpers.lessons.lesson00 import fading_memory
from helpers.lessons.lesson02 import next_characters
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


@pytest.mark.parametrize("write", [
    lambda ax, names: ax.set_xticks([0, 1, 2], names),
    lambda ax, names: (ax.set_xticks([0, 1, 2]), ax.set_xticklabels(names)),
    lambda ax, names: (ax.set_xticks([0, 1, 2]), ax.xaxis.set_major_formatter(FixedFormatter(names))),
    lambda ax, names: (ax.set_xticks([0, 1, 2]),
                       ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: names[int(x)]))),
    lambda ax, names: ax.xaxis.set_major_formatter("{x} " + names[0]),
    lambda ax, names: ax.set_yticks([0, 1, 2], names),
], ids=["with the ticks", "after them", "fixed", "a function", "a format", "at the side"])
def test_what_the_ticks_say_belongs_to_the_frame(write):
    keys = [frame_key(drawing(add=lambda ax, names=names: write(ax, names)).figure)
            for names in ("abc", "xyz", "abc")]
    assert keys[0] == keys[2] != keys[1] and None not in keys


@pytest.mark.parametrize("add", [
    lambda ax: ax.bar([1], [1]),
    lambda ax: ax.imshow([[1.0, 0.0]]),
    lambda ax: ax.fill_between([0, 1], [1, 1]),
    lambda ax: ax.text(1, 1, "$h_t$"),
    lambda ax: ax.text(1, 1, "slanted", rotation=30),
    lambda ax: ax.plot([1], [1], marker="s"),
    lambda ax: ax.step([0, 1], [0, 1]),
    lambda ax: ax.annotate("here", (1, 1), (0.5, 0.5), arrowprops={}),
], ids=["bar", "image", "area", "formula", "rotated", "square", "steps", "arrow"])
def test_what_the_layer_cannot_draw_is_left_to_matplotlib(add):
    assert frame_key(drawing(add=add).figure) is None


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
    keys = {frame_key(next_characters(p, "abcdefghijklmnopqrst").figure) for p in likely[[0, 19]]}
    assert len(keys) == 2 and None not in keys
