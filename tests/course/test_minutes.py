"""Minutes: what a lesson promises is what scripts/minutes.py makes of it, and no lesson has grown."""

import re

import minutes
import pytest
import references
from course import LESSONS, cells, name

from helpers.data import question

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)
WORDS = {           # of each core when it was last shortened: what is added replaces something
    "00": 1110, "01": 3178, "02": 4782, "03": 3053, "04": 3161, "05": 4199, "06": 3525, "07": 4912,
    "08": 4740, "09": 3127, "10": 2270, "11": 2813, "12": 2650, "13": 2170,
}
MOST = 660              # minutes, of lessons 00 to 09


@every_lesson
def test_the_promise_is_kept_within_a_fifth(path):
    ruled, promised, _ = minutes.core(path)
    assert 0.8 * promised <= ruled <= 1.2 * promised


@every_lesson
def test_a_core_has_no_more_words_than_before(path):
    assert path.name[:2] in WORDS, f"a new lesson: note {minutes.core(path)[2]} in WORDS"
    assert minutes.core(path)[2] <= WORDS[path.name[:2]]


@every_lesson
def test_there_is_always_something_to_do_before_long(path):
    assert [stretch for stretch in minutes.stretches(path) if stretch[0] > minutes.LONGEST] == []


def test_the_course_up_to_the_clinic_fits_its_hours():
    assert sum(minutes.core(path)[0] for path in LESSONS if path.name[:2] <= "09") <= MOST


@every_lesson
def test_a_sitting_is_no_longer_than_fifty_minutes(path):
    first = "\n".join(cell["source"] for cell in cells(path, "markdown")[:4])
    assert all(int(sitting) <= 50 for sitting in re.findall(r"takes (\d+)", first))


@pytest.mark.parametrize("path", LESSONS[1:], ids=name)
def test_the_minutes_at_the_top_are_those_of_the_sections_and_exercises(path):
    """The first sitting begins with the questions before it; optional sections are counted apart."""
    text = "\n".join(cell["source"] for cell in cells(path, "markdown"))
    line = re.search(r"\*\*Minutes:\*\*(.*)", text)[1]
    heads = re.findall(r"^## (?:(\d+) · |Before)(.*?(\d+) min.*)", text, re.MULTILINE)
    core = {number: int(taken) for number, words, taken in heads if "optional" not in words}
    optional = {number: int(taken) for number, words, taken in heads if "optional" in words}
    sittings = re.findall(r"\((?:sections )?(\d[\d, toand]*)\),? takes (\d+)", line)
    found = [sum(core.get(number, 0) for number in references.numbers(named)) for named, _ in sittings]
    found = [found[0] + core[""], *found[1:]] if found else [sum(core.values())]
    said = [said for _, said in sittings] or re.findall(r"core path takes (\d+)", line)
    assert list(map(int, said)) == found
    if more := re.search(r"optional(?: sections? ?\d*)?,? (?:adds? )?(\d+)", line):
        assert int(more[1]) == sum(optional.values())
    tasks = re.findall(r"^### (?:Exercise|On paper|In your own)(?!.*Project:).* \((\d+) minutes?\)", text,
                       re.MULTILINE)
    about = int(re.search(r"exercises (?:add )?about (\d+)", line)[1])
    assert about % 5 == 0 and abs(about - sum(map(int, tasks))) <= 2.5, f"they take {sum(map(int, tasks))}"


def test_the_rule_counts_what_it_says(tmp_path):
    prose = ("## 1 · A part (3 min)\n\n" + "word " * 90
             + "\n\n$$x$$\n\none <details>folded away</details>")
    view = {"output_type": "display_data", "data": {minutes.VIEW: {}}}
    code = "import numpy\n\nx = 1\nexplore(x)"
    assert minutes.in_prose(prose)["words"] == 90 + len("1 A part 3 min one".split())
    counted = minutes.Counter(minutes.in_prose(prose))
    counted.update(minutes.in_code(code, [view]))
    assert (counted["lines"], counted["dashboards"]) == (2, 1)
    counted.update(minutes.in_code('predict("02.first-update-moves")', [view]))
    asked = question("02.first-update-moves")
    words = 96 + sum(len(re.sub(r"\$[^$]+\$", "x", part).split()) for part in (asked.ask, *asked.options))
    assert (counted["questions"], counted["equations"]) == (1, 1)
    assert counted["words"] == pytest.approx(words, abs=6), "numbers with a point count twice"
    assert minutes.minutes(counted) == pytest.approx(counted["words"] / 180 + (2 * 6 + 90 + 45 + 30) / 60)
    assert minutes.in_code('opening("02")', [view]) == {"lines": 0, "openings": 1}
    assert minutes.in_code("fit(model)", [view]) == {"lines": 1, "runs": 1}
    assert minutes.in_prose("### Exercise 2.1 ★ Title (5 minutes)")["task minutes"] == 5
