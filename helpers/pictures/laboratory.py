"""The picture of a training run that goes on, for the laboratory, `fit` and `loss_curve`.

The frame is drawn once; `set_curves` moves its lines and words, which `svg` in `layers.py` draws.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from helpers.pictures.labels import LOSS, label_lines
from helpers.pictures.style import COLOURS, LINE_STYLES, TEXT_COLOURS, new_figure, styled
from helpers.runs import SMOOTHED_OVER, History

NORMS = (0.01, 100.0)        # gradient norms that are shown; those beyond lie on the edge
BINS = np.geomspace(*NORMS, 121)
TOP = 1.25                  # of the loss at chance, the highest loss shown
TITLE = "Loss while training: lower is better"
APART = (0.035, 0.12)       # of the width and height, between the numbers of two grey curves
SIZE = 14                   # points, of the words beside and between the axes


@styled
def laboratory_frame(
    end: float, lines: Mapping[str, float], earlier: Sequence[np.ndarray] = (), view: str = "run",
    heldout: bool = True,
) -> Figure:
    """The axes without the curves of the present run, up to the update `end`.

    Args:
        lines: losses to beat, by name, with "chance" among them.
        earlier: curves (2, n) of updates and smoothed losses, drawn in grey and numbered from 1.
        view: "loss" for the loss alone, "run" with the gradient norm of each update below it, "norms" with a
            histogram of the last 1,000.
        heldout: whether the legend of "loss" has a held-out loss.
    """
    if view not in ("loss", "run", "norms"):
        raise ValueError(f"view is {view!r}. Choose 'loss', 'run' or 'norms'.")
    if view == "loss":
        figure, losses = new_figure(height=4.6)
        losses.set_position([0.09, 0.15, 0.71, 0.74])
        losses.set(xlabel="updates", ylabel=LOSS, title=TITLE)
        losses.xaxis.set_major_formatter("{x:,.0f}")
        _waiting_curves(losses, end, lines, earlier, unit=" updates")
        losses.legend(handles=losses.get_lines()[: 3 if heldout else 2], loc="lower left")
        return figure
    figure, (losses, norms) = new_figure(2, 1, height=3.55, width=7.2, free=False)
    figure.set_dpi(150)     # sharp also where lecture mode makes it larger
    low, between, high = (0.085, 0.325, 0.415) if view == "run" else (0.085, 0.295, 0.465)
    losses.set_position([0.09, high, 0.72, 0.9 - high])
    norms.set_position([0.09, low, 0.72, between - low])
    losses.set_ylabel("nats / character")
    losses.yaxis.set_label_coords(-0.055, 0.5)
    _waiting_curves(losses, end, lines, earlier)
    losses.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), ncols=3, handlelength=1.4, columnspacing=1.2,
                  borderaxespad=0.2)
    norms.text(1, 1.05, "", transform=norms.transAxes, ha="right", va="bottom", fontsize=SIZE,
               color=TEXT_COLOURS["gradient"])
    norms.plot([], [], color=COLOURS["gradient"], linewidth=2.2)
    norms.plot([], [], color=COLOURS["loss"], linestyle="--", linewidth=2.2)
    if view == "run":
        norms.set(xlim=(0, end), ylim=NORMS, yscale="log", yticks=(0.01, 1, 100))
        norms.yaxis.set_major_formatter("{x:g}")
        norms.text(1.01, 1, "", transform=norms.get_yaxis_transform(), va="center", fontsize=SIZE)
        _count_updates(norms)
        losses.xaxis.set_major_locator(norms.xaxis.get_major_locator())
        losses.set_xticks(losses.get_xticks(), [])
        losses.set_xlim(0, end)
    else:
        norms.set(xlim=NORMS, xscale="log", ylim=(0, 1.05), yticks=())
        norms.xaxis.set_major_formatter("{x:g}")
        norms.text(1.01, 0.5, "", transform=norms.transAxes, va="center", fontsize=SIZE)
        _count_updates(losses)
    norms.minorticks_off()
    norms.text(0, 1.05, "gradient norm" if view == "run" else "how often each gradient norm occurs",
               transform=norms.transAxes, va="bottom", fontsize=SIZE, color=TEXT_COLOURS["gradient"])
    return figure


def _waiting_curves(ax: Axes, end: float, lines: Mapping[str, float], earlier: Sequence[np.ndarray],
                    unit: str = "") -> None:
    """The three curves of the loss, still empty, between the losses to beat and those of earlier runs."""
    top = TOP * lines["chance"]
    ax.set(xlim=(0, end), ylim=(0, top))
    ax.plot([], [], color=COLOURS["quiet"], linewidth=0.8, alpha=0.7, label="each update")
    ax.plot([], [], color=COLOURS["loss"], label=f"smoothed over about {SMOOTHED_OVER}{unit}")
    ax.plot([], [], color=COLOURS["heldout"], linestyle=LINE_STYLES["heldout"], marker="o", markersize=3,
            label="held out")
    label_lines(ax, lines)
    _grey_curves(ax, earlier, end, top)


def _count_updates(ax: Axes) -> None:
    """Make the horizontal axis that of the updates, named at its end."""
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.locator_params(axis="x", nbins=5)
    height = ax.get_position().height * ax.figure.get_size_inches()[1]
    ax.text(1.085, -0.18 / height, "updates", transform=ax.transAxes, va="center", fontsize=SIZE)


def _grey_curves(ax: Axes, earlier: Sequence[np.ndarray], end: float, top: float) -> None:
    """Draw earlier runs, each with its number where it ends; a number that would collide moves aside."""
    curves = [np.column_stack((x, np.minimum(y, top))) for x, y in earlier]
    if curves:
        drawn = LineCollection(curves, colors=COLOURS["quiet"], linewidths=1.8,
                               linestyles=LINE_STYLES["other"], zorder=1.9, gid="earlier")
        ax.add_collection(drawn, autolim=False)
    placed: list[tuple[float, float]] = []
    for number, curve in sorted(enumerate(curves, start=1), key=lambda numbered: numbered[1][-1, 1]):
        x, y = curve[-1]
        inside, aside = ("left", APART[0]) if x < 0.9 * end else ("right", -APART[0])
        while any(abs(x - x2) < APART[0] * end and abs(y - y2) < APART[1] * top for x2, y2 in placed):
            x += 1.01 * aside * end
        placed.append((x, y))
        ax.text(x, y, f" {number}", va="center" if inside == "left" else "bottom", ha=inside,
                color=TEXT_COLOURS["quiet"], fontsize=SIZE)


def set_curves(figure: Figure, history: History, threshold: float | None = None,
               clipping: bool = False) -> None:
    """Put a run into the waiting lines of `laboratory_frame`.

    `threshold` is the norm to which gradients are shortened, `clipping` whether they are clipped at all.
    """
    losses, *below = figure.axes
    top, (single, mean, held) = losses.get_ylim()[1], losses.get_lines()[:3]
    updates, loss, smoothed, norm = history.curves()
    single.set_data(updates, np.minimum(loss, top))
    mean.set_data(updates, np.minimum(smoothed, top))
    if len(history.heldout):
        held.set_data(history.updates, np.minimum(history.heldout, top))
    if not below:
        return
    (norms,) = below
    line, limit = norms.get_lines()
    share, name = norms.texts[:2]
    name.set_text(f"clip at {threshold:.2g}" if threshold else "")
    if norms.get_yscale() == "log":         # the norm of each update
        line.set_data(updates, norm.clip(*NORMS))
        at = norms.get_xlim(), [threshold] * 2
        name.set_y(threshold or 1)
    else:
        count = np.histogram(np.clip(history.norms, *NORMS), BINS)[0]
        height = count / max(1, count.max())
        line.set_data(np.repeat(BINS, 2), [0, *np.repeat(height, 2), 0])
        at = [threshold] * 2, (0, 1)
        name.set_text(f"-- clip {threshold:.2g}" if threshold else "")
    limit.set_data(*(at if threshold else ([], [])))
    share.set_text(f"clipped: {history.clipped_steps():.0%}" if clipping and history.clipped else "")
