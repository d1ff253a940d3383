"""What lesson 13 trains and measures: the flip-flop and its fixed points, and networks that are not trained.

The notebook uses most of it itself; `shipped` names what makes the shipped runs, and the replication of this
lesson uses `memories_without`.
"""

from collections.abc import Generator, Iterator, Sequence
from functools import cache

import numpy as np

from helpers.data import Chunk
from helpers.lessons.lesson13.plain import find_fixed_points, residual_and_jacobian
from helpers.networks import (
    RNN,
    Adam,
    Linear,
    Model,
    Parameters,
    Step,
    check_positive,
    check_size,
    spectral_radius,
    train,
)
from helpers.networks.blas import one_blas_thread
from helpers.networks.checks import check_share
from helpers.runs import HowFar, stepwise

BITS = 3
UNITS = 64
UPDATES = 1500
RATE = 0.005
KINDS = ("corner", "edge", "face", "centre")            # of a cube's 27 places, by their unstable directions
SETTLE, SETTLE_RESERVOIR = 200, 300                     # steps before anything is measured


def flip_flop(rng: np.random.Generator, length: int, batch: int, often: float = 0.1) -> Chunk:
    """Sequences of the task: the last pulse on each of three wires.

    The inputs (T, B, 3) are -1, 0 or 1, mostly 0, and the targets (T, B, 3) are, for each bit, its last
    pulse. Each bit gets a pulse at the first step, and later at a share `often` of the steps.

    Raises ValueError or TypeError if `length`, `batch` or `often` is out of range.
    """
    shape = check_size("length", length), check_size("batch", batch), BITS
    pulse = rng.random(shape) < check_share("often", often)
    pulse[0] = True
    inputs = np.where(pulse, rng.choice([-1.0, 1.0], shape), 0.0)
    targets = np.empty(shape)
    bits = np.zeros(shape[1:])
    for t in range(length):
        bits = np.where(pulse[t], inputs[t], bits)
        targets[t] = bits
    return Chunk(inputs, targets, starts_over=True)


def new_model(rng: np.random.Generator, units: int = UNITS, last: bool = False) -> Model:
    """An untrained tanh network with three inputs and outputs; `last`: asked after the last step alone."""
    return Model(RNN(BITS, units), Linear(BITS, last=last), rng)


def train_flip_flop(
    model: Model, rng: np.random.Generator, updates: int, often: float = 0.1
) -> Iterator[Step]:
    """Train `model` on the task: 50 steps, batches of 32, Adam from 0.005 down to nearly 0, clip 1.

    Yields what each update saw.
    """
    optimizer = Adam(RATE)
    chunks = (flip_flop(rng, 50, 32, often) for _ in range(check_size("updates", updates)))
    if model.output_layer.last:
        chunks = (chunk._replace(targets=chunk.targets[-1]) for chunk in chunks)
    for step in train(model, chunks, optimizer, clip_norm=1.0):
        yield step
        optimizer.learning_rate = RATE * (1 - (step.index - 0.5) / updates)


def train_fully(rng: np.random.Generator, units: int = UNITS, updates: int = UPDATES, often: float = 0.1,
                last: bool = False) -> Model:
    """A new network that has been trained on the task."""
    model = new_model(rng, units, last)
    for _ in train_flip_flop(model, rng, updates, often):
        pass
    return model


def wrong_at_the_end(rng: np.random.Generator, often: float, last: bool, updates: int = UPDATES) -> float:
    """Train 64 units on 50 steps, and return the share of bits that is wrong at the end of new sequences.

    Args:
        often: as in `flip_flop`. At 0 the only pulses are those of the first step.
        last: whether training asks only for the answer after the last step, or for every one.
        updates: as in `train_flip_flop`.
    """
    model = train_fully(rng, UNITS, updates, often, last)
    new = flip_flop(rng, 50, 500, often)
    h, _, _ = model.cell.forward(model.params, new.inputs)
    return float(np.mean(np.sign(read_bits(model.params, h[-1])) != new.targets[-1]))


def visited_states(model: Model, rng: np.random.Generator) -> np.ndarray:
    """The states (3,200, H) through which a network goes in 32 sequences of 100 steps of the task."""
    h, _, _ = model.cell.forward(model.params, flip_flop(rng, 100, 32).inputs)
    return h.reshape(-1, model.cell.hidden_size).copy()


def read_bits(p: Parameters, h: np.ndarray) -> np.ndarray:
    """The three numbers (..., 3) that are read out of states (..., H)."""
    return h @ p.W_hy + p.b_y


def means_of_visited(rng: np.random.Generator, visited: np.ndarray, number: int) -> np.ndarray:
    """Means (number, H) of two to eight states each, drawn from those `visited` (N, H)."""
    draws = (rng.choice(len(visited), rng.integers(2, 9), replace=False)
             for _ in range(check_size("number", number)))
    return np.array([visited[some].mean(axis=0) for some in draws])


def run_free(p: Parameters, h: np.ndarray, steps: int) -> np.ndarray:
    """The states (steps + 1, ..., H) that h (..., H) goes through without an input, h itself first."""
    states = [h]
    with one_blas_thread():
        for _ in range(steps):
            states.append(np.tanh(states[-1] @ p.W_hh + p.b_h))
    return np.array(states)


def unstable_directions(p: Parameters, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (K,) of the Jacobian at a state h (H,) that are above 1 in size, the largest first, and
    their directions (K, H), rows of length 1. A complex pair gives its real and its imaginary part."""
    _, J = residual_and_jacobian(p, h)
    with one_blas_thread():
        values, vectors = np.linalg.eig(J.T)            # rows are multiplied from the right: d @ J = value d
    beyond = [k for k in np.argsort(-np.abs(values)) if np.abs(values[k]) > 1]
    rows = [vectors[:, k].imag if values[k].imag < 0 else vectors[:, k].real for k in beyond]
    return values[beyond], np.array([row / np.linalg.norm(row) for row in rows]).reshape(-1, len(h))


def fixed_point_sign(p: Parameters, h: np.ndarray) -> int:
    """The sign of det(I - J) at a state h (H,): 1, -1, or 0."""
    _, J = residual_and_jacobian(p, h)
    return int(np.linalg.slogdet(np.eye(len(h)) - J)[0])


def sorted_points(p: Parameters, found: np.ndarray) -> dict[str, np.ndarray]:
    """Fixed points (N, H) by their number of unstable directions: "corner", "edge", "face", "centre".

    Within a kind they are sorted by their readouts, the first bit first. Points with more unstable directions
    are left out.
    """
    number = np.array([len(unstable_directions(p, h)[0]) for h in found], dtype=int)
    spelt = np.round(read_bits(p, found)).astype(int).tolist()
    order = sorted(range(len(found)), key=lambda n: spelt[n])
    return {kind: found[[n for n in order if number[n] == k]] for k, kind in enumerate(KINDS)}


def fixed_points_of(model: Model) -> dict[str, np.ndarray]:
    """The fixed points by kind, as `sorted_points` has them, of a network that learnt the flip-flop."""
    rng = np.random.default_rng(13)
    visited = visited_states(model, rng)
    starts = [visited[rng.choice(len(visited), 100, replace=False)], means_of_visited(rng, visited, 300)]
    with one_blas_thread():
        return sorted_points(model.params, find_fixed_points(model.params, np.concatenate(starts)))


def search(rng: np.random.Generator, units: int = 64) -> dict[str, list[int]]:
    """Train a network on the flip-flop, and look for its fixed points from more and more starts.

    Returns:
        "starts": how many of each kind. "visited", "means" and "both": how many points are found from visited
        states, from means of them, and from both. "signs" and "all signs": what the signs of det(I - J) add
        up to, at the points found from means and from both. "kinds": how many of the points found from both
        in the end have no, one, two, three unstable directions. "wrong": how many of 9,600 answers on new
        sequences have a wrong sign.
    """
    model = train_fully(rng, units)
    p, visited = model.params, visited_states(model, rng)
    some = visited[rng.choice(len(visited), 300, replace=False)]
    means = means_of_visited(rng, visited, 300)
    new = flip_flop(rng, 100, 32)
    h, _, _ = model.cell.forward(p, new.inputs)
    numbers = [10, 30, 100, 300]
    value: dict[str, list[int]] = {"starts": numbers, "visited": [], "means": [], "both": [], "signs": [],
                                   "all signs": []}
    points: list[np.ndarray] = []
    with one_blas_thread():
        for name, signs in (("visited", ""), ("means", "signs"), ("both", "all signs")):
            starts = {"visited": [some[:n] for n in numbers], "means": [means[:n] for n in numbers],
                      "both": [np.concatenate([some[:n], means[:n]]) for n in numbers]}[name]
            points = [find_fixed_points(p, begin) for begin in starts]
            value[name] = [len(found) for found in points]
            if signs:
                value[signs] = [sum(fixed_point_sign(p, h) for h in found) for found in points]
    value["kinds"] = [len(found) for found in sorted_points(p, points[-1]).values()]
    value["wrong"] = [int(np.sum(np.sign(read_bits(p, h)) != new.targets))]
    return value


def memories_without(rng: np.random.Generator, units: int) -> list[int]:
    """Train a network on the flip-flop, and count the memories that are left without each unit, (H,)."""
    model = train_fully(rng, units)
    corners, kept = fixed_points_of(model)["corner"], []
    for unit in range(units):
        p = ablate(model.params, [unit])
        at_rest = read_bits(p, run_free(p, corners, 60)[-1])
        same = np.sign(at_rest) == np.sign(read_bits(model.params, corners))
        kept.append(int(same.all(axis=1).sum()))
    return kept


def ablate(p: Parameters, units: Sequence[int]) -> Parameters:
    """A copy of the parameters in which nothing receives the values of these units (from 0).

    Raises ValueError if there is no such unit.
    """
    H, ablated = len(p.b_h), p.copy()
    for unit in units:
        if not 0 <= unit < H:
            raise ValueError(f"unit is {unit}. Choose one from 0 to {H - 1}.")
        ablated["W_hh"][unit] = 0
        ablated["W_hy"][unit] = 0
    return ablated


def random_network(rng: np.random.Generator, units: int, gain: float) -> np.ndarray:
    """W_hh (H, H) of independent normal numbers of size gain / sqrt(H): its eigenvalues fill a disc of that
    radius, the fuller the more units there are."""
    return rng.normal(size=(check_size("units", units),) * 2) * check_positive("gain", gain) / np.sqrt(units)


@stepwise
def exponents(
    rng: np.random.Generator, units: int = 100, gain: float = 1.2, noise: float = 0.0, count: int = 1,
    steps: int = 1000,
) -> Generator[HowFar, None, dict[str, list[float]]]:
    """The largest Lyapunov exponents of a random tanh network, by QR.

    `count` small changes, rows at right angles, go along with the states. At every step they are made
    orthogonal again, and how much each was stretched is recorded (Benettin et al. 1980).

    `noise` is the size of normal numbers that are added at every unit and step, the same for all neighbours.
    The result, "exponents", has `count` means over `steps` steps, in nats per step, the largest first.
    """
    W_hh = random_network(rng, units, gain)
    h = rng.normal(size=units)
    rows = np.linalg.qr(rng.normal(size=(units, check_size("count", count))))[0].T
    total = np.zeros(count)
    for t in range(SETTLE + check_size("steps", steps)):
        with one_blas_thread():
            h = np.tanh(h @ W_hh + noise * rng.normal(size=units))
            rows = rows @ (W_hh * (1 - h**2))
            Q, R = np.linalg.qr(rows.T)
            rows = Q.T
        if t >= SETTLE:
            total += np.log(np.abs(np.diag(R)) + 1e-300)
        if t % 20 == 0:
            yield t / (SETTLE + steps)
    return {"exponents": (total / steps).round(5).tolist()}


@cache
def predicted_exponent(gain: float, noise: float = 0.0) -> float:
    """The largest exponent in a random network with very many units, by mean-field theory.

    The pre-activation a of a unit is normal, with the variance q = gain^2 E[tanh(a)^2] + noise^2. The square
    of a change grows by gain^2 E[(1 - tanh(a)^2)^2] (Molgedey, Schuchhardt and Schuster 1992).
    """
    z, weight = np.polynomial.hermite_e.hermegauss(100)     # the mean over normal numbers is weight @ f(z)
    weight /= weight.sum()
    low, high = 0.0, gain**2 + noise**2
    for _ in range(40):                     # the largest q with q = gain^2 E[...] + noise^2, by halving
        q = (low + high) / 2
        enough = gain**2 * weight @ np.tanh(np.sqrt(q) * z) ** 2 + noise**2 > q
        low, high = (q, high) if enough else (low, q)
    return float(0.5 * np.log(gain**2 * weight @ (1 - np.tanh(np.sqrt(q) * z) ** 2) ** 2))


def reservoir(rng: np.random.Generator, units: int, radius: float, matrix: str = "random") -> np.ndarray:
    """W_hh (H, H): "random" normal numbers, or "orthogonal", scaled to that spectral radius."""
    if matrix not in ("random", "orthogonal"):
        raise ValueError(f"matrix is {matrix!r}. Choose 'random' or 'orthogonal'.")
    W = rng.normal(size=(check_size("units", units),) * 2)
    with one_blas_thread():
        W = np.linalg.qr(W)[0] if matrix == "orthogonal" else W / spectral_radius(W)
    return check_positive("radius", radius) * W


def memory_curve(
    rng: np.random.Generator, radius: float = 1.0, size: float = 0.1, matrix: str = "random",
    units: int = 100, steps: int = 4000, lags: int = 200,
) -> dict[str, list[float]]:
    """How much of the input `lag` steps ago a linear probe of the states decodes (Jaeger 2001).

    The input is one number per step, drawn evenly between -size and size, which each unit receives with a
    weight between -1 and 1. The probe is fitted by least squares on `steps` steps, and tested on as many
    new ones.

    Returns:
        "told": for lags 0 to `lags` - 1 the decoded share of the input's variance, at least 0.
    """
    W_hh = reservoir(rng, units, radius, matrix)
    w_in = rng.uniform(-1, 1, units)
    u = rng.uniform(-1, 1, SETTLE_RESERVOIR + lags + 2 * steps)
    h, states = np.zeros(units), np.empty((len(u), units))
    with one_blas_thread():
        for t in range(len(u)):
            h = np.tanh(h @ W_hh + check_positive("size", size) * u[t] * w_in)
            states[t] = h
        first = SETTLE_RESERVOIR + lags
        X = np.column_stack([states[first:], np.ones(2 * steps)])
        Y = np.column_stack([u[first - lag : len(u) - lag] for lag in range(lags)])
        fit = np.linalg.lstsq(X[:steps], Y[:steps], rcond=None)[0]
        wrong = X[steps:] @ fit - Y[steps:]
    return {"told": np.clip(1 - (wrong**2).mean(0) / Y[steps:].var(0), 0, 1).round(3).tolist()}
