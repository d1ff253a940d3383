"""Lesson 06: how plain networks start, and what they learn to remember.

The notebook calls these functions, `shipped` repeats some over seeds, and `scripts/replication` measures
`factors_by_radius`.
"""

from collections.abc import Generator
from itertools import islice
from typing import NamedTuple

import numpy as np

from helpers.data import Chunk, Vocabulary, chunks, load_text, recall_sequences
from helpers.networks import (
    OPTIMIZERS,
    RNN,
    Adagrad,
    CharModel,
    Parameters,
    check_positive,
    check_size,
    factor_per_step,
    gradient_norms,
    nll,
    one_blas_thread,
    running_jacobians,
    spectral_radius,
    train,
)
from helpers.runs import History, HowFar, adding_run, stepwise

STARTS = ("uniform", "small", "scaled", "orthogonal", "identity")


def recurrent_weights(
    rng: np.random.Generator, hidden_size: int, start: str, radius: float = 1.0
) -> np.ndarray:
    """W_hh (H, H) before training.

    Args:
        start: "uniform" between -1/sqrt(H) and 1/sqrt(H), which is what libraries do by default;
            "small", normal with standard deviation 0.01, as in the 112-line program; "scaled", normal,
            then divided so that the spectral radius is `radius`; "orthogonal", a random rotation or
            reflection (Saxe, McClelland and Ganguli 2014) times `radius`; "identity" times `radius`
            (Le, Jaitly and Hinton 2015).
        radius: for the last three.

    Raises:
        ValueError: `start` is none of these.
    """
    H = check_size("hidden_size", hidden_size)
    check_positive("radius", radius)
    if start == "uniform":
        return rng.uniform(-1, 1, (H, H)) / np.sqrt(H)
    if start == "identity":
        return radius * np.eye(H)
    W = rng.standard_normal((H, H))
    if start == "small":
        return 0.01 * W
    if start == "scaled":
        return radius / spectral_radius(W) * W
    if start == "orthogonal":
        with one_blas_thread():
            Q, R = np.linalg.qr(W)
        return radius * Q * np.sign(np.diag(R))     # with these signs no orthogonal matrix is preferred
    raise ValueError(f"start is {start!r}. Choose one of {', '.join(map(repr, STARTS))}.")


def start_parameters(
    rng: np.random.Generator, cell: RNN, start: str = "uniform", radius: float = 1.0
) -> Parameters:
    """Parameters of a plain cell with `recurrent_weights`. With "small" its input weights are small too."""
    p = cell.init(rng, scale=0.01 if start == "small" else None)
    p.W_hh = recurrent_weights(rng, cell.hidden_size, start, radius)
    return p


def factors_by_radius(rng: np.random.Generator, units: int) -> list[float]:
    """The factor per step of an untrained tanh network with inputs of size 1, at spectral radii 1.6 and 2."""
    cell = RNN(units, units)
    p = cell.init(rng)
    W_hh, x = recurrent_weights(rng, units, "scaled"), rng.standard_normal((60, 1, units))
    factors = []
    for radius in (1.6, 2.0):
        p.W_hh = radius * W_hh
        factors.append(factor_per_step(gradient_norms(cell, p, x)))
    return factors


class Remedy(NamedTuple):
    """A remedy against forgetting: how W_hh starts, the nonlinearity, the optimiser and its rate."""

    start: str
    nonlinearity: str
    optimizer: str
    learning_rate: float


REMEDIES = {
    "none": Remedy("uniform", "tanh", "Adam", 0.003),
    "SGD": Remedy("uniform", "tanh", "SGD", 0.3),
    "RMSProp": Remedy("uniform", "tanh", "RMSProp", 0.003),
    "small": Remedy("small", "tanh", "Adam", 0.003),
    "orthogonal": Remedy("orthogonal", "tanh", "Adam", 0.003),
    "ReLU": Remedy("uniform", "relu", "Adam", 0.003),
    "IRNN": Remedy("identity", "relu", "Adam", 0.003),
    "IRNN, slowly": Remedy("identity", "relu", "Adam", 0.001),
}
QUESTION = 8        # the symbol that asks for the first one


def near_and_far_chunk(rng: np.random.Generator, lag: int, batch: int) -> Chunk:
    """Recall near and far: name the symbol shown one step before, and at the question mark the first one.

    The first symbol is one of 0 to 3, those after it are 4 to 7, and the last is the question mark, 8. At
    the first step the target is the symbol itself.

    Returns:
        inputs and targets, (lag + 1, batch) each.
    """
    inputs, answers = recall_sequences(rng, lag, batch)
    inputs[-1] = QUESTION
    return Chunk(inputs, np.vstack([inputs[:1], inputs[:-2], answers[None]]), starts_over=True)


@stepwise
def near_and_far(
    rng: np.random.Generator, lag: int, remedy: str = "none", hidden_size: int = 32, batch: int = 32,
    updates: int = 1000,
) -> Generator[HowFar, None, dict[str, list]]:
    """Train on `near_and_far_chunk`, clipped at norm 1, and test on 500 other sequences.

    The first symbol is asked for after `lag` steps, at least 2. `remedy` is a name in `REMEDIES`.

    Returns:
        "updates", when it was tested, and the nats per answer of each kind then, "short_term_loss" and
        "long_term_loss". Chance is ln 4 = 1.3863 for both, once the network has noticed which symbols occur.
    """
    start, nonlinearity, optimizer, learning_rate = REMEDIES[remedy]
    model = CharModel(RNN(9, hidden_size, nonlinearity), rng)
    for name, array in start_parameters(rng, model.cell, start).items():
        model.params[name] = array
    test = near_and_far_chunk(rng, lag, 500)
    stream = (near_and_far_chunk(rng, lag, batch) for _ in range(updates))
    curves: dict[str, list] = {"updates": [], "short_term_loss": [], "long_term_loss": []}

    def test_after(update: int) -> None:
        nats = nll(model.scores(test.inputs), test.targets)
        for name, value in zip(curves, (update, nats[:-1].mean(), nats[-1].mean()), strict=True):
            curves[name].append(value if name == "updates" else round(float(value), 3))

    test_after(0)
    for step in train(model, stream, OPTIMIZERS[optimizer](learning_rate), clip_norm=1.0):
        if step.index in (10, 30, 60, 100) or step.index % 200 == 0:
            test_after(step.index)
        yield step.index, updates
    return curves


@stepwise
def adding_plateau(
    rng: np.random.Generator, length: int, updates: int = 3000
) -> Generator[HowFar, None, dict[str, list]]:
    """Errors of a plain tanh network (32 units, Adam 0.003) in the adding problem with `length` steps.

    Returns:
        "updates", every 100 of them until it is solved, and "errors", mean squared on 1,000 test
        sequences. Chance is 1/6.
    """
    history, update = History(), 0
    for test in adding_run(rng, cell="RNN", length=length, learning_rate=0.003, updates=updates):
        if test is not None:
            update, error = test
            history.record(update, errors=error)
        yield update, updates
    run = history.kept(digits=5)
    return {"updates": run["updates"][::4], "errors": [round(error, 4) for error in run["errors"][::4]]}


@stepwise
def reach_of_text(
    rng: np.random.Generator, learning_rate: float = 0.1, hidden_size: int = 100, updates: int = 3000
) -> Generator[HowFar, None, dict[str, list]]:
    """What happens to the gradients of the network from lesson 02 while it learns the course's text.

    Returns:
        lists of numbers after as many "updates": "loss", nats per character over the training text;
        "radius", the spectral radius of W_hh; "factor", by what a gradient is multiplied per step, from
        20 sequences of 40 characters; "slope", the mean of tanh's slope 1 - h**2;
        "largest_singular_value_per_step", the 40th root of that of the Jacobian over 40 steps.
    """
    text = load_text("input")
    vocabulary = Vocabulary(text)
    ids = vocabulary.encode(text)
    model = CharModel(RNN(len(vocabulary), hidden_size), rng, scale=0.01)
    places = np.linspace(0, len(ids) - 90, 20).astype(int)
    x = ids[places + np.arange(90)[:, None]]                      # (90, 20); the first 50 warm the state up
    d_h = rng.standard_normal((20, hidden_size))
    names = ("updates", "loss", "radius", "factor", "slope", "largest_singular_value_per_step")
    curves: dict[str, list] = {name: [] for name in names}

    def test_after(update: int) -> None:
        h, state, _ = model.cell.forward(model.params, x[:50])
        norms = gradient_norms(model.cell, model.params, x[50:], d_h, state)
        jacobian = running_jacobians(
            model.cell, model.params, x[50:, :1], [40], tuple(part[:1] for part in state))
        values = (update, model.loss(ids[:-1, None], ids[1:, None])[0], spectral_radius(model.params.W_hh),
                  factor_per_step(norms), np.mean(1 - h[25:] ** 2),
                  np.linalg.norm(jacobian[0], 2) ** (1 / 40))
        for name, value in zip(curves, values, strict=True):
            curves[name].append(value if name == "updates" else round(float(value), 4))

    test_after(0)
    for step in islice(train(model, chunks(ids, 25), Adagrad(learning_rate), clip_value=5 / 25), updates):
        if step.index in (1, 3, 10, 30, 100, 300, 1000, 3000):
            test_after(step.index)
        yield step.index, updates
    return curves
