"""The curves of a training run that goes on, over those of earlier ones: for the laboratory and `fit`."""

from collections import deque
from functools import partial
from itertools import count

import numpy as np

from helpers.pictures import Picture, frame_key, laboratory_frame, lecture_stage, set_curves
from helpers.runs import History, Training

EARLIER = 5                 # curves of earlier runs that stay, in grey
SEEN = 100                  # updates without which a run leaves no curve, as while a dial is turned


class Curves:
    """The picture of one training after another.

    `view` is that of `laboratory_frame`, and `before` the first grey curve. The axes hold at least `shortest`
    updates: when they become too short, drawing them anew takes as long as some hundred updates.
    """

    def __init__(self, view: str, before: History | None = None, shortest: int = 500):
        self._view, self._shortest = view, shortest
        self._earlier: deque[tuple[str, np.ndarray]] = deque(maxlen=EARLIER)
        if before is not None:
            curve = np.array([before.updates, before.smoothed_loss])
            self._earlier.append((f"precomputed with {before.settings['hidden_size']} units", curve))

    def begin(self, training: Training) -> None:
        """Show this training from now on, on axes that hold it and the grey curves."""
        self._training = training
        curves = [curve for _, curve in self._earlier]
        last = max([self._shortest, training.updates, *(curve[0, -1] for curve in curves)])
        sizes = (step * 10**power for power in count(2) for step in (1, 2, 5))
        self._end = next(size for size in sizes if size >= last)
        self._figure = laboratory_frame(self._end, training.lines, curves, self._view,
                                        training.heldout is not None)
        self._stage = lecture_stage()
        self._frame = object() if frame_key(self._figure) else None     # only lines and words will move

    def keep(self, words: str, training: Training | None = None) -> None:
        """Turn the present curve, or that of another training, grey, and call it `words`.

        A curve that is too short to be seen goes, and that of a restored run that was not trained further.
        """
        training = training or self._training
        curve = training.history.curves()[[0, 2]]
        if training.updates >= max(SEEN, self._end / 50) and curve.size:
            self._earlier.append((words, curve))

    def picture(self, sentence: str) -> Picture:
        """The training as it is now; on a new figure where the axes have become too short."""
        training = self._training
        if training.updates > self._end or self._stage != lecture_stage():
            self.begin(training)
        most, limit = training.steps.clip_norm, training.steps.clip_value
        set_curves(self._figure, training.history, most, clipping=bool(most or limit))
        runs = [f"{number}: {words}" for number, (words, _) in enumerate(self._earlier, start=1)]
        _, smoothed, held, *_ = self._figure.axes[0].get_lines()
        points = {words: line for words, line in (("smoothed loss", smoothed), ("held out", held))
                  if words in sentence}
        picture = Picture(self._figure, sentence, "\n".join(["Grey curves", *runs]) if runs else "", points)
        picture.again, picture.frame = partial(self.picture, sentence), self._frame
        return picture
