"""The objectives: each is taught in sections that are there, and something that can be marked tests it."""

import facts
import pytest
from course import cells

from helpers.data import question
from helpers.data.questions import Sight

every_lesson = pytest.mark.parametrize("lesson", facts.lessons(), ids=lambda one: one.notebook)


@every_lesson
def test_each_is_taught_in_sections_that_are_there(lesson):
    assert len(lesson.objectives) >= 3
    own = {section.id for section in lesson.sections}
    assert [aim.words for aim in lesson.objectives if not aim.taught or not set(aim.taught) <= own] == []


@every_lesson
def test_each_is_tested_by_something_that_can_be_marked(lesson):
    for aim in lesson.objectives:
        assert all(isinstance(question(one), Sight) for one in aim.own_words), aim.own_words
        for name in aim.tests:
            if name.startswith("page "):
                text = "\n".join(cell["source"] for cell in cells(facts.lesson(name[5:]).path, "markdown"))
                assert "](../img/page_" in text, name
            else:
                assert facts.task(name)
        assert aim.tests or aim.own_words, f"tested by nothing: {aim.words}"


@every_lesson
def test_what_asks_it_is_there_and_a_prediction_stands_in_a_section_that_teaches_it(lesson):
    for aim in lesson.objectives:
        where = {int(facts.number(name, lesson.number)) for name in aim.taught}
        for name in aim.asked:
            one = question(name)
            assert not one.section or (one.lesson == lesson.number and one.section in where), name
