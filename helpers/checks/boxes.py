"""How the result of a check looks in a notebook."""

import html
import re

from helpers.pictures import TEXT_COLOURS, tint

# The signs that begin a line: what each says, and its colour, dark enough for words.
SIGNS = {
    "✓": ("right", TEXT_COLOURS["h"]),
    "✗": ("not right", TEXT_COLOURS["gradient"]),
    "…": ("not yet", TEXT_COLOURS["quiet"]),
    "!": ("the check crashed", TEXT_COLOURS["c"]),
}


def result_html(text: str) -> str:
    """A text whose lines may begin with signs, as a box in the colour of the first sign.

    The box brings its ground and its ink along, so that it reads alike on a light and on a dark page.
    Markup in the text is shown, never obeyed.
    """
    def coloured(line: re.Match) -> str:
        words, colour = SIGNS[line[2]]
        return f'{line[1]}<b role="img" aria-label="{words}" style="color:{colour}">{line[2]}</b>'

    colour = SIGNS[text[0]][1]
    return (f'<div class="course-check" role="status" style="border-left:6px solid {colour};'
            f'background:{tint(colour, 0.08)};color:#000;padding:0.5em 0.8em;white-space:pre-wrap;'
            'overflow-wrap:anywhere">'
            + re.sub(r"^( *)([✓✗…!])(?= )", coloured, html.escape(text), flags=re.MULTILINE) + "</div>")
