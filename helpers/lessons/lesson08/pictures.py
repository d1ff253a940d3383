"""Language models raced on one text: what is left to learn, who falls fastest, what each has learnt."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.pictures import (
    CELL_COLOURS,
    COLOURS,
    LINE_STYLES,
    LOSS,
    TEXT_COLOURS,
    End,
    Picture,
    label_ends,
    mark_beyond,
    new_figure,
    set_axes,
    styled,
    yardstick,
)
from helpers.runs import Result

LOSS_TICKS = [0.2, 0.3, 0.5, 1, 2, 4]       # of a logarithmic axis, that shows the last steps to the entropy
LOSSES = (LOSS, 0.19, 4.4)
CELL_LINES = {"RNN": ":", "GRU": "--", "LSTM": "-"}
Curve = tuple[Sequence[float], Sequence[float]]


FLOORS = {"entropy": "entropy of the language", "grammar": "loss if you know the grammar"}


def to_beat(ax: Axes, lines: Mapping[str, float], under: bool = False) -> None:
    """Losses to beat, named inside the plot; under the "entropy" of the language no model can stay.

    The names are over the lines, or `under` them.
    """
    for name, value in lines.items():
        sure = FLOORS.get(name)
        if sure:
            ax.axhline(value, color=COLOURS["loss"], linewidth=2)
        else:
            yardstick(ax, value)
        ax.text(0.005, value * (0.96 if under else 1.03), f"{sure} {value:.4f}" if sure else name,
                transform=ax.get_yaxis_transform(), va="top" if under else "bottom", fontsize=14,
                color=TEXT_COLOURS["loss" if sure else "quiet"])


@styled
def plot_loss_and_entropy(
    ngrams: Mapping[int, float], entropy: float, more: Mapping[int, float] | None = None
) -> Picture:
    """Held-out losses of n-gram models by their order, and the entropy below them all.

    Args:
        ngrams: order n to loss, ascending.
        entropy: exact, nats per character.
        more: the same for n-grams that were counted on twenty times as much text.
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
    best = min(ngrams, key=ngrams.__getitem__)
    said = f"""Held-out loss in nats per character: {losses[0]:.2f} at n = {orders[0]}, lowest
        {ngrams[best]:.2f} at n = {best}, {losses[-1]:.2f} at n = {orders[-1]}"""
    if more:
        there = [n for n in more if n in ngrams]
        ax.plot(there, [more[n] for n in there], color=COLOURS["quiet"], linestyle="--")
        ax.text(there[-1], 0.93 * more[there[-1]], "counted on 20 times as much text", fontsize=14,
                ha="right", va="top", color=TEXT_COLOURS["quiet"])
        best = min(there, key=more.__getitem__)
        said += f"; counted on 20 times as much text, lowest {more[best]:.2f} at n = {best}"
    return Picture(figure, f"{said}; the entropy of the language is {entropy:.4f}.")


@styled
def cell_race(
    runs: Mapping[str, Sequence[Curve]], lines: Mapping[str, float], axis: str = "updates",
    title: str = "", limits: tuple[float, float] | None = None, grey: Mapping[str, Sequence[Curve]] = {},
) -> Picture:
    """Held-out losses of several runs of each cell: all of them as lines, their median heavy.

    Of more than ten runs the lines become a band, from the lowest to the highest.

    Args:
        runs: "RNN", "GRU" or "LSTM" to its runs, each (x, losses); runs of one cell may have other x.
        lines: losses to beat; the one called "entropy" is the floor.
        axis: what x counts, with its unit.
        title: what to see.
        limits: of the logarithmic x axis; from the runs by default.
        grey: runs drawn thin behind, as `runs`.

    Raises ValueError if there is no run, or one of another cell.
    """
    unknown = (set(runs) | set(grey)) - set(CELL_COLOURS)
    if unknown:
        raise ValueError(f"runs has {', '.join(sorted(unknown))}: use only RNN, GRU and LSTM")
    every = [curve for group in (runs, grey) for found in group.values() for curve in found if len(curve[0])]
    if not every:
        raise ValueError("runs is empty: give at least one run with at least one loss")
    low, high = limits or (min(x[0] for x, _ in every), max(x[-1] for x, _ in every))
    figure, ax = new_figure(height=5.2)
    figure.subplots_adjust(right=0.83)
    ticks = [t for k in range(-2, 6) for t in (10.0**k, 3 * 10.0**k) if low <= t <= high]
    set_axes(ax, title or "Three cells with equally many parameters",
             (f"{axis} (logarithmic)", max(low, 1e-3), high), LOSSES, log="xy", xticks=ticks,
             yticks=LOSS_TICKS)
    to_beat(ax, lines)
    for name, curves in grey.items():
        for x, losses in curves:
            ax.plot(x, losses, color=COLOURS[CELL_COLOURS[name]], linewidth=0.8, alpha=0.5)
    ends, heavy = {}, []
    for name, curves in runs.items():
        curves = [curve for curve in curves if len(curve[0])]
        if not curves:
            continue
        colour = COLOURS[CELL_COLOURS[name]]
        if len(curves) > 10:                                        # so many lines would be a tangle
            x, low_edge, high_edge = band(curves)
            ax.fill_between(x, low_edge, high_edge, color=colour, alpha=0.3, linewidth=0)
            mark_beyond(ax, x, high_edge, CELL_COLOURS[name])
        else:
            for x, losses in curves:
                ax.plot(x, losses, color=colour, linewidth=1.2, alpha=0.7, linestyle=CELL_LINES[name])
        x, middle = median_curve(curves)
        heavy += ax.plot(x, middle, color=colour, linewidth=3.5, linestyle=CELL_LINES[name])
        ends[name] = [losses[-1] for _, losses in curves]
    texts = label_ends(ax, [End(f"{name} {np.median(last):.2f}", float(np.median(last)), CELL_COLOURS[name])
                            for name, last in ends.items()], size=15)
    if not ends:
        return Picture(figure, "The race has started, but no held-out loss has been measured yet.")
    told = "; ".join(f"{name} {losses_in_words(last)}" for name, last in ends.items())
    return Picture(figure, f"Held-out losses at the end, in nats per character: {told}.", points=[
        (f"{name} {np.median(last):.3f}", both)
        for (name, last), *both in zip(ends.items(), heavy, texts, strict=True)])


def losses_in_words(losses: Sequence[float]) -> str:
    """For example "0.412 (0.401 to 0.433 in 5 runs)"."""
    if len(losses) == 1:
        return f"{losses[0]:.3f}"
    return f"{np.median(losses):.3f} ({min(losses):.3f} to {max(losses):.3f} in {len(losses)} runs)"


def median_curve(curves: Sequence[Curve]) -> tuple[np.ndarray, np.ndarray]:
    """The median of several curves, read at the points of the first where all of them have begun."""
    last = min(x[-1] for x, _ in curves)
    x = np.array([at for at in curves[0][0] if max(c[0][0] for c in curves) <= at < last] + [last])
    return x, np.median([np.interp(np.log(x), np.log(at), losses) for at, losses in curves], axis=0)


def band(curves: Sequence[Curve]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, and the lowest and the highest of several curves there, at the points of `median_curve`."""
    x, _ = median_curve(curves)
    read = [np.interp(np.log(x), np.log(at), losses) for at, losses in curves]
    return x, np.min(read, axis=0), np.max(read, axis=0)


def race_curves(results: Sequence[Result], axis: str = "updates", **settings) -> dict[str, list[Curve]]:
    """The curves of a sweep over `tales_curve`, by cell, for `cell_race`.

    Args:
        axis: "updates" or "seconds".
        settings: take only the runs with these parameters, for example ``seconds=8.0``.
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
    told = []
    for place, budget in enumerate(budgets):
        curves = race_curves(results, "seconds", seconds=budget)
        for left, (name, runs) in zip((-0.3, 0.0, 0.3), curves.items(), strict=False):
            last = np.array([losses[-1] for _, losses in runs])
            at = place + left + np.linspace(-0.07, 0.07, len(last))
            few = len(last) <= 10                           # many rings are drawn smaller, to be told apart
            ax.plot(at, np.sort(last), "o", color=COLOURS[CELL_COLOURS[name]], markersize=10 if few else 6,
                    markerfacecolor="none", markeredgewidth=2.4 if few else 1.2)
            ax.text(place + left, 1.09 * last.max(), name, ha="center", va="bottom", fontsize=14,
                    color=TEXT_COLOURS[CELL_COLOURS[name]])
        order = sorted(curves, key=lambda name: np.median([losses[-1] for _, losses in curves[name]]))
        told.append(f"after {budget:g} s " + ", ".join(
            f"{name} {np.median([losses[-1] for _, losses in curves[name]]):.3f}" for name in order))
    return Picture(figure, f"Median held-out losses, in nats per character: {'; '.join(told)}.")


@styled
def plot_nll_by_kind(shares: Mapping[str, Mapping[str, float]], title: str = "") -> Picture:
    """Where the loss of each model comes from: for each kind of character its share, in nats.

    Args:
        shares: model to (kind to share), as `by_kind` gives them; shares of one model add
            up to its loss.
        title: what to see.
    """
    kinds = list(next(iter(shares.values())))
    figure, ax = new_figure(height=0.27 * len(kinds) * len(shares) + 1.7)
    figure.subplots_adjust(left=0.34, right=0.97, bottom=0.1, top=0.93)
    most = max(max(of.values()) for of in shares.values())
    ax.set(xlim=(0, 1.22 * most), ylim=(len(kinds) - 0.5, -0.5), yticks=range(len(kinds)), yticklabels=kinds,
           xticks=[], xlabel="share of the loss (nats per character)")
    ax.set_title(title or "Where the loss comes from", x=-0.5)
    ax.spines["bottom"].set_visible(False)      # the numbers are at the bars, which so have more room
    step = 0.88 / len(shares)
    for row, (name, of) in enumerate(shares.items()):
        colour = CELL_COLOURS.get(name)
        for place, value in enumerate(of.values()):
            y = place - 0.44 + (row + 0.5) * step
            ax.barh(y, value, height=0.85 * step, color=COLOURS[colour] if colour else "white",
                    edgecolor=COLOURS[colour or "loss"], linewidth=1.2)
            words = f"{name} {value:.3f}" if place == 0 else f"{value:.3f}"
            ax.text(value + 0.008 * most, y, words, va="center", fontsize=14)
    told = "; ".join(f"{name} {sum(of.values()):.3f}, of which {of[kinds[0]]:.3f} on {kinds[0]}"
                     for name, of in shares.items())
    return Picture(figure, f"Losses in nats per character: {told}.")


@styled
def plot_memorising(results: Sequence[Result], dropout: float = 0.0, grammar: float | None = None) -> Picture:
    """Losses of an LSTM that memorises a small text, on that text and on a different one.

    Args:
        results: of a sweep over `memorise`.
        dropout: which of its settings to show; that of 0 stays behind in grey.
        grammar: what one who knows the grammar pays on the small text, as the floor.

    Raises ValueError if there is no run with that setting.
    """
    chosen = [r.value for r in results if r.parameters["dropout"] == dropout and r.status == "finished"]
    if not chosen:
        raise ValueError(f"dropout is {dropout}, but no run has that value: choose one that was run")
    updates = np.array(chosen[0]["updates"])
    train, heldout = (np.array([run[name] for run in chosen]) for name in ("train", "heldout"))
    figure, ax = new_figure(height=4.9)
    figure.subplots_adjust(right=0.83)
    set_axes(ax, f"10,000 characters, read again and again: dropout {dropout:g}", ("updates", 0, updates[-1]),
             (LOSS, 0.05, 4.4), log="y", yticks=[0.05, 0.1, *LOSS_TICKS])
    if grammar is not None:
        to_beat(ax, {"grammar": grammar}, under=True)       # over it are the curves
    plain = [r.value["heldout"] for r in results if r.parameters["dropout"] == 0 and r.status == "finished"]
    if plain:
        ax.plot(updates, np.median(plain, axis=0), color=COLOURS["quiet"], linewidth=2,
                linestyle=LINE_STYLES["heldout"])
    curves = []
    for values, kind, style in ((train, "loss", "-"), (heldout, "heldout", LINE_STYLES["heldout"])):
        for run in values:
            ax.plot(updates, run, color=COLOURS[kind], linewidth=0.9, linestyle=style, alpha=0.6)
        curves += ax.plot(updates, np.median(values, axis=0), color=COLOURS[kind], linestyle=style)
    middle = np.median(heldout, axis=0)
    best = int(middle.argmin())
    mark, = ax.plot(updates[best], middle[best], "o", color=COLOURS["heldout"], markersize=12,
                    markerfacecolor="white", markeredgewidth=3)
    learnt = float(np.median(train[:, -1]))
    texts = label_ends(ax, [End(f"held out {middle[-1]:.2f}", middle[-1], "heldout"),
                            End(f"training {learnt:.2f}", learnt, "loss")])
    return Picture(figure, f"""Dropout {dropout:g}, median of {len(chosen)} seeds: the held-out loss is lowest
        after {updates[best]:,} updates, {middle[best]:.3f}; it is {middle[-1]:.3f} after {updates[-1]:,},
        when the loss on the training text is at {learnt:.3f} nats per character.""", points={
            f"lowest after {updates[best]:,} updates, {middle[best]:.3f}": mark,
            f"{middle[-1]:.3f} after {updates[-1]:,}": (curves[1], texts[0]),
            f"at {learnt:.3f}": (curves[0], texts[1])})
