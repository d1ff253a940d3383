"""The objectives: each is taught in sections that are there, and something that can be marked tests it."""

import facts
import pytest
from course import ROOT, cells
from writers import overviews

from helpers.data import POINTS, question, questions
from helpers.data.questions import Sight

PAGE = overviews.OBJECTIVES.read_text(encoding="utf-8")
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


def test_every_stage_and_answer_in_own_words_is_named():
    aims = [aim for lesson in facts.lessons() for aim in lesson.objectives]
    named = {name for aim in aims for name in (*aim.tests, *aim.own_words)}
    for lesson in facts.lessons():
        assert {f"stage {lesson.number}.{stage.id}" for stage in lesson.stages} <= named, lesson.number
        assert {one.id for one in questions(lesson.number).see.values() if not one.section} <= named


def test_the_points_are_those_of_the_grades():
    assert (f"worth {POINTS[1]} points if it has one star (★), {POINTS[2]} if it has two (★★), "
            f"and {POINTS[3]} if it has three (★★★)") in PAGE
    assert f"student's own words is worth {POINTS[1]} points" in PAGE


def test_the_guide_leads_to_it():
    assert "](objectives.md)" in (ROOT / "docs" / "instructor_guide.md").read_text("utf-8")
