"""Text whose characters are coloured by a number: a gate, a cell, a surprise. Lessons 07 and 08 use it."""

import hashlib
import html
from collections.abc import Sequence
from functools import cache

import numpy as np

from helpers.data import MINUS, character_in_words, is_mark, is_seen, isolated, spoken, typeset
from helpers.pictures.style import matrix_map, signed_map

LEVELS = 40  # colours on a map, less one
SIGNS = {" ": "·", "\n": "↵", "\t": "→"}
STYLE = """<style>
.course-text { font-size: 18px; line-height: 1.5; color: #000; background: #fff }
.course-characters { font-family: DejaVu Sans Mono, Menlo, Consolas, monospace; position: relative;
  white-space: pre-wrap; overflow-wrap: anywhere; padding-bottom: 1.7em }
.course-characters label { unicode-bidi: isolate; padding: 2px 0 }
.course-characters label > input { display: inline !important; position: absolute; opacity: 0; width: 1px;
  height: 1px; margin: 0 }
.course-characters label:focus-within { outline: 3px solid #000; outline-offset: 1px }
.course-characters label:hover::after, .course-characters:not(:hover) label:focus-within::after {
  content: attr(title); position: absolute; left: 0; bottom: 0; color: #000; white-space: pre }
</style>"""


class ColouredText:
    """Characters on coloured grounds, and the sentence that says what they show.

    The value of a character appears where the mouse points, or the arrow keys are after Tab. ``points`` has,
    for words of the sentence, their start, their end, and the number of the character that they speak of.
    """

    def __init__(self, sentence: str, page: str, points: Sequence[tuple[int, int, int]] = ()):
        self.sentence, self.points = sentence, points
        self._page = page

    def html(self, first: int = 0) -> str:
        """The whole view, with its style. For a dashboard, `points` are numbered from `first` on."""
        if not first:
            return self._page
        characters, numbers = self._page.split("<label "), {}
        for number, (*_, place) in enumerate(self.points, start=first):
            numbers[place] = f"{numbers.get(place, '')} {number}".lstrip()
        for place, number in numbers.items():
            characters[place + 1] = f'data-p="{number}" {characters[place + 1]}'
        return "<label ".join(characters)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self._page, "text/plain": self.sentence}

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        return f"ColouredText({self.sentence!r})"


def coloured_text(
    text: str, values: Sequence[float] | np.ndarray, limits: tuple[float, float] = (0.0, 1.0),
    label: str = "value",
) -> ColouredText:
    """Show `text` (up to about 600 characters) with each character on a ground coloured by its value.

    The colours end at `limits`. From -m to m they are those of signed numbers, and negative values are
    underlined as well. `label` says what the numbers are, with their unit.

    >>> coloured_text("hello", [0.1, 0.5, 0.2, 0.9, 0.3], label="input gate").sentence
    "The input gate over 5 characters: mean 0.40, from 0.10 at 'h' (number 1) to 0.90 at 'l' (number 4)."

    Raises ValueError if the counts differ or are zero, a value is not finite, or the limits don't rise.
    """
    values = np.asarray(values, dtype=float)
    if values.shape != (len(text),) or not text:
        raise ValueError(f"values has shape {values.shape} for {len(text)} characters. There must be one "
                         "number for each character, and at least one character.")
    if not np.isfinite(values).all():
        raise ValueError(f"values holds {values[~np.isfinite(values)][0]} at character "
                         f"{int(np.argmin(np.isfinite(values))) + 1}. Give finite numbers.")
    low, high = limits
    if not low < high:
        raise ValueError(f"limits is {limits}. Give two numbers, the second larger than the first.")
    signed = low == -high
    values = np.round(values, 2) + 0.0  # what is shown decides the colour; + 0.0 turns -0 into 0
    levels = np.rint((values.clip(low, high) - low) / (high - low) * LEVELS).astype(int).tolist()
    numbers = [typeset(f"{value:.2f}") for value in values.tolist()]
    least, most = int(values.argmin()), int(values.argmax())
    mean = typeset(f"{values.mean():.2f}")
    sentence, points = f"The {label} over {len(text)} characters: mean {mean}, from ", []
    for place, after in ((least, " to "), (most, ".")):
        words = f"{numbers[place]} at {character_in_words(text[place])} (number {place + 1})"
        points.append((len(sentence), len(sentence) + len(words), place))
        sentence += words + after
    group = hashlib.blake2s(repr((text, numbers, limits)).encode(), digest_size=4).hexdigest()
    styles = _styles(signed)
    characters = "".join(_character(*each, group) for each in zip(
        text, numbers, (styles[level] for level in levels), strict=True))
    page = (
        f'{STYLE}<div class="course-text">{_bar(label, limits, styles, values, signed)}'
        '<div class="course-characters" role="radiogroup" '
        f'style="white-space:pre-wrap" aria-label="{html.escape(sentence)}">{characters}</div></div>'
    )
    return ColouredText(sentence, page, points)


def visible(character: str) -> str:
    """A sign for a character that stands alone: itself, or "·" for a space, "\ufffd" for what is not seen."""
    sign = "\u25cc" + character if is_mark(character) else "\ufffd"      # an accent lies on a circle of dots
    return SIGNS.get(character) or (character if is_seen(character) else sign)


@cache
def _styles(signed: bool) -> list[str]:
    """The ground and the ink of every level; the ink is black or white, whichever is easier to read."""
    colours = (signed_map() if signed else matrix_map().reversed())(np.linspace(0, 1, LEVELS + 1))[:, :3]
    linear = np.where(colours <= 0.03928, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    luminance = linear @ (0.2126, 0.7152, 0.0722)  # as WCAG 2.1 defines it
    inks = np.where(luminance > 0.179, "#000", "#fff")  # the contrast is 4.58 there, and more elsewhere
    return [f"background:#{r:02x}{g:02x}{b:02x};color:{ink}"
            for (r, g, b), ink in zip(np.rint(255 * colours).astype(int).tolist(), inks, strict=True)]


@cache
def _parts(character: str) -> tuple[str, str]:
    """How a character stands in the text, and how it is spoken of, both escaped."""
    moves_on = character if character in "\n\t" else ""
    return html.escape(visible(character)) + moves_on, html.escape(isolated(spoken(character)))


def _character(character: str, number: str, style: str, group: str) -> str:
    shown, spoken = _parts(character)
    style += ";text-decoration:underline" if number[0] == MINUS else ""
    # A radio button makes the whole text one tab stop in which the arrow keys move; the last attribute keeps
    # JupyterLab from taking these. A notebook that isn't trusted loses the style above, and one of the two
    # ways in which it is hidden.
    return (f'<label style="{style}" title="{spoken}  {number}">{shown}<input hidden style=display:none '
            f'type=radio name=c{group} aria-label="{spoken} {number}" data-lm-suppress-shortcuts></label>')


def _bar(label: str, limits: tuple[float, float], styles: list[str], values: np.ndarray, signed: bool) -> str:
    low, high = (typeset(f"{limit:g}") for limit in limits)
    fields = "".join(f'<span style="{style}">&nbsp;</span>' for style in styles[::2])
    below = " or less" if values.min() < limits[0] else ""
    above = " or more" if values.max() > limits[1] else ""
    note = ", negative underlined" if signed else ""
    return (f'<div class="course-bar">{html.escape(label)}{note}: &nbsp;{low}{below}&nbsp;'
            f'<span aria-hidden="true">{fields}</span>&nbsp;{high}{above}</div>')
