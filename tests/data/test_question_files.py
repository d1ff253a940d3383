"""The questions of each lesson are in order: names, options and answers fit together."""

import re
import tomllib

import pytest

from helpers.data import lesson_folder, lesson_names, question, questions

NAME = re.compile(r"\d\d\.[a-z0-9]+(-[a-z0-9]+){1,3}")       # the lesson, and two to four words
LESSONS = [name[:2] for name in lesson_names()]


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_question_has_a_name_of_its_own_and_none_is_lost(lesson):
    rows = tomllib.loads((lesson_folder(lesson) / "questions.toml").read_text(encoding="utf-8"))
    names = [row["id"] for kind in rows.values() for row in kind]
    assert set(rows) <= {"predict", "see", "review", "before"} and len(set(names)) == len(names)
    for name in names:
        assert NAME.fullmatch(name) and name[:2] == lesson and question(name).id == name


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_has_three_or_four_options_a_reason_for_each_and_one_right(lesson):
    asked = questions(lesson)
    for plain in (*asked.predict.values(), *asked.review.values(), *asked.before.values()):
        for row in range(max(1, len(plain.numbers))):
            filled = plain.with_numbers(row)
            assert len(filled.options) == len(set(filled.options)) == len(filled.because) in (3, 4), plain.id
            assert filled.answer in tuple(filled.letters), plain.id
        assert plain.talk is None or 0 <= plain.talk <= 100, plain.id
