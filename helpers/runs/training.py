"""Training runs whose dials may be turned while they go on: the laboratory's, and those that lessons show.

>>> from helpers.data import course_corpus
>>> training = CorpusTraining(course_corpus(), "RNN", hidden_size=100, length=25, seed=0)
>>> training.steps.optimizer.learning_rate = 0.05
>>> for _ in range(100):
...     training.update()
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np

from helpers.data import Corpus, chunks
from helpers.networks import CELLS, OPTIMIZERS, Cell, CharModel, Optimizer, train
from helpers.runs.checkpoint import Checkpoint, CheckpointError
from helpers.runs.history import History

KEPT = 300      # characters that the network has written


class Training:
    """A run of `helpers.networks.train` and its history. A dial that is turned holds from the next update on.

    Args:
        model, stream, optimizer, settings: as for `train`.
        heldout: (N,) symbols whose loss is measured.
        lines: losses that the run has to beat, by name; chance is always among them.
        smoothed, weight: of the run so far, as for `History`.

    Attributes:
        steps: what `train` returned, with the dials: the optimiser and its rate, the clips, the state.
    """

    def __init__(self, model: CharModel, stream: Iterable, optimizer: Optimizer, *,
                 heldout: np.ndarray | None = None, lines: Mapping[str, float] | None = None,
                 smoothed: float | None = None, weight: float = 1.0, **settings: Any):
        uniform_loss = model.output_layer.uniform_loss
        self.model, self.heldout, self.lines = model, heldout, {"chance": uniform_loss, **(lines or {})}
        self.steps = train(model, stream, optimizer, **settings)
        self.history = History(uniform_loss, self.steps.index, smoothed, weight=weight)

    def update(self) -> None:
        """Make one update. Raises Diverged, with everything as it was before, and can be asked again."""
        step = next(self.steps)
        self.history.add(step.loss, step.grad_norm, step.clipped, step.index)

    def measure(self) -> None:
        """Note in the history how far it is, with the loss on the held-out text if there is one."""
        if self.heldout is None:
            self.history.record()
        else:
            self.history.record(heldout=self.model.loss(*self._inputs_and_targets(self.heldout[:, None]))[0])

    def _inputs_and_targets(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return ids[:-1], ids[1:]

    @property
    def updates(self) -> int:
        return self.steps.index


class CorpusTraining(Training):
    """The training of a new network on a corpus, which can write, be saved and be broken on purpose.

    `cell` is a name in `CELLS`, or the class of a cell of your own. The `seed` is that of the first weights
    and of the samples.

    Attributes:
        carried: whether the state is carried from chunk to chunk.
        shifted: whether a target is the character after its input, or, wrongly, the input itself.
        written: what the network has written lately.
        digest: of the file in which it was saved last, as `Checkpoint` has it.
    """

    def __init__(self, corpus: Corpus, cell: str | type[Cell], hidden_size: int, length: int, seed: int):
        make = CELLS[cell] if isinstance(cell, str) else cell
        model = CharModel(make(len(corpus.vocabulary), hidden_size), np.random.default_rng(seed), scale=0.01)
        self._begin(Checkpoint(model, OPTIMIZERS["Adagrad"](0.1)), corpus, length, seed)

    @classmethod
    def resumed(cls, run: Checkpoint, corpus: Corpus, length: int, seed: int) -> "CorpusTraining":
        """Go on with a run from `helpers.runs.restore`; its own `corpus` and `length` continue it exactly."""
        if run.state is not None and len(run.state[0]) != 1:
            raise CheckpointError(f"This run reads its text in {len(run.state[0])} streams side by side: "
                                  "continue it with helpers.networks.train.")
        if run.vocabulary is None or run.vocabulary.characters != corpus.vocabulary.characters:
            raise CheckpointError("This run was trained on a text whose characters are not those of "
                                  f"{corpus.title}. Choose the run's text first, then restore the run.")
        training = cls.__new__(cls)
        training._begin(run, corpus, length, seed)
        return training

    def _begin(self, run: Checkpoint, corpus: Corpus, length: int, seed: int) -> None:
        self.corpus, self.length, self.seed = corpus, length, seed
        self.carried = self.shifted = True
        self.chunks_read, self.written, self.digest = run.chunks_read, "", run.digest
        self._rng = run.rng or np.random.default_rng([seed, 1])
        in_one_pass = (len(corpus.ids) - 1) // length
        self._chunks = islice(chunks(corpus.ids, length), run.chunks_read % in_one_pass, None)
        super().__init__(run.model, self._stream(), run.optimizer, heldout=corpus.heldout, lines=corpus.lines,
                         smoothed=run.smoothed_loss, weight=run.smoothed_weight, state=run.state,
                         index=run.updates)
        above = run.settings.get("above")
        self.steps.above = above if isinstance(above, int) else 0

    def run(self, **settings: bool | int | float | str | None) -> Checkpoint:
        """What `helpers.runs.save` takes, with its text, and with `settings`, its length and its seed."""
        settings |= {"sequence_length": self.length, "seed": self.seed, "above": self.steps.above}
        return Checkpoint(self.model, self.steps.optimizer, self.steps.state, self.chunks_read, self.updates,
                          self.history.smoothed, self.history.weight, self._rng, self.corpus.vocabulary,
                          settings, (self.corpus.title, *self.corpus.texts()), self.digest)

    def settings(self) -> str:
        """For example "RNN with 100 units, length 25, seed 0, Adagrad at 0.1"."""
        cell, optimizer = self.model.cell, self.steps.optimizer
        return (f"{type(cell).__name__} with {cell.hidden_size} units, length {self.length}, "
                f"seed {self.seed}, {type(optimizer).__name__} at {optimizer.learning_rate:.2g}")

    def _stream(self) -> Iterator:
        for chunk in self._chunks:
            self.chunks_read += 1
            if not self.carried:
                chunk = chunk._replace(starts_over=True)
            if not self.shifted:
                chunk = chunk._replace(targets=chunk.inputs)
            yield chunk

    def _inputs_and_targets(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return ids[:-1], ids[1:] if self.shifted else ids[:-1]

    def write(self, length: int, temperature: float) -> None:
        """Let the network of now go on writing; the last 300 characters are kept in `written`."""
        vocabulary = self.corpus.vocabulary
        prompt = vocabulary.encode(self.written[-self.length:] or vocabulary.characters[0])
        drawn = self.model.sample(prompt, length, self._rng, temperature)
        self.written = (self.written + vocabulary.decode(drawn))[-KEPT:]
