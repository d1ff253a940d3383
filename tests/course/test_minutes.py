"""Minutes: what a lesson promises is what the rule of scripts/minutes.py makes of it."""

import re

import facts
import minutes
import pytest
from course import LESSONS, name

from helpers.data import question

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)


@every_lesson
def test_the_promise_is_kept_within_a_fifth(path):
    ruled, promised, _ = minutes.core(path)
    assert 0.8 * promised <= ruled <= 1.2 * promised


@every_lesson
def test_there_is_always_something_to_do_before_long(path):
    assert [stretch for stretch in minutes.stretches(path) if stretch[0] > minutes.LONGEST] == []


@pytest.mark.parametrize("lesson", facts.lessons(), ids=lambda one: one.notebook)
def test_a_sitting_is_no_longer_than_fifty_minutes(lesson):
    assert max(minutes for *_, minutes in lesson.sittings) <= 50


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
    assert minutes.in_code('warm_up("02")', [view]) == {"lines": 0, "openings": 1}
    assert minutes.in_code("fit(model)", [view]) == {"lines": 1, "runs": 1}
    assert minutes.in_prose("### Exercise 2.1 ★ Title (5 minutes)")["task minutes"] == 5
