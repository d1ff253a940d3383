"""The pages follow from the lessons' facts: each fact is written into every place that shows it."""

import json
import re
from dataclasses import replace

import facts
import pages
import pytest
from facts import Objective, Section, Task
from writers import Problem, guide, notebooks, overviews

SECTIONS = [Section(1, "one", "Fans", 4, sitting="the air"), Section(2, "two", "A *fast* one", 6),
            Section(3, "three", "More", 7, leave_out="optional, but show it"),
            Section(4, "four", "Sails", 9, sitting="the sea", note="a preview")]
TASKS = [Task("Exercise", "77.1", "a", "Turn it", 1, 4),
         Task("Exercise", "77.2", "b", "Project: a sail", 3, 90)]
LESSON = replace(facts.lesson("01"), title="Wind", needs=("00",), sections=SECTIONS, exercises=TASKS,
                 objectives=[Objective("feel it", ["one"], []), Objective("use it", ["four"], [])],
                 on_paper=15)


def test_every_page_is_up_to_date():
    assert [path.relative_to(facts.ROOT).as_posix() for path, _ in pages.outdated()] == [], (
        "python scripts/pages.py")


def test_a_check_writes_nothing_and_says_what_is_old(tmp_path, monkeypatch, capsys):
    old = tmp_path / "old.md"
    old.write_text("old", encoding="utf-8")
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    monkeypatch.setattr(pages, "outdated", lambda: iter([(old, "new")]))
    for arguments, code, kept in ((["--check"], 1, "old"), ([], 0, "new")):
        monkeypatch.setattr("sys.argv", ["pages.py", *arguments])
        assert pages.main() == code and old.read_text("utf-8") == kept
    assert "old.md is not up to date" in capsys.readouterr().out


def test_a_heading_has_number_minutes_and_stars_from_the_facts():
    assert [one.heading for one in SECTIONS] == [
        "1 · Fans (4 min)", "2 · A *fast* one (6 min)", "3 · More *(optional, 7 min)*",
        "4 · Sails (9 min, a preview)"]
    assert [one.heading for one in TASKS] == ["Exercise 77.1 ★ Turn it (4 minutes)",
                                              "Exercise 77.2 ★★★ Project: a sail (90 minutes)"]


CHANGES = {
    "nothing": (["1 · Fans (4 min)", "2 · A *fast* one (6 min)", "3 · More (7 min)", "4 · Sails (9 min)"],
                None),
    "one is new and has no number yet": (["0 · Fans (1 min)", "1 · A *fast* one (6 min)", "2 · More (7 min)",
                                          "3 · Sails (9 min)"], None),
    "one was renamed": (["1 · Fans (4 min)", "2 · A slow one (6 min)", "3 · More *(optional, 7 min)*",
                         "4 · Sails (9 min)"], None),
    "one is missing": (["1 · Fans (4 min)", "2 · A *fast* one (6 min)", "3 · More (7 min)"], "Sails"),
    "two changed places": (["1 · A *fast* one (6 min)", "2 · Fans (4 min)", "3 · More (7 min)",
                            "4 · Sails (9 min)"], "orders"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_heading_belongs_to_the_section_of_its_name(change):
    found, problem = CHANGES[change]
    if problem:
        with pytest.raises(Problem, match=problem):
            notebooks.matched(found, SECTIONS, "77")
    else:
        assert list(notebooks.matched(found, SECTIONS, "77").values()) == SECTIONS


def test_the_first_cell_says_what_is_learnt_and_how_long_it_takes():
    before = "## What you will be able to do\n\n- old,\n- older.\n\n**You need** air. **Minutes:** long."
    about = 5 * round((4 + 15 + LESSON.own_words) / 5)
    assert notebooks.opened(before, LESSON) == (
        "## What you will be able to do\n\n- feel it,\n- use it.\n\n**You need** air. **Minutes:** part "
        "**A, the air** (sections 1 and 2) takes 13 and part **B, the sea** (section 4) takes 9. The "
        f"optional section adds 7, and the exercises about {about}, and each project 90.")
    plain = replace(LESSON, sections=[replace(SECTIONS[0], sitting="")], exercises=TASKS[:1], on_paper=0)
    assert re.search(r"\*\*Minutes:\*\* the core path takes 7\. The exercises add about \d+\.$",
                     notebooks.opened(before, plain))


@pytest.mark.parametrize("text, after", [
    ("see [section 5](#5-·-Old-(3-min)) there", "see [section 6](#6-%C2%B7-New-one-(4-min)) there"),
    ("[lesson 04, section 5](04_x.ipynb#5-·-Old-(3-min))",
     "[lesson 04, section 6](04_x.ipynb#6-%C2%B7-New-one-(4-min))"),
    ("[the clip](../04_x.ipynb#5-%C2%B7-Old-(3-min))", "[the clip](../04_x.ipynb#6-%C2%B7-New-one-(4-min))"),
    ("[section 5](05_y.ipynb#5-·-Old-(3-min))", "[section 5](05_y.ipynb#5-·-Old-(3-min))"),
    ("[5](#5-·-Old-(3-min)), ![5](#5-·-Old-(3-min))",
     "[6](#6-%C2%B7-New-one-(4-min)), ![5](#5-·-Old-(3-min))"),
])
def test_a_link_to_a_section_follows_its_heading(text, after):
    moved = {("04_x.ipynb", "5-·-Old-(3-min)"): "6 · New *one* (4 min)"}
    assert notebooks.follow(text, notebooks.ROOT / "04_x.ipynb", moved) == after


def test_the_sections_of_a_plan_follow_where_one_was_inserted():
    moved = {("04_x.ipynb", "1-·-A-(3-min)"): "1 · A (3 min)",
             ("04_x.ipynb", "2-·-B-(3-min)"): "3 · B (3 min)",
             ("04_x.ipynb", "Exercise-4.1-★-C-(3-minutes)"): "Exercise 4.1 ★ C (3 minutes)",
             ("05_x.ipynb", "1-·-A-(3-min)"): "1 · A (3 min)"}
    assert notebooks.renumbered(moved) == {"04": {1: 1, 2: 3}}
    text = "| 2 | 04: 1–2; 05: 1 | at 04: 1–2 |\nIn 04: 1–2 are words."
    assert notebooks.planned(text, {"04": {1: 1, 2: 3}}) == (
        "| 2 | 04: 1, 3; 05: 1 | at 04: 1, 3 |\nIn 04: 1–2 are words.")
    assert notebooks.planned(text, {}) == text


def test_a_number_is_written_for_an_id_and_an_unknown_one_is_named():
    first = facts.lesson("05").sections[3]
    assert facts.number(first.id, "05") == facts.number(f"05.{first.id}") == "4"
    with pytest.raises(ValueError, match="lesson 05 has no 'nowhere'"):
        facts.number("05.nowhere")
    with pytest.raises(ValueError, match=r"there is no 'stage 05\.nowhere'"):
        facts.task("stage 05.nowhere")


def test_a_lesson_in_the_readme_the_guide_and_the_objectives():
    assert overviews.row(LESSON)[1:4] == (f"[Wind](notebooks/{LESSON.path.name})", "00", "13 + 9")
    text = guide.part(replace(LESSON, in_class="Open a window."))
    assert "Two sittings: 1 and 2, then 4; 3 is optional. Open a window." in text
    assert "| 3 | More | 7 | optional, but show it | |" in text and "| 77.2 | 6 | 90 | |" in text


def test_no_fact_of_a_lesson_is_left_where_it_can_be_forgotten(monkeypatch):
    """What is known by its facts alone: a name that no entry has is refused."""
    raw = facts._raw("04")
    for wrong, named in (({"tittle": "x"}, "tittle"), ({"sections": [{"id": "a", "name": "b"}]}, "minutes")):
        monkeypatch.setattr(facts, "_raw", lambda _, wrong=wrong: {**raw, **wrong})
        with pytest.raises(ValueError, match=named):
            facts.lesson.__wrapped__("04")
    json.dumps(raw)
