"""What a backward pass through a whole text costs, for `shipped` and a button; and what replication tries.

Times depend on the computer.
"""

import math
import time
import tracemalloc
from collections.abc import Generator, Sequence
from typing import NamedTuple

import numpy as np

from helpers.checks.stages import with_changes
from helpers.data import Vocabulary, chunks, course_corpus, load_text
from helpers.lessons.hello import READ, WANTED
from helpers.lessons.lesson03 import plain
from helpers.networks import OPTIMIZERS, RNN, Adagrad, CharModel, Diverged, credit_matrix, train
from helpers.runs import History, HowFar, in_turn, stepwise

HIDDEN = 100
LENGTHS = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000)


class Cost(NamedTuple):
    """The processor time and the memory of an update whose gradient goes back over `steps` steps."""

    steps: int
    seconds: float
    bytes: int


@stepwise
def update_cost(steps: int, repeats: int = 3) -> Generator[HowFar, None, Cost]:
    """Measure loss, whole gradient and an Adagrad update on the first `steps` characters of the tales.

    The quickest of the `repeats` counts, because other programs can only slow them down. The bytes are
    those beyond the model and the text.
    """
    text = load_text("tales")
    vocabulary = Vocabulary(text)
    ids = vocabulary.encode(text[: steps + 1])[:, None]
    model = CharModel(RNN(len(vocabulary), HIDDEN), np.random.default_rng(0), scale=0.01)
    optimizer, times = Adagrad(0.01), []
    model.loss_and_grads(ids[:2], ids[:2])                            # the libraries are awake
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    _, grads, _ = model.loss_and_grads(ids[:-1], ids[1:])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    for repeat in range(repeats):
        yield repeat + 1, repeats + 1                                 # the one for the memory counts as well
        start = time.process_time()
        _, grads, _ = model.loss_and_grads(ids[:-1], ids[1:])
        optimizer.update(model.params, grads)
        times.append(time.process_time() - start)
    return Cost(steps, max(min(times), 1e-6), peak - before)


def timed_training(
    length: int, learning_rate: float, seconds: float, optimizer: str = "Adagrad", looks: int = 24,
    seed: int = 0,
) -> History:
    """Train the network from lesson 02 on the play for so many seconds of processor time.

    Args:
        length: of a chunk, over which the gradient goes back; 4,213 steps are the whole play.
        seconds: without those for measuring losses.
        looks: how often the losses over the whole text are measured, at logarithmically even times.

    Returns:
        the run, whose settings also hold the number of "updates" made; losses are in nats per character.
    """
    _, vocabulary, ids, heldout, _ = course_corpus()
    ids, heldout = ids[:, None], heldout[:, None]
    model = CharModel(RNN(len(vocabulary), HIDDEN), np.random.default_rng(seed), scale=0.01)
    steps = train(model, chunks(ids[:, 0], length), OPTIMIZERS[optimizer](learning_rate), clip_value=5 / 25)
    run = History(settings={"length": length, "optimizer": optimizer, "learning_rate": learning_rate})
    used = 0.0
    for mark in np.geomspace(seconds / 100, seconds, looks):
        if used >= mark:                                              # one update was longer than that
            continue
        try:
            while used < mark:
                start = time.process_time()
                run.index = next(steps).index
                used += time.process_time() - start
        except Diverged:
            break
        run.record(seconds=used, train=model.loss(ids[:-1], ids[1:])[0],
                 heldout=model.loss(heldout[:-1], heldout[1:])[0])
    run.settings["updates"] = run.index
    return run


def final_loss(run: History | None) -> float:
    """The loss over the training text at the end of a run, infinite without any."""
    return run.train[-1] if run and len(run.train) else math.inf


@stepwise
def measure(lengths: Sequence[int] = LENGTHS) -> Generator[HowFar, None, list[Cost]]:
    """`update_cost` for each of the lengths, on this computer."""
    repeats = [20 if steps <= 1000 else 3 for steps in lengths]
    works = [update_cost.steps(n, repeats=r) for n, r in zip(lengths, repeats, strict=True)]
    return (yield from in_turn(works, [n * (1 + r) for n, r in zip(lengths, repeats, strict=True)]))


FAULTS = {"a": (('da @ params["W_hh"].T', 'da @ params["W_hh"]'),),     # of exercise 3.2
          "b": (("np.outer(h_prev, da)", "np.outer(states[t], da)"),)}


def fresh_credit(rng: np.random.Generator, scale: float | None) -> dict[str, float]:
    """The median size of dL_t / dh_s by lag, in 100 steps of the play, in a network that has learnt nothing.

    `scale` is the standard deviation of the weights; None is uniform within 1/sqrt(H).
    """
    text = course_corpus()
    model, ids = CharModel(RNN(len(text.vocabulary), 100), rng, scale=scale), text.ids[:401, None]
    _, state = model.loss(ids[:300], ids[1:301])
    matrix = credit_matrix(model, ids[300:400], ids[301:401], state)
    return {str(lag): float(np.median(np.diagonal(matrix, -lag))) for lag in (0, 1, 10, 40)}


def loss_with_fault(rng: np.random.Generator, fault: str) -> float:
    """The loss on hello, in nats per letter, after 1,000 updates with one of the `FAULTS`."""
    backward = with_changes(plain.backward, FAULTS[fault])
    params, steps = CharModel(RNN(4, 3), rng, scale=0.1).params, np.arange(4)
    for _ in range(1001):
        states, p = plain.forward(params, READ)
        grads, _ = backward(params, READ, WANTED, states, p)
        for name in params:
            params[name] -= 0.3 / 4 * grads[name]
    return float(-np.log(p[steps, WANTED]).mean())
