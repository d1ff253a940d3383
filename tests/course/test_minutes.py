"""Minutes: what a lesson promises is what scripts/minutes.py makes of it, and no lesson has grown."""

import re

import minutes
import pytest
from course import LESSONS, cells, name

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)
WORDS = {           # of each core when it was last shortened: what is added replaces something
    "00": 1023, "01": 3947, "02": 5122, "03": 3066, "04": 3161, "05": 4199, "06": 3525, "07": 4912,
    "08": 4740, "09": 3127, "10": 1868,
}
MOST = 660              # minutes, of lessons 00 to 09


@every_lesson
def test_the_promise_is_kept_within_a_fifth(path):
    ruled, promised, _ = minutes.core(path)
    assert 0.8 * promised <= ruled <= 1.2 * promised


@every_lesson
def test_a_core_has_no_more_words_than_before(path):
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


def test_the_rule_counts_what_it_says(tmp_path):
    prose = ("## 1 · A part (3 min)\n\n" + "word " * 90
             + "\n\n$$x$$\n\n**Predict.** one <details>folded away</details>")
    view = {"output_type": "display_data", "data": {minutes.VIEW: {}}}
    code = "import numpy\n\nx = 1\nexplore(x)"
    assert minutes.in_prose(prose)["words"] == 90 + len("1 A part 3 min Predict one".split())
    counted = minutes.Counter(minutes.in_prose(prose))
    counted.update(minutes.in_code(code, [view]))
    assert (counted["lines"], counted["dashboards"]) == (2, 1)
    assert (counted["questions"], counted["equations"]) == (1, 1)
    assert minutes.minutes(counted) == pytest.approx(97 / 180 + (2 * 6 + 90 + 45 + 30) / 60)
    assert minutes.in_code("fit(model)", [view]) == {"lines": 1, "runs": 1}
    assert minutes.in_prose("### Exercise 2.1 ★ Title (5 minutes)")["task minutes"] == 5
