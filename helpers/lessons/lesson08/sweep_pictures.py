"""Many runs as one map: learning rate against size."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from helpers.pictures import Picture, heat_map
from helpers.pictures.heatmap import medians
from helpers.runs import Result, table

LOSSES = {"held out": "heldout", "training": "train"}
CHANCE = math.log(60)       # of the play: where the colours end
NEAR = 0.1                  # nats per character: what counts as within the valley


def rate_and_size(
    results: Sequence[Result], loss: str = "held out", grid: Mapping[str, Sequence] | None = None
) -> Picture:
    """Losses of a sweep over `text_losses` by learning rate and hidden size: medians over the seeds.

    The sentence says which setting is best, and how many are hardly worse: how wide the valley is.

    Args:
        results: of all seeds, or of those that are to be seen.
        loss: "held out" or "training".
        grid: of the sweep, while it goes on: the whole map is laid out, and the sentence counts the runs.

    Raises ValueError for another loss.
    """
    if loss not in LOSSES:
        raise ValueError(f"loss is {loss!r}: choose one of {', '.join(LOSSES)}")
    found = table(results, "hidden_size", "learning_rate", LOSSES[loss], grid)
    measured = f"loss on {'held-out' if loss == 'held out' else 'the training'} text"
    seeds = (f"median of {len(found.seeds)} seeds" if len(found.seeds) > 1 else
             f"seed {found.seeds[0]} alone" if found.seeds else "no run yet")
    heading, sentence, points, middle = f"{measured.capitalize()}, {seeds}", "", {}, medians(found)
    if np.isfinite(middle).any():
        r, c = np.unravel_index(np.nanargmin(middle), middle.shape)
        others = np.count_nonzero(~np.isnan(middle)) - 1
        near = np.count_nonzero(middle <= middle[r, c] + NEAR) - 1
        so_far = f"The sweep has finished {results[-1].done} of {results[-1].total} runs. " if grid else ""
        sentence = (f"{so_far}{heading}: the lowest is {middle[r, c]:.2f} nats per character, at "
                    f"{found.rows[r]} units and rate {found.columns[c]:g}; of the rest ({others} in all), "
                    f"{near or 'none'} {'is' if near < 2 else 'are'} within {NEAR:g} of it.")
        valley = [(r, c), *(place for place in np.argwhere(middle <= middle[r, c] + NEAR).tolist()
                            if place != [r, c])]
        points = {f"the lowest is {middle[r, c]:.2f}": valley[:1],
                  f"{near or 'none'} {'is' if near < 2 else 'are'} within {NEAR:g}": valley[1:]}
    return heat_map(
        found, title=heading, row_label="units", column_label="learning rate", value_label=measured,
        highest=CHANCE, logarithmic=True, sentence=sentence, points=points,
    )
