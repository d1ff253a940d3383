"""A gradient with the wrong sign, and one that is right on average only."""

import numpy as np

from helpers.pictures import (
    COLOURS,
    TEXT_COLOURS,
    End,
    Picture,
    count,
    label_ends,
    new_figure,
    set_axes,
    styled,
    yardstick,
)

MINUS = "\N{MINUS SIGN}"
SHOWN = 3.0  # theta beyond this is off the page


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
    K, found = np.arange(1, len(influences) + 1), influences[window - 1]
    set_axes(left, "Which way is up?", ("window k (steps)", 0, len(K)), ("influence seen, $c_k$", -9, 19))
    left.axhline(0, color=COLOURS["quiet"], linewidth=1.2)
    true = (yardstick(left, -6, "loss"),
            left.text(len(K), -7.6, f"true: {MINUS}6", ha="right", va="center", fontsize=15))
    left.plot(K, influences, color=COLOURS["gradient"])
    mark, = left.plot([window], [found], "o", color=COLOURS["loss"], markersize=11)
    set_axes(right, "Training with this window", ("updates", 0, len(path) - 1), ("θ", -0.9, SHOWN))
    best = (yardstick(right, -1 / 6, "loss"),
            right.text(len(path) - 1, -0.38, f"best: {MINUS}1/6", ha="right", va="center", fontsize=15))
    way, = right.plot(np.where(np.abs(path) <= SHOWN, path, np.nan), color=COLOURS["gradient"])
    away = abs(path[-1] + 1 / 6) > abs(path[0] + 1 / 6)
    right.text(1, -0.7, f"k = {window}: {'away from' if away else 'towards'} best", va="center", fontsize=16,
               color=TEXT_COLOURS["gradient"])        # below the best theta no path ever comes
    sign = "the wrong sign" if found > 0 else "the right sign"
    seen = f"{found:.3f}".replace("-", MINUS)
    return Picture(figure, f"""Over a window of {count(window, "step")} the influence of theta seems to be
        {seen}, with {sign}. In truth it is {MINUS}6. Training goes {'away from' if away else 'towards'}
        the best theta, {MINUS}1/6.""",
        points={seen: mark, f"it is {MINUS}6": true, "Training goes": way, f"best theta, {MINUS}1/6": best})


@styled
def running_means(
    estimates: np.ndarray, truth: float, fixed: float, deviation: float, go_on: float, way: float
) -> Picture:
    """The mean of the first n random estimates against n, with the truth and a fixed truncation.

    Args:
        estimates: (N,), in the order in which they were drawn.
        truth: the whole gradient.
        fixed: the gradient over as many steps as a random cut takes on average, rounded.
        deviation: standard deviation of one estimate.
        go_on: probability of each further step.
        way: steps that a random cut takes on average.
    """
    N = len(estimates)
    means = np.cumsum(estimates) / np.arange(1, N + 1)
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(right=0.76)
    top = 2.5 * truth
    set_axes(ax, "Right on average", ("estimates averaged (log)", 1, N), ("mean / true gradient", 0, 2.5),
             log="x")
    true = ax.axhline(1, color=COLOURS["loss"], linewidth=1.6)
    share = fixed / truth
    cut = ax.axhline(share, color=COLOURS["quiet"], linestyle="--")
    where = np.unique(np.geomspace(1, N, 400).astype(int))
    lot, = ax.plot(where, np.minimum(means[where - 1], top) / truth, color=COLOURS["gradient"])
    texts = label_ends(ax, [End("fixed time", share), End("cut after a", share), End("the truth", 1, "loss"),
                    End("cut at random", means[-1] / truth, "gradient")], size=15)
    return Picture(figure, f"""The true gradient is {truth:,.2f}. A backward pass that goes on with
        probability {go_on:.2f} takes {way:.1f} steps on average. One estimate has a standard deviation of
        {deviation:,.1f}, {deviation / truth:.2f} times the truth. A fixed cut after {way:.0f} steps gives
        {fixed:,.2f}, every time.""", points={
            f"true gradient is {truth:,.2f}": (true, texts[2]), "A backward pass": (lot, texts[3]),
            f"A fixed cut after {way:.0f} steps gives {fixed:,.2f}": (cut, *texts[:2])})
