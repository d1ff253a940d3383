"""The grammar behind the longer text: its entropy is exact, and its texts can be read in one way only."""

import math
import textwrap
from itertools import pairwise

import numpy as np
import pytest
from course import ROOT

from helpers.data import Grammar, Vocabulary
from helpers.lessons.lesson08 import experiments_grammar as tales
from helpers.runs import load_run


def test_entropy_of_a_die_and_of_a_run_of_coins():
    die = Grammar({"throw": [(1, side) for side in "123456"]})
    assert die.entropy("throw") == pytest.approx((math.log(6), 1))
    assert Grammar({"run": [(1, "h"), (3, "t{run}")]}).entropy("run") == pytest.approx(
        (4 * -(0.25 * math.log(0.25) + 0.75 * math.log(0.75)), 4))


@pytest.mark.parametrize("width", [None, 11])
def test_reading_asks_of_each_character_what_share_of_all_texts_goes_on_so(width):
    grammar = Grammar({
        "walk": [(1, "{who} went {where}"), (2, "{who} went {where}, {walk_back}"), (1, "{who} was out")],
        "who": [(2, "Ann"), (1, "An old man"), (1, "{X}")],
        "where": [(1, "up"), (1, "up the hill"), (3, "to {X}")],
        "walk_back": [(1, "and back"), (1, "ate")],
    }, bound=["X"])
    texts = every_text(grammar, "walk", X="Anselm")
    assert sum(texts.values()) == pytest.approx(1)
    filled = {text if width is None else textwrap.fill(text, width): p for text, p in texts.items()}
    for text in filled:
        left = [sum(p for other, p in filled.items() if other.startswith(text[:n])) for n in range(len(text))]
        left.append(filled[text])                      # the last character is paid with the end
        nats = grammar.reading("{walk}", text, width, X="Anselm")
        assert nats == pytest.approx(np.log(np.divide(left[:-1], left[1:])))


def every_text(grammar, symbol, **bound):
    """All texts of a small grammar, each of which is made in one way only, and how probable each is."""
    rng, found = np.random.default_rng(0), {}
    for _ in range(3000):
        text, nats = grammar.sample(symbol, rng, **bound)
        found[text] = math.exp(-nats)
    return found


def test_every_tale_can_be_read_in_one_way_only():
    rng = np.random.default_rng(2)
    for _ in range(40):
        bound = {name: options[rng.integers(len(options) - 1) + (name == "B")]
                 for name, options in tales.BOUND.items()}
        if bound["A"] != bound["B"]:
            text, nats = tales.GRAMMAR.sample("blocks", rng, **bound)
            assert tales.GRAMMAR.reading("{blocks}", text, **bound).sum() == pytest.approx(nats)


def test_the_entropy_is_close_to_the_surprise_of_what_was_made():
    facts = load_run("08/entropy")
    assert facts["tales"]["surprise"] == pytest.approx(facts["entropy"], rel=0.02)
    assert facts["tales_heldout"]["surprise"] == pytest.approx(facts["entropy"], rel=0.05)


def test_the_tales_keep_their_rules():
    text = (ROOT / "data" / "texts" / "tales.txt").read_text(encoding="ascii")
    lines = text.split("\n")
    assert max(map(len, lines)) <= tales.WIDTH
    assert all(set(under) == {"="} and len(under) == len(line)
               for line, under in pairwise(lines) if under.startswith("="))
    for opening, closing in ("()", "[]"):
        depth = np.cumsum([(c == opening) - (c == closing) for c in text])
        assert depth.min() == 0 and depth[-1] == 0 and depth.max() >= 3
    assert text.count('"') % 2 == 0
    heldout = (ROOT / "data" / "texts" / "tales_heldout.txt").read_text(encoding="ascii")
    assert set(heldout) <= set(text) and len(Vocabulary(text)) == 61
