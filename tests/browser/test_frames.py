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
from helpers.lessons.lesson02 import plot_next_characters, plot_nll
from helpers.lessons.lesson03 import backward_hello, credit_map, scalar_chain
from helpers.lessons.lesson04 import k1_k2, truncation_lab
from helpers.lessons.lesson05 import cliff_grows, clip_plane, repeated_matrix, two_balls
from helpers.lessons.lesson06 import gradient_along_time
from helpers.lessons.lesson07 import gru_cell, latch_steps, lstm_cell, parse_task
from helpers.lessons.lesson11 import padded_batch, two_layers
from helpers.lessons.lesson13 import cube, plot_found_by_starts, resting_unit
from helpers.networks import RNN, CharModel, Comparison
from helpers.pictures import for_lecture, frame_key, frame_png, laboratory_frame, run_curve, set_curves, svg
from helpers.runs import History, load_run

pytestmark = pytest.mark.browser

WINDOW = 1100, 900
ALIKE = 40          # pixels, of `differing`


def a_run(updates: int = 400) -> History:
    run = History(start=4.0)
    for update in range(updates):
        if update % 100 == 0:
            run.record(heldout=4 - update / 200)
        run.add(4 - update / 150 + np.sin(update), grad_norm=2 + np.cos(update), clipped=True)
    return run


def a_laboratory(view: str) -> Figure:
    earlier = [np.array([[0, 100, 300], [4.0, 2.0, 1.5]])]
    figure = laboratory_frame(500, {"chance": 4.0, "trigram": 2.2}, earlier, view)
    set_curves(figure, a_run(), threshold=0.3, clipping=True)
    return figure


LAGS = np.subtract.outer(np.arange(12), np.arange(12))
CREDIT = np.where(LAGS >= 0, 0.7 ** np.abs(LAGS), np.nan)
KINDS = {
    "curves, with words at their ends": lambda: fading_memory(-0.8, 9),
    "a point on curves": lambda: plot_nll(0.2),
    "bars, made of lines": lambda: plot_next_characters(np.array([0.1, 0.6, 0.3]), "a b"),
    "a run, with a legend": lambda: run_curve(load_run("02/settings")[3], {"trigram": 2.2}),
    "a diagram with formulas": lambda: unrolled_network(4),
    "a diagram with lines": lambda: scalar_chain(3, 2, -0.7),
    "a diagram with dashes": lambda: k1_k2(3, 5),
    "a diagram with a plot's words": lambda: gradient_along_time(0.7, 5),
    "numbers in a diagram": lambda: lstm_cell(c_prev=-1.0, f=0.5, g=-0.3),
    "numbers in another": lambda: gru_cell(h_prev=-0.4, z=0.2),
    "fields of numbers": lambda: backward_hello(
        CharModel(RNN(4, 3), np.random.default_rng(0)).params, 7, "W_hh [0, 2]", ("b_h", (0,), 0.5)),
    "a map, made of lines": lambda: credit_map(CREDIT, "abcdefghijkl", "bcdefghijkl.", 7, "Test"),
    "a map under lines": lambda: truncation_lab(
        CREDIT, 3, 5, Comparison(0.9, 0.7), {"chunks": np.linspace(-0.2, 1, 12)}, "a network"),
    "an image under curves": lambda: cliff_grows(17, 5.3),
    "paths over an image": lambda: two_balls(4.5, -2.0, 0.1, 1.0),
    "arrows in a plane": lambda: clip_plane(200, 2.0, 0.7),
    "two plots, one logarithmic": lambda: repeated_matrix(0.9, 1.7, 40),
    "gates and states": lambda: latch_steps(parse_task("+s -? +"), [1, 0, 1], [1, 1, 0], [1, 1, 1]),
    "discs, larger and smaller": lambda: padded_batch(["abc", "ab"], np.arange(1, 7).reshape(3, 2)),
    "a diagram of two layers": lambda: two_layers(4),
    "points of two kinds": lambda: resting_unit(2.0, 0.1, -0.5),
    "markers of three kinds": lambda: plot_found_by_starts(load_run("13/searches")),
    "a cube with a path": lambda: cube({"corner": np.eye(3), "edge": -np.eye(3)}, 40, 10,
                                       [np.linspace([0, 0, 0], [1, -1, 1], 9)]),
    "a laboratory": lambda: a_laboratory("run"),
    "its norms": lambda: a_laboratory("norms"),
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
        yield browser.page()


@pytest.mark.parametrize("lecture", [False, True], ids=["desk", "lecture"])
def test_a_frame_and_its_layer_are_the_picture_of_a_dashboard(page, lecture):
    drawn = {}
    for name, draw in [*KINDS.items()][lecture::2]:         # each kind once
        with for_lecture() if lecture else for_lecture(None):
            made = draw()
        drawn[name] = made if isinstance(made, Figure) else made.figure
        assert frame_key(drawn[name]) is not None, name
    seen = in_two_layers(page, [*drawn.values()])
    for (name, figure), shown in zip(drawn.items(), seen, strict=True):
        assert differing(shown, own_picture(figure)) <= ALIKE, name
        frame = np.asarray(Image.open(io.BytesIO(frame_png(figure))).convert("RGB"))
        assert differing(frame, own_picture(figure)) > ALIKE, f"{name}: nothing moves"
