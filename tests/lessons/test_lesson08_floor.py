"""What the tales cost one who knows their grammar, and how a loss above that is taken apart."""

import numpy as np
import pytest

from helpers.lessons.lesson08 import load_tales, sum_by_memory, tern_island, text_nll, true_nll
from helpers.lessons.lesson08.floor import REMEMBERED
from helpers.runs import load_run

TALE = """\
Osk, Edda and the tin drum in the salt house
============================================

Osk said, "In the salt house."

Edda liked the
tin drum. Oskar did not.


"""


@pytest.fixture(scope="module")
def heldout():
    text = load_tales().heldout
    return text, true_nll(text)


def test_the_floor_of_the_held_out_tales_is_the_surprise_of_the_choices_that_made_them(heldout):
    text, floor = heldout
    assert len(floor) == len(text)
    assert floor.mean() == pytest.approx(load_run("08/entropy")["tales_heldout"]["surprise"], abs=1e-6)
    assert floor.min() > -1e-9


def test_a_title_is_a_surprise_and_its_underline_none(heldout):
    text, floor = heldout
    first = text.index("\n")
    assert floor[:first].sum() == pytest.approx(tern_island.title_nats())
    assert floor[first : 2 * first + 3] == pytest.approx(np.zeros(first + 3), abs=1e-9)


def test_who_knows_the_grammar_pays_less_than_a_network_wherever_something_is_to_be_remembered(heldout):
    text, floor = heldout
    nats = text_nll(load_run("08/lstm")[0], load_tales().heldout_ids)
    above = sum_by_memory(text, np.append(0, nats - floor[1:]))
    assert tuple(above) == REMEMBERED
    assert sum(above.values()) == pytest.approx((nats - floor[1:]).mean(), rel=1e-4)
    assert min(above.values()) > 0


def test_what_a_title_announces_is_found_wherever_it_comes_back():
    shares = sum_by_memory(TALE + TALE, np.ones(2 * len(TALE)))
    counts = {kind: round(share * len(TALE)) for kind, share in shares.items()}
    assert counts == {"title and underline": 89, "the two people": len("Osk" + "Edda"),
                      "the place and the thing": len("salt house" + "tin drum"), "ends of full lines": 1,
                      "everything else": len(TALE) - 89 - 7 - 18 - 1}
