"""What is found inside a trained network: units and features, damage, and how it came to be."""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.pictures import (
    COLOURS,
    LINE_STYLES,
    TEXT_COLOURS,
    ColouredText,
    End,
    Picture,
    Place,
    label_ends,
    lag_axes,
    new_figure,
    set_axes,
    styled,
    yardstick,
)


@styled
def plot_best_correlations(
    best: Mapping[str, tuple[int, float, float]], control: Mapping[str, float],
    untrained: Mapping[str, float],
) -> Picture:
    """The unit that goes best with each feature, and what the same search finds where there is nothing.

    Args:
        best: feature to (cell, r where it was found, r on fresh text).
        control: feature to the largest |r| of any unit with the shifted feature.
        untrained: feature to the |r| on fresh text of the best unit of a network that has learnt nothing.
    """
    names = list(best)
    figure, ax = new_figure(height=0.62 * len(names) + 2.0)
    figure.subplots_adjust(left=0.27, right=0.8, top=0.8)
    ax.set(xlim=(0, 1), ylim=(len(names) - 0.4, -0.6), yticks=range(len(names)), yticklabels=names,
           xlabel="|r|: strength of the correlation", title="The best of 96 units for each feature\n\n")
    y = np.arange(len(names))
    marks = {"● trained, fresh text": ([abs(found[2]) for found in best.values()], "c", COLOURS["c"], 13),
             "○ untrained": (list(untrained.values()), "quiet", "white", 12)}
    for row in y:
        ax.axhline(row, color="#DDDDDD", linewidth=1, zorder=0)
    for values, kind, fill, size in marks.values():
        ax.plot(values, y, "o", color=COLOURS[kind], markersize=size, markerfacecolor=fill,
                markeredgewidth=2.5)
    ax.plot(list(control.values()), y, "|", color="black", markersize=24, markeredgewidth=3)
    for place, text, kind in ((0.0, "● trained, fresh text", "c"), (0.43, "○ untrained", "quiet"),
                              (0.7, "| trained, feature shifted", "loss")):
        ax.text(place, 1.04, text, transform=ax.transAxes, fontsize=14, color=TEXT_COLOURS[kind])
    label_ends(ax, [End(f"unit {cell}, r = {fresh:+.2f}", row, "c")
                    for row, (cell, _, fresh) in enumerate(best.values())])
    told = ", ".join(
        f"{name} {abs(found[2]):.2f} (untrained {untrained[name]:.2f}, shifted {control[name]:.2f})"
        for name, found in best.items())
    return Picture(figure, f"Strongest correlations of single units on fresh text: {told}.")


@styled
def damage_by_correlation(
    r: np.ndarray, damage: np.ndarray, feature: str, what: str, marked: Sequence[int] = (),
) -> Picture:
    """Each unit a dot: how well it goes with a feature, and what it costs to fix one of its gates.

    Args:
        r: (H,) correlations.
        damage: (H,) rises of the loss, nats per character; those below 0.0001 lie on the edge.
        feature: what r is about.
        what: was done to the unit, for example "o = 0".
        marked: units to be named.
    """
    figure, ax = new_figure(height=4.9)
    figure.subplots_adjust(right=0.96, left=0.12)
    low, high = 1e-4, 2.0
    set_axes(ax, f"Each ring is a unit, with {what}", (f"|r| of the unit with {feature!r}", 0, 1),
             ("rise of the loss (nats)", 0.8 * low, high), log="y", yticks=[1e-4, 1e-3, 1e-2, 1e-1, 1])
    x, y = np.abs(r), np.clip(damage, low, high)
    ax.plot(x, y, "o", color=COLOURS["c"], markersize=8, markerfacecolor="none", markeredgewidth=2)
    for cell in marked:
        ax.plot(x[cell], y[cell], "o", color=COLOURS["gradient"], markersize=11)
        ax.text(min(x[cell], 0.93), 1.25 * y[cell], f"unit {cell}", ha="center", va="bottom", fontsize=14,
                color=TEXT_COLOURS["gradient"])
    best, worst = int(x.argmax()), int(np.argmax(damage))
    order = int(np.sum(damage > damage[best]))
    return Picture(figure, f"""With {what}, unit {best}, which goes best with "{feature}" (|r| {x[best]:.2f}),
        costs {damage[best]:z.4f} nats per character, and {order} of {len(x)} units cost more. The most
        costly is unit {worst} (|r| {x[worst]:.2f}), at {damage[worst]:.3f}.""",
        points=[(f"unit {cell}", Place(ax, x[cell], y[cell])) for cell in (best, worst)])


@styled
def time_machine(
    losses: Mapping[int, float], reach: Mapping[int, np.ndarray], update: int, text: ColouredText | str,
    entropy: float,
) -> Picture:
    """One moment of a run: where it is on the loss curve, how far its gradient reaches, and a text.

    Args:
        losses: update to held-out loss, ascending.
        reach: update to (L + 1,) norms of the gradient by lag; other moments stay in grey.
        update: the moment, one of them.
        text: what is shown below.
        entropy: of the language.

    Raises ValueError for an update of which there is no snapshot.
    """
    if update not in losses:
        raise ValueError(f"update is {update}: choose one of {', '.join(map(str, losses))}")
    figure, (left, right) = new_figure(1, 2, height=4.0)
    left.set_position([0.075, 0.18, 0.35, 0.68])
    right.set_position([0.53, 0.18, 0.31, 0.68])
    x = np.maximum(list(losses), 5)
    set_axes(left, "Where we are", ("updates (logarithmic)", 5, max(losses)),
             ("held-out loss (nats)", 0, 4.4), log="x", xticks=[10, 100, 1000, 10_000])
    yardstick(left, entropy, "loss")
    left.text(0.03, entropy + 0.08, f"entropy {entropy:.2f}", transform=left.get_yaxis_transform(),
              va="bottom", fontsize=14)
    left.plot(x, list(losses.values()), color=COLOURS["heldout"], linestyle=LINE_STYLES["heldout"])
    mark, = left.plot(max(update, 5), losses[update], "o", color=COLOURS["heldout"], markersize=13,
                      markerfacecolor="white", markeredgewidth=3)
    words = f"update {update:,}: {losses[update]:.2f}"      # beside the mark, above the curve, in the plot
    place = np.log(x / 5) / np.log(x[-1] / 5)
    share = 14 * 0.66 * len(words) / (72 * left.get_position().width * figure.get_figwidth())
    begin = max(0.0, min(place[list(losses).index(update)] + 0.04, 1 - share))
    left.text(5 * (x[-1] / 5) ** begin, np.interp(begin, place, list(losses.values())) + 0.1, words,
              va="bottom", fontsize=14, color=TEXT_COLOURS["heldout"])
    lags = len(next(iter(reach.values()))) - 1
    lag_axes(right, "How far the gradient reaches", "norm (1 at lag 0)", lags, 1e-8, 1e1)
    for norms in reach.values():
        right.plot(norms, color=COLOURS["quiet"], linewidth=0.8, alpha=0.5)
    norms = reach[update]
    curve, = right.plot(norms, color=COLOURS["gradient"])
    others = [other[-1] for other in reach.values() if other is not norms]
    label_ends(right, [End(f"update {update:,}", norms[-1], "gradient"),
                       *([End("other updates", max(others))] if others else [])])
    last = int(np.flatnonzero(norms >= 0.01)[-1])
    within = (f"from lag {last + 1} on is below a hundredth of its norm at lag 0" if last < lags else
              f"is still above a hundredth of its norm at lag 0 when it reaches lag {lags}")
    return Picture(figure, f"""After {update:,} updates the held-out loss is {losses[update]:.3f} nats per
        character, and the gradient {within} (at lag {lags}: {norms[-1]:.1e}).""", text,
        points={f"the held-out loss is {losses[update]:.3f}": mark, f"the gradient {within}": curve})
