"""The plans of the instructor: their hours add up, each has something to do, and the minutes are believable.

That the pages made of them are fresh is asked in test_pages.py.
"""

import re

import facts
import minutes
import pytest
from course import LESSONS, ROOT, name
from writers import guide, hours

GUIDE = guide.GUIDE.read_text(encoding="utf-8")
PLANS = guide.plans(GUIDE)
HOURS = hours.hours()
every_plan = pytest.mark.parametrize("hours", PLANS)
every_hour = pytest.mark.parametrize("hour", HOURS, ids=lambda one: one.path.stem)


@every_plan
def test_the_hours_go_on_through_the_course_with_breaks_between_them(hours):
    planned = PLANS[hours]
    assert [int(row["hour"]) for row in planned] == list(range(1, hours + 1))
    sections = [one for row in planned for one in guide.taught(row["sections"])]
    assert sections == sorted(set(sections)), "a section twice, or out of order"
    times = [guide.clock(row["time"]) for row in planned]
    for number, (row, (day, begins, ends)) in enumerate(zip(planned, times, strict=True), 1):
        assert ends - begins == 60 and guide.named(row["exercises"]), f"hour {number}: nothing to do"
        left = 60 - int(row["minutes"]) - int(row["their minutes"])
        assert int(row["review and questions"]) == left >= guide.LEFT
        if times[number:] and times[number][0] == day:
            assert guide.pause(planned, number) >= 10


@every_plan
def test_a_late_class_wins_fifteen_minutes_and_keeps_an_exercise(hours):
    for row, late in zip(PLANS[hours], guide.late(GUIDE)[hours], strict=True):
        gone, words = guide.left_out(late["leave out"]), late["leave out"]
        assert set(gone) <= set(guide.taught(row["sections"])), f"hour {row['hour']}: not of this hour"
        left = guide.named(words)
        won = sum(guide.section(*one).minutes for one in gone) + sum(guide.task(*one).minutes for one in left)
        assert won >= 15 and set(guide.named(row["exercises"])) - set(left), f"hour {row['hour']}: {won}"


@every_hour
def test_the_page_of_an_hour_has_every_cell_in_order_and_its_clock_goes_on(hour):
    page, clock = hour.path.read_text("utf-8"), 0
    for of, minute, taken in re.findall(r"^## (\d):(\d\d) · .+ \((\d+) min", page, re.MULTILINE):
        assert 60 * int(of) + int(minute) == clock
        clock += int(taken)
    assert 0 < clock <= 60
    for lesson, number in hour.sections:
        part = page.partition(f" · {lesson} §{number} ")[2].partition("\n## ")[0]
        cells = [cell for cell in facts.code_cells(lesson) if cell.section == number]
        assert [int(place) for place in re.findall(r"^\| (\d+) \| ", part, re.MULTILINE)] == [
            place for place, cell in enumerate(cells, 1) if not cell.stage], f"{lesson} §{number}"


@pytest.mark.slow
@pytest.mark.parametrize("lesson, hour", [
    pytest.param(lesson, hour, id=f"{hour.path.stem}-{lesson}", marks=[pytest.mark.torch] * (lesson == "10"))
    for hour in HOURS for lesson in hour.lessons])
def test_an_hour_runs_in_a_fresh_kernel_after_what_its_page_names(lesson, hour, monkeypatch, capsys):
    """Slow, because each section of each hour is run: no other test begins in the middle of a lesson."""
    monkeypatch.chdir(ROOT / "notebooks")
    ahead = hours.before(lesson, hour.sections)
    mine = {number for of, number in hour.sections if of == lesson}
    names: dict = {"__name__": "__main__"}
    for place, cell in enumerate(facts.code_cells(lesson)):
        if place in ahead or cell.section in mine:
            exec(compile(cell.source, f"<code cell {place}>", "exec"), names)


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_a_lesson_takes_as_long_as_it_promises_and_there_is_something_to_do_before_long(path):
    ruled, promised, _ = minutes.core(path)
    assert 0.8 * promised <= ruled <= 1.2 * promised
    assert [stretch for stretch in minutes.stretches(path) if stretch[0] > minutes.LONGEST] == []


@pytest.mark.parametrize("lesson", facts.lessons(), ids=lambda one: one.notebook)
def test_a_sitting_is_no_longer_than_fifty_minutes(lesson):
    assert max(minutes for *_, minutes in lesson.sittings) <= 50
