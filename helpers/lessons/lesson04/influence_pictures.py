"""A gradient with the wrong sign, and one that is right on average only."""

import numpy as np

from helpers.pictures import COLOURS, TEXT_COLOURS, Picture, new_figure, styled

MINUS = "\N{MINUS SIGN}"
SHOWN = 3.0  # theta beyond this is off the page


@styled
def influence_window(influences: np.ndarray, window: int, path: np.ndarray) -> Picture:
    """The influence seen over the last k steps for every k, and what training with one window does.

    Args:
        influences: (N,), of theta on unit 0 as seen over 1 to N steps.
        window: the k that is marked.
        path: (U + 1,), theta before and after each update with that window.
    """
    figure, (left, right) = new_figure(1, 2, height=4.8)
    figure.subplots_adjust(left=0.09, right=0.97, wspace=0.3)
    K, found = np.arange(1, len(influences) + 1), influences[window - 1]
    left.set(xlim=(0, len(K)), ylim=(-9, 19), xlabel="window k (steps)", ylabel="influence seen, $c_k$",
             title="Which way is up?")
    left.plot([0, len(K)], [0, 0], color=COLOURS["quiet"], linewidth=1.2)
    left.plot([0, len(K)], [-6, -6], ":", color=COLOURS["loss"])
    left.text(len(K), -7.6, f"true: {MINUS}6", ha="right", va="center", fontsize=15)
    left.plot(K, influences, color=COLOURS["gradient"])
    left.plot([window], [found], "o", color=COLOURS["loss"], markersize=11)
    right.set(xlim=(0, len(path) - 1), ylim=(-0.9, SHOWN), xlabel="updates", ylabel="θ",
              title="Training with this window")
    right.plot([0, len(path) - 1], [-1 / 6, -1 / 6], ":", color=COLOURS["loss"])
    right.text(len(path) - 1, -0.38, f"best: {MINUS}1/6", ha="right", va="center", fontsize=15)
    right.plot(np.where(np.abs(path) <= SHOWN, path, np.nan), color=COLOURS["gradient"])
    away = abs(path[-1] + 1 / 6) > abs(path[0] + 1 / 6)
    right.text(1, -0.7, f"k = {window}: {'away from it' if away else 'towards it'}", va="center", fontsize=16,
               color=TEXT_COLOURS["gradient"])        # below the best theta no path ever comes
    sign = "the wrong sign" if found > 0 else "the right sign"
    return Picture(figure, f"""Over a window of {window} steps the influence of theta seems to be
        {f"{found:.3f}".replace("-", MINUS)}, {sign}; it is {MINUS}6. Training goes
        {'away from' if away else 'towards'} the best theta, {MINUS}1/6.""")


@styled
def running_means(
    estimates: np.ndarray, truth: float, fixed: float, deviation: float, go_on: float, way: float
) -> Picture:
    """The mean of the first n random estimates against n, with the truth and a fixed truncation.

    Args:
        estimates: (N,), in the order in which they were drawn.
        truth: the whole gradient.
        fixed: the gradient over as many steps as the random way takes on average, to the nearest.
        deviation: standard deviation of one estimate.
        go_on: probability of every further step.
        way: steps that the random way takes on average.
    """
    N = len(estimates)
    means = np.cumsum(estimates) / np.arange(1, N + 1)
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(right=0.76)
    top = 2.5 * truth
    ax.set(xscale="log", xlim=(1, N), ylim=(0, 2.5), xlabel="estimates averaged (log)",
           ylabel="mean / true gradient", title="Right on average")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.plot([1, N], [1, 1], color=COLOURS["loss"], linewidth=1.6)
    ax.text(1.15 * N, 1, "the truth", va="center", fontsize=15)
    share = fixed / truth
    ax.plot([1, N], [share, share], "--", color=COLOURS["quiet"])
    for words, place in (("cut after a", 0.0), ("fixed time", -0.15)):
        place += share if abs(share - 1) > 0.15 else 0.85
        ax.text(1.15 * N, place, words, va="center", fontsize=15, color=TEXT_COLOURS["quiet"])
    where = np.unique(np.geomspace(1, N, 400).astype(int))
    ax.plot(where, np.minimum(means[where - 1], top) / truth, color=COLOURS["gradient"])
    ax.text(1.15 * N, 1.15, "cut by lot", va="center", fontsize=15, color=TEXT_COLOURS["gradient"])
    return Picture(figure, f"""The true gradient is {truth:,.2f}. A way back that goes on with probability
        {go_on:.2f} takes {way:.1f} steps on average; one estimate has a standard deviation of
        {deviation:,.1f}, {deviation / truth:.2f} times the truth. A fixed cut after {way:.0f} steps gives
        {fixed:,.2f}, every time.""")
