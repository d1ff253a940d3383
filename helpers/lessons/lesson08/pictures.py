"""The pictures of lesson 08: cells raced on one text, sweeps, and what is inside a trained network."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from helpers.lessons.lesson08.experiments import RACED
from helpers.pictures import (
    CELL_COLOURS,
    COLOURS,
    LINE_STYLES,
    LOSS,
    TEXT_COLOURS,
    ColouredText,
    End,
    Picture,
    Place,
    heat_map,
    label_ends,
    lag_axes,
    mark_beyond,
    new_figure,
    set_axes,
    styled,
    yardstick,
)
from helpers.pictures.heatmap import medians
from helpers.runs import Result, table

LOSS_TICKS = [0.2, 0.3, 0.5, 1, 2, 4]       # of a logarithmic axis that shows the last steps to the entropy
LOSSES = (LOSS, 0.19, 4.4)
CELL_LINES = {"RNN": ":", "GRU": "--", "LSTM": "-"}
FLOORS = {"entropy": "entropy of the language", "grammar": "loss if you know the grammar"}
NAMES_RIGHT = 0.83          # where axes end that have names at the ends of their curves
MANY = 10                   # more runs than these are drawn finer, or as a band
Curve = tuple[Sequence[float], Sequence[float]]


def to_beat(ax: Axes, lines: Mapping[str, float], under: bool = False) -> None:
    """Losses to beat, named over their lines or `under` them. No model can stay below one of `FLOORS`."""
    for name, value in lines.items():
        floor = FLOORS.get(name)
        if floor:
            ax.axhline(value, color=COLOURS["loss"], linewidth=2)
        else:
            yardstick(ax, value)
        ax.text(0.005, value * (0.96 if under else 1.03), f"{floor} {value:.4f}" if floor else name,
                transform=ax.get_yaxis_transform(), va="top" if under else "bottom", fontsize=14,
                color=TEXT_COLOURS["loss" if floor else "quiet"])


@styled
def plot_loss_and_entropy(ngrams: Mapping[int, float], entropy: float, more: Mapping[int, float]) -> Picture:
    """Held-out losses of n-grams by their order n, ascending, and the entropy of the language below them.

    `more` are the losses of n-grams that were counted on twenty times as much text.
    """
    figure, ax = new_figure(height=4.9)
    orders, losses = zip(*ngrams.items(), strict=True)
    set_axes(ax, "What counting can find, and what it can't",
             ("n: characters counted together", orders[0] - 0.4, orders[-1] + 0.4), LOSSES, log="y",
             xticks=orders, yticks=LOSS_TICKS)
    to_beat(ax, {"entropy": entropy})
    ax.plot(orders, losses, color=COLOURS["quiet"], marker="o", markersize=9)
    for order, loss in ngrams.items():
        ax.text(order + 0.06, 1.06 * loss, f"{loss:.2f}", fontsize=14, color=TEXT_COLOURS["quiet"])
    both = [n for n in more if n in ngrams]
    ax.plot(both, [more[n] for n in both], color=COLOURS["quiet"], linestyle="--")
    ax.text(both[-1], 0.93 * more[both[-1]], "counted on 20 times as much text", fontsize=14,
            ha="right", va="top", color=TEXT_COLOURS["quiet"])
    best, best_of_more = min(ngrams, key=ngrams.__getitem__), min(both, key=more.__getitem__)
    return Picture(figure, f"""Held-out loss in nats per character: {losses[0]:.2f} at n = {orders[0]}, lowest
        {ngrams[best]:.2f} at n = {best}, {losses[-1]:.2f} at n = {orders[-1]}; counted on 20 times as much
        text, lowest {more[best_of_more]:.2f} at n = {best_of_more}; the entropy of the language is
        {entropy:.4f}.""")


# --- the race ---

@styled
def cell_race(
    runs: Mapping[str, Sequence[Curve]], lines: Mapping[str, float], axis: str = "updates",
    title: str = "", limits: tuple[float, float] | None = None, grey: Mapping[str, Sequence[Curve]] = {},
) -> Picture:
    """Held-out losses of several runs of each cell: all of them as lines, their median heavy.

    If a cell has more than ten runs, its lines become a band, from the lowest to the highest.

    Args:
        runs: "RNN", "GRU" or "LSTM" to its runs, each (x, losses); runs of one cell may have other x.
        lines: losses to beat; the one called "entropy" is the floor.
        axis: what x counts, with its unit.
        limits: of the logarithmic x axis; from the runs by default.
        grey: runs drawn thin behind, as `runs`.
    """
    every = [curve for group in (runs, grey) for curves in group.values() for curve in curves
             if len(curve[0])]
    low, high = limits or (min(x[0] for x, _ in every), max(x[-1] for x, _ in every))
    figure, ax = new_figure(height=5.2)
    figure.subplots_adjust(right=NAMES_RIGHT)
    ticks = [t for k in range(-2, 6) for t in (10.0**k, 3 * 10.0**k) if low <= t <= high]
    set_axes(ax, title or "Three cells with equally many parameters",
             (f"{axis} (logarithmic)", max(low, 1e-3), high), LOSSES, log="xy", xticks=ticks,
             yticks=LOSS_TICKS)
    to_beat(ax, lines)
    for name, curves in grey.items():
        for x, losses in curves:
            ax.plot(x, losses, color=COLOURS[CELL_COLOURS[name]], linewidth=0.8, alpha=0.5)
    drawn = {name: curves for name, all_curves in runs.items()
             if (curves := [curve for curve in all_curves if len(curve[0])])}
    heavy = [_draw_cell(ax, name, curves) for name, curves in drawn.items()]
    ends = {name: [losses[-1] for _, losses in curves] for name, curves in drawn.items()}
    texts = label_ends(ax, [End(f"{name} {np.median(last):.2f}", float(np.median(last)), CELL_COLOURS[name])
                            for name, last in ends.items()], size=15)
    if not ends:
        return Picture(figure, "The race has started, but no held-out loss has been measured yet.")
    words = "; ".join(f"{name} {losses_in_words(last)}" for name, last in ends.items())
    return Picture(figure, f"Held-out losses at the end, in nats per character: {words}.", points=[
        (f"{name} {np.median(last):.3f}", both)
        for (name, last), *both in zip(ends.items(), heavy, texts, strict=True)])


def _draw_cell(ax: Axes, name: str, curves: Sequence[Curve]) -> Artist:
    """The runs of one cell and their median, which is returned."""
    colour, style = COLOURS[CELL_COLOURS[name]], CELL_LINES[name]
    x, losses_there = at_common_points(curves)
    if len(curves) > MANY:                                          # so many lines would be a tangle
        highest = losses_there.max(axis=0)
        ax.fill_between(x, losses_there.min(axis=0), highest, color=colour, alpha=0.3, linewidth=0)
        mark_beyond(ax, x, highest, CELL_COLOURS[name])
    else:
        for own_x, losses in curves:
            ax.plot(own_x, losses, color=colour, linewidth=1.2, alpha=0.7, linestyle=style)
    return ax.plot(x, np.median(losses_there, axis=0), color=colour, linewidth=3.5, linestyle=style)[0]


def losses_in_words(losses: Sequence[float]) -> str:
    """For example "0.412 (0.401 to 0.433 in 5 runs)"."""
    if len(losses) == 1:
        return f"{losses[0]:.3f}"
    return f"{np.median(losses):.3f} ({min(losses):.3f} to {max(losses):.3f} in {len(losses)} runs)"


def at_common_points(curves: Sequence[Curve]) -> tuple[np.ndarray, np.ndarray]:
    """x (N,) of the first curve where all have begun and none has ended, and the losses (S, N) there."""
    last = min(x[-1] for x, _ in curves)
    x = np.array([at for at in curves[0][0] if max(c[0][0] for c in curves) <= at < last] + [last])
    return x, np.array([np.interp(np.log(x), np.log(own_x), losses) for own_x, losses in curves])


def race_curves(results: Sequence[Result], axis: str = "updates", **settings) -> dict[str, list[Curve]]:
    """The curves of a sweep over `tales_curve`, by cell, for `cell_race`.

    `axis` is "updates" or "seconds". Of `settings`, such as ``seconds=3.0``, only the runs with these
    parameters are taken.
    """
    curves: dict[str, list[Curve]] = {cell: [] for cell in CELL_COLOURS}
    for result in results:
        if all(result.parameters.get(name) == value for name, value in settings.items()):
            curves[result.parameters["cell"]].append((result.value[axis], result.value["heldout"]))
    return {cell: runs for cell, runs in curves.items() if runs}


@styled
def plot_equal_seconds(results: Sequence[Result], lines: Mapping[str, float]) -> Picture:
    """The last losses of runs with a budget of seconds: a ring for each seed, budget by budget."""
    budgets = sorted({result.parameters["seconds"] for result in results})
    figure, ax = new_figure(height=4.9)
    figure.subplots_adjust(right=0.97)
    set_axes(ax, "Equal seconds: each ring is one run",
             ("processor time spent on training", -0.55, len(budgets) - 0.35), (LOSS, 0.19, 2.5), log="y",
             yticks=LOSS_TICKS)
    ax.set_xticks(range(len(budgets)), [f"{budget:g} s" for budget in budgets])
    to_beat(ax, lines)
    sentences = []
    for place, budget in enumerate(budgets):
        ends = {name: np.array([losses[-1] for _, losses in runs])
                for name, runs in race_curves(results, "seconds", seconds=budget).items()}
        for left, (name, last) in zip((-0.3, 0.0, 0.3), ends.items(), strict=False):
            at = place + left + np.linspace(-0.07, 0.07, len(last))
            few = len(last) <= MANY
            ax.plot(at, np.sort(last), "o", color=COLOURS[CELL_COLOURS[name]], markersize=10 if few else 6,
                    markerfacecolor="none", markeredgewidth=2.4 if few else 1.2)
            ax.text(place + left, 1.09 * last.max(), name, ha="center", va="bottom", fontsize=14,
                    color=TEXT_COLOURS[CELL_COLOURS[name]])
        middles = {name: np.median(last) for name, last in ends.items()}
        sentences.append(f"after {budget:g} s " + ", ".join(
            f"{name} {middles[name]:.3f}" for name in sorted(middles, key=middles.__getitem__)))
    return Picture(figure, f"Median held-out losses, in nats per character: {'; '.join(sentences)}.")


@styled
def plot_nll_by_kind(shares: Mapping[str, Mapping[str, float]], title: str = "") -> Picture:
    """Where the loss of each model comes from: for each kind of character its share, in nats.

    `shares` maps models to what `sum_by_kind` or `sum_by_memory` gives; the shares of one model add up to
    its loss.
    """
    kinds = list(next(iter(shares.values())))
    figure, ax = new_figure(height=0.27 * len(kinds) * len(shares) + 1.7)
    figure.subplots_adjust(left=0.34, right=0.97, bottom=0.1, top=0.93)
    most = max(max(by_kind.values()) for by_kind in shares.values())
    ax.set(xlim=(0, 1.22 * most), ylim=(len(kinds) - 0.5, -0.5), yticks=range(len(kinds)), yticklabels=kinds,
           xticks=[], xlabel="share of the loss (nats per character)")
    ax.set_title(title or "Where the loss comes from", x=-0.5)
    ax.spines["bottom"].set_visible(False)      # the numbers stand at the bars, which so have more room
    step = 0.88 / len(shares)
    for row, (name, by_kind) in enumerate(shares.items()):
        colour = CELL_COLOURS.get(name)
        for place, value in enumerate(by_kind.values()):
            y = place - 0.44 + (row + 0.5) * step
            ax.barh(y, value, height=0.85 * step, color=COLOURS[colour] if colour else "white",
                    edgecolor=COLOURS[colour or "loss"], linewidth=1.2)
            words = f"{name} {value:.3f}" if place == 0 else f"{value:.3f}"
            ax.text(value + 0.008 * most, y, words, va="center", fontsize=14)
    words = "; ".join(f"{name} {sum(by_kind.values()):.3f}, of which {by_kind[kinds[0]]:.3f} on {kinds[0]}"
                      for name, by_kind in shares.items())
    return Picture(figure, f"Losses in nats per character: {words}.")


@styled
def plot_memorising(results: Sequence[Result], dropout: float, grammar: float) -> Picture:
    """Losses of an LSTM that memorises a small text, on that text and on a different one.

    Args:
        results: of a sweep over `memorise`.
        dropout: which of its settings to show; that of 0 stays behind in grey.
        grammar: the loss on the small text of a reader who knows the grammar, as the floor.

    Raises ValueError if there is no run with that setting.
    """
    values = [run.value for run in results if run.parameters["dropout"] == dropout]
    if not values:
        raise ValueError(f"dropout is {dropout}, but no run has that value: choose one that was run")
    updates = np.array(values[0]["updates"])
    figure, ax = new_figure(height=4.9)
    figure.subplots_adjust(right=NAMES_RIGHT)
    set_axes(ax, f"10,000 characters, read again and again: dropout {dropout:g}", ("updates", 0, updates[-1]),
             (LOSS, 0.05, 4.4), log="y", yticks=[0.05, 0.1, *LOSS_TICKS])
    to_beat(ax, {"grammar": grammar}, under=True)           # over the line are the curves
    plain = [run.value["heldout"] for run in results if run.parameters["dropout"] == 0]
    ax.plot(updates, np.median(plain, axis=0), color=COLOURS["quiet"], linewidth=2,
            linestyle=LINE_STYLES["heldout"])
    curves, middles = {}, {}
    for kind, colour, style in (("train", "loss", "-"), ("heldout", "heldout", LINE_STYLES["heldout"])):
        losses = np.array([run[kind] for run in values])
        for run in losses:
            ax.plot(updates, run, color=COLOURS[colour], linewidth=0.9, linestyle=style, alpha=0.6)
        middles[kind] = np.median(losses, axis=0)
        curves[kind], = ax.plot(updates, middles[kind], color=COLOURS[colour], linestyle=style)
    heldout, learnt = middles["heldout"], middles["train"][-1]
    best = int(heldout.argmin())
    mark, = ax.plot(updates[best], heldout[best], "o", color=COLOURS["heldout"], markersize=12,
                    markerfacecolor="white", markeredgewidth=3)
    texts = label_ends(ax, [End(f"held out {heldout[-1]:.2f}", heldout[-1], "heldout"),
                            End(f"training {learnt:.2f}", learnt, "loss")])
    return Picture(figure, f"""Dropout {dropout:g}, median of {len(values)} seeds: the held-out loss is lowest
        after {updates[best]:,} updates, {heldout[best]:.3f}; it is {heldout[-1]:.3f} after {updates[-1]:,},
        when the loss on the training text is at {learnt:.3f} nats per character.""", points={
            f"lowest after {updates[best]:,} updates, {heldout[best]:.3f}": mark,
            f"{heldout[-1]:.3f} after {updates[-1]:,}": (curves["heldout"], texts[0]),
            f"at {learnt:.3f}": (curves["train"], texts[1])})


# --- sweeps ---

KINDS_OF_LOSS = {"held out": "heldout", "training": "train"}
CHANCE = math.log(60)       # of the play: where the colours end
NEAR = 0.1                  # nats per character: what counts as within the valley


def rate_and_size(
    results: Sequence[Result], loss: str = "held out", grid: Mapping[str, Sequence] | None = None
) -> Picture:
    """Losses of a sweep over `text_losses` by learning rate and hidden size: medians over the seeds.

    The sentence says which setting is best, and how many are hardly worse: how wide the valley is.

    Args:
        results: of all seeds, or of those that are to be seen.
        loss: "held out" or "training".
        grid: of the sweep, while it goes on: the whole map is laid out, and the sentence counts the runs.
    """
    runs = table(results, "hidden_size", "learning_rate", KINDS_OF_LOSS[loss], grid)
    measured = f"loss on {'held-out' if loss == 'held out' else 'the training'} text"
    seeds = (f"median of {len(runs.seeds)} seeds" if len(runs.seeds) > 1 else
             f"seed {runs.seeds[0]} alone" if runs.seeds else "no run yet")
    heading, sentence, points, middle = f"{measured.capitalize()}, {seeds}", "", {}, medians(runs)
    if np.isfinite(middle).any():
        r, c = np.unravel_index(np.nanargmin(middle), middle.shape)
        valley = [place for place in np.argwhere(middle <= middle[r, c] + NEAR).tolist() if place != [r, c]]
        others = np.count_nonzero(~np.isnan(middle)) - 1
        lowest = f"the lowest is {middle[r, c]:.2f}"
        near = f"{len(valley) or 'none'} {'is' if len(valley) < 2 else 'are'} within {NEAR:g}"
        so_far = f"The sweep has finished {results[-1].done} of {results[-1].total} runs. " if grid else ""
        sentence = (f"{so_far}{heading}: {lowest} nats per character, at {runs.rows[r]} units and rate "
                    f"{runs.columns[c]:g}; of the rest ({others} in all), {near} of it.")
        points = {lowest: [(r, c)], near: valley}
    return heat_map(
        runs, title=heading, row_label="units", column_label="learning rate", value_label=measured,
        highest=CHANCE, logarithmic=True, sentence=sentence, points=points,
    )


IDEA_NAMES = {"fading weights": "weight decay", "averaged weights": "model averaging",
              "counts asked too": "interpolation", "all but the counts": "all but interpolation"}


@styled
def plot_speedups(results: Sequence[Result], seconds: float, counts: float) -> Picture:
    """Held-out losses with each idea alone and with all, after so many seconds: a ring for each seed.

    Args:
        results: of a sweep over `ideas_curve`.
        seconds: one of its marks.
        counts: the loss of the counts alone.
    """
    losses: dict[str, list[float]] = {IDEA_NAMES.get(idea, idea): [] for idea in RACED}
    for result in results:
        marks = [round(mark, 1) for mark in result.value["seconds"]]    # a look is one update late at most
        idea = result.parameters["idea"]
        losses[IDEA_NAMES.get(idea, idea)].append(result.value["heldout"][marks.index(seconds)])
    figure, ax = new_figure(height=0.5 * len(losses) + 1.6)
    figure.subplots_adjust(left=0.25, right=0.97, bottom=0.19, top=0.89)
    every = [loss for result in results for loss in result.value["heldout"]]   # the same axis at each look
    set_axes(ax, f"After {seconds:g} s: each ring is one run",
             ("loss on held-out text (nats per character)", 0.94 * min(every), 1.35 * max(every)),
             ("", len(losses) - 0.4, -1.2), log="x", xticks=[0.4, 0.5, 0.6, 0.8, 1, 1.5, 2])
    ax.set_yticks(range(len(losses)), losses)
    plain = float(np.median(losses["none"]))
    ax.plot([plain, plain], [-0.6, len(losses) - 0.4], color=COLOURS["quiet"], linestyle=":", linewidth=1.6)
    line = ax.axvline(counts, color=COLOURS["loss"], linestyle="--", linewidth=1.6)
    label = ax.text(1.02 * counts, -0.85, f"counts alone {counts:.3f}", va="center", fontsize=14)
    points: list[tuple[str, tuple[Artist, ...]]] = [(label.get_text(), (line, label))]
    for row, (idea, ends) in enumerate(losses.items()):
        middle, few = float(np.median(ends)), len(ends) <= MANY
        rings, = ax.plot(ends, np.full(len(ends), row), "o", color=COLOURS["heldout"],
                         markersize=10 if few else 6, markerfacecolor="none",
                         markeredgewidth=2.2 if few else 1.2)
        ax.plot([middle, middle], [row - 0.3, row + 0.3], color=COLOURS["heldout"], linewidth=3)
        label = ax.text(0.99, row, f"{middle:.3f}", transform=ax.get_yaxis_transform(), ha="right",
                        va="center", fontsize=14)
        points.append((f"{idea} {middle:.3f}", (rings, label)))
    return Picture(figure, f"""Held-out losses after {seconds:g} s, medians of
        {len(losses["none"])} seeds: {", ".join(words for words, _ in points)}.""", points=points)


# --- inside a trained network ---

@styled
def plot_best_correlations(
    best: Mapping[str, tuple[int, float, float]], control: Mapping[str, float],
    untrained: Mapping[str, float],
) -> Picture:
    """The unit that correlates best with each feature, and what the same search finds where nothing is.

    Args:
        best: feature to (cell, r where it was found, r on fresh text).
        control: feature to the largest |r| of any unit with the shifted feature.
        untrained: feature to the |r| on fresh text of the best unit of a network that has learnt nothing.
    """
    figure, ax = new_figure(height=0.62 * len(best) + 2.0)
    figure.subplots_adjust(left=0.27, right=0.8, top=0.8)
    ax.set(xlim=(0, 1), ylim=(len(best) - 0.4, -0.6), yticks=range(len(best)), yticklabels=list(best),
           xlabel="|r|: strength of the correlation", title="The best of 96 units for each feature\n\n")
    y = np.arange(len(best))
    for row in y:
        ax.axhline(row, color="#DDDDDD", linewidth=1, zorder=0)
    trained = [abs(fresh) for _, _, fresh in best.values()]
    for values, kind, fill, size in ((trained, "c", COLOURS["c"], 13),
                                     (list(untrained.values()), "quiet", "white", 12)):
        ax.plot(values, y, "o", color=COLOURS[kind], markersize=size, markerfacecolor=fill,
                markeredgewidth=2.5)
    ax.plot(list(control.values()), y, "|", color="black", markersize=24, markeredgewidth=3)
    for place, text, kind in ((0.0, "● trained, fresh text", "c"), (0.43, "○ untrained", "quiet"),
                              (0.7, "| trained, feature shifted", "loss")):
        ax.text(place, 1.04, text, transform=ax.transAxes, fontsize=14, color=TEXT_COLOURS[kind])
    label_ends(ax, [End(f"unit {cell}, r = {fresh:+.2f}", row, "c")
                    for row, (cell, _, fresh) in enumerate(best.values())])
    words = ", ".join(
        f"{name} {abs(fresh):.2f} (untrained {untrained[name]:.2f}, shifted {control[name]:.2f})"
        for name, (_, _, fresh) in best.items())
    return Picture(figure, f"Strongest correlations of single units on fresh text: {words}.")


@styled
def damage_by_correlation(
    r: np.ndarray, damage: np.ndarray, feature: str, what: str, marked: Sequence[int] = (),
) -> Picture:
    """Each unit a ring: how well it correlates with a feature, and how much its fixed gate costs.

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
    """One moment of a run: where it is on the loss curve, how far its gradient reaches, and a text below.

    Args:
        losses: update to held-out loss, ascending.
        reach: update to (L + 1,) norms of the gradient by lag; other moments stay in grey.
        update: the moment, one of them.
        entropy: of the language.
    """
    figure, (left, right) = new_figure(1, 2, height=4.0)
    left.set_position([0.075, 0.18, 0.35, 0.68])
    right.set_position([0.53, 0.18, 0.31, 0.68])
    mark = _draw_moment(left, losses, update, entropy)
    norms = reach[update]
    lags = len(norms) - 1
    lag_axes(right, "How far the gradient reaches", "norm (1 at lag 0)", lags, 1e-8, 1e1)
    for other in reach.values():
        right.plot(other, color=COLOURS["quiet"], linewidth=0.8, alpha=0.5)
    curve, = right.plot(norms, color=COLOURS["gradient"])
    highest = max(other[-1] for other in reach.values() if other is not norms)
    label_ends(right, [End(f"update {update:,}", norms[-1], "gradient"), End("other updates", highest)])
    last = int(np.flatnonzero(norms >= 0.01)[-1])
    within = (f"from lag {last + 1} on is below a hundredth of its norm at lag 0" if last < lags else
              f"is still above a hundredth of its norm at lag 0 when it reaches lag {lags}")
    return Picture(figure, f"""After {update:,} updates the held-out loss is {losses[update]:.3f} nats per
        character, and the gradient {within} (at lag {lags}: {norms[-1]:.1e}).""", text,
        points={f"the held-out loss is {losses[update]:.3f}": mark, f"the gradient {within}": curve})


def _draw_moment(ax: Axes, losses: Mapping[int, float], update: int, entropy: float) -> Artist:
    """The loss curve, and on it the moment, whose mark is returned."""
    x, y = np.maximum(list(losses), 5), list(losses.values())
    set_axes(ax, "Where we are", ("updates (logarithmic)", 5, max(losses)),
             ("held-out loss (nats)", 0, 4.4), log="x", xticks=[10, 100, 1000, 10_000])
    yardstick(ax, entropy, "loss")
    ax.text(0.03, entropy + 0.08, f"entropy {entropy:.2f}", transform=ax.get_yaxis_transform(),
            va="bottom", fontsize=14)
    ax.plot(x, y, color=COLOURS["heldout"], linestyle=LINE_STYLES["heldout"])
    mark, = ax.plot(max(update, 5), losses[update], "o", color=COLOURS["heldout"], markersize=13,
                    markerfacecolor="white", markeredgewidth=3)
    words = f"update {update:,}: {losses[update]:.2f}"      # beside the mark, above the curve, in the plot
    place = np.log(x / 5) / np.log(x[-1] / 5)
    share = 14 * 0.66 * len(words) / (72 * ax.get_position().width * ax.get_figure().get_figwidth())
    begin = max(0.0, min(place[list(losses).index(update)] + 0.04, 1 - share))
    ax.text(5 * (x[-1] / 5) ** begin, np.interp(begin, place, y) + 0.1, words, va="bottom", fontsize=14,
            color=TEXT_COLOURS["heldout"])
    return mark
