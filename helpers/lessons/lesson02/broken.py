"""A run of the laboratory in whose middle one thing is broken, for `helpers.runs.sweep`."""

import numpy as np

from helpers.data import course_corpus
from helpers.runs import CorpusTraining

RATE, CLIP = 0.1, 0.2


def broken_midway(rng: np.random.Generator, fault: str, updates: int = 3000) -> dict[str, float]:
    """Smoothed losses of a run that goes well for so many updates, and as many with a fault.

    Args:
        fault: "targets not shifted", "rate times ten", "state not carried" or "no clipping".

    Returns:
        The smoothed loss "before" the fault, the "highest" within 500 updates of it, and that at the "end".
    """
    training = CorpusTraining(course_corpus(), "RNN", 100, 25, seed=int(rng.integers(2**31)))
    training.steps.clip_value = CLIP
    for _ in range(updates):
        training.update()
    before = training.history.smoothed
    training.shifted, training.carried = fault != "targets not shifted", fault != "state not carried"
    training.steps.clip_value = None if fault == "no clipping" else CLIP
    training.steps.optimizer.learning_rate = RATE * (10 if fault == "rate times ten" else 1)
    losses = []
    for _ in range(updates):
        training.update()
        losses.append(training.history.smoothed)
    return {"before": before, "highest": max(losses[:500]), "end": losses[-1]}
