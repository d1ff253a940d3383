"""The training loop: an iterator that makes one update, tells what it saw, and waits."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from helpers.networks import clip, optim
from helpers.networks.blas import one_blas_thread
from helpers.networks.checks import check_positive
from helpers.networks.model import Model
from helpers.networks.optim import Diverged

LOST = 10 * math.log(60)    # nats: a loss that only leaps comes back from here within some updates ...
PATIENCE = 25               # ... and one that stays above it for so many in a row does not


@dataclass(frozen=True, slots=True)
class Step:
    """What one update saw."""

    index: int              # number of the update, from 1
    loss: float             # mean loss of the chunk before the update, in the readout's unit
    grad_norm: float        # length of the whole gradient before clipping
    clipped: bool           # whether clipping changed the gradient, by value or by norm
    clipped_share: float    # share of its entries that clipping by value changed
    state: tuple[np.ndarray, ...]       # the cell's after the chunk, from which the next update starts


def train(
    model: Model, chunks: Iterable, optimizer: optim.Optimizer, clip_norm: float | None = None,
    clip_value: float | None = None, frozen: Iterable[str] = (),
    state: tuple[np.ndarray, ...] | None = None, index: int = 0, diverged_at: float | None = None,
) -> "TrainingLoop":
    """Train `model` on `chunks`: one update each time the iterator is asked for its next step.

    The state is carried from chunk to chunk, and starts from zero where a chunk starts over. The
    gradient ends at the start of its chunk: this is truncated backpropagation through time.

    >>> from helpers.data import chunks
    >>> from helpers.networks import SGD, CharModel, RNN
    >>> model, ids = CharModel(RNN(4, 8), np.random.default_rng(0)), np.arange(100) % 4
    >>> steps = train(model, chunks(ids, length=10), SGD(0.5), clip_norm=1)
    >>> round(next(steps).loss, 2)
    1.46
    >>> steps.clip_norm, steps.optimizer.learning_rate = 0.1, 0.2       # from the next update on

    Args:
        model: changed in place, never while the iterator waits.
        chunks: things with `inputs`, `targets` and `starts_over`, as `data.chunks` yields them.
        clip_norm: a gradient longer than this is shortened to it.
        clip_value: entries of the gradient beyond this are brought back to it, before the norm is.
        frozen: names of parameters that are kept as they are.
        state, index: of the last step of an earlier call, to go on from there.
        diverged_at: a run is lost whose loss stays above this for `PATIENCE` updates; by default ten
            times the output layer's `uniform_loss`, and at least `LOST`.

    Returns:
        an iterator of `Step`, whose attributes are the dials. It raises Diverged when the loss or the
        gradient is not finite, or the loss has stayed above `diverged_at`. Everything is then as before
        this step; asked again, it goes on with the chunk after.
    """
    frozen = [frozen] if isinstance(frozen, str) else list(frozen)
    for name in frozen:
        model.params[name]  # an unknown name is an error now, not in the middle of training
    highest = max(10 * model.output_layer.uniform_loss, LOST)
    if diverged_at is not None:
        highest = check_positive("diverged_at", diverged_at)
    return TrainingLoop(model, chunks, optimizer, clip_norm, clip_value, frozen, state, index, highest)


class TrainingLoop(Iterator[Step]):
    """What `train` returns. These attributes may be set between steps and hold from the next one on.

    Attributes:
        optimizer: with its learning rate.
        state: from which the next chunk starts, unless it starts over.
        index: number of the last update.
        above: how many losses in a row were above `diverged_at`.
    """

    def __init__(self, model, chunks, optimizer, clip_norm, clip_value, frozen, state, index, highest):
        self.optimizer, self.clip_norm, self.clip_value = optimizer, clip_norm, clip_value
        self.state, self.index, self.above = state, index, 0
        self._model, self._chunks, self._frozen, self._highest = model, iter(chunks), frozen, highest

    @property
    def clip_norm(self) -> float | None:
        """Longest gradient that is let through; None lets all through."""
        return self._clip_norm

    @clip_norm.setter
    def clip_norm(self, value: float | None) -> None:
        self._clip_norm = None if value is None else check_positive("clip_norm", value)

    @property
    def clip_value(self) -> float | None:
        """Largest entry that is let through; None lets all through."""
        return self._clip_value

    @clip_value.setter
    def clip_value(self, value: float | None) -> None:
        self._clip_value = None if value is None else check_positive("clip_value", value)

    def __next__(self) -> Step:
        chunk, model, optimizer = next(self._chunks), self._model, self.optimizer
        with one_blas_thread():
            start = None if chunk.starts_over else self.state
            loss, grads, state = model.loss_and_grads(chunk.inputs, chunk.targets, start)
            for name in self._frozen:
                grads[name] = 0
            norm = clip.norm(grads)
            self._check(loss, norm)
            share, shortened, most = 0.0, False, self._clip_norm
            if self._clip_value is not None:
                share = clip.clip_value(grads, self._clip_value)
            if most is not None and norm > most:
                shortened = clip.clip_norm(grads, most) > most
            kept = {name: model.params[name].copy() for name in self._frozen}
            updates = optimizer.updates
            try:
                optimizer.update(model.params, grads)
            finally:
                for name, array in kept.items():
                    model.params[name] = array  # a momentum from earlier may have moved it
                if optimizer.updates > updates:  # also if an interrupt came after it was made
                    self.state, self.index = state, self.index + 1
        return Step(self.index, loss, norm, shortened or share > 0, share, state)

    def _check(self, loss: float, norm: float) -> None:
        """Raise Diverged where numbers are not finite, or the loss has been too high for too long."""
        finite = loss < math.inf and norm < math.inf
        self.above = self.above + 1 if loss > self._highest else 0
        if finite and self.above < PATIENCE:
            return
        self.above, clipped = 0, self._clip_norm is not None or self._clip_value is not None
        seen = (f"the loss was above {self._highest:.3g} for {PATIENCE} updates" if finite else
                f"loss {loss:.3g}, gradient norm {norm:.3g}")
        remedy = "clip the gradient to a smaller norm" if clipped else "clip the gradient (clip_norm=1)"
        raise Diverged(f"Training diverged at update {self.index + 1} ({seen}). Start again with a lower "
                       f"learning rate, or {remedy}.")
