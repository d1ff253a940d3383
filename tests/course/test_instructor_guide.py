"""The instructor guide says what the notebooks say: sections, minutes, answers, exercises, plans."""

import json
import re

import pytest
import questions as script
import references
import tasks
from course import LESSONS, ROOT, cells, headings

GUIDE = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
PARTS = {part[:2]: part for part in re.split(r"^## ", GUIDE, flags=re.MULTILINE) if part[:2].isdigit()}
MINUTES = re.compile(r"\((?:[a-z ]+, )?(\d+) min\b")
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def rows(part: str, first: str) -> list[list[str]]:
    """The rows of the table whose first heading is `first`, as lists of cells."""
    found = re.search(rf"^\| {re.escape(first)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", part, re.MULTILINE)
    assert found, f"no table that begins with {first!r} in: {part[:60]!r}"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].strip().split("\n")]


def part_of(path) -> str:
    """The guide's part about the lesson."""
    assert path.name[:2] in PARTS, f"docs/instructor_guide.md has no part '{headings(prose(path)[0])[0][1]}'"
    return PARTS[path.name[:2]]


def prose(path) -> list[str]:
    return [cell["source"] for cell in cells(path, "markdown")]


def sections(path) -> dict[int, tuple[str, int, bool]]:
    """The numbered sections of a lesson: name, minutes, and whether it is optional."""
    found = {}
    for source in prose(path):
        for level, words in headings(source):
            if level == 2 and (match := re.match(r"(\d+) · (.+)", words)):
                name = re.split(r" *\*?\((?:optional|\d)", match[2])[0]
                found[int(match[1])] = (name, int(MINUTES.search(words)[1]), "optional" in words)
    return found


def exercises(path) -> dict[str, int]:
    """The exercises of a lesson, with their minutes."""
    found = re.findall(r"^### Exercise (\d+\.\d+) .*\((\d+) minutes?\)", "\n".join(prose(path)), re.MULTILINE)
    return {number: int(minutes) for number, minutes in found}


def test_every_lesson_has_its_part_with_its_title():
    titles = [headings(prose(path)[0])[0][1] for path in LESSONS]
    assert [part.split("\n")[0] for part in PARTS.values()] == titles


@every_lesson
def test_a_part_links_its_notebook_and_its_solutions(path):
    part = part_of(path)
    assert f"](../notebooks/{path.name})" in part and f"](../notebooks/solutions/{path.name})" in part


@every_lesson
def test_the_sections_and_their_minutes_are_those_of_the_notebook(path):
    said = {int(number): (name, int(minutes), leave_out.startswith("optional"))
            for number, name, minutes, leave_out, _ in rows(part_of(path), "§")}
    assert said == sections(path)


@every_lesson
def test_its_sittings_are_those_of_the_lesson(path):
    """But for optional sections, which either may count in or leave out."""
    said = re.search(r"(?:Two|Three) sittings: ([^.;]*)", part_of(path))
    asked = re.findall(r"\((?:sections )?(\d[\d, toand]*)\),? takes", "\n".join(prose(path)))
    assert bool(said) == bool(asked)
    if said:
        core = {str(number) for number, (_, _, optional) in sections(path).items() if not optional}
        sitting = [one for part in asked for one in references.numbers(part) if one in core]
        assert [one for one in references.numbers(said[1].replace("then ", "")) if one in core] == sitting


@every_lesson
def test_each_exercise_has_its_wrong_answer(path):
    said = rows(part_of(path), "exercise")
    assert {number: int(minutes) for number, _, minutes, _ in said} == exercises(path)
    assert all(words for *_, words in said)


@every_lesson
def test_each_lesson_names_its_wrong_ideas_and_shows_them_in_a_section_that_is_there(path):
    said = rows(part_of(path), "wrong idea")
    own = set(sections(path))
    assert said and all(idea and shown for idea, shown in said)
    assert {int(number) for _, shown in said for number in re.findall(r"§(\d+)", shown)} <= own


def plans() -> dict[int, str]:
    """The parts of the guide with a plan, by their hours."""
    found = re.findall(r"^### (\d+) hours.*\n((?:.*\n)*?)(?=^##)", GUIDE, re.MULTILINE)
    return {int(hours): plan for hours, plan in found}


def test_the_plans_fill_their_hours():
    assert list(plans()) == [3, 6, 12]
    for hours, plan in plans().items():
        hour_by_hour = rows(plan, "hour")
        assert [int(row[0]) for row in hour_by_hour] == list(range(1, hours + 1))
        taught = []
        for hour, parts, minutes, cells_shown, named, for_tasks, rest, _, _ in hour_by_hour:
            where = f"{hours} hours, hour {hour}"
            sections_named = script.taught(parts)
            taught += sections_named
            whole = [sections(tasks.notebook(lesson))[section][1] for lesson, section in sections_named]
            done = [tasks.task(*one) for one in tasks.named(named)]
            due = sum(one.minutes for one in done if one.kind == "Exercise")
            assert sum(whole) == int(minutes) <= 50, f"{where}: the sections take {sum(whole)}"
            assert due == int(for_tasks), f"{where}: the exercises take {due}"
            assert int(rest) >= 10 and sum(whole) + due + int(rest) == 60, f"{where}: not an hour"
            assert done, f"{where}: no exercise and no stage"
            for lesson, kind, number in tasks.named(named):
                section = tasks.task(lesson, kind, number).section
                assert kind == "Exercise" or (lesson, section) in sections_named, f"{where}: {number}"
            shown = [tasks.sections(lesson)[section] for lesson, section in sections_named]
            count = sum(one.shown for one in shown)
            assert count == int(cells_shown) <= tasks.CELLS_AN_HOUR, f"{where}: {count} cells"
            each = 60 * sum(one.minutes for one in shown) / count
            assert each >= tasks.SECONDS_A_CELL, f"{where}: {each:.0f} s for each cell that is shown"
        assert taught == sorted(set(taught)), f"{hours} hours: a section twice, or out of order"


@pytest.mark.parametrize("hours", [3, 6, 12])
def test_who_is_late_wins_fifteen_minutes_and_keeps_an_exercise(hours):
    planned = rows(plans()[hours], "hour")
    late = rows(plans()[hours], "when late, hour")
    assert [row[0] for row in late] == [row[0] for row in planned]
    for (hour, parts, _, _, done, *_), (_, leave_out, wins, say) in zip(planned, late, strict=True):
        kept = set(tasks.named(done)) - set(tasks.named(leave_out))
        here = script.taught(parts)
        gone = [one for part in leave_out.split("; ") if re.match(r"\d\d: ", part)
                for one in script.taught(part)]
        left = [one for one in tasks.named(leave_out) if one[1] == "Exercise" or (
            (one[0], tasks.task(*one).section) in here and (one[0], tasks.task(*one).section) not in gone)]
        assert set(gone) <= set(here) and left == tasks.named(leave_out), f"hour {hour}: not of this hour"
        won = sum(tasks.sections(lesson)[section].whole for lesson, section in gone)
        won += sum(tasks.task(*one).minutes for one in left)
        assert won == int(wins) >= 15, f"hour {hour}: {won} minutes"
        assert any(kind == "Exercise" or (lesson, tasks.task(lesson, kind, number).section) not in gone
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
    monkeypatch.setattr(tasks, "notebook", lambda lesson: tmp_path / f"{lesson}_x.ipynb")
    assert tasks.sections("77") == {1: tasks.Section(whole=9, minutes=5, shown=2)}
    assert tasks.tasks("77") == (tasks.Task("Stage", "1", points=2, minutes=4, section=1),)
    with pytest.raises(ValueError, match="lesson 77 has no stage 2"):
        tasks.task("77", "Stage", "2")


def test_the_guide_says_that_its_minutes_are_estimates():
    assert "no class has timed" in GUIDE


def test_the_seconds_name_every_lesson():
    lessons, = re.findall(r"^\| lesson ((?:\| \d\d )+)\|", GUIDE, re.MULTILINE)
    about, = re.findall(r"^\| about ((?:\| \d+ )+)\|", GUIDE, re.MULTILINE)
    assert lessons.split("|")[1:] and [one.strip() for one in lessons.split("|")[1:]] == sorted(PARTS)
    assert len(about.split("|")) == len(lessons.split("|"))


def test_the_exercises_that_are_left_for_home_exist():
    known = {number for path in LESSONS for number in exercises(path)}
    plans = GUIDE.partition("## Plans")[2].partition("\n## ")[0]
    for line in plans.splitlines():
        if line.startswith("For home:"):
            named = re.findall(r"\b\d+\.\d+\b", line)
            assert named and set(named) <= known, line
