"""Clipping tried out: in the plane, on a spike, on the cliff, in training; runs for `helpers.runs.sweep`."""

import math
from collections.abc import Generator
from itertools import islice

import numpy as np

from helpers.data import Vocabulary, chunks, course_corpus, load_text
from helpers.lessons.lesson05.cliff import Descent, descend
from helpers.networks import RNN, SGD, Adagrad, Adam, CharModel, Parameters, RMSProp, check_positive, train
from helpers.runs import CorpusTraining, HowFar, stepwise

BINS = np.geomspace(0.03, 300, 41)      # of the histograms of gradient norms
BLOCK = 10                              # updates whose losses are averaged
RATES = (0.3, 1.0, 3.0)
THRESHOLDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, None)
NEAR = ((4.0, 7.0), (-4.5, -1.5))       # w and b of the cliff's wall and what is around it
AWAY = ((-2.0, 4.0), (-3.0, 3.0))
TURN = 1000                     # updates between two turns of the laboratory's dial


def angle_between(a: np.ndarray, b: np.ndarray) -> float:
    """The angle between two vectors that are not zero, in degrees."""
    cosine = np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


SPIKE_OPTIMIZERS = {
    "SGD with momentum": lambda: SGD(1.0, momentum=0.9),
    "Adagrad": lambda: Adagrad(1.0),
    "RMSProp": lambda: RMSProp(1.0, rho=0.9),
    "Adam": lambda: Adam(1.0),
}


def spike_steps(
    optimizer: str, spike: float, clip: str = "no clip", limit: float = 5.0, before: int = 20, after: int = 40
) -> np.ndarray:
    """The steps that an optimiser makes, in learning rates, when one gradient of many is a spike.

    Args:
        optimizer: a name from `SPIKE_OPTIMIZERS`.
        spike: the gradient of update before + 1; all others are 1.
        clip: "no clip"; "before", the gradient is brought to `limit` before the optimiser sees it;
            "after", the finished step is brought to `limit` times the last step before the spike,
            while the optimiser state keeps what it saw.
        before, after: updates on either side of the spike.

    Returns:
        (before + 1 + after,) lengths of steps.

    Raises:
        ValueError: there is no such optimiser or way to clip, or a number is not above 0.
    """
    if optimizer not in SPIKE_OPTIMIZERS or clip not in ("no clip", "before", "after"):
        raise ValueError(f"optimizer is {optimizer!r} and clip is {clip!r}. Choose an optimiser from "
                         f"{', '.join(SPIKE_OPTIMIZERS)}, and a clip from 'no clip', 'before' and 'after'.")
    check_positive("spike", spike), check_positive("limit", limit)
    moving, p, g = SPIKE_OPTIMIZERS[optimizer](), Parameters({"p": (1,)}), Parameters({"p": (1,)})
    steps = []
    for update in range(before + 1 + after):
        gradient = spike if update == before else 1.0
        g.p, p.p = min(gradient, limit) if clip == "before" else gradient, 0.0
        moving.update(p, g)
        step = -float(p.p[0])
        steps.append(min(step, limit * steps[before - 1]) if clip == "after" and update >= before else step)
    return np.array(steps)


def gradient_lengths(rng: np.random.Generator, updates: int) -> list[float]:
    """The gradient norms of the network from lesson 02, trained with Adagrad at 0.03, without clipping."""
    text = course_corpus()
    model = CharModel(RNN(len(text.vocabulary), 100), rng, scale=0.01)
    steps = islice(train(model, chunks(text.ids, 25), Adagrad(0.03)), updates)
    return [round(step.grad_norm, 3) for step in steps]


def share_above_first_median(rng: np.random.Generator, updates: int) -> float:
    """Of the last 200 gradient norms of a run, the share above the median of the first 200."""
    norms = np.array(gradient_lengths(rng, updates))
    return float(np.mean(norms[-200:] > np.median(norms[:200])))


@stepwise
def clipped_training(
    rng: np.random.Generator, learning_rate: float, max_norm: float | None, hidden_size: int = 50,
    length: int = 25, batch: int = 8, updates: int = 400,
) -> Generator[HowFar, None, dict[str, list | float]]:
    """Train a small tanh network on the course's text by plain gradient descent, clipped to `max_norm`.

    Returns:
        "losses", means over ten updates each; "norms", the counts of gradient norms before clipping in
        `BINS` (those outside in the first and the last); "clipped", the share of updates clipped; "end",
        the mean loss of the last fifty updates, all in nats per character.
    """
    text = load_text("input")
    vocabulary = Vocabulary(text)
    model = CharModel(RNN(len(vocabulary), hidden_size), rng)
    stream = chunks(vocabulary.encode(text), length, batch)
    steps = []
    training = train(model, stream, SGD(learning_rate), clip_norm=max_norm, diverged_at=410)
    for step in islice(training, updates):
        steps.append(step)
        yield len(steps), updates
    losses = np.array([step.loss for step in steps])
    norms = np.array([step.grad_norm for step in steps])
    return {
        "losses": np.round(losses.reshape(-1, BLOCK).mean(axis=1), 3).tolist(),
        "norms": np.histogram(norms.clip(BINS[0], BINS[-1] * (1 - 1e-9)), BINS)[0].tolist(),
        "clipped": float(np.mean([step.clipped for step in steps])),
        "end": round(float(losses[-50:].mean()), 4),
    }


def turned_dial(rng: np.random.Generator, threshold: float, usual: float = 0.3) -> dict[str, list[float]]:
    """What a reader does in the laboratory: train, turn the clip to another threshold, and turn it back.

    It is the laboratory's network, 100 units that read 25 characters per update, by plain gradient descent
    at rate 1. Its clip is at `usual`, after 1,000 updates at `threshold`, after 1,000 more at `usual`.

    Returns:
        "losses", means over fifty updates each, nats per character; "norms", the median gradient norm
        before clipping in the last 100 updates of each thousand; "clipped", the share of them clipped.
    """
    training = CorpusTraining(course_corpus(), "RNN", 100, 25, seed=int(rng.integers(2**31)))
    training.steps.optimizer = SGD(1.0)
    losses, kept = [], {"losses": [], "norms": [], "clipped": []}
    for max_norm in (usual, threshold, usual):
        training.steps.clip_norm = max_norm
        norms = []
        for _ in range(TURN):
            training.update()
            losses.append(training.history.last.loss)
            norms.append(training.history.norms[-1])
        last = np.array(norms[-100:])
        kept["norms"].append(round(float(np.median(last)), 3))
        kept["clipped"].append(round(float(np.mean(last > max_norm)), 3))
    kept["losses"] = np.round(np.reshape(losses, (-1, 50)).mean(axis=1), 3).tolist()
    return kept


@stepwise
def cliff_race(
    rng: np.random.Generator, region: str, learning_rate: float = 0.05, starts: int = 60, updates: int = 2000,
) -> Generator[HowFar, None, dict[str, int | list]]:
    """Gradient descent on the cliff's surface from random starts, at several thresholds.

    Args:
        region: "near" the wall or "away" from it.

    Returns:
        lists "max_norm", the thresholds (None: no clip), and "solved", from how many starts the loss falls
        under 0.001 at each; "acted": from how many starts a clip at 1 ever acts; "faster", "equal",
        "slower": what it does to the updates needed where both ways solve it.
    """
    (w_low, w_high), (b_low, b_high) = {"near": NEAR, "away": AWAY}[region]
    places = list(zip(rng.uniform(w_low, w_high, starts), rng.uniform(b_low, b_high, starts), strict=True))
    runs: dict[float | None, list[Descent]] = {limit: [] for limit in (0.01, 0.1, 1.0, 10.0, None)}
    for number, place in enumerate(places, 1):
        for limit, some in runs.items():
            some.append(descend(*place, learning_rate, updates, limit))
            yield number - 1, starts
    pairs = [(free.solved(), held.solved()) for free, held in zip(runs[None], runs[1.0], strict=True)]
    both = [(free, held) for free, held in pairs if free is not None and held is not None]
    return {
        "max_norm": list(runs),
        "solved": [sum(run.solved() is not None for run in some) for some in runs.values()],
        "acted": sum(bool((run.norms > 1).any()) for run in runs[1.0]),
        "faster": sum(held < free for free, held in both),
        "equal": sum(held == free for free, held in both),
        "slower": sum(held > free for free, held in both),
    }


def neighbours(
    rng: np.random.Generator, w: float, b: float, learning_rate: float = 0.1, apart: float = 1e-9,
    starts: int = 40, updates: int = 1000,
) -> dict[str, int]:
    """Where descents end that start within a hair's breadth of (w, b).

    Returns:
        how many of the unclipped are "solved" (loss under 0.001), on the "low" plateau (loss 0.09), on the
        "high" one (0.49) or "elsewhere"; and "clipped", how many clipped at 1 are solved.
    """
    places = np.array([w, b]) + apart * rng.uniform(-1, 1, size=(starts, 2))
    ends = [descend(*place, learning_rate, updates).losses[-1] for place in places]
    counts = {
        "solved": sum(end < 1e-3 for end in ends),
        "low": sum(abs(end - 0.09) < 1e-3 for end in ends),
        "high": sum(abs(end - 0.49) < 1e-3 for end in ends),
    }
    clipped = [descend(*place, learning_rate, updates, 1.0).solved() is not None for place in places]
    return {**counts, "elsewhere": starts - sum(counts.values()), "clipped": sum(clipped)}
