"""What a cut does to a gradient and to a network: pairs of steps, lags, windows, positions in a chunk."""

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import LogNorm

from helpers.networks import Comparison, kept_pairs
from helpers.pictures import (
    COLOURS,
    DASHES,
    TEXT_COLOURS,
    End,
    Picture,
    ink_on,
    label_ends,
    matrix_map,
    new_figure,
    set_axes,
    several_looks,
    styled,
    yardstick,
)
from helpers.pictures.highlights import MOST
from helpers.runs import Table

DECADES = 4  # below the largest value, that the colours of a credit matrix show
LONGEST = 60  # lag of the sizes that are shown


@styled
def truncation_lab(
    credit: np.ndarray, k1: int, k2: int, found: Comparison, curves: Mapping[str, np.ndarray], title: str
) -> Picture:
    """A credit matrix in which the part that a truncation cuts is faded, and what the cut keeps and costs.

    Args:
        credit: (T, T), from `helpers.networks.credit_matrix`: how strongly the loss of step t (down) pulls
            at the state of step s (across). What is above the diagonal doesn't matter.
        k1, k2: every k1 steps, the last k1 losses are sent back over k2 steps.
        found: the truncated gradient compared with the full one.
        curves: name to (T,), the cosine for the windows 1 to T.
        title: the name of the network.

    Raises:
        ValueError: credit is not square, or has nothing above 0.
    """
    credit = np.tril(np.nan_to_num(np.asarray(credit, float)))
    T = len(credit)
    if credit.shape != (T, T) or not credit.any():
        raise ValueError(f"credit has shape {credit.shape}. It must be a square matrix with values above 0.")
    kept = kept_pairs(T, k1, k2)
    figure, (left, right, meters) = new_figure(1, 3, height=6.2)
    left.set_position((0.075, 0.125, 0.47, 0.758))
    highest = credit.max()
    shown = np.where(np.tri(T, dtype=bool), np.maximum(credit, highest * 10.0**-DECADES), np.nan)
    # In axes of its own, the matrix belongs to the frame that a dashboard draws once for each title.
    matrix = left.inset_axes((0, 0, 1, 1), zorder=0.5, gid="matrix")
    matrix.axis("off")
    matrix.imshow(shown, cmap=matrix_map(), norm=LogNorm(highest * 10.0**-DECADES, highest),
                  extent=(0.5, T + 0.5, T + 0.5, 0.5), interpolation="nearest", aspect="auto")
    title = title[0].upper() + title[1:]
    left.set(xlabel="state of step s", ylabel="loss of step t", title=f"{title}: the pairs that are kept")
    scale = left.inset_axes((0.54, 0.86, 0.4, 0.04), zorder=0.5, gid="scale")
    scale.imshow(np.linspace(0, 1, 256)[None], cmap=matrix_map(), aspect="auto", extent=(0, 1, 0, 1))
    scale.set_xticks([0, 1], [f"$10^{{-{DECADES}}}$ or less", "largest"])
    scale.set(yticks=[])
    scale.tick_params(length=0)
    scale.spines[:].set_visible(False)
    scale.set_title("pull (log)", fontsize=14, loc="center", pad=4)

    first = np.where(kept.any(axis=1), kept.argmax(axis=1), np.arange(1, T + 1)) + 0.5  # where a row begins
    row = np.arange(1, T + 1)
    faded = np.column_stack([np.full(T, 0.5), first, np.full(T, np.nan)]).ravel()
    height = left.get_position().height * 6.2 * 72 / T  # of a row, in points
    left.plot(faded, np.repeat(row, 3), color="white", alpha=0.86, linewidth=1.1 * height,
              solid_capstyle="butt")
    edge = np.repeat(first, 2)
    border, = left.plot(edge, np.column_stack([row - 0.5, row + 0.5]).ravel(), color=COLOURS["gradient"],
                        linewidth=2.2)
    left.set(xlim=(0.5, T + 0.5), ylim=(T + 0.5, 0.5))

    right.set_position((0.665, 0.59, 0.3, 0.293))
    low = min(0.0, *(curve.min() for curve in curves.values()))
    set_axes(right, "Direction kept", ("window k2 (log)", 1, T), ("cosine", 1.15 * low, 1.06), log="x")
    for (name, curve), style in zip(curves.items(), ("-", "--"), strict=False):
        right.plot(np.arange(1, T + 1), curve, style, color=COLOURS["gradient"], label=name)
    mark, = right.plot([k2], [found.cosine], "o", color=COLOURS["loss"], markersize=11)
    right.legend(loc="lower right", fontsize=14, borderaxespad=0.2)

    work, share = k2 / k1, min(k2, T) / T
    meters.set_position((0.6, 0.03, 0.39, 0.41))
    meters.set(xlim=(0, 1), ylim=(0, 4), xticks=[], yticks=[])
    meters.spines[:].set_visible(False)
    rows = [
        (f"direction: cosine {found.cosine:.3f}", found.cosine, "gradient"),
        (f"length: {found.length:.3f} of the full one", found.length, "gradient"),
        (f"time: {work:.1f} steps per character", (np.log10(work) + 2) / 4, "quiet"),
        (f"memory: {min(k2, T)} of {T} states", share, "quiet"),
    ]
    told = []
    for place, (words, value, kind) in zip((3, 2, 1, 0), rows, strict=True):
        told.append(meters.text(0, place + 0.72, words, fontsize=14, color=TEXT_COLOURS[kind], va="center"))
        meters.plot([0, 1], [place + 0.28] * 2, color="#E4E4E4", linewidth=12, solid_capstyle="butt")
        meters.plot([0, min(1, max(0, value))], [place + 0.28] * 2, color=COLOURS[kind], linewidth=12,
                    solid_capstyle="butt")
    cut = 1 - kept.sum() / (T * (T + 1) / 2)
    return Picture(figure, f"""{title}: with k1 = {k1} and k2 = {k2}, the cut removes {cut:.0%} of the pairs
        of loss and state in {T} steps. The gradient of W_hh that is left has a cosine of
        {found.cosine:.3f} with the full one and is {found.length:.3f} times as long. The backward pass takes
        {work:.1f} steps per character, and {min(k2, T)} of {T} states are kept.""", points={
            f"{cut:.0%} of the pairs": border, f"a cosine of {found.cosine:.3f}": (mark, told[0]),
            f"{found.length:.3f} times as long": told[1], f"{work:.1f} steps": told[2],
            f"{min(k2, T)} of {T} states": told[3]})


@styled
def lag_sizes(parts: Mapping[str, np.ndarray]) -> Picture:
    """The size of the part of a gradient that went back d steps, against the lag d, for several networks.

    Args:
        parts: name to (T,), the lengths of the parts by lag. Each is shown relative to its own lag 0.
    """
    figure, ax = new_figure(height=4.6)
    figure.subplots_adjust(right=0.7)
    set_axes(ax, "The gradient by lag", ("lag: steps that the gradient went back", 0, LONGEST),
             ("length (lag 0 is 1)", 1e-6, 10), log="y")
    words, ends = [], []
    for (name, sizes), kind, style in zip(parts.items(), ("quiet", "h", "c", "y", "x"), DASHES, strict=False):
        sizes = np.asarray(sizes)[: LONGEST + 1] / sizes[0]
        ax.plot(sizes, color=COLOURS[kind], linestyle=style)
        ends.append(End(name, sizes[-1], kind))
        small = int(np.argmax(sizes < 0.01)) if (sizes < 0.01).any() else None
        words.append(f"{name}: {'below' if small else 'never below'} a hundredth"
                     + (f" from lag {small} on" if small else f" up to lag {LONGEST}"))
    label_ends(ax, ends, size=15)
    return Picture(figure, f"The length of the part of the gradient of W_hh that went back d steps, "
                           f"relative to lag 0, in each network; {'; '.join(words)}.")


@styled
def place_losses(losses: Mapping[str, np.ndarray]) -> Picture:
    """Mean loss at each position in a chunk, with several ways to start a chunk.

    Args:
        losses: name to (T,), in nats per character, at positions 1 to T.
    """
    figure, ax = new_figure(height=4.6)
    figure.subplots_adjust(right=0.72)
    T = max(map(len, losses.values()))
    set_axes(ax, "Where a chunk begins", ("position in the chunk (characters)", 1, T),
             ("loss (nats)", 0, 1.08 * max(np.max(curve) for curve in losses.values())))
    ax.xaxis.get_major_locator().set_params(integer=True)
    kinds, ends, drawn = ("h", "y", "gradient", "quiet"), [], []
    for (name, curve), kind, style in zip(losses.items(), kinds, DASHES, strict=False):
        drawn += ax.plot(np.arange(1, len(curve) + 1), curve, linestyle=style, color=COLOURS[kind])
        ends.append(End(f"{name}: {np.mean(curve):.2f}", float(np.mean(curve)), kind))
    ends.append(End("on average", max(end.value for end in ends), "loss"))      # stands above them
    texts = label_ends(ax, ends, size=15)
    said = [(f"{name} {curve[0]:.2f} at position 1", f"{np.mean(curve):.2f} on average")
            for name, curve in losses.items()]
    return Picture(figure, f"""Loss by position in the chunk, in nats per character:
        {", ".join(" and ".join(both) for both in said)}.""", points=[
            pair for (first, mean), line, text in zip(said, drawn, texts, strict=False)
            for pair in ((first, line), (mean, text))][:MOST])


@styled
def echo_map(tables: Mapping[str, Table], frozen: Mapping[str, Table]) -> Picture:
    """Share of right answers in the echo task by lag and window, median over seeds, one panel per name.

    Args:
        tables: lag down, window across, from `echo_accuracy`.
        frozen: the same names, with one column, for which the recurrent weights were left untrained.
    """
    figure, axes = new_figure(1, len(tables), height=4.9, squeeze=False)
    figure.subplots_adjust(left=0.075, right=0.99, bottom=0.16, top=0.8, wspace=0.12)
    words = []
    for ax, (name, table) in zip(axes[0], tables.items(), strict=True):
        right = np.hstack([np.median(table.values, axis=2), np.median(frozen[name].values, axis=2)])
        R, C = right.shape
        for r, c in np.ndindex(R, C):
            x, value = c + 0.35 * (c == C - 1), right[r, c]
            colour = matrix_map()(np.clip((value - 0.5) / 0.5, 0, 1))
            ax.fill([x - 0.47, x + 0.47, x + 0.47, x - 0.47], [r - 0.47, r - 0.47, r + 0.47, r + 0.47],
                    color=colour, linewidth=0)
            ax.text(x, r, f"{100 * value:.0f}", ha="center", va="center", fontsize=14,
                    color=ink_on(colour))
        stairs = [(lag - 0.5, place) for place, lag in enumerate(table.rows)]
        ax.step([x for x, _ in stairs for _ in (0, 1)], [y + d for _, y in stairs for d in (-0.5, 0.5)],
                color=COLOURS["gradient"], linewidth=4)
        ax.set(xlim=(-0.6, C - 0.05), ylim=(R - 0.45, -0.55), title=name, xlabel="window k",
               yticks=range(R), yticklabels=table.rows)
        ax.set_xticks([*range(C - 1), C - 0.65], [*map(str, table.columns), "frozen"])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        inside = np.subtract.outer(np.array(table.rows), np.array(table.columns)) < 0
        middle = right[:, :-1]
        words.append(f"{name}: {_span(middle[inside])} for windows beyond the lag, "
                     f"{_span(middle[~inside])} for the others, {_span(right[:, -1])} if frozen")
    axes[0, 0].set_ylabel("lag d")
    figure.text(0.075, 0.93, "Correct answers in % (50 is chance); right of the orange line, k ≥ d + 1",
                fontsize=16)
    seeds = len(next(iter(tables.values())).seeds)
    return Picture(figure, f"""Echo task, right answers in percent, median of {seeds} seeds.
        {'; '.join(words)}.""")


def _span(shares: np.ndarray) -> str:
    """The least and the largest share, in percent; once if they are the same."""
    low, high = f"{100 * shares.min():.0f}", f"{100 * shares.max():.0f}"
    return low if low == high else f"{low} to {high}"


@styled
def window_race(errors: Mapping[int, np.ndarray], every: int, baseline: float) -> Picture:
    """Error against updates for several windows, each run as a thin line and their median as a thick one.

    Args:
        errors: window to (S, N), mean squared error of S runs after N times `every` updates.
        baseline: error of a network that remembers nothing.
    """
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(right=0.78, left=0.12)
    N = next(iter(errors.values())).shape[1]
    updates = every * np.arange(1, N + 1)
    set_axes(ax, "Adding over 100 steps: lower is better", ("updates", 0, updates[-1]),
             ("mean squared error (log)", 1e-4, 0.4), log="y")
    yardstick(ax, baseline)
    words, ends = [], [End("chance", baseline)]
    for (window, runs), look in zip(sorted(errors.items()), several_looks(len(errors)), strict=True):
        middle = np.median(runs, axis=0)
        ax.plot(updates, middle, **look)
        for run in runs:
            ax.plot(updates, run, color=look["color"], linewidth=0.8, alpha=0.25)
        ends.append(End(f"window {window}", middle[-1], "loss"))
        words.append(f"{middle[-1]:.4f} with window {window}")
    label_ends(ax, ends, size=15)
    S = next(iter(errors.values())).shape[0]
    return Picture(figure, f"Mean squared error after {updates[-1]:,} updates, median of {S} runs: "
                           f"{', '.join(words)}; chance is {baseline:.4f}.")
