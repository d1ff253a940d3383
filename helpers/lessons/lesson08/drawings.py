"""A text as a trained network reads it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle

from helpers.lessons.lesson08.probing import text_surprises
from helpers.lessons.lesson08.tales import load_tales
from helpers.pictures import Picture, label, matrix_map, sheet, styled
from helpers.runs import shipped

LEVELS = 16         # colours, so that the picture is the same on every computer
TOP = 4.0           # nats; what surprises more has the same colour
LINES = 8


@styled
def surprise_over_text(text: str = "", nats: Sequence[float] = ()) -> Picture:
    """Characters on grounds coloured by how much each of them surprised a network.

    Args:
        text: lines of at most 60 characters.
        nats: one number for each character.

    Without arguments: the beginning of the second held-out tale, read by the shipped LSTM. Raises
    ValueError if the counts differ.
    """
    if not text:
        text, nats = second_tale()
    nats = np.asarray(nats, dtype=float)
    if nats.shape != (len(text),):
        raise ValueError(f"nats has shape {nats.shape} for {len(text)} characters: give one number for each")
    lines = text.rstrip("\n").split("\n")
    figure, axes = sheet(86 + 34 * len(lines))
    top, wide, place = 20 + 34 * len(lines), 15.6, 0
    levels = np.rint(np.clip(nats / TOP, 0, 1) * LEVELS) / LEVELS
    colours = matrix_map().reversed()(0.92 * levels)
    for row, line in enumerate(lines):
        y = top - 34 * row
        for column, character in enumerate(line):
            x, colour = 32 + wide * column, colours[place + column]
            if levels[place + column] > 0:
                axes.add_patch(Rectangle((x, y - 15), wide, 30, facecolor=colour, edgecolor="none"))
            dark = colour[:3] @ (0.299, 0.587, 0.114) < 0.5
            axes.text(x + wide / 2, y, character, ha="center", va="center_baseline", fontsize=17,
                      color="white" if dark else "black", family="monospace", parse_math=False)
        place += len(line) + 1
    words = f"white: no surprise; the darkest: {TOP:g} nats or more"
    label(axes, 32, top + 42, words, size=16, ha="left")
    letters = np.array(list(text))
    before = np.array([" ", *text[:-1]])
    starts = np.char.isalpha(letters) & ~np.char.isalpha(before)
    first, others = nats[starts].mean(), nats[~starts].mean()
    return Picture(figure, f"""{len(text)} characters of a tale, each on a ground coloured by how much it
        surprises an LSTM: {first:.1f} nats on average at the first letters of words, {others:.1f}
        elsewhere.""")


def second_tale() -> tuple[str, np.ndarray]:
    """Some lines of held-out text, and the surprise of the shipped LSTM at each of its characters."""
    tales = load_tales()
    start = tales.heldout.index("\n\n\n") + 3
    nats = text_surprises(shipped("08/lstm")[0], tales.heldout_ids[: start + 800])[start - 1 :]
    text = "\n".join(tales.heldout[start:].split("\n")[:LINES])
    return text, nats[: len(text)]


DRAWINGS = [surprise_over_text]
