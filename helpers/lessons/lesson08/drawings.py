"""The drawing of lesson 08's page: a text as a trained network reads it."""

import numpy as np
from matplotlib.patches import Rectangle

from helpers.lessons.lesson08.experiments import load_tales, text_nll
from helpers.pictures import Canvas, Picture, ink_on, matrix_map, styled
from helpers.runs import load_run

LEVELS = 16         # colours, so that the picture is the same on every computer
TOP = 4.0           # nats; what surprises more has the same colour
LINES = 8


@styled
def surprise_over_text() -> Picture:
    """The beginning of a held-out tale, each character coloured by how much it surprises an LSTM."""
    text, nats = second_tale()
    lines = text.rstrip("\n").split("\n")
    page = Canvas(86 + 34 * len(lines))
    top, wide, place = 20 + 34 * len(lines), 15.6, 0
    levels = np.rint(np.clip(nats / TOP, 0, 1) * LEVELS) / LEVELS
    colours = matrix_map().reversed()(0.92 * levels)
    for row, line in enumerate(lines):
        y = top - 34 * row
        for column, character in enumerate(line):
            x, colour = 32 + wide * column, colours[place + column]
            if levels[place + column] > 0:
                page.axes.add_patch(Rectangle((x, y - 15), wide, 30, facecolor=colour, edgecolor="none"))
            page.label(x + wide / 2, y, character, va="center_baseline", color=ink_on(colour),
                       family="monospace", parse_math=False)
        place += len(line) + 1
    words = f"white means no surprise, the darkest colour means {TOP:g} nats or more"
    page.label(32, top + 42, words, size=16, ha="left")
    letters = np.array(list(text))
    before = np.array([" ", *text[:-1]])
    starts = np.char.isalpha(letters) & ~np.char.isalpha(before)
    first, others = nats[starts].mean(), nats[~starts].mean()
    return page.picture(f"""{len(text)} characters of a tale, each on a background coloured by how much
        the character surprises an LSTM: {first:.1f} nats on average at the first letters of words,
        {others:.1f} elsewhere.""")


def second_tale() -> tuple[str, np.ndarray]:
    """Some lines of held-out text, and the surprise of the shipped LSTM at each of its characters."""
    tales = load_tales()
    start = tales.heldout.index("\n\n\n") + 3
    nats = text_nll(load_run("08/lstm")[0], tales.heldout_ids[: start + 800])[start - 1 :]
    text = "\n".join(tales.heldout[start:].split("\n")[:LINES])
    return text, nats[: len(text)]


DRAWINGS = [surprise_over_text]
