"""What each idea of `faster` is worth, in one picture."""

from collections.abc import Sequence

import numpy as np

from helpers.lessons.lesson08.speedups import RACED
from helpers.pictures import COLOURS, Picture, new_figure, set_axes, styled
from helpers.runs import Result

NAMES = {"fading weights": "weight decay", "averaged weights": "model averaging",        # by idea
         "counts asked too": "interpolation", "all but the counts": "all but interpolation"}


@styled
def plot_speedups(results: Sequence[Result], seconds: float = 4.0, counts: float | None = None) -> Picture:
    """Held-out losses with each idea alone and with all, after so many seconds: a ring for each seed.

    Args:
        results: of a sweep over `ideas_curve`.
        seconds: one of its marks.
        counts: what the counts alone pay.

    Raises ValueError if the runs were not looked at then.
    """
    losses: dict[str, list[float]] = {idea: [] for idea in RACED}
    for result in results:
        at = [round(mark, 1) for mark in result.value["seconds"]]       # a look is one update late at most
        if seconds not in at:
            raise ValueError(f"seconds is {seconds!r}: choose one of {', '.join(map(str, at))}")
        losses[result.parameters["idea"]].append(result.value["heldout"][at.index(seconds)])
    losses = {NAMES.get(idea, idea): found for idea, found in losses.items() if found}
    figure, ax = new_figure(height=0.5 * len(losses) + 1.6)
    figure.subplots_adjust(left=0.25, right=0.97, bottom=0.19, top=0.89)
    every = [loss for result in results for loss in result.value["heldout"]]   # the same axis at each look
    set_axes(ax, f"After {seconds:g} s: each ring is one run",
             ("loss on held-out text (nats per character)", 0.94 * min(every), 1.35 * max(every)),
             ("", len(losses) - 0.4, -1.2), log="x", xticks=[0.4, 0.5, 0.6, 0.8, 1, 1.5, 2])
    ax.set_yticks(range(len(losses)), losses)
    plain = float(np.median(losses["none"]))
    ax.plot([plain, plain], [-0.6, len(losses) - 0.4], color=COLOURS["quiet"], linestyle=":", linewidth=1.6)
    told, points = [], []
    if counts is not None:
        line = ax.axvline(counts, color=COLOURS["loss"], linestyle="--", linewidth=1.6)
        words = ax.text(1.02 * counts, -0.85, f"counts alone {counts:.3f}", va="center", fontsize=14)
        points.append((words.get_text(), (line, words)))
        told.append(f"counts alone {counts:.3f}")
    for row, (idea, found) in enumerate(losses.items()):
        middle = float(np.median(found))
        rings, = ax.plot(found, np.full(len(found), row), "o", color=COLOURS["heldout"],
                         markersize=10 if len(found) <= 10 else 6, markerfacecolor="none",
                         markeredgewidth=2.2 if len(found) <= 10 else 1.2)
        ax.plot([middle, middle], [row - 0.3, row + 0.3], color=COLOURS["heldout"], linewidth=3)
        words = ax.text(0.99, row, f"{middle:.3f}", transform=ax.get_yaxis_transform(), ha="right",
                        va="center", fontsize=14)
        points.append((f"{idea} {middle:.3f}", (rings, words)))
        told.append(f"{idea} {middle:.3f}")
    return Picture(figure, f"""Held-out losses after {seconds:g} s, medians of
        {len(losses["none"])} seeds: {", ".join(told)}.""", points=points)
