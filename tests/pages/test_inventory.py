"""The concept inventory: right answers that come out, wrong ones with a source."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from writers import inventory

ITEMS = inventory.items()
every_item = pytest.mark.parametrize("item", ITEMS, ids=[str(one.number) for one in ITEMS])


def test_there_are_fifteen_with_four_options_and_evenly_spread_letters():
    assert len(ITEMS) == 15 and all(len(set(one.options)) == 4 for one in ITEMS)
    letters = [one.answer for one in ITEMS]
    assert set(Counter(letters).values()) <= {3, 4}
    assert all(len(set(three)) > 1 for three in zip(letters, letters[1:], letters[2:], strict=False))
    assert letters[:4] != letters[4:8] and sum(a == b for a, b in pairwise(letters)) <= 3


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
    assert sorted([item.answer, *letters]) == ["a", "b", "c", "d"], "each option is right, or has one idea"
    assert letters == sorted(letters), "an idea may stand at another option's letter"
    for bad in item.wrong:
        kind, _, rest = bad.met.partition(" ")
        assert kind in ("question", "guide", "paper:", "code:", "guess"), bad.met
        assert inventory.met(bad.met) and bad.idea and bad.says.endswith(".")
        assert inventory.section(bad.mends)
        if kind == "paper:":
            assert re.search(r"\*.+\*, .+ \d+ \((?:19|20)\d\d\)", rest)
