"""A training run whose dials may be turned while it goes on, and what is remembered of it.

>>> trial = Trial(course_corpus(), "RNN", hidden_size=100, length=25, seed=0)
>>> trial.learning_rate = 0.05
>>> for _ in range(100):
...     trial.update()
"""

import math
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from helpers.checkpoint import CELLS, OPTIMIZERS, CheckpointError, Run
from helpers.data import Text, TextError, Vocabulary, chunks, load_text
from helpers.model import CharModel
from helpers.ngrams import ngram_loss
from helpers.optim import Diverged
from helpers.train import train

AVERAGE = 0.995             # of the old average that is kept at each update: it looks back about 200
RECENT = 1000               # updates whose norms and clips are counted
MOST_CHARACTERS = 1_000_000
HELD_OUT = 2_000            # characters at most, so that measuring them does not hold up the run


class Corpus(NamedTuple):
    """A text cut in two, to train on and to hold out, and the losses that a run on it has to beat."""

    title: str
    vocabulary: Vocabulary
    ids: np.ndarray
    heldout: np.ndarray
    lines: dict[str, float]


def corpus(title: str, text: str, heldout: str) -> Corpus:
    """A corpus of the two texts, with the levels of chance, bigram and trigram on the held-out one."""
    vocabulary = Vocabulary(text + heldout)
    lines = {name: ngram_loss(text, heldout, order, vocabulary.characters)
             for name, order in (("bigram", 2), ("trigram", 3))}
    return Corpus(title, vocabulary, vocabulary.encode(text), vocabulary.encode(heldout),
                  {"chance": math.log(len(vocabulary)), **lines})


def course_corpus() -> Corpus:
    """The course's play, and the other one that is held out."""
    return corpus("the course's play", load_text("input"), load_text("heldout"))


def own_corpus(title: str, found: Text) -> Corpus:
    """A reader's own text from `read_text`: its last tenth, at most 2,000 characters, is held out.

    Raises TextError if there is too little of it.
    """
    text = found.text[:MOST_CHARACTERS]
    cut = len(text) - min(HELD_OUT, len(text) // 10)
    if cut < 100:
        raise TextError(f"{title} has {len(text)} characters: take a text of at least a few hundred.")
    repaired = f"; {', '.join(found.notes)}" if found.notes else ""
    if len(found.text) > len(text):
        repaired += f"; the first {MOST_CHARACTERS:,} characters of it"
    return corpus(title + repaired, text[:cut], text[cut:])


class History:
    """Curves of a run of any length in bounded memory.

    When `most` points are there, every second one goes and from then on only every second update
    adds one. Of the gradient norms between two points the largest is kept. `norms` and `shares`
    (clipped share of each gradient) are those of the last 1,000 updates; `heldout` has pairs
    (update, loss).
    """

    def __init__(self, most: int = 300):
        self.most, self.stride, self.points = most, 1, []
        self.last: tuple[float, float, float, float] | None = None
        self.norms, self.shares = deque(maxlen=RECENT), deque(maxlen=RECENT)
        self.heldout: list[tuple[int, float]] = []
        self._sum = self._weight = self._largest = 0.0

    def add(self, index: int, loss: float, norm: float, share: float) -> None:
        """Take in what update `index` saw."""
        self._sum = AVERAGE * self._sum + (1 - AVERAGE) * loss
        self._weight = AVERAGE * self._weight + (1 - AVERAGE)
        self._largest = max(self._largest, norm)
        self.last = (index, loss, self.average, self._largest)
        self.norms.append(norm)
        self.shares.append(share)
        if index % self.stride == 0:
            self.points.append(self.last)
            self._largest = 0.0
            if len(self.points) >= self.most:
                pairs = zip(self.points[::2], self.points[1::2], strict=False)
                self.points = [(*second[:3], max(first[3], second[3])) for first, second in pairs]
                self.stride *= 2

    @property
    def average(self) -> float | None:
        """Moving average of the loss: 0.995 old + 0.005 new, divided by the share of it that is filled."""
        return self._sum / self._weight if self._weight else None

    @average.setter
    def average(self, value: float) -> None:
        self._sum, self._weight = value, 1.0

    def curves(self) -> np.ndarray:
        """(4, n) updates, losses, averaged losses, largest gradient norms; the last update is the last."""
        points = self.points
        if self.last and (not points or points[-1] is not self.last):
            points = [*points, self.last]
        return np.array(points, float).reshape(-1, 4).T

    def measured(self, index: int, loss: float) -> None:
        """Take in a held-out loss; of many, every second one is kept."""
        self.heldout.append((index, loss))
        if len(self.heldout) > self.most // 2:
            self.heldout = self.heldout[::2]

    def clipped_steps(self) -> float:
        """Share of the recent updates whose gradient was clipped."""
        return sum(share > 0 for share in self.shares) / max(1, len(self.shares))


class Trial:
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
    def resumed(cls, run: Run, corpus: Corpus, length: int, seed: int) -> "Trial":
        """Go on with a run from `helpers.checkpoint.restore`; the same `length` continues it exactly.

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
        """What `helpers.checkpoint.save` takes."""
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
