"""The hello network opened up: every number of one step, and its losses."""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from helpers.lessons.hello import FLOOR, INPUTS, LETTERS, READ, TARGETS, forward
from helpers.networks import Parameters, softmax
from helpers.pictures import (
    COLOURS,
    INK,
    LINE_STYLES,
    Box,
    Canvas,
    End,
    Picture,
    label_lines,
    new_figure,
    set_axes,
    short,
    signed_map,
    styled,
    tint,
    yardstick,
)

PITCH = 87              # pixels from one column of numbers to the next
UNITS, SCORES = 236, 684        # where the first column of units is, and of scores


@styled
def hello_step(p: Parameters, step: int, changed: tuple[str, tuple[int, ...]] | None = None) -> Picture:
    """Every weight of the hello network, and every number of one of its four steps.

    A number left of a matrix multiplies its row; each column adds up to the number below it.

    Args:
        p: W_xh (4, 3), W_hh (3, 3), b_h (3,), W_hy (3, 4), b_y (4,).
        step: 1 to 4.
        changed: name and index of a weight that is outlined.

    Raises:
        ValueError: step is not 1 to 4, or a shape is not the hello network's.
    """
    shapes = {"W_xh": (4, 3), "W_hh": (3, 3), "b_h": (3,), "W_hy": (3, 4), "b_y": (4,)}
    if dict(p.shapes) != shapes:
        raise ValueError(f"p has the arrays {dict(p.shapes)}. It needs those of the “hello” network: "
                         f"{shapes}.")
    if step not in (1, 2, 3, 4):
        raise ValueError(f"step is {step!r}. Give 1, 2, 3 or 4.")
    states, scores = forward(p, READ)
    probabilities = softmax(scores)
    wanted = [LETTERS.index(letter) for letter in TARGETS]
    losses = -np.log(np.maximum(probabilities[range(4), wanted], 1e-300))
    t, read, target = step - 1, LETTERS.index(INPUTS[step - 1]), LETTERS.index(TARGETS[step - 1])
    h_prev = states[t - 1] if t else np.zeros(3)
    total = p.W_xh[read] + h_prev @ p.W_hh + p.b_h
    memory = p.W_hh.any()

    page = Canvas(580)
    mean = _strip(page, t, losses)

    def matrix(name: str, x: float, y: float, kind: str, shown: np.ndarray | None = None) -> None:
        frame = changed[1][-2:] if changed and changed[0] == name else None
        _table(page, x, y, np.atleast_2d(p[name]), kind, frame, shown)

    for unit in range(3):
        page.label(UNITS + PITCH * unit, 444, f"unit {unit}", "h", 14.5)
    for row, letter in enumerate(LETTERS):
        page.label(92, 414 - 30 * row, letter, "x", 16, weight="bold")
    _table(page, 134, 414, np.eye(4)[:, [read]], "x", decimals=0, width=44)
    matrix("W_xh", UNITS, 414, "quiet", np.arange(4)[:, None] == read)
    _table(page, 134, 274, h_prev[:, None], "h")
    matrix("W_hh", UNITS, 274, "quiet", np.full((3, 1), memory))
    matrix("b_h", UNITS, 170, "quiet")
    _table(page, UNITS, 122, total[None], "quiet", plain=True)
    now = _table(page, UNITS, 68, states[[t]], "h")
    for y, name, kind in [(369, "$x_t$", "x"), (244, "$h_{t-1}$", "h"), (170, "$b_h$", ""), (122, "sum", ""),
                          (68, "$h_t$ = tanh", "h")]:
        page.label(14 if y > 200 else 184, y, name, kind, 17, ha="left" if y > 200 else "right")
    page.label(458, 369, "$W_{xh}$", "x", 17, ha="left")
    page.label(458, 244, "$W_{hh}$", "h", 17, ha="left")
    if not memory:
        page.label(458, 214, "all 0", "quiet", 15, ha="left")

    page.arrow((454, 68), (534, 68), (534, 383), (551, 383), kind="h", turn=12, gap=2)
    for column, letter in enumerate(LETTERS):
        page.label(SCORES + PITCH * column, 444, letter, "y", 16, weight="bold")
    _table(page, 596, 414, states[t][:, None], "h")
    matrix("W_hy", SCORES, 414, "quiet")
    matrix("b_y", SCORES, 312, "quiet")
    _table(page, SCORES, 270, scores[[t]], "quiet", plain=True)
    powers = np.exp(scores[t])
    _table(page, SCORES, 228, powers[None], "quiet", plain=True)
    chances = _table(page, SCORES, 148, probabilities[[t]], "y", frame=(0, target))
    for y, name, kind in [(312, "$b_y$", ""), (270, "score", ""), (228, "$e^{score}$", ""),
                          (148, "prob.", "y")]:
        page.label(628, y, name, kind, 17, ha="right")
    page.label(596, 450, "$h_t$", "h", 17)
    page.label(980, 189, f"divided by their sum, {short(powers.sum())}", "quiet", 15, ha="right")
    loss = page.label(980, 84, f"loss = $-\\ln\\,p$({TARGETS[t]}) = {losses[t]:.2f} nats", "loss", 18,
                      ha="right", weight="bold")
    units = ", ".join(short(value) for value in states[t])
    return page.picture(f"""Step {step} of 4{"" if memory else ", without memory (W_hh = 0)"}: after
        reading {INPUTS[t]} the state is {units}; the target, {TARGETS[t]}, gets the probability
        {probabilities[t, target]:.2f}; the loss is {losses[t]:.2f} nats, and the mean over the four steps is
        {losses.mean():.2f}.""",
        [(units, now), (f"the probability {probabilities[t, target]:.2f}", chances[target]),
         (f"loss is {losses[t]:.2f}", loss), (f"mean over the four steps is {losses.mean():.2f}", mean)])


def _strip(page: Canvas, t: int, losses: np.ndarray) -> Text:
    """The four steps in a row, letter, the present one on a ground; the words of the mean."""
    for i, (letter, target) in enumerate(zip(INPUTS, TARGETS, strict=True)):
        left = 6 + 172 * i
        if i == t:
            page.band(left, 506, left + 170, 570, tint(COLOURS["y"], 0.3))
        given = page.node(left + 23, 538, letter, "x", 38, fontsize=18)
        goal = page.node(left + 81, 538, target, "y", 44, 40, fontsize=18)
        page.arrow(given.right, goal.left, gap=2)
        page.label(left + 136, 538, f"{losses[i]:.2f}", "loss", 15.5, weight="bold")
    page.label(990, 502, f"without memory ≥ {FLOOR:.2f}", "quiet", 14.5, ha="right")
    return page.label(990, 540, f"mean loss {losses.mean():.2f}", "loss", 18, ha="right", weight="bold")


def _table(
    page: Canvas, x: float, y: float, values: np.ndarray, kind: str, frame: tuple[int, ...] | None = None,
    shown: np.ndarray | None = None, decimals: int = 2, width: float | None = None, plain: bool = False,
) -> list[Box]:
    """A matrix of numbers in fields, the centre of the first one at (x, y).

    Weights (`kind` quiet) are coloured by sign, the others the deeper the larger they are; rows whose
    `shown` is False are pale, for they are multiplied by 0; `frame` is the index of a field to frame.
    Returns where the fields are, row by row.
    """
    step = width or PITCH
    colours = signed_map()(0.5 + np.clip(values, -4, 4) / 14)
    frame = (0, *frame) if frame and len(frame) == 1 else frame
    fields = []
    for (row, column), value in np.ndenumerate(values):
        left, bottom = x + (column - 0.5) * step, y - (row + 0.5) * 30
        dim = shown is not None and not shown[row, 0]
        colour = "white" if plain or dim else colours[row, column]
        if kind != "quiet":
            colour = tint(COLOURS[kind], 0.6 * min(abs(value), 1.0))
        field = (left, bottom), step - 3, 28
        page.axes.add_artist(Rectangle(*field, facecolor=colour, edgecolor="none", zorder=2))
        if frame == (row, column):
            page.axes.add_artist(Rectangle(*field, fill=False, edgecolor=INK, linewidth=3, zorder=4))
        text = f"{value:.0f}" if decimals == 0 else short(value)
        page.label(left + step / 2 - 1.5, bottom + 14, text, "quiet" if dim else "", 14.5,
                   va="center_baseline")
        fields.append(Box(left + step / 2 - 1.5, bottom + 14, step - 3, 28))
    return fields


@styled
def hello_losses(with_memory: Sequence[float], without: Sequence[float]) -> Picture:
    """Mean loss on hello while training, with and without W_hh, and the floor of the second.

    Both are losses in nats per character, one for each update, the first one before any.
    """
    if len(with_memory) < 2 or len(without) < 2:
        raise ValueError(f"with_memory and without have lengths {len(with_memory)} and {len(without)}. "
                         "Each needs at least 2.")
    figure, ax = new_figure(height=4.6)
    figure.subplots_adjust(right=0.77)
    set_axes(ax, "Without memory, hello cannot be learnt completely",
             ("updates (logarithmic)", 1, max(len(with_memory), len(without))),
             ("loss (nats per letter)", 0, 1.08 * max(*with_memory, *without)), log="x")
    yardstick(ax, FLOOR)
    ends = [End(f"2 ln 2 / 4 = {FLOOR:.4f}", FLOOR)]
    for losses, name, style in ((without, "$W_{hh} = 0$", LINE_STYLES["other"]),
                                (with_memory, "with memory", LINE_STYLES["train"])):
        ax.plot(np.arange(1, len(losses) + 1), losses, style, color=COLOURS["loss"])
        ends.append(End(f"{name} {losses[-1]:.3f}", losses[-1], "loss"))
    label_lines(ax, {"chance": np.log(4)}, ends)
    return Picture(figure, f"After {len(with_memory) - 1:,} updates the network with memory has a loss of "
                           f"{with_memory[-1]:.3f} nats per letter. Without memory it is {without[-1]:.3f}: "
                           f"it stays above 2 ln 2 / 4 = {FLOOR:.4f}.")
