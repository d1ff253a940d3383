"""The concept inventory: right answers that come out, wrong ones with a source."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from course import ROOT
from writers import inventory

from helpers.data import LETTERS, questions
from helpers.data.lessons import lesson_names

ITEMS = inventory.items()
README = (ROOT / "docs" / "inventory" / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
every_item = pytest.mark.parametrize("item", ITEMS, ids=[str(one.number) for one in ITEMS])


def right(number: int) -> str:
    one = ITEMS[number - 1]
    return one.options[LETTERS.index(one.answer)]


def wrong(number: int, letter: str) -> str:
    return ITEMS[number - 1].options[LETTERS.index(letter)]


def test_there_are_fifteen_with_four_options_and_evenly_spread_letters():
    assert len(ITEMS) == 15 and all(len(set(one.options)) == 4 for one in ITEMS)
    letters = [one.answer for one in ITEMS]
    assert set(Counter(letters).values()) <= {3, 4}
    assert all(len(set(three)) > 1 for three in zip(letters, letters[1:], letters[2:], strict=False))
    assert letters[:4] != letters[4:8] and sum(a == b for a, b in pairwise(letters)) <= 3


def test_no_length_gives_the_right_option_away():
    words = [[len(option.split()) for option in one.options] for one in ITEMS]
    for one, lengths in zip(ITEMS, words, strict=True):
        assert max(lengths) <= min(lengths) + 5, f"question {one.number}: {lengths}"
    places = [LETTERS.index(one.answer) for one in ITEMS]
    longest = sum(lengths.count(max(lengths)) == 1 and lengths[place] == max(lengths)
                  for lengths, place in zip(words, places, strict=True))
    shortest = sum(lengths.count(min(lengths)) == 1 and lengths[place] == min(lengths)
                   for lengths, place in zip(words, places, strict=True))
    assert longest <= 4 and shortest <= 4


def test_the_form_has_no_answer_and_no_hint_of_one():
    form = inventory.form()
    for one in ITEMS:
        assert one.ask in form and all(option in form for option in one.options)
        assert one.why not in form and one.about not in form
        assert not any(bad.says in form for bad in one.wrong)
    assert "key" not in form.lower() and "](" not in form and "lesson" not in form


@every_item
def test_each_wrong_option_has_an_idea_with_a_source_and_a_section_that_mends_it(item):
    letters = [bad.option for bad in item.wrong]
    assert letters == sorted(letters), "an idea may stand at another option's letter"
    for bad in item.wrong:
        kind, _, rest = bad.met.partition(" ")
        assert kind in ("question", "guide", "paper:", "code:", "guess"), bad.met
        assert inventory.met(bad.met) and bad.idea and bad.says.endswith(".")
        assert inventory.section(bad.mends)
        if kind == "guide":
            lesson, _, idea = rest.partition(": ")
            part = re.search(rf"^## {lesson} .*?(?=^## )", GUIDE, re.MULTILINE | re.DOTALL)[0]
            assert idea in part, f"the guide says {idea!r} no more"
        if kind == "paper:":
            assert re.search(r"\*.+\*, .+ \d+ \((?:19|20)\d\d\)", rest)


def test_most_ideas_were_met_somewhere_and_each_has_one_name():
    ideas = [bad for one in ITEMS for bad in one.wrong]
    assert len(ideas) == 45 and sum(bad.met == "guess" for bad in ideas) <= 6
    assert len({bad.idea for bad in ideas}) == 45


def test_an_item_without_an_idea_for_each_wrong_option_is_refused():
    one = ITEMS[0]
    with pytest.raises(ValueError, match="question 1: each option"):
        inventory.Item(1, one.about, one.ask, one.options, one.answer, one.why, one.wrong[:2])
    with pytest.raises(ValueError, match="the right one"):
        inventory.met("question 01.what-state-holds a")
    with pytest.raises(ValueError, match="no 'nowhere'"):
        inventory.section("01.nowhere")


@every_item
def test_no_question_of_the_course_has_the_same_figures(item):
    """What is asked again with the numbers of a lesson measures memory."""
    def figures(text: str) -> set[str]:
        return set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"_\{?\w+\}?|h_\d", "", text)))

    mine = figures(item.ask)
    for name in lesson_names():
        for asked in questions(name[:2]).predict.values():
            theirs = figures(asked.ask)
            assert not (len(mine) > 1 and mine == theirs), f"question {item.number} and {asked.id}"
