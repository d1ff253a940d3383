"""Words of a dashboard's sentence that point: in its status, and in the layer over its picture."""

import re

import pytest

from helpers.pictures import Picture, new_figure, styled
from helpers.widgets.view import View


@styled
def drawing(bar=False, curves=2, shown=2, sentence="The first & the second curve.") -> Picture:
    figure, ax = new_figure(height=4)
    ax.set(xlim=(0, 2), ylim=(0, 2))
    lines = [ax.plot([0, 2], [0.5, number], visible=number < shown)[0] for number in range(curves)]
    if bar:
        ax.bar([1], [1])
    return Picture(figure, sentence, points=dict(zip(("The first &", "the second"), lines, strict=True)))


def spans(view: View) -> list[tuple[str, str, str]]:
    return re.findall(r'<span data-p="(\d+)" tabindex="(-?\d)">([^<]*)</span>', view.status.value)


def numbers(view: View) -> set[str]:
    return set(" ".join(re.findall(r' data-p="([^"]*)"', view.screen())).split())


@pytest.mark.parametrize("bar", [False, True])
def test_words_that_point_are_one_tab_stop_and_the_sentence_stays_plain_text(bar):
    view = View()
    view.show(drawing(bar), "A note < this.")
    assert spans(view) == [("1", "0", "The first &amp;"), ("2", "-1", "the second")]
    assert numbers(view) == {"1", "2"}
    assert view.said == "A note < this. The first & the second curve."
    assert re.sub("<[^>]*>", "", view.status.value) == "A note &lt; this. The first &amp; the second curve."
    assert ("aria-hidden" in view._layer.value) == bar
    assert view._image.value.count('alt=""') == (not bar)
