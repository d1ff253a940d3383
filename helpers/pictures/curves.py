"""Loss curves, for several lessons: how a run went, against what it has to beat."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.pictures.edges import mark_beyond
from helpers.pictures.highlights import MOST, Place
from helpers.pictures.labels import LOSS, End, label_lines, set_axes
from helpers.pictures.laboratory import laboratory_frame, set_curves
from helpers.pictures.style import (
    COLOURS,
    LINE_STYLES,
    TEXT_COLOURS,
    Picture,
    new_figure,
    several_looks,
    styled,
)
from helpers.runs import SMOOTHED_OVER, History

SMOOTHED = f"training, smoothed over about {SMOOTHED_OVER} updates"


def loss_axes(updates: float, top: float) -> tuple[Figure, Axes]:
    """Axes without curves, losses up to `top` against 1 to `updates`; call it inside a `styled` function."""
    figure, ax = new_figure()
    figure.subplots_adjust(right=0.8)
    set_axes(ax, "Loss while training: lower is better", ("updates (logarithmic)", 1, max(updates, 2)),
             (LOSS, 0, top), log="x")
    return figure, ax


@styled
def loss_curve(
    history: History, lines: Mapping[str, float] | None = None, title: str = "", sentence: str = ""
) -> Picture:
    """A training run as it is shown while it goes on, with the lines that it has to beat.

    `sentence` replaces the default one, which states the last losses. It raises ValueError before the first
    update.
    """
    if history.last is None or history.start is None:
        raise ValueError("the history must have the loss at chance (start) and at least one update")
    heldout = history.heldout
    figure = laboratory_frame(history.index, {"chance": history.start, **(lines or {})}, view="loss",
                              heldout=len(heldout) > 0)
    set_curves(figure, history)
    ax = figure.axes[0]
    _, mean, held, *_ = ax.get_lines()
    ending = f"the smoothed training loss goes from {history.start:.2f} to {history.smoothed:.2f}"
    if len(heldout):
        ending += f" and the held-out loss to {heldout[-1]:.2f} (its best: {min(heldout):.2f})"
    if title:
        ax.set_title(title)
    points = {"the smoothed training loss": mean, **({"the held-out loss": held} if len(heldout) else {})}
    return Picture(figure, sentence or f"In {history.index:,} updates {ending} nats per character.",
                   points={} if sentence else points)


@styled
def run_curve(
    run: History, lines: Mapping[str, float] | None = None, beside: History | None = None,
    count: str = "updates", smoothed: bool = False, title: str = "",
) -> Picture:
    """A shipped run: loss over the training text and over the held-out text, and where that was best.

    Args:
        lines: losses to beat, by name.
        beside: another run, drawn in grey.
        count: what the horizontal axis counts, "updates" or "characters read".
        smoothed: show what a live run shows, the smoothed loss of the chunks instead of the loss
            over the whole training text, and no mark at the best update.
    """
    if count not in ("updates", "characters read"):
        raise ValueError(f"count is {count!r}. Choose 'updates' or 'characters read'.")
    scales = [1 if count == "updates" else r.settings["length"] for r in (run, beside or run)]
    last = max(r.updates[-1] * scale for r, scale in zip((run, beside or run), scales, strict=True))
    figure, ax = loss_axes(last, 1.25 * round(run.train[0], 1))     # the same for all that begin at chance
    label_lines(ax, lines or {})
    ax.set(xlabel=f"{count} (logarithmic)", title=title or "The training and held-out losses part ways")
    if beside is not None:
        x = np.maximum(beside.updates, 1) * scales[1]
        losses = beside.smoothed_loss if smoothed else beside.train
        ax.plot(x, losses, color=COLOURS["quiet"], linewidth=1.6, label=f"grey: {_settings_of(beside)}")
        ax.plot(x, beside.heldout, color=COLOURS["quiet"], linewidth=1.6, linestyle=LINE_STYLES["heldout"])
    x = np.maximum(run.updates, 1) * scales[0]
    losses = run.smoothed_loss if smoothed else run.train
    train, = ax.plot(x, losses, color=COLOURS["loss"], label=SMOOTHED if smoothed else "training text")
    if losses[-1] <= ax.get_ylim()[1]:
        mark_beyond(ax, x, np.fmax(losses, run.heldout), "loss")
    elif losses[-1] > ax.get_ylim()[1]:
        ax.text(0.98, 0.97, f"off the chart: {losses[-1]:,.0f} at the end", transform=ax.transAxes,
                ha="right", va="top", color=TEXT_COLOURS["loss"], fontsize=14)
    held, = ax.plot(x, run.heldout, color=COLOURS["heldout"], linestyle=LINE_STYLES["heldout"],
                    label="held out")
    update, best = run.best_heldout()
    at = max(update, 1) * scales[0]
    if not smoothed:
        ax.plot(at, best, "o", color=COLOURS["heldout"], markersize=12, markerfacecolor="white",
                markeredgewidth=3)
        side, above = ("right", 0.5) if at > last / 3 else ("left", 0.3)
        ax.text(at, best + above, f"best {best:.2f}", ha=side, color=TEXT_COLOURS["heldout"], fontsize=14)
    ax.legend(loc="lower left")
    read = "" if count == "updates" else f" The axis ends at {int(last):,} characters read."
    return Picture(figure, _run_in_words(run, smoothed) + read, points=[
        ("the smoothed training loss" if smoothed else "the loss on the training text", train),
        ("the held-out loss", held), (f"{update:,} updates, {best:.2f}", Place(ax, at, best))])


def _settings_of(run: History) -> str:
    """For example "100 units, length 25, rate 0.1"."""
    s = run.settings
    return f"{s['hidden_size']} units, length {s['length']}, rate {s['learning_rate']:g}"


def _run_in_words(run: History, smoothed: bool) -> str:
    update, best = run.best_heldout()
    name, losses = "loss on the training text", run.train
    if smoothed:
        name, losses = "smoothed training loss", run.smoothed_loss
    if run.settings.get("diverged"):
        return f"""With {_settings_of(run)} ({run.settings["optimizer"]}) the run was abandoned: by update
            {run.updates[-1]:,} the {name} had gone from {losses[0]:.2f} to {losses[-1]:,.2f} nats per
            character; the held-out loss was lowest after {update:,} updates, {best:.2f}."""
    ending = f"and {run.heldout[-1]:.2f} at the end"
    if update == run.updates[-1]:
        ending = "and still falling when the run ends"
    return f"""With {_settings_of(run)} ({run.settings["optimizer"]}), {run.updates[-1]:,} updates bring
        the {name} from {losses[0]:.2f} to {losses[-1]:.2f} nats per character; the held-out loss is lowest
        after {update:,} updates, {best:.2f}, {ending}."""


@styled
def race(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]], lines: Mapping[str, float] | None = None,
    title: str = "Which one falls fastest?",
) -> Picture:
    """Several losses (nats per character) in one picture, each named where it ends.

    `curves` maps a name to (updates, losses), updates ascending.
    """
    last = max(x[-1] for x, _ in curves.values())
    top = 1.1 * max(losses[0] for _, losses in curves.values())
    figure, ax = loss_axes(last, top)
    ax.set_title(title)
    together = all(x[-1] == last for x, _ in curves.values())
    order = sorted(curves.items(), key=lambda item: item[1][1][-1])
    ends, drawn = [], []
    for (name, (x, losses)), look in zip(order, several_looks(len(order)), strict=True):
        drawn += ax.plot(np.maximum(x, 1), losses, **look)
        if x[-1] < last:
            ax.text(x[-1], losses[-1] - 0.02 * top, name, ha="center", va="top", fontsize=14)
        else:
            ends.append(End(f"{name} {losses[-1]:.2f}" if together else name, losses[-1], "loss"))
    label_lines(ax, lines or {}, ends)
    every = np.unique(np.concatenate([np.maximum(x, 1) for x, _ in curves.values()]))
    mark_beyond(ax, every, np.fmax.reduce([         # the highest, so that the number is clear of all
        np.interp(np.log(every), np.log(np.maximum(x, 1)), losses, right=-np.inf)
        for x, losses in curves.values()]), "loss")
    last = [f"{name} {losses[-1]:.2f}" for name, (_, losses) in order]
    return Picture(figure, f"Loss at the end, from low to high, in nats per character: {', '.join(last)}.",
                   points=list(zip(last, drawn, strict=True))[:MOST])


def seed_band(ax: Axes, x: Sequence[float] | np.ndarray, values: np.ndarray, kind: str) -> None:
    """Colour the ground between the least and the most of several runs (S, N) at each x (N,)."""
    ax.fill_between(x, values.min(axis=0), values.max(axis=0), color=COLOURS[kind], alpha=0.25, linewidth=0)


def moving_band(ax: Axes, x: np.ndarray, values: np.ndarray, kind: str) -> None:
    """A `seed_band` of one thick zigzag line, so that it may move over a waiting frame."""
    fine = np.linspace(x[0], x[-1], 161)
    low, high = (np.interp(fine, x, edge) for edge in (values.min(axis=0), values.max(axis=0)))
    up = np.arange(len(fine)) % 2 == 0
    zigzag = np.column_stack((np.where(up, low, high), np.where(up, high, low))).ravel()
    width = ax.get_position().width * ax.figure.get_size_inches()[0] * 72 / (len(fine) - 1)
    ax.plot(np.repeat(fine, 2), zigzag, color=COLOURS[kind], alpha=0.22, linewidth=1.1 * width, marker="none")
