"""A training run whose dials may be turned while it goes on, and what is remembered of it.

>>> from helpers.data import course_corpus
>>> training = Training(course_corpus(), "RNN", hidden_size=100, length=25, seed=0)
>>> training.learning_rate = 0.05
>>> for _ in range(100):
...     training.update()
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from helpers.data import Corpus, chunks
from helpers.networks import CELLS, OPTIMIZERS, CharModel, Diverged, train
from helpers.runs.checkpoint import CheckpointError, Run
from helpers.runs.history import History


class Training:
    """One run. These attributes may be set at any time and hold from the next update on.

    Attributes:
        optimizer: "SGD", "Adagrad", "RMSProp" or "Adam"; a new one starts without memory.
        learning_rate: of the optimiser.
        clip_norm, clip_value: as for `train`; None is off.
        carried: whether the state is carried from chunk to chunk.
        shifted: whether a target is the character after its input, or, wrongly, the input itself.
    """

    def __init__(self, corpus: Corpus, cell: str, hidden_size: int, length: int, seed: int):
        self.corpus, self.length, self.seed = corpus, length, seed
        self.model = CharModel(CELLS[cell](len(corpus.vocabulary), hidden_size),
                               np.random.default_rng(seed), scale=0.01)
        self.carried = self.shifted = True
        self.state, self.index, self.read, self.written = None, 0, 0, ""
        self._optimizer = OPTIMIZERS["Adagrad"](0.1)
        self._rng = np.random.default_rng([seed, 1])
        self._chunks = chunks(corpus.ids, length)
        self.history = History()
        self.clip()

    @classmethod
    def resumed(cls, run: Run, corpus: Corpus, length: int, seed: int) -> "Training":
        """Go on with a run from `helpers.runs.restore`; the same `length` continues it exactly.

        Raises CheckpointError if it was trained on a text with other characters.
        """
        if run.vocabulary is None or run.vocabulary.characters != corpus.vocabulary.characters:
            raise CheckpointError("This run was trained on a text with other characters than "
                                  f"{corpus.title}: choose its own text first, then restore it.")
        trial = cls(corpus, type(run.model.cell).__name__, run.model.cell.hidden_size, length, seed)
        trial.model, trial._optimizer, trial.state = run.model, run.optimizer, run.state
        trial.index, trial.read, trial._rng = run.step, run.position, run.rng or trial._rng
        passes = (len(corpus.ids) - 1) // length
        trial._chunks = islice(chunks(corpus.ids, length), run.position % passes, None)
        if run.smooth_loss is not None:
            trial.history.average = run.smooth_loss
        trial.clip()
        return trial

    def run(self) -> Run:
        """What `helpers.runs.save` takes."""
        return Run(self.model, self._optimizer, self.state, self.read, self.index, self.history.average,
                   self._rng, self.corpus.vocabulary)

    @property
    def optimizer(self) -> str:
        return type(self._optimizer).__name__

    @optimizer.setter
    def optimizer(self, name: str) -> None:
        if name != self.optimizer:
            self._optimizer = OPTIMIZERS[name](self.learning_rate)
            self.clip(self.clip_norm, self.clip_value)

    @property
    def learning_rate(self) -> float:
        return self._optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._optimizer.learning_rate = value

    def clip(self, norm: float | None = None, value: float | None = None) -> None:
        """Clip from the next update on: to this norm, or each entry to this value, or not at all."""
        self.clip_norm, self.clip_value = norm, value
        self._steps = train(self.model, self._stream(), self._optimizer, norm, value,
                            state=self.state, index=self.index)

    def settings(self) -> str:
        """For example "RNN with 100 units, length 25, seed 0, Adagrad at 0.1"."""
        cell = self.model.cell
        return (f"{type(cell).__name__} with {cell.hidden_size} units, length {self.length}, "
                f"seed {self.seed}, {self.optimizer} at {self.learning_rate:.2g}")

    def update(self) -> None:
        """Make one update. Raises Diverged, with everything as it was before, and can be asked again."""
        try:
            step = next(self._steps)
        except Diverged:
            self.clip(self.clip_norm, self.clip_value)
            raise
        self.state, self.index = step.state, step.index
        self.history.add(step.index, step.loss, step.grad_norm, step.clipped)

    def _stream(self) -> Iterator:
        for chunk in self._chunks:
            self.read += 1
            if not self.carried:
                chunk = chunk._replace(starts_over=True)
            if not self.shifted:
                chunk = chunk._replace(targets=chunk.inputs)
            yield chunk

    def measure(self) -> float:
        """The loss on the held-out text, put into the history."""
        ids = self.corpus.heldout[:, None]
        loss = self.model.loss(ids[:-1], ids[1:] if self.shifted else ids[:-1])[0]
        self.history.measured(self.index, loss)
        return loss

    def write(self, length: int, temperature: float, most: int = 300) -> None:
        """Let the network of now go on writing; the last `most` characters are kept in `written`."""
        vocabulary = self.corpus.vocabulary
        prompt = vocabulary.encode(self.written[-self.length:] or vocabulary.characters[0])
        drawn = self.model.sample(prompt, length, self._rng, temperature)
        self.written = (self.written + vocabulary.decode(drawn))[-most:]
