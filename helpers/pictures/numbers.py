"""Typesets the numbers in all words of a figure, for `Picture`."""

from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers.data import typeset


def typeset_figure(figure: Figure) -> None:
    """Typeset all words of a figure, its ticks excepted, which matplotlib sets."""
    for text in _words(figure):
        before = text.get_text()
        after = typeset(before)
        if after != before:
            text.set_text(after)


def _words(figure: Figure) -> list[Text]:
    found = list(figure.texts)
    for ax in (ax for outer in figure.axes for ax in (outer, *outer.child_axes)):
        found += [ax.title, ax._left_title, ax._right_title, *ax.texts, ax.xaxis.label, ax.yaxis.label]
        legend = ax.get_legend()
        found += legend.get_texts() if legend else ()
    return found
