"""The instructor's guide: what is written by hand in it fits what follows from the lessons' facts."""

import json
import re
from dataclasses import replace

import facts
import pytest
from facts import Section, Task
from writers import guide

GUIDE = guide.GUIDE.read_text(encoding="utf-8")
PARTS = {part[:2]: part for part in re.split(r"^## ", GUIDE, flags=re.MULTILINE) if part[:2].isdigit()}
every_lesson = pytest.mark.parametrize("lesson", facts.lessons(), ids=lambda one: one.notebook)


def rows(part: str, first: str) -> list[list[str]]:
    """The rows of the table whose first heading is `first`, as lists of cells."""
    found = re.search(rf"^\| {re.escape(first)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", part, re.MULTILINE)
    assert found, f"no table that begins with {first!r} in: {part[:60]!r}"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].strip().split("\n")]


@every_lesson
def test_a_lesson_has_wrong_ideas_and_each_exercise_its_wrong_answer(lesson):
    assert lesson.wrong_ideas and all(one["idea"] and one["show"] for one in lesson.wrong_ideas)
    assert all(one.expect for one in lesson.exercises)
    assert all(one.lines and one.mistake and one.says for one in lesson.stages)


def plans() -> dict[int, str]:
    """The parts of the guide with a plan, by their hours."""
    found = re.findall(r"^### (\d+) hours.*\n((?:.*\n)*?)(?=^##)", GUIDE, re.MULTILINE)
    return {int(hours): plan for hours, plan in found}


def test_the_plans_go_on_through_the_course_and_each_hour_has_something_to_do():
    assert list(plans()) == list(guide.plans(GUIDE)) == [3, 6, 12]
    for hours, planned in guide.plans(GUIDE).items():
        assert [int(row["hour"]) for row in planned] == list(range(1, hours + 1))
        taught = [one for row in planned for one in guide.taught(row["sections"])]
        assert taught == sorted(set(taught)), f"{hours} hours: a section twice, or out of order"
        for row in planned:
            here = guide.taught(row["sections"])
            assert guide.named(row["exercises"]), f"{hours} hours, hour {row['hour']}: nothing to do"
            for lesson, kind, number in guide.named(row["exercises"]):
                stages = [facts.shown(of)[section].stages for of, section in here if of == lesson]
                assert kind == "Exercise" or any(number in some for some in stages), f"{lesson} {number}"


def test_the_plans_have_times_with_breaks_between_the_hours():
    for hours, planned in guide.plans(GUIDE).items():
        times = [guide.clock(row["time"]) for row in planned]
        assert all(ends - begins == 60 for _, begins, ends in times)
        breaks = [guide.pause(planned, hour) for hour in range(1, hours + 1)]
        assert all(one >= 10 for one, row, after in zip(breaks, times, times[1:], strict=False)
                   if row[0] == after[0]) and breaks[-1] == 0
        a_day = [ends - begins for day, begins, ends in times if day == times[0][0]]
        assert sum(a_day) <= 180 or max(breaks) >= 45, f"{hours} hours: nobody has lunch"
        for row in planned:
            taken = int(row["minutes"]) + int(row["their minutes"])
            assert int(row["review and questions"]) == 60 - taken >= guide.LEFT


def test_an_hour_that_is_too_full_is_told_and_is_no_failure(tmp_path, monkeypatch):
    before = guide.tight()
    full = GUIDE.replace("| 00: 1–2; 01: 1–3, 5, 7–8 | 40 | 29 | 1.1 | 4 | 16 |",
                         "| 00: 1–2; 01: 1–3, 5, 7–8 | 58 | 48 | 1.1 | 4 | -2 |")
    assert full != GUIDE
    (tmp_path / "guide.md").write_text(full, encoding="utf-8")
    monkeypatch.setattr(guide, "GUIDE", tmp_path / "guide.md")
    first, *rest = [sentence for sentence in guide.tight() if sentence not in before]
    assert first == "The 3-hour plan, hour 1: its sections take 58 minutes, more than 50." and len(rest) == 3


@pytest.mark.parametrize("hours", [3, 6, 12])
def test_who_is_late_wins_fifteen_minutes_and_keeps_an_exercise(hours):
    planned, late = guide.plans(GUIDE)[hours], rows(plans()[hours], "when late, hour")
    assert [row[0] for row in late] == [row["hour"] for row in planned]

    def section_of(lesson: str, stage: str) -> tuple[str, int]:
        return lesson, next(one for one, shown in facts.shown(lesson).items() if stage in shown.stages)

    for row, (hour, leave_out, wins, say) in zip(planned, late, strict=True):
        kept = set(guide.named(row["exercises"])) - set(guide.named(leave_out))
        here = guide.taught(row["sections"])
        gone = [one for part in leave_out.split("; ") if re.match(r"\d\d: ", part)
                for one in guide.taught(part)]
        left = [one for one in guide.named(leave_out) if one[1] == "Exercise" or (
            section_of(one[0], one[2]) in set(here) - set(gone))]
        assert set(gone) <= set(here) and left == guide.named(leave_out), f"hour {hour}: not of this hour"
        won = sum(guide.section(*one).minutes for one in gone) + sum(guide.task(*one).minutes for one in left)
        assert won == int(wins) >= 15, f"hour {hour}: {won} minutes"
        assert any(kind == "Exercise" or section_of(lesson, number) not in gone
                   for lesson, kind, number in kept), f"hour {hour}: no exercise is left"
        assert say


def test_a_cell_that_is_shown_is_run_by_the_one_in_front(tmp_path, monkeypatch):
    """Not one that imports, none of a stage, no text."""
    text, code = "markdown", "code"
    lines = [(text, "## 1 · A part (9 min)"), (code, "import numpy"), (code, "x = 1"),
             (text, "### Stage 1 ★ Write it (4 minutes)"), (code, "def f(): ..."), (code, "check(f)"),
             (text, "<details>"), (code, 'predict("01.bags-of-words")'), (text, "## Exercises"),
             (code, "y = 2")]
    written = [{"cell_type": kind, "source": [source]} for kind, source in lines]
    (tmp_path / "77_x.ipynb").write_text(json.dumps({"cells": written}), encoding="utf-8")
    one = replace(facts.lesson("00"), sections=[Section(1, "part", "A part", 9)],
                  stages=[Task("Stage", "1", "write", "Write it", 1, 4)])
    monkeypatch.setattr(type(one), "path", tmp_path / "77_x.ipynb")
    monkeypatch.setattr(facts, "lesson", lambda _: one)
    assert facts.shown.__wrapped__("77") == {1: facts.Shown(minutes=5, cells=2, stages=["1"])}


def test_the_guide_says_that_its_minutes_are_estimates():
    assert "no class has timed" in GUIDE


def test_the_exercises_that_are_left_for_home_exist():
    known = {task.number for lesson in facts.lessons() for task in lesson.exercises}
    plans = GUIDE.partition("## Plans")[2].partition("\n## ")[0]
    for line in plans.splitlines():
        if line.startswith("For home:"):
            named = re.findall(r"\b\d+\.\d+\b", line)
            assert named and set(named) <= known, line
