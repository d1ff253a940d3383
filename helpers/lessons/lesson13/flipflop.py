"""Three bits, each flipped by its own pulses: the task, and a network that learns it."""

from collections.abc import Iterator

import numpy as np

from helpers.data import Chunk
from helpers.networks import RNN, Adam, Linear, Model, Parameters, Step, check_size, train
from helpers.networks.checks import check_share

BITS = 3
UNITS = 64
UPDATES = 1500
RATE = 0.005


def flip_flop(rng: np.random.Generator, length: int, batch: int, often: float = 0.1) -> Chunk:
    """Sequences of the task: the last pulse on each of three wires.

    Args:
        rng: draws the pulses.
        length, batch: T steps, B sequences side by side.
        often: the share of steps at which a bit gets a pulse, each bit by itself. At the first step all do.

    Returns:
        a chunk whose inputs (T, B, 3) are -1, 0 or 1, mostly 0, and whose targets (T, B, 3) are, for each
        bit, its last pulse.

    Raises:
        ValueError, TypeError: `length`, `batch` or `often` is out of range.
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


def train_flip_flop(model: Model, rng: np.random.Generator, updates: int) -> Iterator[Step]:
    """Train `model` on the task: 50 steps, batches of 32, Adam from 0.005 down to nearly 0, clip 1.

    Yields what each update saw.
    """
    optimizer = Adam(RATE)
    chunks = (flip_flop(rng, 50, 32) for _ in range(check_size("updates", updates)))
    for step in train(model, chunks, optimizer, clip_norm=1.0):
        yield step
        optimizer.learning_rate = RATE * (1 - (step.index - 0.5) / updates)


def wrong_at_the_end(rng: np.random.Generator, often: float, last: bool, updates: int = UPDATES) -> float:
    """Train 64 units on 50 steps, and return the share of bits that is wrong at the end of new sequences.

    Args:
        often: as in `flip_flop`. At 0 the only pulses are those of the first step.
        last: whether training asks only for the answer after the last step, or for every one.
        updates: as in `train_flip_flop`, and so is everything else.
    """
    model = Model(RNN(BITS, UNITS), Linear(BITS, last=last), rng)
    optimizer = Adam(RATE)
    tasks = (flip_flop(rng, 50, 32, often) for _ in range(updates))
    chunks = (task._replace(targets=task.targets[-1]) if last else task for task in tasks)
    for step in train(model, chunks, optimizer, clip_norm=1.0):
        optimizer.learning_rate = RATE * (1 - (step.index - 0.5) / updates)
    new = flip_flop(rng, 50, 500, often)
    h, _, _ = model.cell.forward(model.params, new.inputs)
    return float(np.mean(np.sign(read_bits(model.params, h[-1])) != new.targets[-1]))


def new_model(rng: np.random.Generator, units: int = UNITS) -> Model:
    """An untrained plain tanh network with three inputs and three outputs."""
    return Model(RNN(BITS, units), Linear(BITS), rng)


def visited_states(model: Model, rng: np.random.Generator) -> np.ndarray:
    """The states (3,200, H) through which a network goes in 32 sequences of 100 steps of the task."""
    h, _, _ = model.cell.forward(model.params, flip_flop(rng, 100, 32).inputs)
    return h.reshape(-1, model.cell.hidden_size).copy()


def read_bits(p: Parameters, h: np.ndarray) -> np.ndarray:
    """The three numbers (..., 3) that are read out of states (..., H)."""
    return h @ p.W_hy + p.b_y
