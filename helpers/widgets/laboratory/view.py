"""What the laboratory shows: the curves of the present run over those of earlier ones, and what it writes."""

import html
from collections import deque
from itertools import count

import ipywidgets as W
import numpy as np

from helpers.pictures import Picture, laboratory_frame, passage, set_curves
from helpers.runs import ShippedRun, Training

EARLIER = 5                 # curves of earlier runs that stay, in grey
SEEN = 100                  # updates without which a run leaves no curve, as while a dial is turned
NOTHING_YET = "(Press Train, or Sample: what the network writes appears here.)"
STYLE = """<style>
.course-laboratory .course-beside { display: flex; flex-flow: row wrap; gap: 0 14px; overflow: hidden }
.course-laboratory .course-curves { flex: 3 1 680px; min-width: 0; max-width: 100%; overflow: hidden }
.course-laboratory .course-writing { flex: 1 1 calc(17 * var(--jp-widgets-font-size)); min-width: 0;
  min-height: 16em; position: relative; overflow: hidden }
.course-laboratory .course-writing > .widget-html-content { position: absolute; inset: 0; overflow: hidden;
  display: flex; flex-direction: column; justify-content: flex-end }
.course-laboratory .course-writing > .widget-html-content > * { margin: 0 0 auto; line-height: 1.35 }
.course-laboratory .course-picture, .course-laboratory .course-layer svg { width: 100%; height: auto }
</style>"""


class Curves:
    """The picture of one run after another.

    `panel` is the `view` of `laboratory_frame`; `before`, if there is one, the first grey curve.
    """

    def __init__(self, panel: str, before: ShippedRun | None):
        self._panel = panel
        self._earlier: deque[tuple[str, np.ndarray]] = deque(maxlen=EARLIER)
        if before is not None:
            words = (f"made before with {before.settings['hidden_size']} units, "
                     "averaged over the last 1,000 updates or so")
            self._earlier.append((words, np.array([before.updates, before.smooth])))

    def begin(self, trial: Training) -> None:
        """Show this run from now on, on axes that hold it and the grey curves."""
        self.trial = trial
        curves = [curve for _, curve in self._earlier]
        last = max([500, trial.updates, *(curve[0, -1] for curve in curves)])
        sizes = (step * 10**power for power in count(2) for step in (1, 2, 5))
        self._end = next(size for size in sizes if size >= last)
        self.figure = laboratory_frame(self._end, trial.corpus.lines, curves, self._panel)

    def keep(self, words: str) -> None:
        """Turn the curve of the present run grey, if it is long enough to be seen; `words` tell it apart."""
        if self.trial.updates >= max(SEEN, self._end / 50):
            self._earlier.append((words, self.trial.history.curves()[[0, 2]]))

    def picture(self, sentence: str) -> Picture:
        """The run as it is now; on a new figure where the axes have become too short."""
        trial = self.trial
        if trial.updates > self._end:
            self.begin(trial)
        set_curves(self.figure, trial.history, trial.clip_norm, bool(trial.clip_norm or trial.clip_value))
        runs = [f"{number}: {words}" for number, (words, _) in enumerate(self._earlier, start=1)]
        return Picture(self.figure, sentence, "\n".join(["Grey curves", *runs]) if runs else "")


def writing(text: str) -> str:
    """What the network writes, as HTML: where it is too long for its place, its end is seen."""
    return passage(text) if text else f'<div class="course-status">{html.escape(NOTHING_YET)}</div>'


def beside(curves: W.Widget, text: W.HTML) -> W.Box:
    """The curves with the text at their side, or below them on a narrow page."""
    curves.add_class("course-curves")
    text.add_class("course-writing")
    box = W.Box([curves, text])
    box.add_class("course-beside")
    return box
