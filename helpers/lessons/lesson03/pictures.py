"""Which loss depends on which state, and what a backward pass through a whole text costs."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from helpers.lessons.lesson03.cost import Cost
from helpers.pictures import (
    COLOURS,
    LINE_STYLES,
    LOSS,
    TEXT_COLOURS,
    End,
    Picture,
    Place,
    count,
    label_lines,
    lecture_stage,
    matrix_map,
    new_figure,
    set_axes,
    several_looks,
    styled,
    visible,
)
from helpers.runs import History

LOWEST, HIGHEST = 1e-6, 100.0     # of the colours and of the curve: the same in every picture, to compare
SHADES = 32
BELOW = 68                        # points from a plot to the first line of words below its axis


@styled
def credit_map(credit: np.ndarray, read: str, wanted: str, step: int, title: str) -> Picture:
    """A credit matrix with the letters beside it, and one of its rows as a curve over the lag.

    Args:
        credit: (T, T), at [t, s] the size of dL_t / dh_s, in nats per unit of the state; above the diagonal
            anything.
        read, wanted: the T characters that were read, and those that came next.
        step: 1 to T, the loss whose row is framed and drawn as a curve.
        title: which network.

    Raises:
        ValueError: sizes do not fit, or `step` is out of range.
    """
    credit = np.asarray(credit, dtype=float)
    T = len(credit)
    if credit.shape != (T, T) or not len(read) == len(wanted) == T > 1:
        raise ValueError(f"credit has shape {credit.shape}; the input has {len(read)} characters and the "
                         f"target {len(wanted)}. Both must have the same length T, at least 2, and credit "
                         "must have shape (T, T).")
    if step not in range(1, T + 1):
        raise ValueError(f"step is {step!r}. Give a whole number from 1 to {T}.")
    figure, (left, right) = new_figure(1, 2, height=6.6)
    left.set_position((0.095, 0.1, 0.545, 0.82))
    right.set_position((0.735, 0.3, 0.25, 0.62))
    left.set(xlim=(0.5, T + 0.5), ylim=(T + 0.5, 0.5), xticks=[], yticks=[], title=title)
    left.spines[:].set_visible(False)
    left.set_xlabel("state after reading this (step s)", labelpad=26)
    left.set_ylabel("loss on this (step t)", labelpad=34)
    _fields(left, credit)
    frame, = left.plot([0.5, step + 0.5, step + 0.5, 0.5, 0.5], np.array([-1, -1, 1, 1, -1]) / 2 + step,
                       color=COLOURS["gradient"], linewidth=3, clip_on=False)
    for t, (given, aim) in enumerate(zip(read, wanted, strict=True), start=1):
        left.text(t, T + 1.2, visible(given), ha="center", va="center", fontsize=14)
        aside = 1.2 * (t % 2) if lecture_stage() else 0         # large letters stand in two columns
        left.text(-0.2 - aside, t, visible(aim), ha="center", va="center", fontsize=14,
                  fontweight="bold" if t == step else "normal")

    row = credit[step - 1, :step][::-1]
    lags = np.arange(step)
    right.plot(lags, np.clip(row, LOWEST / 3, None), color=COLOURS["gradient"], marker="o", markersize=5)
    set_axes(right, "The framed row", ("lag t − s (steps back)", -0.5, T - 0.5), ("", LOWEST, HIGHEST),
             log="y", yticks=[1e-6, 1e-4, 1e-2, 1, 100])
    caption = "how far the loss", f"of step {step}, on {visible(wanted[step - 1])},", "reaches back"
    for line, words in enumerate(caption):
        below = ScaledTranslation(0, -(BELOW + 20 * line) / 72, figure.dpi_scale_trans)
        right.text(0, 0, words, transform=right.transAxes + below, fontsize=14, va="center",
                   color=TEXT_COLOURS["gradient"])
    far = min(10, T - 1)
    typical = np.median(np.diagonal(credit, -far)) / np.median(np.diagonal(credit))
    head = title if title.endswith("?") else f"{title}."
    last = f", and {_size(row[-1])} to the state {count(step - 1, 'step')} back" if step > 1 else ""
    return Picture(figure, f"""{head} The loss of step {step} sends a gradient of size
        {_size(row[0])} to its own state{last}. Over all losses, the median at lag {far} is {_size(typical)}
        times that at lag 0.""",
        points=[(f"The loss of step {step}", frame),
                *((words, Place(right, lag, np.clip(row[lag], LOWEST, HIGHEST))) for words, lag in (
                    (f"{_size(row[0])} to its own state", 0), (f"{_size(row[-1])} to the state", step - 1)
                )[:step])])


def _fields(axes: Axes, credit: np.ndarray) -> None:
    """The lower half in colours and a scale above it, as one thick broken line for each shade."""
    T, shades = len(credit), matrix_map()(np.linspace(0, 1, SHADES))
    t, s = np.tril_indices(T)
    place = np.log(np.maximum(credit[t, s], 1e-300) / LOWEST) / np.log(HIGHEST / LOWEST)
    shade = np.clip(place * SHADES, 0, SHADES - 1).astype(int)
    box = axes.get_position()
    thick = {"linewidth": 72 * box.height * axes.figure.get_figheight() / T, "solid_capstyle": "butt"}
    left, across = 0.52 * T, 0.46 * T / SHADES
    for k in range(SHADES):
        mine = shade == k
        x = np.column_stack([s[mine] + 0.5, s[mine] + 1.5, np.full(mine.sum(), np.nan)]).ravel()
        axes.plot(x, np.repeat(t[mine] + 1, 3), color=shades[k], **thick)
        axes.plot([left + across * k, left + across * (k + 1.05)], [3, 3], color=shades[k], **thick)
    axes.text(left, 1.3, "size of dLₜ/dhₛ", fontsize=14, va="center")
    for exponent, words in ((-6, "10⁻⁶"), (-3, "10⁻³"), (0, "1"), (2, "100")):
        axes.text(left + 0.46 * T * (exponent + 6) / 8, 4.7, words, fontsize=14, ha="center", va="center")


def _size(value: float) -> str:
    if value < 1e-3:
        return f"{value:.0e}".replace("e-0", "e-")
    return f"{value:.2g}"


@styled
def bptt_costs(costs: Sequence[Cost], title: str) -> Picture:
    """Time and memory of one update against the steps its gradient goes back, both axes logarithmic.

    Raises ValueError if there are fewer than two costs.
    """
    if len(costs) < 2:
        raise ValueError(f"costs has {count(len(costs), 'item')}. A curve needs at least two.")
    steps, seconds, memory = np.array(costs, dtype=float).T
    figure, (left, right) = new_figure(1, 2, height=4.6)
    figure.subplots_adjust(left=0.09, right=0.97, wspace=0.3, bottom=0.17, top=0.86)
    curves, (high, after) = [], (46, "\n") if lecture_stage() else (30, " ")     # clear of them
    for axes, values, unit, words, colour in (
        (left, 1000 * seconds, "ms", "Time", "heldout"), (right, memory / 1e6, "MB", "Memory", "h")):
        curves += axes.loglog(steps, values, color=COLOURS[colour], marker="o")
        axes.loglog(steps, values[-1] * steps / steps[-1], color=COLOURS["quiet"],
                    linestyle=LINE_STYLES["chance"])
        set_axes(axes, f"{words}: {title}", ("steps back, T (logarithmic)", *axes.get_xlim()),
                 (f"{unit} per update (logarithmic)", *axes.get_ylim()), log="xy")
        for x, y in ((steps[0], values[0]), (steps[-1], values[-1])):
            first, number = x == steps[0], f"{y:.2g}" if y < 100 else f"{y:,.0f}"
            axes.annotate(f"{number} {unit}", (x, y), (-8, high) if first else (-12, -4),
                          textcoords="offset points", ha="left" if first else "right", fontsize=14)
    left.text(0.97, 0.06, f"dotted:{after}twice the steps,\ntwice the cost", transform=left.transAxes,
              ha="right", fontsize=14, color=TEXT_COLOURS["quiet"])
    return Picture(figure, f"""From {steps[0]:,.0f} to {steps[-1]:,.0f} steps back,
        {steps[-1] / steps[0]:,.0f} times as many, one update takes more time and more memory, in
        proportion to the steps once there are a few hundred: {memory[-1] / 1e6:.0f} MB at
        {steps[-1]:,.0f}.""", points={"more time": curves[0], "more memory": curves[1],
        f"{memory[-1] / 1e6:.0f} MB": Place(right, steps[-1], memory[-1] / 1e6)})


@styled
def bptt_race(runs: Sequence[History], lines: dict[str, float]) -> Picture:
    """Training losses over seconds of training, one curve for each length of the backward pass.

    Args:
        runs: as `load_full_bptt` gives them, each at its best learning rate.
        lines: names and losses of baselines, in nats per character.

    Raises:
        ValueError: there are no runs.
    """
    if not runs:
        raise ValueError("runs is empty. Give at least one run.")
    figure, axes = new_figure(height=5.4)
    figure.subplots_adjust(left=0.09, right=0.63, bottom=0.14, top=0.88)
    end = max(run.seconds[-1] for run in runs)
    set_axes(axes, "Same training time, different lengths",
             ("seconds of training (logarithmic)", end / 110, end), (LOSS, 0, 5.2), log="x")
    ends, told = [], []
    for run, look in zip(runs, several_looks(len(runs)), strict=True):
        axes.plot(run.seconds, run.train, **look)
        length, updates, last = run.settings["length"], run.settings["updates"], run.train[-1]
        name = "the whole text" if length > 4000 else f"T = {length}"
        ends.append(End(f"{name}: {last:.2f} ({updates:,} updates)", last, "loss"))
        told.append(f"{length:,} steps {last:.2f} after {updates:,} updates")
    label_lines(axes, lines, ends)
    return Picture(figure, f"""Loss on the training text after the same time, in nats per character, by how
        far the gradient goes back: {"; ".join(told)}.""")
