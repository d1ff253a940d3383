"""The training loop: a generator that makes one update, tells what it saw, and waits."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from helpers.networks import clip, optim
from helpers.networks.blas import one_blas_thread
from helpers.networks.checks import check_positive
from helpers.networks.model import CharModel
from helpers.networks.optim import Diverged


@dataclass(frozen=True, slots=True)
class Step:
    """What one update saw.

    Attributes:
        index: number of the update, from 1.
        loss: mean loss of the chunk before the update, nats per character.
        grad_norm: length of the whole gradient before clipping.
        clipped: share of the gradient's entries that clipping changed: 1.0 if the norm was clipped,
            else what clipping by value found, 0.0 without clipping.
        state: the cell's state after the chunk, from which the next update starts.
    """

    index: int
    loss: float
    grad_norm: float
    clipped: float
    state: tuple[np.ndarray, ...]


def train(
    model: CharModel,
    chunks: Iterable,
    optimizer: optim.Optimizer,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    frozen: Iterable[str] = (),
    state: tuple[np.ndarray, ...] | None = None,
    index: int = 0,
    give_up: float = 10.0,
) -> Iterator[Step]:
    """Train `model` on `chunks`: one update each time the generator is asked for its next step.

    The state is carried from chunk to chunk, and starts from zero where a chunk starts over. The
    gradient ends at the start of its chunk: this is truncated backpropagation through time.

    Args:
        model: changed in place, never while the generator waits.
        chunks: things with `inputs`, `targets` (T, B) and `starts_over`, as `data.chunks` yields them.
        optimizer: its learning rate may be set between steps.
        clip_norm: a gradient longer than this is shortened to it.
        clip_value: entries of the gradient beyond this are brought back to it (before the norm is).
        frozen: names of parameters that are kept as they are.
        state, index: of the last step of an earlier call, to go on from there; so clipping can be
            changed on the way.
        give_up: a loss of so many times ln V, which is that of guessing, has diverged.

    Yields:
        Step, after each update.

    Raises:
        Diverged: the loss or the gradient is not finite, or the loss is above `give_up` ln V.
            Parameters and the optimiser's memory are as before this step.
        ValueError, TypeError, KeyError: an argument or a chunk does not fit.
    """
    if clip_norm is not None:
        check_positive("clip_norm", clip_norm)
    if clip_value is not None:
        check_positive("clip_value", clip_value)
    highest = check_positive("give_up", give_up) * math.log(max(2, model.cell.input_size))
    frozen = [frozen] if isinstance(frozen, str) else list(frozen)
    for name in frozen:
        model.params[name]  # an unknown name is an error now, not in the middle of training
    return _steps(model, chunks, optimizer, clip_norm, clip_value, frozen, state, index, highest)


def _steps(
    model, chunks, optimizer, clip_norm, clip_value, frozen, state, index, highest
) -> Iterator[Step]:
    for chunk in chunks:
        with one_blas_thread():
            start = None if chunk.starts_over else state
            loss, grads, next_state = model.loss_and_grads(chunk.inputs, chunk.targets, start)
            for name in frozen:
                grads[name] = 0
            norm = clip.norm(grads)
            if not (norm < math.inf and loss <= highest):
                raise Diverged(
                    f"Update {index + 1} has diverged (loss {loss:.3g} nats per character, gradient norm "
                    f"{norm:.3g}): start anew with a lower learning rate, or clip the gradient (clip_norm=1)."
                )
            clipped = 0.0
            if clip_value is not None:
                clipped = clip.clip_value(grads, clip_value)
            if clip_norm is not None and norm > clip_norm and clip.clip_norm(grads, clip_norm) > clip_norm:
                clipped = 1.0
            kept = {name: model.params[name].copy() for name in frozen}
            try:
                optimizer.update(model.params, grads)
            finally:
                for name, array in kept.items():
                    model.params[name] = array  # a momentum from earlier may have moved it
        state, index = next_state, index + 1
        yield Step(index, loss, norm, clipped, state)
