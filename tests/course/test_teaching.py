"""The pages for who teaches: hours that are hours, questions that point into the lessons."""

import re

import facts
import pytest
from course import ROOT
from references import numbers
from test_instructor_guide import rows

from helpers.data import question

ROOM = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
ASKED = (ROOT / "docs" / "teaching_questions.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
ANSWERS = dict(re.findall(r"^\*\*(.+?\?)\*\* (.+)$", ASKED, re.MULTILINE))


def test_three_hours_without_laptops_are_three_hours_with_something_to_do_and_a_break():
    hours: dict[str, list[list[str]]] = {}
    for row in rows(ROOM, "hour"):
        hours.setdefault(row[0], []).append(row)
    assert list(hours) == ["1", "2", "3"]
    for hour, parts in hours.items():
        assert sum(int(minutes) for _, minutes, _, _ in parts) == 60, f"hour {hour}"
        assert any("page" in material for *_, material in parts), f"hour {hour}: nothing to fill in"
        assert sum(int(part[1]) for part in parts if part[2] == "questions and break") >= 10


def test_its_sections_and_votes_are_in_the_lessons():
    for _, _, what, _ in rows(ROOM, "hour"):
        shown = {(lesson, int(section)) for lesson, which in re.findall(r"\b(\d\d): (\d+(?:–\d+)?)", what)
                 for section in numbers(which)}
        assert all(section in facts.shown(lesson) for lesson, section in shown), what
        for name in re.findall(r"\b\d\d\.[a-z0-9-]+", what):
            assert (name[:2], question(name).section) in shown, f"{name} in: {what}"


def test_the_first_fifteen_minutes_go_on_and_end():
    minutes = [int(row[0]) for row in rows(ROOM, "minute")]
    assert minutes == sorted(set(minutes)) and minutes[0] == 0 and minutes[-1] < 15
    assert all(you and room for _, you, room in rows(ROOM, "minute"))


def test_what_nobody_has_timed_is_called_an_estimate():
    assert "estimates" in ROOM.partition("\n## ")[0]


def test_there_are_twenty_questions_and_each_answer_is_short_and_points_into_a_lesson():
    assert len(ANSWERS) >= 20
    for asked, answer in ANSWERS.items():
        sentences = re.findall(r"[.?](?= [A-Z]|$)", answer)
        assert 2 <= len(sentences) <= 5, f"{asked} {len(sentences)} sentences"
        assert re.search(r"lesson \d\d, \[?(section|stage)s? \[?\d|exercise \d+\.\d", answer), asked


@pytest.mark.parametrize("page", ["teaching.md", "teaching_questions.md", "objectives.md"])
def test_the_guide_leads_to_it(page):
    assert f"]({page})" in GUIDE
