"""The drawings of lesson 01: a network unrolled, hello in training and sampling, a page to fill in."""

import numpy as np
from matplotlib.patches import Circle, Polygon

from helpers.lessons.hello import INPUTS, LETTERS, TARGETS, example_scores
from helpers.lessons.page_drawings import LEFT, SIXTEEN, Worksheet, printed
from helpers.networks import softmax
from helpers.networks.cells.plain import rnn_forward
from helpers.pictures import COLOURS, Box, Canvas, Picture, count, short, styled, tint, whole_number

W_XH, W_HH, W_HY = "$W_{xh}$", "$W_{hh}$", "$W_{hy}$"


def _column(page: Canvas, x: float, step: int | str, size: float) -> Box:
    """Input, state and output of one time step, from the bottom up; returns the state's box."""
    state = page.node(x, 240, f"$h_{{{step}}}$", "h", size)
    given = page.node(x, 100, f"$x_{{{step}}}$", "x", size)
    output = page.node(x, 385, f"$y_{{{step}}}$", "y", size * 1.1, size)
    page.arrow(given.top, state.bottom, kind="x")
    page.arrow(state.top, output.bottom, kind="y")
    page.label(x + 7, 170, W_XH, "x", 15, ha="left")
    page.label(x + 7, 324, W_HY, "y", 15, ha="left")
    return state


@styled
def unrolled_network(steps: int = 4) -> Picture:
    """The loop on the left and the same network unrolled over 1 to 8 steps on the right."""
    steps = whole_number("steps", steps, 1, 8)
    page = Canvas(450)
    first, spacing = 300, min(150, 632 / steps)
    size = min(62, 0.68 * spacing)
    loop = _column(page, 130, "t", 62)
    back = page.arrow((99, 254), (48, 254), (48, 226), (99, 226), kind="h", turn=14)
    page.label(60, 280, W_HH, "h", 15)
    page.label((loop.x + first) / 2 + 5, 240, "=", size=34)
    before = page.node(first, 240, "$h_0$", "quiet", size, fill=0.12)
    above = 18 if spacing - size > 60 else size / 2 + 17  # where there is room for the name
    for step in range(1, steps + 1):
        state = _column(page, first + step * spacing, step, size)
        page.arrow(before.right, state.left, kind="h")
        page.label((before.x + state.x) / 2, 240 + above, W_HH, "h", 15)
        before = state
    time = page.arrow((first + spacing - size / 2, 30), (before.x + size / 2, 30), gap=0)
    page.label(first + spacing - size / 2 - 12, 30, "time", "quiet", 15, ha="right")
    return page.picture(f"""A recurrent network drawn as a loop, and the same network unrolled over
        {count(steps, "time step")}: the same three matrices W_xh, W_hh and W_hy are used
        at every step, so more steps need no more weights.""",
        {"a loop": back, count(steps, "time step"): time,
         **{name: page.words(f"${name[:2]}{{{name[2:]}}}$") for name in ("W_xh", "W_hh", "W_hy")}})


def _landscape(page: Canvas, x: float, y: float) -> Box:
    """An input that is a picture: a sun over hills."""
    box = page.node(x, y, "", "x", 64, 44)
    hills = [(-24, -14), (-10, 7), (1, -7), (9, 2), (22, -14)]
    page.axes.add_patch(Polygon(np.add(hills, (x, y)), facecolor=COLOURS["h"], zorder=3.1))
    page.axes.add_patch(Circle((x + 11, y + 9), 6, facecolor=COLOURS["y"], zorder=3.1))
    return box


@styled
def task_shapes() -> Picture:
    """Four shapes of task for one cell, each with an example that fits on the page."""
    page = Canvas(640)
    tasks = [
        ("one to many", "a picture → its caption", ["picture", "", ""], ["sun", "over", "hills"]),
        ("many to one", "a review → its verdict", ["not", "too", "bad"], ["", "", "good"]),
        ("many to many, step by step", "each letter → the next one", list("hell"), list("ello")),
        ("many to many, read then write", "a phrase → its translation",
         ["good", "night", "", ""], ["", "", "bonne", "nuit"]),
    ]
    for place, (name, example, inputs, outputs) in enumerate(tasks):
        left, base = 20 + 490 * (place % 2), 335 - 315 * (place // 2)
        page.band(left, base, left + 470, base + 285)
        page.label(left + 20, base + 260, name, size=17, ha="left", weight="bold")
        page.label(left + 20, base + 229, example, "quiet", 15, ha="left")
        spacing = 470 / len(inputs)
        previous = None
        for column, (given, wanted) in enumerate(zip(inputs, outputs, strict=True)):
            x = left + spacing * (column + 0.5)
            state = page.node(x, base + 103, "", "h", 44)
            if previous:
                page.arrow(previous.right, state.left, kind="h")
            if given == "picture":
                source = _landscape(page, x, base + 32)
            elif given:
                source = page.node(x, base + 32, given, "x", max(40, 22 + 12 * len(given)), 40, fontsize=15)
            if given:
                page.arrow(source.top, state.bottom, kind="x", gap=4)
            if wanted:
                goal = page.node(x, base + 178, wanted, "y", max(46, 34 + 12 * len(wanted)), 40, fontsize=15)
                page.arrow(state.top, goal.bottom, kind="y", gap=4)
            previous = state
    return page.picture("""Four shapes of task for the same cell: one to many (1 picture, 3 words out),
        many to one (3 words of a review, 1 verdict), many to many step by step (4 letters, each answered by
        the next), and many to many after reading (2 words in, then 2 words of the translation out).""")


@styled
def hello_training(hidden: np.ndarray, scores: np.ndarray, step: int | None = None) -> Picture:
    """The hello network in training, with every number: inputs, states, scores, probabilities, losses.

    Args:
        hidden, scores: (4, 3) and (4, 4), a row for each time step, the scores' columns for h, e, l, o.
        step: 1 to 4 shows the numbers up to that step alone.
    """
    last = 4 if step is None else whole_number("step", step, 1, 4)
    wanted = [LETTERS.index(letter) for letter in TARGETS]
    probabilities = softmax(scores)
    right = probabilities[np.arange(4), wanted]
    losses = -np.log(np.maximum(right, 1e-300))
    mean = losses[:last].mean()

    page = Canvas(740)
    _name_rows(page)
    previous, letters, chances = None, [], []
    for t in range(4):
        x, known = 272 + 204 * t, t < last
        if step == t + 1:
            page.band(x - 96, 56, x + 96, 728, tint(COLOURS["y"], 0.16))
        letter = page.node(x, 92, INPUTS[t], "x", 50, fontsize=19)
        letters.append(letter)
        one_hot = np.array([float(other == INPUTS[t]) for other in LETTERS])
        given = page.vector(x, 212, one_hot, "x", 4, width=56, decimals=0)
        state = page.vector(x, 382, hidden[t] if known else None, "h", 3, width=88)
        score = page.vector(x - 44, 556, scores[t] if known else None, "quiet", 4, width=88, shade=0)
        shares = page.vector(x + 44, 556, probabilities[t] if known else None, "y", 4, width=88,
                             marked=wanted[t])
        chances.append(shares.field(wanted[t], 4))
        page.label(x - 44, 632, "score", "quiet", 14.5)
        page.label(x + 44, 632, "prob.", "y", 14.5)
        loss = page.label(x, 659, f"{losses[t]:.2f}" if known else "?", "loss", 17, weight="bold")
        if t == last - 1:
            here = state, score.field(wanted[t], 4), chances[t], loss
        page.node(x, 702, TARGETS[t], "y", 62, 44, fontsize=19)
        page.arrow(letter.top, given.bottom, kind="x", gap=3)
        page.arrow(given.top, state.bottom, kind="x")
        page.arrow(state.top, (x, score.bottom[1]), kind="y")
        if previous:
            page.arrow(previous.right, state.left, kind="h")
            page.label(x - 102, 404, "$W_{hh}$", "h", 16)
        previous = state
    which = "the 4 letters" if last == 4 else "the letters so far"
    below = page.label(22, 28, f"mean loss of {which}: {mean:.2f} nats", "loss", 17, ha="left", weight="bold")
    page.label(978, 28, "chance: ln 4 = 1.39", "quiet", 16, ha="right")

    if step is None:
        parts = [f"{letter} {p:.2f}" for letter, p in zip(TARGETS, right, strict=True)]
        return page.picture(f"""All steps of the hello network: given h, e, l, l it gives the targets the
            probabilities {", ".join(parts)}; the mean loss is {mean:.2f} nats.""",
            [("h, e, l, l", letters), *zip(parts, chances, strict=True), (f"mean loss is {mean:.2f}", below)])
    t = last - 1
    units = ", ".join(f"{value:.2f}" for value in hidden[t])
    return page.picture(f"""Step {last} of 4 of the hello network: given {INPUTS[t]}, the three hidden units
        are {units}; the target, {TARGETS[t]}, has score {scores[t, wanted[t]]:.2f} and probability
        {right[t]:.2f}; the loss is {losses[t]:.2f} nats, and the mean so far is {mean:.2f}.""",
        [(f"given {INPUTS[t]}", letters[t]),
         *zip((units, f"score {scores[t, wanted[t]]:.2f}", f"probability {right[t]:.2f}",
               f"loss is {losses[t]:.2f}"), here, strict=True), (f"mean so far is {mean:.2f}", below)])


def _name_rows(page: Canvas) -> None:
    """The names of the rows of numbers and of the letters, on the left, and of two matrices."""
    for y, name, kind in [(702, "target", "y"), (659, "loss, −ln p", "loss"), (556, "output", "y"),
                          (382, "hidden", "h"), (212, "input", "x"), (92, "letter", "x")]:
        page.label(22, y, name, kind, 16, ha="left")
    for row, letter in enumerate(LETTERS):
        page.label(150, 601 - 30 * row, letter, "y", 15, weight="bold")
        page.label(150, 257 - 30 * row, letter, "x", 15, weight="bold")
    page.label(280, 306, "$W_{xh}$", "x", 16, ha="left")
    page.label(280, 461, "$W_{hy}$", "y", 16, ha="left")


@styled
def sampling_feedback(letters: str = "hello", probabilities: np.ndarray | None = None) -> Picture:
    """Test time: the first letter is given, each next one is sampled and fed back as the next input.

    `letters` are 2 to 7 of h, e, l, o, and `probabilities` (len(letters) - 1, 4) what the network gave them
    at each step: without it, those of a small trained network.
    """
    steps = len(letters) - 1
    if probabilities is None:
        probabilities = softmax(example_scores(letters[:-1]))
    drawn = [LETTERS.index(letter) for letter in letters[1:]]
    shares = [f"{probabilities[t, row]:.2f}" for t, row in enumerate(drawn)]

    page = Canvas(550)
    for y, name, kind in [(88, "input", "x"), (200, "hidden", "h"), (346, "probability", "y"),
                          (500, "sampled", "y")]:
        page.label(18, y, name, kind, 15, ha="left", linespacing=1.35)
    spacing = min(230, 850 / steps)
    wide = 0.34 * min(spacing, 210)
    state, sampled, first, chosen, lanes = None, None, None, [], []
    for t in range(steps):
        x = 140 + (850 - spacing * steps) / 2 + spacing * (t + 0.5)
        before, fed_back, start = state, sampled, x - 0.8 * wide
        given = page.node(x, 88, letters[t], "x", 52, fontsize=20)
        state = page.node(x, 200, f"$h_{t + 1}$", "h", 62)
        sampled = page.node(x, 500, letters[t + 1], "y", 66, 52, fontsize=20)
        first = first or given
        page.label(x, 34, "fed back" if t else "given", "quiet", 14.5)
        for row, letter in enumerate(LETTERS):
            y, bold = 392 - 31 * row, "bold" if row == drawn[t] else "normal"
            page.label(start - 12, y, letter, "y", 15, weight=bold, va="center_baseline")
            page.axes.barh(y, wide, 21, start, color=tint(COLOURS["y"], 0.15))
            depth = 1 if row == drawn[t] else 0.55
            page.axes.barh(y, wide * probabilities[t, row], 21, start, color=tint(COLOURS["y"], depth))
        share = page.label(start + wide + 5, 392 - 31 * drawn[t], shares[t], "y", 14.5, weight="bold",
                           ha="left", va="center_baseline")
        chosen.append((Box(start + wide / 2, 392 - 31 * drawn[t], wide, 21), share))
        page.arrow(given.top, state.bottom, kind="x")
        page.arrow(state.top, (x, 283), kind="y")
        page.arrow((x, 408), sampled.bottom, kind="y")
        if before:
            lane = x - spacing / 2
            page.arrow(before.right, state.left, kind="h")
            lanes += page.arrow(fed_back.right, (lane, 500), (lane, 88), given.left, kind="y", over=True)
    story = [f"{letter} (probability {p})" for letter, p in zip(letters[1:], shares, strict=True)]
    return page.picture(f"""After the given letter {letters[0]} the network draws {", ".join(story)};
        each is fed back as the next input, so it spells {letters}.""",
        [(f"the given letter {letters[0]}", first), *zip(story, chosen, strict=True), ("fed back", lanes)])


READ, WANTED = "hel", "l"         # of the page; its letters are those that it reads
WEIGHTS = {"W_xh": [[0.2, -0.4], [0.4, 0.7], [-0.4, -0.5]], "W_hh": [[-0.2, 0.7], [-0.8, 0.8]], "b_h": [0, 0],
           "W_hy": [[-0.6, -0.9, -1.5], [-1.1, -0.3, 1.3]]}


@styled
def page_hello(filled: bool = False) -> Picture:
    """Two units read h, e, l: sums, states and the guess; step 1 is done, the rest if it is `filled`."""
    p = printed(WEIGHTS)
    letters = np.array([[READ.index(letter)] for letter in READ])
    h = rnn_forward(p, letters, np.zeros((1, 2)))
    scores = h[2][0] @ p.W_hy
    chances = softmax(scores)
    wanted, best = READ.index(WANTED), READ[chances.argmax()]
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
    page.weights(898, 577, "$W_{xh}$", p.W_xh, "x", rows=READ)
    page.weights(898, 453, "$W_{hh}$", p.W_hh, "h")
    page.weights(898, 354, "$W_{hy}$", p.W_hy, "y", columns=READ)

    for place, letter in enumerate(READ):
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

    top = page.table_of_logs(12)
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


DRAWINGS = [unrolled_network, task_shapes, sampling_feedback, page_hello]
