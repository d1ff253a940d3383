"""A page to be filled in by hand: two units read three letters and guess the fourth."""

import numpy as np

from helpers.lessons.page_drawings import LEFT, SIXTEEN, Worksheet, printed
from helpers.networks import softmax
from helpers.networks.cells.plain import rnn_forward
from helpers.pictures import Picture, short, styled

LETTERS, READ, WANTED = "hel", "hel", "l"
WEIGHTS = {"W_xh": [[0.2, -0.4], [0.4, 0.7], [-0.4, -0.5]], "W_hh": [[-0.2, 0.7], [-0.8, 0.8]], "b_h": [0, 0],
           "W_hy": [[-0.6, -0.9, -1.5], [-1.1, -0.3, 1.3]]}


@styled
def page_hello(filled: bool = False) -> Picture:
    """Two units read h, e, l: sums, states and the guess; step 1 is done, the rest if it is `filled`."""
    p = printed(WEIGHTS)
    letters = np.array([[LETTERS.index(letter)] for letter in READ])
    h = rnn_forward(p, letters, np.zeros((1, 2)))
    scores = h[2][0] @ p.W_hy
    chances = softmax(scores)
    wanted, best = LETTERS.index(WANTED), LETTERS[chances.argmax()]
    loss = -np.log(chances[wanted])

    page = Worksheet("Hello, by hand",
                     "A network of two units reads h, e, l. Which letter comes next? Grey boxes are done,\n"
                     "white boxes are yours. Two decimals are enough; the last digit may be one off.",
                     filled)
    columns, rows = (330, 522, 714), (535, 488, 441, 394)
    for y, words, kind in zip(rows, ("$x_t\\,W_{xh}$: a row of $W_{xh}$", "$h_{t-1}\\,W_{hh}$",
                                     "$a_t$: their sum", "$h_t = \\tanh(a_t)$"), "xhhh", strict=True):
        page.label(LEFT, y, words, kind, 15, ha="left")
    page.label(columns[0] - 85, rows[1], "$h_0 = 0$", "h", 14.5, ha="right")
    for t, x in enumerate(columns):
        first, before = t == 0, h[t - 1][0]
        page.label(x - 26, 577, f"step {t + 1} reads", size=14.5)
        page.node(x + 57, 577, READ[t], "x", 36, fontsize=17)
        page.row(x, rows[0], p.W_xh[letters[t, 0]], "x", first)
        carried = page.row(x, rows[1], before @ p.W_hh, "h", first)
        page.row(x, rows[2], p.W_xh[letters[t, 0]] + before @ p.W_hh, "h", first)
        state = page.row(x, rows[3], h[t][0], "h", first)
        if t < 2:
            gutter = x + 96
            page.arrow(state.right, (gutter, rows[3]), (gutter, rows[1]),
                       (columns[t + 1] - carried.width / 2, rows[1]), kind="h", gap=4, turn=10)
    page.weights(898, 577, "$W_{xh}$", p.W_xh, "x", rows=LETTERS)
    page.weights(898, 453, "$W_{hh}$", p.W_hh, "h")
    page.weights(898, 354, "$W_{hy}$", p.W_hy, "y", columns=LETTERS)

    for place, letter in enumerate(LETTERS):
        page.label(330 + 76 * (place - 0.5), 338, letter, "y", 16, weight="bold")
    below = (304, 257, 210)
    for y, words in zip(below, ("scores $y = h_3\\,W_{hy}$", "$e^y$", "$p = e^y$ / sum"), strict=True):
        page.label(LEFT, y, words, "y", 15, ha="left")
    page.row(368, below[0], scores, "y")
    page.row(368, below[1], np.exp(scores), "y")
    page.row(368, below[2], chances, "y")
    for y, words, value, kind in ((below[0], "most probable letter", best, "y"),
                                  (below[1], "sum of the three", np.exp(scores).sum(), "y"),
                                  (below[2], f"loss $-\\ln p$, target: {WANTED}", loss, "loss")):
        page.label(694, y, words, kind, 14.5, ha="right")
        page.box(741, y, value, kind)

    shares = np.arange(4, 20) / 20
    top = page.table(12, ("$p$", shares, 2), ("$-\\ln p$", -np.log(shares), 2))
    top = page.table(top + 3, ("$a$ or $y$", SIXTEEN, 1), ("$\\tanh(a)$", np.tanh(SIXTEEN), 2),
                     ("$e^y$", np.exp(SIXTEEN), 2))
    page.label(LEFT + 4, top + 15, "Between two columns, guess. For a negative number: tanh(−a) = −tanh(a).",
               "quiet", 14.5, ha="left")
    return page.page(
        """A page to fill in by hand: two units read h, e and l; step 1 is worked out, and steps 2 and 3, the
        three scores, their probabilities and the loss are left to fill in""",
        f"""The page, filled in: after h, e, l the state is ({", ".join(map(short, h[2][0]))}), the scores of
        h, e, l are {", ".join(map(short, scores))}, and {best} is the most probable letter; {WANTED} has the
        probability {short(chances[wanted])}, a loss of {short(loss)} nats.""")


DRAWINGS = [page_hello]
