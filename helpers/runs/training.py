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
from helpers.networks import CELLS, OPTIMIZERS, CharModel, train
from helpers.runs.checkpoint import CheckpointError, Run
from helpers.runs.history import History


class Training:
    """One run. Its dials may be turned at any time and hold from the next update on.

    Attributes:
        optimizer: "SGD", "Adagrad", "RMSProp" or "Adam"; a new one starts without memory.
        learning_rate: of the optimiser.
        clip_norm, clip_value: as for `train`; None is off.
        carried: whether the state is carried from chunk to chunk.
        shifted: whether a target is the character after its input, or, wrongly, the input itself.
        updates, chunks_read: how many so far.
        state: the cell's, after the last chunk.
        history: what is remembered of it.
        written: what the network has written lately.
    """

    def __init__(self, corpus: Corpus, cell: str, hidden_size: int, length: int, seed: int):
        model = CharModel(CELLS[cell](len(corpus.vocabulary), hidden_size), np.random.default_rng(seed),
                          scale=0.01)
        self._begin(Run(model, OPTIMIZERS["Adagrad"](0.1)), corpus, length, seed)

    @classmethod
    def resumed(cls, run: Run, corpus: Corpus, length: int, seed: int) -> "Training":
        """Go on with a run from `helpers.runs.restore`; the same `length` continues it exactly.

        Raises CheckpointError if it was trained on a text with other characters.
        """
        if run.vocabulary is None or run.vocabulary.characters != corpus.vocabulary.characters:
            raise CheckpointError("This run was trained on a text with other characters than "
                                  f"{corpus.title}: choose its own text first, then restore it.")
        training = cls.__new__(cls)
        training._begin(run, corpus, length, seed)
        return training

    def _begin(self, run: Run, corpus: Corpus, length: int, seed: int) -> None:
        self.corpus, self.length, self.seed, self.model = corpus, length, seed, run.model
        self.carried = self.shifted = True
        self.chunks_read, self.written = run.chunks_read, ""
        self._rng = run.rng or np.random.default_rng([seed, 1])
        in_one_pass = (len(corpus.ids) - 1) // length
        self._chunks = islice(chunks(corpus.ids, length), run.chunks_read % in_one_pass, None)
        self._steps = train(run.model, self._stream(), run.optimizer, state=run.state, index=run.updates)
        self.history = History()
        if run.smoothed_loss is not None:
            self.history.average = run.smoothed_loss

    def run(self) -> Run:
        """What `helpers.runs.save` takes."""
        return Run(self.model, self._steps.optimizer, self.state, self.chunks_read, self.updates,
                   self.history.average, self._rng, self.corpus.vocabulary)

    @property
    def updates(self) -> int:
        return self._steps.index

    @property
    def state(self) -> tuple[np.ndarray, ...] | None:
        return self._steps.state

    @property
    def optimizer(self) -> str:
        return type(self._steps.optimizer).__name__

    @optimizer.setter
    def optimizer(self, name: str) -> None:
        if name != self.optimizer:
            self._steps.optimizer = OPTIMIZERS[name](self.learning_rate)

    @property
    def learning_rate(self) -> float:
        return self._steps.optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._steps.optimizer.learning_rate = value

    @property
    def clip_norm(self) -> float | None:
        return self._steps.clip_norm

    @clip_norm.setter
    def clip_norm(self, value: float | None) -> None:
        self._steps.clip_norm = value

    @property
    def clip_value(self) -> float | None:
        return self._steps.clip_value

    @clip_value.setter
    def clip_value(self, value: float | None) -> None:
        self._steps.clip_value = value

    def settings(self) -> str:
        """For example "RNN with 100 units, length 25, seed 0, Adagrad at 0.1"."""
        cell = self.model.cell
        return (f"{type(cell).__name__} with {cell.hidden_size} units, length {self.length}, "
                f"seed {self.seed}, {self.optimizer} at {self.learning_rate:.2g}")

    def update(self) -> None:
        """Make one update. Raises Diverged, with everything as it was before, and can be asked again."""
        self.history.add(next(self._steps))

    def _stream(self) -> Iterator:
        for chunk in self._chunks:
            self.chunks_read += 1
            if not self.carried:
                chunk = chunk._replace(starts_over=True)
            if not self.shifted:
                chunk = chunk._replace(targets=chunk.inputs)
            yield chunk

    def measure(self) -> float:
        """The loss on the held-out text, put into the history."""
        ids = self.corpus.heldout[:, None]
        loss = self.model.loss(ids[:-1], ids[1:] if self.shifted else ids[:-1])[0]
        self.history.measured(self.updates, loss)
        return loss

    def write(self, length: int, temperature: float, most: int = 300) -> None:
        """Let the network of now go on writing; the last `most` characters are kept in `written`."""
        vocabulary = self.corpus.vocabulary
        prompt = vocabulary.encode(self.written[-self.length:] or vocabulary.characters[0])
        drawn = self.model.sample(prompt, length, self._rng, temperature)
        self.written = (self.written + vocabulary.decode(drawn))[-most:]
