"""Numbers in pictures are set as a book sets them: a true minus, powers of ten only where they are needed."""

import json
import re

import pytest
from course import NOTEBOOKS, name

from helpers.data import typeset

TYPED = re.compile(r"(?<![\w)\]:\[])-\.?\d|\de[-+]?\d")      # a hyphen before a digit, or the e of a computer


@pytest.mark.parametrize(("words", "wanted"), [
    ("from -0.75 to .3", "from −0.75 to .3"), ("(-1, 1)", "(−1, 1)"), ("0.30 × -0.54", "0.30 × −0.54"),
    ("7.6e-01 of it", "0.76 of it"), ("1.7e+00 on all paths", "1.7 on all paths"), ("2.6e+01", "26"),
    ("1.0e-02", "0.010"), ("6.4e-03", "0.0064"), ("1.3e+03", "1,300"), ("0.0e+00", "0.0"),
    ("3.6e-06 of it", "3.6·10⁻⁶ of it"), ("4.3e+19.", "4.3·10¹⁹."),
    ("as much as 1e-10.", "as much as 10⁻¹⁰."), ("-2e-5", "−2·10⁻⁵"),
    # what is no number stays
    ("h[-1], x[:-1], 5-gram, 3-4, page2e3", "h[-1], x[:-1], 5-gram, 3-4, page2e3"),
    ("$h_{t-1}$ is -0.5, $10^{-3}$", "$h_{t-1}$ is −0.5, $10^{-3}$"), ("costs $5 at -3", "costs $5 at −3"),
])
def test_numbers_are_set_as_a_book_sets_them(words, wanted):
    assert typeset(words) == typeset(wanted) == wanted


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_sentence_of_a_saved_picture_has_one(path):
    found = []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            page = "".join(output.get("data", {}).get("text/html", ""))
            found += [alt for alt in re.findall(r'alt="([^"]*)"', page) if TYPED.search(alt)]
    assert not found
