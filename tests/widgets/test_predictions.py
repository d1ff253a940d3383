"""Questions on the page, without a browser: choose, reveal, skip, try again, in class and a third time."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from helpers.data import question, questions
from helpers.lessons.lesson00 import fading_memory
from helpers.runs import Progress
from helpers.widgets import (
    course_map,
    explore,
    hide_questions,
    predict,
    reflect,
    restore_notebook,
    review,
    self_test,
    stepper,
    warm_up,
)
from helpers.widgets.dashboard import open_views

MOVES, SHIFTED = "02.first-update-moves", "02.targets-not-shifted"
RIGHT = question(MOVES).answer
WRONG = next(letter for letter in question(MOVES).letters if letter != RIGHT)
WEIGHT = {"weight": (-1.2, 1.2, 0.05)}


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """A file of its own for each test, and no dashboards of others."""
    for view in open_views:
        view.close()
    path = tmp_path / "my_course.jsonl"
    monkeypatch.setenv("MY_COURSE", str(path))
    return path


def press(dashboard, *names: str) -> None:
    for name in names:
        control = dashboard.controls[name]
        if hasattr(control, "click"):
            assert not control.disabled and control.layout.display != "none", f"{name} can't be pressed"
            control.click()
        else:
            control.value = not control.value


def seen(dashboard) -> list[str]:
    """The buttons that are there."""
    return [name for name in ("Show the options", "Reveal", "Skip", "Try again")
            if dashboard.controls[name].layout.display != "none"]


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def days_ago(days: int) -> Progress:
    """The learner's file, as it was written to some days ago."""
    progress = Progress()
    progress.now = lambda: datetime.now() - timedelta(days=days)
    return progress


def test_a_choice_may_be_changed_until_reveal_and_the_first_is_kept(kept):
    asked = predict(MOVES)
    assert seen(asked) == ["Reveal", "Skip"] and asked.controls["Reveal"].disabled
    press(asked, WRONG, RIGHT)
    assert asked.chosen == RIGHT and not asked.controls[WRONG].value and lines(kept) == []
    press(asked, "Reveal")
    (line,) = lines(kept)
    assert (line["question"], line["chose"], line["first"], line["right"]) == (MOVES, RIGHT, WRONG, True)
    assert RIGHT in asked.said and asked._told.value.count("course-because") == len(asked.asked.options)


def test_what_was_revealed_can_be_tried_again_and_the_first_choice_stays(kept):
    asked = predict(MOVES)
    press(asked, WRONG, "Reveal")
    told = asked._told.value.partition("<details>")[0]
    assert f"<b>{WRONG}.</b>" in told and f"<b>{RIGHT} is right.</b>" in told
    assert "wrong" not in asked.said and "false" not in asked.said
    press(asked, RIGHT)
    assert asked.chosen == WRONG, "after Reveal a choice is made"
    press(asked, "Try again")
    assert asked.chosen == "" and asked._told.value == ""
    press(asked, RIGHT, "Reveal")
    now = Progress().answered()[MOVES]
    assert (now.first, now.last, now.times) == (WRONG, RIGHT, 2)


def test_what_was_skipped_is_kept_once_and_can_be_answered(kept):
    asked = predict(MOVES)
    press(asked, "Skip")
    assert seen(asked) == ["Reveal", "Try again"] and asked.controls["Reveal"].disabled
    press(asked, WRONG, "Reveal")
    asked.controls["Reveal"].click()            # a second click, sent before the button went
    assert len(lines(kept)) == 2 and predict(MOVES).said == "You answered this before."


def test_a_dashboard_asks_to_choose_first_until_it_is_answered_or_skipped():
    asked = predict(MOVES)
    dashboards = [explore(fading_memory, after=MOVES, **WEIGHT),
                  stepper(fading_memory, after=MOVES, steps=(1, 50)),
                  explore(fading_memory, after="02.floor-without-memory", **WEIGHT)]
    before = [one.before.line.value for one in dashboards]
    assert before[0] == before[1] == before[2] == "Have you answered the question above?"
    dashboards[0].controls["weight"].value = 0.5
    assert "0.50" in dashboards[0].said, "it is never locked"
    press(asked, "a", "Reveal")
    assert [one.before.line.value for one in dashboards] == ["", "", before[2]]
    press(predict("02.floor-without-memory"), "Skip")
    assert dashboards[2].before.line.value == ""


def test_one_switch_folds_the_questions_of_the_whole_course():
    switch = hide_questions()
    assert switch.said.startswith("Questions are shown.")
    switch.controls["fold"].value = True
    assert switch.said.startswith("Options and answers are folded away, ")
    asked = predict(MOVES)
    assert seen(asked) == [] and "<details>" in asked._told.value
    assert explore(fading_memory, after=MOVES, **WEIGHT).before.line.value == ""
    assert hide_questions().controls["fold"].value is True
    switch.controls["fold"].value = False
    assert switch.said.startswith("Questions are shown.")
    assert seen(predict(MOVES)) == ["Reveal", "Skip"]


def test_in_lecture_mode_each_question_starts_anew_and_nothing_is_kept(kept):
    home = predict(MOVES)
    press(home, "a", "Reveal")
    before = kept.read_bytes()
    asked, dashboard = predict(MOVES), explore(fading_memory, after=MOVES, **WEIGHT)
    for one in (asked, dashboard):
        one.view.lecture.value = True
    assert (asked.chosen, asked.revealed, seen(asked)) == ("", False, ["Reveal"])
    assert "talk" in asked._stem.value and dashboard.before.line.value == "How far do they move?"
    assert dashboard.box._dom_classes.count("course-asked") == 1
    press(asked, "Reveal")          # by a show of hands, without a choice of one's own
    assert asked.said == f"The answer is {RIGHT}." and kept.read_bytes() == before
    assert dashboard.before.line.value == "How far do they move?", "the question stays above it"
    asked.view.lecture.value = dashboard.view.lecture.value = False
    assert asked.chosen == "a" and asked.revealed and dashboard.before.line.value == ""


def test_what_is_saved_does_not_depend_on_what_was_chosen(kept):
    def saved() -> list[dict]:
        made = [predict(MOVES), reflect(SHIFTED), warm_up("04"), review("02"), course_map(), hide_questions(),
                self_test(), restore_notebook("02_min_char_rnn"),
                explore(fading_memory, after=MOVES, **WEIGHT)]
        bundles = [one._repr_mimebundle_() for one in made]
        return [{mime: data for mime, data in bundle.items() if "widget" not in mime} for bundle in bundles]

    before = saved()
    for name in (MOVES, "03.shared-weight-gradient", "02.factor-between-losses",
                 "02.weights-to-keep"):
        Progress().add(question=name, chose="a", first="b", right=True)
    for lesson in ("01", "02", "03"):
        Progress().add(lesson=lesson, done=True)
    Progress().add(questions="all", folded=True)
    Progress().add(saw=SHIFTED, words="I saw it")
    assert saved() == before


@pytest.mark.parametrize("make", [
    lambda: predict(MOVES), lambda: warm_up("04"), lambda: review("02"), self_test,
    lambda: reflect(SHIFTED)], ids=["prediction", "opening", "review", "before", "own words"])
def test_what_is_saved_has_its_answers_folded(make):
    page = make()._repr_mimebundle_()["text/html"]
    told = [found.start() for found in re.finditer('class="course-because"|is right|A model sentence', page)]
    assert told
    for place in told:
        assert page.count("<details>", 0, place) > page.count("</details>", 0, place), page[:place][-200:]


def test_ten_before_the_course_come_in_turn_and_tell_what_to_read(kept):
    asked, ten = self_test(), list(questions("00").before.values())
    for place, one in enumerate(ten):
        assert asked.asked == one
        wrong = next(letter for letter in one.letters if letter != one.answer)
        press(asked, wrong if place in (3, 5) else one.answer, "Reveal", "next")
    assert ten[3].refresher in asked.said and ten[5].refresher in asked.said
    assert [line["question"] for line in lines(kept)] == list(questions("00").before)


def test_an_opening_asks_what_is_due_with_other_numbers(kept):
    name = next(one.id for one in questions("01").review.values() if one.numbers)
    days_ago(3).add(question=name, chose="a", first="a", right=False)
    assert name not in [one.asked.id for one in warm_up("07").asked], "the lesson is not called done"
    Progress().add(lesson="01", done=True)
    again = next(one.asked for one in warm_up("07").asked if one.asked.id == name)
    assert again.ask == question(name).with_numbers(1).ask != question(name).with_numbers(0).ask


def test_where_nothing_can_be_written_it_is_said_once_and_all_goes_on(monkeypatch, tmp_path):
    monkeypatch.setenv("MY_COURSE", str(tmp_path / "no folder" / "file"))
    asked = predict(MOVES)
    press(asked, "a", "Reveal")
    assert "so nothing was saved" in asked.said and asked.revealed


def test_the_start_is_brought_back_and_the_own_file_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("helpers.widgets.course.shipped_lesson", lambda _: (b"the course's", "from git"))
    mine = tmp_path / "02_min_char_rnn.ipynb"
    mine.write_text("what I wrote", encoding="utf-8")
    button = restore_notebook("02_min_char_rnn")
    press(button, "Restore the original")
    (copy,) = tmp_path.glob("02_min_char_rnn.mine-*.ipynb")
    assert copy.read_text("utf-8") == "what I wrote" and copy.name in button.said
    assert mine.read_text("utf-8") == "the course's" and "from git" in button.said
    press(button, "Restore the original")
    assert len(list(tmp_path.glob("02_min_char_rnn.mine-*.ipynb"))) == 2, "an earlier copy is never lost"
