"""Lesson 05: the one-unit network whose error surface has a cliff, and clipping tried out in training.

The notebook and the pictures call these functions, `shipped` repeats some over seeds, and
`scripts/replication` tries them on new seeds. The cliff is from Pascanu, Mikolov and Bengio 2013, figure 6:

    h_t = w σ(h_{t-1}) + b  from  h_0 = 0.5,  and after 50 steps  loss = (σ(h_50) - 0.7)²

σ is the sigmoid, h the state (the paper writes x); there is no input. There are two numbers to
learn, so all of the surface can be seen.
"""

import math
from collections.abc import Generator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from helpers.data import Vocabulary, chunks, course_corpus, load_text
from helpers.networks import (
    RNN,
    SGD,
    Adagrad,
    Adam,
    CharModel,
    Parameters,
    RMSProp,
    check_positive,
    sigmoid,
    train,
)
from helpers.runs import CorpusTraining, HowFar, stepwise

START, TARGET, STEPS = 0.5, 0.7, 50     # of the one-unit network
SIGMA = 1 / (1 + math.exp(-START))      # σ(0.5) = 0.622459
SOLVED = 1e-3                           # a loss below it
NEAR = ((4.0, 7.0), (-4.5, -1.5))       # w and b of the cliff's wall and what is around it
AWAY = ((-2.0, 4.0), (-3.0, 3.0))
BINS = np.geomspace(0.03, 300, 41)      # of the histograms of gradient norms
BLOCK = 10                              # updates whose losses are averaged
RATES = (0.3, 1.0, 3.0)
THRESHOLDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, None)
TURN = 1000                             # updates between two turns of the laboratory's dial
LIMIT = 5.0                             # to which a spike is clipped


def states(w: float, b: float, steps: int = STEPS) -> np.ndarray:
    """h_0 to h_steps (steps + 1,)."""
    h = [START]
    for _ in range(steps):
        h.append(w * sigmoid(h[-1], math.tanh) + b)
    return np.array(h)


def surface(w: np.ndarray, b: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """The loss (B, W) at every pair of `w` (W,) and `b` (B,)."""
    w, b = np.asarray(w, float)[None, :], np.asarray(b, float)[:, None]
    h = START
    for _ in range(steps):
        h = w * sigmoid(h) + b
    return (sigmoid(h) - TARGET) ** 2


def loss_and_gradient(w, b, steps: int = STEPS, tanh=np.tanh):
    """The loss and its derivatives to w and b; numbers, or arrays whose shapes fit each other.

    The derivatives of the state are carried forward beside it, which for two weights is as good as
    going back. With ``tanh=math.tanh`` single numbers are ten times faster.
    """
    h, dh_dw, dh_db = START, 0.0, 0.0
    for _ in range(steps):
        s = sigmoid(h, tanh)
        factor = w * s * (1 - s)                # dh_t / dh_{t-1}
        dh_dw = s + factor * dh_dw
        dh_db = 1 + factor * dh_db
        h = w * s + b
    s = sigmoid(h, tanh)
    d_h = 2 * (s - TARGET) * s * (1 - s)
    return (s - TARGET) ** 2, d_h * dh_dw, d_h * dh_db


def wall_bias(w):
    """The b of the cliff's wall above w: there h stays at its start, on the edge between two ways to go.

    With 50 steps the steepest place is 4.5e-5 beside this line at w = 5, and nearer for larger w. Where the
    edge does not push away, w σ'(0.5) < 1, that is for w < 4.26, the wall is beside the line. It ends near
    w = 4, below which there are no two fixed points.
    """
    return START - SIGMA * w


def steepest_place(w: float) -> tuple[float, float]:
    """The b near the line of `wall_bias` at which the gradient at this w is longest, and its length there."""
    middle, reach = wall_bias(w), 0.05
    while True:
        b = middle + np.linspace(-reach, reach, 401)
        lengths = np.hypot(*loss_and_gradient(w, b)[1:])
        middle = b[lengths.argmax()]
        if reach < 1e-14:
            return float(middle), float(lengths.max())
        reach *= 0.03


def wall_gradient(w, steps: int = STEPS):
    """Length of the gradient on the wall, in closed form: a geometric series in m = w σ'(0.5)."""
    m = w * SIGMA * (1 - SIGMA)
    d_h = 2 * (TARGET - SIGMA) * SIGMA * (1 - SIGMA)
    return d_h * math.hypot(SIGMA, 1) * (m**steps - 1) / (m - 1)


class Descent(NamedTuple):
    """Where gradient descent went.

    Attributes:
        path: (n + 1, 2), w and b before the first update and after each.
        losses: (n + 1,).
        norms: (n + 1,), the gradient's length at each of these places, before clipping.
    """

    path: np.ndarray
    losses: np.ndarray
    norms: np.ndarray

    def solved(self) -> int | None:
        """After how many updates the loss is below 0.001 for good; None if it is not at the end."""
        above = np.flatnonzero(~(self.losses < SOLVED))
        first = 0 if above.size == 0 else int(above[-1]) + 1
        return first if first < len(self.losses) else None


@lru_cache(maxsize=8)      # a page draws what it shows for a wide screen and for a narrow one
def descend(
    w: float, b: float, learning_rate: float, updates: int, max_norm: float | None = None
) -> Descent:
    """Gradient descent from (w, b); with `max_norm`, longer gradients are shortened to it.

    It ends early where numbers are no longer finite. Raises ValueError or TypeError if the rate, the
    threshold or the number of updates is not above 0.
    """
    check_positive("learning_rate", learning_rate)
    if max_norm is not None:
        check_positive("max_norm", max_norm)
    if updates < 1:
        raise ValueError(f"updates is {updates!r}. Give a whole number of at least 1.")
    w, b, rows = float(w), float(b), []
    for _ in range(updates + 1):
        loss, dw, db = loss_and_gradient(w, b, tanh=math.tanh)
        norm = math.hypot(dw, db)
        if not math.isfinite(loss + norm):
            break
        rows.append((w, b, loss, norm))
        step = learning_rate if max_norm is None or norm <= max_norm else learning_rate * max_norm / norm
        w, b = w - step * dw, b - step * db
    rows = np.array(rows)
    return Descent(rows[:, :2], rows[:, 2], rows[:, 3])


@stepwise
def cliff_race(
    rng: np.random.Generator, region: str, learning_rate: float = 0.05, starts: int = 60, updates: int = 2000,
) -> Generator[HowFar, None, dict[str, int | list]]:
    """Gradient descent on the cliff's surface from random starts, at several thresholds.

    `region` is "near" the wall or "away" from it.

    Returns:
        lists "max_norm", the thresholds (None: no clip), and "solved", from how many starts the loss falls
        under 0.001 at each; "acted": from how many starts a clip at 1 ever acts; "faster", "equal",
        "slower": what the clip does to the number of updates where the loss falls with it and without.
    """
    (w_low, w_high), (b_low, b_high) = {"near": NEAR, "away": AWAY}[region]
    places = list(zip(rng.uniform(w_low, w_high, starts), rng.uniform(b_low, b_high, starts), strict=True))
    runs: dict[float | None, list[Descent]] = {limit: [] for limit in (0.01, 0.1, 1.0, 10.0, None)}
    for number, place in enumerate(places):
        for limit, descents in runs.items():
            descents.append(descend(*place, learning_rate, updates, limit))
            yield number, starts
    pairs = [(free.solved(), held.solved()) for free, held in zip(runs[None], runs[1.0], strict=True)]
    both = [(free, held) for free, held in pairs if free is not None and held is not None]
    return {
        "max_norm": list(runs),
        "solved": [sum(run.solved() is not None for run in descents) for descents in runs.values()],
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
        "solved": sum(end < SOLVED for end in ends),
        "low": sum(abs(end - 0.09) < 1e-3 for end in ends),
        "high": sum(abs(end - 0.49) < 1e-3 for end in ends),
    }
    clipped = [descend(*place, learning_rate, updates, 1.0).solved() is not None for place in places]
    return {**counts, "elsewhere": starts - sum(counts.values()), "clipped": sum(clipped)}


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


def spike_steps(optimizer: str, spike: float, clip: str = "no clip") -> np.ndarray:
    """The lengths of 61 steps that an optimiser makes, in learning rates, if gradient 21 is a spike.

    All other gradients are 1. With `clip` "before", the gradient is brought to 5 before the optimiser sees
    it; with "after", the finished step is brought to 5 times the last one before the spike, while the
    optimiser state keeps what it saw.

    Raises ValueError if there is no such optimiser or clip, or the spike is not above 0.
    """
    if optimizer not in SPIKE_OPTIMIZERS or clip not in ("no clip", "before", "after"):
        raise ValueError(f"optimizer is {optimizer!r} and clip is {clip!r}. Choose an optimiser from "
                         f"{', '.join(SPIKE_OPTIMIZERS)}, and a clip from 'no clip', 'before' and 'after'.")
    check_positive("spike", spike)
    moving, p, g = SPIKE_OPTIMIZERS[optimizer](), Parameters({"p": (1,)}), Parameters({"p": (1,)})
    steps = []
    for update in range(61):
        gradient = spike if update == 20 else 1.0
        g.p, p.p = min(gradient, LIMIT) if clip == "before" else gradient, 0.0
        moving.update(p, g)
        step = -float(p.p[0])
        steps.append(min(step, LIMIT * steps[19]) if clip == "after" and update >= 20 else step)
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
        the mean loss of the last fifty updates. Losses are in nats per character.
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
    losses, medians, clipped = [], [], []
    for max_norm in (usual, threshold, usual):
        training.steps.clip_norm = max_norm
        norms = []
        for _ in range(TURN):
            training.update()
            losses.append(training.history.last.loss)
            norms.append(training.history.norms[-1])
        last = np.array(norms[-100:])
        medians.append(round(float(np.median(last)), 3))
        clipped.append(round(float(np.mean(last > max_norm)), 3))
    return {"losses": np.round(np.reshape(losses, (-1, 50)).mean(axis=1), 3).tolist(),
            "norms": medians, "clipped": clipped}
