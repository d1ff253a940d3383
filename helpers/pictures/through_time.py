"""Diagrams of several lessons: one step of a network; backpropagation through time, whole and truncated."""

from matplotlib.artist import Artist

from helpers.pictures.diagrams import INK, Box, Canvas, count, tint, whole_number
from helpers.pictures.style import COLOURS, Picture, styled

W_XH, W_HH, W_HY = "$W_{xh}$", "$W_{hh}$", "$W_{hy}$"

SCISSORS = "\N{BLACK SCISSORS}"
ROW = {"x": 106, "h": 228, "loss": 350}


def _key(page: Canvas, y: float) -> None:
    """Say what the two kinds of arrow mean."""
    page.arrow((28, y), (84, y), kind="h", gap=0)
    page.label(96, y, "forward: the state", "h", 16, ha="left")
    page.arrow((414, y), (358, y), kind="gradient", gap=0)
    page.label(426, y, "back: the gradient", "gradient", 16, ha="left")


def _time_step(page: Canvas, x: float, step: int, size: float) -> Box:
    """Draw input, state and loss of one time step, with the gradient coming down; the state's box."""
    given = page.node(x, ROW["x"], f"$x_{{{step}}}$", "x", size, fontsize=17)
    state = page.node(x, ROW["h"], f"$h_{{{step}}}$", "h", size, fontsize=17)
    loss = page.node(x, ROW["loss"], f"$L_{{{step}}}$", "loss", size, fontsize=17)
    page.arrow(given.top, state.bottom, kind="x")
    page.arrow(state.top, loss.bottom, kind="y", shift=(-size / 6, 0))
    page.arrow(loss.bottom, state.top, kind="gradient", shift=(size / 6, 0))
    return state


def _reach(page: Canvas, start: float, end: float, steps: int) -> list[Artist]:
    """Draw how far back the gradient gets, below the steps: its arrow and its words."""
    if not steps:
        return []
    return [*page.arrow((start, 52), (end, 52), kind="gradient", gap=0),
            page.label((start + end) / 2, 26, f"{count(steps, 'step')} back", "gradient", 16)]


@styled
def bptt(steps: int = 6) -> Picture:
    """Backpropagation through the whole sequence of 1 to 8 steps."""
    steps = whole_number("steps", steps, 1, 8)
    page = Canvas(470)
    spacing = min(160, 900 / (steps + 0.4))
    size = min(64, 0.56 * spacing)
    left = 500 - spacing * steps / 2
    before = page.node(left, ROW["h"], "$h_0$", "quiet", size, fontsize=17, fill=0.12)
    for step in range(1, steps + 1):
        state = _time_step(page, left + step * spacing, step, size)
        page.arrow(before.right, state.left, kind="h", shift=(0, size / 6))
        if step > 1:
            page.arrow(state.left, before.right, kind="gradient", shift=(0, -size / 6))
        before = state
    far = _reach(page, before.x, left + spacing, steps - 1)
    _key(page, 440)
    return page.picture(f"""Backpropagation through time: the state runs forward through
        {count(steps, "step")}, with a loss at each. Then the gradient runs back through the whole sequence,
        so the last loss reaches h_1, {count(steps - 1, "step")} back, and {count(steps, "state")} must be
        kept for it.""", {f"{count(steps - 1, 'step')} back": far})


@styled
def truncated_bptt(length: int = 3) -> Picture:
    """Nine steps in chunks of `length`: the state crosses the borders, the gradient does not."""
    steps = 9
    length = whole_number("length", length, 1, steps)
    chunks = -(-steps // length)
    page = Canvas(540)
    spacing = min(130, 890 / (steps - 0.1 + 0.5 * (chunks - 1)))  # half a space more at each border
    size = min(62, 0.66 * spacing)
    left = 500 - spacing * (steps - 1 + 0.5 * (chunks - 1)) / 2
    shortest = steps - (chunks - 1) * length
    name = "chunk " if spacing * shortest > 105 else ""
    before, bands, far, cuts = None, [], [], []
    for step in range(1, steps + 1):
        chunk, place = divmod(step - 1, length)
        x = left + spacing * (step - 1 + 0.5 * chunk)
        state = _time_step(page, x, step, size)
        if place == 0:
            inside = min(length, steps - step + 1) - 1
            right = x + spacing * inside
            page.band(x - size / 2 - 9, 8, right + size / 2 + 9, 430)
            bands.append(Box((x + right) / 2, 219, right - x + size + 18, 422))
            page.label((x + right) / 2, 407, f"{name}{chunk + 1}", size=16, weight="bold")
            far += _reach(page, right, x, inside)
        if before:
            page.arrow(before.right, state.left, kind="h", shift=(0, size / 6), over=place == 0)
        if before and place:
            page.arrow(state.left, before.right, kind="gradient", shift=(0, -size / 6))
        elif before:
            cuts += _cut(page, (before.x + x) / 2, state, size / 6)
        before = state
    _key(page, 505)
    if chunks > 1:
        page.label(708, 505, SCISSORS, "gradient", 22)
        page.label(730, 505, "the gradient stops", "gradient", 16, ha="left")
    reach = "looks back" if length == 1 else (
        f"reaches back {'more than ' if cuts else ''}{count(length - 1, 'step')}")
    cut = (f"the state is carried forward from chunk to chunk, but the gradient is cut at "
           f"{count(chunks - 1, 'border')}, so no loss {reach}") if chunks > 1 else (
           f"with one chunk the gradient is never cut and {reach}")
    return page.picture(f"""Truncated backpropagation through time: {count(steps, "step")} in
        {count(chunks, "chunk")} of at most {count(length, "step")}; {cut}.""",
        {count(chunks, "chunk"): bands,
         f"cut at {count(chunks - 1, 'border')}" if cuts else "never cut": cuts, reach: far})


def _cut(page: Canvas, border: float, state: Box, below: float) -> list[Artist]:
    """Draw a border between chunks, where the gradient from the state ends: scissors and line."""
    scissors = page.label(border, 448, SCISSORS, "gradient", 22, rotation=-90)
    line, = page.axes.plot([border, border], [8, 430], color=INK, linewidth=1.6, linestyle=(0, (1, 2)),
                           zorder=1)
    y = state.y - below
    page.arrow((state.left[0], y), (border, y), kind="gradient", gap=0, head=False)
    page.axes.plot([border, border], [y - 10, y + 10], color=COLOURS["gradient"], linewidth=4, zorder=2.5)
    return [scissors, line]


@styled
def recurrent_cell(input_size: int = 4, hidden_size: int = 3, output_size: int = 4) -> Picture:
    """One step of a plain recurrent network, with the shape of each weight matrix and the loop."""
    D = whole_number("input_size", input_size, 1, 999)
    H = whole_number("hidden_size", hidden_size, 1, 999)
    V = whole_number("output_size", output_size, 1, 999)
    page = Canvas(480)
    page.band(248, 178, 610, 350, tint(COLOURS["h"], 0.12))
    page.label(590, 330, "the cell", "h", 15, ha="right")
    before = page.node(90, 240, "$h_{t-1}$", "h", 88, 76, fontsize=20)
    total = page.node(340, 240, "+", "quiet", 54, fontsize=24, fill=0.0)
    squash = page.node(510, 240, "tanh", "h", 104, 62, fill=0.45)
    state = page.node(705, 240, "$h_t$", "h", 84, 76, fontsize=20)
    given = page.node(340, 56, "$x_t$", "x", 76, fontsize=20)
    output = page.node(922, 240, "$y_t$", "y", 92, 76, fontsize=20)
    page.label(340, 324, "$b_h$", size=19)
    page.arrow(before.right, total.left, kind="h")
    page.arrow(given.top, total.bottom, kind="x")
    page.arrow((340, 310), total.top)
    page.arrow(total.right, squash.left)
    page.arrow(squash.right, state.left, kind="h")
    page.arrow(state.right, output.left, kind="y")
    page.arrow(state.top, (705, 405), (90, 405), before.top, kind="h", turn=40, width=3.4)
    page.label(398, 435, "the loop: $h_t$ is the next step's $h_{t-1}$", "h")
    page.label(192, 268, W_HH, "h", 19)
    page.label(192, 212, f"{H} × {H}", "h", 15)
    page.label(356, 134, W_XH, "x", 19, ha="left")
    page.label(418, 134, f"{D} × {H}", "x", 15, ha="left")
    page.label(810, 268, W_HY, "y", 19)
    page.label(810, 212, f"{H} × {V}", "y", 15)
    page.label(975, 96, r"$h_t = \tanh(x_t\,W_{xh} + h_{t-1}\,W_{hh} + b_h)$", ha="right")
    page.label(975, 46, r"$y_t = h_t\,W_{hy} + b_y$", ha="right")
    weights = D * H + H * H + H + H * V + V
    return page.picture(f"""One step of a recurrent network. W_xh ({D} × {H}) brings in the input x_t, and
        W_hh ({H} × {H}) the previous state h_(t-1). The tanh of their sum is the new state h_t, from which
        W_hy ({H} × {V}) makes the output y_t, and h_t loops back as the next step's h_(t-1). There are
        {weights:,} numbers to learn, biases included, however long the sequence.""")


DRAWINGS = [recurrent_cell, bptt, truncated_bptt]
