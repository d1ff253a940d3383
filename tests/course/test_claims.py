"""Sentences that compare: each stands in its lesson, and what it says is so."""

import importlib
import json
import re
from collections.abc import Iterable

import pytest
from course import LESSONS, ROOT, SOLUTIONS, cells, name

from helpers.lessons.prose_facts import Claim, Facts, _plain, broken

FEWEST = {"00": 5}         # a page of ten minutes; of any other lesson ten


def claims_of(path) -> tuple[Claim, ...]:
    claims = importlib.import_module(f"helpers.lessons.lesson{path.name[:2]}.claims")
    return claims.SOLVED if path in SOLUTIONS else claims.CLAIMS


WITH_CLAIMS = [path for path in (*LESSONS, *SOLUTIONS)
               if (ROOT / "helpers" / "lessons" / f"lesson{path.name[:2]}" / "claims.py").exists()]
every_lesson = pytest.mark.parametrize("path", WITH_CLAIMS, ids=name)


class Planted(Facts):
    """The facts of a lesson whose printed numbers are others."""

    def __init__(self, path, change):
        super().__init__(path)
        self.change, self.asked = change, False

    def numbers(self, words):
        self.asked = True
        return self.change(super().numbers(words))

    def table(self, words, rows):
        self.asked = True
        return [self.change(row) for row in self.change(super().table(words, rows))]


def negative(found):
    return [-x - 1 if isinstance(x, float) else x for x in found]


PLANTED = {
    "negative": negative, "reversed": lambda found: found[::-1],
    "reversed and negative": lambda found: negative(found[::-1]),
    "nothing": lambda found: [0.0 if isinstance(x, float) else x for x in found],
    "a thousandfold": lambda found: [1000 * x + 1 if isinstance(x, float) else x for x in found],
    "each other than its neighbour": lambda found: [
        x * (1 + i) + i if isinstance(x, float) else x for i, x in enumerate(found)],
}

# Fractions in formulas are here, too, because \frac12 is none of the numbers that test_prose_numbers holds.
TURNED = re.compile(
    r"(?i)\b(sufficient|necessary|enough for|(raise|lower)(?= the (threshold|rate)))\b"
    r"|\\[dt]?frac ?(?:\{?\d|(?:\w|\{[^{}]*\}) ?\{?\d)")
# In a notebook also what is done to a matrix or a number.
MATRIX = re.compile(
    r"(?i)\b(transpos\w+|invert\w*|inverse\w*|square[ds]?|roots?|diagonal|symmetric|orthogonal|reciprocal"
    r"|absolute)\b")
# In the worked solutions also what is not so, rises or falls, is larger or smaller, comes before or after.
NEGATED = re.compile(
    r"(?i)\b(?:not|no|none|nothing|nobody|cannot|neither|nor|without|out of|\w+n['’]t)\b")
MORE_TURNED = re.compile(
    r"(?i)\b(?:rise[ns]?|rising|rose|falls?|fell|falling|grow(s|n|ing)?|grew|shrinks?|shrank|raises?|lowers?"
    r"|increases?|decreases?|too (large|small|high|low|long|short|many|few|strong|weak|early|late)"
    r"|times (as|too|larger|smaller)|twice|half|third|quarter|doubly|at (least|most)|above|below"
    r"|larger|smaller|higher|lower|(?<!no )longer|shorter|faster|slower|steeper|easier|harder|better|worse"
    r"|(larg|small|high|low|long|short|fast|slow)est|best|worst|more|less|fewer|often|rarely|always|never"
    r"|forever|before|after|earlier|later|sooner|(?<=the )(first|last))\b"
    r"|(?-i:(?<=\b[knT] )[-+](?= )|(?<=\b[knT])\((?=[knT]))")     # of a formula

# In hints and in alternative texts also rows and columns, what is first, last or the only one, ...
HINTED = re.compile(MORE_TURNED.pattern + r"|\b(?:first|last|only|rows?|columns?)\b")
ASIDE = re.compile(r"<summary>Hint.*?</details>|!\[.*?\]\(")
# ... but for words whose sentence says nothing to compute, such as where on the page something is.
IDLE = re.compile(r"equations above|dashboard above|below the picture|named after|once more"
                  r"|the forward pass first|the first thing that is wrong|before you call the check"
                  r"|is probably too short for a network|the best straight line|the last question"
                  r"|The first term is")
BORDER = re.compile(r"\|(?: \|)*")      # between the cells of a table's row

HOLD_IT = ("nothing notices if this word is exchanged for its opposite, or this fraction for another: give "
           "the sentence a claim whose fact computes it, or say it without")


def not_held(
    turned: re.Pattern, facts: Facts, claims: Iterable[Claim], within: re.Pattern = re.compile(".+")
) -> list[str]:
    """The places of such words in the prose, `within` these parts, that no claim has among its words."""
    held = [words for claim in claims if (words := _plain(claim.words)) in facts.prose]
    prose = re.sub(r"#+ (Stage|Exercise) .*?\(\d+ minutes\)", "", facts.prose)       # without its headings
    parts = [part.span() for part in within.finditer(prose)]
    idle = [part.span() for part in IDLE.finditer(prose)] if within is ASIDE else []
    return [prose[max(0, found.start() - 40) : found.end() + 40] for found in turned.finditer(prose)
            if any(start <= found.start() < end for start, end in parts)
            and not any(start <= found.start() < end for start, end in idle)
            and all(words in f"{prose[:found.start()]}…{prose[found.end():]}" for words in held)]


@every_lesson
def test_what_a_lesson_claims_is_so(path):
    facts, claims = Facts(path), claims_of(path)
    assert [wrong for claim in claims if (wrong := broken(claim, facts))] == []
    assert len(claims) >= (1 if path in SOLUTIONS else FEWEST.get(path.name[:2], 10))
    assert len({claim.name for claim in claims}) == len({claim.words for claim in claims}) == len(claims)


@every_lesson
def test_a_planted_negation_of_each_claim_is_noticed(path):
    facts, unmoved = Facts(path), []
    for claim in claims_of(path):
        assert broken(claim._replace(words=f"it is not so that {claim.words}"), facts), claim.name
        assert broken(claim._replace(fact=lambda f: False), facts), claim.name
        planted = (Planted(path, change) for change in PLANTED.values())
        if not any(broken(claim, one) or not one.asked for one in planted):
            unmoved.append(claim.name)
    assert unmoved == [], "true whatever numbers are printed"


@every_lesson
def test_words_that_would_turn_a_sentence_round_are_held_by_a_claim(path):
    """Exchanged for its opposite, each of them is noticed wherever it stands."""
    facts = Facts(path)
    free = not_held(TURNED, facts, claims_of(path)) + not_held(MATRIX, facts, claims_of(path))
    if path in SOLUTIONS:
        free += not_held(MORE_TURNED, facts, claims_of(path)) + not_held(NEGATED, facts, claims_of(path))
    else:
        free += not_held(HINTED, facts, claims_of(path), ASIDE)
    assert free == [], HOLD_IT


@every_lesson
def test_the_cells_of_a_row_are_held_together_by_claims(path):
    """Exchanged with those of another row, or of another column, they are noticed."""
    tables = [re.findall(r"(?m)^\|(.+)\|$", cell["source"]) for cell in cells(path, "markdown")]
    rows = [re.escape(_plain(row)) for table in tables for row in table[2:]]
    free = not_held(BORDER, Facts(path), claims_of(path), re.compile("|".join(rows) or "$."))
    assert free == [], "a claim whose words have both cells holds what is between them: see HOLD_IT"


def a_notebook(tmp_path, prose, *outputs):
    cells = [{"cell_type": "markdown", "source": prose}]
    cells += [{"cell_type": "code", "source": [], "outputs": [output]} for output in outputs]
    path = tmp_path / "99_made_up.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return Facts(path)


def test_facts_are_read_from_what_is_printed_and_from_the_sentences_of_pictures(tmp_path):
    facts = a_notebook(
        tmp_path, ["Of *all* the `W_hh`\n", "**this** is best."],
        {"output_type": "stream", "text": ["loss 4.10, then -0.5\n", "update 1,000: 2.5e-3 −7\n"]},
        {"output_type": "display_data", "data": {
            "text/plain": "The median is 12 of 5 runs\nlag 1: 3\nlag 2: 4"}})
    assert facts.says("Of all the W_hh this is best") and not facts.says("of all")
    assert facts.numbers("loss") == [4.10, -0.5] and facts.numbers("update") == [1000, 2.5e-3, -7]
    assert facts.number("median is") == 12 and facts.table("median", 2) == [[1, 3], [2, 4]]
    with pytest.raises(LookupError, match="no output has"):
        facts.line("mean")
