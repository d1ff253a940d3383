"""`fit`: training in a cell of a notebook that is seen while it runs."""

import time
from collections.abc import Iterable, Mapping

import ipywidgets as W
import numpy as np
from IPython.display import display

from helpers.data import Vocabulary
from helpers.networks import CharModel
from helpers.pictures import Picture, passage
from helpers.runs import History, Training
from helpers.widgets.curves import Curves
from helpers.widgets.dashboard import close_widgets, in_lecture, open_views, this_cell
from helpers.widgets.page import page_part
from helpers.widgets.throttle import Pace
from helpers.widgets.view import View, widget_view
from helpers.widgets.visibility import running_loop

SAMPLES_AT = (0, 100, 1000)     # updates after which `fit` samples, besides the end
FIRST_LOOK, LOOKS = 20, 20      # updates until the held-out loss is measured again, and how often in all
LONGEST = 5000                  # updates that the axes of `fit` hold at first, if it may make as many


def fit(
    model: CharModel, stream: Iterable, optimizer, *, updates: int, until: float = 0.0,
    clip_norm: float | None = None, clip_value: float | None = None, heldout: np.ndarray | None = None,
    vocabulary: Vocabulary | None = None, rng: np.random.Generator | None = None,
    lines: Mapping[str, float] | None = None, shown: Picture | None = None,
) -> History:
    """Train in this cell while the curves grow below it, as those of the laboratory do.

    Stops after `updates` updates, or when the smoothed loss falls under `until` (nats per character), or when
    the kernel is interrupted; what was learnt until then is kept. At some twenty moments, ever further apart,
    the history notes how far it is, with the loss on `heldout` (encoded text). With `vocabulary` and `rng`,
    200 characters are sampled before training, after 100 and 1,000 updates, and at the end. `lines` are
    losses to beat. `shown` is the picture shown here where no kernel runs.

    Raises what `helpers.networks.train` raises, with the parameters as they were before the bad step.
    """
    if updates < 1:
        raise ValueError(f"updates must be at least 1, but is {updates}")
    training = Training(model, stream, optimizer, heldout=heldout, lines=lines, clip_norm=clip_norm,
                        clip_value=clip_value)
    history = training.history
    looks = np.geomspace(min(FIRST_LOOK, updates), updates, LOOKS).astype(int)
    looks = {*looks.tolist(), *SAMPLES_AT}

    def look(last: bool = False) -> None:
        now = history.index
        if now in looks or last:
            looks.discard(now)
            training.measure()
            if vocabulary is not None and rng is not None and (now in SAMPLES_AT or last):
                text = vocabulary.decode(model.sample(rng.integers(len(vocabulary), size=1), 200, rng))
                history.samples.append((now, text))

    def over() -> bool:
        return history.index >= updates or (history.smoothed is not None and history.smoothed < until)

    look()          # so that there is something to see
    live = _Live(training, min(updates, LONGEST), shown)
    display(live)
    pace, how = Pace(), "finished"
    try:
        while not over():
            look()
            training.update()
            if pace.wait() <= 0:
                pace.draw(live.draw)
    except KeyboardInterrupt:
        how = "stopped by hand"
    except StopIteration:           # the stream has ended
        pass
    history.state, history.index = training.steps.state, training.updates
    look(last=True)
    live.end(how)
    return history


class _Live:
    """A training as the laboratory shows it, in the cell that runs; below, what the network wrote.

    The axes hold so many `updates` at first. Where no kernel runs, `shown` stands in its place.
    """

    def __init__(self, training: Training, updates: int, shown: Picture | None):
        self._history, self._curves, self._shown = training.history, Curves("loss", None, updates), shown
        self._curves.begin(training)
        self.view, self.samples = View(), W.HTML()
        self.box = W.VBox([page_part(), self.view.picture, self.view.text, self.view.status,
                           self.samples, self.view.lecture])
        self.view.lecture.value = in_lecture()      # the page is not heard while the cell runs
        self.view.lecture.observe(self._turned, names="value")
        self.view.narrow = True                # beside the samples
        self._loop, self._over = running_loop(), False
        self.samples.add_class("course-samples")
        self.box.add_class("course-dashboard")
        self.box.add_class("course-live")
        self._began = time.perf_counter()
        self.draw()
        open_views.replace(this_cell(), self)

    def close(self) -> None:
        close_widgets(self.box)

    def _turned(self, _) -> None:
        """Lecture mode was switched: while it trains the next picture is made for it, later this one is."""
        if self._over and self._loop is not None:
            self._loop.call_soon_threadsafe(self.view.turned)

    def end(self, how: str) -> None:
        """Draw it for the last time."""
        self.draw(how)
        self._over = True

    def draw(self, how: str = "training") -> None:
        history, seconds = self._history, max(time.perf_counter() - self._began, 1e-9)
        sentence = f"Update {history.index:,} ({how})."
        if history.smoothed is not None:
            sentence += (f" The smoothed loss (black line) is {history.smoothed:.2f} nats per character. "
                         f"Speed: {history.index / seconds:,.0f} updates per second.")
        if len(history.heldout):
            sentence += f" The held-out loss is {history.heldout[-1]:.2f} (blue, dashed)."
        with self.view.drawing():
            self.view.show(self._curves.picture(sentence))
        self.samples.value = "".join(f"<b>Sample after {at:,} updates</b>{passage(text)}"
                                      for at, text in history.samples)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        bundle = self._shown._repr_mimebundle_() if self._shown else {
            "text/plain": "(a picture grows here while the cell runs)"}
        return bundle | widget_view(self.box)
