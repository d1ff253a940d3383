"""The training loop: a generator that does one update, tells what it saw, and waits."""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from helpers.model import CharModel
from helpers.optim import Optimizer
from helpers.optim import clip_norm as shorten
from helpers.optim import clip_value as limit_values


class Step(NamedTuple):
    """What one update saw.

    Attributes:
        index: number of the update, from 1.
        loss: mean loss of the chunk before the update, nats per character.
        grad_norm: length of the whole gradient before clipping.
        clipped: share of the gradient's entries that clipping changed: 1.0 when the norm was
            clipped, else what clipping by value found, 0.0 without clipping.
        state: the cell's state after the chunk; give it to `train` to go on from here.
    """

    index: int
    loss: float
    grad_norm: float
    clipped: float
    state: tuple[np.ndarray, ...]


class Diverged(ArithmeticError):
    """The loss or the gradient has become too large to go on; the failed step changed nothing."""


def train(
    model: CharModel,
    chunks: Iterable,
    optimizer: Optimizer,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    frozen: Iterable[str] = (),
    state: tuple[np.ndarray, ...] | None = None,
    index: int = 0,
) -> Iterator[Step]:
    """Train `model` on `chunks`, one update each time the generator is asked for the next step.

    The state is carried from chunk to chunk and set to zero when a chunk starts over; the
    gradient stops at the chunk's start, which makes this truncated backpropagation.

    Args:
        model: changed in place.
        chunks: of `inputs`, `targets` (T, B) and `starts_over`, as `data.chunks` yields them.
        optimizer: its learning rate may be set between steps.
        clip_norm: longest gradient that is let through; longer ones are shortened.
        clip_value: largest entry of the gradient that is let through.
        frozen: names of parameters that stay as they are.
        state, index: go on from a `Step`'s; to change clipping on the way, call `train` anew with them.

    Raises:
        Diverged: the loss or gradient is not finite, or the loss is above 100 ln V, a hundred
            times that of guessing. The failed step has changed nothing.
        ValueError, TypeError: an argument does not fit.
    """
    frozen = tuple(frozen)
    for name in frozen:
        model.params[name]  # an unknown name is an error now, not in the middle of training
    limit = 100 * math.log(model.cell.input_size) + 1
    for chunk in chunks:
        start = None if chunk.starts_over else state
        loss, grads, next_state = model.loss_and_grads(chunk.inputs, chunk.targets, start)
        for name in frozen:
            grads[name] = 0
        clipped = 0.0
        norm = math.sqrt(grads.vector @ grads.vector)
        if not math.isfinite(norm) or not loss < limit:
            raise Diverged(
                f"step {index + 1}: the loss is {loss:.3g} nats per character and the gradient's norm {norm:.3g}; "
                "lower the learning rate or clip the gradient (clip_norm=1), and start from fresh weights"
            )
        if clip_value is not None:
            clipped = limit_values(grads, clip_value)
        if clip_norm is not None and shorten(grads, clip_norm) > clip_norm:
            clipped = 1.0
        optimizer.update(model.params, grads)
        state, index = next_state, index + 1
        yield Step(index, loss, norm, clipped, state)
