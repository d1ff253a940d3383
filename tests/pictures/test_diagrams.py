"""The pictures of ideas: the same on every redraw, true in words, and nothing on top of anything else."""

import re

import numpy as np
import pytest
from course import LESSONS as NOTEBOOKS
from looks import assert_made_for_the_last_row, assert_words_are_clear
from writers import pictures

from helpers.lessons.lesson00.drawings import lessons_on_the_map
from helpers.lessons.lesson01 import hello_training, sampling_feedback
from helpers.lessons.lesson02.laboratory_drawings import laboratory_learns

HIDDEN = np.array([[0.11, -0.22, 0.33], [0.44, -0.55, 0.66], [0.77, -0.88, 0.99], [0.12, -0.23, 0.34]])
SCORES = np.array([[9.5, -12.5, 3, 0], [1, 2, 3, 4], [0, 0, 0, 0], [-12345, 5, -5, 250]])
DRAWINGS = pictures.drawings()
STILL = [name for name in DRAWINGS if name != "laboratory_learns"]     # which moves


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


@pytest.mark.parametrize("name", DRAWINGS)
def test_words_are_on_the_page_large_and_clear_of_everything(name):
    assert_words_are_clear(DRAWINGS[name]())


@pytest.mark.parametrize("name", STILL)
def test_for_the_last_row_words_are_large_clear_of_each_other_and_of_few_sizes(name):
    assert_made_for_the_last_row(DRAWINGS[name]())


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
