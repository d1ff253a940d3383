"""Axes that are drawn once are those of the picture."""

import io

import matplotlib as mpl
import numpy as np
import pytest
from frames import CHANGES, EACH_CHANGE, X, Y, differing, own_picture, plot
from PIL import Image

from helpers.pictures import Furniture, frame_key, frame_png
from helpers.pictures.furniture import _key


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@EACH_CHANGE
def test_a_change_of_the_axes_is_seen(name):
    before, after = CHANGES[name]
    first, second = (plot(*filter(None, [draw]), bars=True) for draw in (before, after))
    kept = Furniture()
    shown = kept.png(first), kept.png(second)
    assert shown[0] != shown[1] and shown[1] == Furniture().png(second)
    assert differing(pixels(shown[1]), own_picture(second)) == 0


def test_bars_that_move_keep_their_axes():
    first, second = plot(bars=True), plot(lambda ax: ax.bar([1], [1.7], width=0.3), bars=True)
    assert _key(first) == _key(second) is not None is frame_key(first)


@pytest.mark.parametrize("draw", [
    lambda ax: ax.legend(["bars"], loc="best"),
    lambda ax: ax.set_title("A title", y=None),
    lambda ax: ax.figure.text(0.5, 0.5, "words", zorder=1),
    lambda ax: ax.plot(X, Y, animated=True),
    lambda ax: ax.axis("off"),
    lambda ax: ax.patches[0].set_visible(False),
], ids=["legend", "title", "words", "animated", "off", "hidden"])
def test_a_figure_is_drawn_as_matplotlib_draws_it(draw):
    with mpl.rc_context({"axes.titley": None}):
        figure = plot(draw, bars=True)
    assert differing(pixels(Furniture().png(figure)), own_picture(figure)) == 0
    assert _key(figure) is not None, "drawn whole, it would be right anyway"


def test_a_function_of_the_axes_leaves_all_to_matplotlib():
    figure = plot(lambda ax: ax.xaxis.label.set_agg_filter(lambda image, dpi: (image, 0, 0)), bars=True)
    assert _key(figure) is None and len(frame_png(figure)) > 1000
