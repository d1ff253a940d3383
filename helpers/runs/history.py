"""What is remembered of a run: its losses and gradient norms."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from helpers.networks import Step

AVERAGE = 0.995             # of the old average that is kept at each update: it looks back about 200
RECENT = 1000               # updates whose norms and clips are counted
Point = tuple[int, float, float, float]     # update, loss, averaged loss, largest gradient norm


@dataclass
class LossRecord:
    """What a run leaves behind. Losses are in nats per character.

    `smooth` follows every update: 0.999 of the old value and 0.001 of the new loss, from
    `start`, the loss at chance. `heldout` and `samples` hold (update, value) pairs. `state` and
    `index` are those of the last step of `train`, from which a later call may go on.
    """

    start: float
    losses: list[float] = field(default_factory=list)
    smooth: list[float] = field(default_factory=list)
    heldout: list[tuple[int, float]] = field(default_factory=list)
    samples: list[tuple[int, str]] = field(default_factory=list)
    state: tuple[np.ndarray, ...] | None = field(default=None, repr=False)
    index: int = 0

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


class History:
    """Curves of a run of any length in bounded memory.

    When `most` points are there, every second one goes and from then on only every second update
    adds one. Of the gradient norms between two points the largest is kept. `norms` and `clipped`
    (whether each gradient was) are those of the last 1,000 updates; `heldout` has pairs
    (update, loss).
    """

    def __init__(self, most: int = 300):
        self.most, self.stride = most, 1
        self.points: list[Point] = []
        self.last: Point | None = None
        self.norms, self.clipped = deque(maxlen=RECENT), deque(maxlen=RECENT)
        self.heldout: list[tuple[int, float]] = []
        self._sum = self._weight = self._largest = 0.0

    def add(self, step: Step) -> None:
        """Take in what an update saw."""
        index, loss, norm = step.index, step.loss, step.grad_norm
        self._sum = AVERAGE * self._sum + (1 - AVERAGE) * loss
        self._weight = AVERAGE * self._weight + (1 - AVERAGE)
        self._largest = max(self._largest, norm)
        self.last = point = (index, loss, self._sum / self._weight, self._largest)
        self.norms.append(norm)
        self.clipped.append(step.clipped)
        if index % self.stride == 0:
            self.points.append(point)
            self._largest = 0.0
            if len(self.points) >= self.most:
                pairs = zip(self.points[::2], self.points[1::2], strict=False)
                self.points = [(*second[:3], max(first[3], second[3])) for first, second in pairs]
                self.stride *= 2

    @property
    def average(self) -> float | None:
        """Moving average of the loss: 0.995 old + 0.005 new, divided by the share of it that is filled."""
        return self._sum / self._weight if self._weight else None

    @average.setter
    def average(self, value: float) -> None:
        self._sum, self._weight = value, 1.0

    def curves(self) -> np.ndarray:
        """(4, n) updates, losses, averaged losses, largest gradient norms; the last update is the last."""
        points = self.points
        if self.last and (not points or points[-1] is not self.last):
            points = [*points, self.last]
        return np.array(points, float).reshape(-1, 4).T

    def measured(self, index: int, loss: float) -> None:
        """Take in a held-out loss; of many, every second one is kept."""
        self.heldout.append((index, loss))
        if len(self.heldout) > self.most // 2:
            self.heldout = self.heldout[::2]

    def clipped_steps(self) -> float:
        """Share of the recent updates whose gradient was clipped."""
        return sum(self.clipped) / max(1, len(self.clipped))
