"""The pictures of lesson 04: what a cut does to a gradient and to training, and how it can mislead."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.lines import Line2D
from matplotlib.text import Text

from helpers.networks import Comparison, kept_pairs
from helpers.pictures import (
    COLOURS,
    DASHES,
    TEXT_COLOURS,
    End,
    Picture,
    count,
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

DECADES = 4             # below the largest value, that the colours of a credit matrix show
LONGEST = 60            # lag of the sizes in the picture
MINUS = "\N{MINUS SIGN}"
HIGHEST_THETA = 3.0     # what is beyond it is off the page


@styled
def truncation_lab(
    credit: np.ndarray, k1: int, k2: int, found: Comparison, curves: Mapping[str, np.ndarray], title: str
) -> Picture:
    """A credit matrix in which the part that a truncation cuts is faded, and what the cut keeps and costs.

    Every k1 steps, the last k1 losses are sent back over k2 steps.

    Args:
        credit: (T, T), from `helpers.networks.credit_matrix`: how strongly the loss of step t (down) pulls
            at the state of step s (across).
        found: the truncated gradient compared with the full one.
        curves: name to (T,), the cosine for the windows 1 to T.
        title: the name of the network.
    """
    credit = np.tril(np.nan_to_num(credit))
    T, kept = len(credit), kept_pairs(len(credit), k1, k2)
    title = title[0].upper() + title[1:]
    figure, (left, right, meters) = new_figure(1, 3, height=6.2)
    left.set_position((0.075, 0.125, 0.47, 0.758))
    left.set(xlabel="state of step s", ylabel="loss of step t", title=f"{title}: the pairs that are kept")
    _draw_credit(left, credit)
    border = _fade_cut_pairs(left, kept, height=left.get_position().height * 6.2 * 72 / T)

    right.set_position((0.665, 0.59, 0.3, 0.293))
    low = min(0.0, *(curve.min() for curve in curves.values()))
    set_axes(right, "Direction kept", ("window k2 (log)", 1, T), ("cosine", 1.15 * low, 1.06), log="x")
    for (name, curve), style in zip(curves.items(), ("-", "--"), strict=False):
        right.plot(np.arange(1, T + 1), curve, style, color=COLOURS["gradient"], label=name)
    mark, = right.plot([k2], [found.cosine], "o", color=COLOURS["loss"], markersize=11)
    right.legend(loc="lower right", fontsize=14, borderaxespad=0.2)

    work, share = k2 / k1, min(k2, T) / T
    meters.set_position((0.6, 0.03, 0.39, 0.41))
    direction, length, time, memory = _draw_meters(meters, [
        (f"direction: cosine {found.cosine:.3f}", found.cosine, "gradient"),
        (f"length: {found.length:.3f} of the full one", found.length, "gradient"),
        (f"time: {work:.1f} steps per character", (np.log10(work) + 2) / 4, "quiet"),
        (f"memory: {min(k2, T)} of {T} states", share, "quiet"),
    ])
    cut = 1 - kept.sum() / (T * (T + 1) / 2)
    return Picture(figure, f"""{title}: with k1 = {k1} and k2 = {k2}, the cut removes {cut:.0%} of the pairs
        of loss and state in {T} steps. The gradient of W_hh that is left has a cosine of
        {found.cosine:.3f} with the full one and is {found.length:.3f} times as long. The backward pass takes
        {work:.1f} steps per character, and {min(k2, T)} of {T} states are kept.""", points={
            f"{cut:.0%} of the pairs": border, f"a cosine of {found.cosine:.3f}": (mark, direction),
            f"{found.length:.3f} times as long": length, f"{work:.1f} steps": time,
            f"{min(k2, T)} of {T} states": memory})


def _draw_credit(ax: Axes, credit: np.ndarray) -> None:
    """The matrix and the scale of its colours, in axes of their own.

    So they belong to the frame that a dashboard draws once for each title.
    """
    T, highest = len(credit), credit.max()
    lowest = highest * 10.0**-DECADES
    matrix = ax.inset_axes((0, 0, 1, 1), zorder=0.5, gid="matrix")
    matrix.axis("off")
    matrix.imshow(np.where(np.tri(T, dtype=bool), np.maximum(credit, lowest), np.nan), cmap=matrix_map(),
                  norm=LogNorm(lowest, highest), extent=(0.5, T + 0.5, T + 0.5, 0.5),
                  interpolation="nearest", aspect="auto")
    scale = ax.inset_axes((0.54, 0.86, 0.4, 0.04), zorder=0.5, gid="scale")
    scale.imshow(np.linspace(0, 1, 256)[None], cmap=matrix_map(), aspect="auto", extent=(0, 1, 0, 1))
    scale.set_xticks([0, 1], [f"$10^{{-{DECADES}}}$ or less", "largest"])
    scale.set(yticks=[])
    scale.tick_params(length=0)
    scale.spines[:].set_visible(False)
    scale.set_title("pull (log)", fontsize=14, loc="center", pad=4)


def _fade_cut_pairs(ax: Axes, kept: np.ndarray, height: float) -> Line2D:
    """A veil over the pairs that are not kept, rows of `height` points; returns its border."""
    T = len(kept)
    first = np.where(kept.any(axis=1), kept.argmax(axis=1), np.arange(1, T + 1)) + 0.5  # where a row begins
    row = np.arange(1, T + 1)
    faded = np.column_stack([np.full(T, 0.5), first, np.full(T, np.nan)]).ravel()
    ax.plot(faded, np.repeat(row, 3), color="white", alpha=0.86, linewidth=1.1 * height,
            solid_capstyle="butt")
    border, = ax.plot(np.repeat(first, 2), np.column_stack([row - 0.5, row + 0.5]).ravel(),
                      color=COLOURS["gradient"], linewidth=2.2)
    ax.set(xlim=(0.5, T + 0.5), ylim=(T + 0.5, 0.5))
    return border


def _draw_meters(ax: Axes, meters: Sequence[tuple[str, float, str]]) -> list[Text]:
    """Bars, each given as words, length from 0 to 1 and colour, one below another; returns the words."""
    ax.set(xlim=(0, 1), ylim=(0, len(meters)), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    texts = []
    for place, (words, value, kind) in zip(reversed(range(len(meters))), meters, strict=True):
        texts.append(ax.text(0, place + 0.72, words, fontsize=14, color=TEXT_COLOURS[kind], va="center"))
        for end, colour in ((1, "#E4E4E4"), (min(1, max(0, value)), COLOURS[kind])):
            ax.plot([0, end], [place + 0.28] * 2, color=colour, linewidth=12, solid_capstyle="butt")
    return texts


@styled
def lag_sizes(parts: Mapping[str, np.ndarray]) -> Picture:
    """The size of the part of a gradient that went back d steps, against the lag d, for several networks.

    `parts` has the lengths by lag (T,) of each network. They are shown relative to its own lag 0.
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
    """Mean loss (T,), in nats per character, at each position in a chunk, for several ways to start it."""
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
    phrases = [(f"{name} {curve[0]:.2f} at position 1", f"{np.mean(curve):.2f} on average")
               for name, curve in losses.items()]
    return Picture(figure, f"""Loss by position in the chunk, in nats per character:
        {", ".join(" and ".join(pair) for pair in phrases)}.""", points=[
            point for (first, mean), line, text in zip(phrases, drawn, texts, strict=False)
            for point in ((first, line), (mean, text))][:MOST])


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
        _draw_shares(ax, right)
        R, C = right.shape
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
    for ax in axes[0, 1:]:
        ax.sharey(axes[0, 0])
    figure.text(0.075, 0.93, "Correct answers in % (50 is chance); right of the orange line, k ≥ d + 1",
                fontsize=16)
    seeds = len(next(iter(tables.values())).seeds)
    return Picture(figure, f"""Echo task, right answers in percent, median of {seeds} seeds.
        {'; '.join(words)}.""")


def _draw_shares(ax: Axes, right: np.ndarray) -> None:
    """A tile with its percentage for each share from 0.5 to 1; the last column stands a little apart."""
    for r, c in np.ndindex(right.shape):
        x, value = c + 0.35 * (c == right.shape[1] - 1), right[r, c]
        colour = matrix_map()(np.clip((value - 0.5) / 0.5, 0, 1))
        ax.fill([x - 0.47, x + 0.47, x + 0.47, x - 0.47], [r - 0.47, r - 0.47, r + 0.47, r + 0.47],
                color=colour, linewidth=0)
        ax.text(x, r, f"{100 * value:.0f}", ha="center", va="center", fontsize=14, color=ink_on(colour))


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
    S, N = next(iter(errors.values())).shape
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
    return Picture(figure, f"Mean squared error after {updates[-1]:,} updates, median of {S} runs: "
                           f"{', '.join(words)}; chance is {baseline:.4f}.")


@styled
def influence_window(influences: np.ndarray, window: int, path: np.ndarray) -> Picture:
    """The influence seen over the last k steps, for every k, and what training with one window does.

    Args:
        influences: (N,), of theta on unit 0 as seen over 1 to N steps.
        window: the k that is marked.
        path: (U + 1,), theta before and after each update with that window.
    """
    figure, (left, right) = new_figure(1, 2, height=4.8)
    figure.subplots_adjust(left=0.09, right=0.97, wspace=0.3)
    K, influence = np.arange(1, len(influences) + 1), influences[window - 1]
    set_axes(left, "Which way is up?", ("window k (steps)", 0, len(K)), ("influence seen, $c_k$", -9, 19))
    left.axhline(0, color=COLOURS["quiet"], linewidth=1.2)
    true = (yardstick(left, -6, "loss"),
            left.text(len(K), -7.6, f"true: {MINUS}6", ha="right", va="center", fontsize=15))
    left.plot(K, influences, color=COLOURS["gradient"])
    mark, = left.plot([window], [influence], "o", color=COLOURS["loss"], markersize=11)
    set_axes(right, "Training with this window", ("updates", 0, len(path) - 1), ("θ", -0.9, HIGHEST_THETA))
    best = (yardstick(right, -1 / 6, "loss"),
            right.text(len(path) - 1, -0.38, f"best: {MINUS}1/6", ha="right", va="center", fontsize=15))
    curve, = right.plot(np.where(np.abs(path) <= HIGHEST_THETA, path, np.nan), color=COLOURS["gradient"])
    direction = "away from" if abs(path[-1] + 1 / 6) > abs(path[0] + 1 / 6) else "towards"
    right.text(1, -0.7, f"k = {window}: {direction} best", va="center", fontsize=16,
               color=TEXT_COLOURS["gradient"])        # below the best theta no path ever comes
    sign = "the wrong sign" if influence > 0 else "the right sign"
    seen = f"{influence:.3f}".replace("-", MINUS)
    return Picture(figure, f"""Over a window of {count(window, "step")} the influence of theta seems to be
        {seen}, with {sign}. In truth it is {MINUS}6. Training goes {direction}
        the best theta, {MINUS}1/6.""",
        points={seen: mark, f"it is {MINUS}6": true, "Training goes": curve, f"best theta, {MINUS}1/6": best})


@styled
def running_means(
    estimates: np.ndarray, truth: float, fixed: float, deviation: float, go_on: float, steps: float
) -> Picture:
    """The mean of the first n random estimates against n, with the truth and a fixed truncation.

    Args:
        estimates: (N,), in the order in which they were drawn.
        truth: the whole gradient.
        fixed: the gradient over a fixed number of steps, which is `steps`, rounded.
        deviation: standard deviation of one estimate.
        go_on: probability of each further step.
        steps: the mean number of steps of a random cut.
    """
    N = len(estimates)
    means = np.cumsum(estimates) / np.arange(1, N + 1)
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(right=0.76)
    set_axes(ax, "Right on average", ("estimates averaged (log)", 1, N), ("mean / true gradient", 0, 2.5),
             log="x")
    true = ax.axhline(1, color=COLOURS["loss"], linewidth=1.6)
    share = fixed / truth
    cut = ax.axhline(share, color=COLOURS["quiet"], linestyle="--")
    places = np.unique(np.geomspace(1, N, 400).astype(int))
    random, = ax.plot(places, np.minimum(means[places - 1], 2.5 * truth) / truth, color=COLOURS["gradient"])
    texts = label_ends(ax, [End("fixed time", share), End("cut after a", share), End("the truth", 1, "loss"),
                    End("cut at random", means[-1] / truth, "gradient")], size=15)
    return Picture(figure, f"""The true gradient is {truth:,.2f}. A backward pass that goes on with
        probability {go_on:.2f} takes {steps:.1f} steps on average. One estimate has a standard deviation of
        {deviation:,.1f}, {deviation / truth:.2f} times the truth. A fixed cut after {steps:.0f} steps gives
        {fixed:,.2f}, every time.""", points={
            f"true gradient is {truth:,.2f}": (true, texts[2]), "A backward pass": (random, texts[3]),
            f"A fixed cut after {steps:.0f} steps gives {fixed:,.2f}": (cut, *texts[:2])})
