"""The cliff of the one-unit network: its surface, what makes it, and two balls that roll down it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.lines import Line2D

from helpers.lessons.lesson05 import cliff
from helpers.lessons.lesson05.pictures import in_short
from helpers.pictures import (
    COLOURS,
    LINE_STYLES,
    End,
    Picture,
    label_ends,
    matrix_map,
    new_figure,
    seed_band,
    set_axes,
    styled,
)
from helpers.runs import Result

ROLLS = 600         # updates of the two balls
LEVELS = [0, 0.001, 0.003, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]


@styled
def cliff_grows(steps: int = 50, w: float = 5.5) -> Picture:
    """The surface of the one-unit network after `steps` steps, and a cut through it at `w`."""
    figure, (plane, cut) = new_figure(1, 2, height=4.6)
    b = np.linspace(-4.5, -1.5, 601)
    wall = _surface(plane, steps)
    plane.plot([w, w], [-4.5, -1.5], color="white", linewidth=3.4)
    dotted, = plane.plot([w, w], [-4.5, -1.5], color=COLOURS["loss"], linewidth=2.2, linestyle=":")
    losses = cliff.surface(np.array([w]), b, steps)[:, 0]
    cut.set_position((0.615, 0.155, 0.37, 0.72))
    set_axes(cut, "A cut along the dotted line", ("b", -4.5, -1.5), ("loss", 0, 0.52), xticks=[-4, -3, -2])
    there = cut.axvline(cliff.wall_bias(w), color=COLOURS["quiet"], linestyle=LINE_STYLES["heldout"],
                        linewidth=1.6)
    cut.plot(b, losses, color=COLOURS["loss"])
    _, dw, db = cliff.loss_and_gradient(w, cliff.wall_bias(w), steps)
    return Picture(figure, f"After {steps} step{'s' * (steps > 1)}, at w = {w:.1f}, the gradient on the "
                           f"dashed line has the norm {in_short(np.hypot(dw, db))}; the factor per step is "
                           f"{w * cliff.SIGMA * (1 - cliff.SIGMA):.3f}.",
                   points={f"w = {w:.1f}": dotted, "the dashed line": (wall, there)})


@styled
def two_sides(w: float = 5.5, away: float = 0.01) -> Picture:
    """The state of the one-unit network over 50 steps: with b on the wall, and a little to either side."""
    figure, ax = new_figure(height=4.2)
    ax.set_position((0.09, 0.17, 0.66, 0.7))
    set_axes(ax, "A tiny push decides which way the state goes", ("step t", 0, cliff.STEPS),
             ("state h", -4, 4))
    t, ends = np.arange(cliff.STEPS + 1), []
    for shift, style, where in ((away, "-", "above the wall"), (0.0, "--", "on the wall"),
                                (-away, "-", "below")):
        h = cliff.states(w, cliff.wall_bias(w) + shift)
        if shift == 0:
            h[:] = cliff.START  # there it stays but for rounding, which would grow like all else
        kind = "h" if shift else "quiet"
        ax.plot(t, h, style, color=COLOURS[kind])
        ends.append(End(f"{where}: {h[-1]:.2f}", h[-1], kind))
    label_ends(ax, ends)
    return Picture(figure, f"At w = {w:.1f} the state rests at 0.5 if b is exactly on the wall; with b "
                           f"{away:g} larger it ends at {ends[0].value:.2f}, with b {away:g} smaller at "
                           f"{ends[2].value:.2f}.")


@styled
def two_balls(
    w: float = 5.0, b: float = -2.58, learning_rate: float = 0.1, threshold: float = 1.0
) -> Picture:
    """Gradient descent from (w, b) on the cliff's surface, clipped to a norm of `threshold` and not."""
    runs = {"not clipped": cliff.descend(w, b, learning_rate, ROLLS),
            "clipped": cliff.descend(w, b, learning_rate, ROLLS, threshold)}
    figure, (plane, time) = new_figure(1, 2, height=4.8)
    _surface(plane, cliff.STEPS)
    time.set_position((0.605, 0.155, 0.25, 0.72))
    set_axes(time, "The loss on the way", ("updates", 0, ROLLS), ("loss", -0.01, 0.52))
    told, ends, drawn = [], [], []
    for (name, run), kind, style in zip(runs.items(), ("gradient", "h"), ("--", "-"), strict=True):
        colour = COLOURS[kind]
        path = run.path.clip(-1e4, 1e4)
        plane.plot(*path.T, color="white", linewidth=4.4)
        way = plane.plot(*path.T, style, color=colour, linewidth=2.2)
        plane.plot(*run.path[-1], "o", color=colour, markersize=12, markeredgecolor="white",
                   markeredgewidth=2)
        drawn.append([*way, *time.plot(run.losses, style, color=colour, linewidth=2.2)])
        ends.append(End(name, run.losses[-1], kind))
        told.append(f"{name}, the ball {_fate(run)}")
    label_ends(time, ends, size=15)
    start, = plane.plot(w, b, "o", color="white", markersize=9, markeredgecolor=COLOURS["loss"],
                        markeredgewidth=2)
    meets = "acts" if (runs["clipped"].norms > threshold).any() else "never acts"
    return Picture(figure, f"From w = {w:.2f}, b = {b:.2f} at rate {learning_rate:g}, {ROLLS} updates: "
                           f"{'; '.join(told)}. The clip at {threshold:g} {meets}.",
                   points=[(f"w = {w:.2f}, b = {b:.2f}", start), *zip(runs, drawn, strict=True)])


def _fate(run: cliff.Descent) -> str:
    """How a descent ended, in words; no digit that hangs on a hair."""
    (w, b), end = run.path[-1], run.losses[-1]
    if run.solved() is not None:
        return "converges to a loss below 0.001"
    outside = not (4 <= w <= 7 and -4.5 <= b <= -1.5)
    where = "thrown off the chart and left" if outside else "still on its way,"
    return f"is {where} at a loss of {end:.2f}"


def _surface(ax: Axes, steps: int) -> Line2D:
    """The loss over w and b, dark is low, with the line of the wall, which is returned."""
    w, b = np.linspace(4, 7, 151), np.linspace(-4.5, -1.5, 151)
    ax.set_position([0.085, 0.155, 0.41, 0.72])
    ax.imshow(cliff.surface(w, b, steps), cmap=matrix_map(), norm=BoundaryNorm(LEVELS, 256, extend="max"),
              origin="lower", extent=(4, 7, -4.5, -1.5), aspect="auto", interpolation="nearest",
              gid=f"the loss after {steps} steps")
    wall, = ax.plot(w, cliff.wall_bias(w), color="white", linestyle="--", linewidth=2.2)
    set_axes(ax, "The loss: dark is low", ("w", 4, 7), ("b", -4.5, -1.5), xticks=[4, 5, 6, 7],
             yticks=[-4, -3, -2])
    return wall


@styled
def plot_cliff_race(results: Sequence[Result]) -> Picture:
    """From how many of 60 random starts the valley is reached, against the threshold.

    Args:
        results: of `cliff_race`, any number of seeds.
    """
    thresholds = results[0].value["max_norm"]
    places = np.arange(len(thresholds))
    figure, ax = new_figure(height=4.6)
    ax.set(position=(0.09, 0.165, 0.67, 0.71), xlim=(-0.2, len(places) - 0.8), ylim=(0, 62), xticks=places,
           xticklabels=["no clip" if limit is None else limit for limit in thresholds], xlabel="threshold",
           ylabel="starts that converge, of 60", title="60 random starts, 2,000 updates at rate 0.05")
    told, ends, drawn = [], [], []
    for region, style, kind in (("away", "--", "heldout"), ("near", "-", "gradient")):
        solved = np.array([r.value["solved"] for r in results if r.parameters["region"] == region])
        seed_band(ax, places, solved, kind)
        drawn += ax.plot(places, np.median(solved, axis=0), style, color=COLOURS[kind], marker="o",
                         markersize=6)
        words = "near the wall" if region == "near" else "away from the wall"
        ends.append(End(words, float(np.median(solved[:, -1])), kind))
        at_one = solved[:, thresholds.index(1.0)]
        told.append(f"{words}, in {len(solved)} draws, {solved[:, -1].min()} to {solved[:, -1].max()} "
                    f"converge without a clip and {at_one.min()} to {at_one.max()} with a clip at 1")
    texts = label_ends(ax, ends, size=15)
    return Picture(figure, f"Of 60 starts, {'; '.join(told)}.", points={
        end.words: both for end, *both in zip(ends, drawn, texts, strict=True)})
