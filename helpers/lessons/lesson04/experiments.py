"""Lesson 04: toy tasks with a truncated gradient, small systems that can be calculated, and fresh networks.

The notebook calls these functions, `shipped` repeats some over seeds, and `scripts/replication` measures the
fresh networks. Two systems are from Tallec and Ollivier, *Unbiasing truncated backpropagation through time*
(arXiv 1705.08209): influence balancing, a linear network in which near influences push up and far ones pull
down harder, and randomised truncation, here in its simplest form.
"""

from collections.abc import Iterator
from itertools import cycle, islice

import numpy as np

from helpers.data import Chunk, adding_sequences, chunks, course_corpus, echo_sequences
from helpers.networks import (
    GRU,
    LSTM,
    RNN,
    Adam,
    CharModel,
    GradientParts,
    Linear,
    Model,
    check_finite,
    check_size,
    compare,
    train,
)

UNITS, UP = 23, 10              # as in the paper: ten units push up, thirteen push down


def echo_stream(rng: np.random.Generator, lag: int, window: int, updates: int, batch: int) -> Iterator[Chunk]:
    """`updates` chunks of `window` steps, of `batch` streams in which each bit has to be output again.

    A network should carry its state from chunk to chunk. The first `lag` answers are bits that came
    before it began to read, so nobody can know them.
    """
    bits, answers = echo_sequences(rng, lag, lag + updates * window, batch)
    for start in range(0, updates * window, window):
        yield Chunk(bits[lag + start : lag + start + window], answers[start : start + window], start == 0)


def echo_accuracy(
    rng: np.random.Generator, lag: int, window: int, scale: float | None = None, frozen: bool = False,
    updates: int = 4000, hidden_size: int = 32, batch: int = 32, learning_rate: float = 0.003,
) -> dict[str, float]:
    """Train a tanh network to output each random bit again after `lag` steps, in chunks of `window` steps.

    The streams never end, and the state is carried from chunk to chunk. The gradient is cut at every
    border, so no loss reaches back more than ``window - 1`` steps. If `frozen`, only the readout is trained.
    `scale` is the standard deviation of the initial weights; None means uniform within 1/sqrt(H).

    Returns "accuracy", the share of right answers in 1,000 new steps of every stream. Chance is 0.5.
    """
    model = CharModel(RNN(2, hidden_size), rng, scale=scale)
    untrained = ("W_xh", "W_hh", "b_h") if frozen else ()
    for _ in train(model, echo_stream(rng, lag, window, updates, batch), Adam(learning_rate), clip_norm=1.0,
                   frozen=untrained):
        pass
    bits, right = echo_sequences(rng, lag, lag + 1000, batch)
    answers = model.scores(bits)[lag:].argmax(axis=-1)
    return {"accuracy": float(np.mean(answers == right))}


def adding_with_window(
    rng: np.random.Generator, length: int, window: int, updates: int = 1200, hidden_size: int = 32,
    batch: int = 32, learning_rate: float = 0.01,
) -> dict[str, list]:
    """Train a GRU on the adding problem, where the loss at the end reaches back over `window` steps only.

    Returns:
        lists: "updates", from 0 and every 100; "errors" then, mean squared on 1,000 new sequences (1/6 is
        chance); "update_gate", the mean of the gate z, the share of the state that it keeps, at steps
        without a mark.
    """
    model, before = Model(GRU(2, hidden_size), Linear(1, last=True), rng), length - window
    curves: dict[str, list] = {"updates": [], "errors": [], "update_gate": []}

    def ends() -> Iterator[Chunk]:
        """The last steps of new sequences; the state before them is passed on, but no gradient into it."""
        while True:
            x, sums = adding_sequences(rng, length, batch)
            steps.state = model.cell.forward(model.params, x[:before])[1] if before else None
            yield Chunk(x[before:], sums, starts_over=False)

    steps = train(model, ends(), Adam(learning_rate), clip_norm=1.0)
    for update in range(updates + 1):
        if update % 100 == 0:
            x, sums = adding_sequences(rng, length, 1000)
            _, _, cache = model.cell.forward(model.params, x)
            curves["updates"].append(update)
            curves["errors"].append(round(model.loss(x, sums)[0], 5))
            z = model.cell.gates(cache)["z"]
            curves["update_gate"].append(round(float(z[x[..., 1] == 0].mean()), 3))
        next(steps)
    return curves


def influence_balancing_system() -> tuple[np.ndarray, np.ndarray]:
    """The network x_new = A x + theta b: A (UNITS, UNITS) and b (UNITS,).

    Every unit keeps half of itself and takes half of the next; theta enters the first `UP` units with a
    plus sign and the others with a minus.
    """
    A = 0.5 * np.eye(UNITS) + 0.5 * np.eye(UNITS, k=1)
    return A, np.where(np.arange(UNITS) < UP, 1.0, -1.0)


def bias_of_truncation(windows: int) -> np.ndarray:
    """dx_0 / dtheta at rest as seen over the last K steps, for K = 1 to `windows`: (windows,).

    The sum of (A^j b)_0 over j < K. With ever larger K it goes to ((I - A)^-1 b)_0 = 2 (10 - 13) = -6.
    """
    A, b = influence_balancing_system()
    seen = np.empty(check_size("windows", windows))
    for j in range(windows):
        seen[j] = b[0]
        b = A @ b
    return seen.cumsum()


def descend(influence: float, learning_rate: float, updates: int) -> np.ndarray:
    """theta from 0.5 on, before and after each of `updates` steps down (x_0 - 1)^2 / 2: (updates + 1,).

    The network of 23 units comes to rest before every update, at x_0 = -6 theta, and `influence` is taken
    for dx_0 / dtheta: the gradient is (x_0 - 1) influence. The best theta is -1/6.
    """
    path = np.full(check_size("updates", updates) + 1, 0.5)
    for n in range(updates):
        path[n + 1] = path[n] - learning_rate * (-6 * path[n] - 1) * influence
    return path


def lag_terms(a: float, steps: int) -> np.ndarray:
    """The parts, by lag, of dh_T / da for h_t = a h_{t-1} + 1, h_0 = 0: (T,), a^k h_{T-1-k} for lag k."""
    powers = check_finite("a", a) ** np.arange(check_size("steps", steps))
    h = np.concatenate([[0.0], powers.cumsum()])
    return powers * h[steps - 1 :: -1]


def random_truncations(
    terms: np.ndarray, go_on: float, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Estimates of ``terms.sum()``, each from a backward pass that ends at random: (draws,).

    After every step the pass goes on with probability `go_on`, and what comes later is divided by it, to
    make up for the passes that stopped. The mean of all estimates is right, whatever `go_on` is.

    Raises ValueError if `go_on` is not above 0 and at most 1.
    """
    if not 0 < check_finite("go_on", go_on) <= 1:
        raise ValueError(f"go_on is {go_on}. It must be a probability above 0 and at most 1.")
    weighted = np.cumsum(terms / go_on ** np.arange(len(terms)))
    if go_on == 1:
        return np.full(draws, weighted[-1])
    lengths = rng.geometric(1 - go_on, size=check_size("draws", draws))     # of the passes, at least 1
    return weighted[np.minimum(lengths, len(terms)) - 1]


def mean_steps_back(go_on: float, steps: int) -> float:
    """The mean number of steps of a backward pass with a random cut; it has 1 to `steps` of them."""
    return float((check_finite("go_on", go_on) ** np.arange(check_size("steps", steps))).sum())


def estimate_deviation(terms: np.ndarray, go_on: float) -> float:
    """The exact standard deviation of one estimate from `random_truncations`."""
    reached = go_on ** np.arange(len(terms), dtype=float)                   # chance that lag k is reached
    weighted = np.cumsum(terms / reached)
    ends = reached - np.append(reached[1:], 0)                             # chance that k is the last
    return float(np.sqrt(max(0.0, ends @ weighted**2 - terms.sum() ** 2)))


def loss_of_layout(rng: np.random.Generator, layout: str) -> float:
    """The training loss of 64 units over the last epoch of 600 updates on the play, in nats per character.

    `layout` is "streams", "dealt" for chunks that are dealt to the rows like cards, or "shuffled" for streams
    whose rows change places at each update.
    """
    text, length, batch = course_corpus(), 10, 4
    updates = (len(text.ids) - 1) // (length * batch)
    inputs, targets = (text.ids[n : n + updates * length * batch].reshape(updates, batch, length)
                       for n in (0, 1))
    dealt = cycle([Chunk(inputs[n].T, targets[n].T, n == 0) for n in range(updates)])
    model = CharModel(RNN(len(text.vocabulary), 64), rng)
    orders = (rng.permutation(batch) for _ in cycle([0]))
    shuffled = (Chunk(chunk.inputs[:, order], chunk.targets[:, order], chunk.starts_over)
                for chunk, order in zip(chunks(text.ids, length, batch), orders, strict=False))
    pieces = {"streams": chunks(text.ids, length, batch), "dealt": dealt, "shuffled": shuffled}[layout]
    steps = train(model, islice(pieces, 600), Adam(0.003), clip_norm=1.0)
    return float(np.mean([step.loss for step in steps][-updates:]))


def fresh_gradient(rng: np.random.Generator, cell: str) -> dict[str, float]:
    """The gradient of W_hh of 64 units that have learnt nothing, over 100 steps of the play.

    `cell` is "RNN", or "LSTM", which has a forget bias of 5 here.

    Returns "1", "2", "8" and "60": the part of that lag, relative to that of lag 0; and "cosine": between the
    gradient in chunks of 10 and the full one.
    """
    text = course_corpus()
    model = CharModel({"RNN": RNN, "LSTM": LSTM}[cell](len(text.vocabulary), 64), rng)
    if cell == "LSTM":
        model.params.b_h[64:128] = 5
    play = next(chunks(text.ids, length=100, batch=4))
    parts = GradientParts(model, play.inputs, play.targets)
    recurrent = parts.full.zeros_like()
    recurrent.W_hh = 1
    sizes = np.linalg.norm(parts.by_lag()[:, recurrent.vector == 1], axis=1)
    return {**{str(lag): float(sizes[lag] / sizes[0]) for lag in (1, 2, 8, 60)},
            "cosine": compare(parts.truncated(10, 10), parts.full).cosine}
