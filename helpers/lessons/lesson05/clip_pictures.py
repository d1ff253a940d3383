"""What clipping does to training: a spike, thresholds, and a run to diagnose."""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.lessons.lesson05.spikes_and_runs import BINS, BLOCK, RATES, THRESHOLDS, TURN, spike_steps
from helpers.pictures import (
    COLOURS,
    LINE_STYLES,
    LOSS,
    TEXT_COLOURS,
    End,
    Picture,
    Place,
    label_ends,
    label_lines,
    moving_band,
    new_figure,
    on_narrow_page,
    seed_band,
    set_axes,
    styled,
    yardstick,
)
from helpers.runs import Result

CHANCE = np.log(60)             # the course's text has 60 distinct characters
TOP = 6.0                       # the highest loss shown; what is above is on the edge


@styled
def norms_and_threshold(norms: np.ndarray, threshold: float = 2.3) -> Picture:
    """The gradient norms (N,) of a run: one after the other, and how often each size occurs.

    Raises ValueError if there are no norms, or the threshold is not above 0.
    """
    norms = np.asarray(norms, dtype=float)
    if norms.size == 0 or not threshold > 0:
        raise ValueError(f"norms has {norms.size} entries and threshold is {threshold}. There must be at "
                         "least one norm, and the threshold must be above 0.")
    figure, (time, counts) = new_figure(1, 2, height=4.2)
    top = 1.1 * norms.max()
    time.set_position((0.08, 0.17, 0.5, 0.7))
    set_axes(time, "Every gradient, before clipping", ("updates", 0, len(norms)), ("gradient norm", 0, top))
    time.locator_params(axis="x", nbins=5)
    time.plot(norms, color=COLOURS["gradient"], linewidth=1.2)
    number, edges = np.histogram(norms, 40, (0, top))
    counts.set_position((0.66, 0.17, 0.2, 0.7))
    set_axes(counts, "How often", ("updates", 0, 1.1 * number.max()), ("", 0, top), yticks=[])
    x, y = np.repeat([0, *number, 0], 2)[1:-1], np.repeat(edges, 2)
    counts.plot(x, y, color=COLOURS["gradient"], linewidth=2.2)
    limits = [line for ax in (time, counts) for line in ax.plot(
        ax.get_xlim(), [threshold] * 2, color=COLOURS["loss"], linestyle="--", linewidth=2.2)]
    share = float(np.mean(norms > threshold))
    above = counts.text(1.06, min(threshold / top, 0.93), f"{share:.1%}", transform=counts.transAxes,
                        fontsize=17, va="bottom", color=TEXT_COLOURS["gradient"])
    counts.text(1.06, min(threshold / top, 0.93) - 0.02, "above", transform=counts.transAxes, fontsize=14,
                va="top", color=TEXT_COLOURS["gradient"])
    return Picture(figure, f"Of {len(norms):,} gradients, with a median norm of {np.median(norms):.2f} and "
                           f"a largest of {norms.max():.2f}, {share:.1%} are longer than {threshold:.2f}.",
                   points={f"a largest of {norms.max():.2f}": Place(time, int(norms.argmax()), norms.max()),
                           f"{share:.1%}": above,
                           f"longer than {threshold:.2f}": limits if threshold < top else ()})


@styled
def threshold_view(results: Sequence[Result], learning_rate: float, threshold: float | None) -> Picture:
    """The runs with one rate and threshold: how long their gradients were, and how the loss went.

    The losses are the median in a band from the least to the most.

    Args:
        results: of `clipped_training`.
        threshold: one that was tried; None for the runs without clipping.
    """
    runs = _runs(results, learning_rate, threshold)
    free = np.array([run["losses"] for run in _runs(results, learning_rate, None)])
    losses = np.array([run["losses"] for run in runs])
    number = np.sum([run["norms"] for run in runs], axis=0)
    clipped = float(np.mean([run["clipped"] for run in runs]))
    figure, (counts, time) = new_figure(1, 2, height=4.4)
    counts.set_position((0.07, 0.17, 0.33, 0.7))
    set_axes(counts, f"Gradients of {len(runs)} runs", ("gradient norm, before clipping", BINS[0], BINS[-1]),
             ("how often", 0, 1.2), log="x", xticks=[0.1, 1, 10, 100], yticks=[])
    counts.plot(np.repeat(BINS, 2), np.repeat([0, *(number / number.max()), 0], 2)[1:-1],
                color=COLOURS["gradient"], linewidth=2.2)
    limit = [] if threshold is None else counts.plot(
        [max(threshold, BINS[0])] * 2, [0, 1.03], "--", color=COLOURS["loss"], linewidth=2.2)
    words = "not clipped" if threshold is None else f"clipped: {clipped:.0%}"
    counts.text(0.99, 0.97, words, transform=counts.transAxes, ha="right", va="top", fontsize=16,
                color=TEXT_COLOURS["gradient"])
    updates = BLOCK * (0.5 + np.arange(losses.shape[1]))
    end = BLOCK * losses.shape[1]
    time.set_position((0.49, 0.17, 0.34, 0.7))
    set_axes(time, f"Their losses, up to {TOP:g}", ("updates", 0, end), (LOSS, 0, TOP))
    grey, = time.plot(updates, np.median(free, axis=0).clip(0, TOP), color=COLOURS["quiet"], linewidth=2,
                      linestyle=LINE_STYLES["other"])
    moving_band(time, updates, losses.clip(0, TOP), "loss")
    band = time.lines[-1]
    time.plot(updates, np.median(losses, axis=0).clip(0, TOP), color=COLOURS["loss"], linewidth=2.2)
    ends = np.array([run["end"] for run in runs])
    middle = float(np.median(ends))
    unclipped = float(np.median([run["end"] for run in _runs(results, learning_rate, None)]))
    ends_of = [End(f"median {middle:.2f}", middle, "loss"),
               *([End(f"no clip {unclipped:.2f}", unclipped)] if threshold else [])]
    last = label_lines(time, {"chance": CHANCE}, ends_of)[0]
    said = f"clipped at {threshold:g} ({clipped:.0%} of the updates)" if threshold else "without clipping"
    more = f"; without clipping the median (dash-dotted) is {unclipped:.2f}" if threshold else ""
    return Picture(figure, f"Rate {learning_rate:g}, {said}: the {len(runs)} runs end at losses from "
                           f"{ends.min():.2f} to {ends.max():.2f}, median {middle:.2f}{more}.",
                   points=[*([(f"clipped at {threshold:g}", limit)] if threshold else []),
                           (f"{len(runs)} runs", band), (f"median {middle:.2f}", last),
                           *([("without clipping the median", grey)] if threshold else [])])


@styled
def threshold_losses(results: Sequence[Result]) -> Picture:
    """The loss at the end against the threshold, one line for each rate, with the band of its seeds.

    A median above 6 nats, or of runs that diverged, is a triangle at the edge, with its number.
    """
    figure, ax = new_figure(height=4.8)
    places = np.arange(len(THRESHOLDS))
    names = ["none" if threshold is None else f"{threshold:g}" for threshold in THRESHOLDS]
    ax.set(position=(0.09, 0.16, 0.75, 0.73), xlim=(-0.3, len(places) - 0.7), ylim=(0, TOP), xticks=places,
           xticklabels=names, xlabel="threshold for the gradient norm", ylabel="loss after 400 updates",
           title="Where clipping matters, and where it doesn't")
    told, labels, drawn, runs, beyond = [], [], [], [], False
    for rate, style, kind in zip(RATES, ("-.", "--", "-"), ("x", "heldout", "gradient"), strict=True):
        ends = [_ends(results, rate, limit) for limit in THRESHOLDS]
        low, middle, high = rows = np.array([(some.min(), np.median(some), some.max()) for some in ends]).T
        seed_band(ax, places, rows.clip(0, TOP), kind)
        drawn += ax.plot(places, middle.clip(0, TOP), style, color=COLOURS[kind], marker="o", markersize=6)
        for place in places[middle > TOP]:
            beyond = True
            ax.plot(place, TOP, "^", color=COLOURS[kind], markersize=13, clip_on=False)
            ax.text(place, TOP - 0.2, f"{middle[place]:.0f}", ha="center", va="top", fontsize=14,
                    color=TEXT_COLOURS[kind])
        labels.append(End(f"rate {rate:g}", middle[-1], kind))
        best = int(middle.argmin())
        alike = [i for i in range(len(places)) if low[i] <= high[best] and middle[i] <= high[best]]
        runs.append(len(ends[0]))
        told.append(f"at rate {rate:g} " + (
            f"a threshold of {names[alike[0]]} or more ends as low as no clip ({middle[-1]:.2f})"
            if alike == list(range(alike[0], len(places))) else
            f"a threshold of {names[best]} ends lowest ({middle[best]:.2f}, no clip {middle[-1]:.2f})"))
    texts = label_lines(ax, {"chance": CHANCE}, labels)
    return Picture(figure, f"Median loss after 400 updates ({runs[0]}, {runs[1]} and {runs[2]} runs "
                           f"per threshold): {'; '.join(told)}."
                           + f" A triangle stands for a median above {TOP:g}, written below it." * beyond,
                   points={
        f"at {end.words}": both for end, *both in zip(labels, drawn, texts, strict=True)})


@styled
def plot_threshold_changes(results: Sequence[Result]) -> Picture:
    """Losses of runs whose clip is turned from 0.3 to another threshold and back, with bands of the seeds.

    Args:
        results: of `turned_dial`; runs that diverged are left out.
    """
    figure, ax = new_figure(height=4.8)
    low, top, end = 1.0, 60.0, 3 * TURN
    ax.set_position((0.09, 0.16, 0.7, 0.73))
    set_axes(ax, "The threshold is changed, and changed back", ("updates", 0, end), (LOSS, low, top), log="y",
             yticks=[1, 2, 5, 10, 20, 50])
    narrow = on_narrow_page()      # then they are not all on one line
    for place, words in enumerate(("clip at 0.3", "changed", "at 0.3 again")):
        high = 0.94 - 0.07 * (place % 2) * narrow
        ax.text((place + 0.5) / 3, high, words, transform=ax.transAxes, ha="center", fontsize=15,
                color=TEXT_COLOURS["loss"])
        ax.axvline(place * TURN, color=COLOURS["quiet"], linewidth=1.2, linestyle=":")
    told, ends = [], []
    for threshold, kind, style in ((0.01, "heldout", "--"), (0.3, "loss", "-"), (10.0, "gradient", "-.")):
        losses = np.array([r.value["losses"] for r in results
                           if r.parameters["threshold"] == threshold and r.status == "finished"])
        updates = (np.arange(losses.shape[1]) + 0.5) * end / losses.shape[1]
        middle = np.median(losses, axis=0)
        seed_band(ax, updates, losses.clip(low, top), kind)
        ax.plot(updates, middle.clip(low, top), style, color=COLOURS[kind])
        third = losses.shape[1] // 3
        name = "left alone" if threshold == 0.3 else f"to {threshold:g} and back"
        ends.append(End(name, middle[-1], kind))
        told.append(f"{name} {middle[third - 1]:.2f}, {middle[2 * third - 1]:.2f}, {middle[-1]:.2f}")
    label_lines(ax, {"chance": CHANCE}, ends)
    return Picture(figure, f"Median loss of {len(losses)} runs after 1,000, 2,000 and 3,000 updates, with "
                           f"the threshold changed at 1,000 and back at 2,000: {'; '.join(told)}.")


def _ends(results: Sequence[Result], learning_rate: float, threshold: float | None) -> np.ndarray:
    """The losses at the end of the runs with this rate and threshold; infinite where one diverged."""
    wanted = {"learning_rate": learning_rate, "max_norm": threshold}
    return np.array([result.value["end"] if result.value else np.inf
                     for result in results if result.parameters == wanted])


def _runs(results: Sequence[Result], learning_rate: float, threshold: float | None) -> list[dict]:
    """What the runs with this rate and threshold returned."""
    wanted = {"learning_rate": learning_rate, "max_norm": threshold}
    runs = [result.value for result in results if result.parameters == wanted and result.value]
    if not runs:
        raise ValueError(f"no run has {wanted}. Give a rate from {RATES} and a threshold from {THRESHOLDS}.")
    return runs


@styled
def plot_spike(
    optimizer: str = "SGD with momentum", spike: float = 1000.0, clip: str = "no clip"
) -> Picture:
    """The steps of an optimiser while one gradient among ones is a spike, in learning rates."""
    steps, calm = spike_steps(optimizer, spike, clip), spike_steps(optimizer, 1.0)
    figure, ax = new_figure(height=4.4)
    updates = np.arange(1, len(steps) + 1)
    ax.set_position((0.11, 0.165, 0.73, 0.71))
    set_axes(ax, f"{optimizer}: one spike, at update 21", ("updates", 1, len(steps)),
             ("length of the step", 5e-4, 3e3), log="y", yticks=[1e-3, 1e-1, 10, 1e3])
    ax.plot([21, 21], [5e-4, 3e3], color=COLOURS["quiet"], linewidth=1.2, linestyle=":")
    without, = ax.plot(updates, calm, color=COLOURS["quiet"], linestyle="--", linewidth=2)
    ax.plot(updates, steps, color=COLOURS["gradient"], marker="o", markersize=5.5, linewidth=2.2)
    label_ends(ax, [End("without spike", calm[-1]), End(f"{steps[-1]:.2g}", steps[-1], "gradient")])
    clipped = {"no clip": "not clipped", "before": "clipped at 5 before the optimiser state",
               "after": "the step clipped at 5 times the usual one"}[clip]
    looks = (19, 20, 21, len(steps) - 1)
    before, at, next_, last = told = [f"{steps[i]:.3f}" if steps[i] < 0.1 else f"{steps[i]:,.2f}"
                                      for i in looks]
    return Picture(figure, f"{optimizer}, a spike of {spike:,.0f} among gradients of 1, {clipped}: the step "
                           f"is {before} before it, {at} at it, {next_} after it and {last} forty updates "
                           f"later ({calm[-1]:.2f} without a spike).",
                   points=[("the step is", ()), *((words, Place(ax, updates[i], steps[i]))
                                                  for words, i in zip(told, looks, strict=True)),
                           (f"{calm[-1]:.2f} without a spike", without)])


@styled
def patients_chart(patients: Mapping[str, Mapping]) -> Picture:
    """Runs to diagnose, side by side: loss above, gradient norms before clipping below.

    Args:
        patients: by letter "losses" and "norms" of each update and the share "clipped".
    """
    figure, axes = new_figure(2, len(patients), height=5.4, sharex=True, sharey="row")
    figure.subplots_adjust(left=0.085, right=0.985, bottom=0.12, top=0.84, wspace=0.12, hspace=0.16)
    told = []
    for (name, run), above, below in zip(patients.items(), *axes, strict=True):
        losses, norms = np.array(run["losses"]), np.array(run["norms"])
        above.set(ylim=(0, 2 * TOP), yticks=[0, 4, 8, 12], title=f"{name}\n{run['clipped']:.0%} clipped")
        yardstick(above, CHANCE)
        above.plot(losses.clip(0, 2 * TOP), color=COLOURS["loss"], linewidth=2.2)
        if losses.max() > 2 * TOP:
            above.text(0.97, 0.06, f"▲ up to {losses.max():.0f}", transform=above.transAxes, ha="right",
                       fontsize=14)
        set_axes(below, "", ("updates", 0, len(losses)), ("", 0.1, 300), log="y",
                 xticks=[0, len(losses) // 2], yticks=[0.1, 1, 10, 100])
        below.plot(norms.clip(0.1, 300), color=COLOURS["gradient"], linewidth=1.2)
        told.append(f"{name} {losses[0]:.2f} to {losses[-20:].mean():.2f}, norms up to {norms.max():.3g}, "
                    f"median {np.median(norms):.2f}, {run['clipped']:.0%} clipped")
    axes[0, 0].set_ylabel("loss")
    axes[1, 0].set_ylabel("gradient norm")
    return Picture(figure, f"Runs to diagnose, loss at the start and the end (chance is {CHANCE:.2f}): "
                           f"{'; '.join(told)}.")
