"""The pictures of lesson 10: two libraries raced and trained, and programs that are wrong."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist

from helpers.lessons.lesson10.faults import PART
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
ASKED = {"heldout": "held out", "again": "measured again", "loaded": "loaded again",
         "rightly": "true loss"}


@styled
def speeds(rates: Sequence[Mapping]) -> Picture:
    """How often faster one library is than the other.

    Args:
        rates: for each race "cell", "size" (words), "NumPy" and "PyTorch", updates per second.
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
    said, points = f"On one thread NumPy is faster in {sum(ratios >= 1)} of {len(rates)} races", []
    for ours, library in ((True, ":"), (False, ". PyTorch is faster in the rest:")):
        cell = None
        for rate, ratio, part in zip(rates, ratios, parts, strict=True):
            if (ratio >= 1) != ours:
                continue
            between = library if cell is None else "," if cell == rate["cell"] else ";"
            named = "" if cell == rate["cell"] else f" {rate['cell']}"
            times = "" if points else " times"
            points.append((f"{rate['size']} {max(ratio, 1 / ratio):.1f}{times}", part))
            said, cell = f"{said}{between}{named} {points[-1][0]}", rate["cell"]
    return Picture(figure, f"{said}.", points=points[:MOST])


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
def plot_program(runs: Sequence[Mapping], program: str = "A") -> Picture:
    """How a program fares beside the right one: what it says while it trains, and what it is asked after.

    Args:
        runs: "program" (a letter, or "right"), "seed", and what `faulty_run` gives.
        program: a letter.

    Raises:
        ValueError: there is no such program.
    """
    letters = sorted({run["program"] for run in runs} - {"right"})
    if program not in letters:
        raise ValueError(f"program is {program!r}. Choose one of {', '.join(letters)}.")
    figure, (time, asked) = new_figure(1, 2, height=4.4)
    time.set_position((0.08, 0.17, 0.33, 0.7))
    asked.set_position((0.74, 0.17, 0.24, 0.7))
    of = {name: [run for run in runs if run["program"] == name] for name in ("right", program)}
    count = len(of["right"][0]["training"])
    updates, rounds = count * PART, len(of["right"][0]["heldout"])
    looks = {"training": np.arange(1, count + 1) * PART,
             "heldout": np.arange(1, rounds + 1) * updates / rounds}
    set_axes(time, f"Program {program}: what it reports", ("updates", 0, 1.03 * updates),
             (LOSS, -0.15, HIGHEST + 0.15))
    set_axes(asked, "Measured afterwards", (LOSS, -0.4, HIGHEST + 0.4), ("", len(ASKED) - 0.5, -0.5),
             yticks=[])
    asked.set_yticks(range(len(ASKED)), list(ASKED.values()))
    parts: dict[str, Artist] = {}
    labels: list[End] = []
    for name, colours, width in (("right", ("quiet", "quiet"), 1.4), (program, ("loss", "heldout"), 2.6)):
        for kind, colour, style in (("training", colours[0], "-"), ("heldout", colours[1], "--")):
            losses = np.median([run[kind] for run in of[name]], axis=0)
            parts[kind], = time.plot(looks[kind], np.clip(losses, 0, HIGHEST), style, color=COLOURS[colour],
                                     linewidth=width, marker="o" if kind == "heldout" else None, markersize=7)
            mark_beyond(time, looks[kind], losses, colour)
            word = {"training": "training", "heldout": "held out"}[kind] if name == program else (
                "correct program" if kind == "training" else "")
            if word:
                number = f" {losses[-1]:.2f}" if name == program else ""
                labels.append(End(word + number, losses[-1], colour))
        ends = [np.median([np.ravel(run[kind])[-1] for run in of[name]]) for kind in ASKED]
        for row, end in enumerate(ends):
            parts[str(row)], = asked.plot(min(end, HIGHEST), row, "o", color=COLOURS[colours[1]],
                                          markersize=5 * width, markeredgewidth=3,
                                          markerfacecolor="white" if name != "right" else None)
            if end > HIGHEST:
                asked.text(HIGHEST - 0.7, row, f"{end:.1f}", ha="right", va="center", fontsize=14,
                           color=TEXT_COLOURS[colours[1]])
    label_ends(time, labels)
    training, (said, again, loaded, rightly) = of[program], ends
    last = np.median([run["training"][-1] for run in training])
    words = [f"its training loss ends at {last:.2f}", f"reports {said:.4f} held out",
             f"measured again {again:.4f}", f"loaded again {loaded:.4f}",
             f"measured correctly it has {rightly:.2f}"]
    right = np.median([run["rightly"][-1] for run in of["right"]])
    return Picture(figure, f"Program {program}, medians of {len(training)} seeds: {words[0]}; it {words[1]}, "
                           f"{words[2]}, {words[3]}; {words[4]}, the correct program {right:.2f}.",
                   points=list(zip(words, [parts["training"], *(parts[str(row)] for row in range(4))],
                                   strict=True)))
