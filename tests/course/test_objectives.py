"""The objectives: the page has each of them, with sections that teach it and something that tests it."""

import re

import pytest
import questions as script
import tasks
from course import LESSONS, ROOT, cells, headings, name
from test_instructor_guide import rows, sections

from helpers.data import question, questions
from helpers.data.questions import Sight

NAME = r"\b\d\d\.[a-z0-9]+(?:-[a-z0-9]+)+"
PAGE = (ROOT / "docs" / "objectives.md").read_text(encoding="utf-8")
PARTS = {part[:2]: part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE) if part[:2].isdigit()}
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)


def objectives(path) -> list[str]:
    """What a lesson promises, line by line, without links and without what ends a line."""
    first = next(cell["source"] for cell in cells(path, "markdown")
                 if cell["source"].startswith("## What you will be able to do"))
    return [plain(line) for line in re.findall(r"^- (.+?)[,.]?$", first, re.MULTILINE)]


def plain(words: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words).strip()


def table(path) -> list[list[str]]:
    """The rows of a lesson's table: objective, sections, tests, own words, questions."""
    return rows(PARTS[path.name[:2]], "you will be able to")


def test_every_lesson_has_its_part_with_its_title_and_its_notebook():
    assert [part.split("\n")[0] for part in PARTS.values()] == [
        headings(cells(path, "markdown")[0]["source"])[0][1] for path in LESSONS]
    assert all(f"](../notebooks/{path.name})" in PARTS[path.name[:2]] for path in LESSONS)


@every_lesson
def test_the_objectives_are_those_of_the_lesson_word_for_word(path):
    assert [plain(row[0]) for row in table(path)] == objectives(path)


@every_lesson
def test_each_is_taught_in_sections_that_are_there(path):
    for row in table(path):
        named = {section for _, section in script.taught(f"00: {row[1].removeprefix('§')}")}
        assert named and named <= set(sections(path)), row[:2]


@every_lesson
def test_each_is_tested_by_something_that_can_be_marked(path):
    for objective, _, tested, own_words, _ in table(path):
        found = [tasks.task(*one) for one in tasks.named(tested)]
        asked = [question(one) for one in filter(None, own_words.split(", "))]
        assert all(isinstance(one, Sight) for one in asked), own_words
        pages = re.findall(r"\bpage of (\d\d)\b", tested)
        text = {lesson: "\n".join(cell["source"] for cell in cells(tasks.notebook(lesson), "markdown"))
                for lesson in pages}
        assert all("](../img/page_" in words for words in text.values()), tested
        assert found or asked or pages, f"tested by nothing: {objective}"
        nothing_else = re.sub(r"\bstages? [\d, and to]+? of \d\d|\bpage of \d\d|\b\d+\.\d+|, ", "", tested)
        assert nothing_else == "", f"neither an exercise nor a stage nor a page: {nothing_else}"


@every_lesson
def test_what_asks_it_is_there_and_a_prediction_stands_in_a_section_that_teaches_it(path):
    lesson = path.name[:2]
    for objective, sections_named, _, _, asked in table(path):
        where = {section for _, section in script.taught(f"00: {sections_named.removeprefix('§')}")}
        for one in filter(None, asked.split(", ")):
            found = question(one)
            assert not found.section or (found.lesson == lesson and found.section in where), (objective, one)


def test_every_exercise_stage_and_answer_in_own_words_is_named():
    for path in LESSONS:
        lesson = path.name[:2]
        assert {(lesson, one.kind, one.number) for one in tasks.tasks(lesson)} - _named(PAGE) == set()
        said = {one.id for one in questions(lesson).see.values() if not one.section}
        assert said <= set(re.findall(NAME, PAGE)), lesson


def _named(page: str) -> set[tuple[str, str, str]]:
    """The tasks that the tables' third column and the last lines name."""
    tables = [row[2] for path in LESSONS for row in table(path)]
    return {one for words in (*tables, page.rpartition("## ")[2]) for one in tasks.named(words)}


def test_the_points_are_those_of_the_grades():
    stars = {1: "★", 2: "★★", 3: "★★★"}
    said = f"★ has {tasks.points(stars[1])}, ★★ {tasks.points(stars[2])}, ★★★ {tasks.points(stars[3])}"
    assert said in PAGE and f"student's own words has {tasks.points('')}" in PAGE


def test_the_guide_leads_to_it():
    assert "](objectives.md)" in (ROOT / "docs" / "instructor_guide.md").read_text("utf-8")
