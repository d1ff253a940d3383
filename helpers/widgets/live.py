"""Training that is seen while it runs."""

import html
import time
from collections.abc import Iterable, Mapping

import ipywidgets as W
import numpy as np
from IPython.display import display

from helpers.data import Vocabulary
from helpers.layers import frame_png, svg
from helpers.model import CharModel
from helpers.plots.curves import LossRecord, loss_frame, set_losses
from helpers.style import Picture, image_html, passage
from helpers.train import train
from helpers.widgets.controls import STYLE, VIEW, stack


def fit(
    model: CharModel, stream: Iterable, optimizer, *, updates: int, until: float = 0.0,
    clip_norm: float | None = None, clip_value: float | None = None, frozen: tuple[str, ...] = (),
    heldout: np.ndarray | None = None, vocabulary: Vocabulary | None = None,
    rng: np.random.Generator | None = None,
    samples_at: tuple[int, ...] = (0, 100, 1000), lines: Mapping[str, float] | None = None,
    shown: Picture | None = None,
) -> LossRecord:
    """Train in this cell while the loss curve grows below it, ten times a second.

    Stops after `updates` updates, or when the smoothed loss falls under `until` (nats per
    character), or when the kernel is interrupted; what was learnt until then is kept. `heldout`
    (encoded text) is measured at updates that lie evenly on the logarithmic axis. With `vocabulary`
    and `rng`, 200 characters are sampled at `samples_at` and at the end. `shown` is the picture that
    stands here where no kernel runs.

    Raises what `helpers.train.train` raises, with the parameters as they were before the bad step.
    """
    if updates < 1:
        raise ValueError(f"updates must be at least 1, but is {updates}")
    record = LossRecord(start=float(np.log(model.params["b_y"].size)))
    live = _LiveCurve(record, updates, lines or {}, until, shown)
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
        steps = train(model, stream, optimizer, clip_norm=clip_norm, clip_value=clip_value, frozen=frozen)
        for step in steps:
            record.add(step.loss)
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


class _LiveCurve:
    """A loss curve that grows: the frame is drawn once, the curves are laid over it as SVG."""

    def __init__(self, record: LossRecord, updates: int, lines: Mapping[str, float], until: float,
                 shown: Picture | None):
        self.record, self._shown, self._began = record, shown, time.monotonic()
        top = 1.12 * max(record.start, *lines.values(), 0.0)
        frame, self._ax = loss_frame(updates, top, lines)
        self._layer, self._status, self._samples = W.HTML(), W.HTML(), W.HTML()
        below = W.HTML(image_html(frame.figure, frame_png(frame.figure), ""))
        self.box = W.VBox([W.HTML(STYLE), stack(below, self._layer), self._status, self._samples])
        self.box.add_class("course-dashboard")
        self.box.add_class("course-live")
        self.draw("training")

    def draw(self, state: str) -> None:
        record = self.record
        set_losses(self._ax, record)
        sentence = f"Update {record.updates:,} ({state})"
        if record.smooth:
            seconds = time.monotonic() - self._began
            sentence += (f": smoothed training loss {record.smooth[-1]:.2f} nats per character (black), "
                         f"{record.updates / max(seconds, 1e-9):,.0f} updates per second")
        if record.heldout:
            sentence += f"; held out {record.heldout[-1][1]:.2f} (blue, dashed)"
        self._layer.value = svg(self._ax.figure, sentence)
        self._status.value = f'<div class="course-status" role="status">{html.escape(sentence)}.</div>'
        self._samples.value = "".join(f"<b>Sample after {at:,} updates</b>{passage(text)}"
                                      for at, text in record.samples)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        bundle = self._shown._repr_mimebundle_() if self._shown else {
            "text/plain": "(while this cell runs, the loss curve grows here)"}
        bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return bundle

