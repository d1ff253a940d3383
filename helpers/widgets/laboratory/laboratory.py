"""The laboratory: a network is trained while its dials are turned."""

import math
import time
from collections import deque
from collections.abc import Iterator

import ipywidgets as W

from helpers.data import TextError
from helpers.networks import Diverged
from helpers.pictures import Picture, frame_png, image_html, svg
from helpers.runs import CheckpointError, ShippedRun, Training, restore, save
from helpers.widgets.dashboard import Dashboard
from helpers.widgets.laboratory import controls as dials
from helpers.widgets.laboratory.view import STYLE, Curves, beside, writing
from helpers.widgets.task import Task

OWN = ("path", "paste", "upload")
MEASURED = 1.3              # the held-out loss is measured when so many times the updates are made, or ...
EVERY = 1.0                 # ... after so many seconds
BY_HAND = 50                # updates at a turn of the switch where no loop runs


def laboratory(
    updates: int = 20_000, view: str = "run", before: ShippedRun | None = None, **start
) -> "Laboratory":
    """A network to train, with every dial within reach while it trains.

    Learning rate, temperature, clipping, optimiser and the faults to try hold from the next update on;
    a change of cell, sizes, seed or text begins a new run and leaves the old curve in grey.

    >>> from helpers.runs import shipped
    >>> lab = laboratory(before=shipped("02/class_run")[0], hidden_size=50, learning_rate=0.03)

    Args:
        updates: how many are made before it pauses; whoever trains on gets as many again.
        view: below the loss, "run" shows the gradient norm of each update, "norms" the histogram of
            the last 1,000 with the threshold as a line.
        before: a shipped run, shown as the first grey curve.
        start: values that dials begin with, by their names in `controls`.

    Raises:
        ValueError: there is no such view or dial, or `updates` is below 1.
    """
    if updates < 1:
        raise ValueError(f"updates must be at least 1, but is {updates}")
    return Laboratory(updates, view, before, *dials.laboratory_controls(start))


class Laboratory(Dashboard):
    """What `laboratory` makes. Where no loop runs, `run(updates=50)` drives it by hand.

    Attributes:
        controls: the dials by name; those that deal with texts and files are in `files`.
        trial: the present run, a `helpers.runs.Training`.
        task: what trains it beside the cells.
    """

    def __init__(self, updates: int, view: str, before: ShippedRun | None, controls: dict[str, W.Widget],
                 files: dict[str, W.Widget]):
        self.files, self._every = files, {**controls, **files}
        self.task = Task(self._tick, self._paused)
        self._updates, self._pressed = updates, deque[str]()
        self._seen, self._following, self._note, self._rate = self._turned(), False, "", 0.0
        self._curves, self._chosen, self._frame = Curves(view, before), None, None
        self._take_up(self._new_trial())
        super().__init__(controls, self._curves.picture(self._words()), arranged=dials.arrange(self._every))
        self._writing = W.HTML()
        style, controls_box, curves, grey, status = self.box.children
        self.box.children = (style, W.HTML(STYLE), controls_box, beside(curves, self._writing), status, grey)
        self.box.add_class("course-laboratory")
        for name, control in self._every.items():
            if isinstance(control, W.Button):
                control.on_click(lambda _, name=name: self._press(name))
            else:
                control.observe(lambda _: self.later(self._follow), names="value")
        self._redraw()

    def run(self, updates: int) -> None:
        """Make so many updates now; fewer where the run fails."""
        work = self._work(math.inf)
        for _ in range(updates):
            if not self.task.step(work):
                return
        self.trial.measure()
        self._redraw()

    def screen(self) -> str:
        """The curves and the list of grey ones, as of every dashboard, and what the network writes."""
        return super().screen() + self._writing.value

    def close(self) -> None:
        """Take it down, and stop its training."""
        self.task.stop()
        super().close()
        self.files, self._every, self._curves, self._frame = {}, {}, None, None     # so that they can go

    def _press(self, button: str) -> None:
        self._pressed.append(button)
        self.later(self._follow)

    def _turned(self) -> dict:
        """The value of every control that has one."""
        return {name: c.value for name, c in self._every.items() if not isinstance(c, W.Button)}

    def _turn(self, control: str, value) -> None:
        """Turn a control from here."""
        self._seen[control] = value
        self._every[control].value = value
        self._seen[control] = self._every[control].value        # a slider keeps to its range

    def _follow(self) -> None:
        """Do what the reader wants: turn to what the controls say, then do what buttons were pressed."""
        now, before = self._turned(), self._seen
        if self._following or (now == before and not self._pressed):
            return
        if self.trial.updates > self._obeyed:
            self._broken.update(fault for fault in dials.FAULTS if before[fault])
        self._following, self._seen, self._note = True, now, ""
        try:
            for name in OWN:
                if now[name] != before[name] and now[name]:
                    self._turn("text", name)
            text = [self._seen["text"], self._seen.get(self._seen["text"])]
            if text != [before["text"], before.get(before["text"])] or any(
                    now[name] != before[name] for name in ("cell", "hidden_size", "sequence_length", "seed")):
                self._begin()
            self._obey()
            while self._pressed:
                getattr(self, f"_{self._pressed.popleft()}")()
            self._start_or_pause()
        except (TextError, CheckpointError) as refused:
            self._note = str(refused)
        except Exception:
            self.task.pause()               # so that nothing draws over the error
            raise
        finally:
            self._following = False
        self._redraw()

    # What the buttons do: `_step` is that of "step", and so on.

    def _start_or_pause(self) -> None:
        wanted = self._seen["train"]
        if not wanted:
            self.task.pause()
        elif not self.task.running:
            if self.trial.updates >= self._end:
                self._end = self.trial.updates + self._updates
            self._go()
            if not self.live:
                self.run(BY_HAND)

    def _step(self) -> None:
        if self.task.step(self._work(math.inf)):
            self.trial.measure()

    def _reset(self) -> None:
        self._begin()

    def _sample(self) -> None:
        self.trial.written = ""
        self.trial.write(200, self._seen["temperature"])

    def _save(self) -> None:
        save(self._seen["file"], self.trial.run())
        self._note = f"Saved as {self._seen['file']}."

    def _restore(self) -> None:
        run, old = restore(self._seen["file"]), self.trial
        trial = Training.resumed(run, old.corpus, old.length, old.seed)
        self._keep_curve()
        for name, value in (("cell", type(run.model.cell).__name__), ("optimizer", trial.optimizer),
                            ("hidden_size", run.model.cell.hidden_size),
                            ("learning_rate", trial.learning_rate)):
            self._turn(name, value)
        self._take_up(trial)
        self._note = f"Restored from {self._seen['file']}."

    # The run and its curve.

    def _begin(self) -> None:
        """A new run; the curve of the old one turns grey. What can't be used leaves the old one."""
        try:
            trial = self._new_trial()
        except ValueError as refused:       # of the text, or it is too short for the length
            raise TextError(f"{refused} Until then the run with {self.trial.corpus.title} stays.") from None
        self._keep_curve()
        self._take_up(trial)

    def _new_trial(self) -> Training:
        on = self._seen
        chosen = on["text"], on.get(on["text"])
        if chosen != self._chosen:          # the text in use is not read again
            self._corpus, self._chosen = dials.chosen_corpus(*chosen), chosen
        return Training(self._corpus, on["cell"], on["hidden_size"], on["sequence_length"], on["seed"])

    def _take_up(self, trial: Training) -> None:
        """Make `trial` the present run."""
        self.trial, self._end, self._broken = trial, trial.updates + self._updates, set()
        self._obey()
        trial.measure()
        self._curves.begin(trial)
        if self.task.running:
            self._go()

    def _obey(self) -> None:
        dials.obey(self.trial, self._seen)
        self._obeyed = self.trial.updates

    def _go(self) -> None:
        self._counted = (self.trial.updates, time.perf_counter())
        self._rate = 0.0
        self.task.start(self._work(self._end))

    def _work(self, end: float) -> Iterator[None]:
        """One update at a time of the present run."""
        trial = self.trial
        while trial.updates < end:
            trial.update()
            yield

    def _keep_curve(self) -> None:
        self._curves.keep(dials.settings_in_words(self.trial, self._broken))

    def _paused(self, error: BaseException | None) -> None:
        self._turn("train", False)
        if isinstance(error, Diverged):
            self._note = ("The run has diverged: its last good parameters are kept. Turn the learning rate "
                          "down or clip the gradient, then press Reset.")
        elif error is not None:
            self.fail(error)
            if not self.live:
                raise error
            return
        self.trial.measure()
        self._redraw()

    # What is seen.

    def _tick(self) -> None:
        """Ten times a second while it trains; the sentence is a new one with each held-out loss."""
        self.trial.write(8, self._seen["temperature"])
        index, at = self._counted
        seconds, measured = time.perf_counter() - at, self.trial.history.heldout[-1][0]
        if seconds < EVERY and self.trial.updates < MEASURED * measured:
            self._redraw(self.shown.sentence)
            return
        if seconds >= EVERY:
            self._rate = (self.trial.updates - index) / seconds
            self._counted = (self.trial.updates, time.perf_counter())
        self.trial.measure()
        self._redraw()

    def _redraw(self, sentence: str | None = None) -> None:
        """Everything as it is now; `sentence` where the old one will do."""
        self.show(self._curves.picture(sentence or self._words()))
        self._writing.value = writing(self.trial.written)
        if self._note:
            self._say(self.shown.sentence, self._note)
        dials.grey_out(self._every, self._seen, self.task.running)

    def _show_picture(self, picture: Picture) -> None:
        """The frame only where it is a new one."""
        if picture.figure is not self._frame:
            self._view.value = image_html(picture.figure, frame_png(picture.figure), "")
            self._frame = picture.figure
        self._layer.value = svg(picture.figure, picture.sentence)

    def _words(self) -> str:
        return dials.in_words(self.trial, self._seen, self.task.running, self._rate, self._end)
