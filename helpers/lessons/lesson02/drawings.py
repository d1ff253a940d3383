"""The backward pass from the scores: given minus wanted, and the outer product that a weight gets."""

import numpy as np

from helpers.networks import softmax
from helpers.pictures import COLOURS, INK, Canvas, Picture, short, styled, tint

SCORES, TARGET = (1.0, -0.5, 0.3), 2
H_PREV, DA = (1.0, 2.0, 3.0), (10.0, 20.0)
MARKED = (1, 0)


@styled
def given_minus_wanted() -> Picture:
    """Probabilities minus the target's one-hot row: the gradient with respect to three scores, as bars."""
    p, wanted = softmax(np.array(SCORES)), np.eye(3)[TARGET]
    dy = p - wanted
    page = Canvas(380)
    tall, floor = 120, 176
    for left, values, name, kind in ((70, p, "given: $p$", "y"), (390, wanted, "wanted: one-hot", "quiet"),
                                     (710, dy, "$dy$: adds up to 0", "gradient")):
        page.label(left + 110, 352, name, kind, 19, weight="bold")
        page.axes.plot([left, left + 220], [floor, floor], color=COLOURS["quiet"], linewidth=1.5, zorder=1)
        for place, value in enumerate(values):
            x = left + 36 + 74 * place
            if value:
                page.node(x, floor + tall * value / 2, "", kind, 50, tall * abs(value), fill=0.5, radius=0)
            page.label(x, floor + max(0, tall * value) + 20, short(value), kind, 17)
    for x, sign in ((340, "−"), (660, "=")):
        page.label(x, floor + 46, sign, size=30)
    page.label(180, 130, f"softmax of the scores\n{', '.join(short(y, 1) for y in SCORES)}", "y", 16)
    page.label(500, 130, "the third letter", "quiet", 16)
    for place, value in enumerate(dy):
        x, up = 746 + 74 * place, value < 0
        page.arrow((x, 34 if up else 78), (x, 78 if up else 34), kind="h", gap=0, width=3.4)
        page.label(x, 18, "up" if up else "down", "h", 17)
    page.label(690, 52, "the update goes against $dy$ and pushes this score", "h", 17, ha="right")
    return page.picture(f"""The probabilities {", ".join(map(short, p))} minus the one-hot row of the third
        letter give dy = {", ".join(map(short, dy))}, which adds up to 0: the update pushes the first two
        scores down and the third up.""")


@styled
def outer_product() -> Picture:
    """The table of all products of a column h_prev and a row da, with one weight's product marked."""
    table = np.outer(H_PREV, DA)
    page = Canvas(330)
    wide, high, left, top = 96, 60, 190, 218
    i, j = MARKED
    page.label(110, 246, "$h_{prev}$", "h", 19)
    page.label(left + wide, 306, "$da$", "gradient", 19)
    for column, value in enumerate(DA):
        page.node(left + wide * (column + 0.5), 264, f"{value:.0f}", "gradient", 80, 48,
                  fill=0.4 if column == j else 0.15)
    for row, value in enumerate(H_PREV):
        y = top - high * (row + 0.5)
        page.node(110, y, f"{value:.0f}", "h", 80, 48, fill=0.4 if row == i else 0.15)
        for column in range(len(DA)):
            chosen = (row, column) == MARKED
            page.node(left + wide * (column + 0.5), y, f"{table[row, column]:.0f}", "quiet", wide, high, 19,
                      radius=0)
            page.axes.patches[-1].set(
                facecolor=tint(COLOURS["gradient"], 0.3 if chosen else 0.06), zorder=3.5 if chosen else 3,
                edgecolor=INK if chosen else COLOURS["quiet"], linewidth=3.4 if chosen else 1.2)
    page.label(430, 220, "W[i, j] affects a[j] alone:", size=18, ha="left", weight="bold")
    page.label(430, 176, "slope: h_prev[i]", size=18, ha="left")
    page.label(430, 138, "passed back: da[j]", size=18, ha="left")
    factors = f"{H_PREV[i]:.0f} · {DA[j]:.0f} = {table[MARKED]:.0f}"
    page.label(430, 84, f"dW[{i}, {j}] = h_prev[{i}] · da[{j}] = {factors}", "gradient", 18, ha="left")
    column, row, *rows = (", ".join(f"{one:.0f}" for one in values) for values in (H_PREV, DA, *table))
    return page.picture(f"""The outer product of h_prev = {column}, a column, and da = {row}, a row, is the
        table {"; ".join(rows)}: entry [{i}, {j}] is {factors}, because W[{i}, {j}] takes h_prev[{i}] to
        a[{j}] alone.""")


DRAWINGS = [given_minus_wanted, outer_product]
