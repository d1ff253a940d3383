"""The frame and the moving layer together are the picture."""

import re

import numpy as np

from helpers.pictures import Picture, frame_key, new_figure, styled, svg


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
    canvas = drawing([(0.5, 0.5), (1.5, 1.0)]).figure.canvas
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3].astype(int)
    for x, y in centres(svg(canvas.figure, "points")):
        assert pixels[round(y), round(x)].sum() < 600, "a marker should be here"
        assert pixels[round(y) - 14, round(x) - 20].sum() > 700, "and none beside it"


def test_moving_a_line_keeps_the_frame_and_changing_the_axes_does_not():
    still, moved = drawing(), drawing([(0, 1), (1, 0)])
    assert frame_key(still.figure) == frame_key(moved.figure) is not None
    assert svg(still.figure, "") != svg(moved.figure, "")
    for settings in ({"title": "another"}, {"xlabel": "x"}, {"xlim": (0, 3)}, {"yscale": "symlog"},
                     {"xticks": [0, 1]}):
        assert frame_key(drawing(**settings).figure) != frame_key(still.figure)


def test_words_are_escaped_and_gaps_are_left_out():
    gap = drawing([(0, 0), (0.5, 0), (1, np.nan), (1, 1), (2, 2)], add=lambda ax: ax.text(1, 1, "<b>&"))
    page = svg(gap.figure, '"><script>')
    assert "&lt;b&gt;&amp;" in page and "<script" not in page
    assert len(centres(page)) == 4
    assert re.search(r'd="M[\d. L]+M[\d. L]+"', page), "two pieces with a gap between them"
