"""The sheets: a page to print for each lesson, made of what stands in it."""

import re

import pytest
from course import LESSONS, ROOT, broken_links, name
from writers import sheets

every_sheet = pytest.mark.parametrize("path", LESSONS, ids=name)


def test_each_lesson_has_a_sheet_and_no_other_is_there():
    assert sorted(sheets.pages()) == sorted(sheets.FOLDER.glob("*.md"))


@every_sheet
def test_a_sheet_has_a_picture_what_to_remember_and_equations(path):
    text = sheets.sheet(path)
    assert text.count("\n![") == 1 and "## To remember\n" in text
    assert 3 <= text.count("\n- ") <= 20
    assert len(re.sub(r"\$[^$]+\$", "x", text).split()) < 420, "it is one page"
    assert broken_links(sheets.FOLDER / "NN.md", text) == []
    told = sheets.equations(path)
    assert text.count("displaystyle") == len(sheets.chosen(path)) <= sheets.MOST
    assert bool(sheets.chosen(path)) == bool(told)


def test_the_gates_of_the_lstm_are_on_its_sheet():
    text = sheets.sheet(next(path for path in LESSONS if path.name.startswith("07")))
    assert all(part in text for part in (r"f_t &= \sigma(a_f)", "f_T\\, f_{T-1}", "r &="))


def test_the_site_and_the_guide_lead_to_them():
    assert "sheets/*" in (ROOT / "docs/summary_sheets.md").read_text("utf-8")
    assert "](sheets/07.md)" in (ROOT / "docs/instructor_guide.md").read_text("utf-8")
