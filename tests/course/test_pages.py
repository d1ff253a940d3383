"""The pages follow from the lessons' facts: each fact is written into every place that shows it."""

import facts
import pages
import pytest
from facts import Section
from writers import Problem, notebooks

SECTIONS = [Section(1, "one", "Fans", 4, sitting="the air"), Section(2, "two", "A *fast* one", 6),
            Section(3, "three", "More", 7, leave_out="optional, but show it"),
            Section(4, "four", "Sails", 9, sitting="the sea", note="a preview")]


def test_every_page_is_up_to_date():
    assert [path.relative_to(facts.ROOT).as_posix() for path, _ in pages.outdated()] == [], (
        "python scripts/pages.py")


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


@pytest.mark.parametrize(("wrong", "named"), [
    ({"tittle": "x"}, "tittle"), ({"sections": [{"id": "a", "name": "b"}]}, "minutes")])
def test_a_misspelt_fact_is_named(wrong, named, monkeypatch):
    raw = facts._raw("04")
    monkeypatch.setattr(facts, "_raw", lambda _: {**raw, **wrong})
    with pytest.raises(ValueError, match=named):
        facts.lesson.__wrapped__("04")
