"""Untrained networks: how fast neighbours drift apart, and what a linear probe decodes of the past."""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.lessons.lesson13.lyapunov import predicted_exponent
from helpers.pictures import (
    COLOURS,
    TEXT_COLOURS,
    End,
    Picture,
    Place,
    label_ends,
    new_figure,
    set_axes,
    styled,
    yardstick,
)
from helpers.runs import Result

CLEARLY = 0.005     # nats per step: an exponent that is not 0 but for what a thousand steps leave open


@styled
def exponents_by_gain(results: Sequence[Result], units: int = 100, noise: float = 0.0) -> Picture:
    """The largest Lyapunov exponents of random networks by gain, a ring for each, and what theory says.

    Args:
        results: of a sweep over `exponents`.
        units, noise: which runs to show.

    Raises ValueError if no run has these settings.
    """
    mine = [one for one in results if (one.parameters["units"], one.parameters["noise"]) == (units, noise)]
    if not mine:
        raise ValueError(f"There is no run with {units} units and noise {noise}. Choose other values.")
    gains = sorted({one.parameters["gain"] for one in mine})
    measured = {gain: [one.value["exponents"][0] for one in mine if one.parameters["gain"] == gain]
                for gain in gains}
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(left=0.13, right=0.8)
    set_axes(ax, "Above 0 neighbours drift apart, below 0 they meet",
             ("gain", gains[0] - 0.05, gains[-1] + 0.05), ("largest exponent (nats per step)", -0.5, 0.2))
    yardstick(ax, 0)
    line = np.linspace(gains[0], gains[-1], 49)
    theory = np.array([predicted_exponent(gain, noise) for gain in line])
    drawn, = ax.plot(line, theory, color=COLOURS["loss"], linestyle="--")
    rings = [ax.plot([gain] * len(found), found, "o", color=COLOURS["h"], markersize=7, alpha=0.75,
                     markerfacecolor="none", markeredgewidth=1.3)[0] for gain, found in measured.items()]
    label_ends(ax, [End("theory", theory[-1], "loss"), End("0: the edge", 0.0)])
    ax.text(0.03, 0.92, "○ a network", transform=ax.transAxes, color=TEXT_COLOURS["h"], fontsize=14)
    apart = max(abs(np.mean(found) - predicted_exponent(gain, noise)) for gain, found in measured.items())
    above = [gain for gain, found in measured.items() if np.median(found) > CLEARLY]
    first, last = ("", f" from gain {min(above):.1f} on") if above else ("at no gain do ", "")
    low, high = line[0], line[-1]
    while high - low > 1e-3:                            # where theory crosses 0
        middle = (low + high) / 2
        low, high = (middle, high) if predicted_exponent(middle, noise) < 0 else (low, middle)
    edge = (low + high) / 2
    return Picture(
        figure, f"With {units} units and input noise of {noise:.1f}, {first}most of "
                f"{len(mine) // len(gains)} networks have an exponent above {CLEARLY}{last}. Theory puts the "
                f"edge near {edge:.2f}, and the means lie within {apart:.3f} of theory.",
        points=[("networks", rings), (f"{edge:.2f}", Place(ax, float(edge), 0.0)), ("means", drawn)])


@styled
def memory_by_lag(curves: Mapping[str, Sequence[Sequence[float]]]) -> Picture:
    """What a linear probe of an untrained network decodes of past inputs by lag: each network, and medians.

    Args:
        curves: for up to three names the curves (lags,) of its networks, shares from 0 to 1.

    Raises ValueError for more names.
    """
    looks = [("h", "-"), ("y", "--"), ("c", "-.")]
    if not 1 <= len(curves) <= len(looks):
        raise ValueError(f"curves has {len(curves)} names. It needs one to three.")
    figure, ax = new_figure(height=4.8)
    figure.subplots_adjust(left=0.12, right=0.76)
    lags = len(next(iter(curves.values()))[0])
    set_axes(ax, "The area below a curve is the memory capacity", ("lag (steps back)", 0, lags - 1),
             ("share of the input decoded", 0, 1.05))
    ends, points = [], []
    for (name, runs), (kind, dashes) in zip(curves.items(), looks, strict=False):
        drawn = [ax.plot(run, color=COLOURS[kind], alpha=0.25, linewidth=0.8)[0] for run in runs]
        middle = np.median(runs, axis=0)
        drawn += ax.plot(middle, color=COLOURS[kind], linestyle=dashes, linewidth=2.2)
        capacity = [float(np.sum(run)) for run in runs]
        half = int(np.argmax(middle < 0.5))
        ends.append(End(name, middle[-1], kind))
        words = f"{min(capacity):.1f} to {max(capacity):.1f} inputs ({name})"
        points.append((words, [*drawn, Place(ax, half, 0.5)]))
    label_ends(ax, ends)
    said = " and ".join(words for words, _ in points)
    return Picture(figure, f"{len(runs)} networks of each kind have a memory capacity of {said}.",
                   points=points)
