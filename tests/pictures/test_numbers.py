"""Numbers in pictures are set as a book sets them: a true minus, powers of ten only where they are needed."""

import json
import re

import ipywidgets as W
import pytest
from course import NOTEBOOKS, name
from matplotlib.figure import Figure

from helpers.data import typeset
from helpers.lessons.lesson00 import fading_memory
from helpers.pictures import mark_beyond
from helpers.widgets import explore

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


def test_the_stops_of_a_slider_have_a_minus_and_keep_their_values():
    dashboard = explore(fading_memory, weight=W.SelectionSlider(options=[-1.0, 0.5, 0.9], value=0.9))
    control = dashboard.controls["weight"]
    assert [words for words, _ in control.options] == ["−1.0", "0.5", "0.9"]
    assert control.value == 0.9
    control.value = -1.0
    assert "multiplied by −1.00" in dashboard.said
    assert "weight = −1.0" in dashboard._repr_mimebundle_()["text/plain"]


def test_what_an_axis_cuts_off_is_a_triangle_with_its_number():
    figure = Figure()
    ax = figure.subplots()
    ax.set(xlim=(0, 4), ylim=(0, 5))
    words = mark_beyond(ax, [0, 1, 2, 3], [1, 7.25, 32.4, 4], "loss")
    mark, = ax.lines
    assert words is not None and words.get_text() == "up to 32"
    assert (mark.get_marker(), *mark.get_xdata(), *mark.get_ydata()) == ("^", 0.5, 1)
    assert mark_beyond(ax, [0, 1], [1, float("nan")], "loss") is None
    assert len(ax.lines) == 1
