"""The pictures of ideas: the same on every redraw, true in words, and nothing on top of anything else."""

import re

import numpy as np
import pytest
from course import LESSONS as NOTEBOOKS
from looks import assert_made_for_the_last_row, assert_words_are_clear
from writers import pictures

from helpers.lessons.lesson00 import cover
from helpers.lessons.lesson00.drawings import lessons_on_the_map
from helpers.lessons.lesson01 import hello_step, hello_training, sampling_feedback, unrolled_network
from helpers.lessons.lesson01.page_drawings import page_hello
from helpers.lessons.lesson02.laboratory_drawings import laboratory_learns
from helpers.lessons.lesson03 import backward_hello, scalar_chain
from helpers.lessons.lesson03.microscope_pictures import SHAPES as HELLO
from helpers.lessons.lesson03.page_drawings import page_backward
from helpers.lessons.lesson04 import k1_k2, text_streams
from helpers.lessons.lesson04.drawings import LAYOUTS
from helpers.lessons.lesson05.page_drawings import page_clipping
from helpers.lessons.lesson06 import gradient_along_time
from helpers.lessons.lesson07 import gru_cell, lstm_cell, lstm_gradients
from helpers.lessons.lesson07.page_drawings import page_lstm
from helpers.lessons.lesson11 import two_layers
from helpers.networks import Parameters
from helpers.pictures import bptt, recurrent_cell, truncated_bptt

UPDATES = np.arange(0, 2001, 10)
LOSS = 0.4 + 3.7 * np.exp(-UPDATES / 400)
SAMPLES = [
    (0, "x$Q_{z}^\\frac kP:w"), (100, "th e\n\nan d <b>teh</b>"), (500, "W" * 90), (2000, "the lamp\n" * 9),
]
HIDDEN = np.array([[0.11, -0.22, 0.33], [0.44, -0.55, 0.66], [0.77, -0.88, 0.99], [0.12, -0.23, 0.34]])
SCORES = np.array([[9.5, -12.5, 3, 0], [1, 2, 3, 4], [0, 0, 0, 0], [-12345, 5, -5, 250]])
EXTREMES = [
    *((draw, ()) for draw in pictures.drawings().values()),
    *((recurrent_cell, sizes) for sizes in [(4, 3, 4), (1, 1, 1), (999, 999, 999)]),
    *((unrolled_network, (steps,)) for steps in range(1, 9)),
    *((hello_training, (hidden, SCORES, step))
      for step in (None, 1, 2, 3, 4) for hidden in (HIDDEN, -np.ones((4, 3)))),
    *((sampling_feedback, (letters,)) for letters in ("he", "hell", "hello", "helloh", "ooooool")),
    *((bptt, (steps,)) for steps in range(1, 9)),
    *((truncated_bptt, (length,)) for length in range(1, 10)),
    (cover, (UPDATES, LOSS, SAMPLES)),
    (cover, (UPDATES, LOSS, SAMPLES[1:3])),
    *((two_layers, (steps,)) for steps in range(1, 6)),
    *((page, (filled,)) for page in (page_hello, page_backward, page_clipping, page_lstm)
      for filled in (False, True)),
]
LARGEST = Parameters(HELLO, np.resize([-9.99, 0.01, -4.44, 8.88, -0.5], 40))
# What a dashboard draws: these at the ends of their controls, the others in lesson_items.py as they begin.
LECTURE = [
    *((draw, ()) for name, draw in pictures.drawings().items() if name != "laboratory_learns"),    # it moves
    *((unrolled_network, (steps,)) for steps in range(1, 9)),
    *((hello_training, (hidden, SCORES, step)) for step in (None, 1, 4)
      for hidden in (HIDDEN, -np.ones((4, 3)))),
    *((hello_step, (LARGEST, step, ("W_hh", (0, 2)))) for step in range(1, 5)),
    *((sampling_feedback, (letters,)) for letters in ("he", "hell", "hello")),
    *((truncated_bptt, (length,)) for length in range(1, 10)),
    *((scalar_chain, (loss, use, weight)) for loss in (1, 2, 3) for use in range(1, loss + 1)
      for weight in (-2.0, -1.5, 2.0)),
    *((backward_hello, (LARGEST, moment, gradient, ("W_hh", (0, 2), change)))
      for moment, gradient, change in ((1, "dy 4 [0]", 0.0), (6, "dh 2 [1]", 3.0), (8, "dh 1 [2]", -3.0),
                                       (8, "W_hh [0, 2]", 0.0), (8, "b_y [3]", 0.0), (5, "da 4 [1]", 0.0))),
    *((k1_k2, numbers) for numbers in ((1, 12), (12, 1), (3, 5))),
    *((text_streams, (layout, batch, 3)) for layout in LAYOUTS for batch in (2, 3, 4)),
    *((gradient_along_time, numbers) for numbers in ((0.1, 8), (1.4, 8), (2.0, 2))),
    *((lstm_cell, (3, number, 1.0, 1.0, 1.0, number)) for number in (-2.0, 2.0)),
    *((lstm_cell, (gates,)) for gates in range(3)),
    *((gru_cell, (number, 0.0, 0.0, number)) for number in (-1.0, 1.0)),
    *((lstm_gradients, (line,)) for line in range(1, 5)),
    *((two_layers, (steps,)) for steps in range(1, 6)),
]


@pytest.mark.slow
def test_every_redraw_is_the_same_to_the_byte():
    once, again = ({name: pictures.svg(picture) for name, picture in pictures.drawn().items()}
                   for _ in range(2))
    assert once == again and len(once) == len(pictures.drawings()) + 1, "and the cover"


def test_what_moves_ends_as_the_picture_that_stands_still_and_in_five_seconds():
    moving, still = (pictures.svg(laboratory_learns(moving=moves)) for moves in (True, False))
    assert "animation" not in still
    times = [[float(time) for time in re.findall(r"([\d.]+)s", delays)]
             for delays in re.findall(r'animation-delay: ([^"]*)"', moving)]
    assert len(times) > 40 and all(0 <= time <= pictures.SECONDS <= 5 for each in times for time in each)
    assert all(each == sorted(each) for each in times), "what goes has come before"
    gone = re.compile(r'<g class="come go" opacity="0".*?</g>\s*</g>', re.DOTALL)      # a text or a handle
    last = set(re.findall(r"<!-- (.*?) -->", gone.sub("", moving)))
    assert last == set(re.findall(r"<!-- (.*?) -->", still)) < set(re.findall(r"<!-- (.*?) -->", moving))


def test_img_holds_the_picture_of_every_function_and_no_other():
    there = {path.stem: path for path in pictures.IMAGES.glob("*.svg")}
    assert there.keys() == {*pictures.drawings(), "cover"}, "delete what nothing draws"
    for name, path in there.items():
        assert path.stat().st_size < 150_000
        assert "<text" not in path.read_text("utf-8"), f"{name} leaves its letters to the viewer's fonts"


@pytest.mark.parametrize(("draw", "arguments"), EXTREMES, ids=lambda value: getattr(value, "__name__", None))
def test_words_are_on_the_page_large_and_clear_of_everything(draw, arguments):
    assert_words_are_clear(draw(*arguments))


@pytest.mark.parametrize(("draw", "arguments"), LECTURE, ids=lambda value: getattr(value, "__name__", None))
def test_for_the_last_row_words_are_large_clear_of_each_other_and_of_few_sizes(draw, arguments):
    assert_made_for_the_last_row(draw(*arguments))


def test_the_map_has_every_lesson_of_the_course():
    assert len(lessons_on_the_map()) == len(NOTEBOOKS), (
        f"there is no lesson.toml for one of the notebooks, of which the last is {NOTEBOOKS[-1].name}")


def test_hello_shows_the_numbers_of_the_network_it_is_given():
    picture = hello_training(HIDDEN, SCORES)
    shown = [text.get_text().replace("\N{MINUS SIGN}", "-") for text in picture.figure.axes[0].texts]
    for number in [*(f"{unit:.2f}" for unit in HIDDEN.ravel()), "9.50", "-12.5", "-10⁴", "250", "-5.00"]:
        assert number in shown
    powers = np.exp(SCORES - SCORES.max(axis=1, keepdims=True))
    p = (powers / powers.sum(axis=1, keepdims=True))[range(4), [1, 2, 2, 3]]
    assert f"e {p[0]:.2f}, l {p[1]:.2f}, l {p[2]:.2f}, o {p[3]:.2f}" in picture.sentence
    assert f"{-np.log(p).mean():.2f} nats" in picture.sentence

    second = hello_training(HIDDEN, SCORES, step=2)
    assert "0.44, −0.55, 0.66" in second.sentence and "0.99" not in second.sentence
    later = [text.get_text() for text in second.figure.axes[0].texts]
    assert "0.66" in later and "0.99" not in later


def test_the_example_network_spells_hello():
    drawn = re.findall(r"(\w) \(probability ([\d.]+)\)", sampling_feedback().sentence)
    assert "".join(letter for letter, _ in drawn) == "ello"
    assert min(float(chance) for _, chance in drawn) > 0.9
