"""Loss curves: how a run went, against what it has to beat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes

from helpers.style import COLOURS, LINE_STYLES, TEXT_COLOURS, Picture, new_figure, styled


@dataclass
class LossRecord:
    """What a run leaves behind. Losses are in nats per character.

    `smooth` follows every update: 0.999 of the old value and 0.001 of the new loss, from
    `start`, the loss at chance. `heldout` and `samples` hold (update, value) pairs.
    """

    start: float
    losses: list[float] = field(default_factory=list)
    smooth: list[float] = field(default_factory=list)
    heldout: list[tuple[int, float]] = field(default_factory=list)
    samples: list[tuple[int, str]] = field(default_factory=list)

    def add(self, loss: float) -> None:
        """Take in the loss of one update."""
        before = self.smooth[-1] if self.smooth else self.start
        self.losses.append(loss)
        self.smooth.append(0.999 * before + 0.001 * loss)

    @property
    def updates(self) -> int:
        """How many updates were made."""
        return len(self.losses)

    def best_heldout(self) -> tuple[int, float]:
        """The update with the lowest held-out loss, and that loss: where early stopping stops."""
        if not self.heldout:
            raise ValueError("this run has no held-out losses: give fit a held-out text")
        return min(self.heldout, key=lambda pair: pair[1])


def thin(values: Sequence[float], points: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """At most about `points` of the values, evenly spread on a logarithmic axis that starts at 1.

    Returns the positions, counted from 1, and the values there.
    """
    last = len(values)
    if last == 0:
        return np.empty(0), np.empty(0)
    where = np.unique(np.geomspace(1, last, points).astype(int))
    return where, np.asarray([values[i - 1] for i in where])


@styled
def loss_frame(
    updates: int, top: float, lines: Mapping[str, float] | None = None, height: float = 5.0
) -> tuple[Picture, Axes]:
    """Empty axes for a loss curve, with the horizontal lines that a run has to beat."""
    figure, ax = new_figure(height=height)
    figure.subplots_adjust(right=0.8)
    ax.set(
        xscale="log", xlim=(1, max(updates, 2)), ylim=(0, top),
        xlabel="updates (logarithmic)", ylabel="loss (nats per character)",
        title="Loss while training: lower is better",
    )
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.plot([], [], color=COLOURS["quiet"], linewidth=1, label="training, each update")
    ax.plot([], [], color=COLOURS["loss"], label="training, smoothed")
    ax.plot([], [], color=COLOURS["heldout"], linestyle=LINE_STYLES["heldout"], label="held out")
    ax.legend(loc="lower left")
    label_lines(ax, lines or {})
    return Picture(figure, f"An empty plot of loss against updates, up to {updates:,} updates."), ax


def label_lines(ax: Axes, lines: Mapping[str, float], gap: float = 0.06) -> None:
    """Horizontal dotted lines, named at the right edge; names are moved apart where they collide."""
    low, high = ax.get_ylim()
    place = -np.inf
    for name, value in sorted(lines.items(), key=lambda item: item[1]):
        ax.axhline(value, color=COLOURS["quiet"], linestyle=LINE_STYLES["chance"], linewidth=1.6)
        place = max((value - low) / (high - low), place + gap)
        ax.text(1.01, place, f"{name} {value:.2f}", transform=ax.transAxes, va="center",
                color=TEXT_COLOURS["quiet"], fontsize=14)


@styled
def loss_curve(
    record: LossRecord, lines: Mapping[str, float] | None = None, title: str = "", sentence: str = ""
) -> Picture:
    """Training and held-out loss against updates, with the lines that they have to beat.

    `sentence` replaces the default one, which states the last losses with two digits.
    """
    if not record.losses:
        raise ValueError("the record is empty: train for at least one update first")
    top = 1.08 * max(record.start, *(value for _, value in record.heldout), *(lines or {}).values())
    picture, ax = loss_frame(record.updates, top, lines)
    ax.plot(*thin(record.losses), color=COLOURS["quiet"], linewidth=0.8, alpha=0.6)
    ax.plot(*thin(record.smooth), color=COLOURS["loss"])
    ending = f"the smoothed training loss goes from {record.start:.2f} to {record.smooth[-1]:.2f}"
    if record.heldout:
        where, values = zip(*record.heldout, strict=True)
        ax.plot(np.maximum(where, 1), values, color=COLOURS["heldout"], linestyle=LINE_STYLES["heldout"],
                marker="o", markersize=5)
        ending += f" and the held-out loss to {values[-1]:.2f} (its best: {min(values):.2f})"
    if title:
        ax.set_title(title)
    picture.sentence = sentence or f"In {record.updates:,} updates {ending} nats per character."
    return picture
