"""Backpropagation through time, whole and truncated: what goes forward, what comes back."""

from matplotlib.axes import Axes

from helpers.diagrams.strokes import INK, Box, arrow, band, count, label, node, sheet, whole_number
from helpers.style import COLOURS, Picture, styled

SCISSORS = "\N{BLACK SCISSORS}"
ROW = {"x": 106, "h": 228, "loss": 350}


def _key(axes: Axes, y: float) -> None:
    """What the two kinds of arrow mean."""
    arrow(axes, (28, y), (84, y), kind="h", gap=0)
    label(axes, 96, y, "forward: the state", "h", 16, ha="left")
    arrow(axes, (394, y), (338, y), kind="gradient", gap=0)
    label(axes, 406, y, "back: the gradient", "gradient", 16, ha="left")


def _time_step(axes: Axes, x: float, step: int, size: float) -> Box:
    """Input, state and loss of one time step, with the gradient coming down; the state's box."""
    given = node(axes, x, ROW["x"], f"$x_{{{step}}}$", "x", size, fontsize=17)
    state = node(axes, x, ROW["h"], f"$h_{{{step}}}$", "h", size, fontsize=17)
    loss = node(axes, x, ROW["loss"], f"$L_{{{step}}}$", "loss", size, fontsize=17)
    arrow(axes, given.top, state.bottom, kind="x")
    arrow(axes, state.top, loss.bottom, kind="y", shift=(-size / 6, 0))
    arrow(axes, loss.bottom, state.top, kind="gradient", shift=(size / 6, 0))
    return state


def _reach(axes: Axes, start: float, end: float, steps: int) -> None:
    """How far back in time the gradient gets, below the steps it passes."""
    if steps:
        arrow(axes, (start, 52), (end, 52), kind="gradient", gap=0)
        label(axes, (start + end) / 2, 26, f"{count(steps, 'step')} back", "gradient", 16)


@styled
def bptt(steps: int = 6) -> Picture:
    """Backpropagation through the whole sequence of 1 to 8 steps."""
    steps = whole_number("steps", steps, 1, 8)
    figure, axes = sheet(470)
    spacing = min(160, 900 / (steps + 0.4))
    size = min(64, 0.56 * spacing)
    left = 500 - spacing * steps / 2
    before = node(axes, left, ROW["h"], "$h_0$", "quiet", size, fontsize=17, fill=0.12)
    for step in range(1, steps + 1):
        state = _time_step(axes, left + step * spacing, step, size)
        arrow(axes, before.right, state.left, kind="h", shift=(0, size / 6))
        if step > 1:
            arrow(axes, state.left, before.right, kind="gradient", shift=(0, -size / 6))
        before = state
    _reach(axes, before.x, left + spacing, steps - 1)
    _key(axes, 440)
    return Picture(figure, f"""Backpropagation through time: the state runs forward through
        {count(steps, "step")}, a loss at each, then the gradient runs back through the whole sequence, so
        the last loss reaches h_1, {count(steps - 1, "step")} back, and {count(steps, "state")} must be kept
        for it.""")


@styled
def truncated_bptt(length: int = 3, steps: int = 9) -> Picture:
    """1 to 10 steps in chunks of `length`: the state crosses the borders, the gradient does not."""
    steps = whole_number("steps", steps, 1, 10)
    length = whole_number("length", length, 1, steps)
    chunks = -(-steps // length)
    figure, axes = sheet(540)
    spacing = min(130, 890 / (steps - 0.1 + 0.5 * (chunks - 1)))  # half a space more at each border
    size = min(62, 0.66 * spacing)
    left = 500 - spacing * (steps - 1 + 0.5 * (chunks - 1)) / 2
    shortest = steps - (chunks - 1) * length
    name = "chunk " if spacing * shortest > 105 else ""
    before = None
    for step in range(1, steps + 1):
        chunk, place = divmod(step - 1, length)
        x = left + spacing * (step - 1 + 0.5 * chunk)
        state = _time_step(axes, x, step, size)
        if place == 0:
            inside = min(length, steps - step + 1) - 1
            right = x + spacing * inside
            band(axes, x - size / 2 - 9, 8, right + size / 2 + 9, 430)
            label(axes, (x + right) / 2, 407, f"{name}{chunk + 1}", size=16, weight="bold")
            _reach(axes, right, x, inside)
        if before:
            arrow(axes, before.right, state.left, kind="h", shift=(0, size / 6), over=place == 0)
        if before and place:
            arrow(axes, state.left, before.right, kind="gradient", shift=(0, -size / 6))
        elif before:
            _cut(axes, (before.x + x) / 2, state, size / 6)
        before = state
    _key(axes, 505)
    if chunks > 1:
        label(axes, 700, 505, SCISSORS, "gradient", 22)
        label(axes, 722, 505, "the gradient stops", "gradient", 16, ha="left")
    cut = (f"the gradient is cut at {count(chunks - 1, 'border')}, so no loss reaches back more than "
           f"{count(length - 1, 'step')}") if chunks > 1 else (
           f"with one chunk the gradient is never cut and reaches back {count(length - 1, 'step')}")
    return Picture(figure, f"""Truncated backpropagation through time: {count(steps, "step")} in
        {count(chunks, "chunk")} of at most {count(length, "step")}; the state is carried forward from chunk
        to chunk, {cut}.""")


def _cut(axes: Axes, border: float, state: Box, below: float) -> None:
    """A border between chunks: the gradient from the state comes as far as here."""
    label(axes, border, 448, SCISSORS, "gradient", 22, rotation=-90)
    axes.plot([border, border], [8, 430], color=INK, linewidth=1.6, linestyle=(0, (1, 2)), zorder=1)
    y = state.y - below
    arrow(axes, (state.left[0], y), (border, y), kind="gradient", gap=0, head=False)
    axes.plot([border, border], [y - 10, y + 10], color=COLOURS["gradient"], linewidth=4, zorder=2.5)
