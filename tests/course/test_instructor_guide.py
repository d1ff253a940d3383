"""The instructor guide says what the notebooks say: sections, minutes, answers, exercises, plans."""

import re

import pytest
import references
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


def numbers(words: str) -> list[int]:
    """The numbers of a list such as '1-3, 5' (with an en dash)."""
    found = []
    for one in words.split(","):
        first, _, last = one.strip().partition("–")
        found += range(int(first), int(last or first) + 1)
    return found


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
    assert [number for number, _ in said] == list(exercises(path))
    assert all(words for _, words in said)


@every_lesson
def test_each_lesson_names_its_wrong_ideas_and_shows_them_in_a_section_that_is_there(path):
    said = rows(part_of(path), "wrong idea")
    own = set(sections(path))
    assert said and all(idea and shown for idea, shown in said)
    assert {int(number) for _, shown in said for number in re.findall(r"§(\d+)", shown)} <= own


def test_the_plans_fill_their_hours():
    plans = re.findall(r"^### (\d+) hours.*\n((?:.*\n)*?)(?=^##)", GUIDE, re.MULTILINE)
    assert [int(hours) for hours, _ in plans] == [3, 6, 12]
    lessons = {path.name[:2]: path for path in LESSONS}
    for hours, plan in plans:
        hour_by_hour = rows(plan, "hour")
        assert [int(row[0]) for row in hour_by_hour] == list(range(1, int(hours) + 1))
        taught = []
        for hour, parts, minutes, tasks, for_tasks, rest, _, _ in hour_by_hour:
            total = 0
            for number, which in (one.strip().split(": ") for one in parts.split(";")):
                taught += [(number, section) for section in numbers(which)]
                total += sum(sections(lessons[number])[section][1] for section in numbers(which))
            due = [exercises(lessons[f"{int(task.split('.')[0]):02}"])[task]
                   for task in re.findall(r"\d+\.\d+", tasks)]
            where = f"{hours} hours, hour {hour}"
            assert total == int(minutes) <= 50, f"{where}: the sections take {total}"
            assert sum(due) == int(for_tasks), f"{where}: the exercises take {sum(due)}"
            assert int(rest) >= 10 and total + sum(due) + int(rest) == 60, f"{where}: not an hour"
        assert taught == sorted(set(taught)), f"{hours} hours: a section twice, or out of order"


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
