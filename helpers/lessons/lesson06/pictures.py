"""How far gradients reach, and what is learnt and what is not."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.patches import Rectangle

from helpers.data import RECALL_CHANCE
from helpers.networks import factor_per_step
from helpers.pictures import (
    COLOURS,
    TEXT_COLOURS,
    End,
    Picture,
    ink_on,
    label_lines,
    lag_axes,
    mark_beyond,
    matrix_map,
    moving_band,
    new_figure,
    set_axes,
    stack_clear,
    styled,
)
from helpers.runs import Result

LINES = [("gradient", "-"), ("heldout", "--"), ("h", "-."), ("y", ":")]
LEARNT = 0.1        # nats per answer: at least nine answers in ten as good as certain


def horizon(factor: float) -> float:
    """After how many steps a hundredth of a gradient is left if each multiplies it by `factor`, or inf."""
    return float(np.log(0.01) / np.log(factor)) if 0 < factor < 1 else np.inf


@styled
def gradient_by_lag(curves: Mapping[str, np.ndarray]) -> Picture:
    """Norms of gradients by lag on a logarithmic axis. A straight line is fitted to each from lag 5 on.

    Args:
        curves: name to (T + 1,) norms, as `gradient_norms` returns them, at most four, all of one length.

    Raises:
        ValueError: no curve, more than four, or of different lengths.
    """
    lengths = {len(norms) for norms in curves.values()}
    if not 1 <= len(curves) <= len(LINES) or len(lengths) != 1:
        raise ValueError(f"curves has {len(curves)} curves of lengths {sorted(lengths)}. Give one to "
                         f"{len(LINES)} curves, all of the same length.")
    last = lengths.pop() - 1
    figure, ax = new_figure(height=4.6)
    figure.subplots_adjust(left=0.11, right=0.97)
    lag_axes(ax, "How much of the gradient is left", "norm (1 at lag 0)", last, 1e-20, 1e4)
    drawn = ax.plot([0, last], [1, 1], color=COLOURS["quiet"], linewidth=1.2, linestyle=":")
    told, points, lags, texts = [], [], np.arange(last + 1), []
    for (name, norms), (kind, style) in zip(curves.items(), LINES, strict=False):
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
        told.append(f"{name}: {factor:.3f} ({_left(factor)})")
    stack_clear(ax, texts, drawn)
    return Picture(figure, f"The factor by which each step back multiplies a gradient: {'; '.join(told)}.",
                   points=points)


def _left(factor: float) -> str:
    steps = horizon(factor)
    if steps > 1e4:
        return "it does not fade" if factor < 1.005 else "it grows"
    return f"a hundredth is left after {steps:,.0f} step{'s' * (round(steps) != 1)}"


@styled
def near_and_far_curves(results: Sequence[Result], title: str = "") -> Picture:
    """What was learnt in `near_and_far`, as medians over the seeds in bands from least to most.

    Args:
        results: runs of one setting. Those that diverged are counted in the sentence.
        title: the title of the picture.

    Raises ValueError if there are none, or all diverged.
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


def learnt_table(
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

    Args:
        results: from the sweep `near_and_far`.
        remedies: name there to the name in the picture.
    """
    lags, learnt, diverged = learnt_table(results, list(remedies))
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
    told = "; ".join(f"{name}, {_reach(lags, row >= nearly_all)}"
                     for name, row in zip(remedies.values(), learnt, strict=True))
    return Picture(figure, f"""Up to which lag at least {nearly_all} of {seeds} runs learnt near and far, with
        each remedy: {told}; {diverged.sum()} of {learnt.size * seeds:,} runs diverged.""")


def _reach(lags: Sequence[int], every: np.ndarray) -> str:
    """Up to which lag, and at which farther ones, `every` (L,) is true."""
    first = len(lags) if every.all() else int(every.argmin())
    beyond = [lag for lag, it_is in zip(lags[first:], every[first:], strict=True) if it_is]
    more = f" and again at {', '.join(map(str, beyond))}" if beyond else ""
    return (f"{lags[first - 1]}" if first else "nowhere") + more
