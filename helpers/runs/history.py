"""What a run leaves behind: its curves, which `helpers.pictures` draws, in bounded memory."""

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np

# How many updates the smoothed loss looks back: about one reading of the course's play, whose easy and hard
# places so fall out of it.
SMOOTHED_OVER = 200
AVERAGE = 1 - 1 / SMOOTHED_OVER         # of the old value that is kept at each update
RECENT = 1000                           # updates whose norms and clips are counted
MOST_POINTS, MOST_LOOKS = 300, 150


class Point(NamedTuple):
    """What `History` keeps of an update; of the gradient norms since the point before, the largest."""

    update: int
    loss: float
    smoothed_loss: float
    grad_norm: float


class History:
    """How a run went. Losses are in nats per character, or what else the readout measures.

    `add` takes in each update, for `curves`, and `record` notes what was measured in between. Of too many
    points every second one goes.

    The smoothed loss looks back over about 200 updates: 0.995 of its old value and 0.005 of the new loss,
    divided by the share of it that is filled, so that it follows from the first update on.

    >>> history = History(start=4.0)
    >>> history.record(heldout=4.1)
    >>> for loss in (3.0, 2.0):
    ...     history.add(loss)
    >>> history.record(heldout=3.5)
    >>> history.updates.tolist(), history.smoothed_loss.round(2).tolist(), history.best_heldout()
    ([0, 2], [4.0, 2.5], (2, 3.5))

    Args:
        start: the loss at chance, which stands for the smoothed loss before the first update.
        index: how many updates were made before.
        smoothed, weight: the smoothed loss then, and the share of it that is filled, from 0 to 1.
        settings: what the run was given.

    Attributes:
        state: of the cell after the last update, if somebody wants to go on from there.
        norms, clipped: of each of the last 1,000 updates, the gradient norm and whether it was clipped.
        samples: pairs (update, text).
    """

    def __init__(self, start: float | None = None, index: int = 0, smoothed: float | None = None,
                 settings: Mapping[str, Any] | None = None, weight: float = 1.0):
        self.start, self.index, self.settings = start, index, dict(settings or {})
        self.state: tuple[np.ndarray, ...] | None = None
        self.last: Point | None = None
        self.norms: deque[float] = deque(maxlen=RECENT)
        self.clipped: deque[bool] = deque(maxlen=RECENT)
        self.samples: list[tuple[int, str]] = []
        self._points: list[Point] = []
        self._looks: dict[str, list[float]] = {}
        self._stride, self._largest = 1, 0.0
        self._smoothed, self.weight = (0.0, 0.0) if smoothed is None else (smoothed, weight)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """The history of what `kept` gave: curves by name, "settings", "samples"."""
        curves = {name: list(values) for name, values in kept.items() if name not in ("settings", "samples")}
        history = cls(settings=kept.get("settings"), index=int(curves.get("updates", [0])[-1]))
        history._looks = curves
        history.samples = [(update, text) for update, text in kept.get("samples", ())]
        return history

    def kept(self, digits: int = 3) -> dict[str, Any]:
        """The looks as lists by name, rounded, to be written to a file."""
        return {name: [round(value, digits) for value in values] for name, values in self._looks.items()}

    def add(self, loss: float, grad_norm: float = 0.0, clipped: bool = False,
            index: int | None = None) -> None:
        """Take in an update, whose number is `index`."""
        self.index = self.index + 1 if index is None else index
        self.weight = AVERAGE * self.weight + (1 - AVERAGE)
        self._smoothed += (1 - AVERAGE) / self.weight * (loss - self._smoothed)
        self._largest = max(self._largest, grad_norm)
        self.last = point = Point(self.index, loss, self._smoothed, self._largest)
        self.norms.append(grad_norm)
        self.clipped.append(clipped)
        if self.index % self._stride == 0:
            self._points.append(point)
            self._largest = 0.0
            if len(self._points) >= MOST_POINTS:
                pairs = zip(self._points[::2], self._points[1::2], strict=False)
                self._points = [second._replace(grad_norm=max(first.grad_norm, second.grad_norm))
                                for first, second in pairs]
                self._stride *= 2

    def record(self, updates: int | None = None, **measured: float) -> None:
        """Note what was measured after so many updates, by default now; always under the same names."""
        seen: dict[str, float] = {"updates": self.index if updates is None else updates}
        if self.start is not None:
            seen["smoothed_loss"] = self.start if self.smoothed is None else self.smoothed
        for name, value in (seen | measured).items():
            values = self._looks.setdefault(name, [])
            values.append(value)
            if len(values) > MOST_LOOKS:
                del values[1::2]

    @property
    def smoothed(self) -> float | None:
        """The smoothed loss now; None before the first update."""
        return self._smoothed if self.weight else None

    def curves(self) -> np.ndarray:
        """(4, n) updates, losses, smoothed losses, largest gradient norms; the last update is the last."""
        points = self._points
        if self.last and (not points or points[-1] is not self.last):
            points = [*points, self.last]
        return np.array(points, float).reshape(-1, 4).T

    def clipped_steps(self) -> float:
        """Share of the recent updates whose gradient was clipped."""
        return sum(self.clipped) / max(1, len(self.clipped))

    @property
    def updates(self) -> np.ndarray:
        """(N,) after how many updates each look was, ascending."""
        return self.measured("updates")

    @property
    def smoothed_loss(self) -> np.ndarray:
        """(N,) the smoothed loss at each look."""
        return self.measured("smoothed_loss")

    @property
    def train(self) -> np.ndarray:
        """(N,) loss over the whole training text at each look."""
        return self.measured("train")

    @property
    def heldout(self) -> np.ndarray:
        """(N,) loss over the held-out text at each look."""
        return self.measured("heldout")

    @property
    def seconds(self) -> np.ndarray:
        """(N,) how long the run had been training at each look."""
        return self.measured("seconds")

    def measured(self, name: str) -> np.ndarray:
        """(N,) what was measured under this name at each look; empty if nothing was."""
        return np.array(self._looks.get(name, []))

    def best_heldout(self) -> tuple[int, float]:
        """The update with the lowest held-out loss, and that loss: where early stopping stops."""
        if not len(self.heldout):
            raise ValueError("This run has no held-out losses. To get them, train with fit(..., "
                             "heldout=heldout), where heldout is an encoded text that this run does not "
                             "train on.")
        where = int(np.argmin(self.heldout))
        return int(self.updates[where]), float(self.heldout[where])
