"""The pages of the hours: a teacher finds on one what is pressed, asked, said and left out, in order."""

import json
import os
import re
from itertools import pairwise

import facts
import pytest
from cells_alone import compare, run_cell
from course import ROOT, broken_links
from fork import apart
from writers import guide, hours

from helpers.data import questions

MOST_WORDS = 1_150          # beside code: two sides of A4, read in six minutes
HEADING = re.compile(r"^## (\d):(\d\d) · (.+) \((\d+) min(?:utes?)?(, \*out if late\*)?\)$", re.MULTILINE)
HOURS = hours.hours()
every_hour = pytest.mark.parametrize("hour", HOURS, ids=lambda one: one.path.stem)


def parts(hour) -> dict[str, str]:
    """The text below each heading of an hour's page, by the heading's words."""
    _, *found = re.split(r"^## \d:\d\d · (.+) \(\d+ min.*$", hour.path.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(found[::2], found[1::2], strict=True))


def of_section(hour, lesson: str, number: int) -> str:
    return next(text for name, text in parts(hour).items() if name.startswith(f"{lesson} §{number} "))


def code_of(lesson: str, number: int) -> list[tuple[str, bool, bool]]:
    """The code cells of a section as the notebook has them: source, whether of a stage, whether imports."""
    found, section, stage = [], 0, False
    for cell in json.loads(facts.lesson(lesson).path.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if heading := re.search(r"^## (?:(\d+) · )?", source, re.MULTILINE):
                section = int(heading[1] or 0)
            stage = source.startswith("### Stage")
        elif section == number:
            bare = re.sub(r"\([^()]*\)|#.*", "()", source)
            found.append((source, stage, all(re.match(r"(from|import) |$", line) for line in bare.splitlines()
                                             if line != "()")))
    return found


def test_each_hour_has_a_page_and_no_other_is_there():
    assert len(HOURS) == 21
    assert sorted(one.path for one in HOURS) == sorted(hours.FOLDER.iterdir())


@every_hour
def test_each_cell_that_is_counted_is_there_once_in_order_and_can_be_recognised(hour):
    counted = 0
    for lesson, number in hour.sections:
        cells = code_of(lesson, number)
        rows = re.findall(r"^\| (\d+) \| (.+?) \| (.*?) ?\|$", of_section(hour, lesson, number), re.MULTILINE)
        assert [int(place) for place, *_ in rows] == [
            place for place, (_, stage, _) in enumerate(cells, 1) if not stage], f"{lesson} §{number}"
        for place, press, _ in rows:
            source, _, imports = cells[int(place) - 1]
            counted += not imports
            flat = "".join(source.split())
            said = re.search(r"`(.+)`", press)
            asked = re.search(r"\d\d\.s?\d+", press)
            if asked:
                known = questions(lesson)
                assert any(one.number == asked[0] and f'"{one.id}"' in source
                           for one in (*known.predict.values(), *known.see.values())), press
            elif press.startswith("Button *"):
                assert f'button("{press[8:-1]}"' in source, press
            elif said:
                line = "".join(said[1].replace("\\|", "|").replace("'", '"').split())
                begins = line.partition("…")[0]
                begins = begins.split("(")[0] if "(…" in line else begins
                assert begins in flat.replace("'", '"'), press
            else:
                assert imports and press == "Imports", press
    assert counted == int(hour.row["cells"])


@every_hour
def test_what_to_move_is_there_with_each_of_its_sentences(hour):
    for lesson, number in hour.sections:
        text = of_section(hour, lesson, number)
        show = guide.section(lesson, number).show
        assert all(sentence in text for sentence in re.split(r"(?<=[.?])\s+(?=[A-Z*`0-9])", show))


@every_hour
def test_of_a_live_run_it_promises_no_number(hour):
    """The numbers of the saved picture are not those that the class sees."""
    for row in re.findall(r"^\|.* Live runs? `.*$", hour.path.read_text("utf-8"), re.MULTILINE):
        assert row.endswith("Each run differs: say no number |"), row
        assert " Live runs " in row or not re.search(r"nats|\d updates", row)


@every_hour
def test_lecture_mode_is_there_from_its_first_section(hour):
    """What brings it is run before the class, or opens the lesson in it."""
    lesson, first = hour.sections[0]
    ahead = re.search(r"^\| \*\*Run before\*\* \| (.*) \|$", hour.path.read_text("utf-8"), re.MULTILINE)[1]
    opens = first == 1 and (lesson == "00" or f'`warm_up("{lesson}")`' in hour.path.read_text("utf-8"))
    assert opens != (f"in {lesson} all cells as far as the opening questions" in ahead)


@pytest.mark.parametrize("show, places", [
    ("Look. *weight* 1 → 2. It grows", {-1: "Look.", 0: "", 1: "*weight* 1 → 2. It grows"}),
    ("*clip* 1. At rate 3, *clip* 2", {-1: "", 0: "*clip* 1.", 1: "At rate 3, *clip* 2"}),
    ("*mode* off, *clip* 2", {-1: "", 0: "*mode* off, *clip* 2", 1: ""}),
])
def test_a_move_is_beside_the_dashboard_whose_controls_it_names(show, places):
    dashboards = [{"clip", "mode"}, {"clip", "learning rate", "weight"}]
    assert hours.told(show, dashboards) == places


@every_hour
def test_each_question_has_its_answer_and_what_to_say(hour):
    for lesson, number in hour.sections:
        rows = of_section(hour, lesson, number).splitlines()
        for one in questions(lesson).predict.values():
            if one.section == number:
                row, = [line for line in rows if f"**Predict {one.number}**" in line]
                assert f"**{one.answer}**, " in row and row.endswith(f"*Say* {one.say} |")
                assert (one.talk is None) == ("*talk" not in row) and f"{one.talk or ''} %" in row + " %"
                assert f"`{one.id[3:]}`" in row
    text = hour.path.read_text("utf-8")
    review = re.findall(r"^\| \| (\d\d\.r\d) \| .*\*\*[a-d]\*\*, ", text, re.MULTILINE)
    assert ", ".join(review) == hour.row["review"]


@every_hour
def test_each_stage_has_its_lines_to_type_its_mistake_and_what_the_check_says(hour):
    for lesson, number in hour.sections:
        text = of_section(hour, lesson, number)
        for name in facts.shown(lesson)[number].stages:
            stage = guide.task(lesson, "Stage", name)
            typed = re.search(rf"^\*\*{re.escape(stage.heading[:-1])}[^\n]*\n\n```python\n(.*?)\n```",
                              text, re.MULTILINE | re.DOTALL)[1].splitlines()
            assert [line.strip() for line in typed] == re.findall(r"`([^`]+)`", stage.lines)
            assert all(len(below) - len(below.lstrip()) > len(line) - len(line.lstrip())
                       for line, below in pairwise(typed) if line.endswith(":"))
            assert f"{stage.mistake}. *The check says* {stage.says}" in text
    for lesson, kind, name in hour.tasks:
        if kind == "Exercise":
            task = guide.task(lesson, kind, name)
            assert task.expect in parts(hour)[f"{kind} {name} {'★' * task.stars} {task.name}"]


@every_hour
def test_its_minutes_are_those_of_the_plan_and_its_clock_goes_on(hour):
    clock, late, taken = 0, [], {"section": 0, "exercise": 0, "review": 0}
    for of, minute, name, minutes, out in HEADING.findall(hour.path.read_text("utf-8")):
        assert 60 * int(of) + int(minute) == clock, name
        clock += int(minutes)
        section = re.match(r"(\d\d) §(\d+) ", name)
        taken["section" if section else "exercise" if name.startswith("Ex") else "review"] += int(minutes)
        late += [(section[1], int(section[2]))] if out and section else []
    assert list(taken.values()) == [int(hour.row["minutes"]), int(hour.row["their minutes"]),
                                    facts.OPENING if hour.row["review"] else 0]
    assert clock <= 60
    assert late == guide.left_out(hour.late["leave out"])
    head = hour.path.read_text("utf-8").partition("\n## ")[0]
    assert hour.late["leave out"] in head and hour.late["say instead"] in head and hour.row["time"] in head


@every_hour
def test_it_is_short_and_its_links_lead_somewhere(hour):
    text = hour.path.read_text("utf-8")
    assert broken_links(hour.path, text) == []
    prose = re.sub(r"```.*?```|`[^`\n]+`|\]\([^)]*\)", " ", text, flags=re.DOTALL)
    assert len(re.findall(r"\w[\w'’.,−%-]*", prose)) <= MOST_WORDS


def test_what_goes_on_from_another_section_is_run_with_it():
    """As the guide says under *Start in the middle*."""
    def ahead(lesson: str, *sections: int) -> list[str]:
        found = hours.before(lesson, [(lesson, number) for number in sections])
        return list(dict.fromkeys(found.values()))

    top, first = "the imports at the top", "all of section 1"
    assert ahead("07", 6, 7) == [] and ahead("07", 1, 2) == [top]
    assert ahead("07", 8) == ["the first cell of section 6"]
    assert ahead("04", 4) == [top, first, "all of section 2"] and ahead("04", 2, 4) == [top, first]
    assert "all of section 8" in ahead("08", 9)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="each lesson runs in a fork: not on Windows")
@pytest.mark.parametrize("lesson, hour", [
    pytest.param(lesson, hour, id=f"{hour.path.stem}-{lesson}", marks=[pytest.mark.torch] * (lesson == "10"))
    for hour in HOURS for lesson in hour.lessons])
def test_an_hour_runs_in_a_fresh_kernel_after_what_its_page_names(lesson, hour):
    """Each of its cells then prints and shows what is saved below it."""
    ahead = hours.before(lesson, hour.sections)
    mine = {number for of, number in hour.sections if of == lesson}

    def run() -> bool:
        os.chdir(ROOT / "notebooks")
        names: dict = {"__name__": "__main__"}
        for place, cell in enumerate(facts.code_cells(lesson)):
            if place in ahead or cell.section in mine:
                compare(*run_cell(cell.source, f"<code cell {place}>", names), cell.outputs)
        return True

    assert apart(run)


def test_the_guide_and_the_site_lead_to_them():
    text = guide.GUIDE.read_text("utf-8")
    for one in HOURS:
        assert f"| [{one.number}](hours/{one.path.name}) |" in text
    assert '"docs/instructor_guide": "hours/*"' in (ROOT / "docs/conf.py").read_text("utf-8")
    assert "](docs/hours/" in (ROOT / "README.md").read_text("utf-8")
