"""Loss curves: how a run went, against what it has to beat."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.pictures.labels import label_lines
from helpers.pictures.style import COLOURS, LINE_STYLES, TEXT_COLOURS, Picture, new_figure, styled
from helpers.runs import LossRecord, ShippedRun


def thin(values: Sequence[float], points: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """At most about `points` of the values, evenly spread on a logarithmic axis that starts at 1.

    Returns the positions, counted from 1, and the values there.
    """
    last = len(values)
    if last == 0:
        return np.empty(0), np.empty(0)
    where = np.unique(np.geomspace(1, last, points).astype(int))
    return where, np.asarray([values[i - 1] for i in where])


def loss_axes(updates: float, top: float) -> tuple[Figure, Axes]:
    """Axes without curves, losses up to `top` against 1 to `updates`; call it inside a `styled` function."""
    figure, ax = new_figure()
    figure.subplots_adjust(right=0.8)
    ax.set(
        xscale="log", xlim=(1, max(updates, 2)), ylim=(0, top),
        xlabel="updates (logarithmic)", ylabel="loss (nats per character)",
        title="Loss while training: lower is better",
    )
    ax.xaxis.set_major_formatter("{x:,.0f}")
    return figure, ax


@styled
def loss_frame(
    updates: int, top: float, lines: Mapping[str, float] | None = None
) -> tuple[Picture, Axes]:
    """Axes for a loss curve, with the horizontal lines that a run has to beat.

    The first three lines of the axes are empty and wait for data: each loss, smoothed, held out.
    """
    figure, ax = loss_axes(updates, top)
    ax.plot([], [], color=COLOURS["quiet"], linewidth=1, label="training, each update")
    ax.plot([], [], color=COLOURS["loss"], label="training, smoothed")
    ax.plot([], [], color=COLOURS["heldout"], linestyle=LINE_STYLES["heldout"], marker="o", markersize=5,
            label="held out")
    ax.legend(loc="lower left")
    label_lines(ax, lines or {})
    return Picture(figure, f"An empty plot of loss against updates, up to {updates:,} updates."), ax


def set_losses(ax: Axes, record: LossRecord) -> None:
    """Put the losses of a run into the three waiting lines of `loss_frame`."""
    each, smooth, heldout = ax.get_lines()[:3]
    each.set_data(*thin(record.losses))
    smooth.set_data(*thin(record.smooth))
    if record.heldout:
        where, values = zip(*record.heldout, strict=True)
        heldout.set_data(np.maximum(where, 1), values)


@styled
def loss_curve(
    record: LossRecord, lines: Mapping[str, float] | None = None, title: str = "", sentence: str = ""
) -> Picture:
    """Training and held-out loss against updates, with the lines that they have to beat.

    `sentence` replaces the default one, which states the last losses with two digits.
    """
    if not record.losses:
        raise ValueError("the record is empty: train for at least one update first")
    picture, ax = loss_frame(record.updates, 1.25 * max([record.start, *(lines or {}).values()]), lines)
    set_losses(ax, record)
    if not record.heldout:
        ax.legend(handles=ax.get_lines()[:2], loc="lower left")
    ending = f"the smoothed training loss goes from {record.start:.2f} to {record.smooth[-1]:.2f}"
    if record.heldout:
        values = [value for _, value in record.heldout]
        ending += f" and the held-out loss to {values[-1]:.2f} (its best: {min(values):.2f})"
    if title:
        ax.set_title(title)
    picture.sentence = sentence or f"In {record.updates:,} updates {ending} nats per character."
    return picture


@styled
def run_curve(
    run: ShippedRun, lines: Mapping[str, float] | None = None, beside: ShippedRun | None = None,
    count: str = "updates", smoothed: bool = False, title: str = "",
) -> Picture:
    """A shipped run: loss over the training text and over the held-out text, where that was best.

    Args:
        run: what is shown in full colour.
        lines: losses to beat, by name.
        beside: another run, drawn in grey to compare with.
        count: "updates", or "characters read", what the horizontal axis counts.
        smoothed: show what a live run shows, the smoothed loss of the chunks instead of the loss
            over the whole training text, and no mark at the best update.
        title: what to see.

    Raises ValueError for another `count`.
    """
    if count not in ("updates", "characters read"):
        raise ValueError(f"count is {count!r}: take 'updates' or 'characters read'")
    scales = [1 if count == "updates" else r.settings["length"] for r in (run, beside or run)]
    last = max(r.updates[-1] * scale for r, scale in zip((run, beside or run), scales, strict=True))
    figure, ax = loss_axes(last, 1.25 * run.smooth[0])
    label_lines(ax, lines or {})
    ax.set(xlabel=f"{count} (logarithmic)", title=title or "Training text and held-out text part ways")
    if beside is not None:
        x = np.maximum(beside.updates, 1) * scales[1]
        losses = beside.smooth if smoothed else beside.train
        ax.plot(x, losses, color=COLOURS["quiet"], linewidth=1.6, label=f"grey: {settings_in_words(beside)}")
        ax.plot(x, beside.heldout, color=COLOURS["quiet"], linewidth=1.6, linestyle=LINE_STYLES["heldout"])
    x = np.maximum(run.updates, 1) * scales[0]
    losses = run.smooth if smoothed else run.train
    ax.plot(x, losses, color=COLOURS["loss"], label="training, smoothed" if smoothed else "training text")
    if losses[-1] > ax.get_ylim()[1]:
        ax.text(0.98, 0.97, f"beyond the picture: {losses[-1]:,.0f} at the end", transform=ax.transAxes,
                ha="right", va="top", color=TEXT_COLOURS["loss"], fontsize=14)
    ax.plot(x, run.heldout, color=COLOURS["heldout"], linestyle=LINE_STYLES["heldout"], label="held out")
    if not smoothed:
        update, best = run.best_heldout()
        at = max(update, 1) * scales[0]
        ax.plot(at, best, "o", color=COLOURS["heldout"], markersize=12, markerfacecolor="white",
                markeredgewidth=3)
        side, above = ("right", 0.5) if at > last / 3 else ("left", 0.3)
        ax.text(at, best + above, f"best {best:.2f}", ha=side, color=TEXT_COLOURS["heldout"], fontsize=14)
    ax.legend(loc="lower left")
    read = "" if count == "updates" else f" The axis ends at {int(last):,} characters read."
    return Picture(figure, _run_in_words(run, smoothed) + read)


def settings_in_words(run: ShippedRun) -> str:
    """For example "100 units, length 25, rate 0.1"."""
    s = run.settings
    return f"{s['hidden_size']} units, length {s['length']}, rate {s['learning_rate']:g}"


def _run_in_words(run: ShippedRun, smoothed: bool) -> str:
    update, best = run.best_heldout()
    name, losses = "loss on the training text", run.train
    if smoothed:
        name, losses = "smoothed training loss", run.smooth
    if run.settings.get("diverged"):
        return f"""With {settings_in_words(run)} ({run.settings["optimizer"]}) the run was given up: by update
            {run.updates[-1]:,} the {name} had gone from {losses[0]:.2f} to {losses[-1]:,.2f} nats per
            character; the held-out loss was lowest after {update:,} updates, {best:.2f}."""
    ending = f"and {run.heldout[-1]:.2f} at the end"
    if update == run.updates[-1]:
        ending = "and still falling when the run ends"
    return f"""With {settings_in_words(run)} ({run.settings["optimizer"]}), {run.updates[-1]:,} updates bring
        the {name} from {losses[0]:.2f} to {losses[-1]:.2f} nats per character; the held-out loss is lowest
        after {update:,} updates, {best:.2f}, {ending}."""


@styled
def race(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]], lines: Mapping[str, float] | None = None,
    title: str = "Which one falls fastest?", xlabel: str = "updates (logarithmic)",
) -> Picture:
    """Several losses in one picture, each named where it ends.

    `curves` maps a name to (x, losses), x ascending; losses in nats per character. Raises ValueError
    if there are none.
    """
    if not curves:
        raise ValueError("curves is empty: give at least one name with (x, losses)")
    last = max(x[-1] for x, _ in curves.values())
    top = 1.1 * max(losses[0] for _, losses in curves.values())
    figure, ax = loss_axes(last, top)
    label_lines(ax, lines or {})
    ax.set(title=title, xlabel=xlabel)
    dashes = ["-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (10, 3))]
    shades = mpl.colormaps["cividis"](np.linspace(0, 0.75, len(curves)))
    place = -np.inf
    ends = sorted(curves.items(), key=lambda item: item[1][1][-1])
    for i, (name, (x, losses)) in enumerate(ends):
        ax.plot(np.maximum(x, 1), losses, color=shades[i], linestyle=dashes[i % len(dashes)])
        if x[-1] < last:
            ax.text(x[-1], losses[-1] - 0.02 * top, name, ha="center", va="top", fontsize=14)
        else:
            place = max(min(losses[-1] / top, 1.0), place + 0.075)
            words = f"{name} {losses[-1]:.2f}" if all(x[-1] == last for x, _ in curves.values()) else name
            ax.text(1.01, place, words, transform=ax.transAxes, va="center", fontsize=14)
    order = ", ".join(f"{name} {losses[-1]:.2f}" for name, (_, losses) in ends)
    return Picture(figure, f"Loss at the end, from low to high, in nats per character: {order}.")
