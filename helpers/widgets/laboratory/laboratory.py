"""The laboratory: a network is trained while its dials are turned."""

import math
import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import ipywidgets as W

from helpers.data import Corpus, TextError, corpus, course_corpus, data_folder
from helpers.networks import CELLS, Cell, Diverged
from helpers.runs import (
    CheckpointError,
    CorpusTraining,
    History,
    known_cells,
    named,
    restore,
    save_apart,
    take_home,
)
from helpers.widgets.background import Task
from helpers.widgets.curves import Curves
from helpers.widgets.dashboard import Dashboard
from helpers.widgets.laboratory import controls as dials
from helpers.widgets.laboratory.view import STYLE, beside, writing
from helpers.widgets.throttle import Pace
from helpers.widgets.view import set_class
from helpers.widgets.visibility import Presence

OWN = ("path", "paste", "upload")
MEASURED = 1.3              # the held-out loss is measured when so many times the updates are made, or ...
EVERY = 1.0                 # ... after so many seconds, but in ...
SHARE = 0.1                 # ... no more than this share of the time
BY_HAND = 50                # updates at a turn of the switch where no loop runs


def laboratory(
    updates: int = 20_000, view: str = "run", before: History | None = None,
    cells: Iterable[type[Cell]] = (), **start,
) -> "Laboratory":
    """A network to train, with every dial within reach while it trains.

    Learning rate, temperature, clipping, optimiser and the faults to try hold from the next update on;
    a change of cell, sizes, seed or text begins a new run and leaves the old curve in grey.

    >>> from helpers.runs import load_run
    >>> lab = laboratory(before=load_run("02/class_run")[0], hidden_size=50, learning_rate=0.03)

    Args:
        updates: how many are made before it pauses; each further start adds as many.
        view: below the loss, "run" shows the gradient norm of each update, "norms" the histogram of
            the last 1,000 with the threshold as a line.
        before: a shipped run, shown as the first grey curve.
        cells: your own cells, classes under `helpers.networks.PlainCell`, to choose beside the others; to
            start with one, add ``cell="MyCell"``.
        start: values that dials begin with, by their names in `controls`.
    """
    if updates < 1:
        raise ValueError(f"updates must be at least 1, but is {updates}")
    known = known_cells(cells)
    return Laboratory(updates, view, before, known, *dials.laboratory_controls(start, known))


class _Left(NamedTuple):
    """A run that has made updates when its cell is run again, with its curves, dials and text."""

    training: CorpusTraining
    end: int
    broken: set[str]
    curves: Curves
    values: dict
    text: tuple         # what `_chosen`, `_corpus` and `_restored` are


class Laboratory(Dashboard):
    """What `laboratory` makes: a training run, with its curves and the dials to steer it by.

    Where no loop runs, `run(updates=50)` drives it by hand. ``files`` are the dials that deal with texts and
    files; all others are ``controls``.
    """

    left: _Left | None = None

    def __init__(self, updates: int, view: str, before: History | None, cells: dict[str, type[Cell]],
                 controls: dict[str, W.Widget], files: dict[str, W.Widget]):
        self.files, self._every, self._cells = files, {**controls, **files}, cells
        presence = Presence()
        self.task = Task(self._tick, self._paused, presence=presence)
        self._updates, self._pressed = updates, deque[str]()
        self._seen, self._following, self._note, self._rate = self._values(), False, "", 0.0
        self._curves, self._chosen, self._restored = Curves(view, before), None, None
        self._take_up(self._new_training())
        self.writing = W.HTML()
        super().__init__(controls, self._curves.picture(self._words()), dials.arrange(self._every), presence)
        seen, (style, panel, *_) = self.view, self.box.children
        self.box.children = (style, W.HTML(STYLE), panel, beside(seen.picture, self.writing), seen.status,
                             seen.text, seen.lecture, presence.button)
        for name in ("course-laboratory", "course-stacked"):
            self.box.add_class(name)
        for name, control in self._every.items():
            if isinstance(control, W.Button):
                control.on_click(lambda _, name=name: self._press(name))
            else:
                control.observe(lambda _: self.later(self._follow), names="value")
        if self.left:
            self.offer(f"Resume from update {self.left.training.updates:,}",
                       lambda: self._press("go_on"), panel.children[-1])
        self._redraw()

    def run(self, updates: int) -> None:
        """Make so many updates now; fewer where the run fails."""
        work = self._work(math.inf)
        for _ in range(updates):
            if not self.task.step(work):
                return
        self.training.measure()
        self._redraw()

    def close(self) -> None:
        """Take it down, and stop its training."""
        self.task.stop()
        super().close()
        self.files, self._every, self._curves, self.left = {}, {}, None, None       # so that they can go

    def leave(self) -> _Left | None:
        """Its run for the cell's next run; before the first update what it could have taken up itself."""
        if not self.training.updates:
            return self.left
        return _Left(self.training, self._end, self._broken, self._curves, self._values(),
                     (self._chosen, self._corpus, self._restored))

    def screen(self) -> str:
        """The HTML of the curves and of the list of grey ones, and of what the network writes."""
        return super().screen() + self.writing.value

    def __repr__(self) -> str:
        return f"Laboratory({', '.join(self.controls)})"

    # What the reader wants.

    def _press(self, button: str) -> None:
        self._pressed.append(button)
        self.later(self._follow)

    def _values(self) -> dict:
        """The value of every control that has one, files included."""
        return {name: c.value for name, c in self._every.items() if not isinstance(c, W.Button)}

    def _set_dial(self, control: str, value) -> None:
        self._seen[control] = value
        dials.turn(self._every[control], value)

    def _follow(self) -> None:
        """Do what the reader wants: turn to what the controls say, then do what buttons were pressed."""
        now, before = self._values(), self._seen
        if self._following or (now == before and not self._pressed):
            return
        if self.training.updates > self._applied_at:
            self._broken.update(fault for fault in dials.FAULTS if before[fault])
        self._following, self._seen, self._note = True, now, ""
        try:
            for name in OWN:
                if now[name] != before[name] and now[name]:
                    self._set_dial("text", name)
            text = [self._seen["text"], self._seen.get(self._seen["text"])]
            if text != [before["text"], before.get(before["text"])] or any(
                    now[name] != before[name] for name in ("cell", "hidden_size", "sequence_length", "seed")):
                self._begin()
            self._apply_settings()
            while self._pressed:
                getattr(self, f"_{self._pressed.popleft()}")()
            self._start_or_pause()
        except (TextError, CheckpointError) as refused:
            self._note = f"{str(refused).removesuffix('.')}."
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
            if self.training.updates >= self._end:
                self._end = self.training.updates + self._updates
            self._go()
            if not self.live:
                self.run(BY_HAND)

    def _step(self) -> None:
        if self.task.step(self._work(math.inf)):
            self.training.measure()

    def _reset(self) -> None:
        self._begin()

    def _sample(self) -> None:
        self.training.written = ""
        self.training.write(200, self._seen["temperature"])

    def _save(self) -> None:
        wanted = self._seen["file"]
        kept = {name: self._seen[name] for name in self.values() if name != "train"}
        run = self.training.run(**kept, broken=" ".join(sorted(self._broken)))
        name, file = save_apart(wanted, run)
        self.training.digest, self._note = run.digest, f"Saved as {named(name)}."
        if name != wanted:
            self._set_dial("file", name)
            self._note = f"Saved as {named(name)}, because {named(wanted)} already holds another run."
        if os.path.islink(os.path.expanduser(name)):
            self._note += f" That name is a link, so the file written is {named(file)}."

    def _restore(self) -> None:
        name, old = self._seen["file"], self.training
        run = restore(name, [cell for cell in self._cells.values() if cell not in CELLS.values()])
        if data_folder().resolve() in Path(os.path.realpath(os.path.expanduser(name))).parents:
            run.digest = None               # what the course ships is not saved over
        on = {"sequence_length": old.length, "seed": old.seed} | dials.dials_of(run, self.controls)
        try:
            chosen, read = self._text_of(*run.text) if run.text else (None, old.corpus)
            training = CorpusTraining.resumed(run, read, on["sequence_length"], on["seed"])
        except CheckpointError:
            raise
        except ValueError as error:         # a text that is too short, in a file made by hand
            raise CheckpointError(f"The run in {named(name)} cannot be continued: {error}") from None
        self._keep_curve()
        if chosen:
            self._chosen, self._corpus = chosen, read
            self._set_dial("text", chosen[0])
        for dial, value in on.items():
            self._set_dial(dial, value)
        self._take_up(training)
        self._broken = set(dials.FAULTS).intersection(str(run.settings.get("broken")).split())
        unknown = dials.unknown(run)
        self._note = f"Restored from {named(name)}." + (
            f" The file does not record the run's {unknown}, so the current settings are used."
            if unknown else "")

    def _take_home(self) -> None:
        path, run = f"{self._seen['file'].removesuffix('.npz')}.html", self.training
        instead = ", in place of the page that was there" * os.path.exists(os.path.expanduser(path))
        take_home(run.model, run.corpus.vocabulary, path, run.corpus.title.removeprefix("your text "),
                  run.history.smoothed, run.updates)
        self._note = f"Saved as {named(path)}{instead}. Open it in any browser."

    def _offered(self) -> str:
        """The note until the reader chooses: the run that was here before, or a new one."""
        if self.left is None or self.training.updates:
            return ""
        return (f"Your earlier run stopped at update {self.left.training.updates:,}. Press Resume to "
                "continue it, or Train to start a new one.")

    def _go_on(self) -> None:
        self.task.pause()
        left, self.left = self.left, None
        left.curves.keep(dials.run_in_words(self.training, self._broken), self.training)
        self._curves, (self._chosen, self._corpus, self._restored) = left.curves, left.text
        for dial, value in left.values.items():
            self._set_dial(dial, value)
        self._take_up(left.training)
        self._end, self._broken = left.end, left.broken
        self._set_dial("train", True)
        self._note = f"Resumed at update {self.training.updates:,}."

    def _text_of(self, title: str, *texts: str) -> tuple[tuple, Corpus]:
        """The text that a restored run reads, and where the dials have it, as `_chosen`."""
        source, value = self._chosen
        here = [(self._chosen, self._corpus)] if self._seen.get(source) == value else []
        for chosen, read in (*here, (("play", None), course_corpus())):
            if read.texts() == texts:
                return chosen, read
        self._restored = corpus(title, *texts)
        return ("restored", self._restored), self._restored

    # The run and its curve.

    def _begin(self) -> None:
        """A new run; the curve of the old one turns grey. What can't be used leaves the old one."""
        try:
            training = self._new_training()
        except ValueError as refused:       # of the text, or it is too short for the length
            stays = ("Until you fix this, the current run is kept, and it trains on "
                     f"{self.training.corpus.title}.")
            raise TextError(f"{refused} {stays}") from None
        if training.corpus is not self.training.corpus:     # in bold, for what was repaired is to be seen
            self._note = f"The network now reads {training.corpus.title}."
        self._keep_curve()
        self._take_up(training)

    def _new_training(self) -> CorpusTraining:
        on = self._seen
        chosen = on["text"], self._restored if on["text"] == "restored" else on.get(on["text"])
        if chosen != self._chosen:          # the text in use is not read again
            self._corpus, self._chosen = dials.chosen_corpus(*chosen), chosen
        return CorpusTraining(self._corpus, self._cells[on["cell"]], on["hidden_size"], on["sequence_length"],
                              on["seed"])

    def _take_up(self, training: CorpusTraining) -> None:
        """Make `training` the present run."""
        self.training, self._end, self._broken = training, training.updates + self._updates, set()
        self._apply_settings()
        self._measuring = Pace(SHARE)
        self._measuring.draw(training.measure)
        self._curves.begin(training)
        if self.task.running:
            self._go()

    def _apply_settings(self) -> None:
        dials.apply_settings(self.training, self._seen)
        self._applied_at = self.training.updates

    def _go(self) -> None:
        self._counted = (self.training.updates, 0.0)
        self._rate = 0.0
        self.task.start(self._work(self._end))

    def _work(self, end: float) -> Iterator[None]:
        """One update at a time of the present run."""
        training = self.training
        while training.updates < end:
            training.update()
            yield

    def _keep_curve(self) -> None:
        self._curves.keep(dials.run_in_words(self.training, self._broken))

    def _paused(self, error: BaseException | None) -> None:
        self._set_dial("train", False)
        if isinstance(error, Diverged):
            self._note = ("The run diverged, so its last update was undone. Lower the learning rate or the "
                          "clip and press Train to continue. Reset starts over.")
        elif error is not None:
            self.view.fail(error)
            if not self.live:
                raise error
            return
        self.training.measure()
        self._redraw()

    # What is seen.

    def _tick(self) -> None:
        """Ten times a second while it trains: the picture and its sentence, written from the same state."""
        self.training.write(8, self._seen["temperature"])
        index, at = self._counted
        seconds, due = self.task.seconds() - at, self._measuring.wait() <= 0
        if seconds >= EVERY:
            self._rate = (self.training.updates - index) / seconds
            self._counted = (self.training.updates, self.task.seconds())
        much_further = self.training.updates >= MEASURED * self.training.history.updates[-1]
        if due and (seconds >= EVERY or much_further):
            self._measuring.draw(self.training.measure)
        self._redraw()

    def _redraw(self) -> None:
        """Everything as it is now. While it trains, the sentence is not read aloud at each change."""
        with self.view.drawing():
            picture = self._curves.picture(self._words())
        set_class(self.box, "course-training", self.task.running)
        self.show(picture, self._note or self._offered())
        self.writing.value = writing(self.training.written)
        dials.disable_unused(self._every, self._seen, self.task.running)

    def _words(self) -> str:
        return dials.state_in_words(self.training, self._seen, self.task.running, self._rate, self._end)
