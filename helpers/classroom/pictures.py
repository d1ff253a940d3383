"""What became of a class, as a picture."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import to_rgb

from helpers.pictures import COLOURS, Picture, count, ink_on, new_figure, styled

STATES = {"right": COLOURS["h"], "partly right": COLOURS["x"], "wrong": COLOURS["gradient"],
          "not answered": "#bbbbbb"}


@styled
def tasks_done(counts: Mapping[str, Sequence[int]]) -> Picture:
    """By the name of each task, how many submissions are right, partly right, wrong, not answered."""
    names, numbers = list(counts), np.array(list(counts.values()))
    figure, axes = new_figure(height=1.4 + 0.45 * len(names))
    figure.set_layout_engine("constrained")
    left = np.zeros(len(names))
    for (state, colour), some in zip(STATES.items(), numbers.T, strict=True):
        bars = axes.barh(names, some, left=left, color=colour, label=state, height=0.7, edgecolor="white")
        axes.bar_label(bars, [str(count or "") for count in some], label_type="center",
                       color=ink_on(to_rgb(colour)))
        left += some
    axes.invert_yaxis()
    axes.set(xlabel="submissions", xlim=(0, max(1, left.max())), title="What was handed in, task by task")
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside lower center", ncols=4)
    right = numbers[:, 0]
    sentence = (f"The task with the fewest right answers is {names[right.argmin()]}: "
                f"{right.min()} of {count(int(numbers[0].sum()), 'submission')}.")
    return Picture(figure, sentence)
