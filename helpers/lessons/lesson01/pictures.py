"""The pictures that the sliders of lesson 01 move: a state over time, one or two units, the hello network."""

from collections.abc import Callable, Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from helpers.lessons.hello import FLOOR, INPUTS, LETTERS, READ, TARGETS, WANTED, forward
from helpers.networks import Parameters, softmax
from helpers.pictures import (
    COLOURS,
    INK,
    LINE_STYLES,
    TEXT_COLOURS,
    Box,
    Canvas,
    End,
    Picture,
    Place,
    label_lines,
    new_figure,
    set_axes,
    short,
    signed_map,
    styled,
    tint,
    yardstick,
)
from helpers.pictures.highlights import MOST

REACH = -1.08, 1.08         # of an axis for a state
TURNS = 40                  # steps of the two units that turn


@styled
def state_map(states: Mapping[str, np.ndarray], symbols: Mapping[str, Sequence[str]]) -> Picture:
    """Hidden states over time as coloured cells with their numbers, one panel per sequence.

    By the name of the sequence, `states` has the (T, H) states and `symbols` the T symbols that were read.
    """
    H = next(iter(states.values())).shape[1]
    height = 1.5 + 0.55 * H
    figure, axes = new_figure(1, len(states), height=height, squeeze=False)
    figure.subplots_adjust(left=0.09, right=0.985, bottom=0.5 / height, top=1 - 0.75 / height, wspace=0.12)
    for ax, (name, h) in zip(axes[0], states.items(), strict=True):
        T = len(h)
        ax.pcolormesh(h.T, cmap=signed_map(), vmin=-1.6, vmax=1.6, edgecolors="white", linewidth=2)
        ax.set(title=name if len(name) < 40 else name[:37] + "…", ylim=(H, 0), yticks=[])
        ax.set_xticks(np.arange(T) + 0.5, symbols[name] if T <= 16 else [""] * T)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        if T * len(states) <= 16:
            for t, unit in np.ndindex(h.shape):
                ax.text(t + 0.5, unit + 0.5, f"{h[t, unit]:.2f}", ha="center", va="center", fontsize=14)
    axes[0, 0].set_yticks(np.arange(H) + 0.5, [f"unit {i}" for i in range(H)])
    endings = "; ".join(f"after “{name}” it is {_numbers(h[-1])}" for name, h in states.items())
    last = [(_numbers(h[-1]), Place(ax, len(h) - 0.5, H / 2, 1, H))
            for ax, h in zip(axes[0], states.values(), strict=True)][:MOST]
    return Picture(figure, f"The hidden state, {H} numbers, after each symbol read: {endings}.", points=last)


@styled
def one_unit(x: np.ndarray, weight: float, bias: float = 0.0) -> Picture:
    """The unit h_t = tanh(weight h_{t-1} + x_t + bias), from h = 0, over T steps, and as a map of itself."""
    h = np.zeros(len(x) + 1)
    for t in range(len(x)):
        h[t + 1] = np.tanh(weight * h[t] + x[t] + bias)
    roots, slopes = resting_points(weight, bias)

    figure, (above, below) = new_figure(2, 1, height=4.9, height_ratios=[1, 2.6], sharex=True)
    figure.subplots_adjust(left=0.09, right=0.6, hspace=0.18, bottom=0.14, top=0.9)
    t = np.arange(1, len(x) + 1)
    bars = np.stack([np.zeros(len(x)), x, np.full(len(x), np.nan)], axis=1)
    above.plot(np.repeat(t, 3), bars.ravel(), color=COLOURS["x"], linewidth=4, solid_capstyle="butt")
    above.axhline(0, color=COLOURS["x"], linewidth=1)
    reach = 1.15 * max(1.0, np.ceil(np.abs(x).max()))       # it rarely moves, so that the frame stays
    set_axes(above, "Input and state over time", ("", -0.5, len(x) + 0.5), ("input x", -reach, reach))
    below.axhline(0, color=COLOURS["quiet"], linewidth=1)
    curve, = below.plot(np.arange(len(h)), h, color=COLOURS["h"], marker="o", markersize=5.5, linewidth=2.2)
    set_axes(below, "", ("step t", -0.5, len(x) + 0.5), ("state h", *REACH))
    figure.align_ylabels([above, below])

    mapped, rests = _draw_map(figure.add_axes((0.705, 0.14, 0.28, 0.76)), weight, bias, roots, slopes)
    pulses = [(f"{x[i]:+.1f} at step {i + 1}", Place(above, i + 1, x[i])) for i in np.flatnonzero(x)]
    behaves = behaviour(weight, bias)
    stable = [rest for rest, slope in zip(rests, slopes, strict=True) if abs(slope) < 1]
    at_rest = [(words, part) for words, part in (
        ("two resting states", stable), ("watershed", rests[1:2]), ("one resting state", stable),
        ("swings forever", curve), ("is at the border", rests)) if words in behaves]
    return Picture(figure, f"Weight {weight:.2f}, bias {bias:.2f}: the unit {behaves}. Pulses: "
                           f"{' and '.join(words for words, _ in pulses) or 'none'}. "
                           f"After {len(x)} steps the state is {_numbers(h[-1:])}.",
                   points=[(f"Weight {weight:.2f}, bias {bias:.2f}", mapped), *at_rest, *pulses[:6],
                           (f"the state is {_numbers(h[-1:])}", Place(below, len(x), h[-1]))])


def _draw_map(ax: Axes, weight: float, bias: float, roots: np.ndarray, slopes: np.ndarray
              ) -> tuple[Line2D, list[Line2D]]:
    """The curve that takes one state to the next, with marks where it meets the diagonal: there it stays."""
    grid = np.linspace(*REACH, 201)
    ax.plot(grid, grid, color=COLOURS["quiet"], linewidth=1.4, linestyle="--")
    curve, = ax.plot(grid, np.tanh(weight * grid + bias), color=COLOURS["h"])
    marks = [ax.plot(root, root, marker="o", markersize=11, markeredgewidth=2.5, linestyle="none",
                     markeredgecolor=TEXT_COLOURS["h"],
                     markerfacecolor=TEXT_COLOURS["h"] if abs(slope) < 1 else "white")[0]
             for root, slope in zip(roots, slopes, strict=True)]
    set_axes(ax, "One step, no input", ("state h before", *REACH), ("state h after", *REACH),
             xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    return curve, marks


def resting_points(weight: float, bias: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Where tanh(weight h + bias) = h, in rising order, and the slope of the left side there.

    Where the slope is between -1 and 1, the state is drawn in; elsewhere it is pushed away.
    """
    grid = np.linspace(-1, 1, 4000)  # an even number: 0, a likely answer, is between two points
    gap = np.tanh(weight * grid + bias) - grid
    left = np.flatnonzero(np.sign(gap[:-1]) * np.sign(gap[1:]) < 0)
    roots = grid[left] - gap[left] * (grid[left + 1] - grid[left]) / (gap[left + 1] - gap[left])
    roots = np.where(np.abs(roots) < 1e-9, 0.0, roots)
    return roots, weight * (1 - roots**2)


def behaviour(weight: float, bias: float = 0.0) -> str:
    """What the unit h = tanh(weight h + bias) does when it is left alone, in words."""
    roots, slopes = resting_points(weight, bias)
    stable = roots[np.abs(slopes) < 1]
    if len(stable) > 1:
        edge = roots[1]
        return (f"has two resting states, {_numbers(stable[:1])} and {_numbers(stable[1:])}, "
                f"with the watershed at {_numbers([edge])} (it latches)")
    if len(stable) == 1:
        share = weight * (1 - stable[0] ** 2)
        sides = ", on the other side each time" if share < 0 else ""
        return (f"has one resting state, {_numbers(stable)}. Near it, each step leaves {abs(share):.2f} "
                f"of the distance{sides}, so the unit forgets")
    if np.abs(slopes).max() > 1 + 1e-9:
        h = 0.5
        for _ in range(2000):
            h = np.tanh(weight * h + bias)
        pair = sorted([h, np.tanh(weight * h + bias)])
        return (f"swings forever, in the end between {_numbers(pair[:1])} and {_numbers(pair[1:])} "
                f"(it oscillates), unless it is at exactly {_numbers(roots[:1])}")
    return (f"is at the border between two behaviours: it approaches {_numbers(roots[:1])}, but ever more "
            "slowly")


@styled
def two_units(angle: float, strength: float) -> Picture:
    """Two units whose W_hh rotates the state by `angle` degrees and stretches it by `strength`, 40 times.

    h_t = tanh(h_{t-1} W_hh) with W_hh = strength [[cos, sin], [-sin, cos]], from h = (0.5, 0).
    """
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    W_hh = strength * np.array([[cos, sin], [-sin, cos]])
    h = np.zeros((TURNS + 1, 2))
    h[0] = 0.5, 0.0
    for t in range(TURNS):
        h[t + 1] = np.tanh(h[t] @ W_hh)

    figure, (plane, time) = new_figure(1, 2, height=4.6, width_ratios=[1, 1.55])
    figure.subplots_adjust(left=0.09, right=0.9, wspace=0.28)
    plane.axhline(0, color=COLOURS["quiet"], linewidth=1)
    plane.axvline(0, color=COLOURS["quiet"], linewidth=1)
    path, = plane.plot(*h.T, color=COLOURS["h"], linewidth=2.2)
    shades = mpl.colormaps["Greens"](np.linspace(0.3, 1, TURNS // 5 + 1))
    for first, shade in zip(range(0, TURNS + 1, 5), shades, strict=True):       # later is darker
        plane.plot(*h[first:first + 5].T, "o", color=to_hex(shade), markersize=5.8, markeredgewidth=0.8,
                   markeredgecolor=TEXT_COLOURS["h"], zorder=3)
    plane.plot([0.5, 0.5], [-0.3, 0], color=TEXT_COLOURS["h"], linewidth=1)
    plane.text(0.5, -0.42, "start", ha="center", fontsize=14, color=TEXT_COLOURS["h"])
    set_axes(plane, "The state, a point", ("unit 0", *REACH), ("unit 1", *REACH), xticks=[-1, 0, 1],
             yticks=[-1, 0, 1])
    plane.set_aspect("equal")
    time.axhline(0, color=COLOURS["quiet"], linewidth=1)
    curves = []
    for unit, (style, colour) in enumerate([("-", COLOURS["h"]), ("--", TEXT_COLOURS["h"])]):
        curves += time.plot(h[:, unit], style, color=colour, linewidth=2.2)
        time.text(1.02, 0.85 - 0.25 * unit, f"unit {unit}", transform=time.transAxes, fontsize=14,
                  color=TEXT_COLOURS["h"])
        time.plot([1.02, 1.13], [0.8 - 0.25 * unit] * 2, style, color=colour, transform=time.transAxes,
                  clip_on=False, linewidth=2.2)
    set_axes(time, "Both units over time", ("step t", 0, TURNS), ("state h", *REACH), yticks=[-1, 0, 1])
    size = np.hypot(*h[-1])
    return Picture(figure, f"W_hh rotates the state by {angle:.0f}° and stretches it by a factor of "
                           f"{strength:.2f}: {_rounds(h)}, and after {TURNS} steps the state is "
                           f"{size:.2f} away from the middle.",
                   points={f"rotates the state by {angle:.0f}°": path, _rounds(h): curves,
                           f"{size:.2f} away from the middle": Place(plane, *h[-1])})


def _rounds(h: np.ndarray) -> str:
    """How the path of a two-unit state goes round, from its second half."""
    half = h[len(h) // 2:]
    turns = np.diff(np.arctan2(*half.T[::-1]))
    # Each step without its sign: half a round may come out as either, and all go the same way.
    turned = np.abs((turns + np.pi) % (2 * np.pi) - np.pi).sum()
    if np.hypot(*half[-1]) < 1e-12 or turned < 0.1:
        return "the state does not go round"
    return f"one round takes {2 * np.pi * (len(half) - 1) / turned:.1f} steps"


def _numbers(values: Sequence[float] | np.ndarray) -> str:
    """Numbers with two digits, without a minus before zero."""
    return ", ".join(f"{value + 0.0:.2f}".replace("-0.00", "0.00") for value in np.round(values, 2))


PITCH = 87              # pixels from one column of numbers to the next
UNITS, SCORES = 236, 684        # where the first column of units is, and of scores


@styled
def hello_step(p: Parameters, step: int, changed: tuple[str, tuple[int, ...]] | None = None) -> Picture:
    """Every weight of the hello network, and every number of step 1, 2, 3 or 4.

    A number left of a matrix multiplies its row; each column adds up to the number below it. `changed` is
    the name and the index of a weight to outline.
    """
    states, scores = forward(p, READ)
    probabilities = softmax(scores)
    losses = -np.log(np.maximum(probabilities[range(4), WANTED], 1e-300))
    t = step - 1
    memory = p.W_hh.any()

    def matrix(name: str, x: float, y: float, used: np.ndarray | None = None) -> None:
        frame = changed[1][-2:] if changed and changed[0] == name else None
        _table(page, x, y, np.atleast_2d(p[name]), "quiet", frame, used)

    page = Canvas(580)
    mean = _strip_of_steps(page, t, losses)
    now = _draw_state(page, p, states, t, matrix)
    page.arrow((454, 68), (534, 68), (534, 383), (551, 383), kind="h", turn=12, gap=2)
    chances, loss = _draw_scores(page, states[t], scores[t], probabilities[t], t, matrix)
    units = ", ".join(short(value) for value in states[t])
    p_target = probabilities[t, WANTED[t]]
    return page.picture(f"""Step {step} of 4{"" if memory else ", without memory (W_hh = 0)"}: after
        reading {INPUTS[t]} the state is {units}; the target, {TARGETS[t]}, gets the probability
        {p_target:.2f}; the loss is {losses[t]:.2f} nats, and the mean over the four steps is
        {losses.mean():.2f}.""",
        [(units, now), (f"the probability {p_target:.2f}", chances[WANTED[t]]),
         (f"loss is {losses[t]:.2f}", loss), (f"mean over the four steps is {losses.mean():.2f}", mean)])


def _draw_state(page: Canvas, p: Parameters, states: np.ndarray, t: int, matrix: Callable) -> list[Box]:
    """On the left: letter, state before, their weights and sum, and the new state; the fields of that."""
    read, memory = READ[t], p.W_hh.any()
    h_prev = states[t - 1] if t else np.zeros(3)
    for unit in range(3):
        page.label(UNITS + PITCH * unit, 444, f"unit {unit}", "h", 14.5)
    for row, letter in enumerate(LETTERS):
        page.label(92, 414 - 30 * row, letter, "x", 16, weight="bold")
    _table(page, 134, 414, np.eye(4)[:, [read]], "x", decimals=0, width=44)
    matrix("W_xh", UNITS, 414, np.arange(4)[:, None] == read)
    _table(page, 134, 274, h_prev[:, None], "h")
    matrix("W_hh", UNITS, 274, np.full((3, 1), memory))
    matrix("b_h", UNITS, 170)
    _table(page, UNITS, 122, (p.W_xh[read] + h_prev @ p.W_hh + p.b_h)[None], "quiet", plain=True)
    now = _table(page, UNITS, 68, states[[t]], "h")
    for y, name, kind in [(369, "$x_t$", "x"), (244, "$h_{t-1}$", "h"), (170, "$b_h$", ""), (122, "sum", ""),
                          (68, "$h_t$ = tanh", "h")]:
        page.label(14 if y > 200 else 184, y, name, kind, 17, ha="left" if y > 200 else "right")
    page.label(458, 369, "$W_{xh}$", "x", 17, ha="left")
    page.label(458, 244, "$W_{hh}$", "h", 17, ha="left")
    if not memory:
        page.label(458, 214, "all 0", "quiet", 15, ha="left")
    return now


def _draw_scores(page: Canvas, h: np.ndarray, scores: np.ndarray, probabilities: np.ndarray, t: int,
                 matrix: Callable) -> tuple[list[Box], Text]:
    """On the right: from the state to scores and probabilities; their fields, and the words of the loss."""
    for column, letter in enumerate(LETTERS):
        page.label(SCORES + PITCH * column, 444, letter, "y", 16, weight="bold")
    _table(page, 596, 414, h[:, None], "h")
    matrix("W_hy", SCORES, 414)
    matrix("b_y", SCORES, 312)
    _table(page, SCORES, 270, scores[None], "quiet", plain=True)
    powers = np.exp(scores)
    _table(page, SCORES, 228, powers[None], "quiet", plain=True)
    chances = _table(page, SCORES, 148, probabilities[None], "y", frame=(0, WANTED[t]))
    for y, name, kind in [(312, "$b_y$", ""), (270, "score", ""), (228, "$e^{score}$", ""),
                          (148, "prob.", "y")]:
        page.label(628, y, name, kind, 17, ha="right")
    page.label(596, 450, "$h_t$", "h", 17)
    page.label(980, 189, f"divided by their sum, {short(powers.sum())}", "quiet", 15, ha="right")
    loss = -np.log(max(probabilities[WANTED[t]], 1e-300))
    return chances, page.label(980, 84, f"loss = $-\\ln\\,p$({TARGETS[t]}) = {loss:.2f} nats", "loss", 18,
                               ha="right", weight="bold")


def _strip_of_steps(page: Canvas, t: int, losses: np.ndarray) -> Text:
    """The four steps in a row, the present one on a ground; the words of the mean."""
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
    used: np.ndarray | None = None, decimals: int = 2, width: float = PITCH, plain: bool = False,
) -> list[Box]:
    """A matrix of numbers in fields, the first one centred at (x, y); the fields row by row.

    Weights (`kind` quiet) are coloured by sign, all other numbers by size. A row that is not `used` is
    multiplied by 0 and drawn pale; `frame` is the index of a field to frame.
    """
    colours = signed_map()(0.5 + np.clip(values, -4, 4) / 14)
    frame = (0, *frame) if frame and len(frame) == 1 else frame
    fields = []
    for (row, column), value in np.ndenumerate(values):
        left, bottom = x + (column - 0.5) * width, y - (row + 0.5) * 30
        dim = used is not None and not used[row, 0]
        colour = "white" if plain or dim else colours[row, column]
        if kind != "quiet":
            colour = tint(COLOURS[kind], 0.6 * min(abs(value), 1.0))
        field = (left, bottom), width - 3, 28
        page.axes.add_artist(Rectangle(*field, facecolor=colour, edgecolor="none", zorder=2))
        if frame == (row, column):
            page.axes.add_artist(Rectangle(*field, fill=False, edgecolor=INK, linewidth=3, zorder=4))
        text = f"{value:.0f}" if decimals == 0 else short(value)
        page.label(left + width / 2 - 1.5, bottom + 14, text, "quiet" if dim else "", 14.5,
                   va="center_baseline")
        fields.append(Box(left + width / 2 - 1.5, bottom + 14, width - 3, 28))
    return fields


@styled
def hello_losses(with_memory: Sequence[float], without: Sequence[float]) -> Picture:
    """Mean losses on hello in nats per character, before each update, with and without W_hh."""
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
