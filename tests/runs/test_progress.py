"""The file of a learner: nothing is lost or cut, a bad line is left out, and what comes back when."""

import json
from datetime import datetime, timedelta

import pytest

from helpers.runs import Progress

NOON = datetime(2026, 3, 1, 12)


@pytest.fixture
def progress(tmp_path):
    """What is kept in a file, by a clock that a test moves with `later`."""
    made = Progress()
    made.path, made.time = tmp_path / "my_course.jsonl", NOON
    made.now = lambda: made.time
    return made


def later(progress, **time) -> None:
    progress.time += timedelta(**time)


def test_an_event_is_a_line_that_anybody_can_read(progress):
    assert progress.add(question="02.all-weights-zero", chose="b", first="d", right=False)
    assert progress.add(question="02.all-weights-zero", chose="d", right=True)
    lines = progress.path.read_text("utf-8").splitlines()
    assert json.loads(lines[0]) == {"at": "2026-03-01T12:00:00", "question": "02.all-weights-zero",
                                    "chose": "b", "first": "d", "right": False}
    kept = progress.answered()["02.all-weights-zero"]
    assert (kept.first, kept.last, kept.right, kept.times, kept.in_a_row) == ("d", "d", True, 2, 1)


def test_the_newest_line_about_a_thing_is_true(progress):
    for done in (False, True):
        progress.add(lesson="02", done=done)
    progress.add(lesson="01", done=True)
    for done in (True, False):
        progress.add(lesson="03", done=done)
    assert progress.finished() == ["01", "02"]


REVIEW = "02.factor-between-losses"
BAD = ["", "{", "[]", "null", '{"at": 3}', '{"question": "02.two-loss-drops"}', "\x00\x00",
       '{"at": "yesterday"}', "[" * 3000, '{"at": "2026-03-01T12:00:00", "question": 7, "chose": "b"}']


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_bad_line_is_left_out_and_said(progress, bad):
    progress.add(question="02.two-loss-drops", chose="a", right=True)
    with progress.path.open("a", encoding="utf-8") as file:
        file.write(bad + "\n")
    progress.add(question="02.scale-of-weights", chose="b", right=False)
    assert list(progress.answered()) == ["02.two-loss-drops", "02.scale-of-weights"]
    assert progress.unread == (0 if bad in ("", BAD[-1]) else 1)


def test_what_a_killed_process_left_stands_alone_and_nothing_is_cut(progress):
    progress.path.write_bytes(b'{"at": "2026-03-01T12:00:00", "quest')
    progress.add(lesson="02", done=True)
    assert progress.path.read_bytes().startswith(b'{"at": "2026-03-01T12:00:00", "quest\n{')
    assert progress.finished() == ["02"] and progress.unread == 1


def test_a_question_comes_back_after_2_7_21_and_60_days_and_a_miss_after_2(progress):
    for days in (2, 7, 21, 60, 60):
        progress.add(question=REVIEW, chose="b", right=True)
        later(progress, days=days, seconds=-1)
        assert progress.due([REVIEW]) == []
        later(progress, seconds=1)
        assert progress.due([REVIEW]) == [REVIEW]
    progress.add(question=REVIEW, chose="a", right=False)
    later(progress, days=2)
    assert progress.due([REVIEW]) == [REVIEW]
    progress.add(question=REVIEW, chose="b", right=True)
    later(progress, days=2)
    assert progress.due([REVIEW]) == [REVIEW], "after a miss it begins anew"


def test_no_more_than_five_a_day_come_back_the_longest_overdue_first(progress):
    names = [f"02.some-question-{n}" for n in range(1, 8)]
    for name in names:
        progress.add(question=name, chose="b", right=True)
        later(progress, hours=1)
    later(progress, days=3)
    assert progress.due(names[::-1]) == names[:5]
    progress.add(question=names[0], chose="b", right=True)
    assert progress.due(names) == names[1:5]
    later(progress, days=1)
    assert progress.due(names) == names[1:6]
