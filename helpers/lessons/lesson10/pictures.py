"""The pictures of lesson 10: two libraries compared, and programs that are wrong."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from helpers.lessons.lesson10.experiments import PART
from helpers.pictures import (
    COLOURS,
    TEXT_COLOURS,
    End,
    Picture,
    label_ends,
    mark_beyond,
    new_figure,
    set_axes,
    styled,
)
from helpers.pictures.highlights import MOST

HIGHEST = 6             # loss at the edge of a picture of programs
LOSS = "loss (nats per character)"
MEASURED = {"heldout": "held out", "again": "measured again", "loaded": "loaded again",
            "rightly": "true loss"}


@styled
def speeds(rates: Sequence[Mapping]) -> Picture:
    """How many times faster one library is than the other.

    `rates` has for each race "cell", "size" (a word), "NumPy" and "PyTorch", in updates per second.
    """
    height = 1.5 + 0.42 * len(rates)
    figure, ax = new_figure(height=height)
    figure.subplots_adjust(left=0.17, right=0.97, top=1 - 0.55 / height, bottom=0.8 / height)
    ratios = np.array([rate["NumPy"] / rate["PyTorch"] for rate in rates])
    rows = np.arange(len(rates))[::-1]
    parts = []
    for row, ratio in zip(rows, ratios, strict=True):
        ours = ratio >= 1
        bar = ax.barh(row, np.log2(ratio), height=0.7, color=COLOURS["h" if ours else "y"],
                      hatch=None if ours else "//", edgecolor="black", linewidth=0.8)
        side, place = (0.06, "left") if ours else (-0.06, "right")
        number = ax.text(np.log2(ratio) + side, row, f"{max(ratio, 1 / ratio):.1f}", va="center", ha=place)
        parts.append((*bar, number))
    reach = max(1.0, np.abs(np.log2(ratios)).max()) + 0.6
    powers = np.arange(-int(reach), int(reach) + 1)
    ax.axvline(0, color="black", linewidth=1.2)
    names = [f"{rate['cell']}, {rate['size']}" for rate in rates]
    ax.set(xlim=(-reach, reach), yticks=rows, yticklabels=names, xticks=powers,
           xticklabels=[f"{2.0 ** abs(power):.0f}" for power in powers],
           title="The same training, in NumPy and in PyTorch",
           xlabel="PyTorch: times faster     |     NumPy: times faster")
    sentence, points = f"On one thread NumPy is faster in {sum(ratios >= 1)} of {len(rates)} races", []
    for ours, library in ((True, ":"), (False, ". PyTorch is faster in the rest:")):
        cell = None
        for rate, ratio, part in zip(rates, ratios, parts, strict=True):
            if (ratio >= 1) != ours:
                continue
            between = library if cell is None else "," if cell == rate["cell"] else ";"
            named = "" if cell == rate["cell"] else f" {rate['cell']}"
            times = "" if points else " times"
            points.append((f"{rate['size']} {max(ratio, 1 / ratio):.1f}{times}", part))
            sentence, cell = f"{sentence}{between}{named} {points[-1][0]}", rate["cell"]
    return Picture(figure, f"{sentence}.", points=points[:MOST])


@styled
def same_curve(ours: Sequence[float], theirs: Sequence[float]) -> Picture:
    """The loss of the same training in NumPy and in PyTorch, one line on the other."""
    figure, ax = new_figure(height=4)
    figure.subplots_adjust(left=0.09, right=0.97, bottom=0.18, top=0.87)
    updates = np.arange(1, len(ours) + 1)
    ax.plot(updates, ours, color=COLOURS["h"], linewidth=5, alpha=0.5, label="NumPy, our own")
    ax.plot(updates, theirs, color=COLOURS["y"], linewidth=1.2, label="PyTorch")
    ax.set(xlim=(1, len(ours)), xlabel="updates", ylabel="loss (nats per character)",
           title="The same training, twice")
    ax.legend(loc="upper right")
    apart = np.abs(np.subtract(ours, theirs)).max()
    least = next((n for n in range(12, -1, -1) if apart < 10.0**-n), 0)
    return Picture(figure, f"In {len(ours)} updates the loss falls from {ours[0]:.2f} to {ours[-1]:.2f} in "
                           f"NumPy and from {theirs[0]:.2f} to {theirs[-1]:.2f} in PyTorch; the two losses "
                           f"never differ by as much as 1e-{min(least, 10)}.")


@styled
def plot_program(runs: Sequence[Mapping], program: str) -> Picture:
    """A program beside the right one: the losses that it reports in training, and those measured afterwards.

    `runs` have "program" (a letter, or "right"), "seed", and what `faulty_run` gives.
    """
    figure, (time, after) = new_figure(1, 2, height=4.4)
    time.set_position((0.08, 0.17, 0.33, 0.7))
    after.set_position((0.74, 0.17, 0.24, 0.7))
    right, its = ([run for run in runs if run["program"] == name] for name in ("right", program))
    set_axes(time, f"Program {program}: what it reports",
             ("updates", 0, 1.03 * PART * len(right[0]["training"])), (LOSS, -0.15, HIGHEST + 0.15))
    set_axes(after, "Measured afterwards", (LOSS, -0.4, HIGHEST + 0.4), ("", len(MEASURED) - 0.5, -0.5),
             yticks=[])
    after.set_yticks(range(len(MEASURED)), list(MEASURED.values()))
    (of_right, _), _ = _draw_reports(time, right, ("quiet", "quiet"), 1.4)
    _draw_measured(after, right, "quiet", 7, None)
    (training, heldout), curve = _draw_reports(time, its, ("loss", "heldout"), 2.6)
    ends, rings = _draw_measured(after, its, "heldout", 13, "white")
    label_ends(time, [End("correct program", of_right, "quiet"),
                      End(f"training {training:.2f}", training, "loss"),
                      End(f"held out {heldout:.2f}", heldout, "heldout")])
    reported, again, loaded, rightly = ends
    words = [f"its training loss ends at {training:.2f}", f"reports {reported:.4f} held out",
             f"measured again {again:.4f}", f"loaded again {loaded:.4f}",
             f"measured correctly it has {rightly:.2f}"]
    best = np.median([run["rightly"][-1] for run in right])
    return Picture(figure, f"Program {program}, medians of {len(its)} seeds: {words[0]}; it {words[1]}, "
                           f"{words[2]}, {words[3]}; {words[4]}, the correct program {best:.2f}.",
                   points=list(zip(words, [curve, *rings], strict=True)))


def _draw_reports(
    ax: Axes, runs: Sequence[Mapping], colours: tuple[str, str], width: float
) -> tuple[list[float], Artist]:
    """Median losses as the programs report them: the last in training and held out; the training curve."""
    curves, ends = [], []
    updates = PART * len(runs[0]["training"])
    for kind, colour, style, marker in zip(("training", "heldout"), colours, ("-", "--"), (None, "o"),
                                           strict=True):
        losses = np.median([run[kind] for run in runs], axis=0)
        looks = np.arange(1, len(losses) + 1) * updates / len(losses)
        curves += ax.plot(looks, np.clip(losses, 0, HIGHEST), style, color=COLOURS[colour], linewidth=width,
                          marker=marker, markersize=7)
        mark_beyond(ax, looks, losses, colour)
        ends.append(losses[-1])
    return ends, curves[0]


def _draw_measured(
    ax: Axes, runs: Sequence[Mapping], colour: str, size: float, fill: str | None
) -> tuple[list[float], list[Artist]]:
    """Rings at the median losses `MEASURED` after training: the losses, and the rings."""
    ends = [float(np.median([np.ravel(run[kind])[-1] for run in runs])) for kind in MEASURED]
    rings = []
    for row, end in enumerate(ends):
        rings += ax.plot(min(end, HIGHEST), row, "o", color=COLOURS[colour], markersize=size,
                         markeredgewidth=3, markerfacecolor=fill)
        if end > HIGHEST:
            ax.text(HIGHEST - 0.7, row, f"{end:.1f}", ha="right", va="center", fontsize=14,
                    color=TEXT_COLOURS[colour])
    return ends, rings
