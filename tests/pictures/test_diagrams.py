"""The pictures of ideas: the same on every redraw, true in words, and nothing on top of anything else."""

import re

import pytest
from course import LESSONS as NOTEBOOKS
from looks import assert_made_for_the_last_row, assert_words_are_clear
from writers import pictures

from helpers.lessons.lesson00.drawings import lessons_on_the_map
from helpers.lessons.lesson02.drawings import laboratory_learns

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
