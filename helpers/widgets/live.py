"""Training that is seen while it runs."""

import html
import time
from collections.abc import Iterable, Mapping

import ipywidgets as W
import numpy as np
from IPython.display import display

from helpers.data import Vocabulary
from helpers.networks import CharModel, train
from helpers.pictures import Picture, frame_png, image_html, loss_frame, passage, set_losses, svg
from helpers.runs import LossRecord
from helpers.widgets.dashboard import STYLE, VIEW, close_earlier, close_widgets, stack


def fit(
    model: CharModel, stream: Iterable, optimizer, *, updates: int, until: float = 0.0,
    clip_norm: float | None = None, clip_value: float | None = None, frozen: tuple[str, ...] = (),
    heldout: np.ndarray | None = None, vocabulary: Vocabulary | None = None,
    rng: np.random.Generator | None = None,
    samples_at: tuple[int, ...] = (0, 100, 1000), lines: Mapping[str, float] | None = None,
    shown: Picture | None = None, state: tuple[np.ndarray, ...] | None = None, index: int = 0,
) -> LossRecord:
    """Train in this cell while the loss curve grows below it, ten times a second.

    Stops after `updates` updates, or when the smoothed loss falls under `until` (nats per
    character), or when the kernel is interrupted; what was learnt until then is kept. `heldout`
    (encoded text) is measured at updates that lie evenly on the logarithmic axis. With `vocabulary`
    and `rng`, 200 characters are sampled at `samples_at` and at the end. `shown` is the picture that
    stands here where no kernel runs. `state` and `index`, of the record of an earlier call with the
    same model, stream and optimiser, go on where that one stopped.

    Raises what `helpers.networks.train` raises, with the parameters as they were before the bad step.
    """
    if updates < 1:
        raise ValueError(f"updates must be at least 1, but is {updates}")
    record = LossRecord(start=float(np.log(model.params["b_y"].size)))
    live = _LiveCurve(record, updates, lines or {}, shown)
    display(live)

    def look(at: int, last: bool = False) -> None:
        if heldout is not None:
            record.heldout.append((at, model.loss(heldout[:-1, None], heldout[1:, None])[0]))
        if vocabulary is not None and rng is not None and (at in samples_at or last):
            start = rng.integers(len(vocabulary), size=1)
            text = vocabulary.decode(model.sample(start, 200, rng))
            record.samples.append((at, text))

    look(0)
    looks = {int(u) for u in np.geomspace(1, updates, 28)} | set(samples_at)
    redrawn = time.monotonic()
    stopped = False
    try:
        steps = train(model, stream, optimizer, clip_norm=clip_norm, clip_value=clip_value, frozen=frozen,
                      state=state, index=index)
        for step in steps:
            record.add(step.loss)
            record.state, record.index = step.state, step.index
            if record.updates in looks:
                look(record.updates)
            if record.updates >= updates or record.smooth[-1] < until:
                break
            if time.monotonic() - redrawn > 0.1:
                live.draw("training")
                redrawn = time.monotonic()
    except KeyboardInterrupt:
        stopped = True
    look(record.updates, last=True)
    live.draw("stopped by hand" if stopped else "finished")
    return record


class _Live:
    """A view that a running cell writes to; where no kernel runs, `shown` stands in its place."""

    def __init__(self, views: list[W.Widget], shown: Picture | None):
        self._shown, self._began, self._status = shown, time.monotonic(), W.HTML()
        first, *more = views
        self.box = W.VBox([W.HTML(STYLE), first, self._status, *more])
        self.box.add_class("course-dashboard")
        self.box.add_class("course-live")
        close_earlier(self)

    def close(self) -> None:
        close_widgets(self.box)

    def seconds(self) -> float:
        return max(time.monotonic() - self._began, 1e-9)

    def say(self, sentence: str) -> None:
        self._status.value = f'<div class="course-status" role="status">{html.escape(sentence)}</div>'

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        bundle = self._shown._repr_mimebundle_() if self._shown else {
            "text/plain": "(while this cell runs, a picture grows here)"}
        bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return bundle


class _LiveCurve(_Live):
    """A loss curve that grows: the frame is drawn once, the curves are laid over it as SVG."""

    def __init__(self, record: LossRecord, updates: int, lines: Mapping[str, float], shown: Picture | None):
        self.record = record
        top = 1.12 * max(record.start, *lines.values(), 0.0)
        frame, self._ax = loss_frame(updates, top, lines)
        self._layer, self._samples = W.HTML(), W.HTML()
        below = W.HTML(image_html(frame.figure, frame_png(frame.figure), ""))
        super().__init__([stack(below, self._layer), self._samples], shown)
        self.draw("training")

    def draw(self, state: str) -> None:
        record = self.record
        set_losses(self._ax, record)
        sentence = f"Update {record.updates:,} ({state})"
        if record.smooth:
            sentence += (f": smoothed training loss {record.smooth[-1]:.2f} nats per character (black), "
                         f"{record.updates / self.seconds():,.0f} updates per second")
        if record.heldout:
            sentence += f"; held out {record.heldout[-1][1]:.2f} (blue, dashed)"
        self._layer.value = svg(self._ax.figure, sentence)
        self.say(sentence + ".")
        self._samples.value = "".join(f"<b>Sample after {at:,} updates</b>{passage(text)}"
                                      for at, text in record.samples)
