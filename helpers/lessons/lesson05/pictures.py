"""The pictures of lesson 05: gradients that grow, the cliff of the one-unit network, and clipping."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.lines import Line2D

from helpers.lessons.lesson05.experiments import (
    BINS,
    BLOCK,
    RATES,
    SIGMA,
    START,
    STEPS,
    THRESHOLDS,
    TURN,
    Descent,
    angle_between,
    descend,
    loss_and_gradient,
    spike_steps,
    states,
    surface,
    wall_bias,
)
from helpers.pictures import (
    COLOURS,
    LINE_STYLES,
    LOSS,
    TEXT_COLOURS,
    End,
    Picture,
    Place,
    label_ends,
    label_lines,
    matrix_map,
    moving_band,
    new_figure,
    on_narrow_page,
    seed_band,
    set_axes,
    styled,
    yardstick,
)
from helpers.runs import Result

LOW, HIGH = 1e-6, 1e6           # the sizes on the axes of growth
CHANCE = np.log(60)             # the course's text has 60 distinct characters
TOP = 6.0                       # the highest loss on an axis; what is above is on the edge
ROLLS = 600                     # updates of the two balls
LEVELS = [0, 0.001, 0.003, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]
RING = np.column_stack([part(np.linspace(0, 2 * np.pi, 121)) for part in (np.cos, np.sin)])     # a circle


@styled
def repeated_factor(factor: float = 1.1, steps: int = 50) -> Picture:
    """factor^n for n = 0 to `steps`, on a logarithmic axis."""
    n = np.arange(steps + 1)
    size = float(factor) ** n
    figure, ax = new_figure(height=4.2)
    ax.set_position((0.1, 0.17, 0.72, 0.7))
    _growth_axes(ax, "What n equal factors make of 1", steps, "size of the gradient")
    curve, = ax.plot(n, size, color=COLOURS["gradient"], marker="o", markersize=5)
    last = label_ends(ax, [End(in_short(size[-1]), size[-1], "gradient")], size=16)
    return Picture(figure, f"A gradient of 1 that is multiplied by {factor:.2f} at every step back is "
                           f"{in_short(size[-1])} after {steps} step{'s' * (steps > 1)}.",
                   points={f"multiplied by {factor:.2f}": curve, f"is {in_short(size[-1])}": [
                       *last, *([Place(ax, steps, size[-1])] if LOW <= size[-1] <= HIGH else [])]})


def two_by_two(eigenvalue: float, singular_value: float) -> np.ndarray:
    """The matrix [[a, s], [0, a]] with both eigenvalues a and the given singular value, at least as large."""
    return np.array([[eigenvalue, singular_value - eigenvalue**2 / singular_value], [0.0, eigenvalue]])


@styled
def repeated_matrix(eigenvalue: float = 0.9, singular_value: float = 2.0, steps: int = 60) -> Picture:
    """What one multiplication by a 2 × 2 matrix does to a circle, and how much n of them stretch at most.

    No matrix has a largest singular value below its eigenvalue, so a smaller one is raised to it.
    """
    singular_value = max(eigenvalue, singular_value)
    W = two_by_two(eigenvalue, singular_value)
    n = np.arange(steps + 1)
    stretch = np.array([np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in n])

    figure, (plane, time) = new_figure(1, 2, height=4.4)
    plane.set_position([0.09, 0.16, 0.37, 0.7])
    plane.plot(*RING.T, color=COLOURS["quiet"], linewidth=1.6, linestyle="--")
    plane.plot(*(RING @ W.T).T, color=COLOURS["gradient"])
    longest = W @ np.linalg.svd(W)[2][0]
    arrow, = plane.plot([0, longest[0]], [0, longest[1]], color=COLOURS["gradient"], linewidth=2.2,
                        marker="o", markersize=6)
    set_axes(plane, "One step: an ellipse", ("first entry", -2.6, 2.6), ("second entry", -2.6, 2.6),
             xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    plane.set_aspect("equal")
    time.set_position((0.6, 0.16, 0.2, 0.7))
    _growth_axes(time, "n steps", steps, "largest stretch")
    powers = []
    for base, style, name, high in ((singular_value, ":", ("dotted:", "singular value"), 0.93),
                                    (eigenvalue, "--", ("dashed:", "eigenvalue"), 0.2)):
        powers += time.plot(n, base ** n.astype(float), color=COLOURS["quiet"], linestyle=style, linewidth=2)
        for line, words in enumerate((*name, f"{base:.2f} to the n")):
            time.text(1.02, high - 0.075 * line, words, transform=time.transAxes, fontsize=14,
                      color=TEXT_COLOURS["quiet"])
    curve, = time.plot(n, stretch, color=COLOURS["gradient"])
    last = time.text(1.02, 0.53, f"{in_short(stretch[-1])}", transform=time.transAxes, fontsize=16,
                     va="center", color=TEXT_COLOURS["gradient"])
    top = int(stretch.argmax())
    story = (f"The largest stretch grows to {in_short(stretch[top])} at step {top} and is "
             f"{in_short(stretch[-1])} after {steps} steps." if 0 < top < steps else
             f"The largest stretch is {in_short(stretch[-1])} after {steps} steps.")
    return Picture(figure, f"Both eigenvalues are {eigenvalue:.2f}, and the largest singular value is "
                           f"{singular_value:.2f}. One step makes an arrow at most "
                           f"{singular_value:.2f} times as long. {story}",
                   points={f"eigenvalues are {eigenvalue:.2f}": powers[1],
                           f"singular value is {singular_value:.2f}": powers[0],
                           f"at most {singular_value:.2f} times": arrow,
                           f"is {in_short(stretch[-1])}": (curve, last)})


def _growth_axes(ax: Axes, title: str, steps: int, name: str) -> None:
    set_axes(ax, title, ("steps back n", 0, steps), (name, LOW, HIGH), log="y",
             yticks=[1e-6, 1e-3, 1, 1e3, 1e6])
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.axhline(1, color=COLOURS["quiet"], linewidth=1)


@styled
def clip_plane(angle: float = 20.0, length: float = 3.0, threshold: float = 1.0) -> Picture:
    """A gradient of two entries, clipped by norm and by value to the same threshold."""
    g = length * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    by_norm, by_value = g * min(1, threshold / length), g.clip(-threshold, threshold)
    narrow = on_narrow_page()        # then the words stand below the plot
    figure, ax = new_figure(height=6.4 if narrow else 5.2)
    ax.set(position=(0.16, 0.42, 0.8, 0.5) if narrow else (0.08, 0.135, 0.44, 0.77), aspect="equal")
    set_axes(ax, "One gradient, clipped two ways", ("first entry", -3.8, 3.8), ("second entry", -3.8, 3.8))
    square = threshold * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1), (1, 1)])
    limits = [*ax.plot(*(threshold * RING).T, color=COLOURS["h"], linewidth=2.2, linestyle=":"),
              *ax.plot(*square.T, color=COLOURS["y"], linewidth=2.2, linestyle="--")]
    turns = [angle_between(g, by_norm), angle_between(g, by_value)]
    lines = [("g, the gradient", g, "gradient", f"length {length:.2f}"),
             ("by value", by_value, "y", f"length {np.hypot(*by_value):.2f}, turned by {turns[1]:.0f}°"),
             ("by norm", by_norm, "h", f"length {np.hypot(*by_norm):.2f}, turned by {turns[0]:.0f}°")]
    arrows = [_draw_arrow(ax, arrow, COLOURS[kind], width, style) for (_, arrow, kind, _), width, style in
              zip(lines, (3.2, 4.5, 3.5), ("-", "--", ":"), strict=True)]
    _write_beside(ax, [(name, words, kind) for name, _, kind, words in lines], threshold, narrow)
    ahead = g / length
    aside = np.array([-ahead[1], ahead[0]]) * (1 if np.cross([*ahead, 0], [*by_value, 0])[2] >= 0 else -1)
    _label_head(ax, g, ahead, "g", "gradient")
    _label_head(ax, by_value, aside, "value", "y")     # on the side to which it is turned
    _label_head(ax, by_norm, -aside, "norm", "h")
    return Picture(figure, f"A gradient of length {length:.2f} at {angle:.0f}°, threshold {threshold:.2f}: "
                           f"clipped by norm its length is {np.hypot(*by_norm):.2f} and it is turned by "
                           f"{turns[0]:.0f}°; by value {np.hypot(*by_value):.2f}, turned by {turns[1]:.0f}°.",
                   points={f"of length {length:.2f}": arrows[0], f"threshold {threshold:.2f}": limits,
                           f"by norm its length is {np.hypot(*by_norm):.2f}": arrows[2],
                           f"by value {np.hypot(*by_value):.2f}": arrows[1]})


def _write_beside(ax: Axes, arrows: Sequence[tuple[str, str, str]], threshold: float, narrow: bool) -> None:
    """What each arrow is, in its colour, and each outline: beside the plot, or below a narrow one."""
    for place, (name, words, kind) in enumerate(arrows):
        where = {"transform": ax.transAxes, "color": TEXT_COLOURS[kind]}
        if narrow:
            ax.text(-0.3, -0.3 - 0.1 * place, f"{name}: {words}", fontsize=14, **where)
        else:
            ax.text(1.08, 0.93 - 0.22 * place, name, fontsize=17, fontweight="bold", **where)
            ax.text(1.08, 0.85 - 0.22 * place, words, fontsize=16, **where)
    for height, low, words, kind in ((0.2, -0.6, "dashed: no entry above", "y"),
                                     (0.05, -0.7, "dotted: not longer than", "h")):
        ax.text(*((-0.3, low) if narrow else (1.08, height)), f"{words} {threshold:.2f}", fontsize=15,
                transform=ax.transAxes, color=TEXT_COLOURS[kind])


def _draw_arrow(ax: Axes, to: np.ndarray, colour: str, width: float, style: str) -> list[Line2D]:
    """A line from the origin with a head, of lines alone, so that it may move over a waiting frame."""
    length = np.hypot(*to)
    along = to / length
    across = np.array([-along[1], along[0]])
    head = min(0.24, 0.5 * length)
    barbs = [to - head * (along + 0.5 * across), to, to - head * (along - 0.5 * across)]
    return [*ax.plot([0, to[0]], [0, to[1]], color=colour, linewidth=width, linestyle=style),
            *ax.plot(*np.array(barbs).T, color=colour, linewidth=width)]


def _label_head(ax: Axes, tip: np.ndarray, towards: np.ndarray, words: str, kind: str) -> None:
    """Words a little way from the head of an arrow, in the direction `towards`, a unit vector."""
    ha = "center" if abs(towards[0]) < 0.4 else "left" if towards[0] > 0 else "right"
    ax.text(*(tip + (0.24 + 0.12 * abs(towards[1])) * towards), words, ha=ha, va="center", fontsize=15,
            fontweight="bold", color=TEXT_COLOURS[kind])


def in_short(value: float) -> str:
    """A size as a reader would write it: 0.0052, 117, 2.3e5."""
    if 0.001 <= value < 1e4:
        return f"{value:.2g}" if value < 10 else f"{value:,.0f}"
    mantissa, power = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(power)}"


@styled
def cliff_grows(steps: int = 50, w: float = 5.5) -> Picture:
    """The surface of the one-unit network after `steps` steps, and a cut through it at `w`."""
    figure, (plane, cut) = new_figure(1, 2, height=4.6)
    b = np.linspace(-4.5, -1.5, 601)
    wall = _draw_surface(plane, steps)
    plane.plot([w, w], [-4.5, -1.5], color="white", linewidth=3.4)
    dotted, = plane.plot([w, w], [-4.5, -1.5], color=COLOURS["loss"], linewidth=2.2, linestyle=":")
    losses = surface(np.array([w]), b, steps)[:, 0]
    cut.set_position((0.615, 0.155, 0.37, 0.72))
    set_axes(cut, "A cut along the dotted line", ("b", -4.5, -1.5), ("loss", 0, 0.52), xticks=[-4, -3, -2])
    there = cut.axvline(wall_bias(w), color=COLOURS["quiet"], linestyle=LINE_STYLES["heldout"],
                        linewidth=1.6)
    cut.plot(b, losses, color=COLOURS["loss"])
    _, dw, db = loss_and_gradient(w, wall_bias(w), steps)
    return Picture(figure, f"After {steps} step{'s' * (steps > 1)}, at w = {w:.1f}, the gradient on the "
                           f"dashed line has the norm {in_short(np.hypot(dw, db))}; the factor per step is "
                           f"{w * SIGMA * (1 - SIGMA):.3f}.",
                   points={f"w = {w:.1f}": dotted, "the dashed line": (wall, there)})


@styled
def two_sides(w: float = 5.5, away: float = 0.01) -> Picture:
    """The state of the one-unit network over 50 steps: with b on the wall, and a little to either side."""
    figure, ax = new_figure(height=4.2)
    ax.set_position((0.09, 0.17, 0.66, 0.7))
    set_axes(ax, "A tiny push decides which way the state goes", ("step t", 0, STEPS),
             ("state h", -4, 4))
    t, ends = np.arange(STEPS + 1), []
    for shift, style, where in ((away, "-", "above the wall"), (0.0, "--", "on the wall"),
                                (-away, "-", "below")):
        h = states(w, wall_bias(w) + shift)
        if shift == 0:
            h[:] = START  # there it stays but for rounding, which would grow like all else
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
    runs = {"not clipped": descend(w, b, learning_rate, ROLLS),
            "clipped": descend(w, b, learning_rate, ROLLS, threshold)}
    figure, (plane, time) = new_figure(1, 2, height=4.8)
    _draw_surface(plane, STEPS)
    time.set_position((0.605, 0.155, 0.25, 0.72))
    set_axes(time, "The loss on the way", ("updates", 0, ROLLS), ("loss", -0.01, 0.52))
    stories, ends, drawn = [], [], []
    for (name, run), kind, style in zip(runs.items(), ("gradient", "h"), ("--", "-"), strict=True):
        colour = COLOURS[kind]
        path = run.path.clip(-1e4, 1e4)
        plane.plot(*path.T, color="white", linewidth=4.4)
        line = plane.plot(*path.T, style, color=colour, linewidth=2.2)
        plane.plot(*run.path[-1], "o", color=colour, markersize=12, markeredgecolor="white",
                   markeredgewidth=2)
        drawn.append([*line, *time.plot(run.losses, style, color=colour, linewidth=2.2)])
        ends.append(End(name, run.losses[-1], kind))
        stories.append(f"{name}, the ball {_fate(run)}")
    label_ends(time, ends, size=15)
    start, = plane.plot(w, b, "o", color="white", markersize=9, markeredgecolor=COLOURS["loss"],
                        markeredgewidth=2)
    clip = "acts" if (runs["clipped"].norms > threshold).any() else "never acts"
    return Picture(figure, f"From w = {w:.2f}, b = {b:.2f} at rate {learning_rate:g}, {ROLLS} updates: "
                           f"{'; '.join(stories)}. The clip at {threshold:g} {clip}.",
                   points=[(f"w = {w:.2f}, b = {b:.2f}", start), *zip(runs, drawn, strict=True)])


def _fate(run: Descent) -> str:
    """How a descent ended, in words and in digits that rounding does not change."""
    (w, b), end = run.path[-1], run.losses[-1]
    if run.solved() is not None:
        return "converges to a loss below 0.001"
    outside = not (4 <= w <= 7 and -4.5 <= b <= -1.5)
    where = "thrown off the chart and left" if outside else "still on its way,"
    return f"is {where} at a loss of {end:.2f}"


def _draw_surface(ax: Axes, steps: int) -> Line2D:
    """The loss over w and b, dark is low, with the line of the wall, which is returned."""
    w, b = np.linspace(4, 7, 151), np.linspace(-4.5, -1.5, 151)
    ax.set_position([0.085, 0.155, 0.41, 0.72])
    ax.imshow(surface(w, b, steps), cmap=matrix_map(), norm=BoundaryNorm(LEVELS, 256, extend="max"),
              origin="lower", extent=(4, 7, -4.5, -1.5), aspect="auto", interpolation="nearest",
              gid=f"the loss after {steps} steps")
    wall, = ax.plot(w, wall_bias(w), color="white", linestyle="--", linewidth=2.2)
    set_axes(ax, "The loss: dark is low", ("w", 4, 7), ("b", -4.5, -1.5), xticks=[4, 5, 6, 7],
             yticks=[-4, -3, -2])
    return wall


@styled
def plot_cliff_race(results: Sequence[Result]) -> Picture:
    """From how many of 60 starts descent reaches the valley, against the threshold, by `cliff_race`."""
    thresholds = results[0].value["max_norm"]
    places = np.arange(len(thresholds))
    figure, ax = new_figure(height=4.6)
    ax.set(position=(0.09, 0.165, 0.67, 0.71), xlim=(-0.2, len(places) - 0.8), ylim=(0, 62), xticks=places,
           xticklabels=["no clip" if limit is None else limit for limit in thresholds], xlabel="threshold",
           ylabel="starts that converge, of 60", title="60 random starts, 2,000 updates at rate 0.05")
    stories, ends, drawn = [], [], []
    for region, style, kind in (("away", "--", "heldout"), ("near", "-", "gradient")):
        solved = np.array([r.value["solved"] for r in results if r.parameters["region"] == region])
        seed_band(ax, places, solved, kind)
        drawn += ax.plot(places, np.median(solved, axis=0), style, color=COLOURS[kind], marker="o",
                         markersize=6)
        words = "near the wall" if region == "near" else "away from the wall"
        ends.append(End(words, float(np.median(solved[:, -1])), kind))
        at_one = solved[:, thresholds.index(1.0)]
        stories.append(f"{words}, in {len(solved)} draws, {solved[:, -1].min()} to {solved[:, -1].max()} "
                    f"converge without a clip and {at_one.min()} to {at_one.max()} with a clip at 1")
    texts = label_ends(ax, ends, size=15)
    return Picture(figure, f"Of 60 starts, {'; '.join(stories)}.", points={
        end.words: both for end, *both in zip(ends, drawn, texts, strict=True)})


@styled
def norms_and_threshold(norms: np.ndarray, threshold: float = 2.3) -> Picture:
    """The gradient norms (N,) of a run: one after the other, and how often each size occurs."""
    figure, (time, counts) = new_figure(1, 2, height=4.2)
    top = 1.1 * norms.max()
    time.set_position((0.08, 0.17, 0.5, 0.7))
    set_axes(time, "Every gradient, before clipping", ("updates", 0, len(norms)), ("gradient norm", 0, top))
    time.locator_params(axis="x", nbins=5)
    time.plot(norms, color=COLOURS["gradient"], linewidth=1.2)
    number, edges = np.histogram(norms, 40, (0, top))
    counts.set_position((0.66, 0.17, 0.2, 0.7))
    set_axes(counts, "How often", ("updates", 0, 1.1 * number.max()), ("", 0, top), yticks=[])
    x, y = np.repeat([0, *number, 0], 2)[1:-1], np.repeat(edges, 2)
    counts.plot(x, y, color=COLOURS["gradient"], linewidth=2.2)
    limits = [line for ax in (time, counts) for line in ax.plot(
        ax.get_xlim(), [threshold] * 2, color=COLOURS["loss"], linestyle="--", linewidth=2.2)]
    share = float(np.mean(norms > threshold))
    above = counts.text(1.06, min(threshold / top, 0.93), f"{share:.1%}", transform=counts.transAxes,
                        fontsize=17, va="bottom", color=TEXT_COLOURS["gradient"])
    counts.text(1.06, min(threshold / top, 0.93) - 0.02, "above", transform=counts.transAxes, fontsize=14,
                va="top", color=TEXT_COLOURS["gradient"])
    return Picture(figure, f"Of {len(norms):,} gradients, with a median norm of {np.median(norms):.2f} and "
                           f"a largest of {norms.max():.2f}, {share:.1%} are longer than {threshold:.2f}.",
                   points={f"a largest of {norms.max():.2f}": Place(time, int(norms.argmax()), norms.max()),
                           f"{share:.1%}": above,
                           f"longer than {threshold:.2f}": limits if threshold < top else ()})


@styled
def threshold_view(results: Sequence[Result], learning_rate: float, threshold: float | None) -> Picture:
    """The runs of `clipped_training` with one rate and threshold: their gradients' norms and their losses.

    The losses are the median in a band from the least to the most. A `threshold` of None means no clip.
    """
    runs, unclipped_runs = (_find_runs(results, learning_rate, limit) for limit in (threshold, None))
    free = np.array([run["losses"] for run in unclipped_runs])
    losses = np.array([run["losses"] for run in runs])
    clipped = float(np.mean([run["clipped"] for run in runs]))
    figure, (counts, time) = new_figure(1, 2, height=4.4)
    counts.set_position((0.07, 0.17, 0.33, 0.7))
    words = "not clipped" if threshold is None else f"clipped: {clipped:.0%}"
    limit = _draw_histogram(counts, [run["norms"] for run in runs], threshold, words)
    updates = BLOCK * (0.5 + np.arange(losses.shape[1]))
    end = BLOCK * losses.shape[1]
    time.set_position((0.49, 0.17, 0.34, 0.7))
    set_axes(time, f"Their losses, up to {TOP:g}", ("updates", 0, end), (LOSS, 0, TOP))
    grey, = time.plot(updates, np.median(free, axis=0).clip(0, TOP), color=COLOURS["quiet"], linewidth=2,
                      linestyle=LINE_STYLES["other"])
    moving_band(time, updates, losses.clip(0, TOP), "loss")
    band = time.lines[-1]
    time.plot(updates, np.median(losses, axis=0).clip(0, TOP), color=COLOURS["loss"], linewidth=2.2)
    ends = np.array([run["end"] for run in runs])
    middle = float(np.median(ends))
    unclipped = float(np.median([run["end"] for run in unclipped_runs]))
    ends_of = [End(f"median {middle:.2f}", middle, "loss"),
               *([End(f"no clip {unclipped:.2f}", unclipped)] if threshold else [])]
    last = label_lines(time, {"chance": CHANCE}, ends_of)[0]
    setting = f"clipped at {threshold:g} ({clipped:.0%} of the updates)" if threshold else "without clipping"
    more = f"; without clipping the median (dash-dotted) is {unclipped:.2f}" if threshold else ""
    return Picture(figure, f"Rate {learning_rate:g}, {setting}: the {len(runs)} runs end at losses from "
                           f"{ends.min():.2f} to {ends.max():.2f}, median {middle:.2f}{more}.",
                   points=[*([(f"clipped at {threshold:g}", limit)] if threshold else []),
                           (f"{len(runs)} runs", band), (f"median {middle:.2f}", last),
                           *([("without clipping the median", grey)] if threshold else [])])


def _draw_histogram(ax: Axes, counts: Sequence, threshold: float | None, words: str) -> list[Line2D]:
    """How often each norm occurs in several runs together; returns the line of the threshold, if any."""
    number = np.sum(counts, axis=0)
    set_axes(ax, f"Gradients of {len(counts)} runs", ("gradient norm, before clipping", BINS[0], BINS[-1]),
             ("how often", 0, 1.2), log="x", xticks=[0.1, 1, 10, 100], yticks=[])
    ax.plot(np.repeat(BINS, 2), np.repeat([0, *(number / number.max()), 0], 2)[1:-1],
            color=COLOURS["gradient"], linewidth=2.2)
    limit = [] if threshold is None else ax.plot(
        [max(threshold, BINS[0])] * 2, [0, 1.03], "--", color=COLOURS["loss"], linewidth=2.2)
    ax.text(0.99, 0.97, words, transform=ax.transAxes, ha="right", va="top", fontsize=16,
            color=TEXT_COLOURS["gradient"])
    return limit


@styled
def threshold_losses(results: Sequence[Result]) -> Picture:
    """The loss at the end against the threshold, one line for each rate, with the band of its seeds.

    A median above 6 nats, or of runs that diverged, is a triangle at the edge, with its number.
    """
    figure, ax = new_figure(height=4.8)
    places = np.arange(len(THRESHOLDS))
    names = ["none" if threshold is None else f"{threshold:g}" for threshold in THRESHOLDS]
    ax.set(position=(0.09, 0.16, 0.75, 0.73), xlim=(-0.3, len(places) - 0.7), ylim=(0, TOP), xticks=places,
           xticklabels=names, xlabel="threshold for the gradient norm", ylabel="loss after 400 updates",
           title="Where clipping matters, and where it doesn't")
    stories, labels, drawn, runs, beyond = [], [], [], [], False
    for rate, style, kind in zip(RATES, ("-.", "--", "-"), ("x", "heldout", "gradient"), strict=True):
        ends = [_ends(results, rate, limit) for limit in THRESHOLDS]
        low, middle, high = rows = np.array([(loss.min(), np.median(loss), loss.max()) for loss in ends]).T
        seed_band(ax, places, rows.clip(0, TOP), kind)
        drawn += ax.plot(places, middle.clip(0, TOP), style, color=COLOURS[kind], marker="o", markersize=6)
        for place in places[middle > TOP]:
            beyond = True
            ax.plot(place, TOP, "^", color=COLOURS[kind], markersize=13, clip_on=False)
            ax.text(place, TOP - 0.2, f"{middle[place]:.0f}", ha="center", va="top", fontsize=14,
                    color=TEXT_COLOURS[kind])
        labels.append(End(f"rate {rate:g}", middle[-1], kind))
        best = int(middle.argmin())
        alike = [i for i in range(len(places)) if low[i] <= high[best] and middle[i] <= high[best]]
        runs.append(len(ends[0]))
        stories.append(f"at rate {rate:g} " + (
            f"a threshold of {names[alike[0]]} or more ends as low as no clip ({middle[-1]:.2f})"
            if alike == list(range(alike[0], len(places))) else
            f"a threshold of {names[best]} ends lowest ({middle[best]:.2f}, no clip {middle[-1]:.2f})"))
    texts = label_lines(ax, {"chance": CHANCE}, labels)
    return Picture(figure, f"Median loss after 400 updates ({runs[0]}, {runs[1]} and {runs[2]} runs "
                           f"per threshold): {'; '.join(stories)}."
                           + f" A triangle stands for a median above {TOP:g}, written below it." * beyond,
                   points={
        f"at {end.words}": both for end, *both in zip(labels, drawn, texts, strict=True)})


@styled
def plot_threshold_changes(results: Sequence[Result]) -> Picture:
    """Losses of runs of `turned_dial`, whose clip is turned from 0.3 and back, with bands of the seeds."""
    figure, ax = new_figure(height=4.8)
    low, top, end = 1.0, 60.0, 3 * TURN
    ax.set_position((0.09, 0.16, 0.7, 0.73))
    set_axes(ax, "The threshold is changed, and changed back", ("updates", 0, end), (LOSS, low, top), log="y",
             yticks=[1, 2, 5, 10, 20, 50])
    narrow = on_narrow_page()      # then they are not all on one line
    for place, words in enumerate(("clip at 0.3", "changed", "at 0.3 again")):
        high = 0.94 - 0.07 * (place % 2) * narrow
        ax.text((place + 0.5) / 3, high, words, transform=ax.transAxes, ha="center", fontsize=15,
                color=TEXT_COLOURS["loss"])
        ax.axvline(place * TURN, color=COLOURS["quiet"], linewidth=1.2, linestyle=":")
    stories, ends = [], []
    for threshold, kind, style in ((0.01, "heldout", "--"), (0.3, "loss", "-"), (10.0, "gradient", "-.")):
        losses = np.array([r.value["losses"] for r in results
                           if r.parameters["threshold"] == threshold and r.status == "finished"])
        updates = (np.arange(losses.shape[1]) + 0.5) * end / losses.shape[1]
        middle = np.median(losses, axis=0)
        seed_band(ax, updates, losses.clip(low, top), kind)
        ax.plot(updates, middle.clip(low, top), style, color=COLOURS[kind])
        third = losses.shape[1] // 3
        name = "left alone" if threshold == 0.3 else f"to {threshold:g} and back"
        ends.append(End(name, middle[-1], kind))
        stories.append(f"{name} {middle[third - 1]:.2f}, {middle[2 * third - 1]:.2f}, {middle[-1]:.2f}")
    label_lines(ax, {"chance": CHANCE}, ends)
    return Picture(figure, f"Median loss of {len(losses)} runs after 1,000, 2,000 and 3,000 updates, with "
                           f"the threshold changed at 1,000 and back at 2,000: {'; '.join(stories)}.")


def _ends(results: Sequence[Result], learning_rate: float, threshold: float | None) -> np.ndarray:
    """The losses at the end of the runs with this rate and threshold; infinite where one diverged."""
    wanted = {"learning_rate": learning_rate, "max_norm": threshold}
    return np.array([result.value["end"] if result.value else np.inf
                     for result in results if result.parameters == wanted])


def _find_runs(results: Sequence[Result], learning_rate: float, threshold: float | None) -> list[dict]:
    """What the runs with this rate and threshold returned, but for those that diverged."""
    wanted = {"learning_rate": learning_rate, "max_norm": threshold}
    return [result.value for result in results if result.parameters == wanted and result.value]


@styled
def plot_spike(
    optimizer: str = "SGD with momentum", spike: float = 1000.0, clip: str = "no clip"
) -> Picture:
    """The steps of an optimiser while one gradient among ones is a spike, in learning rates."""
    steps, calm = spike_steps(optimizer, spike, clip), spike_steps(optimizer, 1.0)
    figure, ax = new_figure(height=4.4)
    updates = np.arange(1, len(steps) + 1)
    ax.set_position((0.11, 0.165, 0.73, 0.71))
    set_axes(ax, f"{optimizer}: one spike, at update 21", ("updates", 1, len(steps)),
             ("length of the step", 5e-4, 3e3), log="y", yticks=[1e-3, 1e-1, 10, 1e3])
    ax.plot([21, 21], [5e-4, 3e3], color=COLOURS["quiet"], linewidth=1.2, linestyle=":")
    without, = ax.plot(updates, calm, color=COLOURS["quiet"], linestyle="--", linewidth=2)
    ax.plot(updates, steps, color=COLOURS["gradient"], marker="o", markersize=5.5, linewidth=2.2)
    label_ends(ax, [End("without spike", calm[-1]), End(f"{steps[-1]:.2g}", steps[-1], "gradient")])
    clipped = {"no clip": "not clipped", "before": "clipped at 5 before the optimiser state",
               "after": "the step clipped at 5 times the usual one"}[clip]
    looks = (19, 20, 21, len(steps) - 1)
    before, at, next_, last = numbers = [f"{steps[i]:.3f}" if steps[i] < 0.1 else f"{steps[i]:,.2f}"
                                      for i in looks]
    return Picture(figure, f"{optimizer}, a spike of {spike:,.0f} among gradients of 1, {clipped}: the step "
                           f"is {before} before it, {at} at it, {next_} after it and {last} forty updates "
                           f"later ({calm[-1]:.2f} without a spike).",
                   points=[("the step is", ()), *((words, Place(ax, updates[i], steps[i]))
                                                  for words, i in zip(numbers, looks, strict=True)),
                           (f"{calm[-1]:.2f} without a spike", without)])


@styled
def patients_chart(patients: Mapping[str, Mapping]) -> Picture:
    """Runs to diagnose, side by side: loss above, gradient norms before clipping below.

    `patients` has, by letter, "losses" and "norms" of each update and the share "clipped".
    """
    figure, axes = new_figure(2, len(patients), height=5.4, sharex=True, sharey="row")
    figure.subplots_adjust(left=0.085, right=0.985, bottom=0.12, top=0.84, wspace=0.12, hspace=0.16)
    stories = []
    for (name, run), above, below in zip(patients.items(), *axes, strict=True):
        losses, norms = np.array(run["losses"]), np.array(run["norms"])
        above.set(ylim=(0, 2 * TOP), yticks=[0, 4, 8, 12], title=f"{name}\n{run['clipped']:.0%} clipped")
        yardstick(above, CHANCE)
        above.plot(losses.clip(0, 2 * TOP), color=COLOURS["loss"], linewidth=2.2)
        if losses.max() > 2 * TOP:
            above.text(0.97, 0.06, f"▲ up to {losses.max():.0f}", transform=above.transAxes, ha="right",
                       fontsize=14)
        set_axes(below, "", ("updates", 0, len(losses)), ("", 0.1, 300), log="y",
                 xticks=[0, len(losses) // 2], yticks=[0.1, 1, 10, 100])
        below.plot(norms.clip(0.1, 300), color=COLOURS["gradient"], linewidth=1.2)
        stories.append(f"{name} {losses[0]:.2f} to {losses[-20:].mean():.2f}, norms up to {norms.max():.3g}, "
                    f"median {np.median(norms):.2f}, {run['clipped']:.0%} clipped")
    axes[0, 0].set_ylabel("loss")
    axes[1, 0].set_ylabel("gradient norm")
    return Picture(figure, f"Runs to diagnose, loss at the start and the end (chance is {CHANCE:.2f}): "
                           f"{'; '.join(stories)}.")
