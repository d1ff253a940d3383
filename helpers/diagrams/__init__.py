"""Pictures of ideas, drawn from the numbers of the story: ``python -m helpers.diagrams`` redraws img/.

Every function returns a `Picture` and serves under a slider too; called without arguments those in
DRAWINGS draw the file of their name in img/. `cover` needs a measured run and is drawn where one is shipped.
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np

from helpers.diagrams.backward import credit_guide, scalar_chain
from helpers.diagrams.clinic import gradient_clinic
from helpers.diagrams.course import course_map, cover
from helpers.diagrams.exploding import anti_windup, cliff_edge, repeated_factors, two_clips
from helpers.diagrams.hello import hello_training, sampling_feedback
from helpers.diagrams.layouts import gate_layouts
from helpers.diagrams.lstm import gradient_highway, gru_cell, lstm_cell, lstm_gradients
from helpers.diagrams.network import recurrent_cell, task_shapes, unrolled_network
from helpers.diagrams.reading import surprise_over_text
from helpers.diagrams.through_time import bptt, truncated_bptt
from helpers.diagrams.truncation import carried_state, k1_k2, text_streams
from helpers.diagrams.vanishing import gradient_along_time
from helpers.style import Picture

DRAWINGS = [    # in img/
    recurrent_cell, unrolled_network, task_shapes, sampling_feedback, bptt, truncated_bptt, course_map,
    carried_state, text_streams, gradient_along_time, lstm_cell, gradient_highway, gate_layouts,
    repeated_factors, cliff_edge, two_clips, anti_windup, credit_guide, gradient_clinic, surprise_over_text,
]
UNDER_SLIDERS = [hello_training, k1_k2, lstm_gradients, gru_cell, scalar_chain]     # alone
__all__ = [*(draw.__name__ for draw in DRAWINGS + UNDER_SLIDERS), "cover", "redraw", "save"]


def save(picture: Picture, path: Path) -> None:
    """Write the picture as SVG, its sentence as title, the same bytes every time."""
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "rnn-course"}):
        about = {"Title": picture.sentence, "Date": None, "Creator": None}
        picture.figure.savefig(path, format="svg", metadata=about)


def redraw(folder: Path, run: Path = Path("data/runs/cover.npz")) -> list[Path]:
    """Draw every picture of ideas into `folder`, and the cover if its `run` exists; the paths written.

    The run holds `updates`, `loss`, `sample_updates` and `samples`. Raises ValueError if there is no
    such folder.
    """
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}: start at the top of the course or name a folder")
    pictures = {draw.__name__: draw() for draw in DRAWINGS}
    if run.exists():
        with np.load(run) as data:
            samples = list(zip(data["sample_updates"].tolist(), data["samples"].tolist(), strict=True))
            pictures["cover"] = cover(data["updates"], data["loss"], samples)
    for name, picture in pictures.items():
        save(picture, folder / f"{name}.svg")
    return [folder / f"{name}.svg" for name in pictures]
