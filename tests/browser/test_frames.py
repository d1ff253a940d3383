"""In a browser, a frame with its layer on it is matplotlib's own picture, for each kind of dashboard."""

import base64
import io
from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from PIL import Image, ImageFilter

from helpers.lessons.lesson00 import fading_memory
from helpers.lessons.lesson01 import unrolled_network
from helpers.lessons.lesson02 import plot_next_characters
from helpers.lessons.lesson05 import clip_plane, repeated_matrix, two_balls
from helpers.lessons.lesson07 import lstm_cell
from helpers.lessons.lesson13 import cube, plot_found_by_starts
from helpers.pictures import for_lecture, frame_key, frame_png, laboratory_frame, set_curves, svg
from helpers.runs import History, load_run

pytestmark = pytest.mark.browser

ALIKE = 40          # pixels, of `differing`


def a_laboratory() -> Figure:
    run = History(start=4.0)
    for update in range(400):
        run.add(4 - update / 150 + np.sin(update), grad_norm=2 + np.cos(update), clipped=True)
    earlier = [np.array([[0, 100, 300], [4.0, 2.0, 1.5]])]
    figure = laboratory_frame(500, {"chance": 4.0, "trigram": 2.2}, earlier, "run")
    set_curves(figure, run, threshold=0.3, clipping=True)
    return figure


KINDS = {
    "curves, with words at their ends": lambda: fading_memory(-0.8, 9),
    "bars, made of lines": lambda: plot_next_characters(np.array([0.1, 0.6, 0.3]), "a b"),
    "a diagram with formulas": lambda: unrolled_network(4),
    "numbers in a diagram": lambda: lstm_cell(c_prev=-1.0, f=0.5, g=-0.3),
    "paths over an image": lambda: two_balls(4.5, -2.0, 0.1, 1.0),
    "arrows in a plane": lambda: clip_plane(200, 2.0, 0.7),
    "two plots, one logarithmic": lambda: repeated_matrix(0.9, 1.7, 40),
    "markers of three kinds": lambda: plot_found_by_starts(load_run("13/searches")),
    "a cube with a path": lambda: cube({"corner": np.eye(3), "edge": -np.eye(3)}, 40, 10,
                                       [np.linspace([0, 0, 0], [1, -1, 1], 9)]),
    "a laboratory": a_laboratory,
}


def own_picture(figure: Figure) -> np.ndarray:
    """What matplotlib makes of all of a figure, (height, width, 3)."""
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()


def in_two_layers(page, figures: list[Figure]) -> Iterator[np.ndarray]:
    """What a page of a browser shows of the frame of each figure with the layer on it, (height, width, 3)."""
    fonts = "".join(f"@font-face {{ font-family: 'DejaVu Sans'; font-weight: {weight}; "
                    f"src: url(data:font/ttf;base64,{_coded(open(_font(weight), 'rb').read())}) }}"
                    for weight in ("normal", "bold"))
    page.set_content(f"<style>{fonts} body {{ margin: 0 }} div {{ position: relative; width: max-content }} "
                     "img, svg { display: block } svg { position: absolute; left: 0; top: 0 }</style>"
                     + "".join(f'<div><img src="data:image/png;base64,{_coded(frame_png(figure))}">'
                               f"{svg(figure, 'seen')}</div>" for figure in figures))
    page.evaluate("() => document.fonts.ready")
    for shown in page.locator("div").all():
        yield np.asarray(Image.open(io.BytesIO(shown.screenshot())).convert("RGB"))


def differing(one: np.ndarray, other: np.ndarray) -> int:
    """How many pixels of two pictures differ for an eye that does not see single ones.

    Words half a pixel elsewhere make a dozen, a number that is missing a hundred at least.
    """
    if one.shape != other.shape:
        return one.size
    soft = [np.asarray(Image.fromarray(part).filter(ImageFilter.BoxBlur(3)), int) for part in (one, other)]
    return int((np.abs(soft[0] - soft[1]).max(axis=2) > 50).sum())


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _font(weight: str) -> str:
    return findfont(FontProperties(family="DejaVu Sans", weight=weight))


@pytest.fixture(scope="module")
def page(browser):
    """A page of a browser. Matplotlib sets letters as it does: not each on a whole pixel."""
    with mpl.rc_context({"text.hinting": "no_hinting"}):
        yield browser.page(viewport={"width": 1100, "height": 900})


def test_a_frame_and_its_layer_are_the_picture_of_a_dashboard(page):
    """Five seconds: only here a line, a word or a mark that the browser's layer leaves out is noticed."""
    drawn = {}
    for number, (name, draw) in enumerate(KINDS.items()):           # every other as in a lecture
        with for_lecture() if number % 2 else for_lecture(None):
            made = draw()
        drawn[name] = made if isinstance(made, Figure) else made.figure
        assert frame_key(drawn[name]) is not None, name
    seen = in_two_layers(page, [*drawn.values()])
    for (name, figure), shown in zip(drawn.items(), seen, strict=True):
        assert differing(shown, own_picture(figure)) <= ALIKE, name
        frame = np.asarray(Image.open(io.BytesIO(frame_png(figure))).convert("RGB"))
        assert differing(frame, own_picture(figure)) > ALIKE, f"{name}: nothing moves"
