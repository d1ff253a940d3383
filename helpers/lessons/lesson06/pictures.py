"""The pictures of lesson 06: how far gradients reach, what is learnt and what is not, and what limits it."""

import math
from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib.patches import Rectangle

from helpers.data import RECALL_CHANCE
from helpers.networks import eigenvalues, factor_per_step
from helpers.pictures import (
    COLOURS,
    LINE_STYLES,
    TEXT_COLOURS,
    End,
    Picture,
    ink_on,
    label_ends,
    label_lines,
    lag_axes,
    mark_beyond,
    matrix_map,
    moving_band,
    new_figure,
    seed_band,
    set_axes,
    stack_clear,
    styled,
    yardstick,
)
from helpers.runs import Result

LINES = [("gradient", "-"), ("heldout", "--"), ("h", "-."), ("y", ":")]
LEARNT = 0.1        # nats per answer: at least nine answers in ten as good as certain
LENGTHS = (10, 20, 30, 50, 100)         # of the adding problem, in steps


@styled
def gradient_by_lag(curves: Mapping[str, np.ndarray]) -> Picture:
    """Norms of gradients by lag on a logarithmic axis. A straight line is fitted to each from lag 5 on.

    `curves` has by name (T + 1,) norms, as `gradient_norms` returns them, all of one length.
    """
    last = len(next(iter(curves.values()))) - 1
    figure, ax = new_figure(height=4.6)
    figure.subplots_adjust(left=0.11, right=0.97)
    lag_axes(ax, "How much of the gradient is left", "norm (1 at lag 0)", last, 1e-20, 1e4)
    drawn = ax.plot([0, last], [1, 1], color=COLOURS["quiet"], linewidth=1.2, linestyle=":")
    factors, points, lags, texts = [], [], np.arange(last + 1), []
    for (name, norms), (kind, style) in zip(curves.items(), cycle(LINES), strict=False):
        shown = np.where((norms > 0) & np.isfinite(norms), norms, np.nan)
        factor = factor_per_step(shown, min(5, last - 1))
        curve, = ax.plot(lags, shown, color=COLOURS[kind], linestyle=style,
                         linewidth=2.5 if len(curves) > 1 else 5)
        if len(curves) == 1:
            there = np.isfinite(np.log(shown)) & (lags >= 5)
            centre = np.exp(np.log(shown[there]).mean() - np.log(factor) * lags[there].mean())
            ax.plot(lags, centre * factor**lags, color="black", linewidth=2.2, linestyle="--")
        words = ax.text(0, 0, f"{name}: × {factor:.3f}", transform=ax.transAxes, color=TEXT_COLOURS[kind],
                        fontsize=15)
        drawn.append(curve)
        texts.append(words)
        points.append((f"{name}: {factor:.3f}", (curve, words)))
        factors.append(f"{name}: {factor:.3f} ({_what_is_left(factor)})")
    stack_clear(ax, texts, drawn)
    return Picture(figure, f"The factor by which each step back multiplies a gradient: {'; '.join(factors)}.",
                   points=points)


def _what_is_left(factor: float) -> str:
    """What becomes of a gradient, in words."""
    steps = math.log(0.01) / math.log(factor) if 0 < factor < 1 else math.inf
    if steps > 1e4:
        return "it does not fade" if factor < 1.005 else "it grows"
    return f"a hundredth is left after {steps:,.0f} step{'s' * (round(steps) != 1)}"


@styled
def near_and_far_curves(results: Sequence[Result], title: str = "") -> Picture:
    """What was learnt in `near_and_far`, as medians over the seeds in bands from least to most.

    `results` are runs of one setting. Those that diverged are counted in the sentence. Raises ValueError if
    no run finished.
    """
    runs = [result.value for result in results if result.status == "finished"]
    if not runs:
        raise ValueError(f"results has {len(results)} runs, none of which finished. Choose another setting.")
    lag, updates = results[0].parameters["lag"], np.array(runs[0]["updates"])
    near, far = (np.array([run[name] for run in runs]) for name in ("short_term_loss", "long_term_loss"))
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(right=0.8)
    set_axes(ax, title or "The mean loss falls. And the far symbol?", ("updates", 0, updates[-1]),
             ("loss (nats per answer)", 0, 3))
    lines = {"near ones": (near, "h", "--"), "mean": ((lag * near + far) / (lag + 1), "loss", "-"),
             "the far one": (far, "gradient", "-.")}
    ends, drawn = [], []
    for name, (values, kind, style) in lines.items():
        middle = np.median(values, axis=0)
        moving_band(ax, updates, values, kind)
        drawn += ax.plot(updates, middle, color=COLOURS[kind], linestyle=style)
        mark_beyond(ax, updates, middle, kind)
        ends.append(End(f"{name} {middle[-1]:.2f}", middle[-1], kind))
    texts = label_lines(ax, {"chance": RECALL_CHANCE}, ends)
    lost = f" ({len(results) - len(runs)} more diverged)" if len(runs) < len(results) else ""
    return Picture(figure, f"""Lag {lag}, median of {len(runs)} runs{lost}: after {updates[-1]:,} updates the
        mean loss is {ends[1].value:.2f} nats, that of the near answers {ends[0].value:.2f}, and that of the
        far one {ends[2].value:.2f}, where chance is {RECALL_CHANCE:.2f}. {_count_learnt(results)} of
        {len(results)} runs learnt both.""", points=[
            (f"{words} {ends[n].value:.2f}", (drawn[n], texts[n]))
            for words, n in (("mean loss is", 1), ("near answers", 0), ("far one", 2))])


def _count_learnt(results: Sequence[Result]) -> int:
    """Runs whose near and far losses both ended below `LEARNT`. A run that diverged has learnt nothing."""
    ends = [[result.value[name][-1] for name in ("short_term_loss", "long_term_loss")]
            for result in results if result.status == "finished"]
    return sum(max(both) < LEARNT for both in ends)


def _tabulate(
    results: Sequence[Result], remedies: Sequence[str]
) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Lags (L,), and for each remedy and lag, (R, L), how many runs learnt both, and how many diverged."""
    lags = sorted({result.parameters["lag"] for result in results})
    learnt, diverged = np.zeros((2, len(remedies), len(lags)), dtype=int)
    for place in np.ndindex(learnt.shape):
        wanted = {"remedy": remedies[place[0]], "lag": lags[place[1]]}
        mine = [result for result in results if result.parameters == wanted]
        learnt[place], diverged[place] = _count_learnt(mine), sum(r.status == "diverged" for r in mine)
    return lags, learnt, diverged


@styled
def remedies_by_lag(results: Sequence[Result], remedies: Mapping[str, str]) -> Picture:
    """How many of the seeds learnt both the near and the far dependency, for each remedy and lag.

    `remedies` has the name of each in the runs of `near_and_far`, and its name in the picture.
    """
    lags, learnt, diverged = _tabulate(results, list(remedies))
    seeds = len({result.seed for result in results})
    R, L = learnt.shape
    height = 1.5 + 0.52 * R
    figure, ax = new_figure(height=height)
    figure.subplots_adjust(left=0.3, right=0.98, top=1 - 0.65 / height, bottom=0.85 / height)
    colours = matrix_map()
    for r, c in np.ndindex(R, L):
        colour = colours(0.08 + 0.9 * learnt[r, c] / seeds)
        ax.add_patch(Rectangle((c - 0.47, r - 0.45), 0.94, 0.9, facecolor=colour))
        words = f"{learnt[r, c]}" + (f", {diverged[r, c]}✕" if diverged[r, c] else "")
        ax.text(c, r, words, ha="center", va="center", fontsize=15, color=ink_on(colour))
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set(xlim=(-0.5, L - 0.5), ylim=(R - 0.5, -0.5), xticks=range(L), xticklabels=lags, yticks=range(R),
           yticklabels=list(remedies.values()), xlabel="lag (steps between symbol and question)",
           title=f"How many of {seeds} runs learnt near and far (✕: diverged)")
    nearly_all = math.ceil(0.9 * seeds)
    reaches = "; ".join(f"{name}, {_reach(lags, row >= nearly_all)}"
                        for name, row in zip(remedies.values(), learnt, strict=True))
    return Picture(figure, f"""Up to which lag at least {nearly_all} of {seeds} runs learnt near and far, with
        each remedy: {reaches}; {diverged.sum()} of {learnt.size * seeds:,} runs diverged.""")


def _reach(lags: Sequence[int], learnt: np.ndarray) -> str:
    """Up to which lag, and at which farther ones, `learnt` (L,) is true."""
    first = len(lags) if learnt.all() else int(learnt.argmin())
    beyond = [lag for lag, right in zip(lags[first:], learnt[first:], strict=True) if right]
    more = f" and again at {', '.join(map(str, beyond))}" if beyond else ""
    return (f"{lags[first - 1]}" if first else "nowhere") + more


@styled
def adding_plateaus(results: Sequence[Result]) -> Picture:
    """Errors in runs of `adding_plateau`, one panel per length, with every seed, their median, and 1/6."""
    figure, axes = new_figure(1, len(LENGTHS), height=4.2, sharex=True, sharey=True)
    figure.subplots_adjust(left=0.105, right=0.975, bottom=0.19, top=0.8, wspace=0.16)
    counts = []
    for ax, length in zip(axes, LENGTHS, strict=True):
        runs = [r.value for r in results if r.parameters["length"] == length and r.status == "finished"]
        for run in runs:
            ax.plot(np.divide(run["updates"], 1000), run["errors"], color=COLOURS["loss"], linewidth=1.2,
                    alpha=0.4)
        updates = max((run["updates"] for run in runs), key=len)
        middle = np.median([np.interp(updates, run["updates"], run["errors"]) for run in runs], axis=0)
        ax.plot(np.divide(updates, 1000), middle, color=COLOURS["loss"], linewidth=2.2)
        ax.axhline(1 / 6, color=COLOURS["gradient"], linestyle=LINE_STYLES["heldout"], linewidth=2)
        ax.set(xlim=(0, 3), ylim=(0, 0.34), xticks=[0, 1, 2, 3])
        solved = sum(min(run["errors"]) < 0.05 for run in runs)
        ax.set_title(f"{length} steps", fontsize=15)
        ax.text(0.1, 0.98, f"{solved} of {len(runs)}", transform=ax.transAxes, va="top",
                fontsize=15, fontweight="bold")
        counts.append(f"{solved} of {len(runs)} at {length} steps")
    axes[0].set(ylabel="mean squared error", yticks=[0, 0.1, 0.2, 0.3])
    axes[len(LENGTHS) // 2].set_xlabel("thousands of updates")
    axes[0].text(-0.06, 1 / 6, "1/6", transform=axes[0].get_yaxis_transform(), ha="right", va="center",
                 color=TEXT_COLOURS["gradient"], fontsize=14)
    figure.suptitle("Adding problem, tanh network: runs that got below 0.05", x=0.105, ha="left", fontsize=17)
    return Picture(figure, f"""Tanh networks that brought the error of the adding problem under 0.05 within
        3,000 updates: {", ".join(counts)}. A network that knows nothing has an error of 1/6. The bold line is
        the median.""")


@styled
def eigenvalues_and_jacobians(
    W_hh: np.ndarray, lags: Sequence[int], stretches: np.ndarray, norms: np.ndarray
) -> Picture:
    """The eigenvalues of W_hh in the plane, and beside them what happens to small changes in the network.

    `stretches` are the largest singular values of the running Jacobian at the `lags`, (L,) from 0, and
    `norms`, (T + 1,), are those of a gradient by lag.
    """
    values = eigenvalues(W_hh)
    radius = np.abs(values).max()
    figure, (left, right) = new_figure(1, 2, height=4.7)
    left.set_position((0.09, 0.17, 0.35, 0.7))
    right.set_position((0.57, 0.17, 0.23, 0.7))
    # Few sizes, so that a slider seldom draws the frame anew.
    reach = 1.5 * 2 ** max(0.0, np.ceil(np.log2(max(1.1 * radius / 1.5, 1.0))))
    turn = np.linspace(0, 2 * np.pi, 121)
    left.plot(np.cos(turn), np.sin(turn), color=COLOURS["quiet"], linewidth=1.6)
    dots, = left.plot(values.real, values.imag, linestyle="none", marker="o", markersize=6,
                      color=COLOURS["heldout"])
    set_axes(left, "Eigenvalues of $W_{hh}$", ("real part", -reach, reach), ("imaginary part", -reach, reach))
    left.set_aspect("equal")
    left.locator_params(nbins=5)
    last = lags[-1]
    lag_axes(right, "Promise and outcome", "factor (1 at lag 0)", last, 1e-4, 1e4)
    steps = np.arange(last + 1)
    right.axhline(1, color=COLOURS["quiet"], linewidth=1.2, linestyle=":")
    curves = right.plot(steps, radius**steps, color=COLOURS["heldout"], linestyle=LINE_STYLES["heldout"])
    curves += right.plot(lags, stretches, color="black", linestyle=LINE_STYLES["other"])
    curves += right.plot(np.arange(len(norms)), norms, color=COLOURS["gradient"])
    texts = label_ends(right, [
        End(f"{name} {value:.1e}", value, kind) for name, value, kind in (
            ("power", radius**last, "heldout"), ("stretch", stretches[-1], "loss"),
            ("gradient", norms[last], "gradient"))])
    return Picture(figure, f"""The spectral radius of W_hh is {radius:.2f}, so over {last} steps its power is
        {radius**last:.1e}. But the running Jacobian stretches no change by more than {stretches[-1]:.1e}, and
        of the gradient {norms[last]:.1e} is left.""", points=[
            ("spectral radius of W_hh", dots),
            *((words, (curves[n], texts[n])) for n, words in enumerate((
                f"its power is {radius**last:.1e}", f"by more than {stretches[-1]:.1e}",
                f"of the gradient {norms[last]:.1e}")))])


@styled
def reach_while_learning(results: Sequence[Result]) -> Picture:
    """Loss, spectral radius and factor per step while the network from lesson 02 learns.

    `results` are runs of `reach_of_text` with one learning rate. Bands run over all seeds.
    """
    runs = [result.value for result in results if result.status == "finished"]
    updates = np.maximum(runs[0]["updates"], 0.4)       # the logarithmic axis has no 0
    figure, axes = new_figure(1, 3, height=4.2, sharex=True)
    figure.subplots_adjust(left=0.07, right=0.985, bottom=0.2, top=0.86, wspace=0.4)
    panels: Mapping[str, tuple[str, str, str, tuple]] = {
        "loss": ("Loss", "nats per character", "loss", (0, 8)),
        "radius": ("Spectral radius", "largest |eigenvalue|", "heldout", (0, 10)),
        "factor": ("Gradient", "factor per step back", "gradient", (0, 1.2)),
    }
    for ax, (name, (title, unit, kind, limits)) in zip(axes, panels.items(), strict=True):
        values = np.array([run[name] for run in runs])
        seed_band(ax, updates, values, kind)
        ax.plot(updates, np.median(values, axis=0), color=COLOURS[kind], marker="o", markersize=6)
        ax.set(xscale="log", ylim=limits, title=title, ylabel=unit, xticks=[0.4, 1, 10, 100, 1000])
        ax.set_xticklabels(["0", "1", "10", "100", "1,000"])
        ax.minorticks_off()
        mark_beyond(ax, updates, values.max(axis=0), kind)
    axes[1].set_xlabel("updates (logarithmic)")
    yardstick(axes[1], 1)
    yardstick(axes[2], 1)
    start, after_one, end = (
        {name: np.median([run[name][at] for run in runs]) for name in panels} for at in (0, 1, -1))
    return Picture(figure, f"""Median of {len(runs)} runs: at each step back a gradient is multiplied by
        {start["factor"]:.2f} before training, by {after_one["factor"]:.2f} after one update, and by
        {end["factor"]:.2f} after {runs[0]["updates"][-1]:,}, while the spectral radius goes from
        {start["radius"]:.2f} to {end["radius"]:.1f} and the loss from {start["loss"]:.2f} to
        {end["loss"]:.2f}.""")
